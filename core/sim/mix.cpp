#include "sim/mix.h"

#include <algorithm>

#include "base/text.h"

namespace paxoscope {

namespace {

constexpr std::string_view kNames[kOperationKinds] = {"put", "get", "del", "append", "cas"};

/// The next word; spaces and commas separate.
std::string_view take_word(std::string_view& text) {
  const size_t from = text.find_first_not_of(" ,\t");
  if (from == std::string_view::npos) return text = {};
  const size_t end = std::min(text.find_first_of(" ,\t", from), text.size());
  const std::string_view word = text.substr(from, end - from);
  text.remove_prefix(end);
  return word;
}

}  // namespace

Result<OperationMix> parse_mix(std::string_view text) {
  OperationMix mix{};
  size_t kind = kOperationKinds;  // whose weight may follow
  bool any = false;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    uint64_t weight = 0;
    for (char c : word) weight = c >= '0' && c <= '9' && weight <= kMaxWeight ? weight * 10 + static_cast<uint64_t>(c - '0') : UINT64_MAX / 100;
    if (kind < kOperationKinds && word[0] >= '0' && word[0] <= '9') {
      if (weight == 0 || weight > kMaxWeight)
        return fail(concat(quote(word), " is not a weight; weights are whole numbers from 1 to ", kMaxWeight));
      mix[kind] = static_cast<uint16_t>(weight);
      kind = kOperationKinds;
      continue;
    }
    for (kind = 0; kind < kOperationKinds && word != kNames[kind];) ++kind;
    if (kind == kOperationKinds || mix[kind] != 0)
      return fail(kind == kOperationKinds ? quote(word) + " is no kind of operation; a mix reads like: put 5, get 4, del 1, append 1, cas 1"
                                          : quote(word) + " stands twice in the mix");
    mix[kind] = 1;
    any = true;
  }
  if (!any) return fail("a mix names at least one kind of operation, like: put 5, get 4");
  return mix;
}

std::string format_mix(const OperationMix& mix) {
  std::string text;
  for (size_t kind = 0; kind < kOperationKinds; ++kind)
    if (mix[kind] != 0) text.append(text.empty() ? "" : ", ").append(kNames[kind]).append(concat(" ", mix[kind]));
  return text;
}

}  // namespace paxoscope
