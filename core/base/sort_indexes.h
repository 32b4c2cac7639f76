// Sorting numbers by what they stand for.
#pragma once

#include <cstdint>
#include <vector>

namespace paxoscope {

/// An order of indexes; it must be total, since equal ones may change places.
struct IndexOrder {
  const void* self;
  bool (*less)(const void* self, uint32_t a, uint32_t b);

  bool operator()(uint32_t a, uint32_t b) const { return less(self, a, b); }
};
void sort_indexes(std::vector<uint32_t>& indexes, IndexOrder order);

/// One copy of the code for all orders: on the page, size counts more than speed.
template <class Less>
void sort_indexes(std::vector<uint32_t>& indexes, const Less& less) {
  sort_indexes(indexes, IndexOrder{&less, [](const void* self, uint32_t a, uint32_t b) {
                                     return (*static_cast<const Less*>(self))(a, b);
                                   }});
}

}  // namespace paxoscope
