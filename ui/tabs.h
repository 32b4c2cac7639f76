// The bar over the lower middle part: which view it shows, and the ballots in sight.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

enum class Tab : uint8_t { logs, ballots };

/// Height of the bar, CSS pixels.
inline constexpr float kTabBar = 40;

void draw_tabs(Context& context, const Rect& area, Tab shown);

}  // namespace paxoscope::ui
