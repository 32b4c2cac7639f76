// What shapes and colours mean: rows under the stage and the logs, and a card with all of it.
#pragma once

#include "ui/view.h"
#include "ui/widgets.h"

namespace paxoscope::ui {

/// One row, as much of it as fits; `sample` picks the colour of the examples.
void draw_log_legend(Context& context, const Rect& row, const Epoch& sample);

/// What the marks of the stage mean, in one row; those that do not fit stand in the card that its last entry opens.
void draw_stage_legend(Context& context, const Rect& row);

/// Opens the card; without a word it is a sign.
void legend_button(Context& context, std::string_view key, const Rect& rect, std::string_view word, ButtonStyle style);
/// Everything that the protocol's pictures have, while it is open.
void draw_legend_card(Context& context, const Rect& view);

}  // namespace paxoscope::ui
