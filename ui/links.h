// Links on the stage: two directed links are one line; its look says what each direction does.
#pragma once

#include <string>
#include <vector>

#include "ui/messages.h"
#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// Both directions between two servers.
struct LinkPair {
  ServerId a = 0, b = 0;  ///< a < b
  bool up_ab = false, up_ba = false;
  bool in_use = false;  ///< a message that is no heartbeat is on it
  bool slow = false;
  TimeUs latency_us = 0;       ///< the larger one
  uint32_t loss_permille = 0;  ///< the larger one
  uint32_t duplication_permille = 0;  ///< the larger one

  bool cut() const { return !up_ab && !up_ba; }
  bool one_way() const { return up_ab != up_ba; }
};

/// Pairs ascending by (a, b). A direction that is not listed is down.
void merge_links(const std::vector<LinkView>& links, std::vector<LinkPair>& pairs);
/// "up", "cut", "only A to B", "slow, 180 ms", "loses 30 %"…
std::string link_state(const LinkPair& pair);
/// "Link A–B"
std::string link_name(ServerId a, ServerId b);

/// Lines and marks, below the messages; while nothing moves marks keep clear of capsules.
void draw_links(const Context& context, const StageLayout& layout, const std::vector<LinkPair>& pairs,
                const std::vector<Capsule>& capsules);
/// Registers the links and reacts: a click cuts or heals, a right click opens the menu. `taken`: the pointer
/// is on something above. Spots keep clear of capsules.
void react_to_links(Context& context, const StageLayout& layout, const std::vector<LinkPair>& pairs,
                    const std::vector<Capsule>& capsules, bool taken);

}  // namespace paxoscope::ui
