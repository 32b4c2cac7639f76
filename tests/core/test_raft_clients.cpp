// Raft beyond one log: membership changes, hand-overs, reads, PreVote and CheckQuorum, flow (dissertation 3.10, 4, 6, 9, 10).
#include <doctest/doctest.h>

#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

TEST_SUITE("raft 4: membership") {
  TEST_CASE("a reconfiguration goes from learners through a joint membership to the new voters, and the old leader goes") {
    Cluster c(5, {}, true, 1, 3);
    c.settle();
    c.elect(1);
    for (uint32_t i = 0; i < 30; ++i) c.propose(1, i);
    c.settle();
    REQUIRE(c[1].reconfigure({3, 4, 5}));
    bool learned = false;
    bool joint = false;
    for (int tick = 0; tick < 60; ++tick) {
      for (ServerId id = 1; id <= 5; ++id) {
        c.tick(id);
        learned = learned || c[id].membership()->learners == Servers{4, 5};
        joint = joint || (c[id].membership()->joint() && c[id].membership()->outgoing == Servers{1, 2, 3});
      }
      c.settle();
    }
    CHECK(c.broken() == "");
    CHECK(learned);
    CHECK(joint);
    CHECK_FALSE(c[1].is_leader());
    for (ServerId id = 3; id <= 5; ++id) CHECK(c[id].membership()->voters == Servers{3, 4, 5});
    c.crash(1);
    c.crash(2);
    c.run(60);
    const LogIndex before = c.committed();
    REQUIRE(c.leader() >= 3);
    c.propose(c.leader(), 7);
    c.run(5);
    CHECK(c.committed() > before);
  }

  TEST_CASE("while it is joint, nothing is committed without both majorities, and nobody is elected") {
    Cluster c(5, {}, false, 1, 3);
    c.elect(1);
    const Change learners[] = {{ChangeKind::add_learner, 4}, {ChangeKind::add_learner, 5}};
    REQUIRE(c[1].change_membership(learners));
    c.pump(1);
    c.run(4);
    c.crash(2);
    c.crash(3);
    const Change swap[] = {{ChangeKind::add_voter, 4}, {ChangeKind::add_voter, 5}, {ChangeKind::remove, 2}};
    REQUIRE(c[1].change_membership(swap));
    c.pump(1);
    const LogIndex before = c.committed();
    c.run(10);
    CHECK(c[4].membership()->joint());
    CHECK(c.committed() == before);
    CHECK(c[1].change_membership(swap).error().text.find("not committed yet") != std::string::npos);
    c.crash(1);
    c.run(60);
    CHECK(c.leader() == 0);
    c.start(3);
    c.start(1);
    c.run(60);
    CHECK(c.broken() == "");
    REQUIRE(c.leader() != 0);
    CHECK(c[c.leader()].membership()->voters == Servers{1, 3, 4, 5});
  }

  TEST_CASE("a new leader finishes the joint membership that it finds in its log") {
    Cluster c(4, {}, false, 1, 3);
    c.elect(1);
    const Change learner[] = {{ChangeKind::add_learner, 4}};
    REQUIRE(c[1].change_membership(learner));
    c.pump(1);
    c.run(3);
    const Change swap[] = {{ChangeKind::add_voter, 4}, {ChangeKind::remove, 1}};
    REQUIRE(c[1].change_membership(swap));
    c.pump(1);
    while (!c.flying().empty() && c.flying()[0].from == 1) c.deliver(0);
    c.crash(1);
    c.run(80);
    CHECK(c.broken() == "");
    REQUIRE(c.leader() != 0);
    CHECK(c[c.leader()].membership()->voters == Servers{2, 3, 4});
    CHECK_FALSE(c[c.leader()].membership()->joint());
  }

  TEST_CASE("learners have no say and never campaign") {
    Cluster c(5, {}, false, 1, 3);
    c.elect(1);
    const Change learners[] = {{ChangeKind::add_learner, 4}, {ChangeKind::add_learner, 5}};
    REQUIRE(c[1].change_membership(learners));
    c.pump(1);
    c.run(4);
    c.crash(2);
    c.crash(3);
    const LogIndex before = c.committed();
    c.propose(1, 7);
    c.run(6);
    CHECK(c[4].log_length() == before + 1);
    CHECK(c.committed() == before);
    c.crash(1);
    c.run(100);
    CHECK(c[4].role() == Role::follower);
    CHECK(c[4].term() == c[5].term());
  }

  TEST_CASE("a voter is promoted only after it has caught up, and says so") {
    Cluster c(4, {}, false, 1, 3);
    c.elect(1);
    const Change promote[] = {{ChangeKind::add_voter, 4}};
    CHECK(c[1].change_membership(promote).error().text ==
          "server 4 has not caught up with the log; add it as a learner and promote it later");
    CHECK(c[2].change_membership(promote).error().text == "only the leader changes the membership; ask server 1");
  }

  TEST_CASE("memberships survive restarts, from the log and from a snapshot") {
    Cluster c(4, {}, true, 1, 3);
    c.settle();
    c.elect(1);
    REQUIRE(c[1].reconfigure({1, 2, 3, 4}));
    c.pump(1);
    c.run(20);
    for (bool snapshot : {false, true}) {
      if (snapshot) {
        REQUIRE(c[4].perform_snapshot(0));
        c.pump(4);
        c.settle();
      }
      c.crash(4);
      c.start(4);
      CHECK(c[4].membership()->voters == Servers{1, 2, 3, 4});
    }
  }
}

