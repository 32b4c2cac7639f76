// What servers have promised to tell about proposals, a row each: its state, where it stands and how long it took.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Oldest first, the end in sight; the tab bar is part of `area`. Draws only what is visible.
void draw_futures(Context& context, const Rect& area);

}  // namespace paxoscope::ui
