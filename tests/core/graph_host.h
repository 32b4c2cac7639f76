// A lean host for many short runs: real OmniPaxos servers, one tick of latency on every link, no heap, no
// randomness. It answers one question: on this graph of links, are entries decided again, and does the leader
// then stay?
#pragma once

#include <optional>
#include <vector>

#include "char_state.h"
#include "omnipaxos/omnipaxos.h"

namespace paxoscope::graphs {

using namespace omnipaxos;

using Server = OmniPaxos<char>;
using Mail = Server::MessageType;

inline constexpr uint32_t kElectionTicks = 10;
inline constexpr uint32_t kResendTicks = 25;  // as in Config and WorldConfig: two and a half election timeouts

/// What became of the owner of a stray promise.
enum class Fate : uint8_t { none, dead, restarted, alive };

/// Servers 1..n and the mail of one tick. A copy is another run from the same moment.
class Cluster {
 public:
  Cluster(uint32_t servers, ServerId first_leader, const SwitchSet& switches = {}, bool lowest_first = false,
          bool calm_takeover = false)
      : count_(servers),
        switches_(switches),
        first_leader_(first_leader),
        lowest_first_(lowest_first),
        calm_takeover_(calm_takeover) {
    for (ServerId id = 1; id <= servers; ++id) {
      servers_.push_back(start(id, {{}, {}, MemoryState(true), {}}));
      linked_[id - 1] = (1u << servers) - 1;
    }
    for (ServerId id = 1; id <= servers; ++id) collect(id);
  }

  void set_links(ServerId id, ServerSet peers) { linked_[id - 1] = peers; }
  bool linked(ServerId a, ServerId b) const { return contains(linked_[a - 1], b); }
  bool alive(ServerId id) const { return servers_[id - 1].has_value(); }
  Server& at(ServerId id) { return *servers_[id - 1]; }
  uint32_t count() const { return count_; }
  const std::vector<Mail>& mail() const { return leaving_; }

  void crash(ServerId id) {
    disks_[id - 1] = at(id).paxos().storage();
    servers_[id - 1].reset();
  }
  void restart(ServerId id) {
    Server::StorageType disk{disks_[id - 1]->log, disks_[id - 1]->attempts, MemoryState(true), {}};
    disk.state.edit() = disks_[id - 1]->state.values();
    servers_[id - 1] = start(id, std::move(disk));
    collect(id);
  }

  /// Deaf to heartbeat replies from `from`, for making a stray promise.
  void make_deaf(ServerId server, ServerId from) {
    deaf_ = server;
    deaf_to_ = from;
  }

  /// One tick: the mail of the last one arrives, timers move, everybody with nothing under way proposes.
  void tick() {
    arriving_.swap(leaving_);
    leaving_.clear();
    for (const Mail& mail : arriving_) {
      if (!alive(mail.to) || !linked(mail.from, mail.to)) continue;
      if (mail.to == deaf_ && mail.from == deaf_to_ && std::holds_alternative<HeartbeatReply>(mail.body))
        continue;
      at(mail.to).handle(mail);
      collect(mail.to);
    }
    for (ServerId id = 1; id <= count_; ++id) {
      if (!alive(id)) continue;
      Server& server = at(id);
      if (server.ticks_to_next_timer() > 1)
        server.pass_quiet_ticks(1);
      else
        server.tick();
      if (server.paxos().proposer().unsettled() == 0) (void)server.propose_normal('a');
      collect(id);
    }
  }

  /// Makes `owner` raise its ballot because it misses the leader, and lets its Prepare reach `reached` alone.
  bool stray_promise(ServerId owner, ServerId reached) {
    make_deaf(owner, first_leader_);
    // A calm server would ask its neighbours.
    if (calm_takeover_) at(owner).handle_leader({at(owner).election().leader().n + 1, 0, owner});
    for (uint32_t ticks = 0; ticks < 4 * kElectionTicks; ++ticks) {
      tick();
      if (!at(owner).paxos().leading()) continue;
      make_deaf(0, 0);
      for (const Mail& mail : leaving_)
        if (mail.from == owner && mail.to == reached && std::holds_alternative<Prepare>(mail.body))
          at(reached).handle(mail);
      collect(reached);
      std::erase_if(leaving_, [&](const Mail& mail) {
        return (mail.from == owner && std::holds_alternative<Prepare>(mail.body)) ||
               (mail.from == reached && mail.to == owner && std::holds_alternative<Promise<char>>(mail.body));
      });
      return at(reached).paxos().values().promised == at(owner).paxos().values().promised;
    }
    return false;
  }

