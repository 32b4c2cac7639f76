// What futures and the shadow log behind them cost: the same three replicas decide the same entries without them, with them,
// and with an object per future that is told of its end. In turn in one process, so that what else the machine does meets all.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <memory>
#include <vector>

#include "scenarios/bench_trio.h"

namespace paxoscope {

struct PlainEntry {
  uint64_t key = 0;
  uint64_t value = 0;
};
template <>
struct omnipaxos::ShadowOf<PlainEntry> : omnipaxos::WithoutShadow {};

namespace {

/// A client's view of one proposal, held by the client and by what settles it.
struct Future {
  LogIndex index = 0;
};

template <class Entry, bool kHandles>
uint64_t decide(uint64_t entries, uint32_t batch) {
  BenchTrio<Entry> trio(false, nullptr, kHandles);
  std::deque<std::shared_ptr<Future>> open;
  std::vector<omnipaxos::Settled> ended;
  uint64_t first_open = 1;
  uint64_t decided = 0;
  uint64_t resolved = 0;
  for (uint64_t proposed = 0; proposed < entries;) {
    for (uint32_t i = 0; i < batch && proposed < entries; ++i, ++proposed) {
      if (!trio.leader().propose_normal({proposed, i})) return 0;
      if constexpr (kHandles) open.push_back(std::make_shared<Future>());
    }
    trio.settle();
    if constexpr (kHandles) {
      trio.leader().take_settled(ended);
      for (const omnipaxos::Settled& settled : ended) {
        open[settled.future - first_open]->index = settled.index;
        ++resolved;
      }
      while (!open.empty() && open.front()->index != 0) {
        open.pop_front();
        ++first_open;
      }
    }
    decided += trio.take_decided();
  }
  return kHandles && resolved != entries ? 0 : decided;
}

using Loop = uint64_t (*)(uint64_t, uint32_t);

/// Of the processor, not of the wall: others use the machine too.
double seconds(Loop loop, uint64_t entries, uint32_t batch) {
  const std::clock_t start = std::clock();
  if (loop(entries, batch) != entries) {
    std::puts("not everything was decided");
    std::exit(1);
  }
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

}  // namespace paxoscope

int main(int argc, char** argv) {
  using namespace paxoscope;
  const uint64_t entries = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 400'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
  constexpr Loop kLoops[] = {decide<PlainEntry, false>, decide<BenchEntry, false>, decide<BenchEntry, true>};
  std::puts("batch   plain Mentries/s   shadow log and futures +%   and a handle each +%   (median of pairs; lowest, highest)");
  for (const uint32_t batch : {1u, 10u, 100u}) {
    std::vector<double> plain, cost[2];
    for (int round = 0; round < rounds; ++round) {
      const double base = seconds(kLoops[0], entries, batch);
      plain.push_back(base);
      for (int i = 0; i < 2; ++i) cost[i].push_back((seconds(kLoops[i + 1], entries, batch) / base - 1) * 100);
    }
    std::printf("%5u   %16.2f", batch, static_cast<double>(entries) / median(plain) / 1e6);
    for (const auto& percent : cost)
      std::printf("   %6.1f (%.1f, %.1f)", median(percent), *std::min_element(percent.begin(), percent.end()),
                  *std::max_element(percent.begin(), percent.end()));
    std::puts("");
  }
  return 0;
}
