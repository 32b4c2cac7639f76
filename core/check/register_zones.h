// Registers whose written values all differ: an order in near-linear time (Gibbons and Korach 1997).
#pragma once

#include <vector>

#include "check/history.h"

namespace paxoscope {

/// Only reads and writes, and no value is written twice or is the initial one.
bool has_distinct_writes(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own,
                         HistoryDigest initial);

/// Puts what comes before order number `before` (kNever: all) in an order, or returns false: there is none. `own` are the
/// operations of one key in `all`, with distinct writes. Which value is read tells the write, so the operations form
/// clusters; a cluster is a zone between its first response and its last invocation. Zones in which the register must
/// hold the value all the time (the response comes first) may not overlap, nor hold a whole other zone.
bool order_by_zones(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own, HistoryDigest initial,
                    uint64_t before, std::vector<uint32_t>& order);

}  // namespace paxoscope
