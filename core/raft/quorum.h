// The arithmetic of majorities and of joint majorities (Raft §5.3, §6). Pure functions; what a server has reached or
// answered is asked from a callable.
#pragma once

#include "raft/membership.h"

namespace paxoscope::raft {

/// Nobody is needed, so nothing is missing.
inline constexpr uint64_t kNoVoters = UINT64_MAX;

constexpr uint32_t majority(uint32_t voters) { return voters / 2 + 1; }

/// The largest number that `needed` of the servers have reached. `reached(id)` may count entries or heartbeat rounds.
template <class Reached>
uint64_t reached_by(const Servers& servers, uint32_t needed, Reached&& reached) {
  if (servers.empty()) return kNoVoters;
  uint64_t values[kMaxServers];
  uint32_t count = 0;
  for (ServerId id : servers) {
    const uint64_t value = reached(id);
    uint32_t at = count++;
    for (; at > 0 && values[at - 1] < value; --at) values[at] = values[at - 1];
    values[at] = value;
  }
  return values[needed - 1];
}

/// The largest number that a majority has reached; kNoVoters without voters.
template <class Reached>
uint64_t majority_reached(const Servers& voters, Reached&& reached) {
  return reached_by(voters, majority(voters.size()), reached);
}

/// The same of a membership: both majorities while it is joint.
template <class Reached>
uint64_t quorum_reached(const Membership& membership, Reached&& reached) {
  const uint64_t incoming = majority_reached(membership.voters, reached);
  const uint64_t outgoing = majority_reached(membership.outgoing, reached);
  return incoming < outgoing ? incoming : outgoing;
}

enum class VoteResult : uint8_t { pending, won, lost };
enum class Vote : uint8_t { missing, yes, no };

/// Where an election stands among these voters. Without voters it is won: nobody is needed.
template <class VoteOf>
VoteResult majority_vote(const Servers& voters, VoteOf&& vote_of) {
  if (voters.empty()) return VoteResult::won;
  uint32_t yes = 0;
  uint32_t missing = 0;
  for (ServerId id : voters) {
    const Vote vote = vote_of(id);
    yes += vote == Vote::yes ? 1 : 0;
    missing += vote == Vote::missing ? 1 : 0;
  }
  const uint32_t needed = majority(voters.size());
  return yes >= needed ? VoteResult::won : yes + missing >= needed ? VoteResult::pending : VoteResult::lost;
}

/// The same of a membership: won by both majorities, lost by either.
template <class VoteOf>
VoteResult quorum_vote(const Membership& membership, VoteOf&& vote_of) {
  const VoteResult incoming = majority_vote(membership.voters, vote_of);
  const VoteResult outgoing = majority_vote(membership.outgoing, vote_of);
  if (incoming == outgoing) return incoming;
  if (incoming == VoteResult::lost || outgoing == VoteResult::lost) return VoteResult::lost;
  return VoteResult::pending;
}

}  // namespace paxoscope::raft
