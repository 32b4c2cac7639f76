// Reads an etcd trace as the published specification does: a bag of messages, and a model of every server that each line
// must agree with. It knows nothing of how the trace was made.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace paxoscope::test {

class EtcdRules {
 public:
  using Json = nlohmann::json;
  using Ids = std::set<std::string>;

  /// `forgets`: a start may find less than the last Ready wrote (slow disks, wiped ones). `published`: what the published
  /// specification says beyond that: one answer per request and which, decisions by the committed membership, single
  /// changes, no snapshot for a follower that has committed something.
  explicit EtcdRules(bool forgets, bool published = false) : forgets_(forgets), published_(published) {}

  /// "" or what is wrong with the first line that is.
  std::string check(const std::vector<std::string>& lines) {
    uint64_t number = 0;
    for (const std::string& text : lines) {
      ++number;
      const Json line = Json::parse(text, nullptr, false);
      if (line.is_discarded() || line.value("tag", "") != "trace") return "line " + std::to_string(number) + ": no trace";
      error_.clear();
      expect(std::stoull(line["line"].get<std::string>()) == number, "it is out of order");
      take(line["event"]);
      if (!error_.empty()) return "line " + std::to_string(number) + ": " + error_ + ": " + text;
      ++names_[line["event"]["name"]];
    }
    return {};
  }
  const std::map<std::string, uint64_t>& names() const { return names_; }

 private:
  struct Conf {
    Ids voters, outgoing;
    bool operator==(const Conf&) const = default;
  };
  struct Entry {
    uint64_t term = 0;
    bool changes = false;
    Conf conf = {};
  };
  struct State {
    uint64_t term = 0, commit = 0, log = 0;
    std::string vote = "0", role = "StateFollower";
    Conf conf;
    bool operator==(const State&) const = default;
  };
  struct Message {
    Json text;
    std::vector<Entry> entries;  ///< that it carries
    Conf first;                  ///< its sender's membership before the log
  };
  struct Server {
    bool started = false;
    State state, ready;
    std::vector<Entry> log;
    Conf first;                        ///< membership before the log
    Ids votes;
    std::map<std::string, uint64_t> match;
    uint64_t agreed = 0;               ///< the leader's log, in this term
    std::multiset<std::string> asked;  ///< who wants a vote, and has no answer yet
    Ids requested;                     ///< who sent entries, or heartbeats
    std::string may_vote;
    std::vector<Message> deferred;     ///< heard, and first it becomes a follower
    std::vector<Message> pending;      ///< leaves with the next Ready
    std::vector<std::string> answers;  ///< likewise, `published` only
    Ids learners;                      ///< `published` only
    uint64_t changing = 0;             ///< likewise: the newest change in its log
  };

  void expect(bool holds, const char* what) {
    if (!holds && error_.empty()) error_ = what;
  }
  static Ids ids(const Json& list) {
    Ids set;
    for (const Json& id : list) set.insert(id.get<std::string>());
    return set;
  }
  static State read(const Json& event) {
    State state;
    state.term = event["state"]["term"];
    state.vote = event["state"]["vote"];
    state.commit = event["state"]["commit"];
    state.role = event["role"];
    state.log = event["log"];
    state.conf = {ids(event["conf"][0]), ids(event["conf"][1])};
    return state;
  }
  static const Conf& in_use(const Server& server) {
    for (size_t i = server.log.size(); i-- > 0;)
      if (server.log[i].changes) return server.log[i].conf;
    return server.first;
  }
  Conf deciding(const Server& server) const { return published_ ? Conf{server.state.conf.voters, {}} : in_use(server); }
  template <class Has>
  static bool majority(const Ids& ids, Has&& has) {
    return static_cast<size_t>(std::count_if(ids.begin(), ids.end(), has)) * 2 > ids.size();
  }
  template <class Has>
  static bool quorum(const Conf& conf, Has&& has) {
    return majority(conf.voters, has) && (conf.outgoing.empty() || majority(conf.outgoing, has));
  }
  static uint64_t term_at(const Server& server, uint64_t index) {
    return index == 0 || index > server.log.size() ? 0 : server.log[index - 1].term;
  }

  void take(const Json& event) {
    const std::string name = event["name"], nid = event["nid"];
    Server& server = servers_[nid];
    State next = read(event);
    if (name == "InitState") return start(server, next);
    expect(server.started, "it does not run yet");
    if (!server.deferred.empty()) expect(name == "BecomeFollower", "it heard of a newer term, or of a leader, before");
    if (next.vote == server.may_vote) server.state.vote = next.vote;
    server.may_vote.clear();
    if (name.starts_with("Become")) return become(name, nid, server, next, event);
    if (name == "Commit") return commit(server, next);
    expect(next == server.state, "the state is not the last one known");
    if (name == "Ready") return ready(server);
    if (name == "Replicate" || name == "ChangeConf") return append(server, event);
    if (name == "ApplyConfChange") return apply(server, event);
    if (name.starts_with("Send")) return send(name, nid, server, event);
    expect(name.starts_with("Receive"), "it has an unknown name");
    if (error_.empty()) receive(name, nid, server, event["msg"]);
  }

