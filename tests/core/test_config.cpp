// Setting up a server: every wrong setting has its sentence; a named first leader; priorities; the calm take-over.
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <string>

#include "graph_host.h"

using namespace paxoscope;
using namespace paxoscope::omnipaxos;

namespace {

constexpr ServerId A = 1, B = 2, C = 3;

using Plain = OmniPaxos<char>;

Config three(ServerId pid) {
  std::vector<ServerId> peers;
  for (ServerId id : {A, B, C})
    if (id != pid) peers.push_back(id);
  return *Config::with(1, pid, peers);
}
std::string refused(const Config& config) {
  const Result<void> valid = validate(config);
  CHECK(Plain::with(config, Plain::StorageType()).has_value() == valid.has_value());
  return valid ? "" : valid.error().text;
}
template <class Change>
std::string refused_with(Change&& change) {
  Config config = three(A);
  change(config);
  return refused(config);
}

/// Servers with the same settings; messages arrive in order, at once.
struct Cluster {
  template <class Change>
  Cluster(std::vector<ServerId> members, Change&& change, bool elect = true) : ids(std::move(members)) {
    for (ServerId id : ids) {
      Config config;
      config.pid = id;
      for (ServerId peer : ids)
        if (peer != id) config.peers.push_back(peer);
      change(config);
      configs.push_back(config);
      Options options;
      options.elect = elect;
      servers.push_back(*Plain::with(config, Plain::StorageType(), options));
    }
    settle();
  }
  Plain& at(ServerId id) { return servers[static_cast<size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin())]; }
  void settle() {
    while (true) {
      for (Plain& server : servers)
        for (auto& message : server.get_outgoing_msgs()) {
          prepares += std::holds_alternative<Prepare>(message.body);
          bag.push_back(std::move(message));
        }
      if (bag.empty()) return;
      const auto message = bag.front();
      bag.pop_front();
      at(message.to).handle(message);
    }
  }
  void run(uint32_t ticks) {
    for (; ticks > 0; --ticks) {
      for (Plain& server : servers) server.tick();
      settle();
    }
  }
  ServerId leader() {
    for (ServerId id : ids)
      if (at(id).is_leader()) return id;
    return 0;
  }

  std::vector<ServerId> ids;
  std::vector<Config> configs;
  std::vector<Plain> servers;
  std::deque<Plain::MessageType> bag;
  uint32_t prepares = 0;
};

struct Lines : Logger {
  void log(LogLevel level, std::string_view text) override { lines.push_back({level, std::string(text)}); }
  std::vector<std::pair<LogLevel, std::string>> lines;
};

}  // namespace

