#include "base/sort_indexes.h"

#include <algorithm>

namespace paxoscope {

void sort_indexes(std::vector<uint32_t>& indexes, IndexOrder order) {
  std::make_heap(indexes.begin(), indexes.end(), order);
  std::sort_heap(indexes.begin(), indexes.end(), order);
}

}  // namespace paxoscope
