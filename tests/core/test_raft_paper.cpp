// Raft by the sections of its paper: given a server's state, on a message, then its state and what it sends.
#include <doctest/doctest.h>

#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

Config config_with(uint32_t servers = 3) { return config_of(1, servers); }
/// Server 1 with such a log.
TestServer given(const std::vector<Term>& terms, Term term, ServerId vote = 0, uint32_t servers = 3) {
  TestServer server = server_of(config_with(servers), storage_of(terms, term, vote));
  sent_by(server);
  return server;
}
/// The same, leading the next term with the votes of 2 and 3; what it sent is gone.
TestServer leading(const std::vector<Term>& terms, Term term, uint32_t servers = 3, Config config = {}) {
  config.id = 1;
  for (ServerId id = 1; id <= servers; ++id) config.initial.voters.add(id);
  TestServer server = server_of(config, storage_of(terms, term));
  server.fire_election();
  sent_by(server);
  for (ServerId id = 2; id <= servers / 2 + 1; ++id)
    server.handle(message_of(id, 1, term + 1, VoteAnswer{true}));
  REQUIRE(server.is_leader());
  sent_by(server);
  return server;
}
std::vector<TestMessage> answers(TestServer& server, const TestMessage& m) {
  server.handle(m);
  return sent_by(server);
}
AppendAnswer taken(LogIndex match) { return {true, match, 0, 0, 0}; }

}  // namespace

