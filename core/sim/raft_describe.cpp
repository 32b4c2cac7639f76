// What a person sees of a Raft server.
#include <algorithm>

#include "sim/raft_protocol.h"

namespace paxoscope {

namespace {

using RaftMembership = raft::Membership;
using raft::Progress;

struct Fields {
  ServerView& view;
  void add(const char* name, FieldValue value, bool durable = false) const {
    view.fields.push_back({name, std::move(value), {}, {}, durable});
  }
};

template <class Durable>
void describe_log(const Durable& durable, LogIndex commit, const LogWindow& window, ServerView& view) {
  const LogIndex length = durable.log.length();
  view.log_length = length;
  view.trimmed_to = durable.log.trimmed_to();
  view.snapshot_to = durable.snapshot ? durable.snapshot->index : 0;
  view.decided_index = commit;
  for (LogIndex index = window.first; index < window.first + window.count && index <= length; ++index) {
    LogCell cell;
    cell.index = index;
    if (index <= view.trimmed_to) {
      cell.state = CellState::snapshot;
    } else {
      const raft::Mark& mark = durable.marks.at(index);
      const Command& command = durable.log.at(index);
      cell.label = entry_label(mark, command);
      cell.epoch = term_epoch(mark.term, 0);
      cell.state = mark.kind == raft::EntryKind::membership ? CellState::stop_sign
                   : index <= commit                         ? CellState::decided
                                                             : CellState::accepted;
      cell.attempt_id = entry_identity(mark, command, index);
    }
    view.cells.push_back(std::move(cell));
  }
}

std::string servers_text(const raft::Servers& servers) {
  std::string text;
  for (ServerId id : servers) text += (text.empty() ? "" : " ") + server_label(id);
  return text.empty() ? "none" : text;
}

/// Voted for a candidate that has not won, or follows its leader: whose the term is, as far as it knows.
template <class Raft>
ServerId owner_of_term(const Raft& raft) {
  return raft.leader() != 0 ? raft.leader() : raft.values().vote;
}

template <class Raft>
bool takes_part(const Raft& raft) {
  const RaftMembership& now = *raft.membership();
  return now.votes(raft.config().id) || (!raft.membership_committed() && !now.voters.empty());
}

const char* const kModes[] = {"probing", "in step", "snapshot"};

template <class Raft>
void describe_role(const Raft& raft, ServerView& view) {
  const RaftMembership& now = *raft.membership();
  const ServerId self = raft.config().id;
  switch (raft.role()) {
    case raft::Role::leader:
      view.role = Role::leader;
      view.role_text = "Leader";
      view.leads = view.epoch;
      view.activity = raft.handing_over_to() != 0 ? "Leader, hands over to " + server_label(raft.handing_over_to())
                      : now.joint()               ? "Leader, in joint consensus"
                      : !now.votes(self)          ? "Leader, about to leave"
                                                  : "Leader, replicating its log";
      return;
    case raft::Role::candidate:
      view.role = Role::candidate;
      view.role_text = "Candidate";
      view.activity = "Candidate, " + std::to_string(raft.granted().size()) +
                      (raft.granted().size() == 1 ? " vote in term " : " votes in term ") + std::to_string(raft.term());
      return;
    case raft::Role::pre_candidate:
      view.role = Role::candidate;
      view.role_text = "Pre-candidate";
      view.activity = "Asks whether it could win term " + std::to_string(raft.term() + 1);
      return;
    case raft::Role::follower:
      break;
  }
  view.role = Role::follower;
  view.role_text = "Follower";
  if (takes_part(raft)) {
    view.activity = raft.leader() != 0 ? "Follower of " + server_label(raft.leader()) : "Follower, knows no leader";
  } else if (now.listens(self)) {
    view.role = Role::learner;
    view.role_text = "Learner";
    view.activity = "Learner, receives the log and has no vote";
  } else if (now.voters.empty()) {
    view.role = Role::learner;
    view.role_text = "Spare";
    view.activity = "Spare, waits for a leader that adds it";
  } else {
    view.role = Role::retired;
    view.role_text = "Removed";
    view.activity = "Removed; the others go on without it";
  }
}

/// What only a leader knows: how far each member is, its lease, its reads.
template <class Raft>
void describe_leader(const Raft& raft, TimeUs tick_us, const Fields& fields, ServerView& view) {
  uint32_t active = 1;
  for (const Progress<Command>& p : raft.progress()) {
    active += p.active ? 1 : 0;
    const std::string name = "Match, next of " + server_label(p.id);
    fields.view.fields.push_back({name,
                                  text_value(std::to_string(p.match) + ", " + std::to_string(p.next) + "  " +
                                             kModes[static_cast<size_t>(p.mode)] + (p.paused ? ", waits" : "")),
                                  {},
                                  {},
                                  false});
  }
  fields.add("Read round", text_value(std::to_string(raft.confirmed_round()) + " of " + std::to_string(raft.round()) +
                                      " confirmed"));
  if (raft.config().reads == raft::ReadMode::lease)
    fields.add("Lease", raft.lease_holds()
                            ? duration_value(static_cast<TimeUs>(raft.lease_ticks_left()) * tick_us)
                            : text_value("none"));
  if (!raft.config().check_quorum) return;
  const uint32_t voters = raft.membership()->voters.size();
  view.has_quorum_mark = true;
  view.heard = active;
  view.members = voters;
  view.quorum_connected = active > voters / 2;
}

void describe_membership(const RaftMembership& membership, const Fields& fields) {
  fields.add("Configuration", text_value("c" + std::to_string(membership.number)), true);
  fields.add("Voters", text_value(membership_label(membership)), true);
  raft::Servers learners = membership.learners;
  for (ServerId id : membership.learners_next) learners.add(id);
  fields.add("Learners", text_value(servers_text(learners)), true);
}

}  // namespace

template <class Observer>
void RaftProtocol<Observer>::describe_server(const Server& server, const LogWindow& window, ServerView& view) {
  const Raft& raft = server.raft();
  const RaftMembership& now = *raft.membership();
  const TimeUs tick_us = World<RaftProtocol>::kTickUs;
  view.epoch = term_epoch(raft.term(), owner_of_term(raft));
  view.configuration = takes_part(raft) ? now.number : 0;
  view.members = now.voters.size();
  describe_role(raft, view);
  describe_log(raft.storage(), raft.commit_index(), window, view);
  const Fields fields{view};
  fields.add("Role", text_value(view.role_text));
  fields.add("Term", count_value(raft.term()), true);
  fields.add("Voted for", server_value(raft.values().vote), true);
  fields.add("Leader", server_value(raft.leader()));
  fields.add("Votes", view.role != Role::candidate
                          ? text_value("–")
                          : text_value(servers_text(raft.granted()) + (raft.refused().empty() ? "" : "; refused " +
                                                                           servers_text(raft.refused()))));
  fields.add("Commit index", index_value(raft.commit_index()), true);
  fields.add("Log length", index_value(raft.log_length()), true);
  fields.add("Last term", count_value(raft.storage().marks.last_term()), true);
  describe_membership(now, fields);
  if (raft.is_leader())
    describe_leader(raft, tick_us, fields, view);
  else
    fields.add("Agrees with its leader to", index_value(raft.agreed()));
  fields.add("Proposals waiting", count_value(static_cast<int64_t>(server.service.proposals().size())));
  fields.add("Reads waiting", count_value(static_cast<int64_t>(server.reads.size())));
  fields.add("Incarnation", count_value(raft.values().incarnation), true);
}

template <class Observer>
void RaftProtocol<Observer>::describe_down(const Durable& durable, const LogWindow& window, ServerView& view) {
  const raft::RaftValues& values = durable.state.values();
  view.epoch = term_epoch(values.term, values.vote);
  view.role = Role::follower;
  view.role_text = "Down";
  view.activity = view.state_lost ? "Down, its disk is lost" : "Down; its disk keeps what was durable";
  const LogIndex commit = std::max(values.commit, durable.log.trimmed_to());
  describe_log(durable, commit, window, view);
  const Fields fields{view};
  fields.add("Role", text_value("Down"));
  fields.add("Term", count_value(values.term), true);
  fields.add("Voted for", server_value(values.vote), true);
  fields.add("Commit index", index_value(commit), true);
  fields.add("Log length", index_value(durable.log.length()), true);
  fields.add("Last term", count_value(durable.marks.last_term()), true);
  const RaftMembership* membership = values.initial.get();
  if (durable.snapshot) membership = durable.snapshot->membership.get();
  if (const LogIndex index = durable.marks.membership_before(durable.log.length()); index != 0)
    membership = durable.marks.at(index).membership.get();
  if (membership != nullptr) describe_membership(*membership, fields);
  fields.add("Incarnation", count_value(values.incarnation), true);
}

template <class Observer>
std::array<LaneChange, 3> RaftProtocol<Observer>::describe_lane(const Server& server) {
  const Raft& raft = server.raft();
  const RaftMembership& now = *raft.membership();
  std::array<LaneChange, 3> lane;
  lane[0].kind = LaneKind::own_ballot;
  lane[1].kind = LaneKind::leader;
  if (raft.role() == raft::Role::candidate || raft.is_leader()) lane[0].epoch = term_epoch(raft.term(), raft.config().id);
  if (raft.leader() != 0) lane[1].epoch = term_epoch(raft.term(), raft.leader());
  LaneChange& place = lane[2];
  place.epoch.configuration = now.voters.empty() ? 0 : now.number;
  if (!takes_part(raft))
    place.membership = now.voters.empty()                ? paxoscope::Membership::spare
                       : now.listens(raft.config().id) ? paxoscope::Membership::joining
                                                       : paxoscope::Membership::retired;
  return lane;
}

template <class Observer>
std::vector<TimerView> RaftProtocol<Observer>::timers(const Server& server, TimeUs tick_us) {
  const Raft& raft = server.raft();
  const auto us = [&](uint32_t ticks) { return static_cast<TimeUs>(ticks) * tick_us; };
  std::vector<TimerView> timers;
  const uint32_t timeout = raft.election_timeout_ticks();
  const uint32_t left = timeout > raft.election_elapsed_ticks() ? timeout - raft.election_elapsed_ticks() : 0;
  if (raft.is_leader()) {
    const uint32_t period = raft.config().heartbeat_ticks;
    timers.push_back({"heartbeat", TimerKind::heartbeat, us(period - raft.heartbeat_elapsed_ticks()), us(period)});
    if (!raft.config().check_quorum && raft.handing_over_to() == 0) return timers;
  }
  timers.push_back({"election", TimerKind::election, us(left), us(timeout)});
  return timers;
}

// raft_protocol.cpp instantiates the rest.
#define PAXOSCOPE_DESCRIBED(Observer)                                                                              \
  template void RaftProtocol<Observer>::describe_server(const Server&, const LogWindow&, ServerView&);             \
  template void RaftProtocol<Observer>::describe_down(const Durable&, const LogWindow&, ServerView&);              \
  template std::array<LaneChange, 3> RaftProtocol<Observer>::describe_lane(const Server&);                         \
  template std::vector<TimerView> RaftProtocol<Observer>::timers(const Server&, TimeUs);
PAXOSCOPE_DESCRIBED(Notes)
PAXOSCOPE_DESCRIBED(NoNotes)
#undef PAXOSCOPE_DESCRIBED

}  // namespace paxoscope
