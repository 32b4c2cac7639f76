// Drawing words of the visual language on one ImDrawList. Positions and sizes are device pixels (use px()).
#pragma once

#include <string_view>
#include <vector>

#include "ui/theme.h"

namespace paxoscope::ui {

enum class Align { left, centre, right };

/// Text whose capitals are centred on `middle_y`. Returns its width. `max_width` > 0 cuts it with "…".
float text(ImDrawList& list, ImVec2 at_x_middle_y, Align align, Font face, float css_size, ImU32 colour,
           std::string_view what, float max_width = 0);
float text_width(Font face, float css_size, std::string_view what);
/// Wrapped text; **bold** and `code` spans are honoured. Returns the height used. `list` may be null to measure.
float paragraph(ImDrawList* list, ImVec2 top_left, float width, float css_size, float css_line, ImU32 colour,
                std::string_view what);

void hairline(ImDrawList& list, ImVec2 a, ImVec2 b, ImU32 colour);
void dashed_line(ImDrawList& list, ImVec2 a, ImVec2 b, ImU32 colour, float thickness, float on, float off);
void dashed_rect(ImDrawList& list, ImVec2 min, ImVec2 max, float radius, ImU32 colour, float thickness, float on,
                 float off);
void dashed_circle(ImDrawList& list, ImVec2 centre, float radius, ImU32 colour, float thickness, float on, float off);
/// Part of a ring, clockwise from twelve o'clock; from and to are turns in [0, 1].
void arc(ImDrawList& list, ImVec2 centre, float radius, float from_turn, float to_turn, ImU32 colour, float thickness);
void rounded_rect(ImDrawList& list, ImVec2 min, ImVec2 max, float radius, ImU32 fill, ImU32 stroke, float thickness);
void hatch(ImDrawList& list, ImVec2 min, ImVec2 max, ImU32 colour, float gap);
void crown(ImDrawList& list, ImVec2 centre, float width, ImU32 colour, bool filled);
void octagon(ImDrawList& list, ImVec2 centre, float radius, ImU32 fill, ImU32 stroke, float thickness);
/// A disk as an upright drum, 12 high.
void disk(ImDrawList& list, ImVec2 centre, ImU32 colour);
/// 8 wide.
void tick(ImDrawList& list, ImVec2 centre, ImU32 colour);
void cross(ImDrawList& list, ImVec2 centre, float half, ImU32 colour, float thickness);
void arrow_head(ImDrawList& list, ImVec2 tip, ImVec2 direction, float length, ImU32 colour);
/// Ringed tick (ok) or ringed dash (danger), radius in CSS pixels.
void quorum_mark(ImDrawList& list, ImVec2 centre, float css_radius, bool good);

/// Chip 20 high with "5·A". Returns its width; `list` null measures only. `x_left` is its left edge.
float epoch_chip(ImDrawList* list, float x_left, float middle_y, const Epoch& epoch, const Timeline& timeline);
/// Small ringed server letter. Returns its width.
float server_badge(ImDrawList* list, float x_left, float middle_y, ServerId id);

}  // namespace paxoscope::ui
