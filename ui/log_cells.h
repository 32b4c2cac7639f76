// One cell of a log.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Draws an entry; `fill_share` below 1: it is being decided just now, filling from the left.
void draw_log_cell(const Context& context, const Rect& rect, const LogCell& cell, bool decided, bool lit,
                   float fill_share);
/// The lower edge of a cell that a crash would lose: dashed.
void draw_memory_edge(const Rect& rect);
/// Entries up to `last` that are gone: stacked sheets when a snapshot stands for them, else a dot.
void draw_gone_cell(const Rect& rect, LogIndex last, bool snapshot);
/// The corner of a cell that a future of this server stands behind.
void draw_awaited(const Rect& rect, FutureState state, const EpochColours& colours);
void draw_missing_cell(const Rect& rect);
/// A run that is not shown: a wide cell with a second outline behind, and how many entries it stands for; `gone` ≠ 0: the
/// entries up to there come before them, trimmed or in a snapshot.
void draw_folded_cell(const Rect& rect, LogIndex entries, LogIndex gone, bool decided, bool hot);

}  // namespace paxoscope::ui
