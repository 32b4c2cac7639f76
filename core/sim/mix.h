// Which operations a client asks for, as text: "put 5, get 4, cas 1".
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sim/command.h"

namespace paxoscope {

/// Weights by OperationKind.
using OperationMix = std::array<uint16_t, kOperationKinds>;
inline constexpr uint64_t kMaxWeight = 1000;

/// Kinds with their weights, 1 to 1000 and 1 if left out; at least one kind, each at most once.
Result<OperationMix> parse_mix(std::string_view text);
/// What parse_mix reads back to an equal value.
std::string format_mix(const OperationMix& mix);

}  // namespace paxoscope
