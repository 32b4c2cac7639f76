// What only the headless module adds: the benchmark loops of `paxoscope bench`, for a comparison with the native build.
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include "scenarios/bench.h"

namespace paxoscope::web {
namespace {

using emscripten::val;

double seconds() { return emscripten_get_now() / 1000; }

/// With the keys that `paxoscope bench --json` prints.
val bench() {
  const BenchReport report = run_bench(seconds);
  val decided = val::object();
  for (size_t i = 0; i < kBenchSetupCount; ++i) decided.set(kBenchSetups[i].id, report.decided_per_s[i]);
  val result = val::object();
  result.set("decided_per_s", decided);
  result.set("world_copies_per_s", report.world_copies_per_s);
  result.set("events_per_s", report.events_per_s);
  return result;
}

}  // namespace

EMSCRIPTEN_BINDINGS(paxoscope_engine) { emscripten::function("bench", &bench); }

}  // namespace paxoscope::web

int main() {}
