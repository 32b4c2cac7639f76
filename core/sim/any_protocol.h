// A protocol that is chosen at run time: World, Checker and Run over AnyProtocol exist once, however many protocols there
// are. Servers and storages are owned behind a pointer; calls go through ProtocolKind, which each adapter fills by
// ProtocolKindOf. Where speed counts more than size, World takes the adapter itself.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/rules.h"
#include "sim/command.h"
#include "sim/futures.h"
#include "sim/key_value.h"
#include "sim/observation.h"
#include "sim/protocol_traits.h"
#include "sim/timeline.h"
#include "sim/world.h"
#include "sim/world_config.h"

namespace paxoscope {

class ProtocolKind;

/// A server's storage: a value of its own, or a view of the one inside a running server. Copies are always values.
class AnyDurable {
 public:
  AnyDurable() = default;
  AnyDurable(const ProtocolKind* kind, void* owned) : kind_(kind), value_(owned), owned_(true) {}
  AnyDurable(const AnyDurable& other);
  AnyDurable(AnyDurable&& other) noexcept : AnyDurable() { swap(other); }
  AnyDurable& operator=(AnyDurable other) noexcept {
    swap(other);
    return *this;
  }
  ~AnyDurable();

  /// Looks at `value`, which stays with its owner.
  void view(const ProtocolKind* kind, const void* value) {
    kind_ = kind;
    value_ = const_cast<void*>(value);
  }
  const ProtocolKind& kind() const { return *kind_; }
  void* value() { return value_; }
  const void* value() const { return value_; }

 private:
  void swap(AnyDurable& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(value_, other.value_);
    std::swap(owned_, other.owned_);
  }

  const ProtocolKind* kind_ = nullptr;
  void* value_ = nullptr;
  bool owned_ = false;
};

/// A message never changes, so copies share it.
struct AnyMessage {
  ServerId from = 0;
  ServerId to = 0;
  const ProtocolKind* kind = nullptr;
  std::shared_ptr<const void> value;
};

class AnyServer {
 public:
  AnyServer(const ProtocolKind* kind, void* owned) : kind_(kind), value_(owned) {}
  AnyServer(const AnyServer& other);
  AnyServer(AnyServer&& other) noexcept : kind_(other.kind_), value_(std::exchange(other.value_, nullptr)) {}
  AnyServer& operator=(AnyServer other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(value_, other.value_);
    return *this;
  }
  ~AnyServer();

  void add_to(Hasher& hasher) const;
  const AnyDurable& storage() const;
  const ProtocolKind& kind() const { return *kind_; }
  void* value() { return value_; }
  const void* value() const { return value_; }

 private:
  const ProtocolKind* kind_;
  void* value_;
  mutable AnyDurable storage_;  ///< a view
};

/// The static functions of an adapter, by pointers to its values. Their meaning is the adapter's (sim/omnipaxos_protocol.h).
class ProtocolKind {
 public:
  struct SnapshotProbe {
    LogIndex index = 0;
    const KeyValues* state = nullptr;
  };
  /// number, tag, index
  using VisitWaiting = void(void* context, uint64_t number, const Ballot& tag, LogIndex index);

  virtual const char* id() const = 0;
  virtual ProtocolTraits traits() const = 0;
  virtual bool reconfigures() const = 0;
  virtual bool compacts() const = 0;
  virtual std::span<const RuleInfo> rules() const = 0;

  virtual void* copy_server(const void* server) const = 0;
  virtual void destroy_server(void* server) const = 0;
  virtual void* copy_durable(const void* durable) const = 0;
  virtual void destroy_durable(void* durable) const = 0;

