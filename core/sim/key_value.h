// The state that commands add up to: a small key-value store, and for each client which of its operations are in it.
#pragma once

#include <string_view>
#include <vector>

#include "sim/command.h"
#include "storage/state_of.h"

namespace paxoscope {

/// A replicated state machine's state, as a value. Every server that applies the same commands holds the same one.
struct KeyValues {
  struct Row {
    ShortText key;
    ShortText value;
    LogIndex index = 0;    ///< the entry that wrote it
    bool deleted = false;  ///< only in what a delta carries

    bool operator==(const Row&) const = default;
  };
  /// What a client's operation gave; kept until the client says that it has an end for it.
  struct Answer {
    uint32_t client = 0;
    uint32_t number = 0;
    ShortText result;

    bool operator==(const Answer&) const = default;
  };
  /// The client needs no answer up to this number any more, and none of them is applied any more.
  struct Session {
    uint32_t client = 0;
    uint32_t done = 0;

    bool operator==(const Session&) const = default;
  };
  std::vector<Row> rows;          ///< ascending by key
  std::vector<Answer> answers;    ///< ascending by client and number
  std::vector<Session> sessions;  ///< ascending by client
  uint64_t digest = 0;            ///< of all of it, kept up to date

  bool operator==(const KeyValues&) const = default;
  const Row* find(std::string_view key) const;
  /// Null: it was not applied, or its client has its answer.
  const Answer* answer(uint32_t client, uint32_t number) const;
};

/// A value that would grow beyond a ShortText is left as it is; the client is told so.
inline constexpr std::string_view kTooLong = "too long";

/// What a command did.
struct Effect {
  ShortText result;
  bool fresh = false;  ///< false: it was applied before, or its client has given it up
};
Effect apply_command(KeyValues& state, LogIndex index, const Command& command);
/// An append that would have made its value too long: it changed nothing.
inline bool refused(const Command& command, const ShortText& result) {
  return result.view() == kTooLong && parse_operation(command.label()).kind == OperationKind::append;
}

template <>
struct StateOf<Command> {
  static constexpr bool exists = true;
  using Type = KeyValues;

  static void apply(KeyValues& state, LogIndex index, const Command& command) { apply_command(state, index, command); }
  template <class Visit>
  static KeyValues changes(const KeyValues& at_end, Visit&& visit) {
    KeyValues changed;
    visit([&](LogIndex, const Command& command) { note_change(changed, at_end, command); });
    note_sessions(changed, at_end);
    return changed;
  }
  static void merge(KeyValues& into, const KeyValues& changes);
  /// Rows; each part carries all sessions, which are few.
  static uint32_t items(const KeyValues& state) { return static_cast<uint32_t>(state.rows.size()); }
  static KeyValues part(const KeyValues& state, uint32_t first, uint32_t count);
  static void add_to(const KeyValues& state, Hasher& hasher) { hasher.add(state.digest); }

 private:
  static void note_change(KeyValues& changed, const KeyValues& at_end, const Command& command);
  static void note_sessions(KeyValues& changed, const KeyValues& at_end);
};

}  // namespace paxoscope
