#include "ui/lesson.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/predict.h"
#include "ui/scroll.h"
#include "ui/topbar.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 81;
const ImVec2 kArrow{26, 28};

/// Kept between frames: how far the steps are scrolled, and which step was last brought into view.
struct LessonMemory {
  Scroll scroll;
  int revealed = -1;
};

LessonMemory& memory() {
  static LessonMemory the_memory;
  return the_memory;
}

void go_to(Context& context, size_t step) {
  const std::vector<LessonStep>& steps = context.frame.lesson;
  if (steps[step].reached) return ask(context, Command::Kind::seek_event, steps[step].event);
  ask(context, Command::Kind::lesson_step, step);
}

void tick(ImVec2 c, ImU32 colour) {
  const float s = scale();
  const ImVec2 points[] = {{c.x - 4 * s, c.y}, {c.x - s, c.y + 3 * s}, {c.x + 4 * s, c.y - 3 * s}};
  canvas().AddPolyline(points, 3, colour, ImDrawFlags_None, 1.6f * s);
}

void draw_mark(ImVec2 c, LessonState state) {
  const Theme& t = theme();
  const float s = scale();
  if (state == LessonState::done) {
    canvas().AddCircleFilled(c, 8 * s, t.bg3);
    tick(c, t.text);
  } else if (state == LessonState::current) {
    canvas().AddCircleFilled(c, 8 * s, t.accent);
    canvas().AddTriangleFilled({c.x - 2.2f * s, c.y - 4 * s}, {c.x - 2.2f * s, c.y + 4 * s},
                               {c.x + 4 * s, c.y}, t.on_accent);
  } else {
    canvas().AddCircle(c, 7.25f * s, t.line2, 0, 1.5f * s);
  }
}

void draw_head(Context& context, const Rect& area) {
  const Theme& t = theme();
  const std::string caption = lesson_caption(context.frame);
  const float x = area.min.x + px(16);
  text(canvas(), {x, area.min.y + px(20)}, Align::left, Font::regular, 12, t.text2, caption);
  draw_arrows(context, area.max.x - px(8), area.min.y + px(20), kArrow);
  text(canvas(), {x, area.min.y + px(44)}, Align::left, Font::semibold, 16, t.text,
       context.frame.scenario.title, area.width() - px(32));
  context.semantics.add("lesson", SemanticRole::heading, context.frame.scenario.title, caption,
                        {x, area.min.y + px(8)}, {area.max.x - px(64), area.min.y + px(56)});
  draw_segments({{x, area.min.y + px(62)}, {area.max.x - px(16), area.min.y + px(66)}}, context.frame.lesson);
  hairline(canvas(), {area.min.x, area.min.y + px(80)}, {area.max.x, area.min.y + px(80)}, t.line);
}

/// The current step: a card with its narration. Returns its height with the space below.
float draw_current(Context& context, const Rect& area, float top, const LessonStep& step) {
  const Theme& t = theme();
  const float text_left = area.min.x + px(48), width = area.max.x - px(24) - text_left;
  const float title = paragraph(nullptr, {0, 0}, width, 14, 20, 0, concat("**", step.title, "**"));
  const float body = paragraph(nullptr, {0, 0}, width, 13, 20, 0, step.text);
  const float height = px(12) + title + (body > 0 ? px(4) + body : 0) + px(12);
  const Rect card{{area.min.x + px(8), top}, {area.max.x - px(8), top + height}};
  canvas().AddRectFilled(card.min, card.max, t.bg2, px(8));
  canvas().AddRectFilled({card.min.x, card.min.y + px(8)}, {card.min.x + px(3), card.max.y - px(8)}, t.accent,
                         px(1.5f));
  draw_mark({area.min.x + px(28), top + px(22)}, LessonState::current);
  paragraph(&canvas(), {text_left, top + px(12)}, width, 14, 20, t.text, concat("**", step.title, "**"));
  paragraph(&canvas(), {text_left, top + px(16) + title}, width, 13, 20, t.body, step.text);
  const Rect seen = memory().scroll.clipped(card);
  context.semantics.add("narration", SemanticRole::text, step.title, step.text, seen.min, seen.max);
  return height + px(4);
}

