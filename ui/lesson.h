// The scenario panel: what this run is about, its steps with their narration, and what it expects.
#pragma once

#include <string>

#include "ui/view.h"

namespace paxoscope::ui {

void draw_lesson(Context& context, const Rect& area);

// Its parts, for the sheet of a phone.

/// Position of the current step, else of the last one done, -1 before the first.
int present_step(const std::vector<LessonStep>& steps);
/// "Step 4 of 7".
std::string lesson_caption(const Frame& frame);
/// Says that the steps wait for what another protocol does; empty while one runs that they were written for.
std::string off_script(const Frame& frame);
/// A dash per step.
void draw_segments(const Rect& row, const std::vector<LessonStep>& steps);
/// Arrows to the step before and after; `right` is their right edge.
void draw_arrows(Context& context, float right, float middle, ImVec2 css_size);
/// All steps, what they are about and what is expected, in a list that scrolls.
void draw_all_steps(Context& context, const Rect& area);

}  // namespace paxoscope::ui
