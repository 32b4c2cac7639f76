// Configurations on the stage: outlines around their members, with name and state.
#pragma once

#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

void draw_hulls(const Observation& observation, const StageLayout& layout);
/// Registers every configuration with its members and state, also when there is no room for hulls.
void speak_configurations(Context& context, const StageLayout& layout, const Rect& area);

}  // namespace paxoscope::ui