float draw_step(Context& context, const Rect& area, float top, size_t number) {
  const Theme& t = theme();
  const LessonStep& step = context.frame.lesson[number];
  char key[40];
  std::snprintf(key, sizeof key, "step %zu", number);
  const std::string label = concat("Step ", number + 1, ": ", step.title);
  const char* state = step.state == LessonState::done      ? "done"
                      : step.state == LessonState::current ? "current"
                                                           : "to come";
  if (step.state == LessonState::current) {
    const float height = draw_current(context, area, top, step);
    const Rect head{{area.min.x + px(8), top}, {area.max.x - px(8), top + px(phone() ? 44 : 40)}};
    if (hot_area(context, key, memory().scroll.clipped(head), label, state)) {
      go_to(context, number);
    }
    return height;
  }
  const float height = px(phone() ? 44 : 32), middle = top + height / 2;
  const Rect row{{area.min.x + px(8), top}, {area.max.x - px(8), top + height}};
  const Rect seen = memory().scroll.clipped(row);
  const bool over = hovered(seen);
  if (over) canvas().AddRectFilled(row.min, row.max, t.bg2, px(6));
  draw_mark({area.min.x + px(28), middle}, step.state);
  text(canvas(), {area.min.x + px(48), middle}, Align::left, Font::regular, 13,
       over                              ? t.text
       : step.state == LessonState::done ? t.text2
                                         : t.text3,
       step.title, area.width() - px(48 + 16));
  if (hot_area(context, key, seen, label, state)) go_to(context, number);
  return height;
}

// --- expectations

struct Expected {
  std::string_view text;
  bool known = false, held = false;
};

Expected expectation(const Frame& frame, size_t i) {
  const std::vector<ExpectationResult>* results = frame.expectations;
  if (results != nullptr && i < results->size())
    return {(*results)[i].text, (*results)[i].known, (*results)[i].held};
  return {frame.scenario.expectations[i].text, false, false};
}

float expectations_height(const Frame& frame, float width) {
  const size_t count = frame.scenario.expectations.size();
  if (count == 0) return 0;
  float height = px(36) + px(12);
  for (size_t i = 0; i < count; ++i) {
    height += paragraph(nullptr, {0, 0}, width - px(32 + 30), 13, 20, 0, expectation(frame, i).text) + px(4);
  }
  return height;
}

/// A card at the panel's foot: what should come out, and whether it did.
void draw_expectations(Context& context, const Rect& card) {
  const Theme& t = theme();
  rounded_rect(canvas(), card.min, card.max, px(8), t.bg2, t.line, px(1));
  text(canvas(), {card.min.x + px(12), card.min.y + px(20)}, Align::left, Font::semibold, 13, t.text,
       "Expected");
  const size_t count = context.frame.scenario.expectations.size();
  size_t held = 0, known = 0;
  float y = card.min.y + px(36);
  for (size_t i = 0; i < count; ++i) {
    const Expected expected = expectation(context.frame, i);
    held += expected.known && expected.held;
    known += expected.known;
    const ImVec2 c{card.min.x + px(20), y + px(10)};
    if (expected.known) {
      quorum_mark(canvas(), c, 7, expected.held);
    } else {
      canvas().AddCircle(c, 6.25f * scale(), t.line2, 0, 1.5f * scale());
    }
    const float height = paragraph(&canvas(), {card.min.x + px(34), y}, card.width() - px(46), 13, 20,
                                   expected.known ? t.body : t.text2, expected.text);
    char key[40];
    std::snprintf(key, sizeof key, "expectation %zu", i);
    context.semantics.add(key, SemanticRole::text, expected.text,
                          !expected.known ? "not known yet"
                          : expected.held ? "held"
                                          : "not held",
                          {card.min.x, y}, {card.max.x, y + height});
    y += height + px(4);
  }
  char words[48];
  if (known == 0) {
    std::snprintf(words, sizeof words, "known at the end");
  } else {
    std::snprintf(words, sizeof words, "%zu of %zu hold", held, known);
  }
  text(canvas(), {card.max.x - px(12), card.min.y + px(20)}, Align::right, Font::regular, 12, t.text2, words);
}

