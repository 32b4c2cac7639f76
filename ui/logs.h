// The logs of all servers, one row each, cell under cell.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// The part of the logs that fits into `area`: the first entries, or the newest ones behind a folded run of
/// `kFoldColumns` columns. `asked_first` 0 follows the end; else the first index wanted.
/// `ends`: where configurations end; a divider takes room there.
LogWindow log_window(const Rect& area, LogIndex longest, LogIndex asked_first, const std::vector<LogIndex>& ends = {});
/// Indexes of decided stop-signs, ascending.
std::vector<LogIndex> configuration_ends(const Observation& observation);
inline constexpr uint32_t kFoldColumns = 2;

/// The log of the leader, or of the selected server while nobody leads, in one row: beside views that speak of entries.
void draw_log_strip(Context& context, const Rect& area);
void draw_logs(Context& context, const Rect& area);

}  // namespace paxoscope::ui
