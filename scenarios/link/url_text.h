// The pieces of an address, as the URL standard reads and writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace paxoscope {

/// Without padding.
std::string to_base64url(std::string_view bytes);
/// Nothing where a character or the length does not fit. `*cut_off`: only the length.
std::optional<std::string> from_base64url(std::string_view text, bool* cut_off);

/// As encodeURIComponent and decodeURIComponent do it; nothing for a stray % or what is no UTF-8.
std::string percent_encoded(std::string_view text);
std::optional<std::string> percent_decoded(std::string_view text);

/// One name or value of a query, as URLSearchParams does it: + is a space, a stray % stays.
std::string form_encoded(std::string_view text);
std::string form_decoded(std::string_view text);
/// The value of the first pair with this name, decoded.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

bool is_utf8(std::string_view text);

}  // namespace paxoscope
