// Reconfiguration (rules C1–C7): what a service decides in one configuration the next one keeps, whoever fails.
#include <doctest/doctest.h>

#include <string>

#include "check/checker.h"
#include "omnipaxos/rules.h"
#include "sim/omnipaxos_protocol.h"

using namespace paxoscope;

namespace {

using Protocol = OmniPaxosProtocol<NoNotes>;

/// Six servers, the first `members` of which form configuration 1, with a client at each member.
class Cluster {
 public:
  explicit Cluster(uint32_t members, const SwitchSet& off = {}, uint64_t seed = 1, TimeUs disk_us = 0)
      : world_(config(members, disk_us), off, seed), checker_(world_) {}

  static WorldConfig config(uint32_t members, TimeUs disk_us) {
    WorldConfig config;
    config.disk = {disk_us, disk_us};
    config.servers = {1, 2, 3, 4, 5, 6};
    for (ServerId id = 1; id <= members; ++id) {
      config.members.push_back(id);
      config.clients.push_back({id, 0, 20'000, 300'000});
    }
    return config;
  }

  bool act(const std::string& text) {
    const auto action = parse_action(text);
    REQUIRE(action.has_value());
    NullRecorder nobody;
    const bool done = world_.perform(*action, nobody).has_value();
    checker_.after_event(world_);
    return done;
  }
  void run_for(TimeUs duration_us) {
    NullRecorder nobody;
    const TimeUs end = world_.now_us() + duration_us;
    while (world_.next_event_us() <= end) {
      world_.step(nobody);
      checker_.after_event(world_);
    }
    world_.advance_to(end);
  }
  /// Until `holds()`, looking every `slice_us`; false: not within 10 s.
  template <class Holds>
  bool run_until(Holds&& holds, TimeUs slice_us = 500) {
    for (const TimeUs end = world_.now_us() + 10'000'000; world_.now_us() < end; run_for(slice_us))
      if (holds()) return true;
    return false;
  }
  ServerId leader() const {
    for (const auto& host : world_.hosts())
      if (host.server && host.server->is_leader()) return host.id;
    return 0;
  }
  const Protocol::Server& server(ServerId id) const { return *world_.host(id)->server; }
  LogIndex decided() const { return checker_.chosen_length(); }
  World<Protocol>& world() { return world_; }
  const Checker<Protocol>& checker() const { return checker_; }
  /// These servers run `configuration` and have decided what anybody has, nearly.
  void expect_running(std::initializer_list<ServerId> members, ConfigurationId configuration) const {
    for (ServerId id : members) {
      INFO("server " << server_label(id));
      CHECK(server(id).configuration() == configuration);
      CHECK(server(id).decided_index() + 10 >= decided());
    }
  }

 private:
  World<Protocol> world_;
  Checker<Protocol> checker_;
};

}  // namespace

