// Google Benchmark over the loops of scenarios/bench.h, beside what the machine does without consensus.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "scenarios/bench.h"

namespace {

constexpr uint64_t kEntries = 2'000'000;
constexpr uint64_t kEvents = 500'000;

struct Entry16 {
  uint64_t key, value;
};

/// Baseline: the same entries appended to three plain vectors.
void plain_append(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<Entry16> logs[3];
    for (uint64_t i = 0; i < kEntries; ++i)
      for (auto& log : logs) log.push_back({i, i});
    benchmark::DoNotOptimize(logs[2].back());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kEntries));
}

void decide(benchmark::State& state) {
  uint64_t decided = 0;
  for (auto _ : state) decided += paxoscope::bench_decide(kEntries, paxoscope::kBenchSetups[state.range(0)]);
  if (decided != state.iterations() * kEntries) state.SkipWithError("not everything was decided");
  state.SetItemsProcessed(static_cast<int64_t>(decided));
}

void simulate(benchmark::State& state) {
  uint64_t events = 0;
  for (auto _ : state) events += paxoscope::bench_events(kEvents);
  state.SetItemsProcessed(static_cast<int64_t>(events));
}

BENCHMARK(plain_append)->Unit(benchmark::kMillisecond);
BENCHMARK(decide)->DenseRange(0, paxoscope::kBenchSetupCount - 1)->Unit(benchmark::kMillisecond);
BENCHMARK(simulate)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
