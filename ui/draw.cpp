#include "ui/draw.h"

#include <algorithm>
#include <cmath>

namespace paxoscope::ui {
namespace {

constexpr float kPi = 3.14159265f;

bool visible(ImU32 colour) {
  return (colour & IM_COL32_A_MASK) != 0;
}

/// Walks a path and draws its dashes, also around corners.
void dash_path(ImDrawList& list, const std::vector<ImVec2>& points, ImU32 colour, float thickness, float on,
               float off) {
  const float period = on + off;
  if (period <= 0) return;
  float phase = 0;  // how far into the present dash or gap
  for (size_t i = 1; i < points.size(); ++i) {
    const ImVec2 a = points[i - 1], b = points[i];
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    float at = 0;
    while (at < length) {
      const bool drawing = phase < on;
      const float run = std::max(std::min((drawing ? on : period) - phase, length - at), 0.01f);
      if (drawing) {
        const float from = at / length, to = (at + run) / length;
        list.AddLine({a.x + (b.x - a.x) * from, a.y + (b.y - a.y) * from},
                     {a.x + (b.x - a.x) * to, a.y + (b.y - a.y) * to}, colour, thickness);
      }
      at += run;
      phase = std::fmod(phase + run, period);
    }
  }
}

void add_arc_points(std::vector<ImVec2>& points, ImVec2 centre, float radius, float from, float to) {
  const int count = std::max(6, static_cast<int>(std::ceil(std::fabs(to - from) * std::sqrt(radius) * 1.6f)));
  for (int i = 0; i <= count; ++i) {
    const float angle = from + (to - from) * static_cast<float>(i) / static_cast<float>(count);
    points.push_back({centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)});
  }
}

}  // namespace

void hairline(ImDrawList& list, ImVec2 a, ImVec2 b, ImU32 colour) {
  const float thick = std::max(1.0f, std::floor(line_width(1) + 0.125f));
  if (std::fabs(a.y - b.y) < 0.5f) {
    const float y = std::floor(a.y);
    list.AddRectFilled({std::floor(std::min(a.x, b.x)), y}, {std::floor(std::max(a.x, b.x)), y + thick},
                       colour);
  } else if (std::fabs(a.x - b.x) < 0.5f) {
    const float x = std::floor(a.x);
    list.AddRectFilled({x, std::floor(std::min(a.y, b.y))}, {x + thick, std::floor(std::max(a.y, b.y))},
                       colour);
  } else {
    list.AddLine(a, b, colour, thick);
  }
}

void dashed_line(ImDrawList& list, ImVec2 a, ImVec2 b, ImU32 colour, float thickness, float on, float off) {
  dash_path(list, {a, b}, colour, thickness, on, off);
}

void dashed_rect(ImDrawList& list, ImVec2 min, ImVec2 max, float radius, ImU32 colour, float thickness,
                 float on, float off) {
  const float half = thickness / 2;
  const ImVec2 a{min.x + half, min.y + half}, b{max.x - half, max.y - half};
  const float r = std::clamp(radius - half, 0.0f, std::min(b.x - a.x, b.y - a.y) / 2);
  std::vector<ImVec2> points;
  if (r < 0.5f) {
    points = {a, {b.x, a.y}, b, {a.x, b.y}, a};
  } else {
    add_arc_points(points, {a.x + r, a.y + r}, r, kPi, kPi * 1.5f);
    add_arc_points(points, {b.x - r, a.y + r}, r, kPi * 1.5f, kPi * 2);
    add_arc_points(points, {b.x - r, b.y - r}, r, 0, kPi * 0.5f);
    add_arc_points(points, {a.x + r, b.y - r}, r, kPi * 0.5f, kPi);
    points.push_back(points.front());
  }
  dash_path(list, points, colour, thickness, on, off);
}

void dashed_circle(ImDrawList& list, ImVec2 centre, float radius, ImU32 colour, float thickness, float on,
                   float off) {
  // Whole periods, so that the ring closes without a short dash.
  const float around = 2 * kPi * radius;
  const float fit = around / std::max(1.0f, std::round(around / (on + off))) / (on + off);
  std::vector<ImVec2> points;
  add_arc_points(points, centre, radius, -kPi / 2, kPi * 1.5f);
  dash_path(list, points, colour, thickness, on * fit, off * fit);
}

