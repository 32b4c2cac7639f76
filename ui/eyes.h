// The stage with the eyes of one server.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// A row that says whose eyes these are, what it believes and where that is not so; its button shows everything again.
void draw_eyes(Context& context, const Rect& row);
/// What colours need of a timeline, without the messages of others.
Timeline colours_only(const Timeline& timeline);

}  // namespace paxoscope::ui
