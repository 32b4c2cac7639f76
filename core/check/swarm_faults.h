// What a fault of each kind does to a world, given the state it meets.
#pragma once

#include <string>
#include <vector>

#include "base/rng.h"
#include "check/swarm_case.h"
#include "sim/action.h"
#include "sim/world.h"

namespace paxoscope {

/// An action, some time from now.
struct Deed {
  TimeUs after_us = 0;
  Action action;
};

/// Waits for the next message of a kind and does something to it.
struct Trap {
  FaultKind fault = FaultKind::late_copy;
  uint32_t message_kind = 0;
  TimeUs by_us = 0;     ///< how late the message, or its copy, arrives
  TimeUs until_us = 0;  ///< then it is given up
};

inline Action server_action(ActionKind kind, ServerId server) {
  Action action;
  action.kind = kind;
  action.a = server;
  return action;
}
inline Action link_action(ActionKind kind, ServerId a, ServerId b, bool directed, int64_t amount = 0) {
  Action action;
  action.kind = kind;
  action.a = a;
  action.b = b;
  action.directed = directed;
  action.amount = amount;
  return action;
}
inline Action message_action(ActionKind kind, uint64_t id, TimeUs by_us = 0) {
  Action action;
  action.kind = kind;
  action.message_id = id;
  action.amount = by_us;
  return action;
}

template <class Protocol>
class FaultMaker {
 public:
  /// `keep_state`: logs are not trimmed without a snapshot, since nobody could give their entries to a new member.
  FaultMaker(const World<Protocol>& world, uint64_t draw, bool keep_state)
      : world_(world), rng_(draw), keep_state_(keep_state) {}

  /// Adds what is to be done now and later.
  void make(FaultKind kind, std::vector<Deed>& deeds, std::vector<Trap>& traps) {
    deeds_ = &deeds;
    switch (kind) {
      case FaultKind::cut_link:
      case FaultKind::cut_one_way: return cut(kind == FaultKind::cut_one_way);
      case FaultKind::isolate: return cut_many(server_action(ActionKind::isolate, any_server()));
      case FaultKind::only_hub: return cut_many(server_action(ActionKind::only, any_server()));
      case FaultKind::partition: return partition();
      case FaultKind::crash: return stop(ActionKind::crash, ActionKind::restart);
      case FaultKind::pause: return stop(ActionKind::pause, ActionKind::resume);
      case FaultKind::clog: return clog();
      case FaultKind::spike: return spike();
      case FaultKind::lose: return change_share(ActionKind::set_loss, world_.config().loss_permille);
      case FaultKind::repeat: return change_share(ActionKind::set_duplication, world_.config().duplication_permille);
      case FaultKind::clock_rate: return change_rate();
      case FaultKind::fire_timer: return fire();
      case FaultKind::reconnect: return reconnect();
      case FaultKind::propose: return propose();
      case FaultKind::late_copy:
      case FaultKind::hold_back:
      case FaultKind::drop: return traps.push_back(trap(kind));
      case FaultKind::snapshot: return add(0, server_action(ActionKind::snapshot, any_server()));
      case FaultKind::compact_all:
        return add(0, server_action(rng_.chance_permille(300) && !keep_state_ ? ActionKind::trim : ActionKind::snapshot, 0));
      case FaultKind::reconfigure: return reconfigure();
      case FaultKind::disk_full: return trouble_disk("full");
      case FaultKind::disk_lies: return trouble_disk("lies");
      case FaultKind::depose: return depose();
      case FaultKind::split_change: return split_change();
      case FaultKind::contest: return contest();
      case FaultKind::count: return;
    }
  }

 private:
  TimeUs timeout_us() const { return world_.config().election_timeout_us; }
  TimeUs latency_us() const { return world_.config().latency.max_us; }
  size_t count() const { return world_.hosts().size(); }
  void add(TimeUs after_us, Action action) { deeds_->push_back({after_us, std::move(action)}); }
  TimeUs a_while() { return draw_log(rng_, timeout_us() / 2, timeout_us() * 16); }

  ServerId any_server() { return world_.hosts()[rng_.below(count())].id; }
  /// Half of the time the server that leads with the highest ballot, if there is one.
  ServerId some_server() {
    const ServerId any = any_server();
    if (rng_.chance_permille(500)) return any;
    const ServerId leader = leader_now();
    return leader != 0 ? leader : any;
  }
  /// Leads the newest configuration with the highest ballot; 0: nobody leads.
  ServerId leader_now() const {
    std::pair<ConfigurationId, Ballot> highest;
    ServerId leader = 0;
    for (const auto& host : world_.hosts()) {
      if (!host.server) continue;
      const Probe probe = Protocol::probe(*host.server);
      if (!probe.leads || !(highest < std::pair(probe.configuration, probe.leads))) continue;
      highest = {probe.configuration, probe.leads};
      leader = host.id;
    }
    return leader;
  }
  /// False: there is only one server.
  bool any_link(ServerId& a, ServerId& b) {
    if (count() < 2) return false;
    a = some_server();
    do b = any_server();
    while (b == a);
    if (rng_.chance_permille(500)) std::swap(a, b);
    return true;
  }

