// Worlds for tests: scripted like scenarios, checked after every event.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check/checker.h"
#include "sim/omnipaxos_protocol.h"
#include "sim/world.h"

namespace paxoscope::bench {

using PlainProtocol = OmniPaxosProtocol<NoNotes>;
using PlainWorld = World<PlainProtocol>;

inline constexpr TimeUs kEt = 100'000;

inline SwitchSet switched_off(std::initializer_list<omnipaxos::Switch> off) {
  SwitchSet set;
  for (omnipaxos::Switch which : off) set.turn_off(static_cast<uint8_t>(which));
  return set;
}

/// `servers` with one client each; the first leader leads after about one election timeout.
inline WorldConfig small_world(uint32_t servers, ServerId first_leader) {
  WorldConfig config;
  for (ServerId id = 1; id <= servers; ++id) {
    config.servers.push_back(id);
    ClientConfig client;
    client.server = id;
    client.think_us = 20'000;
    client.timeout_us = 500'000;
    client.stay = true;
    config.clients.push_back(client);
  }
  config.first_leader = first_leader;
  config.election_timeout_us = kEt;
  config.resend_us = 200'000;
  return config;
}

/// A world with its checker; times in election timeouts.
class Watched {
 public:
  explicit Watched(const WorldConfig& config, const SwitchSet& switches = {}, uint64_t seed = 1)
      : world(config, switches, seed), checker(world) {}

  void act(const std::string& text) {
    const Result<Action> action = parse_action(text);
    REQUIRE_MESSAGE(action.has_value(), text);
    const Result<void> done = world.perform(*action, nobody_, EventKind::script);
    REQUIRE_MESSAGE(done.has_value(), text);
    checker.after_event(world);
    look();
  }
  bool step() {
    if (!world.step(nobody_)) return false;
    checker.after_event(world);
    look();
    return true;
  }
  /// Plays until `et` election timeouts have passed in all.
  void run_to(double et) {
    const auto until = static_cast<TimeUs>(et * static_cast<double>(kEt));
    while (world.next_event_us() >= 0 && world.next_event_us() <= until) step();
    if (world.now_us() < until) world.advance_to(until);
  }
  /// Starts counting from here.
  void mark() {
    decided_ = checker.chosen_length();
    changes_ = checker.leader_changes();
    last_ = world.now_us();
    longest_ = 0;
  }
  LogIndex decided_since() const { return checker.chosen_length() - decided_; }
  uint32_t changes_since() const { return checker.leader_changes() - changes_; }
  /// The longest time without a newly decided entry since mark(), in election timeouts.
  double downtime() const {
    const TimeUs open = world.now_us() - last_;
    return static_cast<double>(open > longest_ ? open : longest_) / static_cast<double>(kEt);
  }
  bool found(CheckId check) const {
    for (const Violation& violation : checker.violations())
      if (violation.check == std::string(check_info(check).id)) return true;
    return false;
  }
  std::string what() const {
    return checker.violations().empty() ? "nothing" : checker.violations().front().text;
  }
  const PlainProtocol::Server& server(ServerId id) const { return *world.host(id)->server; }

  PlainWorld world;
  Checker<PlainProtocol> checker;

 private:
  void look() {
    if (checker.chosen_length() == known_) return;
    known_ = checker.chosen_length();
    if (world.now_us() - last_ > longest_) longest_ = world.now_us() - last_;
    last_ = world.now_us();
  }

  NullRecorder nobody_;
  LogIndex decided_ = 0;
  LogIndex known_ = 0;
  uint32_t changes_ = 0;
  TimeUs last_ = 0;
  TimeUs longest_ = 0;
};

}  // namespace paxoscope::bench