/// One row over the stage when the view is narrow.
void draw_strip(Context& context, const Rect& area) {
  const Theme& t = theme();
  const int present = present_step(context.frame.lesson);
  const std::string caption = lesson_caption(context.frame);
  const float x = area.min.x + px(16), right = area.max.x - px(72);
  const float used = text(canvas(), {x, area.min.y + px(18)}, Align::left, Font::semibold, 14, t.text,
                          context.frame.scenario.title, (right - x) * 0.5f);
  text(canvas(), {x + used + px(12), area.min.y + px(18)}, Align::left, Font::regular, 12, t.text2, caption);
  context.semantics.add("lesson", SemanticRole::heading, context.frame.scenario.title, caption,
                        {x, area.min.y}, {right, area.min.y + px(32)});
  if (present >= 0) {
    const LessonStep& step = context.frame.lesson[static_cast<size_t>(present)];
    canvas().PushClipRect({x, area.min.y}, {right, area.max.y - px(2)}, true);
    paragraph(&canvas(), {x, area.min.y + px(30)}, right - x, 13, 18, t.body,
              concat("**", step.title, ".** ", step.text));
    canvas().PopClipRect();
    context.semantics.add("narration", SemanticRole::text, step.title, step.text, {x, area.min.y + px(32)},
                          {right, area.max.y});
  } else {
    const std::string off = off_script(context.frame);
    canvas().PushClipRect({x, area.min.y}, {right, area.max.y - px(2)}, true);
    paragraph(&canvas(), {x, area.min.y + px(30)}, right - x, 13, 18, t.body,
              off.empty() ? context.frame.scenario.summary : off);
    canvas().PopClipRect();
  }
  draw_arrows(context, area.max.x - px(12), (area.min.y + area.max.y) / 2, kArrow);
  hairline(canvas(), {area.min.x, area.max.y - px(1)}, {area.max.x, area.max.y - px(1)}, t.line);
}

}  // namespace

int present_step(const std::vector<LessonStep>& steps) {
  int present = -1;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].state != LessonState::to_come) present = static_cast<int>(i);
  }
  return present;
}

std::string off_script(const Frame& frame) {
  const std::vector<std::string>& own = frame.scenario.protocols;
  const std::string& running = frame.observation.protocol;
  if (own.empty() || running.empty() || std::find(own.begin(), own.end(), running) != own.end()) return {};
  std::string names;
  for (size_t i = 0; i < own.size(); ++i)
    names += concat(i == 0 ? "" : i + 1 == own.size() ? " and " : ", ", protocol_name(own[i]));
  return concat("**Off script.** Written for ", names, ": with ", protocol_name(running),
                " some steps may wait for what never comes.");
}

std::string lesson_caption(const Frame& frame) {
  const int present = present_step(frame.lesson);
  const size_t count = frame.lesson.size();
  if (present < 0) return concat("Scenario, ", count, " steps");
  return concat("Step ", present + 1, " of ", count, off_script(frame).empty() ? "" : ", off script");
}

void draw_segments(const Rect& row, const std::vector<LessonStep>& steps) {
  const Theme& t = theme();
  if (steps.empty()) return;
  const auto count = static_cast<float>(steps.size());
  const float gap = 4 * scale(), width = (row.width() - gap * (count - 1)) / count;
  float x = row.min.x;
  for (const LessonStep& step : steps) {
    const ImU32 colour = step.state == LessonState::done      ? t.text2
                         : step.state == LessonState::current ? t.accent
                                                              : t.bg3;
    canvas().AddRectFilled({x, row.min.y}, {x + width, row.max.y}, colour, px(2));
    x += width + gap;
  }
}

