// Ballot leader election: given a state, on a round's end, then state and leader (B1-B5); and what each
// liveness switch costs on a named graph.
#include <doctest/doctest.h>

#include "graph_host.h"
#include "world_bench.h"

using namespace paxoscope;
using namespace paxoscope::bench;
using namespace paxoscope::omnipaxos;

namespace {

constexpr ServerId A = 1, B = 2, C = 3;

/// One server A of three, whose peers' replies a test writes down.
struct Round {
  explicit Round(bool restarted = false, const Ballot& promised = {}, const SwitchSet& off = {},
                 uint32_t priority = 0)
      : config(make(off, priority)), election(config,
                 restarted ? BallotLeaderElection::Start::restarted : BallotLeaderElection::Start::fresh, promised) {}

  static Config make(const SwitchSet& off, uint32_t priority) {
    Config config;
    config.pid = A;
    config.peers = {B, C};
    config.priority = priority;
    config.switches = off;
    return config;
  }
  Round& hears(ServerId from, const Ballot& ballot, bool connected = true, const Ballot& gossip = {}) {
    election.handle_reply(from, {election.round(), ballot, connected, gossip});
    return *this;
  }
  std::optional<Ballot> ends(const Ballot& promised = {}) {
    return election.end_round(promised, [](Rule, const char*, std::initializer_list<NoteValue>) {});
  }

  Config config;
  BallotLeaderElection election;
};

constexpr Ballot ballot_of(uint32_t n, ServerId server, uint32_t priority = 0) {
  return {n, priority, server};
}

}  // namespace

