// The stage as an SVG drawing in the present theme, for papers and slides.
#pragma once

#include <string>

#include "ui/view.h"

namespace paxoscope::ui {

/// Servers with what is beside them, links, messages on their way and hulls of configurations, at the frame's moment.
std::string stage_svg(const Frame& frame);

}  // namespace paxoscope::ui
