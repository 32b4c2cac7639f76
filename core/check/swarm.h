// Plays one case of the swarm: a safety phase in which everything may fail, then a liveness phase in which faults stop
// and the servers must get on. The same case and switches give the same result, bit for bit.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/checker.h"
#include "check/swarm_case.h"
#include "check/swarm_faults.h"
#include "sim/world.h"

namespace paxoscope {

/// Ids of what the liveness phase asks for, beside the checks of CheckId.
inline constexpr const char* kStallDecide = "stall-decide";      ///< a quorum-connected server, and nothing is decided
inline constexpr const char* kStallSettle = "stall-settle";      ///< all healed, and what was proposed does not settle
inline constexpr const char* kStallCatchUp = "stall-catch-up";   ///< all healed, and a server stays behind
inline constexpr const char* kStallHandOver = "stall-hand-over";  ///< all healed, and a reconfiguration does not end
inline constexpr const char* kStallClients = "stall-clients";    ///< all healed, and an operation does not end
inline constexpr const char* kStallRound = "stall-round";        ///< a coordinator is linked to a quorum, and an operation does not end
inline constexpr const char* kStallRunaway = "stall-runaway";    ///< events without end

struct SwarmFailure {
  std::string check;  ///< CheckInfo::id or one of the above
  std::string text;
  bool stall = false;
  TimeUs at_us = 0;
  uint64_t event = 0;
};

struct SwarmResult {
  std::optional<SwarmFailure> failure;
  std::vector<TimedAction> actions;  ///< all that was done to the world: with its configuration and seed, the run
  std::array<uint64_t, kFaultKindCount> faults{};
  TimeUs simulated_us = 0;
  uint64_t events = 0;
  TimeUs calm_us = -1;               ///< when the liveness phase began; -1: never
  LogIndex decided = 0;
  uint32_t leader_changes = 0;
  bool undecided = false;            ///< whether the history has an order was not found out within the budget
};

/// Sees what is sent, for the traps that are set.
template <class Protocol>
class TrapRecorder {
 public:
  static constexpr bool enabled = true;
  struct Caught {
    uint64_t message_id;
    Trap trap;
  };

