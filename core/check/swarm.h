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
      : case_(drawn), world_(drawn.world, switches, drawn.world_seed), checker_(world_) {}

  SwarmResult play() {
    checker_.after_event(world_);
    for (const Fault& fault : case_.faults) later_.emplace(fault.at_us, Item{true, fault, {}});
    for (const TimedAction& timed : case_.script) later_.emplace(timed.at_us, Item{false, {}, timed.action});
    run_until(case_.faults_end_us);
    if (case_.liveness && !result_.failure) {
      calm();
      Rng rng(case_.heal_draw);
      if (!result_.failure && !(case_.quiet && rng.chance_permille(500))) decide_somewhere(rng);
      if (!result_.failure) settle_everywhere();
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
  };

  // --- playing
  void run_until(TimeUs end_us);
  void step();
  void perform(const Action& action);
  void strike(const Fault& fault);
  void spring_traps();
  void after_event();
  void fail(const char* check, std::string text) {
    if (!result_.failure) result_.failure = SwarmFailure{check, std::move(text), true, world_.now_us(), world_.event()};
  }

  // --- liveness
  /// From now on nothing is lost, repeated or slow; what is cut or down stays so.
  void calm();
  void decide_somewhere(Rng& rng);
  void settle_everywhere();
  /// Proposes at every server that is up. Returns the number of the first of these proposals.
  uint32_t propose_everywhere();
  /// Plays until `holds()`, at most for `bound_us`. False: it did not come to hold.
  template <class Holds>
  bool wait(TimeUs bound_us, Holds&& holds);
  TimeUs bound_us() const {
    const WorldConfig& config = world_.config();
    return 24 * config.election_timeout_us + 8 * config.resend_us + 120 * config.latency.max_us +
           60 * config.disk.max_us;
  }
  /// How many of the proposals from `first` on `host` has decided, by number; `from`: the log up to there is older.
  uint32_t decided_proposals(const typename World<Protocol>::Host& host, LogIndex from, uint32_t first) const;
  bool clients_done() const;
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
  SwarmResult result_;
};

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
  if (!checker_.violated() || result_.failure) return;
  const Violation& violation = checker_.violations().front();
  result_.failure = SwarmFailure{violation.check, violation.text, false, world_.now_us(), world_.event()};
}

template <class Protocol>
void SwarmPlay<Protocol>::perform(const Action& action) {
  TrapRecorder<Protocol> recorder(traps_, caught_);
  if (!world_.perform(action, recorder, EventKind::script)) return;  // it does not fit the state any more
  if (action.kind == ActionKind::propose) ++proposals_;
  result_.actions.push_back({world_.now_us(), action});
  spring_traps();
  after_event();
}

template <class Protocol>
void SwarmPlay<Protocol>::strike(const Fault& fault) {
  deeds_.clear();
  const size_t traps_before = traps_.size();
  std::erase_if(traps_, [&](const Trap& trap) { return trap.until_us < world_.now_us(); });
  FaultMaker<Protocol>(world_, fault.draw).make(fault.kind, deeds_, traps_);
  if (deeds_.empty() && traps_.size() <= traps_before) return;
  ++result_.faults[static_cast<size_t>(fault.kind)];
  // A copy: performing may strike no further fault, but reuses the list.
  const std::vector<Deed> deeds = deeds_;
  for (const Deed& deed : deeds) {
    if (deed.after_us == 0)
      perform(deed.action);
    else
      later_.emplace(world_.now_us() + deed.after_us, Item{false, {}, deed.action});
  }
}

/// A trap acts a moment after the message was sent: a script cannot act within an event.
template <class Protocol>
void SwarmPlay<Protocol>::spring_traps() {
  if (caught_.empty()) return;
  for (const auto& [id, trap] : caught_) {
    const TimeUs at = world_.now_us() + 1;
    if (trap.fault == FaultKind::hold_back) {
      later_.emplace(at, Item{false, {}, message_action(ActionKind::delay, id, trap.by_us)});
    } else if (trap.fault == FaultKind::drop) {
      later_.emplace(at, Item{false, {}, message_action(ActionKind::drop, id)});
    } else {
      // The original is the one that comes late; its copy keeps the time.
      later_.emplace(at, Item{false, {}, message_action(ActionKind::duplicate, id)});
      later_.emplace(at, Item{false, {}, message_action(ActionKind::delay, id, trap.by_us)});
    }
  }
  caught_.clear();
}

