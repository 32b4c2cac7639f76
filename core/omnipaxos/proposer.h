// The proposer's side of the shadow log (rules F1–F7, F9): attempts that are not settled yet, their tags, where they stand
// in the own log, and when they are settled for certain.
#pragma once

#include <vector>

#include "base/hash.h"
#include "omnipaxos/attempts.h"
#include "omnipaxos/proposer_table.h"
#include "omnipaxos/rules.h"
#include "storage/stop_sign.h"

namespace paxoscope::omnipaxos {

enum class Outcome : uint8_t { resolved, cancelled };

/// Why an attempt was cancelled.
enum class CancelReason : uint8_t { none, overtaken /*F4*/, sync_decided /*F5*/, sealed /*F5b*/, switched_rule };

/// One attempt's end. A cancelled attempt never stands in any decided log, of this configuration or a later one; a resolved
/// one stands at `index`.
struct Settled {
  uint64_t future = 0;
  Outcome outcome = Outcome::resolved;
  /// The future has ended too. False: it goes on under another attempt (`resubmit`), with another counter.
  bool ends = true;
  LogIndex index = 0;  ///< resolved: where
  CancelReason reason = CancelReason::none;
  Ballot ballot;       ///< F4: the tag of the one that overtook it; F5: the ballot whose sync was decided
  /// Proposer, incarnation and counter name it for ever; no tag: it was never appended or sent.
  Attempt attempt;
  uint64_t next = 0;   ///< counter of the attempt under which the future goes on; 0: it has ended
};

template <class T>
class Proposer {
 public:
  static constexpr uint64_t kMarkEvery = 64;

  struct Waiting {
    T entry;
    uint64_t future = 0;
    Ballot tag;           ///< none until first appended or sent
    LogIndex index = 0;   ///< in the own log; 0: pending
    bool settled = false;
  };

  /// `resubmit`: a cancelled attempt goes on under the same future. `report`: settled futures are kept for
  /// take_settled(), which the host must then call.
  Proposer(ServerId pid, uint32_t incarnation, bool resubmit, bool report)
      : pid_(pid), incarnation_(incarnation), resubmit_(resubmit), report_(report) {}

  /// Takes a new proposal; its future's number is unique within this incarnation.
  /// A leader that appends it at once says so by `tag` and `index`.
  uint64_t add(const T& entry, const Ballot& tag = {}, LogIndex index = 0) {
    const uint64_t future = next_future_++;
    waiting_.push_back({entry, future, tag, index, false});
    ++unsettled_;
    return future;
  }

  /// Takes a stop-sign; `placeholder` stands for it in the log. One may wait at a time.
  uint64_t add_stop(const T& placeholder, StopSignRef stop) {
    PAXO_ASSERT(!stop_waiting());
    stop_ = std::move(stop);
    stop_counter_ = end_counter();
    return add(placeholder);
  }
  bool stop_waiting() const { return stop_counter_ >= base_ && stop_ != nullptr; }
  StopSignRef waiting_stop() const { return stop_waiting() ? stop_ : nullptr; }
  /// The stop-sign proposed under this counter; null for an ordinary entry.
  const StopSignRef& stop_at(uint64_t counter) const {
    static const StopSignRef kNone;
    return counter == stop_counter_ ? stop_ : kNone;
  }

  /// The own log now holds `run` (part of it may be ours).
  void placed(const AttemptRun& run) {
    if (run.start.proposer != pid_ || run.start.incarnation != incarnation_) return;
    for (uint64_t i = 0; i < run.count; ++i)
      if (Waiting* waiting = find(run.start.counter + i)) waiting->index = run.first + i;
  }

  /// The own log was cut to `length`: what stood behind it is pending again (F6).
  void cut(LogIndex length) {
    for (size_t i = head_; i < waiting_.size(); ++i)
      if (!waiting_[i].settled && waiting_[i].index > length) waiting_[i].index = 0;
  }

