// JSON by hand: enough for lines of a trace, small enough for the page.
#pragma once

#include <string>
#include <string_view>

namespace paxoscope {

/// The text in quotes, escaped. Bytes that are no UTF-8 do not occur here.
std::string json_quoted(std::string_view text);

}  // namespace paxoscope