TEST_SUITE("raft paper 5.1, 5.2: terms and elections") {
  TEST_CASE("a server starts as a follower in the term that its disk holds") {
    TestServer server = given({1, 3}, 4, 2);
    CHECK(server.role() == Role::follower);
    CHECK(server.term() == 4);
    CHECK(server.values().vote == 2);
    CHECK(server.leader() == 0);
  }

  TEST_CASE("whatever names a newer term is followed; whatever names an older one is refused") {
    for (Role role : {Role::follower, Role::candidate, Role::leader}) {
      TestServer server = role == Role::leader ? leading({1}, 1) : given({1}, 2);
      if (role == Role::candidate) server.fire_election();
      const auto sent = answers(server, message_of(3, 1, 9, AppendAnswer{}));
      CHECK(server.role() == Role::follower);
      CHECK(server.term() == 9);
      CHECK(server.values().vote == 0);
      const auto old = answers(server, message_of(2, 1, 3, Heartbeat{1, 0, 0, true}));
      REQUIRE(find_body<Refused>(old, 2) != nullptr);
      CHECK(old[0].term == 9);
      const auto vote = answers(server, message_of(2, 1, 3, VoteRequest{9, 9, false}));
      CHECK_FALSE(find_body<VoteAnswer>(vote, 2)->granted);
    }
  }

  TEST_CASE("a follower that hears nothing for its timeout votes for itself and asks the others") {
    TestServer server = given({1}, 1);
    uint32_t ticks = 0;
    while (server.role() == Role::follower && ticks < 100) {
      server.tick();
      ++ticks;
    }
    CHECK(ticks >= server.config().election_ticks);
    CHECK(ticks < 2 * server.config().election_ticks);
    CHECK(server.role() == Role::candidate);
    CHECK(server.term() == 2);
    CHECK(server.values().vote == 1);
    const auto sent = sent_by(server);
    CHECK(sent.size() == 2);
    CHECK(find_body<VoteRequest>(sent, 2)->last_index == 1);
    CHECK(find_body<VoteRequest>(sent, 3)->last_term == 1);
  }

  TEST_CASE("timeouts are drawn from the seed and cover the whole range") {
    std::vector<uint32_t> seen(20);
    for (uint64_t seed = 0; seed < 300; ++seed) {
      Config config = config_with();
      config.seed = seed;
      TestServer a = server_of(config, storage_of({}, 0));
      TestServer b = server_of(config, storage_of({}, 0));
      REQUIRE(a.election_timeout_ticks() == b.election_timeout_ticks());
      REQUIRE(a.ticks_to_next_timer() == a.election_timeout_ticks());
      ++seen[a.election_timeout_ticks()];
    }
    for (uint32_t ticks = 10; ticks < 20; ++ticks) CHECK(seen[ticks] > 0);
  }

  TEST_CASE("quiet ticks at once are the same as one by one") {
    TestServer a = given({1}, 1);
    TestServer b = a;
    const uint32_t quiet = a.ticks_to_next_timer() - 1;
    a.pass_quiet_ticks(quiet);
    for (uint32_t i = 0; i < quiet; ++i) b.tick();
    Hasher of_a, of_b;
    a.add_to(of_a);
    b.add_to(of_b);
    CHECK(of_a.value() == of_b.value());
    a.tick();
    CHECK(a.role() == Role::candidate);
  }

  TEST_CASE("an election is won by a majority, lost by a majority, and open in between") {
    struct Row {
      uint32_t servers;
      std::vector<bool> votes;
      Role role;
    };
    for (const Row& row : {Row{1, {}, Role::leader}, Row{3, {true}, Role::leader}, Row{3, {}, Role::candidate},
                           Row{3, {false}, Role::candidate}, Row{3, {false, false}, Role::follower},
                           Row{5, {true, false, false}, Role::candidate}, Row{5, {true, true}, Role::leader},
                           Row{5, {false, false, false}, Role::follower}}) {
      TestServer server = given({}, 0, 0, row.servers);
      server.fire_election();
      for (size_t i = 0; i < row.votes.size(); ++i)
        server.handle(message_of(static_cast<ServerId>(i + 2), 1, 1, VoteAnswer{row.votes[i]}));
      CHECK(server.role() == row.role);
    }
  }

  TEST_CASE("one vote per term, first come, first served; the same candidate may ask again") {
    for (const auto& [vote, candidate, granted] : {std::tuple{0u, 2u, true}, {2u, 2u, true}, {3u, 2u, false}, {0u, 3u, true}}) {
      TestServer server = given({1}, 4, vote);
      const auto sent = answers(server, message_of(candidate, 1, 4, VoteRequest{1, 1, false}));
      CHECK(find_body<VoteAnswer>(sent, candidate)->granted == granted);
      CHECK(server.values().vote == (granted ? candidate : vote));
    }
  }

  TEST_CASE("a candidate that hears the leader of its term follows it; a repeated vote does not count twice") {
    TestServer server = given({}, 0, 0, 5);
    server.fire_election();
    server.handle(message_of(2, 1, 1, VoteAnswer{true}));
    server.handle(message_of(2, 1, 1, VoteAnswer{true}));
    CHECK(server.role() == Role::candidate);
    server.handle(message_of(3, 1, 1, Heartbeat{1, 0, 0, true}));
    CHECK(server.role() == Role::follower);
    CHECK(server.leader() == 3);
    CHECK(server.values().vote == 1);
  }

  TEST_CASE("votes and terms survive a restart, roles do not") {
    TestServer server = leading({1}, 1);
    TestStorage storage = server.storage();
    TestServer again = server_of(config_with(), storage);
    CHECK(again.role() == Role::follower);
    CHECK(again.term() == 2);
    CHECK(again.values().vote == 1);
    CHECK(again.values().incarnation == server.values().incarnation + 1);
  }

  TEST_CASE("a new leader announces itself to everybody at once") {
    TestServer server = given({1}, 1);
    server.fire_election();
    sent_by(server);
    const auto sent = answers(server, message_of(2, 1, 2, VoteAnswer{true}));
    for (ServerId id : {2u, 3u}) {
      REQUIRE(find_body<AppendEntries<Word>>(sent, id) != nullptr);
      CHECK(find_body<AppendEntries<Word>>(sent, id)->mark.kind == EntryKind::no_op);
      CHECK(find_body<Heartbeat>(sent, id) != nullptr);
    }
  }
}

