#include "check/shrink.h"

#include <algorithm>
#include <utility>

namespace paxoscope {

namespace {

class Shrinker {
 public:
  Shrinker(const SwarmCase& drawn, const SwarmResult& failed, const PlayCase& play, const ShrinkLimits& limits)
      : play_(play), limits_(limits), best_(drawn), result_(failed), check_(failed.failure->check) {}

  Shrunk shrink() {
    cut_tail(best_);
    for (bool moved = true; moved && !spent();) {
      moved = fewer_servers();
      moved = fewer(&SwarmCase::faults) || moved;
      moved = fewer_clients() || moved;
      moved = plainer() || moved;
      moved = shorter() || moved;
    }
    if (rounder()) fewer(&SwarmCase::faults);
    // What is left of the faults is taken as it was done, action by action. The liveness phase acts by itself.
    if (!result_.failure->stall && in_safety_phase()) {
      as_script();
      for (bool moved = true; moved && !spent();) {
        moved = fewer(&SwarmCase::script);
        moved = fewer(&SwarmCase::faults) || moved;
        moved = fewer_clients() || moved;
        moved = plainer() || moved;
      }
      round_times();
    }
    return {std::move(best_), std::move(result_), tries_};
  }

 private:
  bool spent() const {
    return tries_ >= limits_.tries || events_ >= limits_.events || (limits_.cancelled && limits_.cancelled());
  }
  bool in_safety_phase() const { return result_.calm_us < 0; }

  /// Nothing after the failure matters.
  void cut_tail(SwarmCase& candidate) const {
    if (!in_safety_phase()) return;
    const TimeUs at = result_.failure->at_us;
    candidate.liveness = false;
    candidate.faults_end_us = at;
    std::erase_if(candidate.faults, [&](const Fault& fault) { return fault.at_us > at; });
    std::erase_if(candidate.script, [&](const TimedAction& timed) { return timed.at_us > at; });
  }

  /// Plays it; takes it over if the same check fails.
  bool accept(SwarmCase candidate) {
    if (spent()) return false;
    ++tries_;
    SwarmResult result = play_(candidate);
    events_ += result.events;
    if (!result.failure || result.failure->check != check_) return false;
    best_ = std::move(candidate);
    result_ = std::move(result);
    cut_tail(best_);
    return true;
  }

  /// The same kinds of faults at the same times with other details: what was lost by a change may come back.
  static SwarmCase varied(SwarmCase candidate, uint64_t variant) {
    for (Fault& fault : candidate.faults) fault.draw = Rng(fault.draw + variant).next();
    for (ClientConfig& client : candidate.world.clients)
      client.start_us += static_cast<TimeUs>(variant % 16) * 1000;
    candidate.heal_draw += variant;
    return candidate;
  }
  bool accept_varied(const SwarmCase& candidate, uint64_t variants) {
    if (accept(candidate)) return true;
    for (uint64_t variant = 1; variant <= variants && !spent(); ++variant)
      if (accept(varied(candidate, variant))) return true;
    return false;
  }

  bool fewer_servers() {
    bool moved = false;
    while (best_.world.servers.size() > 1 && !spent()) {
      SwarmCase candidate = best_;
      WorldConfig& world = candidate.world;
      const ServerId gone = world.servers.back();
      world.servers.pop_back();
      if (!world.priorities.empty()) world.priorities.pop_back();
      std::erase(world.members, gone);
      const ServerId first = world.members.empty() ? world.servers.front() : world.members.front();
      if (world.members == world.servers) world.members.clear();
      if (world.first_leader == gone) world.first_leader = first;
      world.read_quorum = world.write_quorum = 0;
      for (ClientConfig& client : world.clients)
        if (client.server == gone) client.server = first;
      if (!accept_varied(candidate, 60)) break;
      moved = true;
    }
    return moved;
  }

  /// Takes away runs of ever smaller length.
  template <class Item>
  bool fewer(std::vector<Item> SwarmCase::*list) {
    bool moved = false;
    for (size_t length = std::max<size_t>(1, (best_.*list).size() / 2); !spent(); length /= 2) {
      for (size_t from = 0; from < (best_.*list).size() && !spent();) {
        SwarmCase candidate = best_;
        auto& items = candidate.*list;
        const size_t end = std::min(items.size(), from + length);
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(from), items.begin() + static_cast<std::ptrdiff_t>(end));
        if (accept_varied(candidate, length > 1 ? 8 : 4))
          moved = true;
        else
          from += length;
      }
      if (length <= 1) break;
    }
    return moved;
  }

  bool fewer_clients() {
    bool moved = false;
    for (size_t i = 0; i < best_.world.clients.size() && !spent();) {
      SwarmCase candidate = best_;
      candidate.world.clients.erase(candidate.world.clients.begin() + static_cast<std::ptrdiff_t>(i));
      if (accept_varied(candidate, 2))
        moved = true;
      else
        ++i;
    }
    for (size_t i = 0; i < best_.world.clients.size(); ++i)
      for (uint32_t operations : {1u, 2u, 3u, 5u, 8u, 13u}) {
        const uint32_t now = best_.world.clients[i].operations;
        if (spent() || (now != 0 && now <= operations)) break;
        SwarmCase candidate = best_;
        candidate.world.clients[i].operations = operations;
        if (!accept(candidate)) continue;
        moved = true;
        break;
      }
    return moved;
  }

  /// Then leases must allow for it, or they break with all rules on.
  bool clocks_vary() const {
    return std::any_of(best_.faults.begin(), best_.faults.end(), [](const Fault& fault) {
             return fault.kind == FaultKind::clock_rate || fault.kind == FaultKind::depose;
           }) ||
           std::any_of(best_.script.begin(), best_.script.end(),
                       [](const TimedAction& timed) { return timed.action.kind == ActionKind::set_rate; });
  }

