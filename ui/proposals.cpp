#include "ui/proposals.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets.h"

namespace paxoscope::ui {

Item proposal_item(uint64_t attempt_id, uint64_t made_event) {
  if (attempt_id != 0) return {Item::Kind::entry, 0, 0, attempt_id};
  return {Item::Kind::future, 0, 0, made_event};
}

bool carries_lit(const Selection& selection, const MessageView& message) {
  return std::any_of(message.attempts.begin(), message.attempts.end(),
                     [&](uint64_t attempt) { return selection.lit({Item::Kind::entry, 0, 0, attempt}); });
}

const char* future_word(FutureState state) {
  static constexpr const char* kWords[] = {"pending", "accepted", "resolved", "cancelled", "unknown"};
  return kWords[static_cast<size_t>(state)];
}

void draw_future_mark(ImVec2 c, float radius, FutureState state, ImU32 ground, ImU32 ballot) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  const float s = radius / 8, thick = std::max(1.5f * s, scale());
  const ImU32 colour = state == FutureState::resolved    ? t.ok
                       : state == FutureState::cancelled ? t.danger
                                                         : t.text2;
  const bool settled = state == FutureState::resolved || state == FutureState::cancelled;
  if (state == FutureState::accepted) {
    return rounded_rect(list, {c.x - radius, c.y - 6 * s}, {c.x + radius, c.y + 6 * s}, 3 * s, ground, ballot, thick);
  }
  list.AddCircleFilled(c, radius, settled ? mix(ground, colour, 0.28f) : ground);
  switch (state) {
    case FutureState::resolved: {
      const ImVec2 tick[] = {{c.x - 4 * s, c.y}, {c.x - s, c.y + 3 * s}, {c.x + 4 * s, c.y - 3 * s}};
      return list.AddPolyline(tick, 3, colour, ImDrawFlags_None, thick * 1.2f);
    }
    case FutureState::cancelled:
      return cross(list, c, 3 * s, colour, thick * 1.2f);
    case FutureState::unknown:
      dashed_circle(list, c, radius - thick / 2, colour, thick, 3 * s, 2.5f * s);
      text(list, c, Align::centre, Font::semibold, 11, colour, "?");
      return;
    default:
      list.AddCircle(c, radius - thick / 2, t.line2, 0, thick);
      return arc(list, c, radius - thick / 2, 0, 0.4f, t.text, thick);
  }
}

bool offer_proposal(Context& context, std::string_view key, const Rect& rect, std::string_view label,
                    std::string_view value, const Item& item, uint64_t began_event, uint64_t ended_event) {
  Selection& selection = context.selection;
  const bool chosen = selection.chosen == item;
  if (rect.height() > 0 && hovered(rect)) selection.hovering = item;
  if (hot_area(context, key, rect, label, value, SemanticRole::button, chosen, 4)) {
    selection.chosen = item;
    const bool to_end = ended_event != 0 && ended_event != context.frame.observation.event.number;
    ask(context, Command::Kind::seek_event, to_end ? ended_event : began_event);
  }
  return chosen || selection.hovered == item;
}

void draw_nothing_yet(Context& context, const Rect& area, std::string_view title, std::string_view sentence) {
  const float width = std::min(area.width() - px(32), px(440)), x = (area.min.x + area.max.x - width) / 2;
  const float height = paragraph(nullptr, {}, width, 13, 20, 0, sentence) + px(24);
  const float top = std::round(std::max(area.min.y + px(8), (area.min.y + area.max.y - height) / 2));
  text(canvas(), {x, top + px(8)}, Align::left, Font::semibold, 14, theme().text, title);
  paragraph(&canvas(), {x, top + px(24)}, width, 13, 20, theme().text2, sentence);
  context.semantics.add("nothing yet", SemanticRole::text, title, sentence, area.min, area.max);
}

}  // namespace paxoscope::ui
