// Bits of known probability to bytes and back: an arithmetic coder. A block stands alone, but for what the model learned.
#pragma once

#include <cstdint>

namespace paxoscope::pack {

constexpr uint32_t kMaxRaw = 1u << 15;     // of a block
constexpr uint32_t kMaxPacked = 1u << 16;

/** The part of [low, high] that stands for a 1. */
inline uint32_t split(uint32_t low, uint32_t high, uint32_t p) {
  return low + static_cast<uint32_t>(static_cast<uint64_t>(high - low) * p >> 16);
}

class Encoder {
 public:
  explicit Encoder(uint8_t* out) : out_(out) {}

  void bit(int value, uint32_t p) {
    const uint32_t middle = split(low_, high_, p);
    (value ? high_ : low_) = value ? middle : middle + 1;
    while ((low_ ^ high_) >> 24 == 0) {
      write(static_cast<uint8_t>(high_ >> 24));
      low_ <<= 8;
      high_ = high_ << 8 | 255;
    }
  }

  /** The size of the block, or 0 if it has no room in kMaxPacked. */
  uint32_t finish() {
    for (int i = 0; i < 4; ++i) write(static_cast<uint8_t>(high_ >> (24 - 8 * i)));
    return size_ <= kMaxPacked ? size_ : 0;
  }

 private:
  void write(uint8_t byte) {
    if (size_ < kMaxPacked) out_[size_] = byte;
    ++size_;
  }

  uint8_t* out_;
  uint32_t size_ = 0, low_ = 0, high_ = ~0u;
};

/** Reads zeros behind the end: damage shows in the block's sum. */
class Decoder {
 public:
  Decoder(const uint8_t* in, uint32_t size) : in_(in), end_(in + size) {
    for (int i = 0; i < 4; ++i) code_ = code_ << 8 | next();
  }

  int bit(uint32_t p) {
    const uint32_t middle = split(low_, high_, p);
    const int value = code_ <= middle;
    (value ? high_ : low_) = value ? middle : middle + 1;
    while ((low_ ^ high_) >> 24 == 0) {
      low_ <<= 8;
      high_ = high_ << 8 | 255;
      code_ = code_ << 8 | next();
    }
    return value;
  }

 private:
  uint32_t next() { return in_ < end_ ? *in_++ : 0; }

  const uint8_t* in_;
  const uint8_t* end_;
  uint32_t low_ = 0, high_ = ~0u, code_ = 0;
};

/** FNV-1a of a block's bytes. */
inline uint32_t sum_of(const uint8_t* bytes, uint32_t size) {
  uint32_t sum = 0x811C9DC5u;
  for (uint32_t i = 0; i < size; ++i) sum = (sum ^ bytes[i]) * 0x01000193u;
  return sum;
}

}  // namespace paxoscope::pack
