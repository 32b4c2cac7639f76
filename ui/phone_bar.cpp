// The phone's title, and the menu with what its bars have no room for.
#include <algorithm>
#include <cmath>

#include "ui/phone.h"
#include "ui/transport.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

enum Entry : int { kProtocol, kUntil, kBranches, kStart, kEnd, kSpeed, kTheme, kLegend, kHelp, kEntries };

std::vector<MenuEntry> menu_entries(const Frame& frame, const TopBarView& view) {
  std::vector<MenuEntry> entries(kEntries);
  const auto set = [&](Entry which, const char* label, const char* shape, std::string hint = {}) {
    entries[which].label = label;
    entries[which].icon = shape;
    entries[which].hint = std::move(hint);
  };
  set(kProtocol, "Protocol\xe2\x80\xa6", nullptr, protocol_name(frame.observation.protocol));
  set(kUntil, "Run until\xe2\x80\xa6", icon::flag);
  set(kBranches, "Branches", icon::fork, frame.branches == nullptr ? "" : (*frame.branches)[frame.branch].name);
  entries[kBranches].enabled = frame.branches != nullptr;
  set(kStart, "To start", icon::fast_back);
  set(kEnd, "To end", icon::fast_forward);
  set(kSpeed, "Speed\xe2\x80\xa6", icon::clock, speed_label(view.speed_index));
  set(kTheme, next_theme_label(theme().name), next_theme_icon(theme().name));
  set(kLegend, "Legend", icon::question_circle);
  set(kHelp, "Keys and help", icon::question);
  entries[kUntil].separator_above = entries[kStart].separator_above = entries[kTheme].separator_above = true;
  return entries;
}

void speed_menu(Context& context, const Rect& whole, float top, TopBarView& view) {
  std::vector<MenuEntry> entries(kSpeedCount);
  for (int i = 0; i < kSpeedCount; ++i) {
    entries[static_cast<size_t>(i)].label = std::string("Speed ") + speed_label(i);
    entries[static_cast<size_t>(i)].checked = i == view.speed_index;
  }
  const int chosen = popup_menu(context, "speed", {whole.max.x, top}, whole, "", entries, 208);
  if (chosen == kMenuOpen) return;
  view.menu = TopMenu::none;
  if (chosen < 0) return;
  Command command{Command::Kind::set_speed};
  command.speed = kSpeeds[chosen];
  context.commands.push_back(command);
}

}  // namespace

void draw_phone_bar(Context& context, const Rect& area, TopBarView& view) {
  const Theme& t = theme();
  canvas().AddRectFilled(area.min, area.max, t.bg1);
  hairline(canvas(), {area.min.x, area.max.y - px(1)}, {area.max.x, area.max.y - px(1)}, t.line);
  const float middle = std::round((area.min.y + area.max.y) / 2);
  draw_logo({area.min.x + px(28), middle});
  const auto square = [&](float right) {
    return Rect{{area.max.x - px(right), middle - px(22)}, {area.max.x - px(right - 44), middle + px(22)}};
  };
  if (button(context, "more", square(50), ButtonStyle::plain, "More", "", icon::bars, true, view.menu == TopMenu::more))
    view.toggle(TopMenu::more);
  const Rect share = square(102);
  if (button(context, "share", share, ButtonStyle::plain, "Share", "", icon::share, true, view.menu == TopMenu::share))
    view.toggle(TopMenu::share);

  const std::string& title = context.frame.scenario.title;
  const float x = area.min.x + px(52);
  const std::string_view words = title.empty() ? std::string_view("Choose a scenario") : title;
  const float room = share.min.x - x - px(32);
  const bool fits = text_width(Font::semibold, 16, words) <= room;
  const float used = text(canvas(), {x, middle - px(8)}, Align::left, Font::semibold, fits ? 16 : 13, t.text, words, room);
  text(canvas(), {x + used + px(16), middle - px(8)}, Align::centre, Font::icon, 11, t.text2, icon::chevron_down);
  text(canvas(), {x, middle + px(13)}, Align::left, Font::regular, 12, t.text2, protocol_name(context.frame.observation.protocol));
  const Rect spot{{area.min.x + px(4), middle - px(22)}, {share.min.x - px(4), middle + px(22)}};
  if (hot_area(context, "scenario picker", spot, "Scenario", title, SemanticRole::button, view.menu == TopMenu::scenarios))
    view.toggle(TopMenu::scenarios);
}

void draw_phone_menu(Context& context, const Rect& whole, float top, TopBarView& view) {
  if (view.menu == TopMenu::speeds) return speed_menu(context, whole, top, view);
  const int chosen = popup_menu(context, "more", {whole.max.x, top}, whole, "", menu_entries(context.frame, view), 208);
  if (chosen == kMenuOpen) return;
  view.menu = chosen == kProtocol ? TopMenu::protocols : chosen == kSpeed ? TopMenu::speeds : TopMenu::none;
  context.animating = true;
  view.protocol_left = whole.max.x;
  if (chosen == kUntil) view.run_page = RunMenu::Page::until;
  if (chosen == kBranches) view.run_page = RunMenu::Page::branches;
  if (chosen == kStart) ask(context, Command::Kind::to_start);
  if (chosen == kEnd) ask(context, Command::Kind::to_end);
  if (chosen == kTheme) ask(context, Command::Kind::toggle_theme);
  if (chosen == kLegend) context.selection.legend = 1;
  if (chosen == kHelp) view.help_open = true;
}

}  // namespace paxoscope::ui
