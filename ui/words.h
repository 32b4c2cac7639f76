// Putting words together.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace paxoscope::ui {

/// All parts as one string: one call where a chain of + would be as many calls.
std::string joined(std::initializer_list<std::string_view> parts);

/// "ballot" → "Ballot"
std::string capital(std::string_view word);

}  // namespace paxoscope::ui
