#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace paxoscope::detail {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: this must hold: %s\n", file, line, condition);
  std::abort();
}

}  // namespace paxoscope::detail