TEST_SUITE("raft paper 5.3: replication") {
  TEST_CASE("entries are taken behind one that agrees, refused elsewhere, and only conflicts are cut") {
    struct Row {
      const char* what;
      std::vector<Term> log;
      LogIndex previous;
      Term previous_term;
      std::vector<Term> entries;
      bool taken;
      std::vector<Term> after;
    };
    for (const Row& row : {Row{"the next entries", {1, 1}, 2, 1, {2, 2}, true, {1, 1, 2, 2}},
                           Row{"at the beginning", {}, 0, 0, {2}, true, {2}},
                           Row{"a gap", {1, 1}, 3, 1, {2}, false, {1, 1}},
                           Row{"another term before", {1, 1, 2}, 3, 3, {3}, false, {1, 1, 2}},
                           Row{"conflict", {1, 2, 2}, 1, 1, {3}, true, {1, 3}},
                           Row{"conflict behind what agrees", {1, 2, 2}, 0, 0, {1, 2, 3}, true, {1, 2, 3}},
                           Row{"held already", {1, 3, 3, 3}, 1, 1, {3}, true, {1, 3, 3, 3}},
                           Row{"held already, of several terms", {1, 2, 3, 3}, 0, 0, {1, 2, 3}, true, {1, 2, 3, 3}},
                           Row{"held in part", {1, 3, 3}, 1, 1, {3, 3, 3, 3}, true, {1, 3, 3, 3, 3}},
                           Row{"of several terms", {1}, 1, 1, {1, 2, 2, 3}, true, {1, 1, 2, 2, 3}},
                           Row{"nothing, agreeing", {1, 2}, 2, 2, {}, true, {1, 2}},
                           Row{"nothing, not agreeing", {1, 2}, 2, 3, {}, false, {1, 2}}}) {
      CAPTURE(row.what);
      TestServer server = given(row.log, 3);
      const auto sent =
          answers(server, message_of(2, 1, 3, entries_of(row.previous, row.previous_term, row.entries)));
      REQUIRE(find_body<AppendAnswer>(sent, 2) != nullptr);
      CHECK(find_body<AppendAnswer>(sent, 2)->taken == row.taken);
      if (row.taken) CHECK(find_body<AppendAnswer>(sent, 2)->match == row.previous + row.entries.size());
      CHECK(terms_of(server) == row.after);
    }
  }

  TEST_CASE("a refusal says where the logs may agree, and the leader skips whole terms") {
    // Figure 7: what each follower lacks or has too much of, against the leader of term 8.
    const std::vector<Term> leader = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
    for (const bool empty_probes : {false, true}) {
      for (const std::vector<Term>& follower : {std::vector<Term>{1, 1, 1, 4, 4, 5, 5, 6, 6}, {1, 1, 1, 4},
                                                {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7},
                                                {1, 1, 1, 4, 4, 4, 4}, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}, {}}) {
        Config config = config_of(1, 3);
        config.empty_probes = empty_probes;
        TestServer a = server_of(config, storage_of(leader, 7));
        TestServer b = server_of(config_of(2, 3), storage_of(follower, 7));
        a.fire_election();
        sent_by(a);
        a.handle(message_of(3, 1, 8, VoteAnswer{true}));
        REQUIRE(a.is_leader());
        uint32_t refusals = 0;
        bool agrees = false;
        for (int turn = 0; turn < 40; ++turn) {
          for (const TestMessage& m : sent_by(a)) {
            if (m.to != 2) continue;
            const auto* append = std::get_if<AppendEntries<Word>>(&m.body);
            if (append != nullptr && !agrees) CHECK((append->entries.size() == 0) == empty_probes);
            b.handle(m);
          }
          for (const TestMessage& m : sent_by(b)) {
            const auto* answer = std::get_if<AppendAnswer>(&m.body);
            refusals += answer != nullptr && !answer->taken ? 1 : 0;
            agrees = agrees || (answer != nullptr && answer->taken);
            a.handle(m);
          }
        }
        CHECK(terms_of(b) == terms_of(a));
        CHECK(b.commit_index() == 11);
        CHECK(refusals <= 3);
      }
    }
  }

  TEST_CASE("after a loss the leader sends half as far ahead, and further again with what arrives") {
    Config config;
    config.max_message_entries = 1;
    config.window_entries = 64;
    TestServer server = leading({}, 0, 3, config);
    const auto appends = [&](const TestMessage& m) {
      size_t count = 0;
      for (const TestMessage& sent : answers(server, m))
        count += sent.to == 2 && std::holds_alternative<AppendEntries<Word>>(sent.body);
      return count;
    };
    server.handle(message_of(2, 1, 1, taken(1)));
    for (uint32_t i = 0; i < 40; ++i) REQUIRE(server.propose(Word{i}));
    sent_by(server);
    REQUIRE(server.progress()[0].next == 42);
    // Entry 2 is lost, so entry 3 is refused: a probe.
    CHECK(appends(message_of(2, 1, 1, AppendAnswer{false, 0, 2, 1, 1})) == 1);
    CHECK(appends(message_of(2, 1, 1, taken(2))) == 21);  // half of 40, and one for the one that arrived
    CHECK(appends(message_of(2, 1, 1, taken(3))) == 2);
    // Refusals of what was sent before the loss go on arriving: the leader sends ever less, not everything each time.
    size_t sent = 0;
    for (LogIndex previous = 10; previous < 40; ++previous) {
      sent += appends(message_of(2, 1, 1, AppendAnswer{false, 0, previous, 3, 1}));
      sent += appends(message_of(2, 1, 1, taken(3)));
    }
    CHECK(sent < 150);
  }

  TEST_CASE("an entry is committed once a majority holds it, and followers hear of it at once") {
    TestServer server = leading({}, 0, 5);
    REQUIRE(server.propose(Word{7})->index == 2);
    sent_by(server);
    CHECK(server.commit_index() == 0);
    server.handle(message_of(2, 1, 1, taken(2)));
    CHECK(server.commit_index() == 0);
    const auto sent = answers(server, message_of(3, 1, 1, taken(2)));
    CHECK(server.commit_index() == 2);
    REQUIRE(find_body<Heartbeat>(sent, 3) != nullptr);
    CHECK(find_body<Heartbeat>(sent, 3)->commit == 2);
  }

  TEST_CASE("answers of another term, and late ones, change nothing") {
    TestServer server = leading({1}, 1);
    server.handle(message_of(2, 1, 1, taken(2)));
    CHECK(server.commit_index() == 0);
    server.handle(message_of(2, 1, 2, taken(2)));
    CHECK(server.commit_index() == 2);
    server.handle(message_of(2, 1, 2, taken(1)));
    CHECK(server.progress()[0].match == 2);
    server.handle(message_of(2, 1, 2, AppendAnswer{false, 0, 1, 0, 0}));
    CHECK(server.progress()[0].next == 3);
  }

  TEST_CASE("a leader never cuts its own log, and a follower commits what the leader says as far as it holds it") {
    TestServer server = given({1, 1}, 1);
    server.handle(message_of(2, 1, 1, entries_of(2, 1, 1, {3}, 9)));
    CHECK(server.commit_index() == 3);
    server.handle(message_of(2, 1, 1, entries_of(3, 1, 1, {4, 5}, 4)));
    CHECK(server.commit_index() == 4);
    server.handle(message_of(2, 1, 1, entries_of(2, 1, 1, {3}, 2)));
    CHECK(server.commit_index() == 4);
    CHECK(server.log_length() == 5);
  }

  TEST_CASE("answers to appends leave when they are durable, and one speaks for all before it") {
    TestServer server = server_of(config_with(), storage_of({1}, 1, 0, false));
    sent_by(server);
    const auto reach = [&](uint64_t write) {
      server.storage().state.set_durable(write);
      server.storage_progress();
      return sent_by(server);
    };
    reach(1);
    for (LogIndex previous : {1u, 2u, 3u})
      for (const TestMessage& m : answers(server, message_of(2, 1, 1, entries_of(previous, 1, 1, {9}))))
        if (const auto* answer = std::get_if<AppendAnswer>(&m.body)) CHECK(answer->match <= 1);
    const auto sent = reach(server.storage().state.written());
    CHECK(sent.size() == 1);
    CHECK(find_body<AppendAnswer>(sent, 2)->match == 4);
  }

  TEST_CASE("an answer waits for its term too: who falls back to an older term may cut what it acknowledged") {
    TestServer server = server_of(config_with(), storage_of({1, 1}, 1, 0, false));
    sent_by(server);
    server.storage().state.set_durable(1);
    const auto early = answers(server, message_of(2, 1, 2, entries_of(2, 1, 2, {})));
    CHECK(find_body<AppendAnswer>(early, 2) == nullptr);
    server.storage().state.set_durable(server.storage().state.written());
    const auto late = sent_by(server);
    REQUIRE(find_body<AppendAnswer>(late, 2) != nullptr);
    CHECK(find_body<AppendAnswer>(late, 2)->match == 2);
  }

  TEST_CASE("a disk that stands still for ever fills no queue") {
    TestServer server = server_of(config_with(), storage_of({1}, 1, 0, false));
    size_t sent = 0;
    for (Term term = 2; term < 5'000; ++term) {
      server.handle(message_of(2, 1, term, entries_of(1, 1, term, {9})));
      for (uint32_t i = 0; i < 3; ++i) server.handle(message_of(3, 1, term, VoteRequest{9, term, false}));
      for (const TestMessage& m : sent_by(server)) sent += std::holds_alternative<Refused>(m.body) ? 0 : 1;
    }
    CHECK(sent == 0);
    server.storage().state.set_durable(server.storage().state.written());
    server.storage_progress();
    CHECK(sent_by(server).size() < 20);
    CHECK(server.flushed_length() == 2);
  }
}

