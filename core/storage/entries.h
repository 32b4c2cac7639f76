// Immutable runs of log entries that several holders share: a log, its copies, and the messages that carry a part of
// it. Copying is one reference count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "base/assert.h"

namespace paxoscope {

namespace detail {

/// A block of entries, written once from the front. Slots [0, used) never change while anybody holds the block.
/// The count is not atomic: a log, its copies and their messages belong to one thread.
template <class T>
struct Block {
  uint32_t holders = 1;
  uint32_t used = 0;
  uint32_t capacity = 0;

  static constexpr size_t items_at() {
    return (sizeof(Block) + alignof(T) - 1) / alignof(T) * alignof(T);
  }
  T* items() { return reinterpret_cast<T*>(reinterpret_cast<char*>(this) + items_at()); }
  const T* items() const { return reinterpret_cast<const T*>(reinterpret_cast<const char*>(this) + items_at()); }

  static Block* make(uint32_t capacity) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    void* memory = ::operator new(items_at() + sizeof(T) * capacity);
    auto* block = new (memory) Block;
    block->capacity = capacity;
    return block;
  }
  void push(const T& value) {
    PAXO_ASSERT(used < capacity);
    new (items() + used) T(value);
    ++used;
  }
  void push(const T* values, uint32_t count) {
    PAXO_ASSERT(count <= capacity - used);
    T* to = items() + used;
    for (uint32_t i = 0; i < count; ++i) new (to + i) T(values[i]);
    used += count;
  }
  static void release(Block* block) {
    if (block == nullptr || --block->holders != 0) return;
    for (uint32_t i = 0; i < block->used; ++i) block->items()[i].~T();
    block->~Block();
    ::operator delete(block);
  }
};

/// Shared ownership of a block.
template <class T>
class BlockRef {
 public:
  BlockRef() = default;
  explicit BlockRef(Block<T>* adopted) : block_(adopted) {}
  BlockRef(const BlockRef& other) : block_(other.block_) {
    if (block_ != nullptr) ++block_->holders;
  }
  BlockRef(BlockRef&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  BlockRef& operator=(BlockRef other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~BlockRef() { Block<T>::release(block_); }

  Block<T>* get() const { return block_; }
  Block<T>* operator->() const { return block_; }
  explicit operator bool() const { return block_ != nullptr; }

 private:
  Block<T>* block_ = nullptr;
};

}  // namespace detail

/// A shared, immutable run of entries; what messages carry. Cheap to copy.
template <class T>
class Entries {
 public:
  Entries() = default;
  Entries(detail::BlockRef<T> block, uint32_t offset, uint32_t count)
      : block_(std::move(block)), offset_(offset), count_(count) {}

  /// A run of its own, copied from [first, last).
  template <class Iterator>
  static Entries copy_of(Iterator first, Iterator last) {
    const auto count = static_cast<uint32_t>(last - first);
    if (count == 0) return {};
    detail::BlockRef<T> block(detail::Block<T>::make(count));
    for (; first != last; ++first) block->push(*first);
    return Entries(std::move(block), 0, count);
  }

  uint32_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const T& operator[](uint32_t position) const {
    PAXO_ASSERT(position < count_);
    return block_->items()[offset_ + position];
  }
  const T* begin() const { return count_ == 0 ? nullptr : block_->items() + offset_; }
  const T* end() const { return begin() + count_; }
  /// The same run without its first `skipped` entries.
  Entries after(uint32_t skipped) const {
    PAXO_ASSERT(skipped <= count_);
    return Entries(block_, offset_ + skipped, count_ - skipped);
  }

 private:
  detail::BlockRef<T> block_;
  uint32_t offset_ = 0;
  uint32_t count_ = 0;
};

}  // namespace paxoscope
