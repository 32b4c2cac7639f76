#include "scenarios/etcd_trace.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"
#include "scenarios/catalogue.h"
#include "scenarios/etcd_lines.h"
#include "sim/raft_protocol.h"

namespace paxoscope {

namespace {

using namespace etcd;
using Protocol = RaftProtocol<raft::Steps>;
using TracedWorld = World<Protocol>;
using Durable = Protocol::Durable;

/// What a server says to itself, until it has heard it.
struct OwnMessage {
  TracedMessage message;
  bool vote = false;
  uint64_t due = 0;   ///< a vote: once this write is durable; an acknowledgement: once the log is, up to here
  bool left = false;  ///< its server was ready since
};

/// What has been written of one server.
struct TracedServer {
  TracedState state;
  TracedState ready;         ///< at its last Ready
  LogIndex conf_index = 0;   ///< the entry that `state`'s membership came with
  LogIndex acknowledged = 0; ///< its own log, as a leader
  size_t steps = 0;          ///< of its observer, taken
  std::map<ServerId, LogIndex> matches;  ///< that it heard of, in this term
  raft::Servers votes;                   ///< likewise
  std::vector<OwnMessage> own;
  void forget_answers() {
    matches.clear();
    votes = {};
  }
  std::vector<std::pair<ServerId, raft::Term>> unsaid;  ///< refusals that count as lost
  std::vector<TracedMessage> asked;  ///< vote requests that are written, and leave once the own vote is durable
};

/// Follows a world, and writes after each event what its servers did.
class Tracer {
 public:
  static constexpr bool enabled = true;

  explicit Tracer(std::ostream& out) : lines_(out) {}

  // --- what the world tells
  void event_begins(const EventInfo& info) {
    lines_.at(info.time_us);
    const bool acted = info.kind == EventKind::action || info.kind == EventKind::script;
    copies_ = acted && info.action.kind == ActionKind::duplicate;
    restarts_ = acted && info.action.kind == ActionKind::restart ? info.action.a : 0;
    if (restarts_ != 0) restarts_from_ = world_->host(restarts_)->disk.content();
  }
  void sent(const FlightInfo& flight, const RaftMessage& message) {
    Sent sent;
    sent.left_out = "another message";
    sent.message = traced(message, &sent.left_out);
    Hasher hasher;
    hash_message(message, hasher);
    sent.hash = hasher.value();
    // The network repeats a message at once.
    sent.copy = copies_ || (!sent_.empty() && sent_.back().from == flight.from && sent_.back().to == flight.to &&
                            sent_.back().hash == sent.hash);
    sent.from = flight.from;
    sent.to = flight.to;
    flying_.emplace(flight.id, sent);
    sent_.push_back(std::move(sent));
  }
  void delivered(const FlightInfo& flight) {
    const auto found = flying_.find(flight.id);
    if (found == flying_.end()) return;
    delivered_ = std::move(found->second);
    flying_.erase(found);
  }
  void lost(const FlightInfo& flight, bool) { flying_.erase(flight.id); }
  void noted(const std::vector<Note>&) {}

  // --- what is written
  void start(const TracedWorld& world) {
    world_ = &world;
    servers_.resize(world.hosts().size());
    for (size_t i = 0; i < servers_.size(); ++i) {
      const auto& host = world.hosts()[i];
      servers_[i].state.voters = host.server->raft().values().initial->voters;
      servers_[i].ready = servers_[i].state;
      lines_.write("InitState", host.id, servers_[i].state);
    }
    for (const auto* flight : world.flights()) sent(flight->info, flight->message);
    event_ends();
  }
  void event_ends() {
    for (size_t i = 0; i < servers_.size(); ++i) {
      const auto& host = world_->hosts()[i];
      for (const Sent& sent : sent_)
        if (sent.copy && copies_ && sent.from == host.id) write_copy(sent, servers_[i]);
      if (!host.server) continue;
      if (restarts_ == host.id) restart(host, servers_[i]);
      follow(host.id, host.server->raft(), servers_[i]);
    }
    sent_.clear();
    delivered_.reset();
    copies_ = false;
    restarts_ = 0;
  }

 private:
  using Raft = Protocol::Raft;
  struct Sent {
    std::optional<TracedMessage> message;
    const char* left_out = nullptr;
    uint64_t hash = 0;
    ServerId from = 0, to = 0;
    bool copy = false;
    bool written = false;
  };