  /// The longest decided log among live servers.
  LogIndex decided() {
    LogIndex most = 0;
    for (ServerId id = 1; id <= count_; ++id)
      if (alive(id) && at(id).decided_index() > most) {
        most = at(id).decided_index();
        decider_ = id;
      }
    return most;
  }
  /// The ballot under which the longest decided log was decided.
  Ballot deciding_ballot() { return at(decider_).paxos().values().promised; }

 private:
  std::optional<Server> start(ServerId id, Server::StorageType disk) {
    Config config;
    config.pid = id;
    for (ServerId peer = 1; peer <= count_; ++peer)
      if (peer != id) config.peers.push_back(peer);
    config.election_ticks = kElectionTicks;
    config.resend_ticks = kResendTicks;
    config.switches = switches_;
    config.calm_takeover = calm_takeover_;
    config.priority = id == first_leader_ ? 1 : 0;
    Server server = *Server::with(config, std::move(disk));
    // Rounds do not end everywhere at once; the order is by id, or the other way round.
    server.pass_quiet_ticks(lowest_first_ ? count_ - id : id - 1);
    return server;
  }
  void collect(ServerId id) { at(id).take_outgoing(leaving_); }

  uint32_t count_;
  SwitchSet switches_;
  ServerId first_leader_;
  bool lowest_first_;
  bool calm_takeover_;
  std::vector<std::optional<Server>> servers_;
  std::optional<Server::StorageType> disks_[kMaxServers];
  ServerSet linked_[kMaxServers] = {};
  std::vector<Mail> arriving_;
  std::vector<Mail> leaving_;
  ServerId deaf_ = 0;
  ServerId deaf_to_ = 0;
  ServerId decider_ = 1;
};

/// How a run on one graph went; times in ticks after the links were set.
struct Course {
  uint32_t decided_again = 0;  ///< the first tick from which no gap is longer than two election timeouts
  uint32_t longest_gap = 0;    ///< without a newly decided entry
  uint32_t last_ballot_change = 0;
  uint32_t ballots = 0;  ///< under which entries were decided
};

/// Runs `ticks` on the links that are set, and looks at every tick.
inline Course observe(Cluster& cluster, uint32_t ticks) {
  Course course;
  LogIndex decided = cluster.decided();
  Ballot ballot;
  uint32_t last = 0;
  for (uint32_t now = 1; now <= ticks; ++now) {
    cluster.tick();
    const LogIndex most = cluster.decided();
    const bool progress = most > decided;
    if (progress || now == ticks) {
      const uint32_t gap = now - last;
      if (gap > course.longest_gap) course.longest_gap = gap;
      if (gap > 2 * kElectionTicks) course.decided_again = progress ? now : ticks + 1;
    }
    if (!progress) continue;
    decided = most;
    last = now;
    const Ballot by = cluster.deciding_ballot();
    if (by != ballot) {
      ++course.ballots;
      course.last_ballot_change = now;
      ballot = by;
    }
  }
  return course;
}

/// Pairs of servers in a fixed order: bit i of an edge mask is pair i.
inline std::vector<std::pair<ServerId, ServerId>> pairs_of(uint32_t servers) {
  std::vector<std::pair<ServerId, ServerId>> pairs;
  for (ServerId a = 1; a <= servers; ++a)
    for (ServerId b = a + 1; b <= servers; ++b) pairs.emplace_back(a, b);
  return pairs;
}

/// Sets the links of an edge mask; `live` servers decide whether somebody reaches a majority, which is
/// returned.
inline bool apply_mask(Cluster& cluster, uint32_t mask, ServerSet live,
                       const std::vector<std::pair<ServerId, ServerId>>& pairs) {
  ServerSet links[kMaxServers] = {};
  for (size_t i = 0; i < pairs.size(); ++i)
    if (mask >> i & 1) {
      links[pairs[i].first - 1] |= server_bit(pairs[i].second);
      links[pairs[i].second - 1] |= server_bit(pairs[i].first);
    }
  bool somebody = false;
  for (ServerId id = 1; id <= cluster.count(); ++id) {
    cluster.set_links(id, links[id - 1]);
    somebody |= contains(live, id) && count_of(links[id - 1] & live) + 1 >= cluster.count() / 2 + 1;
  }
  return somebody;
}

}  // namespace paxoscope::graphs