  TrapRecorder(std::vector<Trap>& traps, std::vector<Caught>& caught) : traps_(traps), caught_(caught) {}
  void event_begins(const EventInfo&) {}
  template <class Message>
  void sent(const FlightInfo& info, const Message& message) {
    const uint32_t kind = Protocol::message_kind(message);
    for (size_t i = 0; i < traps_.size(); ++i) {
      if (traps_[i].message_kind != kind) continue;
      caught_.push_back({info.id, traps_[i]});
      traps_.erase(traps_.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
  }
  void delivered(const FlightInfo&) {}
  void lost(const FlightInfo&, bool) {}
  void noted(const std::vector<Note>&) {}

 private:
  std::vector<Trap>& traps_;
  std::vector<Caught>& caught_;
};

template <class Protocol>
class SwarmPlay {
 public:
  static constexpr uint64_t kMaxEvents = 400'000;

  SwarmPlay(const SwarmCase& drawn, const SwitchSet& switches)
      : case_(drawn), world_(drawn.world, switches, drawn.world_seed), checker_(world_, false) {
    for (const Fault& fault : drawn.faults) reconfigures_ |= fault.kind == FaultKind::reconfigure;
  }

  SwarmResult play() {
    checker_.after_event(world_);
    for (const Fault& fault : case_.faults) later_.emplace(fault.at_us, Item{true, fault, {}, false});
    for (const TimedAction& timed : case_.script) later_.emplace(timed.at_us, Item{false, {}, timed.action, false});
    run_until(case_.faults_end_us);
    if (case_.liveness && !result_.failure) {
      calm();
      Rng rng(case_.heal_draw);
      if (!Protocol::kTraits.has_log) {
        if (!case_.quiet || rng.chance_permille(500)) serve_somewhere(rng);
        if (!result_.failure) serve_everywhere();
      } else if (!result_.failure && !(case_.quiet && rng.chance_permille(500))) {
        if (newest().open && Protocol::kTraits.hub_suffices) hand_over_with_few(rng);
        if (!result_.failure && newest().open) hand_over();
        if (!result_.failure) decide_somewhere(rng);
      }
      if (!result_.failure && Protocol::kTraits.has_log) settle_everywhere();
    }
    if (!result_.failure) {
      checker_.at_end(world_, {.steps = 300'000, .cache_bytes = 8u << 20});
      result_.undecided = checker_.history().verdict() == Linearizable::undecided;
      take_violation();
    }
    result_.simulated_us = world_.now_us();
    result_.events = world_.event();
    result_.decided = checker_.chosen_length();
    result_.leader_changes = checker_.leader_changes();
    return std::move(result_);
  }

  const World<Protocol>& world() const { return world_; }

 private:
  struct Item {
    bool is_fault = false;
    Fault fault;
    Action action;
    bool for_good = false;  ///< a removed server stops
  };
  using Host = typename World<Protocol>::Host;
  /// The newest configuration that any server knows.
  struct Newest {
    ConfigurationId id = 1;
    ServerSet members = 0;
    bool open = false;  ///< not all members run it, or its own end is on the way
  };
  struct OwnProposal {
    uint64_t record = 0;  ///< in the table of futures
    uint32_t number = 0;
    ServerId server = 0;
  };
  /// A configuration that may still matter: the newest one, what may follow it, and back to one whose quorum holds all
  /// that came before it.
  struct Needed {
    ServerSet members = 0;
    uint32_t quorum = 0;
  };

  // --- playing
  void run_until(TimeUs end_us);
  void step();
  /// False: it does not fit the state.
  bool perform(const Action& action);
  void strike(const Fault& fault);
  void spring_traps();
  void after_event();
  void take_violation();
  void stop_removed(const Host& host);
  bool stopped(ServerId id) const { return contains(stopped_, id); }
  void fail(const char* check, std::string text) {
    if (!result_.failure) result_.failure = SwarmFailure{check, std::move(text), true, world_.now_us(), world_.event()};
  }

  // --- liveness without a log
  void serve_somewhere(Rng& rng);
  void serve_everywhere();
  size_t rounds_open(ServerSet servers, uint64_t last) const;
  bool rounds_end(ServerSet servers, uint64_t last);
  void ask_for_round(ServerSet servers);

  // --- liveness
  /// From now on nothing is lost or slow; what is cut or down stays so, and what is repeated hurts nobody.
  void calm();
  void decide_somewhere(Rng& rng);
  void settle_everywhere();
  void hand_over();
  void hand_over_with_few(Rng& rng);
  std::vector<Needed> needed() const;
  ServerSet needed_servers() const;
  bool holds_start(const Host& host, ConfigurationId id) const;
  ServerSet next_members(const Host& host) const;
  void draw_links(Rng& rng, ServerSet hubs, ServerSet members);
  void link_only(ServerSet members);
  void start_some(Rng& rng, ServerSet wanted);
  void stop_left_behind();
  void heal_everything();
  void start_wanted();
  ServerSet heard_members() const;
  std::vector<ConfigurationView> known_configurations() const;
  Newest newest() const;
  static ServerSet set_of(const std::vector<ServerId>& servers) {
    ServerSet set = 0;
    for (ServerId id : servers) set |= server_bit(id);
    return set;
  }
  static const typename World<Protocol>::Durable& storage_of(const Host& host) {
    return host.server ? Protocol::storage(*host.server) : host.disk.content();
  }
  /// Proposes at each of `servers` that is up. Returns the number of the first of these proposals.
  uint32_t propose_at(ServerSet servers);
  /// Plays until `holds()`, at most for `bound_us`. False: it did not come to hold.
  template <class Holds>
  bool wait(TimeUs bound_us, Holds&& holds);
  TimeUs bound_us() const {
    const WorldConfig& config = world_.config();
    // A joining server waits two resends for each donor that is gone.
    const auto donors = static_cast<TimeUs>(newest().id == 1 ? 0 : world_.hosts().size());
    return 2 * donors * config.resend_us + 24 * config.election_timeout_us + 8 * config.resend_us + 120 * config.latency.max_us +
           60 * config.disk.max_us;
  }
  /// Without resubmission a person proposes again what was cancelled. Returns how many of the proposals from `first` on
  /// were cancelled.
  uint32_t propose_again(uint32_t first);
  static bool ended_without(const FutureRecord& record);
  /// How many of the proposals from `first` on `host` has decided, by number; `from`: the log up to there is older.
  uint32_t decided_proposals(const Host& host, LogIndex from, uint32_t first) const;
  bool clients_done() const;
  /// What was asked before now, and how long its clients may still try.
  struct Asked {
    std::vector<uint32_t> numbers;  ///< by client: its newest operation
    uint64_t futures = 0;           ///< made so far
    TimeUs patience_us = 0;
  };
  Asked asked_so_far() const;
  TimeUs tries_us(const ClientConfig& client) const;
  void end_what_was(const Asked& before);
  std::string open_operation(const Asked& before) const;
  bool futures_open(const Asked& before) const;
  bool settled() const;
  std::string describe_servers() const;

  const SwarmCase& case_;
  World<Protocol> world_;
  Checker<Protocol> checker_;
  std::multimap<TimeUs, Item> later_;
  std::vector<Trap> traps_;
  std::vector<typename TrapRecorder<Protocol>::Caught> caught_;
  std::vector<Deed> deeds_;
  uint32_t proposals_ = 0;
  std::vector<OwnProposal> own_proposals_;  ///< that may still be decided
  uint32_t again_first_ = 0;                ///< from this number on, so many ended without being decided
  uint32_t ended_without_ = 0;
  bool reconfigures_ = false;
  ServerSet stopping_ = 0;  ///< removed, about to stop
  ServerSet stopped_ = 0;   ///< removed and stopped; nobody starts them again until they are wanted again
  SwarmResult result_;
};

/// What a protocol needs of the draw, and what it gives sense to.
template <class Protocol>
constexpr DrawOptions draw_options() {
  return {.elections_write = Protocol::kTraits.draws_timeouts,
          .depositions = Protocol::kTraits.reads_beside_log,
          .short_messages = Protocol::kTraits.reads_beside_log,
          .majorities = !Protocol::kTraits.flexible_quorums,
          .registers = !Protocol::kTraits.has_log};
}

template <class Protocol>
SwarmResult play_case(const SwarmCase& drawn, const SwitchSet& switches) {
  return SwarmPlay<Protocol>(drawn, switches).play();
}

// --- playing

/// Whatever is due at a time is done before the world's events of that time, as a scenario's steps are.
template <class Protocol>
void SwarmPlay<Protocol>::run_until(TimeUs end_us) {
  while (!result_.failure) {
    const TimeUs next = world_.next_event_us();
    const TimeUs due = later_.empty() ? -1 : later_.begin()->first;
    if (due >= 0 && due <= end_us && (next < 0 || due <= next)) {
      if (due > world_.now_us()) world_.advance_to(due);
      const Item item = std::move(later_.begin()->second);
      later_.erase(later_.begin());
      if (item.is_fault)
        strike(item.fault);
      else if (item.for_good)
        stop_removed(*world_.host(item.action.a));
      else
        perform(item.action);
      continue;
    }
    if (next < 0 || next > end_us) break;
    step();
  }
  if (!result_.failure && end_us > world_.now_us()) world_.advance_to(end_us);
}

template <class Protocol>
void SwarmPlay<Protocol>::step() {
  if (traps_.empty()) {
    NullRecorder nobody;
    world_.step(nobody);
  } else {
    TrapRecorder<Protocol> recorder(traps_, caught_);
    world_.step(recorder);
    spring_traps();
  }
  after_event();
  if (world_.event() >= kMaxEvents) fail(kStallRunaway, std::to_string(kMaxEvents) + " events: " + describe_servers());
}

template <class Protocol>
void SwarmPlay<Protocol>::after_event() {
  checker_.after_event(world_);
  if (case_.stop_removed && world_.touched() != 0 && !contains(stopping_, world_.touched())) {
    const Host& host = *world_.host(world_.touched());
    if (host.server && Protocol::may_stop(*host.server)) {
      // A script cannot act within an event.
      stopping_ |= server_bit(host.id);
      later_.emplace(world_.now_us() + 1, Item{false, {}, server_action(ActionKind::crash, host.id), true});
    }
  }
  take_violation();
}

template <class Protocol>
void SwarmPlay<Protocol>::take_violation() {
  if (!checker_.violated() || result_.failure) return;
  const Violation& violation = checker_.violations().front();
  result_.failure = SwarmFailure{violation.check, violation.text, false, world_.now_us(), world_.event()};
}

/// C5: whoever may stop is gone for good, unless a later configuration wants it back.
template <class Protocol>
void SwarmPlay<Protocol>::stop_removed(const Host& host) {
  stopping_ &= ~server_bit(host.id);
  if (!host.server || !Protocol::may_stop(*host.server) || contains(needed_servers(), host.id)) return;
  stopped_ |= server_bit(host.id);
  perform(server_action(ActionKind::crash, host.id));
}

template <class Protocol>
bool SwarmPlay<Protocol>::perform(const Action& action) {
  if (action.kind == ActionKind::restart && stopped(action.a)) return false;
  if (action.kind == ActionKind::reconfigure) {
    for (const Host& host : world_.hosts()) {
      if (!stopped(host.id) || !contains(action.groups[0], host.id)) continue;
      stopped_ &= ~server_bit(host.id);
      perform(server_action(ActionKind::restart, host.id));
    }
  }
  TrapRecorder<Protocol> recorder(traps_, caught_);
  if (!world_.perform(action, recorder, EventKind::script)) return false;
  if (action.kind == ActionKind::propose || action.kind == ActionKind::reconfigure) ++proposals_;
  result_.actions.push_back({world_.now_us(), action});
  spring_traps();
  after_event();
  return true;
}

template <class Protocol>
void SwarmPlay<Protocol>::strike(const Fault& fault) {
  deeds_.clear();
  const size_t traps_before = traps_.size();
  std::erase_if(traps_, [&](const Trap& trap) { return trap.until_us < world_.now_us(); });
  FaultMaker<Protocol>(world_, fault.draw, reconfigures_).make(fault.kind, deeds_, traps_);
  if (deeds_.empty() && traps_.size() <= traps_before) return;
  // A copy: performing may strike no further fault, but reuses the list.
  const std::vector<Deed> deeds = deeds_;
  bool done = traps_.size() > traps_before;
  for (const Deed& deed : deeds) {
    if (deed.after_us == 0)
      done = perform(deed.action) || done;
    else
      later_.emplace(world_.now_us() + deed.after_us, Item{false, {}, deed.action, false});
  }
  if (done) ++result_.faults[static_cast<size_t>(fault.kind)];
}

/// A trap acts a moment after the message was sent: a script cannot act within an event.
template <class Protocol>
void SwarmPlay<Protocol>::spring_traps() {
  if (caught_.empty()) return;
  for (const auto& [id, trap] : caught_) {
    const TimeUs at = world_.now_us() + 1;
    if (trap.fault == FaultKind::hold_back) {
      later_.emplace(at, Item{false, {}, message_action(ActionKind::delay, id, trap.by_us), false});
    } else if (trap.fault == FaultKind::drop) {
      later_.emplace(at, Item{false, {}, message_action(ActionKind::drop, id), false});
    } else {
      // The original is the one that comes late; its copy keeps the time.
      later_.emplace(at, Item{false, {}, message_action(ActionKind::duplicate, id), false});
      later_.emplace(at, Item{false, {}, message_action(ActionKind::delay, id, trap.by_us), false});
    }
  }
  caught_.clear();
}

}  // namespace paxoscope

#include "check/swarm_liveness.h"
#include "check/swarm_rounds.h"
