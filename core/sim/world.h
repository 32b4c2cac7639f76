// The world as a value: servers, disks, links, messages in flight, clients, random numbers, one virtual clock. Copy it
// to remember a moment, compare hashes to compare moments. Same configuration, seed and actions: the same run, bit for
// bit, with every compiler.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/shared.h"
#include "base/text.h"
#include "sim/action.h"
#include "sim/command.h"
#include "sim/disk.h"
#include "sim/futures.h"
#include "sim/history.h"
#include "sim/key_value.h"
#include "sim/observation.h"
#include "sim/protocol_traits.h"
#include "sim/recorder.h"
#include "sim/world_config.h"

namespace paxoscope {

/// What checks read of one server, without building an Observation.
struct Probe {
  ConfigurationId configuration = 1;  ///< in which the ballots below are counted
  ConfigurationId runs = 1;           ///< that it is a member of; 0: none
  Ballot promised;
  Ballot leads;            ///< the ballot it leads with and has adopted a log for; none otherwise
  LogIndex decided = 0;
  LogIndex length = 0;
  const char* broken_fact = nullptr;
};

/// Entries up to here are gone from the log.
template <class Protocol>
LogIndex trimmed_to(const typename Protocol::Durable& durable) {
  if constexpr (requires { Protocol::trimmed_to(durable); })
    return Protocol::trimmed_to(durable);
  else
    return durable.log.trimmed_to();
}

/// Protocol: an adapter such as OmniPaxosProtocol (sim/omnipaxos_protocol.h), which names Server, Message, Durable and
/// the functions used below; or AnyProtocol (sim/any_protocol.h), which is chosen at run time.
template <class Protocol>
class World {
 public:
  using Server = typename Protocol::Server;
  using Message = typename Protocol::Message;
  using Durable = typename Protocol::Durable;
  static constexpr size_t kMaxFlights = 20'000;  ///< beyond, the network drops what is sent
  static constexpr TimeUs kTickUs = 1'000;       ///< a protocol's tick
  static constexpr TimeUs kRetryUs = 1'000;      ///< from a cancellation to the next try
  static constexpr uint32_t kMostTries = 60'000;

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
    Host(ServerId server_id, Durable empty) : id(server_id), disk(std::move(empty)) {}

    ServerId id = 0;
    ServerStatus status = ServerStatus::up;
    bool state_lost = false;
    std::optional<Server> server;  ///< empty while down
    SimDisk<Durable> disk;         ///< its content counts where writes take time, or while down
    uint64_t scheduled_write = 0;
    TimeUs tick_base_us = 0;       ///< time up to which ticks are accounted
    TimeUs timer_due_us = 0;
    uint32_t timer_generation = 0;
    uint64_t running = 0;          ///< Protocol::running of the server when it was last looked at
    TimeUs clock_offset_us = 0;
    int32_t rate_ppm = 0;
    Shared<KeyValues> store;       ///< the state machine, on a disk of its own: what it has applied was decided
    LogIndex applied = 0;          ///< entries up to here are in it
    bool store_whole = true;       ///< false: entries were dropped without a snapshot before it could apply them
    std::vector<OpenFuture> futures;  ///< that it waits for, ascending by number

    auto future(uint64_t number) const {
      const auto at = std::lower_bound(futures.begin(), futures.end(), number,
                                       [](const OpenFuture& future, uint64_t n) { return future.number < n; });
      return at != futures.end() && at->number == number ? at : futures.end();
    }
  };
  /// An operation that a client waits for.
  struct Waiting {
    Command command;               ///< its newest try
    ServerId at = 0;
    TimeUs due_us = 0;             ///< when this try is given up, or the next one begins
    bool asked = false;            ///< its server knows of it
    bool again = false;            ///< the next try begins then: this one was cancelled
    bool certain = true;           ///< no try before this one may take effect
  };
  struct Client {
    ClientConfig config;
    ServerId at = 0;               ///< the server it talks to
    uint32_t number = 0;           ///< of its newest operation
    uint32_t completed = 0;
    uint32_t given_up = 0;         ///< ended without a result: failed, or unknown
    std::vector<Waiting> open;     ///< ascending by number
    TimeUs next_us = 0;            ///< its next operation, < 0: none
    uint32_t generation = 0;
    bool gone = false;             ///< it asks nothing any more
    std::array<ShortText, ClientConfig::kMaxKeys> seen;  ///< by key: the value that it knew last
    bool waiting() const { return !open.empty(); }
  };
  /// What a server found out about proposals of its own during the last event.
  struct SettledAt {
    ServerId server = 0;
    Settlement settlement;
  };
  /// A read that was answered beside the log during the last event, from the state after entry `index`. Without a log: any
  /// operation that came to an end at its coordinator, whether or not somebody still waited for it.
  struct ReadAt {
    Command command;
    LogIndex index = 0;
    uint64_t asked_event = 0;  ///< 0: too long ago to tell
    WriteStamp stamp = {};
  };