  /// The membership in effect at `index`, and the entry that it came with.
  static std::pair<const raft::Membership*, LogIndex> membership_at(const Durable& storage, LogIndex index) {
    const LogIndex at = storage.marks.membership_before(std::min(index, storage.log.length()));
    if (at != 0) return {storage.marks.at(at).membership.get(), at};
    if (storage.snapshot) return {storage.snapshot->membership.get(), storage.snapshot->membership_index};
    return {storage.state.values().initial.get(), 0};
  }

  void restart(const TracedWorld::Host& host, TracedServer& server) {
    server = {};
    const raft::RaftValues& values = restarts_from_->state.values();
    TracedState& state = server.state;
    state.term = values.term;
    state.vote = values.vote;
    state.log = restarts_from_->log.length();
    state.commit = std::max(std::min(values.commit, state.log), restarts_from_->log.trimmed_to());
    const auto [membership, index] = membership_at(Protocol::storage(*host.server), state.commit);
    state.voters = membership->voters;
    state.outgoing = membership->outgoing;
    server.conf_index = index;
    server.ready = state;
    lines_.write("InitState", host.id, state);
  }

  /// All that a server did in this event, in order.
  void follow(ServerId id, const Raft& raft, TracedServer& server) {
    const bool hears = delivered_ && delivered_->to == id && receive(id, raft, server);
    const auto& steps = raft.observer().steps();
    for (; server.steps < steps.size(); ++server.steps) take_step(id, raft, server, hears);
    TracedState& state = server.state;
    state.term = raft.term();
    state.vote = raft.values().vote;
    state.commit = raft.commit_index();
    state.log = raft.log_length();
    apply_conf(id, raft, server);
    if (raft.is_leader()) acknowledge(id, server);
    bool leaves = false;
    for (Sent& sent : sent_)
      if (sent.from == id && !copies_) leaves = leave(sent, server) || leaves;
    const bool whole = raft.storage().state.durable() == raft.storage().state.written();
    bool waits = false;
    for (const OwnMessage& own : server.own) waits = waits || !own.left;
    if (leaves || (whole && (waits || state != server.ready))) ready(id, server);
    hear_itself(id, raft, server);
  }

  /// False: it counts as lost, since nothing was done with it, or nothing that a trace has a word for, or it says nothing
  /// new: the specification knows one answer per request, and repeats none.
  bool receive(ServerId id, const Raft& raft, TracedServer& server) {
    if (!delivered_->message) return false;
    const TracedMessage& m = *delivered_->message;
    const bool vote = std::string_view(m.type) == "MsgVote";
    if (vote && m.term > server.state.term && raft.term() < m.term) return false;  // it hears a leader (R9)
    // It refuses since it has a leader. The specification would vote, so the request counts as lost, and so does its answer.
    if (vote && m.term == server.state.term && server.state.vote == 0 && raft.values().vote == 0 &&
        server.state.role == raft::Role::follower &&
        std::pair(m.log_term, m.index) >= std::pair(raft.storage().marks.last_term(), raft.log_length())) {
      server.unsaid.emplace_back(m.from, m.term);
      return false;
    }
    const bool snapshot = std::string_view(m.type) == "MsgSnap";
    if (snapshot && m.term >= server.state.term && raft.commit_index() < m.entries) return false;  // parts are missing
    if (m.term <= server.state.term && says_nothing(m, server)) return false;
    if (m.term > server.state.term) server.forget_answers();
    lines_.write(snapshot ? "ReceiveSnapshot" : std::string("Receive") + m.about, id, server.state, &m);
    return true;
  }
  bool says_nothing(const TracedMessage& m, TracedServer& server) const {
    const std::string_view type = m.type;
    const bool answers = type != "MsgVote" && std::string_view(m.about) != "AppendEntriesRequest";
    if (answers && m.term < server.state.term) return true;
    if (type == "MsgVoteResp" && !m.reject) return !server.votes.add(m.from);
    if (type == "MsgAppResp" && !m.reject) {
      LogIndex& known = server.matches[m.from];
      if (m.index <= known) return true;
      known = m.index;
      return false;
    }
    return answers && delivered_->copy;
  }

