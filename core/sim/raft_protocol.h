// Raft as a protocol of the simulated world: how to start, drive, probe and describe one server. The four kinds of Raft
// (plain, PreVote, CheckQuorum, both) are settings of the world.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "raft/service.h"
#include "raft/steps.h"
#include "sim/command.h"
#include "sim/futures.h"
#include "sim/key_value.h"
#include "sim/observation.h"
#include "sim/protocol_traits.h"
#include "sim/raft_messages.h"
#include "sim/timeline.h"
#include "sim/world.h"
#include "sim/world_config.h"

namespace paxoscope {

/// Observer: Notes to explain every step, raft::Steps for traces, NoNotes for speed; the run is the same.
template <class Observer>
struct RaftProtocol {
  using Raft = raft::Raft<Command, MemorySequence<Command>, raft::MemoryRaftState, Observer>;
  using Message = RaftMessage;
  using Durable = typename Raft::StorageType;
  static constexpr const char* kId = "raft";
  static constexpr ProtocolTraits kTraits{.epoch_word = "term",
                                          .stop_sign_word = "configuration",
                                          .joined_word = "joined",
                                          .chosen_word = "follows",
                                          .ended_word = "superseded",
                                          .draws_timeouts = true,
                                          .timers_restart = true,
                                          .decides_once = false,
                                          .tells_outcome = false,
                                          .leader_per_number = true,
                                          .hub_suffices = false,
                                          .removed_must_stop = true,
                                          .flexible_quorums = false,
                                          .seals_logs = false,
                                          .reads_beside_log = true};

  /// A server, and the commands that its reads are for.
  struct Server {
    using Service = raft::Service<Command, MemorySequence<Command>, raft::MemoryRaftState, Observer>;
    struct Read {
      uint64_t number;
      Command command;
    };
    Service service;
    std::vector<Read> reads = {};                ///< under way
    std::vector<AnsweredRead> answered = {};     ///< since they were last taken
    std::vector<raft::Settled> settled = {};

    const Raft& raft() const { return service.server(); }
    Raft& raft() { return service.server(); }
    void look();
    void add_to(Hasher& hasher) const {
      service.add_to(hasher);
      for (const Read& read : reads) add_to_hash(hasher, read.command);
    }
  };

  // --- driving
  /// `draw`: another number for each start.
  static Server start(const WorldConfig& config, const SwitchSet& switches, uint32_t position, const Durable& durable,
                      uint64_t draw);
  static Durable empty_disk() { return {{}, {}, raft::MemoryRaftState(true), {}}; }
  /// What the disk holds, as a storage to start from; `synchronous`: writes are durable at once.
  static Durable reopened(const Durable& durable, bool synchronous);
  static void deliver(Server& server, const Message& message) { server.raft().handle(message); }
  static void tick(Server& server, uint32_t ticks = 1) { server.service.tick(ticks); }
  static uint32_t ticks_to_next_timer(const Server& server) { return server.raft().ticks_to_next_timer(); }
  static void pass_quiet_ticks(Server& server, uint32_t ticks) {
    if (ticks > 0) server.service.pass_quiet_ticks(ticks);
  }
  static bool has_timer(std::string_view id) { return id == "election" || id == "heartbeat"; }
  static void fire(Server& server, std::string_view id) {
    if (id == "election")
      server.raft().fire_election();
    else
      server.raft().fire_heartbeat();
  }
  static uint64_t running(const Server&) { return 0; }
  /// A leader's election timer is its look for a quorum.
  static const char* next_timer_name(const Server& server) {
    const Raft& raft = server.raft();
    if (!raft.is_leader()) return "election";
    const uint32_t election = raft.election_timeout_ticks() - raft.election_elapsed_ticks();
    return raft.config().check_quorum && raft.ticks_to_next_timer() == election ? "quorum" : "heartbeat";
  }
  /// Messages carry all that is needed to go on after a break.
  static void reconnected(Server&, ServerId) {}
  /// The future's number; 0: it takes no proposal now. A read is none: it waits beside the log.
  static uint64_t propose(Server& server, const Command& command);
  static void take_outgoing(Server& server, std::vector<Message>& out) {
    server.service.take_outgoing(out);
    server.look();
  }
  static std::vector<Note> take_notes(Server& server) { return server.raft().take_notes(); }
  static constexpr bool kReconfigures = true;
  /// Asks `server`, which leads; `named_leader` ≠ 0 takes over the lead after it. Its future is the log's: none (0).
  static Result<uint64_t> reconfigure(Server& server, ServerSet members, ServerId named_leader, uint32_t number);

  // --- futures
  static void take_settled(Server& server, std::vector<Settlement>& out) {
    if (!server.settled.empty()) translate_settled(server, out);
  }
  /// Reads that the state after `index`, or any later one, answers.
  static void take_reads(Server& server, std::vector<AnsweredRead>& out) {
    out.insert(out.end(), server.answered.begin(), server.answered.end());
    server.answered.clear();
  }
  /// visit(future, tag, index) for each proposal that waits here; index 0: it was forwarded, or waits for a leader.
  template <class Visit>
  static void each_waiting(const Server& server, Visit&& visit) {
    for (const auto& proposal : server.service.proposals())
      visit(proposal.number, Ballot{proposal.term, 0, proposal.index == 0 ? 0 : server.raft().config().id}, proposal.index);
  }
  /// An entry is named by its place: term and index.
  static AttemptName attempt_at(const Durable& durable, LogIndex index) {
    if (index <= durable.log.trimmed_to() || index > durable.log.length()) return {};
    return place_name(durable.marks.at(index).term, index);
  }

