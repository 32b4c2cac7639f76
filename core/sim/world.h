// The world as a value: servers, disks, links, messages in flight, clients, random numbers, one virtual clock. Copy it
// to remember a moment, compare hashes to compare moments. Same configuration, seed and actions: the same run, bit for
// bit, with every compiler.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "base/rng.h"
#include "sim/action.h"
#include "sim/command.h"
#include "sim/disk.h"
#include "sim/observation.h"
#include "sim/recorder.h"
#include "sim/world_config.h"

namespace paxoscope {

/// What checks read of one server, without building an Observation.
struct Probe {
  ConfigurationId configuration = 1;  ///< in which the ballots below are counted
  Ballot promised;
  Ballot leads;            ///< the ballot it leads with and has adopted a log for; none otherwise
  LogIndex decided = 0;
  LogIndex length = 0;
  const char* broken_fact = nullptr;
};

/// Protocol: an adapter such as OmniPaxosProtocol (sim/omnipaxos_protocol.h), which names Server, Message, Durable and
/// the functions used below.
template <class Protocol>
class World {
 public:
  using Server = typename Protocol::Server;
  using Message = typename Protocol::Message;
  using Durable = typename Protocol::Durable;
  static constexpr size_t kMaxFlights = 20'000;  ///< beyond, the network drops what is sent
  static constexpr TimeUs kTickUs = 1'000;       ///< a protocol's tick

  struct Flight {
    FlightInfo info;
    Message message;
  };
  struct Link {
    bool up = true;
    LatencyConfig latency;
    uint32_t loss_permille = 0;
    uint32_t duplication_permille = 0;
    TimeUs last_deliver_us = 0;
  };
  struct Host {
    ServerId id = 0;
    ServerStatus status = ServerStatus::up;
    bool state_lost = false;
    std::optional<Server> server;  ///< empty while down
    SimDisk<Durable> disk{Protocol::empty_disk()};  ///< its content counts where writes take time, or while down
    uint64_t scheduled_write = 0;
    TimeUs tick_base_us = 0;       ///< time up to which ticks are accounted
    TimeUs timer_due_us = 0;
    uint32_t timer_generation = 0;
    uint64_t running = 0;          ///< Protocol::running of the server when it was last looked at
    TimeUs clock_offset_us = 0;
    int32_t rate_ppm = 0;
    LogIndex applied = 0;          ///< decided entries already answered to clients
  };
  struct Client {
    ClientConfig config;
    ServerId at = 0;               ///< the server it talks to
    uint32_t number = 0;           ///< of its newest operation
    uint32_t completed = 0;
    uint32_t given_up = 0;
    bool waiting = false;
    TimeUs asked_us = 0;
    TimeUs due_us = 0;             ///< next action: ask or time out
    uint32_t generation = 0;
  };

  World(const WorldConfig& config, const SwitchSet& switches, uint64_t seed);

  /// Plays the next event, if there is one. Times never go back.
  template <class Recorder>
  bool step(Recorder& recorder);
  /// A person's (or a script's) action, as an event of its own at the present time. Errors change nothing.
  template <class Recorder>
  Result<void> perform(const Action& action, Recorder& recorder, EventKind kind = EventKind::action);
  /// Lets virtual time pass up to `time_us`, before the next event.
  void advance_to(TimeUs time_us) {
    PAXO_ASSERT(time_us >= now_us_);
    now_us_ = time_us;
  }

  uint64_t event() const { return event_; }
  TimeUs now_us() const { return now_us_; }
  /// When the next event happens; < 0: never.
  TimeUs next_event_us();
  /// The server that the last event touched (0: none).
  ServerId touched() const { return touched_; }
  const WorldConfig& config() const { return config_; }
  const SwitchSet& switches() const { return switches_; }
  const std::vector<Host>& hosts() const { return hosts_; }
  const Host* host(ServerId id) const;
  const std::vector<Client>& clients() const { return clients_; }
  const Link& link(ServerId from, ServerId to) const { return links_[link_position(from, to)]; }
  /// Messages in flight, ascending by id.
  std::vector<const Flight*> flights() const;
  size_t flight_count() const { return flight_count_; }
  /// Everything but journal, history, checks and notes, field by field.
  uint64_t state_hash() const;

