#include "raft/config.h"

namespace paxoscope::raft {

namespace {

Result<void> validate_membership(const Config& config) {
  const Membership& initial = config.initial;
  if (initial.joint() || !initial.learners_next.empty()) return fail("a first membership cannot be a joint one");
  for (ServerId id : initial.learners)
    if (initial.voters.contains(id))
      return fail("server " + std::to_string(id) + " cannot be both a voter and a learner");
  if (initial.voters.empty() && !initial.learners.empty()) return fail("learners need at least one voter");
  return {};
}

}  // namespace

Result<void> validate(const Config& config) {
  if (config.id == 0) return fail("server ids start at 1");
  if (Result<void> valid = validate_membership(config); !valid) return valid;
  if (config.election_ticks == 0 || config.heartbeat_ticks == 0) return fail("timers need at least one tick");
  if (config.heartbeat_ticks >= config.election_ticks && config.election_ticks > 1)
    return fail("heartbeat_ticks must be less than election_ticks, or followers lose a leader that is well");
  if (config.window_entries == 0 || config.max_message_entries == 0) return fail("a message must hold at least one entry");
  if (config.max_uncommitted == 0 || config.max_waiting == 0) return fail("at least one entry must be allowed to wait");
  if (config.chunk_items == 0) return fail("a part of a snapshot must hold at least one item");
  if (config.reads == ReadMode::lease && !config.check_quorum)
    return fail("leases need check_quorum: without it followers may vote for another leader at any time");
  return {};
}

}  // namespace paxoscope::raft
