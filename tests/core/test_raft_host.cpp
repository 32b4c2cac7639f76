// What a host builds on Raft: the state machine, snapshots as futures, gossip, ids for new servers, a cluster from one server.
#include <doctest/doctest.h>

#include "raft/gossip.h"
#include "raft/state_machine.h"
#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

TEST_SUITE("raft 7: state machine and snapshots") {
  TEST_CASE("a state machine follows the committed entries, and jumps where a snapshot took their place") {
    Cluster c(3, {}, false, 1);
    c.elect(1);
    StateMachine<Word> early, late;
    for (uint32_t i = 0; i < 20; ++i) {
      c.propose(1, i % 7);
      c.settle();
      early.follow(c[1]);
    }
    REQUIRE(c[1].perform_snapshot(0));
    c.pump(1);
    c.propose(1, 3);
    c.settle();
    early.follow(c[1]);
    late.follow(c[1]);
    CHECK(late.applied() == c.committed());
    CHECK(late.state() == early.state());
    CHECK(late.state().at(3) == c.committed());
  }

  TEST_CASE("a snapshot is read in parts while the machine goes on, and restores what was there when it was taken") {
    StateMachine<Word> machine;
    const Mark normal{1, EntryKind::normal, nullptr};
    for (uint32_t i = 1; i <= 25; ++i) machine.apply(i, normal, Word{i});
    const auto then = machine.state();
    StateStream<Word> stream = machine.snapshot(4);
    StateStream<Word> counted = stream;
    uint32_t parts = 0;
    while (!counted.done()) {
      CHECK(counted.read()->size() <= 4);
      ++parts;
      machine.apply(machine.applied() + 1, normal, Word{parts});
    }
    CHECK(parts == 7);
    StateMachine<Word> other;
    other.restore(stream);
    CHECK(other.state() == then);
    CHECK(other.applied() == 25);
    other.apply(26, Mark{2, EntryKind::no_op, nullptr}, Word{});
    CHECK(other.state() == then);
  }

  TEST_CASE("perform_snapshot settles once it is durable, and is visible then") {
    TestServer server = server_of(config_of(1, 3), storage_of({1, 1, 1}, 1, 0, false));
    sent_by(server);
    const auto reach = [&] {
      server.storage().state.set_durable(server.storage().state.written());
      server.storage_progress();
      sent_by(server);
    };
    reach();
    CHECK(server.perform_snapshot(1).error().text.find("they end at 0") != std::string::npos);
    server.handle(message_of(2, 1, 1, Heartbeat{1, 3, 3, true}));
    const SnapshotFuture future = *server.perform_snapshot(2);
    CHECK_FALSE(server.settled(future));
    CHECK(server.snapshot() == nullptr);
    reach();
    CHECK(server.settled(future));
    REQUIRE(server.snapshot() != nullptr);
    CHECK(server.snapshot()->index == 2);
    const SnapshotFuture next = *server.perform_snapshot(0);
    CHECK(next.index == 3);
    CHECK(server.snapshot()->index == 2);
    reach();
    CHECK(server.snapshot()->index == 3);
    CHECK_FALSE(server.perform_snapshot(0));
  }

  TEST_CASE("a follower that lacks what is gone gets the snapshot in parts, also when each part is lost once") {
    Config config;
    config.chunk_items = 3;
    Cluster c(3, config, true, 1);
    c.settle();
    c.elect(1);
    c.crash(3);
    for (uint32_t i = 0; i < 20; ++i) c.propose(1, i);
    c.settle();
    REQUIRE(c[1].perform_snapshot(15));
    c.pump(1);
    c.settle();
    c.start(3);
    uint32_t parts = 0;
    uint32_t seen = 0;
    for (uint32_t tick = 0; tick < 200; ++tick) {
      for (ServerId id = 1; id <= 3; ++id) c.tick(id);
      while (!c.flying().empty()) {
        const bool part = std::holds_alternative<InstallSnapshot<Word>>(c.flying()[0].body);
        parts += part ? 1 : 0;
        if (part && ++seen % 2 == 1)
          c.drop(0);
        else
          c.deliver(0);
      }
      c.settle();
    }
    CHECK(c.broken() == "");
    CHECK(parts >= 10);
    CHECK(c[3].storage().snapshot != nullptr);
    CHECK(c[3].commit_index() == c.committed());
    CHECK(c[3].storage().snapshot->state == c[1].storage().snapshot->state);
    c.crash(3);
    c.start(3);
    CHECK(c[3].commit_index() >= 15);
    CHECK(c[3].membership()->voters == Servers{1, 2, 3});
  }

  TEST_CASE("a snapshot keeps what follows it in the log, and replaces a log that it does not fit") {
    InstallSnapshot<Word> m;
    m.index = 2;
    m.last_term = 1;
    m.membership = std::make_shared<const Membership>(Membership{.voters = {1, 2, 3, 4}});
    m.membership_index = 1;
    m.state = std::make_shared<const StateOf<Word>::Type>(StateOf<Word>::Type{{9, 2}});
    TestServer fits = server_of(config_of(1, 3), storage_of({1, 1, 2}, 2));
    fits.handle(message_of(2, 1, 2, m));
    CHECK(fits.log_length() == 3);
    CHECK(fits.storage().log.trimmed_to() == 2);
    CHECK(fits.commit_index() == 2);
    TestServer other = server_of(config_of(1, 3), storage_of({1, 2, 2}, 2));
    other.handle(message_of(2, 1, 2, m));
    CHECK(other.log_length() == 2);
    CHECK(other.membership()->voters.size() == 4);
    CHECK(other.storage().marks.last_term() == 1);
    const auto sent = sent_by(other);
    CHECK(find_body<AppendAnswer>(sent, 2)->match == 2);
  }
}

