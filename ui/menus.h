// Context menus of servers, links and messages, and the menu of faults.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Asks for the menu of an item at this place. A server with id 0: the faults of the whole world.
void open_menu(Context& context, const Item& item, ImVec2 at);
/// Draws the open menu, if any, over everything else.
void draw_menus(Context& context);

}  // namespace paxoscope::ui