  void cut(bool directed) {
    ServerId a, b;
    if (!any_link(a, b)) return;
    add(0, link_action(ActionKind::cut, a, b, directed));
    const TimeUs healed = a_while();
    add(healed, link_action(ActionKind::heal, a, b, directed));
    if (rng_.chance_permille(500)) add(healed, link_action(ActionKind::reconnect, a, b, false));
  }
  void cut_many(const Action& action) {
    if (count() < 2) return;
    add(0, action);
    add(a_while(), server_action(ActionKind::heal_all, 0));
  }
  void partition() {
    if (count() < 2) return;
    Action action;
    action.kind = ActionKind::partition;
    action.groups.resize(count() > 3 && rng_.chance_permille(250) ? 3 : 2);
    for (const auto& host : world_.hosts()) action.groups[rng_.below(action.groups.size())] |= server_bit(host.id);
    std::erase(action.groups, ServerSet{0});
    if (action.groups.size() < 2) return;
    cut_many(action);
  }
  void stop(ActionKind down, ActionKind up) {
    const ServerId server = some_server();
    add(0, server_action(down, server));
    add(draw_log(rng_, latency_us() / 8 + 1, timeout_us() * 20), server_action(up, server));
  }
  void clog() {
    ServerId a, b;
    if (!any_link(a, b)) return;
    const bool directed = rng_.chance_permille(500);
    add(0, link_action(ActionKind::set_latency, a, b, directed, latency_us() * rng_.between(3, 40)));
    add(a_while(), link_action(ActionKind::set_latency, a, b, directed, latency_us()));
  }
  void spike() {
    const TimeUs high = latency_us() * rng_.between(2, 12);
    const TimeUs over = a_while() / 2;
    for (const auto& a : world_.hosts())
      for (const auto& b : world_.hosts()) {
        if (a.id >= b.id) continue;
        add(0, link_action(ActionKind::set_latency, a.id, b.id, false, high));
        add(over, link_action(ActionKind::set_latency, a.id, b.id, false, latency_us()));
      }
  }
  void change_share(ActionKind kind, uint32_t before_permille) {
    ServerId a, b;
    if (!any_link(a, b)) return;
    const bool directed = rng_.chance_permille(500);
    add(0, link_action(kind, a, b, directed, rng_.between(200, 1000)));
    add(a_while(), link_action(kind, a, b, directed, before_permille));
  }
  void change_rate() {
    Action action = server_action(ActionKind::set_rate, any_server());
    action.amount = rng_.between(-100, 100) * 1000;
    add(0, action);
  }
  void fire() {
    Action action = server_action(ActionKind::fire, some_server());
    for (const char* timer : {"election", "resend", "heartbeat"})
      if (Protocol::has_timer(timer) && (action.text.empty() || rng_.chance_permille(500))) action.text = timer;
    if (action.text.empty()) return;
    TimeUs at = 0;
    for (int64_t times = rng_.between(1, 3); times > 0; --times) {
      add(at, action);
      at += rng_.between(1, latency_us() * 3);
    }
  }
  void reconnect() {
    ServerId a, b;
    if (!any_link(a, b)) return;
    add(0, link_action(ActionKind::reconnect, a, b, false));
  }
  void trouble_disk(const char* state) {
    Action action = server_action(ActionKind::set_disk, some_server());
    action.text = state;
    add(0, action);
    action.text = "ok";
    add(a_while(), action);
  }
  void propose() {
    const ServerId server = any_server();
    TimeUs at = 0;
    for (int64_t times = rng_.between(1, 4); times > 0; --times) {
      Action action = server_action(ActionKind::propose, server);
      action.text = {static_cast<char>('p' + rng_.below(4)), '=', static_cast<char>('1' + rng_.below(9))};
      if (!Protocol::kTraits.has_log && rng_.chance_permille(500)) action.text = {'g', 'e', 't', ' ', action.text[0]};
      add(at, action);
      if (rng_.chance_permille(500)) at += rng_.between(0, latency_us());
    }
  }
  /// The leader hands over to other servers; half of the time one of them is named to lead first (C6), and often one that
  /// matters crashes on the way.
  void reconfigure() {
    const ServerId leader = leader_now();
    if (leader == 0) return;
    Action action;
    action.kind = ActionKind::reconfigure;
    action.groups = {next_members(Protocol::members(Protocol::storage(*world_.host(leader)->server)))};
    if (rng_.chance_permille(500)) action.b = first_of(some_of(action.groups[0], 1));
    add(0, action);
    if (!rng_.chance_permille(400)) return;
    const ServerId victim = action.b != 0 && rng_.chance_permille(700) ? action.b : leader;
    const TimeUs at = draw_log(rng_, latency_us() / 4 + 1, timeout_us() * 6);
    add(at, server_action(ActionKind::crash, victim));
    add(at + draw_log(rng_, latency_us() / 8 + 1, timeout_us() * 10), server_action(ActionKind::restart, victim));
  }
  /// One is replaced, or a majority, or all; more, fewer, the same, or any.
  ServerSet next_members(ServerSet members) {
    ServerSet all = 0;
    for (const auto& host : world_.hosts()) all |= server_bit(host.id);
    const ServerSet others = all & ~members;
    const uint32_t size = count_of(members);
    const auto replaced = [&](uint32_t how_many) {
      const ServerSet added = some_of(others, how_many);
      return (members & ~some_of(members, count_of(added))) | added;
    };
    switch (rng_.below(7)) {
      case 0: return replaced(1);
      case 1: return replaced(size / 2 + 1);
      case 2: return others != 0 ? some_of(others, 1 + static_cast<uint32_t>(rng_.below(count_of(others)))) : members;
      case 3: return members | some_of(others, static_cast<uint32_t>(rng_.between(1, 2)));
      case 4: return some_of(members, 1 + static_cast<uint32_t>(rng_.below(size)));
      case 5: return some_of(all, 1 + static_cast<uint32_t>(rng_.below(count_of(all))));
      default: return members;
    }
  }
  /// As many of them, or all there are.
  ServerSet some_of(ServerSet from, uint32_t how_many) {
    ServerSet chosen = 0;
    for (uint32_t left = count_of(from); left > 0 && how_many > 0; --left) {
      uint64_t skip = rng_.below(left);
      for (ServerId id = 1; id <= kMaxServers; ++id) {
        if (!contains(from, id) || skip-- > 0) continue;
        chosen |= server_bit(id);
        from &= ~server_bit(id);
        break;
      }
      --how_many;
    }
    return chosen;
  }
  static ServerId first_of(ServerSet set) {
    for (ServerId id = 1; id <= kMaxServers; ++id)
      if (contains(set, id)) return id;
    return 0;
  }
  /// A message, a write, and some room.
  TimeUs step_us() const { return latency_us() + world_.config().disk.max_us + 1; }
  /// When another server may win an election at the earliest, counted from the last heartbeat: about then, or at once.
  TimeUs may_vote_us() {
    return world_.config().check_quorum ? timeout_us() * rng_.between(85, 140) / 100 : rng_.between(0, 2 * latency_us());
  }
  void ask(TimeUs at_us, ServerId server, const char* text) {
    Action action = server_action(ActionKind::propose, server);
    action.text = text;
    add(at_us, action);
  }
  void fire_election(TimeUs at_us, ServerId server) {
    Action action = server_action(ActionKind::fire, server);
    action.text = "election";
    add(at_us, action);
  }
  void set_rate(TimeUs at_us, ServerId server, int64_t ppm) {
    Action action = server_action(ActionKind::set_rate, server);
    action.amount = ppm;
    add(at_us, action);
  }
  /// The leader and one of its followers; false: there are no two.
  bool leader_and_next(ServerId& leader, ServerId& next, ServerSet& members) {
    leader = leader_now();
    if (leader == 0) return false;
    members = Protocol::members(Protocol::storage(*world_.host(leader)->server));
    next = first_of(some_of(members & ~server_bit(leader), 1));
    return next != 0;
  }
  /// Another server takes over while the leader does not hear it. Both are asked to read meanwhile (R11, R12).
  void depose() {
    ServerId leader, next;
    ServerSet members;
    if (!leader_and_next(leader, next, members)) return;
    enum class How : uint8_t { alone, deaf, late_answers, hand_over } how = static_cast<How>(rng_.below(4));
    const TimeUs late = how == How::late_answers ? timeout_us() * rng_.between(3, 20) / 10 : 0;
    // With a slow clock here and fast ones elsewhere a lease may outlast what the others think of it.
    const bool slow_clock = how != How::late_answers && rng_.chance_permille(400);
    TimeUs taken_over = slow_clock ? timeout_us() * rng_.between(75, 105) / 100 : late + may_vote_us();
    const TimeUs over = taken_over + late + a_while();
    if (how == How::hand_over) {
      Action action;
      action.kind = ActionKind::reconfigure;
      action.groups = {members};
      action.b = next;
      add(0, action);
      taken_over = 0;
    }
    for (const auto& other : world_.hosts()) {
      if (slow_clock) set_rate(0, other.id, other.id == leader ? -100'000 : 100'000);
      if (slow_clock) set_rate(over, other.id, 0);
      if (other.id == leader) continue;
      // Who takes over is not heard first: its request for votes would end the lead.
      const TimeUs cut = other.id == next ? 0 : rng_.between(0, latency_us() * 2);
      if (how == How::late_answers) {
        add(0, link_action(ActionKind::set_latency, other.id, leader, true, late));
        add(over, link_action(ActionKind::set_latency, other.id, leader, true, latency_us()));
        add(late, link_action(ActionKind::cut, leader, other.id, true));
      } else {
        add(cut, link_action(ActionKind::cut, other.id, leader, true));
        if (how == How::alone) add(cut, link_action(ActionKind::cut, leader, other.id, true));
      }
    }
    if (how != How::hand_over) fire_election(taken_over, next);
    ask(taken_over + 3 * step_us(), next, "p=1");
    ask(taken_over + rng_.between(step_us(), 4 * step_us()), next, "get p");
    TimeUs at = taken_over + 2 * latency_us();
    for (int64_t times = rng_.between(4, 12); times > 0; --times) ask(at += rng_.between(1, step_us()), leader, "get p");
    add(over, server_action(ActionKind::heal_all, 0));
  }
  /// Two campaign at once, and whoever votes, or asks for votes, may crash before that is durable (R1).
  void contest() {
    ServerId a, b;
    if (!any_link(a, b)) return;
    fire_election(0, a);
    fire_election(rng_.between(0, latency_us()), b);
    const ServerId victim = any_server();
    const TimeUs at = rng_.between(1, 2 * step_us());
    add(at, server_action(ActionKind::crash, victim));
    add(at + rng_.between(1, step_us()), server_action(ActionKind::restart, victim));
  }
  /// One more, or one less.
  ServerSet one_changed(ServerSet members) {
    ServerSet all = 0;
    for (const auto& host : world_.hosts()) all |= server_bit(host.id);
    const ServerSet added = rng_.chance_permille(400) ? some_of(all & ~members, 1) : 0;
    return added == 0 && count_of(members) > 1 ? members & ~some_of(members, 1) : members | added;
  }
  void change_one(TimeUs at_us, ServerSet members) {
    Action action;
    action.kind = ActionKind::reconfigure;
    action.groups = {one_changed(members)};
    add(at_us, action);
    if (!rng_.chance_permille(400)) return;
    action.groups = {one_changed(action.groups[0])};
    add(at_us + rng_.between(0, 2 * step_us()), action);
  }
  /// `alone`, with a few of the others, or nobody.
  void split(TimeUs at_us, ServerId alone, ServerId other_side) {
    Action action;
    action.kind = ActionKind::partition;
    action.groups = {server_bit(alone), server_bit(other_side)};
    for (const auto& host : world_.hosts())
      if (host.id != alone && host.id != other_side) action.groups[rng_.chance_permille(350) ? 0 : 1] |= server_bit(host.id);
    add(at_us, action);
  }
  /// A leader and the next one, neither with all of the others, change one member each; then the first one is back (R7).
  void split_change() {
    ServerId leader, next;
    ServerSet members;
    if (!leader_and_next(leader, next, members)) return;
    split(0, leader, next);
    change_one(rng_.between(0, step_us()), members);
    TimeUs at = may_vote_us();
    fire_election(at, next);
    // Some vote, and hear no more of whom they voted for.
    at += rng_.between(latency_us() / 2, 4 * step_us());
    split(at, next, leader);
    at += rng_.between(0, 3 * step_us());
    change_one(at, members);
    for (int64_t times = rng_.between(1, 3); times > 0; --times) {
      at += rng_.between(1, 4 * step_us()) + (world_.config().check_quorum ? may_vote_us() : 0);
      fire_election(at, leader);
    }
    add(at + a_while(), server_action(ActionKind::heal_all, 0));
  }
  Trap trap(FaultKind kind) {
    auto which = static_cast<uint32_t>(rng_.below(Protocol::kMessageKinds));
    // Heartbeats come first; one more try gives them less weight.
    if (which < 2) which = static_cast<uint32_t>(rng_.below(Protocol::kMessageKinds));
    const TimeUs by_us = draw_log(rng_, latency_us() / 2 + 1, timeout_us() * 24);
    return {kind, which, by_us, world_.now_us() + timeout_us() * 16};
  }

  const World<Protocol>& world_;
  Rng rng_;
  bool keep_state_;
  std::vector<Deed>* deeds_ = nullptr;
};

}  // namespace paxoscope
