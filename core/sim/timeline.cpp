#include "sim/timeline.h"

namespace paxoscope {

int Timeline::slot_of(const Epoch& epoch) const {
  int found = -1;
  bool led = false;
  for (size_t i = 0; i < epochs.size(); ++i) {
    if (epochs[i] == epoch) return static_cast<int>(i);
    if (epoch.owner != 0 || epochs[i].number != epoch.number || epochs[i].configuration != epoch.configuration || led) continue;
    found = static_cast<int>(i);
    for (const LeaderSpan& span : leaders) led = led || (span.has_followers && span.epoch == epochs[i]);
  }
  return found;
}

}  // namespace paxoscope
