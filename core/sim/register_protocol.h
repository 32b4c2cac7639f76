// The quorum register as a protocol of the simulated world: how to start, drive, probe and describe one server. Each key is
// a register of its own, and a client's server is the coordinator of its operations. There is no log and nobody leads, so
// what a world asks about logs has empty answers here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quorum_register/quorum_register.h"
#include "sim/command.h"
#include "sim/futures.h"
#include "sim/key_value.h"
#include "sim/observation.h"
#include "sim/protocol_traits.h"
#include "sim/world.h"
#include "sim/world_config.h"

namespace paxoscope {

struct RegisterKey {
  ShortText text;

  bool operator==(const RegisterKey&) const = default;
  bool operator<(const RegisterKey& other) const { return text.view() < other.text.view(); }
};
inline void add_to_hash(Hasher& hasher, const RegisterKey& key) { hasher.add(key.text.view()); }

/// A value, and the operation that wrote it.
struct RegisterValue {
  ShortText text;
  uint32_t client = 0;
  uint32_t number = 0;

  bool operator==(const RegisterValue&) const = default;
};
inline void add_to_hash(Hasher& hasher, const RegisterValue& value) {
  hasher.add(value.text.view());
  hasher.add(static_cast<uint64_t>(value.client) << 32 | value.number);
}

using RegisterMessage = quorum_register::Message<RegisterValue, RegisterKey>;
using RegisterDisk = MemoryValues<quorum_register::RegisterValues<RegisterValue, RegisterKey>>;

/// Family, name and epoch only: cheap enough for every message of a timeline.
void name_message(const RegisterMessage& message, MessageFamily* family, const char** name, Epoch* epoch);
/// Family, name, value, epoch and fields; ids and times are the world's.
void describe_message(const RegisterMessage& message, MessageView& view);
Epoch stamp_epoch(const quorum_register::Stamp& stamp);

/// Observer: Notes to explain every step, NoNotes for speed; the run is the same.
template <class Observer>
struct RegisterProtocol {
  using Register = quorum_register::QuorumRegister<RegisterValue, RegisterKey, RegisterDisk, Observer>;
  using Message = RegisterMessage;
  using Durable = RegisterDisk;
  static constexpr const char* kId = "register";
  static constexpr ProtocolTraits kTraits{.epoch_word = "timestamp", .timers_restart = true, .has_log = false};

  /// A server, and the commands that its requests are for.
  struct Server {
    Register core;
    std::vector<std::pair<uint64_t, Command>> asked = {};  ///< by operation, ascending: those without an end
    std::vector<AnsweredRead> answered = {};               ///< since they were last taken
    std::vector<Settlement> settled = {};

    void look();
    void add_to(Hasher& hasher) const { core.add_to(hasher); }
  };

  // --- driving
  static Server start(const WorldConfig& config, const SwitchSet& switches, uint32_t position, const Durable& durable);
  static Durable empty_disk() { return Durable(true); }
  static Durable reopened(const Durable& durable, bool synchronous) {
    Durable fresh(synchronous);
    fresh.edit() = durable.values();
    return fresh;
  }
  static void deliver(Server& server, const Message& message) { server.core.handle(message); }
  static void tick(Server& server, uint32_t ticks = 1) { server.core.tick(ticks); }
  static uint32_t ticks_to_next_timer(const Server& server) { return server.core.ticks_to_next_timer(); }
  static void pass_quiet_ticks(Server& server, uint32_t ticks) { server.core.pass_quiet_ticks(ticks); }
  static bool has_timer(std::string_view id) { return id == "resend"; }
  static void fire(Server& server, std::string_view) { server.core.fire_resend(); }
  static uint64_t running(const Server&) { return 0; }
  static const char* next_timer_name(const Server&) { return "resend"; }
  static void reconnected(Server& server, ServerId) { server.core.fire_resend(); }
  /// The operation's number; 0: it is none of a register, or too many wait here.
  static uint64_t propose(Server& server, const Command& command);
  static void take_outgoing(Server& server, std::vector<Message>& out) {
    server.core.take_outgoing(out);
    server.look();
  }
  static std::vector<Note> take_notes(Server& server) { return server.core.take_notes(); }
  static constexpr bool kReconfigures = false;
  static Result<uint64_t> reconfigure(Server&, ServerSet, ServerId, uint32_t) { return fail("its servers stay the same"); }

