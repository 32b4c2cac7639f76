// Which servers stand together on the stage, and the hulls around them. Only stage_layout.cpp includes this.
#pragma once

#include "ui/stage_layout.h"

namespace paxoscope::ui {

/// A part of the stage in which servers stand as a polygon of their own.
struct Zone {
  Rect area;  ///< servers and facts stay inside
  ServerSet servers = 0;
  bool narrow = false;  ///< facts stand below, not beside
};

/// The whole stage as one zone, or the zones of one or two hulls.
struct StagePlan {
  Zone zones[4];
  int zone_count = 0;
  HullPlace hulls[2];
  int hull_count = 0;
};

StagePlan plan_whole(const Rect& area, const std::vector<ServerId>& servers, float scale);
/// Hulls around the newest two configurations, or around one when there are servers outside. No zones: nothing
/// to tell apart.
StagePlan plan_hulls(const Rect& area, const std::vector<ServerId>& servers,
                     const std::vector<ConfigurationView>& configurations, float scale);

}  // namespace paxoscope::ui
