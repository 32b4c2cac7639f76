// Start, step, play, speed, the numbers, and the whole run in one strip.
#pragma once

#include "ui/run_menu.h"
#include "ui/timeline.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// At speed 1 a second of real time shows this much of the run: a message that flies 10 ms takes a quarter
/// second.
inline constexpr TimeUs kPlayedPerSecondUs = 40'000;
inline constexpr float kSpeeds[] = {0.25f, 0.5f, 1, 2, 4, 8};
inline constexpr int kSpeedCount = 6;
/// "0.25×"
const char* speed_label(int index);

/// The whole run in a strip 16 high with the playhead, which a drag moves; `grip` is what takes the drag. With a `knob`
/// it does without the frame around what the timeline shows.
void draw_overview(Context& context, const Rect& strip, const Rect& grip, TimelineView& view, bool knob);

void draw_transport(Context& context, const Rect& area, TimelineView& view, float speed, RunMenu& menu);

}  // namespace paxoscope::ui
