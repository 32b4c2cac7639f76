// What a hand does on the stage: a message dragged along its link, a line drawn across links, a loop around servers.
// The meaning of a gesture is pure arithmetic (read_drag, read_stroke); it is shown while the hand moves and becomes
// one action when it lets go. Escape, or a second finger, lets go of everything.
#pragma once

#include <string>
#include <vector>

#include "ui/links.h"
#include "ui/messages.h"
#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// What letting go of a message here does.
struct DragMeaning {
  enum class Kind : uint8_t { nothing, deliver, hold, drop } kind = Kind::nothing;
  TimeUs longer_us = 0;  ///< hold
};

/// A message's way across the stage, device pixels.
struct Way {
  ImVec2 from, to;        ///< the link's visible ends
  float receiver_radius;  ///< of the disc behind `to`
};

/// At the receiver it is delivered; off to the side it is dropped; in between it is held, the longer the nearer to the
/// sender, there for `most_us`. Where it was taken (`start`) nothing happens.
DragMeaning read_drag(const Way& way, ImVec2 start, ImVec2 hand, TimeUs most_us);

/// What a line does to the links that it crosses; with its ends together around some servers, to those servers.
struct StrokeMeaning {
  enum class Kind : uint8_t { nothing, cut, heal, partition, rejoin } kind = Kind::nothing;
  std::vector<LinkEnds> links;  ///< cut and healed ones
  ServerSet inside = 0;         ///< partition, rejoin
  ServerSet outside = 0;
};

/// Links that are cut already count only when all are: then they are healed. `one_way`: of each link only the direction
/// that crosses from the left of the line to its right.
StrokeMeaning read_stroke(const std::vector<ImVec2>& line, const StageLayout& layout, const std::vector<LinkPair>& pairs,
                          bool one_way);
/// One action, whatever the number of links; of kind nothing there is none.
Action action_of(const StrokeMeaning& meaning);

/// "Hold 40 ms longer", "Cut 3 links", "Partition A, B from C, D, E"
std::string words_of(const DragMeaning& meaning);
std::string words_of(const StrokeMeaning& meaning);

/// Puts the message that is held where the hand has it. Before drawing.
void hold_message(const Context& context, const StageLayout& layout, std::vector<Capsule>& capsules);
/// Lights the links and servers that the line drawn so far means; below messages and servers.
void light_gesture(const StageLayout& layout);
/// Begins, follows and ends gestures, and draws them over the stage.
void react_to_gestures(Context& context, const Rect& area, const StageLayout& layout, const std::vector<LinkPair>& pairs);

}  // namespace paxoscope::ui
