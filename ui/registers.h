// What each server of a quorum register holds, and the operations that it coordinates. Stands where the logs do.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

void draw_registers(Context& context, const Rect& area);

/// "stores"
const char* round_word(RoundPhase phase);
/// The round that a server works on; null: none.
const RoundView* running_round(const ServerView& server);
/// How much of its quorum has answered, 0 to 1.
float round_share(const RoundView& round);

}  // namespace paxoscope::ui
