// The swarm on the four kinds of Raft: seeds that hold, rules whose absence it finds, and that a seed is one run.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "check/swarm.h"
#include "raft/rules.h"
#include "sim/raft_protocol.h"

using namespace paxoscope;

namespace {

using Fast = RaftProtocol<NoNotes>;
using Told = RaftProtocol<Notes>;

struct Kind {
  const char* name;
  bool pre_vote;
  bool check_quorum;
};
constexpr Kind kPlain{"raft", false, false};
constexpr Kind kCheckQuorum{"raft-checkquorum", false, true};
constexpr Kind kKinds[] = {kPlain, {"raft-prevote", true, false}, kCheckQuorum, {"raft-both", true, true}};

SwarmCase drawn_for(const Kind& kind, uint64_t seed, const std::string& profile = "default") {
  SwarmCase drawn = *draw_case(seed, profile, draw_options<Fast>());
  drawn.world.pre_vote = kind.pre_vote;
  drawn.world.check_quorum = kind.check_quorum;
  return drawn;
}

SwitchSet without(const char* id) {
  SwitchSet set;
  const auto found = raft::find_switch(id);
  REQUIRE(found.has_value());
  set.turn_off(static_cast<uint8_t>(*found));
  return set;
}

/// The seed, from `first` on, at which the swarm first finds a violation; 0: none of them.
uint64_t first_violation(const Kind& kind, const char* id, uint64_t seeds, uint64_t first = 1) {
  const SwitchSet switches = without(id);
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const SwarmResult result = play_case<Fast>(drawn_for(kind, seed), switches);
    if (result.failure && !result.failure->stall) return seed;
  }
  return 0;
}

/// How many seeds of each kind a test plays: PAXOSCOPE_SEEDS, or 200; with sanitizers, which are slow, 60.
uint64_t seeds_to_play() {
#ifdef __SANITIZE_ADDRESS__
  constexpr uint64_t kSeeds = 60;
#else
  constexpr uint64_t kSeeds = 200;
#endif
  const char* text = std::getenv("PAXOSCOPE_SEEDS");
  return text == nullptr ? kSeeds : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_SUITE("swarm, raft") {
  TEST_CASE("with all rules on no seed fails, of any kind and in any profile") {
    uint64_t profile = 0;
    for (const SwarmProfile& info : swarm_profiles()) {
      if (!info.sound) continue;
      for (const Kind& kind : kKinds)
        // The profiles share the seeds out among them: the default one has the most.
        for (uint64_t seed = 1; seed <= (profile == 0 ? seeds_to_play() : seeds_to_play() / 5); ++seed) {
          const SwarmResult result = play_case<Fast>(drawn_for(kind, seed, info.id), {});
          const std::string text = result.failure ? result.failure->check + ": " + result.failure->text : "";
          CHECK_MESSAGE(!result.failure, kind.name, " ", info.id, " seed ", seed, ": ", text);
        }
      ++profile;
    }
  }
  TEST_CASE("the swarm finds what each rule of votes, logs and commits prevents") {
    for (const char* id : {"R1.once", "R1.durable", "R2.uptodate", "R3.previous", "R3.conflict", "R4.durable", "R4.own",
                           "R4.number", "R5.term", "R6.last_new", "R6.heartbeat"}) {
      INFO(std::string(id));
      CHECK(first_violation(kPlain, id, 1000) != 0);
    }
  }
  TEST_CASE("the swarm finds what each rule of memberships and snapshots prevents") {
    for (const char* id : {"R7.joint", "R7.one", "R7.restore", "R7.members", "R13.commit"}) {
      INFO(std::string(id));
      CHECK(first_violation(kPlain, id, 1000) != 0);
    }
  }
  TEST_CASE("the swarm finds what the rules of reads prevent, and leases where a leader has one") {
    for (const char* id : {"R12.round", "R12.term"}) {
      INFO(std::string(id));
      CHECK(first_violation(kPlain, id, 1000) != 0);
    }
    CHECK(first_violation(kCheckQuorum, "R11.lease", 2000) != 0);
  }
  TEST_CASE("short messages on a lossy link: refusals of what was sent before a loss start no flood") {
    for (const Kind& kind : kKinds) {
      SwarmCase drawn = drawn_for(kind, 60116);
      const SwarmResult result = play_case<Fast>(drawn, {});
      CHECK_MESSAGE(!result.failure, kind.name, ": ", result.failure ? result.failure->text : "");
    }
  }
  TEST_CASE("reads through the log: no seed of any kind fails") {
    for (const Kind& kind : kKinds)
      for (uint64_t seed = 1; seed <= seeds_to_play() / 4; ++seed) {
        SwarmCase drawn = drawn_for(kind, seed);
        drawn.world.reads = ReadPath::log;
        const SwarmResult result = play_case<Fast>(drawn, {});
        CHECK_MESSAGE(!result.failure, kind.name, " seed ", seed, ": ", result.failure ? result.failure->text : "");
      }
  }
  TEST_CASE("the faults that are for Raft alone strike it, and nobody else") {
    constexpr FaultKind kOwn[] = {FaultKind::depose, FaultKind::split_change, FaultKind::contest};
    std::array<uint64_t, kFaultKindCount> faults{};
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      const SwarmResult result = play_case<Fast>(drawn_for(kPlain, seed), {});
      for (const FaultKind kind : kOwn) faults[static_cast<size_t>(kind)] += result.faults[static_cast<size_t>(kind)];
      const SwarmCase others = *draw_case(seed);
      for (const Fault& fault : others.faults)
        for (const FaultKind kind : kOwn) CHECK(fault.kind != kind);
    }
    for (const FaultKind kind : kOwn) CHECK(faults[static_cast<size_t>(kind)] > 0);
  }
  TEST_CASE("a seed is one run: the same twice, and the same when every step is explained") {
    for (const Kind& kind : kKinds) {
      const SwarmCase drawn = drawn_for(kind, 14);
      SwarmPlay<Fast> first(drawn, {});
      SwarmPlay<Told> second(drawn, {});
      const SwarmResult a = first.play();
      const SwarmResult b = second.play();
      CHECK(a.events == b.events);
      CHECK(a.decided > 0);
      CHECK(first.world().state_hash() == second.world().state_hash());
    }
  }
}
