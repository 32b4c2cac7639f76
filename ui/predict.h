// A step's question to who watches, with its answers as buttons; the run itself says which one is right.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// The step at this position asks something, and an answer can be given.
bool asks(const Frame& frame, int step);
/// Of the card, device pixels, for a card of this width.
float question_height(const Frame& frame, size_t step, float width);
void draw_question(Context& context, size_t step, const Rect& card);

}  // namespace paxoscope::ui
