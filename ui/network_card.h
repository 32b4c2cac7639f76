// Cards over the stage: the network's sliders, a server's clock, and who is on which side of a partition.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Sliders for one link, for all links (a server with id 0), or for a server's clock. Returns false when it was closed.
bool draw_network_card(Context& context, const Item& item, ImVec2 at, bool fresh);
/// A toggle for each server: on the other side, or not; `away` are those that are. Returns false when it was closed.
bool draw_sides_card(Context& context, ImVec2 at, bool fresh, ServerSet& away);

}  // namespace paxoscope::ui
