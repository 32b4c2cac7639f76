#include "ui/stage_layout.h"

#include "ui/geometry.h"
#include "ui/stage_plan.h"

namespace paxoscope::ui {
namespace {

constexpr float kPi = 3.14159265f;

/// One way to place everything; the cheapest one that fits is taken.
struct Attempt {
  FactsLevel level;
  float radius;  ///< CSS
  float widen;   ///< exponent on the horizontal share: below 1 pushes servers to the sides
  float even;    ///< 0: heights of a polygon, 1: evenly spaced heights
  bool under = false;  ///< facts may stand below a server, flush with its inner side: servers come closer to the edge
};

/// From a server's middle to its facts.
float facts_gap(float radius) {
  return radius * 1.86f;
}
/// From a server's middle to the ends of its links.
float link_end(float radius) {
  return radius * 1.43f;
}

float attempt_cost(const Attempt& a) {
  return 4 * static_cast<float>(a.level) + (32 - a.radius) * 0.3f + a.even + std::fabs(a.widen - 0.7f) - (a.under ? 3 : 0);
}

/// Places nodes and facts of one attempt.
class Placer {
 public:
  Placer(const StagePlan& plan, float scale, const Attempt& attempt)
      : scale_(scale), attempt_(attempt), plan_(plan) {
    layout_.radius = css(attempt.radius);
    layout_.level = attempt.level;
  }

  bool place() { return place_nodes() && place_facts(); }
  StageLayout& layout() { return layout_; }
  /// Links through facts, and facts on a side where nobody expects them.
  float flaws() const {
    return 4.5f * static_cast<float>(layout_.crossings) + 2 * static_cast<float>(unusual_);
  }

 private:
  float css(float value) const { return value * scale_; }

  /// Where the polygon of a zone stands: its middle, half its width and height, and its lowest corner as a
  /// share of the height.
  struct Polygon {
    ImVec2 middle;
    float width = 0, height = 0, lowest = 0;
  };

  bool place_nodes() {
    Polygon polygons[4];
    for (int z = 0; z < plan_.zone_count; ++z)
      if (!fit_polygon(plan_.zones[z], polygons[z])) return false;
    for (ServerId id = 1; id <= kMaxServers; ++id)
      for (int z = 0; z < plan_.zone_count; ++z)
        if (contains(plan_.zones[z].servers, id)) place_node(plan_.zones[z].servers, id, polygons[z]);
    return nodes_are_apart();
  }

  const Zone& zone_of(ServerId id) const {
    for (const Zone& zone : plan_.zones)
      if (contains(zone.servers, id)) return zone;
    return plan_.zones[0];
  }

  bool fit_polygon(const Zone& zone, Polygon& polygon) const {
    const float r = attempt_.radius;
    const uint32_t n = count_of(zone.servers);
    const bool whole = plan_.hull_count == 0;
    const ImVec2 facts = facts_size(attempt_.level, zone.narrow);
    const bool below = zone.narrow && facts.y > 0;
    const float top = zone.area.min.y + css(r * (whole || !below ? 2.29f : 1.64f));
    const float bottom = zone.area.max.y - css(below ? r * 1.64f + facts.y : whole ? r * 2 - 4 : r * 1.64f);
    const float lowest = n == 1 ? -1 : -std::cos(2 * kPi * static_cast<float>(n / 2) / static_cast<float>(n));
    const float height = n == 1 ? 0 : std::min((bottom - top) / (1 + std::max(lowest, 0.0f)), css(340));
    const float beside = attempt_.under ? facts.x - kUnder : facts.x + facts_gap(r);
    const float side = facts.x > 0 && !below ? beside : r + (whole ? 16 : 4);
    const float width = std::min(zone.area.width() / 2 - css((whole ? 8 : 4) + side),
                                 std::max(2.0f * height, css(320)));
    const bool column = n <= 2 && !whole;  // needs no width
    if (bottom < top || (height < css(12) && n > 1) || (!column && width < css(40))) return false;
    if (column && zone.area.width() < css(2 * node_clearance(r))) return false;
    // One or two servers have their facts on the right: both together stand in the middle of a tight zone.
    const float aside = !column || below || facts.x <= 0 ? 0 : css(facts.x + facts_gap(r) - link_end(r)) / 2;
    const float shift = zone.area.width() > css(300) ? std::min(aside, css(48)) : aside;
    polygon = {{(zone.area.min.x + zone.area.max.x) / 2 - shift,
                top + height + (bottom - top - height * (1 + std::max(lowest, 0.0f))) / 2},
               width, height, lowest};
    return true;
  }

