// What shapes and colours mean: the row under the logs.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// One row, as much of it as fits; `sample` picks the colour of the examples.
void draw_log_legend(Context& context, const Rect& row, const Epoch& sample);

/// What the marks of the stage mean, in one row.
void draw_stage_legend(Context& context, const Rect& row);

}  // namespace paxoscope::ui
