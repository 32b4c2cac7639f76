// Stop-signs end a configuration: the last entry of its log names the next configuration (Omni-Paxos §6, rules C1–C8).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/ballot.h"
#include "base/hash.h"
#include "base/types.h"

namespace paxoscope {

struct StopSign {
  ConfigurationId next = 2;  ///< the configuration that it starts
  ServerSet members = 0;     ///< of that configuration
  Ballot named;              ///< skip_prepare_use_leader: leads it first, without a prepare (C6); none: an election
  std::string metadata;      ///< whatever the proposer wants to tell the members, ≤ 256 bytes
};

/// Shared and immutable; null: none.
using StopSignRef = std::shared_ptr<const StopSign>;

/// A configuration that ended: its log is decided up to and including the stop-sign at `sealed_length`.
struct SealedConfiguration {
  ConfigurationId id = 1;
  ServerSet members = 0;
  LogIndex sealed_length = 0;
  Ballot named;              ///< who led it first without a prepare (C6); none: an election
  bool operator==(const SealedConfiguration&) const = default;
};

inline void add_to_hash(Hasher& hasher, const StopSignRef& stop) {
  hasher.add(stop ? (static_cast<uint64_t>(stop->next) << 32) | stop->members : 0);
  if (!stop) return;
  stop->named.add_to(hasher);
  hasher.add(stop->metadata);
}

}  // namespace paxoscope
