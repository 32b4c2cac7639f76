// paxoscope fuzz
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "check/shrink.h"
#include "check/swarm.h"
#include "scenarios/catalogue.h"
#include "scenarios/command/command.h"
#include "scenarios/writer.h"
#include "sim/omnipaxos_protocol.h"
#include "sim/raft_protocol.h"
#include "sim/register_protocol.h"

namespace paxoscope::command {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t interrupted = 0;
void on_interrupt(int) { interrupted = 1; }

/// Plays a case of one protocol with some switches off.
using Player = std::function<SwarmResult(const SwarmCase&)>;

Player player_of(const ProtocolInfo& protocol, const SwitchSet& switches) {
  if (protocol.family == ProtocolFamily::quorum_register)
    return [switches](const SwarmCase& drawn) { return play_case<RegisterProtocol<NoNotes>>(drawn, switches); };
  if (protocol.family == ProtocolFamily::raft)
    return [switches](const SwarmCase& drawn) { return play_case<RaftProtocol<NoNotes>>(drawn, switches); };
  return [switches](const SwarmCase& drawn) { return play_case<OmniPaxosProtocol<NoNotes>>(drawn, switches); };
}

/// What was played so far.
struct Totals {
  uint64_t seeds = 0;
  uint64_t violations = 0;
  uint64_t stalls = 0;
  uint64_t undecided = 0;
  double simulated_s = 0;
  uint64_t events = 0;
  std::array<uint64_t, kFaultKindCount> faults{};
  Clock::time_point start = Clock::now();

  void add(const SwarmResult& result) {
    ++seeds;
    simulated_s += static_cast<double>(result.simulated_us) / 1e6;
    events += result.events;
    undecided += result.undecided ? 1 : 0;
    for (size_t i = 0; i < kFaultKindCount; ++i) faults[i] += result.faults[i];
    if (result.failure) ++(result.failure->stall ? stalls : violations);
  }
  double real_s() const { return std::chrono::duration<double>(Clock::now() - start).count(); }
};

/// One line on a terminal, renewed a few times a second; nothing in a pipe.
class ProgressLine {
 public:
  explicit ProgressLine(uint64_t seeds) : seeds_(seeds), shown_(isatty(STDERR_FILENO) != 0) {}
  void update(const Totals& totals) {
    if (!shown_ || Clock::now() - last_ < std::chrono::milliseconds(200)) return;
    last_ = Clock::now();
    const double real = std::max(totals.real_s(), 1e-3);
    std::fprintf(stderr, "\r\033[K%llu of %llu seeds, %.0f seeds/s, %.0f times real time, %llu violations, %llu stalls",
                 static_cast<unsigned long long>(totals.seeds), static_cast<unsigned long long>(seeds_),
                 static_cast<double>(totals.seeds) / real, totals.simulated_s / real,
                 static_cast<unsigned long long>(totals.violations), static_cast<unsigned long long>(totals.stalls));
  }
  void say(const char* what) {
    if (shown_) std::fprintf(stderr, "\r\033[K%s", what);
  }
  void clear() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  uint64_t seeds_;
  bool shown_;
  Clock::time_point last_;
};

class Fuzzer {
 public:
  Fuzzer(const FuzzArguments& arguments, const ProtocolInfo& protocol, const SwitchSet& switches)
      : arguments_(arguments), protocol_(protocol), options_(options_of(protocol.family)),
        play_(player_of(protocol, switches)), progress_(arguments.seeds) {}

  int run() {
    std::signal(SIGINT, on_interrupt);
    for (uint64_t i = 0; i < arguments_.seeds && interrupted == 0; ++i) {
      auto drawn = draw_case(arguments_.first_seed + i, arguments_.profile, options_);
      if (!drawn) return bad_input(drawn.error().text);
      configure(drawn->world, protocol_);
      const SwarmResult result = play_(*drawn);
      totals_.add(result);
      progress_.update(totals_);
      if (!result.failure || (result.failure->stall && arguments_.violations_only)) continue;
      if (!report(*drawn, result)) return kBadInput;
      if (!arguments_.keep_going) break;
    }
    progress_.clear();
    summarise();
    const bool found = totals_.violations != 0 || (totals_.stalls != 0 && !arguments_.violations_only);
    return found ? kNotHeld : kHeld;
  }

 private:
  bool is_off(const char* id) const {
    return std::find(arguments_.without.begin(), arguments_.without.end(), id) != arguments_.without.end();
  }

  DrawOptions options_of(ProtocolFamily family) const {
    DrawOptions options;
    if (family == ProtocolFamily::raft) options = draw_options<RaftProtocol<NoNotes>>();
    if (family == ProtocolFamily::quorum_register) options = draw_options<RegisterProtocol<NoNotes>>();
    options.missing_quorums = is_off("P3.intersect") || is_off("A4.intersect");
    return options;
  }

