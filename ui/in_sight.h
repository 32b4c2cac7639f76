// The part of a timeline that an interval touches, found without going through the rest of it: runs grow long.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/timeline.h"

namespace paxoscope::ui {

/// [first, last) of `records`.
template <typename T>
struct Stretch {
  const T* first;
  const T* last;
  const T* begin() const { return first; }
  const T* end() const { return last; }
};

/// Those from `from_us` to `to_us`; `records` ascend by `time_of`.
template <typename T, typename TimeOf>
Stretch<T> stretch(const std::vector<T>& records, TimeUs from_us, TimeUs to_us, TimeOf time_of) {
  const T* begin = records.data();
  const T* end = begin + records.size();
  const T* first = std::partition_point(begin, end, [&](const T& record) { return time_of(record) < from_us; });
  return {first, std::partition_point(first, end, [&](const T& record) { return time_of(record) <= to_us; })};
}

inline Stretch<MarkRecord> marks_in(const Timeline& timeline, TimeUs from_us, TimeUs to_us) {
  return stretch(timeline.marks, from_us, to_us, [](const MarkRecord& mark) { return mark.time_us; });
}

/// Every message that is in the air at some time in it, and a few that ended before.
inline Stretch<ArrowRecord> arrows_in(const Timeline& timeline, TimeUs from_us, TimeUs to_us) {
  return stretch(timeline.arrows, from_us - timeline.longest_flight_us, to_us, [](const ArrowRecord& arrow) { return arrow.sent_us; });
}

}  // namespace paxoscope::ui
