// The timeline as an SVG drawing in the present theme, for papers and slides.
#pragma once

#include <string>

#include "ui/timeline.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// What lies in `sight`: lanes in the colour of their ballots, who leads, messages and cuts.
std::string timeline_svg(const Observation& observation, const Timeline& timeline, const std::string& title,
                         const TimelineView& sight);

}  // namespace paxoscope::ui
