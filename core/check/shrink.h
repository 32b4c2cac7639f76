// Makes a failing case small: fewer servers, fewer faults, fewer clients, shorter, while the same check fails.
#pragma once

#include <functional>

#include "check/swarm.h"
#include "check/swarm_case.h"

namespace paxoscope {

using PlayCase = std::function<SwarmResult(const SwarmCase&)>;

struct ShrinkLimits {
  uint32_t tries = 20'000;          ///< runs, at most
  uint64_t events = 30'000'000;     ///< events played in all of them together, at most
  std::function<bool()> cancelled;  ///< asked before each run; empty: never
};

struct Shrunk {
  SwarmCase smallest;
  SwarmResult result;  ///< of playing it
  uint32_t tries = 0;
};

/// `failed` is what playing `drawn` gave; it has a failure. The outcome fails in the same check.
Shrunk shrink_case(const SwarmCase& drawn, const SwarmResult& failed, const PlayCase& play,
                   const ShrinkLimits& limits = {});

}  // namespace paxoscope