  /// Prints the failure; of each check the first one is shrunk and written.
  bool report(const SwarmCase& drawn, const SwarmResult& result) {
    std::string path;
    uint64_t servers = drawn.world.servers.size();
    uint64_t actions = result.actions.size();
    if (shrunk_.insert(result.failure->check).second) {
      progress_.say("shrinking…");
      ShrinkLimits limits;
      limits.cancelled = [] { return interrupted != 0; };
      const Shrunk shrunk = shrink_case(drawn, result, play_, limits);
      const Scenario scenario =
          scenario_of(shrunk.smallest, shrunk.result, arguments_.protocol, arguments_.without);
      const auto written = write(drawn.seed, scenario);
      if (!written) {
        bad_input(written.error().text);
        return false;
      }
      path = *written;
      servers = shrunk.smallest.world.servers.size();
      actions = shrunk.result.actions.size();
    }
    progress_.clear();
    print(drawn, *result.failure, path, servers, actions);
    return true;
  }

  Result<std::string> write(uint64_t seed, const Scenario& scenario) const {
    const auto text = write_scenario(scenario);
    // A stall may need more steps than a scenario may have; its seed still replays it.
    if (!text) return std::string();
    std::string name = "swarm-" + std::to_string(seed);
    for (const std::string& id : arguments_.without) name += "-" + id;
    const std::filesystem::path path = std::filesystem::path(arguments_.out) / (name + ".toml");
    std::error_code ignored;
    std::filesystem::create_directories(arguments_.out, ignored);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << *text;
    if (!file.flush()) return fail("cannot write " + path.string());
    return path.string();
  }

  void print(const SwarmCase& drawn, const SwarmFailure& failure, const std::string& path, uint64_t servers,
             uint64_t actions) const {
    const auto options = describe_case(drawn);
    if (arguments_.json) {
      Json json{{"seed", std::to_string(drawn.seed)}, {"protocol", arguments_.protocol},
                {"profile", arguments_.profile},      {"kind", failure.stall ? "stall" : "violation"},
                {"check", failure.check},             {"text", failure.text},
                {"event", failure.event},             {"time_us", failure.at_us}};
      json["options"] = Json::array();
      for (const auto& [name, value] : options) json["options"].push_back(Json{{"name", name}, {"value", value}});
      if (!path.empty()) json["scenario"] = path;
      json["servers"] = servers;
      json["actions"] = actions;
      std::printf("%s\n", json.dump().c_str());
    } else {
      std::printf("seed %llu: %s at %s, event %llu: %s\n", static_cast<unsigned long long>(drawn.seed),
                  failure.check.c_str(), time_label(failure.at_us).c_str(),
                  static_cast<unsigned long long>(failure.event), failure.text.c_str());
      for (const auto& [name, value] : options) std::printf("  %-18s %s\n", name.c_str(), value.c_str());
      if (!path.empty())
        std::printf("  shrunk to %llu servers and %llu actions: %s\n", static_cast<unsigned long long>(servers),
                    static_cast<unsigned long long>(actions), path.c_str());
    }
    std::fflush(stdout);
  }

  void summarise() const {
    if (arguments_.json) {
      Json json{{"seeds", totals_.seeds},
                {"violations", totals_.violations},
                {"stalls", totals_.stalls},
                {"simulated_s", totals_.simulated_s},
                {"real_s", totals_.real_s()}};
      json["faults"] = Json::object();
      for (size_t i = 0; i < kFaultKindCount; ++i)
        json["faults"][fault_info(static_cast<FaultKind>(i)).id] = totals_.faults[i];
      json["events"] = totals_.events;
      json["undecided_histories"] = totals_.undecided;
      json["first_seed"] = std::to_string(arguments_.first_seed);
      json["protocol"] = arguments_.protocol;
      json["profile"] = arguments_.profile;
      json["without"] = arguments_.without;
      json["interrupted"] = interrupted != 0;
      std::printf("%s\n", json.dump().c_str());
      return;
    }
    const double real = std::max(totals_.real_s(), 1e-3);
    std::printf("%llu seeds%s: %llu violations, %llu stalls; %.2f simulated hours in %.1f s (%.0f times real time)\n",
                static_cast<unsigned long long>(totals_.seeds), interrupted != 0 ? ", interrupted" : "",
                static_cast<unsigned long long>(totals_.violations), static_cast<unsigned long long>(totals_.stalls),
                totals_.simulated_s / 3600, real, totals_.simulated_s / real);
    for (size_t i = 0; i < kFaultKindCount; ++i)
      std::printf("  %-14s %llu\n", fault_info(static_cast<FaultKind>(i)).id,
                  static_cast<unsigned long long>(totals_.faults[i]));
  }

  const FuzzArguments& arguments_;
  const ProtocolInfo& protocol_;
  DrawOptions options_;
  Player play_;
  ProgressLine progress_;
  Totals totals_;
  std::set<std::string> shrunk_;
};

}  // namespace

int fuzz(const FuzzArguments& arguments) {
  const ProtocolInfo* protocol = find_protocol(arguments.protocol);
  if (protocol == nullptr)
    return bad_input("unknown protocol " + quote(arguments.protocol) + "; known: " + protocol_list());
  SwitchSet switches;
  for (const std::string& id : arguments.without) {
    bool known = false;
    for (size_t i = 0; i < protocol->switches.size(); ++i) {
      if (id != protocol->switches[i].id) continue;
      switches.turn_off(static_cast<uint8_t>(i));
      known = true;
    }
    if (!known) return bad_input(std::string(protocol->name) + " has no switch " + quote(id));
  }
  return Fuzzer(arguments, *protocol, switches).run();
}

}  // namespace paxoscope::command
