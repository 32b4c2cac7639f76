// OmniPaxos as a protocol of the simulated world: how to start, drive, probe and describe one server.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "omnipaxos/service.h"
#include "sim/command.h"
#include "sim/futures.h"
#include "sim/key_value.h"
#include "sim/observation.h"
#include "sim/omnipaxos_messages.h"
#include "sim/protocol_traits.h"
#include "sim/timeline.h"
#include "sim/world.h"
#include "sim/world_config.h"

namespace paxoscope {

/// Observer: Notes to explain every step, NoNotes for speed; the run is the same.
template <class Observer>
struct OmniPaxosProtocol {
  using Server = omnipaxos::Service<Command, MemorySequence<Command>, MemoryState, Observer>;
  using Message = typename Server::MessageType;
  using Durable = typename Server::StorageType;
  static constexpr const char* kId = "omnipaxos";
  static constexpr ProtocolTraits kTraits{};

  // --- driving
  static Server start(const WorldConfig& config, const SwitchSet& switches, uint32_t position, const Durable& durable);
  static Durable empty_disk() { return {{}, {}, MemoryState(true), {}}; }
  /// What the disk holds, as a storage to start from; `synchronous`: writes are durable at once.
  static Durable reopened(const Durable& durable, bool synchronous);
  static void deliver(Server& server, const Message& message) { server.handle(message); }
  static void tick(Server& server) { server.tick(); }
  static uint32_t ticks_to_next_timer(const Server& server) { return server.ticks_to_next_timer(); }
  static void pass_quiet_ticks(Server& server, uint32_t ticks) {
    if (ticks > 0) server.pass_quiet_ticks(ticks);
  }
  static bool has_timer(std::string_view id) { return id == "election" || id == "resend"; }
  static void fire(Server& server, std::string_view id) {
    if (id == "election")
      server.fire_election();
    else
      server.fire_resend();
  }
  /// Changes when the server's timers start anew: with a configuration, or with fetching the log for one.
  static uint64_t running(const Server& server) {
    const auto* joining = server.joining();
    return static_cast<uint64_t>(joining != nullptr ? joining->next.configuration : 0) << 32 | server.configuration();
  }
  static const char* next_timer_name(const Server& server) {
    const auto* running = server.instance();
    const uint32_t ticks = server.ticks_to_next_timer();
    if (running == nullptr) return "resend";
    if (running->election().ticks_to_round_end() == ticks) return "election";
    const bool resend = running->config().resend_ticks - running->resend_elapsed_ticks() == ticks;
    return resend || !running->paxos().holds_back() ? "resend" : "batch";
  }
  static void reconnected(Server& server, ServerId peer) { server.reconnected(peer); }
  /// The future's number; 0: it takes no proposal now.
  static uint64_t propose(Server& server, const Command& command) {
    const auto future = server.propose_normal(command);
    return future ? *future : 0;
  }
  static void take_outgoing(Server& server, std::vector<Message>& out) { server.take_outgoing(out); }
  static std::vector<Note> take_notes(Server& server) { return server.take_notes(); }
  static constexpr bool kReconfigures = true;
  /// Asks `server`, which leads; `named_leader` ≠ 0 leads the next configuration first. A sentence when it is refused.
  /// The value is its future's number.
  static Result<uint64_t> reconfigure(Server& server, ServerSet members, ServerId named_leader, uint32_t number);

  // --- futures
  /// What the server has found out about its proposals since the last call.
  static void take_settled(Server& server, std::vector<Settlement>& out) {
    if (server.proposer().has_settled()) translate_settled(server, out);
  }
  /// visit(future, tag, index) for each proposal that waits here; index 0: in no log here.
  template <class Visit>
  static void each_waiting(const Server& server, Visit&& visit) {
    server.proposer().each([&](uint64_t, const auto& waiting) { visit(waiting.future, waiting.tag, waiting.index); });
  }
  /// Which attempt entry `index` came from; none where it is gone.
  static AttemptName attempt_at(const Durable& durable, LogIndex index) {
    if (index <= durable.log.trimmed_to() || index > durable.log.length()) return {};
    const omnipaxos::Attempt attempt = durable.attempts.at(index);
    return {attempt.proposer, attempt.incarnation, attempt.counter};
  }

  static constexpr bool kCompacts = true;
  /// `local`: here alone; otherwise all members, and the server must lead. `keep_state`: as a snapshot, otherwise a trim.
  /// `index` 0: as far as it can.
  static Result<void> compact(Server& server, LogIndex index, bool local, bool keep_state) {
    return keep_state ? server.snapshot(index, local) : server.trim(index);
  }