  World(const WorldConfig& config, const SwitchSet& switches, uint64_t seed, Protocol protocol = Protocol());

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
  const Protocol& protocol() const { return protocol_; }
  const WorldConfig& config() const { return config_; }
  const SwitchSet& switches() const { return switches_; }
  const std::vector<Host>& hosts() const { return hosts_; }
  const Host* host(ServerId id) const;
  const std::vector<Client>& clients() const { return clients_; }
  const Link& link(ServerId from, ServerId to) const { return links_[link_position(from, to)]; }
  /// Messages in flight, ascending by id.
  std::vector<const Flight*> flights() const;
  size_t flight_count() const { return flight_count_; }
  /// What clients and persons asked and saw.
  const History& history() const { return history_; }
  const FutureTable& futures() const { return futures_; }
  const std::vector<SettledAt>& settled() const { return settled_; }
  const std::vector<ReadAt>& reads() const { return reads_; }
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
  /// What happens now may start a timer, which counts from now on.
  bool counts_ticks() const { return protocol_.kTraits.timers_restart || config_.batch_entries > 1; }
  /// A server's clock went on while it stood still.
  void catch_up_ticks(Host& host);
  void account_ticks(Host& host);
  TimeUs ticks_to_us(const Host& host, uint64_t ticks) const;

  // --- state machines, clients and futures
  void apply_decided(Host& host);
  void adopt_snapshot(Host& host, LogIndex index, const KeyValues& state);
  /// A server has applied this command: whoever asked it for it gets the result. False: nobody waits for it.
  bool answer(Host& host, const Command& command, const ShortText& result);
  /// Its own state answers reads that need no entry in the log.
  void answer_reads(Host& host);
  void settle_futures(Host& host);
  void future_resolved(const Host& host, const OpenFuture& future);
  void future_cancelled(const Host& host, const OpenFuture& future);
  void lose_futures(Host& host);
  /// How long futures have been accepted, for views.
  void note_waiting(const Host& host);
  bool propose_at(Host& host, const Command& command);
  /// `operation`: somebody waits for what it gives.
  void add_future(Host& host, uint64_t number, const Command& command, bool operation);
  void schedule_client(uint32_t position);
  void add_client(const ClientConfig& config);
  /// What it still waits for may take effect at any later time, or never.
  void remove_client(uint32_t position);
  ShortText next_text(Client& client, uint32_t position);
  /// A proposal of a person's, under the next number.
  Command persons(std::string_view text);
  void end_operation(uint32_t position, size_t which, HistoryEventKind end, ServerId server, const ShortText& text);
  bool may_try(const Client& client, const Waiting& waiting) const {
    return waiting.command.attempt + 1u < (client.config.tries == 0 ? kMostTries : client.config.tries);
  }
  void move_on(Client& client, ServerId from);
  void retry_later(uint32_t position, size_t which);
  template <class Recorder>
  void ask(uint32_t position, size_t which, Recorder& recorder);
  template <class Recorder>
  void ask_next(uint32_t position, Recorder& recorder);
  void record(HistoryEventKind kind, ServerId server, const Command& command, const ShortText& text = {}) {
    history_.add({kind, server, command, text, now_us_, event_});
  }
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
  /// The value is the future's number where there is one.
  Result<uint64_t> ask_server(const Action& action);

  [[no_unique_address]] Protocol protocol_;  ///< empty, unless it is AnyProtocol
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
  std::vector<Settlement> settlements_;
  std::vector<SettledAt> settled_;
  std::vector<AnsweredRead> answered_;
  std::vector<ReadAt> reads_;
  History history_;
  FutureTable futures_;
};

}  // namespace paxoscope

#include "sim/world_actions.h"
#include "sim/world_clients.h"
#include "sim/world_events.h"
