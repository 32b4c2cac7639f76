// The liveness phase of a case: faults stop, and the servers must get on. Part of check/swarm.h.
#pragma once

namespace paxoscope {

template <class Protocol>
void SwarmPlay<Protocol>::calm() {
  later_.clear();
  traps_.clear();
  result_.calm_us = world_.now_us();
  const WorldConfig& config = world_.config();
  for (const auto& host : world_.hosts()) {
    if (host.disk.state() == DiskState::ok) continue;
    Action works = server_action(ActionKind::set_disk, host.id);
    works.text = "ok";
    perform(works);
  }
  for (const auto& a : world_.hosts())
    for (const auto& b : world_.hosts()) {
      if (a.id == b.id) continue;
      const auto& link = world_.link(a.id, b.id);
      if (link.loss_permille != 0) perform(link_action(ActionKind::set_loss, a.id, b.id, true, 0));
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
    start_wanted();
    if (holds()) return true;
  }
  return result_.failure.has_value();
}

template <class Protocol>
uint32_t SwarmPlay<Protocol>::propose_at(ServerSet servers) {
  const uint32_t first = proposals_ + 1;
  for (const auto& host : world_.hosts()) {
    if (host.status != ServerStatus::up || !contains(servers, host.id)) continue;
    Action action = server_action(ActionKind::propose, host.id);
    action.text = "q=" + std::to_string(host.id);
    if (!Protocol::kTraits.has_log) action.text += "-" + std::to_string(proposals_);
    const uint64_t made = world_.futures().made();
    perform(action);
    if (world_.futures().made() > made) own_proposals_.push_back({world_.futures().made(), proposals_, host.id});
  }
  return first;
}

/// It was not decided, or nobody says whether it was.
template <class Protocol>
bool SwarmPlay<Protocol>::ended_without(const FutureRecord& record) {
  const bool lost = !Protocol::kTraits.tells_outcome && record.state == FutureState::unknown;
  return record.state == FutureState::cancelled || lost;
}

template <class Protocol>
uint32_t SwarmPlay<Protocol>::propose_again(uint32_t first) {
  const FutureTable& futures = world_.futures();
  std::vector<OwnProposal> open;
  std::vector<ServerId> again;
  if (first != again_first_) ended_without_ = 0;
  again_first_ = first;
  for (const OwnProposal& proposal : own_proposals_) {
    if (proposal.number < first) continue;
    // The table forgets its oldest records.
    const bool forgotten = proposal.record < futures.first();
    if (forgotten ? !Protocol::kTraits.tells_outcome : ended_without(futures.at(proposal.record)))
      again.push_back(proposal.server);
    else
      open.push_back(proposal);
  }
  own_proposals_ = std::move(open);
  ended_without_ += static_cast<uint32_t>(again.size());
  for (ServerId id : again) propose_at(server_bit(id));
  return ended_without_;
}

template <class Protocol>
uint32_t SwarmPlay<Protocol>::decided_proposals(const Host& host, LogIndex from, uint32_t first) const {
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

/// Whose logs say what configurations there are: where removed servers may go on as if nothing had happened, only the
/// members of the newest one that is committed.
template <class Protocol>
ServerSet SwarmPlay<Protocol>::heard_members() const {
  if constexpr (!Protocol::kTraits.removed_must_stop) {
    return ~ServerSet{0};
  } else {
    ConfigurationView newest{0, {}, false, 0};
    for (const Host& host : world_.hosts())
      if (ConfigurationView here = Protocol::committed_configuration(storage_of(host)); here.id > newest.id)
        newest = std::move(here);
    return set_of(newest.members);
  }
}

template <class Protocol>
std::vector<ConfigurationView> SwarmPlay<Protocol>::known_configurations() const {
  std::vector<ConfigurationView> known;
  const ServerSet heard = heard_members();
  for (const Host& host : world_.hosts())
    if (contains(heard, host.id)) Protocol::merge_configurations(storage_of(host), known);
  if (!known.empty()) return known;
  // All are down, and nothing was ever durable.
  const WorldConfig& config = world_.config();
  known.push_back({1, config.members.empty() ? config.servers : config.members, false, 0});
  return known;
}

template <class Protocol>
typename SwarmPlay<Protocol>::Newest SwarmPlay<Protocol>::newest() const {
  const std::vector<ConfigurationView> known = known_configurations();
  Newest now{known.back().id, set_of(known.back().members), false};
  for (const Host& host : world_.hosts()) {
    const bool member = contains(now.members, host.id);
    bool runs_it = Protocol::probe(storage_of(host)).runs == now.id;
    // Two logs may each hold a change under the same number: it is the one that is committed that runs. A server that was
    // removed may hold the other one for ever.
    if constexpr (Protocol::kTraits.removed_must_stop)
      runs_it = runs_it && Protocol::committed_configuration(storage_of(host)).id == now.id;
    if (runs_it ? next_members(host) != 0 : member) now.open = true;
  }
  return now;
}

/// Whom `host` would like to hand over to, accepted or only proposed.
template <class Protocol>
ServerSet SwarmPlay<Protocol>::next_members(const Host& host) const {
  const ServerSet accepted = Protocol::next_members(storage_of(host));
  return accepted != 0 || !host.server ? accepted : Protocol::proposed_members(*host.server);
}

template <class Protocol>
std::vector<typename SwarmPlay<Protocol>::Needed> SwarmPlay<Protocol>::needed() const {
  const WorldConfig& config = world_.config();
  std::vector<ConfigurationView> known = known_configurations();
  std::vector<Needed> configurations;
  const auto add = [&](ConfigurationId id, ServerSet members) {
    const uint32_t majority = count_of(members) / 2 + 1;
    configurations.push_back(
        {members, id == 1 ? std::max({majority, config.read_quorum, config.write_quorum}) : majority});
  };
  const ConfigurationId newest_id = known.back().id;
  for (const Host& host : world_.hosts())
    if (Protocol::probe(storage_of(host)).runs == newest_id && next_members(host) != 0)
      add(newest_id + 1, next_members(host));
  for (; !known.empty(); known.pop_back()) {
    const ServerSet members = set_of(known.back().members);
    add(known.back().id, members);
    uint32_t holders = 0;
    for (const Host& host : world_.hosts())
      holders += contains(members, host.id) && holds_start(host, known.back().id) ? 1 : 0;
    if (holders >= count_of(members) / 2 + 1) break;
  }
  return configurations;
}

/// Its disk holds all that came before configuration `id`.
template <class Protocol>
bool SwarmPlay<Protocol>::holds_start(const Host& host, ConfigurationId id) const {
  const auto& disk = world_.config().disk.max_us == 0 ? storage_of(host) : host.disk.content();
  return id == 1 || Protocol::holds_sealed(disk, id - 1);
}

template <class Protocol>
ServerSet SwarmPlay<Protocol>::needed_servers() const {
  ServerSet servers = 0;
  for (const Needed& configuration : needed()) servers |= configuration.members;
  return servers;
}

/// A server that stopped and that a newer configuration names is started again.
template <class Protocol>
void SwarmPlay<Protocol>::start_wanted() {
  if (stopped_ == 0) return;
  const ServerSet wanted = stopped_ & needed_servers();
  stopped_ &= ~wanted;
  for (const Host& host : world_.hosts())
    if (contains(wanted, host.id)) perform(server_action(ActionKind::restart, host.id));
}

template <class Protocol>
void SwarmPlay<Protocol>::heal_everything() {
  start_wanted();
  perform(server_action(ActionKind::heal_all, 0));
  for (const Host& host : world_.hosts()) {
    if (host.status == ServerStatus::up || stopped(host.id)) continue;
    perform(server_action(host.status == ServerStatus::down ? ActionKind::restart : ActionKind::resume, host.id));
  }
}

/// Links between `hubs` and `members` are whole, the others whole or cut: what a server owes is defined by whom it can talk
/// with. One-way cuts are for the phase before.
template <class Protocol>
void SwarmPlay<Protocol>::draw_links(Rng& rng, ServerSet hubs, ServerSet members) {
  const auto density = static_cast<uint32_t>(rng.below(4) * 300);
  for (const auto& a : world_.hosts())
    for (const auto& b : world_.hosts()) {
      if (a.id >= b.id) continue;
      const bool spoke =
          (contains(hubs, a.id) && contains(members, b.id)) || (contains(hubs, b.id) && contains(members, a.id));
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
}

/// Links among `members` are whole, all others cut.
template <class Protocol>
void SwarmPlay<Protocol>::link_only(ServerSet members) {
  for (const auto& a : world_.hosts())
    for (const auto& b : world_.hosts()) {
      if (a.id == b.id) continue;
      const bool up = contains(members, a.id) && contains(members, b.id);
      if (world_.link(a.id, b.id).up != up) perform(link_action(up ? ActionKind::heal : ActionKind::cut, a.id, b.id, true));
    }
}

/// Starts `wanted` and a few others.
template <class Protocol>
void SwarmPlay<Protocol>::start_some(Rng& rng, ServerSet wanted) {
  for (const auto& host : world_.hosts()) {
    const bool starts = contains(wanted, host.id) || rng.chance_permille(300);
    if (!starts || host.status == ServerStatus::up || stopped(host.id)) continue;
    perform(server_action(host.status == ServerStatus::down ? ActionKind::restart : ActionKind::resume, host.id));
  }
}

/// In the middle of a reconfiguration, a quorum of each configuration that may still matter is up and fully linked: these
/// few go on with the newest configuration, and its entries are decided (C4, C5).
template <class Protocol>
void SwarmPlay<Protocol>::hand_over_with_few(Rng& rng) {
  start_wanted();
  ServerSet few = 0;
  for (const Needed& configuration : needed()) {
    std::vector<ServerId> ids;
    for (const Host& host : world_.hosts())
      if (contains(configuration.members, host.id)) ids.push_back(host.id);
    for (size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[rng.below(i)]);
    for (size_t i = 0; i < ids.size() && count_of(few & configuration.members) < configuration.quorum; ++i)
      few |= server_bit(ids[i]);
  }
  draw_links(rng, few, few);
  start_some(rng, few);
  if (result_.failure) return;
  const ConfigurationId last = newest().id + 1;
  const TimeUs bound = bound_us();
  ConfigurationId proposed_in = 0;
  LogIndex from = 0;
  uint32_t first = 0;
  uint32_t slices = 0;
  // A member that is removed takes its proposals with it, and one that has not heard of its configuration takes none: so
  // each new configuration is asked, and asked again.
  const bool decided = wait(2 * bound, [&] {
    const Newest now = newest();
    for (const Host& host : world_.hosts())
      if (proposed_in != 0 && decided_proposals(host, from, first) > 0) return true;
    if (now.id == proposed_in && ++slices % 8 != 0) return false;
    const uint32_t number = propose_at(few & now.members);
    if (now.id == proposed_in) return false;
    proposed_in = now.id;
    from = checker_.chosen_length();
    first = number;
    return false;
  });
  // What a late message asked for is not among the configurations that were looked at.
  if (decided || newest().id > last) return;
  std::string names;
  for (ServerId id : world_.config().servers)
    if (contains(few, id)) names += (names.empty() ? "" : ", ") + server_label(id);
  fail(kStallHandOver, names + " are linked, a quorum of each configuration that matters, and within " +
                           time_label(2 * bound) + " they decide nothing: " + describe_servers());
}

/// With everything healed, the configuration that is about to start runs at all of its members, whatever it takes over.
template <class Protocol>
void SwarmPlay<Protocol>::hand_over() {
  heal_everything();
  const TimeUs bound = bound_us();
  if (wait(bound, [&] { return !newest().open; })) return stop_left_behind();
  const Newest now = newest();
  fail(kStallHandOver, "everything is linked and up, and within " + time_label(bound) + " configuration " +
                           std::to_string(now.id) + " does not run undisturbed at all of its members: " +
                           describe_servers());
}

/// Where removed servers would disturb the others, somebody stops those that do not know of it.
template <class Protocol>
void SwarmPlay<Protocol>::stop_left_behind() {
  if (!Protocol::kTraits.removed_must_stop) return;
  const Newest now = newest();
  for (const Host& host : world_.hosts()) {
    if (contains(now.members, host.id) || host.status == ServerStatus::down) continue;
    stopped_ |= server_bit(host.id);
    perform(server_action(ActionKind::crash, host.id));
  }
}

/// A random graph in which one member hears a quorum: it, or another like it, must get entries decided. A protocol that
/// needs more gets a quorum whose members all hear each other, and nobody else hears them. What a graph owes is clear for
/// one configuration that all its members run, and only for that.
template <class Protocol>
void SwarmPlay<Protocol>::decide_somewhere(Rng& rng) {
  const auto& hosts = world_.hosts();
  const WorldConfig& config = world_.config();
  const Newest now = newest();
  std::vector<ServerId> ids;
  for (ServerId id : config.servers)
    if (contains(now.members, id)) ids.push_back(id);
  uint32_t quorum = static_cast<uint32_t>(ids.size()) / 2 + 1;
  if (now.id == 1) quorum = std::max({quorum, config.read_quorum, config.write_quorum});
  PAXO_ASSERT(quorum <= ids.size());
  for (size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[rng.below(i)]);
  const ServerId hub = ids[0];
  ServerSet members = 0;
  for (uint32_t i = 0; i < quorum; ++i) members |= server_bit(ids[i]);
  if (Protocol::kTraits.hub_suffices)
    draw_links(rng, server_bit(hub), members);
  else
    link_only(members);
  start_some(rng, members);
  if (result_.failure) return;
  const LogIndex from = checker_.chosen_length();
  const uint32_t first = propose_at(now.members);
  const TimeUs bound = bound_us();
  const bool decided = wait(bound, [&] {
    propose_again(first);
    for (const auto& host : hosts)
      if (decided_proposals(host, from, first) > 0) return true;
    return false;
  });
  // A message that was long on its way may have asked for the next configuration.
  if (decided || newest().id != now.id || newest().open) return;
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
    if (client.waiting() || client.config.operations == 0 ||
        client.completed + client.given_up < client.config.operations)
      return false;
  return true;
}

/// How long its tries of one operation take at most; one that tries on finds a member in one round.
template <class Protocol>
TimeUs SwarmPlay<Protocol>::tries_us(const ClientConfig& client) const {
  const auto round = static_cast<TimeUs>(world_.hosts().size()) + 1;
  const TimeUs tries = client.tries == 0 ? round : client.tries;
  return tries * (client.timeout_us + World<Protocol>::kRetryUs);
}

template <class Protocol>
typename SwarmPlay<Protocol>::Asked SwarmPlay<Protocol>::asked_so_far() const {
  Asked asked;
  asked.futures = world_.futures().made();
  for (const auto& client : world_.clients()) {
    asked.numbers.push_back(client.number);
    asked.patience_us = std::max(asked.patience_us, tries_us(client.config));
  }
  return asked;
}

/// The first operation of `before` that its client still waits for; "" if there is none.
template <class Protocol>
std::string SwarmPlay<Protocol>::open_operation(const Asked& before) const {
  for (size_t i = 0; i < before.numbers.size(); ++i)
    for (const auto& waiting : world_.clients()[i].open)
      if (waiting.command.number <= before.numbers[i])
        return operation_id(waiting.command.client, waiting.command.number) + " at " + server_label(waiting.at);
  return {};
}

/// As in settled(): servers that those who stopped left behind owe nothing.
template <class Protocol>
bool SwarmPlay<Protocol>::futures_open(const Asked& before) const {
  const ServerSet members = newest().members;
  for (const auto& host : world_.hosts())
    if ((stopped_ == 0 || contains(members, host.id)) && !host.futures.empty() &&
        host.futures.front().record <= before.futures)
      return true;
  return false;
}

/// Everything works: what was asked before comes to an end, and servers know what became of their proposals.
template <class Protocol>
void SwarmPlay<Protocol>::end_what_was(const Asked& before) {
  const TimeUs bound = bound_us();
  if (!wait(bound, [&] { return !futures_open(before); }) && !newest().open)
    return fail(kStallSettle, "everything is linked and up, and within " + time_label(bound) +
                                  " not every older proposal settled: " + describe_servers());
  if (wait(before.patience_us + bound, [&] { return open_operation(before).empty(); }) || newest().open) return;
  fail(kStallClients, "everything is linked and up, and within " + time_label(before.patience_us + bound) +
                          " no end of " + open_operation(before) + ": " + describe_servers());
}

/// Nobody waits for anything, and all members' logs are one decided log. Servers that stopped may have been the last to
/// know how an old configuration ended; those that they left behind owe nothing.
template <class Protocol>
bool SwarmPlay<Protocol>::settled() const {
  const Newest now = newest();
  const LogIndex length = checker_.chosen_length();
  for (const auto& host : world_.hosts()) {
    const bool member = contains(now.members, host.id);
    if (!member && stopped_ != 0) continue;
    if (!host.server || Protocol::unsettled(*host.server) != 0) return false;
    const Probe probe = Protocol::probe(*host.server);
    if (member && (probe.decided != length || probe.length != length)) return false;
  }
  return !now.open;
}

/// Everything is healed. What was proposed settles by itself; then new proposals reach every member's decided log.
template <class Protocol>
void SwarmPlay<Protocol>::settle_everywhere() {
  heal_everything();
  if (!result_.failure && newest().open) hand_over();
  if (!result_.failure) stop_left_behind();
  if (result_.failure) return;
  const TimeUs bound = bound_us();
  if (case_.quiet) {
    TimeUs patience = 0;
    for (const ClientConfig& client : world_.config().clients) {
      const TimeUs pause = client.every_us == 0 ? client.think_us : client.every_us;
      patience = std::max(patience, client.start_us + client.operations * (tries_us(client) + pause));
    }
    if (!wait(patience + bound, [&] { return clients_done(); }))
      return fail(kStallClients, "everything is linked and up, and within " + time_label(patience + bound) +
                                     " not every operation ended: " + describe_servers());
    if (!wait(bound, [&] { return settled(); }))
      return fail(kStallSettle, "everything is linked and up, nobody proposes any more, and within " +
                                    time_label(bound) + " not everything settled: " + describe_servers());
  }
  if (result_.failure) return;
  const Asked before = asked_so_far();
  const LogIndex from = checker_.chosen_length();
  const ServerSet members = newest().members;
  const uint32_t first = propose_at(members);
  const bool caught_up = wait(bound, [&] {
    const uint32_t cancelled = propose_again(first);
    const uint32_t count = proposals_ + 1 - first - cancelled;
    for (const auto& host : world_.hosts())
      if (contains(members, host.id) && decided_proposals(host, from, first) < count) return false;
    return true;
  });
  if (newest().members != members) return;
  if (caught_up) return end_what_was(before);
  fail(kStallCatchUp, "everything is linked and up, and within " + time_label(bound) +
                          " not every member decided all new proposals: " + describe_servers());
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
    if (probe.runs == 0) {
      text += " is in no configuration, decided " + std::to_string(probe.decided) + " of " + std::to_string(probe.length);
      continue;
    }
    const uint64_t waiting = Protocol::unsettled(*host.server);
    const std::string newest = std::to_string(probe.promised.n) + "·" + server_label(probe.promised.server);
    if (!Protocol::kTraits.has_log) {
      text += " holds " + newest + ", coordinates " + std::to_string(waiting) + " operations";
      continue;
    }
    if (probe.runs > 1) text += " in configuration " + std::to_string(probe.runs);
    text += " has promised " + newest + (probe.leads ? ", leads" : "") + ", decided " + std::to_string(probe.decided) + " of " +
            std::to_string(probe.length);
    if (waiting != 0) text += ", " + std::to_string(waiting) + " proposals wait";
  }
  return text;
}

}  // namespace paxoscope
