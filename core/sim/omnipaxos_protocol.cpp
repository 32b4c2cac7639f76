#include "sim/omnipaxos_protocol.h"

#include <algorithm>

#include "base/text.h"

namespace paxoscope {

using namespace omnipaxos;

namespace {

/// Sizes that may miss each other count only while that rule is off; with it on, majorities take their place.
bool has_own_quorums(const WorldConfig& config, const SwitchSet& switches) {
  const auto count = static_cast<uint32_t>((config.members.empty() ? config.servers : config.members).size());
  const uint32_t read = config.read_quorum != 0 ? config.read_quorum : count / 2 + 1;
  const uint32_t write = config.write_quorum != 0 ? config.write_quorum : count / 2 + 1;
  return read + write > count || !on(switches, Switch::P3_intersect);
}

/// Who must hold an entry of configuration `id`.
QuorumProbe quorum_of(const WorldConfig& config, const SwitchSet& switches, ConfigurationId id, ServerSet members) {
  const bool own = id == 1 && config.write_quorum != 0 && has_own_quorums(config, switches);
  return {id, members, own ? config.write_quorum : count_of(members) / 2 + 1, 0, 0};
}

}  // namespace

template <class Observer>
typename OmniPaxosProtocol<Observer>::Server OmniPaxosProtocol<Observer>::start(const WorldConfig& config,
                                                                                const SwitchSet& switches,
                                                                                uint32_t position,
                                                                                const Durable& durable) {
  Config own;
  own.pid = config.servers[position];
  bool member = config.members.empty();
  for (ServerId id : config.members.empty() ? config.servers : config.members) {
    if (id == own.pid)
      member = true;
    else
      own.peers.push_back(id);
  }
  const auto ticks = [](TimeUs us) {
    const TimeUs count = us / World<OmniPaxosProtocol>::kTickUs;
    return static_cast<uint32_t>(count < 1 ? 1 : count);
  };
  own.election_ticks = ticks(config.election_timeout_us);
  own.resend_ticks = ticks(config.resend_us);
  own.priority = position < config.priorities.size() ? config.priorities[position] : 0;
  // Among fresh servers, n = 1 each, the highest priority leads first; later ballots are ordered by n.
  if (config.first_leader == own.pid) ++own.priority;
  own.calm_takeover = config.calm_takeover;
  if (member && has_own_quorums(config, switches)) {
    own.read_quorum = config.read_quorum;
    own.write_quorum = config.write_quorum;
  }
  own.delta_after = config.delta_after;
  own.batch_entries = config.batch_entries;
  if (!config.relay) own.relay_hops = 0;
  own.batch_ticks = ticks(config.batch_wait_us);
  own.switches = switches;
  Options options;
  options.resubmit = config.resubmit;
  options.report_settled = true;
  Result<Server> server = Server::with(own, member, durable, options);
  PAXO_ASSERT(server.has_value());
  return std::move(*server);
}

template <class Observer>
typename OmniPaxosProtocol<Observer>::Durable OmniPaxosProtocol<Observer>::reopened(const Durable& durable,
                                                                                    bool synchronous) {
  Durable fresh{durable.log, durable.attempts, MemoryState(synchronous), durable.snapshot};
  fresh.state.edit() = durable.state.values();
  return fresh;
}

template <class Observer>
void OmniPaxosProtocol<Observer>::set_durable_decided(Durable& durable, const Server& server) {
  const PaxosValues& now = server.values();
  if (now.sealed.size() != durable.state.values().sealed.size()) return;
  // A snapshot and the decided index that it brings are one write.
  if (server.storage().log.trimmed_to() != durable.log.trimmed_to()) return;
  durable.state.edit().decided = now.decided;
}

template <class Observer>
void OmniPaxosProtocol<Observer>::hash_durable(const Durable& durable, Hasher& hasher) {
  const PaxosValues& values = durable.state.values();
  values.promised.add_to(hasher);
  values.accepted.add_to(hasher);
  hasher.add(values.decided);
  hasher.add(values.incarnation);
  hasher.add((static_cast<uint64_t>(values.configuration) << 32) | values.members);
  add_to_hash(hasher, values.stop);
  values.named.add_to(hasher);
  for (const SealedConfiguration& sealed : values.sealed) {
    hasher.add((static_cast<uint64_t>(sealed.id) << 32) | sealed.members);
    hasher.add(sealed.sealed_length);
  }
  hasher.add(durable.log.length());
  durable.attempts.each(durable.log.trimmed_to() + 1, durable.log.length() + 1, [&](const AttemptRun& run) {
    hasher.add(run.first);
    hasher.add((static_cast<uint64_t>(run.start.proposer) << 32) | run.start.incarnation);
    hasher.add(run.start.counter);
    run.start.tag.add_to(hasher);
  });
  for (LogIndex i = durable.log.trimmed_to() + 1; i <= durable.log.length(); ++i)
    add_to_hash(hasher, durable.log.at(i));
  add_to_hash(hasher, durable.snapshot);
}

template <class Observer>
Probe OmniPaxosProtocol<Observer>::probe(const Server& server) {
  Probe probe = OmniPaxosProtocol::probe(server.storage());
  if (server.is_leader()) probe.leads = server.instance()->paxos().leader_state().ballot;
  probe.broken_fact = server.broken_fact();
  if (probe.broken_fact == nullptr && probe.decided > probe.length)
    probe.broken_fact = "the decided index does not pass the log";
  return probe;
}

template <class Observer>
Probe OmniPaxosProtocol<Observer>::probe(const Durable& durable) {
  const PaxosValues& values = durable.state.values();
  Probe probe;
  probe.configuration = probe.runs = values.configuration;
  probe.promised = values.promised;
  probe.decided = values.decided;
  probe.length = durable.log.length();
  return probe;
}

template <class Observer>
QuorumProbe OmniPaxosProtocol<Observer>::write_quorum(const WorldConfig& config, const Server& server,
                                                      LogIndex index) {
  const PaxosValues& values = server.values();
  ServerSet members = values.members;
  ConfigurationId id = values.configuration;
  for (auto sealed = values.sealed.rbegin(); sealed != values.sealed.rend(); ++sealed)
    if (index <= sealed->sealed_length) {
      members = sealed->members;
      id = sealed->id;
    }
  return quorum_of(config, server.config().switches, id, members);
}

template <class Observer>
AcceptedProbe OmniPaxosProtocol<Observer>::accepted(const WorldConfig& config, const SwitchSet& switches,
                                                    const Durable& durable) {
  const PaxosValues& values = durable.state.values();
  const LogIndex sealed = values.sealed.empty() ? 0 : values.sealed.back().sealed_length;
  if (values.configuration == 0) return {0, {}, 0, sealed, {}};
  return {values.configuration, values.accepted, durable.log.length(), sealed,
          quorum_of(config, switches, values.configuration, values.members)};
}

template <class Observer>
QuorumProbe OmniPaxosProtocol<Observer>::stop_quorum(const Server& server) {
  const auto& next = server.successor()->next;
  return {next.configuration - 1, next.members, count_of(next.members) / 2 + 1, 0, 0};
}

template <class Observer>
bool OmniPaxosProtocol<Observer>::holds_sealed(const Durable& durable, ConfigurationId configuration) {
  const PaxosValues& values = durable.state.values();
  return !values.sealed.empty() && values.sealed.back().id >= configuration &&
         values.decided >= values.sealed.back().sealed_length;
}

template <class Observer>
Result<uint64_t> OmniPaxosProtocol<Observer>::reconfigure(Server& server, ServerSet members, ServerId named_leader,
                                                          uint32_t number) {
  const auto proposed = server.propose_reconfiguration(Command::make(0, number, "stop"), members, named_leader);
  if (!proposed) return tl::unexpected<Error>(proposed.error().reason);
  return *proposed;
}

template <class Observer>
void OmniPaxosProtocol<Observer>::translate_settled(Server& server, std::vector<Settlement>& out) {
  // By CancelReason; {0} is the ballot.
  static constexpr const char* kReasons[] = {
      "",
      "a later proposal of its server is decided without it, under ballot {0}",
      "ballot {0} decided a log without it",
      "its configuration ended without it",
      "a leader refused its ballot {0}, and that is taken for its end",
  };
  for (const Settled& settled : server.take_settled()) {
    const Attempt& attempt = settled.attempt;
    out.push_back({settled.future,
                   {attempt.proposer, attempt.incarnation, attempt.counter},
                   settled.outcome == Outcome::resolved,
                   false,
                   !settled.ends,
                   settled.index,
                   kReasons[static_cast<size_t>(settled.reason)],
                   settled.ballot,
                   attempt.tag});
  }
}

namespace {

void describe_log(const Storage<MemorySequence<Command>, MemoryState>& storage, const LogWindow& window,
                  ServerView& view) {
  const LogIndex length = storage.log.length();
  const PaxosValues& values = storage.state.values();
  const auto configuration_of = [&](LogIndex index) {
    for (const SealedConfiguration& sealed : values.sealed)
      if (index <= sealed.sealed_length) return sealed.id;
    return values.configuration != 0 ? values.configuration
                                     : values.sealed.empty() ? 1 : values.sealed.back().id + 1;
  };
  const auto is_stop = [&](LogIndex index) {
    for (const SealedConfiguration& sealed : values.sealed)
      if (index == sealed.sealed_length) return true;
    return values.stop != nullptr && index == length;
  };
  view.log_length = length;
  view.trimmed_to = storage.log.trimmed_to();
  view.snapshot_to = storage.snapshot && storage.snapshot->has_state ? storage.snapshot->index : 0;
  view.decided_index = storage.state.values().decided;
  const LogIndex end = window.first + window.count;
  for (LogIndex index = window.first; index < end && index <= length; ++index) {
    LogCell cell;
    cell.index = index;
    if (index <= view.trimmed_to) {
      cell.state = storage.snapshot->has_state ? CellState::snapshot : CellState::trimmed;
    } else {
      const Command& command = storage.log.at(index);
      cell.label = std::string(command.label());
      cell.epoch = epoch_of(storage.attempts.at(index).tag, configuration_of(index));
      cell.state = is_stop(index)                ? CellState::stop_sign
                   : index <= view.decided_index ? CellState::decided
                                                 : CellState::accepted;
      cell.attempt_id = command.identity();
    }
    view.cells.push_back(std::move(cell));
  }
}

void add_field(ServerView& view, const char* name, FieldValue value, bool durable = false) {
  view.fields.push_back({name, std::move(value), {}, {}, durable});
}

const char* phase_text(Phase phase) {
  switch (phase) {
    case Phase::prepare:
      return "prepare";
    case Phase::accept:
      return "accept";
    case Phase::recover:
      return "recover";
  }
  return "";
}

}  // namespace

namespace {

/// A server in no configuration: spare, joining or retired.
template <class Server>
void describe_idle(const Server& server, const LogWindow& window, ServerView& view) {
  const PaxosValues& values = server.values();
  const auto* joining = server.joining();
  view.configuration = 0;
  const bool retired = joining == nullptr && !values.sealed.empty();
  view.role = retired ? Role::retired : Role::learner;
  // Its ballot ended with the configuration; the stop-sign still says which one that was.
  if (retired && server.storage().log.length() > server.storage().log.trimmed_to())
    view.epoch = epoch_of(server.storage().attempts.at(server.storage().log.length()).tag, values.sealed.back().id);
  view.role_text = retired ? "Retired" : joining != nullptr ? "Joining" : "Spare";
  describe_log(server.storage(), window, view);
  if (joining != nullptr) {
    uint64_t fetched = 0;
    std::vector<ServerId> donors;
    view.joining = joining->next.configuration;
    for (const auto& piece : joining->migration.pieces()) {
      view.catch_up.push_back({piece.from, piece.to, piece.donor, piece.done});
      if (piece.done) fetched += piece.to - piece.from;
      if (piece.donor != 0 && std::find(donors.begin(), donors.end(), piece.donor) == donors.end())
        donors.push_back(piece.donor);
    }
    std::sort(donors.begin(), donors.end());
    const uint64_t needed = joining->migration.end() - joining->migration.first();
    view.activity = concat("Joining configuration ", joining->next.configuration);
    add_field(view, "Configuration", text_value(concat("c", joining->next.configuration, ", joining")));
    add_field(view, "Needs entries", text_value(range_text(joining->migration.first(), needed)));
    add_field(view, "Fetched in all", count_value(static_cast<int64_t>(fetched)));
    add_field(view, "Reads from", servers_value(donors));
  } else {
    view.activity = !retired            ? "Spare, in no configuration yet"
                    : server.may_stop() ? "Retired; it may stop"
                                        : "Retired; it still gives its log to the new members";
    add_field(view, "Configuration", text_value(retired ? "none, retired" : "none, spare"));
  }
  add_field(view, "Decided index", index_value(values.decided), true);
  add_field(view, "Log length", index_value(server.storage().log.length()), true);
  add_field(view, "Incarnation", count_value(values.incarnation), true);
}

}  // namespace

template <class Observer>
void OmniPaxosProtocol<Observer>::describe_server(const Server& server, const LogWindow& window, ServerView& view) {
  if (server.instance() == nullptr) return describe_idle(server, window, view);
  const auto& paxos = server.instance()->paxos();
  const auto& election = server.instance()->election();
  const Config& config = server.instance()->config();
  const PaxosValues& values = paxos.values();
  const ConfigurationId configuration = values.configuration;
  const auto epoch = [&](const Ballot& ballot) {
    return ballot ? epoch_of(ballot, configuration) : Epoch{configuration, 0, 0, 0};
  };
  const bool preparing = paxos.leading() && paxos.phase() == Phase::prepare;
  view.configuration = configuration;
  view.epoch = epoch(values.promised);
  if (paxos.leading()) view.leads = view.epoch;
  view.role = preparing                          ? Role::preparing
              : paxos.leading()                  ? Role::leader
              : paxos.overtaken()                ? Role::old_leader
              : paxos.phase() == Phase::recover && values.incarnation > 1 ? Role::recovering
                                                 : Role::follower;
  view.role_text = preparing                        ? "Leader"
                   : view.role == Role::leader      ? "Leader"
                   : view.role == Role::old_leader  ? "Old leader"
                   : view.role == Role::recovering  ? "Recovering"
                                                    : "Follower";
  view.activity = preparing                        ? "Leader, gathering promises"
                  : view.role == Role::leader      ? (election.quorum_connected() ? "Leader, replicating its log"
                                                                                  : "Leader, cut off from a quorum")
                  : view.role == Role::old_leader  ? "Overtaken by a higher ballot"
                  : view.role == Role::recovering  ? "Recovering, asks for a Prepare"
                  : paxos.phase() == Phase::prepare ? "Follower, has promised and waits for the log"
                  : paxos.phase() == Phase::accept  ? "Follower, in line with its leader"
                                                    : "No leader yet";
  view.has_quorum_mark = true;
  view.quorum_connected = election.quorum_connected();
  view.heard = election.heard_count();
  view.members = config.members();
  describe_log(paxos.storage(), window, view);

  add_field(view, "Role", text_value(view.role == Role::leader || preparing ? "leader"
                                     : view.role == Role::old_leader        ? "old leader"
                                                                            : "follower"));
  add_field(view, "Promised ballot", epoch_value(view.epoch), true);
  add_field(view, "Accepted ballot", epoch_value(epoch(values.accepted)), true);
  add_field(view, "Leader", server_value(election.leader().server));
  if (paxos.leading()) {
    add_field(view, "Promises", text_value(concat(paxos.leader_state().promises(), " of ", config.prepare_quorum(),
                                                   " needed")));
  } else {
    add_field(view, "Promises", text_value("–"));
  }
  add_field(view, "Decided index", index_value(values.decided), true);
  add_field(view, "Log length", index_value(paxos.storage().log.length()), true);
  add_field(view, "Quorum-connected", boolean_value(election.quorum_connected()));
  std::vector<ServerId> heard;
  for (size_t i = 0; i < config.peers.size(); ++i)
    if (election.last_round()[i].replied) heard.push_back(config.peers[i]);
  add_field(view, "Peers heard", servers_value(heard));
  add_field(view, "Own ballot", epoch_value(epoch(election.ballot())));
  add_field(view, "Phase", text_value(phase_text(paxos.phase())));
  add_field(view, "Sync decided", boolean_value(paxos.sync_decided()));
  add_field(view, "Proposals waiting", count_value(static_cast<int64_t>(paxos.proposer().unsettled())));
  add_field(view, "Session", text_value(concat(paxos.session().incarnation, ".", paxos.session().counter)));
  add_field(view, "Incarnation", count_value(values.incarnation), true);
  add_field(view, "Configuration", text_value(concat("c", configuration)), true);
}

template <class Observer>
void OmniPaxosProtocol<Observer>::describe_down(const Durable& durable, const LogWindow& window, ServerView& view) {
  const PaxosValues& values = durable.state.values();
  const ConfigurationId configuration = values.configuration != 0 ? values.configuration : 1;
  view.epoch = values.promised ? epoch_of(values.promised, configuration) : Epoch{};
  view.role = Role::follower;
  view.role_text = "Down";
  view.activity = view.state_lost ? "Down, its disk is lost" : "Down; its disk keeps what was durable";
  describe_log(durable, window, view);
  add_field(view, "Role", text_value("down"));
  add_field(view, "Promised ballot", epoch_value(view.epoch), true);
  add_field(view, "Accepted ballot", epoch_value(values.accepted ? epoch_of(values.accepted, configuration) : Epoch{}), true);
  add_field(view, "Decided index", index_value(values.decided), true);
  add_field(view, "Log length", index_value(durable.log.length()), true);
  add_field(view, "Incarnation", count_value(values.incarnation), true);
  if (values.configuration != 0)
    add_field(view, "Configuration", text_value(concat("c", values.configuration)), true);
}

template <class Observer>
std::array<LaneChange, 3> OmniPaxosProtocol<Observer>::describe_lane(const Server& server) {
  const PaxosValues& values = server.values();
  std::array<LaneChange, 3> lane;
  lane[0].kind = LaneKind::own_ballot;
  lane[1].kind = LaneKind::leader;
  LaneChange& place = lane[2];
  if (const auto* running = server.instance()) {
    const auto& election = running->election();
    place.epoch.configuration = values.configuration;
    lane[0].epoch = epoch_of(election.ballot(), values.configuration);
    if (election.leader()) lane[1].epoch = epoch_of(election.leader(), values.configuration);
  } else if (const auto* joining = server.joining()) {
    place.epoch.configuration = joining->next.configuration;
    place.membership = Membership::joining;
  } else {
    place.epoch.configuration = values.sealed.empty() ? 0 : values.sealed.back().id;
    place.membership = values.sealed.empty() ? Membership::spare : Membership::retired;
  }
  return lane;
}

template <class Observer>
void OmniPaxosProtocol<Observer>::merge_configurations(const Durable& storage,
                                                       std::vector<ConfigurationView>& known) {
  const PaxosValues& values = storage.state.values();
  const auto merge = [&](ConfigurationId id, ServerSet members, bool sealed, LogIndex sealed_length) {
    auto at = std::find_if(known.begin(), known.end(), [&](const ConfigurationView& view) { return view.id >= id; });
    if (at == known.end() || at->id != id) at = known.insert(at, {id, servers_of(members), false, 0});
    if (!sealed) return;
    at->sealed = true;
    at->sealed_length = sealed_length;
  };
  for (const SealedConfiguration& sealed : values.sealed) merge(sealed.id, sealed.members, true, sealed.sealed_length);
  if (values.members != 0)
    merge(values.sealed.empty() ? values.configuration : values.sealed.back().id + 1, values.members, false, 0);
}

template <class Observer>
std::vector<TimerView> OmniPaxosProtocol<Observer>::timers(const Server& server, TimeUs tick_us) {
  if (server.instance() == nullptr) return {};
  const auto us = [&](uint32_t ticks) { return static_cast<TimeUs>(ticks) * tick_us; };
  const Config& config = server.config();
  return {{"election", TimerKind::election, us(server.instance()->election().ticks_to_round_end()),
           us(config.election_ticks)},
          {"resend", TimerKind::resend, us(config.resend_ticks - server.instance()->resend_elapsed_ticks()),
           us(config.resend_ticks)}};
}

template struct OmniPaxosProtocol<Notes>;
template struct OmniPaxosProtocol<NoNotes>;

}  // namespace paxoscope
