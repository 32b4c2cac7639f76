// What a leader knows of another member, and of its reads.
#pragma once

#include <algorithm>
#include <vector>

#include "raft/storage.h"

namespace paxoscope::raft {

enum class Mode : uint8_t {
  probe,      ///< one message at a time, until it is known where the logs agree
  replicate,  ///< messages flow in a window
  snapshot,   ///< what it needs is gone: a snapshot first
};

template <class T>
struct Progress {
  ServerId id = 0;
  LogIndex match = 0;          ///< durably there
  LogIndex next = 1;           ///< first entry not sent yet
  Mode mode = Mode::probe;
  LogIndex window = UINT64_MAX;  ///< entries sent ahead of `match`, at most: less after losses (R15)
  bool paused = false;         ///< probe, snapshot: the last message is not answered yet
  bool active = true;          ///< heard since the last quorum check
  LogIndex commit_sent = 0;
  uint64_t acked_round = 0;
  uint64_t heartbeat_round = 0;      ///< of the heartbeat whose answer is awaited; 0: none
  LogIndex next_at_heartbeat = 1;    ///< `next` when that was sent
  // R10: what the leader's log held when the round began that is to bring it up to date
  LogIndex round_end = 0;
  uint64_t round_began = 0;          ///< tick
  bool caught_up = false;            ///< a round took less than an election timeout
  SnapshotRef<T> snapshot;           ///< on its way
  uint32_t part = 0;                 ///< of it, to be sent next

  /// R15: entries on their way were lost, so half as many are sent ahead; each that arrives lets one more through.
  void narrow(LogIndex least) { window = std::max((next - 1 - match) / 2, least); }
  void widen(LogIndex arrived, LogIndex most) { window = window < most ? window + arrived : window; }
  void probe_from(LogIndex index) {
    mode = Mode::probe;
    next = index;
    paused = false;
    snapshot = nullptr;
    part = 0;
  }
  void add_to(Hasher& hasher) const {
    hasher.add((static_cast<uint64_t>(id) << 8) | static_cast<uint64_t>(mode) << 2 | (paused ? 2u : 0u) | (active ? 1u : 0u));
    for (uint64_t value : {match, next, window, commit_sent, acked_round, heartbeat_round, next_at_heartbeat, uint64_t{part},
                           round_end, round_began << 1 | (caught_up ? 1u : 0u)})
      hasher.add(value);
    hasher.add(snapshot ? snapshot->index : 0);
  }
};

/// A read that a leader is about to answer (R12).
struct PendingRead {
  ServerId from = 0;
  uint64_t ticket = 0;
  LogIndex index = 0;   ///< what must be applied
  uint64_t round = 0;   ///< the leader must still lead in this round; 0: it has not committed in its term yet
  bool logged = false;  ///< by the entry `index` instead
};

/// A read at the server where it was asked.
struct OwnRead {
  uint64_t ticket = 0;
  LogIndex ready_at = 0;  ///< index + 1 of what must be applied; 0: not known yet
  uint64_t asked_at = 0;  ///< tick + 1 when the leader was asked; 0: ask now
};

}  // namespace paxoscope::raft
