// What each safety rule is for, as the shortest known run: with the rule off it goes wrong, with it on nothing does.
#include "harness.h"

using namespace paxoscope;
using namespace paxoscope::bench;

TEST_SUITE("counterexamples: promises and adoption") {
  TEST_CASE("P1.order: a promise to a lower ballot lets two ballots choose") {
    breaks_without({Switch::P1_order}, 3, kBrokenFact, [](Bench& b) {
      b.lead(A, 1);
      b.lead(B, 2);
      b.promises(B, {C}, 2);  // adopts the empty log
      b.propose(A, 'x');
      b.promises(A, {C}, 1);  // C has promised 2
      b.synced(A, C, 1);      // x is decided in 1
      b.promises(B, {A}, 2);  // and B's log has no room for it
    });
  }
  TEST_CASE("P1.durable: a forgotten promise lets a lower ballot choose what a higher one excluded") {
    breaks_without({Switch::P1_durable}, 3, kCancelledChosen, [](Bench& b) {
      b.hold_disk(C);
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.crash(C);
      b.restart(C);
      b.lead(A, 1);
      b.propose(A, 'x');
      b.promises(A, {C}, 1);
      b.promises(B, {A}, 2);
      b.synced(B, A, 2);
      b.deliver<Decide>(B, A, 2);
      b.deliver<AcceptSyncC>(A, C, 1);
    });
  }
  TEST_CASE("P3.order: the longest log instead of the highest ballot loses a decided entry") {
    breaks_without({Switch::P3_order}, 3, kLeaderLacks | kDecidedDiffers, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.propose(A, 'x');
      b.propose(A, 'y');
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'z');
      b.synced(B, C, 2);
      b.accepts(B, C, 2);
      b.lead(A, 3);
      b.promises(A, {B}, 3);
      b.synced(A, B, 3);
    });
  }
  TEST_CASE("P3.accepted: a leader that keeps its old accepted ballot loses what it decided") {
    breaks_without({Switch::P3_accepted}, 3, kDecidedDiffers, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.propose(A, 'x');
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'y');
      b.synced(B, C, 2);
      b.accepts(B, C, 2);
      b.lead(A, 3);
      b.promises(A, {B, C}, 3);
      b.synced(A, C, 3);
      b.synced(A, B, 3);
    });
  }
  TEST_CASE("P4.atmost: a sync index beyond the adopted log keeps a foreign entry") {
    breaks_without({Switch::P4_atmost}, 3, kDecidedDiffers | kDecidedNotChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.deliver<AcceptSyncC>(A, C, 1);
      b.propose(A, 'x');
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'y');
      b.promises(B, {A}, 2);
      b.synced(B, A, 2);
      b.deliver<Decide>(B, A, 2);
    });
  }
}

TEST_SUITE("counterexamples: AcceptSync") {
  TEST_CASE("P5.decided: an AcceptSync sets a decided index back") {
    breaks_without({Switch::P5_decided}, 3, kDecidedBack, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      b.propose(A, 'x');
      b.synced(A, B, 1);
      b.accepts(A, B, 1);
      b.lead(B, 2);
      b.promises(B, {A}, 2);
      b.deliver<AcceptSyncC>(B, A, 2);
    });
  }
  TEST_CASE("P5.phase: the same AcceptSync twice cuts a decided entry") {
    breaks_without({Switch::P5_phase}, 3, kLeaderLacks | kDecidedDiffers, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      const auto again = b.copy<AcceptSyncC>(A, B, 1);
      b.propose(A, 'x');
      b.synced(A, B, 1);
      b.accepts(A, B, 1);
      b.deliver(again);
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'y');
      b.synced(B, C, 2);
      b.accepts(B, C, 2);
    });
  }
  TEST_CASE("P5.session: an AcceptSync for an older promise cuts a decided entry") {
    breaks_without({Switch::P5_session}, 3, kLeaderLacks | kDecidedDiffers, [](Bench& b) {
      b.lead(A, 1);
      const auto repeated = b.copy<Prepare>(A, B, 1);
      b.promises(A, {B}, 1);
      const auto old = b.copy<AcceptSyncC>(A, B, 1);
      b.propose(A, 'x');
      b.synced(A, B, 1);
      b.accepts(A, B, 1);
      b.deliver(repeated);
      b.deliver(old);
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'y');
      b.synced(B, C, 2);
      b.accepts(B, C, 2);
    });
  }
  TEST_CASE("P2.incarnation: after a crash an old AcceptSync fits the new promise") {
    breaks_without({Switch::P2_incarnation}, 3, kLeaderLacks | kDecidedDiffers, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B}, 1);
      const auto old = b.copy<AcceptSyncC>(A, B, 1);
      b.propose(A, 'x');
      b.synced(A, B, 1);
      b.accepts(A, B, 1);
      b.crash(B);
      b.restart(B);
      b.deliver<PrepareRequest>(B, A, 1);
      b.deliver<Prepare>(A, B, 1);
      b.deliver(old);
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'y');
      b.synced(B, C, 2);
      b.accepts(B, C, 2);
    });
  }
}

