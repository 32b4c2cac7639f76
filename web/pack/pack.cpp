// pack.wasm, for the build: the way back from unpack.cpp.
#include "web/pack/coder.h"
#include "web/pack/lengths.h"
#include "web/pack/model.h"

namespace paxoscope::pack {
namespace {

Model model;
uint8_t input[kMaxBytes];
uint8_t packed[kMaxPacked];

/** Huffman's lengths for what occurs in one kind; counts are halved until no code is too long. */
void measure(uint32_t* counts, uint8_t* lengths) {
  for (int longest = kMaxCodeLength + 1; longest > kMaxCodeLength;) {
    uint32_t weight[512];
    int parent[512] = {};
    int nodes = 256, roots = 0;
    for (int i = 0; i < 256; ++i) roots += (weight[i] = counts[i]) > 0;
    const auto lightest = [&](int besides) {
      int found = -1;
      for (int i = 0; i < nodes; ++i) {
        if (i != besides && weight[i] > 0 && parent[i] == 0 && (found < 0 || weight[i] < weight[found])) found = i;
      }
      return found;
    };
    for (; roots > 1; --roots) {
      const int a = lightest(-1);
      const int b = lightest(a);
      weight[nodes] = weight[a] + weight[b];
      parent[a] = parent[b] = nodes++;
    }
    longest = 0;
    for (int i = 0; i < 256; ++i) {
      int length = 0;
      for (int at = i; parent[at] > 0; at = parent[at]) ++length;
      lengths[i] = static_cast<uint8_t>(counts[i] > 0 && length == 0 ? 1 : length);  // the only one still needs a bit
      longest = length > longest ? length : longest;
      counts[i] = (counts[i] + 1) / 2;
    }
  }
}

}  // namespace

extern "C" {

/** Where the whole file goes before pack_codes(). */
uint8_t* pack_input() { return input; }
/** Where packed blocks are. */
const uint8_t* pack_output() { return packed; }

/** The sum of the codes, or of a block. */
uint32_t pack_codes_sum() { return sum_of(model.codes.length[0], sizeof model.codes.length); }
uint32_t pack_sum(uint32_t at, uint32_t raw) { return sum_of(input + at, raw); }

/** Chooses and packs the codes for a file of this length; their size, or 0 if the file is too long. */
uint32_t pack_codes(uint32_t length) {
  if (length > kMaxBytes) return 0;
  static uint32_t counts[kKinds][256];
  Structure structure;
  for (uint32_t i = 0; i < length; ++i) {
    ++counts[structure.kind][input[i]];
    structure.take(input[i]);
  }
  for (int kind = 0; kind < kKinds; ++kind) measure(counts[kind], model.codes.length[kind]);
  model.codes.assign();
  Encoder encoder(packed);
  code_lengths(model.codes, [&](uint32_t p, int value) {
    encoder.bit(value, p);
    return value;
  });
  return encoder.finish();
}

/** Packs the next block; its size, or 0 if it will not shrink. */
uint32_t pack_block(uint32_t raw) {
  if (raw > kMaxRaw || raw > kMaxBytes - model.length) return 0;
  Encoder encoder(packed);
  for (uint32_t i = 0; i < raw; ++i) {
    const uint8_t byte = input[model.length];
    const uint32_t code = model.codes.code[model.kind()][byte];
    int left = model.codes.length[model.kind()][byte];
    model.byte([&](uint32_t p) {
      const int value = code >> --left & 1;
      encoder.bit(value, p);
      return value;
    });
  }
  return encoder.finish();
}
}

}  // namespace paxoscope::pack