  void place_node(ServerSet zone, ServerId id, const Polygon& polygon) {
    const uint32_t n = count_of(zone), i = count_of(zone & (server_bit(id) - 1));
    const float turn = static_cast<float>(i) / static_cast<float>(n);
    const float sine = std::sin(2 * kPi * turn), cosine = std::cos(2 * kPi * turn);
    const float x =
        std::copysign(std::pow(std::fabs(sine), attempt_.widen), sine) * (std::fabs(sine) > 1e-4f);
    const float step = static_cast<float>(std::min(i, n - i)) / static_cast<float>(std::max(n / 2, 1u));
    const float even = -1 + step * (1 + std::max(polygon.lowest, 0.0f));
    const float y = n == 1 ? 0 : -cosine + (even + cosine) * attempt_.even;
    NodePlace place;
    place.id = id;
    place.centre = {std::round(polygon.middle.x + x * polygon.width),
                    std::round(polygon.middle.y + y * polygon.height)};
    layout_.nodes.push_back(place);
  }

  bool nodes_are_apart() const {
    const float least = 2 * node_clearance(layout_.radius);
    for (size_t i = 0; i < layout_.nodes.size(); ++i) {
      for (size_t j = i + 1; j < layout_.nodes.size(); ++j) {
        if (distance(layout_.nodes[i].centre, layout_.nodes[j].centre) < least) return false;
      }
      // The crown over a server keeps clear of the others.
      for (size_t j = 0; j < layout_.nodes.size(); ++j) {
        if (i != j && distance(layout_.nodes[j].centre, crown_box(i)) < layout_.radius * 1.32f) {
          return false;
        }
      }
    }
    return true;
  }

  Rect crown_box(size_t i) const {
    const ImVec2 c = layout_.nodes[i].centre;
    const float r = layout_.radius;
    return {{c.x - r * 0.46f, c.y - r * 2.25f}, {c.x + r * 0.46f, c.y - r * 1.6f}};
  }

  bool place_facts() {
    if (attempt_.level == FactsLevel::none) return true;
    for (size_t i = 0; i < layout_.nodes.size(); ++i) {
      const ImVec2 css_size = facts_size(attempt_.level, zone_of(layout_.nodes[i].id).narrow);
      const ImVec2 size{css(css_size.x), css(css_size.y)};
      int best = -2, best_crossings = 1000;
      for (int option = attempt_.under ? -1 : 0; option < kOptions && best_crossings > 0; ++option) {
        FactsSide side = FactsSide::right;
        const Rect rect = facts_at(i, option, size, &side);
        if (!facts_fit(i, rect)) continue;
        const int crossings = count_crossings(rect, side == FactsSide::left);
        if (crossings < best_crossings) best = option, best_crossings = crossings;
      }
      if (best < -1) return false;
      NodePlace& node = layout_.nodes[i];
      node.facts = facts_at(i, best, size, &node.side);
      layout_.crossings += best_crossings;
      if (best >= kOutward) ++unusual_;
    }
    return true;
  }

  static constexpr int kOptions = 12, kOutward = 5;
  static constexpr float kUnder = 10;  ///< facts below a server begin so far inside its middle

