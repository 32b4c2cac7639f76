// libFuzzer target: any bytes as a scenario file; what loads is also played for a while.
// Seeds: tests/fuzz/corpus/scenario. Run: fuzz-scenario -max_len=4096 tests/fuzz/corpus/scenario
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scenarios/run.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace paxoscope;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto scenario = load_scenario(text, "fuzz.toml");
  if (!scenario) {
    if (scenario.error().text.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  auto run = Run::create(*scenario, {});
  if (!run) return 0;
  constexpr uint64_t kEvents = 500;
  (*run)->seek(kEvents);
  (*run)->observe(LogWindow{});
  const uint64_t hash = (*run)->state_hash();
  const uint64_t event = (*run)->event();
  (*run)->seek(event / 2);
  (*run)->seek(event);
  if ((*run)->state_hash() != hash) std::abort();
  (*run)->summary();
  return 0;
}
