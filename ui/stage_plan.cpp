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

/// Zones from left to right, and the two hulls over them. The one that reaches further is 8 taller.
StagePlan zones_and_hulls(const Rect& area, const Groups& groups, float scale) {
  const float top = area.min.y + 60 * scale, bottom = area.max.y - 4 * scale, step = 8 * scale;
  const std::vector<ServerId>* lists[] = {&groups.only_old, &groups.both, &groups.only_new, &groups.outside};
  float weights[4], sum = 0, x[5];
  for (int i = 0; i < 4; ++i) sum += weights[i] = zone_weight(lists[i]->size(), i == 1 || (i == 2 && !groups.old_one));
  x[0] = area.min.x + 16 * scale;
  const float width = area.width() - 32 * scale, least = std::min(92 * scale, width / 4);
  for (int i = 0; i < 4; ++i) {
    const float share = weights[i] <= 0 ? 0 : std::max(weights[i] / sum * width, least);
    x[i + 1] = std::round(x[i] + share);
  }
  // What narrow zones took too much the widest one gives back.
  const float excess = x[4] - (area.max.x - 16 * scale);
  const int widest = static_cast<int>(std::max_element(weights, weights + 4) - weights);
  for (int i = widest + 1; i < 5; ++i) x[i] -= excess;
  const float gap = groups.outside.empty() ? 0 : step;  // the outside keeps off the hulls
  StagePlan plan;
  const bool nested = groups.only_new.empty() && !groups.only_old.empty();  // the new one lies inside the old one
  if (groups.old_one != nullptr) {
    const float in_y = nested ? 0 : step, in_left = groups.only_old.empty() ? step : 0;
    const float in_right = groups.both.empty() || (groups.only_new.empty() && !nested) ? step : 0;
    plan.hulls.push_back({groups.old_one->id, {{x[0] + in_left, top + in_y}, {x[2] - gap - in_right, bottom - in_y}},
                          groups.old_one->sealed, false});
    const float in = nested ? step : 0;
    plan.hulls.push_back({groups.new_one->id, {{x[1], top + in}, {x[3] - gap - in, bottom - in}},
                          groups.new_one->sealed, true});
  } else {
    plan.hulls.push_back({groups.new_one->id, {{x[0], top}, {x[3] - gap, bottom}}, groups.new_one->sealed, false});
  }
  for (int i = 0; i < 4; ++i) {
    if (lists[i]->empty()) continue;
    // A name stands over the zone at its end of the hull, unless that zone is wide enough for both.
    const float side = x[i + 1] - x[i] < 120 * scale ? step / 2 : step;
    const Rect room{{x[i] + side, top + 2 * step}, {x[i + 1] - side - (i == 3 ? 0 : gap), bottom - step}};
    const bool narrow = room.width() < 260 * scale;
    plan.zones.push_back({room, *lists[i], narrow});
    if (narrow || lists[i]->size() > 2) plan.zones.back().area.min.y += 24 * scale;
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
