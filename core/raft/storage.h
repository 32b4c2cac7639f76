// What a Raft server keeps through a crash: its log, term and vote, and what stands for entries that are gone.
#pragma once

#include <memory>

#include "raft/marks.h"
#include "storage/state_of.h"
#include "storage/storage.h"

namespace paxoscope::raft {

/// The small durable values (R1).
struct RaftValues {
  Term term = 0;
  ServerId vote = 0;       ///< of this term; 0: none
  LogIndex commit = 0;     ///< as of the write that holds it; a start goes on from there, nothing depends on it
  uint32_t incarnation = 0;  ///< +1 per start; names this start's reads
  MembershipRef initial;   ///< before the first entry
};

template <class S>
concept RaftState = ValueState<S, RaftValues>;

using MemoryRaftState = MemoryValues<RaftValues>;

/// Sums up entries 1..index (R13). Sessions are part of the state (R14).
template <class T>
struct Snapshot {
  LogIndex index = 0;
  Term term = 0;               ///< of entry `index`
  MembershipRef membership;    ///< in effect there
  LogIndex membership_index = 0;
  typename StateOf<T>::Type state;

  void add_to(Hasher& hasher) const {
    hasher.add(index);
    hasher.add(term);
    membership->add_to(hasher);
    StateOf<T>::add_to(state, hasher);
  }
};

/// Shared and immutable; null: nothing is gone.
template <class T>
using SnapshotRef = std::shared_ptr<const Snapshot<T>>;

/// One commit spans them all. log and marks have the same length and begin at the same place.
template <class Log, class State>
struct Storage {
  Log log;
  MarkLog marks;
  State state;
  SnapshotRef<typename Log::Entry> snapshot = {};  ///< of entries 1..log.trimmed_to()
};

template <class Log, class State>
void add_to_hash(Hasher& hasher, const Storage<Log, State>& storage) {
  const RaftValues& values = storage.state.values();
  hasher.add((static_cast<uint64_t>(values.term) << 32) | values.vote);
  hasher.add(values.commit);
  hasher.add(values.incarnation);
  if (values.initial) values.initial->add_to(hasher);
  storage.marks.add_to(hasher);
  for (LogIndex i = storage.log.trimmed_to() + 1; i <= storage.log.length(); ++i) add_to_hash(hasher, storage.log.at(i));
  if (storage.snapshot) storage.snapshot->add_to(hasher);
}

/// The snapshot of entries 1..index, from the one before and the log. `membership`: in effect at `index`.
template <class T, class Log, class State>
SnapshotRef<T> fold(const Storage<Log, State>& storage, LogIndex index, MembershipRef membership,
                    LogIndex membership_index) {
  auto sum = storage.snapshot ? std::make_shared<Snapshot<T>>(*storage.snapshot) : std::make_shared<Snapshot<T>>();
  PAXO_ASSERT(sum->index == storage.log.trimmed_to() && index <= storage.log.length());
  for (LogIndex i = sum->index + 1; i <= index; ++i)
    if (storage.marks.at(i).kind == EntryKind::normal) StateOf<T>::apply(sum->state, i, storage.log.at(i));
  sum->index = index;
  sum->term = storage.marks.term_at(index);
  sum->membership = std::move(membership);
  sum->membership_index = membership_index;
  return sum;
}

/// A state may be cut into parts for sending (R13), if StateOf<T> has beside `merge`:
///   uint32_t items(const Type&)                                     how many there are
///   Type part(const Type&, uint32_t first, uint32_t count)          some of them
/// Otherwise it travels whole.
template <class T>
uint32_t state_parts(const typename StateOf<T>::Type& state, uint32_t items_per_part) {
  if constexpr (requires { StateOf<T>::items(state); }) {
    const uint32_t items = StateOf<T>::items(state);
    return items == 0 ? 1 : (items + items_per_part - 1) / items_per_part;
  } else {
    return 1;
  }
}
template <class T>
std::shared_ptr<const typename StateOf<T>::Type> state_part(const SnapshotRef<T>& snapshot, uint32_t number,
                                                            uint32_t items_per_part) {
  using State = typename StateOf<T>::Type;
  if constexpr (requires { StateOf<T>::items(snapshot->state); })
    return std::make_shared<const State>(StateOf<T>::part(snapshot->state, number * items_per_part, items_per_part));
  else
    return std::shared_ptr<const State>(snapshot, &snapshot->state);
}

}  // namespace paxoscope::raft
