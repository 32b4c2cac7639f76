#include "sim/key_value.h"

#include <algorithm>

namespace paxoscope {

namespace {

struct Change {
  std::string_view key;  ///< empty: none
  std::string_view value;
  bool deletes = false;
};

Change change_of(const Command& command) {
  const std::string_view text = command.label();
  if (text.substr(0, 4) == "del ") return {text.substr(4), {}, true};
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {};
  return {text.substr(0, equals), text.substr(equals + 1), false};
}

auto place_of(std::vector<KeyValues::Row>& rows, std::string_view key) {
  return std::lower_bound(rows.begin(), rows.end(), key,
                          [](const KeyValues::Row& row, std::string_view wanted) { return row.key < wanted; });
}

/// Puts a row in; one that deletes takes its key out unless `keep_deleted`.
void put(std::vector<KeyValues::Row>& rows, KeyValues::Row row, bool keep_deleted) {
  const auto at = place_of(rows, row.key);
  const bool there = at != rows.end() && at->key == row.key;
  if (row.deleted && !keep_deleted) {
    if (there) rows.erase(at);
  } else if (there) {
    *at = std::move(row);
  } else {
    rows.insert(at, std::move(row));
  }
}

}  // namespace

const KeyValues::Row* KeyValues::find(std::string_view key) const {
  for (const Row& row : rows)
    if (row.key == key) return &row;
  return nullptr;
}

void StateOf<Command>::apply(KeyValues& state, LogIndex, const Command& command) {
  const Change change = change_of(command);
  if (change.key.empty()) return;
  put(state.rows, {std::string(change.key), std::string(change.value), change.deletes}, false);
}

void StateOf<Command>::note_change(KeyValues& changed, const KeyValues& at_end, const Command& command) {
  const Change change = change_of(command);
  if (change.key.empty()) return;
  const KeyValues::Row* now = at_end.find(change.key);
  put(changed.rows, now != nullptr ? *now : KeyValues::Row{std::string(change.key), {}, true}, true);
}

void StateOf<Command>::merge(KeyValues& into, const KeyValues& changes) {
  for (const KeyValues::Row& row : changes.rows) put(into.rows, row, false);
}

void StateOf<Command>::add_to(const KeyValues& state, Hasher& hasher) {
  hasher.add(state.rows.size());
  for (const KeyValues::Row& row : state.rows) {
    hasher.add(row.key);
    hasher.add(row.value);
    hasher.add(row.deleted ? 1 : 0);
  }
}

}  // namespace paxoscope
