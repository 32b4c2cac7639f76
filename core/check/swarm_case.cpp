#include "check/swarm_case.h"

#include <algorithm>

#include "base/text.h"
#include "sim/action.h"
#include "sim/observation.h"

namespace paxoscope {

namespace {

constexpr size_t kMaxFaults = 400;
constexpr size_t kMaxSwarmServers = 8;
constexpr TimeUs kMinTimerUs = 5'000;
constexpr TimeUs kMinLatencyUs = 100;
constexpr TimeUs kElectionSteps = 8;  // a timeout in steps of an election: with fewer, two candidates meet again and again
constexpr uint32_t kWorstDriftPermille = 223;  // a clock a tenth too fast beside one a tenth too slow

enum class Bias : uint8_t { none, lying_disks, late_copies, slow_disk, elections, proposals, reconfigurations };

struct ProfileRow {
  SwarmProfile profile;
  Bias bias;
};
constexpr ProfileRow kProfiles[] = {
    {{"default", "a bit of everything"}, Bias::none},
    {{"late-copies", "many messages arrive once more, much later"}, Bias::late_copies},
    {{"slow-disk", "disks slower than the network, and many crashes"}, Bias::slow_disk},
    {{"elections", "leaders change all the time"}, Bias::elections},
    {{"proposals", "many proposals at servers that do not lead"}, Bias::proposals},
    {{"lying-disks", "disks report writes that they have not made: after crashes, promises and decided entries may be gone",
      false},
     Bias::lying_disks},
    {{"reconfigurations", "configurations follow each other all the time"}, Bias::reconfigurations},
};

class Drawer {
 public:
  Drawer(uint64_t seed, Bias bias, const DrawOptions& options)
      : rng_(seed), own_rng_(~seed), client_rng_(seed ^ 0x636c69656e747321ull), read_rng_(seed ^ 0x72656164732e2e2eull), lead_rng_(seed ^ 0x6465706f73656421ull), bias_(bias), options_(options) {
    drawn_.seed = seed;
  }

  SwarmCase draw() {
    draw_cluster();
    draw_timing();
    draw_network();
    draw_clients();
    draw_faults();
    drawn_.heal_draw = rng_.next();
    draw_log_options();
    if (!options_.registers) draw_configurations();
    draw_disk_order();
    for (ClientConfig& client : world().clients) draw_operations(client);
    world().resubmit = !client_rng_.chance_permille(350);
    world().relay = !client_rng_.chance_permille(300);
    world().reads = static_cast<ReadPath>(read_rng_.below(3));
    world().clock_drift_permille = kWorstDriftPermille;
    if (options_.depositions) draw_depositions();
    if (options_.short_messages) {
      draw_short_messages();
      world().empty_probes = lead_rng_.chance_permille(300);
    }
    if (options_.majorities) world().read_quorum = world().write_quorum = 0;
    if (options_.registers) draw_registers();
    auto& faults = drawn_.faults;
    std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) { return a.at_us < b.at_us; });
    return std::move(drawn_);
  }

 private:
  bool chance(uint32_t permille) { return rng_.chance_permille(permille); }
  WorldConfig& world() { return drawn_.world; }
  ServerId any_server() { return world().servers[rng_.below(world().servers.size())]; }

  void draw_cluster() {
    static constexpr uint8_t kSizes[] = {3, 3, 3, 3, 3, 3, 5, 5, 5, 5, 5, 4, 4, 2, 7, 6, 1};
    const uint32_t count = kSizes[rng_.below(sizeof(kSizes))];
    for (ServerId id = 1; id <= count; ++id) world().servers.push_back(id);
    if (chance(250)) world().first_leader = any_server();
    if (chance(250))
      for (uint32_t i = 0; i < count; ++i) world().priorities.push_back(static_cast<uint32_t>(rng_.below(3)));
    if (chance(100)) {
      world().write_quorum = 1;
      draw_quorums(rng_, count);
    }
  }

