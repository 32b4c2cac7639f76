// The view of what can happen next: messages in flight, timers, disks and clients, each with what makes it happen now, or
// why that cannot be.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

void draw_next(Context& context, const Rect& area);

}  // namespace paxoscope::ui
