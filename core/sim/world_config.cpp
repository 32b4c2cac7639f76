#include "sim/world_config.h"

#include "base/text.h"

namespace paxoscope {

namespace {
constexpr const char* kReadPaths[] = {"log", "read-index", "lease"};
}

const char* read_path_name(ReadPath path) { return kReadPaths[static_cast<size_t>(path)]; }

Result<ReadPath> parse_read_path(std::string_view text) {
  for (size_t i = 0; i < 3; ++i)
    if (text == kReadPaths[i]) return static_cast<ReadPath>(i);
  return fail("unknown way to read " + quote(text) + "; known: read-index, lease, log");
}

}  // namespace paxoscope
