// How one Raft server is set up.
#pragma once

#include "base/result.h"
#include "base/rules.h"
#include "raft/membership.h"
#include "raft/rules.h"

namespace paxoscope::raft {

/// How reads are answered (R12).
enum class ReadMode : uint8_t {
  log,         ///< by an entry of their own
  read_index,  ///< after a round of heartbeats that began after the read
  lease,       ///< at once while a lease lasts; otherwise as read_index. Needs check_quorum
};

/// Times are ticks; the host decides how long a tick is. Servers check it with `validate` when they start.
struct Config {
  ServerId id = 0;
  /// Of a first start; storage that was used before knows better. Empty: it waits for a leader that adds it.
  Membership initial;
  uint32_t election_ticks = 10;   ///< least election timeout; the timeout is drawn from this to less than its double, ≥ 1
  uint32_t heartbeat_ticks = 2;   ///< ≥ 1, < election_ticks unless that is 1
  uint64_t seed = 0;              ///< of the election timeouts; another one for each server and start
  bool pre_vote = false;          ///< R8
  bool check_quorum = false;      ///< R9, with the stickiness of its followers
  ReadMode reads = ReadMode::read_index;
  uint32_t clock_drift_permille = 50;     ///< a clock may gain so much on another; shortens leases
  uint32_t window_entries = 1 << 16;      ///< sent ahead of a follower's answer, at most, ≥ 1
  uint32_t max_message_entries = 4096;    ///< ≥ 1
  bool empty_probes = false;              ///< until it is known where the logs agree, messages carry no entries (R15)
  uint32_t max_uncommitted = 100'000;     ///< entries in the leader's log that are not committed, at most, ≥ 1
  uint32_t max_waiting = 100'000;         ///< proposals, and reads, that wait at this server, at most, ≥ 1
  uint32_t chunk_items = 1024;            ///< parts of the state in one snapshot message, ≥ 1
  SwitchSet switches;                     ///< rules that are off

  bool on(Switch which) const { return raft::on(switches, which); }
  bool pre_votes() const { return pre_vote && on(Switch::R8_prevote); }
  bool sticky() const { return check_quorum && on(Switch::R9_sticky); }
  /// How long an acknowledged heartbeat lets its leader answer reads, from when it was sent. A follower that hears it
  /// refuses others for election_ticks; one tick less since it may hear it just before its clock ticks, and one since the
  /// leader's clock may just be about to.
  uint32_t lease_ticks() const {
    const uint64_t drift = on(Switch::R12_drift) ? (uint64_t{election_ticks} * clock_drift_permille + 999) / 1000 : 0;
    const uint64_t lost = drift + 2;
    return lost < election_ticks ? static_cast<uint32_t>(election_ticks - lost) : 0;
  }
};

/// A sentence for the first thing that is wrong, or nothing.
Result<void> validate(const Config& config);

}  // namespace paxoscope::raft