  void start(Server& server, const State& next) {
    expect(next.role == "StateFollower", "a server starts as a follower");
    if (!server.started) {
      expect(next.term == 0 && next.vote == "0" && next.commit == 0 && next.log == 0, "a new server knows nothing");
      server.first = next.conf;
      if (founders_.voters.empty()) founders_ = next.conf;
      expect(next.conf.voters.empty() || next.conf == founders_, "the first membership is another one elsewhere");
    } else {
      State was = server.ready;
      was.role = next.role;
      expect(forgets_ || next == was, "it starts from something else than its last Ready");
      expect(next.log <= server.log.size(), "it starts with more than it had");
    }
    Server fresh;
    fresh.started = true;
    fresh.state = fresh.ready = next;
    fresh.first = server.first;
    fresh.log = server.log;
    fresh.log.resize(std::min<size_t>(next.log, fresh.log.size()));
    server = fresh;
  }

  void become(const std::string& name, const std::string& nid, Server& server, const State& next, const Json& event) {
    State now = server.state;
    if (name == "BecomeCandidate") {
      expect(now.role != "StateLeader", "a leader does not campaign");
      ++now.term;
      now.vote = nid;
      now.role = "StateCandidate";
      if (published_) expect(now.conf.voters.contains(nid), "it does not vote");
      server.votes.clear();
      server.agreed = 0;
    } else if (name == "BecomeLeader") {
      expect(now.role == "StateCandidate", "only a candidate becomes leader");
      expect(quorum(deciding(server), [&](const std::string& id) { return server.votes.contains(id); }), "it has no quorum of votes");
      now.role = "StateLeader";
      server.match.clear();
      server.match[nid] = now.log;
    } else {
      expect(name == "BecomeFollower", "it has an unknown name");
      const uint64_t heard = server.deferred.empty() ? 0 : server.deferred[0].text["term"].get<uint64_t>();
      if (next.term > now.term) {
        expect(heard == next.term || (!published_ && event.value("prop", Json::object()).contains("cause")), "nobody told it of this term");
        now.term = next.term;
        now.vote = "0";
        server.agreed = 0;
      } else {
        expect(now.role != "StateFollower", "it is a follower already");
      }
      now.role = "StateFollower";
    }
    expect(next == now, "the state does not follow from the one before");
    server.state = now;
    std::vector<Message> deferred;
    deferred.swap(server.deferred);
    for (const Message& message : deferred) handle(server, message);
  }

  void commit(Server& server, const State& next) {
    State now = server.state;
    expect(now.role == "StateLeader", "only a leader counts");
    expect(next.commit > now.commit && next.commit <= now.log, "it commits nothing new");
    expect(term_at(server, next.commit) == now.term, "it commits an entry of another term");
    const auto held = [&](uint64_t index) {
      return quorum(deciding(server), [&](const std::string& id) { return server.match[id] >= index; });
    };
    expect(held(next.commit), "no quorum holds it");
    if (published_) expect(next.commit == now.log || !held(next.commit + 1), "more is held by a quorum");
    now.commit = next.commit;
    expect(next == now, "more than the commit index changed");
    server.state = now;
  }

  void ready(Server& server) {
    server.ready = server.state;
    for (Message& message : server.pending) bag_[message.text.dump()].push_back(message);
    server.pending.clear();
    answers_.insert(server.answers.begin(), server.answers.end());
    server.answers.clear();
  }

  void append(Server& server, const Json& event) {
    expect(server.state.role == "StateLeader", "only a leader appends by itself");
    Entry entry{server.state.term};
    if (event["name"] == "ChangeConf") {
      const Json& change = event["prop"]["cc"];
      entry.changes = true;
      entry.conf = {ids(change["newconf"]), ids(change.value("outgoing", Json::array()))};
      if (published_) check_published_change(server, change);
    }
    server.log.push_back(entry);
    server.state.log = server.log.size();
  }

  void apply(Server& server, const Json& event) {
    const Conf* newest = &server.first;
    for (size_t i = 0; i < server.state.commit; ++i)
      if (server.log[i].changes) newest = &server.log[i].conf;
    expect(ids(event["prop"]["cc"]["newconf"]) == newest->voters, "this membership is not committed");
    server.state.conf = *newest;
  }

