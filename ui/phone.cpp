#include "ui/phone.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/transport.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr float kFinger = 44;

/// Back, play and forward around this middle.
void draw_buttons(Context& context, ImVec2 middle) {
  const bool playing = context.frame.playing;
  const auto place = [&](float left, float width) {
    return Rect{{middle.x + px(left), middle.y - px(kFinger / 2)}, {middle.x + px(left + width), middle.y + px(kFinger / 2)}};
  };
  if (button(context, "step back", place(-80, kFinger), ButtonStyle::outline, "Step back", "", icon::step_back))
    ask(context, Command::Kind::step_back);
  if (button(context, "play", place(-28, 56), ButtonStyle::primary, playing ? "Pause" : "Play", "",
             playing ? icon::pause : icon::play))
    ask(context, playing ? Command::Kind::pause : Command::Kind::play);
  if (button(context, "step", place(36, kFinger), ButtonStyle::outline, "Step forward", "", icon::step_forward))
    ask(context, Command::Kind::step);
}

/// "128 / 342", smaller or without the total where there is less room.
void draw_event(Context& context, ImVec2 at, float room) {
  const Theme& t = theme();
  const std::string number = std::to_string(context.frame.observation.event.number);
  const std::string total = concat(" / ", context.frame.timeline.last_event);
  const bool wide = text_width(Font::mono, 14, number + total) <= room;
  const float size = wide ? 14 : 12;
  float x = at.x + text(canvas(), at, Align::left, Font::mono, size, t.text, number);
  if (text_width(Font::mono, size, number + total) <= room)
    x += text(canvas(), {x, at.y}, Align::left, Font::mono, size, t.text2, total);
  context.semantics.add("event number", SemanticRole::text, "Event", number + total, {at.x, at.y - px(22)}, {x, at.y + px(22)});
}

void draw_time(Context& context, ImVec2 at) {
  const std::string time = time_label(context.frame.shown_us);
  const float width = text(canvas(), at, Align::right, Font::mono, 14, theme().text, time);
  context.semantics.add("time", SemanticRole::text, "Time", time, {at.x - width, at.y - px(22)}, {at.x, at.y + px(22)});
}

std::string waiting(const Observation& observation) {
  const std::string count = waiting_futures(observation);
  return count.empty() ? "" : count + " waiting";
}

}  // namespace

void draw_phone_transport(Context& context, const Rect& area, TimelineView& view) {
  canvas().AddRectFilled(area.min, area.max, theme().bg1);
  hairline(canvas(), area.min, {area.max.x, area.min.y}, theme().line);
  const bool one_row = area.height() < px(80);
  const float left = area.min.x + px(16), right = area.max.x - px(16);
  const float middle = one_row ? (area.min.y + area.max.y) / 2 : area.max.y - px(34);
  const float buttons = one_row ? left + px(184) : std::round((left + right) / 2);
  draw_event(context, {left, middle}, buttons - px(88) - left);
  draw_buttons(context, {buttons, middle});
  draw_time(context, {right, middle});
  Rect strip{{left, area.min.y + px(15)}, {right, area.min.y + px(31)}};
  if (one_row) strip = {{buttons + px(104), middle - px(8)}, {right - px(96), middle + px(8)}};
  const float centre = (strip.min.y + strip.max.y) / 2 - (one_row ? 0 : px(1));
  if (strip.width() > px(40))
    draw_overview(context, strip, {{strip.min.x, centre - px(kFinger / 2)}, {strip.max.x, centre + px(kFinger / 2)}}, view, true);
}

void draw_phone_pages(Context& context, const Rect& area, PhoneView& view) {
  struct Spec {
    const char* name;
    const char* shape;
  };
  const Observation& observation = context.frame.observation;
  const Spec specs[] = {{"Stage", icon::sitemap},
                        {observation.has_log ? "Logs" : "Registers", icon::columns},
                        {"Futures", icon::hourglass},
                        {"Why", icon::lightbulb}};
  const Theme& t = theme();
  const bool column = area.height() > area.width();
  canvas().AddRectFilled(area.min, area.max, t.bg1);
  if (column) {
    hairline(canvas(), {area.max.x - px(1), area.min.y}, {area.max.x - px(1), area.max.y}, t.line);
  } else {
    hairline(canvas(), area.min, {area.max.x, area.min.y}, t.line);
  }
  const float pitch = std::floor((column ? area.height() : area.width()) / 4);
  for (int i = 0; i < 4; ++i) {
    const auto page = static_cast<PhonePage>(i);
    const float from = pitch * static_cast<float>(i);
    const Rect spot = column ? Rect{{area.min.x, area.min.y + from}, {area.max.x, area.min.y + from + pitch}}
                             : Rect{{area.min.x + from, area.min.y}, {area.min.x + from + pitch, area.max.y}};
    const bool selected = view.page == page;
    const ImVec2 middle{std::round((spot.min.x + spot.max.x) / 2), std::round((spot.min.y + spot.max.y) / 2)};
    text(canvas(), {middle.x, middle.y - px(11)}, Align::centre, Font::icon, 16, selected ? t.accent : t.text2, specs[i].shape);
    text(canvas(), {middle.x, middle.y + px(14)}, Align::centre, selected ? Font::semibold : Font::regular, 12,
         selected ? t.text : t.text2, specs[i].name);
    const std::string count = page == PhonePage::futures ? waiting_futures(observation) : "";
    if (!count.empty()) {
      const float half = std::max(text_width(Font::regular, 11, count) / 2 + px(5), px(8));
      const ImVec2 badge{middle.x + px(8) + half, middle.y - px(18)};
      canvas().AddRectFilled({badge.x - half, badge.y - px(8)}, {badge.x + half, badge.y + px(8)}, t.bg3, px(8));
      text(canvas(), badge, Align::centre, Font::regular, 11, t.text, count);
    }
    if (selected && column) canvas().AddRectFilled(spot.min, {spot.min.x + px(3), spot.max.y}, t.accent);
    if (selected && !column) canvas().AddRectFilled({middle.x - px(28), spot.min.y}, {middle.x + px(28), spot.min.y + px(3)}, t.accent);
    if (!hot_area(context, joined({"page ", specs[i].name}), spot, specs[i].name,
                  page == PhonePage::futures ? waiting(observation) : "", SemanticRole::tab, selected))
      continue;
    view.page = page;
    context.animating = true;
    if (page == PhonePage::logs) ask(context, Command::Kind::set_tab, static_cast<uint64_t>(view.logs_tab));
    if (page == PhonePage::futures) ask(context, Command::Kind::set_tab, static_cast<uint64_t>(view.futures_tab));
  }
}

}  // namespace paxoscope::ui
