#include "ui/why.h"

#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/scroll.h"
#include "ui/values.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 46;

struct WhyMemory {
  Scroll scroll;
  uint64_t event = UINT64_MAX;
  uint64_t unfolded = UINT64_MAX;  ///< the event whose causes are all shown
};

WhyMemory& memory() {
  static WhyMemory the_memory;
  return the_memory;
}

void draw_head(Context& context, const Rect& area) {
  const Theme& t = theme();
  const float middle = area.min.y + px(24);
  hairline(canvas(), area.min, {area.max.x, area.min.y}, t.line);
  text(canvas(), {area.min.x + px(23), middle}, Align::centre, Font::icon, 14, t.accent, icon::lightbulb);
  text(canvas(), {area.min.x + px(36), middle}, Align::left, Font::semibold, 14, t.text, "Why");
  char event[32];
  std::snprintf(event, sizeof event, "event %llu",
                static_cast<unsigned long long>(context.frame.observation.event.number));
  text(canvas(), {area.max.x - px(16), middle}, Align::right, Font::regular, 12, t.text2, event);
  context.semantics.add("why", SemanticRole::heading, "Why", event, area.min,
                        {area.max.x, area.min.y + px(kHead)});
}

/// The rule's name in a box and where it comes from.
void draw_rule(Context& context, const Rect& area, float middle, const NoteView& note, size_t number) {
  const Theme& t = theme();
  const float x = area.min.x + px(16);
  const float width = std::ceil(text_width(Font::mono, 12, note.rule)) + px(16);
  rounded_rect(canvas(), {x, middle - px(10)}, {x + width, middle + px(10)}, px(4),
               mix(t.bg1, t.accent, 0.16f), t.accent, px(1));
  text(canvas(), {x + width / 2, middle}, Align::centre, Font::mono, 12, t.text, note.rule);
  text(canvas(), {x + width + px(10), middle}, Align::left, Font::regular, 12, t.text2, note.source,
       area.max.x - px(16) - x - width - px(10));
  char key[40];
  std::snprintf(key, sizeof key, "rule %zu", number);
  const Rect seen = memory().scroll.clipped({{x, middle - px(10)}, {area.max.x - px(16), middle + px(10)}});
  context.semantics.add(key, SemanticRole::text, "Rule " + note.rule, note.sentence, seen.min, seen.max);
}

/// Name and value pairs that flow from left to right; returns the height used.
float draw_values(const Context& context, const Rect& area, float top, const std::vector<Field>& values) {
  const Theme& t = theme();
  const float left = area.min.x + px(16), right = area.max.x - px(16);
  float x = left, middle = top + px(12);
  for (const Field& field : values) {
    const float name = text_width(Font::regular, 12, field.name) + px(6);
    const float value = draw_value(nullptr, context, 0, 0, field.value, 0, 12);
    if (x > left && x + name + value > right) x = left, middle += px(26);
    text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text2, field.name);
    draw_value(&canvas(), context, x + name, middle, field.value, t.text, 12,
               std::max(right - x - name, px(24)));
    x += name + value + px(16);
  }
  return values.empty() ? 0 : middle - top + px(16);
}

float draw_note(Context& context, const Rect& area, float top, const NoteView& note, size_t number) {
  const Theme& t = theme();
  const float width = area.width() - px(32);
  const float used =
      paragraph(&canvas(), {area.min.x + px(16), top}, width, 13, 20, t.body, note.sentence) + px(6);
  draw_rule(context, area, top + used + px(12), note, number);
  return used + px(32);
}

/// A row that goes to an event of the chain of causes, and names it if asked to. Returns whether the pointer is on it.
bool draw_cause_row(Context& context, const Rect& row, std::string_view key, std::string_view label, const char* sign,
                    uint64_t event, std::string_view words, bool named) {
  const Theme& t = theme();
  const Rect seen = memory().scroll.clipped(row);
  const bool over = hovered(seen);
  rounded_rect(canvas(), row.min, row.max, px(6), over ? t.bg3 : t.bg2, t.line, px(1));
  const float middle = (row.min.y + row.max.y) / 2;
  text(canvas(), {row.min.x + px(16), middle}, Align::centre, Font::icon, 12, t.text2, sign);
  float x = row.min.x + px(30);
  const std::string name = named ? concat("Event ", event) : std::string();
  if (named) x += text(canvas(), {x, middle}, Align::left, Font::mono, 12, t.text, name) + px(6);
  text(canvas(), {x, middle}, Align::left, Font::regular, 12, named ? t.text2 : t.text, words, row.max.x - x - px(8));
  if (hot_area(context, key, seen, label, named ? concat(name, " ", words) : std::string(words)))
    ask(context, Command::Kind::seek_event, event);
  return over;
}

std::string words_of(const ArrowRecord& arrow) {
  return concat(arrow.name, arrow.epoch ? " " : "", arrow.epoch ? epoch_label(arrow.epoch) : "", " from ", server_label(arrow.from));
}

