// Guesses the bits of a WebAssembly file one by one. The packer and the page run the same guesses, so only what is not
// guessed travels. Each context (what the bytes before look like, in one view) keeps a probability per next bit; a mixer
// that learns which contexts to trust weighs them, and a last table corrects its habits. Integers decide, on any machine.
#pragma once

#include <cstdint>

#include "web/pack/codes.h"
#include "web/pack/structure.h"

namespace paxoscope::pack {

constexpr uint32_t kMaxBytes = 4u << 20;  // of a file, unpacked

class Model {
 public:
  uint8_t bytes[kMaxBytes];  // what is known so far
  uint32_t length = 0;
  Codes codes;

  /** Only for an object of static storage: all that is not set here is zero. */
  Model() {
    double odds = 1.0 / 2980.9579870417283;  // e^-8
    int next = 0;
    for (int x = 0; x < 4096; ++x, odds *= 1.0039138893383475734) {  // e^(1/256)
      squash_[x] = static_cast<uint16_t>(65536.0 * odds / (1.0 + odds));
      for (; next <= squash_[x] >> 4; ++next) stretch_[next] = static_cast<int16_t>(x - 2048);
    }
    for (; next < 4096; ++next) stretch_[next] = 2047;
    for (int n = 0; n <= kMaxCount; ++n) {
      rate_[n] = static_cast<uint16_t>(327680 / (10 * n + 16));
      trust_[n] = n == 0 ? 0 : n == 1 ? 3 : n < 4 ? 4 : 5;
    }
    for (auto& set : weights_) {
      for (int& weight : set) weight = 65536 * 2 / 5;
    }
    for (auto& trust : match_trust_) trust = 49152;
    for (auto& row : corrections_) {
      for (int i = 0; i < 33; ++i) row[i] = squash_[i == 32 ? 4095 : i * 128];
    }
  }

  /** The next byte: `bit(p)` codes a bit whose probability of being 1 is p of 65536, and returns it. */
  template <typename Bit>
  void byte(Bit&& bit) {
    look();
    const int kind = structure_.kind;
    uint32_t known = 1;  // a one, then the bits of the code so far
    int value = -1;
    for (int depth = 0; value < 0 && depth < kMaxCodeLength;) {
      if (depth % 4 == 0) find_lines(known);
      const uint32_t slot = (known & ((1u << depth % 4) - 1)) | 1u << depth % 4;
      known = known << 1 | static_cast<uint32_t>(one_bit(bit, known, slot, depth));
      ++depth;
      value = codes.find(kind, known ^ 1u << depth, depth);
    }
    take(static_cast<uint8_t>(value < 0 ? 0 : value));  // no code has these bits: the block's sum will tell
  }

  /** Of the next byte. */
  Kind kind() const { return structure_.kind; }

 private:
  static constexpr int kContexts = 6;
  static constexpr int kInputs = kContexts + 2;  // and the match, and a constant
  static constexpr int kLineBits = 16;
  static constexpr int kPlaceBits = 18;
  static constexpr int kMaxCount = 127;
  static constexpr uint32_t kHalf = 1u << 31;  // a state has a probability (16 bits) and a count of bits seen (7)

  static uint32_t hash(uint32_t a, uint32_t b) {
    uint32_t h = (a * 0x9E3779B1u) ^ ((b + 0x7F4A7C15u) * 0x85EBCA6Bu);
    h = (h ^ h >> 15) * 0x2C1B3C6Du;
    return h ^ h >> 13;
  }

  /** The contexts of the next byte. */
  void look() {
    const Structure& s = structure_;
    const uint32_t kind = s.kind;
    uint32_t* h = hashes_;
    h[0] = hash(recent_ & 0xFF, kind);
    h[1] = hash(recent_ & 0xFFFF, kind);
    h[2] = hash(recent_ & 0xFFFFFF, kind);
    if (s.in_code()) {
      h[3] = hash(s.instruction, hash(s.opcodes & 0xFFFFFF, kind));
      h[4] = hash(s.instruction, hash(s.opcodes, hash(s.older_opcodes & 0xFFFF, kind)));
      h[5] = hash(s.instruction, hash(s.last[kind], hash(s.last_but_one[kind], kind)));
    } else {
      h[3] = hash(recent_ & 0xF0F0F0, kind);
      h[4] = hash(recent_, hash(before_ & 0xFFFF, kind));
      h[5] = hash(recent_ & 0xFFFF00, kind);
    }
    const int expected = bytes[match_];
    expected_length_ = match_length_ > 0 ? codes.length[kind][expected] : 0;
    expected_ = codes.code[kind][expected] | 1u << expected_length_;
  }

  void find_lines(uint32_t known) {
    uint32_t hashes[kContexts], found[kContexts];
    for (int i = 0; i < kContexts; ++i) {  // all on their way from memory before the first is looked at
      hashes[i] = known == 1 ? hashes_[i] : hash(hashes_[i], known);
      line_[i] = lines_[i][hashes[i] >> (32 - kLineBits)];
      found[i] = line_[i][0];
    }
    for (int i = 0; i < kContexts; ++i) {
      const uint32_t check = (hashes[i] & 0xFFFF) | 0x10000;
      if (found[i] != check) line_[i] = other_line(i, hashes[i], check);
    }
  }

