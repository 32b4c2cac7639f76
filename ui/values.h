// Drawing typed values: ballots as chips, servers as badges, the rest as text.
#pragma once

#include <string>
#include <string_view>

#include "ui/view.h"

namespace paxoscope::ui {

/// Draws a value at `x`, its capitals centred on `middle_y`; returns its width. `list` null measures only.
/// `max_width` > 0 shortens what does not fit.
float draw_value(ImDrawList* list, const Context& context, float x, float middle_y, const FieldValue& value,
                 ImU32 colour, float css_size, float max_width = 0);
/// The arrow between an old and a new value; returns its width.
float draw_arrow(ImDrawList& list, float x, float middle_y);
/// The ground of a row that the last event changed.
void draw_change(const Rect& row);
/// What `old` says apart from the words at its end that `now` ends with too: "1" of "1 of 3 needed" beside "2 of 3 needed".
/// At least its first word.
std::string without_shared_end(std::string_view old, std::string_view now);
/// "5·A, was 4·C, on disk 4·C" or the value alone: for screen readers.
std::string spoken_value(const Field& field);

}  // namespace paxoscope::ui
