// Context menus of servers, links and messages, and the menu of faults.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Asks for the menu of an item at this place. A server with id 0: the faults of the whole world.
void open_menu(Context& context, const Item& item, ImVec2 at);
/// The menu of clients: those that are there, to remove, and one more.
void open_clients(Context& context, ImVec2 at);
/// What opens the faults of the whole world, or the sliders of its network. For keys.
Command faults_command(ImVec2 at, bool network);
/// A card with one text field. Returns 0 when something was entered, kMenuOpen or kMenuClosed. `fresh`: opened in this
/// frame. `label` names the field in the semantic layer.
int text_card(Context& context, ImVec2 at, std::string_view title, const char* hint, std::string_view label, char* words,
              size_t size, bool fresh);
/// Draws the open menu, if any, over everything else.
void draw_menus(Context& context);

}  // namespace paxoscope::ui
