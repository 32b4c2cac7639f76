// Each rule of Raft that can be switched off: a run that holds with it and breaks, or stalls, without it.
#include <doctest/doctest.h>

#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

/// `breaks` plays a run under these rules and says whether something went wrong.
template <class Breaks>
void needs(Switch which, Breaks&& breaks) {
  Config config;
  CHECK_FALSE(breaks(config));
  config.switches.turn_off(static_cast<uint8_t>(which));
  CHECK(breaks(config));
}

Cluster cluster_of(uint32_t servers, const Config& config, bool slow_disk = false, uint32_t members = 0) {
  return Cluster(servers, config, slow_disk, 1, members);
}

void elect(Cluster& c, ServerId id) {
  c[id].fire_election();
  c.pump(id);
  c.settle();
}

void propose(Cluster& c, ServerId id, uint32_t word) {
  (void)c[id].propose(Word{word});
  c.pump(id);
}

template <class... Changes>
bool change(Cluster& c, ServerId id, Changes... changes) {
  const Change list[] = {changes...};
  const bool taken = c[id].change_membership(list).has_value();
  c.pump(id);
  return taken;
}
Change voter(ServerId id) { return {ChangeKind::add_voter, id}; }
Change learner(ServerId id) { return {ChangeKind::add_learner, id}; }
Change removed(ServerId id) { return {ChangeKind::remove, id}; }

void isolate(Cluster& c, std::vector<ServerId> some) {
  for (ServerId a : some)
    for (ServerId b = 1; b <= c.size(); ++b)
      if (std::find(some.begin(), some.end(), b) == some.end()) c.cut(a, b);
}

/// Delivers what `wanted` lets through and drops the rest, until nothing moves.
template <class Wanted>
void deliver_only(Cluster& c, Wanted&& wanted) {
  while (!c.flying().empty()) {
    if (wanted(c.flying()[0]))
      c.deliver(0);
    else
      c.drop(0);
  }
}

template <class BodyType>
bool is(const TestMessage& m) {
  return std::holds_alternative<BodyType>(m.body);
}

