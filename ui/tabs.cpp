#include "ui/tabs.h"

#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

bool epoch_in_sight(const Observation& observation, const Epoch& epoch) {
  for (const ServerView& server : observation.servers) {
    if (server.epoch == epoch || server.leads == epoch) return true;
    for (const LogCell& cell : server.cells) {
      if (cell.epoch == epoch) return true;
    }
  }
  return false;
}

/// Chips of the ballots in sight, newest on the right.
void draw_epochs(Context& context, const Rect& area, float least_x) {
  const Timeline& timeline = context.frame.timeline;
  float x = area.max.x - px(16);
  const float middle = area.min.y + px(20);
  std::string spoken;
  for (auto epoch = timeline.epochs.rbegin(); epoch != timeline.epochs.rend(); ++epoch) {
    if (!epoch_in_sight(context.frame.observation, *epoch)) continue;
    const float width = epoch_chip(nullptr, 0, 0, *epoch, timeline);
    if (x - width < least_x + px(64)) break;
    epoch_chip(&canvas(), x - width, middle, *epoch, timeline);
    x -= width + px(8);
    spoken = epoch_label(*epoch) + (spoken.empty() ? "" : ", ") + spoken;
  }
  if (spoken.empty()) return;
  text(canvas(), {x, middle}, Align::right, Font::regular, 12, theme().text2, "Ballot");
  context.semantics.add("ballots", SemanticRole::text, "Ballots in sight", spoken, {x - px(48), area.min.y},
                        {area.max.x, area.min.y + px(kTabBar)});
}

}  // namespace

void draw_tabs(Context& context, const Rect& area, Tab shown) {
  static constexpr const char* kNames[] = {"Logs", "Ballots"};
  const Theme& t = theme();
  hairline(canvas(), area.min, {area.max.x, area.min.y}, t.line);
  hairline(canvas(), {area.min.x, area.min.y + px(kTabBar)}, {area.max.x, area.min.y + px(kTabBar)}, t.line);
  float x = area.min.x + px(16);
  for (size_t i = 0; i < std::size(kNames); ++i) {
    const bool selected = i == static_cast<size_t>(shown);
    const float width = text_width(selected ? Font::semibold : Font::regular, 14, kNames[i]);
    const Rect spot{{x - px(8), area.min.y}, {x + width + px(8), area.min.y + px(kTabBar)}};
    const ImU32 colour = selected || hovered(spot) ? t.text : t.text2;
    text(canvas(), {x, area.min.y + px(20)}, Align::left, selected ? Font::semibold : Font::regular, 14, colour,
         kNames[i]);
    if (selected)
      canvas().AddRectFilled({x, area.min.y + px(kTabBar - 2)}, {x + width, area.min.y + px(kTabBar)}, t.accent);
    if (hot_area(context, std::string("tab ") + kNames[i], spot, kNames[i], "", SemanticRole::tab, selected)) {
      ask(context, Command::Kind::set_tab, i);
    }
    x += width + px(28);
  }
  draw_epochs(context, area, x);
}

}  // namespace paxoscope::ui
