#include "ui/stage_plan.h"

#include <algorithm>
#include <cmath>

namespace paxoscope::ui {
namespace {

/// Servers by the newest two configurations.
struct Groups {
  const ConfigurationView* old_one = nullptr;
  const ConfigurationView* new_one = nullptr;
  std::vector<ServerId> only_old, both, only_new, outside;
};

Groups group_servers(const std::vector<ServerId>& servers, const std::vector<ConfigurationView>& configurations) {
  Groups groups;
  if (configurations.empty()) return groups;
  groups.new_one = &configurations.back();
  if (configurations.size() > 1) groups.old_one = &configurations[configurations.size() - 2];
  const auto in = [](const ConfigurationView* configuration, ServerId id) {
    return configuration != nullptr &&
           std::find(configuration->members.begin(), configuration->members.end(), id) != configuration->members.end();
  };
  for (ServerId id : servers) {
    const bool is_old = in(groups.old_one, id), is_new = in(groups.new_one, id);
    (is_old && is_new ? groups.both
     : is_old         ? groups.only_old
     : is_new         ? groups.only_new
                      : groups.outside)
        .push_back(id);
  }
  return groups;
}

/// Share of the width for so many servers.
float zone_weight(size_t servers, bool middle) {
  if (servers == 0) return 0;
  if (middle) return servers == 1 ? 4 : servers == 2 ? 8 : 9;
  return servers <= 2 ? 3 : 7;
}

/// The five edges of the four zones; an empty zone is 0 wide.
struct Edges {
  float x[5];
};

Edges zone_edges(const Rect& area, const Groups& groups, float scale) {
  const size_t counts[] = {groups.only_old.size(), groups.both.size(), groups.only_new.size(), groups.outside.size()};
  float weights[4], sum = 0;
  for (int i = 0; i < 4; ++i) sum += weights[i] = zone_weight(counts[i], i == 1 || (i == 2 && !groups.old_one));
  Edges edges;
  edges.x[0] = area.min.x + 16 * scale;
  const float width = area.width() - 32 * scale, least = std::min(92 * scale, width / 4);
  for (int i = 0; i < 4; ++i) {
    const float share = weights[i] <= 0 ? 0 : std::max(weights[i] / sum * width, least);
    edges.x[i + 1] = std::round(edges.x[i] + share);
  }
  // What narrow zones took too much the widest one gives back.
  const float excess = edges.x[4] - (area.max.x - 16 * scale);
  const auto widest = std::max_element(weights, weights + 4) - weights;
  for (auto i = widest + 1; i < 5; ++i) edges.x[i] -= excess;
  return edges;
}

/// Both hulls; where one would touch the other's outline it is 8 smaller. `gap` keeps them off who is outside.
std::vector<HullPlace> hulls_over(const Groups& groups, const Edges& edges, float top, float bottom, float step,
                                  float gap) {
  const float* x = edges.x;
  const ConfigurationView& newest = *groups.new_one;
  if (groups.old_one == nullptr) return {{newest.id, {{x[0], top}, {x[3] - gap, bottom}}, newest.sealed, false}};
  const ConfigurationView& oldest = *groups.old_one;
  const bool nested = groups.only_new.empty() && !groups.only_old.empty();  // the new one lies inside the old one
  const float old_in = nested ? 0 : step, new_in = nested ? step : 0;
  const float left_in = groups.only_old.empty() ? step : 0;
  const float right_in = groups.both.empty() || (groups.only_new.empty() && !nested) ? step : 0;
  return {{oldest.id, {{x[0] + left_in, top + old_in}, {x[2] - gap - right_in, bottom - old_in}}, oldest.sealed, false},
          {newest.id, {{x[1], top + new_in}, {x[3] - gap - new_in, bottom - new_in}}, newest.sealed, true}};
}

StagePlan zones_and_hulls(const Rect& area, const Groups& groups, float scale) {
  const float top = area.min.y + 60 * scale, bottom = area.max.y - 4 * scale, step = 8 * scale;
  const float gap = groups.outside.empty() ? 0 : step;
  const Edges edges = zone_edges(area, groups, scale);
  StagePlan plan;
  plan.hulls = hulls_over(groups, edges, top, bottom, step, gap);
  const std::vector<ServerId>* lists[] = {&groups.only_old, &groups.both, &groups.only_new, &groups.outside};
  for (int i = 0; i < 4; ++i) {
    if (lists[i]->empty()) continue;
    const float left = edges.x[i], right = edges.x[i + 1], side = right - left < 120 * scale ? step / 2 : step;
    Zone zone;
    zone.area = {{left + side, top + 2 * step}, {right - side - (i == 3 ? 0 : gap), bottom - step}};
    zone.servers = *lists[i];
    zone.narrow = zone.area.width() < 260 * scale;
    // A hull's name stands over its servers, unless they leave its corner free.
    if (zone.narrow || zone.servers.size() > 2) zone.area.min.y += 24 * scale;
    plan.zones.push_back(std::move(zone));
  }
  return plan;
}

}  // namespace

StagePlan plan_whole(const Rect& area, const std::vector<ServerId>& servers, float scale) {
  const float edge = 4 * scale;
  Zone zone;
  zone.area = {{area.min.x + edge, area.min.y + kStageTitle * scale}, {area.max.x - edge, area.max.y - edge}};
  zone.servers = servers;
  return {{zone}, {}};
}

StagePlan plan_hulls(const Rect& area, const std::vector<ServerId>& servers,
                     const std::vector<ConfigurationView>& configurations, float scale) {
  const Groups groups = group_servers(servers, configurations);
  if (groups.old_one == nullptr && (groups.new_one == nullptr || groups.outside.empty())) return {};
  return zones_and_hulls(area, groups, scale);
}

}  // namespace paxoscope::ui