TEST_SUITE("raft 6: one server becomes a cluster") {
  TEST_CASE("a server alone leads and commits at once, and others join it as learners that are promoted") {
    Config config;
    Cluster c(4, config, true, 1, 1);
    c.run(25);
    REQUIRE(c.leader() == 1);
    for (uint32_t i = 0; i < 10; ++i) c.propose(1, i);
    c.settle();
    CHECK(c.committed() == 11);
    c.read(1);
    CHECK(c.reads_done() == 1);
    CHECK(c[2].log_length() == 0);
    REQUIRE(c[1].reconfigure({1, 2, 3, 4}));
    c.pump(1);
    c.run(20);
    CHECK(c[1].membership()->voters == Servers{1, 2, 3, 4});
    CHECK_FALSE(c[1].membership()->joint());
    for (ServerId id = 1; id <= 4; ++id) CHECK(c[id].commit_index() == c.committed());
    CHECK(c.broken() == "");
  }

  TEST_CASE("a server that nobody has added waits and never campaigns") {
    Config config;
    config.id = 9;
    TestServer server = server_of(config, storage_of({}, 0));
    server.tick(200);
    CHECK(server.role() == Role::follower);
    CHECK(server.term() == 0);
    CHECK(sent_by(server).empty());
  }

  TEST_CASE("a new server's id is the index of a committed entry, so no two are alike") {
    Cluster c(3, {}, false, 1);
    CHECK_FALSE(c[1].propose_id());
    c.elect(1);
    const Placed first = *c[1].propose_id();
    c.pump(1);
    c.crash(1);
    c.run(60);
    const ServerId leader = c.leader();
    REQUIRE(leader > 1);
    const Placed second = *c[leader].propose_id();
    c.pump(leader);
    c.settle();
    // The first may or may not have been committed; where it was not, another term stands there.
    CHECK(c[leader].commit_index() >= second.index);
    CHECK(c[leader].mark_at(second.index).term == second.term);
    CHECK((first.index != second.index || first.term != second.term));
  }

  TEST_CASE("gossip finds everybody and the leader from any seed, and follows a server that moves") {
    constexpr uint32_t kServers = 6;
    const auto address = [](ServerId id) { return "host-" + std::to_string(id); };
    std::vector<Gossip> all;
    // Each knows only the one before it; the last one has no id yet.
    for (ServerId id = 1; id <= kServers; ++id)
      all.emplace_back(Contact{id < kServers ? id : 0, 1, address(id)}, std::vector<std::string>{address(id == 1 ? 1 : id - 1)}, 2, id);
    all[2].learn_leader(7, 3);
    bool moved = false;
    const auto rounds = [&](int count) {
      for (int round = 0; round < count; ++round) {
        std::vector<GossipMessage> flying;
        for (Gossip& g : all) {
          g.tick();
          for (GossipMessage& m : g.take_outgoing()) flying.push_back(std::move(m));
        }
        for (size_t i = 0; i < flying.size(); ++i) {
          for (ServerId id = 1; id <= kServers; ++id)
            if (flying[i].to == (id == 2 && moved ? "moved" : address(id))) {
              all[id - 1].handle(flying[i]);
              for (GossipMessage& m : all[id - 1].take_outgoing()) flying.push_back(std::move(m));
              break;
            }
        }
      }
    };
    rounds(60);
    for (const Gossip& g : all) {
      CHECK(g.leader() == 3);
      CHECK(g.term() == 7);
      CHECK(g.contacts().size() == kServers - 1);
    }
    // An older rumour about the leader is not believed; a server that starts again elsewhere is.
    all[0].learn_leader(6, 1);
    CHECK(all[0].leader() == 3);
    moved = true;
    all[1] = Gossip(Contact{2, 1, "moved"}, {address(4)}, 2, 99);
    rounds(100);
    for (const Gossip& g : all) CHECK(*g.address_of(2) == "moved");
    all[5].take_id(40);
    rounds(60);
    for (const Gossip& g : all) CHECK(*g.address_of(40) == address(6));
  }

  TEST_CASE("gossip believes no endless lists and no endless addresses") {
    Gossip g(Contact{1, 1, "a"}, {}, 1, 1);
    Rumours rumours;
    for (ServerId id = 2; id < 500; ++id) rumours.contacts.push_back({id, 1, "x" + std::to_string(id)});
    rumours.contacts.insert(rumours.contacts.begin(), {2, 9, std::string(10'000, 'x')});
    g.handle({"a", "b", rumours});
    CHECK(g.contacts().size() == Gossip::kMaxContacts);
    CHECK(*g.address_of(2) == "x2");
  }
}
