#include "ui/tabs.h"

#include <algorithm>
#include <cmath>

#include "ui/phone.h"
#include "ui/widgets.h"
#include "ui/words.h"

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
  text(canvas(), {x, middle}, Align::right, Font::regular, 12, theme().text2, capital(context.frame.observation.epoch_word));
  context.semantics.add("ballots", SemanticRole::text, joined({capital(context.frame.observation.epoch_word), "s in sight"}), spoken, {x - px(48), area.min.y},
                        {area.max.x, area.min.y + px(kTabBar)});
}

}  // namespace

std::string waiting_futures(const Observation& observation) {
  const auto count = std::count_if(observation.futures.begin(), observation.futures.end(), [](const FutureView& future) {
    return future.state == FutureState::pending || future.state == FutureState::accepted;
  });
  return count == 0 ? "" : count > 999 ? "999+" : std::to_string(count);
}

void draw_tabs(Context& context, const Rect& area, Tab shown) {
  const std::string epochs = capital(context.frame.observation.epoch_word) + "s";
  const auto offered = [&](size_t i) {
    const auto tab = static_cast<Tab>(i);
    return has_tab(context.frame, tab) && (!phone() || page_of(tab) == page_of(shown));
  };
  const char* const names[kTabs] = {context.frame.observation.has_log ? "Logs" : "Registers", epochs.c_str(), "Next", "Futures", "History", "Key-value", "Timeline", "Compare"};
  const Theme& t = theme();
  hairline(canvas(), area.min, {area.max.x, area.min.y}, t.line);
  hairline(canvas(), {area.min.x, area.min.y + px(kTabBar)}, {area.max.x, area.min.y + px(kTabBar)}, t.line);
  const std::string waiting = waiting_futures(context.frame.observation);
  const float badge = waiting.empty() ? 0 : std::max(text_width(Font::regular, 12, waiting) + px(12), px(20)) + px(6);
  float widths[kTabs], words = badge;
  for (size_t i = 0; i < kTabs; ++i)
    if (offered(i)) words += widths[i] = text_width(i == static_cast<size_t>(shown) ? Font::semibold : Font::regular, 14, names[i]);
  const float middle = area.min.y + px(20);
  // On a phone the names move closer together.
  const float gap = std::clamp(std::floor((area.width() - px(24) - words) / (kTabs - 1)), px(8), px(28));
  float x = area.min.x + (gap < px(28) ? px(12) : px(16));
  for (size_t i = 0; i < kTabs; ++i) {
    if (!offered(i)) continue;
    const bool selected = i == static_cast<size_t>(shown), counted = i == static_cast<size_t>(Tab::futures) && badge > 0;
    const float width = widths[i] + (counted ? badge : 0), around = std::min(gap / 2, px(phone() ? 12 : 8));
    const Rect spot{{x - around, area.min.y - (phone() ? px(4) : 0)}, {x + width + around, area.min.y + px(kTabBar)}};
    const ImU32 colour = selected || hovered(spot) ? t.text : t.text2;
    text(canvas(), {x, middle}, Align::left, selected ? Font::semibold : Font::regular, 14, colour, names[i]);
    if (counted) {
      canvas().AddRectFilled({x + widths[i] + px(6), middle - px(10)}, {x + width, middle + px(10)}, t.bg3, px(10));
      text(canvas(), {x + widths[i] + (badge + px(6)) / 2, middle}, Align::centre, Font::regular, 12, t.text, waiting);
    }
    if (selected)
      canvas().AddRectFilled({x, area.min.y + px(kTabBar - 2)}, {x + width, area.min.y + px(kTabBar)}, t.accent);
    // The page's own name leads to it from elsewhere.
    const bool doubled = phone() && (static_cast<Tab>(i) == Tab::logs || static_cast<Tab>(i) == Tab::futures);
    if (hot_area(context, joined({"tab ", names[i]}), spot, doubled ? joined({names[i], " view"}) : names[i], counted ? joined({waiting, " waiting"}) : "",
                 SemanticRole::tab, selected)) {
      ask(context, Command::Kind::set_tab, i);
    }
    x += width + gap;
  }
  if (!phone()) draw_epochs(context, area, x);
}

}  // namespace paxoscope::ui
