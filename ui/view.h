// What every view is given and what it gives back. A view is a function of (Frame, Selection) that returns commands;
// it holds no simulation state. Hover and selection are shared: the same item lights up everywhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/run.h"
#include "ui/semantics.h"
#include "ui/theme.h"

namespace paxoscope::ui {

/// Rectangle in device pixels.
struct Rect {
  ImVec2 min, max;
  float width() const { return max.x - min.x; }
  float height() const { return max.y - min.y; }
  bool contains(ImVec2 p) const { return p.x >= min.x && p.x < max.x && p.y >= min.y && p.y < max.y; }
};

inline ServerSet set_of(const std::vector<ServerId>& servers) {
  ServerSet set = 0;
  for (ServerId id : servers) set |= server_bit(id);
  return set;
}

/// One thing on screen that several views may show. Kind none = nothing.
struct Item {
  enum class Kind : uint8_t { none, server, link, message, entry, event, epoch, future } kind = Kind::none;
  ServerId a = 0;      ///< server; a link's end (the smaller id)
  ServerId b = 0;      ///< a link's other end
  uint64_t number = 0; ///< message id, attempt id (entry), event number
  bool operator==(const Item&) const = default;
};

/// What two fingers did since the last frame, device pixels; or the wheel with Ctrl, around one point.
struct Pinch {
  bool active = false;
  ImVec2 start;      ///< between the fingers when the second came down: whose view is meant
  ImVec2 at;         ///< between the fingers now
  ImVec2 by;         ///< how far that moved
  float factor = 1;  ///< above 1: nearer
};

/// How near the stage is seen, and from where: the way to its field's corner in widths and heights of the field.
struct StageZoom {
  float factor = 1;
  ImVec2 shift;
  bool operator==(const StageZoom& o) const { return factor == o.factor && shift.x == o.shift.x && shift.y == o.shift.y; }
};

/// Shared by all views; `hovered` is what was hovered in the last frame, views set `hovering` for the next.
struct Selection {
  ServerId server = 0;  ///< shown by the inspector
  ServerId eyes = 0;    ///< the stage shows what this server can know; 0: everything
  Item hovered, hovering;
  Item menu;            ///< whose context menu is open; a server with id 0: the faults of the whole world
  bool gesture = false;        ///< a hand draws or drags on the stage: Escape ends that
  bool slider = false;         ///< one had the keyboard in the last frame: arrows are its own
  uint8_t legend = 0;          ///< the card of the whole legend: 1 opens in this frame, 2 is open
  bool nobody_knows = false;   ///< what is chosen is drawn above what servers hold
  bool one_way_lines = false;  ///< lines drawn over links cut one direction
  Pinch pinch;                 ///< of this frame
  StageZoom zoom;
  std::vector<uint64_t> path;  ///< messages of the chain of causes under the pointer: lit on the timeline
  Item chosen;          ///< a clicked message, which the inspector shows, or a proposal, until something else is clicked

  bool lit(const Item& item) const { return hovered == item || chosen == item; }
};

/// What a person answered to a step's question.
struct GivenAnswer {
  size_t step = 0;               ///< position in the lesson
  size_t chosen = 0;
  std::optional<size_t> right;   ///< none: the run does not say
};

/// What a view asks the App to do.
struct Command {
  enum class Kind : uint8_t {
    none,
    perform,             ///< action
    step, step_back,     ///< unit; message: text
    to_start, to_end, play, pause, set_speed, seek_event, seek_time, undo,
    select_server, open_menu, load_scenario, set_protocol, toggle_theme, set_tab, lesson_step,
    scroll_log,          ///< number: first index shown, 0 = follow the end
    go_to_branch, delete_branch,  ///< number
    name_branch,         ///< the present one: text
    set_pauses,          ///< the run menu's
    start_over,
    share,               ///< text: a ShareKind's id
    set_servers,         ///< number: how many; starts over
    answer,              ///< number: lesson step; choice
    mark_moment,         ///< to compare other moments with it; the present branch's
    mark_branch,         ///< number: what that branch looks like at the present time
    unmark,
    show_chosen,         ///< or hide it
  } kind;
  Action action = {};
  StepUnit unit = StepUnit::change;
  uint64_t number = 0;   ///< event number, server id, lesson step or tab
  TimeUs time_us = 0;
  size_t choice = 0;     ///< which answer
  float speed = 1;
  Item item = {};
  std::string text = {}; ///< scenario id, protocol id, message name, branch name
};

/// A moment that a person has marked to compare others with it.
struct Marked {
  Observation seen;
  std::string branch;
};

/// Everything that a frame is drawn from. `shown_us` may lie between events while playing: messages move with it.
struct Frame {
  const Observation& observation;
  const Timeline& timeline;
  const Scenario& scenario;
  const std::vector<LessonStep>& lesson;
  TimeUs shown_us = 0;
  TimeUs end_us = 0;
  bool playing = false;
  bool can_undo = false;
  bool reduced_motion = false;
  double now_s = 0;      ///< real time, for transitions only
  const std::vector<Violation>* violations = nullptr;            ///< null: not known
  const std::vector<ExpectationResult>* expectations = nullptr;  ///< null: not known
  const std::vector<Branch>* branches = nullptr;                 ///< null: there are none
  size_t branch = 0;                                             ///< the present one
  const std::vector<PendingItem>* pending = nullptr;             ///< null: not known
  const std::vector<std::string>* hidden = nullptr;              ///< names of messages that are not drawn, or kHeartbeats
  const std::vector<GivenAnswer>* answers = nullptr;             ///< null: none can be given
  const Marked* marked = nullptr;        ///< null: nothing is compared
  const Observation* compared = nullptr; ///< with it: the present moment, of the same part of the logs
};

inline constexpr char kHeartbeats[] = "Heartbeats";
/// A person does not want to see messages of this kind.
inline bool is_hidden(const Frame& frame, MessageFamily family, const std::string& name) {
  if (frame.hidden == nullptr) return false;
  for (const std::string& kind : *frame.hidden)
    if (kind == name || (family == MessageFamily::heartbeat && kind == kHeartbeats)) return true;
  return false;
}

/// Handed to each view.
struct Context {
  const Frame& frame;
  Selection& selection;
  Semantics& semantics;
  std::vector<Command>& commands;
  bool& animating;       ///< set true to get another frame
};

}  // namespace paxoscope::ui
