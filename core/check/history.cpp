#include "check/history.h"

namespace paxoscope {

namespace {

constexpr uint64_t kPrime = (uint64_t{1} << 61) - 1;
constexpr HistoryDigest kBase{0x0f3c9a6d21b7e58bull, 0x1a5e07c3d94b6f21ull};
constexpr HistoryDigest kNull{UINT64_MAX, UINT64_MAX};  // no text's digest reaches the prime

/// a * b + c modulo the prime.
uint64_t multiply_add(uint64_t a, uint64_t b, uint64_t c) {
  const auto product = static_cast<unsigned __int128>(a) * b + c;
  const uint64_t sum = static_cast<uint64_t>(product & kPrime) + static_cast<uint64_t>(product >> 61);
  return sum >= kPrime ? sum - kPrime : sum;
}

Step place_cas(const HistoryOperation& cas, HistoryDigest& state) {
  const bool found = state == cas.expected.digest;
  if (cas.applied != Applied::unknown && found != (cas.applied == Applied::yes)) return Step::refused;
  if (found) state = cas.value.digest;
  if (cas.applied == Applied::no || cas.value == cas.expected) return Step::settled;
  // An unknown cas that finds another value now may still find the expected one later.
  return Step::moved;
}

}  // namespace

HistoryValue HistoryValue::of(std::string_view text) {
  HistoryValue value;
  for (size_t lane = 0; lane < 2; ++lane)
    for (char c : text) {
      // No byte counts as 0, so that a text and the same text after a zero byte differ.
      value.digest[lane] = multiply_add(value.digest[lane], kBase[lane], static_cast<unsigned char>(c) + 1u);
      value.shift[lane] = multiply_add(value.shift[lane], kBase[lane], 0);
    }
  return value;
}

HistoryValue HistoryValue::null() { return {kNull, {1, 1}}; }

HistoryDigest initial_state(HistoryModel model) {
  return model == HistoryModel::kv ? HistoryDigest{0, 0} : kNull;
}

Step place(const HistoryOperation& operation, HistoryDigest& state) {
  switch (operation.kind) {
    case HistoryKind::read:
      return operation.value_seen && operation.value.digest != state ? Step::refused : Step::settled;
    case HistoryKind::write: state = operation.value.digest; return Step::moved;
    case HistoryKind::append: {
      const HistoryDigest before = state == kNull ? HistoryDigest{0, 0} : state;
      for (size_t lane = 0; lane < 2; ++lane)
        state[lane] = multiply_add(before[lane], operation.value.shift[lane], operation.value.digest[lane]);
      return Step::moved;
    }
    case HistoryKind::cas: return place_cas(operation, state);
  }
  return Step::refused;
}

}  // namespace paxoscope
