// Servers on the stage: discs, role rings, crowns, timer arcs, and the facts beside them.
#pragma once

#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// Over the servers; below the messages, which may pass there.
void draw_crowns(const Context& context, const StageLayout& layout);
/// Disc, rings and timer. `ring_share` ≥ 0: the ring of a ballot raised just now, from 0 to 1.
void draw_node(const Context& context, const StageLayout& layout, const NodePlace& place,
               const ServerView& server, float ring_share);
void draw_facts(const Context& context, const StageLayout& layout, const NodePlace& place,
                const ServerView& server);
/// "Leader", "Leader, paused", "down"…
std::string role_words(const ServerView& server);
/// Entries that a joining server holds already, and how many it needs.
uint64_t fetched_entries(const ServerView& server, uint64_t* needed);
/// Registers the servers and reacts; returns whether the pointer is on one.
bool react_to_nodes(Context& context, const StageLayout& layout);

/// "Leader, ballot 5·A, decided 7, quorum-connected"
std::string server_state(const ServerView& server, const Observation& seen);

}  // namespace paxoscope::ui
