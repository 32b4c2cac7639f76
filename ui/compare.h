// The marked moment and the present one, side by side: what differs.
#pragma once

#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

void draw_compare(Context& context, const Rect& area);
/// On the stage: a mark beside servers that are not as they were.
void draw_difference_marks(const Context& context, const StageLayout& layout);

}  // namespace paxoscope::ui
