#include "omnipaxos/config.h"

#include <string>

#include "omnipaxos/rules.h"

namespace paxoscope::omnipaxos {

Result<void> validate(const Config& config) {
  const auto name = [](ServerId id) { return std::to_string(id); };
  if (config.configuration == 0) return fail("configuration ids start at 1");
  if (config.pid == 0 || config.pid > kMaxServers)
    return fail("pid must be between 1 and " + std::to_string(kMaxServers) + ", not " + name(config.pid));
  for (size_t i = 0; i < config.peers.size(); ++i) {
    const ServerId peer = config.peers[i];
    if (peer == 0 || peer > kMaxServers)
      return fail("peers must be between 1 and " + std::to_string(kMaxServers) + ", not " + name(peer));
    if (peer == config.pid) return fail("peers must not list the server itself (" + name(peer) + ")");
    if (i > 0 && config.peers[i - 1] >= peer)
      return fail("peers must ascend without repeats; " + name(peer) + " comes after " + name(config.peers[i - 1]));
  }
  if (config.election_ticks == 0 || config.resend_ticks == 0 || config.batch_ticks == 0) return fail("timers need at least one tick");
  const uint32_t members = config.members();
  if (config.prepare_quorum() > members || config.accept_quorum() > members)
    return fail("a quorum cannot be larger than the " + std::to_string(members) + " members");
  if (config.prepare_quorum() + config.accept_quorum() <= members && on(config.switches, Switch::P3_intersect))
    return fail("read quorum + write quorum must exceed the " + std::to_string(members) + " members, or two quorums "
                "could miss each other");
  return {};
}

}  // namespace paxoscope::omnipaxos
