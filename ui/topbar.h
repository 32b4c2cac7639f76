// The bar at the top: name, scenario, protocol, theme, help.
#pragma once

#include <string>
#include <vector>

#include "ui/view.h"

namespace paxoscope::ui {

/// One line of the scenario menu.
struct ScenarioChoice {
  std::string id;
  std::string title;
};

/// What the bar needs beyond the frame and keeps between frames.
struct TopBarView {
  std::vector<ScenarioChoice> scenarios;
  std::vector<std::string> protocols;  ///< ids, in display order
  bool menu_open = false;
  bool help_open = false;
  bool drawer_open = false;  ///< narrow screens: the inspector is shown
  bool narrow = false;
};

void draw_top_bar(Context& context, const Rect& area, TopBarView& view);
/// The scenario menu, above everything; call after the views.
void draw_scenario_menu(Context& context, const Rect& whole, const Rect& bar, TopBarView& view);

/// "omnipaxos" → "OmniPaxos".
std::string protocol_name(const std::string& id);

}  // namespace paxoscope::ui
