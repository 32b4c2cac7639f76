// What stands for the first entries of a log once they are gone (Sequence Paxos: trim and snapshots; rule F8).
#pragma once

#include <memory>
#include <vector>

#include "omnipaxos/proposer_table.h"
#include "storage/state_of.h"
#include "storage/stop_sign.h"

namespace paxoscope::omnipaxos {

/// Sums up decided entries (from, index]. Complete: from = 0. A delta applies only at exactly the decided index `from`.
template <class T>
struct Snapshot {
  LogIndex index = 0;
  LogIndex from = 0;
  bool has_state = true;  ///< false: the entries were trimmed, and nobody can learn their effect here
  typename StateOf<T>::Type state;
  ProposerTable proposers;  ///< of entries 1..index, also in a delta
  std::vector<SealedConfiguration> sealed;  ///< that ended at or before `index`; ascending

  bool is_delta() const { return from != 0; }
  void add_to(Hasher& hasher) const {
    hasher.add(index << 1 | (has_state ? 1u : 0u));
    hasher.add(from);
    StateOf<T>::add_to(state, hasher);
    proposers.add_to(hasher);
  }
};

/// Shared and immutable; null: nothing is gone.
template <class T>
using SnapshotRef = std::shared_ptr<const Snapshot<T>>;

template <class T>
void add_to_hash(Hasher& hasher, const SnapshotRef<T>& snapshot) {
  if (snapshot)
    snapshot->add_to(hasher);
  else
    hasher.add(0);
}

/// The snapshot of entries 1..index of a log that begins behind `base`: folds entries (base, index] into it.
/// `sealed`: the configurations known to have ended.
template <class T, class Log>
std::shared_ptr<Snapshot<T>> fold(const SnapshotRef<T>& base, const Log& log, const typename ShadowOf<T>::Log& attempts,
                                  const std::vector<SealedConfiguration>& sealed, LogIndex index, bool keep_state,
                                  const SwitchSet& switches = {}) {
  auto sum = base ? std::make_shared<Snapshot<T>>(*base) : std::make_shared<Snapshot<T>>();
  const LogIndex first = sum->index + 1;
  PAXO_ASSERT(first == log.trimmed_to() + 1 && index + 1 >= first && index <= log.length());
  sum->has_state = sum->has_state && keep_state && StateOf<T>::exists;
  if (sum->has_state) {
    for (LogIndex i = first; i <= index; ++i) StateOf<T>::apply(sum->state, i, log.at(i));
  } else {
    sum->state = {};
  }
  LogIndex from = first;
  const auto apply_to = [&](LogIndex end) {
    if (from >= end) return;
    attempts.each(from, end, [&](const AttemptRun& run) { sum->proposers.apply(run, switches); });
    from = end;
  };
  for (const SealedConfiguration& ended : sealed) {
    if (ended.sealed_length < first || ended.sealed_length > index) continue;
    apply_to(ended.sealed_length + 1);
    sum->proposers.configuration_sealed();
    sum->sealed.push_back(ended);
  }
  apply_to(index + 1);
  sum->index = index;
  return sum;
}

/// What a server that has decided exactly `from` must add to have the snapshot `complete`, whose entries after `from`
/// are still in `log`.
template <class T, class Log>
SnapshotRef<T> delta_of(const Snapshot<T>& complete, const Log& log, LogIndex from) {
  auto delta = std::make_shared<Snapshot<T>>(complete);
  delta->from = from;
  delta->state = StateOf<T>::changes(complete.state, [&](auto&& visit) {
    for (LogIndex i = from + 1; i <= complete.index; ++i) visit(i, log.at(i));
  });
  return delta;
}

/// `delta` on top of what was there: `below` sums up entries 1..delta.from. The delta's rows and records are of all entries
/// up to its end, so they replace what was there.
template <class T>
SnapshotRef<T> merged(const Snapshot<T>& below, const Snapshot<T>& delta, const SwitchSet& switches = {}) {
  PAXO_ASSERT(below.index == delta.from && below.has_state && delta.has_state);
  auto sum = std::make_shared<Snapshot<T>>(delta);
  sum->from = 0;
  if (!on(switches, Switch::F8_merge)) sum->proposers = below.proposers;
  sum->state = below.state;
  StateOf<T>::merge(sum->state, delta.state);
  return sum;
}

}  // namespace paxoscope::omnipaxos
