#include "sim/timeline.h"

namespace paxoscope {

int Timeline::slot_of(const Epoch& epoch) const {
  for (size_t i = 0; i < epochs.size(); ++i)
    if (epochs[i] == epoch) return static_cast<int>(i);
  return -1;
}

}  // namespace paxoscope
