#include "scenarios/link/url_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/utf8.h"

namespace paxoscope {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// -1: no digit.
int digit_of(char c, std::string_view digits) {
  const size_t at = digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

int hex_value(char c) { return digit_of(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c, "0123456789abcdef"); }

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string encoded(std::string_view text, std::string_view kept) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alphanumeric(c) || kept.find(c) != std::string_view::npos) out += c;
    else out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

/// Nothing for a stray %, unless it stays as it is.
std::optional<std::string> decoded(std::string_view text, bool stray_stays) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (text[i] == '%' && !escape && !stray_stays) return std::nullopt;
    out += escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += kBase64[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kBase64[bits << (6 - count) & 63];
  return text;
}

std::optional<std::string> from_base64url(std::string_view text, bool* cut_off) {
  *cut_off = text.size() % 4 == 1;
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = digit_of(c, kBase64);
    if (digit < 0) {
      *cut_off = false;
      return std::nullopt;
    }
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  if (*cut_off) return std::nullopt;
  return bytes;
}

std::string percent_encoded(std::string_view text) { return encoded(text, "-_.!~*'()"); }

std::optional<std::string> percent_decoded(std::string_view text) {
  auto out = decoded(text, false);
  if (out && !is_utf8(*out)) return std::nullopt;
  return out;
}

std::string form_encoded(std::string_view text) {
  std::string out = encoded(text, " *-._");
  std::replace(out.begin(), out.end(), ' ', '+');
  return out;
}

std::string form_decoded(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return *decoded(spaced, true);
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    if (form_decoded(pair.substr(0, equals)) != name) continue;
    return form_decoded(pair.substr(std::min(equals + 1, pair.size())));
  }
  return std::nullopt;
}

bool is_utf8(std::string_view text) {
  for (uint32_t code = 0; !text.empty();) {
    const size_t bytes = decode_utf8(text, code);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

}  // namespace paxoscope
