#include "ui/scroll.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

unsigned current_generation = 0;

}  // namespace

void forget_scrolling() {
  ++current_generation;
}

void Scroll::begin(Context& context, const Rect& area, float content_height, bool follow_end) {
  area_ = area;
  if (generation_ != current_generation) {
    generation_ = current_generation;
    offset_ = 0;
    at_end_ = true;
  }
  if (content_height >= 0) height_ = content_height;
  const float most = std::max(0.0f, height_ - area.height());
  if (follow_end && at_end_) offset_ = most;
  const ImGuiIO& io = ImGui::GetIO();
  const bool dragged = io.MouseDown[0] && !io.MouseClicked[0] && area.contains(io.MouseClickedPos[0]);
  const float way = io.MouseWheel * px(40) + (dragged ? io.MouseDelta.y : 0);
  if (way != 0 && most > 0 && hovered(area)) {
    offset_ -= way;
    context.animating = true;
  }
  offset_ = std::round(std::clamp(offset_, 0.0f, most));
  at_end_ = offset_ >= most - 1;
  canvas().PushClipRect(area.min, area.max, true);
}

Rect Scroll::clipped(const Rect& rect) const {
  const auto inside = [&](float y) { return std::clamp(y, area_.min.y, area_.max.y); };
  return {{rect.min.x, inside(rect.min.y)}, {rect.max.x, inside(rect.max.y)}};
}

void Scroll::reveal(Context& context, float from_y, float to_y) {
  if (to_y > area_.max.y) offset_ += to_y - area_.max.y;
  if (from_y < area_.min.y) offset_ -= area_.min.y - from_y;
  at_end_ = false;
  context.animating = true;
}

void Scroll::end(float content_height) {
  height_ = content_height;
  if (height_ > area_.height() + 1) {
    const float share = area_.height() / height_;
    const float from = area_.min.y + offset_ * share;
    const float x = area_.max.x - px(6);
    canvas().AddRectFilled({x, from + px(2)}, {x + px(3), from + area_.height() * share - px(2)},
                           theme().line2, px(2));
  }
  canvas().PopClipRect();
}

}  // namespace paxoscope::ui
