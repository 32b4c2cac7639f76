// A rough world: messages are lost, repeated and overtaken, links are cut, servers crash, all of it drawn from one seed.
#pragma once

#include "world_bench.h"

namespace paxoscope::bench {

inline WorldConfig rough_world(uint32_t servers, TimeUs disk_us = 0) {
  WorldConfig config = small_world(servers, 1);
  config.datagram = true;
  config.duplication_permille = 150;
  config.loss_permille = 50;
  config.latency = {1'000, 40'000};
  config.disk = {disk_us / 4, disk_us};
  for (ClientConfig& client : config.clients) client.think_us = 5'000;
  return config;
}

/// One random disturbance; never more than a minority is down or paused.
template <class Run>
void disturb(Run& run, Rng& rng) {
  const auto& hosts = run.world.hosts();
  const auto server = [&] { return static_cast<ServerId>(rng.between(1, static_cast<int64_t>(hosts.size()))); };
  const auto act = [&](const std::string& text) { run.act(text); };
  const auto name = [](ServerId id) { return std::string(1, static_cast<char>('A' + id - 1)); };
  const ServerId a = server();
  ServerId b = server();
  if (b == a) b = a % static_cast<ServerId>(hosts.size()) + 1;
  size_t away = 0;
  for (const auto& host : hosts) away += host.status != ServerStatus::up;
  const bool up = run.world.host(a)->status == ServerStatus::up;
  switch (rng.below(9)) {
    case 0:
    case 1:
      return act("cut " + name(a) + "-" + name(b));
    case 2:
      return act("heal " + name(a) + "-" + name(b));
    case 3:
      return act("heal all");
    case 4:
    case 5:
      for (const auto& host : hosts)
        if (host.status == ServerStatus::down) return act("restart " + name(host.id));
      if (up && (away + 1) * 2 < hosts.size() + 1) act("crash " + name(a));
      return;
    case 6:
      if (up) act("fire " + name(a) + (rng.below(2) == 0 ? " election" : " resend"));
      return;
    case 7:
      return act("isolate " + name(a));
    default:
      if (up) act("reconnect " + name(a) + "-" + name(b));
  }
}

/// Plays `seconds` of roughness; stops at the first violation.
template <class Run>
void play_rough(Run& run, uint64_t seed, double seconds) {
  Rng rng(seed * 977 + 1);
  double et = 5;
  run.run_to(et);
  while (et < seconds * 10 && !run.checker.violated()) {
    disturb(run, rng);
    et += static_cast<double>(rng.between(2, 20)) / 10;
    run.run_to(et);
  }
}

}  // namespace paxoscope::bench
