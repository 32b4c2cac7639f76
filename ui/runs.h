// Stretches of messages that say nothing new, found without knowing the protocol: pure arithmetic.
#pragma once

#include <vector>

#include "sim/timeline.h"

namespace paxoscope::ui {

/// Arrows `first` to `last` of the range looked at (both in it).
struct MessageRun {
  size_t first = 0, last = 0;
  uint32_t count = 0;  ///< messages; what a server sends to itself is not counted
  uint32_t lost = 0;   ///< of them lost or dropped
  TimeUs from_us = 0;  ///< the first is sent
  TimeUs to_us = 0;    ///< the last ends
  ServerId sender = 0; ///< of the most of them; of as many, the one that sends first
  bool heartbeats = false;
};

inline constexpr uint32_t kLeastRun = 6;

/// A run: at least kLeastRun messages of one kind, one after the other in the order of sending, such that from the
/// first's sending to the last's end, both included, no message of another kind is sent or ends. All heartbeats are of
/// one kind; other messages are of one kind when they have the same name and ballot, and make a run only if each link that
/// carries them does so at least twice (they are sent again). Runs are as long as they can be, do not overlap, and come
/// in the order of sending. `arrows` ascend by `sent_us`; only [first, last) are looked at.
std::vector<MessageRun> message_runs(const std::vector<ArrowRecord>& arrows, size_t first, size_t last);

}  // namespace paxoscope::ui
