// How fast the library and the simulator are on this machine. Only loops: the caller brings the clock, so that the same
// code measures natively and as WebAssembly.
#pragma once

#include <cstdint>

namespace paxoscope {

struct BenchSizes {
  uint64_t entries = 2'000'000;  ///< decided per batch size
  uint64_t events = 2'000'000;   ///< simulated, with checks on
  uint64_t copies = 100'000;     ///< of one world in mid-run
};

/// Rates per second of the caller's clock.
struct BenchReport {
  double decided_per_s_batch_1 = 0;
  double decided_per_s_batch_10 = 0;
  double decided_per_s_batch_100 = 0;
  double world_copies_per_s = 0;
  double events_per_s = 0;
};

/// `seconds` reads a clock. The loops take a few seconds in all.
BenchReport run_bench(double (*seconds)(), const BenchSizes& sizes = {});

/// The single loops, for benchmark frameworks. Each returns how much was done.
uint64_t bench_decide(uint64_t entries, uint32_t batch);
uint64_t bench_events(uint64_t events);

}  // namespace paxoscope
