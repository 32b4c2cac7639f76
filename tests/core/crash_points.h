// A cluster that is crashed at every storage operation of every step: each time a server has done something, the run
// forks once for each of its commits, with that server crashed as if the disk had got exactly that far and nothing it
// had to say had left. Each fork must lose nothing and settle.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "omnipaxos/service.h"

namespace paxoscope::crash_points {

using namespace omnipaxos;

/// Values whose commits are durable at once; whoever listens sees the storage as of each of them.
class TapeState {
 public:
  static inline void (*listener)(const TapeState&) = nullptr;

  const PaxosValues& values() const { return values_; }
  PaxosValues& edit() { return values_; }
  uint64_t commit() {
    ++written_;
    if (listener != nullptr) listener(*this);
    return written_;
  }
  uint64_t written() const { return written_; }
  uint64_t durable() const { return written_; }

 private:
  PaxosValues values_;
  uint64_t written_ = 0;
};

using Server = Service<char, MemorySequence<char>, TapeState>;
using Disk = Server::StorageType;
using Mail = Server::MessageType;

/// Copies of the storage at each commit, while it lives. One at a time.
class Tape {
 public:
  Tape() {
    commits().clear();
    TapeState::listener = [](const TapeState& state) {
      static const Disk probe;  // a state commits only as part of a storage
      const auto offset = reinterpret_cast<const char*>(&probe.state) - reinterpret_cast<const char*>(&probe);
      commits().push_back(*reinterpret_cast<const Disk*>(reinterpret_cast<const char*>(&state) - offset));
    };
  }
  ~Tape() { TapeState::listener = nullptr; }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  std::vector<Disk> take() { return std::move(commits()); }

 private:
  static std::vector<Disk>& commits() {
    static std::vector<Disk> all;
    return all;
  }
};

inline const char* name_of(const Body<char>& body) {
  static constexpr const char* kNames[] = {"HeartbeatRequest", "HeartbeatReply", "Prepare",          "Promise",
                                           "AcceptSync",       "Accept",         "Accepted",         "Decide",
                                           "NotAccepted",      "PrepareRequest", "Forward",          "Rejected",
                                           "NewConfiguration", "Complete",       "SegmentRequest",   "Segment",
                                           "Compact",          "Relay",          "Report"};
  static_assert(std::size(kNames) == std::variant_size_v<Body<char>>);
  return kNames[body.index()];
}

inline std::vector<ServerId> ids_in(ServerSet set) {
  std::vector<ServerId> ids;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(set, id)) ids.push_back(id);
  return ids;
}

class Cluster;

/// What was tried, and what went wrong: "Accept 1/2" is a crash after the first of two commits in the handler of an Accept.
struct Explorer {
  std::map<std::string, uint32_t> tried;
  uint32_t forks = 0;
  std::vector<std::string> failures;
  void step_done(const Cluster& before, ServerId id, const std::string& what, const Disk& disk_before,
                 const std::vector<Disk>& commits);
};

/// A value; messages arrive in the order they were sent, and time passes in ticks of all servers.
class Cluster {
 public:
  Cluster(uint32_t servers, uint32_t members, Explorer* explorer, const SwitchSet& switches = {})
      : explorer_(explorer), switches_(switches), machines_(servers) {
    for (ServerId id = 1; id <= members; ++id) first_members_ |= server_bit(id);
    for (ServerId id = 1; id <= servers; ++id) start(id);
  }