  void take_step(ServerId id, const Raft& raft, TracedServer& server, bool hears) {
    const auto& steps = raft.observer().steps();
    const raft::Step& step = steps[server.steps];
    const raft::Step* next = server.steps + 1 < steps.size() ? &steps[server.steps + 1] : nullptr;
    TracedState& state = server.state;
    const raft::Role before = state.role;
    const auto take_over = [&] {
      state.term = step.term;
      state.vote = step.vote;
      state.commit = step.commit;
      state.log = step.log;
    };
    switch (step.move) {
      case raft::Move::follower: {
        const bool newer = step.term > state.term;
        if (!newer && before == raft::Role::follower) return;
        if (next != nullptr && next->move == raft::Move::candidate && next->term == step.term) return;  // on its way there
        if (before == raft::Role::leader)  // a last word
          for (Sent& sent : sent_)
            if (sent.from == id && sent.message && sent.message->term == state.term &&
                std::string_view(sent.message->about) == "AppendEntriesRequest")
              leave(sent, server);
        std::string cause;
        if (newer && !(hears && delivered_->message->term == step.term) && delivered_)
          cause = std::string("\"cause\":\"") + (delivered_->message ? delivered_->message->type : delivered_->left_out) + "\"";
        if (newer) server.forget_answers();
        take_over();
        state.role = raft::Role::follower;
        lines_.write("BecomeFollower", id, state, nullptr, cause);
        return;
      }
      case raft::Move::candidate:
        take_over();
        state.role = raft::Role::candidate;
        server.votes = {};
        lines_.write("BecomeCandidate", id, state);
        ask_for_votes(id, raft, server, step);
        return;
      case raft::Move::leader:
        hear_itself(id, raft, server);
        take_over();
        state.role = raft::Role::leader;
        server.acknowledged = state.log;
        server.matches.clear();
        lines_.write("BecomeLeader", id, state);
        return;
      case raft::Move::entry:
        lines_.write(step.to ? "ChangeConf" : "Replicate", id, state, nullptr,
                     step.to ? change_prop(*step.from, *step.to) : "");
        state.log = step.log + 1;
        return;
      case raft::Move::commit:
        acknowledge(id, server);
        hear_itself(id, raft, server);
        state.commit = step.commit;
        lines_.write("Commit", id, state);
        apply_conf(id, raft, server);
        return;
    }
  }

  /// They leave once the vote for itself is durable. Of several campaigns in a row, only the last one's do.
  void ask_for_votes(ServerId id, const Raft& raft, TracedServer& server, const raft::Step& step) {
    const auto& steps = raft.observer().steps();
    bool last = true;
    for (size_t i = server.steps + 1; i < steps.size(); ++i) last = last && steps[i].term == step.term;
    server.own.clear();
    server.asked.clear();
    for (ServerId other : step.asked) {
      if (other == id) {
        OwnMessage own{own_vote(id, step.term), true, raft.storage().state.written(), false};
        write_send(id, server, own.message);
        server.own.push_back(own);
      } else if (last) {
        const raft::Term last_term = step.log == 0 ? 0 : raft.storage().marks.term_at(step.log);
        server.asked.push_back(vote_request(id, other, step.term, step.log, last_term));
        write_send(id, server, server.asked.back());
      }
    }
  }

  void acknowledge(ServerId id, TracedServer& server) {
    if (server.state.log <= server.acknowledged) return;
    server.acknowledged = server.state.log;
    OwnMessage own{own_ack(id, server.state.term, server.state.log), false, server.state.log, false};
    write_send(id, server, own.message);
    server.own.push_back(own);
  }

  /// What it said to itself and what is durable by now.
  void hear_itself(ServerId id, const Raft& raft, TracedServer& server) {
    while (!server.own.empty()) {
      OwnMessage& first = server.own.front();
      if (first.message.term == raft.term() &&
          (first.vote ? raft.storage().state.durable() : raft.flushed_length()) < first.due)
        return;
      if (first.message.term == server.state.term) {
        if (!first.left) ready(id, server);
        lines_.write(std::string("Receive") + first.message.about, id, server.state, &first.message);
      }
      server.own.erase(server.own.begin());
    }
  }

  void apply_conf(ServerId id, const Raft& raft, TracedServer& server) {
    const auto [membership, index] = membership_at(raft.storage(), server.state.commit);
    if (index == server.conf_index) return;
    lines_.write("ApplyConfChange", id, server.state, nullptr, applied_prop(membership->voters));
    server.conf_index = index;
    server.state.voters = membership->voters;
    server.state.outgoing = membership->outgoing;
  }

  void ready(ServerId id, TracedServer& server) {
    lines_.write("Ready", id, server.state);
    server.ready = server.state;
    for (OwnMessage& own : server.own) own.left = true;
  }

