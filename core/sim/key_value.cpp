#include "sim/key_value.h"

#include <algorithm>

namespace paxoscope {

namespace {

uint64_t digest_of(const KeyValues::Row& row) {
  Hasher hasher;
  hasher.add(row.key.view());
  hasher.add(row.value.view());
  hasher.add(row.index << 1 | (row.deleted ? 1 : 0));
  return hasher.value();
}
uint64_t digest_of(const KeyValues::Answer& answer) {
  Hasher hasher;
  hasher.add((static_cast<uint64_t>(answer.client) << 32) | answer.number);
  hasher.add(answer.result.view());
  return hasher.value();
}
uint64_t digest_of(const KeyValues::Session& session) {
  Hasher hasher;
  hasher.add((static_cast<uint64_t>(session.client) << 32) | session.done);
  return hasher.value();
}

auto place_of(std::vector<KeyValues::Row>& rows, std::string_view key) {
  return std::lower_bound(rows.begin(), rows.end(), key,
                          [](const KeyValues::Row& row, std::string_view wanted) { return row.key.view() < wanted; });
}

/// Puts a row in; one that deletes takes its key out unless `keep_deleted`.
void put(KeyValues& state, const KeyValues::Row& row, bool keep_deleted) {
  auto& rows = state.rows;
  const auto at = place_of(rows, row.key.view());
  const bool there = at != rows.end() && at->key == row.key;
  if (there) state.digest ^= digest_of(*at);
  const bool stays = !row.deleted || keep_deleted;
  if (stays) state.digest ^= digest_of(row);
  if (!stays) {
    if (there) rows.erase(at);
  } else if (there) {
    *at = row;
  } else {
    rows.insert(at, row);
  }
}

/// Position of the first answer at or after (client, number).
size_t place_of(const std::vector<KeyValues::Answer>& answers, uint32_t client, uint32_t number) {
  const auto before = [](const KeyValues::Answer& answer, std::pair<uint32_t, uint32_t> wanted) {
    return std::pair(answer.client, answer.number) < wanted;
  };
  const auto at = std::lower_bound(answers.begin(), answers.end(), std::pair(client, number), before);
  return static_cast<size_t>(at - answers.begin());
}

uint32_t& done_of(KeyValues& state, uint32_t client, size_t& position) {
  auto& sessions = state.sessions;
  position = 0;
  while (position < sessions.size() && sessions[position].client < client) ++position;
  if (position == sessions.size() || sessions[position].client != client) {
    sessions.insert(sessions.begin() + static_cast<std::ptrdiff_t>(position), {client, 0});
    state.digest ^= digest_of(sessions[position]);
  }
  return sessions[position].done;
}

/// The client has an end for its operations up to `done`.
void forget(KeyValues& state, uint32_t client, uint32_t done) {
  size_t position;
  if (done <= done_of(state, client, position)) return;
  state.digest ^= digest_of(state.sessions[position]);
  state.sessions[position].done = done;
  state.digest ^= digest_of(state.sessions[position]);
  const size_t from = place_of(state.answers, client, 0);
  const size_t to = place_of(state.answers, client, done + 1);
  for (size_t i = from; i < to; ++i) state.digest ^= digest_of(state.answers[i]);
  state.answers.erase(state.answers.begin() + static_cast<std::ptrdiff_t>(from),
                      state.answers.begin() + static_cast<std::ptrdiff_t>(to));
}

/// Does it, whosever it is. Returns its result.
ShortText perform(KeyValues& state, LogIndex index, const Operation& operation) {
  const KeyValues::Row* row = state.find(operation.key);
  const std::string_view now = row == nullptr ? std::string_view() : row->value.view();
  KeyValues::Row next{ShortText(operation.key), ShortText(operation.value), index, false};
  switch (operation.kind) {
    case OperationKind::none:
      return {};
    case OperationKind::get:
      return ShortText(now);
    case OperationKind::put:
      break;
    case OperationKind::del:
      next.deleted = true;
      break;
    case OperationKind::cas:
      if (row == nullptr || now != operation.expected) return ShortText("false");
      put(state, next, false);
      return ShortText("true");
    case OperationKind::append:
      if (now.size() + operation.value.size() > ShortText::kMax) return ShortText(kTooLong);
      next.value = ShortText(now);
      next.value.append(operation.value);
  }
  put(state, next, false);
  return {};
}

/// What was applied before gives what it gave then.
Effect apply_once(KeyValues& state, LogIndex index, const Command& command, const Operation& operation) {
  const size_t at = place_of(state.answers, command.client, command.number);
  if (state.answer(command.client, command.number) != nullptr) return {state.answers[at].result, false};
  const KeyValues::Answer answer{command.client, command.number, perform(state, index, operation)};
  state.answers.insert(state.answers.begin() + static_cast<std::ptrdiff_t>(at), answer);
  state.digest ^= digest_of(answer);
  return {answer.result, true};
}

}  // namespace

Operation parse_operation(std::string_view text) {
  const auto after = [&](std::string_view word) {
    return text.substr(0, word.size()) == word ? text.substr(word.size()) : std::string_view();
  };
  if (const auto key = after("get "); !key.empty()) return {OperationKind::get, key, {}, {}};
  if (const auto key = after("del "); !key.empty()) return {OperationKind::del, key, {}, {}};
  if (const auto rest = after("cas "); !rest.empty()) {
    const size_t first = rest.find(' ');
    const size_t second = first == std::string_view::npos ? first : rest.find(' ', first + 1);
    if (first == 0 || second == std::string_view::npos || second == first + 1 || second + 1 == rest.size()) return {};
    return {OperationKind::cas, rest.substr(0, first), rest.substr(second + 1),
            rest.substr(first + 1, second - first - 1)};
  }
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return {};
  const std::string_view value = text.substr(equals + 1);
  const bool appends = text[equals - 1] == '+';
  const std::string_view key = text.substr(0, appends ? equals - 1 : equals);
  if (key.empty()) return {};
  return {appends ? OperationKind::append : OperationKind::put, key, value, {}};
}

const KeyValues::Row* KeyValues::find(std::string_view key) const {
  for (const Row& row : rows)
    if (row.key.view() == key) return &row;
  return nullptr;
}

const KeyValues::Answer* KeyValues::answer(uint32_t client, uint32_t number) const {
  const size_t at = place_of(answers, client, number);
  const bool there = at < answers.size() && answers[at].client == client && answers[at].number == number;
  return there ? &answers[at] : nullptr;
}

Effect apply_command(KeyValues& state, LogIndex index, const Command& command) {
  const Operation operation = parse_operation(command.label());
  if (command.open == Command::kNoSession) return {perform(state, index, operation), true};
  if (command.client == 0 && operation.kind == OperationKind::none) return {{}, true};
  if (command.client == 0) return apply_once(state, index, command, operation);  // a person never says what it has an end for
  if (const uint32_t open = command.open; command.number > open + 1) forget(state, command.client, command.number - open - 1);
  size_t session;
  if (command.number <= done_of(state, command.client, session)) return {};
  return apply_once(state, index, command, operation);
}

/// What came of its key; a command that changed nothing changes nothing here.
void StateOf<Command>::note_change(KeyValues& changed, const KeyValues& at_end, const Command& command) {
  const Operation operation = parse_operation(command.label());
  if (only_reads(operation.kind)) return;
  const KeyValues::Row* now = at_end.find(operation.key);
  put(changed, now != nullptr ? *now : KeyValues::Row{ShortText(operation.key), {}, 0, true}, true);
}

/// Sessions are few and short: a delta carries them all.
void StateOf<Command>::note_sessions(KeyValues& changed, const KeyValues& at_end) {
  changed.answers = at_end.answers;
  changed.sessions = at_end.sessions;
  for (const auto& answer : changed.answers) changed.digest ^= digest_of(answer);
  for (const auto& session : changed.sessions) changed.digest ^= digest_of(session);
}

KeyValues StateOf<Command>::part(const KeyValues& state, uint32_t first, uint32_t count) {
  KeyValues some;
  for (size_t i = first; i < state.rows.size() && i < size_t{first} + count; ++i) put(some, state.rows[i], false);
  note_sessions(some, state);
  return some;
}

void StateOf<Command>::merge(KeyValues& into, const KeyValues& changes) {
  for (const KeyValues::Row& row : changes.rows) put(into, row, false);
  for (const auto& answer : into.answers) into.digest ^= digest_of(answer);
  for (const auto& session : into.sessions) into.digest ^= digest_of(session);
  KeyValues sessions;
  note_sessions(sessions, changes);
  into.digest ^= sessions.digest;
  into.answers = std::move(sessions.answers);
  into.sessions = std::move(sessions.sessions);
}

}  // namespace paxoscope