TEST_SUITE("election: one round") {
  TEST_CASE("B1: fewer than a quorum heard: not quorum-connected, nobody is elected") {
    Round round;
    CHECK_FALSE(round.ends().has_value());
    CHECK_FALSE(round.election.quorum_connected());
    CHECK(round.election.leader() == Ballot{});
    CHECK_FALSE(round.election.reply({7}).quorum_connected);
  }
  TEST_CASE("B1: a quorum heard: quorum-connected, the highest is elected") {
    Round round;
    CHECK(round.hears(B, ballot_of(1, B)).ends() == ballot_of(1, B));
    CHECK(round.election.quorum_connected());
    CHECK(round.election.heard_count() == 2);
  }
  TEST_CASE("B1: the larger of two flexible quorums is what must be heard") {
    Config config = Round::make({}, 0);
    config.read_quorum = 3;
    config.write_quorum = 1;
    BallotLeaderElection election(config, BallotLeaderElection::Start::fresh, {});
    election.handle_reply(B, {0, ballot_of(1, B), true, {}});
    CHECK_FALSE(
        election.end_round({}, [](Rule, const char*, std::initializer_list<NoteValue>) {}).has_value());
    CHECK_FALSE(election.quorum_connected());
  }
  TEST_CASE("B2: a server that is not quorum-connected is no candidate") {
    Round round;
    CHECK(round.hears(C, ballot_of(5, C), false).hears(B, ballot_of(1, B)).ends() == ballot_of(1, B));
  }
  TEST_CASE(
      "B2: n = 0 is no candidate, neither the own nor another's; without any the own ballot is raised") {
    Round round(true, {});
    CHECK(round.hears(B, ballot_of(0, B)).hears(C, ballot_of(0, C)).ends() == ballot_of(1, A));
    CHECK(round.election.ballot() == ballot_of(1, A));
  }
  TEST_CASE("B2: priority decides between ballots of the same n") {
    Round round(false, {}, {}, 2);
    CHECK(round.hears(B, ballot_of(1, B)).hears(C, ballot_of(1, C)).ends() == ballot_of(1, A, 2));
  }
  TEST_CASE("B3: every candidate below the leader: the own ballot is raised and leads at once") {
    Round round;
    CHECK(round.hears(B, ballot_of(4, B)).ends() == ballot_of(4, B));
    CHECK(round.hears(C, ballot_of(1, C)).ends() == ballot_of(5, A));
    CHECK(round.election.ballot() == ballot_of(5, A));
    CHECK(round.election.leader() == ballot_of(5, A));
  }
  TEST_CASE("B3: the leader is heard but lost its quorum") {
    Round round;
    CHECK(round.hears(B, ballot_of(4, B)).ends() == ballot_of(4, B));
    CHECK(round.hears(B, ballot_of(4, B), false).ends() == ballot_of(5, A));
  }
  TEST_CASE("B3: after a restart the leader starts at the promise, so the ballot is above it") {
    Round round(true, ballot_of(7, A));
    CHECK(round.election.ballot() == ballot_of(0, A));
    CHECK(round.hears(B, ballot_of(1, B)).ends() == ballot_of(8, A));
  }
  TEST_CASE("B4: a higher candidate becomes the leader, an equal one is no news") {
    Round round;
    CHECK(round.hears(B, ballot_of(1, B)).hears(C, ballot_of(2, C)).ends() == ballot_of(2, C));
    CHECK_FALSE(round.hears(B, ballot_of(1, B)).hears(C, ballot_of(2, C)).ends().has_value());
    CHECK(round.hears(B, ballot_of(3, B)).ends() == ballot_of(3, B));
  }
  TEST_CASE(
      "B5: a reply names the own ballot only; with the switch off it names the leader, which is believed") {
    Round round;
    round.hears(B, ballot_of(4, B)).ends();
    CHECK(round.election.reply({3}).ballot == ballot_of(1, A));
    CHECK(round.election.reply({3}).gossip == Ballot{});
    Round gossips(false, {}, switched_off({Switch::B5_gossip}));
    gossips.hears(B, ballot_of(4, B)).ends();
    CHECK(gossips.election.reply({3}).gossip == ballot_of(4, B));
    CHECK(gossips.hears(B, ballot_of(4, B), true, ballot_of(9, C)).ends() == ballot_of(10, A));
    CHECK_FALSE(round.hears(B, ballot_of(4, B), true, ballot_of(9, C)).ends().has_value());
  }
  TEST_CASE("replies of another round, of strangers and repeats do not count") {
    Round round;
    round.election.handle_reply(B, {9, ballot_of(4, B), true, {}});
    round.election.handle_reply(7, {0, ballot_of(4, 7), true, {}});
    CHECK_FALSE(round.ends().has_value());
    CHECK(round.election.heard_count() == 1);
    round.hears(B, ballot_of(1, B)).hears(B, ballot_of(1, B)).ends();
    CHECK(round.election.heard_count() == 2);
  }
  TEST_CASE("a request is due after each round, and answered with its number") {
    Round round;
    CHECK_FALSE(round.election.take_request_due());
    round.ends();
    CHECK(round.election.take_request_due());
    CHECK_FALSE(round.election.take_request_due());
    CHECK(round.election.reply({42}).round == 42);
  }
  TEST_CASE("P9: the leader is never below a promise that is a whole round old") {
    Round round;
    round.hears(B, ballot_of(1, B)).ends();
    CHECK_FALSE(
        round.hears(B, ballot_of(1, B)).ends(ballot_of(5, C)).has_value());  // its replies may be older
    CHECK(round.hears(B, ballot_of(1, B)).ends(ballot_of(5, C)) == ballot_of(6, A));
    Round without(false, {}, switched_off({Switch::P9_promise}));
    for (int i = 0; i < 3; ++i) without.hears(B, ballot_of(1, B)).ends(ballot_of(5, C));
    CHECK(without.election.leader() == ballot_of(1, B));
  }
  TEST_CASE("P9: a promise whose owner shows its ballot raises nothing") {
    Round round;
    round.hears(C, ballot_of(5, C)).ends(ballot_of(5, C));
    for (int i = 0; i < 3; ++i)
      CHECK_FALSE(round.hears(C, ballot_of(5, C)).ends(ballot_of(5, C)).has_value());
  }
  TEST_CASE("P9: a refusal whose owner was not heard counts at the round's end") {
    Round round;
    round.hears(B, ballot_of(1, B)).ends();
    round.election.refused_by(ballot_of(5, C));
    CHECK(round.hears(B, ballot_of(1, B)).ends() == ballot_of(6, A));
  }
  TEST_CASE("P9: heard means heard in the last round, quorum-connected, with that ballot or a higher one") {
    const auto heard = [](const Ballot& shown, bool connected) {
      Round round;
      for (int i = 0; i < 3; ++i)
        round.hears(C, shown, connected).hears(B, ballot_of(1, B)).ends(ballot_of(5, C));
      return round.election.heard_owner_of(ballot_of(5, C));
    };
    CHECK(heard(ballot_of(5, C), true));
    CHECK(heard(ballot_of(6, C), true));
    CHECK_FALSE(heard(ballot_of(4, C), true));
    CHECK_FALSE(heard(ballot_of(5, C), false));
  }
}

