// An adapter as a ProtocolKind: what a further protocol costs beside itself and its adapter.
#pragma once

#include "sim/any_protocol.h"

namespace paxoscope {

template <class P>
class ProtocolKindOf final : public ProtocolKind {
  using Server = typename P::Server;
  using Message = typename P::Message;
  using Durable = typename P::Durable;
  static Server& server_of(void* server) { return *static_cast<Server*>(server); }
  static const Server& server_of(const void* server) { return *static_cast<const Server*>(server); }
  static Durable& durable_of(void* durable) { return *static_cast<Durable*>(durable); }
  static const Durable& durable_of(const void* durable) { return *static_cast<const Durable*>(durable); }
  static const Message& message_of(const void* message) { return *static_cast<const Message*>(message); }

 public:
  const char* id() const override { return P::kId; }
  ProtocolTraits traits() const override { return P::kTraits; }
  bool reconfigures() const override { return P::kReconfigures; }
  bool compacts() const override { return P::kCompacts; }
  std::span<const RuleInfo> rules() const override { return P::rules(); }

  void* copy_server(const void* server) const override { return new Server(server_of(server)); }
  void destroy_server(void* server) const override { delete static_cast<Server*>(server); }
  void* copy_durable(const void* durable) const override { return new Durable(durable_of(durable)); }
  void destroy_durable(void* durable) const override { delete static_cast<Durable*>(durable); }

  void* start(const WorldConfig& config, const SwitchSet& switches, uint32_t position,
              const void* durable, uint64_t draw) const override {
    if constexpr (P::kTraits.draws_timeouts)
      return new Server(P::start(config, switches, position, durable_of(durable), draw));
    else
      return new Server(P::start(config, switches, position, durable_of(durable)));
  }
  void* empty_disk() const override { return new Durable(P::empty_disk()); }
  void* reopened(const void* durable, bool synchronous) const override {
    return new Durable(P::reopened(durable_of(durable), synchronous));
  }
  void deliver(void* server, const void* message) const override { P::deliver(server_of(server), message_of(message)); }
  void tick(void* server, uint32_t ticks) const override {
    if constexpr (requires { P::tick(server_of(server), ticks); })
      P::tick(server_of(server), ticks);
    else
      for (; ticks > 0; --ticks) P::tick(server_of(server));
  }
  uint32_t ticks_to_next_timer(const void* server) const override { return P::ticks_to_next_timer(server_of(server)); }
  void pass_quiet_ticks(void* server, uint32_t ticks) const override { P::pass_quiet_ticks(server_of(server), ticks); }
  bool has_timer(std::string_view id) const override { return P::has_timer(id); }
  void fire(void* server, std::string_view id) const override { P::fire(server_of(server), id); }
  uint64_t running(const void* server) const override { return P::running(server_of(server)); }
  const char* next_timer_name(const void* server) const override { return P::next_timer_name(server_of(server)); }
  void reconnected(void* server, ServerId peer) const override { P::reconnected(server_of(server), peer); }
  uint64_t propose(void* server, const Command& command) const override {
    return P::propose(server_of(server), command);
  }
  void take_outgoing(void* server, std::vector<AnyMessage>& out) const override {
    std::vector<Message> sent;
    P::take_outgoing(server_of(server), sent);
    for (Message& message : sent) {
      const ServerId from = message.from, to = message.to;
      out.push_back({from, to, this, std::make_shared<const Message>(std::move(message))});
    }
  }
  std::vector<Note> take_notes(void* server) const override { return P::take_notes(server_of(server)); }
  Result<uint64_t> reconfigure(void* server, ServerSet members, ServerId named_leader,
                               uint32_t number) const override {
    return P::reconfigure(server_of(server), members, named_leader, number);
  }
  void take_settled(void* server, std::vector<Settlement>& out) const override {
    P::take_settled(server_of(server), out);
  }
  void take_reads(void* server, std::vector<AnsweredRead>& out) const override {
    if constexpr (P::kTraits.tells_answers()) P::take_reads(server_of(server), out);
  }
  void each_waiting(const void* server, VisitWaiting* visit, void* context) const override {
    P::each_waiting(server_of(server), [&](uint64_t number, const Ballot& tag, LogIndex index) {
      visit(context, number, tag, index);
    });
  }
  AttemptName attempt_at(const void* durable, LogIndex index) const override {
    return P::attempt_at(durable_of(durable), index);
  }
  Result<void> compact(void* server, LogIndex index, bool local, bool keep_state) const override {
    return P::compact(server_of(server), index, local, keep_state);
  }

