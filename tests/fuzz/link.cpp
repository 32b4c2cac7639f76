// libFuzzer target: any bytes as a link, and as what a link may unpack; what is understood is written and read again, and
// played for a while.
// Seeds: tests/fuzz/corpus/link. Run: fuzz-link -max_len=4096 tests/fuzz/corpus/link
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scenarios/link/deflate.h"
#include "scenarios/link/link.h"

namespace {

using namespace paxoscope;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_text(std::string_view text) {
  constexpr size_t kLimit = 4096;
  const auto unpacked = inflate_text(text, kLimit);
  require(!unpacked || unpacked->size() <= kLimit);
  require(inflate_text(deflate_text(text), text.size()) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_text(text);
  const auto link = decode_link(text);
  if (!link) {
    require(!link.error().text.empty() && link.error().text.find('\n') == std::string::npos);
    return 0;
  }
  const auto again = decode_link(encode_link(*link));
  require(again && *again == *link);
  auto run = open_link(*link);
  if (!run) {
    require(run.error().text.find('\n') == std::string::npos);
    return 0;
  }
  constexpr uint64_t kEvents = 300;
  (*run)->seek(std::min(link->at.value_or(kEvents), kEvents));
  return 0;
}