  /// `draw`: for protocols that draw their timeouts.
  virtual void* start(const WorldConfig& config, const SwitchSet& switches, uint32_t position, const void* durable,
                      uint64_t draw) const = 0;
  virtual void* empty_disk() const = 0;
  virtual void* reopened(const void* durable, bool synchronous) const = 0;
  virtual void deliver(void* server, const void* message) const = 0;
  virtual void tick(void* server, uint32_t ticks) const = 0;
  virtual uint32_t ticks_to_next_timer(const void* server) const = 0;
  virtual void pass_quiet_ticks(void* server, uint32_t ticks) const = 0;
  virtual bool has_timer(std::string_view id) const = 0;
  virtual void fire(void* server, std::string_view id) const = 0;
  virtual uint64_t running(const void* server) const = 0;
  virtual const char* next_timer_name(const void* server) const = 0;
  virtual void reconnected(void* server, ServerId peer) const = 0;
  virtual uint64_t propose(void* server, const Command& command) const = 0;
  virtual void take_outgoing(void* server, std::vector<AnyMessage>& out) const = 0;
  virtual std::vector<Note> take_notes(void* server) const = 0;
  virtual Result<uint64_t> reconfigure(void* server, ServerSet members, ServerId named_leader,
                                       uint32_t number) const = 0;
  virtual void take_settled(void* server, std::vector<Settlement>& out) const = 0;
  virtual void take_reads(void* server, std::vector<AnsweredRead>& out) const = 0;
  virtual void each_waiting(const void* server, VisitWaiting* visit, void* context) const = 0;
  virtual AttemptName attempt_at(const void* durable, LogIndex index) const = 0;
  virtual Result<void> compact(void* server, LogIndex index, bool local, bool keep_state) const = 0;

  virtual uint64_t written(const void* server) const = 0;
  virtual const void* storage(const void* server) const = 0;
  virtual void set_durable(void* server, uint64_t write) const = 0;
  virtual void set_durable_decided(void* durable, const void* server) const = 0;
  virtual void keep_decided(void* written, const void* before) const = 0;
  virtual void hash_server(const void* server, Hasher& hasher) const = 0;
  virtual void hash_durable(const void* durable, Hasher& hasher) const = 0;
  virtual void hash_message(const void* message, Hasher& hasher) const = 0;

  virtual Probe probe_server(const void* server) const = 0;
  virtual Probe probe_durable(const void* durable) const = 0;
  virtual LogIndex decided(const void* server) const = 0;
  virtual uint64_t unsettled(const void* server) const = 0;
  virtual const Command* server_command(const void* server, LogIndex index) const = 0;
  virtual const Command* durable_command(const void* durable, LogIndex index) const = 0;
  virtual uint64_t entry_identity(const void* durable, LogIndex index) const = 0;
  virtual LogIndex trimmed_to(const void* durable) const = 0;
  virtual SnapshotProbe snapshot_of(const void* durable) const = 0;
  virtual QuorumProbe write_quorum(const WorldConfig& config, const void* server, LogIndex index) const = 0;
  /// Nothing where there is no log.
  virtual AcceptedProbe accepted(const WorldConfig& config, const SwitchSet& switches, const void* durable) const = 0;
  virtual bool may_stop(const void* server) const = 0;
  virtual QuorumProbe stop_quorum(const void* server) const = 0;
  virtual bool holds_sealed(const void* durable, ConfigurationId configuration) const = 0;

  virtual bool is_heartbeat(const void* message) const = 0;
  virtual void describe_message(const void* message, MessageView& view) const = 0;
  virtual void name_message(const void* message, MessageFamily* family, const char** name, Epoch* epoch) const = 0;
  virtual void describe_server(const void* server, const LogWindow& window, ServerView& view) const = 0;
  virtual void describe_down(const void* durable, const LogWindow& window, ServerView& view) const = 0;
  /// False: its servers have no lanes.
  virtual bool describe_lane(const void* server, std::array<LaneChange, 3>& lane) const = 0;
  virtual void merge_configurations(const void* durable, std::vector<ConfigurationView>& known) const = 0;
  virtual ServerSet members(const void* durable) const = 0;
  /// False where votes do not go by logs.
  virtual bool up_to_date(const void* candidate, const void* voter) const = 0;
  virtual std::vector<TimerView> timers(const void* server, TimeUs tick_us) const = 0;
  /// Nothing where there is a log.
  virtual void held_values(const void* durable, std::vector<HeldValue>& held) const = 0;

