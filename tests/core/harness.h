// A bench for runs played step by step: the test decides which message arrives when and how often, what is
// durable when a server crashes, and who leads.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "witness.h"

namespace paxoscope::bench {

using namespace omnipaxos;

using Mail = Server::MessageType;
using PromiseC = Promise<char>;
using AcceptSyncC = AcceptSync<char>;
using AcceptC = Accept<char>;
using ForwardC = Forward<char>;
using RelayC = Relay<char>;

inline constexpr ServerId A = 1, B = 2, C = 3, D = 4, E = 5;

inline SwitchSet without(std::initializer_list<Switch> off) {
  SwitchSet set;
  for (Switch which : off) set.turn_off(static_cast<uint8_t>(which));
  return set;
}

inline Ballot ballot(uint32_t n, ServerId owner) {
  return {n, 0, owner};
}

/// The ballot a message speaks of; none for heartbeats.
inline Ballot ballot_of(const Body<char>& body) {
  return std::visit(
      [](const auto& m) -> Ballot {
        if constexpr (requires { m.tag; })
          return m.tag;
        else if constexpr (requires { m.forward; })
          return m.forward.tag;
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
  /// `strict`: a message that a script names must be there. With all rules on, a broken run's script names
  /// messages that are never sent; those steps are then nothing.
  Bench(std::vector<ServerId> ids, const SwitchSet& switches, bool strict)
      : ids_(std::move(ids)), switches_(switches), strict_(strict), witness_(ids_.size()) {
    for (ServerId id : ids_) {
      machines_[id].disk = Disk{{}, {}, MemoryState(false), {}};
      boot(id);
    }
  }
  Bench(uint32_t servers, const SwitchSet& switches, bool strict) : Bench(first(servers), switches, strict) {}

  /// For servers that start from now on: who lacks so many decided entries gets a delta snapshot (0: the entries).
  void set_delta_after(uint32_t entries) {
    delta_after_ = entries;
    for (ServerId id : ids_) boot(id);
  }
  void set_batch(uint32_t entries) {
    batch_entries_ = entries;
    for (ServerId id : ids_) boot(id);
  }

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
  void propose_stop(ServerId id, char placeholder, StopSignRef stop) {
    const auto future = server(id)->propose_stop(placeholder, std::move(stop));
    REQUIRE(future.has_value());
    machines_[id].futures[*future] = placeholder;
    touched(id);
  }
  Result<void> snapshot(ServerId id, LogIndex index = 0, bool local_only = true) {
    Result<void> done = server(id)->snapshot(index, local_only);
    touched(id);
    return done;
  }
  Result<void> trim(ServerId id, LogIndex index = 0) {
    Result<void> done = server(id)->trim(index);
    touched(id);
    return done;
  }
  /// What the election would say: `next` passes the proposals of `id` on to the leader of `to` (0: nobody does).
  void route(ServerId id, ServerId next, const Ballot& to = {}, uint32_t hops = 1) {
    server(id)->paxos().set_route({next, to, next == 0 ? 0 : hops});
    touched(id);
  }
  void tick(ServerId id, uint32_t ticks) {
    if (Server* s = server(id)) s->tick(ticks);
    touched(id);
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
  /// The message at a place in the bag arrives; `stays`: and may arrive again.
  void deliver_at(size_t place, bool stays) {
    const Mail mail = bag_[place];
    if (!stays) bag_.erase(bag_.begin() + static_cast<std::ptrdiff_t>(place));
    deliver(std::optional<Mail>(mail));
  }
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
  std::string log(ServerId id) { return text(server(id)->read_suffix(1)); }
  std::string decided(ServerId id) {
    const LogIndex index = server(id)->decided_index();
    return log(id).substr(0, index);
  }
  bool held(ServerId id) { return machines_[id].held; }
  bool cancelled(char entry) const { return witness_.is_cancelled(entry); }
  bool resolved(char entry) const { return witness_.is_resolved(entry); }
  bool wrong(uint32_t which) const { return (wrongs() & which) == which; }
  uint32_t wrongs() const { return witness_.wrongs(); }
  const std::string& what() const { return witness_.what(); }

  /// Everybody is back, everything late arrives, a last leader (by default the highest id) is elected with
  /// all.
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
    std::string agreed;
    for (ServerId id : ids_) {
      if (server(id) == nullptr) continue;
      const std::string own = log(id);
      if (agreed.empty()) agreed = own;
      if (own.size() != agreed.size() || server(id)->decided_index() != own.size()) return false;
      for (size_t i = 0; i < own.size(); ++i) {
        if (agreed[i] == '.') agreed[i] = own[i];
        if (own[i] != '.' && own[i] != agreed[i]) return false;  // '.': summed up in a snapshot
      }
    }
    return true;
  }

 private:
  struct Machine {
    std::optional<Server> server;
    Disk disk;
    bool held = false;
    std::map<uint64_t, char> futures;
  };

  static std::vector<ServerId> first(uint32_t count) {
    std::vector<ServerId> ids;
    for (ServerId id = 1; id <= count; ++id) ids.push_back(id);
    return ids;
  }
  static std::string text(const std::vector<LogEntry<char>>& entries) {
    std::string log;
    for (const auto& entry : entries)
      log += entry.standing == Standing::trimmed || entry.standing == Standing::snapshotted
                 ? std::string(entry.index - log.size(), '.')
                 : std::string(1, entry.entry);
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
      REQUIRE_MESSAGE(found != bag_.end(), "no such message from ", from, " to ", to, " of ballot ", n,
                      ", kind ", Mail{0, 0, 1, BodyType{}}.body.index());
    return found;
  }

  void boot(ServerId id) {
    Config config;
    config.pid = id;
    for (ServerId peer : ids_)
      if (peer != id) config.peers.push_back(peer);
    config.switches = switches_;
    config.delta_after = delta_after_;
    config.batch_entries = batch_entries_;
    config.batch_ticks = 5;
    Machine& machine = machines_[id];
    Disk opened{machine.disk.log, machine.disk.attempts, MemoryState(false), machine.disk.snapshot};
    opened.state.edit() = machine.disk.state.values();
    machine.server.emplace(
        *Server::with(config, opened, {.elect = false, .resubmit = false, .report_settled = true}));
    witness_.started(id, machine.disk);
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

  void inspect() {
    for (auto& [id, machine] : machines_) witness_.see_disk(id, machine.disk);
    for (auto& [id, machine] : machines_) {
      if (!machine.server) continue;
      settle(machine);
      witness_.see_server(id, *machine.server);
    }
    witness_.see_cancelled();
  }
  void settle(Machine& machine) {
    for (const Settled& settled : machine.server->take_settled())
      witness_.settled(machine.futures.at(settled.future), settled.outcome);
  }

  std::vector<ServerId> ids_;
  SwitchSet switches_;
  uint32_t delta_after_ = 0;
  uint32_t batch_entries_ = 1;
  bool strict_;
  std::map<ServerId, Machine> machines_;
  std::vector<Mail> bag_;
  Witness witness_;
};

/// Plays a script twice: with the rules off, which must go wrong in the ways of `expected`, and with all
/// rules on, where nothing may, neither in the script nor when everything late arrives after it.
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
