// Trimming and snapshots: what may go, what stands for it, and how a server that lacks it catches up.
#include "harness.h"

using namespace paxoscope;
using namespace paxoscope::bench;

namespace {

/// A leads ballot 1; `entries` are decided everywhere.
void steady(Bench& b, const std::string& entries) {
  b.lead(A, 1);
  for (char entry : entries) b.propose(A, entry);
  REQUIRE(b.deliver_all());
  b.rest();
  for (ServerId id : b.ids()) REQUIRE(b.server(id)->decided_index() == entries.size());
}

/// `entries` are decided by A and B while nothing reaches C.
void without_c(Bench& b, const std::string& entries) {
  for (char entry : entries) {
    b.propose(A, entry);
    b.lose_all_to(C);
    REQUIRE(b.deliver_all());
  }
  REQUIRE(b.server(B)->decided_index() == b.server(A)->log_length());
}

const SnapshotRef<char>& snapshot_of(Bench& b, ServerId id) { return b.server(id)->paxos().storage().snapshot; }

void nothing_wrong(Bench& b) { CHECK_MESSAGE(b.wrongs() == 0, b.what()); }

}  // namespace

TEST_SUITE("snapshots") {
  TEST_CASE("hard case 1: a delta after a disconnect keeps what the follower had decided itself") {
    for (const bool own_snapshot : {false, true}) {
      CAPTURE(own_snapshot);
      Bench b(3, {}, true);
      b.set_delta_after(2);
      steady(b, "ab");
      if (own_snapshot) REQUIRE(b.snapshot(C));
      const LogIndex before = b.server(C)->decided_index();
      without_c(b, "cde");
      b.reconnected(A, C);
      b.deliver<Prepare>(A, C);
      b.deliver<PromiseC>(C, A);
      const auto sync = b.copy<AcceptSyncC>(A, C);
      const auto& delta = std::get<AcceptSyncC>(sync->body).snapshot;
      REQUIRE(delta);
      CHECK(delta->from == before);
      CHECK(delta->state.count('a') == 0);
      b.deliver_all();
      b.rest();
      CHECK(b.server(C)->decided_index() == b.server(A)->decided_index());
      REQUIRE(snapshot_of(b, C));
      CHECK(snapshot_of(b, C)->state.at('a') == 1);
      CHECK(snapshot_of(b, C)->state.at('b') == 2);
      CHECK(snapshot_of(b, C)->index == before + 3);
      nothing_wrong(b);
    }
  }
  TEST_CASE("hard case 6: a trim with ids 1, 2, 4 and with 5, 6, 7") {
    for (const std::vector<ServerId>& ids : {std::vector<ServerId>{1, 2, 4}, std::vector<ServerId>{5, 6, 7}}) {
      Bench b(ids, {}, true);
      b.lead(ids[0], 1);
      for (char entry : {'a', 'b', 'c'}) b.propose(ids[0], entry);
      b.deliver_all();
      b.rest();
      REQUIRE(b.trim(ids[0], 2));
      b.deliver_all();
      for (ServerId id : ids) CHECK(b.server(id)->paxos().storage().log.trimmed_to() == 2);
      b.crash(ids[2]);
      b.restart(ids[2]);
      b.propose(ids[0], 'd');
      b.deliver_all();
      b.rest();
      for (ServerId id : ids) CHECK(b.log(id) == "..cd");
      b.crash(ids[0]);
      b.lead(ids[2], 2);
      b.propose(ids[2], 'e');
      b.deliver_all();
      CHECK(b.decided(ids[1]) == "..cde");
      nothing_wrong(b);
    }
  }
  TEST_CASE("a trim takes only what all members have durably decided, and only a leader can order it") {
    Bench b(3, {}, true);
    steady(b, "ab");
    without_c(b, "cd");
    CHECK(b.trim(A, 4).error().text == "all members are only known to have decided up to 2");
    CHECK(b.trim(B, 2).error().text == "only a leader knows what all members have decided");
    b.hold_disk(C);
    b.rest();  // C accepts nothing durably, so it decides nothing
    CHECK_FALSE(b.trim(A, 4));
    b.release_disk(C);
    b.rest();
    CHECK(b.trim(A, 4));
    b.deliver_all();
    CHECK(b.log(C) == "....");
    CHECK(b.trim(A).error().text == "there is nothing new that all members have decided");
    nothing_wrong(b);
  }
  TEST_CASE("a decided index that a crash can take back does not let others trim") {
    Bench b(3, {}, true);
    steady(b, "ab");
    b.propose(A, 'c');
    for (ServerId follower : {B, C}) b.accepts(A, follower, 1);
    b.hold_disk(C);
    b.deliver_all();  // C learns that c is decided, not durably
    b.resend(A);
    b.deliver_all();
    REQUIRE(b.server(C)->decided_index() == 3);
    CHECK_FALSE(b.trim(A, 3));
    b.crash(C);
    b.restart(C);
    CHECK(b.server(C)->decided_index() == 2);
    nothing_wrong(b);
  }
  TEST_CASE("a follower behind a snapshot gets it with the suffix; what it had accepted there is replaced") {
    Bench b(3, {}, true);
    steady(b, "ab");
    without_c(b, "cde");
    REQUIRE(b.snapshot(A, 4));
    REQUIRE(b.snapshot(B, 4));
    b.propose(A, 'f');
    b.lose_all();
    b.lead(B, 2);
    b.deliver_all();
    b.rest();
    for (ServerId id : {B, C}) CHECK(b.server(id)->decided_index() >= 5);
    CHECK(b.log(C).substr(0, 5) == "....e");
    CHECK(snapshot_of(b, C)->state.at('a') == 1);
    b.come_to_rest();
    CHECK(b.agreed());
    nothing_wrong(b);
  }
  TEST_CASE("a new leader behind a snapshot adopts it from the promise") {
    Bench b(3, {}, true);
    steady(b, "ab");
    without_c(b, "cde");
    REQUIRE(b.snapshot(B));
    b.crash(A);
    b.lead(C, 2);
    b.promises(C, {B}, 2);
    CHECK(b.server(C)->is_leader());
    CHECK(b.server(C)->decided_index() == 5);
    b.propose(C, 'f');
    b.deliver_all();
    CHECK(b.decided(B) == ".....f");
    CHECK(b.decided(C) == ".....f");
    nothing_wrong(b);
  }
  TEST_CASE("a leader that took a snapshot beyond what a follower has accepted brings it into line again") {
    Bench b(3, {}, true);
    steady(b, "a");
    without_c(b, "bcd");
    REQUIRE(b.snapshot(A));
    b.rest();
    CHECK(b.log(C) == "....");
    CHECK(b.server(C)->decided_index() == 4);
    nothing_wrong(b);
  }
  TEST_CASE("an attempt that was decided inside a snapshot is resolved, the one that was not stays open") {
    Bench b(3, {}, true);
    steady(b, "ab");
    b.propose(C, 'x');
    b.deliver<ForwardC>(C, A);
    b.lose_all_to(C);
    b.deliver_all();
    without_c(b, "de");
    REQUIRE(b.decided(A) == "abxde");
    REQUIRE(b.snapshot(A));
    REQUIRE(b.snapshot(B));
    b.propose(C, 'y');
    b.lose_all();
    CHECK_FALSE(b.resolved('x'));
    b.rest();
    CHECK(b.resolved('x'));
    CHECK_FALSE(b.cancelled('y'));
    b.come_to_rest();
    CHECK(b.agreed());
    CHECK(b.resolved('y') != b.cancelled('y'));
    nothing_wrong(b);
  }
  TEST_CASE("a snapshot survives a crash with the log behind it") {
    Bench b(3, {}, true);
    steady(b, "abcd");
    REQUIRE(b.snapshot(B, 3));
    b.crash(B);
    b.restart(B);
    CHECK(b.log(B) == "...d");
    CHECK(snapshot_of(b, B)->state.size() == 3);
    b.deliver_all();
    b.propose(A, 'e');
    b.deliver_all();
    CHECK(b.decided(B) == "...de");
    nothing_wrong(b);
  }
  TEST_CASE("a snapshot that is not durable is gone after a crash, and so is nothing else") {
    Bench b(3, {}, true);
    steady(b, "abcd");
    b.hold_disk(B);
    REQUIRE(b.snapshot(B, 3));
    b.crash(B);
    b.restart(B);
    CHECK(b.log(B) == "abcd");
    nothing_wrong(b);
  }
  TEST_CASE("what cannot be summed up or trimmed is refused with a reason") {
    Bench b(3, {}, true);
    steady(b, "ab");
    CHECK(b.snapshot(B, 3).error().text ==
          "only decided entries can be replaced by a snapshot, and here they end at 2");
    REQUIRE(b.snapshot(B));
    CHECK(b.snapshot(B).error().text == "there is nothing new to sum up");
    REQUIRE(b.trim(A));
    CHECK(b.snapshot(A).error().text == "the log was trimmed without a snapshot, so no snapshot can be taken here");
    b.deliver_all();
    CHECK(snapshot_of(b, B)->has_state);  // it had one already
    CHECK_FALSE(snapshot_of(b, C)->has_state);
  }
  TEST_CASE("a snapshot on all members covers what all have decided") {
    Bench b(3, {}, true);
    steady(b, "abc");
    REQUIRE(b.snapshot(A, 0, false));
    b.deliver_all();
    for (ServerId id : b.ids()) CHECK(b.log(id) == "...");
    for (ServerId id : b.ids()) CHECK(snapshot_of(b, id)->has_state);
    nothing_wrong(b);
  }
}

