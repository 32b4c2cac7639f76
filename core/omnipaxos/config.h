// How one server of one OmniPaxos configuration is set up.
#pragma once

#include <string>
#include <vector>

#include "base/ballot.h"
#include "base/logger.h"
#include "base/result.h"
#include "base/rules.h"
#include "base/types.h"

namespace paxoscope::omnipaxos {

/// Times are ticks; the host decides how long a tick is. A plain value: set what differs from the default, or start from
/// `with`. Servers check it with `validate` when they start.
struct Config {
  ConfigurationId configuration = 1;
  ServerId pid = 0;
  std::vector<ServerId> peers;   ///< the other members, ascending, without `pid`; none: a cluster of one
  uint32_t election_ticks = 10;  ///< one heartbeat round, ≥ 1
  uint32_t resend_ticks = 25;    ///< repair timer, ≥ 1
  uint32_t priority = 0;         ///< decides between ballots of the same n
  bool calm_takeover = false;    ///< who misses the leader waits while a neighbour hears it (PROTOCOLS §1)
  uint32_t read_quorum = 0;      ///< promises needed (0: majority)
  uint32_t write_quorum = 0;     ///< acceptances needed (0: majority)
  uint32_t delta_after = 0;      ///< a follower that lacks this many decided entries is sent a delta (0: the entries)
  uint32_t batch_entries = 1;    ///< a leader sends new entries once it has so many…
  uint32_t batch_ticks = 1;      ///< …or after so many ticks, ≥ 1
  uint32_t relay_hops = 2;       ///< servers that pass on a proposal of one without a path to the leader, ≤ 7 (F9; 0: none)
  uint32_t max_waiting = 100'000;  ///< proposals of this server that are not settled yet, at most, ≥ 1
  /// Leads first, without a prepare; a complete ballot, the same at every member, which all start with promised and
  /// accepted (C6). For a first start only: storage that was used before knows better. None: an election.
  Ballot skip_prepare_use_leader;
  SwitchSet switches;            ///< rules that are off
  Logger* logger = nullptr;      ///< not owned; null: silent
  std::string log_file_path;     ///< for the native library's file logger; the core opens nothing

  /// A server's configuration with what has no default, checked. `peers` in any order.
  static Result<Config> with(ConfigurationId configuration, ServerId pid, std::vector<ServerId> peers,
                             const Ballot& skip_prepare_use_leader = {}, Logger* logger = nullptr,
                             std::string log_file_path = {});

  uint32_t members() const { return static_cast<uint32_t>(peers.size()) + 1; }
  uint32_t prepare_quorum() const { return read_quorum != 0 ? read_quorum : members() / 2 + 1; }
  uint32_t accept_quorum() const { return write_quorum != 0 ? write_quorum : members() / 2 + 1; }
  /// What ballot leader election needs to hear (B1).
  uint32_t election_quorum() const {
    return prepare_quorum() > accept_quorum() ? prepare_quorum() : accept_quorum();
  }
};

/// A sentence for the first thing that is wrong, or nothing.
Result<void> validate(const Config& config);

}  // namespace paxoscope::omnipaxos
