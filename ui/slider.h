// A slider over a few places, each with words of its own: one decision when it is let go, not one per pixel.
#pragma once

#include <string>
#include <vector>

#include "ui/view.h"

namespace paxoscope::ui {

/// A slider's row, CSS pixels.
inline constexpr float kSliderRow = 56;

/// Draws it on a card. `present`: what is so now, which is nearest to place `at`. Returns the place that a person chose by
/// letting go of the knob, or by an arrow key, Home or End while it has the keyboard; -1: none.
int slider(Context& context, std::string_view key, const Rect& row, std::string_view label, std::string_view present, int at,
           const std::vector<std::string>& places);

}  // namespace paxoscope::ui