  /// A snapshot of entries 1..index replaced the log: what it records is decided there, what it does not record is
  /// pending again or, by F4, cancelled.
  void installed(const ProposerTable& table, const SwitchSet& switches) {
    cut(0);
    for (const AttemptRun& run : table.records()) decided(run, switches);
    for (const ProposerRow& row : table.rows()) {
      if (row.proposer != pid_ || row.incarnation != incarnation_) continue;
      for (uint64_t counter = base_; counter < row.last && counter < end_counter(); ++counter) {
        const Waiting& earlier = slot(counter);
        if (!earlier.settled && earlier.tag && earlier.tag <= row.tag) cancel(counter, CancelReason::overtaken, row.tag);
      }
    }
    drop_settled();
  }

  /// `run` was decided (runs come in log order): F3 and F4.
  void decided(const AttemptRun& run, const SwitchSet& switches) {
    if (run.start.proposer != pid_ || run.start.incarnation != incarnation_) return;
    const uint64_t end = run.start.counter + run.count;
    if (run.start.counter == base_ && end <= end_counter() && unsettled_ == waiting_.size() - head_)
      return resolve_first(run);
    for (uint64_t i = 0; i < run.count; ++i)
      if (find(run.start.counter + i) != nullptr)
        settle(run.start.counter + i, Outcome::resolved, run.first + i, {}, {});
    drop_settled();
    for (uint64_t counter = base_; counter < end && counter < end_counter(); ++counter) {
      const Waiting& earlier = slot(counter);
      if (earlier.settled) continue;
      if (on(switches, Switch::F4_tag) && !(earlier.tag && earlier.tag <= run.start.tag)) continue;
      cancel(counter, CancelReason::overtaken, run.start.tag);
    }
    drop_settled();
  }

  /// The sync of `ballot` was decided and this server is in phase accept of it: F5.
  void sync_decided(const Ballot& ballot) {
    const uint64_t end = end_counter();
    for (uint64_t counter = base_; counter < end; ++counter) {
      const Waiting& waiting = slot(counter);
      if (!waiting.settled && waiting.tag && waiting.tag < ballot && waiting.index == 0)
        cancel(counter, CancelReason::sync_decided, ballot);
    }
    drop_settled();
  }

  /// What a relay's log holds of these attempts, in log order; all that is decided before is known here (F9). Runs beyond
  /// `decided` only stand there. What is not among them, with a tag below `synced`, will never be decided (F5).
  void reported(const AttemptRuns& runs, LogIndex decided_to, const Ballot& synced, const SwitchSet& switches) {
    std::vector<AttemptRun> standing;
    runs.each([&](AttemptRun run) {
      if (run.end() > decided_to + 1) {
        AttemptRun rest = run;
        rest.first = run.first > decided_to ? run.first : decided_to + 1;
        rest.start = run.at(rest.first);
        rest.count = run.end() - rest.first;
        standing.push_back(rest);
        run.count = rest.first - run.first;
      }
      if (run.count != 0) decided(run, switches);
    });
    const uint64_t end = end_counter();
    for (uint64_t counter = base_; counter < end && synced; ++counter) {
      const Waiting& waiting = slot(counter);
      if (waiting.settled || !waiting.tag || waiting.tag >= synced) continue;
      bool stands = false;
      for (const AttemptRun& run : standing)
        stands |= counter >= run.start.counter && counter < run.start.counter + run.count;
      if (!stands) cancel(counter, CancelReason::sync_decided, synced);
    }
    drop_settled();
  }

  /// The configuration ended with these entries in its log: every attempt tagged in it that is not among them will never
  /// be decided (F5b). What goes on starts without tags in the next one; a second stop-sign does not go on.
  void configuration_sealed() {
    const uint64_t end = end_counter();
    for (uint64_t counter = base_; counter < end; ++counter) {
      Waiting& waiting = slot(counter);
      if (waiting.settled || waiting.index != 0) continue;
      if (counter == stop_counter_)
        settle(counter, Outcome::cancelled, 0, CancelReason::sealed, {});
      else if (waiting.tag)
        cancel(counter, CancelReason::sealed, Ballot{});
    }
    stop_ = nullptr;
    stop_counter_ = 0;
    drop_settled();
    rejected_tag_ = dropped_tag_ = Ballot{};
    dropped_counter_ = 0;
  }

