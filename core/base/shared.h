// A value that copies share until one of them is written to: copying costs one reference count.
#pragma once

#include <cstdint>
#include <utility>

namespace paxoscope {

/// The count is not atomic: a value and its copies belong to one thread.
template <class T>
class Shared {
 public:
  Shared() : node_(new Node) {}
  explicit Shared(T value) : node_(new Node{1, std::move(value)}) {}
  Shared(const Shared& other) : node_(other.node_) { ++node_->holders; }
  Shared& operator=(const Shared& other) {
    ++other.node_->holders;
    release();
    node_ = other.node_;
    return *this;
  }
  Shared(Shared&& other) noexcept : node_(other.node_) { ++node_->holders; }
  Shared& operator=(Shared&& other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Shared() { release(); }

  const T& operator*() const { return node_->value; }
  const T* operator->() const { return &node_->value; }
  /// For writing: a copy of its own from here on.
  T& own() {
    if (node_->holders > 1) {
      auto* mine = new Node{1, node_->value};
      --node_->holders;
      node_ = mine;
    }
    return node_->value;
  }

 private:
  struct Node {
    uint32_t holders = 1;
    T value{};
  };
  void release() {
    if (--node_->holders == 0) delete node_;
  }
  Node* node_;
};

}  // namespace paxoscope