void arc(ImDrawList& list, ImVec2 centre, float radius, float from_turn, float to_turn, ImU32 colour,
         float thickness) {
  if (to_turn - from_turn < 0.002f) return;
  const float from = (from_turn - 0.25f) * 2 * kPi, to = (to_turn - 0.25f) * 2 * kPi;
  // With automatic segments ImGui doubles the first point at twelve o'clock and thick arcs get a barb.
  const int count = std::max(6, static_cast<int>(std::ceil((to - from) * std::sqrt(radius) * 1.6f)));
  if (to_turn - from_turn > 0.998f) {
    list.AddCircle(centre, radius, colour, count, thickness);
    return;
  }
  list.PathArcTo(centre, radius, from, to, count);
  list.PathStroke(colour, ImDrawFlags_None, thickness);
}

void rounded_rect(ImDrawList& list, ImVec2 min, ImVec2 max, float radius, ImU32 fill, ImU32 stroke,
                  float thickness) {
  const float r = std::min({radius, (max.x - min.x) / 2, (max.y - min.y) / 2});
  const bool outlined = visible(stroke) && thickness > 0;
  if (visible(fill)) {
    // Under an outline the fill stays half a line inside, or its edge shines through the corners.
    const float in = outlined ? thickness / 2 : 0;
    list.AddRectFilled({min.x + in, min.y + in}, {max.x - in, max.y - in}, fill, std::max(0.0f, r - in));
  }
  if (outlined) {
    const float in = thickness / 2;
    list.PathRect({min.x + in, min.y + in}, {max.x - in, max.y - in}, std::max(0.0f, r - in));
    list.PathStroke(stroke, ImDrawFlags_Closed, thickness);
  }
}

void hatch(ImDrawList& list, ImVec2 min, ImVec2 max, ImU32 colour, float gap) {
  list.PushClipRect(min, max, true);
  const float height = max.y - min.y;
  for (float x = min.x - height; x < max.x; x += std::max(gap, 2.0f)) {
    list.AddLine({x, max.y}, {x + height, min.y}, colour, px(1));
  }
  list.PopClipRect();
}

void crown(ImDrawList& list, ImVec2 centre, float width, ImU32 colour, bool filled) {
  const float h = width / 2;
  const auto at = [&](float x, float y) { return ImVec2{centre.x + x * h, centre.y + y * h}; };
  const ImVec2 outline[] = {at(-1, -.471f), at(-.46f, 0),   at(0, -.719f),  at(.46f, 0),
                            at(1, -.471f),  at(.76f, .62f), at(-.76f, .62f)};
  if (filled) {
    // Convex pieces without smoothed edges; the outline smooths the whole.
    const ImDrawListFlags flags = list.Flags;
    list.Flags &= ~ImDrawListFlags_AntiAliasedFill;
    list.AddQuadFilled(outline[1], outline[3], outline[5], outline[6], colour);
    list.AddTriangleFilled(outline[0], outline[1], outline[6], colour);
    list.AddTriangleFilled(outline[1], outline[2], outline[3], colour);
    list.AddTriangleFilled(outline[3], outline[4], outline[5], colour);
    list.Flags = flags;
  }
  const float thickness = filled ? std::max(1.0f, scale()) : 1.5f * scale();
  list.AddPolyline(outline, 7, colour, ImDrawFlags_Closed, thickness);
}

void octagon(ImDrawList& list, ImVec2 centre, float radius, ImU32 fill, ImU32 stroke, float thickness) {
  ImVec2 points[8];
  for (int i = 0; i < 8; ++i) {
    const float angle = (static_cast<float>(i) + 0.5f) * kPi / 4;
    points[i] = {centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)};
  }
  if (visible(fill)) list.AddConvexPolyFilled(points, 8, fill);
  if (visible(stroke)) list.AddPolyline(points, 8, stroke, ImDrawFlags_Closed, thickness);
}

