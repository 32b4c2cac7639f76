// The shadow log: which proposal attempt each log entry came from. Attempts of one proposer arrive in counter order
// (rule F2), so the log of attempts is kept as runs and one run usually covers a whole batch.
#pragma once

#include "base/ballot.h"
#include "base/types.h"
#include "storage/memory_sequence.h"

namespace paxoscope::omnipaxos {

/// Names one attempt to get an entry decided; `tag` is the ballot that its proposer had promised.
struct Attempt {
  ServerId proposer = 0;  ///< 0: no shadow entry
  uint32_t incarnation = 0;
  uint64_t counter = 0;
  Ballot tag;
  uint64_t mark = 0;      ///< its proposer has seen every counter below this one settled (F8)
};

/// `count` consecutive entries from index `first`, with consecutive counters of one proposer.
struct AttemptRun {
  LogIndex first = 1;
  uint64_t count = 0;
  Attempt start;

  LogIndex end() const { return first + count; }
  Attempt at(LogIndex index) const {
    Attempt attempt = start;
    if (attempt.proposer != 0) attempt.counter += index - first;
    return attempt;
  }
  bool continued_by(const Attempt& next) const {
    return count != 0 && next.proposer == start.proposer && next.incarnation == start.incarnation &&
           next.tag == start.tag && next.mark == start.mark &&
           (next.proposer == 0 || next.counter == start.counter + count);
  }
};

/// The runs of a message's entries; the common single run needs no allocation.
struct AttemptRuns {
  AttemptRun head;
  Entries<AttemptRun> rest;

  template <class Visit>
  void each(Visit&& visit) const {
    if (head.count != 0) visit(head);
    for (const AttemptRun& run : rest) visit(run);
  }
};

/// Attempts by log index, as a value with shared structure. Always as long as the log beside it.
class AttemptLog {
 public:
  LogIndex length() const { return open_.first + open_.count - 1; }

  void append(const Attempt& attempt) {
    if (open_.continued_by(attempt)) {
      ++open_.count;
      return;
    }
    close_open();
    open_.start = attempt;
    open_.count = 1;
  }

  void append(const AttemptRun& run) {
    if (run.count == 0) return;
    PAXO_ASSERT(run.first == length() + 1);
    if (open_.continued_by(run.start)) {
      open_.count += run.count;
      return;
    }
    close_open();
    open_.start = run.start;
    open_.count = run.count;
  }

  /// Forgets what stands behind entries 1..index.
  void trim(LogIndex index) {
    PAXO_ASSERT(index <= length());
    uint64_t gone = closed_.trimmed_to();
    while (gone < closed_.length() && closed_.at(gone + 1).end() <= index + 1) ++gone;
    closed_.trim(gone);
  }

  /// Starts anew behind entry `index`.
  void reset_to(LogIndex index) {
    closed_ = {};
    open_ = AttemptRun{};
    open_.first = index + 1;
  }

  void truncate(LogIndex new_length) {
    while (open_.first > new_length + 1 || (open_.first == new_length + 1 && closed_.length() > closed_.trimmed_to())) {
      open_ = closed_.at(closed_.length());
      closed_.truncate(closed_.length() - 1);
    }
    PAXO_ASSERT(new_length + 1 >= open_.first);
    open_.count = new_length + 1 - open_.first;
  }

  /// The attempt behind entry `index`.
  Attempt at(LogIndex index) const {
    PAXO_ASSERT(index >= 1 && index <= length());
    return run_at(index).at(index);
  }

  /// Visits the parts of [from, to) as runs, in order.
  template <class Visit>
  void each(LogIndex from, LogIndex to, Visit&& visit) const {
    if (from >= open_.first) {  // the newest run: the common case
      if (from < to) visit(AttemptRun{from, to - from, open_.at(from)});
      return;
    }
    while (from < to) {
      const AttemptRun part = clipped(run_at(from), from, to);
      visit(part);
      from = part.end();
    }
  }

  AttemptRuns slice(LogIndex from, LogIndex to) const {
    AttemptRuns runs;
    if (from >= to) return runs;
    if (from >= open_.first) {
      runs.head = {from, to - from, open_.at(from)};
      return runs;
    }
    runs.head = clipped(run_at(from), from, to);
    if (runs.head.end() == to) return runs;
    std::vector<AttemptRun> more;
    each(runs.head.end(), to, [&](const AttemptRun& run) { more.push_back(run); });
    runs.rest = Entries<AttemptRun>::copy_of(more.begin(), more.end());
    return runs;
  }

 private:
  static AttemptRun clipped(AttemptRun run, LogIndex from, LogIndex to) {
    const LogIndex first = run.first < from ? from : run.first;
    const LogIndex last = run.end() < to ? run.end() : to;
    run.start = run.at(first);
    run.first = first;
    run.count = last - first;
    return run;
  }

  const AttemptRun& run_at(LogIndex index) const {
    if (index >= open_.first) return open_;
    uint64_t low = closed_.trimmed_to() + 1;
    uint64_t high = closed_.length();
    while (low < high) {
      const uint64_t middle = low + (high - low + 1) / 2;
      if (closed_.at(middle).first <= index)
        low = middle;
      else
        high = middle - 1;
    }
    return closed_.at(low);
  }

  void close_open() {
    const LogIndex next = open_.end();
    if (open_.count != 0) closed_.append(open_);
    open_ = AttemptRun{};
    open_.first = next;
  }

  MemorySequence<AttemptRun> closed_;
  AttemptRun open_;
};

/// How attempts are kept beside entries T. Specialise as `WithoutShadow` to leave the shadow log out: proposals of a leader then
/// have no futures, and only a leader can propose. For measuring what it costs.
template <class T>
struct ShadowOf {
  static constexpr bool kept = true;
  using Log = AttemptLog;
  using Runs = AttemptRuns;
};

struct WithoutShadow {
  static constexpr bool kept = false;
  struct Runs {
    template <class Visit>
    void each(Visit&&) const {}
  };
  struct Log {
    void append(const Attempt&) {}
    void append(const AttemptRun&) {}
    void trim(LogIndex) {}
    void reset_to(LogIndex) {}
    void truncate(LogIndex) {}
    Attempt at(LogIndex) const { return {}; }
    template <class Visit>
    void each(LogIndex, LogIndex, Visit&&) const {}
    Runs slice(LogIndex, LogIndex) const { return {}; }
  };
};

}  // namespace paxoscope::omnipaxos
