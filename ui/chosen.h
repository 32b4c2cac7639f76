// What no server needs to know: the entries, or values of registers, that a quorum has made durable. Drawn dashed and apart
// from what servers hold; hatched as long as no server knows it.
#pragma once

#include <string>

#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// The row of what is chosen, above those of servers: its ground, its name in `head` and what the whole of it says.
void draw_chosen_row(Context& context, const Rect& row, const Rect& head);
/// An entry or a value in that row: the pointer shows who chose it, pressing keeps that shown.
void draw_chosen_cell(Context& context, const Rect& rect, const ChosenView& chosen);
/// "Chosen at 1.234 s by A, C, D in ballot 5·A; A knows it since 1.240 s"
std::string chosen_words(const ChosenView& chosen, const Observation& seen);
/// On the stage, around each server of the quorum behind the entry that is lit.
void draw_chosen_rings(Context& context, const StageLayout& layout);

}  // namespace paxoscope::ui
