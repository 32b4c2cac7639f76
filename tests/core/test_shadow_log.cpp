// Futures: when an attempt may be appended (F1, F2) and when it is certain that it never will be decided (F4,
// F5).
#include "harness.h"

using namespace paxoscope;
using namespace paxoscope::bench;

TEST_SUITE("counterexamples: the shadow log") {
  TEST_CASE("F1.tag: a late forward of an older ballot is decided after its cancellation") {
    breaks_without({Switch::F1_tag}, 3, kCancelledChosen, [](Bench& b) {
      b.lead(B, 1);
      b.promises(B, {A}, 1);
      b.propose(A, 'x');
      b.lead(B, 2);
      b.promises(B, {A}, 2);
      b.synced(B, A, 2);
      b.deliver<Decide>(B, A, 2);
      b.deliver<ForwardC>(A, B, 1);
      b.accepts(B, A, 2);
    });
  }
  TEST_CASE("F1.only-tells: a rejected repeat of what is in a log already is not its end") {
    breaks_without({Switch::F1_only_tells}, 3, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      b.propose(B, 'x');
      const auto late = b.copy<ForwardC>(B, A, 1);
      b.deliver<ForwardC>(B, A, 1);
      b.lead(A, 2);
      b.promises(A, {C}, 2);
      b.synced(A, C, 2);
      b.deliver(late);
      b.deliver<Rejected>(A, B);
    });
  }
  TEST_CASE("F2.repeat: the same forward twice is decided twice") {
    breaks_without({Switch::F2_repeat}, 3, kChosenTwice, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      b.propose(B, 'x');
      const auto again = b.copy<ForwardC>(B, A, 1);
      b.deliver<ForwardC>(B, A, 1);
      b.deliver(again);
      b.synced(A, B, 1);
      b.accepts(A, B, 1);
      b.accepts(A, B, 1);
    });
  }
  TEST_CASE("F2.gap: an attempt that comes after its successor was decided is cancelled and decided") {
    breaks_without({Switch::F2_gap}, 3, kCancelledChosen, [](Bench& b) {
      b.lead(B, 1);
      b.promises(B, {A}, 1);
      b.propose(A, 'x');
      const auto first = b.take<ForwardC>(A, B, 1);
      b.propose(A, 'y');
      b.deliver<ForwardC>(A, B, 1);
      b.synced(B, A, 1);
      b.accepts(B, A, 1);
      b.deliver<Decide>(B, A, 1);
      if (b.waiting<Decide>(B, A, 1)) b.deliver<Decide>(B, A, 1);
      b.deliver(first);
      b.accepts(B, A, 1);
    });
  }
  TEST_CASE("F2.incarnation: a forward from before the proposer's restart comes after one from behind it") {
    const auto script = [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      b.propose(B, 'x');
      const auto late = b.take<ForwardC>(B, A, 1);
      b.crash(B);
      b.restart(B);
      b.deliver<PrepareRequest>(B, A);
      b.promises(A, {B}, 1);
      b.propose(B, 'y');
      b.deliver<ForwardC>(B, A, 1);
      b.deliver(late);
      CHECK(b.wrongs() == 0);
    };
    Bench off(3, without({Switch::F2_incarnation, Switch::F2_repeat}), true);
    script(off);
    CHECK(off.log(A) == "yx");
    Bench on(3, {}, true);
    script(on);
    CHECK(on.log(A) == "y");
  }
  TEST_CASE("F4.tag: a later attempt decided with a lower tag says nothing about an earlier one") {
    breaks_without({Switch::F4_tag}, 5, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B, E}, 1);
      b.synced(A, B, 1);
      b.synced(A, E, 1);
      b.lead(D, 2);
      b.promises(D, {C}, 2);
      b.route(E, C, ballot(2, D));  // C offers its promise
      b.propose(E, 'x');
      b.deliver<RelayC>(E, C, 2);
      b.deliver<ForwardC>(C, D, 2);
      b.route(E, 0);  // and is gone; the leader of 1 is heard again
      b.propose(E, 'y');
      b.deliver<ForwardC>(E, A, 1);
      b.accepts(A, B, 1);
      b.accepts(A, E, 1);
      while (b.waiting<Decide>(A, E, 1)) b.deliver<Decide>(A, E, 1);
      b.promises(D, {B}, 2);  // D adopts y, and appends x
      b.synced(D, B, 2);
      b.synced(D, C, 2);
    });
  }
  TEST_CASE("F5.sync: AcceptSync without the attempt is not its end (five servers)") {
    breaks_without({Switch::F5_sync}, 5, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B, E}, 1);
      b.propose(E, 'x');
      b.deliver<ForwardC>(E, A, 1);
      b.lead(B, 2);
      b.promises(B, {C, E}, 2);
      b.deliver<AcceptSyncC>(B, E, 2);
      b.crash(B);
      b.lead(A, 3);
      b.promises(A, {C, D}, 3);
      b.synced(A, C, 3);
      b.synced(A, D, 3);
    });
  }
  TEST_CASE("F5.sync: three servers suffice when the leader's adoption was not durable") {
    breaks_without({Switch::F5_sync}, 3, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      b.propose(B, 'x');
      b.deliver<ForwardC>(B, A, 1);
      b.lead(C, 2);
      b.hold_disk(C);
      b.promises(C, {B}, 2);
      b.deliver<AcceptSyncC>(C, B, 2);
      b.crash(C);
      b.restart(C);
      b.lead(A, 3);
      b.promises(A, {C}, 3);
      b.synced(A, C, 3);
    });
  }
  TEST_CASE("F5.own: the leader's own adoption is not the end of its own attempt") {
    breaks_without({Switch::F5_own}, 3, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      b.propose(B, 'x');
      b.deliver<ForwardC>(B, A, 1);
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.lead(A, 3);
      b.promises(A, {C}, 3);
      b.synced(A, C, 3);
    });
  }
  TEST_CASE("F5.field: a decided index that merely travels in a ballot does not decide its sync") {
    breaks_without({Switch::F5_field}, 5, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B, C, E}, 1);
      b.propose(A, 'z');
      for (ServerId follower : {B, C}) {
        b.synced(A, follower, 1);
        b.accepts(A, follower, 1);
      }
      while (b.waiting<Decide>(A, B, 1)) b.deliver<Decide>(A, B, 1);
      b.propose(E, 'x');
      b.deliver<ForwardC>(E, A, 1);
      b.lead(B, 2);
      b.promises(B, {C, E}, 2);
      b.deliver<AcceptSyncC>(B, E, 2);
      b.crash(B);
      b.lead(A, 3);
      b.promises(A, {C, D}, 3);
      b.synced(A, C, 3);
      b.synced(A, D, 3);
    });
  }
  TEST_CASE("what settles names the attempt; a cancelled attempt's future ends, or goes on under another attempt") {
    for (const bool resubmit : {false, true}) {
      CAPTURE(resubmit);
      Proposer<char> proposer(A, 7, resubmit, true);
      const auto nothing = [](uint64_t, uint64_t, const auto&) {};
      const uint64_t future = proposer.add('x');
      proposer.offer(ballot(1, B), 1, nothing);
      CHECK(proposer.counter_of(future) == 1);
      proposer.sync_decided(ballot(2, C));
      const std::vector<Settled> cancelled = proposer.take_settled();
      REQUIRE(cancelled.size() == 1);
      CHECK(cancelled[0].future == future);
      CHECK(cancelled[0].outcome == Outcome::cancelled);
      CHECK(cancelled[0].reason == CancelReason::sync_decided);
      CHECK(cancelled[0].ballot == ballot(2, C));
      CHECK(cancelled[0].attempt.proposer == A);
      CHECK(cancelled[0].attempt.incarnation == 7);
      CHECK(cancelled[0].attempt.counter == 1);
      CHECK(cancelled[0].attempt.tag == ballot(1, B));
      CHECK(cancelled[0].ends == !resubmit);
      CHECK(proposer.counter_of(future) == (resubmit ? 2 : 0));
      if (!resubmit) continue;
      proposer.offer(ballot(2, C), 1, nothing);
      proposer.placed({5, 1, {A, 7, 2, ballot(2, C)}});
      CHECK(proposer.waiting_at(1) == nullptr);
      REQUIRE(proposer.waiting_at(2) != nullptr);
      CHECK(proposer.waiting_at(2)->future == future);
      CHECK(proposer.waiting_at(2)->index == 5);
      proposer.decided({5, 1, {A, 7, 2, ballot(2, C)}}, {});
      const std::vector<Settled> resolved = proposer.take_settled();
      REQUIRE(resolved.size() == 1);
      CHECK(resolved[0].future == future);
      CHECK(resolved[0].ends);
      CHECK(resolved[0].index == 5);
      CHECK(resolved[0].attempt.counter == 2);
    }
  }
  TEST_CASE("F5: cancelled once the sync is decided, and only then; resubmission decides it once") {
    Bench b(3, {}, true);
    b.lead(A, 1);
    b.promises(A, {C}, 1);
    b.propose(C, 'x');
    b.lose_all();
    b.lead(A, 2);
    b.promises(A, {B, C}, 2);
    b.deliver<AcceptSyncC>(A, C, 2);
    CHECK_FALSE(b.cancelled('x'));
    b.deliver<Accepted>(C, A, 2);
    CHECK_FALSE(b.cancelled('x'));
    b.deliver<Decide>(A, C, 2);
    CHECK(b.cancelled('x'));
    CHECK(b.wrongs() == 0);
  }
}
