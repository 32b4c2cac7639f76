// How one server of one OmniPaxos configuration is set up.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/rules.h"
#include "base/types.h"

namespace paxoscope::omnipaxos {

/// Times are ticks; the host decides how long a tick is.
struct Config {
  ConfigurationId configuration = 1;
  ServerId pid = 0;
  std::vector<ServerId> peers;   ///< the other members, ascending, without `pid`
  uint32_t election_ticks = 10;  ///< one heartbeat round, ≥ 1
  uint32_t resend_ticks = 25;    ///< repair timer, ≥ 1
  uint32_t priority = 0;
  uint32_t read_quorum = 0;      ///< promises needed (0: majority)
  uint32_t write_quorum = 0;     ///< acceptances needed (0: majority)
  uint32_t delta_after = 0;      ///< a follower that lacks this many decided entries is sent a delta (0: the entries)
  uint32_t batch_entries = 1;    ///< a leader sends new entries once it has so many…
  uint32_t batch_ticks = 1;      ///< …or after so many ticks, ≥ 1
  uint32_t max_waiting = 100'000;  ///< proposals of this server that are not settled yet, at most
  SwitchSet switches;            ///< rules that are off

  uint32_t members() const { return static_cast<uint32_t>(peers.size()) + 1; }
  uint32_t prepare_quorum() const { return read_quorum != 0 ? read_quorum : members() / 2 + 1; }
  uint32_t accept_quorum() const { return write_quorum != 0 ? write_quorum : members() / 2 + 1; }
  /// What ballot leader election needs to hear (B1).
  uint32_t election_quorum() const {
    return prepare_quorum() > accept_quorum() ? prepare_quorum() : accept_quorum();
  }
};

/// A sentence for each thing that is wrong, or nothing.
Result<void> validate(const Config& config);

}  // namespace paxoscope::omnipaxos
