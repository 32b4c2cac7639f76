// Why the present event did what it did: the rule, the values it looked at, and the event that caused it.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

void draw_why(Context& context, const Rect& area);

}  // namespace paxoscope::ui
