// A bench for runs played step by step: the test decides which message arrives when and how often, what is durable when
// a server crashes, and who leads. The bench watches what the rules promise, whoever knows of it.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "omnipaxos/omnipaxos.h"

namespace paxoscope::bench {

using namespace omnipaxos;

using Server = OmniPaxos<char>;
using Disk = Server::StorageType;
using Mail = Server::MessageType;
using PromiseC = Promise<char>;
using AcceptSyncC = AcceptSync<char>;
using AcceptC = Accept<char>;
using ForwardC = Forward<char>;

inline constexpr ServerId A = 1, B = 2, C = 3, D = 4, E = 5;

/// What can go wrong, as bits.
enum Wrong : uint32_t {
  kDecidedDiffers = 1,     ///< two entries were called decided at one index
  kChosenDiffers = 2,      ///< two entries were durably accepted by a quorum at one index
  kDecidedNotChosen = 4,   ///< an entry was called decided that no quorum accepted in one ballot
  kDecidedBack = 8,        ///< a server's decided index went back, also across a crash
  kCancelledChosen = 16,   ///< a proposal was cancelled, and a quorum accepted it
  kChosenTwice = 32,       ///< one proposal stands at two chosen indexes
  kLeaderLacks = 64,       ///< a leader adopted a log without an entry chosen in a lower ballot
  kBrokenFact = 128,       ///< a step found what the rules exclude
  kHole = 256,             ///< a decided index beyond the own log
};

inline SwitchSet without(std::initializer_list<Switch> off) {
  SwitchSet set;
  for (Switch which : off) set.turn_off(static_cast<uint8_t>(which));
  return set;
}

inline Ballot ballot(uint32_t n, ServerId owner) { return {n, 0, owner}; }

/// The ballot a message speaks of; none for heartbeats.
inline Ballot ballot_of(const Body<char>& body) {
  return std::visit(
      [](const auto& m) -> Ballot {
        if constexpr (requires { m.tag; })
          return m.tag;
        else if constexpr (requires { m.ballot; })
          return m.ballot;
        else if constexpr (requires { m.promised; })
          return m.promised;
        else
          return {};
      },
      body);
}

class Bench {
 public:
  /// `strict`: a message that a script names must be there. With all rules on, a broken run's script names messages that
  /// are never sent; those steps are then nothing.
  Bench(std::vector<ServerId> ids, const SwitchSet& switches, bool strict)
      : ids_(std::move(ids)), switches_(switches), strict_(strict) {
    for (ServerId id : ids_) {
      machines_[id].disk = Disk{{}, {}, MemoryState(false)};
      boot(id);
    }
  }
  Bench(uint32_t servers, const SwitchSet& switches, bool strict) : Bench(first(servers), switches, strict) {}

  // --- leaders, proposals, time
  void lead(ServerId id, uint32_t n) {
    if (Server* s = server(id)) s->handle_leader(ballot(n, id));
    touched(id);
  }
  uint64_t propose(ServerId id, char entry) {
    Server* s = server(id);
    REQUIRE(s != nullptr);
    const uint64_t future = *s->propose_normal(entry);
    machines_[id].futures[future] = entry;
    touched(id);
    return future;
  }
  void resend(ServerId id) {
    if (Server* s = server(id)) s->fire_resend();
    touched(id);
  }
  void reconnected(ServerId id, ServerId peer) {
    if (Server* s = server(id)) s->reconnected(peer);
    touched(id);
  }

