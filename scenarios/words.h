// Small helpers for reading the one-line grammars of scenario files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace paxoscope {

/// Splits at spaces and tabs.
std::vector<std::string_view> split_words(std::string_view text);
/// A decimal number without sign, at most `max`.
std::optional<uint64_t> read_number(std::string_view text, uint64_t max);
/// The candidate most like `word`, or "" when none is close.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace paxoscope
