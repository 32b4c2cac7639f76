// The lengths of the codes as they travel: each guessed from the one before, four bits at a time.
#pragma once

#include <cstdint>

#include "web/pack/codes.h"

namespace paxoscope::pack {

/** `bit(node, p)` codes a bit as in Model::byte(); `length` is what is written or read. */
template <typename Bit>
void code_lengths(Codes& codes, Bit&& bit) {
  static uint16_t chances[16][16];
  for (auto& row : chances) {
    for (auto& chance : row) chance = 32768;
  }
  int last = 0;
  for (auto& kind : codes.length) {
    for (uint8_t& length : kind) {
      int known = 1;
      for (int i = 3; i >= 0; --i) {
        uint16_t& chance = chances[last][known];
        const uint32_t p = chance < 64 ? 64 : chance > 65472 ? 65472 : chance;
        const int value = bit(p, length >> i & 1);
        chance = static_cast<uint16_t>(chance + (((value ? 65535 : 0) - chance) >> 4));
        known = known << 1 | value;
      }
      last = length = known & 15;
    }
  }
}

}  // namespace paxoscope::pack