  // --- messages. `n`: of that ballot or tag only (0: any). The oldest that fits is meant.
  template <class BodyType>
  std::optional<Mail> take(ServerId from, ServerId to, uint32_t n = 0) {
    const auto found = find<BodyType>(from, to, n);
    if (found == bag_.end()) return std::nullopt;
    Mail mail = std::move(*found);
    bag_.erase(found);
    return mail;
  }
  /// A copy to be delivered later, once more.
  template <class BodyType>
  std::optional<Mail> copy(ServerId from, ServerId to, uint32_t n = 0) {
    const auto found = find<BodyType>(from, to, n);
    return found == bag_.end() ? std::nullopt : std::optional<Mail>(*found);
  }
  template <class BodyType>
  bool deliver(ServerId from, ServerId to, uint32_t n = 0) {
    return deliver(take<BodyType>(from, to, n));
  }
  bool deliver(const std::optional<Mail>& mail) {
    if (!mail) return false;
    if (Server* s = server(mail->to)) s->handle(*mail);
    touched(mail->to);
    return true;
  }
  template <class BodyType>
  bool waiting(ServerId from, ServerId to, uint32_t n = 0) {
    for (const Mail& mail : bag_)
      if (fits<BodyType>(mail, from, to, n)) return true;
    return false;
  }
  /// Everything in flight is lost.
  void lose_all() { bag_.clear(); }
  void lose_all_to(ServerId id) {
    std::erase_if(bag_, [&](const Mail& mail) { return mail.to == id; });
  }
  /// Everything arrives, oldest first, and what follows from it. False: it does not come to an end.
  bool deliver_all(uint32_t most = 5000) {
    for (; most > 0 && !bag_.empty(); --most) {
      const Mail mail = std::move(bag_.front());
      bag_.erase(bag_.begin());
      deliver(std::optional<Mail>(mail));
    }
    return bag_.empty();
  }
  size_t in_flight() const { return bag_.size(); }
  /// Prepare and Promise with each of the followers.
  void promises(ServerId leader, std::initializer_list<ServerId> followers, uint32_t n) {
    for (ServerId id : followers) {
      deliver<Prepare>(leader, id, n);
      deliver<PromiseC>(id, leader, n);
    }
  }
  void synced(ServerId leader, ServerId follower, uint32_t n) {
    deliver<AcceptSyncC>(leader, follower, n);
    deliver<Accepted>(follower, leader, n);
  }
  void accepts(ServerId leader, ServerId follower, uint32_t n) {
    deliver<AcceptC>(leader, follower, n);
    deliver<Accepted>(follower, leader, n);
  }

  // --- disks and crashes
  /// From now on writes reach the disk only by flush().
  void hold_disk(ServerId id) { machines_[id].held = true; }
  void flush(ServerId id) {
    write_back(id);
    collect(id);
    inspect();
  }
  void release_disk(ServerId id) {
    machines_[id].held = false;
    flush(id);
  }
  void crash(ServerId id) {
    machines_[id].server.reset();
    machines_[id].held = false;
    machines_[id].futures.clear();
  }
  /// A crash after the small values, written last, reached the disk and the log entries before them did not.
  void crash_keeping_values(ServerId id) {
    Machine& machine = machines_[id];
    const PaxosValues values = machine.server->paxos().values();
    REQUIRE(values.accepted == machine.disk.state.values().accepted);
    machine.disk.state.edit() = values;
    crash(id);
  }
  void restart(ServerId id) {
    boot(id);
    inspect();
  }

  // --- looking
  Server* server(ServerId id) {
    auto& server = machines_[id].server;
    return server ? &*server : nullptr;
  }
  const std::vector<ServerId>& ids() const { return ids_; }
  std::string log(ServerId id) { return text(server(id)->get_chosen_entries(1, UINT64_MAX)); }
  std::string decided(ServerId id) {
    const LogIndex index = server(id)->decided_index();
    return log(id).substr(0, index);
  }
  bool cancelled(char entry) const { return cancelled_.count(entry) != 0; }
  bool resolved(char entry) const { return resolved_.count(entry) != 0; }
  bool wrong(uint32_t which) const { return (wrong_ & which) == which; }
  uint32_t wrongs() const { return wrong_; }
  std::string what() const { return what_; }

