#include "scenarios/etcd_lines.h"

#include <algorithm>

namespace paxoscope::etcd {

namespace {

std::string quoted(uint64_t id) { return "\"" + std::to_string(id) + "\""; }

std::string ids(const raft::Servers& servers) {
  std::string text = "[";
  for (ServerId id : servers) text += (text.size() > 1 ? "," : "") + quoted(id);
  return text + "]";
}

const char* role_name(raft::Role role) {
  switch (role) {
    case raft::Role::leader: return "StateLeader";
    case raft::Role::candidate: return "StateCandidate";
    default: return "StateFollower";
  }
}

std::string message_text(const TracedMessage& m) {
  const auto field = [](const char* name, uint64_t value) {
    return std::string(",\"") + name + "\":" + std::to_string(value);
  };
  return std::string("{\"type\":\"") + m.type + "\"" + field("term", m.term) + ",\"from\":" + quoted(m.from) +
         ",\"to\":" + quoted(m.to) + field("entries", m.entries) + field("logTerm", m.log_term) +
         field("index", m.index) + field("commit", m.commit) + ",\"vote\":\"0\",\"reject\":" +
         (m.reject ? "true" : "false") + field("rejectHint", m.reject_hint) + "}";
}

}  // namespace

std::optional<TracedMessage> traced(const RaftMessage& message, const char** left_out) {
  using namespace raft;
  TracedMessage m;
  m.term = message.term;
  m.from = message.from;
  m.to = message.to;
  const auto named = [&](const char* about, const char* type) {
    m.about = about;
    m.type = type;
  };
  if (const auto* append = std::get_if<AppendEntries<Command>>(&message.body)) {
    named("AppendEntriesRequest", "MsgApp");
    m.entries = append->entries.size();
    m.index = append->previous;
    m.log_term = append->previous_term;
    m.commit = std::min(append->commit, m.index + m.entries);  // no receiver takes more from it (R6)
  } else if (const auto* answer = std::get_if<AppendAnswer>(&message.body)) {
    named("AppendEntriesResponse", "MsgAppResp");
    m.reject = !answer->taken;
    m.index = answer->taken ? answer->match : answer->previous;
    m.reject_hint = answer->hint;
    m.log_term = answer->hint_term;
  } else if (std::holds_alternative<Refused>(message.body)) {
    named("AppendEntriesResponse", "MsgAppResp");
    m.reject = true;
  } else if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) {
    named("AppendEntriesRequest", "MsgHeartbeat");
    m.commit = heartbeat->commit;
  } else if (std::holds_alternative<HeartbeatAnswer>(message.body)) {
    named("AppendEntriesResponse", "MsgHeartbeatResp");
  } else if (const auto* request = std::get_if<VoteRequest>(&message.body)) {
    return vote_request(m.from, m.to, m.term, request->last_index, request->last_term);
  } else if (const auto* vote = std::get_if<VoteAnswer>(&message.body)) {
    named("RequestVoteResponse", "MsgVoteResp");
    m.reject = !vote->granted;
  } else if (const auto* part = std::get_if<InstallSnapshot<Command>>(&message.body)) {
    *left_out = "part of a snapshot";
    if (part->part + 1 < part->parts) return {};
    named("AppendEntriesRequest", "MsgSnap");
    m.entries = part->index;
  } else {
    *left_out = std::holds_alternative<TimeoutNow>(message.body)      ? "MsgTimeoutNow"
                : std::holds_alternative<PreVoteAnswer>(message.body) ? "MsgPreVoteResp"
                                                                      : "another message";
    return {};
  }
  return m;
}

TracedMessage vote_request(ServerId from, ServerId to, raft::Term term, LogIndex last_index, raft::Term last_term) {
  TracedMessage m{"RequestVoteRequest", "MsgVote", term, from, to};
  m.index = last_index;
  m.log_term = last_term;
  return m;
}

TracedMessage own_vote(ServerId server, raft::Term term) {
  return {"RequestVoteResponse", "MsgVoteResp", term, server, server};
}

TracedMessage own_ack(ServerId server, raft::Term term, LogIndex log) {
  TracedMessage m{"AppendEntriesResponse", "MsgAppResp", term, server, server};
  m.index = log;
  return m;
}

/// The counter is the first text that differs, so that a sort by text keeps the order: the published script sorts.
void Lines::write(const std::string& name, ServerId server, const TracedState& state, const TracedMessage* message,
                  const std::string& prop) {
  std::string number = std::to_string(++number_);
  number.insert(0, number.size() < 9 ? 9 - number.size() : 0, '0');
  out_ << "{\"tag\":\"trace\",\"line\":\"" << number << "\",\"time_us\":" << time_us_ << ",\"event\":{\"name\":\"" << name
       << "\",\"nid\":" << quoted(server) << ",\"state\":{\"term\":" << state.term << ",\"vote\":" << quoted(state.vote)
       << ",\"commit\":" << state.commit << "},\"role\":\"" << role_name(state.role) << "\",\"log\":" << state.log
       << ",\"conf\":[" << ids(state.voters) << "," << ids(state.outgoing) << "]";
  if (message != nullptr) out_ << ",\"msg\":" << message_text(*message);
  if (!prop.empty()) out_ << ",\"prop\":{" << prop << "}";
  out_ << "}}\n";
}

std::string change_prop(const raft::Membership& from, const raft::Membership& to) {
  std::string changes;
  const auto add = [&](ServerId id, const char* action) {
    changes += std::string(changes.empty() ? "" : ",") + "{\"nid\":" + quoted(id) + ",\"action\":\"" + action + "\"}";
  };
  for (ServerId id : to.voters)
    if (!from.voters.contains(id)) add(id, "AddNewServer");
  for (ServerId id : to.learners)
    if (!from.has(id)) add(id, "AddLearner");
  for (ServerId id : from.everybody())
    if (from.joint() ? !to.has(id) && !from.outgoing.contains(id) : !to.voters.contains(id) && !to.listens(id))
      add(id, "RemoveServer");
  std::string text = "\"cc\":{";
  if (!changes.empty()) text += "\"changes\":[" + changes + "],";
  text += "\"newconf\":" + ids(to.voters);
  if (to.joint()) text += ",\"outgoing\":" + ids(to.outgoing);
  return text + "}";
}

std::string applied_prop(const raft::Servers& voters) { return "\"cc\":{\"newconf\":" + ids(voters) + "}"; }

}  // namespace paxoscope::etcd