  uint64_t written(const void* server) const override { return P::written(server_of(server)); }
  const void* storage(const void* server) const override { return &P::storage(server_of(server)); }
  void set_durable(void* server, uint64_t write) const override { P::set_durable(server_of(server), write); }
  void set_durable_decided(void* durable, const void* server) const override {
    P::set_durable_decided(durable_of(durable), server_of(server));
  }
  void keep_decided(void* written, const void* before) const override {
    P::keep_decided(durable_of(written), durable_of(before));
  }
  void hash_server(const void* server, Hasher& hasher) const override { server_of(server).add_to(hasher); }
  void hash_durable(const void* durable, Hasher& hasher) const override {
    P::hash_durable(durable_of(durable), hasher);
  }
  void hash_message(const void* message, Hasher& hasher) const override {
    P::hash_message(message_of(message), hasher);
  }

  Probe probe_server(const void* server) const override { return P::probe(server_of(server)); }
  Probe probe_durable(const void* durable) const override { return P::probe(durable_of(durable)); }
  LogIndex decided(const void* server) const override { return P::decided(server_of(server)); }
  uint64_t unsettled(const void* server) const override { return P::unsettled(server_of(server)); }
  const Command* server_command(const void* server, LogIndex index) const override {
    return P::command_at(server_of(server), index);
  }
  const Command* durable_command(const void* durable, LogIndex index) const override {
    return P::command_at(durable_of(durable), index);
  }
  uint64_t entry_identity(const void* durable, LogIndex index) const override {
    return P::entry_identity(durable_of(durable), index);
  }
  LogIndex trimmed_to(const void* durable) const override { return paxoscope::trimmed_to<P>(durable_of(durable)); }
  SnapshotProbe snapshot_of(const void* durable) const override {
    const auto found = P::snapshot_of(durable_of(durable));
    return {found.index, found.state};
  }
  QuorumProbe write_quorum(const WorldConfig& config, const void* server, LogIndex index) const override {
    return P::write_quorum(config, server_of(server), index);
  }
  AcceptedProbe accepted(const WorldConfig& config, const SwitchSet& switches, const void* durable) const override {
    if constexpr (P::kTraits.has_log) return P::accepted(config, switches, durable_of(durable));
    return {};
  }
  bool may_stop(const void* server) const override { return P::may_stop(server_of(server)); }
  QuorumProbe stop_quorum(const void* server) const override { return P::stop_quorum(server_of(server)); }
  bool holds_sealed(const void* durable, ConfigurationId configuration) const override {
    return P::holds_sealed(durable_of(durable), configuration);
  }

  bool is_heartbeat(const void* message) const override { return P::is_heartbeat(message_of(message)); }
  void describe_message(const void* message, MessageView& view) const override {
    P::describe_message(message_of(message), view);
  }
  void name_message(const void* message, MessageFamily* family, const char** name, Epoch* epoch) const override {
    P::name_message(message_of(message), family, name, epoch);
  }
  void describe_server(const void* server, const LogWindow& window, ServerView& view) const override {
    P::describe_server(server_of(server), window, view);
  }
  void describe_down(const void* durable, const LogWindow& window, ServerView& view) const override {
    P::describe_down(durable_of(durable), window, view);
  }
  bool describe_lane(const void* server, std::array<LaneChange, 3>& lane) const override {
    if constexpr (requires { P::describe_lane(server_of(server)); }) {
      lane = P::describe_lane(server_of(server));
      return true;
    } else {
      return false;
    }
  }
  ServerSet members(const void* durable) const override { return P::members(durable_of(durable)); }
  bool up_to_date(const void* candidate, const void* voter) const override {
    if constexpr (requires { P::up_to_date(durable_of(candidate), durable_of(voter)); })
      return P::up_to_date(durable_of(candidate), durable_of(voter));
    return false;
  }
  void merge_configurations(const void* durable, std::vector<ConfigurationView>& known) const override {
    P::merge_configurations(durable_of(durable), known);
  }
  void held_values(const void* durable, std::vector<HeldValue>& held) const override {
    if constexpr (!P::kTraits.has_log) P::held_values(durable_of(durable), held);
  }
  std::vector<TimerView> timers(const void* server, TimeUs tick_us) const override {
    return P::timers(server_of(server), tick_us);
  }
};

/// The one object that stands for adapter P.
template <class P>
inline constexpr ProtocolKindOf<P> kProtocolKind{};

}  // namespace paxoscope