  /// Everybody is back, everything late arrives, a last leader (by default the highest id) is elected with all.
  void come_to_rest(uint32_t n = 90, ServerId leader = 0) {
    for (ServerId id : ids_) {
      if (server(id) == nullptr) restart(id);
      if (machines_[id].held) release_disk(id);
    }
    strict_ = false;
    CHECK(deliver_all());
    lead(leader != 0 ? leader : ids_.back(), n);
    rest();
  }
  /// Messages arrive and timers repair until nobody has anything to say.
  void rest() {
    CHECK(deliver_all());
    for (int round = 0; round < 4; ++round) {
      for (ServerId id : ids_) resend(id);
      CHECK(deliver_all());
    }
  }
  /// All servers that are up have decided the same log, as long as it is.
  bool agreed() {
    std::set<std::string> logs;
    for (ServerId id : ids_)
      if (server(id) != nullptr) logs.insert(decided(id) + "/" + log(id));
    return logs.size() == 1;
  }

 private:
  struct Machine {
    std::optional<Server> server;
    Disk disk;
    bool held = false;
    LogIndex most_decided = 0;
    std::map<uint64_t, char> futures;
    Ballot leads;
  };

  static std::vector<ServerId> first(uint32_t count) {
    std::vector<ServerId> ids;
    for (ServerId id = 1; id <= count; ++id) ids.push_back(id);
    return ids;
  }
  static std::string text(const std::vector<ChosenEntry<char>>& entries) {
    std::string log;
    for (const auto& entry : entries) log += entry.entry;
    return log;
  }

  template <class BodyType>
  static bool fits(const Mail& mail, ServerId from, ServerId to, uint32_t n) {
    return mail.from == from && mail.to == to && std::holds_alternative<BodyType>(mail.body) &&
           (n == 0 || ballot_of(mail.body).n == n);
  }
  template <class BodyType>
  std::vector<Mail>::iterator find(ServerId from, ServerId to, uint32_t n) {
    auto found = bag_.begin();
    while (found != bag_.end() && !fits<BodyType>(*found, from, to, n)) ++found;
    if (strict_)
      REQUIRE_MESSAGE(found != bag_.end(), "no such message from ", from, " to ", to, " of ballot ", n, ", kind ",
                      Mail{0, 0, 1, BodyType{}}.body.index());
    return found;
  }

  void boot(ServerId id) {
    Config config;
    config.pid = id;
    for (ServerId peer : ids_)
      if (peer != id) config.peers.push_back(peer);
    config.switches = switches_;
    Machine& machine = machines_[id];
    Disk opened{machine.disk.log, machine.disk.attempts, MemoryState(false)};
    opened.state.edit() = machine.disk.state.values();
    machine.server.emplace(*Server::with(config, opened, {.elect = false, .resubmit = false, .report_settled = true}));
    machine.leads = {};
    write_back(id);
    collect(id);
  }
  void touched(ServerId id) {
    if (server(id) == nullptr) return;
    if (!machines_[id].held) write_back(id);
    collect(id);
    inspect();
  }
  void write_back(ServerId id) {
    Server* s = server(id);
    if (s == nullptr) return;
    MemoryState& state = s->paxos().storage().state;
    do {
      state.set_durable(state.written());
      machines_[id].disk = s->paxos().storage();
      s->storage_progress();
    } while (state.durable() != state.written());
    machines_[id].disk = s->paxos().storage();
  }
  void collect(ServerId id) {
    if (Server* s = server(id)) s->take_outgoing(bag_);
  }