TEST_SUITE("reads") {
  TEST_CASE("one index, a range, a suffix, the decided suffix: each entry with its standing") {
    Bench b(3, {}, true);
    steady(b, "abc");
    b.propose(A, 'd');
    const Server& a = *b.server(A);
    CHECK_FALSE(a.read(0));
    CHECK_FALSE(a.read(5));
    CHECK(a.read(3)->standing == Standing::decided);
    CHECK(a.read(4)->standing == Standing::undecided);
    CHECK(a.read(4)->entry == 'd');
    REQUIRE(b.snapshot(A, 2));
    CHECK(a.read(1)->standing == Standing::snapshotted);
    CHECK(a.read(1)->index == 2);
    CHECK(a.read(1)->snapshot->state.at('b') == 2);
    const auto all = a.read_suffix(1);
    REQUIRE(all.size() == 3);
    CHECK(all[1].index == 3);
    CHECK(all[2].standing == Standing::undecided);
    CHECK(a.read_decided_suffix(1).size() == 2);
    CHECK(a.read_entries(3, 4).size() == 1);
    CHECK(a.read_entries(3, 100).size() == 2);
    b.deliver_all();
    b.rest();
    REQUIRE(b.server(A)->snapshot(0, false));
    Bench trimmed(3, {}, true);
    steady(trimmed, "ab");
    REQUIRE(trimmed.trim(A, 1));
    CHECK(trimmed.server(A)->read(1)->standing == Standing::trimmed);
    CHECK(trimmed.server(A)->read(2)->standing == Standing::decided);
  }
  TEST_CASE("a stop-sign is read as one, undecided and decided") {
    Bench b(3, {}, true);
    steady(b, "a");
    auto stop = std::make_shared<StopSign>();
    stop->members = 7;
    stop->metadata = "because";
    b.propose_stop(A, '!', stop);
    const auto found = b.server(A)->read(2);
    CHECK(found->standing == Standing::stop_sign);
    CHECK_FALSE(found->decided);
    CHECK(found->stop->metadata == "because");
    b.deliver_all();
    CHECK(b.server(B)->read(2)->standing == Standing::stop_sign);
    CHECK(b.server(A)->read(2)->decided);
  }
}

TEST_SUITE("batches") {
  TEST_CASE("a leader sends once its batch is full, or when its time is up") {
    Bench b(3, {}, true);
    b.set_batch(3);
    steady(b, "a");
    b.propose(A, 'x');
    b.propose(A, 'y');
    CHECK(b.in_flight() == 0);
    b.propose(A, 'z');
    CHECK(b.in_flight() == 2);
    b.deliver_all();
    CHECK(b.decided(B) == "axyz");
    b.propose(A, 'v');
    CHECK(b.in_flight() == 0);
    b.tick(A, 4);
    CHECK(b.in_flight() == 0);
    b.tick(A, 1);
    CHECK(b.in_flight() == 2);
    b.deliver_all();
    CHECK(b.decided(C) == "axyzv");
    nothing_wrong(b);
  }
}