  void draw_log_options() {
    if (chance(300)) world().delta_after = static_cast<uint32_t>(rng_.between(1, 12));
    if (!chance(150)) return;
    world().batch_entries = static_cast<uint32_t>(rng_.between(2, 12));
    world().batch_wait_us = draw_log(rng_, 1'000, std::max<TimeUs>(1'000, world().election_timeout_us / 2));
  }

  void draw_timing() {
    const TimeUs latency = draw_log(rng_, 1'000, 32'000);
    world().latency = {std::max(kMinLatencyUs, latency * rng_.between(10, 100) / 100), latency};
    world().election_timeout_us = std::max(kMinTimerUs, latency * rng_.between(30, 120) / 10);
    world().resend_us = std::max(kMinTimerUs, world().election_timeout_us * rng_.between(3, 50) / 10);
    const bool slow = bias_ == Bias::slow_disk || bias_ == Bias::lying_disks;
    if (slow || chance(450)) {
      world().disk.max_us = std::max<TimeUs>(1, draw_log(rng_, latency / 4, latency * (slow ? 16 : 6)));
      world().disk.min_us = world().disk.max_us * rng_.between(0, 100) / 100;
    }
    if (options_.elections_write)
      world().election_timeout_us = std::max(world().election_timeout_us, kElectionSteps * (latency + world().disk.max_us));
    const int64_t rounds = rng_.between(25, 110);
    drawn_.faults_end_us = world().election_timeout_us * rounds;
  }

  void draw_network() {
    if (chance(400)) world().loss_permille = static_cast<uint32_t>(draw_log(rng_, 2, 300));
    if (chance(400)) world().duplication_permille = static_cast<uint32_t>(draw_log(rng_, 2, 300));
    world().datagram = chance(450);
  }

  void draw_clients() {
    const TimeUs timeout = world().election_timeout_us;
    const uint32_t count = static_cast<uint32_t>(rng_.between(1, bias_ == Bias::proposals ? 6 : 3));
    drawn_.quiet = chance(300);
    for (uint32_t i = 0; i < count; ++i) {
      ClientConfig client;
      client.server = any_server();
      client.start_us = rng_.between(0, timeout * 3);
      client.think_us = draw_log(rng_, std::max<TimeUs>(100, world().latency.max_us / 4), timeout * 8);
      client.timeout_us = draw_log(rng_, timeout, timeout * 24);
      client.stay = chance(300);
      if (drawn_.quiet) client.operations = static_cast<uint32_t>(rng_.between(1, 40));
      world().clients.push_back(client);
    }
  }

  /// What it asks for and how often, and what it does without an answer.
  void draw_operations(ClientConfig& client) {
    Rng& rng = client_rng_;
    const bool open = rng.chance_permille(350);
    const TimeUs every = draw_log(rng, std::max<TimeUs>(100, world().latency.max_us / 2), world().election_timeout_us * 4);
    client.most_open = static_cast<uint32_t>(rng.between(1, 16));
    if (open) {
      client.every_us = every;
      client.think_us = ClientConfig{}.think_us;
    }
    // One that stays where nobody answers must come to an end by itself.
    const auto tries = static_cast<uint32_t>(rng.between(2, 8));
    if (rng.chance_permille(600)) client.tries = rng.chance_permille(350) && !client.stay ? 0 : tries;
    client.keys = static_cast<uint32_t>(rng.between(1, 5));
    const bool only_puts = rng.chance_permille(250);
    OperationMix mix;
    for (uint16_t& weight : mix) weight = static_cast<uint16_t>(rng.below(6));
    mix[static_cast<size_t>(OperationKind::get)] += 2;
    if (!only_puts) client.mix = mix;
  }

  bool favoured(FaultKind kind) const {
    switch (bias_) {
      case Bias::late_copies:
        return kind == FaultKind::late_copy || kind == FaultKind::reconnect;
      case Bias::slow_disk:
      case Bias::lying_disks:
        return kind == FaultKind::crash;
      case Bias::elections:
        return kind == FaultKind::fire_timer || kind == FaultKind::only_hub || kind == FaultKind::isolate;
      case Bias::proposals:
        return kind == FaultKind::propose || kind == FaultKind::hold_back || kind == FaultKind::late_copy;
      default:
        return false;
    }
  }

  void draw_faults() {
    // A fifth of the seeds stays calm most of the time: few kinds, so that what they need can build up.
    const uint32_t share = chance(200) ? 400 : 1000;
    for (size_t i = 0; i < static_cast<size_t>(FaultKind::reconfigure); ++i) {
      const auto kind = static_cast<FaultKind>(i);
      const FaultInfo& info = fault_info(kind);
      const bool on = chance(info.on_permille * share / 1000);
      const TimeUs mean = draw_log(rng_, info.shortest, info.longest) * world().election_timeout_us / 10;
      if (!on && !favoured(kind)) continue;
      draw_times(rng_, kind, favoured(kind) ? mean / 2 + 1 : mean);
    }
  }

  void draw_times(Rng& rng, FaultKind kind, TimeUs mean) {
    TimeUs at = rng.between(0, mean * 2);
    while (at < drawn_.faults_end_us && drawn_.faults.size() < kMaxFaults) {
      drawn_.faults.push_back({at, kind, rng.next()});
      at += 1 + rng.between(0, mean * 2);
    }
  }

  /// Spare servers, and a first configuration of some of the others.
  void draw_configurations() {
    const FaultInfo& info = fault_info(FaultKind::reconfigure);
    const bool favours = bias_ == Bias::reconfigurations;
    if (!own_rng_.chance_permille(favours ? 1000 : info.on_permille)) return;
    auto& servers = world().servers;
    auto members = servers;
    for (uint64_t spare = own_rng_.below(4); spare > 0 && servers.size() < kMaxSwarmServers; --spare) {
      servers.push_back(servers.back() + 1);
      if (!world().priorities.empty()) world().priorities.push_back(static_cast<uint32_t>(own_rng_.below(3)));
    }
    if (own_rng_.chance_permille(500)) {
      members = servers;
      for (size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[own_rng_.below(i)]);
      members.resize(1 + own_rng_.below(members.size()));
      std::sort(members.begin(), members.end());
      draw_quorums(own_rng_, static_cast<uint32_t>(members.size()));
    }
    if (world().first_leader != 0 && !std::binary_search(members.begin(), members.end(), world().first_leader))
      world().first_leader = members[own_rng_.below(members.size())];
    if (members.size() < servers.size()) world().members = members;
    drawn_.stop_removed = own_rng_.chance_permille(600);
    const TimeUs mean = draw_log(own_rng_, info.shortest, info.longest) * world().election_timeout_us / 10;
    draw_times(own_rng_, FaultKind::reconfigure, favours ? mean / 3 + 1 : mean);
  }

  /// What a crash leaves of writes that were under way (P7.clip needs the second). A decided index in a file of its own
  /// belongs to the log that it was decided for: not with torn tails, and not where configurations follow each other.
  void draw_disk_order() {
    if (world().disk.max_us == 0) return;
    world().disk.torn = own_rng_.chance_permille(300);
    world().disk.values_first = own_rng_.chance_permille(250);
    for (const FaultKind kind : {FaultKind::disk_full, FaultKind::disk_lies}) {
      const FaultInfo& info = fault_info(kind);
      const bool lying = kind == FaultKind::disk_lies && bias_ == Bias::lying_disks;
      const bool on = own_rng_.chance_permille(lying ? 1000 : info.on_permille);
      const TimeUs mean = draw_log(own_rng_, info.shortest, info.longest) * world().election_timeout_us / 10;
      if (on) draw_times(own_rng_, kind, mean);
    }
  }

  /// Leaders that do not hear of their end. Leases matter only where elections are quick beside their timeout.
  void draw_depositions() {
    if (lead_rng_.chance_permille(350)) {
      const auto quicker = lead_rng_.between(2, 8);
      for (TimeUs* us : {&world().latency.min_us, &world().latency.max_us}) *us = std::max(kMinLatencyUs, *us / quicker);
      world().disk.min_us /= quicker;
      world().disk.max_us = world().disk.max_us == 0 ? 0 : std::max<TimeUs>(1, world().disk.max_us / quicker);
    }
    for (const FaultKind kind : {FaultKind::depose, FaultKind::split_change, FaultKind::contest}) {
      const FaultInfo& info = fault_info(kind);
      const bool favours = bias_ == (kind == FaultKind::split_change ? Bias::reconfigurations : Bias::elections);
      const bool on = lead_rng_.chance_permille(favours ? 1000 : info.on_permille);
      const TimeUs mean = draw_log(lead_rng_, info.shortest, info.longest) * world().election_timeout_us / 10;
      if (on) draw_times(lead_rng_, kind, mean);
      if (on && kind == FaultKind::split_change) draw_even_members();
    }
  }

  /// What is of older terms is committed apart from what is of the newest only where messages end between them (R5). Links
  /// that reorder let through two of a burst: with short messages a follower that lacks much would never get it.
  void draw_short_messages() {
    const bool on = lead_rng_.chance_permille(300);
    const auto entries = static_cast<uint32_t>(lead_rng_.between(1, 3));
    if (on && !world().datagram) world().message_entries = entries;
  }

  /// Quorums of other sizes often; few keys, which many write and read. A write is not tried again elsewhere: where no server
  /// has seen its first try, it may take effect twice. Nobody tries without end: where requests wait for their turn, answers
  /// may always come after a try was given up.
  void draw_registers() {
    if (world().write_quorum == 0 && read_rng_.chance_permille(300)) world().write_quorum = 1;
    draw_quorums(read_rng_, static_cast<uint32_t>(world().servers.size()));
    world().buffer = read_rng_.chance_permille(300);
    world().sessions = !read_rng_.chance_permille(300);
    const auto keys = static_cast<uint32_t>(read_rng_.between(1, 2));
    for (ClientConfig& client : world().clients) {
      const auto writes = static_cast<uint16_t>(read_rng_.below(4));
      client.mix = {writes, static_cast<uint16_t>(read_rng_.between(1, 4))};
      client.keys = keys;
      if (writes != 0 || client.tries == 0) client.tries = 1;
    }
  }

  /// Where members are even in number, majorities of those with one less need not meet (R7).
  void draw_even_members() {
    if (!world().members.empty() || world().servers.size() % 2 == 0 || world().servers.size() == 1) return;
    if (!lead_rng_.chance_permille(600)) return;
    world().members.assign(world().servers.begin(), world().servers.end() - 1);
    if (world().first_leader == world().servers.back()) world().first_leader = world().members.front();
  }

  /// Flexible quorums of the first configuration, if it has them: for so many members.
  void draw_quorums(Rng& rng, uint32_t count) {
    if (world().write_quorum == 0) return;
    world().write_quorum = static_cast<uint32_t>(rng.between(1, count));
    const uint32_t least = count - world().write_quorum + 1;
    const bool miss = options_.missing_quorums && least > 1;
    world().read_quorum = static_cast<uint32_t>(miss ? rng.between(1, least - 1) : rng.between(least, count));
  }

  Rng rng_;
  Rng own_rng_;  ///< for what is drawn beside the older draws
  Rng client_rng_;
  Rng read_rng_;
  Rng lead_rng_;
  Bias bias_;
  DrawOptions options_;
  SwarmCase drawn_;
};

