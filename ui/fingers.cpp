#include "ui/fingers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace paxoscope::ui {
namespace {

/// Fingers closer than this (px) say nothing exact about how near.
constexpr float kLeastDistance = 16;
/// In one frame, so that nothing can jump beyond all bounds.
constexpr float kMostFactor = 8;

}  // namespace

void Fingers::put(ImVec2 one, ImVec2 other) {
  const ImVec2 middle{(one.x + other.x) / 2, (one.y + other.y) / 2};
  const float distance = std::max(std::hypot(one.x - other.x, one.y - other.y), kLeastDistance);
  if (!std::isfinite(distance) || !std::isfinite(middle.x) || !std::isfinite(middle.y)) return;
  if (!std::exchange(down_, true)) {
    pinch_ = {};
    pinch_.start = last_ = middle;
    last_distance_ = distance;
  }
  pinch_.active = true;
  pinch_.at = middle;
  pinch_.by = {pinch_.by.x + middle.x - last_.x, pinch_.by.y + middle.y - last_.y};
  pinch_.factor = std::clamp(pinch_.factor * distance / last_distance_, 1 / kMostFactor, kMostFactor);
  last_ = middle;
  last_distance_ = distance;
}

void Fingers::zoom(ImVec2 at, float factor) {
  if (down_ || !(factor > 0)) return;
  pinch_.active = true;
  pinch_.start = pinch_.at = at;
  pinch_.factor = std::clamp(pinch_.factor * factor, 1 / kMostFactor, kMostFactor);
}

Pinch Fingers::take() {
  const Pinch taken = pinch_;
  pinch_ = {};
  pinch_.start = taken.start;
  return taken;
}

}  // namespace paxoscope::ui
