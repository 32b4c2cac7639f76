// The boundaries between parts of the screen: dragged by mouse or finger, moved by arrow keys, put back by a double click
// or Delete. The sizes belong to what is remembered (ui/settings.h).
#pragma once

#include "ui/layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// What the pointer does with them. Kept by the App between frames.
struct DividerHand {
  int over = -1, held = -1;  ///< position in Layout::boundaries, -1: none
  float from = 0;            ///< where on the boundary it was taken, device pixels
};

/// Before the views, from which it takes the pointer: what is dragged or has the keyboard gets its new size, in `sizes`.
void move_dividers(Context& context, const Layout& layout, DividerHand& hand, PartSizes& sizes);
/// After the views.
void draw_dividers(Context& context, const Layout& layout, const DividerHand& hand, PartSizes& sizes);

}  // namespace paxoscope::ui