  /// Options back to what a reader expects, one by one.
  bool plainer() {
    bool moved = false;
    const auto attempt = [&](bool already, auto&& change) {
      if (already || spent()) return;
      SwarmCase candidate = best_;
      change(candidate.world);
      moved = accept_varied(candidate, 3) || moved;
    };
    const WorldConfig& world = best_.world;
    attempt(world.loss_permille == 0, [](WorldConfig& w) { w.loss_permille = 0; });
    attempt(world.duplication_permille == 0, [](WorldConfig& w) { w.duplication_permille = 0; });
    attempt(!world.datagram, [](WorldConfig& w) { w.datagram = false; });
    attempt(world.disk.max_us == 0, [](WorldConfig& w) { w.disk = {}; });
    attempt(world.priorities.empty(), [](WorldConfig& w) { w.priorities.clear(); });
    attempt(world.first_leader == 0, [](WorldConfig& w) { w.first_leader = 0; });
    attempt(world.members.empty(), [](WorldConfig& w) { w.members.clear(); });
    attempt(world.write_quorum == 0, [](WorldConfig& w) { w.read_quorum = w.write_quorum = 0; });
    attempt(world.resubmit, [](WorldConfig& w) { w.resubmit = true; });
    attempt(world.relay, [](WorldConfig& w) { w.relay = true; });
    attempt(world.reads == ReadPath::read_index, [](WorldConfig& w) { w.reads = ReadPath::read_index; });
    attempt(clocks_vary() || world.clock_drift_permille == WorldConfig{}.clock_drift_permille,
            [](WorldConfig& w) { w.clock_drift_permille = WorldConfig{}.clock_drift_permille; });
    for (size_t i = 0; i < world.clients.size(); ++i) {
      // Each accepted change replaces the clients.
      const auto client = [&]() -> const ClientConfig& { return best_.world.clients[i]; };
      const ClientConfig plain;
      attempt(client().every_us == 0, [&](WorldConfig& w) { w.clients[i].every_us = 0; });
      attempt(client().tries == 1, [&](WorldConfig& w) { w.clients[i].tries = 1; });
      attempt(client().mix == plain.mix, [&](WorldConfig& w) { w.clients[i].mix = plain.mix; });
      attempt(client().keys == 1, [&](WorldConfig& w) { w.clients[i].keys = 1; });
      attempt(client().most_open == plain.most_open, [&](WorldConfig& w) { w.clients[i].most_open = plain.most_open; });
    }
    attempt(world.latency.min_us == world.latency.max_us, [](WorldConfig& w) { w.latency.min_us = w.latency.max_us; });
    if (best_.stop_removed && !spent()) {
      SwarmCase candidate = best_;
      candidate.stop_removed = false;
      moved = accept_varied(candidate, 3) || moved;
    }
    return moved;
  }

  /// Looks for a run of the same faults that fails earlier.
  bool shorter() {
    const TimeUs before = result_.failure->at_us;
    for (uint64_t variant = 100; variant < 130 && !spent(); ++variant) {
      SwarmCase candidate = varied(best_, variant);
      if (in_safety_phase()) candidate.faults_end_us = result_.failure->at_us * 9 / 10;
      accept(std::move(candidate));
    }
    return result_.failure->at_us < before * 9 / 10;
  }

  /// Faults that name messages stay as they are: numbers of messages change with everything that is left out.
  void as_script() {
    const auto names_message = [](ActionKind kind) {
      return kind == ActionKind::duplicate || kind == ActionKind::delay || kind == ActionKind::drop;
    };
    SwarmCase candidate = best_;
    std::erase_if(candidate.faults, [](const Fault& fault) {
      return fault.kind != FaultKind::late_copy && fault.kind != FaultKind::hold_back && fault.kind != FaultKind::drop;
    });
    candidate.script = result_.actions;
    std::erase_if(candidate.script, [&](const TimedAction& timed) { return names_message(timed.action.kind); });
    accept(std::move(candidate));
  }

  /// Whole milliseconds for the world's times, all together.
  bool rounder() {
    const auto round = [](TimeUs& us) { us = us == 0 ? 0 : std::max<TimeUs>(1000, (us + 500) / 1000 * 1000); };
    SwarmCase candidate = best_;
    WorldConfig& world = candidate.world;
    for (TimeUs* us : {&world.election_timeout_us, &world.resend_us, &world.latency.min_us, &world.latency.max_us,
                       &world.disk.min_us, &world.disk.max_us})
      round(*us);
    for (ClientConfig& client : world.clients)
      for (TimeUs* us : {&client.start_us, &client.think_us, &client.timeout_us, &client.every_us}) round(*us);
    return accept_varied(candidate, 60);
  }

  /// Times as a person would choose them, where that makes no difference.
  void round_times() {
    for (size_t i = 0; i < best_.script.size() && !spent(); ++i) {
      const TimeUs at = best_.script[i].at_us;
      if (at % 1000 == 0) continue;
      SwarmCase candidate = best_;
      candidate.script[i].at_us = at / 1000 * 1000;
      const bool ordered = i == 0 || candidate.script[i - 1].at_us <= candidate.script[i].at_us;
      if (ordered) accept(std::move(candidate));
    }
  }

  const PlayCase& play_;
  const ShrinkLimits& limits_;
  SwarmCase best_;
  SwarmResult result_;
  const std::string check_;
  uint32_t tries_ = 0;
  uint64_t events_ = 0;
};

}  // namespace

Shrunk shrink_case(const SwarmCase& drawn, const SwarmResult& failed, const PlayCase& play,
                   const ShrinkLimits& limits) {
  return Shrinker(drawn, failed, play, limits).shrink();
}

}  // namespace paxoscope