  void write_send(ServerId id, const TracedServer& server, const TracedMessage& m, bool copy = false) {
    lines_.write(std::string("Send") + m.about, id, server.state, &m, copy ? "\"copy\":true" : "");
  }
  void write_copy(const Sent& sent, const TracedServer& server) {
    if (sent.message) write_send(sent.from, server, *sent.message, true);
  }
  bool is_unsaid(const Sent& sent, TracedServer& server) {
    const TracedMessage& m = *sent.message;
    const auto found = std::find(server.unsaid.begin(), server.unsaid.end(), std::pair(m.to, m.term));
    if (found == server.unsaid.end() || std::string_view(m.type) != "MsgVoteResp" || !m.reject) return false;
    for (auto& [id, flying] : flying_)
      if (flying.from == sent.from && flying.to == sent.to && flying.hash == sent.hash) flying.message.reset();
    return true;
  }
  /// True: it needs a Ready.
  bool leave(Sent& sent, TracedServer& server) {
    if (!sent.message || sent.written) return sent.written;
    if (is_unsaid(sent, server)) return false;
    sent.written = true;
    if (std::string_view(sent.message->type) == "MsgVote" && !sent.copy) {
      for (size_t i = 0; i < server.asked.size(); ++i)
        if (server.asked[i].to == sent.to && server.asked[i].term == sent.message->term) {
          server.asked.erase(server.asked.begin() + static_cast<std::ptrdiff_t>(i));
          return true;
        }
    }
    write_send(sent.from, server, *sent.message, sent.copy);
    return true;
  }

  Lines lines_;
  const TracedWorld* world_ = nullptr;
  std::vector<TracedServer> servers_;   ///< position = World::hosts()
  std::map<uint64_t, Sent> flying_;     ///< by id
  std::vector<Sent> sent_;              ///< in this event
  std::optional<Sent> delivered_;
  std::optional<Durable> restarts_from_;
  ServerId restarts_ = 0;               ///< who starts again in this event
  bool copies_ = false;                 ///< this event makes a copy of a message in flight
};

SwitchSet switches_of(const ProtocolInfo& protocol, const Run& run) {
  SwitchSet set;
  for (const auto* names : {&run.scenario().switches_off, &run.options().switches_off})
    for (const std::string& name : *names)
      for (size_t i = 0; i < protocol.switches.size(); ++i)
        if (name == protocol.switches[i].id) set.turn_off(static_cast<uint8_t>(i));
  return set;
}

/// The script's actions in the order in which they were done; those that could not be done are skipped.
class ScriptReader {
 public:
  explicit ScriptReader(const Scenario& scenario) {
    for (const ScenarioStep& step : scenario.steps)
      for (const Action& action : step.actions) actions_.push_back(&action);
  }
  const Action* next(const std::string& described) {
    while (at_ < actions_.size())
      if (const Action* action = actions_[at_++]; describe_action(*action) == described) return action;
    return nullptr;
  }

 private:
  std::vector<const Action*> actions_;
  size_t at_ = 0;
};

}  // namespace

Result<void> write_etcd_trace(const Run& run, std::ostream& out) {
  const ProtocolInfo* protocol = find_protocol(run.options().protocol);
  if (protocol == nullptr || protocol->family != ProtocolFamily::raft)
    return fail("an etcd trace is one of Raft, and this run is " + quote(run.options().protocol));
  if (!run.journal().empty()) return fail("an etcd trace is written of runs that nobody acted on");
  const Timeline& timeline = run.timeline();
  std::map<uint64_t, const MarkRecord*> acted;  // by event
  for (const MarkRecord& mark : timeline.marks)
    if (mark.kind == MarkKind::action) acted.emplace(mark.event, &mark);

  TracedWorld world(run.scenario().world, switches_of(*protocol, run), run.options().seed);
  Tracer tracer(out);
  tracer.start(world);
  ScriptReader script(run.scenario());
  for (uint64_t event = 1; event <= run.event(); ++event) {
    const TimeUs time_us = timeline.event_times_us[event];
    bool same = false;
    if (const auto mark = acted.find(event); mark != acted.end()) {
      const Action* action = script.next(mark->second->label);
      world.next_event_us();  // holds back what is due at a paused server by now
      world.advance_to(time_us);
      same = action != nullptr && world.perform(*action, tracer, EventKind::script).has_value();
    } else {
      same = world.step(tracer);
    }
    if (!same || world.event() != event || world.now_us() != time_us)
      return fail("event " + std::to_string(event) + " did not come out the same when it was played again for the trace");
    tracer.event_ends();
  }
  return {};
}

}  // namespace paxoscope