  void send(const std::string& name, const std::string& nid, Server& server, const Json& event) {
    const Json& text = event["msg"];
    const std::string type = text["type"], to = text["to"];
    const State& state = server.state;
    const uint64_t index = text["index"], entries = text["entries"], commit = text["commit"];
    const bool reject = text["reject"], leads = state.role == "StateLeader";
    expect(text["from"] == nid, "it is somebody else's message");
    if (event.value("prop", Json::object()).contains("copy")) return repeat(server, text);
    if (published_) check_published_send(server, event);
    expect(text["term"] == state.term, "its term is not the sender's");
    Message message{text, {}, server.first};
    if (type == "MsgVote") {
      expect(name == "SendRequestVoteRequest" && state.role == "StateCandidate", "only a candidate asks for votes");
      expect(index == state.log && text["logTerm"] == term_at(server, state.log), "its log is another one");
    } else if (type == "MsgVoteResp" && to == nid) {
      expect(state.role == "StateCandidate" && state.vote == nid && !reject, "only a candidate votes for itself");
    } else if (type == "MsgVoteResp") {
      const auto asked = server.asked.find(to);
      expect(asked != server.asked.end(), "nobody asked for this vote");
      if (asked != server.asked.end()) server.asked.erase(asked);
      expect(reject || state.vote == to, "it has not voted so");
    } else if (type == "MsgApp") {
      expect(leads && index + entries <= state.log && commit <= state.commit, "its sender does not hold that");
      expect(text["logTerm"] == term_at(server, index), "the entry before is of another term");
      if (error_.empty())
        message.entries.assign(server.log.begin() + static_cast<long>(index), server.log.begin() + static_cast<long>(index + entries));
    } else if (type == "MsgHeartbeat") {
      expect(leads && commit <= std::min(state.commit, server.match[to]), "it promises more than is there");
    } else if (type == "MsgSnap") {
      expect(leads && entries <= state.commit, "a snapshot is of what is committed");
      if (error_.empty()) message.entries.assign(server.log.begin(), server.log.begin() + static_cast<long>(entries));
    } else if (type == "MsgAppResp" && to == nid) {
      expect(leads && index == state.log && !reject, "a leader acknowledges its whole log");
    } else if (type == "MsgAppResp") {
      expect(reject ? server.requested.contains(to) : state.role == "StateFollower" && index <= std::max(server.agreed, state.commit),
             "it acknowledges what it did not hear");
    } else {
      expect(type == "MsgHeartbeatResp" && server.requested.contains(to), "nobody asked for that");
    }
    server.pending.push_back(message);
    ever_.emplace(text.dump(), message);
  }

  /// The network's own copy of what was sent before.
  void repeat(Server& server, const Json& text) {
    const auto found = ever_.find(text.dump());
    expect(found != ever_.end(), "a copy of nothing");
    if (found == ever_.end()) return;
    for (const Message& message : server.pending)
      if (message.text == text) return server.pending.push_back(found->second);
    bag_[text.dump()].push_back(found->second);
  }

  void receive(const std::string& name, const std::string& nid, Server& server, const Json& text) {
    std::vector<Message>& sent = bag_[text.dump()];
    expect(!sent.empty(), "nobody sent that, or it has not left, or it came already");
    expect(text["to"] == nid, "it is somebody else's message");
    if (!error_.empty()) return;
    const Message message = sent.back();
    sent.pop_back();
    const std::string type = text["type"];
    const uint64_t term = text["term"];
    if (published_ && type.ends_with("Resp") && text["from"] != nid) {
      const auto owed = answers_.find(answer(type, text["from"], nid, term, text["reject"], text["index"]));
      expect(owed != answers_.end(), "the specification gives no such answer");
      if (owed != answers_.end()) answers_.erase(owed);
    }
    const bool entries = type == "MsgApp" || type == "MsgHeartbeat" || type == "MsgSnap";
    expect((name == "ReceiveSnapshot") == (type == "MsgSnap"), "name and type differ");
    if (entries) server.requested.insert(text["from"]);
    if (type == "MsgVote") server.asked.insert(text["from"]);
    if (term > server.state.term || (entries && term == server.state.term && server.state.role == "StateCandidate"))
      server.deferred.push_back(message);
    else
      handle(server, message);
  }

