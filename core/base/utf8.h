// Code points in UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace paxoscope {

constexpr bool is_code_point(uint32_t code) { return code < 0xd800 || (code >= 0xe000 && code <= 0x10ffff); }

/// The bytes of the sequence at the start of `text`, which is not empty, and its code point; 0 if there is none.
size_t decode_utf8(std::string_view text, uint32_t& code);
/// Writes up to four bytes and says how many.
size_t encode_utf8(uint32_t code, char* out);

}  // namespace paxoscope
