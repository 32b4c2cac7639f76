// Random walks over the step-by-step bench: any message may come at any time, again, or never; any server may
// lead, crash before its writes are durable, and come back. With all rules on nothing ever goes wrong; with
// one off it is found.
#include "base/rng.h"
#include "harness.h"

using namespace paxoscope;
using namespace paxoscope::bench;

namespace {

constexpr uint32_t kSteps = 120;
constexpr uint32_t kWalks = 3'000;

/// Plays one walk and returns what went wrong.
uint32_t walk(Bench& bench, Rng& rng, bool crashes) {
  const auto servers = static_cast<int64_t>(bench.ids().size());
  uint32_t ballot = 0;
  char entry = 'a';
  for (uint32_t step = 0; step < kSteps && bench.wrongs() == 0; ++step) {
    const auto id = static_cast<ServerId>(rng.between(1, servers));
    const bool up = bench.server(id) != nullptr;
    switch (rng.below(crashes ? 20 : 15)) {
      case 0:
        if (ballot < 8) bench.lead(id, ++ballot);
        break;
      case 1:
      case 2:
        if (up && entry < 'm') bench.propose(id, entry++);
        break;
      case 3:
        bench.resend(id);
        break;
      case 15:
        if (up && !bench.held(id)) bench.hold_disk(id);
        break;
      case 16:
      case 17:
        if (up && bench.held(id)) bench.release_disk(id);
        break;
      case 18:
        if (up && rng.below(2) == 0) bench.crash(id);
        break;
      case 19:
        if (!up) bench.restart(id);
        break;
      default:
        if (bench.in_flight() > 0) bench.deliver_at(rng.below(bench.in_flight()), rng.below(6) == 0);
    }
  }
  return bench.wrongs();
}

/// Walks until something goes wrong; the number of walks, or 0 if none did.
uint32_t walks_until_wrong(std::initializer_list<Switch> off, uint32_t servers, bool crashes, uint32_t most) {
  for (uint32_t seed = 1; seed <= most; ++seed) {
    Rng rng(seed);
    Bench bench(servers, without(off), false);
    if (walk(bench, rng, crashes) != 0) return seed;
  }
  return 0;
}

}  // namespace

TEST_SUITE("walks") {
  TEST_CASE("with all rules on no walk goes wrong, and all come to rest in agreement") {
    for (uint32_t seed = 1; seed <= kWalks; ++seed) {
      Rng rng(seed);
      Bench bench(seed % 2 == 0 ? 3u : 5u, {}, false);
      walk(bench, rng, seed % 3 != 0);
      INFO("seed ", seed, ": ", bench.what());
      REQUIRE(bench.wrongs() == 0);
      bench.come_to_rest();
      REQUIRE(bench.wrongs() == 0);
      REQUIRE(bench.agreed());
    }
  }
  TEST_CASE("with a rule off a walk goes wrong") {
    for (const Switch off :
         {Switch::P1_order, Switch::P3_order, Switch::P5_phase, Switch::P5_decided, Switch::P6_phase,
          Switch::P7_phase, Switch::F1_tag, Switch::F1_only_tells, Switch::F2_repeat}) {
      INFO(std::string(omnipaxos::switches()[static_cast<size_t>(off)].id));
      CHECK(walks_until_wrong({off}, 3, false, 20'000) != 0);
    }
    CHECK(walks_until_wrong({Switch::P7_own}, 3, true, 20'000) != 0);
  }
}
