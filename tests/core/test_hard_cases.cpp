// The cases that every change of Sequence Paxos is tested with: repeats, losses and late messages around a
// crash.
#include "harness.h"

using namespace paxoscope;
using namespace paxoscope::bench;

namespace {

/// A leads ballot 1 with everybody; `entries` are decided everywhere.
void steady(Bench& b, const std::string& entries) {
  b.lead(A, 1);
  for (char entry : entries) b.propose(A, entry);
  REQUIRE(b.deliver_all());
  for (ServerId id : b.ids()) REQUIRE(b.decided(id) == entries);
}

void all_have(Bench& b, const std::string& entries) {
  for (ServerId id : b.ids())
    if (b.server(id) != nullptr) CHECK(b.decided(id) == entries);
  CHECK_MESSAGE(b.wrongs() == 0, b.what());
}

}  // namespace

TEST_SUITE("hard cases") {
  TEST_CASE("2: a repeated and a late AcceptSync, then the leader crashes: nothing decided changes") {
    Bench b(3, {}, true);
    b.lead(A, 1);
    b.promises(A, {B}, 1);
    const auto repeated = b.copy<AcceptSyncC>(A, B, 1);
    b.propose(A, 'x');
    b.synced(A, B, 1);
    b.accepts(A, B, 1);
    CHECK(b.decided(A) == "x");
    b.deliver(repeated);  // the same once more
    CHECK(b.log(B) == "x");
    b.reconnected(A, B);  // a new promise in the same ballot
    b.deliver<Prepare>(A, B, 1);
    b.deliver(repeated);  // late: it answers the promise before
    CHECK(b.log(B) == "x");
    b.crash(A);
    b.lead(B, 2);
    b.promises(B, {C}, 2);
    b.propose(B, 'y');
    b.deliver_all();
    CHECK(b.decided(B) == "xy");
    CHECK(b.decided(C) == "xy");
    CHECK_MESSAGE(b.wrongs() == 0, b.what());
  }
  TEST_CASE("3: a late repeat of a PrepareRequest, then another server crashes: the live majority decides") {
    Bench b(3, {}, true);
    steady(b, "a");
    b.crash(B);
    b.restart(B);
    const auto repeated = b.copy<PrepareRequest>(B, A);
    b.deliver_all();
    b.propose(A, 'x');
    b.deliver_all();
    all_have(b, "ax");
    b.crash(C);
    b.deliver(repeated);
    b.propose(A, 'y');
    CHECK(b.deliver_all());
    CHECK(b.decided(A) == "axy");
    CHECK(b.decided(B) == "axy");
    CHECK(b.server(A)->is_leader());
    CHECK_MESSAGE(b.wrongs() == 0, b.what());
  }
  TEST_CASE("4: the last Accept is lost: everyone learns, with no new append") {
    Bench b(3, {}, true);
    steady(b, "a");
    b.propose(A, 'x');
    b.take<AcceptC>(A, B);
    b.take<AcceptC>(A, C);
    CHECK(b.in_flight() == 0);
    b.rest();
    all_have(b, "ax");
  }
  TEST_CASE("4: the last Accepted is lost: everyone learns, with no new append") {
    Bench b(3, {}, true);
    steady(b, "a");
    b.propose(A, 'x');
    for (ServerId follower : {B, C}) {
      b.deliver<AcceptC>(A, follower);
      b.take<Accepted>(follower, A);
    }
    CHECK(b.in_flight() == 0);
    b.rest();
    all_have(b, "ax");
  }
  TEST_CASE("4: the last Decide is lost: everyone learns, with no new append") {
    Bench b(3, {}, true);
    steady(b, "a");
    b.propose(A, 'x');
    for (ServerId follower : {B, C}) b.accepts(A, follower, 1);
    CHECK(b.decided(A) == "ax");
    for (ServerId follower : {B, C}) {
      b.take<Decide>(A, follower);
      CHECK(b.decided(follower) == "a");
    }
    CHECK(b.in_flight() == 0);
    b.rest();
    all_have(b, "ax");
  }
  TEST_CASE("4: lost Prepare, Promise, AcceptSync: the timer repairs each") {
    for (int lost = 0; lost < 3; ++lost) {
      CAPTURE(lost);
      Bench b(3, {}, true);
      b.lead(A, 1);
      b.propose(A, 'x');
      if (lost == 0) b.lose_all();
      for (ServerId follower : {B, C}) {
        if (lost >= 1) b.deliver<Prepare>(A, follower);
        if (lost == 1) b.take<PromiseC>(follower, A);
        if (lost == 2) b.deliver<PromiseC>(follower, A);
        if (lost == 2) b.take<AcceptSyncC>(A, follower);
      }
      b.rest();
      all_have(b, "x");
    }
  }
  TEST_CASE("5: a late promise from the server with the highest decided index: no decided index goes back") {
    Bench b(3, {}, true);
    b.lead(A, 1);
    b.promises(A, {B}, 1);
    b.propose(A, 'x');
    b.propose(A, 'y');
    b.synced(A, B, 1);
    b.accepts(A, B, 1);
    b.accepts(A, B, 1);
    CHECK(b.decided(A) == "xy");
    CHECK(b.decided(B) == "");
    b.lose_all();
    b.lead(B, 2);  // B has both entries and knows neither as decided
    b.promises(B, {C}, 2);
    b.promises(B, {A}, 2);
    b.deliver<AcceptSyncC>(B, A, 2);
    CHECK(b.decided(A) == "xy");
    b.rest();
    all_have(b, "xy");
  }
  TEST_CASE("7: repeated heartbeat replies do not make a quorum") {
    Config config;
    config.pid = A;
    config.peers = {B, C, D, E};
    BallotLeaderElection election(config, BallotLeaderElection::Start::fresh, {});
    const auto nothing = [](Rule, const char*, std::initializer_list<NoteValue>) {};
    for (int i = 0; i < 4; ++i) election.handle_reply(B, {0, ballot(1, B), true, {}});
    election.end_round({}, nothing);
    CHECK(election.heard_count() == 2);
    CHECK_FALSE(election.quorum_connected());
    for (ServerId from : {B, C}) election.handle_reply(from, {1, ballot(1, from), true, {}});
    election.end_round({}, nothing);
    CHECK(election.quorum_connected());
  }
  TEST_CASE("8: an isolated leader reports no append as done; its futures settle after the heal") {
    Bench b(3, {}, true);
    steady(b, "a");
    b.propose(A, 'x');
    b.lose_all();  // A is cut off
    b.resend(A);
    b.resend(A);
    b.lose_all();
    CHECK_FALSE(b.resolved('x'));
    b.lead(B, 2);
    b.promises(B, {C}, 2);
    b.propose(B, 'y');
    b.synced(B, C, 2);
    b.accepts(B, C, 2);
    CHECK(b.decided(B) == "ay");
    b.lose_all_to(A);
    CHECK_FALSE(b.resolved('x'));
    CHECK_FALSE(b.cancelled('x'));
    b.rest();  // healed
    CHECK(b.cancelled('x'));
    all_have(b, "ay");
  }
  TEST_CASE("9: a lost forward is not a lost append") {
    Bench b(3, {}, true);
    steady(b, "a");
    b.propose(B, 'x');
    b.take<ForwardC>(B, A);
    CHECK(b.in_flight() == 0);
    b.rest();
    CHECK(b.resolved('x'));
    all_have(b, "ax");
  }
  TEST_CASE("10: a single server decides by itself, and again after a restart") {
    Bench b(1, {}, true);
    b.lead(A, 1);
    b.propose(A, 'x');
    CHECK(b.decided(A) == "x");
    CHECK(b.resolved('x'));
    b.crash(A);
    b.restart(A);
    CHECK(b.decided(A) == "x");
    b.lead(A, 2);
    b.propose(A, 'y');
    CHECK(b.decided(A) == "xy");
    CHECK_MESSAGE(b.wrongs() == 0, b.what());
  }
  TEST_CASE("10: a single server waits for its disk") {
    Bench b(1, {}, true);
    b.lead(A, 1);
    b.hold_disk(A);
    b.propose(A, 'x');
    CHECK(b.decided(A) == "");
    b.flush(A);
    CHECK(b.decided(A) == "x");
  }
  TEST_CASE("10: of two servers both are needed") {
    Bench b(2, {}, true);
    b.lead(A, 1);
    b.propose(A, 'x');
    b.resend(A);
    CHECK(b.decided(A) == "");
    b.rest();
    all_have(b, "x");
    b.crash(B);
    b.propose(A, 'y');
    b.rest();
    CHECK(b.decided(A) == "x");
    b.restart(B);
    b.rest();
    all_have(b, "xy");
  }
  TEST_CASE("10: start-up while a majority is away") {
    Bench b(3, {}, true);
    b.crash(B);
    b.crash(C);
    b.lead(A, 1);
    b.propose(A, 'x');
    b.rest();
    CHECK(b.decided(A) == "");
    CHECK_FALSE(b.server(A)->is_leader());
    b.restart(B);
    b.rest();
    CHECK(b.decided(A) == "x");
    CHECK(b.decided(B) == "x");
    b.restart(C);
    b.rest();
    all_have(b, "x");
  }
  TEST_CASE("ids with gaps {1, 2, 4}: every server leads in turn, another is away") {
    for (ServerId leader : {1u, 2u, 4u})
      for (ServerId away : {1u, 2u, 4u}) {
        if (away == leader) continue;
        CAPTURE(leader);
        CAPTURE(away);
        Bench b(std::vector<ServerId>{1, 2, 4}, {}, true);
        b.crash(away);
        b.lead(leader, 1);
        b.propose(leader, 'x');
        b.rest();
        CHECK(b.decided(leader) == "x");
        b.restart(away);
        b.propose(away, 'y');
        b.rest();
        all_have(b, "xy");
      }
  }
}