TEST_SUITE("config") {
  TEST_CASE("with: everything that has no default, peers in any order") {
    Lines lines;
    const auto config = Config::with(2, B, {C, A}, {3, 1, C}, &lines, "b.log");
    REQUIRE(config.has_value());
    CHECK(config->configuration == 2);
    CHECK(config->pid == B);
    CHECK(config->peers == std::vector<ServerId>{A, C});
    CHECK(config->skip_prepare_use_leader == Ballot{3, 1, C});
    CHECK(config->logger == &lines);
    CHECK(config->log_file_path == "b.log");
    CHECK(config->prepare_quorum() == 2);
    const auto wrong = Config::with(1, B, {A, B});
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().text == "peers must not list the server itself (2)");
  }
  TEST_CASE("each wrong setting is refused with its own sentence") {
    CHECK(refused(three(A)) == "");
    CHECK(refused_with([](Config& c) { c.configuration = 0; }) == "configuration ids start at 1");
    CHECK(refused_with([](Config& c) { c.pid = 0; }) == "pid must be between 1 and 16, not 0");
    CHECK(refused_with([](Config& c) { c.pid = 17; }) == "pid must be between 1 and 16, not 17");
    CHECK(refused_with([](Config& c) { c.peers = {0, B}; }) == "peers must be between 1 and 16, not 0");
    CHECK(refused_with([](Config& c) { c.peers = {B, 17}; }) == "peers must be between 1 and 16, not 17");
    CHECK(refused_with([](Config& c) { c.peers = {A, B}; }) == "peers must not list the server itself (1)");
    CHECK(refused_with([](Config& c) { c.peers = {B, B}; }) == "peers lists server 2 twice");
    CHECK(refused_with([](Config& c) { c.peers = {C, B}; }) == "peers must ascend; 2 comes after 3");
    CHECK(refused_with([](Config& c) { c.election_ticks = 0; }) == "timers need at least one tick");
    CHECK(refused_with([](Config& c) { c.resend_ticks = 0; }) == "timers need at least one tick");
    CHECK(refused_with([](Config& c) { c.max_waiting = 0; }) == "max_waiting must let at least one proposal wait");
    CHECK(refused_with([](Config& c) { c.read_quorum = 4; }) == "a quorum cannot be larger than the 3 members");
    CHECK(refused_with([](Config& c) { c.write_quorum = 4; }) == "a quorum cannot be larger than the 3 members");
    CHECK(refused_with([](Config& c) { c.read_quorum = 1; }) ==
          "read quorum + write quorum must exceed the 3 members, or two quorums could miss each other");
    CHECK(refused_with([](Config& c) { c.write_quorum = 1; }) ==
          "read quorum + write quorum must exceed the 3 members, or two quorums could miss each other");
    CHECK(refused_with([](Config& c) { c.skip_prepare_use_leader = {1, 0, 4}; }) ==
          "skip_prepare_use_leader names server 4, which is no member");
    CHECK(refused_with([](Config& c) { c.skip_prepare_use_leader = {0, 0, B}; }) ==
          "skip_prepare_use_leader needs a ballot with n of at least 1");
  }
  TEST_CASE("a cluster of one needs no peers; quorums of one and three intersect") {
    CHECK(Config::with(1, A, {}).has_value());
    CHECK(refused_with([](Config& c) { c.read_quorum = 1, c.write_quorum = 3; }) == "");
    CHECK(refused_with([](Config& c) { c.skip_prepare_use_leader = {1, 0, A}; }) == "");
  }

  TEST_CASE("skip_prepare_use_leader: the named server leads at once, without a single Prepare") {
    Cluster cluster({A, B, C}, [](Config& config) { config.skip_prepare_use_leader = {4, 2, B}; });
    CHECK(cluster.at(B).is_leader());
    (void)cluster.at(A).propose_normal('a');
    (void)cluster.at(B).propose_normal('b');
    cluster.settle();
    for (ServerId id : {A, B, C}) {
      CHECK(cluster.at(id).decided_index() == 2);
      CHECK(cluster.at(id).paxos().values().promised == Ballot{4, 2, B});
    }
    cluster.run(50);
    CHECK(cluster.leader() == B);
    CHECK(cluster.prepares == 0);
  }
  TEST_CASE("skip_prepare_use_leader: after a restart the named ballot is not led again") {
    Cluster cluster({A, B, C}, [](Config& config) { config.skip_prepare_use_leader = {4, 2, B}; });
    (void)cluster.at(B).propose_normal('b');
    cluster.settle();
    const Plain::StorageType disk = cluster.at(B).paxos().storage();
    cluster.at(B) = *Plain::with(cluster.configs[1], disk);
    CHECK_FALSE(cluster.at(B).is_leader());
    CHECK(cluster.at(B).paxos().values().promised == Ballot{4, 2, B});
    cluster.run(60);
    (void)cluster.at(B).propose_normal('c');
    cluster.run(30);
    CHECK(cluster.at(cluster.leader()).paxos().values().promised > Ballot{4, 2, B});
    for (ServerId id : {A, B, C}) CHECK(cluster.at(id).decided_index() == 2);
  }

  TEST_CASE("an election from outside: handle_leader alone says who leads") {
    Cluster cluster({A, B, C}, [](Config&) {}, false);
    cluster.run(60);
    CHECK(cluster.leader() == 0);
    for (ServerId id : {A, B, C}) cluster.at(id).handle_leader({1, 0, C});
    cluster.settle();
    CHECK(cluster.leader() == C);
    for (ServerId id : {A, B, C}) cluster.at(id).handle_leader({1, 0, A});  // not above what is promised
    cluster.settle();
    CHECK(cluster.leader() == C);
    for (ServerId id : {A, B, C}) cluster.at(id).handle_leader({2, 0, A});
    (void)cluster.at(B).propose_normal('b');
    cluster.run(30);
    CHECK(cluster.at(A).is_leader());
    CHECK_FALSE(cluster.at(C).is_leader());
    for (ServerId id : {A, B, C}) CHECK(cluster.at(id).decided_index() == 1);
  }
  TEST_CASE("priorities: of fresh servers the highest priority leads, not the highest id") {
    for (ServerId first : {A, B, C}) {
      Cluster cluster({A, B, C}, [&](Config& config) { config.priority = config.pid == first ? 5 : 0; });
      cluster.run(30);
      CHECK(cluster.leader() == first);
    }
  }
  TEST_CASE("the logger hears of leaders") {
    Lines lines;
    Cluster cluster({A, B}, [&](Config& config) {
      config.configuration = 7;
      if (config.pid == A) config.logger = &lines;
    });
    cluster.run(30);
    REQUIRE(lines.lines.size() == 1);
    CHECK(lines.lines[0].first == LogLevel::info);
    CHECK(lines.lines[0].second == "configuration 7: server 1 follows ballot 1 (priority 0) of server 2");
  }
}

