#include "ui/checks.h"

#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/scroll.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 34, kRow = 28, kLine = 18;  ///< kRow: of one line

Scroll& scroll() {
  static Scroll the_scroll;
  return the_scroll;
}

void draw_state_mark(ImVec2 c, bool holds) {
  const Theme& t = theme();
  const ImU32 colour = holds ? t.ok : t.danger;
  canvas().AddCircleFilled(c, 8 * scale(), mix(t.bg1, colour, 0.2f));
  const float s = scale();
  if (holds) {
    const ImVec2 tick[] = {{c.x - 4 * s, c.y}, {c.x - s, c.y + 3 * s}, {c.x + 4 * s, c.y - 3 * s}};
    canvas().AddPolyline(tick, 3, colour, ImDrawFlags_None, 1.8f * s);
  } else {
    cross(canvas(), c, 3 * s, colour, 1.8f * s);
  }
}

/// The events that prove a violation, as buttons; returns the height used. `context` null measures only.
float draw_events(Context* context, const Rect& area, float top, const std::string& check,
                  const std::vector<uint64_t>& events) {
  float x = area.min.x + px(42), y = top;
  for (uint64_t event : events) {
    char word[32];
    std::snprintf(word, sizeof word, "Event %llu", static_cast<unsigned long long>(event));
    const float width = std::ceil(text_width(Font::regular, 13, word)) + px(20);
    if (x > area.min.x + px(42) && x + width > area.max.x - px(16)) x = area.min.x + px(42), y += px(32);
    const Rect box{{x, y}, {x + width, y + px(26)}};
    x += width + px(8);
    if (context == nullptr) continue;
    const std::string key = concat("violation ", check, " ", word);
    const Rect seen = scroll().clipped(box);
    const bool shown = seen.height() > px(8);
    if (shown ? button(*context, key, box, ButtonStyle::outline, word, word, nullptr)
              : context->semantics.add(key, SemanticRole::button, word, "", seen.min, seen.max)) {
      ask(*context, Command::Kind::seek_event, event);
    }
  }
  return events.empty() ? 0 : y - top + px(34);
}

const std::vector<uint64_t>& proof_of(const Frame& frame, const std::string& check) {
  static const std::vector<uint64_t> none;
  if (frame.violations == nullptr) return none;
  for (const Violation& violation : *frame.violations) {
    if (violation.check == check) return violation.events;
  }
  return none;
}

/// What went wrong, and its events, below a row `row` high, all on a ground in danger's colour. Returns the height used below.
float draw_violation(Context& context, const Rect& area, float row_top, float row, const CheckView& check) {
  const Theme& t = theme();
  const float width = area.width() - px(42 + 16), top = row_top + row;
  const std::vector<uint64_t>& proof = proof_of(context.frame, check.id);
  const float words = paragraph(nullptr, {0, 0}, width, 13, 20, 0, check.text) + px(4);
  const float height = words + draw_events(nullptr, area, top, check.id, proof);
  canvas().AddRectFilled({area.min.x + px(8), row_top}, {area.max.x - px(8), top + height},
                         mix(t.bg1, t.danger, 0.1f), px(4));
  paragraph(&canvas(), {area.min.x + px(42), top}, width, 13, 20, t.text, check.text);
  draw_events(&context, area, top + words, check.id, proof);
  return height + px(4);
}

float draw_check(Context& context, const Rect& area, float top, const CheckView& check) {
  const Theme& t = theme();
  const float middle = top + px(14);
  // A long name takes more lines.
  const float room = area.width() - px(42 + 16 + 8) - text_width(Font::mono, 12, check.detail);
  const std::string name = check.holds ? check.name : concat("**", check.name, "**");
  const float row = px(kRow - kLine) + paragraph(nullptr, {0, 0}, room, 13, kLine, 0, name);
  const float below = check.holds ? 0 : draw_violation(context, area, top, row, check);
  draw_state_mark({area.min.x + px(24), middle}, check.holds);
  text(canvas(), {area.max.x - px(16), middle}, Align::right, Font::mono, 12, t.text2, check.detail);
  paragraph(&canvas(), {area.min.x + px(42), top + px((kRow - kLine) / 2)}, room, 13, kLine, check.holds ? t.text : t.danger, name);
  const Rect seen = scroll().clipped({{area.min.x, top}, {area.max.x, top + row}});
  context.semantics.add("check " + check.id, SemanticRole::text, check.name,
                        check.holds ? "holds, " + check.detail : "violated: " + check.text, seen.min,
                        seen.max);
  return row + below;
}

}  // namespace

void draw_checks(Context& context, const Rect& area) {
  const Theme& t = theme();
  canvas().AddRectFilled(area.min, area.max, t.bg1);
  hairline(canvas(), area.min, {area.max.x, area.min.y}, t.line);
  const std::vector<CheckView>& checks = context.frame.observation.checks;
  size_t hold = 0;
  for (const CheckView& check : checks) hold += check.holds;
  char count[48];
  std::snprintf(count, sizeof count, "%zu of %zu hold", hold, checks.size());
  const float middle = area.min.y + px(22);
  text(canvas(), {area.min.x + px(16), middle}, Align::left, Font::semibold, 14, t.text, "Checks");
  text(canvas(), {area.max.x - px(16), middle}, Align::right, Font::regular, 12,
       hold == checks.size() ? t.text2 : t.danger, count);
  context.semantics.add("checks", SemanticRole::heading, "Checks", count, area.min,
                        {area.max.x, area.min.y + px(kHead)});
  Scroll& rows = scroll();
  rows.begin(context, {{area.min.x, area.min.y + px(kHead)}, area.max});
  float y = rows.top();
  // What is wrong comes first.
  for (const bool holds : {false, true}) {
    for (const CheckView& check : checks) {
      if (check.holds == holds) y += draw_check(context, area, y, check);
    }
  }
  rows.end(y - rows.top());
}

}  // namespace paxoscope::ui
