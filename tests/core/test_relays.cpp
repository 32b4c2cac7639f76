// Relays (F9): who cannot reach the leader still gets its proposals decided, once, and learns of it.
#include "graph_host.h"
#include "harness.h"

using namespace paxoscope;
using namespace paxoscope::bench;

namespace {

void nothing_wrong(Bench& b) { CHECK_MESSAGE(b.wrongs() == 0, b.what()); }

/// A leads ballot 2 with B; C hears neither of it nor from A, and B passes its proposals on.
void chained(Bench& b) {
  b.lead(A, 2);
  b.promises(A, {B}, 2);
  b.synced(A, B, 2);
  b.deliver<Decide>(A, B, 2);
  b.lose_all();
  b.route(C, B, ballot(2, A));
}

}  // namespace

TEST_SUITE("relays") {
  TEST_CASE("a relay passes a proposal on and reports where it was decided") {
    Bench b(3, {}, true);
    chained(b);
    b.propose(C, 'x');
    b.deliver<RelayC>(C, B);
    b.deliver<ForwardC>(B, A);
    b.accepts(A, B, 2);
    CHECK_FALSE(b.resolved('x'));
    b.deliver<Report>(B, C);  // nothing stands in the decided log yet
    CHECK_FALSE(b.resolved('x'));
    b.deliver<Decide>(A, B, 2);
    b.deliver<Report>(B, C);
    CHECK(b.resolved('x'));
    CHECK(b.log(C).empty());
    nothing_wrong(b);
    b.come_to_rest();
    CHECK(b.agreed());
    CHECK(b.decided(C) == "x");
    nothing_wrong(b);
  }
  TEST_CASE("what is lost on the way is asked for again: the proposal, and the report") {
    Bench b(3, {}, true);
    chained(b);
    b.propose(C, 'x');
    b.lose_all();
    b.resend(C);
    b.deliver<RelayC>(C, B);
    b.deliver<ForwardC>(B, A);
    b.accepts(A, B, 2);
    b.deliver<Decide>(A, B, 2);
    b.lose_all();
    CHECK_FALSE(b.resolved('x'));
    b.resend(C);
    b.deliver<RelayC>(C, B);
    b.deliver<Report>(B, C);
    CHECK(b.resolved('x'));
    b.deliver<ForwardC>(B, A);  // a repeat
    b.deliver_all();
    CHECK(b.log(A) == "x");
    nothing_wrong(b);
  }
  TEST_CASE("an attempt from before the cut is reported cancelled by the relay's own F5, and only then") {
    Bench b(3, {}, true);
    b.lead(C, 1);
    b.promises(C, {B}, 1);
    b.propose(C, 'x');  // stands in C's log alone
    b.lose_all();
    b.lead(A, 2);
    b.promises(A, {B}, 2);
    b.deliver<AcceptSyncC>(A, B, 2);
    b.resend(C);
    b.deliver<AcceptSyncC>(C, B, 1);
    b.deliver<NotAccepted>(B, C);
    REQUIRE(b.server(C)->paxos().overtaken());
    b.route(C, B, ballot(2, A));
    b.resend(C);
    b.deliver<RelayC>(C, B);
    CHECK_FALSE(b.waiting<Report>(B, C));  // nothing is certain yet
    b.deliver<Accepted>(B, A, 2);
    b.deliver<Decide>(A, B, 2);
    b.deliver<Report>(B, C);
    CHECK(b.cancelled('x'));
    b.come_to_rest();
    CHECK(b.agreed());
    nothing_wrong(b);
  }
  TEST_CASE("a relay that dies loses nothing: the same attempt goes through another, under the same tag, once") {
    Bench b(5, {}, true);
    b.lead(A, 2);
    b.promises(A, {B, C}, 2);
    b.synced(A, B, 2);
    b.synced(A, C, 2);
    b.route(E, B, ballot(2, A));
    b.propose(E, 'x');
    b.deliver<RelayC>(E, B);
    const auto late = b.take<ForwardC>(B, A);
    b.crash(B);
    b.route(E, C, ballot(2, A));
    b.deliver<RelayC>(E, C);
    b.deliver<ForwardC>(C, A);
    b.deliver(late);
    CHECK(b.log(A) == "x");
    b.come_to_rest();
    CHECK(b.agreed());
    CHECK(b.resolved('x'));
    nothing_wrong(b);
  }
  TEST_CASE("two relays in a row, and the report comes back the same way") {
    Bench b(5, {}, true);
    b.lead(A, 2);
    b.promises(A, {B, D}, 2);
    b.synced(A, B, 2);
    b.synced(A, D, 2);
    b.route(C, B, ballot(2, A));
    b.route(E, C, ballot(2, A), 2);
    b.propose(E, 'x');
    b.deliver<RelayC>(E, C);
    b.deliver<RelayC>(C, B);
    b.deliver<ForwardC>(B, A);
    b.accepts(A, B, 2);
    b.accepts(A, D, 2);
    while (b.waiting<Decide>(A, B)) b.deliver<Decide>(A, B);
    while (b.waiting<Report>(B, C)) b.deliver<Report>(B, C);
    while (b.waiting<Report>(C, E)) b.deliver<Report>(C, E);
    CHECK(b.resolved('x'));
    nothing_wrong(b);
  }
  TEST_CASE("relays that point at each other do not pass a proposal round in circles") {
    Bench b(5, {}, true);
    b.lead(A, 2);
    b.promises(A, {B, D}, 2);
    b.route(B, C, ballot(2, A), 2);
    b.route(C, B, ballot(2, A), 2);
    b.route(E, B, ballot(2, A), 2);
    b.propose(E, 'x');
    b.deliver<RelayC>(E, B);
    b.deliver<RelayC>(B, C);
    CHECK_FALSE(b.waiting<RelayC>(C, B));
    nothing_wrong(b);
  }
  TEST_CASE("a report that does not follow on what the origin knows is not taken") {
    Bench b(3, {}, true);
    chained(b);
    b.propose(C, 'x');
    const Report gap{C, 1, 5, 9, ballot(7, A), {}, 0};
    b.deliver(std::optional<Mail>(Mail{B, C, 1, gap}));
    CHECK_FALSE(b.cancelled('x'));
    const Report other_incarnation{C, 2, 0, 0, ballot(7, A), {}, 0};
    b.deliver(std::optional<Mail>(Mail{B, C, 1, other_incarnation}));
    CHECK_FALSE(b.cancelled('x'));
  }
  TEST_CASE("F9.tag: an attempt that gets another tag on its way is decided twice") {
    breaks_without({Switch::F9_tag}, 3, kChosenTwice, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B, C}, 1);
      b.synced(A, B, 1);
      b.propose(C, 'x');
      b.deliver<ForwardC>(C, A, 1);
      b.accepts(A, B, 1);
      b.lead(B, 2);
      b.promises(B, {A}, 2);  // adopts x
      b.synced(B, A, 2);
      b.route(C, A, ballot(1, A));  // what A offered before it promised 2
      b.deliver<RelayC>(C, A, 1);
      b.deliver<ForwardC>(A, B, 2);
      b.accepts(B, A, 2);
    });
  }
  TEST_CASE("F9.certain: a relay in line with a ballot whose sync is not decided does not know what is cancelled") {
    breaks_without({Switch::F9_certain}, 5, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B, E}, 1);
      b.propose(E, 'x');
      b.deliver<ForwardC>(E, A, 1);
      b.lead(B, 2);
      b.promises(B, {C, D}, 2);
      b.deliver<AcceptSyncC>(B, C, 2);
      b.route(E, C, ballot(2, B));
      b.resend(E);
      b.deliver<RelayC>(E, C);
      b.deliver<Report>(C, E);
      b.crash(B);
      b.lead(A, 3);
      b.promises(A, {D, E}, 3);
      b.synced(A, D, 3);
      b.synced(A, E, 3);
    });
  }
  TEST_CASE("F9.certain: what a relay has accepted may still be lost") {
    for (const bool off : {true, false}) {
      CAPTURE(off);
      Bench b(3, off ? without({Switch::F9_certain}) : SwitchSet{}, off);
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      b.synced(A, B, 1);
      b.hold_disk(B);
      b.route(C, B, ballot(1, A));
      b.propose(C, 'x');
      b.deliver<RelayC>(C, B);
      b.deliver<ForwardC>(B, A);
      b.deliver<AcceptC>(A, B);  // not durable
      b.resend(C);
      b.deliver<RelayC>(C, B);
      while (b.waiting<Report>(B, C)) b.deliver<Report>(B, C);
      b.crash(B);
      b.restart(B);
      b.lead(C, 2);
      b.promises(C, {B}, 2);
      b.propose(C, 'y');
      b.synced(C, B, 2);
      b.accepts(C, B, 2);
      CHECK(b.decided(C).substr(0, 1) == "y");
      CHECK(b.resolved('x') == off);  // resolved, but y is decided there
    }
  }
  TEST_CASE("on every connected graph of 3 and 4 servers each server within reach gets its proposals decided") {
    using namespace paxoscope::graphs;
    uint32_t cases = 0;
    for (uint32_t count : {3u, 4u}) {
      const auto pairs = pairs_of(count);
      for (ServerId first = 1; first <= count; ++first)
        for (uint32_t mask = 0; mask < 1u << pairs.size(); ++mask) {
          Cluster cluster(count, first);
          for (uint32_t tick = 0; tick < 4 * kElectionTicks; ++tick) cluster.tick();
          if (!apply_mask(cluster, mask, (1u << count) - 1, pairs)) continue;
          bool connected = true;  // by at most three links, which two relays make up for
          for (ServerId a = 1; a <= count; ++a) {
            ServerSet reached = server_bit(a);
            for (uint32_t step = 0; step < 3; ++step)
              for (ServerId b = 1; b <= count; ++b)
                if (contains(reached, b))
                  for (ServerId c = 1; c <= count; ++c)
                    if (cluster.linked(b, c)) reached |= server_bit(c);
            connected &= reached == (1u << count) - 1;
          }
          if (!connected) continue;
          ++cases;
          for (uint32_t tick = 0; tick < 15 * kElectionTicks; ++tick) cluster.tick();
          std::vector<uint64_t> before;
          for (ServerId id = 1; id <= count; ++id) before.push_back(cluster.at(id).paxos().proposer().futures());
          for (uint32_t tick = 0; tick < 10 * kElectionTicks; ++tick) cluster.tick();
          for (ServerId id = 1; id <= count; ++id) {
            INFO(count, " servers, mask ", mask, ", first leader ", first, ", server ", id);
            CHECK(cluster.at(id).paxos().proposer().futures() > before[id - 1] + 1);
          }
        }
    }
    CHECK(cases > 100);
  }
}