  static constexpr bool kCompacts = true;
  /// Each server replaces committed entries by a snapshot of its own. `index` 0: as far as it can.
  static Result<void> compact(Server& server, LogIndex index, bool local, bool keep_state);

  // --- disk
  static uint64_t written(const Server& server) { return storage(server).state.written(); }
  static const Durable& storage(const Server& server) { return server.raft().storage(); }
  static void set_durable(Server& server, uint64_t write) {
    server.raft().storage().state.set_durable(write);
    server.raft().storage_progress();
  }
  /// The commit index is written on its own, as far as the entries are on the disk.
  static void set_durable_decided(Durable& durable, const Server& server);
  static void keep_decided(Durable& written, const Durable& before) {
    const LogIndex commit = std::min(before.state.values().commit, written.log.length());
    if (commit > written.state.values().commit) written.state.edit().commit = commit;
  }
  static void hash_durable(const Durable& durable, Hasher& hasher) { raft::add_to_hash(hasher, durable); }

  // --- probing
  static Probe probe(const Server& server);
  static Probe probe(const Durable& durable);
  static LogIndex decided(const Server& server) { return server.raft().commit_index(); }
  /// Proposals and reads made at this server whose end it does not know yet.
  static uint64_t unsettled(const Server& server) { return server.service.unsettled(); }
  /// The command at an index of the own log; null where it is gone. No-ops and memberships are commands that do nothing.
  static const Command* command_at(const Server& server, LogIndex index) { return command_at(storage(server), index); }
  static const Command* command_at(const Durable& durable, LogIndex index) {
    return index <= durable.log.trimmed_to() || index > durable.log.length() ? nullptr : &durable.log.at(index);
  }
  /// Tells entries at the same index apart; 0 where it is gone.
  static uint64_t entry_identity(const Durable& durable, LogIndex index);
  /// `voter` would vote for one with the log of `candidate` (R2).
  static bool up_to_date(const Durable& candidate, const Durable& voter) {
    const auto rank = [](const Durable& durable) { return std::pair(durable.marks.last_term(), durable.log.length()); };
    return rank(candidate) >= rank(voter);
  }
  /// The snapshot that a storage begins with, or null. Its state sums up commands 1..index.
  struct SnapshotProbe {
    LogIndex index = 0;
    const KeyValues* state = nullptr;
  };
  static SnapshotProbe snapshot_of(const Durable& durable) {
    if (!durable.snapshot) return {};
    return {durable.snapshot->index, &durable.snapshot->state};
  }
  static QuorumProbe write_quorum(const WorldConfig& config, const Server& server, LogIndex index);
  /// R5: an entry counts in its own term alone. With it count those before it.
  static AcceptedProbe accepted(const WorldConfig& config, const SwitchSet& switches, const Durable& durable);
  /// Its removal is committed, so the others go on without it (R7).
  static bool may_stop(const Server& server);
  /// Who must hold that removal.
  static QuorumProbe stop_quorum(const Server& server);
  static bool holds_sealed(const Durable& durable, ConfigurationId configuration);
  /// Voters of the newest membership in its log.
  static ServerSet members(const Durable& durable);
  /// The next voters, while the membership is joint; 0: it is not.
  static ServerSet next_members(const Durable& durable);
  /// The voters that this leader goes on towards.
  static ServerSet proposed_members(const Server& server);

  // --- messages
  static void hash_message(const Message& message, Hasher& hasher) { paxoscope::hash_message(message, hasher); }
  static bool is_heartbeat(const Message& message) { return message.body.index() <= 1; }
  static constexpr uint32_t kMessageKinds = std::variant_size_v<raft::Body<Command>>;
  /// Which of the kMessageKinds kinds; heartbeats come first.
  static uint32_t message_kind(const Message& message) { return static_cast<uint32_t>(message.body.index()); }
  static void describe_message(const Message& message, MessageView& view) {
    paxoscope::describe_message(message, view);
  }
  static void name_message(const Message& message, MessageFamily* family, const char** name, Epoch* epoch) {
    paxoscope::name_message(message, family, name, epoch);
  }

  // --- servers
  static void describe_server(const Server& server, const LogWindow& window, ServerView& view);
  static void describe_down(const Durable& durable, const LogWindow& window, ServerView& view);
  /// The present values of its lane, one per LaneKind and in that order.
  static std::array<LaneChange, 3> describe_lane(const Server& server);
  /// The memberships in this server's log, merged into `known` (ascending by id); one that is committed wins.
  static void merge_configurations(const Durable& storage, std::vector<ConfigurationView>& known);
  /// The newest of them that this server knows to be committed: id and members.
  static ConfigurationView committed_configuration(const Durable& storage);
  static std::vector<TimerView> timers(const Server& server, TimeUs tick_us);

  // --- rules
  static std::span<const RuleInfo> rules() { return raft::rules(); }
  static std::span<const SwitchInfo> switches() { return raft::switches(); }

 private:
  static AttemptName place_name(raft::Term term, LogIndex index) { return {1, term, index}; }
  static void translate_settled(Server& server, std::vector<Settlement>& out);
};

extern template struct RaftProtocol<Notes>;
extern template struct RaftProtocol<NoNotes>;
extern template struct RaftProtocol<raft::Steps>;  // native: what traces are written from

}  // namespace paxoscope
