// The bar over the lower middle part: which view it shows, and the ballots in sight.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

enum class Tab : uint8_t { logs, ballots, next, futures, history, key_value, timeline, compare };
inline constexpr size_t kTabs = 8;

/// Height of the bar, CSS pixels.
inline constexpr float kTabBar = 40;
/// Below this width of the lower middle part, CSS pixels, views stack what else stands side by side.
inline constexpr float kNarrowTab = 600;

/// Where there is no log nobody leads, and the registers say what a key-value store would.
inline bool has_tab(const Frame& frame, Tab tab) {
  if (tab == Tab::timeline) return phone();  // elsewhere it always stands at the foot
  if (tab == Tab::compare) return frame.marked != nullptr;
  return frame.observation.has_log || (tab != Tab::ballots && tab != Tab::key_value);
}

/// What of a tab's area is below the bar.
inline Rect below_tabs(const Rect& area) { return {{area.min.x, area.min.y + px(kTabBar + 1)}, area.max}; }

/// How many futures have not settled; nothing when all have.
std::string waiting_futures(const Observation& observation);

/// On a phone only the views that share a page with `shown`.
void draw_tabs(Context& context, const Rect& area, Tab shown);

}  // namespace paxoscope::ui
