#include "sim/describe_text.h"

namespace paxoscope {

std::string range_text(LogIndex from, uint64_t count) {
  if (count == 0) return "";
  if (count == 1) return std::to_string(from);
  return std::to_string(from) + "–" + std::to_string(from + count - 1);
}

std::vector<ServerId> servers_of(ServerSet set) {
  std::vector<ServerId> servers;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(set, id)) servers.push_back(id);
  return servers;
}

}  // namespace paxoscope
