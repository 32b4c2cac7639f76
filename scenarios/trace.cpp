#include "scenarios/trace.h"

#include "base/hash.h"
#include "base/text.h"
#include "scenarios/event_text.h"
#include "scenarios/json_text.h"

namespace paxoscope {

namespace {

std::string notes_json(const std::vector<NoteView>& notes) {
  std::string text = "[";
  for (const NoteView& note : notes) {
    if (text.size() > 1) text += ",";
    text += concat("{\"rule\":", json_quoted(note.rule), ",\"server\":", json_quoted(server_label(note.server)),
                    ",\"text\":", json_quoted(note.sentence), "}");
  }
  return text + "]";
}

}  // namespace

std::string trace_line(const Run& run) {
  const Observation seen = run.observe(LogWindow{1, 0});
  const EventView& event = seen.event;
  std::string line = concat("{\"event\":", event.number, ",\"time_us\":", event.time_us, ",\"kind\":",
                             json_quoted(event_kind_name(event.kind)));
  if (event.server != 0) line += ",\"server\":" + json_quoted(server_label(event.server));
  if (event.message_id != 0) line += concat(",\"message\":", event.message_id);
  if (event.cause_event != 0) line += concat(",\"cause\":", event.cause_event);
  line += ",\"title\":" + json_quoted(event.title);
  if (event.heartbeat) line += ",\"heartbeat\":true";
  if (!event.notes.empty()) line += ",\"notes\":" + notes_json(event.notes);
  return concat(line, ",\"state_hash\":", json_quoted(hex16(run.state_hash())), "}");
}

void write_trace_lines(Run& run, uint64_t first, const std::function<void(const std::string&)>& write) {
  const uint64_t last = run.event();
  for (uint64_t event = first; event <= last; ++event) {
    run.seek(event);
    write(trace_line(run));
  }
}

std::string latest_trace(Run& run) {
  std::string text;
  const uint64_t last = run.event();
  write_trace_lines(run, last < kMaxLatestEvents ? 0 : last - kMaxLatestEvents + 1,
                    [&text](const std::string& line) { text += line + '\n'; });
  return text;
}

}  // namespace paxoscope
