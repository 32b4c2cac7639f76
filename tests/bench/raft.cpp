// Entries that three Raft replicas in one thread commit per second: 16 bytes each, messages from hand to hand.
#include <benchmark/benchmark.h>

#include <vector>

#include "raft/raft.h"

namespace {

using namespace paxoscope;
using namespace paxoscope::raft;

struct Pair {
  uint64_t key = 0, value = 0;
};
using Replica = Raft<Pair>;

class RaftTrio {
 public:
  explicit RaftTrio(bool delayed_writes) : delayed_writes_(delayed_writes) {
    for (ServerId id = 1; id <= 3; ++id) {
      Config config;
      config.id = id;
      config.initial.voters = {1, 2, 3};
      auto replica = Replica::with(config, {{}, {}, MemoryValues<RaftValues>(!delayed_writes), {}});
      PAXO_ASSERT(replica.has_value());
      replicas_.push_back(std::move(*replica));
    }
    settle();
    replicas_[0].fire_election();
    settle();
    PAXO_ASSERT(leader().is_leader());
    take_committed();
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

  /// Entries that every replica has newly committed since the last call.
  uint64_t take_committed() {
    LogIndex least = UINT64_MAX;
    for (const Replica& replica : replicas_) least = std::min(least, replica.commit_index());
    return least - std::exchange(taken_, least);
  }

 private:
  bool reach_disk(Replica& replica) {
    auto& state = replica.storage().state;
    if (state.durable() == state.written()) return false;
    state.set_durable(state.written());
    replica.storage_progress();
    return true;
  }

  bool delayed_writes_;
  LogIndex taken_ = 0;
  std::vector<Replica> replicas_;
  std::vector<Replica::MessageType> outbox_;
};

/// Argument 0: entries per batch; 1: whether a write is durable only when the host says so.
void raft_commit(benchmark::State& state) {
  constexpr uint64_t kEntries = 2'000'000;
  const auto batch = static_cast<uint64_t>(state.range(0));
  uint64_t committed = 0;
  for (auto _ : state) {
    RaftTrio trio(state.range(1) != 0);
    for (uint64_t proposed = 0; proposed < kEntries;) {
      for (uint64_t i = 0; i < batch; ++i, ++proposed)
        if (!trio.leader().propose({proposed, i})) return state.SkipWithError("a proposal was refused");
      trio.settle();
      committed += trio.take_committed();
    }
  }
  if (committed != state.iterations() * kEntries) state.SkipWithError("not everything was committed");
  state.SetItemsProcessed(static_cast<int64_t>(committed));
}

BENCHMARK(raft_commit)->ArgsProduct({{1, 10, 100}, {0, 1}})->Unit(benchmark::kMillisecond);

}  // namespace