TEST_SUITE("raft 3.10: handing over") {
  TEST_CASE("the lead goes to a server that is brought up to date first, in no time, and proposals wait for it") {
    for (bool check_quorum : {false, true}) {
      Config config;
      config.check_quorum = config.pre_vote = check_quorum;
      Cluster c(3, config, false, 1);
      c.elect(1);
      c.run(3);
      c.isolate({3});
      for (uint32_t i = 0; i < 5; ++i) c.propose(1, i);
      c.settle();
      c.heal();
      const LogIndex before = c.committed();
      REQUIRE(c[1].transfer_leadership(3));
      CHECK(c[1].propose(Word{99})->index == 0);
      c.pump(1);
      c.run(4);
      CHECK(c.leader() == 3);
      c.run(2);
      CHECK(c.committed() == before + 2);
      CHECK(c.broken() == "");
    }
  }

  TEST_CASE("it is refused where it makes no sense") {
    Cluster c(4, {}, false, 1, 3);
    c.elect(1);
    CHECK(c[1].transfer_leadership(1).error().text == "server 1 leads already");
    CHECK(c[1].transfer_leadership(4).error().text == "server 4 does not vote, so it cannot lead");
    CHECK(c[2].transfer_leadership(3).error().text.find("ask server 1") != std::string::npos);
    REQUIRE(c[1].transfer_leadership(2));
    CHECK_FALSE(c[1].transfer_leadership(3));
  }
}

