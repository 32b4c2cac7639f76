// The layers of the timeline, from back to front. Only timeline*.cpp and ballots.cpp include this.
#pragma once

#include <utility>
#include <vector>

#include "ui/runs.h"
#include "ui/timeline.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// Where times and servers stand on the diagram.
struct Lanes {
  Lanes(const Frame& frame, const Rect& where, const TimelineView& view);
  float y_of(ServerId id) const;
  float x_of(TimeUs time) const;
  TimeUs time_at(float x) const;
  bool overlaps(TimeUs from, TimeUs to) const { return from <= to_us && to >= from_us; }

  Rect area;
  float left, right, top = 0, bottom = 0, pitch = 0;
  TimeUs from_us, to_us;
  std::vector<ServerId> servers;
};

/// Labels on one line that must not touch: the more important ones are placed first.
class Places {
 public:
  bool take(float from, float to) {
    for (const auto& [a, b] : taken_) {
      if (from < b && to > a) return false;
    }
    taken_.emplace_back(from, to);
    return true;
  }

 private:
  std::vector<std::pair<float, float>> taken_;
};

/// An open span reaches to the newest event.
inline TimeUs end_of(TimeUs to_us, const Timeline& timeline) {
  return to_us < 0 ? timeline.last_time_us : to_us;
}

/// A ballot as the thing under the pointer: spans of it light up in every view.
inline Item epoch_item(const Epoch& epoch, const Timeline& timeline) {
  return {Item::Kind::epoch, 0, 0, static_cast<uint64_t>(timeline.slot_of(epoch) + 1)};
}

/// A run of messages that is drawn as one bead, or would be had a person not opened it.
struct Bead {
  MessageRun run;
  ImVec2 middle;
  float half_width = 0;
  bool open = false;
};

/// The runs in sight whose messages are too close to be told apart, where their beads have room; by time.
std::vector<Bead> place_beads(const Frame& frame, const Lanes& lanes, const TimelineView& view);
/// The bead of this arrow, or null.
const Bead* bead_of(const std::vector<Bead>& beads, size_t arrow);
/// Draws them; pressing one opens or closes it. Returns whether the pointer is on one.
bool draw_beads(Context& context, const Lanes& lanes, const std::vector<Bead>& beads, TimelineView& view);

/// Further out heartbeats are only noise.
bool shows_heartbeats(const Lanes& lanes);

void draw_grid(const Lanes& lanes);
void draw_bands(Context& context, const Lanes& lanes);
void draw_lane_lines(Context& context, const Lanes& lanes);
/// Those that `beads` stand for only where they are open or lit.
void draw_arrows(Context& context, const Lanes& lanes, const std::vector<Bead>& beads);
void draw_spans(Context& context, const Lanes& lanes);
/// Octagons on the lanes of the servers that decided a stop-sign; who joins, is spare or retired.
void draw_stop_signs(Context& context, const Lanes& lanes);
/// The futures under the pointer, on the lanes where they wait: from their making until they were settled.
void draw_proposals(Context& context, const Lanes& lanes);
void draw_span_labels(Context& context, const Lanes& lanes);
/// Takes the room of the playhead's pill.
void keep_off_playhead(const Frame& frame, const Lanes& lanes, Places& places);
/// Times on the axis where there is room.
void draw_ticks(const Lanes& lanes, Places& places);
void draw_axis(Context& context, const Lanes& lanes);
void draw_playhead(Context& context, const Lanes& lanes);

}  // namespace paxoscope::ui
