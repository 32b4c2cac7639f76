#include "check/live_history.h"

#include <algorithm>

#include "base/sort_indexes.h"
#include "base/text.h"

namespace paxoscope {

namespace {

uint64_t id_of(const Command& command) { return operation_key(command.client, command.number); }

/// The operations that took effect, as they did.
std::vector<uint32_t> applied_order(const WholeHistory& whole, const SharedMap& applied) {
  std::vector<uint32_t> order;
  std::vector<uint64_t> index(whole.operations.size());
  for (uint32_t i = 0; i < whole.operations.size(); ++i) {
    const uint64_t* at = applied.find(whole.keys[i]);
    if (at == nullptr) continue;
    index[i] = *at;
    order.push_back(i);
  }
  sort_indexes(order, [&](uint32_t a, uint32_t b) { return index[a] != index[b] ? index[a] < index[b] : a < b; });
  return order;
}

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

WholeHistory whole_history(const History& history) {
  WholeHistory whole;
  SharedMap open;  // by id: position in `whole.operations`
  std::vector<bool> without_effect;
  for (uint64_t position = 1; position <= history.length(); ++position) {
    const HistoryEvent& event = history.at(position);
    if (event.kind == HistoryEventKind::invoked) {
      open.set(id_of(event.command), whole.operations.size());
      whole.operations.push_back(history_operation(event.command));
      whole.operations.back().invoked = position;
      whole.ended.push_back(position);
      whole.keys.push_back(id_of(event.command));
      without_effect.push_back(false);
    }
    const uint64_t* which = open.find(id_of(event.command));
    if (which == nullptr || !event.ends()) continue;
    HistoryOperation& operation = whole.operations[*which];
    whole.ended[*which] = position;
    without_effect[*which] = event.kind == HistoryEventKind::failed;
    if (event.kind != HistoryEventKind::ok) continue;
    const HistoryAnswer answer = answer_of(event);
    operation.returned = position;
    operation.value_seen = answer.value_seen;
    operation.applied = answer.applied;
    if (answer.value_seen) operation.value = answer.value;
  }
  size_t kept = 0;
  for (size_t i = 0; i < whole.operations.size(); ++i) {
    if (without_effect[i]) continue;
    whole.operations[kept] = whole.operations[i];
    whole.keys[kept] = whole.keys[i];
    whole.ended[kept++] = whole.ended[i];
  }
  whole.operations.resize(kept);
  whole.keys.resize(kept);
  whole.ended.resize(kept);
  return whole;
}

bool LiveHistory::look_back(const History& history, const SharedMap& applied, const LinearizabilityBudget& budget) {
  const WholeHistory whole = whole_history(history);
  operations_ = whole.operations.size();
  const HistoryDigest initial = initial_state(HistoryModel::kv);
  verdict_ = Linearizable::yes;
  if (order_explains(whole.operations, applied_order(whole, applied), initial)) return false;
  const LinearizabilityResult result = check_linearizable(whole.operations, initial, budget);
  verdict_ = result.verdict;
  if (verdict_ != Linearizable::no) return false;
  for (uint32_t index : result.cannot_be_ordered) without_place_.push_back(whole.keys[index]);
  explain(history, whole.ended[result.failing_operation]);
  return true;
}

/// The monitor does not say it.
void LiveHistory::find_without_place(const History& history) {
  const WholeHistory whole = whole_history(history);
  const LinearizabilityResult result =
      check_linearizable(whole.operations, initial_state(HistoryModel::kv), {.steps = 200'000, .cache_bytes = 4u << 20});
  for (uint32_t index : result.cannot_be_ordered) without_place_.push_back(whole.keys[index]);
}

void mark_order(std::vector<OperationView>& operations, const SharedMap& applied, const LiveHistory& history, bool by_key) {
  std::vector<uint32_t> order;
  std::vector<uint64_t> index(operations.size());
  for (uint32_t i = 0; i < operations.size(); ++i) {
    OperationView& operation = operations[i];
    const uint64_t key = operation_key(operation.client, operation.number);
    for (uint64_t without : history.without_place()) operation.cannot_be_ordered |= without == key;
    const uint64_t* at = applied.find(key);
    if (at == nullptr || operation.end == OperationEnd::failed) continue;
    index[i] = *at;
    order.push_back(i);
  }
  if (history.verdict() == Linearizable::no) return;
  sort_indexes(order, [&](uint32_t a, uint32_t b) {
    if (by_key && operations[a].key != operations[b].key) return operations[a].key < operations[b].key;
    return index[a] != index[b] ? index[a] < index[b] : a < b;
  });
  TimeUs point_us = 0;
  const std::string* key = nullptr;
  for (uint32_t i : order) {
    OperationView& operation = operations[i];
    if (by_key && (key == nullptr || *key != operation.key)) point_us = 0;
    key = &operation.key;
    point_us = std::max(point_us, operation.invoked_us);
    if (operation.returned_us < 0 || point_us <= operation.returned_us) operation.point_us = point_us;
  }
}

std::vector<ZoneView> zones_of(const std::vector<OperationView>& operations) {
  std::vector<ZoneView> zones;
  std::vector<std::string> twice;  // keys in which a value was written more than once
  std::vector<uint8_t> written;    // [zone]
  for (const OperationView& operation : operations) {
    const Operation what = parse_operation(operation.command);
    const bool reads = what.kind == OperationKind::get, answered = operation.end == OperationEnd::ok;
    if (operation.end == OperationEnd::failed || (reads && !answered)) continue;
    const std::string value = reads ? operation.result : std::string(what.value);
    size_t at = 0;
    while (at < zones.size() && (zones[at].key != operation.key || zones[at].value != value)) ++at;
    if (at == zones.size()) {
      zones.push_back({operation.key, value, 0, 0, value.empty() ? 0 : UINT64_MAX, 0});
      written.push_back(value.empty() ? 1 : 0);
    }
    // First as (response, invocation).
    ZoneView& zone = zones[at];
    if (answered && operation.returned_event < zone.from_event)
      zone.from_us = operation.returned_us, zone.from_event = operation.returned_event;
    if (operation.invoked_event > zone.to_event) zone.to_us = operation.invoked_us, zone.to_event = operation.invoked_event;
    if (!reads && written[at]++ != 0) twice.push_back(operation.key);
  }
  std::erase_if(zones, [&](const ZoneView& zone) {
    return zone.from_event == UINT64_MAX || std::find(twice.begin(), twice.end(), zone.key) != twice.end();
  });
  for (ZoneView& zone : zones) {
    zone.held = zone.from_event < zone.to_event;
    if (zone.held) continue;
    std::swap(zone.from_us, zone.to_us);
    std::swap(zone.from_event, zone.to_event);
  }
  std::stable_sort(zones.begin(), zones.end(), [](const ZoneView& a, const ZoneView& b) {
    return a.key != b.key ? a.key < b.key : a.from_event < b.from_event;
  });
  for (ZoneView& a : zones)
    for (ZoneView& b : zones) {
      if (&a == &b || a.key != b.key || !a.held) continue;
      const bool clash = b.held ? a.from_event < b.to_event && b.from_event < a.to_event
                                : a.from_event < b.from_event && b.to_event < a.to_event;
      a.clashes |= clash;
      b.clashes |= clash;
    }
  return zones;
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
    find_without_place(history);
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
  text_ = concat("no order explains what clients saw of ", parse_operation(last.command.label()).key, ": ", id, " (",
                  last.command.label(), ")");
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