TEST_SUITE("calm take-over") {
  // B leads; A reaches both; B and C do not reach each other.
  struct Chained {
    explicit Chained(bool calm) : cluster(3, B, {}, false, calm) {
      for (uint32_t ticks = 0; ticks < 6 * graphs::kElectionTicks; ++ticks) cluster.tick();
      REQUIRE(cluster.at(B).is_leader());
      cluster.set_links(B, server_bit(A) | server_bit(B));
      cluster.set_links(C, server_bit(A) | server_bit(C));
    }
    graphs::Cluster cluster;
  };

  TEST_CASE("chained: who misses the leader waits while its neighbour hears it") {
    Chained calm(true);
    const graphs::Course course = graphs::observe(calm.cluster, 60 * graphs::kElectionTicks);
    CHECK(calm.cluster.at(B).is_leader());
    CHECK(course.ballots == 1);
    CHECK(course.longest_gap < graphs::kElectionTicks);
    CHECK(calm.cluster.at(C).paxos().values().promised.server == B);

    Chained hasty(false);
    graphs::observe(hasty.cluster, 60 * graphs::kElectionTicks);
    CHECK(hasty.cluster.at(C).is_leader());
    CHECK_FALSE(hasty.cluster.at(B).is_leader());
  }
  TEST_CASE("chained: the leader really dies, and the two that are left go on") {
    Chained calm(true);
    graphs::observe(calm.cluster, 10 * graphs::kElectionTicks);
    calm.cluster.crash(B);
    const graphs::Course course = graphs::observe(calm.cluster, 40 * graphs::kElectionTicks);
    CHECK(course.decided_again <= 6 * graphs::kElectionTicks);
    CHECK((calm.cluster.at(A).is_leader() || calm.cluster.at(C).is_leader()));
  }
  TEST_CASE("a leader that is heard but has lost its quorum calms nobody") {
    graphs::Cluster cluster(5, 3, {}, false, true);
    for (uint32_t ticks = 0; ticks < 6 * graphs::kElectionTicks; ++ticks) cluster.tick();
    REQUIRE(cluster.at(3).is_leader());
    // Quorum-loss: only server 1 reaches everybody; leader 3 is left with 1.
    for (ServerId id = 2; id <= 5; ++id) cluster.set_links(id, server_bit(1) | server_bit(id));
    const graphs::Course course = graphs::observe(cluster, 60 * graphs::kElectionTicks);
    CHECK(course.decided_again <= 4 * graphs::kElectionTicks);
    CHECK(cluster.at(1).is_leader());
  }
}
