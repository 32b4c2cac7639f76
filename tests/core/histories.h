// Histories for tests: written by hand or drawn, and a judge that tries every order.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "check/linearizability.h"

namespace paxoscope::test {

/// A value with its text; none: null.
using Text = std::optional<std::string>;

struct Op {
  HistoryKind kind = HistoryKind::read;
  uint64_t key = 0;
  Text value;
  Text expected;
  bool seen = true;
  Applied applied = Applied::yes;
  uint64_t invoked = 0;
  uint64_t returned = kNever;
};

inline HistoryValue value_of(const Text& text) { return text ? HistoryValue::of(*text) : HistoryValue::null(); }

inline std::vector<HistoryOperation> history_of(const std::vector<Op>& ops) {
  std::vector<HistoryOperation> history;
  for (const Op& op : ops)
    history.push_back({op.kind, op.seen && op.returned != kNever, op.returned == kNever ? Applied::unknown : op.applied,
                       op.key, value_of(op.value), value_of(op.expected), op.invoked, op.returned});
  return history;
}

// Hand-made: what, from, to.
inline Op read(Text value, uint64_t from, uint64_t to, uint64_t key = 0) {
  return {HistoryKind::read, key, std::move(value), {}, true, Applied::yes, from, to};
}
inline Op read_unseen(uint64_t from, uint64_t to) {
  return {HistoryKind::read, 0, "never written", {}, false, Applied::yes, from, to};
}
inline Op write(Text value, uint64_t from, uint64_t to = kNever, uint64_t key = 0) {
  return {HistoryKind::write, key, std::move(value), {}, true, Applied::yes, from, to};
}
inline Op append(Text value, uint64_t from, uint64_t to = kNever) {
  return {HistoryKind::append, 0, std::move(value), {}, true, Applied::yes, from, to};
}
inline Op cas(Text expected, Text value, Applied applied, uint64_t from, uint64_t to = kNever) {
  return {HistoryKind::cas, 0, std::move(value), std::move(expected), true, applied, from, to};
}

/// Applies by the text alone; false: it saw something else.
inline bool take_effect(const Op& op, Text& state) {
  const bool open = op.returned == kNever;
  switch (op.kind) {
    case HistoryKind::read: return open || !op.seen || state == op.value;
    case HistoryKind::write: state = op.value; return true;
    case HistoryKind::append: state = state.value_or("") + *op.value; return true;
    case HistoryKind::cas: {
      const bool found = state == op.expected;
      if (!open && op.applied != Applied::unknown && found != (op.applied == Applied::yes)) return false;
      if (found) state = op.value;
      return true;
    }
  }
  return false;
}

/// Tries every order of all keys' operations together, with every choice of the pending ones.
class Judge {
 public:
  Judge(const std::vector<Op>& ops, Text initial) : ops_(ops), initial_(std::move(initial)), placed_(ops.size()) {}
  bool linearizable() { return extend({}); }

 private:
  bool extend(std::map<uint64_t, Text> states) {
    bool all = true;
    for (size_t i = 0; i < ops_.size(); ++i) all = all && (placed_[i] || ops_[i].returned == kNever);
    if (all) return true;
    for (size_t i = 0; i < ops_.size(); ++i) {
      if (placed_[i] || comes_later(i)) continue;
      auto next = states;
      Text& state = next.emplace(ops_[i].key, initial_).first->second;
      if (!take_effect(ops_[i], state)) continue;
      placed_[i] = true;
      if (extend(std::move(next))) return true;
      placed_[i] = false;
    }
    return false;
  }
  bool comes_later(size_t i) const {
    for (size_t j = 0; j < ops_.size(); ++j)
      if (!placed_[j] && ops_[j].returned < ops_[i].invoked) return true;
    return false;
  }