  /// This server is in no configuration any more: what the sealed log does not hold was never decided, and nobody is left
  /// to propose it to.
  void retired() {
    for (uint64_t counter = base_; counter < end_counter(); ++counter)
      if (!slot(counter).settled) settle(counter, Outcome::cancelled, 0, CancelReason::sealed, {});
    drop_settled();
  }

  /// A leader refused the tag: with F1.only-tells off this is taken for a cancellation (which is wrong).
  void rejected(const Ballot& tag, uint64_t counter, const SwitchSet& switches) {
    if (tag > rejected_tag_) rejected_tag_ = tag;
    if (on(switches, Switch::F1_only_tells)) return;
    if (find(counter) != nullptr) cancel(counter, CancelReason::switched_rule, tag);
    drop_settled();
  }

  /// A leader refused this tag: nothing is sent with it any more.
  bool is_rejected(const Ballot& tag) const { return tag == rejected_tag_; }

  /// Attempts that may be appended or sent with `tag` now: untagged ones get it (P11).
  /// Calls visit(counter, previous, waiting) for each unplaced attempt of that tag from `from_counter` on.
  template <class Visit>
  void offer(const Ballot& tag, uint64_t from_counter, Visit&& visit) {
    if (unsettled_ == 0 || tag == rejected_tag_) return;
    for (uint64_t counter = from_counter < base_ ? base_ : from_counter; counter < end_counter(); ++counter) {
      Waiting& waiting = slot(counter);
      if (waiting.settled) continue;
      if (!waiting.tag) waiting.tag = tag;
      if (waiting.tag != tag || waiting.index != 0) continue;
      visit(counter, previous_in_stream(counter), waiting);
    }
  }

  std::vector<Settled> take_settled() {
    std::vector<Settled> taken;
    taken.swap(settled_);
    return taken;
  }
  /// The same, into a vector that the host keeps.
  void take_settled(std::vector<Settled>& into) {
    into.clear();
    into.swap(settled_);
  }
  bool reports() const { return report_; }
  bool has_settled() const { return !settled_.empty(); }
  uint64_t unsettled() const { return unsettled_; }
  /// How many futures there have been.
  uint64_t futures() const { return next_future_ - 1; }
  uint64_t end_counter() const { return base_ + (waiting_.size() - head_); }
  uint32_t incarnation() const { return incarnation_; }
  /// F8: every counter below is settled, and this proposer has seen it. Moves in steps, so that runs of attempts stay long.
  uint64_t mark() const { return base_ / kMarkEvery * kMarkEvery; }
  ServerId pid() const { return pid_; }

  /// The attempt with this counter if it is not settled; null otherwise. A log entry of this proposer and incarnation is
  /// awaited by `waiting_at(its counter)->future`.
  const Waiting* waiting_at(uint64_t counter) const {
    return counter < base_ || counter >= end_counter() || slot(counter).settled ? nullptr : &slot(counter);
  }
  /// The counter of the attempt under which a future waits now; 0: it has ended, or never was. Takes time linear in what
  /// waits: for views.
  uint64_t counter_of(uint64_t future) const {
    for (uint64_t counter = base_; counter < end_counter(); ++counter)
      if (!slot(counter).settled && slot(counter).future == future) return counter;
    return 0;
  }
  /// The name of a waiting attempt.
  Attempt attempt_at(uint64_t counter) const { return {pid_, incarnation_, counter, slot(counter).tag, 0}; }
  /// Visits what is not settled, by counter: visit(counter, waiting).
  template <class Visit>
  void each(Visit&& visit) const {
    for (uint64_t counter = base_; counter < end_counter(); ++counter)
      if (!slot(counter).settled) visit(counter, slot(counter));
  }