void draw_arrows(Context& context, float right, float middle, ImVec2 css_size) {
  const std::vector<LessonStep>& steps = context.frame.lesson;
  const int present = present_step(steps);
  const float width = px(css_size.x), top = middle - px(css_size.y) / 2, bottom = top + px(css_size.y);
  const Rect back{{right - 2 * width, top}, {right - width, bottom}};
  const Rect next{{right - width, top}, {right, bottom}};
  if (button(context, "lesson back", back, ButtonStyle::plain, "Previous step", "", icon::angle_left,
             present > 0)) {
    go_to(context, static_cast<size_t>(present - 1));
  }
  if (button(context, "lesson next", next, ButtonStyle::plain, "Next step", "", icon::angle_right,
             present + 1 < static_cast<int>(steps.size()))) {
    go_to(context, static_cast<size_t>(present + 1));
  }
}

void draw_lesson(Context& context, const Rect& area) {
  canvas().AddRectFilled(area.min, area.max, theme().bg1);
  if (area.height() < px(120)) return draw_strip(context, area);
  draw_head(context, area);
  draw_all_steps(context, {{area.min.x, area.min.y + px(kHead)}, area.max});
}

void draw_all_steps(Context& context, const Rect& area) {
  const Theme& t = theme();
  const int present = present_step(context.frame.lesson);
  // A question comes first; what is expected stands there again with the next step.
  const bool asked = asks(context.frame, present);
  const float foot = asked ? question_height(context.frame, static_cast<size_t>(present), area.width() - px(16))
                           : expectations_height(context.frame, area.width());
  // A long card gives way to the steps: it scrolls with them when the panel is low.
  const bool fixed_foot = foot > 0 && foot < area.height() * 0.4f;
  Rect list = area;
  if (fixed_foot) list.max.y -= foot + px(16);
  LessonMemory& kept = memory();
  Scroll& rows = kept.scroll;
  rows.begin(context, list);
  float y = rows.top() + px(8);
  if (const std::string off = off_script(context.frame); !off.empty()) {
    const float used = paragraph(&canvas(), {area.min.x + px(16), y + px(4)}, area.width() - px(32), 13, 20, t.text2, off);
    context.semantics.add("off script", SemanticRole::text, "Off script", off, {area.min.x, y}, {area.max.x, y + used});
    y += used + px(12);
  }
  if (present < 0) {
    const float used = paragraph(&canvas(), {area.min.x + px(16), y + px(4)}, area.width() - px(32), 13, 20,
                                 t.body, context.frame.scenario.summary);
    context.semantics.add("summary", SemanticRole::text, "Summary", context.frame.scenario.summary,
                          {area.min.x, y}, {area.max.x, y + used});
    y += used + px(12);
  }
  for (size_t i = 0; i < context.frame.lesson.size(); ++i) {
    const float height = draw_step(context, area, y, i);
    if (static_cast<int>(i) == present && kept.revealed != present)
      rows.reveal(context, y - px(40), y + height + px(40));
    y += height;
  }
  if (present < 0 && kept.revealed >= 0) rows.to_top();
  kept.revealed = present;
  const float foot_top = fixed_foot ? area.max.y - px(8) - foot : y + px(8);
  const Rect card{{area.min.x + px(8), foot_top}, {area.max.x - px(8), foot_top + foot}};
  const auto draw_foot = [&] {
    asked ? draw_question(context, static_cast<size_t>(present), card) : draw_expectations(context, card);
  };
  if (foot > 0 && !fixed_foot) {
    draw_foot();
    y += foot + px(16);
  }
  rows.end(y - rows.top() + px(8));
  if (fixed_foot) draw_foot();
}

}  // namespace paxoscope::ui
