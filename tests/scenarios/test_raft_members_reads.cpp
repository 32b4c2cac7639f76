// Raft scenarios of memberships, reads and sessions, over many seeds and all protocols that they name: they hold, and
// without the rule that they are about most runs go wrong.
#include "fixture.h"

#include <algorithm>

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

constexpr uint64_t kSeedsOff = 100;

std::unique_ptr<Run> played(const Scenario& scenario, const std::string& protocol, uint64_t seed,
                            std::vector<std::string> off = {}) {
  RunOptions options;
  options.protocol = protocol;
  options.seed = seed;
  options.switches_off = std::move(off);
  auto run = Run::create(scenario, options);
  REQUIRE_MESSAGE(run, run.error().text);
  (*run)->run_to_end();
  return std::move(*run);
}

void check_holds(const std::string& id) {
  const Scenario scenario = load_file(id);
  for (const std::string& protocol : scenario.protocols)
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      INFO(id, ", ", protocol, ", seed ", seed);
      const auto run = played(scenario, protocol, seed);
      REQUIRE_FALSE(run->violated());
      for (const ExpectationResult& result : run->expectations()) CHECK_MESSAGE((result.held && result.known), result.text);
      for (const LessonStep& step : run->lesson()) CHECK_MESSAGE(step.reached, step.title);
    }
}

/// Of kSeedsOff runs without the rule, how many end in this violation.
uint64_t violated_without(const std::string& id, const std::string& rule, const std::string& check) {
  const Scenario scenario = load_file(id);
  uint64_t least = kSeedsOff;
  for (const std::string& protocol : scenario.protocols) {
    uint64_t count = 0;
    for (uint64_t seed = 1; seed <= kSeedsOff; ++seed) {
      const auto run = played(scenario, protocol, seed, {rule});
      const auto violations = run->violations();
      count += std::any_of(violations.begin(), violations.end(), [&](const Violation& v) { return v.check == check; }) ? 1 : 0;
    }
    least = std::min(least, count);
  }
  return least;
}

}  // namespace

TEST_SUITE("Raft scenarios: memberships, reads, sessions, 200 seeds each") {
  TEST_CASE("memberships") {
    for (const char* id : {"bootstrap", "leader-leaves", "learner", "joint-crash", "one-step-change", "early-change"})
      check_holds(id);
  }
  TEST_CASE("reads and sessions") {
    for (const char* id : {"follower-read", "log-read", "stale-read", "lease-drift", "lease-late", "duplicate-command"}) check_holds(id);
  }
  TEST_CASE("what R7 and R12 are for: with the rule off nearly all runs of the same script end in a violation") {
    struct Lesson {
      const char* id;
      const char* without;
      const char* check;
      uint64_t least;  ///< of 100
    };
    for (const Lesson& lesson : {Lesson{"early-change", "R7.own_term", "leader-complete", 100},
                                 Lesson{"one-step-change", "R7.joint", "leader-complete", 100},
                                 Lesson{"leader-leaves", "R7.members", "decided-durable", 100},
                                 Lesson{"stale-read", "R12.round", "linearizable", 100},
                                 Lesson{"lease-drift", "R12.drift", "linearizable", 90},
                                 Lesson{"lease-late", "R12.send", "linearizable", 95}}) {
      const uint64_t count = violated_without(lesson.id, lesson.without, lesson.check);
      MESSAGE(std::string(lesson.id) << " without " << std::string(lesson.without) << ": " << count << " of " << kSeedsOff);
      CHECK_MESSAGE(count >= lesson.least, std::string(lesson.id));
    }
  }
  TEST_CASE("learners that vote too early make clients wait; a command without a session acts twice") {
    const Scenario learner = load_file("learner");
    for (uint64_t seed = 1; seed <= kSeedsOff; ++seed) {
      const auto run = played(learner, "raft", seed, {"R10.caught_up"});
      CHECK_FALSE(run->violated());
      CHECK_MESSAGE(run->summary().longest_stall_us > 1'000'000, "seed " << seed);
    }
    const Scenario twice = load_file("no-sessions");
    for (const std::string& protocol : twice.protocols)
      for (uint64_t seed = 1; seed <= kSeedsOff; ++seed)
        for (const ExpectationResult& result : played(twice, protocol, seed)->expectations())
          CHECK_MESSAGE(result.held, "seed " << seed << ": " << result.text);
  }
  TEST_CASE("a lease trusts clocks: one that is slower than is allowed for answers too late, with all rules on") {
    Scenario scenario = load_file("lease-drift");
    uint64_t turned = 0;
    for (ScenarioStep& step : scenario.steps)
      for (Action& action : step.actions)
        if (action.kind == ActionKind::set_rate) {
          action.amount *= 2;
          ++turned;
        }
    REQUIRE(turned == 1);
    uint64_t stale = 0;
    for (uint64_t seed = 1; seed <= kSeedsOff; ++seed) stale += played(scenario, "raft-both", seed)->violated() ? 1 : 0;
    CHECK(stale >= 90);
  }
}
