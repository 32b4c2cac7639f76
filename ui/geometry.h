// Small plane geometry on device pixels.
#pragma once

#include <algorithm>
#include <cmath>

#include "ui/view.h"

namespace paxoscope::ui {

inline ImVec2 lerp(ImVec2 a, ImVec2 b, float t) {
  return {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}
inline float distance(ImVec2 a, ImVec2 b) {
  return std::hypot(b.x - a.x, b.y - a.y);
}
/// Unit vector from a to b; (1, 0) when they coincide.
inline ImVec2 direction(ImVec2 a, ImVec2 b) {
  const float length = distance(a, b);
  return length < 1e-3f ? ImVec2{1, 0} : ImVec2{(b.x - a.x) / length, (b.y - a.y) / length};
}
inline ImVec2 along(ImVec2 a, ImVec2 unit, float length) {
  return {a.x + unit.x * length, a.y + unit.y * length};
}
inline Rect around(ImVec2 centre, float half_width, float half_height) {
  return {{centre.x - half_width, centre.y - half_height}, {centre.x + half_width, centre.y + half_height}};
}
inline Rect grown(const Rect& rect, float by) {
  return {{rect.min.x - by, rect.min.y - by}, {rect.max.x + by, rect.max.y + by}};
}
inline bool overlap(const Rect& a, const Rect& b) {
  return a.min.x < b.max.x && b.min.x < a.max.x && a.min.y < b.max.y && b.min.y < a.max.y;
}
inline bool inside(const Rect& inner, const Rect& outer) {
  return inner.min.x >= outer.min.x && inner.max.x <= outer.max.x && inner.min.y >= outer.min.y &&
         inner.max.y <= outer.max.y;
}
/// Distance from a point to a rectangle, 0 inside.
inline float distance(ImVec2 p, const Rect& rect) {
  const float dx = std::max({rect.min.x - p.x, 0.0f, p.x - rect.max.x});
  const float dy = std::max({rect.min.y - p.y, 0.0f, p.y - rect.max.y});
  return std::hypot(dx, dy);
}
/// Distance from a point to a line piece.
inline float distance(ImVec2 p, ImVec2 a, ImVec2 b) {
  const float dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
  const float t = square < 1e-6f ? 0 : std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0.0f, 1.0f);
  return distance(p, lerp(a, b, t));
}
/// Whether a line piece touches a rectangle (Liang and Barsky's clipping).
inline bool touches(ImVec2 a, ImVec2 b, const Rect& rect) {
  float first = 0, last = 1;
  const float dx = b.x - a.x, dy = b.y - a.y;
  const float slopes[] = {-dx, dx, -dy, dy};
  const float rooms[] = {a.x - rect.min.x, rect.max.x - a.x, a.y - rect.min.y, rect.max.y - a.y};
  for (int i = 0; i < 4; ++i) {
    if (slopes[i] == 0) {
      if (rooms[i] < 0) return false;
    } else if (slopes[i] < 0) {
      first = std::max(first, rooms[i] / slopes[i]);
    } else {
      last = std::min(last, rooms[i] / slopes[i]);
    }
  }
  return first <= last;
}
/// How far from the middle of a box its edge lies in this direction.
inline float reach(float half_width, float half_height, ImVec2 unit) {
  const float x = std::fabs(unit.x), y = std::fabs(unit.y);
  return std::min(x < 1e-4f ? 1e9f : half_width / x, y < 1e-4f ? 1e9f : half_height / y);
}

}  // namespace paxoscope::ui
