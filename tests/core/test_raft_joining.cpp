// Machines that join a cluster over a network that loses messages: each knows one address at first, gets the index of a
// committed entry as its id, and is made a voter (rule R16).
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "raft/gossip.h"
#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

constexpr uint32_t kTicksToJoin = 3000;

/// What machines say to each other, beside Raft and rumours.
struct Join {};                     ///< to a leader: an id, please
struct Welcome { ServerId id; };    ///< take this one
struct Admit { ServerId id; };      ///< to a leader: I run under this id, and want to vote

struct Packet {
  std::string to, from;
  std::variant<GossipMessage, TestMessage, Join, Welcome, Admit> body;
};

struct Machine {
  std::string address;
  Gossip gossip;
  std::optional<TestServer> server;  ///< none: it has no id yet, or is down
  TestStorage disk{{}, {}, TestState(true), {}};
  ServerId id = 0;
  Config config;
  uint32_t starts = 0;
  bool down = false;
  std::map<std::string, Placed> ids_on_their_way;  ///< at a leader, by who asked
};

class Town {
 public:
  Town(uint32_t loss_percent, uint64_t seed, bool waits_for_commit = true)
      : rng_(seed), loss_percent_(loss_percent), waits_for_commit_(waits_for_commit) {
    // One server alone, whose id is the index of the first entry; then two more.
    machines_.push_back(machine_of("first", "first", 1));
    machines_[0].config = config_of(1, 1);
    start(machines_[0]);
    add("second", "first");
    add("third", "second");
    grown_ = grow();
  }
  bool grown() const { return grown_; }
  /// Runs until everybody votes.
  bool grow() {
    for (uint32_t ticks = 0; ticks < kTicksToJoin && !all_vote(); ticks += 10) run(10);
    return all_vote();
  }

  /// A machine without an id, which knows one address.
  size_t add(const std::string& address, const std::string& seed) {
    machines_.push_back(machine_of(address, seed, 0));
    return machines_.size() - 1;
  }
  Machine& operator[](size_t position) { return machines_[position]; }
  size_t size() const { return machines_.size(); }
  void crash(size_t position) {
    Machine& m = machines_[position];
    m.disk = m.server->storage();
    m.server.reset();
    m.ids_on_their_way.clear();
    m.down = true;
  }
  /// It comes back elsewhere, and has forgotten whom it knew.
  void move(size_t position, const std::string& address, const std::string& seed) {
    Machine& m = machines_[position];
    m.address = address;
    m.gossip = Gossip(Contact{m.id, m.starts + 1, address}, {seed}, 3, rng_.next());
    m.down = false;
    start(m);
  }
  void cut(const std::string& address) { cut_.insert(address); }
  void heal() { cut_.clear(); }

  void run(uint32_t ticks) {
    for (; ticks > 0; --ticks) {
      for (Machine& m : machines_)
        if (!m.down) tick(m);
      for (size_t left = network_.size(); left > 0; --left) {
        Packet packet = std::move(network_.front());
        network_.pop_front();
        const bool lost = rng_.below(100) < loss_percent_ || (cut_.count(packet.to) != cut_.count(packet.from));
        if (!lost) deliver(packet);
      }
      check();
    }
  }
  /// Of the newest term; null: nobody leads.
  Machine* leader() {
    Machine* found = nullptr;
    for (Machine& m : machines_)
      if (m.server && m.server->is_leader() && (found == nullptr || m.server->term() > found->server->term())) found = &m;
    return found;
  }
  size_t leader_position() {
    for (size_t i = 0; i < machines_.size(); ++i)
      if (&machines_[i] == leader()) return i;
    return 0;
  }
  bool all_vote() {
    const Machine* lead = leader();
    if (lead == nullptr || lead->server->membership()->joint()) return false;
    for (const Machine& m : machines_)
      if (m.id == 0 || m.down || !lead->server->membership()->voters.contains(m.id)) return false;
    return true;
  }
  /// Two machines under one id, or two logs: what must never be.
  const std::string& broken() const { return broken_; }

 private:
  Machine machine_of(const std::string& address, const std::string& seed, ServerId id) {
    return {address, Gossip(Contact{id, 1, address}, {seed}, 3, rng_.next()), {}, {{}, {}, TestState(true), {}}, id, {}, 0, false, {}};
  }
  void start(Machine& m) {
    m.config.id = m.id;
    m.config.seed = m.id * 100 + ++m.starts;
    m.server.emplace(server_of(m.config, m.disk));
  }
  void send(const Machine& from, const std::string& to, decltype(Packet::body) body) {
    network_.push_back({to, from.address, std::move(body)});
  }
  const std::string* leader_address(const Machine& m) const {
    return m.gossip.leader() == 0 ? nullptr : m.gossip.address_of(m.gossip.leader());
  }

