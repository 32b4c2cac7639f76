// Rules of Raft that can be switched off: memberships, elections that disturb nobody, hand-overs (R7–R11).
#include <doctest/doctest.h>

#include "raft_switch.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

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
/// Whether the message holds the entry that ends a joint membership.
bool ends_joint(const AppendEntries<Word>& append) {
  bool ends = false;
  append.for_each_run([&](const Mark& mark, LogIndex, LogIndex) { ends = ends || (mark.membership && !mark.membership->joint()); });
  return ends;
}

}  // namespace

TEST_SUITE("raft rules") {
  TEST_CASE("R7: two majorities in one step decide against each other") {
    needs(Switch::R7_joint, [](const Config& config) {
      Cluster c = cluster_of(5, config, false, 3);
      c.elect(1);
      REQUIRE(change(c, 1, learner(4), learner(5)));
      c.run(4);
      c.isolate({2, 3});
      REQUIRE(change(c, 1, voter(4), voter(5), removed(2), removed(3)));
      c.settle();
      c.elect(2);
      REQUIRE(c[2].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: two single changes at once are no better") {
    needs(Switch::R7_one, [](const Config& config) {
      Cluster c = cluster_of(5, config, false, 3);
      c.elect(1);
      REQUIRE(change(c, 1, learner(4), learner(5)));
      c.run(4);
      c.isolate({2, 3});
      REQUIRE(change(c, 1, voter(4)));
      (void)change(c, 1, voter(5));
      c.settle();
      c.elect(2);
      REQUIRE(c[2].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: a single change before the own term has committed (the bug of 2015)") {
    needs(Switch::R7_own_term, [](const Config& config) {
      Cluster c = cluster_of(5, config, false, 4);
      c.elect(1);
      REQUIRE(change(c, 1, learner(5)));
      c.run(4);
      c.isolate({1, 5});
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
      for (int i = 0; i < 2; ++i) c.elect(1);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: a change that is cut from the log is undone") {
    needs(Switch::R7_restore, [](const Config& config) {
      Cluster c = cluster_of(4, config, false, 3);
      c.elect(1);
      c.run(3);
      c.isolate({1});
      REQUIRE(change(c, 1, learner(4)));
      REQUIRE(c[1].membership()->has(4));
      c.elect(2);
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
      c.elect(1);
      REQUIRE(change(c, 1, learner(4), learner(5), learner(6)));
      c.run(4);
      REQUIRE(change(c, 1, voter(4), voter(5), voter(6), removed(1), removed(2), removed(3)));
      // Everybody has the joint membership; of its end only 4 hears.
      deliver_only(c, [](const TestMessage& m) {
        const auto* append = std::get_if<AppendEntries<Word>>(&m.body);
        return append == nullptr || !ends_joint(*append) || m.to == 4;
      });
      c.crash(1);
      c.crash(4);
      c.elect(5);
      REQUIRE(c[5].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R7: a server that is being removed still campaigns: nobody else may be able to win") {
    needs(Switch::R7_removed, [](const Config& config) {
      // 1 and 3 vote, and change to 1 and 2; only 3, which leads, has the end of the change.
      Cluster c = cluster_of(3, config, false, 1);
      c.elect(1);
      REQUIRE(c[1].reconfigure({1, 3}));
      c.pump(1);
      c.run(12);
      REQUIRE(c[1].transfer_leadership(3));
      c.pump(1);
      c.run(6);
      REQUIRE(c[3].is_leader());
      REQUIRE(change(c, 3, learner(2)));
      c.run(4);
      REQUIRE(change(c, 3, voter(2), removed(3)));
      deliver_only(c, [](const TestMessage& m) {
        const auto* append = std::get_if<AppendEntries<Word>>(&m.body);
        return append == nullptr || !ends_joint(*append);
      });
      REQUIRE(c[1].membership()->joint());
      REQUIRE_FALSE(c[3].membership()->joint());
      c.crash(3);
      c.start(3);
      c.run(100);
      REQUIRE(c.broken() == "");
      const ServerId leader = c.leader();
      return leader == 0 || c[leader].membership()->joint();
    });
  }

  TEST_CASE("R7: a removed leader steps down") {
    needs(Switch::R7_step_down, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      c.elect(1);
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
      c.elect(1);
      c.run(3);
      const Term term = c[1].term();
      c.isolate({3});
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
      c.elect(1);
      c.run(3);
      c.isolate({1});
      c.run(25);
      return c[1].is_leader();
    });
  }

  TEST_CASE("R9: who hears a leader is not moved by a higher term") {
    needs(Switch::R9_sticky, [](Config config) {
      config.check_quorum = true;
      Cluster c = cluster_of(3, config);
      c.elect(1);
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
      c.elect(1);
      c.run(3);
      c.isolate({3});
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
      Cluster c = cluster_of(4, config, false, 3);
      c.elect(1);
      for (uint32_t i = 0; i < 20; ++i) c.propose(1, i);
      c.settle();
      c.isolate({4});
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
      c.elect(1);
      c.run(3);
      c.isolate({2});
      REQUIRE(c[1].transfer_leadership(2));
      c.propose(1, 7);
      const LogIndex before = c.committed();
      c.run(30);
      return c.committed() == before;
    });
  }
}