 protected:
  ~ProtocolKind() = default;
};

inline AnyDurable::AnyDurable(const AnyDurable& other)
    : kind_(other.kind_), value_(kind_ == nullptr ? nullptr : kind_->copy_durable(other.value_)), owned_(kind_ != nullptr) {}
inline AnyDurable::~AnyDurable() {
  if (owned_) kind_->destroy_durable(value_);
}
inline AnyServer::AnyServer(const AnyServer& other) : kind_(other.kind_), value_(kind_->copy_server(other.value_)) {}
inline AnyServer::~AnyServer() {
  if (value_ != nullptr) kind_->destroy_server(value_);
}
inline void AnyServer::add_to(Hasher& hasher) const { kind_->hash_server(value_, hasher); }
inline const AnyDurable& AnyServer::storage() const {
  storage_.view(kind_, kind_->storage(value_));
  return storage_;
}

/// The adapter that World, Checker and describe take; what does not need a server or a storage asks the object itself.
struct AnyProtocol {
  using Server = AnyServer;
  using Message = AnyMessage;
  using Durable = AnyDurable;
  using SnapshotProbe = ProtocolKind::SnapshotProbe;

  explicit AnyProtocol(const ProtocolKind& which)
      : kind(&which), kId(which.id()), kTraits(which.traits()), kReconfigures(which.reconfigures()), kCompacts(which.compacts()) {}

  const ProtocolKind* kind;
  const char* kId;  ///< the names of the constants that other adapters have
  ProtocolTraits kTraits;
  bool kReconfigures;
  bool kCompacts;

  AnyDurable empty_disk() const { return {kind, kind->empty_disk()}; }
  bool has_timer(std::string_view id) const { return kind->has_timer(id); }

  static AnyServer start(const WorldConfig& config, const SwitchSet& switches, uint32_t position,
                         const AnyDurable& durable, uint64_t draw) {
    return {&durable.kind(), durable.kind().start(config, switches, position, durable.value(), draw)};
  }
  static AnyDurable reopened(const AnyDurable& durable, bool synchronous) {
    return {&durable.kind(), durable.kind().reopened(durable.value(), synchronous)};
  }
  static void deliver(AnyServer& server, const AnyMessage& message) {
    server.kind().deliver(server.value(), message.value.get());
  }
  static void tick(AnyServer& server, uint32_t ticks = 1) { server.kind().tick(server.value(), ticks); }
  static uint32_t ticks_to_next_timer(const AnyServer& server) {
    return server.kind().ticks_to_next_timer(server.value());
  }
  static void pass_quiet_ticks(AnyServer& server, uint32_t ticks) {
    server.kind().pass_quiet_ticks(server.value(), ticks);
  }
  static void fire(AnyServer& server, std::string_view id) { server.kind().fire(server.value(), id); }
  static uint64_t running(const AnyServer& server) { return server.kind().running(server.value()); }
  static const char* next_timer_name(const AnyServer& server) { return server.kind().next_timer_name(server.value()); }
  static void reconnected(AnyServer& server, ServerId peer) { server.kind().reconnected(server.value(), peer); }
  static uint64_t propose(AnyServer& server, const Command& command) {
    return server.kind().propose(server.value(), command);
  }
  static void take_outgoing(AnyServer& server, std::vector<AnyMessage>& out) {
    server.kind().take_outgoing(server.value(), out);
  }
  static std::vector<Note> take_notes(AnyServer& server) { return server.kind().take_notes(server.value()); }
  static Result<uint64_t> reconfigure(AnyServer& server, ServerSet members, ServerId named_leader, uint32_t number) {
    return server.kind().reconfigure(server.value(), members, named_leader, number);
  }
  static void take_settled(AnyServer& server, std::vector<Settlement>& out) {
    server.kind().take_settled(server.value(), out);
  }
  static void take_reads(AnyServer& server, std::vector<AnsweredRead>& out) {
    server.kind().take_reads(server.value(), out);
  }
  template <class Visit>
  static void each_waiting(const AnyServer& server, Visit&& visit) {
    const auto call = [](void* context, uint64_t number, const Ballot& tag, LogIndex index) {
      (*static_cast<std::remove_reference_t<Visit>*>(context))(number, tag, index);
    };
    server.kind().each_waiting(server.value(), call, &visit);
  }
  static AttemptName attempt_at(const AnyDurable& durable, LogIndex index) {
    return durable.kind().attempt_at(durable.value(), index);
  }
  static Result<void> compact(AnyServer& server, LogIndex index, bool local, bool keep_state) {
    return server.kind().compact(server.value(), index, local, keep_state);
  }

