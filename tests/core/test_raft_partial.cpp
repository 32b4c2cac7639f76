// Raft where not everybody hears everybody: which of the four kinds goes on (PROTOCOLS §6). A, B, C… are 1, 2, 3….
#include <doctest/doctest.h>

#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

constexpr uint64_t kSeeds = 40;
constexpr uint32_t kEt = 10;

void elect(Cluster& c, ServerId id) {
  for (int i = 0; i < 5 && !c[id].is_leader(); ++i) {
    c[id].fire_election();
    c.pump(id);
    c.settle();
  }
  c.run(3);
  REQUIRE(c.leader() == id);
}

void cut_all_but(Cluster& c, ServerId hub) {
  for (ServerId a = 1; a <= c.size(); ++a)
    for (ServerId b = a + 1; b <= c.size(); ++b)
      if (a != hub && b != hub) c.cut(a, b);
}

/// Plays ticks with proposals at everybody; true when something proposed in the last third was committed.
bool goes_on(Cluster& c, uint32_t ticks) {
  LogIndex before = 0;
  for (uint32_t tick = 0; tick < ticks; ++tick) {
    if (tick == ticks * 2 / 3) before = c.committed();
    for (ServerId id = 1; id <= c.size(); ++id)
      if (c.up(id) && c[id].is_leader()) {
        (void)c[id].propose(Word{tick});
        c.pump(id);
      }
    c.run(1);
  }
  return c.committed() > before;
}

/// Of kSeeds runs, how many go on.
template <class Script>
uint64_t survivors(int kind, uint32_t servers, Script&& script) {
  uint64_t count = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Config config;
    config.election_ticks = kEt;
    config.heartbeat_ticks = 2;
    config.pre_vote = kind & 1;
    config.check_quorum = kind & 2;
    Cluster c(servers, config, false, seed);
    script(c);
    count += goes_on(c, 60 * kEt) ? 1 : 0;
    CHECK(c.broken() == "");
  }
  return count;
}

constexpr int kPlain = 0, kPreVote = 1, kCheckQuorum = 2, kBoth = 3;

}  // namespace

TEST_SUITE("raft partial connectivity") {
  TEST_CASE("quorum-loss: PreVote alone is stuck, since the hub still hears the old leader; with CheckQuorum it goes on") {
    const auto script = [](Cluster& c) {
      elect(c, 3);
      cut_all_but(c, 1);
    };
    CHECK(survivors(kPreVote, 5, script) == 0);
    CHECK(survivors(kBoth, 5, script) == kSeeds);
    MESSAGE("plain " << survivors(kPlain, 5, script) << ", CheckQuorum alone " << survivors(kCheckQuorum, 5, script) << " of " << kSeeds);
  }

  TEST_CASE("constrained election: no Raft elects the only server that hears a majority, since its log is behind") {
    const auto script = [](Cluster& c) {
      elect(c, 3);
      c.cut(3, 1);
      for (uint32_t i = 0; i < kEt / 2; ++i) {
        (void)c[3].propose(Word{i});
        c.pump(3);
        c.run(1);
      }
      for (ServerId id : {1u, 2u, 4u, 5u}) c.cut(3, id);
      cut_all_but(c, 1);
      REQUIRE(c[1].log_length() < c[2].log_length());
    };
    for (int kind : {kPlain, kPreVote, kCheckQuorum, kBoth}) CHECK(survivors(kind, 5, script) == 0);
  }

  TEST_CASE("chained: with PreVote the leader that still hears a majority stays") {
    const auto script = [](Cluster& c) {
      elect(c, 2);
      c.cut(2, 3);
    };
    for (int kind : {kPreVote, kBoth}) CHECK(survivors(kind, 3, script) == kSeeds);
    MESSAGE("plain " << survivors(kPlain, 3, script) << ", CheckQuorum alone " << survivors(kCheckQuorum, 3, script) << " of " << kSeeds);
  }
}
