// Is there an order of a history's operations that explains all that was seen, each between its invocation and response?
#pragma once

#include <vector>

#include "check/history.h"

namespace paxoscope {

enum class Linearizable : uint8_t {
  yes,
  no,
  undecided  ///< not within the budget
};

/// The bounds of a check. Steps count tried operations, so the same history gives the same answer everywhere. Keys take
/// turns; when the caches are full, the key with the largest one is given up first.
struct LinearizabilityBudget {
  uint64_t steps = 50'000'000;
  uint64_t cache_bytes = 96u << 20;  ///< of all keys together; growing one may take as much again for a moment
};

/// An order of one key's operations, as indexes into the history. Pending operations that are not in it never happened.
struct KeyOrder {
  uint64_t key = 0;
  Linearizable verdict = Linearizable::undecided;
  /// yes: explains the whole history, or all before the failing response if another key fails. no: an order that
  /// explains all responses before this key's first impossible one. undecided: empty.
  std::vector<uint32_t> order;
};

struct LinearizabilityResult {
  Linearizable verdict = Linearizable::yes;
  std::vector<KeyOrder> keys;  ///< ascending by key

  // Of a history that is not linearizable:
  uint64_t failing_event = 0;       ///< order number of the first response at which no order was left
  uint32_t failing_operation = 0;   ///< whose response that is
  bool prefix_is_shortest = true;   ///< false: the budget ended before shorter prefixes were seen to be linearizable
  /// The failing operation, then those that were invoked before the failing response, have no place in the key's
  /// partial order, and cannot be placed at its end either, since they saw something else than the value there.
  std::vector<uint32_t> cannot_be_ordered;
  uint64_t steps = 0;
};

/// Operations in any order; key by key, since a history is linearizable if each key's operations are.
LinearizabilityResult check_linearizable(const std::vector<HistoryOperation>& operations, HistoryDigest initial,
                                         const LinearizabilityBudget& budget = {});

/// Whether this order of all keys' operations explains them: each fits the state that it meets, none stands before one that
/// had returned when it was invoked, and none that returned is left out. One pass: who knows in which order things took
/// effect need not search.
bool order_explains(const std::vector<HistoryOperation>& operations, const std::vector<uint32_t>& order,
                    HistoryDigest initial);

/// Where each operation of a key's order may be taken to have happened: order numbers that never go back, each between
/// the operation's invocation and response.
std::vector<uint64_t> linearization_points(const std::vector<HistoryOperation>& operations,
                                           const std::vector<uint32_t>& order);

}  // namespace paxoscope
