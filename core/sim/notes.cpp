#include "sim/notes.h"

#include <string>

namespace paxoscope {

namespace {

FieldValue value_of(const NoteValue& value, ConfigurationId configuration) {
  switch (value.kind) {
    case NoteValue::Kind::ballot:
      return epoch_value({configuration, value.ballot.n, value.ballot.priority, value.ballot.server});
    case NoteValue::Kind::index:
      return index_value(value.number);
    case NoteValue::Kind::count:
      return count_value(static_cast<int64_t>(value.number));
    case NoteValue::Kind::server:
      return server_value(static_cast<ServerId>(value.number));
    case NoteValue::Kind::boolean:
      return boolean_value(value.number != 0);
  }
  return {};
}

}  // namespace

NoteView render_note(const Note& note, std::span<const RuleInfo> rules) {
  NoteView view;
  view.server = note.server;
  if (note.rule < rules.size()) {
    view.rule = rules[note.rule].id;
    view.source = rules[note.rule].source;
  }
  for (uint8_t i = 0; i < note.value_count; ++i)
    view.values.push_back({note.values[i].name, value_of(note.values[i], note.configuration)});
  for (const char* c = note.sentence; *c != '\0'; ++c) {
    if (c[0] == '{' && c[1] == 's' && c[2] == '}') {
      view.sentence += server_label(note.server);
      c += 2;
    } else if (c[0] == '{' && c[1] >= '0' && c[1] <= '9' && c[2] == '}') {
      const auto position = static_cast<size_t>(c[1] - '0');
      if (position < view.values.size()) view.sentence += view.values[position].value.text;
      c += 2;
    } else {
      view.sentence += *c;
    }
  }
  return view;
}

}  // namespace paxoscope
