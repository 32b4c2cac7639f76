// How fast the library and the simulator are on this machine. Only loops: the caller brings the clock, so that the same
// code measures natively and as WebAssembly.
#pragma once

#include <cstddef>
#include <cstdint>

#include "omnipaxos/sequence_paxos.h"

namespace paxoscope {

/// What the benchmark decides.
struct BenchEntry {
  uint64_t key = 0;
  uint64_t value = 0;
};
/// Counts and sums, so that a snapshot costs what its bookkeeping costs.
template <>
struct StateOf<BenchEntry> {
  static constexpr bool exists = true;
  using Type = BenchEntry;
  static void apply(BenchEntry& sum, LogIndex, const BenchEntry& entry) {
    ++sum.key;
    sum.value += entry.value;
  }
  template <class Visit>
  static BenchEntry changes(const BenchEntry& at_end, Visit&&) {
    return at_end;
  }
  static void merge(BenchEntry& into, const BenchEntry& changes) { into = changes; }
  static void add_to(const BenchEntry& sum, Hasher& hasher) { hasher.add(sum.value); }
};

using BenchStorage = omnipaxos::Storage<MemorySequence<BenchEntry>, MemoryState>;

/// Where replicas 0 to 2 keep what they write; called before a write counts as durable.
struct BenchDisk {
  virtual ~BenchDisk() = default;
  virtual void write(size_t replica, const BenchStorage& storage) = 0;
};

struct BenchSizes {
  uint64_t entries = 2'000'000;  ///< decided per batch size
  uint64_t events = 2'000'000;   ///< simulated, with checks on
  uint64_t copies = 100'000;     ///< of one world in mid-run
};

/// How three replicas decide entries.
struct BenchSetup {
  const char* id;              ///< "batch_10_durable"
  uint32_t batch = 1;          ///< entries proposed between two turns of messages
  bool delayed_writes = false; ///< a write is durable one turn after it was made, and what promises something waits for it
  bool snapshots = false;      ///< every kBenchSnapshotEvery entries all replicas replace their log by a snapshot
};
inline constexpr uint64_t kBenchSnapshotEvery = 10'000;
inline constexpr BenchSetup kBenchSetups[] = {
    {"batch_1", 1, false, false},           {"batch_10", 10, false, false},
    {"batch_100", 100, false, false},       {"batch_1_durable", 1, true, false},
    {"batch_10_durable", 10, true, false},  {"batch_100_durable", 100, true, false},
    {"batch_1_snapshots", 1, false, true},  {"batch_10_snapshots", 10, false, true},
    {"batch_100_snapshots", 100, false, true},
};
inline constexpr size_t kBenchSetupCount = sizeof(kBenchSetups) / sizeof(kBenchSetups[0]);

/// Rates per second of the caller's clock.
struct BenchReport {
  double decided_per_s[kBenchSetupCount] = {};  ///< position = kBenchSetups
  double world_copies_per_s = 0;
  double events_per_s = 0;
};

/// `seconds` reads a clock. The loops take a few seconds in all.
BenchReport run_bench(double (*seconds)(), const BenchSizes& sizes = {});

/// The single loops, for benchmark frameworks. Each returns how much was done.
/// `disk`: with delayed writes only; null: writes are durable without one.
uint64_t bench_decide(uint64_t entries, const BenchSetup& setup, BenchDisk* disk = nullptr);
uint64_t bench_events(uint64_t events);

}  // namespace paxoscope
