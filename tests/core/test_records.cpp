// What a snapshot keeps of the attempts in it (F8): without each part of it a proposal is cancelled that was decided.
#include "harness.h"

using namespace paxoscope;
using namespace paxoscope::bench;

namespace {

/// C's x and y are decided and summed up before C hears of them.
void summed_up_unheard(Bench& b) {
  b.lead(A, 1);
  b.promises(A, {B, C}, 1);
  b.synced(A, B, 1);
  b.synced(A, C, 1);
  for (char entry : {'x', 'y'}) {
    b.propose(C, entry);
    b.deliver<ForwardC>(C, A, 1);
    b.accepts(A, B, 1);
  }
  b.lose_all();
  REQUIRE(b.snapshot(A));
  b.reconnected(A, C);
  b.deliver<Prepare>(A, C);
  b.deliver<PromiseC>(C, A);
  b.deliver<AcceptSyncC>(A, C);
}

}  // namespace

TEST_SUITE("records of attempts in snapshots") {
  TEST_CASE("a proposer learns from a snapshot where its attempts were decided") {
    Bench b(3, {}, true);
    summed_up_unheard(b);
    CHECK(b.resolved('x'));
    CHECK(b.resolved('y'));
    CHECK_MESSAGE(b.wrongs() == 0, b.what());
  }
  TEST_CASE("F8.records: a snapshot without the unacknowledged records cancels what was decided in it") {
    breaks_without({Switch::F8_records}, 3, kCancelledChosen, summed_up_unheard);
  }
  TEST_CASE("F8.mark: a mark above an attempt that is not settled drops its record too soon") {
    breaks_without({Switch::F8_mark}, 3, kCancelledChosen, summed_up_unheard);
  }
  TEST_CASE("F8.merge: a delta whose records are left out is taken for a log without the attempt") {
    breaks_without({Switch::F8_merge}, 3, kCancelledChosen, [](Bench& b) {
      b.set_delta_after(2);
      b.lead(A, 1);
      for (char entry : {'a', 'b'}) b.propose(A, entry);
      REQUIRE(b.deliver_all());
      b.rest();
      b.propose(C, 'x');
      b.deliver<ForwardC>(C, A);
      b.accepts(A, B, 1);
      b.propose(A, 'd');
      b.accepts(A, B, 1);
      b.lose_all();
      b.reconnected(A, C);
      b.deliver<Prepare>(A, C);
      b.deliver<PromiseC>(C, A);
      b.deliver<AcceptSyncC>(A, C);
      REQUIRE(b.server(C)->paxos().storage().snapshot);
      b.lose_all();
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.synced(B, C, 2);
      b.deliver<Decide>(B, C, 2);
    });
  }
  TEST_CASE("F8.last: a last counter of another tag than the highest cancels what its leader still decides") {
    breaks_without({Switch::F8_last}, 5, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B, E}, 1);
      b.synced(A, B, 1);
      b.synced(A, E, 1);
      b.lead(D, 2);
      b.promises(D, {C}, 2);
      b.route(E, C, ballot(2, D));
      b.propose(E, 'z');
      b.propose(E, 'w');
      b.deliver<RelayC>(E, C, 2);
      b.deliver<RelayC>(E, C, 2);
      b.deliver<ForwardC>(C, D, 2);
      const auto late = b.take<ForwardC>(C, D, 2);  // w
      b.route(E, 0);
      b.propose(E, 'y');
      b.deliver<ForwardC>(E, A, 1);
      b.accepts(A, B, 1);
      b.accepts(A, E, 1);
      b.promises(D, {B}, 2);  // D adopts y and appends z
      b.synced(D, B, 2);
      b.synced(D, C, 2);
      REQUIRE(b.snapshot(D));
      b.deliver(late);
      b.deliver<Prepare>(D, E, 2);
      b.deliver<PromiseC>(E, D, 2);
      b.deliver<AcceptSyncC>(D, E, 2);
      b.accepts(D, B, 2);
      b.accepts(D, C, 2);
    });
  }
}