std::string range_label(TimeUs low, TimeUs high) {
  return low == high ? time_label(low) : time_label(low) + " to " + time_label(high);
}

}  // namespace

TimeUs draw_log(Rng& rng, TimeUs low, TimeUs high) {
  uint32_t steps = 0;
  while ((low << (steps + 1)) <= high) ++steps;
  const TimeUs from = low << rng.below(steps + 1);
  return rng.between(from, std::min(high, 2 * from));
}

const FaultInfo& fault_info(FaultKind kind) {
  static constexpr FaultInfo kKinds[] = {
      {"cut-link", "A link is cut for a while.", 450, 10, 200},
      {"cut-one-way", "A link is cut in one direction for a while.", 400, 10, 200},
      {"isolate", "A server is cut off for a while.", 450, 20, 240},
      {"only-hub", "Every link that does not touch one server is cut for a while.", 350, 20, 240},
      {"partition", "The servers fall into groups for a while.", 450, 20, 240},
      {"crash", "A server crashes and comes back later.", 550, 10, 200},
      {"pause", "A server stands still for a while.", 400, 15, 200},
      {"clog", "One link becomes slow for a while.", 350, 20, 200},
      {"spike", "All links become slow for a moment.", 250, 40, 320},
      {"lose", "One link loses a large share for a while.", 350, 20, 200},
      {"repeat", "One link repeats a large share for a while.", 350, 20, 200},
      {"clock-rate", "A server's clock runs faster or slower.", 300, 50, 400},
      {"fire-timer", "A timer fires at an odd moment.", 450, 5, 160},
      {"reconnect", "A server believes that a link was renewed.", 450, 5, 160},
      {"propose", "A person proposes at some server.", 450, 3, 100},
      {"late-copy", "A message arrives once more, later.", 550, 2, 100},
      {"hold-back", "A message is held back on its way.", 500, 3, 100},
      {"drop", "One message is lost.", 450, 3, 100},
      {"snapshot", "A server takes a snapshot of its own.", 350, 10, 160},
      {"compact-all", "The leader has all take snapshots, or trim.", 300, 20, 240},
      {"reconfigure", "The leader is asked to hand over to other servers.", 250, 30, 400},
      {"disk-full", "A server's disk is full for a while.", 250, 20, 240},
      {"disk-lies", "A server's disk reports writes that it has not made.", 0, 10, 60},
      {"depose", "Another server takes over from a leader that hears of it late, and both are asked to read.", 450, 20, 240},
      {"split-change", "A leader and the next one, each with a few others, are asked to change one member.", 200, 20, 240},
      {"contest", "Two servers campaign at once, and somebody crashes meanwhile.", 300, 20, 240},
  };
  static_assert(sizeof(kKinds) / sizeof(kKinds[0]) == kFaultKindCount);
  return kKinds[static_cast<size_t>(kind)];
}

