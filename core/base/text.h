// Sentences from pieces, and input as it may stand in an error message.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace paxoscope {

// Out of line, so that each piece of a sentence costs the page one call.
void append_piece(std::string& out, const char* words);
void append_piece(std::string& out, const std::string& words);
void append_piece(std::string& out, std::string_view words);
void append_number(std::string& out, int64_t number);
void append_number(std::string& out, uint64_t number);
template <std::integral Number>
  requires(!std::same_as<Number, char> && !std::same_as<Number, bool>)
void append_piece(std::string& out, Number number) {
  if constexpr (std::signed_integral<Number>)
    append_number(out, static_cast<int64_t>(number));
  else
    append_number(out, static_cast<uint64_t>(number));
}

/// A sentence from its pieces: text, and whole numbers in decimal. Smaller than a chain of `+` on strings, of which each
/// leaves a string to clean up behind.
template <class... Pieces>
[[gnu::always_inline]] inline std::string concat(const Pieces&... pieces) {
  std::string out;
  (append_piece(out, pieces), ...);
  return out;
}

/// One line, printable, at most 40 bytes of it, in quotes.
inline std::string quote(std::string_view text) {
  constexpr size_t kShown = 40;
  std::string out = "'";
  for (char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  if (text.size() > kShown) {
    // The cut must not split a UTF-8 sequence.
    while (out.size() > 1 && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
    if (static_cast<unsigned char>(out.back()) >= 0xc0) out.pop_back();
    out += "...";
  }
  return out + "'";
}

}  // namespace paxoscope
