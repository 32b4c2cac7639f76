// What differs between two moments, or two branches, of a run: for drawing side by side.
#pragma once

#include <string>
#include <vector>

#include "sim/observation.h"

namespace paxoscope {

/// One value that is not the same.
struct Difference {
  ServerId server = 0;  ///< whose; 0: of the network or the configurations
  std::string name;     ///< "Promised ballot", "Link A to B", "Configuration c2"
  std::string then;     ///< "–": it was not there
  std::string now;
};

/// By server, then in the order in which the inspector shows them; what belongs to no server comes last.
std::vector<Difference> differences(const Observation& then, const Observation& now);

/// The entries of one server's log that differ, from the first to the last of them, within both windows; 0, 0: none.
struct LogDifference {
  LogIndex first = 0;
  LogIndex last = 0;
};
/// Whether two cells show different things; null: there is no entry.
bool differs(const LogCell* then, const LogCell* now);
const LogCell* cell_at(const ServerView& server, LogIndex index);
LogDifference log_difference(const ServerView& then, const ServerView& now);
const ServerView* server_of(const Observation& seen, ServerId id);

}  // namespace paxoscope
