// What must always hold, and whether it does.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

void draw_checks(Context& context, const Rect& area);

}  // namespace paxoscope::ui
