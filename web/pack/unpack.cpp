// unpack.wasm: one instance unpacks one file, block by block. No imports, no library.
#include "web/pack/coder.h"
#include "web/pack/lengths.h"
#include "web/pack/model.h"

namespace paxoscope::pack {
namespace {

Model model;
uint8_t packed[kMaxPacked];

}  // namespace

extern "C" {

/** Where the next block's packed bytes go. */
uint8_t* unpack_input() { return packed; }

/** Unpacks the first block: the codes. False for what is damaged. */
bool unpack_codes(uint32_t size, uint32_t sum) {
  if (size > kMaxPacked) return false;
  Decoder decoder(packed, size);
  code_lengths(model.codes, [&](uint32_t p, int) { return decoder.bit(p); });
  model.codes.assign();
  return sum_of(model.codes.length[0], sizeof model.codes.length) == sum;
}

/** Unpacks one more block; where its `raw` bytes are, or null for what is damaged. */
const uint8_t* unpack_block(uint32_t size, uint32_t raw, uint32_t sum) {
  if (size > kMaxPacked || raw > kMaxRaw || raw > kMaxBytes - model.length) return nullptr;
  const uint8_t* block = model.bytes + model.length;
  Decoder decoder(packed, size);
  for (uint32_t i = 0; i < raw; ++i) model.byte([&](uint32_t p) { return decoder.bit(p); });
  return sum_of(block, raw) == sum ? block : nullptr;
}
}

}  // namespace paxoscope::pack
