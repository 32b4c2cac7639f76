#include "sim/timeline.h"

#include <algorithm>

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

const ArrowRecord* Timeline::arrow(uint64_t message_id) const {
  const auto found = std::lower_bound(arrows.begin(), arrows.end(), message_id,
                                      [](const ArrowRecord& arrow, uint64_t id) { return arrow.message_id < id; });
  return found == arrows.end() || found->message_id != message_id ? nullptr : &*found;
}

const std::string& Timeline::beginning(uint64_t event) const {
  static const std::string kNothing;
  const auto found = std::lower_bound(beginnings.begin(), beginnings.end(), event,
                                      [](const BeginningRecord& one, uint64_t number) { return one.event < number; });
  return found == beginnings.end() || found->event != event ? kNothing : found->words;
}

std::vector<CauseStep> causes_of(const Timeline& timeline, uint64_t event) {
  std::vector<CauseStep> steps;
  while (event < timeline.origins.size() && steps.size() < kMaxCauses) {
    const OriginRecord& origin = timeline.origins[event];
    const ArrowRecord* message = origin.kind == EventKind::delivery ? timeline.arrow(origin.message_id) : nullptr;
    const uint64_t before = message != nullptr ? message->sent_event : origin.since_event;
    // What was sent before anything happened has no cause; causes come first, so this ends.
    if (before == 0 || before >= event) break;
    steps.push_back({before, message});
    event = before;
  }
  return steps;
}

}  // namespace paxoscope
