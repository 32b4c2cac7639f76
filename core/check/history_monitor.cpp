#include "check/history_monitor.h"

#include <algorithm>
#include <cstddef>

#include "base/sort_indexes.h"

namespace paxoscope {

/// It has not returned, and what it saw matters.
bool HistoryMonitor::Operation::unclear() const {
  return status == Status::open && (what.kind == HistoryKind::read || what.kind == HistoryKind::cas);
}

/// Plays a key's events over its configurations.
class HistoryMonitor::Player {
 public:
  explicit Player(const Key& key) : key_(key), configurations(key.base) {
    for (const Operation& each : key.operations)
      if (each.kept_open) open(each);
  }

  /// False if there are too many configurations.
  bool play(const Event& event) {
    const Operation& operation = key_.operations[event.operation];
    if (!event.response) {
      open(operation);
      return true;
    }
    return respond(operation);
  }

 private:
  const Key& key_;
  const Operation* slots_[kMaxOpen] = {};
  uint64_t open_ = 0;
  uint64_t lost_ = 0;

 public:
  std::vector<Configuration> configurations;

 private:
  void open(const Operation& operation) {
    slots_[operation.slot] = &operation;
    open_ |= operation.bit();
    // Its slot is never free again.
    if (operation.status == Status::lost) lost_ |= operation.bit();
  }

  /// Keeps those configurations in which it has taken effect, after any others that may have before it.
  bool respond(const Operation& operation) {
    std::vector<Configuration> seen;
    std::vector<Configuration> after;
    for (Configuration& each : configurations) {
      settle(each);
      add(seen, each);
    }
    for (size_t i = 0; i < seen.size(); ++i) {
      if (seen.size() > kMaxConfigurations || after.size() > kMaxConfigurations) return false;
      if ((seen[i].placed & operation.bit()) != 0) {
        add(after, {seen[i].value, seen[i].placed & ~operation.bit()});
        continue;
      }
      for (uint64_t left = open_ & ~seen[i].placed; left != 0; left &= left - 1) {
        const Operation& next = *slots_[__builtin_ctzll(left)];
        Configuration moved = seen[i];
        if (!place_open(next, moved)) continue;
        settle(moved);
        add(seen, moved);
      }
    }
    open_ &= ~operation.bit();
    configurations.swap(after);
    return configurations.size() <= kMaxConfigurations;
  }

  static bool place_open(const Operation& operation, Configuration& at) {
    if (operation.unclear() && operation.what.kind == HistoryKind::read) return false;
    const HistoryDigest before = at.value;
    if (place(operation.what, at.value) == Step::refused) return false;
    at.placed |= operation.bit();
    // Without effect it is as good as not placed, unless a response asks for it.
    return at.value != before || !(operation.status == Status::lost || operation.unclear());
  }

  /// Places what costs nothing.
  void settle(Configuration& at) const {
    for (uint64_t left = open_ & ~at.placed; left != 0; left &= left - 1) {
      const Operation& each = *slots_[__builtin_ctzll(left)];
      HistoryDigest value = at.value;
      if (each.status == Status::returned && place(each.what, value) == Step::settled) at.placed |= each.bit();
    }
  }

