// What clients asked of a store and what they saw: the input of the linearizability checks.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace paxoscope {

/// A value as two 61-bit polynomial hashes of its bytes: equal values have equal digests, and the digest of a
/// concatenation follows from its parts, so that states of any length cost 16 bytes. Two different values of a
/// million bytes agree by chance once in 2^82 pairs; a person who wants them to agree can make such a pair.
using HistoryDigest = std::array<uint64_t, 2>;

/// A value that is written, seen or expected. Default: the empty text.
struct HistoryValue {
  HistoryDigest digest{0, 0};
  HistoryDigest shift{1, 1};  ///< what a digest is multiplied with when this value is appended

  static HistoryValue of(std::string_view text);
  static HistoryValue null();  ///< nothing was ever written; differs from every text
  bool operator==(const HistoryValue& other) const { return digest == other.digest; }
};

/// get is a read, put a write, delete a write of the empty text.
enum class HistoryKind : uint8_t { read, write, append, cas };

/// Whether a cas found the value that it expected.
enum class Applied : uint8_t { unknown, yes, no };

/// "never" as the order number of a response.
inline constexpr uint64_t kNever = UINT64_MAX;

/// One operation. An operation without response may take effect at any time after its invocation, or never. One that
/// certainly had no effect does not belong into a history.
struct HistoryOperation {
  HistoryKind kind = HistoryKind::read;
  bool value_seen = false;             ///< read: false: any value is legal
  Applied applied = Applied::unknown;  ///< cas; no: it ran and found another value. Unknown without response
  uint64_t key = 0;                    ///< names the object; each key is checked on its own
  HistoryValue value;                  ///< read: what it saw; write, cas: the new value; append: what is appended
  HistoryValue expected;               ///< cas
  uint64_t invoked = 0;                ///< order numbers, below 2^63: an operation comes before another if its response
  uint64_t returned = kNever;          ///< has a lower number than the other's invocation; returned >= invoked

  bool pending() const { return returned == kNever; }
};

/// register: read, write. cas_register: also cas; both start at null. kv: all, and every key starts at the empty text.
enum class HistoryModel : uint8_t { register_, cas_register, kv };

HistoryDigest initial_state(HistoryModel model);

/// What placing an operation next does.
enum class Step : uint8_t {
  refused,  ///< it saw something else than this state
  settled,  ///< it fits and changes no state whenever it fits: nothing is lost by placing it at once
  moved     ///< it fits; placing it later may lead elsewhere
};

/// Places the operation at `state` and moves the state on, unless it is refused.
Step place(const HistoryOperation& operation, HistoryDigest& state);

}  // namespace paxoscope
