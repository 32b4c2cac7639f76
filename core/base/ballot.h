// Ballots: who may lead, and in which order.
#pragma once

#include <compare>
#include <cstdint>

#include "base/hash.h"
#include "base/types.h"

namespace paxoscope {

/// A ballot (n, priority, server), compared in that order (Omni-Paxos §5.2, rule B). n = 0 is never a candidate;
/// the default value is below every real ballot.
struct Ballot {
  uint32_t n = 0;
  uint32_t priority = 0;
  ServerId server = 0;

  auto operator<=>(const Ballot&) const = default;
  bool operator==(const Ballot&) const = default;
  explicit operator bool() const { return n != 0 || server != 0; }
  void add_to(Hasher& hasher) const {
    hasher.add((static_cast<uint64_t>(n) << 32) | priority);
    hasher.add(server);
  }
};

}  // namespace paxoscope
