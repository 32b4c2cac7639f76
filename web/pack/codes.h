// A prefix code per kind of byte, so that what is frequent takes two or three guesses and not eight: half the time.
#pragma once

#include <cstdint>

#include "web/pack/structure.h"

namespace paxoscope::pack {

constexpr int kMaxCodeLength = 15;

struct Codes {
  uint8_t length[kKinds][256] = {};  // in bits; 0 for what does not occur
  uint16_t code[kKinds][256] = {};
  uint16_t first[kKinds][kMaxCodeLength + 1] = {};  // code of each length
  uint16_t count[kKinds][kMaxCodeLength + 1] = {};
  uint16_t index[kKinds][kMaxCodeLength + 1] = {};  // of the first one in `sorted`
  uint8_t sorted[kKinds][256] = {};                 // by length, then by value

  /** Fills the rest from the lengths; lengths that are no code give some codes, too. */
  void assign() {
    for (int kind = 0; kind < kKinds; ++kind) {
      uint32_t next = 0, place = 0;
      for (int bits = 1; bits <= kMaxCodeLength; ++bits) {
        next <<= 1;
        first[kind][bits] = static_cast<uint16_t>(next);
        index[kind][bits] = static_cast<uint16_t>(place);
        for (int value = 0; value < 256; ++value) {
          if (length[kind][value] != bits) continue;
          code[kind][value] = static_cast<uint16_t>(next++);
          sorted[kind][place++] = static_cast<uint8_t>(value);
        }
        count[kind][bits] = static_cast<uint16_t>(place - index[kind][bits]);
      }
    }
  }

  /** The byte with this code, or -1 if more bits follow. */
  int find(int kind, uint32_t bits, int size) const {
    const uint32_t offset = bits - first[kind][size];
    return bits >= first[kind][size] && offset < count[kind][size] ? sorted[kind][index[kind][size] + offset] : -1;
  }
};

}  // namespace paxoscope::pack
