// Whether a run does what its scenario expects.
#pragma once

#include <vector>

#include "scenarios/progress.h"
#include "scenarios/run.h"
#include "scenarios/scenario.h"

namespace paxoscope {

/// A server that lacks an entry for no longer than this counts as caught up, in election timeouts.
inline constexpr int64_t kCaughtUpTimeouts = 4;

struct RunningServer {
  ServerId id = 0;
  ConfigurationId configuration = 0;  ///< that it runs; 0: none
  uint64_t unsettled = 0;             ///< proposals made there whose outcome it does not know yet
  bool retired = false;               ///< it was a member and knows that it is none any more
};

/// What the expectations look at.
struct RunFacts {
  TimeUs now_us = 0;
  bool at_end = false;
  const Progress* progress = nullptr;
  const std::vector<Violation>* violations = nullptr;
  std::vector<RunningServer> running;
  const History* history = nullptr;
  const FutureTable* futures = nullptr;
  uint64_t open = 0;        ///< operations that somebody still waits for…
  uint64_t clients_open = 0;  ///< …and these of them are clients
  uint64_t incomplete = 0;  ///< operations that ended without a result
  std::vector<ConfigurationView> configurations;  ///< that any server knows of, ascending
};

ExpectationResult evaluate(const Expectation& expectation, const Scenario& scenario, const RunFacts& facts);

}  // namespace paxoscope