  // --- disk
  static uint64_t written(const Server& server) { return server.storage().state.written(); }
  static const Durable& storage(const Server& server) { return server.storage(); }
  static void set_durable(Server& server, uint64_t write) {
    server.storage().state.set_durable(write);
    server.storage_progress();
  }
  /// The decided index is written on its own, past what is on its way. One of a configuration or a snapshot that
  /// `durable` does not hold yet belongs to their write (C4) and waits for it.
  static void set_durable_decided(Durable& durable, const Server& server);
  /// `written` replaces `before`, but for a decided index that was further.
  static void keep_decided(Durable& written, const Durable& before) {
    const LogIndex decided = before.state.values().decided;
    if (decided > written.state.values().decided) written.state.edit().decided = decided;
  }
  static void hash_durable(const Durable& durable, Hasher& hasher);

  // --- probing
  static Probe probe(const Server& server);
  static Probe probe(const Durable& durable);
  static LogIndex decided(const Server& server) { return server.decided_index(); }
  /// Proposals made at this server whose outcome it does not know yet.
  static uint64_t unsettled(const Server& server) { return server.proposer().unsettled(); }
  /// The command at an index of the own log; null where it is gone.
  static const Command* command_at(const Server& server, LogIndex index) {
    return command_at(server.storage(), index);
  }
  static const Command* command_at(const Durable& durable, LogIndex index) {
    return index <= durable.log.trimmed_to() || index > durable.log.length() ? nullptr : &durable.log.at(index);
  }
  /// The snapshot that a storage begins with, or null. Its state sums up commands 1..index.
  struct SnapshotProbe {
    LogIndex index = 0;
    const KeyValues* state = nullptr;
  };
  static SnapshotProbe snapshot_of(const Durable& durable) {
    if (!durable.snapshot || !durable.snapshot->has_state) return {};
    return {durable.snapshot->index, &durable.snapshot->state};
  }
  /// Tells entries at the same index apart; 0 where it is gone.
  static uint64_t entry_identity(const Durable& durable, LogIndex index) {
    const Command* command = command_at(durable, index);
    return command == nullptr ? 0 : command->identity();
  }
  static QuorumProbe write_quorum(const WorldConfig& config, const Server& server, LogIndex index);
  static AcceptedProbe accepted(const WorldConfig& config, const SwitchSet& switches, const Durable& durable);
  /// It was removed and takes itself for free to stop (C5).
  static bool may_stop(const Server& server) { return server.may_stop(); }
  /// Who must hold the log of a configuration that ended before its removed servers stop; `configuration` = that one.
  static QuorumProbe stop_quorum(const Server& server);
  static bool holds_sealed(const Durable& durable, ConfigurationId configuration);
  /// Members of the newest configuration it knows.
  static ServerSet members(const Durable& durable) { return durable.state.values().members; }
  /// Whom the accepted end of the configuration that it runs names as the next members; 0: there is none.
  static ServerSet next_members(const Durable& durable) {
    const StopSignRef& stop = durable.state.values().stop;
    return stop ? stop->members : 0;
  }
  /// The same of an end that it has proposed and that waits.
  static ServerSet proposed_members(const Server& server) {
    const StopSignRef stop = server.proposer().waiting_stop();
    return stop ? stop->members : 0;
  }

  // --- messages
  static void hash_message(const Message& message, Hasher& hasher) { paxoscope::hash_message(message, hasher); }
  static bool is_heartbeat(const Message& message) { return message.body.index() <= 1; }
  static constexpr uint32_t kMessageKinds = std::variant_size_v<omnipaxos::Body<Command>>;
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
  /// What this server's storage knows of configurations, merged into `known` (ascending by id).
  static void merge_configurations(const Durable& storage, std::vector<ConfigurationView>& known);
  static std::vector<TimerView> timers(const Server& server, TimeUs tick_us);

 private:
  static void translate_settled(Server& server, std::vector<Settlement>& out);

 public:

  // --- rules
  static std::span<const RuleInfo> rules() { return omnipaxos::rules(); }
  static std::span<const SwitchInfo> switches() { return omnipaxos::switches(); }
};

extern template struct OmniPaxosProtocol<Notes>;
extern template struct OmniPaxosProtocol<NoNotes>;

}  // namespace paxoscope