void restart_with(Cluster& c, ServerId id, TestStorage storage) {
  c.crash(id);
  c.host(id).disk = std::move(storage);
  c.start(id);
}

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
  TEST_CASE("R1, R2, R3, R4, R6, R12: walks find what goes wrong without them") {
    for (Switch which : {Switch::R1_once, Switch::R1_durable, Switch::R2_uptodate, Switch::R3_previous,
                         Switch::R3_conflict, Switch::R4_durable, Switch::R4_number, Switch::R6_heartbeat,
                         Switch::R12_term}) {
      CAPTURE(switches()[static_cast<size_t>(which)].id);
      Walk w;
      w.must_recover = false;
      w.common.switches.turn_off(static_cast<uint8_t>(which));
      w.common.max_message_entries = 4;
      std::string broken;
      for (uint64_t seed = 1; seed <= 4000 && broken.empty(); ++seed) {
        w.servers = seed % 2 == 0 ? 5 : 3;
        broken = walk(w, seed);
      }
      CHECK(broken != "");
    }
  }

  TEST_CASE("R1: neither a vote nor a campaign leaves before it is durable") {
    needs(Switch::R1_durable, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1}, 1, 0, false));
      server.handle(message_of(2, 1, 2, VoteRequest{1, 1, false}));
      const auto early = sent_by(server);
      server.storage().state.set_durable(server.storage().state.written());
      server.storage_progress();
      const auto late = sent_by(server);
      const bool voted = find_body<VoteAnswer>(late) != nullptr && find_body<VoteAnswer>(late)->granted;
      return find_body<VoteAnswer>(early) != nullptr || !voted;
    });
  }

  TEST_CASE("R4: an append that was overwritten does not acknowledge what took its place") {
    needs(Switch::R4_number, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1}, 1, 0, false));
      sent_by(server);
      const auto reach = [&](uint64_t write) {
        server.storage().state.set_durable(write);
        server.storage_progress();
        return sent_by(server);
      };
      reach(1);
      server.handle(message_of(2, 1, 1, entries_of(1, 1, 1, {12, 13, 14})));
      sent_by(server);  // write 2
      server.handle(message_of(3, 1, 2, Heartbeat{1, 0, 0, true}));
      sent_by(server);  // write 3: the term
      server.handle(message_of(3, 1, 2, entries_of(1, 1, 2, {22, 23})));
      sent_by(server);  // write 4
      const auto most_acknowledged = [](const std::vector<TestMessage>& sent) {
        LogIndex most = 0;
        for (const TestMessage& m : sent)
          if (const auto* answer = std::get_if<AppendAnswer>(&m.body)) most = std::max(most, answer->match);
        return most;
      };
      const LogIndex early = most_acknowledged(reach(3));
      const LogIndex then = most_acknowledged(reach(4));
      REQUIRE(std::max(early, then) == 3);
      return early > 1;
    });
  }

  TEST_CASE("R4: a leader counts itself only once its own write is durable") {
    needs(Switch::R4_own, [](const Config& config) {
      Cluster c = cluster_of(3, config, true);
      c.settle();
      elect(c, 1);
      c.cut(1, 3);
      propose(c, 1, 7);
      // Server 2 holds it durably, the leader does not.
      c.deliver(0);
      while (!c.host(2).writes.empty()) c.disk(2);
      deliver_only(c, [](const TestMessage&) { return true; });
      c.crash(2);
      c.crash(1);
      c.start(1);
      c.settle();
      c.heal();
      elect(c, 3);
      elect(c, 3);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R5: figure 8, an entry of an older term is not committed by counting") {
    needs(Switch::R5_term, [](Config config) {
      config.max_message_entries = 1;
      Cluster c = cluster_of(5, config);
      restart_with(c, 1, storage_of({1, 2}, 3));
      restart_with(c, 2, storage_of({1}, 3));
      restart_with(c, 3, storage_of({1}, 3));
      restart_with(c, 4, storage_of({1}, 3));
      restart_with(c, 5, storage_of({1, 3}, 3));
      isolate(c, {4, 5});
      c[1].fire_election();
      c.pump(1);
      deliver_only(c, [&](const TestMessage& m) {
        const auto* append = std::get_if<AppendEntries<Word>>(&m.body);
        return append == nullptr || append->mark.term < 4 || c[m.to].log_length() < 2;
      });
      REQUIRE(c[2].log_length() == 2);
      REQUIRE(c[3].log_length() == 2);
      c.crash(1);
      c.heal();
      elect(c, 5);
      elect(c, 5);
      REQUIRE(c[5].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R5: without a no-op a new leader commits nothing before somebody proposes") {
    needs(Switch::R5_noop, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      for (ServerId id : {1u, 2u, 3u}) restart_with(c, id, storage_of({1, 1}, 1));
      elect(c, 1);
      c.run(10);
      return c.committed() < 2;
    });
  }

  TEST_CASE("R6: what stands behind the last new entry may be an older leader's") {
    needs(Switch::R6_last_new, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1, 1, 1}, 1));
      server.handle(message_of(2, 1, 2, entries_of(1, 1, 2, {}, 3)));
      return server.commit_index() > 1;
    });
  }

  TEST_CASE("R7: two majorities in one step decide against each other") {
    needs(Switch::R7_joint, [](const Config& config) {
      Cluster c = cluster_of(5, config, false, 3);
      elect(c, 1);
      REQUIRE(change(c, 1, learner(4), learner(5)));
      c.run(4);
      isolate(c, {2, 3});
      REQUIRE(change(c, 1, voter(4), voter(5), removed(2), removed(3)));
      c.settle();
      elect(c, 2);
      REQUIRE(c[2].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: two single changes at once are no better") {
    needs(Switch::R7_one, [](const Config& config) {
      Cluster c = cluster_of(5, config, false, 3);
      elect(c, 1);
      REQUIRE(change(c, 1, learner(4), learner(5)));
      c.run(4);
      isolate(c, {2, 3});
      REQUIRE(change(c, 1, voter(4)));
      (void)change(c, 1, voter(5));
      c.settle();
      elect(c, 2);
      REQUIRE(c[2].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: a single change before the own term has committed (the bug of 2015)") {
    needs(Switch::R7_own_term, [](const Config& config) {
      Cluster c = cluster_of(5, config, false, 4);
      elect(c, 1);
      REQUIRE(change(c, 1, learner(5)));
      c.run(4);
      isolate(c, {1, 5});
      REQUIRE(change(c, 1, voter(5)));
      c.settle();
      // 2 leads 2, 3 and 4 in the next term, but 4 gets nothing from it.
      c[2].fire_election();
      c.pump(2);
      deliver_only(c, [](const TestMessage& m) { return is<VoteRequest>(m) || is<VoteAnswer>(m); });
      REQUIRE(c[2].is_leader());
      c.cut(2, 4);
      c.run(3);
      (void)change(c, 2, removed(1));
      c.settle();
      c.crash(2);
      c.crash(3);
      c.heal();
      c[1].fire_heartbeat();
      c.pump(1);
      c.settle();
      for (int i = 0; i < 2; ++i) elect(c, 1);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: a change that is cut from the log is undone") {
    needs(Switch::R7_restore, [](const Config& config) {
      Cluster c = cluster_of(4, config, false, 3);
      elect(c, 1);
      c.run(3);
      isolate(c, {1});
      REQUIRE(change(c, 1, learner(4)));
      REQUIRE(c[1].membership()->has(4));
      elect(c, 2);
      c.heal();
      c.run(6);
      REQUIRE(c.leader() == 2);
      REQUIRE(c[1].log_length() == c[2].log_length());
      return c[1].membership()->has(4);
    });
  }

  TEST_CASE("R7: a leader that is no member does not count") {
    needs(Switch::R7_members, [](const Config& config) {
      Cluster c = cluster_of(6, config, false, 3);
      elect(c, 1);
      REQUIRE(change(c, 1, learner(4), learner(5), learner(6)));
      c.run(4);
      REQUIRE(change(c, 1, voter(4), voter(5), voter(6), removed(1), removed(2), removed(3)));
      // Everybody has the joint membership; of its end only 4 hears.
      deliver_only(c, [](const TestMessage& m) {
        const auto* append = std::get_if<AppendEntries<Word>>(&m.body);
        const bool end = append != nullptr && append->mark.membership && !append->mark.membership->joint();
        return !end || m.to == 4;
      });
      c.crash(1);
      c.crash(4);
      elect(c, 5);
      REQUIRE(c[5].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: a removed leader steps down") {
    needs(Switch::R7_step_down, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      REQUIRE(change(c, 1, removed(1)));
      c.settle();
      REQUIRE(c[1].membership_committed());
      return c[1].is_leader();
    });
  }

  TEST_CASE("R8: a server that was cut off does not raise the term when it comes back") {
    needs(Switch::R8_prevote, [](Config config) {
      config.pre_vote = true;
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      c.run(3);
      const Term term = c[1].term();
      isolate(c, {3});
      c.run(60);
      c.heal();
      c.run(20);
      return c[1].term() != term || c[3].term() != term;
    });
  }

  TEST_CASE("R9: a leader that hears no majority steps down") {
    needs(Switch::R9_quorum, [](Config config) {
      config.check_quorum = true;
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      c.run(3);
      isolate(c, {1});
      c.run(25);
      return c[1].is_leader();
    });
  }

  TEST_CASE("R9: who hears a leader is not moved by a higher term") {
    needs(Switch::R9_sticky, [](Config config) {
      config.check_quorum = true;
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      c.run(3);
      const Term term = c[1].term();
      c[3].fire_election();
      c.pump(3);
      deliver_only(c, [](const TestMessage& m) { return is<VoteRequest>(m) || is<VoteAnswer>(m); });
      return c[1].term() != term || c[2].term() != term;
    });
  }

  TEST_CASE("R9: a candidate whose term ran ahead is freed by telling the leader") {
    needs(Switch::R9_free, [](Config config) {
      config.check_quorum = true;
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      c.run(3);
      isolate(c, {3});
      c.run(60);
      REQUIRE(c[3].term() > c[1].term());
      c.heal();
      c.run(60);
      const ServerId leader = c.leader();
      return leader == 0 || c[3].leader() != leader;
    });
  }

  TEST_CASE("R10: a learner is promoted once it has the log") {
    needs(Switch::R10_caught_up, [](Config config) {
      config.caught_up_entries = 2;
      Cluster c = cluster_of(4, config, false, 3);
      elect(c, 1);
      for (uint32_t i = 0; i < 20; ++i) propose(c, 1, i);
      c.settle();
      isolate(c, {4});
      (void)c[1].reconfigure({1, 2, 3, 4});
      c.pump(1);
      c.run(20);
      const bool too_early = c[1].membership()->votes(4);
      c.heal();
      c.run(20);
      REQUIRE(c[1].membership()->voters == Servers{1, 2, 3, 4});
      return too_early;
    });
  }

  TEST_CASE("R10: a server that does not know yet that it votes, votes when it is asked") {
    needs(Switch::R10_vote, [](Config config) {
      config.id = 4;
      config.initial.voters = {1, 2, 3};
      config.initial.learners = {4};
      TestServer server = server_of(config, storage_of({1}, 1));
      server.handle(message_of(2, 4, 2, VoteRequest{2, 1, false}));
      const auto sent = sent_by(server);
      return find_body<VoteAnswer>(sent) == nullptr || !find_body<VoteAnswer>(sent)->granted;
    });
  }

  TEST_CASE("R11: a hand-over that does not happen is given up") {
    needs(Switch::R11_abort, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      c.run(3);
      isolate(c, {2});
      REQUIRE(c[1].transfer_leadership(2));
      propose(c, 1, 7);
      const LogIndex before = c.committed();
      c.run(30);
      return c.committed() == before;
    });
  }

  TEST_CASE("R11: a lease does not outlive the hand-over") {
    needs(Switch::R11_lease, [](Config config) {
      config = leased(config);
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      c.run(5);
      REQUIRE(c[1].lease_holds());
      REQUIRE(c[1].transfer_leadership(2));
      c.pump(1);
      deliver_only(c, [](const TestMessage& m) { return m.to == 2 && is<TimeoutNow>(m); });
      isolate(c, {1});
      c[2].fire_election();  // the request was lost; it was asked to
      c.pump(2);
      c.flying().clear();
      c[3].handle(message_of(2, 3, c[2].term(), VoteRequest{c[2].log_length(), c[2].storage().marks.last_term(), true}));
      c.pump(3);
      c.settle();
      REQUIRE(c[2].is_leader());
      propose(c, 2, 7);
      c.settle();
      c.read(1);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R12: answers to heartbeats that were sent before a read do not count for it") {
    needs(Switch::R12_round, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      elect(c, 1);
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
      isolate(c, {1});
      elect(c, 2);
      propose(c, 2, 7);
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
      elect(c, 1);
      propose(c, 1, 7);
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
      elect(c, 1);
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
      isolate(c, {1});
      tick_alone(c, 1, 4);
      for (ServerId id : {2u, 3u}) tick_alone(c, id, 5);
      c.flying().clear();
      for (int i = 0; i < 3 && !c[2].is_leader(); ++i) elect(c, 2);
      REQUIRE(c[2].is_leader());
      propose(c, 2, 7);
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
      elect(c, 1);
      c.run(6);
      c[1].fire_heartbeat();
      c.pump(1);
      c.settle();
      isolate(c, {1});
      // The leader's clock loses a quarter on the others'.
      tick_alone(c, 1, 16);
      for (ServerId id : {2u, 3u}) tick_alone(c, id, 20);
      c.flying().clear();
      for (int i = 0; i < 3 && !c[2].is_leader(); ++i) elect(c, 2);
      REQUIRE(c[2].is_leader());
      propose(c, 2, 7);
      c.settle();
      c.read(1);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R13: a snapshot that is older than the commit index changes nothing") {
    needs(Switch::R13_commit, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1, 1, 1, 1}, 1));
      server.handle(message_of(2, 1, 1, Heartbeat{1, 4, 4, true}));
      REQUIRE(server.commit_index() == 4);
      REQUIRE(server.perform_snapshot(4));
      InstallSnapshot<Word> late;
      late.index = 2;
      late.last_term = 1;
      late.membership = server.membership();
      late.state = std::make_shared<const StateOf<Word>::Type>();
      server.handle(message_of(2, 1, 1, late));
      return server.commit_index() != 4 || server.storage().snapshot->index != 4;
    });
  }

  TEST_CASE("R15: a window whose messages are all lost is sent again") {
    needs(Switch::R15_window, [](Config config) {
      config.window_entries = 4;
      Cluster c = cluster_of(3, config);
      elect(c, 1);
      c.run(3);
      const LogIndex before = c.committed();
      for (uint32_t i = 0; i < 10; ++i) propose(c, 1, i);
      c.flying().clear();
      c.run(20);
      return c.committed() < before + 10;
    });
  }

  TEST_CASE("switches are found by their ids") {
    for (const SwitchInfo& info : switches()) {
      CHECK(find_switch(info.id).has_value());
      CHECK(std::string(info.id).find('.') != std::string::npos);
    }
    CHECK_FALSE(find_switch("R1.nothing"));
    CHECK(rules().size() == static_cast<size_t>(Rule::count));
  }
}
