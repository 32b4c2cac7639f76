// A set of 128-bit fingerprints: what a search has already visited.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace paxoscope {

using Fingerprint = std::array<uint64_t, 2>;

/// Open addressing, 16 bytes a slot, at most two thirds full.
class FingerprintSet {
 public:
  static constexpr size_t kFirstSlots = 256;

  /// True if it was not in the set. All zero stands for an empty slot; a fingerprint that is zero reads as one.
  bool insert(Fingerprint print) {
    if (print == Fingerprint{}) print[0] = 1;
    if ((count_ + 1) * 3 > slots_.size() * 2) grow();
    Fingerprint& slot = find(print);
    if (slot == print) return false;
    slot = print;
    ++count_;
    return true;
  }
  size_t bytes() const { return slots_.size() * sizeof(Fingerprint); }

 private:
  Fingerprint& find(const Fingerprint& print) {
    const size_t mask = slots_.size() - 1;
    size_t at = static_cast<size_t>(print[0]) & mask;
    while (slots_[at] != Fingerprint{} && slots_[at] != print) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    std::vector<Fingerprint> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    old.swap(slots_);
    for (const Fingerprint& print : old)
      if (print != Fingerprint{}) find(print) = print;
  }

  std::vector<Fingerprint> slots_;
  size_t count_ = 0;
};

}  // namespace paxoscope
