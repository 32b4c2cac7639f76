#include "sim/raft_protocol.h"

#include <algorithm>

#include "sim/describe_text.h"

namespace paxoscope {

namespace {

raft::Servers servers_in(ServerSet set) {
  raft::Servers servers;
  for (ServerId id : servers_of(set)) servers.add(id);
  return servers;
}

/// A world's servers have ids that fit a mask.
ServerSet set_of(const raft::Servers& servers) {
  ServerSet set = 0;
  for (ServerId id : servers) set |= server_bit(id);
  return set;
}

uint32_t majority_of(const raft::Servers& servers) { return servers.size() / 2 + 1; }

QuorumProbe quorum_of(const raft::Membership& membership) {
  QuorumProbe quorum{1, set_of(membership.voters), majority_of(membership.voters), 0, 0};
  if (membership.joint()) {
    quorum.outgoing = set_of(membership.outgoing);
    quorum.outgoing_count = majority_of(membership.outgoing);
  }
  return quorum;
}

/// The newest membership in a log; null where there is none yet.
template <class Durable>
std::pair<const raft::Membership*, LogIndex> newest_membership(const Durable& durable) {
  const LogIndex index = durable.marks.membership_before(durable.log.length());
  if (index != 0) return {durable.marks.at(index).membership.get(), index};
  if (durable.snapshot) return {durable.snapshot->membership.get(), durable.snapshot->membership_index};
  return {durable.state.values().initial.get(), 0};
}

raft::ReadMode read_mode(const WorldConfig& config) {
  switch (config.reads) {
    case ReadPath::log: return raft::ReadMode::log;
    case ReadPath::lease: return config.check_quorum ? raft::ReadMode::lease : raft::ReadMode::read_index;
    case ReadPath::read_index: break;
  }
  return raft::ReadMode::read_index;
}

}  // namespace

template <class Observer>
typename RaftProtocol<Observer>::Server RaftProtocol<Observer>::start(const WorldConfig& config,
                                                                      const SwitchSet& switches, uint32_t position,
                                                                      const Durable& durable, uint64_t draw) {
  raft::Config own;
  own.id = config.servers[position];
  const auto& voters = config.members.empty() ? config.servers : config.members;
  if (std::find(voters.begin(), voters.end(), own.id) != voters.end())
    for (ServerId id : voters) own.initial.voters.add(id);
  const TimeUs ticks = config.election_timeout_us / World<RaftProtocol>::kTickUs;
  own.election_ticks = static_cast<uint32_t>(std::max<TimeUs>(ticks, 1));
  own.heartbeat_ticks = std::max<uint32_t>(own.election_ticks / 5, 1);
  own.seed = draw;
  own.pre_vote = config.pre_vote;
  own.check_quorum = config.check_quorum;
  own.reads = read_mode(config);
  own.clock_drift_permille = config.clock_drift_permille;
  if (config.message_entries != 0) own.max_message_entries = config.message_entries;
  own.empty_probes = config.empty_probes;
  own.chunk_items = 4;  // a picture of a state is small, and should be seen to travel in parts
  own.switches = switches;
  const bool fresh = durable.state.values().incarnation == 0;
  auto service = Server::Service::with(own, durable);
  PAXO_ASSERT(service.has_value());
  Server server{std::move(*service)};
  if (fresh && config.first_leader == own.id) server.raft().fire_election();
  return server;
}

template <class Observer>
typename RaftProtocol<Observer>::Durable RaftProtocol<Observer>::reopened(const Durable& durable, bool synchronous) {
  Durable fresh{durable.log, durable.marks, raft::MemoryRaftState(synchronous), durable.snapshot};
  fresh.state.edit() = durable.state.values();
  return fresh;
}

template <class Observer>
uint64_t RaftProtocol<Observer>::propose(Server& server, const Command& command) {
  if (parse_operation(command.label()).kind != OperationKind::get) {
    const auto taken = server.service.propose_command(command);
    return taken ? *taken : 0;
  }
  const auto taken = server.service.read_command();
  if (!taken) return 0;
  server.reads.push_back({*taken, command});
  return *taken;
}

template <class Observer>
void RaftProtocol<Observer>::Server::look() {
  const size_t before = settled.size();
  service.take_settled(settled);
  for (size_t i = before; i < settled.size(); ++i) {
    if (settled[i].outcome != raft::Outcome::readable) continue;
    const auto read = std::find_if(reads.begin(), reads.end(),
                                   [&](const Read& candidate) { return candidate.number == settled[i].number; });
    PAXO_ASSERT(read != reads.end());
    answered.push_back({read->command, settled[i].index, read->number});
    reads.erase(read);
  }
}

template <class Observer>
void RaftProtocol<Observer>::translate_settled(Server& server, std::vector<Settlement>& out) {
  for (const raft::Settled& how : server.settled) {
    Settlement& settlement = out.emplace_back();
    settlement.future = how.number;
    settlement.index = how.index;
    if (how.proposed != 0) settlement.tag = {how.proposed, 0, 0};
    if (how.index != 0 && how.proposed != 0) settlement.attempt = place_name(how.proposed, how.index);
    switch (how.outcome) {
      case raft::Outcome::committed:
      case raft::Outcome::readable:
        settlement.resolved = true;
        break;
      case raft::Outcome::replaced:
        settlement.ballot = {how.term, 0, 0};
        settlement.reason = "term {0} went on without it";
        break;
      case raft::Outcome::unknown:
        settlement.unknown = true;
        settlement.attempt = {};
        settlement.reason = how.index == 0 ? "it was forwarded, and nobody says what became of it"
                                           : "a snapshot covers its place";
        break;
    }
  }
  server.settled.clear();
}

template <class Observer>
Result<uint64_t> RaftProtocol<Observer>::reconfigure(Server& server, ServerSet members, ServerId named_leader, uint32_t) {
  if (Result<void> taken = server.service.reconfigure(servers_in(members), named_leader); !taken)
    return tl::unexpected<Error>(taken.error());
  return 0;
}

template <class Observer>
Result<void> RaftProtocol<Observer>::compact(Server& server, LogIndex index, bool local, bool keep_state) {
  if (!keep_state) return fail("Raft drops entries only where a snapshot takes their place");
  if (!local) return fail("with Raft each server takes its snapshots by itself: name one");
  const auto taken = server.raft().perform_snapshot(index);
  if (!taken) return tl::unexpected<Error>(taken.error());
  return {};
}

template <class Observer>
void RaftProtocol<Observer>::set_durable_decided(Durable& durable, const Server& server) {
  // A snapshot and the commit index that it brings are one write, and an entry is committed only after it was written.
  if (storage(server).log.trimmed_to() != durable.log.trimmed_to()) return;
  const LogIndex commit = std::min(server.raft().commit_index(), server.raft().flushed_length());
  if (commit > durable.log.length() || commit < durable.state.values().commit) return;
  durable.state.edit().commit = commit;
}

// --- probing

template <class Observer>
Probe RaftProtocol<Observer>::probe(const Server& server) {
  const Raft& raft = server.raft();
  Probe probe = RaftProtocol::probe(storage(server));
  if (raft.leader() != 0) probe.promised.server = raft.leader();
  if (raft.is_leader()) probe.leads = {raft.term(), 0, raft.config().id};
  if (!raft.membership()->has(raft.config().id) && raft.membership_committed()) probe.runs = 0;
  probe.broken_fact = raft.broken_fact();
  if (probe.broken_fact == nullptr && probe.decided > probe.length)
    probe.broken_fact = "the commit index does not pass the log";
  return probe;
}

template <class Observer>
Probe RaftProtocol<Observer>::probe(const Durable& durable) {
  const raft::RaftValues& values = durable.state.values();
  Probe probe;
  probe.promised = {values.term, 0, values.vote};
  probe.decided = std::max(values.commit, durable.log.trimmed_to());
  probe.length = durable.log.length();
  const auto [membership, index] = newest_membership(durable);
  probe.runs = membership == nullptr || membership->voters.empty() ? 0 : membership->number;
  return probe;
}

template <class Observer>
uint64_t RaftProtocol<Observer>::entry_identity(const Durable& durable, LogIndex index) {
  const Command* command = command_at(durable, index);
  if (command == nullptr) return 0;
  Hasher hasher;
  hasher.add(paxoscope::entry_identity(durable.marks.at(index), *command, index));
  hasher.add(durable.marks.at(index).term);
  return hasher.value() | 1;
}

template <class Observer>
QuorumProbe RaftProtocol<Observer>::write_quorum(const WorldConfig&, const Server& server, LogIndex) {
  const raft::MembershipRef& counted = server.raft().commit_membership();
  return quorum_of(counted ? *counted : *server.raft().membership());
}

template <class Observer>
AcceptedProbe RaftProtocol<Observer>::accepted(const WorldConfig&, const SwitchSet&, const Durable& durable) {
  const raft::Term term = durable.state.values().term;
  const auto [membership, index] = newest_membership(durable);
  if (membership == nullptr || term == 0 || durable.marks.last_term() != term) return {1, {}, 0, 0, {}};
  return {1, {term, 0, 0}, durable.log.length(), 0, quorum_of(*membership)};
}

template <class Observer>
bool RaftProtocol<Observer>::may_stop(const Server& server) {
  const Raft& raft = server.raft();
  const raft::Membership& now = *raft.membership();
  return !now.voters.empty() && !now.joint() && !now.has(raft.config().id) && raft.membership_committed() &&
         !raft.is_leader();
}

template <class Observer>
QuorumProbe RaftProtocol<Observer>::stop_quorum(const Server& server) {
  const raft::Membership& now = *server.raft().membership();
  return {now.number, set_of(now.voters), majority_of(now.voters), 0, 0};
}

template <class Observer>
bool RaftProtocol<Observer>::holds_sealed(const Durable& durable, ConfigurationId configuration) {
  const auto [membership, index] = newest_membership(durable);
  return membership != nullptr && membership->number >= configuration;
}

template <class Observer>
ServerSet RaftProtocol<Observer>::members(const Durable& durable) {
  const auto [membership, index] = newest_membership(durable);
  return membership == nullptr ? 0 : set_of(membership->voters) | set_of(membership->outgoing);
}

template <class Observer>
ServerSet RaftProtocol<Observer>::next_members(const Durable& durable) {
  const auto [membership, index] = newest_membership(durable);
  return membership == nullptr || !membership->joint() ? 0 : set_of(membership->voters);
}

template <class Observer>
ServerSet RaftProtocol<Observer>::proposed_members(const Server& server) {
  const raft::Servers* wanted = server.raft().wanted_voters();
  return wanted == nullptr ? 0 : set_of(*wanted);
}

template <class Observer>
void RaftProtocol<Observer>::merge_configurations(const Durable& durable, std::vector<ConfigurationView>& known) {
  const LogIndex commit = durable.state.values().commit;
  const auto merge = [&](const raft::Membership* membership, LogIndex index) {
    if (membership == nullptr || membership->voters.empty()) return;
    const ConfigurationId id = membership->number;
    const std::vector<ServerId> members = servers_of(set_of(membership->voters) | set_of(membership->outgoing));
    auto at = std::find_if(known.begin(), known.end(), [&](const ConfigurationView& view) { return view.id >= id; });
    const bool fresh = at == known.end() || at->id != id;
    if (fresh) at = known.insert(at, {id, {}, false, 0});
    const bool committed = index <= commit;
    if (!fresh && !committed) return;
    at->members = members;
    at->joint = membership->joint();
    at->learners = servers_of(set_of(membership->learners) | set_of(membership->learners_next));
    at->committed = committed;
    if (!committed) return;
    // One that is committed ends all that came before it.
    for (auto older = known.begin(); older != at; ++older) {
      older->sealed = true;
      if (older->sealed_length == 0) older->sealed_length = index;
    }
  };
  if (durable.snapshot)
    merge(durable.snapshot->membership.get(), durable.snapshot->membership_index);
  else
    merge(durable.state.values().initial.get(), 0);
  for (LogIndex index = durable.marks.base() + 1; index <= durable.marks.length(); index = durable.marks.run_end(index) + 1)
    if (const raft::Mark& mark = durable.marks.at(index); mark.kind == raft::EntryKind::membership)
      merge(mark.membership.get(), index);
}

template <class Observer>
ConfigurationView RaftProtocol<Observer>::committed_configuration(const Durable& durable) {
  const LogIndex index = durable.marks.membership_before(std::min(durable.state.values().commit, durable.log.length()));
  const raft::Membership* membership = index != 0             ? durable.marks.at(index).membership.get()
                                       : durable.snapshot ? durable.snapshot->membership.get()
                                                          : durable.state.values().initial.get();
  if (membership == nullptr || membership->voters.empty()) return {0, {}, false, 0};
  return {membership->number, servers_of(set_of(membership->voters) | set_of(membership->outgoing)), false, 0};
}

template struct RaftProtocol<Notes>;
template struct RaftProtocol<NoNotes>;
#ifndef __EMSCRIPTEN__
template struct RaftProtocol<raft::Steps>;
#endif

}  // namespace paxoscope
