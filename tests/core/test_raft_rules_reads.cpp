// Rules of Raft that can be switched off: reads and leases (R11, R12).
#include <doctest/doctest.h>

#include "raft_switch.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

/// So that a follower's silence lasts as long as a test needs.
Config leased(Config config) {
  config.election_ticks = 20;
  config.heartbeat_ticks = 2;
  config.check_quorum = true;
  config.reads = ReadMode::lease;
  config.clock_drift_permille = 300;
  return config;
}

void tick_alone(Cluster& c, ServerId id, uint32_t ticks) {
  for (uint32_t i = 0; i < ticks; ++i) c.tick(id);
}

}  // namespace

TEST_SUITE("raft rules") {
  TEST_CASE("R11: a lease does not outlive the hand-over") {
    needs(Switch::R11_lease, [](Config config) {
      config = leased(config);
      Cluster c = cluster_of(3, config);
      c.elect(1);
      c.run(5);
      REQUIRE(c[1].lease_holds());
      REQUIRE(c[1].transfer_leadership(2));
      c.pump(1);
      deliver_only(c, [](const TestMessage& m) { return m.to == 2 && is<TimeoutNow>(m); });
      c.isolate({1});
      c[2].fire_election();  // the request was lost; it was asked to
      c.pump(2);
      c.flying().clear();
      c[3].handle(message_of(2, 3, c[2].term(), VoteRequest{c[2].log_length(), c[2].storage().marks.last_term(), true}));
      c.pump(3);
      c.settle();
      REQUIRE(c[2].is_leader());
      c.propose(2, 7);
      c.settle();
      c.read(1);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R12: answers to heartbeats that were sent before a read do not count for it") {
    needs(Switch::R12_round, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      c.elect(1);
      c.run(3);
      c[1].fire_heartbeat();
      c.pump(1);
      // The answers are under way when another leader takes over.
      deliver_only(c, [](const TestMessage& m) { return is<Heartbeat>(m); });
      std::vector<TestMessage> answers;
      c[1].fire_heartbeat();
      c.pump(1);
      while (!c.flying().empty()) {
        if (is<Heartbeat>(c.flying()[0])) {
          c.deliver(0);
          continue;
        }
        answers.push_back(c.flying()[0]);
        c.drop(0);
      }
      REQUIRE(answers.size() == 2);
      c.isolate({1});
      c.elect(2);
      c.propose(2, 7);
      c.settle();
      c.read(1);
      for (const TestMessage& m : answers) c.flying().push_back(m);
      c.settle();
      return !c.broken().empty();
    });
  }

  TEST_CASE("R12: a new leader does not know what is committed before it commits itself") {
    needs(Switch::R12_term, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      c.elect(1);
      c.propose(1, 7);
      // The followers hold it, and the leader commits it; they do not hear of that.
      deliver_only(c, [](const TestMessage& m) { return !is<Heartbeat>(m); });
      REQUIRE(c.committed() == 2);
      c.crash(1);
      c[2].fire_election();
      c.pump(2);
      deliver_only(c, [](const TestMessage& m) { return is<VoteRequest>(m) || is<VoteAnswer>(m); });
      REQUIRE(c[2].is_leader());
      c.read(2);
      c[2].fire_heartbeat();
      c.pump(2);
      deliver_only(c, [](const TestMessage& m) { return is<Heartbeat>(m) || is<HeartbeatAnswer>(m); });
      return !c.broken().empty();
    });
  }

  TEST_CASE("R12: a lease counts from when its heartbeats were sent") {
    needs(Switch::R12_send, [](Config config) {
      config = leased(config);
      Cluster c = cluster_of(3, config);
      c.elect(1);
      c[1].fire_heartbeat();
      c.pump(1);
      deliver_only(c, [](const TestMessage& m) { return m.to != 1; });
      // Later heartbeats are lost; the answers to this one are late.
      c[1].fire_heartbeat();
      c.pump(1);
      std::vector<TestMessage> answers;
      while (!c.flying().empty()) {
        if (c.flying()[0].to != 1) {
          c.deliver(0);
          continue;
        }
        answers.push_back(c.flying()[0]);
        c.drop(0);
      }
      for (uint32_t i = 0; i < 15; ++i) tick_alone(c, 1, 1);
      for (ServerId id : {2u, 3u}) tick_alone(c, id, 15);
      c.flying().clear();
      for (const TestMessage& m : answers) c.flying().push_back(m);
      deliver_only(c, [](const TestMessage& m) { return m.to == 1; });
      c.isolate({1});
      tick_alone(c, 1, 4);
      for (ServerId id : {2u, 3u}) tick_alone(c, id, 5);
      c.flying().clear();
      for (int i = 0; i < 3 && !c[2].is_leader(); ++i) c.elect(2);
      REQUIRE(c[2].is_leader());
      c.propose(2, 7);
      c.settle();
      REQUIRE(c[1].is_leader());
      c.read(1);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R12: a lease is shortened by what the clocks may differ") {
    needs(Switch::R12_drift, [](Config config) {
      config = leased(config);
      Cluster c = cluster_of(3, config);
      c.elect(1);
      c.run(6);
      c[1].fire_heartbeat();
      c.pump(1);
      c.settle();
      c.isolate({1});
      // The leader's clock loses a quarter on the others'.
      tick_alone(c, 1, 16);
      for (ServerId id : {2u, 3u}) tick_alone(c, id, 20);
      c.flying().clear();
      for (int i = 0; i < 3 && !c[2].is_leader(); ++i) c.elect(2);
      REQUIRE(c[2].is_leader());
      c.propose(2, 7);
      c.settle();
      c.read(1);
      return !c.broken().empty();
    });
  }
}
