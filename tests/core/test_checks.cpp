// Every check can fail: a rule is switched off in a rough world until the check says so. With all rules on
// the same worlds hold.
#include "chaos.h"

using namespace paxoscope;
using namespace paxoscope::bench;
using omnipaxos::Switch;

namespace {

/// The first seed whose run violates `check`, or 0.
uint64_t first_seed_that_breaks(CheckId check, std::initializer_list<Switch> off, TimeUs disk_us = 0,
                                uint32_t servers = 3) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Watched run(rough_world(servers, disk_us), switched_off(off), seed);
    play_rough(run, seed, 8);
    if (!run.found(check)) continue;
    const Violation& violation = run.checker.violations().front();
    CHECK_FALSE(violation.text.empty());
    for (uint64_t event : violation.events) CHECK(event <= run.world.event());
    for (const CheckView& view : run.checker.describe())
      if (view.id == std::string(check_info(check).id)) CHECK_FALSE(view.holds);
    return seed;
  }
  return 0;
}

/// A protocol that decides what nobody proposed.
struct Forger : PlainProtocol {
  static uint64_t propose(Server& server, const Command& command) {
    return PlainProtocol::propose(server, Command::make(command.client, command.number + 1000, "forged"));
  }
};

}  // namespace

TEST_SUITE("checks") {
  TEST_CASE("decided logs agree") {
    CHECK(first_seed_that_breaks(CheckId::decided_agree, {Switch::P3_order}) != 0);
  }
  TEST_CASE("decided indexes never go back") {
    CHECK(first_seed_that_breaks(CheckId::decided_grow, {Switch::P5_decided}) != 0);
  }
  TEST_CASE("no command is decided twice") {
    CHECK(first_seed_that_breaks(CheckId::decided_once, {Switch::F2_repeat}) != 0);
  }
  TEST_CASE("what is decided is durable on a quorum") {
    CHECK(first_seed_that_breaks(CheckId::decided_durable, {Switch::P7_own}, 30'000) != 0);
  }
  TEST_CASE("one leader per ballot: a promise that was not durable is given, and led with, again") {
    for (const bool off : {true, false}) {
      WorldConfig config = small_world(3, 1);
      config.disk = {400'000, 400'000};
      Watched run(config, off ? switched_off({Switch::P1_durable}) : SwitchSet{});
      while (run.world.now_us() < 300'000 && !run.server(1).instance()->paxos().leading()) run.step();
      run.run_to(3);
      run.act("crash A");
      run.act("restart A");
      run.run_to(40);
      CHECK(run.found(CheckId::one_leader) == off);
      if (!off) CHECK(run.checker.chosen_length() > 0);
    }
  }
  TEST_CASE("a leader's log holds all that is decided") {
    CHECK(first_seed_that_breaks(CheckId::leader_complete, {Switch::P3_order}) != 0);
  }
  TEST_CASE("promises never go back") {
    CHECK(first_seed_that_breaks(CheckId::promises_grow, {Switch::P1_order}) != 0);
  }
  TEST_CASE("each step finds what the rules guarantee") {
    CHECK(first_seed_that_breaks(CheckId::facts_hold, {Switch::P1_order}) != 0);
  }
  TEST_CASE("what is decided was proposed: a forged command is seen") {
    World<Forger> world(small_world(3, 1), {}, 1);
    Checker<Forger> checker(world);
    NullRecorder nobody;
    while (world.now_us() < 1'000'000 && !checker.violated()) {
      world.step(nobody);
      checker.after_event(world);
    }
    REQUIRE(checker.violated());
    CHECK(checker.violations().front().check == std::string(check_info(CheckId::decided_proposed).id));
  }
  TEST_CASE(
      "with all rules on the rough worlds hold, with and without a slow disk, with three and five servers") {
    LogIndex decided = 0;
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      CAPTURE(seed);
      Watched run(rough_world(seed % 2 == 0 ? 3 : 5, seed % 3 == 0 ? 60'000 : 0), {}, seed);
      play_rough(run, seed, 8);
      CHECK_MESSAGE(!run.checker.violated(), run.what());
      decided += run.checker.chosen_length();
    }
    CHECK(decided > 5'000);
  }
}