// --- liveness

template <class Protocol>
void SwarmPlay<Protocol>::calm() {
  later_.clear();
  traps_.clear();
  result_.calm_us = world_.now_us();
  const WorldConfig& config = world_.config();
  for (const auto& a : world_.hosts())
    for (const auto& b : world_.hosts()) {
      if (a.id == b.id) continue;
      const auto& link = world_.link(a.id, b.id);
      if (link.loss_permille != 0) perform(link_action(ActionKind::set_loss, a.id, b.id, true, 0));
      if (link.duplication_permille != 0) perform(link_action(ActionKind::set_duplication, a.id, b.id, true, 0));
      if (link.latency.max_us > config.latency.max_us)
        perform(link_action(ActionKind::set_latency, a.id, b.id, true, config.latency.max_us));
    }
}

template <class Protocol>
template <class Holds>
bool SwarmPlay<Protocol>::wait(TimeUs bound_us, Holds&& holds) {
  const TimeUs end = world_.now_us() + bound_us;
  const TimeUs slice = world_.config().election_timeout_us / 4 + 1;
  while (!result_.failure && world_.now_us() < end) {
    run_until(world_.now_us() + slice < end ? world_.now_us() + slice : end);
    if (holds()) return true;
  }
  return result_.failure.has_value();
}

template <class Protocol>
uint32_t SwarmPlay<Protocol>::propose_everywhere() {
  const uint32_t first = proposals_ + 1;
  for (const auto& host : world_.hosts()) {
    if (host.status != ServerStatus::up) continue;
    Action action = server_action(ActionKind::propose, host.id);
    action.text = "q=" + std::to_string(host.id);
    perform(action);
  }
  return first;
}

template <class Protocol>
uint32_t SwarmPlay<Protocol>::decided_proposals(const typename World<Protocol>::Host& host, LogIndex from,
                                                uint32_t first) const {
  if (!host.server) return 0;
  uint32_t count = 0;
  // Its own log may hold a snapshot there; that all logs agree has been checked.
  const LogIndex decided = std::min(Protocol::decided(*host.server), checker_.chosen_length());
  for (LogIndex index = from + 1; index <= decided; ++index) {
    const Command& command = checker_.chosen_command(index);
    if (command.client == 0 && command.number >= first) ++count;
  }
  return count;
}

/// A random graph in which one server hears a quorum: it, or another like it, must get entries decided.
template <class Protocol>
void SwarmPlay<Protocol>::decide_somewhere(Rng& rng) {
  const auto& hosts = world_.hosts();
  const WorldConfig& config = world_.config();
  const auto majority = static_cast<uint32_t>(hosts.size()) / 2 + 1;
  const uint32_t quorum = std::max({majority, config.read_quorum, config.write_quorum});
  std::vector<ServerId> ids = config.servers;
  for (size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[rng.below(i)]);
  const ServerId hub = ids[0];
  ServerSet members = 0;
  for (uint32_t i = 0; i < quorum; ++i) members |= server_bit(ids[i]);
  const auto density = static_cast<uint32_t>(rng.below(4) * 300);
  // Links are whole or cut: what a server owes is defined by whom it can talk with. One-way cuts are for the phase before.
  for (const auto& a : hosts)
    for (const auto& b : hosts) {
      if (a.id >= b.id) continue;
      const bool spoke = (a.id == hub && contains(members, b.id)) || (b.id == hub && contains(members, a.id));
      const ActionKind wanted = spoke || rng.chance_permille(density) ? ActionKind::heal : ActionKind::cut;
      const bool up = wanted == ActionKind::heal;
      const bool there = world_.link(a.id, b.id).up;
      const bool back = world_.link(b.id, a.id).up;
      if (there != up && back != up)
        perform(link_action(wanted, a.id, b.id, false));
      else if (there != up)
        perform(link_action(wanted, a.id, b.id, true));
      else if (back != up)
        perform(link_action(wanted, b.id, a.id, true));
    }
  for (const auto& host : hosts) {
    const bool wanted = contains(members, host.id) || rng.chance_permille(300);
    if (!wanted || host.status == ServerStatus::up) continue;
    perform(server_action(host.status == ServerStatus::down ? ActionKind::restart : ActionKind::resume, host.id));
  }
  if (result_.failure) return;
  const LogIndex from = checker_.chosen_length();
  const uint32_t first = propose_everywhere();
  const TimeUs bound = bound_us();
  const bool decided = wait(bound, [&] {
    for (const auto& host : hosts)
      if (decided_proposals(host, from, first) > 0) return true;
    return false;
  });
  if (decided) return;
  std::string spokes;
  for (ServerId id : config.servers)
    if (contains(members, id) && id != hub) spokes += (spokes.empty() ? "" : ", ") + server_label(id);
  fail(kStallDecide, "nothing new was decided within " + time_label(bound) + " although " + server_label(hub) +
                         " is linked to " + (spokes.empty() ? "itself, a quorum" : spokes) + ": " +
                         describe_servers());
}

