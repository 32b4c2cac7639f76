// What a search for an order may know of the operations that it has not placed: which values they still need to find, and
// which they can still make.
#pragma once

#include <vector>

#include "check/history.h"

namespace paxoscope {

/// Counts for one key, per value. Values have numbers here. An append's result depends on what it meets, so keys with
/// appends are not counted at all; and only where there is nothing but reads and writes does a write never mind what it
/// overwrites.
class ValueNeeds {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// As for OrderSearch. Only what is told before order number `before` is needed.
  ValueNeeds(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own, HistoryDigest initial,
             uint64_t before);

  uint32_t initial() const { return initial_; }
  /// The number of the value that the operation makes, if it makes one.
  uint32_t made_by(uint32_t operation) const { return counts_ ? uses_[operation].to : 0; }

  void place(uint32_t operation) { change(operation, -1); }
  void take_back(uint32_t operation) { change(operation, 1); }

  /// Placing the operation would change `held` although others need it, and nobody can make it again.
  bool strands(uint32_t held, uint32_t operation) const;
  /// Some value is needed that never was nor can be.
  bool hopeless() const;

  /// Among reads and writes alone, and while nobody needs `held`: nothing is lost by placing this write at once, with the
  /// reads of its value behind it. Nobody needs its value; or all who do were invoked by order number `frontier`, the first
  /// response of those that are not placed.
  bool free_write(uint32_t held, uint32_t operation, uint64_t frontier) const;
  /// Among reads and writes alone: nobody will ever need to find what this one writes.
  bool idle_write(uint32_t operation) const;
  /// Among reads and writes alone any value is as good as any other that nobody needs.
  bool any_will_do(uint32_t held) const { return plain_ && values_[held].needed == 0; }

 private:
  struct Use {
    uint32_t from = kNone;  ///< the value that it must find
    uint32_t to = kNone;    ///< the value that it may make, another one than it finds
  };
  struct Value {
    uint32_t needed = 0;      ///< by so many that are not placed
    uint32_t makers = 0;      ///< so many that are not placed could make it
    uint64_t last_need = 0;   ///< invocation of the latest that needs it, placed or not
  };

  void change(uint32_t operation, int by);
  bool is_write(uint32_t operation) const { return plain_ && uses_[operation].to != kNone; }

  bool counts_ = true;
  bool plain_ = true;
  uint32_t initial_ = 0;
  std::vector<Use> uses_;      ///< per own operation
  std::vector<Value> values_;
};

}  // namespace paxoscope