TEST_SUITE("election: what a liveness switch costs") {
  TEST_CASE("B1.quorum: a leader that lost its quorum keeps the hub (quorum-loss graph)") {
    const auto downtime = [](const SwitchSet& off) {
      Watched run(small_world(5, C), off);
      run.run_to(10);
      run.mark();
      run.act("only A");
      run.run_to(40);
      CHECK_MESSAGE(!run.checker.violated(), run.what());
      return run.downtime();
    };
    CHECK(downtime({}) <= 5);
    CHECK(downtime(switched_off({Switch::B1_quorum})) > 25);
  }
  TEST_CASE("B3.raise: nobody follows a leader that crashed") {
    const auto downtime = [](const SwitchSet& off) {
      Watched run(small_world(3, C), off);
      run.run_to(10);
      run.mark();
      run.act("crash C");
      run.run_to(40);
      return run.downtime();
    };
    CHECK(downtime({}) <= 5);
    CHECK(downtime(switched_off({Switch::B3_raise})) > 25);
  }
  TEST_CASE("B5.gossip: in the chained graph two servers take the lead from each other for ever") {
    const auto changes = [](const SwitchSet& off, double* downtime) {
      Watched run(small_world(3, B), off);
      run.run_to(10);
      run.mark();
      run.act("cut B-C");
      run.run_to(70);
      *downtime = run.downtime();
      CHECK_MESSAGE(!run.checker.violated(), run.what());
      return run.changes_since();
    };
    double downtime = 0;
    CHECK(changes({}, &downtime) <= 2);
    CHECK(downtime <= 5);
    CHECK(changes(switched_off({Switch::B5_gossip}), &downtime) > 10);
  }
  TEST_CASE("P9.heard: refusals that always reach the election flap on the chained graph") {
    const auto changes = [](const SwitchSet& off) {
      Watched run(small_world(3, B), off);
      run.run_to(10);
      run.mark();
      run.act("cut B-C");
      run.run_to(70);
      return run.changes_since();
    };
    CHECK(changes({}) <= 2);
    CHECK(changes(switched_off({Switch::P9_heard})) > 10);
  }
  // Five servers, a star around A that is all of a majority; C's promise reached one server, and C is dead.
  bool star_decides(ServerId first, ServerId reached, std::initializer_list<ServerId> arms,
                    const SwitchSet& off) {
    graphs::Cluster cluster(5, first, off);
    for (uint32_t i = 0; i < 4 * graphs::kElectionTicks; ++i) cluster.tick();
    REQUIRE(cluster.stray_promise(C, reached));
    cluster.crash(C);
    const auto pairs = graphs::pairs_of(5);
    uint32_t mask = 0;
    for (size_t i = 0; i < pairs.size(); ++i)
      for (ServerId arm : arms)
        if (pairs[i] == std::pair<ServerId, ServerId>(A, arm)) mask |= 1u << i;
    REQUIRE(graphs::apply_mask(cluster, mask, 0b11011, pairs));
    return graphs::observe(cluster, 30 * graphs::kElectionTicks).decided_again <= 6 * graphs::kElectionTicks;
  }
  TEST_CASE("P9.promise: a hub that has promised a dead server's ballot raises its own below it for ever") {
    CHECK(star_decides(B, A, {B, 4, 5}, {}));
    CHECK_FALSE(star_decides(B, A, {B, 4, 5}, switched_off({Switch::P9_promise})));
  }
  TEST_CASE(
      "P9.refusal: a leader that needs a server which promised a dead server's ballot is refused for ever") {
    CHECK(star_decides(A, 4, {4, 5}, {}));
    CHECK_FALSE(star_decides(A, 4, {4, 5}, switched_off({Switch::P9_refusal})));
  }
}
