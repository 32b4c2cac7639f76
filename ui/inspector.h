// Everything a server knows, old values beside new ones; or the fields of a message.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

void draw_inspector(Context& context, const Rect& area);

}  // namespace paxoscope::ui