const char* sign_of(const Timeline& timeline, uint64_t event) {
  const EventKind kind = timeline.origins[event].kind;
  return kind == EventKind::timer ? icon::clock : kind == EventKind::client ? icon::external : icon::bolt;
}

/// The way back to what began it all, a row for each step; a long one is folded in its middle.
float draw_causes(Context& context, const Rect& area, const float top) {
  constexpr size_t kAtStart = 2, kUnfolded = 5;
  const Timeline& timeline = context.frame.timeline;
  const EventView& event = context.frame.observation.event;
  const std::vector<CauseStep> steps = causes_of(timeline, event.number);
  if (event.cause_event == 0 && event.cause_text.empty() && steps.empty()) return 0;
  const float left = area.min.x + px(16), right = area.max.x - px(16), height = px(phone() ? 44 : 28), pitch = height + px(4);
  Rect row{{left, top}, {right, top + height}};
  const auto next_row = [&] { row.min.y += pitch, row.max.y += pitch; };
  if (steps.empty()) {
    draw_cause_row(context, row, "cause", "Cause", icon::reply, event.cause_event, event.cause_text, true);
    return pitch + px(4);
  }
  const bool folded = steps.size() > kUnfolded && memory().unfolded != event.number;
  const size_t hidden = folded ? steps.size() - kAtStart - 1 : 0;
  size_t lit = 0;  // so many steps are on the path under the pointer
  for (size_t i = 0; i < steps.size(); ++i) {
    if (folded && i == kAtStart) {
      const Rect seen = memory().scroll.clipped(row);
      const std::string more = concat(hidden, " more");
      text(canvas(), {left + px(16), (row.min.y + row.max.y) / 2}, Align::centre, Font::icon, 12, theme().text2, icon::ellipsis);
      text(canvas(), {left + px(30), (row.min.y + row.max.y) / 2}, Align::left, Font::regular, 12, theme().text2, more);
      if (hot_area(context, "more causes", seen, concat(more, " causes"), "")) memory().unfolded = event.number;
      if (hovered(seen)) lit = kAtStart + hidden;
      i += hidden;
      next_row();
    }
    const std::string words = i == 0 && !event.cause_text.empty() ? event.cause_text
                              : steps[i].message != nullptr       ? words_of(*steps[i].message)
                                                                  : "the write of " + server_label(timeline.origins[steps[i].event].server);
    const std::string number = i == 0 ? "" : concat(" ", i + 1);
    if (draw_cause_row(context, row, "cause" + number, "Cause" + number, icon::reply, steps[i].event, words, true)) lit = i + 1;
    next_row();
  }
  const uint64_t first = steps.back().event;
  if (const std::string& words = timeline.beginning(first); !words.empty()) {
    if (draw_cause_row(context, row, "beginning", "Began with", sign_of(timeline, first), first, words, false)) lit = steps.size();
    next_row();
  }
  for (size_t i = 0; i < lit; ++i)
    if (steps[i].message != nullptr) context.selection.path.push_back(steps[i].message->message_id);
  return row.min.y - top + px(4);
}

}  // namespace

void draw_why(Context& context, const Rect& area) {
  const Theme& t = theme();
  canvas().AddRectFilled(area.min, area.max, t.bg1);
  draw_head(context, area);
  const EventView& event = context.frame.observation.event;
  WhyMemory& kept = memory();
  if (kept.event != event.number) kept.scroll.to_top();
  kept.event = event.number;
  kept.scroll.begin(context, {{area.min.x, area.min.y + px(kHead)}, area.max});
  float y = kept.scroll.top();
  if (event.notes.empty()) {
    const std::string_view words =
        event.kind == EventKind::initial
            ? std::string_view("Nothing has happened yet. Press play, or step with the arrow keys.")
        : event.kind == EventKind::action || event.kind == EventKind::script
            ? std::string_view("A person or the scenario did this; no rule moved a server.")
            : std::string_view("No rule changed anything that a person follows.");
    y +=
        paragraph(&canvas(), {area.min.x + px(16), y}, area.width() - px(32), 13, 20, t.text2, words) + px(8);
    context.semantics.add("why nothing", SemanticRole::text, words, "", {area.min.x, y - px(28)},
                          {area.max.x, y});
  }
  // The cause stays near the first rule, where the eye is; further rules follow.
  for (size_t i = 0; i < event.notes.size(); ++i) {
    y += draw_note(context, area, y, event.notes[i], i);
    if (i == 0) y += draw_causes(context, area, y);
    y += draw_values(context, area, y, event.notes[i].values);
    if (i + 1 < event.notes.size()) {
      hairline(canvas(), {area.min.x + px(16), y}, {area.max.x - px(16), y}, t.line);
      y += px(8);
    }
  }
  if (event.notes.empty()) y += draw_causes(context, area, y);
  kept.scroll.end(y - kept.scroll.top() + px(4));
}

}  // namespace paxoscope::ui
