// One event in words: its title, what surrounds it, what caused it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/futures.h"
#include "sim/history.h"
#include "sim/observation.h"
#include "sim/recorder.h"

namespace paxoscope {

/// All that was seen of one event.
struct EventParts {
  EventInfo info;
  std::vector<NoteView> notes;
  std::optional<MessageView> arrived;  ///< the message it delivers
  bool arrived_lost = false;           ///< nobody was there to take it
  std::vector<MessageView> sent;
  std::vector<HistoryEvent> clients;   ///< what clients asked and heard
  std::vector<FutureRecord> settled;   ///< futures that ended
  bool chatter = false;                ///< nothing a person follows changed
};

/// Number, times, title, subtitle and notes. Servers and links are those after the event.
EventView describe_event(const EventParts& parts, const Observation& after);

/// "delivery", "timer"…: the same word in traces and in JavaScript.
const char* event_kind_name(EventKind kind);

/// "Only A reaches every server: 4 links up, 6 cut"
std::string links_sentence(const Observation& seen);

}  // namespace paxoscope