  void report(Wrong what, const std::string& text) {
    if ((wrong_ & what) == 0) what_ += text + "; ";
    wrong_ |= what;
  }
  bool chosen_at(LogIndex index, char entry) const {
    const auto at = chosen_.find(index);
    if (at == chosen_.end()) return false;
    for (const auto& [b, e] : at->second)
      if (e == entry) return true;
    return false;
  }
  void inspect() {
    for (auto& [id, machine] : machines_) note_durable(id, machine);
    for (auto& [id, machine] : machines_)
      if (machine.server) inspect_server(id, machine);
    for (char entry : cancelled_)
      for (const auto& [index, in_ballots] : chosen_)
        if (chosen_at(index, entry)) report(kCancelledChosen, std::string(1, entry) + " was cancelled and is chosen");
  }
  /// What is durable with an accepted ballot, ever, counts as accepted in it.
  void note_durable(ServerId id, const Machine& machine) {
    const Ballot accepted = machine.disk.state.values().accepted;
    if (!accepted) return;
    for (LogIndex index = 1; index <= machine.disk.log.length(); ++index) {
      const char entry = machine.disk.log.at(index);
      ServerSet& holders = holders_[{accepted, index, entry}];
      holders |= server_bit(id);
      if (count_of(holders) < ids_.size() / 2 + 1) continue;
      chosen_[index].insert({accepted, entry});
      for (const auto& [b, other] : chosen_[index])
        if (other != entry)
          report(kChosenDiffers, std::string("index ") + std::to_string(index) + " is " + entry + " and " + other);
      const auto [first, fresh] = index_of_.try_emplace(entry, index);
      if (!fresh && first->second != index) report(kChosenTwice, std::string(1, entry) + " is chosen twice");
    }
  }
  void inspect_server(ServerId id, Machine& machine) {
    Server& s = *machine.server;
    const std::string name = std::string("server ") + static_cast<char>('A' + id - 1);
    if (s.paxos().broken_fact() != nullptr) report(kBrokenFact, name + ": " + s.paxos().broken_fact());
    const LogIndex decided = s.decided_index();
    if (decided < machine.most_decided) report(kDecidedBack, name + "'s decided index went back");
    machine.most_decided = std::max(machine.most_decided, decided);
    if (decided > s.log_length()) {
      report(kHole, name + " has decided more than it holds");
      return;
    }
    for (LogIndex index = 1; index <= decided; ++index) {
      const char entry = s.paxos().storage().log.at(index);
      const auto [known, fresh] = decided_.try_emplace(index, entry);
      if (known->second != entry)
        report(kDecidedDiffers, name + " decided " + entry + " where " + known->second + " was decided");
      if (!chosen_at(index, entry)) report(kDecidedNotChosen, name + " decided " + entry + ", which is not chosen");
    }
    settle(machine);
    if (s.is_leader() && machine.leads != s.paxos().leader_state().ballot) check_leader(s, machine);
  }
  void settle(Machine& machine) {
    for (const Settled& settled : machine.server->take_settled()) {
      const char entry = machine.futures.at(settled.future);
      (settled.outcome == Outcome::cancelled ? cancelled_ : resolved_).insert(entry);
    }
  }
  void check_leader(Server& s, Machine& machine) {
    machine.leads = s.paxos().leader_state().ballot;
    for (const auto& [index, in_ballots] : chosen_)
      for (const auto& [b, entry] : in_ballots) {
        const bool held = index <= s.log_length() && s.paxos().storage().log.at(index) == entry;
        if (b < machine.leads && !held) report(kLeaderLacks, std::string("a leader lacks ") + entry);
      }
  }

  std::vector<ServerId> ids_;
  SwitchSet switches_;
  bool strict_;
  std::map<ServerId, Machine> machines_;
  std::vector<Mail> bag_;
  std::map<std::tuple<Ballot, LogIndex, char>, ServerSet> holders_;
  std::map<LogIndex, std::set<std::pair<Ballot, char>>> chosen_;
  std::map<char, LogIndex> index_of_;
  std::map<LogIndex, char> decided_;
  std::set<char> cancelled_, resolved_;
  uint32_t wrong_ = 0;
  std::string what_;
};

/// Plays a script twice: with the rules off, which must go wrong in the ways of `expected`, and with all rules on, where
/// nothing may, neither in the script nor when everything late arrives after it.
template <class Script>
void breaks_without(std::initializer_list<Switch> off, uint32_t servers, uint32_t expected, Script&& script) {
  {
    INFO("rules off");
    Bench bench(servers, without(off), true);
    script(bench);
    INFO("wrong: ", bench.wrongs(), " ", bench.what());
    CHECK(bench.wrong(expected));
  }
  {
    INFO("all rules on");
    Bench bench(servers, {}, false);
    script(bench);
    INFO("wrong: ", bench.what());
    CHECK(bench.wrongs() == 0);
    bench.come_to_rest();
    CHECK_MESSAGE(bench.wrongs() == 0, bench.what());
    CHECK(bench.agreed());
  }
}

}  // namespace paxoscope::bench