std::vector<SwarmProfile> swarm_profiles() {
  std::vector<SwarmProfile> profiles;
  for (const ProfileRow& row : kProfiles) profiles.push_back(row.profile);
  return profiles;
}

Result<SwarmCase> draw_case(uint64_t seed, const std::string& profile, const DrawOptions& options) {
  for (const ProfileRow& row : kProfiles)
    if (profile == row.profile.id) return Drawer(seed, row.bias, options).draw();
  std::string known;
  for (const ProfileRow& row : kProfiles) known += (known.empty() ? "" : ", ") + std::string(row.profile.id);
  return fail("unknown profile " + quote(profile) + "; known: " + known);
}

std::vector<std::pair<std::string, std::string>> describe_case(const SwarmCase& drawn) {
  const WorldConfig& world = drawn.world;
  std::vector<std::pair<std::string, std::string>> options;
  const auto add = [&](const char* name, std::string value) { options.emplace_back(name, std::move(value)); };
  add("servers", std::to_string(world.servers.size()));
  add("election timeout", time_label(world.election_timeout_us));
  add("resend", time_label(world.resend_us));
  add("latency", range_label(world.latency.min_us, world.latency.max_us));
  add("disk", world.disk.max_us == 0 ? "at once" : range_label(world.disk.min_us, world.disk.max_us));
  if (world.disk.torn) add("torn writes", "yes");
  if (world.disk.values_first) add("values first", "yes");
  add("loss", std::to_string(world.loss_permille) + " per mille");
  add("duplication", std::to_string(world.duplication_permille) + " per mille");
  add("datagram", world.datagram ? "yes" : "no");
  if (world.first_leader != 0) add("first leader", server_label(world.first_leader));
  if (!world.members.empty()) {
    std::string text;
    for (ServerId id : world.members) text += (text.empty() ? "" : " ") + server_label(id);
    add("members", text);
  }
  if (drawn.stop_removed) add("removed servers", "stop for good");
  if (!world.priorities.empty()) {
    std::string text;
    for (uint32_t priority : world.priorities) text += (text.empty() ? "" : " ") + std::to_string(priority);
    add("priorities", text);
  }
  if (world.write_quorum != 0)
    add("quorums", "read " + std::to_string(world.read_quorum) + ", write " + std::to_string(world.write_quorum));
  for (const ClientConfig& client : world.clients)
    add("client", "at " + server_label(client.server) + " from " + time_label(client.start_us) +
                      (client.every_us == 0 ? ", thinks " + time_label(client.think_us)
                                            : ", asks every " + time_label(client.every_us) + ", at most " +
                                                  std::to_string(client.most_open) + " open") +
                      ", waits " + time_label(client.timeout_us) + (client.stay ? ", stays" : "") +
                      (client.tries == 0 ? ", tries on" : ", tries " + std::to_string(client.tries) + " times") + ", " +
                      format_mix(client.mix) + ", keys " + std::to_string(client.keys) +
                      (client.operations == 0 ? "" : ", " + std::to_string(client.operations) + " operations"));
  if (!world.resubmit) add("resubmit", "no");
  if (!world.relay) add("relay", "no");
  add("reads", read_path_name(world.reads));
  if (world.delta_after != 0) add("delta after", std::to_string(world.delta_after) + " entries");
  if (world.message_entries != 0) add("message", std::to_string(world.message_entries) + " entries");
  if (world.empty_probes) add("probes", "empty");
  if (world.batch_entries > 1)
    add("batch", std::to_string(world.batch_entries) + " entries or " + time_label(world.batch_wait_us));
  add("faults until", time_label(drawn.faults_end_us));
  std::array<uint32_t, kFaultKindCount> counts{};
  for (const Fault& fault : drawn.faults) ++counts[static_cast<size_t>(fault.kind)];
  for (size_t i = 0; i < kFaultKindCount; ++i)
    if (counts[i] != 0) add(fault_info(static_cast<FaultKind>(i)).id, std::to_string(counts[i]));
  return options;
}

}  // namespace paxoscope
