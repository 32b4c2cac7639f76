// What is chosen: entries, or values of registers, that a quorum has made durable, so that whatever comes later must keep
// them. At that moment no server can know it; who watches all of them can. Followed event by event, since a server's
// acceptance counts though it goes on to other ballots, and since copies of a later leader's do not count for it.
#pragma once

#include <array>
#include <vector>

#include "sim/futures.h"
#include "sim/observation.h"
#include "sim/protocol_traits.h"
#include "sim/world.h"
#include "storage/memory_sequence.h"

namespace paxoscope {

/// A value: copy it with the world that it watches.
class ChosenLog {
 public:
  struct Entry {
    uint64_t identity = 0;  ///< Protocol::entry_identity; 0: nobody held it any more
    uint64_t event = 0;
    TimeUs at_us = 0;
    ServerSet by = 0;       ///< who had accepted it then
    ConfigurationId configuration = 1;
    Ballot ballot;          ///< in which they had
  };
  struct Register {
    HeldValue held;
    uint64_t event = 0;
    TimeUs at_us = 0;
    ServerSet by = 0;       ///< who stored it, or something newer, then
    ServerId learnt_by = 0; ///< the first coordinator to know; 0: none yet
    TimeUs learnt_us = 0;
  };
  static constexpr size_t kMaxRounds = 16;  ///< ballots that are followed: the newest

  template <class Protocol>
  explicit ChosenLog(const World<Protocol>& world) : servers_(world.hosts().size()) {
    for (size_t i = 0; i < servers_.size(); ++i) look_at(world, i);
  }

  /// After every event, in order.
  template <class Protocol>
  void look(const World<Protocol>& world) {
    if (world.touched() == 0) return;
    for (size_t i = 0; i < servers_.size(); ++i)
      if (world.hosts()[i].id == world.touched()) look_at(world, i);
  }

  LogIndex length() const { return entries_.length(); }
  const Entry& at(LogIndex index) const { return entries_.at(index); }
  /// Ascending by key.
  const std::vector<Register>& registers() const { return registers_; }
  /// When the server at this position first knew that entry `index` is decided; < 0: not yet.
  TimeUs learnt_us(size_t position, LogIndex index) const;
  /// An entry was chosen where another one had been: a rule does not hold.
  bool changed() const { return changed_; }

  /// The chosen part of the window, with cells of `seen`, which shows the same world.
  template <class Protocol>
  void describe(const World<Protocol>& world, const LogWindow& window, Observation& seen) const;

 private:
  struct Learnt {
    LogIndex decided = 0;
    TimeUs at_us = 0;
  };
  struct Server {
    AcceptedProbe accepted;
    MemorySequence<Learnt> learnt;  ///< both ascend
    LogIndex decided() const { return learnt.length() == 0 ? 0 : learnt.at(learnt.length()).decided; }
  };
  /// A ballot in which somebody has accepted something.
  struct Round {
    ConfigurationId configuration;
    Ballot ballot;
    std::array<LogIndex, kMaxServers> accepted{};  ///< by server id - 1: so many entries
    LogIndex counted = 0;                          ///< so many of them are chosen

    auto place() const { return std::pair(configuration, ballot); }
  };

  template <class Protocol>
  void look_at(const World<Protocol>& world, size_t position);
  template <class Protocol>
  void look_at_log(const World<Protocol>& world, size_t position);
  template <class Protocol>
  void look_at_registers(const World<Protocol>& world, size_t position);
  template <class Protocol>
  void count(const World<Protocol>& world, Round& round, const QuorumProbe& quorum, LogIndex most);
  /// Null: that ballot is not followed.
  Round* round_of(const AcceptedProbe& accepted);
  /// Null: that ballot is followed no more.
  Round* accept(ServerId id, const AcceptedProbe& accepted, LogIndex length);
  void forget(ServerId id);
  /// So many entries has a quorum accepted.
  static LogIndex reached(const Round& round, const QuorumProbe& quorum);
  static ServerSet holders(const Round& round, ServerSet members, LogIndex index);
  void keep_register(const HeldValue& held, ServerSet by, uint64_t event, TimeUs at_us);
  ChosenView view_of(LogIndex index, const std::vector<ServerView>& servers) const;
  void describe_registers(uint64_t event, Observation& seen) const;
  template <class Protocol>
  static const typename World<Protocol>::Durable& disk_of(const World<Protocol>& world, const typename World<Protocol>::Host& host) {
    return host.server && world.config().disk.max_us == 0 ? Protocol::storage(*host.server) : host.disk.content();
  }
  template <class Protocol>
  uint64_t identity_at(const World<Protocol>& world, const Round& round, LogIndex index) const;

