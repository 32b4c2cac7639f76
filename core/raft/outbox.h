// The two outgoing queues: what may leave at once, and what waits for a write. A promise cannot be put into the first.
#pragma once

#include <utility>
#include <vector>

#include "raft/messages.h"

namespace paxoscope::raft {

/// A numbered write. Only committing makes one, and numbers are never used again.
class Write {
 public:
  template <class State>
  static Write commit(State& state) {
    return Write(state.commit());
  }
  static Write later(Write a, Write b) { return a.number_ > b.number_ ? a : b; }
  uint64_t number() const { return number_; }
  bool done(uint64_t durable) const { return number_ <= durable; }

 private:
  explicit Write(uint64_t number) : number_(number) {}
  uint64_t number_;
};

/// How much of the log is durable (R4). A write stands for the log as it was: what was cut since does not count, so an
/// overwritten append cannot acknowledge its successor.
class FlushLog {
 public:
  static constexpr size_t kMaxPending = 1024;

  FlushLog(Write start, LogIndex length) : last_{start, length} {}

  LogIndex length() const { return last_.length; }
  /// The write that made it so.
  Write write() const { return last_.write; }
  void record(Write write, LogIndex length, uint64_t durable) {
    if (pending_.empty() && write.done(durable))
      last_ = {write, length};
    else if (pending_.size() < kMaxPending)
      pending_.push_back({write, length});
    else
      pending_.back() = {write, length};  // the later write covers the earlier one
  }
  void cut(LogIndex length) {
    if (last_.length > length) last_.length = length;
    for (Flush& flush : pending_)
      if (flush.length > length) flush.length = length;
  }
  void reached(uint64_t durable) {
    size_t done = 0;
    while (done < pending_.size() && pending_[done].write.done(durable)) last_ = pending_[done++];
    if (done > 0) pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  }
  void add_to(Hasher& hasher) const {
    hasher.add(last_.length);
    for (const Flush& flush : pending_) {
      hasher.add(flush.write.number());
      hasher.add(flush.length);
    }
  }

 private:
  struct Flush {
    Write write;
    LogIndex length;
  };
  Flush last_;
  std::vector<Flush> pending_;  ///< oldest first
};

template <class T>
class Outbox {
 public:
  static constexpr size_t kMaxWaiting = 1024;  ///< while a disk stands still; more are lost, as on a network

  /// May leave at once. Returns the body, to be filled in place.
  template <class BodyType>
    requires(!kPromises<BodyType>)
  BodyType& send(ServerId from, ServerId to, Term term) {
    return emplace<BodyType>(at_once_.emplace_back(), from, to, term);
  }
  /// Leaves once `write` is durable.
  template <class BodyType>
  void send_after(Write write, ServerId from, ServerId to, Term term, const BodyType& body) {
    if (waiting_.size() >= kMaxWaiting) return;
    Waiting& waiting = waiting_.emplace_back(Waiting{write, {}});
    emplace<BodyType>(waiting.message, from, to, term) = body;
  }

  /// Moves what may leave by now. `durable_of(message)`: the newest write that counts as durable for it.
  template <class DurableOf>
  void release(std::vector<Message<T>>& out, DurableOf&& durable_of) {
    if (out.empty())
      out.swap(at_once_);
    else
      for (Message<T>& message : at_once_) out.push_back(std::move(message));
    at_once_.clear();
    if (waiting_.empty()) return;
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
  /// A newer term has begun: nobody needs what was to be said in older ones.
  void forget_before(Term term) {
    std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.message.term != 0 && waiting.message.term < term; });
  }
  size_t waiting() const { return waiting_.size(); }
  void add_to(Hasher& hasher) const {
    hasher.add(at_once_.size());
    for (const Waiting& waiting : waiting_) {
      hasher.add(waiting.write.number());
      hasher.add(waiting.message.body.index());
      hasher.add((static_cast<uint64_t>(waiting.message.term) << 32) | waiting.message.to);
      if (const auto* vote = std::get_if<VoteAnswer>(&waiting.message.body)) hasher.add(vote->granted ? 1 : 0);
      if (const auto* request = std::get_if<VoteRequest>(&waiting.message.body)) hasher.add(request->last_index);
      if (const auto* answer = std::get_if<AppendAnswer>(&waiting.message.body))
        hasher.add(answer->match << 1 | (answer->taken ? 1 : 0));
      if (const auto* read = std::get_if<ReadRequest>(&waiting.message.body)) hasher.add(read->ticket);
    }
  }

 private:
  struct Waiting {
    Write write;
    Message<T> message;
  };
  template <class BodyType>
  static BodyType& emplace(Message<T>& message, ServerId from, ServerId to, Term term) {
    message.from = from;
    message.to = to;
    message.term = term;
    return message.body.template emplace<BodyType>();
  }

  std::vector<Message<T>> at_once_;
  std::vector<Waiting> waiting_;
};

}  // namespace paxoscope::raft
