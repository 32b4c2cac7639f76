#include "ui/predict.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kButton = 40, kGap = 8, kFoot = 12;

/// Above the question. A phone has no room for a row of its own: the mark stands before the question there.
float head() { return px(phone() ? 12 : 36); }
float indent() { return px(phone() ? 22 : 0); }

const GivenAnswer* given(const Frame& frame, size_t step) {
  for (const GivenAnswer& each : *frame.answers)
    if (each.step == step) return &each;
  return nullptr;
}

/// Short answers stand side by side, the others below each other.
size_t columns(const Question& question, float width) {
  const size_t count = question.answers.size();
  float widest = 0;
  for (const Answer& answer : question.answers)
    widest = std::max(widest, text_width(Font::semibold, 14, answer.words));
  const float room = width - px(24);
  for (size_t each = count; each > 1; --each) {
    const float cell = (room - px(kGap) * static_cast<float>(each - 1)) / static_cast<float>(each);
    if (cell >= widest + px(20) && (each == count || each * 2 >= count)) return each;
  }
  return 1;
}

float buttons_height(const Question& question, float width) {
  const size_t across = columns(question, width);
  const auto rows = static_cast<float>((question.answers.size() + across - 1) / across);
  return px(kButton) * rows + px(kGap) * (rows - 1);
}

/// Empty until an answer is given.
std::string outcome(const Question& question, const GivenAnswer* mine) {
  if (mine == nullptr) return {};
  if (!mine->right) return "This run does not say. Play on and see.";
  const Answer& right = question.answers[*mine->right];
  const std::string start = *mine->right == mine->chosen ? "**Right**" : concat("**Not so.** It is ", right.words);
  return right.because.empty() ? start + "." : concat(start, ": ", right.because, ".");
}

float outcome_height(const std::string& words, float width) {
  return words.empty() ? 0 : px(kFoot) + paragraph(nullptr, {0, 0}, width - px(24 + 24), 13, 20, 0, words);
}

void draw_score(Context& context, const Rect& card) {
  size_t right = 0, judged = 0;
  for (const GivenAnswer& each : *context.frame.answers) {
    judged += each.right.has_value();
    right += each.right == each.chosen;
  }
  if (judged == 0) return;
  char words[40];
  std::snprintf(words, sizeof words, "%zu of %zu right", right, judged);
  if (!phone()) text(canvas(), {card.max.x - px(12), card.min.y + px(20)}, Align::right, Font::regular, 12, theme().text2, words);
  context.semantics.add("score", SemanticRole::text, "Predicted", words, {card.max.x - px(100), card.min.y},
                        {card.max.x, card.min.y + head()});
}

/// One answer. What is right is framed green and ticked once it is known; a wrong choice is framed and dashed.
void draw_answer(Context& context, size_t step, size_t number, const Rect& rect, const Question& question,
                 const GivenAnswer* mine) {
  const Theme& t = theme();
  char key[40];
  std::snprintf(key, sizeof key, "answer %zu", number);
  const std::string& words = question.answers[number].words;
  const bool right = mine != nullptr && mine->right == number;
  const bool chosen = mine != nullptr && mine->chosen == number;
  const bool wrong = chosen && mine->right && !right;
  const std::string label = "Answer: " + words;
  const char* value = right && chosen ? "chosen, right" : wrong ? "chosen, not so" : right ? "the right one" : chosen ? "chosen" : "";
  if (hot_area(context, key, rect, label, value, SemanticRole::button) && mine == nullptr) {
    ask(context, Command::Kind::answer, step);
    context.commands.back().choice = number;
  }
  const bool over = mine == nullptr && hovered(rect);
  const ImU32 edge = right ? t.ok : wrong ? t.danger : chosen || over ? t.text2 : t.line2;
  rounded_rect(canvas(), rect.min, rect.max, px(6), right ? mix(t.bg2, t.ok, 0.2f) : over ? t.bg3 : t.bg1, edge,
               px(right || wrong ? 2 : 1));
  text(canvas(), {(rect.min.x + rect.max.x) / 2, (rect.min.y + rect.max.y) / 2}, Align::centre, Font::semibold, 14,
       mine != nullptr && !right && !chosen ? t.text2 : t.text, words, rect.width() - px(8));
  if (right || wrong) quorum_mark(canvas(), {rect.max.x - px(2), rect.min.y + px(2)}, 8, right);
}

}  // namespace

bool asks(const Frame& frame, int step) {
  return step >= 0 && frame.answers != nullptr && frame.lesson[static_cast<size_t>(step)].question != nullptr;
}

float question_height(const Frame& frame, size_t step, float width) {
  const Question& question = *frame.lesson[step].question;
  return head() + paragraph(nullptr, {0, 0}, width - px(24) - indent(), 14, 20, 0, concat("**", question.words, "**")) + px(10) +
         buttons_height(question, width) + outcome_height(outcome(question, given(frame, step)), width) + px(kFoot);
}

void draw_question(Context& context, size_t step, const Rect& card) {
  const Theme& t = theme();
  const Question& question = *context.frame.lesson[step].question;
  const GivenAnswer* mine = given(context.frame, step);
  rounded_rect(canvas(), card.min, card.max, px(8), t.bg2, t.line, px(1));
  const float left = card.min.x + px(12);
  text(canvas(), {left, card.min.y + px(phone() ? 22 : 20)}, Align::left, Font::icon, 14, t.accent, icon::question_circle);
  if (!phone()) text(canvas(), {left + px(20), card.min.y + px(20)}, Align::left, Font::regular, 12, t.text2, "Predict");
  draw_score(context, card);
  float y = card.min.y + head();
  const float asked = paragraph(&canvas(), {left + indent(), y}, card.width() - px(24) - indent(), 14, 20, t.text, concat("**", question.words, "**"));
  context.semantics.add("question", SemanticRole::text, "Question", question.words, {left, y}, {card.max.x, y + asked});
  y += asked + px(10);
  const size_t across = columns(question, card.width());
  const float cell = (card.width() - px(24) - px(kGap) * static_cast<float>(across - 1)) / static_cast<float>(across);
  for (size_t i = 0; i < question.answers.size(); ++i) {
    const ImVec2 at{left + static_cast<float>(i % across) * (cell + px(kGap)),
                    y + static_cast<float>(i / across) * px(kButton + kGap)};
    draw_answer(context, step, i, {at, {at.x + cell, at.y + px(kButton)}}, question, mine);
  }
  y += buttons_height(question, card.width()) + px(kFoot);
  const std::string words = outcome(question, mine);
  if (words.empty()) return;
  if (mine->right) quorum_mark(canvas(), {left + px(8), y + px(10)}, 7, mine->right == mine->chosen);
  const float told = paragraph(&canvas(), {left + px(24), y}, card.width() - px(24 + 24), 13, 20, t.body, words);
  context.semantics.add("outcome", SemanticRole::text, "Outcome", words, {left, y}, {card.max.x, y + told});
}

}  // namespace paxoscope::ui
