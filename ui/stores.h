// The state machines of all servers side by side: a row per key, a column per server.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Where there is no room for all columns the servers stand in groups, one below the other. The tab bar is part of
/// `area`.
void draw_stores(Context& context, const Rect& area);

}  // namespace paxoscope::ui
