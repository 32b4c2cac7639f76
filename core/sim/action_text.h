// The small words that actions are written and described with.
#pragma once

#include <string>
#include <vector>

#include "base/types.h"

namespace paxoscope::action_text {

/// "A" for 1.
std::string letter(ServerId id);
/// "A,B,C"
std::string members_text(ServerSet set);
/// "A,B|C,D"
std::string groups_text(const std::vector<ServerSet>& groups);
/// `value` in units of `unit`, with up to `places` decimals: the shortest exact form.
std::string decimal(int64_t value, int64_t unit, int places);
/// The shortest of "2s", "1.5s", "20ms", "300us" that is exact.
std::string duration_text(TimeUs duration_us);
/// With a plus unless it has a minus.
std::string with_sign(std::string text);

}  // namespace paxoscope::action_text
