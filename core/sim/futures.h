// What proposals return: each future at its server, from the proposal to its end. Kept for views and checks; the part
// that a world depends on is `OpenFuture`.
#pragma once

#include <array>
#include <string>

#include "base/ballot.h"
#include "base/shared.h"
#include "sim/command.h"
#include "sim/observation.h"

namespace paxoscope {

/// One try to get an entry decided, as the protocol names it in its log: a future has one after the other.
struct AttemptName {
  ServerId proposer = 0;     ///< 0: none
  uint32_t incarnation = 0;
  uint64_t counter = 0;

  bool operator==(const AttemptName&) const = default;
  uint64_t key() const {
    return (static_cast<uint64_t>(proposer) << 56) ^ (static_cast<uint64_t>(incarnation) << 36) ^ counter;
  }
};

/// What a server has found out about a proposal of its own.
struct Settlement {
  uint64_t future = 0;
  AttemptName attempt;     ///< none: nothing can be compared with the log
  bool resolved = false;   ///< decided at `index`; otherwise this attempt is never decided…
  bool unknown = false;    ///< …or nobody will say what became of it
  bool goes_on = false;    ///< cancelled, and proposed again under the same future
  LogIndex index = 0;
  const char* reason = "";  ///< cancelled, unknown: "its configuration ended without it"
  Ballot ballot;           ///< cancelled: what decided that, or none
  Ballot tag;              ///< under which it was proposed; none: it never left
};

/// A register's timestamp: all writes of a key are ordered by it. Number 0: nothing was written.
struct WriteStamp {
  uint64_t number = 0;
  ServerId server = 0;
  uint32_t incarnation = 0;
  uint32_t counter = 0;

  auto operator<=>(const WriteStamp&) const = default;
};
/// "3·A": as an epoch. Writes of one server with the same number are told apart by the priority.
Epoch stamp_epoch(const WriteStamp& stamp);

/// A register as one server holds it.
struct HeldValue {
  ShortText key;
  ShortText value;
  WriteStamp stamp;
  uint32_t client = 0;  ///< who wrote it, and with which operation
  uint32_t number = 0;
};

/// A read that may be answered from the state after entry `index`, or any later one. Without a log: any operation.
struct AnsweredRead {
  Command command;
  LogIndex index = 0;
  uint64_t future = 0;   ///< of the try that asked
  ShortText result = {}; ///< without a log: what it gave…
  WriteStamp stamp = {}; ///< …and what it read or wrote
};

/// A future that a server still waits for.
struct OpenFuture {
  uint64_t number = 0;  ///< as the protocol counts
  uint64_t record = 0;  ///< in FutureTable
  Command command;
  bool answered = false;  ///< who asked has its result
};

struct FutureRecord {
  Command command;
  ServerId server = 0;
  FutureState state = FutureState::pending;  ///< accepted: only as far as `accepted_us` says
  LogIndex index = 0;
  const char* reason = "";
  Epoch epoch;                ///< under which its newest attempt was proposed
  Epoch ballot;               ///< cancelled: what decided that
  uint32_t again = 0;         ///< so many attempts under it were cancelled before
  TimeUs made_us = 0;
  TimeUs accepted_us = -1;
  TimeUs settled_us = -1;
  uint64_t made_event = 0;
  uint64_t settled_event = 0;
};

/// The newest futures of a world, by the order of their making, counted from 1. Copies share it.
class FutureTable {
 public:
  static constexpr uint64_t kKept = 256;

  uint64_t made() const { return made_; }
  /// The oldest that is kept.
  uint64_t first() const { return made_ > kKept ? made_ - kKept + 1 : 1; }
  const FutureRecord& at(uint64_t number) const { return (*kept_)[number % kKept]; }
  /// Null: it is too old to be kept.
  const FutureRecord* find_kept(uint64_t number) const { return number < first() ? nullptr : &at(number); }
  /// The same for writing.
  FutureRecord* find(uint64_t number) { return number < first() ? nullptr : &kept_.own()[number % kKept]; }
  uint64_t add(const FutureRecord& record) {
    kept_.own()[++made_ % kKept] = record;
    return made_;
  }
  uint64_t count(FutureState state) const { return counts_[static_cast<size_t>(state)]; }
  /// It changes whenever a future is settled.
  uint64_t settled() const {
    return count(FutureState::resolved) + count(FutureState::cancelled) + count(FutureState::unknown);
  }
  /// Null: it is too old to be kept.
  FutureRecord* settle(uint64_t number, FutureState state, TimeUs now_us, uint64_t event) {
    ++counts_[static_cast<size_t>(state)];
    FutureRecord* record = find(number);
    if (record == nullptr) return nullptr;
    record->state = state;
    record->settled_us = now_us;
    record->settled_event = event;
    return record;
  }

 private:
  Shared<std::array<FutureRecord, kKept>> kept_;
  uint64_t made_ = 0;
  std::array<uint64_t, 5> counts_{};
};

}  // namespace paxoscope
