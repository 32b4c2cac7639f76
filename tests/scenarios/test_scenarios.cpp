// The scenarios themselves, over many seeds: what they promise holds, their lessons are told to the end.
#include "fixture.h"

#include <algorithm>
#include <vector>

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

constexpr uint64_t kSeeds = 200;

struct Sample {
  std::vector<TimeUs> stalls;
};

Sample run_seeds(const std::string& id) {
  const Scenario scenario = load_file(id);
  Sample sample;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto run = start(scenario, seed);
    run->run_to_end();
    const RunSummary summary = run->summary();
    REQUIRE_MESSAGE(summary.violations.empty(), id << " seed " << seed);
    for (const ExpectationResult& result : summary.expectations) {
      CHECK_MESSAGE(result.known, id << " seed " << seed << ": " << result.text);
      CHECK_MESSAGE(result.held, id << " seed " << seed << ": " << result.text);
    }
    for (const LessonStep& step : run->lesson()) CHECK_MESSAGE(step.reached, id << " seed " << seed << ": " << step.title);
    sample.stalls.push_back(summary.longest_stall_us);
  }
  std::sort(sample.stalls.begin(), sample.stalls.end());
  return sample;
}

/// In election timeouts of 100 ms: median at most 4, maximum at most 5.
void check_recovery(const std::string& id) {
  const Sample sample = run_seeds(id);
  CHECK(sample.stalls[kSeeds / 2] <= 400'000);
  CHECK(sample.stalls.back() <= 500'000);
  MESSAGE(id << ": longest stall in ms, median " << sample.stalls[kSeeds / 2] / 1000 << ", maximum "
             << sample.stalls.back() / 1000);
}

}  // namespace

TEST_SUITE("scenarios, 200 seeds each") {
  TEST_CASE("steady-replication") { run_seeds("steady-replication"); }
  TEST_CASE("leader-crash") { check_recovery("leader-crash"); }
  TEST_CASE("quorum-loss") { check_recovery("quorum-loss"); }
  TEST_CASE("constrained-election") { check_recovery("constrained-election"); }
  TEST_CASE("chained") { check_recovery("chained"); }
}
