// Ballots over time, a lane per server: what it has promised, when it raises its own ballot, whom it has elected.
#pragma once

#include "ui/timeline.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// Shows the same part of the run as the timeline; the tab bar is part of `area`.
void draw_ballots(Context& context, const Rect& area, const TimelineView& view);

}  // namespace paxoscope::ui