  static uint64_t written(const AnyServer& server) { return server.kind().written(server.value()); }
  static const AnyDurable& storage(const AnyServer& server) { return server.storage(); }
  static void set_durable(AnyServer& server, uint64_t write) { server.kind().set_durable(server.value(), write); }
  static void set_durable_decided(AnyDurable& durable, const AnyServer& server) {
    server.kind().set_durable_decided(durable.value(), server.value());
  }
  static void keep_decided(AnyDurable& written, const AnyDurable& before) {
    written.kind().keep_decided(written.value(), before.value());
  }
  static void hash_durable(const AnyDurable& durable, Hasher& hasher) {
    durable.kind().hash_durable(durable.value(), hasher);
  }
  static void hash_message(const AnyMessage& message, Hasher& hasher) {
    message.kind->hash_message(message.value.get(), hasher);
  }

  static Probe probe(const AnyServer& server) { return server.kind().probe_server(server.value()); }
  static Probe probe(const AnyDurable& durable) { return durable.kind().probe_durable(durable.value()); }
  static LogIndex decided(const AnyServer& server) { return server.kind().decided(server.value()); }
  static uint64_t unsettled(const AnyServer& server) { return server.kind().unsettled(server.value()); }
  static const Command* command_at(const AnyServer& server, LogIndex index) {
    return server.kind().server_command(server.value(), index);
  }
  static const Command* command_at(const AnyDurable& durable, LogIndex index) {
    return durable.kind().durable_command(durable.value(), index);
  }
  static uint64_t entry_identity(const AnyDurable& durable, LogIndex index) {
    return durable.kind().entry_identity(durable.value(), index);
  }
  static LogIndex trimmed_to(const AnyDurable& durable) { return durable.kind().trimmed_to(durable.value()); }
  static SnapshotProbe snapshot_of(const AnyDurable& durable) { return durable.kind().snapshot_of(durable.value()); }
  static QuorumProbe write_quorum(const WorldConfig& config, const AnyServer& server, LogIndex index) {
    return server.kind().write_quorum(config, server.value(), index);
  }
  static AcceptedProbe accepted(const WorldConfig& config, const SwitchSet& switches, const AnyDurable& durable) {
    return durable.kind().accepted(config, switches, durable.value());
  }
  static bool may_stop(const AnyServer& server) { return server.kind().may_stop(server.value()); }
  static QuorumProbe stop_quorum(const AnyServer& server) { return server.kind().stop_quorum(server.value()); }
  static bool holds_sealed(const AnyDurable& durable, ConfigurationId configuration) {
    return durable.kind().holds_sealed(durable.value(), configuration);
  }

  static bool is_heartbeat(const AnyMessage& message) { return message.kind->is_heartbeat(message.value.get()); }
  static void describe_message(const AnyMessage& message, MessageView& view) {
    message.kind->describe_message(message.value.get(), view);
  }
  static void name_message(const AnyMessage& message, MessageFamily* family, const char** name, Epoch* epoch) {
    message.kind->name_message(message.value.get(), family, name, epoch);
  }
  static void describe_server(const AnyServer& server, const LogWindow& window, ServerView& view) {
    server.kind().describe_server(server.value(), window, view);
  }
  static void describe_down(const AnyDurable& durable, const LogWindow& window, ServerView& view) {
    durable.kind().describe_down(durable.value(), window, view);
  }
  static bool describe_lane(const AnyServer& server, std::array<LaneChange, 3>& lane) {
    return server.kind().describe_lane(server.value(), lane);
  }
  static ServerSet members(const AnyDurable& durable) { return durable.kind().members(durable.value()); }
  static bool up_to_date(const AnyDurable& candidate, const AnyDurable& voter) {
    return candidate.kind().up_to_date(candidate.value(), voter.value());
  }
  static void merge_configurations(const AnyDurable& durable, std::vector<ConfigurationView>& known) {
    durable.kind().merge_configurations(durable.value(), known);
  }
  static void held_values(const AnyDurable& durable, std::vector<HeldValue>& held) {
    durable.kind().held_values(durable.value(), held);
  }
  static std::vector<TimerView> timers(const AnyServer& server, TimeUs tick_us) {
    return server.kind().timers(server.value(), tick_us);
  }
};

}  // namespace paxoscope
