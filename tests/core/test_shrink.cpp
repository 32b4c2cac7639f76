// Shrinking: what is left still fails, in the same check, and is smaller.
#include <doctest/doctest.h>

#include "check/shrink.h"
#include "omnipaxos/rules.h"
#include "sim/omnipaxos_protocol.h"

using namespace paxoscope;

namespace {

struct Found {
  SwarmCase drawn;
  SwarmResult result;
};

PlayCase player(const char* off) {
  SwitchSet set;
  set.turn_off(static_cast<uint8_t>(*omnipaxos::find_switch(off)));
  return [set](const SwarmCase& drawn) { return play_case<OmniPaxosProtocol<NoNotes>>(drawn, set); };
}

Found first_violation(const PlayCase& play) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    Found found{*draw_case(seed), {}};
    found.result = play(found.drawn);
    if (found.result.failure && !found.result.failure->stall) return found;
  }
  FAIL("nothing was found");
  return {};
}

}  // namespace

TEST_SUITE("shrinking") {
  TEST_CASE("a violation becomes small and stays the same violation") {
    for (const char* off : {"P3.order", "P5.session", "F1.tag"}) {
      INFO(off);
      const PlayCase play = player(off);
      const Found found = first_violation(play);
      const Shrunk shrunk = shrink_case(found.drawn, found.result, play);
      REQUIRE(shrunk.result.failure.has_value());
      CHECK(shrunk.result.failure->check == found.result.failure->check);
      CHECK(shrunk.smallest.world.servers.size() <= found.drawn.world.servers.size());

      MESSAGE(std::string(off) << ": " << found.result.actions.size() << " actions became " << shrunk.result.actions.size());
      // What is left is short enough to step through, or most of it is gone.
      CHECK((shrunk.result.actions.size() <= 20 || shrunk.result.actions.size() * 2 <= found.result.actions.size()));
      const SwarmResult again = play(shrunk.smallest);
      REQUIRE(again.failure.has_value());
      CHECK(again.failure->event == shrunk.result.failure->event);
      CHECK(again.failure->text == shrunk.result.failure->text);
    }
  }
  TEST_CASE("the limit on runs is kept") {
    const PlayCase play = player("P3.order");
    const Found found = first_violation(play);
    uint32_t runs = 0;
    const PlayCase counted = [&](const SwarmCase& drawn) {
      ++runs;
      return play(drawn);
    };
    ShrinkLimits limits;
    limits.tries = 25;
    const Shrunk shrunk = shrink_case(found.drawn, found.result, counted, limits);
    CHECK(runs <= 25);
    CHECK(shrunk.result.failure->check == found.result.failure->check);
  }
}
