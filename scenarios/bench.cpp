#include "scenarios/bench.h"

#include <vector>

#include "check/checker.h"
#include "scenarios/bench_trio.h"
#include "sim/omnipaxos_protocol.h"
#include "sim/world.h"

namespace paxoscope {

namespace {

using Trio = BenchTrio<BenchEntry>;

using BenchProtocol = OmniPaxosProtocol<NoNotes>;
using BenchWorld = World<BenchProtocol>;

/// Five servers, a leader, three busy clients.
WorldConfig busy_config() {
  WorldConfig config;
  config.servers = {1, 2, 3, 4, 5};
  config.first_leader = 1;
  for (ServerId server : {1u, 2u, 3u}) {
    ClientConfig client;
    client.server = server;
    client.start_us = 1000 * server;
    client.think_us = 1000;
    config.clients.push_back(client);
  }
  return config;
}

uint64_t play(BenchWorld& world, Checker<BenchProtocol>& checker, uint64_t events) {
  NullRecorder nobody;
  uint64_t played = 0;
  while (played < events && world.step(nobody)) {
    checker.after_event(world);
    ++played;
  }
  PAXO_ASSERT(!checker.violated());
  return played;
}

template <class Loop>
double rate(double (*seconds)(), Loop&& loop) {
  const double start = seconds();
  const uint64_t done = loop();
  const double passed = seconds() - start;
  return passed > 0 ? static_cast<double>(done) / passed : 0;
}

}  // namespace

uint64_t bench_decide(uint64_t entries, const BenchSetup& setup, BenchDisk* disk) {
  Trio trio(setup.delayed_writes, disk);
  uint64_t decided = 0;
  uint64_t proposed = 0;
  uint64_t snapshot_at = setup.snapshots ? kBenchSnapshotEvery : UINT64_MAX;
  while (proposed < entries) {
    for (uint32_t i = 0; i < setup.batch && proposed < entries; ++i, ++proposed)
      if (!trio.leader().propose_normal({proposed, i})) return decided;
    trio.settle();
    decided += trio.take_decided();
    if (decided < snapshot_at) continue;
    if (trio.leader().snapshot(0, false)) snapshot_at = decided + kBenchSnapshotEvery;
  }
  return decided;
}

uint64_t bench_events(uint64_t events) {
  BenchWorld world(busy_config(), {}, 1);
  Checker<BenchProtocol> checker(world);
  return play(world, checker, events);
}

BenchReport run_bench(double (*seconds)(), const BenchSizes& sizes) {
  BenchReport report;
  for (size_t i = 0; i < kBenchSetupCount; ++i)
    report.decided_per_s[i] = rate(seconds, [&] { return bench_decide(sizes.entries, kBenchSetups[i]); });
  report.events_per_s = rate(seconds, [&] { return bench_events(sizes.events); });

  BenchWorld world(busy_config(), {}, 1);
  Checker<BenchProtocol> checker(world);
  play(world, checker, 20'000);
  report.world_copies_per_s = rate(seconds, [&] {
    uint64_t seen = 0;
    for (uint64_t i = 0; i < sizes.copies; ++i) {
      const BenchWorld copy = world;
      seen += copy.event() == world.event() ? 1 : 0;
    }
    return seen;
  });
  return report;
}

}  // namespace paxoscope
