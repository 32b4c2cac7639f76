#include "check/live_history.h"

#include "base/shared_map.h"

namespace paxoscope {

namespace {

uint64_t id_of(const Command& command) { return (static_cast<uint64_t>(command.client) << 32) | command.number; }

/// What the end of an operation that took effect tells.
HistoryAnswer answer_of(const HistoryEvent& event) {
  const std::string_view text = event.text.view();
  HistoryAnswer answer;
  answer.value_seen = parse_operation(event.command.label()).kind == OperationKind::get;
  answer.value = HistoryValue::of(text);
  answer.applied = text == "true" ? Applied::yes : text == "false" ? Applied::no : Applied::unknown;
  return answer;
}

}  // namespace

HistoryOperation history_operation(const Command& command) {
  const Operation operation = parse_operation(command.label());
  HistoryOperation what;
  Hasher key;
  key.add(operation.key);
  what.key = key.value();
  what.value = HistoryValue::of(operation.value);
  switch (operation.kind) {
    case OperationKind::get:
    case OperationKind::none: what.kind = HistoryKind::read; break;
    case OperationKind::put:
    case OperationKind::del: what.kind = HistoryKind::write; break;
    case OperationKind::append: what.kind = HistoryKind::append; break;
    case OperationKind::cas:
      what.kind = HistoryKind::cas;
      what.expected = HistoryValue::of(operation.expected);
      break;
  }
  return what;
}

std::vector<HistoryOperation> history_operations(const History& history, std::vector<uint64_t>& ended) {
  std::vector<HistoryOperation> operations;
  SharedMap open;  // by id: position in `operations`
  std::vector<bool> without_effect;
  for (uint64_t position = 1; position <= history.length(); ++position) {
    const HistoryEvent& event = history.at(position);
    if (event.kind == HistoryEventKind::invoked) {
      open.set(id_of(event.command), operations.size());
      operations.push_back(history_operation(event.command));
      operations.back().invoked = position;
      ended.push_back(position);
      without_effect.push_back(false);
    }
    const uint64_t* which = open.find(id_of(event.command));
    if (which == nullptr || !event.ends()) continue;
    HistoryOperation& operation = operations[*which];
    ended[*which] = position;
    without_effect[*which] = event.kind == HistoryEventKind::failed;
    if (event.kind != HistoryEventKind::ok) continue;
    const HistoryAnswer answer = answer_of(event);
    operation.returned = position;
    operation.value_seen = answer.value_seen;
    operation.applied = answer.applied;
    if (answer.value_seen) operation.value = answer.value;
  }
  size_t kept = 0;
  for (size_t i = 0; i < operations.size(); ++i) {
    if (without_effect[i]) continue;
    operations[kept] = operations[i];
    ended[kept++] = ended[i];
  }
  operations.resize(kept);
  ended.resize(kept);
  return operations;
}

bool LiveHistory::look_back(const History& history, const LinearizabilityBudget& budget) {
  std::vector<uint64_t> ended;
  const auto operations = history_operations(history, ended);
  const LinearizabilityResult result = check_linearizable(operations, initial_state(HistoryModel::kv), budget);
  verdict_ = result.verdict;
  operations_ = operations.size();
  if (verdict_ != Linearizable::no) return false;
  explain(history, ended[result.failing_operation]);
  return true;
}

bool LiveHistory::look(const History& history) {
  if (verdict_ == Linearizable::no) return false;
  for (; scanned_ < history.length(); ++scanned_)
    reads_ = reads_ || has_result(parse_operation(history.at(scanned_ + 1).command.label()).kind);
  if (!reads_) return false;
  while (fed_ < history.length()) {
    const uint64_t position = ++fed_;
    if (take(history.at(position)) != Linearizable::no) continue;
    verdict_ = Linearizable::no;
    explain(history, position);
    return true;
  }
  verdict_ = monitor_.verdict();
  return false;
}

Linearizable LiveHistory::take(const HistoryEvent& event) {
  const uint64_t id = id_of(event.command);
  switch (event.kind) {
    case HistoryEventKind::invoked:
      ++operations_;
      monitor_.invoke(id, history_operation(event.command));
      return Linearizable::yes;
    case HistoryEventKind::asked:
      return Linearizable::yes;
    case HistoryEventKind::unknown:
      monitor_.lose(id);
      return Linearizable::yes;
    case HistoryEventKind::failed:
      return monitor_.cancel(id);
    case HistoryEventKind::ok:
      break;
  }
  return monitor_.respond(id, answer_of(event));
}

void LiveHistory::explain(const History& history, uint64_t position) {
  const HistoryEvent& last = history.at(position);
  const std::string id = operation_id(last.command.client, last.command.number);
  text_ = "no order explains what clients saw of " + std::string(parse_operation(last.command.label()).key) + ": " + id +
          " (" + std::string(last.command.label()) + ")";
  if (last.kind == HistoryEventKind::ok) text_ += " saw " + (last.text.view().empty() ? "nothing" : std::string(last.text.view()));
  else text_ += " had no effect";
  for (uint64_t before = position; before-- > 1;)
    if (id_of(history.at(before).command) == id_of(last.command) && history.at(before).kind == HistoryEventKind::invoked) {
      events_.push_back(history.at(before).event);
      break;
    }
  if (events_.empty() || events_.back() != last.event) events_.push_back(last.event);
}

}  // namespace paxoscope
