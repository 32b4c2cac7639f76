// Small words that the protocols' descriptions share.
#pragma once

#include <string>
#include <vector>

#include "base/types.h"

namespace paxoscope {

/// "8", "8–9"; empty for no entries.
std::string range_text(LogIndex from, uint64_t count);
/// The members of a set, ascending.
std::vector<ServerId> servers_of(ServerSet set);

}  // namespace paxoscope
