// What clients asked and saw: a lane per client, a bar per operation from invocation to response.
#pragma once

#include "ui/timeline.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// Shows the same part of the run as the timeline; the tab bar is part of `area`. Draws only what is visible.
void draw_history(Context& context, const Rect& area, const TimelineView& view);

}  // namespace paxoscope::ui