  void tick(Machine& m) {
    m.gossip.tick();
    if (m.server) {
      m.server->tick();
      m.gossip.learn_leader(m.server->term(), m.server->leader());
    }
    // Whoever is not in asks again and again, whoever leads by what it has heard.
    const std::string* to = leader_address(m);
    if (to != nullptr && *to != m.address && rng_.below(8) == 0) {
      if (m.id == 0) send(m, *to, Join{});
      else if (!m.server->membership()->voters.contains(m.id)) send(m, *to, Admit{m.id});
    }
    welcome(m);
    send_all(m);
  }
  void send_all(Machine& m) {
    for (GossipMessage& g : m.gossip.take_outgoing()) send(m, g.to, g);
    if (!m.server) return;
    for (TestMessage& t : sent_by(*m.server))
      if (const std::string* to = m.gossip.address_of(t.to)) send(m, *to, std::move(t));
  }
  /// An id is an id once its entry is committed, in the term in which it was asked for.
  void welcome(Machine& m) {
    for (auto at = m.ids_on_their_way.begin(); at != m.ids_on_their_way.end();) {
      const auto& [address, placed] = *at;
      const bool known = !waits_for_commit_ || (m.server && placed.index <= m.server->commit_index());
      if (known && (!waits_for_commit_ || m.server->mark_at(placed.index).term == placed.term))
        send(m, address, Welcome{static_cast<ServerId>(placed.index)});
      at = known ? m.ids_on_their_way.erase(at) : std::next(at);
    }
  }
  void deliver(const Packet& packet) {
    for (Machine& m : machines_) {
      if (m.address != packet.to || m.down) continue;
      if (const auto* gossip = std::get_if<GossipMessage>(&packet.body)) m.gossip.handle(*gossip);
      else if (const auto* welcome = std::get_if<Welcome>(&packet.body)) take(m, welcome->id);
      else if (m.server) serve(m, packet);
      send_all(m);
    }
  }
  void take(Machine& m, ServerId id) {
    if (m.id != 0) return;
    m.id = id;
    m.gossip.take_id(id);
    start(m);
  }
  void serve(Machine& m, const Packet& packet) {
    if (const auto* message = std::get_if<TestMessage>(&packet.body)) {
      if (message->to == m.id) m.server->handle(*message);
    } else if (const auto* admit = std::get_if<Admit>(&packet.body)) {
      Servers voters = m.server->membership()->voters;
      if (!m.server->is_leader() || m.server->membership()->joint() || !voters.add(admit->id)) return;
      (void)m.server->reconfigure(voters);  // refused while another change is on its way: it asks again
    } else if (m.server->is_leader() && m.ids_on_their_way.count(packet.from) == 0) {
      if (const auto placed = m.server->propose_id()) m.ids_on_their_way[packet.from] = *placed;
    }
  }
  void check() {
    std::set<ServerId> ids;
    for (const Machine& m : machines_) {
      if (m.id != 0 && !ids.insert(m.id).second) broken_ = "two machines are server " + std::to_string(m.id);
      if (!m.server) continue;
      for (LogIndex& at = checked_[m.address]; at < m.server->commit_index();) {
        ++at;
        const Term term = m.server->mark_at(at).term;
        if (committed_.emplace(at, term).first->second != term) broken_ = "two logs at entry " + std::to_string(at);
      }
    }
  }

  Rng rng_;
  uint32_t loss_percent_;
  bool waits_for_commit_;
  bool grown_ = false;
  std::deque<Machine> machines_;
  std::deque<Packet> network_;
  std::set<std::string> cut_;
  std::map<std::string, LogIndex> checked_;
  std::map<LogIndex, Term> committed_;
  std::string broken_;
};

}  // namespace

TEST_SUITE("raft joining") {
  TEST_CASE("from any one server that it knows a machine finds the cluster, gets an id and votes, whatever is lost") {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      CAPTURE(seed);
      Town town(seed % 3 * 10, seed);
      REQUIRE(town.grown());
      // All three at once; the last one knows only another one that is not in yet.
      town.add("new-a", town[seed % 3].address);
      town.add("new-b", town[(seed + 1) % 3].address);
      town.add("new-c", "new-a");
      REQUIRE(town.grow());
      CHECK(town.broken() == "");
      TestServer& leader = *town.leader()->server;
      for (size_t i = 1; i < town.size(); ++i) {
        CHECK(town[i].id <= leader.commit_index());
        CHECK(leader.mark_at(town[i].id).kind == EntryKind::no_op);
      }
      town.run(200);
      for (size_t i = 0; i < town.size(); ++i) {
        CHECK(town[i].server->commit_index() == leader.commit_index());
        for (size_t j = 0; j < town.size(); ++j) CHECK(*town[i].gossip.address_of(town[j].id) == town[j].address);
      }
    }
  }

  TEST_CASE("ids differ although a leader is cut off while it gives them; an index that is not committed is no id") {
    uint32_t twice = 0;
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      CAPTURE(seed);
      for (const bool waits : {true, false}) {
        Town town(0, seed, waits);
        REQUIRE(town.grown());
        const size_t first = town.leader_position();
        town.add("new-a", town[first].address);
        town.run(seed % 10);
        // The first leader and two that join stand alone, and the others go on.
        town.add("new-b", town[first].address);
        for (const std::string& address : {town[first].address, std::string("new-a"), std::string("new-b")}) town.cut(address);
        town.add("new-c", town[(first + 1) % 3].address);
        town.run(100);
        town.heal();
        const bool joined = town.grow();
        if (waits) CHECK(joined);
        if (waits) CHECK(town.broken() == "");
        twice += !waits && town.broken().find("two machines") == 0 ? 1 : 0;
      }
    }
    MESSAGE("one id twice in " << twice << " of 60 runs where the leader does not wait");
    CHECK(twice > 0);
  }

  TEST_CASE("a server that comes back under another address, knowing one other, is found and makes the majority") {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      Town town(10, seed);
      REQUIRE(town.grown());
      const size_t leader = town.leader_position();
      const size_t moved = (leader + 1) % 3, gone = (leader + 2) % 3;
      town.crash(moved);
      town.run(40);
      town.crash(gone);
      town.run(60);
      town.move(moved, "elsewhere", town[leader].address);
      town.run(300);
      REQUIRE(town.leader() != nullptr);
      TestServer& lead = *town.leader()->server;
      const LogIndex before = lead.commit_index();
      REQUIRE(lead.propose(Word{7}));
      town.run(100);
      CHECK(town.leader()->server->commit_index() > before);
      CHECK(*town[leader].gossip.address_of(town[moved].id) == "elsewhere");
      CHECK(town.broken() == "");
    }
  }
}
