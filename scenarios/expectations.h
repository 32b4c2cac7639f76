// Whether a run does what its scenario expects.
#pragma once

#include <vector>

#include "scenarios/progress.h"
#include "scenarios/run.h"
#include "scenarios/scenario.h"

namespace paxoscope {

/// A server that lacks an entry for no longer than this counts as caught up, in election timeouts.
inline constexpr int64_t kCaughtUpTimeouts = 4;

/// What the expectations look at.
struct RunFacts {
  TimeUs now_us = 0;
  bool at_end = false;
  const Progress* progress = nullptr;
  const std::vector<Violation>* violations = nullptr;
  std::vector<ServerId> servers_up;
};

ExpectationResult evaluate(const Expectation& expectation, const Scenario& scenario, const RunFacts& facts);

}  // namespace paxoscope