TEST_SUITE("raft 6.4: reads") {
  TEST_CASE("every kind of read is answered at the leader and at followers, and leaves a trace only if it goes through the log") {
    for (ReadMode mode : {ReadMode::log, ReadMode::read_index, ReadMode::lease}) {
      Config config;
      config.reads = mode;
      config.check_quorum = true;
      Cluster c(3, config, true, 1);
      c.settle();
      c.elect(1);
      c.propose(1, 7);
      c.run(5);
      const LogIndex before = c[1].log_length();
      for (ServerId id : {1u, 2u, 3u}) c.read(id);
      c.run(4);
      CHECK(c.reads_done() == 3);
      CHECK((c[1].log_length() != before) == (mode == ReadMode::log));
      CHECK(c.broken() == "");
    }
  }

  TEST_CASE("a lease answers at once, without a message") {
    Config config;
    config.reads = ReadMode::lease;
    config.check_quorum = true;
    Cluster c(3, config, false, 1);
    c.elect(1);
    c.run(5);
    REQUIRE(c[1].lease_holds());
    c.read(1);
    CHECK(c.reads_done() == 1);
    c.isolate({1});
    c.run(9);
    CHECK_FALSE(c[1].lease_holds());
  }

  TEST_CASE("one round of heartbeats serves all reads that wait for it") {
    Cluster c(3, {}, false, 1);
    c.elect(1);
    c.run(3);
    TestServer& leader = c[1];
    for (int i = 0; i < 50; ++i) REQUIRE(leader.read());
    const auto sent = sent_by(leader);
    CHECK(sent.size() == 2);
    for (const TestMessage& m : sent) c[m.to].handle(m);
    for (ServerId id : {2u, 3u})
      for (const TestMessage& m : sent_by(c[id])) leader.handle(m);
    CHECK(leader.take_reads().size() == 50);
  }

  TEST_CASE("a read outlives its leader, and one that was lost is asked again") {
    Cluster c(3, {}, false, 1);
    c.elect(1);
    c.run(3);
    c.isolate({3});
    c.read(3);
    c.run(3);
    CHECK(c.reads_done() == 0);
    c.crash(1);
    c.heal();
    c.run(60);
    CHECK(c.reads_done() == 1);
    c.read(3);
    for (size_t i = 0; i < c.flying().size();)
      if (std::holds_alternative<ReadRequest>(c.flying()[i].body))
        c.drop(i);
      else
        ++i;
    c.run(10);
    CHECK(c.reads_done() == 2);
  }

  TEST_CASE("an answer to a read of an earlier start is not taken for one of this start") {
    TestServer before = server_of(config_of(1, 3), storage_of({1}, 1));
    const uint64_t old = *before.read();
    TestServer after = server_of(config_of(1, 3), before.storage());
    const uint64_t fresh = *after.read();
    CHECK(old != fresh);
    after.handle(message_of(2, 1, 0, ReadAnswer{old, 0}));
    CHECK(after.take_reads().empty());
    after.handle(message_of(2, 1, 0, ReadAnswer{fresh, 0}));
    CHECK(after.take_reads().size() == 1);
  }

  TEST_CASE("leases need check_quorum, and a restarted follower keeps quiet as if it had heard the leader") {
    Config config = config_of(2, 3);
    config.reads = ReadMode::lease;
    CHECK_FALSE(TestServer::with(config, storage_of({}, 0)));
    config.check_quorum = true;
    TestServer server = server_of(config, server_of(config, storage_of({1}, 1)).storage());
    server.handle(message_of(3, 2, 2, VoteRequest{5, 1, false}));
    CHECK(server.term() == 1);
    for (uint32_t i = 0; i < config.election_ticks; ++i) server.pass_quiet_ticks(server.ticks_to_next_timer() > 1 ? 1 : 0);
    server.handle(message_of(3, 2, 2, VoteRequest{5, 1, false}));
    CHECK(server.values().vote == 3);
  }
}

TEST_SUITE("raft 9: elections that disturb nobody") {
  TEST_CASE("PreVote is refused by who hears a leader, by a better log, and by a newer term, and changes nothing") {
    Config config = config_of(1, 3);
    config.pre_vote = true;
    for (int kind = 0; kind < 4; ++kind) {
      TestServer server = server_of(config, storage_of({1, 3}, 3));
      if (kind == 1) server.handle(message_of(3, 1, 3, Heartbeat{1, 0, 0, true}));
      sent_by(server);
      server.handle(message_of(2, 1, kind == 3 ? 3 : 4, PreVoteRequest{2, kind == 2 ? Term{2} : Term{3}}));
      const auto sent = sent_by(server);
      REQUIRE(find_body<PreVoteAnswer>(sent, 2) != nullptr);
      CHECK(find_body<PreVoteAnswer>(sent, 2)->granted == (kind == 0));
      CHECK(sent[0].term == (kind == 0 ? 4 : 3));
      CHECK(server.term() == 3);
      CHECK(server.values().vote == 0);
    }
  }

  TEST_CASE("a server alone with PreVote never raises its term") {
    Config config;
    config.pre_vote = true;
    Cluster c(3, config, false, 1);
    c.isolate({1});
    c.run(100);
    CHECK(c[1].role() != Role::leader);
    CHECK(c[1].term() == 0);
    CHECK(c.leader() != 0);
  }

  TEST_CASE("all four kinds of Raft elect a leader, lose it, and elect another") {
    for (int kind = 0; kind < 4; ++kind) {
      Config config;
      config.pre_vote = kind & 1;
      config.check_quorum = kind & 2;
      Cluster c(5, config, true, 7);
      c.run(60);
      const ServerId first = c.leader();
      REQUIRE(first != 0);
      c.crash(first);
      c.run(80);
      REQUIRE(c.leader() != 0);
      CHECK(c.leader() != first);
      c.start(first);
      c.run(20);
      CHECK(c[first].role() == Role::follower);
      CHECK(c.broken() == "");
    }
  }
}