void disk(ImDrawList& list, ImVec2 c, ImU32 colour) {
  const float s = scale();
  const auto bow = [&](float y, float from, float to) {  // half an ellipse, or all of it
    for (int i = 0; i <= 12; ++i) {
      const float angle = (from + (to - from) * static_cast<float>(i) / 12) * kPi;
      list.PathLineTo({c.x + 5 * s * std::cos(angle), c.y + y * s + 2 * s * std::sin(angle)});
    }
  };
  bow(-4, 0, 2);
  list.PathStroke(colour, ImDrawFlags_Closed, 1.25f * s);
  list.PathLineTo({c.x + 5 * s, c.y - 4 * s});
  bow(4, 0, 1);
  list.PathLineTo({c.x - 5 * s, c.y - 4 * s});
  list.PathStroke(colour, ImDrawFlags_None, 1.25f * s);
}

void tick(ImDrawList& list, ImVec2 c, ImU32 colour) {
  const float s = scale();
  const ImVec2 points[] = {{c.x - 4 * s, c.y}, {c.x - s, c.y + 3 * s}, {c.x + 4 * s, c.y - 3 * s}};
  list.AddPolyline(points, 3, colour, ImDrawFlags_None, 1.6f * s);
}

void cross(ImDrawList& list, ImVec2 centre, float half, ImU32 colour, float thickness) {
  list.AddLine({centre.x - half, centre.y - half}, {centre.x + half, centre.y + half}, colour, thickness);
  list.AddLine({centre.x - half, centre.y + half}, {centre.x + half, centre.y - half}, colour, thickness);
}

void arrow_head(ImDrawList& list, ImVec2 tip, ImVec2 direction, float length, ImU32 colour) {
  const float norm = std::hypot(direction.x, direction.y);
  if (norm < 1e-4f) return;
  const ImVec2 d{direction.x / norm, direction.y / norm};
  const float half = length * 0.34f;
  const ImVec2 back{tip.x - d.x * length, tip.y - d.y * length};
  list.AddTriangleFilled(tip, {back.x - d.y * half, back.y + d.x * half},
                         {back.x + d.y * half, back.y - d.x * half}, colour);
}

void quorum_mark(ImDrawList& list, ImVec2 centre, float css_radius, bool good) {
  const float r = css_radius * scale();
  const ImU32 colour = good ? theme().ok : theme().danger;
  list.AddCircleFilled(centre, r, mix(theme().bg0, colour, 0.2f));
  list.AddCircle(centre, r - 0.25f * scale(), colour, 0, 1.5f * scale());
  if (good) {
    const ImVec2 points[] = {{centre.x - r * .48f, centre.y + r * .02f},
                           {centre.x - r * .12f, centre.y + r * .38f},
                           {centre.x + r * .48f, centre.y - r * .36f}};
    list.AddPolyline(points, 3, colour, ImDrawFlags_None, 1.6f * scale());
  } else {
    list.AddLine({centre.x - r * .43f, centre.y}, {centre.x + r * .43f, centre.y}, colour, 1.8f * scale());
  }
}

float epoch_chip(ImDrawList* list, float x_left, float middle_y, const Epoch& epoch,
                 const Timeline& timeline) {
  const std::string label = epoch_label(epoch);
  const float width = std::ceil(text_width(Font::mono, 12, label) + 2 * px(7));
  if (list == nullptr) return width;
  const EpochColours colours = colours_of(epoch, timeline);
  const float x = std::floor(x_left), y = std::floor(middle_y - px(10));
  rounded_rect(*list, {x, y}, {x + width, y + px(20)}, px(4), colours.fill, colours.stroke, px(1));
  text(*list, {x + width / 2, middle_y}, Align::centre, Font::mono, 12, theme().text, label);
  return width;
}

float server_badge(ImDrawList* list, float x_left, float middle_y, ServerId id) {
  const float r = px(11);
  if (list == nullptr) return 2 * r;
  const ImVec2 centre{x_left + r, middle_y};
  list->AddCircleFilled(centre, r, theme().bg2);
  list->AddCircle(centre, r - 0.75f * scale(), theme().line2, 0, 1.5f * scale());
  text(*list, centre, Align::centre, Font::semibold, 12, theme().text, server_label(id));
  return 2 * r;
}

}  // namespace paxoscope::ui
