// The scenarios themselves, over many seeds: what they promise holds, their lessons are told to the end.
#include "fixture.h"

#include <algorithm>
#include <vector>

using namespace paxoscope;
using namespace paxoscope::test;

namespace {


struct Sample {
  std::vector<TimeUs> stalls;
};

/// With each protocol that the scenario names.
Sample run_seeds(const std::string& id) {
  const Scenario scenario = load_file(id);
  Sample sample;
  for (const std::string& protocol : scenario.protocols)
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      INFO(id, ", ", protocol, ", seed ", seed);
      auto run = start(scenario, seed, {}, protocol);
      run->run_to_end();
      const RunSummary summary = run->summary();
      REQUIRE(summary.violations.empty());
      for (const ExpectationResult& result : summary.expectations) {
        CHECK_MESSAGE(result.known, result.text);
        CHECK_MESSAGE(result.held, result.text);
      }
      const std::vector<LessonStep> lesson = run->lesson();
      for (size_t i = 0; i < lesson.size(); ++i) {
        CHECK_MESSAGE(lesson[i].reached, lesson[i].title);
        if (lesson[i].question != nullptr) CHECK_MESSAGE(run->right_answer(i).has_value(), lesson[i].question->words);
      }
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

TEST_SUITE("reconfiguration in a script") {
  const std::string kSmall =
      "title = \"t\"\nduration = \"3s\"\nEXPECT\n[cluster]\nservers = 4\nmembers = [\"A\", \"B\", \"C\"]\n"
      "read_quorum = 1\nwrite_quorum = 3\nfirst_leader = \"A\"\n[[client]]\nserver = \"B\"\noperations = 30\n";

  Scenario small(const std::string& expect, const std::string& steps) {
    std::string text = kSmall + steps;
    return load(text.replace(text.find("EXPECT"), 6, "expect = [" + expect + "]"));
  }
  std::vector<bool> held(const Scenario& scenario) {
    auto run = start(scenario);
    run->run_to_end();
    std::vector<bool> held;
    for (const ExpectationResult& result : run->expectations()) held.push_back(result.held && result.known);
    return held;
  }

  TEST_CASE("expectations tell the configurations apart; the first one's quorums bind neither spares nor the next one") {
    const std::string all = "\"configuration is 1\", \"configuration is 2\", \"members are A,B,C\", \"members are A,B,D\", "
                            "\"retired C\", \"retired D\", \"all settled\", \"all caught up\"";
    using V = std::vector<bool>;
    CHECK(held(small(all, "")) == V{true, false, true, false, false, false, true, true});
    CHECK(held(small(all, "[[step]]\nwhen = \"decided 10\"\ndo = \"reconfigure A,B,D\"\n")) ==
          V{false, true, false, true, true, false, true, true});
    // A new member that is cut off neither runs the configuration nor has its log.
    CHECK(held(small(all, "[[step]]\nwhen = \"decided 10\"\ndo = [\"isolate D\", \"reconfigure A,B,D\"]\n")) ==
          V{false, false, false, true, true, false, true, false});
    // A follower that is cut off keeps what it was asked.
    CHECK(held(small("\"all settled\"", "[[step]]\nat = \"2900ms\"\ndo = [\"isolate C\", \"propose C x=1\"]\n")) ==
          V{false});
  }

  TEST_CASE("an expectation tells a run that is stuck from one that goes on") {
    const std::string both = "\"longest stall at least 1s\", \"longest stall at most 1s\"";
    using V = std::vector<bool>;
    CHECK(held(small(both, "")) == V{false, true});
    CHECK(held(small(both, "[[step]]\nwhen = \"decided 10\"\ndo = [\"isolate A\", \"isolate B\"]\n")) == V{true, false});
  }

  TEST_CASE("a reconfiguration that the leader refuses is told, and the run stays whole") {
    const Scenario scenario =
        small("", "[[step]]\nwhen = \"decided 10\"\ndo = [\"reconfigure A,B,D\", \"reconfigure A,B\", \"cut A-C\"]\n");
    auto run = start(scenario);
    run->run_to_end();
    const auto results = run->expectations();
    REQUIRE(results.size() == 1);
    CHECK(results[0].text == "the script's 'reconfigure A,B' is done: a reconfiguration is under way already");
    const uint64_t hash = run->state_hash();
    const uint64_t last = run->event();
    CHECK(run->timeline().event_times_us.size() == last + 1);
    run->seek(last / 2);
    run->seek(last);
    CHECK(run->state_hash() == hash);
  }

  TEST_CASE("notes and the timeline tell the ballots of two configurations apart") {
    auto run = start(load_file("replace-one"));
    const auto counted_in = [&] {  // the configuration of the first ballot that the event's notes name
      for (const NoteView& note : run->observe({}).event.notes)
        for (const Field& value : note.values)
          if (value.value.kind == FieldKind::epoch) return value.value.epoch.configuration;
      return ConfigurationId{0};
    };
    run->run_until(1'300'000);
    REQUIRE(run->step(StepUnit::decided));
    CHECK(counted_in() == 1);
    run->run_to_end();
    REQUIRE(run->step_back(StepUnit::decided));
    CHECK(counted_in() == 2);
    std::vector<ConfigurationId> led;
    for (const MarkRecord& mark : run->timeline().marks)
      if (mark.kind == MarkKind::leader_change) led.push_back(mark.label == "c2 1·A" ? 2 : mark.label == "1·A" ? 1 : 0);
    CHECK(led == std::vector<ConfigurationId>{1, 2});
  }
}

TEST_SUITE("scenarios, 200 seeds each") {
  TEST_CASE("steady-replication") { run_seeds("steady-replication"); }
  TEST_CASE("leader-crash") { check_recovery("leader-crash"); }
  TEST_CASE("quorum-loss") { check_recovery("quorum-loss"); }
  TEST_CASE("constrained-election") { check_recovery("constrained-election"); }
  TEST_CASE("chained") { check_recovery("chained"); }
  TEST_CASE("reconfiguration") {
    for (const char* id : {"replace-one", "replace-majority", "replace-all", "grow-shrink", "remove-leader",
                           "named-leader", "donor-crash", "joiner-crash", "old-majority-down"})
      run_seeds(id);
  }
  TEST_CASE("futures") {
    for (const char* id : {"append-resolve", "lost-accept", "lost-decide", "cancelled", "resubmit", "safe-retry"})
      run_seeds(id);
  }
  TEST_CASE("what F2 and F5 are for: with the rule off the same script decides twice, or what was cancelled") {
    struct Lesson {
      const char* id;
      const char* without;
      const char* check;
    };
    for (const Lesson& lesson : {Lesson{"acceptsync-five", "F5.sync", "cancelled-never"},
                                 Lesson{"acceptsync-three", "F5.sync", "cancelled-never"},
                                 Lesson{"own-future", "F5.own", "cancelled-never"},
                                 Lesson{"travelling-index", "F5.field", "cancelled-never"},
                                 Lesson{"duplicate-forward", "F2.repeat", "decided-once"}}) {
      run_seeds(lesson.id);
      const Scenario scenario = load_file(lesson.id);
      for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
        auto run = start(scenario, seed, {lesson.without});
        run->run_to_end();
        const auto violations = run->summary().violations;
        REQUIRE_MESSAGE(!violations.empty(), lesson.id << " seed " << seed);
        CHECK_MESSAGE(violations.front().check == lesson.check, lesson.id << " seed " << seed);
      }
    }
  }
  TEST_CASE("Raft: elections") {
    for (const char* id : {"split-vote", "disruptive-server", "disruptive-server-prevote", "transfer"}) run_seeds(id);
  }
  TEST_CASE("Raft: links that fail in part") {
    for (const char* id : {"half-deaf-leader", "half-deaf-leader-checkquorum", "raft-quorum-loss", "raft-quorum-loss-prevote", "raft-quorum-loss-plain",
                           "raft-constrained-election"})
      run_seeds(id);
  }
  TEST_CASE("Raft: logs and memberships") {
    for (const char* id : {"figure-7", "raft-snapshot", "raft-replace-one"}) run_seeds(id);
  }
  TEST_CASE("what R1, R4 and R5 are for: with the rule off the same script loses a vote, an acknowledged entry, a committed one") {
    struct Lesson {
      const char* id;
      const char* without;
      const char* check;
    };
    for (const Lesson& lesson : {Lesson{"vote-lost", "R1.durable", "one-leader"},
                                 Lesson{"ack-lost", "R4.durable", "decided-durable"},
                                 Lesson{"figure-8", "R5.term", "leader-complete"}}) {
      run_seeds(lesson.id);
      const Scenario scenario = load_file(lesson.id);
      for (const std::string& protocol : scenario.protocols)
        for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
          INFO(lesson.id, ", ", protocol, ", seed ", seed);
          auto run = start(scenario, seed, {lesson.without}, protocol);
          run->run_to_end();
          const auto violations = run->summary().violations;
          REQUIRE(!violations.empty());
          CHECK(violations.front().check == lesson.check);
        }
    }
  }
  TEST_CASE("chained for good, a client at each server: no operation is lost with relays, some are without") {
    Scenario scenario = load_file("chained-relay");
    uint32_t asked = 0;
    for (const ClientConfig& client : scenario.world.clients) {
      REQUIRE(client.stay);
      REQUIRE(client.operations > 0);
      asked += client.operations;
    }
    REQUIRE(asked == 90);
    for (const ScenarioStep& step : scenario.steps)  // nothing heals the link
      for (const Action& action : step.actions) REQUIRE(format_action(action) == "cut B-C");
    run_seeds("chained-relay");
    scenario.world.relay = false;
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      auto run = start(scenario, seed);
      run->run_to_end();
      CHECK_FALSE_MESSAGE(run->violated(), "seed " << seed);
      for (const ExpectationResult& result : run->expectations())
        if (result.text == "every client operation completes") CHECK_FALSE_MESSAGE(result.held, "seed " << seed);
    }
  }
}
