#include "ui/stage_zoom.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kNotch = 48;  ///< CSS pixels that a wheel moves a zoomed stage

ImVec2 moved(ImVec2 point, const StageZoom& zoom, const Rect& field) {
  return {std::round(field.min.x + (point.x - field.min.x) * zoom.factor - zoom.shift.x * field.width()),
          std::round(field.min.y + (point.y - field.min.y) * zoom.factor - zoom.shift.y * field.height())};
}

/// Words keep their size and stay at their server's edge, which is `grown` times as far from its middle.
Rect facts_at(const NodePlace& node, ImVec2 centre, float radius, float grown) {
  const ImVec2 size{node.facts.width(), node.facts.height()};
  ImVec2 from{node.facts.min.x - node.centre.x, node.facts.min.y - node.centre.y};
  if (from.y >= radius) {
    from.y *= grown;  // below, on whichever side they begin
  } else if (node.side == FactsSide::right) {
    from.x *= grown;
  } else if (node.side == FactsSide::left) {
    from.x = (from.x + size.x) * grown - size.x;
  } else {
    from.y = (from.y + size.y) * grown - size.y;
  }
  const ImVec2 min{std::round(centre.x + from.x), std::round(centre.y + from.y)};
  return {min, {min.x + size.x, min.y + size.y}};
}

}  // namespace

void zoom_stage(StageZoom& zoom, const Rect& field, ImVec2 at, float factor, ImVec2 by) {
  const float before = zoom.factor;
  zoom.factor = std::clamp(before * factor, 1.0f, kMostZoom);
  const auto follow = [&](float& shift, float share, float way) {
    shift = std::clamp((share + shift) / before * zoom.factor - share - way, 0.0f, zoom.factor - 1);
  };
  if (field.width() < 1 || field.height() < 1) return;
  follow(zoom.shift.x, (at.x - field.min.x) / field.width(), by.x / field.width());
  follow(zoom.shift.y, (at.y - field.min.y) / field.height(), by.y / field.height());
}

StageLayout zoomed(const StageLayout& layout, const StageZoom& zoom, const Rect& field) {
  StageLayout near = layout;
  const float grown = std::sqrt(zoom.factor);
  near.radius = layout.radius * grown;
  for (NodePlace& node : near.nodes) {
    const ImVec2 centre = moved(node.centre, zoom, field);
    if (node.facts.width() > 0) node.facts = facts_at(node, centre, layout.radius, grown);
    node.centre = centre;
  }
  for (LinkPlace& link : near.links) {
    const auto end_at = [&](ImVec2 end, ServerId id) {
      const ImVec2 old = layout.node(id)->centre, centre = near.node(id)->centre;
      return ImVec2{centre.x + (end.x - old.x) * grown, centre.y + (end.y - old.y) * grown};
    };
    link.from = end_at(link.from, link.a);
    link.to = end_at(link.to, link.b);
  }
  for (HullPlace& hull : near.hulls) hull.rect = {moved(hull.rect.min, zoom, field), moved(hull.rect.max, zoom, field)};
  return near;
}

void react_to_zoom(Context& context, const Rect& field, const StageLayout& shown) {
  StageZoom& zoom = context.selection.zoom;
  const ImGuiIO& io = ImGui::GetIO();
  const StageZoom before = zoom;
  const Pinch& pinch = context.selection.pinch;
  if (pinched(context, field)) zoom_stage(zoom, field, pinch.at, pinch.factor, pinch.by);
  if (zoom.factor > 1 && hovered(field) && (io.MouseWheel != 0 || io.MouseWheelH != 0)) {
    const float notch = px(kNotch), down = io.KeyShift ? 0 : io.MouseWheel, sideways = io.MouseWheelH + (io.KeyShift ? io.MouseWheel : 0);
    zoom_stage(zoom, field, field.min, 1, {sideways * notch, down * notch});
  }
  if (zoom.factor > 1 && double_clicked(field) && context.selection.hovering.kind == Item::Kind::none) zoom = {};
  for (const NodePlace& node : shown.nodes)
    if (!field.contains(node.centre) && context.semantics.focused(concat("server ", static_cast<unsigned>(node.id)))) zoom = {};
  if (!(zoom == before)) context.animating = true;  // the next frame shows it
}

}  // namespace paxoscope::ui
