// What a future, an operation and a log cell share: the proposal behind them, which lights up in every view, and the
// marks of a future's state.
#pragma once

#include <string_view>

#include "ui/view.h"

namespace paxoscope::ui {

/// The proposal with this attempt id; before it has one, the thing that this event began.
Item proposal_item(uint64_t attempt_id, uint64_t made_event);

/// Whether a message carries a proposal that is lit.
bool carries_lit(const Selection& selection, const MessageView& message);

/// "pending"
const char* future_word(FutureState state);
/// An open arc, a small cell, a tick, a cross or a question mark: told apart without colour. `ground` lies behind it.
void draw_future_mark(ImVec2 centre, float radius, FutureState state, ImU32 ground, ImU32 ballot);

/// Registers the place of a proposal: the pointer lights it up everywhere; pressing selects it and goes to the event that
/// ended it, from there to the one that began it. `ended_event` 0: not yet. Returns whether it is lit.
bool offer_proposal(Context& context, std::string_view key, const Rect& rect, std::string_view label,
                    std::string_view value, const Item& item, uint64_t began_event, uint64_t ended_event);

/// What a view says while it has nothing to show.
void draw_nothing_yet(Context& context, const Rect& area, std::string_view title, std::string_view sentence);

}  // namespace paxoscope::ui