  // --- operations
  /// Into an empty list.
  static void take_settled(Server& server, std::vector<Settlement>& out) { out.swap(server.settled); }
  static void take_reads(Server& server, std::vector<AnsweredRead>& out) { out.swap(server.answered); }
  template <class Visit>
  static void each_waiting(const Server&, Visit&&) {}
  static AttemptName attempt_at(const Durable&, LogIndex) { return {}; }
  static constexpr bool kCompacts = false;
  static Result<void> compact(Server&, LogIndex, bool, bool) { return fail("there is no log"); }

  // --- disk
  static uint64_t written(const Server& server) { return server.core.storage().written(); }
  static const Durable& storage(const Server& server) { return server.core.storage(); }
  static void set_durable(Server& server, uint64_t write) { server.core.storage().set_durable(write); }
  static void set_durable_decided(Durable&, const Server&) {}
  static void keep_decided(Durable&, const Durable&) {}
  static void hash_durable(const Durable& durable, Hasher& hasher) {
    durable.values().add_to(hasher);
    hasher.add(durable.written() - durable.durable());
  }

  // --- probing
  /// `promised` is the newest timestamp that it holds, of any key.
  static Probe probe(const Server& server);
  static Probe probe(const Durable& durable);
  static LogIndex decided(const Server&) { return 0; }
  static uint64_t unsettled(const Server& server) { return server.core.operations().size(); }
  static const Command* command_at(const Server&, LogIndex) { return nullptr; }
  static const Command* command_at(const Durable&, LogIndex) { return nullptr; }
  static uint64_t entry_identity(const Durable&, LogIndex) { return 0; }
  static LogIndex trimmed_to(const Durable&) { return 0; }
  struct SnapshotProbe {
    LogIndex index = 0;
    const KeyValues* state = nullptr;
  };
  static SnapshotProbe snapshot_of(const Durable&) { return {}; }
  /// Who must hold what was acknowledged.
  static QuorumProbe write_quorum(const WorldConfig&, const Server& server, LogIndex) {
    return {1, server.core.config().members, server.core.config().to_write(), 0, 0};
  }
  static bool may_stop(const Server&) { return false; }
  static QuorumProbe stop_quorum(const Server&) { return {}; }
  static bool holds_sealed(const Durable&, ConfigurationId) { return true; }
  static ServerSet members(const Durable&) { return 0; }
  static ServerSet next_members(const Durable&) { return 0; }
  static ServerSet proposed_members(const Server&) { return 0; }
  /// Its registers, ascending by key.
  static void held_values(const Durable& durable, std::vector<HeldValue>& held);

  // --- messages
  static void hash_message(const Message& message, Hasher& hasher) { message.add_to(hasher); }
  static bool is_heartbeat(const Message&) { return false; }
  static constexpr uint32_t kMessageKinds = 4;
  static uint32_t message_kind(const Message& message) { return static_cast<uint32_t>(message.body.index()); }
  static void describe_message(const Message& message, MessageView& view) { paxoscope::describe_message(message, view); }
  static void name_message(const Message& message, MessageFamily* family, const char** name, Epoch* epoch) {
    paxoscope::name_message(message, family, name, epoch);
  }

  // --- servers
  static void describe_server(const Server& server, const LogWindow& window, ServerView& view);
  static void describe_down(const Durable& durable, const LogWindow& window, ServerView& view);
  static void merge_configurations(const Durable&, std::vector<ConfigurationView>&) {}
  static std::vector<TimerView> timers(const Server& server, TimeUs tick_us);

  // --- rules
  static std::span<const RuleInfo> rules() { return quorum_register::rules(); }
  static std::span<const SwitchInfo> switches() { return quorum_register::switches(); }
};

extern template struct RegisterProtocol<Notes>;
extern template struct RegisterProtocol<NoNotes>;

}  // namespace paxoscope
