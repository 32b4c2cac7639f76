// The swarm: seeds that hold, rules whose absence it finds, and that a seed means one run and no other.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "check/swarm.h"
#include "omnipaxos/rules.h"
#include "sim/omnipaxos_protocol.h"

using namespace paxoscope;

namespace {

using Fast = OmniPaxosProtocol<NoNotes>;
using Told = OmniPaxosProtocol<Notes>;

SwitchSet without(const char* id) {
  SwitchSet set;
  const auto found = omnipaxos::find_switch(id);
  REQUIRE(found.has_value());
  set.turn_off(static_cast<uint8_t>(*found));
  return set;
}

/// The seed, from 1 on, at which the swarm first finds a violation; 0: none of them.
uint64_t first_violation(const SwitchSet& switches, uint64_t seeds, const std::string& profile = "default",
                         const DrawOptions& options = {}) {
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    const SwarmResult result = play_case<Fast>(*draw_case(seed, profile, options), switches);
    if (result.failure && !result.failure->stall) return seed;
  }
  return 0;
}

/// How many seeds a test plays: PAXOSCOPE_SEEDS, or 300.
uint64_t seeds_to_play() {
  const char* text = std::getenv("PAXOSCOPE_SEEDS");
  return text == nullptr ? 300 : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_SUITE("swarm") {
  TEST_CASE("with all rules on no seed fails, in any profile") {
    for (const SwarmProfile& profile : swarm_profiles()) {
      if (!profile.sound) continue;
      for (uint64_t seed = 1; seed <= seeds_to_play(); ++seed) {
        const SwarmResult result = play_case<Fast>(*draw_case(seed, profile.id), {});
        const std::string text = result.failure ? result.failure->check + ": " + result.failure->text : "";
        CHECK_MESSAGE(!result.failure, profile.id, " seed ", seed, ": ", text);
      }
    }
  }
  TEST_CASE("the swarm finds what each rule prevents") {
    // Most need a handful of seeds; the bound leaves room for rarer ones.
    for (const char* id :
         {"P1.order", "P1.durable", "P2.incarnation", "P3.order", "P3.accepted", "P4.atmost", "P5.session", "P5.phase",
          "P5.decided", "P6.phase", "P7.own", "P7.phase", "F1.tag", "F1.only-tells", "F2.gap", "F2.repeat",
          "F2.incarnation", "F5.field", "F5.own"}) {
      INFO(id);
      CHECK(first_violation(without(id), 5000) != 0);
    }
  }
  TEST_CASE("the swarm finds what the rules of reconfiguration and of torn disks prevent") {
    for (const char* id :
         {"C1.decided", "C4.pull", "C4.donate", "C5.quorum", "C6.all", "C6.once", "C7.whole", "P7.clip"}) {
      INFO(id);
      CHECK(first_violation(without(id), 2000) != 0);
    }
  }
  TEST_CASE("the swarm finds that quorums must meet") {
    CHECK(first_violation(without("P3.intersect"), 2000, "default", {.missing_quorums = true}) != 0);
  }
  TEST_CASE("configurations follow each other, and servers that leave stop for good") {
    uint64_t reconfigured = 0;
    uint64_t spare = 0;
    uint64_t leaving = 0;
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      const SwarmCase drawn = *draw_case(seed, "reconfigurations");
      spare += drawn.world.members.empty() ? 0 : 1;
      SwarmPlay<Fast> play(drawn, {});
      const SwarmResult result = play.play();
      reconfigured += result.faults[static_cast<size_t>(FaultKind::reconfigure)];
      for (const auto& host : play.world().hosts()) leaving += drawn.stop_removed && !host.server ? 1 : 0;
    }
    CHECK(reconfigured > 60);
    CHECK(spare > 20);
    CHECK(leaving > 20);
  }
  TEST_CASE("seeds that do not reconfigure are what they were before others did") {
    // The older draws alone decide these: servers and their timing.
    const SwarmCase plain = *draw_case(3);
    const SwarmCase moving = *draw_case(3, "reconfigurations");
    CHECK(plain.world.election_timeout_us == moving.world.election_timeout_us);
    CHECK(plain.heal_draw == moving.heal_draw);
  }
  TEST_CASE("a seed is one run: the same twice, and the same when every step is explained") {
    for (uint64_t seed : {1, 14, 77}) {
      const SwarmCase drawn = *draw_case(seed);
      SwarmPlay<Fast> first(drawn, {});
      SwarmPlay<Told> second(drawn, {});
      const SwarmResult a = first.play();
      const SwarmResult b = second.play();
      CHECK(a.events == b.events);
      CHECK(a.decided > 0);
      CHECK(first.world().state_hash() == second.world().state_hash());
    }
  }
  TEST_CASE("seeds differ in what they draw, and say so") {
    const auto one = describe_case(*draw_case(1));
    const auto two = describe_case(*draw_case(2));
    CHECK(one != two);
    CHECK(one == describe_case(*draw_case(1)));
    CHECK(one.front().first == "servers");
  }
  TEST_CASE("disks that lie lose what was promised and decided, in their own profile only") {
    uint64_t broken = 0;
    for (uint64_t seed = 1; seed <= 40; ++seed) {
      const SwarmResult result = play_case<Fast>(*draw_case(seed, "lying-disks"), {});
      if (result.failure && !result.failure->stall && result.faults[static_cast<size_t>(FaultKind::disk_lies)] > 0) ++broken;
      CHECK(play_case<Fast>(*draw_case(seed), {}).faults[static_cast<size_t>(FaultKind::disk_lies)] == 0);
    }
    CHECK(broken > 0);
  }
  TEST_CASE("every kind of fault strikes") {
    std::array<uint64_t, kFaultKindCount> faults{};
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      const SwarmResult result = play_case<Fast>(*draw_case(seed), {});
      CHECK(result.calm_us > 0);
      for (size_t i = 0; i < kFaultKindCount; ++i) faults[i] += result.faults[i];
    }
    for (size_t i = 0; i < kFaultKindCount; ++i) {
      if (i == static_cast<size_t>(FaultKind::disk_lies)) continue;  // breaks what the protocol assumes
      if (i > static_cast<size_t>(FaultKind::disk_lies)) continue;   // for protocols that vote by terms
      INFO(fault_info(static_cast<FaultKind>(i)).id);
      CHECK(faults[i] > 0);
    }
  }
  TEST_CASE("the liveness phase notices a cluster that stands still") {
    // Nobody takes over when the leader is gone.
    uint64_t stalls = 0;
    for (uint64_t seed = 1; seed <= 40; ++seed) {
      const SwarmResult result = play_case<Fast>(*draw_case(seed), without("B3.raise"));
      if (result.failure && result.failure->stall) ++stalls;
    }
    CHECK(stalls > 0);
  }
  TEST_CASE("an unknown profile is refused in a sentence") {
    const auto drawn = draw_case(1, "calm");
    REQUIRE_FALSE(drawn.has_value());
    CHECK(drawn.error().text.find("unknown profile 'calm'; known: default") == 0);
  }
}
