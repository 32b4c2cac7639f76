#include "quorum_register/config.h"

namespace paxoscope::quorum_register {

Result<void> validate(const Config& config) {
  if (config.id == 0 || config.id > kMaxServers)
    return fail("server ids are 1 to " + std::to_string(kMaxServers) + ", not " + std::to_string(config.id));
  if (config.members >> kMaxServers != 0) return fail("at most " + std::to_string(kMaxServers) + " servers can be members");
  if (!contains(config.members, config.id)) return fail("server " + std::to_string(config.id) + " must be one of the members");
  const uint32_t servers = count_of(config.members);
  if (config.to_read() > servers || config.to_write() > servers)
    return fail("a quorum cannot be larger than the " + std::to_string(servers) + " servers");
  if (config.on(Switch::A4_intersect) && config.to_read() + config.to_write() <= servers)
    return fail("read_quorum + write_quorum must be more than the " + std::to_string(servers) +
                " servers, or a read can miss what was written");
  if (config.resend_ticks == 0) return fail("resend_ticks must be at least 1");
  if (config.max_running == 0) return fail("max_running must be at least 1: a server must be allowed to work on something");
  if (config.max_registers == 0) return fail("max_registers must be at least 1");
  if (config.drop_repeats && config.max_sessions == 0) return fail("max_sessions must be at least 1 to drop repeats");
  return {};
}

}  // namespace paxoscope::quorum_register
