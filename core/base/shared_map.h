// A map from numbers to numbers whose copies share structure: copying costs one reference count, a write after it a few
// small nodes.
#pragma once

#include <cstdint>

namespace paxoscope {

/// A value. The counts are not atomic: a map and its copies belong to one thread.
class SharedMap {
 public:
  SharedMap() = default;
  SharedMap(const SharedMap& other);
  SharedMap& operator=(const SharedMap& other);
  ~SharedMap();

  /// Null: there is none.
  const uint64_t* find(uint64_t key) const;
  /// Adds, or replaces.
  void set(uint64_t key, uint64_t value);

 private:
  struct Node;
  Node* root_ = nullptr;
};

}  // namespace paxoscope
