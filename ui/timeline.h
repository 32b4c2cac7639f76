// The run as a space-time diagram with the playhead; dragging it scrubs, the wheel zooms.
#pragma once

#include <vector>

#include "ui/view.h"

namespace paxoscope::ui {

/// Which part of the run the timeline shows. Kept by the App between frames.
struct TimelineView {
  TimeUs from_us = 0;
  TimeUs to_us = 0;         ///< equal to `from_us`: not chosen yet
  bool scrubbing = false;   ///< the pointer holds the playhead
  bool strip_held = false;  ///< the pointer holds the overview strip
  std::vector<uint64_t> opened;  ///< runs of messages that are drawn one by one: the first's id when it was opened
  TimeUs length_us() const { return to_us - from_us; }
};

/// Moves the window so that the playhead is inside it and it stays inside the run; chooses one if there is
/// none.
void follow_playhead(TimelineView& view, TimeUs shown_us, TimeUs end_us);
/// Zooms by `factor` (above 1: closer) around a time.
void zoom_timeline(TimelineView& view, float factor, TimeUs around_us, TimeUs end_us);
/// Shows everything.
void fit_timeline(TimelineView& view, TimeUs end_us);

/// Axis (24 high), lanes below.
void draw_timeline(Context& context, const Rect& area, TimelineView& view);

/// A round distance between the labels of an axis: 1, 2 or 5 times a power of ten, at least `least_us`.
TimeUs tick_distance(TimeUs least_us);

}  // namespace paxoscope::ui