  void add_to(Hasher& hasher) const {
    hasher.add(base_);
    hasher.add(stop_counter_);
    add_to_hash(hasher, stop_);
    hasher.add(next_future_);
    rejected_tag_.add_to(hasher);
    hasher.add(end_counter());
    for (uint64_t counter = base_; counter < end_counter(); ++counter) {
      const Waiting& waiting = slot(counter);
      add_to_hash(hasher, waiting.entry);
      hasher.add(waiting.future);
      waiting.tag.add_to(hasher);
      hasher.add(waiting.index << 1 | (waiting.settled ? 1u : 0u));
    }
  }

 private:
  Waiting& slot(uint64_t counter) { return waiting_[head_ + (counter - base_)]; }
  const Waiting& slot(uint64_t counter) const { return waiting_[head_ + (counter - base_)]; }

  Waiting* find(uint64_t counter) {
    if (counter < base_ || counter >= end_counter()) return nullptr;
    Waiting& waiting = slot(counter);
    return waiting.settled ? nullptr : &waiting;
  }

  /// The counter before it with the same tag; settled ones count, since the leader has seen them.
  uint64_t previous_in_stream(uint64_t counter) const {
    const Ballot& tag = slot(counter).tag;
    for (uint64_t before = counter; before-- > base_;)
      if (slot(before).tag == tag) return before;
    return tag == dropped_tag_ ? dropped_counter_ : 0;
  }

  void cancel(uint64_t counter, CancelReason reason, const Ballot& ballot) {
    if (!resubmit_) return settle(counter, Outcome::cancelled, 0, reason, ballot);
    // Cancellation is certain, so the same future may go on under a new attempt: it is decided once.
    Waiting& waiting = slot(counter);
    waiting.settled = true;
    if (report_) settled_.push_back({waiting.future, Outcome::cancelled, false, 0, reason, ballot, attempt_at(counter), end_counter()});
    const Waiting again{waiting.entry, waiting.future, Ballot{}, 0, false};
    if (counter == stop_counter_) stop_counter_ = end_counter();
    waiting_.push_back(again);
  }

  void settle(uint64_t counter, Outcome outcome, LogIndex index, CancelReason reason, const Ballot& ballot) {
    Waiting& waiting = slot(counter);
    waiting.settled = true;
    --unsettled_;
    if (report_) settled_.push_back({waiting.future, outcome, true, index, reason, ballot, attempt_at(counter), 0});
  }

  /// The oldest ones, in order, and none settled before: the common case.
  void resolve_first(const AttemptRun& run) {
    for (uint64_t i = 0; report_ && i < run.count; ++i) {
      const Waiting& waiting = waiting_[head_ + i];
      settled_.push_back({waiting.future, Outcome::resolved, true, run.first + i, CancelReason::none, {},
                          {pid_, incarnation_, base_ + i, waiting.tag, 0}, 0});
    }
    unsettled_ -= run.count;
    head_ += run.count;
    base_ += run.count;
    note_dropped();
    drop_settled();
  }

  void note_dropped() {
    dropped_tag_ = waiting_[head_ - 1].tag;
    dropped_counter_ = base_ - 1;
  }

  void drop_settled() {
    const size_t before = head_;
    while (head_ < waiting_.size() && waiting_[head_].settled) {
      ++head_;
      ++base_;
    }
    if (head_ != before) note_dropped();
    if (head_ == waiting_.size()) {
      waiting_.clear();
      head_ = 0;
    } else if (head_ >= 1024 && head_ * 2 >= waiting_.size()) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
  }

  ServerId pid_;
  uint32_t incarnation_;
  bool resubmit_;
  bool report_;
  std::vector<Waiting> waiting_;  ///< from head_ on: counter base_, base_ + 1…
  size_t head_ = 0;
  uint64_t base_ = 1;
  uint64_t next_future_ = 1;
  uint64_t unsettled_ = 0;
  Ballot rejected_tag_;
  Ballot dropped_tag_;
  uint64_t dropped_counter_ = 0;
  std::vector<Settled> settled_;
  StopSignRef stop_;
  uint64_t stop_counter_ = 0;
};

}  // namespace paxoscope::omnipaxos
