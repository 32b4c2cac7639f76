// A 64-bit hash over values, fed field by field: the same number with every compiler, 32 or 64 bit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace paxoscope {

/// Accumulates 64-bit words. Order matters. Not cryptographic.
class Hasher {
 public:
  void add(uint64_t value) {
    state_ ^= value;
    state_ *= 0x9fb21c651e98df25ull;
    state_ ^= state_ >> 32;
  }
  void add(std::string_view text) {
    add(static_cast<uint64_t>(text.size()));
    uint64_t word = 0xcbf29ce484222325ull;
    for (char c : text) {
      word ^= static_cast<unsigned char>(c);
      word *= 0x100000001b3ull;
    }
    add(word);
  }
  uint64_t value() const {
    uint64_t x = state_;
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebull;
    return x ^ (x >> 31);
  }

 private:
  uint64_t state_ = 0x9e3779b97f4a7c15ull;
};

/// 16 lower-case hex digits: the form in which hashes and seeds travel in JSON.
inline std::string hex16(uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4) text[static_cast<size_t>(i)] = kDigits[value & 15];
  return text;
}

}  // namespace paxoscope