  // --- what a script does
  void propose(ServerId id, char entry) {
    step(id, server(id).is_leader() ? "propose, leader" : "propose", [&] { (void)server(id).propose_normal(entry); });
  }
  void reconfigure(ServerId id, ServerSet members, ServerId named = 0) {
    step(id, server(id).is_leader() ? "propose stop, leader" : "propose stop",
         [&] { (void)server(id).propose_reconfiguration('!', members, named); });
  }
  void crash(ServerId id) { machine(id).server.reset(); }
  void start(ServerId id) {
    step(id, "start", [&] {
      Config config;
      config.pid = id;
      for (ServerId peer : ids_in(first_members_))
        if (peer != id) config.peers.push_back(peer);
      config.election_ticks = 3;
      config.resend_ticks = 5;
      config.switches = switches_;
      auto started = Server::with(config, contains(first_members_, id), machine(id).disk);
      REQUIRE(started.has_value());
      machine(id).server.emplace(std::move(*started));
    });
  }
  void cut_off(ServerId id) { away_ |= server_bit(id); }
  void heal() { away_ = 0; }
  /// `rounds` ticks of every server, and all messages after each.
  void run(uint32_t rounds) {
    for (; rounds > 0; --rounds) {
      for (ServerId id = 1; id <= machines_.size(); ++id)
        if (up(id)) tick(id);
      deliver_all();
    }
  }
  void deliver_all() {
    for (uint32_t most = 20'000; !bag_.empty(); --most) {
      if (most == 0) {
        fail("messages without end");
        bag_.clear();
        return;
      }
      deliver(0);
    }
  }
  /// The message at a place in the bag arrives; `stays`: and may arrive again.
  void deliver(size_t place, bool stays = false) {
    const Mail mail = bag_[place];
    if (!stays) bag_.erase(bag_.begin() + static_cast<std::ptrdiff_t>(place));
    if (!up(mail.to) || contains(away_, mail.from) || contains(away_, mail.to)) return;
    step(mail.to, name_of(mail.body), [&] { server(mail.to).handle(mail); });
  }
  size_t in_flight() const { return bag_.size(); }
  void tick(ServerId id) {
    const auto* running = server(id).instance();
    const bool fires = server(id).ticks_to_next_timer() == 1;
    const bool round = running != nullptr && running->election().ticks_to_round_end() == 1;
    Explorer* const explorer = explorer_;
    if (!fires) explorer_ = nullptr;  // nothing happens
    step(id, round ? "round ends" : "resend", [&] { server(id).tick(); });
    explorer_ = explorer;
  }
  /// As if the disk had got as far as `disk`.
  void crash_at(ServerId id, const Disk& disk) {
    crash(id);
    machine(id).disk = disk;
    explorer_ = nullptr;
  }
  void restart_all() {
    for (ServerId id = 1; id <= machines_.size(); ++id)
      if (!up(id)) start(id);
  }
  /// Runs until everybody who belongs to the newest configuration has decided all there is. False: too long.
  bool settles() {
    heal();
    for (uint32_t rounds = 0; rounds < 40; ++rounds) {
      run(3);
      if (settled()) return true;
    }
    return false;
  }

  std::string describe() const {
    std::string text = "decided '" + decided_ + "'";
    for (ServerId id = 1; id <= machines_.size(); ++id) {
      if (!up(id)) continue;
      const Server& it = server(id);
      text += "; " + std::to_string(id) + ": c" + std::to_string(it.configuration()) + " members " +
              std::to_string(it.values().members) + " sealed " + std::to_string(it.values().sealed.size()) + " decided " +
              std::to_string(it.decided_index()) + " of " + std::to_string(it.log_length()) + " promised " +
              std::to_string(it.values().promised.n) + "." + std::to_string(it.values().promised.server) +
              (it.is_leader() ? " leads" : "") + (it.values().stop ? " stop" : "") + " unsettled " +
              std::to_string(it.proposer().unsettled()) + (it.joining() ? " joining" : "");
    }
    return text;
  }
  // --- looking
  bool up(ServerId id) const { return machines_[id - 1].server.has_value(); }
  Server& server(ServerId id) { return *machines_[id - 1].server; }
  const Server& server(ServerId id) const { return *machines_[id - 1].server; }
  ServerId leader() const {
    ServerId found = 0;
    for (ServerId id = 1; id <= machines_.size(); ++id)
      if (up(id) && server(id).is_leader() &&
          (found == 0 || server(id).configuration() >= server(found).configuration()))
        found = id;
    return found;
  }
  const std::string& decided() const { return decided_; }
  /// What is wrong, or nothing.
  const std::string& wrong() const { return wrong_; }
  /// Of the newest configuration that anybody runs.
  ServerSet members() const {
    const PaxosValues* newest = nullptr;
    for (ServerId id = 1; id <= machines_.size(); ++id)
      if (up(id) && (newest == nullptr || server(id).configuration() > newest->configuration))
        newest = &server(id).values();
    return newest == nullptr ? 0 : newest->members;
  }

