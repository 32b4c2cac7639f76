// Where servers, their facts and their links stand on the stage: pure arithmetic, no drawing, no ImGui
// context.
#pragma once

#include <vector>

#include "ui/view.h"

namespace paxoscope::ui {

/// How much stands beside a server; less when there are many servers on little room.
enum class FactsLevel : uint8_t {
  full,  ///< ballot and role, quorum mark and how many are heard, decided index
  two,   ///< ballot and role, quorum mark and decided index
  one,   ///< ballot and quorum mark
  none,
};

enum class FactsSide : uint8_t { right, left, above, below };

/// One server on the stage, device pixels.
struct NodePlace {
  ServerId id = 0;
  ImVec2 centre;
  Rect facts;  ///< empty at level none
  FactsSide side = FactsSide::right;
};

/// One pair of servers: the link's visible ends, and where its mark (cut bars, delay, loss) stands.
struct LinkPlace {
  ServerId a = 0, b = 0;  ///< a < b
  ImVec2 from, to;        ///< from = at a
  float mark_share = 0.5f;
  /// How far from either end a capsule starts, so that capsules of one sender do not cover each other (px).
  float start_at_a = 0, start_at_b = 0;
};

/// The outline around the members of one configuration, device pixels.
struct HullPlace {
  ConfigurationId id = 1;
  Rect rect;
  bool sealed = false;
  bool name_right = false;  ///< its name stands in the upper right corner, else in the upper left one
};

struct StageLayout {
  float radius = 0;  ///< of a server's disc
  FactsLevel level = FactsLevel::full;
  std::vector<NodePlace> nodes;  ///< ascending by id
  std::vector<LinkPlace> links;  ///< ascending by (a, b)
  std::vector<HullPlace> hulls;  ///< the newest configuration last; none: nothing to tell apart
  int crossings = 0;             ///< links that run through facts (0 unless the stage is very small)

  const NodePlace* node(ServerId id) const;
  const LinkPlace* link(ServerId one, ServerId other) const;
};

/// Radius of what a server takes besides its facts: disc, timer ring and selection ring. Rings, crown and
/// gaps grow with the disc.
float node_clearance(float radius);
/// CSS size of the facts at this level; a column below a server has room for a third row.
ImVec2 facts_size(FactsLevel level, bool below = false);
/// Height of the pane title over the stage, CSS pixels.
inline constexpr float kStageTitle = 56;

/// Places servers (ascending ids) in `area` (device pixels, title included) as a polygon, the first at the
/// top. With spare servers or several configurations each of the newest two gets a hull: who is only in the
/// old one stands left, who is in both in the middle, who is only in the new one right, anybody else outside.
/// On a phone servers are at most 22 wide and only ballot and quorum mark stand beside or outside below them.
StageLayout lay_out_stage(const Rect& area, const std::vector<ServerId>& servers, float scale,
                          const std::vector<ConfigurationView>& configurations = {}, bool phone = false);

}  // namespace paxoscope::ui