TEST_SUITE("raft 10: flow") {
  TEST_CASE("proposals at any server reach the leader, also those made before there was one") {
    Cluster c(3, {}, true, 1);
    for (ServerId id : {1u, 2u, 3u}) c.propose(id, 10 + id);
    CHECK(c[2].waiting() == 1);
    c.run(60);
    c.propose(c.leader() % 3 + 1, 20);
    c.run(6);
    CHECK(c.committed() == 5);
  }

  TEST_CASE("a leader has no more under way to a follower than its window") {
    Config config;
    config.window_entries = 10;
    config.max_message_entries = 4;
    Cluster c(3, config, false, 1);
    c.elect(1);
    c.run(3);
    for (uint32_t i = 0; i < 50; ++i) c.propose(1, i);
    uint32_t entries = 0;
    for (const TestMessage& m : c.flying())
      if (const auto* append = std::get_if<AppendEntries<Word>>(&m.body); append != nullptr && m.to == 2) {
        CHECK(append->entries.size() <= 4);
        entries += append->entries.size();
      }
    CHECK(entries == 10);
    c.settle();
    CHECK(c.committed() == 51);
  }

  TEST_CASE("a leader without followers takes only so many proposals, and gives the next one back") {
    Config config;
    config.max_uncommitted = 5;
    config.max_waiting = 3;
    Cluster c(3, config, false, 1);
    c.elect(1);
    c.isolate({1});
    for (uint32_t i = 0; i < 5; ++i) REQUIRE(c[1].propose(Word{i}));
    const auto refused = c[1].propose(Word{6});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().entry.value == 6);
    CHECK(refused.error().reason.text == "5 entries are not committed yet; try again when some are");
    c.heal();
    c.run(10);
    CHECK(c[1].propose(Word{6}));
  }

  TEST_CASE("a follower whose timer somebody fires keeps its leader's lease, and campaigns where no read rests on it") {
    for (const ReadMode mode : {ReadMode::lease, ReadMode::read_index}) {
      Config config = config_of(1, 3);
      config.check_quorum = true;
      config.reads = mode;
      TestServer server = server_of(config, storage_of({1}, 1));
      for (uint32_t i = 0; i <= config.election_ticks; ++i) {
        server.handle(message_of(2, 1, 1, Heartbeat{i + 1, 0, 0, true}));
        server.tick();
      }
      sent_by(server);
      server.fire_election();
      CHECK((find_body<VoteRequest>(sent_by(server), 2) == nullptr) == (mode == ReadMode::lease));
      for (uint32_t i = 0; i < 2 * config.election_ticks; ++i) server.tick();
      CHECK(server.role() == Role::candidate);
    }
  }

  TEST_CASE("entries travel without being copied") {
    TestServer server = server_of(config_of(1, 1), storage_of({}, 0));
    server.fire_election();
    sent_by(server);
    for (uint32_t i = 0; i < 10; ++i) REQUIRE(server.propose(Word{i}));
    const Change learner[] = {{ChangeKind::add_learner, 2}};
    sent_by(server);
    REQUIRE(server.change_membership(learner));
    const auto probe = sent_by(server);
    REQUIRE(find_body<AppendEntries<Word>>(probe, 2) != nullptr);
    server.handle(message_of(2, 1, server.term(), AppendAnswer{false, 0, find_body<AppendEntries<Word>>(probe, 2)->previous, 0, 0}));
    const auto first = sent_by(server);
    server.handle(message_of(2, 1, server.term(), AppendAnswer{true, 1, 0, 0, 0}));
    const auto sent = sent_by(server);
    const auto* append = find_body<AppendEntries<Word>>(sent, 2);
    REQUIRE(append != nullptr);
    CHECK(append->entries.begin() == &server.storage().log.at(append->previous + 1));
  }

  TEST_CASE("a silent disk holds back what promises something and nothing else") {
    Cluster c(3, {}, true, 1);
    c.settle();
    c.elect(1);
    c.run(3);
    // The leader's disk stands still: it goes on with the others' copies.
    c.propose(1, 7);
    const LogIndex before = c.committed();
    for (int turn = 0; turn < 10; ++turn) {
      while (!c.flying().empty()) c.deliver(0);
      c.disk(2);
      c.disk(3);
    }
    CHECK(c.committed() == before + 1);
    CHECK(c[1].flushed_length() < c[1].log_length());
    // Two followers whose disks stand still acknowledge nothing.
    c.settle();
    c.propose(1, 8);
    while (!c.flying().empty()) c.deliver(0);
    c.disk(1);
    while (!c.flying().empty()) c.deliver(0);
    CHECK(c.committed() == before + 1);
    c.settle();
    CHECK(c.committed() == before + 2);
  }

  TEST_CASE("what is wrong with a configuration is said in a sentence") {
    Config config = config_of(1, 3);
    CHECK(validate(config).has_value());
    const auto says = [&](auto&& change) {
      Config wrong = config;
      change(wrong);
      const Result<void> valid = validate(wrong);
      return valid ? std::string() : valid.error().text;
    };
    CHECK(says([](Config& c) { c.id = 0; }) == "server ids start at 1");
    CHECK(says([](Config& c) { c.initial.learners = {2}; }) == "server 2 cannot be both a voter and a learner");
    CHECK(says([](Config& c) { c.initial.outgoing = {2}; }) == "a first membership cannot be a joint one");
    CHECK(says([](Config& c) { c.heartbeat_ticks = 10; }).find("heartbeat_ticks must be less") == 0);
    CHECK(says([](Config& c) { c.election_ticks = 0; }) == "timers need at least one tick");
    CHECK(says([](Config& c) { c.window_entries = 0; }) != "");
    CHECK(says([](Config& c) { c.max_waiting = 0; }) != "");
    CHECK(says([](Config& c) { c.chunk_items = 0; }) != "");
    CHECK(says([](Config& c) { c.reads = ReadMode::lease; }).find("leases need check_quorum") == 0);
  }
}

