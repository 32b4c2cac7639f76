// What a log holds beside its entries: term and kind of each, as runs; the memberships among them.
#pragma once

#include "raft/membership.h"
#include "storage/memory_sequence.h"

namespace paxoscope::raft {

/// Counts elections.
using Term = uint32_t;

enum class EntryKind : uint8_t {
  normal,
  no_op,       ///< opens a term (R5), or names a new server by its index (R16); the entry itself is a placeholder
  membership,  ///< likewise
};

/// Of one entry, or of a run of normal ones.
struct Mark {
  Term term = 0;
  EntryKind kind = EntryKind::normal;
  MembershipRef membership;  ///< of that kind only

  bool joins(const Mark& other) const {
    return term == other.term && kind == EntryKind::normal && other.kind == EntryKind::normal;
  }
};

/// The marks of entries base()+1..length(). A value; copying is cheap.
class MarkLog {
 public:
  LogIndex length() const { return length_; }
  /// The last entry that is gone.
  LogIndex base() const { return base_; }
  /// Of the last entry; of `base` where there is none.
  Term last_term() const { return runs_.length() == runs_.trimmed_to() ? base_term_ : run(runs_.length()).mark.term; }

  const Mark& at(LogIndex index) const { return run(position_of(index)).mark; }
  /// Also of `base` itself.
  Term term_at(LogIndex index) const { return index == base_ ? base_term_ : at(index).term; }
  /// The last index with the same mark in a row.
  LogIndex run_end(LogIndex index) const {
    const LogIndex position = position_of(index);
    return position == runs_.length() ? length_ : run(position + 1).first - 1;
  }
  /// The first index with the same mark in a row that is not gone.
  LogIndex run_begin(LogIndex index) const {
    const LogIndex first = run(position_of(index)).first;
    return first > base_ ? first : base_ + 1;
  }
  /// The newest membership entry at or before `index`; 0: none here.
  LogIndex membership_before(LogIndex index) const {
    const LogIndex newest = index > base_ ? run(position_of(index)).newest_membership : 0;
    return newest > base_ ? newest : 0;
  }

  void append(const Mark& mark, uint64_t count) {
    if (count == 0) return;
    if (runs_.length() == runs_.trimmed_to() || !run(runs_.length()).mark.joins(mark)) {
      PAXO_ASSERT(count == 1 || mark.kind == EntryKind::normal);
      const bool first = runs_.length() == runs_.trimmed_to();
      const LogIndex before = first ? 0 : run(runs_.length()).newest_membership;
      runs_.append(Run{length_ + 1, mark, mark.kind == EntryKind::membership ? length_ + 1 : before});
    }
    length_ += count;
  }
  void truncate(LogIndex length) {
    PAXO_ASSERT(length >= base_ && length <= length_);
    LogIndex runs = runs_.length();
    while (runs > runs_.trimmed_to() && run(runs).first > length) --runs;
    runs_.truncate(runs);
    length_ = length;
  }
  void trim(LogIndex index) {
    if (index <= base_) return;
    base_term_ = term_at(index);
    runs_.trim(index == length_ ? runs_.length() : position_of(index + 1) - 1);
    base_ = index;
  }
  void reset_to(LogIndex index, Term term) {
    runs_.reset_to(0);
    length_ = base_ = index;
    base_term_ = term;
  }

  void add_to(Hasher& hasher) const {
    hasher.add(length_);
    hasher.add(base_);
    hasher.add(base_term_);
    for (LogIndex position = runs_.trimmed_to() + 1; position <= runs_.length(); ++position) {
      const Run& r = run(position);
      hasher.add(r.first > base_ ? r.first : base_ + 1);
      hasher.add((static_cast<uint64_t>(r.mark.term) << 8) | static_cast<uint64_t>(r.mark.kind));
      if (r.mark.membership) r.mark.membership->add_to(hasher);
    }
  }

 private:
  struct Run {
    LogIndex first = 0;
    Mark mark;
    LogIndex newest_membership = 0;  ///< at or before `first`; 0: none was here when the run began
  };

  const Run& run(LogIndex position) const { return runs_.at(position); }
  LogIndex position_of(LogIndex index) const {
    PAXO_ASSERT(index > base_ && index <= length_);
    LogIndex high = runs_.length();
    if (run(high).first <= index) return high;
    LogIndex low = runs_.trimmed_to() + 1;
    while (low < high) {
      const LogIndex middle = (low + high) / 2;
      if (run(middle + 1).first <= index)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  MemorySequence<Run> runs_;
  LogIndex length_ = 0;
  LogIndex base_ = 0;
  Term base_term_ = 0;
};

}  // namespace paxoscope::raft
