// A phone's narration: a sheet at the foot of the stage that a finger pulls up to all steps.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/lesson.h"
#include "ui/phone.h"
#include "ui/predict.h"
#include "ui/scroll.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 56, kRadius = 16, kPadding = 16, kArrow = 44;
constexpr double kSlideSeconds = 0.2;

struct SheetMemory {
  Scroll scroll;
  int step = -1;
};

SheetMemory& memory() {
  static SheetMemory the_memory;
  return the_memory;
}

/// Pulled up or down by the head, or pressed there.
void react(Context& context, const Rect& head, PhoneView& view) {
  const ImGuiIO& io = ImGui::GetIO();
  if (pressed(head)) view.held = true, view.grabbed = view.way;
  if (view.held) {
    // From its place at the foot to the title: what the finger has moved of that.
    const float whole = std::max((ImGui::GetIO().DisplaySize.y - px(200)) * 0.55f, px(80));
    const float moved = io.MouseClickedPos[0].y - io.MousePos.y;
    if (std::fabs(moved) > px(8) && io.MousePos.y > -1e6f) view.way = std::clamp(view.grabbed + moved / whole, 0.0f, 1.0f);
    if (!io.MouseDown[0]) {
      view.held = false;
      if (view.way != view.grabbed) view.up = view.grabbed < 0.5f ? view.way > 0.25f : view.way > 0.75f;
    }
    context.animating = true;
  }
  const Rect grip{head.min, {head.max.x - px(2 * kArrow + 12), head.min.y + px(kArrow)}};
  if (hot_area(context, "sheet", grip, view.up ? "Hide the steps" : "All steps", lesson_caption(context.frame),
               SemanticRole::button, view.up, kRadius)) {
    view.up = !view.up;
    context.animating = true;
  }
}

void draw_head(Context& context, const Rect& area, PhoneView& view) {
  const Theme& t = theme();
  const Rect head{area.min, {area.max.x, area.min.y + px(kHead)}};
  const float centre = std::round((area.min.x + area.max.x) / 2), middle = area.min.y + px(33);
  canvas().AddRectFilled({centre - px(20), area.min.y + px(8)}, {centre + px(20), area.min.y + px(12)}, t.line2, px(2));
  const float x = area.min.x + px(kPadding), right = area.max.x - px(kPadding - 8);
  const float used = text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text2, lesson_caption(context.frame));
  const Rect dashes{{x + used + px(20), middle - px(2)}, {right - px(2 * kArrow) - px(4), middle + px(2)}};
  if (dashes.width() > px(40)) draw_segments(dashes, context.frame.lesson);
  react(context, head, view);
  draw_arrows(context, right, middle, {kArrow, kArrow});
}

/// Title and text of the present step, or what the scenario is about. Returns where they end.
float draw_narration(Context& context, const Rect& area, float top) {
  const Theme& t = theme();
  const Frame& frame = context.frame;
  const int present = present_step(frame.lesson);
  const LessonStep* step = present < 0 ? nullptr : &frame.lesson[static_cast<size_t>(present)];
  const std::string& title = step != nullptr ? step->title : frame.scenario.title;
  const std::string& words = step != nullptr ? step->text : frame.scenario.summary;
  const float x = area.min.x + px(kPadding), width = area.width() - px(2 * kPadding);
  float y = top;
  const auto put = [&](float size, float line, ImU32 colour, const std::string& what) {
    y += paragraph(&canvas(), {x, y}, width, size, line, colour, what);
  };
  put(18, 24, t.text, concat("**", title, "**"));
  y += px(4);
  if (const std::string off = off_script(frame); !off.empty()) put(14, 22, t.text2, off);
  put(14, 22, t.body, words);
  const Rect seen = memory().scroll.clipped({{area.min.x, top}, {area.max.x, y}});
  context.semantics.add("narration", SemanticRole::text, title, words, seen.min, seen.max);
  return y;
}

}  // namespace

Rect room_below_narration(const Rect& sheet, float text_bottom, float height) {
  return {{sheet.min.x + px(kPadding), text_bottom + px(12)}, {sheet.max.x - px(kPadding), text_bottom + px(12) + height}};
}

float sheet_share(PhoneView& view, double now_s, bool reduced_motion, bool& animating) {
  const double passed = std::clamp(now_s - view.last_s, 0.0, 0.1);
  view.last_s = now_s;
  if (view.held) return view.way;
  const float goal = view.up ? 1.0f : 0.0f;
  const float most = reduced_motion ? 1.0f : static_cast<float>(passed / kSlideSeconds);
  view.way += std::clamp(goal - view.way, -most, most);
  if (view.way != goal) animating = true;
  return view.way;
}

void draw_sheet(Context& context, const Rect& area, PhoneView& view) {
  const Theme& t = theme();
  canvas().AddRectFilled(area.min, area.max, t.bg2, px(kRadius), ImDrawFlags_RoundCornersTop);
  hairline(canvas(), {area.min.x + px(kRadius), area.min.y}, {area.max.x - px(kRadius), area.min.y}, t.line);
  draw_head(context, area, view);
  const Rect body{{area.min.x, area.min.y + px(kHead)}, area.max};
  if (view.way >= 1) return draw_all_steps(context, body);
  SheetMemory& kept = memory();
  const int present = present_step(context.frame.lesson);
  if (present != kept.step) kept.scroll.to_top();
  kept.step = present;
  kept.scroll.begin(context, body);
  float bottom = draw_narration(context, area, kept.scroll.top() + px(2));
  if (asks(context.frame, present)) {
    const auto step = static_cast<size_t>(present);
    const Rect card = room_below_narration(area, bottom, question_height(context.frame, step, area.width() - px(2 * kPadding)));
    draw_question(context, step, card);
    bottom = card.max.y;
  }
  kept.scroll.end(bottom - kept.scroll.top() + px(12));
}

}  // namespace paxoscope::ui
