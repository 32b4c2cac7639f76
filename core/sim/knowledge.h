// What one server can know, as against what is true.
#pragma once

#include <string>
#include <vector>

#include "sim/observation.h"
#include "sim/timeline.h"

namespace paxoscope {

/// The leader that `server` takes for granted at a moment; none: it knows of none.
Epoch believed_leader(const Timeline& timeline, ServerId server, TimeUs at_us);

/// The moment with the eyes of `server`: itself and the messages it has sent as they are; of others only that it takes one
/// for its leader; whether a link is cut it cannot know. What is not known is left blank.
Observation as_seen_by(const Observation& seen, const Timeline& timeline, ServerId server);

/// Something a server believes, and how it stands.
struct Belief {
  std::string what;      ///< "Leader"
  std::string believed;  ///< "C with 1·C"
  std::string truth;
  bool holds() const { return believed == truth; }
};
std::vector<Belief> beliefs_of(const Observation& seen, const Timeline& timeline, ServerId server);

}  // namespace paxoscope
