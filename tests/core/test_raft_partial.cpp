// Raft where not everybody hears everybody: which of the four kinds goes on (PROTOCOLS §6). A, B, C… are 1, 2, 3….
#include <doctest/doctest.h>

#include <algorithm>

#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

constexpr uint64_t kSeeds = 20;
constexpr uint32_t kEt = 10;
constexpr uint32_t kFaultTicks = 2000;

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

/// Plays ticks with proposals at whoever leads; true when something proposed in the last third was committed.
bool goes_on(Cluster& c, uint32_t ticks) {
  LogIndex before = 0;
  for (uint32_t tick = 0; tick < ticks; ++tick) {
    if (tick == ticks * 2 / 3) before = c.committed();
    for (ServerId id = 1; id <= c.size(); ++id)
      if (tick % kEt == 0 && c.up(id) && c[id].is_leader()) {
        (void)c[id].propose(Word{tick});
        c.pump(id);
      }
    c.run(1);
  }
  return c.committed() > before;
}

Cluster cluster_of_kind(int kind, uint32_t servers, uint64_t seed) {
  Config config;
  config.election_ticks = kEt;
  config.heartbeat_ticks = 2;
  config.pre_vote = kind & 1;
  config.check_quorum = kind & 2;
  return Cluster(servers, config, false, seed);
}

/// Of kSeeds runs, how many go on.
template <class Script>
uint64_t survivors(int kind, uint32_t servers, Script&& script) {
  uint64_t count = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Cluster c = cluster_of_kind(kind, servers, seed);
    script(c);
    count += goes_on(c, kFaultTicks) ? 1 : 0;
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
    for (int kind : {kPlain, kCheckQuorum, kBoth}) CHECK(survivors(kind, 5, script) == kSeeds);
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

  TEST_CASE("a leader that all hear and that hears nobody: only CheckQuorum makes room for another one") {
    const auto script = [](Cluster& c) {
      elect(c, 1);
      for (ServerId id : {2u, 3u, 4u, 5u}) c.cut(id, 1, false);
    };
    for (int kind : {kPlain, kPreVote}) CHECK(survivors(kind, 5, script) == 0);
    for (int kind : {kCheckQuorum, kBoth}) CHECK(survivors(kind, 5, script) == kSeeds);
  }

  TEST_CASE("4 hears only 2, 5 only 3: plain Raft flaps, PreVote or CheckQuorum keeps the leader") {
    for (int kind : {kPlain, kPreVote, kCheckQuorum, kBoth}) {
      CAPTURE(kind);
      uint64_t fewest = UINT64_MAX, most = 0;
      for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
        Cluster c = cluster_of_kind(kind, 5, seed);
        elect(c, 1);
        const Term before = c[1].term();
        for (ServerId id : {1u, 3u, 5u}) c.cut(4, id);
        for (ServerId id : {1u, 2u}) c.cut(5, id);
        CHECK(goes_on(c, kFaultTicks));
        const uint64_t elections = c[2].term() - before;
        fewest = std::min(fewest, elections);
        most = std::max(most, elections);
      }
      MESSAGE("new terms in " << kFaultTicks << " ticks: " << fewest << " to " << most);
      if (kind == kPlain)
        CHECK(fewest > kFaultTicks / (4 * kEt));
      else
        CHECK(most == 0);
    }
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