  std::vector<Server> servers_;  ///< position = World::hosts()
  std::vector<Round> rounds_;    ///< ascending
  MemorySequence<Entry> entries_;
  std::vector<Register> registers_;
  bool changed_ = false;
};

template <class Protocol>
void ChosenLog::look_at(const World<Protocol>& world, size_t position) {
  const auto& host = world.hosts()[position];
  if (host.state_lost) {
    forget(host.id);
    servers_[position].accepted = {};
    return;
  }
  if (world.protocol().kTraits.has_log) {
    if constexpr (requires { Protocol::accepted(world.config(), world.switches(), host.disk.content()); })
      look_at_log(world, position);
  } else if (host.server) {
    if constexpr (requires(std::vector<HeldValue>& held) { Protocol::held_values(host.disk.content(), held); })
      look_at_registers(world, position);
  }
}

template <class Protocol>
void ChosenLog::look_at_log(const World<Protocol>& world, size_t position) {
  const auto& host = world.hosts()[position];
  Server& server = servers_[position];
  const AcceptedProbe now = Protocol::accepted(world.config(), world.switches(), disk_of(world, host));
  const LogIndex decided = host.server ? Protocol::decided(*host.server) : 0;
  const bool learns = decided > server.decided();
  if (now == server.accepted && !learns) return;
  const AcceptedProbe before = std::exchange(server.accepted, now);
  const bool ended = before.ballot && before.configuration != now.configuration && before.quorum.count == 1;
  // Where one is enough, it has accepted the end of its configuration and gone on to the next one at once.
  if (Round* round = ended ? accept(host.id, before, now.sealed) : nullptr) count(world, *round, before.quorum, now.sealed);
  if (Round* round = now.ballot ? accept(host.id, now, now.length) : nullptr) {
    // Of the membership that counts for an entry knows whoever holds it; of the one that its leader counts by, that one.
    count(world, *round, now.quorum, now.length);
    for (const Server& other : servers_)
      if (other.accepted.ballot && other.accepted.quorum != now.quorum && round_of(other.accepted) == round)
        count(world, *round, other.accepted.quorum, other.accepted.length);
    const QuorumProbe leads = learns ? Protocol::write_quorum(world.config(), *host.server, decided) : QuorumProbe{0};
    if (leads.configuration == round->configuration) count(world, *round, leads, decided);
  }
  if (learns) server.learnt.append({decided, world.now_us()});
}

template <class Protocol>
void ChosenLog::count(const World<Protocol>& world, Round& round, const QuorumProbe& quorum, LogIndex most) {
  const LogIndex chosen = std::min(reached(round, quorum), most);
  if (chosen <= round.counted) return;
  round.counted = chosen;
  if (chosen <= length()) {
    const uint64_t identity = identity_at(world, round, chosen), before = entries_.at(chosen).identity;
    changed_ = changed_ || (identity != 0 && before != 0 && identity != before);
    return;
  }
  const ServerSet members = quorum.members | quorum.outgoing;
  while (length() < chosen) {
    const LogIndex index = length() + 1;
    entries_.append({identity_at(world, round, index), world.event(), world.now_us(), holders(round, members, index),
                     round.configuration, round.ballot});
  }
}

/// Of those who have accepted it in this ballot; who is still in it holds it for certain.
template <class Protocol>
uint64_t ChosenLog::identity_at(const World<Protocol>& world, const Round& round, LogIndex index) const {
  for (const bool present : {true, false})
    for (size_t i = 0; i < servers_.size(); ++i) {
      const auto& host = world.hosts()[i];
      const AcceptedProbe& accepted = servers_[i].accepted;
      const bool here = std::pair(accepted.configuration, accepted.ballot) == round.place();
      if (here != present || round.accepted[host.id - 1] < index) continue;
      if (const uint64_t identity = Protocol::entry_identity(disk_of(world, host), index)) return identity;
    }
  return 0;
}

/// What the needed number of disks hold, or something newer: every later read gives it, or something newer.
template <class Protocol>
void ChosenLog::look_at_registers(const World<Protocol>& world, size_t position) {
  const auto& host = world.hosts()[position];
  const QuorumProbe quorum = Protocol::write_quorum(world.config(), *host.server, 0);
  std::array<std::vector<HeldValue>, kMaxServers> held;
  for (const auto& other : world.hosts())
    if (contains(quorum.members, other.id)) Protocol::held_values(disk_of(world, other), held[other.id - 1]);
  const auto find = [&](ServerId id, const ShortText& key) -> const HeldValue* {
    for (const HeldValue& one : held[id - 1])
      if (one.key == key) return &one;
    return nullptr;
  };
  for (const HeldValue& own : held[host.id - 1]) {
    const HeldValue* newest = nullptr;
    ServerSet by = 0;
    for (const auto& other : world.hosts()) {
      const HeldValue* tried = find(other.id, own.key);
      if (tried == nullptr || (newest != nullptr && tried->stamp <= newest->stamp)) continue;
      ServerSet holders = 0;
      for (const auto& third : world.hosts())
        if (const HeldValue* there = find(third.id, own.key); there != nullptr && there->stamp >= tried->stamp)
          holders |= server_bit(third.id);
      if (count_of(holders) < quorum.count) continue;
      newest = tried;
      by = holders;
    }
    if (newest != nullptr) keep_register(*newest, by, world.event(), world.now_us());
  }
  for (const auto& read : world.reads())
    for (Register& one : registers_)
      if (one.learnt_by == 0 && one.held.key.view() == parse_operation(read.command.label()).key && read.stamp >= one.held.stamp) {
        one.learnt_by = host.id;
        one.learnt_us = world.now_us();
      }
}

template <class Protocol>
void ChosenLog::describe(const World<Protocol>& world, const LogWindow& window, Observation& seen) const {
  if (!seen.has_log) return describe_registers(world.event(), seen);
  seen.chosen_length = length();
  for (LogIndex index = window.first; index < window.first + window.count && index <= length(); ++index) {
    ChosenView view = view_of(index, seen.servers);
    for (size_t i = 0; i < servers_.size() && view.cell.attempt_id == 0; ++i) {
      const auto& host = world.hosts()[i];
      const auto& storage = host.server ? Protocol::storage(*host.server) : host.disk.content();
      const uint64_t identity = Protocol::entry_identity(storage, index);
      if (identity == 0 || identity != at(index).identity) continue;
      view.cell = seen.servers[i].cells[index - window.first];
    }
    view.cell.changed = view.event == world.event() && view.event != 0;
    view.cell.durable = true;
    view.cell.awaited = view.cell.will_be_overwritten = false;
    seen.chosen.push_back(std::move(view));
  }
}

}  // namespace paxoscope
