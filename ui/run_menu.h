// Menus of the run itself: what to run to and pause at, the branches a person has made, and which messages are drawn.
#pragma once

#include <vector>

#include "ui/view.h"

namespace paxoscope::ui {

/// What they keep between frames.
struct RunMenu {
  enum class Page : uint8_t { closed, until, until_message, back, pauses, pause_message, branches, branch_name, servers, shown };
  Page page = Page::closed;
  ImVec2 at;
  bool fresh = false;        ///< opened in this frame: the click that opened it must not close it
  std::vector<Stop> pauses;  ///< where playing pauses
  std::vector<std::string> hidden;  ///< names of messages that are not drawn
  char name[kMaxBranchName + 1] = "";

  void open(Page which, ImVec2 where) {
    page = page == Page::closed ? which : Page::closed;
    at = where;
    fresh = true;
  }
};

/// Opens "run until"; lit while playing may pause.
void draw_until_button(Context& context, const Rect& rect, RunMenu& menu);
/// Opens the branches; says the present one's name where there is room.
void draw_branch_button(Context& context, const Rect& rect, RunMenu& menu);
/// The open menu, above everything; call after the views.
void draw_run_menu(Context& context, const Rect& whole, RunMenu& menu);

}  // namespace paxoscope::ui