  /// The same value with fewer lost operations placed can do all that the other can.
  bool covers(const Configuration& a, const Configuration& b) const {
    return a.value == b.value && (a.placed & ~b.placed) == 0 && ((a.placed ^ b.placed) & ~lost_) == 0;
  }
  void add(std::vector<Configuration>& all, const Configuration& added) const {
    for (const Configuration& each : all)
      if (covers(each, added)) return;
    all.push_back(added);
  }
};

void HistoryMonitor::invoke(uint64_t id, const HistoryOperation& operation) {
  auto at = std::lower_bound(keys_.begin(), keys_.end(), operation.key,
                             [](const Key& key, uint64_t name) { return key.name < name; });
  if (at == keys_.end() || at->name != operation.key) {
    Key key;
    key.name = operation.key;
    key.base.push_back({initial_, 0});
    at = keys_.insert(at, std::move(key));
  }
  if (at->verdict != Linearizable::yes) return;
  uint64_t used = 0;
  for (const Operation& each : at->operations)
    if (each.status != Status::returned) used |= each.bit();
  if (~used == 0 || at->operations.size() >= kMaxKept) return stop(*at, Linearizable::undecided);
  const auto slot = static_cast<uint8_t>(__builtin_ctzll(~used));
  Operation added{id, Status::open, slot, false, operation};
  added.what.returned = kNever;
  added.what.value_seen = false;
  added.what.applied = Applied::unknown;
  at->events.push_back({static_cast<uint16_t>(at->operations.size()), false});
  at->operations.push_back(added);
}

Linearizable HistoryMonitor::respond(uint64_t id, const HistoryAnswer& answer) {
  const Place found = find(id);
  if (found.key == nullptr) return verdict();
  Operation& operation = found.key->operations[found.operation];
  operation.status = Status::returned;
  if (operation.what.kind == HistoryKind::read) operation.what.value = answer.value;
  operation.what.value_seen = answer.value_seen;
  operation.what.applied = answer.applied;
  found.key->events.push_back({static_cast<uint16_t>(found.operation), true});
  return play(*found.key, id);
}

void HistoryMonitor::lose(uint64_t id) {
  const Place found = find(id);
  if (found.key == nullptr) return;
  Operation& operation = found.key->operations[found.operation];
  if (operation.what.kind == HistoryKind::read) erase(*found.key, found.operation);
  else operation.status = Status::lost;
}

Linearizable HistoryMonitor::cancel(uint64_t id) {
  const Place found = find(id);
  if (found.key == nullptr) return verdict();
  Key& key = *found.key;
  if (const Operation& operation = key.operations[found.operation]; operation.kept_open) {
    const uint64_t bit = operation.bit();
    const auto with = [&](const Configuration& each) { return (each.placed & bit) != 0; };
    key.base.erase(std::remove_if(key.base.begin(), key.base.end(), with), key.base.end());
  }
  erase(key, found.operation);
  return play(key, id);
}

Linearizable HistoryMonitor::verdict() const {
  Linearizable all = Linearizable::yes;
  for (const Key& each : keys_) {
    if (each.verdict == Linearizable::no) return each.verdict;
    if (each.verdict == Linearizable::undecided) all = each.verdict;
  }
  return all;
}

HistoryMonitor::Place HistoryMonitor::find(uint64_t id) {
  for (Key& key : keys_)
    for (size_t i = 0; i < key.operations.size(); ++i)
      if (key.operations[i].id == id && key.operations[i].status == Status::open) return {&key, i};
  return {nullptr, 0};
}

/// Plays the kept events; then forgets those before the first that may have to be played again.
Linearizable HistoryMonitor::play(Key& key, uint64_t id) {
  const auto unclear = [&](const Event& event) { return !event.response && key.operations[event.operation].unclear(); };
  const auto again = static_cast<size_t>(
      std::find_if(key.events.begin(), key.events.end(), unclear) - key.events.begin());
  Player player(key);
  bool fits = true;
  for (size_t i = 0; fits && i < key.events.size(); ++i) {
    if (i == again) key.base = player.configurations;
    fits = player.play(key.events[i]);
  }
  if (!fits || player.configurations.empty()) {
    if (fits && verdict() != Linearizable::no) failing_id_ = id;
    stop(key, fits ? Linearizable::no : Linearizable::undecided);
    return key.verdict;
  }
  if (again == key.events.size()) key.base = player.configurations;
  drop_events(key, again);
  return Linearizable::yes;
}

void HistoryMonitor::stop(Key& key, Linearizable verdict) {
  const uint64_t name = key.name;
  key = Key();
  key.name = name;
  key.verdict = verdict;
}

void HistoryMonitor::drop_events(Key& key, size_t count) {
  std::vector<uint32_t> over;
  for (size_t i = 0; i < count; ++i) {
    const Event& event = key.events[i];
    key.operations[event.operation].kept_open = !event.response;
    if (event.response) over.push_back(event.operation);
  }
  key.events.erase(key.events.begin(), key.events.begin() + static_cast<std::ptrdiff_t>(count));
  sort_indexes(over, [](uint32_t a, uint32_t b) { return a < b; });
  for (; !over.empty(); over.pop_back()) erase(key, over.back());
}

/// Forgets an operation and what events of it are left.
void HistoryMonitor::erase(Key& key, size_t operation) {
  key.operations.erase(key.operations.begin() + static_cast<std::ptrdiff_t>(operation));
  const auto of_it = [&](const Event& event) { return event.operation == operation; };
  key.events.erase(std::remove_if(key.events.begin(), key.events.end(), of_it), key.events.end());
  for (Event& event : key.events)
    if (event.operation > operation) --event.operation;
}

}  // namespace paxoscope
