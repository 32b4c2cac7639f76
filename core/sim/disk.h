// A simulated disk: what a crash leaves, and the writes that are on their way to it. A value, like the world it is in.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/types.h"

namespace paxoscope {

enum class DiskState : uint8_t {
  ok,
  full,  ///< nothing is written; what waits goes on when there is room again
  lies,  ///< it reports writes that it has not made
};

/// Durable: a server's storage as a value. Each write carries all of it, so a later one makes the earlier ones real,
/// and a crash leaves the storage as of some write, never a mixture: a batch that is torn fails its checksum.
template <class Durable>
class SimDisk {
 public:
  /// Writes that wait; beyond, new ones join the last of them and become durable with it (group commit).
  static constexpr size_t kMaxQueued = 64;

  struct Write {
    uint64_t number = 0;  ///< of the newest commit in it
    TimeUs due_us = 0;
    Durable content;
    uint64_t event = 0;   ///< that made the newest commit in it; for those who watch
  };

  explicit SimDisk(Durable content) : content_(std::move(content)) {}

  /// What a crash leaves, a torn tail aside.
  const Durable& content() const { return content_; }
  /// For what does not go through the queue.
  Durable& content() { return content_; }
  DiskState state() const { return state_; }
  /// On their way, oldest first; their due times ascend.
  const std::vector<Write>& queue() const { return queue_; }
  /// It has reported writes that it does not hold.
  bool owes() const { return owes_; }
  /// The write that is done next; null: none, or none can be.
  const Write* next() const { return queue_.empty() || state_ == DiskState::full ? nullptr : &queue_.front(); }

  /// Another write starts; it is done at `due_us`, and not before those ahead of it. Returns when.
  TimeUs write(uint64_t number, TimeUs due_us, const Durable& content, uint64_t event = 0) {
    if (!queue_.empty() && due_us < queue_.back().due_us) due_us = queue_.back().due_us;
    if (queue_.size() < kMaxQueued) {
      queue_.push_back({number, due_us, content, event});
    } else {
      queue_.back() = {number, due_us, content, event};
    }
    return due_us;
  }
  /// The oldest write is done, or said to be. `keep(written, before)` carries over what does not go through the queue.
  /// Returns its number.
  template <class Keep>
  uint64_t complete(Keep&& keep) {
    PAXO_ASSERT(next() != nullptr);
    const uint64_t number = queue_.front().number;
    owes_ = state_ == DiskState::lies;
    if (!owes_) reach(queue_.front(), keep);
    queue_.erase(queue_.begin());
    return number;
  }
  /// What waits is not done before `now_us`: the disk, or its server, has stood still.
  void delay_until(TimeUs now_us) {
    for (Write& write : queue_)
      if (write.due_us < now_us) write.due_us = now_us;
  }
  void set_state(DiskState state) { state_ = state; }

  /// The writes that wait are lost. With `torn`, a prefix of them had reached a disk that works: as many as `torn` draws.
  template <class Keep>
  void crash(Rng* torn, Keep&& keep) {
    if (torn != nullptr && state_ == DiskState::ok && !queue_.empty()) {
      const uint64_t reached = torn->below(queue_.size() + 1);
      if (reached > 0) reach(queue_[reached - 1], keep);
    }
    queue_.clear();
    owes_ = false;
  }
  /// An empty disk in its place, which works.
  void replace(Durable content) { *this = SimDisk(std::move(content)); }

  template <class HashContent>
  void add_to(Hasher& hasher, HashContent&& hash_content) const {
    hasher.add((static_cast<uint64_t>(state_) << 1) | (owes_ ? 1u : 0u));
    hash_content(content_);
    for (const Write& write : queue_) {
      hasher.add(write.number);
      hasher.add(static_cast<uint64_t>(write.due_us));
      hash_content(write.content);
    }
  }

 private:
  template <class Keep>
  void reach(Write& write, Keep&& keep) {
    keep(write.content, content_);
    content_ = std::move(write.content);
  }

  Durable content_;
  std::vector<Write> queue_;
  DiskState state_ = DiskState::ok;
  bool owes_ = false;
};

}  // namespace paxoscope
