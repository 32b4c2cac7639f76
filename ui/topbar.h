// The bar at the top: name, scenario, protocol, theme, help.
#pragma once

#include <string>
#include <vector>

#include "ui/run_menu.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// One line of the scenario menu.
struct ScenarioChoice {
  std::string id;
  std::string title;
};

enum class TopMenu : uint8_t { none, scenarios, protocols, more, speeds, share };

/// What the bar needs beyond the frame and keeps between frames.
struct TopBarView {
  std::vector<ScenarioChoice> scenarios;
  std::vector<std::string> protocols;  ///< ids, in display order
  TopMenu menu = TopMenu::none;        ///< open
  float protocol_left = 0;             ///< where the protocols' menu stands
  bool help_open = false;
  bool drawer_open = false;  ///< narrow screens: the inspector is shown
  bool narrow = false;
  int speed_index = 0;       ///< of kSpeeds
  RunMenu::Page run_page = RunMenu::Page::closed;  ///< the phone's menu asks for this one

  void toggle(TopMenu which) { menu = menu == which ? TopMenu::none : which; }
};

void draw_top_bar(Context& context, const Rect& area, TopBarView& view);
/// The open menu, above everything; call after the views.
void draw_top_menu(Context& context, const Rect& whole, const Rect& bar, TopBarView& view);

/// Five servers in a ring; three of them, a majority, agree.
void draw_logo(ImVec2 centre);
/// What the theme's button leads to.
const char* next_theme_label(ThemeName present);
const char* next_theme_icon(ThemeName present);

/// "omnipaxos" → "OmniPaxos".
std::string protocol_name(const std::string& id);

}  // namespace paxoscope::ui
