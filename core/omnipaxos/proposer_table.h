// What a snapshot keeps of the attempts it sums up (rule F8): a function of the decided prefix alone.
#pragma once

#include <vector>

#include "base/hash.h"
#include "omnipaxos/attempts.h"
#include "omnipaxos/rules.h"

namespace paxoscope::omnipaxos {

/// One proposer, as the decided prefix shows it.
struct ProposerRow {
  ServerId proposer = 0;
  uint32_t incarnation = 0;  ///< the newest
  Ballot tag;                ///< its highest tag in the newest configuration…
  uint64_t last = 0;         ///< …and the last counter with it
  uint64_t mark = 0;         ///< every counter below is settled, and its proposer knows
};

/// Who proposed what in entries 1..n: a row per proposer, and where each attempt stands that its proposer may still ask
/// for.
class ProposerTable {
 public:
  /// The next decided entries, in log order.
  void apply(const AttemptRun& run, const SwitchSet& switches = {}) {
    if (run.count == 0 || run.start.proposer == 0) return;
    ProposerRow& row = row_of(run.start.proposer);
    if (run.start.incarnation < row.incarnation) return;
    if (run.start.incarnation > row.incarnation) {
      row = {run.start.proposer, run.start.incarnation, {}, 0, 0};
      drop_below(row.proposer, UINT64_MAX);
    }
    const uint64_t newest = run.start.counter + run.count - 1;
    if (run.start.tag > row.tag) {
      row.tag = run.start.tag;
      if (newest > row.last || on(switches, Switch::F8_last)) row.last = newest;
    } else if (newest > row.last && (run.start.tag == row.tag || !on(switches, Switch::F8_last))) {
      row.last = newest;
    }
    if (on(switches, Switch::F8_records)) remember(run);
    if (run.start.mark <= row.mark) return;
    row.mark = run.start.mark;
    drop_below(row.proposer, row.mark);
  }

  /// A configuration ended: ballots start again.
  void configuration_sealed() {
    for (ProposerRow& row : rows_) {
      row.tag = Ballot{};
      row.last = 0;
    }
  }

  const std::vector<ProposerRow>& rows() const { return rows_; }
  /// Ascending by index.
  const std::vector<AttemptRun>& records() const { return records_; }

  void add_to(Hasher& hasher) const {
    for (const ProposerRow& row : rows_) {
      hasher.add((static_cast<uint64_t>(row.proposer) << 32) | row.incarnation);
      row.tag.add_to(hasher);
      hasher.add(row.last);
      hasher.add(row.mark);
    }
    for (const AttemptRun& run : records_) {
      hasher.add(run.first);
      hasher.add(run.count);
      hasher.add((static_cast<uint64_t>(run.start.proposer) << 32) | run.start.counter);
    }
  }

 private:
  ProposerRow& row_of(ServerId proposer) {
    size_t at = 0;
    while (at < rows_.size() && rows_[at].proposer < proposer) ++at;
    if (at == rows_.size() || rows_[at].proposer != proposer)
      rows_.insert(rows_.begin() + static_cast<std::ptrdiff_t>(at), ProposerRow{proposer, 0, {}, 0, 0});
    return rows_[at];
  }

  void remember(AttemptRun run) {
    run.start.mark = 0;
    if (!records_.empty() && records_.back().end() == run.first && records_.back().continued_by(run.start))
      records_.back().count += run.count;
    else
      records_.push_back(run);
  }

  void drop_below(ServerId proposer, uint64_t mark) {
    size_t kept = 0;
    for (AttemptRun run : records_) {
      if (run.start.proposer == proposer && run.start.counter < mark) {
        const uint64_t gone = mark - run.start.counter;
        if (gone >= run.count) continue;
        run.first += gone;
        run.start.counter += gone;
        run.count -= gone;
      }
      records_[kept++] = run;
    }
    records_.resize(kept);
  }

  std::vector<ProposerRow> rows_;  ///< ascending by proposer
  std::vector<AttemptRun> records_;
};

}  // namespace paxoscope::omnipaxos
