// The one entry type that worlds run: an operation on a key-value store as short text, and whose it is.
#pragma once

#include <cstring>
#include <string_view>

#include "base/hash.h"
#include "base/types.h"

namespace paxoscope {

/// Up to 23 bytes in place; longer text is cut.
struct ShortText {
  static constexpr size_t kMax = 23;

  ShortText() { bytes[kMax] = static_cast<char>(kMax); }
  explicit ShortText(std::string_view text) : ShortText() { append(text); }
  void append(std::string_view text) {
    const size_t length = view().size();
    const size_t more = text.size() < kMax - length ? text.size() : kMax - length;
    if (more != 0) std::memcpy(bytes + length, text.data(), more);
    bytes[kMax] = static_cast<char>(kMax - length - more);
  }
  std::string_view view() const { return {bytes, kMax - static_cast<size_t>(bytes[kMax])}; }
  bool operator==(const ShortText& other) const { return std::memcmp(bytes, other.bytes, sizeof bytes) == 0; }

 private:
  char bytes[kMax + 1] = {};  ///< the last one says how many of the others are free
};

/// An operation such as "x=3" or "get y". `client` 0: proposed by a person. (client, number) names the operation; each
/// try of it is a proposal of its own.
struct Command {
  static constexpr size_t kMaxText = ShortText::kMax;
  static constexpr uint16_t kNoSession = UINT16_MAX;  ///< it acts each time that it is applied

  uint32_t client = 0;
  uint32_t number = 0;
  uint16_t attempt = 0;  ///< tries of this operation before this one
  uint16_t open = 0;     ///< so many numbers before this one: the client has an end for all that are older; or kNoSession
  ShortText text;

  static Command make(uint32_t client, uint32_t number, std::string_view text) {
    return {client, number, 0, 0, ShortText(text)};
  }
  std::string_view label() const { return text.view(); }
  /// Distinct for distinct proposals: ties views together, and names what is decided at most once.
  uint64_t identity() const { return (static_cast<uint64_t>(client | attempt << 16) << 32) | number; }
  bool operator==(const Command&) const = default;
};

inline void add_to_hash(Hasher& hasher, const Command& command) {
  hasher.add(command.identity());
  hasher.add(command.open);
  hasher.add(command.label());
}

enum class OperationKind : uint8_t { put, get, del, append, cas, none };
inline constexpr size_t kOperationKinds = static_cast<size_t>(OperationKind::none);

/// What a command does: "x=1", "get x", "del x", "x+=a", "cas x 1 2" (if it is 1, make it 2). Any other text does nothing.
struct Operation {
  OperationKind kind = OperationKind::none;
  std::string_view key;
  std::string_view value;     ///< put, append, cas: what is written
  std::string_view expected;  ///< cas
};

/// The views point into `text`.
Operation parse_operation(std::string_view text);
/// It writes nothing, so that nobody minds whether it took effect.
inline bool only_reads(OperationKind kind) { return kind == OperationKind::get || kind == OperationKind::none; }
/// Its result tells something: "3", "true". The others answer "".
inline bool has_result(OperationKind kind) { return kind == OperationKind::get || kind == OperationKind::cas; }

}  // namespace paxoscope
