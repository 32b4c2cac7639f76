#include "ui/eyes.h"

#include "base/text.h"
#include "sim/knowledge.h"
#include "ui/draw.h"
#include "ui/widgets.h"

namespace paxoscope::ui {

Timeline colours_only(const Timeline& timeline) {
  Timeline plain;
  plain.epochs = timeline.epochs;
  plain.leaders = timeline.leaders;
  plain.last_event = timeline.last_event;
  plain.last_time_us = timeline.last_time_us;
  return plain;
}

void draw_eyes(Context& context, const Rect& row) {
  const Theme& t = theme();
  const ServerId id = context.selection.eyes;
  const float middle = (row.min.y + row.max.y) / 2, width = px(116);
  rounded_rect(canvas(), row.min, row.max, px(6), mix(t.bg1, t.accent, 0.16f), t.accent, px(1));
  const Rect back{{row.max.x - width, row.min.y}, row.max};
  const float end = back.min.x - px(8);
  const std::string title = concat("As ", server_label(id), " sees it");
  float x = row.min.x + px(12);
  x += text(canvas(), {x, middle}, Align::left, Font::semibold, 12, t.text, title) + px(16);
  std::string spoken;
  for (const Belief& belief : beliefs_of(context.frame.observation, context.frame.timeline, id)) {
    const std::string held = concat(belief.what, ": ", belief.believed);
    const std::string truth = belief.holds() ? "" : concat("in truth ", belief.truth);
    spoken += concat(spoken.empty() ? "" : "; ", held, truth.empty() ? "" : ", ", truth);
    if (x > end - px(40)) continue;
    x += text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text, held, end - x) + px(6);
    if (!truth.empty() && x < end - px(24)) {
      cross(canvas(), {x + px(4), middle}, px(3), t.danger, 1.5f * scale());
      x += px(14);
      x += text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text2, truth, end - x);
    }
    x += px(16);
  }
  constexpr char kUnknown[] = "cut links and messages of others are not known";
  if (x + text_width(Font::regular, 12, kUnknown) < end)
    text(canvas(), {end, middle}, Align::right, Font::regular, 12, t.text2, kUnknown);
  context.semantics.add("eyes", SemanticRole::text, title, spoken, row.min, {end, row.max.y});
  if (button(context, "all eyes", back, ButtonStyle::plain, "Show everything", "Show everything", nullptr))
    context.selection.eyes = 0;
}

}  // namespace paxoscope::ui
