// What clients see of a world, as an Observation shows it: futures, operations, stores.
#pragma once

#include <vector>

#include "sim/futures.h"
#include "sim/history.h"
#include "sim/key_value.h"
#include "sim/observation.h"
#include "sim/protocol_traits.h"

namespace paxoscope {

/// So many are described at most: the newest.
inline constexpr size_t kShownFutures = 200;
inline constexpr size_t kShownOperations = 400;

std::vector<FutureView> describe_futures(const FutureTable& futures, const ProtocolTraits& traits, TimeUs now_us);
std::vector<OperationView> describe_operations(const History& history);
StoreView describe_store(ServerId server, const KeyValues& state, LogIndex applied);
/// Marks the cells behind which a future of this server stands.
void mark_awaited(const FutureTable& futures, ServerView& server);

}  // namespace paxoscope
