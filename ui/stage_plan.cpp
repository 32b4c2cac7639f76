#include "ui/stage_plan.h"

#include <cmath>

namespace paxoscope::ui {
namespace {

/// Servers by the newest two configurations, from left to right.
struct Groups {
  const ConfigurationView* old_one = nullptr;
  const ConfigurationView* new_one = nullptr;
  ServerSet only_old = 0, both = 0, only_new = 0, outside = 0;
};

Groups group_servers(ServerSet servers, const std::vector<ConfigurationView>& configurations) {
  Groups groups;
  if (configurations.empty()) return groups;
  groups.new_one = &configurations.back();
  if (configurations.size() > 1) groups.old_one = &configurations[configurations.size() - 2];
  // A change that only makes learners leaves the hull as it is.
  if (groups.old_one != nullptr && groups.old_one->members == groups.new_one->members &&
      groups.old_one->learners != groups.new_one->learners)
    groups.old_one = nullptr;
  const ServerSet in_new = set_of(groups.new_one->members) & servers;
  const ServerSet in_old = groups.old_one != nullptr ? set_of(groups.old_one->members) & servers : 0;
  groups.only_old = in_old & ~in_new;
  groups.both = in_old & in_new;
  groups.only_new = in_new & ~in_old;
  groups.outside = servers & ~in_old & ~in_new;
  return groups;
}

/// Share of the width for so many servers.
float zone_weight(uint32_t servers, bool middle) {
  if (servers == 0) return 0;
  if (middle) return servers == 1 ? 4 : servers == 2 ? 8 : 9;
  return servers <= 2 ? 3 : 7;
}

/// The five edges of the four zones; an empty zone is 0 wide.
struct Edges {
  float x[5];
};

Edges zone_edges(const Rect& area, const Groups& groups, float scale) {
  const uint32_t counts[] = {count_of(groups.only_old), count_of(groups.both), count_of(groups.only_new),
                             count_of(groups.outside)};
  float weights[4], sum = 0;
  for (int i = 0; i < 4; ++i) sum += weights[i] = zone_weight(counts[i], i == 1 || (i == 2 && !groups.old_one));
  Edges edges;
  edges.x[0] = area.min.x + 16 * scale;
  const float width = area.width() - 32 * scale, least = std::fmin(92 * scale, width / 4);
  for (int i = 0; i < 4; ++i) {
    const float share = weights[i] <= 0 ? 0 : std::fmax(weights[i] / sum * width, least);
    edges.x[i + 1] = std::round(edges.x[i] + share);
  }
  // What narrow zones took too much the widest one gives back.
  const float excess = edges.x[4] - (area.max.x - 16 * scale);
  int widest = 0;
  for (int i = 1; i < 4; ++i)
    if (weights[i] > weights[widest]) widest = i;
  for (int i = widest + 1; i < 5; ++i) edges.x[i] -= excess;
  return edges;
}

/// One hull or both; where one would touch the other's outline it is 8 smaller. `gap` keeps them off who is
/// outside.
void place_hulls(const Groups& groups, const Edges& edges, float top, float bottom, float step, float gap,
                 StagePlan& plan) {
  const float* x = edges.x;
  const auto add = [&](const ConfigurationView& of, float left, float right, float in, bool name_right) {
    plan.hulls[plan.hull_count++] = {of.id, {{left, top + in}, {right - gap, bottom - in}}, of.sealed, name_right};
  };
  if (groups.old_one == nullptr) return add(*groups.new_one, x[0], x[3], 0, false);
  const bool nested = groups.only_new == 0 && groups.only_old != 0;  // the new one lies inside the old one
  const float old_in = nested ? 0 : step, new_in = nested ? step : 0;
  const float left_in = groups.only_old == 0 ? step : 0;
  const float right_in = groups.both == 0 || (groups.only_new == 0 && !nested) ? step : 0;
  add(*groups.old_one, x[0] + left_in, x[2] - right_in, old_in, false);
  add(*groups.new_one, x[1], x[3] - new_in, new_in, true);
}

StagePlan zones_and_hulls(const Rect& area, const Groups& groups, float scale) {
  const float top = area.min.y + 60 * scale, bottom = area.max.y - 4 * scale, step = 8 * scale;
  const float gap = groups.outside == 0 ? 0 : step;
  const Edges edges = zone_edges(area, groups, scale);
  StagePlan plan;
  place_hulls(groups, edges, top, bottom, step, gap, plan);
  const ServerSet sets[] = {groups.only_old, groups.both, groups.only_new, groups.outside};
  for (int i = 0; i < 4; ++i) {
    if (sets[i] == 0) continue;
    const float left = edges.x[i], right = edges.x[i + 1], side = right - left < 120 * scale ? step / 2 : step;
    Zone& zone = plan.zones[plan.zone_count++];
    zone.area = {{left + side, top + 2 * step}, {right - side - (i == 3 ? 0 : gap), bottom - step}};
    zone.servers = sets[i];
    zone.narrow = zone.area.width() < 260 * scale;
    // A hull's name stands over its servers, unless they leave its corner free.
    if (zone.narrow || count_of(zone.servers) > 2) zone.area.min.y += 24 * scale;
  }
  return plan;
}

}  // namespace

StagePlan plan_whole(const Rect& area, const std::vector<ServerId>& servers, float scale) {
  const float edge = 4 * scale;
  StagePlan plan;
  Zone& zone = plan.zones[plan.zone_count++];
  zone.area = {{area.min.x + edge, area.min.y + kStageTitle * scale}, {area.max.x - edge, area.max.y - edge}};
  zone.servers = set_of(servers);
  return plan;
}

StagePlan plan_hulls(const Rect& area, const std::vector<ServerId>& servers,
                     const std::vector<ConfigurationView>& configurations, float scale) {
  const Groups groups = group_servers(set_of(servers), configurations);
  if (groups.old_one == nullptr && (groups.new_one == nullptr || groups.outside == 0)) return {};
  return zones_and_hulls(area, groups, scale);
}

}  // namespace paxoscope::ui
