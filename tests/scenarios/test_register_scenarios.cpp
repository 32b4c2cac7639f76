// Scenarios of the quorum register, over many seeds: those with all rules hold, the others end in what they are about.
#include "fixture.h"

#include <algorithm>
#include <string>

#include "scenarios/catalogue.h"

using namespace paxoscope;
using namespace paxoscope::test;

namespace {


/// Goes on after a violation, as a page does.
void play_on(Run& run) {
  for (uint64_t before = UINT64_MAX; before != run.event();) {
    before = run.event();
    run.run_to_end();
  }
}

bool violates(const Run& run, std::string_view check) {
  const auto violations = run.violations();
  return std::any_of(violations.begin(), violations.end(), [&](const Violation& one) { return one.check == check; });
}

/// The error of a scenario with this client mix and this action.
std::string error_with(const char* mix, const char* action, const char* protocol = "register") {
  const std::string text = concat("title = \"t\"\nduration = \"1s\"\nprotocols = [\"", protocol, "\"]\n[[client]]\nserver = \"A\"\nmix = \"",
                                  mix, "\"\n[[step]]\nat = \"10ms\"\ndo = \"", action, "\"\n");
  const auto scenario = load_scenario(text, "t.toml");
  return scenario ? "" : scenario.error().text;
}

}  // namespace

TEST_SUITE("register scenarios, 200 seeds each") {
  TEST_CASE("with all rules on they hold, and their lessons are told to the end") {
    for (const char* id : {"register", "register-writers", "register-half-write", "register-retry", "register-buffer"}) {
      const Scenario scenario = load_file(id);
      for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
        INFO(id, ", seed ", seed);
        auto run = start(scenario, seed);
        run->run_to_end();
        REQUIRE(run->violations().empty());
        for (const ExpectationResult& result : run->expectations()) {
          CHECK_MESSAGE(result.known, result.text);
          CHECK_MESSAGE(result.held, result.text);
        }
        for (const LessonStep& step : run->lesson()) CHECK_MESSAGE(step.reached, step.title);
      }
    }
  }
  TEST_CASE("where a rule is missing no order explains what clients saw, and with the rule one does") {
    for (const char* id : {"register-inversion", "register-quorums", "register-local-reads"}) {
      const Scenario scenario = load_file(id);
      Scenario sound = scenario;
      sound.switches_off.clear();
      sound.world.read_quorum = 0;  // a majority
      for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
        INFO(id, ", seed ", seed);
        auto run = start(scenario, seed);
        play_on(*run);
        CHECK(violates(*run, "linearizable"));
        for (const LessonStep& step : run->lesson()) CHECK_MESSAGE(step.reached, step.title);
        auto held = start(sound, seed, {}, "register");
        held->run_to_end();
        CHECK(held->violations().empty());
      }
    }
  }
  TEST_CASE("a repeat that is not recognised is stored anew, above what others have written since") {
    Scenario scenario = load_file("register-retry");
    scenario.world.sessions = false;
    auto run = start(scenario);
    run->run_to_end();
    const auto seen = run->observe({});
    CHECK(seen.servers[1].registers.at(0).value == "a1");
  }
  TEST_CASE("a register takes puts and gets, and says so") {
    CHECK(error_with("put 2, get 1", "propose A x=1") == "");
    CHECK(error_with("put 2, get 1", "propose A get x") == "");
    CHECK(error_with("put, append", "propose A x=1") ==
          "t.toml:6:7: a register takes only puts (x=1) and gets (get x), and here a client asks for other things");
    CHECK(error_with("put", "propose A cas x 1 2") ==
          "t.toml:9:6: a register takes only puts (x=1) and gets (get x), and here something else is proposed");
    CHECK(error_with("put, append", "propose A cas x 1 2", "raft") == "");
  }
  TEST_CASE("a scenario of another protocol plays on a register: what it has no word for is not taken") {
    for (const char* id : {"quorum-loss", "replace-one", "duplicate-command"}) {
      INFO(id);
      auto run = start(load_file(id), 1, {}, "register");
      run->run_to_end();
      CHECK(run->violations().empty());
      CHECK_FALSE(run->observe({}).has_log);
    }
  }
}
