// The state that a host keeps beside a server: entries applied in order, snapshots read as a stream of parts, restored from
// one (R13). Sessions belong to the state (R14).
#pragma once

#include <memory>
#include <utility>

#include "raft/raft.h"

namespace paxoscope::raft {

/// A state as of one index, read part by part while the machine goes on.
template <class T>
class StateStream {
 public:
  using Type = typename StateOf<T>::Type;

  StateStream(LogIndex index, std::shared_ptr<const Type> state, uint32_t items_per_part)
      : whole_(std::make_shared<Snapshot<T>>()), items_per_part_(items_per_part) {
    whole_->index = index;
    whole_->state = *state;
    parts_ = state_parts<T>(whole_->state, items_per_part_);
  }

  LogIndex index() const { return whole_->index; }
  bool done() const { return next_ == parts_; }
  /// The next part; only while not done().
  std::shared_ptr<const Type> read() {
    PAXO_ASSERT(!done());
    return state_part<T>(SnapshotRef<T>(whole_), next_++, items_per_part_);
  }

 private:
  std::shared_ptr<Snapshot<T>> whole_;
  uint32_t items_per_part_;
  uint32_t parts_ = 1;
  uint32_t next_ = 0;
};

template <class T>
class StateMachine {
 public:
  using Type = typename StateOf<T>::Type;

  const Type& state() const { return state_; }
  /// Entries 1..applied() are in the state.
  LogIndex applied() const { return applied_; }

  /// The entry after applied(). No-ops and memberships change nothing.
  void apply(LogIndex index, const Mark& mark, const T& entry) {
    PAXO_ASSERT(index == applied_ + 1);
    if (mark.kind == EntryKind::normal) StateOf<T>::apply(state_, index, entry);
    applied_ = index;
  }
  /// Everything that `server` has committed; its snapshot first, where entries are gone.
  template <class Server>
  void follow(const Server& server) {
    const auto& storage = server.storage();
    if (applied_ < storage.log.trimmed_to()) {
      state_ = storage.snapshot->state;
      applied_ = storage.snapshot->index;
    }
    while (applied_ < server.commit_index())
      apply(applied_ + 1, storage.marks.at(applied_ + 1), storage.log.at(applied_ + 1));
  }

  /// At once; what is applied later does not show in it.
  StateStream<T> snapshot(uint32_t items_per_part = 1024) const {
    return StateStream<T>(applied_, std::make_shared<const Type>(state_), items_per_part);
  }
  /// The state becomes that of the stream, as of its index.
  void restore(StateStream<T> stream) {
    Type state{};
    for (bool first = true; !stream.done(); first = false) {
      if (first)
        state = *stream.read();
      else
        StateOf<T>::merge(state, *stream.read());
    }
    state_ = std::move(state);
    applied_ = stream.index();
  }

 private:
  Type state_{};
  LogIndex applied_ = 0;
};

}  // namespace paxoscope::raft