template <class Protocol>
bool SwarmPlay<Protocol>::clients_done() const {
  for (const auto& client : world_.clients())
    if (client.waiting || client.config.operations == 0 ||
        client.completed + client.given_up < client.config.operations)
      return false;
  return true;
}

/// Nobody waits for anything, and all logs are one decided log.
template <class Protocol>
bool SwarmPlay<Protocol>::settled() const {
  const LogIndex length = checker_.chosen_length();
  for (const auto& host : world_.hosts()) {
    if (!host.server || Protocol::unsettled(*host.server) != 0) return false;
    const Probe probe = Protocol::probe(*host.server);
    if (probe.decided != length || probe.length != length) return false;
  }
  return true;
}

/// Everything is healed. What was proposed settles by itself; then new proposals reach every server's decided log.
template <class Protocol>
void SwarmPlay<Protocol>::settle_everywhere() {
  perform(server_action(ActionKind::heal_all, 0));
  for (const auto& host : world_.hosts()) {
    if (host.status == ServerStatus::up) continue;
    perform(server_action(host.status == ServerStatus::down ? ActionKind::restart : ActionKind::resume, host.id));
  }
  if (result_.failure) return;
  const TimeUs bound = bound_us();
  if (case_.quiet) {
    TimeUs patience = 0;
    for (const ClientConfig& client : world_.config().clients) {
      const TimeUs all = static_cast<TimeUs>(client.operations) * (client.timeout_us + client.think_us);
      patience = std::max(patience, client.start_us + all);
    }
    wait(patience + bound, [&] { return clients_done(); });
    if (!wait(bound, [&] { return settled(); }))
      return fail(kStallSettle, "everything is linked and up, nobody proposes any more, and within " +
                                    time_label(bound) + " not everything settled: " + describe_servers());
  }
  if (result_.failure) return;
  const LogIndex from = checker_.chosen_length();
  const uint32_t first = propose_everywhere();
  const uint32_t count = proposals_ + 1 - first;
  const bool caught_up = wait(bound, [&] {
    for (const auto& host : world_.hosts())
      if (decided_proposals(host, from, first) < count) return false;
    return true;
  });
  if (caught_up) return;
  fail(kStallCatchUp, "everything is linked and up, and within " + time_label(bound) +
                          " not every server decided all new proposals: " + describe_servers());
}

template <class Protocol>
std::string SwarmPlay<Protocol>::describe_servers() const {
  std::string text;
  for (const auto& host : world_.hosts()) {
    text += (text.empty() ? "" : "; ") + server_label(host.id);
    if (!host.server) {
      text += " is down";
      continue;
    }
    const Probe probe = Protocol::probe(*host.server);
    text += host.status == ServerStatus::paused ? " is paused," : "";
    text += " has promised " + std::to_string(probe.promised.n) + "·" + server_label(probe.promised.server) +
            (probe.leads ? ", leads" : "") + ", decided " + std::to_string(probe.decided) + " of " +
            std::to_string(probe.length);
    const uint64_t waiting = Protocol::unsettled(*host.server);
    if (waiting != 0) text += ", " + std::to_string(waiting) + " proposals wait";
  }
  return text;
}

}  // namespace paxoscope
