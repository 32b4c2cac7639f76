// The linearizability of a world's history, told while it grows.
#pragma once

#include <string>
#include <vector>

#include "base/shared_map.h"
#include "check/history_monitor.h"
#include "check/linearizability.h"
#include "sim/history.h"
#include "sim/observation.h"

namespace paxoscope {

/// A value: copy it with the world that it watches.
class LiveHistory {
 public:
  /// Looks at what was added. True: from now on no order explains what was seen.
  bool look(const History& history);
  /// Looks at all of it at once, which costs less than to look on. True: no order explains it. `applied`: where each
  /// operation took effect, applied_at by operation_key; the order that this gives is tried before others are searched.
  bool look_back(const History& history, const SharedMap& applied, const LinearizabilityBudget& budget);

  Linearizable verdict() const { return verdict_; }
  uint64_t operations() const { return operations_; }
  /// After a `no`: the operation whose end left no order, in a sentence, and the events of the world that show it.
  const std::string& text() const { return text_; }
  const std::vector<uint64_t>& events() const { return events_; }
  /// After a `no`: the operations that have no place, by operation_key.
  const std::vector<uint64_t>& without_place() const { return without_place_; }

 private:
  Linearizable take(const HistoryEvent& event);
  void find_without_place(const History& history);
  void explain(const History& history, uint64_t position);

  HistoryMonitor monitor_{initial_state(HistoryModel::kv)};
  uint64_t scanned_ = 0;  ///< events looked at
  uint64_t fed_ = 0;      ///< events that the monitor was told of
  bool reads_ = false;    ///< somebody has asked for something that has a result: until then any order will do
  Linearizable verdict_ = Linearizable::yes;
  uint64_t operations_ = 0;
  std::string text_;
  std::vector<uint64_t> events_;
  std::vector<uint64_t> without_place_;
};

/// Where an operation took effect: at an entry, or, for a read beside the log, behind it.
inline uint64_t applied_at(LogIndex index, bool behind) { return index << 1 | (behind ? 1 : 0); }
inline LogIndex applied_index(uint64_t at) { return at >> 1; }

/// Names a client's operation, whichever try of it.
inline uint64_t operation_key(uint32_t client, uint32_t number) { return (static_cast<uint64_t>(client) << 32) | number; }

/// Says of operations that are shown when they may be taken to have happened, if the order in which they were applied
/// explains them, and which have no place.
/// `by_key`: where they took effect is counted for each key.
void mark_order(std::vector<OperationView>& operations, const SharedMap& applied, const LiveHistory& history, bool by_key = false);

/// The zones of each key whose written values all differ (check/register_zones.h).
std::vector<ZoneView> zones_of(const std::vector<OperationView>& operations);

/// The operation as linearizability sees it: its kind, key and values, without times.
HistoryOperation history_operation(const Command& command);
/// The whole history: an operation's times are positions in it. `ended`: of each operation, the position of its end, or of
/// its invocation while there is none.
struct WholeHistory {
  std::vector<HistoryOperation> operations;
  std::vector<uint64_t> ended;  ///< [operation]
  std::vector<uint64_t> keys;   ///< [operation] → operation_key
};
WholeHistory whole_history(const History& history);

}  // namespace paxoscope