  /// Options from the best one on: outward at the height that suits, then higher and lower, then the other
  /// sides.
  Rect facts_at(size_t i, int option, ImVec2 size, FactsSide* side) const {
    const NodePlace& node = layout_.nodes[i];
    const Zone& zone = zone_of(node.id);
    const float middle = (zone.area.min.x + zone.area.max.x) / 2, r = layout_.radius;
    const float dx = node.centre.x - middle;
    const bool column = count_of(zone.servers) <= 2 && plan_.hull_count > 0;
    const bool central = column || std::fabs(dx) < css(8);
    const bool outward_right = column || dx > -css(8);
    const bool upper = node.centre.y < (zone.area.min.y + zone.area.max.y) / 2;
    if (zone.narrow) {
      if (side != nullptr) *side = FactsSide::below;
      return box({node.centre.x - size.x / 2, node.centre.y + r * 1.64f}, size);
    }
    const bool alone = column && count_of(zone.servers) == 1;
    const float first = !central || alone ? css(1) : upper ? css(-21) : css(21);
    const float heights[] = {first, first - size.y / 2, first + size.y / 2, first - size.y / 4,
                             first + size.y / 4};
    FactsSide which = FactsSide::right;
    float offset = 0;
    if (option < 0) {
      // Who stands low or in the middle has them beside it.
      if (side != nullptr) *side = outward_right ? FactsSide::right : FactsSide::left;
      if (central || node.centre.y > zone.area.max.y - r * 1.64f - size.y) return {{-1e6f, 0}, {-1e6f, 0}};
      const float inner = css(kUnder);
      return box({outward_right ? node.centre.x - inner : node.centre.x + inner - size.x, node.centre.y + r * 1.64f}, size);
    }
    if (option < kOutward) {
      which = outward_right ? FactsSide::right : FactsSide::left;
      offset = heights[option];
    } else if (option == 5 || option == 6) {
      which = (option == 5) == upper ? FactsSide::above : FactsSide::below;
    } else {
      which = outward_right ? FactsSide::left : FactsSide::right;
      offset = heights[option - 7];
    }
    if (side != nullptr) *side = which;
    const float gap = facts_gap(r);
    const ImVec2 c = node.centre;
    switch (which) {
      case FactsSide::right:
        return beside(zone.area, {c.x + gap, c.y + offset - size.y / 2}, size);
      case FactsSide::left:
        return beside(zone.area, {c.x - gap - size.x, c.y + offset - size.y / 2}, size);
      case FactsSide::above:
        return box({c.x - size.x / 2, c.y - r * 2.36f - size.y}, size);
      default:
        return box({c.x - size.x / 2, c.y + r * 1.64f}, size);
    }
  }

  /// A little out of the room is moved back into it.
  Rect beside(const Rect& room, ImVec2 min, ImVec2 size) const {
    const float kept = std::max(std::min(min.y, room.max.y - size.y), room.min.y);
    return box({min.x, std::fabs(kept - min.y) <= css(12) ? kept : min.y}, size);
  }

  static Rect box(ImVec2 min, ImVec2 size) {
    min = {std::round(min.x), std::floor(min.y)};
    return {min, {min.x + size.x, min.y + size.y}};
  }

  bool facts_fit(size_t i, const Rect& rect) const {
    if (!inside(rect, zone_of(layout_.nodes[i].id).area)) return false;
    for (size_t j = 0; j < layout_.nodes.size(); ++j) {
      if (distance(layout_.nodes[j].centre, rect) < node_clearance(layout_.radius) + css(2)) return false;
      if (overlap(rect, grown(crown_box(j), css(2)))) return false;
      if (j < i && overlap(grown(rect, css(2)), layout_.nodes[j].facts)) return false;
    }
    return true;
  }

  /// Links that run through the words. The last of three rows is shorter than the others.
  int count_crossings(const Rect& rect, bool mirrored) const {
    int crossings = 0;
    Rect wide = grown(rect, css(2)), last = wide;
    if (attempt_.level == FactsLevel::full) {
      wide.max.y -= css(20);
      last.min.y = wide.max.y;
      (mirrored ? last.min.x : last.max.x) += css(mirrored ? 52 : -52);
    }
    for (size_t a = 0; a < layout_.nodes.size(); ++a) {
      for (size_t b = a + 1; b < layout_.nodes.size(); ++b) {
        const ImVec2 from = layout_.nodes[a].centre, to = layout_.nodes[b].centre;
        crossings += touches(from, to, wide) || touches(from, to, last);
      }
    }
    return crossings;
  }

