// The stage: servers with their facts, links, messages in flight, and what just happened in words.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

void draw_stage(Context& context, const Rect& area);

}  // namespace paxoscope::ui