  const std::vector<Op>& ops_;
  Text initial_;
  std::vector<bool> placed_;
};

/// What was known up to and with an order number.
inline std::vector<Op> prefix(const std::vector<Op>& ops, uint64_t until) {
  std::vector<Op> kept;
  for (Op op : ops) {
    if (op.invoked > until) continue;
    if (op.returned > until) op.returned = kNever;
    kept.push_back(std::move(op));
  }
  return kept;
}

inline Text initial_text(HistoryModel model) { return model == HistoryModel::kv ? Text("") : Text(); }

/// The number of the first response at which no order is left, if there is one.
inline std::optional<uint64_t> first_impossible(const std::vector<Op>& ops, HistoryModel model) {
  std::vector<uint64_t> responses;
  for (const Op& op : ops)
    if (op.returned != kNever) responses.push_back(op.returned);
  std::sort(responses.begin(), responses.end());
  for (uint64_t number : responses) {
    const std::vector<Op> known = prefix(ops, number);
    if (!Judge(known, initial_text(model)).linearizable()) return number;
  }
  return {};
}

/// A line for each operation, to be shown when a property fails.
inline std::string show(const std::vector<Op>& ops) {
  const auto text = [](const Text& value) { return value ? "'" + *value + "'" : "null"; };
  const char* kinds[] = {"read", "write", "append", "cas"};
  std::string all = "\n";
  for (const Op& op : ops) {
    all += std::to_string(op.invoked) + " to " + (op.returned == kNever ? "never" : std::to_string(op.returned)) + ": " +
           kinds[static_cast<size_t>(op.kind)] + " key " + std::to_string(op.key) + " ";
    if (op.kind == HistoryKind::cas) all += text(op.expected) + " -> ";
    all += op.kind != HistoryKind::read || op.seen ? text(op.value) : "unseen";
    if (op.kind == HistoryKind::cas) all += op.applied == Applied::yes ? " applied" : op.applied == Applied::no ? " not applied" : " unknown";
    all += "\n";
  }
  return all;
}

struct Drawing {
  int operations = 7;
  int keys = 2;
  int values = 3;
  int pending = 25;  ///< percent
  bool distinct = false;
};

/// Some histories are drawn blindly; others come from an execution with, at times, a wrong answer.
inline std::vector<Op> draw(Rng& rng, HistoryModel model, const Drawing& drawing) {
  const auto below = [&](int bound) { return static_cast<int>(rng.below(static_cast<uint64_t>(bound))); };
  const auto chance = [&](int percent) { return below(100) < percent; };
  const auto text = [&]() -> Text {
    if (model == HistoryModel::kv) return std::string(below(drawing.values) == 0 ? "" : chance(50) ? "a" : "b");
    const int which = below(drawing.values + 1);
    return which == 0 ? Text() : Text(std::to_string(which));
  };
  const int kinds = model == HistoryModel::register_ ? 2 : model == HistoryModel::cas_register ? 3 : 4;
  const HistoryKind kind[] = {HistoryKind::read, HistoryKind::write, HistoryKind::cas, HistoryKind::append};
  const int count = below(drawing.operations) + 1;
  const bool executed = chance(70);
  std::vector<Op> ops;
  std::vector<std::pair<int, size_t>> points;
  for (int i = 0; i < count; ++i) {
    Op op;
    op.kind = kind[below(kinds)];
    op.key = static_cast<uint64_t>(below(drawing.keys));
    op.value = text();
    if (op.kind == HistoryKind::append && !op.value) op.value = "";
    if (drawing.distinct && op.kind == HistoryKind::write) op.value = "w" + std::to_string(i);
    if (drawing.distinct && op.kind == HistoryKind::read && chance(80)) op.value = "w" + std::to_string(below(count));
    op.expected = text();
    op.seen = !chance(10);
    op.applied = chance(10) ? Applied::unknown : chance(50) ? Applied::yes : Applied::no;
    // Even numbers bring equal ones about.
    const int from = below(2 * count) + 1;
    const int length = chance(30) ? below(2 * count) : below(4);
    op.invoked = static_cast<uint64_t>(from);
    if (!chance(drawing.pending)) op.returned = static_cast<uint64_t>(from + length);
    points.push_back({from + below(length + 1), ops.size()});
    ops.push_back(op);
  }
  if (!executed) return ops;
  std::sort(points.begin(), points.end());
  std::map<uint64_t, Text> states;
  for (const auto& [point, index] : points) {
    Op& op = ops[index];
    if (op.returned == kNever && chance(50)) continue;
    Text& state = states.emplace(op.key, initial_text(model)).first->second;
    if (op.kind == HistoryKind::read) op.value = state;
    if (op.kind == HistoryKind::cas && op.applied != Applied::unknown)
      op.applied = state == op.expected ? Applied::yes : Applied::no;
    take_effect(op, state);
  }
  if (chance(40)) {
    Op& op = ops[static_cast<size_t>(below(count))];
    if (op.kind == HistoryKind::read) op.value = text();
    if (op.kind == HistoryKind::cas) op.applied = op.applied == Applied::yes ? Applied::no : Applied::yes;
  }
  return ops;
}

}  // namespace paxoscope::test
