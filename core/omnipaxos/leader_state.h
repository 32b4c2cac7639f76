// What a leader knows of its followers, and the arithmetic of its quorums.
#pragma once

#include <vector>

#include "omnipaxos/config.h"
#include "omnipaxos/messages.h"

namespace paxoscope::omnipaxos {

/// A leader's view of one follower in its ballot.
struct Follower {
  ServerId id = 0;
  bool promised = false;        ///< its newest promise is `session`
  Session session;
  Ballot accepted_ballot;       ///< as of that promise
  LogIndex length = 0;          ///< as of that promise
  LogIndex decided_then = 0;    ///< as of that promise
  bool sync_due = false;        ///< an AcceptSync is to be sent
  bool synced = false;          ///< an AcceptSync for `session` was sent
  bool sync_answered = false;   ///< and it was taken
  bool prepare_due = false;     ///< a Prepare is to be sent
  bool probe_due = false;       ///< an empty Accept is to be sent
  LogIndex accepted = 0;        ///< durably accepted in this ballot (kept across promises)
  bool has_accepted = false;    ///< it accepted the synced log in this ballot
  LogIndex next = 1;            ///< first entry not sent yet
  LogIndex decided_sent = 0;
  LogIndex decided_known = 0;   ///< what it said it has decided
  LogIndex durable_decided = 0; ///< what it said no crash can take back
  bool takes_delta = false;     ///< as of that promise
  bool sync_decided_sent = false;
  bool sync_decided_known = false;
  LogIndex accepted_at_last_resend = 0;
};

/// A leader's volatile state for one ballot.
struct LeaderState {
  Ballot ballot;
  std::vector<Follower> followers;   ///< position = Config::peers
  Ballot base_ballot;                ///< accepted ballot of the adopted log
  LogIndex base_length = 0;          ///< its length before anything was appended
  LogIndex chosen = 0;               ///< accepted by a write quorum in this ballot
  bool sync_decided = false;         ///< a write quorum accepted the adopted log

  Follower* find(ServerId id) {
    for (Follower& follower : followers)
      if (follower.id == id) return &follower;
    return nullptr;
  }
  const Follower* find(ServerId id) const { return const_cast<LeaderState*>(this)->find(id); }

  uint32_t promises() const {
    uint32_t count = 1;
    for (const Follower& follower : followers) count += follower.promised ? 1 : 0;
    return count;
  }

  /// The largest length that `quorum` members have accepted in this ballot, the leader with `own` (`own_counts`: it has
  /// accepted at all). Returns false when fewer have accepted anything.
  bool accepted_by(uint32_t quorum, bool own_counts, LogIndex own, LogIndex* length) const {
    LogIndex lengths[kMaxServers];
    uint32_t count = 0;
    const auto insert = [&](LogIndex value) {
      uint32_t i = count++;
      for (; i > 0 && lengths[i - 1] < value; --i) lengths[i] = lengths[i - 1];
      lengths[i] = value;
    };
    if (own_counts) insert(own);
    for (const Follower& follower : followers)
      if (follower.has_accepted) insert(follower.accepted);
    if (count < quorum) return false;
    *length = lengths[quorum - 1];
    return true;
  }

  void add_to(Hasher& hasher) const {
    ballot.add_to(hasher);
    base_ballot.add_to(hasher);
    hasher.add(base_length);
    hasher.add(chosen << 1 | (sync_decided ? 1u : 0u));
    for (const Follower& f : followers) {
      hasher.add(f.id);
      hasher.add((static_cast<uint64_t>(f.session.incarnation) << 32) | f.session.counter);
      f.accepted_ballot.add_to(hasher);
      for (LogIndex index : {f.length, f.decided_then, f.accepted, f.next, f.decided_sent, f.decided_known,
                             f.durable_decided, f.accepted_at_last_resend})
        hasher.add(index);
      uint64_t flags = 0;
      for (bool flag : {f.promised, f.sync_due, f.synced, f.sync_answered, f.prepare_due, f.probe_due, f.has_accepted,
                        f.takes_delta, f.sync_decided_sent, f.sync_decided_known})
        flags = flags << 1 | (flag ? 1 : 0);
      hasher.add(flags);
    }
  }
};

}  // namespace paxoscope::omnipaxos
