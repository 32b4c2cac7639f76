// What scenarios say of single futures and operations: "future op#1 cancelled", "operation k1#3 ends".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sim/futures.h"
#include "sim/history.h"

namespace paxoscope {

struct Claim {
  bool of_future = false;  ///< otherwise of an operation
  uint32_t client = 0;     ///< 0: proposed by a person
  uint32_t number = 1;
  uint8_t states = 0;      ///< any of these: bits by FutureState, or by HistoryEventKind

  bool operator==(const Claim&) const = default;
};

/// Reads `ID STATE` at `position`, after "future" or "operation".
Result<Claim> parse_claim(bool of_future, const std::vector<std::string_view>& words, size_t& position);
/// "future op#1 cancelled": what is read back.
std::string format_claim(const Claim& claim);

/// Of an operation: looks at the events from `position` + 1 on, and moves it to the last one that it saw.
bool holds(const Claim& claim, const History& history, uint64_t& position);
/// Of a future: the newest ones are looked at.
bool holds(const Claim& claim, const FutureTable& futures);

}  // namespace paxoscope