 private:
  struct Machine {
    std::optional<Server> server;
    Disk disk;  ///< as of the end of the last step
    std::pair<ConfigurationId, Ballot> promised;
    LogIndex decided = 0;
  };

  Machine& machine(ServerId id) { return machines_[id - 1]; }

  template <class Act>
  void step(ServerId id, std::string what, Act&& act) {
    const bool explored = explorer_ != nullptr && what.rfind("Heartbeat", 0) != 0;
    std::optional<Cluster> before;
    if (explored) before.emplace(*this);
    const size_t sealed_before = machine(id).disk.state.values().sealed.size();
    std::vector<Disk> commits;
    {
      std::optional<Tape> tape;
      if (explored) tape.emplace();
      act();
      std::vector<Mail> out;
      server(id).take_outgoing(out);
      bag_.insert(bag_.end(), out.begin(), out.end());
      if (tape) commits = tape->take();
    }
    machine(id).disk = server(id).storage();
    inspect(id);
    if (!explored) return;
    if (server(id).values().sealed.size() != sealed_before) what += what == "Segment" ? ", installs" : ", seals";
    explorer_->step_done(*before, id, what, before->machine(id).disk, commits);
  }

  void fail(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }
  void inspect(ServerId id) {
    Machine& it = machine(id);
    const std::string name(1, static_cast<char>('A' + id - 1));
    const PaxosValues& values = it.disk.state.values();
    const std::pair promised(values.configuration, values.promised);
    if (values.configuration != 0) {
      if (promised < it.promised) fail(name + " went back on a promise");
      it.promised = promised;
    }
    if (values.decided < it.decided) fail(name + "'s decided index went back");
    it.decided = values.decided;
    if (values.decided > it.disk.log.length()) fail(name + "'s decided index passes its log");
    if (server(id).broken_fact() != nullptr) fail(name + ": " + server(id).broken_fact());
    for (LogIndex index = 1; index <= values.decided && index <= it.disk.log.length(); ++index) {
      if (index > decided_.size()) decided_ += it.disk.log.at(index);
      if (decided_[index - 1] != it.disk.log.at(index))
        fail(name + " decided otherwise at " + std::to_string(index) + " than another did");
    }
  }
  bool settled() const {
    const ServerSet needed = members();
    for (ServerId id : ids_in(needed)) {
      if (!up(id) || server(id).values().members != needed || server(id).instance() == nullptr) return false;
      if (server(id).decided_index() != decided_.size() || server(id).log_length() != decided_.size()) return false;
      if (server(id).proposer().unsettled() != 0) return false;
    }
    return true;
  }

  Explorer* explorer_;
  SwitchSet switches_;
  std::vector<Machine> machines_;
  std::deque<Mail> bag_;
  ServerSet first_members_ = 0;
  ServerSet away_ = 0;
  std::string decided_;
  std::string wrong_;
};

inline void Explorer::step_done(const Cluster& before, ServerId id, const std::string& what, const Disk& disk_before,
                                const std::vector<Disk>& commits) {
  for (size_t k = 0; k <= commits.size(); ++k) {
    const std::string point = what + " " + std::to_string(k) + "/" + std::to_string(commits.size());
    ++tried[point];
    for (const bool others_go_on : {false, true}) {
      ++forks;
      Cluster fork = before;
      fork.crash_at(id, k == 0 ? disk_before : commits[k - 1]);
      const std::string where = point + " at server " + std::to_string(id) + (others_go_on ? ", away a while: " : ": ");
      if (others_go_on) {
        fork.heal();
        fork.run(15);
      }
      fork.restart_all();
      const bool settles = fork.settles();
      const std::string sofar = fork.decided();
      // It still decides, at every member.
      if (settles) fork.propose(ids_in(fork.members()).front(), '+');
      if (!fork.wrong().empty())
        failures.push_back(where + fork.wrong());
      else if (sofar.substr(0, before.decided().size()) != before.decided())
        failures.push_back(where + "what was decided is gone");
      else if (!settles || !fork.settles() || fork.decided() != sofar + "+")
        failures.push_back(where + "it does not settle: " + fork.describe());
      else if (!fork.wrong().empty())
        failures.push_back(where + fork.wrong());
    }
  }
}

}  // namespace paxoscope::crash_points