TEST_SUITE("raft paper 5.4: safety") {
  TEST_CASE("votes go to logs that are at least as up to date: last term, then length") {
    struct Row {
      std::vector<Term> log;
      LogIndex last_index;
      Term last_term;
      bool granted;
    };
    for (const Row& row : {Row{{1, 1}, 2, 1, true}, Row{{1, 1}, 3, 1, true}, Row{{1, 1}, 1, 1, false},
                           Row{{1, 1}, 1, 2, true}, Row{{1, 2}, 5, 1, false}, Row{{}, 0, 0, true}, Row{{1}, 0, 0, false}}) {
      TestServer server = given(row.log, 2);
      const auto sent = answers(server, message_of(2, 1, 3, VoteRequest{row.last_index, row.last_term, false}));
      CHECK(find_body<VoteAnswer>(sent, 2)->granted == row.granted);
    }
  }

  TEST_CASE("entries of older terms are committed with the first of the own") {
    TestServer server = leading({1, 1}, 1);
    server.handle(message_of(2, 1, 2, taken(2)));
    CHECK(server.commit_index() == 0);
    server.handle(message_of(2, 1, 2, taken(3)));
    CHECK(server.commit_index() == 3);
  }

  TEST_CASE("a refused candidate raises the term of the others and its own timer goes on") {
    TestServer server = given({1, 2}, 2);
    for (int i = 0; i < 5; ++i) server.tick();
    server.handle(message_of(2, 1, 3, VoteRequest{1, 1, false}));
    CHECK(server.term() == 3);
    CHECK(server.election_elapsed_ticks() == 5);
    server.handle(message_of(3, 1, 3, VoteRequest{9, 2, false}));
    CHECK(server.election_elapsed_ticks() == 0);
  }
}