 private:
  enum class KeyKind : uint8_t { flight, timer, client, disk };
  struct Key {
    TimeUs time_us;
    uint64_t order;
    KeyKind kind;
    uint32_t where;       ///< flight slot, host or client position
    uint64_t generation;  ///< flight id, timer or client generation, disk write
    bool operator>(const Key& other) const {
      return time_us != other.time_us ? time_us > other.time_us : order > other.order;
    }
  };

  size_t link_position(ServerId from, ServerId to) const {
    return static_cast<size_t>(from - 1) * kMaxServers + (to - 1);
  }
  int position_of(ServerId id) const { return id == 0 || id > kMaxServers ? -1 : positions_[id - 1]; }
  void push(TimeUs time_us, KeyKind kind, uint32_t where, uint64_t generation);
  bool stale(const Key& key) const;
  void drop_stale();

  template <class Recorder>
  void deliver(uint32_t slot, Recorder& recorder);
  template <class Recorder>
  void fire_timer(uint32_t position, Recorder& recorder);
  template <class Recorder>
  void client_acts(uint32_t position, Recorder& recorder);
  template <class Recorder>
  void disk_done(uint32_t position, Recorder& recorder);
  template <class Recorder>
  void begin(const EventInfo& info, Recorder& recorder);
  /// After anything happened at a server: its messages leave, writes start, timers are set, clients are answered.
  template <class Recorder>
  void pump(uint32_t position, Recorder& recorder);
  template <class Recorder>
  void send(Message&& message, Recorder& recorder);
  void launch(Message message, TimeUs deliver_us);
  template <class Recorder>
  void remove_flight(uint32_t slot, bool by_person, Recorder& recorder);
  void free_slot(uint32_t slot);
  int slot_of(uint64_t message_id) const;
  void start_writes(Host& host, uint32_t position);
  void resume_writes(Host& host, uint32_t position);
  void schedule_timer(Host& host, uint32_t position);
  void account_ticks(Host& host);
  TimeUs ticks_to_us(const Host& host, uint64_t ticks) const;
  void answer_clients(Host& host);
  void schedule_client(uint32_t position, TimeUs due_us);
  Command next_command(Client& client, uint32_t position);
  void boot(Host& host, uint32_t position, bool first);

  template <class Recorder>
  Result<void> act_on_server(const Action& action, Recorder& recorder);
  template <class Recorder>
  Result<void> act_on_message(const Action& action, Recorder& recorder);
  template <class Recorder>
  void set_link(ServerId from, ServerId to, bool up, Recorder& recorder);
  template <class Recorder>
  void act_on_links(const Action& action, Recorder& recorder);
  Result<void> check_action(const Action& action) const;
  /// The decided index in a small file of its own stays when an older write of everything else arrives.
  auto decided_file() const {
    return [own_file = config_.disk.values_first](Durable& written, const Durable& before) {
      if (own_file) Protocol::keep_decided(written, before);
    };
  }
  int reconfigurer() const;
  Result<void> ask_server(const Action& action);

  WorldConfig config_;
  SwitchSet switches_;
  Rng rng_;
  TimeUs now_us_ = 0;
  uint64_t event_ = 0;
  uint64_t next_order_ = 1;
  uint64_t next_message_ = 1;
  uint32_t next_proposal_ = 1;
  ServerId touched_ = 0;
  std::vector<Host> hosts_;
  std::vector<Client> clients_;
  std::vector<Link> links_;
  int8_t positions_[kMaxServers];
  std::vector<std::optional<Flight>> slots_;
  std::vector<uint32_t> free_slots_;
  size_t flight_count_ = 0;
  std::vector<Key> queue_;            ///< a heap; keys of what was cancelled are skipped when they surface
  std::vector<Message> outbox_;
};

}  // namespace paxoscope

#include "sim/world_actions.h"
#include "sim/world_events.h"