TEST_SUITE("reconfiguration") {
  TEST_CASE("one server is replaced: the log goes on, the new one has all of it, the old one retires") {
    Cluster cluster(3);
    cluster.run_for(2'000'000);
    const LogIndex before = cluster.decided();
    REQUIRE(cluster.act("reconfigure A,B,D"));
    cluster.run_for(2'000'000);
    CHECK(cluster.decided() > before + 20);
    cluster.expect_running({1, 2, 4}, 2);
    CHECK(cluster.server(3).configuration() == 0);
    CHECK(cluster.server(3).may_stop());
    const auto& sealed = cluster.server(4).values().sealed;
    REQUIRE(sealed.size() == 1);
    CHECK(sealed[0].sealed_length >= before);
    for (LogIndex index = 1; index <= before; ++index)
      CHECK(Protocol::command_at(cluster.server(4), index)->identity() ==
            Protocol::command_at(cluster.server(1), index)->identity());
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("a majority, then all servers are replaced") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    REQUIRE(cluster.act("reconfigure C,D,E"));
    cluster.run_for(2'000'000);
    cluster.expect_running({3, 4, 5}, 2);
    REQUIRE(cluster.act("reconfigure A,B,F"));
    cluster.run_for(4'000'000);
    cluster.expect_running({1, 2, 6}, 3);
    CHECK(cluster.server(6).values().sealed.size() == 2);
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("one server grows to three, to five, and back") {
    Cluster cluster(1);
    cluster.run_for(500'000);
    ConfigurationId configuration = 1;
    for (const char* members : {"A,B,C", "A,B,C,D,E", "A,B,C", "A"}) {
      INFO(members);
      const LogIndex before = cluster.decided();
      REQUIRE(cluster.act(std::string("reconfigure ") + members));
      cluster.run_for(2'000'000);
      ++configuration;
      CHECK(cluster.server(1).configuration() == configuration);
      CHECK(cluster.decided() > before);
    }
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("the leader is removed: the others go on") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    ServerId leader = 0;
    for (ServerId id = 1; id <= 3; ++id)
      if (cluster.server(id).is_leader()) leader = id;
    REQUIRE(leader != 0);
    std::string members = "D";
    for (ServerId id = 1; id <= 3; ++id)
      if (id != leader) members += "," + server_label(id);
    const LogIndex before = cluster.decided();
    REQUIRE(cluster.act("reconfigure " + members));
    cluster.run_for(3'000'000);
    CHECK(cluster.decided() > before + 10);
    CHECK(cluster.server(leader).configuration() == 0);
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("a new server fetches from several donors, and from the others when one dies") {
    Cluster cluster(3);
    cluster.run_for(8'000'000);
    REQUIRE(cluster.act("reconfigure A,B,D"));
    while (cluster.server(4).joining() == nullptr) cluster.run_for(1'000);
    ServerSet donors = 0;
    for (const auto& piece : cluster.server(4).joining()->migration.pieces()) donors |= server_bit(piece.donor);
    CHECK(count_of(donors & ~1u) >= 2);
    for (ServerId id : {3u, 2u})
      if (contains(donors, id)) {
        REQUIRE(cluster.act("crash " + server_label(id)));
        break;
      }
    cluster.run_for(4'000'000);
    CHECK(cluster.server(4).configuration() == 2);
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("the old majority is down right after the stop-sign is decided: delay, and nothing lost") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    REQUIRE(cluster.act("reconfigure C,D,E"));
    const auto sealed_anywhere = [&] {
      for (ServerId id = 1; id <= 3; ++id)
        if (!cluster.server(id).values().sealed.empty()) return true;
      return false;
    };
    while (!sealed_anywhere()) cluster.run_for(1'000);
    REQUIRE(cluster.act("crash A"));
    REQUIRE(cluster.act("crash B"));
    cluster.run_for(1'000'000);
    REQUIRE(cluster.act("restart A"));
    REQUIRE(cluster.act("restart B"));
    const LogIndex before = cluster.decided();
    cluster.run_for(4'000'000);
    CHECK(cluster.decided() > before + 10);
    cluster.expect_running({3, 4, 5}, 2);
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("a removed server that missed the end is told, fetches the sealed log and retires") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    ServerId away = 0;
    for (ServerId id = 1; id <= 3; ++id)
      if (!cluster.server(id).is_leader()) away = id;
    REQUIRE(cluster.act("isolate " + server_label(away)));
    std::string members = "D";
    for (ServerId id = 1; id <= 3; ++id)
      if (id != away) members += "," + server_label(id);
    REQUIRE(cluster.act("reconfigure " + members));
    cluster.run_for(2'000'000);
    CHECK(cluster.server(away).configuration() == 1);
    REQUIRE(cluster.act("heal all"));
    cluster.run_for(2'000'000);
    CHECK(cluster.server(away).configuration() == 0);
    CHECK(cluster.server(away).decided_index() == cluster.server(4).values().sealed[0].sealed_length);
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("the last piece of the sealed log that all other donors lack is asked from the named leader in the end") {
    using Pull = omnipaxos::Migration<Command>;
    Pull pull(1, 2, server_bit(1) | server_bit(2) | server_bit(3) | server_bit(4), 3);
    std::vector<ServerId> asked;
    for (int round = 0; round < 4; ++round) {
      pull.ask([&](ServerId donor, LogIndex, LogIndex) { asked.push_back(donor); });
      pull.resend();
      pull.resend();
    }
    CHECK(asked == std::vector<ServerId>{1, 2, 4, 3});
  }

  TEST_CASE("who knows that the stop-sign is decided is lost: the others, told of it already, decide it once more") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    const ServerId leader = cluster.leader();
    REQUIRE(leader != 0);
    REQUIRE(cluster.act("reconfigure A,B,C"));
    REQUIRE(cluster.run_until([&] { return !cluster.server(leader).values().sealed.empty(); }));
    // Its Decide is lost; heartbeats of the old configuration tell it later who needs to know.
    REQUIRE(cluster.act("isolate " + server_label(leader)));
    REQUIRE(cluster.act("heal all"));
    const auto told = [&] {
      for (ServerId id = 1; id <= 3; ++id)
        if (id != leader && cluster.server(id).joining() != nullptr) return true;
      return false;
    };
    REQUIRE(cluster.run_until(told));
    REQUIRE(cluster.act("crash " + server_label(leader)));
    const LogIndex before = cluster.decided();
    cluster.run_for(5'000'000);
    for (ServerId id = 1; id <= 3; ++id)
      if (id != leader) CHECK(cluster.server(id).configuration() == 2);
    CHECK(cluster.decided() > before + 10);
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("a member that missed two configurations joins the first, where its vote is needed to decide the second") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    const ServerId leader = cluster.leader();
    REQUIRE(leader != 0);
    const ServerId late = leader % 3 + 1;
    const ServerId other = late % 3 + 1;
    REQUIRE(cluster.act("isolate " + server_label(late)));
    REQUIRE(cluster.act("reconfigure A,B,C lead " + server_label(leader)));
    cluster.run_for(1'000'000);
    REQUIRE(cluster.server(leader).configuration() == 2);
    REQUIRE(cluster.server(other).configuration() == 2);
    REQUIRE(cluster.act("reconfigure A,B,C"));
    REQUIRE(cluster.run_until([&] { return cluster.server(leader).configuration() == 3; }));
    REQUIRE(cluster.act("isolate " + server_label(leader)));  // it alone knows how the second one ended
    REQUIRE(cluster.act("heal " + server_label(leader) + "-" + server_label(late)));
    REQUIRE(cluster.run_until([&] { return cluster.server(late).joining() != nullptr; }));
    CHECK(cluster.server(late).joining()->newest.configuration == 3);
    CHECK(cluster.server(late).joining()->next.configuration == 2);
    CHECK(cluster.server(late).joining()->next.named == Ballot{1, 0, leader});
    REQUIRE(cluster.act("crash " + server_label(leader)));
    REQUIRE(cluster.act("heal all"));
    const LogIndex before = cluster.decided();
    cluster.run_for(6'000'000);
    cluster.expect_running({late, other}, 3);
    CHECK(cluster.decided() > before + 10);
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("what waits at a server that is removed is cancelled, not kept for ever") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    const ServerId away = cluster.leader() == 3 ? 2 : 3;
    REQUIRE(cluster.act("isolate " + server_label(away)));
    REQUIRE(cluster.act("propose " + server_label(away) + " x=1"));
    REQUIRE(cluster.act(away == 3 ? "reconfigure A,B,D" : "reconfigure A,C,D"));
    cluster.run_for(2'000'000);
    CHECK(cluster.server(away).proposer().unsettled() > 0);
    REQUIRE(cluster.act("heal all"));
    cluster.run_for(2'000'000);
    CHECK(cluster.server(away).configuration() == 0);
    CHECK(cluster.server(away).proposer().unsettled() == 0);
  }

  TEST_CASE("a named leader leads without a prepare, once its start is durable") {
    Cluster cluster(3, {}, 1, 30'000);
    cluster.run_for(2'000'000);
    const ServerId named = cluster.leader() == 1 ? 2 : 1;
    REQUIRE(cluster.act("reconfigure A,B,C lead " + server_label(named)));
    const auto leads = [&] { return cluster.server(named).configuration() == 2 && cluster.server(named).is_leader(); };
    REQUIRE(cluster.run_until(leads));
    CHECK(cluster.world().host(named)->disk.content().state.values().configuration == 2);
    CHECK(cluster.server(named).values().promised == Ballot{1, 0, named});
    REQUIRE(cluster.act("crash " + server_label(named)));
    REQUIRE(cluster.act("restart " + server_label(named)));
    cluster.run_for(3'000'000);
    CHECK(cluster.server(named).values().promised > Ballot{1, 0, named});
    CHECK_FALSE(cluster.checker().violated());
  }

  TEST_CASE("a second reconfiguration waits for the first; nobody reconfigures without a leader") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    REQUIRE(cluster.act("reconfigure A,B,D"));
    CHECK_FALSE(cluster.act("reconfigure A,B,E"));
    Cluster dead(3);
    CHECK_FALSE(dead.act("reconfigure A,B,D"));
  }

  TEST_CASE("random faults and reconfigurations: nothing decided is lost, and all go on after the heal") {
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      INFO("seed " << seed);
      Cluster cluster(3, {}, seed);
      Rng rng(seed * 77);
      const char* kinds[] = {"crash", "restart", "restart", "isolate", "pause", "resume", "resume"};
      for (int fault = 0; fault < 60; ++fault) {
        cluster.run_for(rng.between(10'000, 150'000));
        const std::string name = server_label(static_cast<ServerId>(1 + rng.below(6)));
        switch (rng.below(6)) {
          case 0:
            cluster.act("heal all");
            break;
          case 1: {
            std::string members;
            for (ServerId id = 1; id <= 6; ++id)
              if (rng.below(2) == 0) members += (members.empty() ? "" : ",") + server_label(id);
            if (!members.empty()) cluster.act("reconfigure " + members);
            break;
          }
          default:
            cluster.act(std::string(kinds[rng.below(7)]) + " " + name);
        }
        REQUIRE_FALSE(cluster.checker().violated());
      }
      cluster.act("heal all");
      for (ServerId id = 1; id <= 6; ++id) {
        cluster.act("resume " + server_label(id));
        cluster.act("restart " + server_label(id));
      }
      const LogIndex before = cluster.decided();
      cluster.run_for(6'000'000);
      CHECK(cluster.decided() > before + 3);
      REQUIRE_FALSE(cluster.checker().violated());
    }
  }
}
