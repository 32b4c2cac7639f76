// What a world tells whoever watches it. Recording never changes a run.
#pragma once

#include <string>
#include <vector>

#include "base/rules.h"
#include "sim/action.h"
#include "sim/observation.h"

namespace paxoscope {

/// One event, as it begins.
struct EventInfo {
  uint64_t number = 0;
  TimeUs time_us = 0;
  EventKind kind = EventKind::initial;
  ServerId server = 0;       ///< where it happens (0: the network)
  uint64_t message_id = 0;   ///< delivery: which message
  uint64_t cause_event = 0;  ///< delivery: the event that sent it; disk: that wrote
  std::string timer;         ///< timer: its id ("election", "resend"); only filled for recorders
  Action action;             ///< action, script: what is done
  bool lied = false;         ///< disk: it reports a write that it has not made
};

/// A message's way, as a recorder sees it; the description is made only when asked for.
struct FlightInfo {
  uint64_t id = 0;
  ServerId from = 0;
  ServerId to = 0;
  TimeUs sent_us = 0;
  TimeUs deliver_us = 0;  ///< planned; < 0: held back by a paused server, -due - 1
  uint64_t sent_event = 0;

  /// The planned delivery, whether or not it is held back: what decisions and hashes use.
  TimeUs due_us() const { return deliver_us < 0 ? -deliver_us - 1 : deliver_us; }
};

/// Watches nothing, at no cost. A recorder has the same members, and `follows_futures` if its views show how far they are.
struct NullRecorder {
  static constexpr bool enabled = false;
  void event_begins(const EventInfo&) {}
  template <class Message>
  void sent(const FlightInfo&, const Message&) {}
  void delivered(const FlightInfo&) {}
  /// `by_person`: dropped by an action; otherwise lost on the way, cut or refused by a server that is down.
  void lost(const FlightInfo&, bool by_person) { (void)by_person; }
  void noted(const std::vector<Note>&) {}
};

}  // namespace paxoscope