  /// What a message does to a server of its term.
  void handle(Server& server, const Message& message) {
    const Json& text = message.text;
    State& state = server.state;
    const std::string type = text["type"], from = text["from"];
    const uint64_t index = text["index"], entries = text["entries"], commit = text["commit"];
    const uint64_t own = term_at(server, state.log), other = text["logTerm"];
    const bool good = type == "MsgVote" ? other > own || (other == own && index >= state.log)
                                        : index <= state.log && term_at(server, index) == other;
    if (published_) owe_answer(server, text, good);
    if (text["term"] != state.term) return;
    if (type == "MsgVote") {
      if (good && state.vote == "0") server.may_vote = from;
    } else if (type == "MsgVoteResp") {
      if (!text["reject"]) server.votes.insert(from);
    } else if (type == "MsgAppResp") {
      if (!text["reject"]) server.match[from] = std::max(server.match[from], index);
    } else if (type == "MsgHeartbeat") {
      state.commit = std::max(state.commit, std::min<uint64_t>(commit, state.log));
    } else if (type == "MsgSnap") {
      if (entries <= state.commit) return;
      if (entries > server.log.size() || server.log[entries - 1].term != message.entries.back().term) server.log = message.entries;
      if (server.first.voters.empty()) server.first = message.first;
      state.commit = entries;
      server.agreed = std::max(server.agreed, entries);
    } else if (type == "MsgApp") {
      if (!good) return;
      for (uint64_t i = 0; i < entries; ++i) {
        const uint64_t at = index + i;
        if (at < server.log.size() && server.log[at].term == message.entries[i].term) continue;
        expect(at >= state.commit, "a committed entry is cut");
        server.log.resize(at);
        server.log.push_back(message.entries[i]);
      }
      state.commit = std::max(state.commit, std::min(commit, index + entries));
      server.agreed = std::max(server.agreed, index + entries);
    }
    state.log = server.log.size();
  }

  // --- what the published specification adds
  static std::string answer(const std::string& type, const std::string& from, const std::string& to, uint64_t term, bool reject,
                            uint64_t index) {
    const bool counts = type == "MsgAppResp" && !reject;
    return type + " " + from + " " + to + " " + std::to_string(term) + (reject ? " no " : " yes ") + std::to_string(counts ? index : 0);
  }
  void owe(Server& server, const Json& request, const char* type, bool reject, uint64_t index = 0) {
    server.answers.push_back(answer(type, request["to"], request["from"], server.state.term, reject, index));
  }
  /// The answer that a request must have, from the state before it is handled.
  void owe_answer(Server& server, const Json& text, bool good) {
    const std::string type = text["type"];
    const bool stale = text["term"] < server.state.term;
    const uint64_t index = text["index"], end = index + text["entries"].get<uint64_t>(), commit = server.state.commit;
    if (type == "MsgVote") {
      const bool grants = !stale && good && (server.state.vote == "0" || server.state.vote == text["from"]);
      owe(server, text, "MsgVoteResp", !grants);
      if (grants) server.state.vote = text["from"];
    } else if (type == "MsgHeartbeat") {
      owe(server, text, stale ? "MsgAppResp" : "MsgHeartbeatResp", stale);
    } else if (type == "MsgApp") {
      expect(stale || !good || index >= commit || end <= commit, "entries before and behind the commit index in one message");
      owe(server, text, "MsgAppResp", stale || !good, index + 1 > commit ? end : commit);
    } else if (type == "MsgSnap") {
      expect(false, "a snapshot");
    }
  }
  void check_published_send(const Server& server, const Json& event) {
    const Json& text = event["msg"];
    const std::string type = text["type"], to = text["to"];
    const uint64_t end = text["index"].get<uint64_t>() + text["entries"].get<uint64_t>();
    const auto known = server.match.find(to);
    const uint64_t match = known == server.match.end() ? 0 : known->second;
    const bool listens = server.state.conf.voters.contains(to) || server.learners.contains(to);
    if (type == "MsgVote" || type == "MsgApp" || type == "MsgHeartbeat") expect(listens, "to nobody of the committed membership");
    if (type == "MsgApp") {
      expect(text["index"] >= match, "it sends what is there already");
      expect(text["commit"] == std::min(server.state.commit, end), "another commit index");
    }
    if (type == "MsgHeartbeat") expect(text["commit"] == std::min(server.state.commit, match), "another commit index");
  }
  void check_published_change(Server& server, const Json& change) {
    expect(change.contains("changes") && change["changes"].size() == 1 && !change.contains("outgoing"), "no single change");
    expect(server.changing <= server.state.commit, "two changes at once");
    if (!error_.empty()) return;
    const std::string action = change["changes"][0]["action"], nid = change["changes"][0]["nid"];
    if (action == "AddLearner") server.learners.insert(nid);
    else server.learners.erase(nid);
    server.changing = server.state.log + 1;
  }

  const bool forgets_;
  const bool published_;
  std::multiset<std::string> answers_;  ///< on their way, as the specification makes them
  std::string error_;
  Conf founders_;
  std::map<std::string, Server> servers_;
  std::map<std::string, std::vector<Message>> bag_;  ///< on their way, by content; what is lost stays in it
  std::map<std::string, Message> ever_;
  std::map<std::string, uint64_t> names_;
};

}  // namespace paxoscope::test
