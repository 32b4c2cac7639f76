// Three replicas that decide entries as fast as they can, for benchmarks.
#pragma once

#include <type_traits>
#include <vector>

#include "omnipaxos/omnipaxos.h"
#include "scenarios/bench.h"

namespace paxoscope {

/// Three replicas in one thread; messages go from hand to hand.
template <class T>
class BenchTrio {
 public:
  using Replica = omnipaxos::OmniPaxos<T>;

  BenchTrio(bool delayed_writes, BenchDisk* disk, bool report_settled = false)
      : delayed_writes_(delayed_writes), disk_(disk) {
    for (ServerId id = 1; id <= 3; ++id) {
      omnipaxos::Config config;
      config.pid = id;
      for (ServerId peer = 1; peer <= 3; ++peer)
        if (peer != id) config.peers.push_back(peer);
      omnipaxos::Options options;
      options.elect = false;
      options.report_settled = report_settled && id == 1;
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
    if constexpr (std::is_same_v<T, BenchEntry>)
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
  std::vector<typename Replica::MessageType> outbox_;
};

}  // namespace paxoscope
