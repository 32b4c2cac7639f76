// The scenario panel: what this run is about, its steps with their narration, and what it expects.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

void draw_lesson(Context& context, const Rect& area);

}  // namespace paxoscope::ui