TEST_SUITE("raft as a value") {
  TEST_CASE("a copy goes its own way, and equal histories have equal hashes") {
    const auto hash_of = [](const TestServer& server) {
      Hasher hasher;
      server.add_to(hasher);
      return hasher.value();
    };
    Cluster a(3, {}, true, 5);
    a.run(40);
    Cluster b = a;
    for (ServerId id = 1; id <= 3; ++id) CHECK(hash_of(a[id]) == hash_of(b[id]));
    a.propose(a.leader(), 7);
    a.run(5);
    CHECK(hash_of(a[1]) != hash_of(b[1]));
    b.propose(b.leader(), 7);
    b.run(5);
    for (ServerId id = 1; id <= 3; ++id) CHECK(hash_of(a[id]) == hash_of(b[id]));
    CHECK(a.broken() == "");
    CHECK(b.broken() == "");
  }

  TEST_CASE("a reconfiguration that cannot finish is replaced by a later one") {
    Cluster c(4, {}, false, 1, 3);
    c.elect(1);
    REQUIRE(c[1].reconfigure({1, 2, 3, 9}));
    c.pump(1);
    c.run(20);
    CHECK(c[1].membership()->learners == Servers{9});
    REQUIRE(c[1].reconfigure({1, 2, 4}));
    c.pump(1);
    c.run(20);
    CHECK(c[1].membership()->voters == Servers{1, 2, 4});
    CHECK_FALSE(c[1].membership()->joint());
    CHECK(c.broken() == "");
  }
}
