#include "ui/dividers.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kReach = 5;  ///< CSS px to either side of the line
constexpr int kStep = 16, kLongStep = 64;

struct Words {
  const char* key;
  const char* label;
};
constexpr Words kWords[kParts] = {{"divider side", "Width of the inspector"},
                                  {"divider tabs", "Height of the tabs"},
                                  {"divider timeline", "Height of the timeline"}};

bool upright(size_t part) { return part == static_cast<size_t>(Part::side); }

Rect grip_of(const Boundary& boundary, size_t part) {
  const float x = upright(part) ? px(kReach) : 0, y = upright(part) ? 0 : px(kReach);
  return {{boundary.from.x - x, boundary.from.y - y}, {boundary.to.x + x, boundary.to.y + y}};
}

float along_axis(ImVec2 point, size_t part) { return upright(part) ? point.x : point.y; }

void set(Context& context, const Boundary& boundary, int& size, int wanted) {
  wanted = std::clamp(wanted, boundary.least, boundary.most);
  if (wanted == boundary.size) return;
  size = wanted;
  context.animating = true;  // the next frame shows it
}

/// Away from the edge that stays makes the part larger.
void obey_keys(Context& context, const Boundary& boundary, size_t part, int& size) {
  const int step = ImGui::GetIO().KeyShift ? kLongStep : kStep;
  context.selection.slider = true;
  if (key_pressed(upright(part) ? ImGuiKey_LeftArrow : ImGuiKey_UpArrow, true)) set(context, boundary, size, boundary.size + step);
  if (key_pressed(upright(part) ? ImGuiKey_RightArrow : ImGuiKey_DownArrow, true)) set(context, boundary, size, boundary.size - step);
  if (key_pressed(ImGuiKey_Home)) set(context, boundary, size, boundary.least);
  if (key_pressed(ImGuiKey_End)) set(context, boundary, size, boundary.most);
  if (key_pressed(ImGuiKey_Delete)) size = 0, context.animating = true;
}

void drag(Context& context, const Layout& layout, DividerHand& hand, PartSizes& sizes) {
  const ImGuiIO& io = ImGui::GetIO();
  const auto part = static_cast<size_t>(hand.held);
  const Boundary& boundary = layout.boundaries[part];
  if (!io.MouseDown[0] || boundary.most == 0) {
    hand.held = -1;
    return;
  }
  take_pointer(layout.view);
  if (!ImGui::IsMousePosValid() || io.MouseClicked[0]) return;
  const float size = (boundary.far_edge - along_axis(io.MousePos, part) + hand.from) / scale();
  set(context, boundary, sizes[part], static_cast<int>(std::lround(size)));
}

}  // namespace

void move_dividers(Context& context, const Layout& layout, DividerHand& hand, PartSizes& sizes) {
  hand.over = -1;
  for (size_t part = 0; part < kParts; ++part) {
    const Boundary& boundary = layout.boundaries[part];
    if (boundary.most == 0) continue;
    if (context.semantics.focused(kWords[part].key)) obey_keys(context, boundary, part, sizes[part]);
    const Rect grip = grip_of(boundary, part);
    if (hand.held >= 0 || hand.over >= 0 || !hovered(grip)) continue;
    hand.over = static_cast<int>(part);
    if (double_clicked(grip)) {
      sizes[part] = 0;
      context.animating = true;
    } else if (pressed(grip)) {
      hand.held = hand.over;
      hand.from = along_axis(ImGui::GetIO().MousePos, part) - along_axis(boundary.from, part);
    }
    take_pointer(grip);
  }
  if (hand.held >= 0) drag(context, layout, hand, sizes);
}

void draw_dividers(Context& context, const Layout& layout, const DividerHand& hand, PartSizes& sizes) {
  const Theme& t = theme();
  for (size_t part = 0; part < kParts; ++part) {
    const Boundary& boundary = layout.boundaries[part];
    if (boundary.most == 0) continue;
    const Rect grip = grip_of(boundary, part);
    const int me = static_cast<int>(part);
    const bool hot = hand.held == me || (hand.held < 0 && hand.over == me);
    const ImVec2 middle{std::round((grip.min.x + grip.max.x) / 2), std::round((grip.min.y + grip.max.y) / 2)};
    const ImVec2 half = upright(part) ? ImVec2{px(2), px(12)} : ImVec2{px(12), px(2)};
    if (hot) {
      canvas().AddLine(boundary.from, boundary.to, t.accent, line_width(2));
      ImGui::SetMouseCursor(upright(part) ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    }
    canvas().AddRectFilled({middle.x - half.x, middle.y - half.y}, {middle.x + half.x, middle.y + half.y}, hot ? t.accent : t.line2, px(2));
    if (context.semantics.focused(kWords[part].key)) focus_ring(grip, 3);
    if (context.semantics.add(kWords[part].key, SemanticRole::separator, kWords[part].label, concat(boundary.size, " pixels"), grip.min,
                              grip.max, separator_state(boundary.size, boundary.least, boundary.most, upright(part)))) {
      sizes[part] = 0;
      context.animating = true;
    }
  }
}

}  // namespace paxoscope::ui
