// The state that commands add up to: a small key-value store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/command.h"
#include "storage/state_of.h"

namespace paxoscope {

/// Keys with their values, ascending by key.
struct KeyValues {
  struct Row {
    std::string key;
    std::string value;
    bool deleted = false;  ///< only in what a delta carries

    bool operator==(const Row&) const = default;
  };
  std::vector<Row> rows;

  bool operator==(const KeyValues&) const = default;
  const Row* find(std::string_view key) const;
};

/// "x=3" sets a key, "del x" removes it; other commands change nothing.
template <>
struct StateOf<Command> {
  static constexpr bool exists = true;
  using Type = KeyValues;

  static void apply(KeyValues& state, LogIndex index, const Command& command);
  template <class Visit>
  static KeyValues changes(const KeyValues& at_end, Visit&& visit) {
    KeyValues changed;
    visit([&](LogIndex, const Command& command) { note_change(changed, at_end, command); });
    return changed;
  }
  static void merge(KeyValues& into, const KeyValues& changes);
  static void add_to(const KeyValues& state, Hasher& hasher);

 private:
  static void note_change(KeyValues& changed, const KeyValues& at_end, const Command& command);
};

}  // namespace paxoscope