TEST_SUITE("counterexamples: accept, decide, durability") {
  TEST_CASE("P6.phase: an Accept before the AcceptSync is acknowledged and cut again") {
    breaks_without({Switch::P6_phase}, 3, kChosenDiffers | kDecidedDiffers, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.propose(A, 'x');
      b.accepts(A, C, 1);
      b.synced(A, C, 1);
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'y');
      b.synced(B, C, 2);
      b.accepts(B, C, 2);
    });
  }
  TEST_CASE("P7.phase: a Decide before the AcceptSync cancels what is decided") {
    breaks_without({Switch::P7_phase}, 3, kCancelledChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.propose(C, 'x');
      b.deliver<ForwardC>(C, A, 1);
      b.lead(B, 2);
      b.promises(B, {A, C}, 2);
      b.synced(B, A, 2);
      b.deliver<Decide>(B, C, 2);
    });
  }
  TEST_CASE("P7.own: a leader that counts what is not durable announces an entry that a crash takes back") {
    breaks_without({Switch::P7_own}, 3, kDecidedDiffers | kDecidedNotChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.hold_disk(A);
      b.propose(A, 'x');
      b.synced(A, C, 1);
      b.accepts(A, C, 1);
      b.deliver<Decide>(A, C, 1);
      if (b.waiting<Decide>(A, C, 1)) b.deliver<Decide>(A, C, 1);  // the first one was for the sync
      b.crash(A);
      b.restart(A);
      b.lead(B, 2);
      b.promises(B, {A}, 2);
      b.propose(B, 'y');
      b.synced(B, A, 2);
      b.accepts(B, A, 2);
    });
  }
  TEST_CASE("P7.own-ballot: a durable log of an older ballot is counted for another log of that length") {
    breaks_without({Switch::P7_own_ballot}, 3, kDecidedDiffers | kDecidedNotChosen, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.propose(A, 'x');
      b.lead(B, 2);
      b.promises(B, {C}, 2);
      b.propose(B, 'y');
      b.lead(A, 3);
      b.hold_disk(A);
      b.promises(A, {B}, 3);
      b.synced(A, B, 3);
      b.deliver<Decide>(A, B, 3);
      b.crash(A);
      b.restart(A);
      b.lead(A, 4);
      b.promises(A, {C}, 4);
      b.synced(A, C, 4);
    });
  }
  TEST_CASE("P7.clip: a stored decided index outlives the entry it speaks of") {
    breaks_without({Switch::P7_clip}, 3, kHole, [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {B, C}, 1);
      b.hold_disk(A);
      b.propose(A, 'x');
      b.synced(A, B, 1);
      b.synced(A, C, 1);
      b.accepts(A, B, 1);
      b.accepts(A, C, 1);
      b.crash_keeping_values(A);
      b.restart(A);
    });
  }
  TEST_CASE("P7.first: without its announcement a proposal waits for ever") {
    const auto script = [](Bench& b) {
      b.lead(A, 1);
      b.promises(A, {C}, 1);
      b.propose(C, 'x');
      b.lose_all();
      b.lead(A, 2);
      b.rest();
      CHECK(b.wrongs() == 0);
      CHECK(b.agreed());
    };
    Bench off(3, without({Switch::P7_first}), true);
    script(off);
    CHECK_FALSE(off.cancelled('x'));
    CHECK_FALSE(off.resolved('x'));
    Bench on(3, {}, true);
    script(on);
    CHECK(on.cancelled('x'));
  }
}
