#include "tests/ui/fixture_parts.h"

namespace paxoscope::ui {
namespace {

enum : ServerId { kA = 1, kB, kC, kD, kE };

const Epoch kFour{1, 4, 0, kC}, kFive{1, 5, 0, kA}, kNew{2, 1, 0, kA};

/// Ages in ms; `accepted` -1: never.
FutureView future(const char* id, const char* command, ServerId server, const Epoch& epoch, FutureState state,
                  LogIndex index, const char* reason, int age, int accepted, uint64_t made, uint64_t settled) {
  FutureView view;
  view.id = id;
  view.command = command;
  view.server = server;
  view.epoch = epoch;
  view.state = state;
  view.index = index;
  view.reason = reason;
  view.age_us = age * 1000;
  view.accepted_after_us = accepted < 0 ? -1 : accepted * 1000;
  view.attempt_id = index != 0 ? index : 1000 + made;
  view.made_event = made;
  view.settled_event = settled;
  return view;
}

/// Times in ms; `returned` -1: not yet; `point` -1: nowhere.
OperationView operation(uint32_t client, int number, const char* command, const char* result, OperationEnd end,
                        int invoked, int returned, int point, uint64_t attempt, bool wrong = false) {
  OperationView view;
  view.id = "k" + std::to_string(client) + "#" + std::to_string(number);
  view.client = client;
  view.command = command;
  const std::string words = command;
  view.key = words.substr(words.find(' ') + 1, 1);
  if (words.find('=') != std::string::npos) view.key = words.substr(0, words.find('='));
  view.result = result;
  view.server = client;
  view.end = end;
  view.invoked_us = invoked * 1000;
  view.returned_us = returned < 0 ? -1 : returned * 1000;
  view.invoked_event = static_cast<uint64_t>(invoked / 20);
  view.returned_event = returned < 0 ? 0 : static_cast<uint64_t>(returned / 20);
  view.point_us = point < 0 ? -1 : point * 1000;
  view.cannot_be_ordered = wrong;
  view.attempt_id = attempt;
  return view;
}

StoreView store(ServerId id, LogIndex applied, const char* x, LogIndex x_at, const char* y, LogIndex y_at) {
  StoreView view;
  view.server = id;
  view.applied = applied;
  view.rows.push_back({"x", x, x_at});
  if (y_at != 0) view.rows.push_back({"y", y, y_at});
  view.rows.push_back({"z", applied >= 7 ? "5" : "2", applied >= 7 ? LogIndex{7} : LogIndex{3}});
  return view;
}

/// Events at even distances, so that moments can be looked up.
void number_events(Timeline& timeline) {
  for (uint64_t event = 0; event <= timeline.last_event; ++event)
    timeline.event_times_us.push_back(timeline.last_time_us * static_cast<TimeUs>(event) /
                                      static_cast<TimeUs>(timeline.last_event));
}

}  // namespace

App::Fixed futures_fixture() {
  App::Fixed fixed = reconfiguration_fixture();
  using enum FutureState;
  fixed.observation.futures = {
      future("k2#7", "del y", kC, kFour, cancelled, 0, "ballot 5\xc2\xb7" "A synced without it and decided", 410, -1, 180, 216),
      future("k1#12", "x=3", kA, kFive, resolved, 23, "", 180, 95, 230, 247),
      future("op#1", "config {A,B,D}", kA, kFive, resolved, 24, "stop-sign ends config 1", 230, 115, 240, 259),
      future("k1#13", "y=6", kC, kFive, cancelled, 0, "config 1 is sealed; propose again", 140, -1, 252, 264),
      future("k3#4", "z=9", kA, kNew, resolved, 25, "", 200, 95, 266, 282),
      future("k1#14", "w=2", kA, kNew, accepted, 26, "waiting for B", 90, 45, 281, 0),
      future("k2#8", "x=5", kB, kNew, pending, 0, "forwarded to leader A", 40, -1, 285, 0)};
  number_events(fixed.timeline);
  for (LogCell& cell : fixed.observation.servers[0].cells) {
    cell.awaited = cell.index >= 23;
    cell.future = cell.index == 26 ? accepted : resolved;
  }
  return fixed;
}

App::Fixed history_fixture() {
  App::Fixed fixed = main_fixture();
  using enum OperationEnd;
  fixed.observation.operations = {operation(1, 1, "x=1", "", ok, 1'040, 1'150, 1'090, 1),
                                  operation(2, 1, "y=4", "", ok, 1'060, 1'220, 1'140, 2),
                                  operation(3, 1, "z=2", "", ok, 1'110, 1'330, 1'210, 3),
                                  operation(1, 2, "get x", "1", ok, 1'200, 1'340, 1'270, 0),
                                  operation(2, 2, "x=3", "", ok, 1'290, 1'480, -1, 4, true),
                                  operation(1, 3, "get x", "3", ok, 1'400, 1'520, -1, 0, true),
                                  operation(3, 2, "del y", "", ok, 1'390, 1'560, 1'470, 5),
                                  operation(1, 4, "get x", "1", ok, 1'580, 1'690, -1, 0, true),
                                  operation(3, 3, "cas y 4 7", "false", ok, 1'600, 1'710, 1'650, 6),
                                  operation(2, 3, "z=5", "", ok, 1'560, 1'760, 1'640, 7),
                                  operation(3, 4, "x=8", "", unknown, 1'790, 2'090, -1, 8),
                                  operation(2, 4, "del w", "", failed, 1'830, 2'010, -1, 0),
                                  operation(1, 5, "w=1", "", open, 1'930, -1, -1, 9),
                                  operation(3, 5, "get z", "5", ok, 2'120, 2'260, 2'190, 0),
                                  operation(2, 5, "y=9", "", open, 2'200, -1, -1, 10),
                                  operation(1, 6, "get y", "", open, 2'290, -1, -1, 0)};
  fixed.observation.stores = {store(kA, 7, "3", 4, "7", 6), store(kB, 7, "3", 4, "7", 6), store(kC, 7, "3", 4, "7", 6),
                              store(kD, 7, "3", 4, "7", 6), store(kE, 6, "3", 4, "7", 6)};
  StoreView::Row& written = fixed.observation.stores[0].rows[2];
  written.changed = true;
  written.old = "2";
  number_events(fixed.timeline);
  return fixed;
}

}  // namespace paxoscope::ui
