// What a protocol needs of a disk: a sequence of entries, a few small values, and writes that become durable together.
#pragma once

#include <concepts>
#include <cstdint>

#include "base/ballot.h"
#include "base/types.h"
#include "storage/entries.h"
#include "storage/memory_sequence.h"
#include "storage/stop_sign.h"

namespace paxoscope {

/// A log of entries T, 1-based. Ranges are half-open.
template <class S, class T>
concept Sequence = std::copyable<S> && std::same_as<typename S::Entry, T> && requires(S s, const S c, LogIndex i, const T& value, const Entries<T>& run) {
  { c.length() } -> std::same_as<LogIndex>;
  { c.trimmed_to() } -> std::same_as<LogIndex>;
  { c.at(i) } -> std::convertible_to<const T&>;
  { c.slice(i, i) } -> std::same_as<Entries<T>>;
  s.append(value);
  s.append(run);
  s.append(run, uint32_t{0});
  s.truncate(i);
  s.trim(i);
  s.reset_to(i);
};

/// The small durable values of Sequence Paxos (rules P1, P3, P7, P10).
struct PaxosValues {
  Ballot promised;
  Ballot accepted;
  LogIndex decided = 0;
  uint32_t incarnation = 0;  ///< +1 per start
  StopSignRef stop;          ///< the last entry of the log is this stop-sign, accepted or decided
  ConfigurationId configuration = 0;  ///< the one it runs; 0: none (spare, joining or retired)
  ServerSet members = 0;  ///< of the newest configuration it knows, the successor of the newest sealed one
  Ballot named;           ///< C6: promised and accepted from the start of that configuration
  std::vector<SealedConfiguration> sealed;  ///< ascending; what it knows to have ended
};

/// Keeps a protocol's small durable values V and numbers atomic writes. Changes made through `edit()` belong to the open
/// batch; `commit()` closes the batch of everything written since the last commit, in the sequence as well, and returns
/// its number; `durable()` is the newest write that a crash cannot lose.
template <class S, class V>
concept ValueState = std::copyable<S> && requires(S s, const S c) {
  { c.values() } -> std::convertible_to<const V&>;
  { s.edit() } -> std::same_as<V&>;
  { s.commit() } -> std::same_as<uint64_t>;
  { c.written() } -> std::same_as<uint64_t>;
  { c.durable() } -> std::same_as<uint64_t>;
};

template <class S>
concept PaxosState = ValueState<S, PaxosValues>;

/// Values in memory. Synchronous: a commit is durable at once. Otherwise the host reports with set_durable().
template <class V>
class MemoryValues {
 public:
  explicit MemoryValues(bool synchronous = true) : synchronous_(synchronous) {}

  const V& values() const { return values_; }
  V& edit() { return values_; }
  uint64_t commit() {
    ++written_;
    if (synchronous_) durable_ = written_;
    return written_;
  }
  uint64_t written() const { return written_; }
  uint64_t durable() const { return durable_; }
  void set_durable(uint64_t write) {
    PAXO_ASSERT(write <= written_);
    if (write > durable_) durable_ = write;
  }

 private:
  V values_;
  uint64_t written_ = 0;
  uint64_t durable_ = 0;
  bool synchronous_;
};

using MemoryState = MemoryValues<PaxosValues>;

}  // namespace paxoscope