  /** The neighbour if it is the one that is wanted, else a new one in place of the less used of both. */
  uint32_t* other_line(int i, uint32_t h, uint32_t check) {
    uint32_t* line = lines_[i][h >> (32 - kLineBits)];
    uint32_t* other = lines_[i][h >> (32 - kLineBits) ^ 1];
    if (other[0] == check) return other;
    if ((other[1] & 127) < (line[1] & 127)) line = other;
    line[0] = check;
    for (int j = 1; j < 16; ++j) line[j] = kHalf;
    return line;
  }

  template <typename Bit>
  int one_bit(Bit&& bit, uint32_t known, uint32_t slot, int depth) {
    int inputs[kInputs];
    for (int j = 0; j < kContexts; ++j) {
      const uint32_t state = line_[j][slot];
      inputs[j] = stretch_[state >> 20] * trust_[state & 127] >> 2;
    }
    // The match says one bit, as far as it still holds.
    const int behind = expected_length_ - depth - 1;  // bits of the expected code after this one
    const bool matches = behind >= 0 && expected_ >> (behind + 1) == known;
    const int said = matches ? expected_ >> behind & 1 : 0;
    uint16_t* trust = nullptr;
    uint32_t bucket = 0;
    inputs[kContexts] = 0;
    if (matches) {
      const uint32_t m = match_length_;
      const uint32_t level = m < 16 ? m : m < 32 ? 12 + m / 4 : m < 64 ? 16 + m / 8 : m < 512 ? 23 + m / 64 : 31;
      bucket = m < 16 ? 1 : m < 32 ? 2 : 3;
      trust = &match_trust_[level];
      const int x = stretch_[*trust >> 4];
      inputs[kContexts] = said ? x : -x;
    }
    inputs[kContexts + 1] = 256;

    int* weights = weights_[(structure_.kind * 4u + bucket) * 8u + static_cast<uint32_t>(depth < 7 ? depth : 7)];
    int64_t sum = 0;
    for (int j = 0; j < kInputs; ++j) sum += static_cast<int64_t>(inputs[j]) * weights[j];
    int x = static_cast<int>(sum >> 16);
    x = x > 2047 ? 2047 : x < -2047 ? -2047 : x;
    const int mixed = squash_[x + 2048];

    const uint32_t at = static_cast<uint32_t>(x + 2048);
    uint16_t* row = &corrections_[(structure_.kind << 8 | (known & 255))][at >> 7];
    const int part = at & 127;
    const int corrected = (row[0] * (128 - part) + row[1] * part) >> 7;
    int p = (mixed + corrected) >> 1;
    p = p < 16 ? 16 : p > 65520 ? 65520 : p;

    const int value = bit(static_cast<uint32_t>(p));
    const int aim = -value & 65535;
    const int error = (aim - mixed) * 5 >> 3;
    for (int j = 0; j < kInputs; ++j) weights[j] += (inputs[j] * error + 0x4000) >> 14;
    row[0] = static_cast<uint16_t>(row[0] + ((aim - row[0]) >> 6));
    row[1] = static_cast<uint16_t>(row[1] + ((aim - row[1]) >> 6));
    if (matches) {
      const int good = said == value;
      *trust = static_cast<uint16_t>(*trust + (((good ? 65535 : 0) - *trust) >> 6));
      if (!good) {
        match_length_ = 0;
        expected_length_ = 0;
      }
    }
    for (int j = 0; j < kContexts; ++j) {
      uint32_t& state = line_[j][slot];
      const int probability = static_cast<int>(state >> 16);
      const int changed = probability + ((aim - probability) * rate_[state & 127] >> 15);
      state = static_cast<uint32_t>(changed) << 16 | ((state & 127) + ((state & 127) < kMaxCount));
    }
    return value;
  }

  void take(uint8_t byte) {
    bytes[length++] = byte;
    before_ = before_ << 8 | recent_ >> 24;
    recent_ = recent_ << 8 | byte;
    structure_.take(byte);
    if (match_length_ > 0) {
      ++match_;
      ++match_length_;
    }
    uint32_t& place = places_[hash(recent_, before_ & 0xFF) >> (32 - kPlaceBits)];
    if (match_length_ == 0 && place > 0) {
      match_ = place;
      while (match_length_ < 40 && match_length_ < match_ &&
             bytes[match_ - 1 - match_length_] == bytes[length - 1 - match_length_]) {
        ++match_length_;
      }
      if (match_length_ < 5) match_length_ = 0;
    }
    place = length;
  }

  Structure structure_;
  uint32_t recent_ = 0, before_ = 0;  // the last eight bytes
  uint32_t match_ = 0;  // where the same bytes came before
  uint32_t match_length_ = 0;
  uint32_t expected_ = 0;  // a one, then the code of the byte that came next there
  int expected_length_ = 0;
  uint32_t hashes_[kContexts];
  uint32_t* line_[kContexts];
  uint16_t squash_[4096];
  int16_t stretch_[4096];
  uint16_t rate_[kMaxCount + 1];
  uint8_t trust_[kMaxCount + 1];
  uint32_t places_[1u << kPlaceBits];
  int weights_[kKinds * 4 * 8][kInputs];
  uint16_t match_trust_[32];
  uint16_t corrections_[kKinds << 8][33];
  // A line: a check, then the states of the fifteen places that up to four bits lead to.
  alignas(64) uint32_t lines_[kContexts][1u << kLineBits][16];
};

}  // namespace paxoscope::pack
