// The two outgoing queues: what may leave at once, and what waits for a write. A promise cannot be put into the first.
#pragma once

#include <utility>
#include <vector>

#include "quorum_register/messages.h"

namespace paxoscope::quorum_register {

/// A numbered write. Only committing makes one, and numbers are never used again.
class Write {
 public:
  template <class State>
  static Write commit(State& state) {
    return Write(state.commit());
  }
  uint64_t number() const { return number_; }
  bool done(uint64_t durable) const { return number_ <= durable; }

 private:
  explicit Write(uint64_t number) : number_(number) {}
  uint64_t number_;
};

template <class V, class K>
class Outbox {
 public:
  static constexpr size_t kMaxWaiting = 4096;  ///< while a disk stands still; more are lost, as on a network

  template <class BodyType>
    requires(!kPromises<BodyType>)
  void send(ServerId from, ServerId to, uint64_t operation, BodyType body) {
    at_once_.push_back({from, to, operation, std::move(body)});
  }
  /// Leaves once `write` is durable.
  template <class BodyType>
  void send_after(Write write, ServerId from, ServerId to, uint64_t operation, BodyType body) {
    if (waiting_.size() < kMaxWaiting) waiting_.push_back({write, {from, to, operation, std::move(body)}});
  }

  /// Moves what may leave by now. `durable_of(message)`: the newest write that counts as durable for it.
  template <class DurableOf>
  void release(std::vector<Message<V, K>>& out, DurableOf&& durable_of) {
    for (Message<V, K>& message : at_once_) out.push_back(std::move(message));
    at_once_.clear();
    size_t kept = 0;
    for (size_t i = 0; i < waiting_.size(); ++i) {
      if (waiting_[i].write.done(durable_of(waiting_[i].message))) {
        out.push_back(std::move(waiting_[i].message));
      } else {
        if (kept != i) waiting_[kept] = std::move(waiting_[i]);
        ++kept;
      }
    }
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(kept), waiting_.end());
  }
  size_t waiting() const { return waiting_.size(); }
  void add_to(Hasher& hasher) const {
    hasher.add(at_once_.size());
    for (const Message<V, K>& message : at_once_) message.add_to(hasher);
    for (const Waiting& waiting : waiting_) {
      hasher.add(waiting.write.number());
      waiting.message.add_to(hasher);
    }
  }

 private:
  struct Waiting {
    Write write;
    Message<V, K> message;
  };
  std::vector<Message<V, K>> at_once_;
  std::vector<Waiting> waiting_;
};

}  // namespace paxoscope::quorum_register
