// The one entry type that worlds run: a client's command as short text.
#pragma once

#include <cstring>
#include <string_view>

#include "base/hash.h"
#include "base/types.h"

namespace paxoscope {

/// A command such as "x=3" or "del y". `client` 0: proposed by a person. (client, number) names it.
struct Command {
  static constexpr size_t kMaxText = 23;

  uint32_t client = 0;
  uint32_t number = 0;
  char text[kMaxText + 1] = {};

  static Command make(uint32_t client, uint32_t number, std::string_view text) {
    Command command{client, number, {}};
    const size_t length = text.size() < kMaxText ? text.size() : kMaxText;
    std::memcpy(command.text, text.data(), length);
    return command;
  }
  std::string_view label() const { return std::string_view(text); }
  /// Distinct for distinct (client, number): ties views together.
  uint64_t identity() const { return (static_cast<uint64_t>(client) << 32) | number; }
  bool operator==(const Command& other) const {
    return client == other.client && number == other.number && label() == other.label();
  }
};

inline void add_to_hash(Hasher& hasher, const Command& command) {
  hasher.add(command.identity());
  hasher.add(command.label());
}

}  // namespace paxoscope
