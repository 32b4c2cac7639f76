#include "scenarios/bench.h"

#include <vector>

#include "check/checker.h"
#include "omnipaxos/omnipaxos.h"
#include "sim/omnipaxos_protocol.h"
#include "sim/world.h"

namespace paxoscope {

namespace {

using Replica = omnipaxos::OmniPaxos<BenchEntry>;

/// Three replicas in one thread; messages go from hand to hand.
class Trio {
 public:
  Trio(bool delayed_writes, BenchDisk* disk) : delayed_writes_(delayed_writes), disk_(disk) {
    for (ServerId id = 1; id <= 3; ++id) {
      omnipaxos::Config config;
      config.pid = id;
      for (ServerId peer = 1; peer <= 3; ++peer)
        if (peer != id) config.peers.push_back(peer);
      omnipaxos::Options options;
      options.elect = false;
      auto replica = Replica::with(config, {{}, {}, MemoryState(!delayed_writes)}, options);
      PAXO_ASSERT(replica.has_value());
      replicas_.push_back(std::move(*replica));
    }
    for (Replica& replica : replicas_) replica.handle_leader({1, 0, 1});
    settle();
  }

  Replica& leader() { return replicas_[0]; }

  /// Passes messages on until none is left.
  void settle() {
    bool moved = true;
    while (moved) {
      moved = false;
      for (Replica& replica : replicas_) {
        outbox_.clear();
        replica.take_outgoing(outbox_);
        const bool wrote = delayed_writes_ && reach_disk(replica);
        moved = moved || wrote || !outbox_.empty();
        for (const auto& message : outbox_) replicas_[message.to - 1].handle(message);
      }
    }
  }

  /// What was written by now is durable. False: it was so before.
  bool reach_disk(Replica& replica) {
    MemoryState& state = replica.paxos().storage().state;
    if (state.durable() == state.written()) return false;
    if (disk_ != nullptr) disk_->write(static_cast<size_t>(&replica - replicas_.data()), replica.paxos().storage());
    state.set_durable(state.written());
    replica.storage_progress();
    return true;
  }

  /// Entries that every replica has newly decided since the last call, fewest of the three.
  uint64_t take_decided() {
    uint64_t fewest = UINT64_MAX;
    for (Replica& replica : replicas_) {
      const uint64_t count = replica.get_latest_decided_entries().size();
      fewest = count < fewest ? count : fewest;
    }
    return fewest;
  }

 private:
  bool delayed_writes_;
  BenchDisk* disk_;
  std::vector<Replica> replicas_;
  std::vector<Replica::MessageType> outbox_;
};

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
