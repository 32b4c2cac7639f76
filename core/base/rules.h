// The shape of every rule catalogue: rules with their source, switches that turn one off, and notes that say which rule
// moved a server just now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "base/assert.h"
#include "base/ballot.h"
#include "base/types.h"

namespace paxoscope {

enum class SwitchKind : uint8_t {
  safety,    ///< off: the swarm or a known run finds a violation
  liveness,  ///< off: a known graph or script stalls or flaps
};

/// Something that can be turned off. `id` = "RULE.word".
struct SwitchInfo {
  const char* id;
  SwitchKind kind;
  const char* text;  ///< what happens instead
};

struct RuleInfo {
  const char* id;      ///< "B3"
  const char* text;    ///< one sentence
  const char* source;  ///< paper and section
};

/// The switches that are off, by position in the protocol's switch table (at most 64).
class SwitchSet {
 public:
  bool on(uint8_t position) const { return (off_ >> position & 1) == 0; }
  void turn_off(uint8_t position) { off_ |= uint64_t{1} << position; }
  uint64_t bits() const { return off_; }
  bool operator==(const SwitchSet&) const = default;

 private:
  uint64_t off_ = 0;
};

/// One value a rule looked at.
struct NoteValue {
  enum class Kind : uint8_t { ballot, index, count, server, boolean } kind = Kind::count;
  const char* name = "";
  Ballot ballot;
  uint64_t number = 0;
};

inline NoteValue note_ballot(const char* name, const Ballot& b) { return {NoteValue::Kind::ballot, name, b, 0}; }
inline NoteValue note_index(const char* name, LogIndex i) { return {NoteValue::Kind::index, name, {}, i}; }
inline NoteValue note_count(const char* name, uint64_t n) { return {NoteValue::Kind::count, name, {}, n}; }
inline NoteValue note_server(const char* name, ServerId s) { return {NoteValue::Kind::server, name, {}, s}; }
inline NoteValue note_boolean(const char* name, bool b) { return {NoteValue::Kind::boolean, name, {}, b}; }

/// "Rule `rule` moved server `server`." `sentence` names the values as {0}, {1}… and the server as {s}.
struct Note {
  static constexpr size_t kMaxValues = 5;
  uint8_t rule = 0;  ///< position in the protocol's rule table
  ServerId server = 0;
  const char* sentence = "";
  uint8_t value_count = 0;
  NoteValue values[kMaxValues];
  ConfigurationId configuration = 1;  ///< in which its ballots are counted
};

/// Observer that keeps nothing and costs nothing.
struct NoNotes {
  static constexpr bool enabled = false;
};

/// Observer that keeps the notes since the host last took them. The host takes them after each call.
class Notes {
 public:
  static constexpr bool enabled = true;
  static constexpr size_t kMaxNotes = 64;

  void add(uint8_t rule, ServerId server, const char* sentence, std::initializer_list<NoteValue> values) {
    if (notes_.size() >= kMaxNotes) return;
    PAXO_ASSERT(values.size() <= Note::kMaxValues);
    Note note{rule, server, sentence, 0, {}};
    for (const NoteValue& value : values) note.values[note.value_count++] = value;
    notes_.push_back(note);
  }
  void add(const Note& note) {
    if (notes_.size() < kMaxNotes) notes_.push_back(note);
  }
  std::vector<Note> take() {
    std::vector<Note> taken;
    taken.swap(notes_);
    return taken;
  }

 private:
  std::vector<Note> notes_;
};

}  // namespace paxoscope
