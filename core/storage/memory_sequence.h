// A log in memory whose copies share structure: copying costs O(1), appending O(1) amortised.
#pragma once

#include <vector>

#include "base/types.h"
#include "storage/entries.h"

namespace paxoscope {

/// The log as a value. Indexes are 1-based; entries up to trimmed_to() are gone. Copies may diverge: whoever writes
/// behind a shared point first keeps the block, the other copies it.
template <class T>
class MemorySequence {
 public:
  using Entry = T;
  static constexpr uint32_t kBlockEntries = 256;

  MemorySequence() = default;
  MemorySequence(const MemorySequence& other)
      : spine_(other.spine_),
        tail_(other.tail_),
        length_(other.length_),
        base_(other.base_),
        trimmed_(other.trimmed_) {
    if (spine_ != nullptr) ++spine_->holders;
  }
  MemorySequence(MemorySequence&& other) noexcept
      : spine_(std::exchange(other.spine_, nullptr)),
        tail_(std::exchange(other.tail_, nullptr)),
        length_(std::exchange(other.length_, 0)),
        base_(std::exchange(other.base_, 0)),
        trimmed_(std::exchange(other.trimmed_, 0)) {}
  MemorySequence& operator=(MemorySequence other) noexcept {
    std::swap(spine_, other.spine_);
    std::swap(tail_, other.tail_);
    std::swap(length_, other.length_);
    std::swap(base_, other.base_);
    std::swap(trimmed_, other.trimmed_);
    return *this;
  }
  ~MemorySequence() { release(); }

  /// Index of the last entry; counts trimmed entries.
  LogIndex length() const { return length_; }
  /// Entries 1..trimmed_to() are no longer held.
  LogIndex trimmed_to() const { return trimmed_; }

  const T& at(LogIndex index) const {
    PAXO_ASSERT(index > trimmed_ && index <= length_);
    const uint64_t position = index - 1 - base_;
    return spine_->blocks[position / kBlockEntries]->items()[position % kBlockEntries];
  }

  /// Entries [from, to). Shares the block when the range lies in one, else copies.
  Entries<T> slice(LogIndex from, LogIndex to) const {
    PAXO_ASSERT(from > trimmed_ && from <= to && to <= length_ + 1);
    if (from == to) return {};
    const uint64_t first = from - 1 - base_;
    const uint64_t last = to - 2 - base_;
    const auto count = static_cast<uint32_t>(to - from);
    if (first / kBlockEntries == last / kBlockEntries)
      return Entries<T>(spine_->blocks[first / kBlockEntries], static_cast<uint32_t>(first % kBlockEntries), count);
    detail::BlockRef<T> block(detail::Block<T>::make(count));
    for (uint64_t position = first; position <= last;) {
      const auto offset = static_cast<uint32_t>(position % kBlockEntries);
      const uint64_t room = kBlockEntries - offset;
      const auto part = static_cast<uint32_t>(last + 1 - position < room ? last + 1 - position : room);
      block->push(spine_->blocks[position / kBlockEntries]->items() + offset, part);
      position += part;
    }
    return Entries<T>(std::move(block), 0, count);
  }

  void append(const T& value) {
    const auto offset = static_cast<uint32_t>((length_ - base_) % kBlockEntries);
    if (tail_ == nullptr || offset == 0 || tail_->used != offset) tail_ = writable_tail();
    tail_->push(value);
    ++length_;
  }
  void append(const Entries<T>& entries) { append(entries, 0); }
  /// The same without the first `skipped` entries.
  void append(const Entries<T>& entries, uint32_t skipped) {
    while (skipped < entries.size()) {
      tail_ = writable_tail();
      const uint32_t room = kBlockEntries - tail_->used;
      const uint32_t part = entries.size() - skipped < room ? entries.size() - skipped : room;
      tail_->push(entries.begin() + skipped, part);
      length_ += part;
      skipped += part;
    }
  }

  /// Drops everything after `new_length`.
  void truncate(LogIndex new_length) {
    PAXO_ASSERT(new_length >= trimmed_ && new_length <= length_);
    length_ = new_length;
    tail_ = nullptr;
  }

  /// Drops entries up to and including `index`.
  void trim(LogIndex index) {
    PAXO_ASSERT(index <= length_);
    if (index <= trimmed_) return;
    trimmed_ = index;
    const uint64_t whole_blocks = (trimmed_ - base_) / kBlockEntries;
    if (whole_blocks == 0) return;
    own_spine();
    tail_ = nullptr;
    spine_->blocks.erase(spine_->blocks.begin(), spine_->blocks.begin() + static_cast<std::ptrdiff_t>(whole_blocks));
    base_ += whole_blocks * kBlockEntries;
  }

  /// Starts anew as a log whose entries 1..index are known only by a snapshot.
  void reset_to(LogIndex index) {
    release();
    spine_ = nullptr;
    tail_ = nullptr;
    length_ = trimmed_ = base_ = index;
  }

 private:
  struct Spine {
    uint32_t holders = 1;
    std::vector<detail::BlockRef<T>> blocks;
  };

  void release() {
    if (spine_ != nullptr && --spine_->holders == 0) delete spine_;
  }

  void own_spine() {
    if (spine_ == nullptr) {
      spine_ = new Spine;
    } else if (spine_->holders > 1) {
      --spine_->holders;
      auto* mine = new Spine;
      mine->blocks = spine_->blocks;
      spine_ = mine;
    }
  }

  /// The block whose next free slot is index length + 1; copies what others have written behind our length.
  detail::Block<T>* writable_tail() {
    const uint64_t position = length_ - base_;
    const uint64_t number = position / kBlockEntries;
    const auto offset = static_cast<uint32_t>(position % kBlockEntries);
    if (spine_ != nullptr && number < spine_->blocks.size()) {
      detail::Block<T>* tail = spine_->blocks[number].get();
      if (tail->used == offset) return tail;
    }
    own_spine();
    detail::BlockRef<T> fresh(detail::Block<T>::make(kBlockEntries));
    if (offset != 0) fresh->push(spine_->blocks[number]->items(), offset);
    spine_->blocks.resize(number);
    spine_->blocks.push_back(std::move(fresh));
    return spine_->blocks[number].get();
  }

  Spine* spine_ = nullptr;
  detail::Block<T>* tail_ = nullptr;  // the block that was written last, held by the spine
  LogIndex length_ = 0;
  uint64_t base_ = 0;  // index before the first slot of the first block
  LogIndex trimmed_ = 0;
};

}  // namespace paxoscope
