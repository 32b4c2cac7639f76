// Random numbers as a value: same seed, same numbers, on every platform (no std:: distributions).
#pragma once

#include <cstdint>

#include "base/assert.h"
#include "base/hash.h"

namespace paxoscope {

/// xoshiro256** seeded by splitmix64 (Blackman, Vigna). Copyable; hashing covers the whole state.
class Rng {
 public:
  explicit Rng(uint64_t seed = 0) {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15ull;
      uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
      word = z ^ (z >> 31);
    }
  }

  uint64_t next() {
    const uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// A number in [0, bound), bound ≥ 1, without bias (rejection).
  uint64_t below(uint64_t bound) {
    PAXO_ASSERT(bound >= 1);
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t draw = next();
    while (draw >= limit) draw = next();
    return draw % bound;
  }

  /// A number in [low, high], both included.
  int64_t between(int64_t low, int64_t high) {
    PAXO_ASSERT(low <= high);
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }

  /// True with probability permille / 1000. Draws nothing for 0.
  bool chance_permille(uint32_t permille) { return permille != 0 && below(1000) < permille; }

  void add_to(Hasher& hasher) const {
    for (uint64_t word : state_) hasher.add(word);
  }
  bool operator==(const Rng&) const = default;

 private:
  static uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  uint64_t state_[4];
};

}  // namespace paxoscope
