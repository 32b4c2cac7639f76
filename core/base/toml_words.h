// What TOML writes without quotes: numbers, dates, true and false.
#pragma once

#include <cstdint>
#include <string_view>

namespace paxoscope {

enum class TomlWord : uint8_t { none, integer, too_large, fraction, boolean, date };

/// Which kind of value the word is; the value of an integer or a boolean (0, 1) goes to `number`. Dates and times are told
/// by their shape: 31 February is one.
TomlWord read_toml_word(std::string_view word, int64_t& number);

/// 0 to 15, more for what is no hexadecimal digit.
unsigned hex_digit(char c);

/// "2026-11-21", behind which a blank and a time may follow.
bool is_toml_day(std::string_view word);

}  // namespace paxoscope