  float scale_;
  Attempt attempt_;
  const StagePlan& plan_;
  StageLayout layout_;
  int unusual_ = 0;
};

void add_links(StageLayout& layout) {
  const float end = link_end(layout.radius);
  for (size_t i = 0; i < layout.nodes.size(); ++i) {
    for (size_t j = i + 1; j < layout.nodes.size(); ++j) {
      const ImVec2 a = layout.nodes[i].centre, b = layout.nodes[j].centre;
      const ImVec2 unit = direction(a, b);
      LinkPlace link;
      link.a = layout.nodes[i].id;
      link.b = layout.nodes[j].id;
      const float shown_end = std::min(end, distance(a, b) * 0.4f);
      link.from = along(a, unit, shown_end);
      link.to = along(b, unit, -shown_end);
      layout.links.push_back(link);
    }
  }
}

/// Room around a mark: to other links, to marks placed already, to servers and facts.
float mark_room(const StageLayout& layout, size_t which, ImVec2 mark, float scale) {
  float room = 1e9f;
  for (size_t i = 0; i < layout.links.size(); ++i) {
    const LinkPlace& other = layout.links[i];
    if (i == which) continue;
    room = std::min(room, distance(mark, other.from, other.to));
    if (i < which)
      room = std::min(room, distance(mark, lerp(other.from, other.to, other.mark_share)) - 12 * scale);
  }
  for (const NodePlace& node : layout.nodes) {
    room = std::min(room, distance(mark, node.centre) - layout.radius - 8 * scale);
    if (node.facts.width() > 0) room = std::min(room, distance(mark, node.facts));
  }
  return room;
}

void place_marks(StageLayout& layout, float scale) {
  static constexpr float kShares[] = {.5f,  .44f, .56f, .38f, .62f, .33f, .67f,
                                      .28f, .72f, .23f, .77f, .18f, .82f};
  for (size_t i = 0; i < layout.links.size(); ++i) {
    LinkPlace& link = layout.links[i];
    float best = -1e9f;
    for (float share : kShares) {
      const float room = std::min(mark_room(layout, i, lerp(link.from, link.to, share), scale), 14 * scale);
      if (room > best + 0.5f) best = room, link.mark_share = share;
    }
  }
}

/// Pushes the first capsules of each sender apart: their boxes on neighbouring links must not meet.
void place_starts(StageLayout& layout, float scale) {
  const float half_width = 48 * scale, half_height = 12 * scale;
  struct Lane {
    LinkPlace* link;
    bool at_a;
    ImVec2 unit, from;
    float start, limit;
  };
  for (const NodePlace& node : layout.nodes) {
    std::vector<Lane> lanes;
    for (LinkPlace& link : layout.links) {
      if (link.a != node.id && link.b != node.id) continue;
      const bool at_a = link.a == node.id;
      const ImVec2 from = at_a ? link.from : link.to, to = at_a ? link.to : link.from;
      const ImVec2 unit = direction(from, to);
      const float limit = distance(from, to) * 0.45f;
      lanes.push_back({&link, at_a, unit, from,
                       std::min(reach(half_width, half_height, unit) + 4 * scale, limit), limit});
    }
    for (int round = 0; round < 40; ++round) {
      bool moved = false;
      for (size_t i = 0; i < lanes.size(); ++i) {
        for (size_t j = i + 1; j < lanes.size(); ++j) {
          const ImVec2 p = along(lanes[i].from, lanes[i].unit, lanes[i].start);
          const ImVec2 q = along(lanes[j].from, lanes[j].unit, lanes[j].start);
          if (std::fabs(p.x - q.x) >= 2 * half_width || std::fabs(p.y - q.y) >= 2 * half_height) continue;
          // The steeper one moves: there a short way clears the other's height.
          Lane& lane = std::fabs(lanes[i].unit.y) > std::fabs(lanes[j].unit.y) + 1e-3f ? lanes[i] : lanes[j];
          if (lane.start >= lane.limit) continue;
          lane.start = std::min(lane.start + 4 * scale, lane.limit);
          moved = true;
        }
      }
      if (!moved) break;
    }
    for (const Lane& lane : lanes) (lane.at_a ? lane.link->start_at_a : lane.link->start_at_b) = lane.start;
  }
}

}  // namespace

const NodePlace* StageLayout::node(ServerId id) const {
  for (const NodePlace& node : nodes) {
    if (node.id == id) return &node;
  }
  return nullptr;
}

const LinkPlace* StageLayout::link(ServerId one, ServerId other) const {
  const ServerId a = std::min(one, other), b = std::max(one, other);
  for (const LinkPlace& link : links) {
    if (link.a == a && link.b == b) return &link;
  }
  return nullptr;
}

float node_clearance(float radius) {
  return radius * 1.54f;
}

ImVec2 facts_size(FactsLevel level, bool below) {
  if (below && level == FactsLevel::two) level = FactsLevel::full;
  switch (level) {
    case FactsLevel::full:
      return {138, 64};
    case FactsLevel::two:
      return {132, 42};
    case FactsLevel::one:
      return {76, 20};
    default:
      return {0, 0};
  }
}

namespace {

/// Tries all sizes. Nothing placed: the plan has no room for its servers.
StageLayout best_layout(const StagePlan& plan, const Rect& area, float scale, bool phone) {
  static constexpr float kRadii[] = {32, 28, 25, 22, 20, 18, 16, 14, 12, 10, 8};
  static constexpr float kLeastRadius[] = {18, 16, 12, 8};
  const bool large = area.width() >= 1200 * scale && area.height() >= 640 * scale;
  StageLayout best;
  float best_cost = 1e9f;
  const auto attempt = [&](const Attempt& way) {
    const float cost = attempt_cost(way);
    if (cost >= best_cost) return;
    Placer placer(plan, scale, way);
    if (!placer.place()) return;
    const float whole = cost + placer.flaws();
    if (whole < best_cost) best_cost = whole, best = std::move(placer.layout());
  };
  for (int level = phone ? 2 : 0; level < 4; ++level) {
    for (float radius : kRadii) {
      if (radius < kLeastRadius[level] || (radius > 28 && !large) || (radius > 22 && phone)) continue;
      for (float even : {0.0f, 0.5f, 1.0f}) {
        for (float widen : {0.7f, 1.0f, 0.5f}) {
          attempt({static_cast<FactsLevel>(level), radius, widen, even});
          if (phone && level == 2) attempt({FactsLevel::one, radius, widen + 0.3f, even, true});
        }
      }
    }
  }
  best.hulls.assign(plan.hulls, plan.hulls + plan.hull_count);
  return best;
}

}  // namespace

StageLayout lay_out_stage(const Rect& area, const std::vector<ServerId>& servers, float scale,
                          const std::vector<ConfigurationView>& configurations, bool phone) {
  StageLayout best;
  StagePlan hulls = plan_hulls(area, servers, configurations, scale);
  const bool planned = hulls.zone_count > 0;
  if (planned) best = best_layout(hulls, area, scale, phone);
  // A low stage may have more room beside its servers than below them.
  if (planned && (best.nodes.empty() || best.level >= FactsLevel::one)) {
    for (Zone& zone : hulls.zones) zone.narrow = false;
    StageLayout beside = best_layout(hulls, area, scale, phone);
    if (beside.nodes.size() == servers.size() && (best.nodes.empty() || beside.level < best.level))
      best = std::move(beside);
  }
  if (best.nodes.size() != servers.size()) best = best_layout(plan_whole(area, servers, scale), area, scale, phone);
  add_links(best);
  place_marks(best, scale);
  place_starts(best, scale);
  return best;
}

}  // namespace paxoscope::ui
