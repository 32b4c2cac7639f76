// Fetching a sealed log (rules C3–C5): more donors need fewer rounds each, no donor is needed for good, and whoever is
// away at the wrong moment only delays.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "check/checker.h"
#include "omnipaxos/migration.h"
#include "sim/omnipaxos_protocol.h"

using namespace paxoscope;

namespace {

using Protocol = OmniPaxosProtocol<NoNotes>;
using Log = omnipaxos::Migration<int>;

constexpr ServerId A = 1, B = 2, C = 3, D = 4, E = 5, F = 6;

/// Counts who is asked for how many pieces of the log.
struct Requests {
  static constexpr bool enabled = true;
  std::map<ServerId, uint32_t> asked;
  LogIndex highest = 0;  ///< the end of what was asked for, half-open
  std::map<ServerId, ConfigurationId> led;  ///< the newest configuration in which this server sent an Accept

  void event_begins(const EventInfo&) {}
  void sent(const FlightInfo&, const Protocol::Message& message) {
    if (const auto* request = std::get_if<omnipaxos::SegmentRequest>(&message.body)) {
      ++asked[message.to];
      if (request->to > highest) highest = request->to;
    }
    if (std::holds_alternative<omnipaxos::Accept<Command>>(message.body))
      led[message.from] = std::max(led[message.from], message.configuration);
  }
  void delivered(const FlightInfo&) {}
  void lost(const FlightInfo&, bool) {}
  void noted(const std::vector<Note>&) {}
};

/// Six servers; the first `members` form configuration 1.
class Cluster {
 public:
  explicit Cluster(uint32_t members, std::vector<ClientConfig> clients = {}, uint64_t seed = 1, DiskConfig disk = {})
      : world_(config(members, std::move(clients), disk), {}, seed), checker_(world_) {}

  static WorldConfig config(uint32_t members, std::vector<ClientConfig> clients, DiskConfig disk) {
    WorldConfig config;
    config.disk = disk;
    config.servers = {A, B, C, D, E, F};
    for (ServerId id = 1; id <= members; ++id) config.members.push_back(id);
    config.first_leader = A;
    config.clients = std::move(clients);
    return config;
  }
  void act(const std::string& text) {
    const auto action = parse_action(text);
    REQUIRE_MESSAGE(action.has_value(), text);
    const auto done = world_.perform(*action, requests);
    REQUIRE_MESSAGE(done.has_value(), text);
    checker_.after_event(world_);
  }
  void run_for(TimeUs duration_us) {
    const TimeUs end = world_.now_us() + duration_us;
    while (world_.next_event_us() >= 0 && world_.next_event_us() <= end) step();
    world_.advance_to(end);
  }
  /// Plays until `holds` does; false after `most_us` of virtual time.
  template <class Holds>
  bool run_until(Holds&& holds, TimeUs most_us = 20'000'000) {
    const TimeUs end = world_.now_us() + most_us;
    while (!holds() && world_.now_us() <= end) step();
    return holds();
  }
  const Protocol::Server& server(ServerId id) const { return *world_.host(id)->server; }
  bool runs(ServerId id, ConfigurationId configuration) const {
    return world_.host(id)->server && server(id).configuration() == configuration;
  }
  /// What its disk says that it runs.
  ConfigurationId durably_runs(ServerId id) const { return Protocol::probe(world_.host(id)->durable).configuration; }
  bool sealed(ServerId id) const { return !server(id).values().sealed.empty(); }
  LogIndex decided() const { return checker_.chosen_length(); }
  TimeUs now_us() const { return world_.now_us(); }
  void expect_no_violation() const {
    CHECK_MESSAGE(!checker_.violated(), (checker_.violated() ? checker_.violations().front().text : ""));
  }

  Requests requests;

 private:
  void step() {
    if (!world_.step(requests)) FAIL("nothing is left to happen");
    checker_.after_event(world_);
  }
  World<Protocol> world_;
  Checker<Protocol> checker_;
};

/// Sixty clients at the leader who ask 200 times each: 12,000 entries, then silence.
std::vector<ClientConfig> crowd() {
  ClientConfig client{A, 500'000, 100, 60'000'000};
  client.stay = true;
  client.operations = 200;
  return std::vector<ClientConfig>(60, client);
}
std::vector<ClientConfig> one_at_each(uint32_t members) {
  std::vector<ClientConfig> clients;
  for (ServerId id = 1; id <= members; ++id) clients.push_back({id, 0, 20'000, 300'000});
  return clients;
}

/// 12,000 decided entries at `members` servers, everyone up to date; F's links take 10 ms each way.
Cluster long_log(uint32_t members) {
  Cluster cluster(members, crowd());
  REQUIRE(cluster.run_until([&] { return cluster.decided() >= 12'000; }, 120'000'000));
  cluster.run_for(1'000'000);
  for (const char* link : {"A-F", "B-F", "C-F", "D-F", "E-F"}) cluster.act("latency " + std::string(link) + " 10ms");
  return cluster;
}

struct Move {
  TimeUs took_us = 0;
  std::map<ServerId, uint32_t> asked;
  LogIndex highest = 0;
};

/// F joins the members (or some of them) of a cluster with a long log.
Move join(Cluster& cluster, const std::string& members) {
  cluster.act("reconfigure " + members);
  REQUIRE(cluster.run_until([&] { return cluster.server(F).joining() != nullptr; }));
  const TimeUs from_us = cluster.now_us();
  REQUIRE(cluster.run_until([&] { return cluster.runs(F, 2); }));
  cluster.expect_no_violation();
  return {cluster.now_us() - from_us, cluster.requests.asked, cluster.requests.highest};
}

omnipaxos::AttemptRuns no_attempts() { return {}; }

Entries<int> entries(LogIndex from, LogIndex to) {
  std::vector<int> values;
  for (LogIndex index = from; index < to; ++index) values.push_back(static_cast<int>(index));
  return Entries<int>::copy_of(values.begin(), values.end());
}

}  // namespace

TEST_SUITE("migration") {
  TEST_CASE("twice the donors need half the rounds, and half the requests each") {
    const char* members[] = {"A,F", "A,B,F", "A,B,C,F", "A,B,C,D,F"};
    TimeUs before_us = 0;
    std::string report;
    for (uint32_t donors = 1; donors <= 4; ++donors) {
      Cluster cluster = long_log(donors);
      const Move move = join(cluster, members[donors - 1]);
      REQUIRE(move.asked.size() == donors);
      uint32_t most = 0, all = 0;
      for (const auto& [donor, count] : move.asked) {
        most = std::max(most, count);
        all += count;
      }
      // 12,001 entries are 24 pieces of 512; two are under way from each donor at a time.
      CHECK(all == 24);
      CHECK(most == 24 / donors);
      CHECK(move.took_us == static_cast<TimeUs>(24 / donors / 2) * 20'000);
      if (donors > 1) CHECK(move.took_us < before_us);
      before_us = move.took_us;
      CHECK(cluster.server(F).values().sealed.back().sealed_length == 12'001);
      CHECK(move.highest == 12'002);  // the last remainder, with the stop-sign
      report += std::to_string(donors) + " donors: " + std::to_string(most) + " requests each, " +
                std::to_string(move.took_us / 1000) + " ms; ";
    }
    MESSAGE(report);
  }

  TEST_CASE("the leader of the next configuration is asked last") {
    Cluster cluster = long_log(3);
    const Move move = join(cluster, "A,B,C,F lead B");
    CHECK(move.asked.count(B) == 0);
    CHECK(move.asked.at(A) == 12);
    CHECK(move.asked.at(C) == 12);
  }

  TEST_CASE("the leader of the next configuration is asked when nobody else answers") {
    Cluster cluster = long_log(3);
    cluster.act("reconfigure A,B,F lead A");
    REQUIRE(cluster.run_until([&] { return cluster.server(F).joining() != nullptr; }));
    cluster.act("crash B");
    cluster.act("crash C");
    CHECK(cluster.run_until([&] { return cluster.runs(F, 2); }));
    CHECK(cluster.requests.asked[A] > 0);
    cluster.expect_no_violation();
  }

  TEST_CASE("the leader of the next configuration is asked when nobody else knows the end") {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      INFO("seed " << seed);
      Cluster cluster(4, one_at_each(4), seed);
      cluster.run_for(1'000'000);
      cluster.act("reconfigure A,B,C,D lead A");
      REQUIRE(cluster.run_until([&] { return cluster.sealed(A); }));
      cluster.act("isolate A");  // what it has sent is lost: B, C and D hold the stop-sign and do not know it decided
      cluster.act("heal all");
      CHECK(cluster.run_until([&] { return cluster.runs(B, 2) && cluster.runs(C, 2) && cluster.runs(D, 2); }));
      cluster.expect_no_violation();
    }
  }

  TEST_CASE("a dead donor's share is asked elsewhere") {
    Cluster cluster = long_log(3);
    cluster.act("reconfigure A,B,C,F");
    REQUIRE(cluster.run_until([&] { return cluster.server(F).joining() != nullptr; }));
    cluster.act("crash C");
    const TimeUs from_us = cluster.now_us();
    REQUIRE(cluster.run_until([&] { return cluster.runs(F, 2); }));
    // Two resends of 250 ms, and a little for the pieces that were left.
    CHECK(cluster.now_us() - from_us < 600'000);
    CHECK(cluster.requests.asked[C] == 2);
    CHECK(cluster.requests.asked[A] + cluster.requests.asked[B] == 24);
    cluster.expect_no_violation();
  }

  TEST_CASE("a slow donor's share is asked elsewhere, and what it sends later changes nothing") {
    Cluster cluster = long_log(3);
    cluster.act("latency C-F 2s");
    const Move move = join(cluster, "A,B,F");
    CHECK(move.took_us < 600'000);
    CHECK(move.asked.at(C) == 2);
    cluster.run_for(5'000'000);
    CHECK(cluster.runs(F, 2));
    CHECK(cluster.server(F).decided_index() == cluster.decided());
    cluster.expect_no_violation();
  }

  TEST_CASE("property: whatever donors give or lose, each missing entry is fetched once and in its place") {
    CHECK(rc::check("pieces cover the range", [](uint16_t some, uint8_t donor_bits, uint8_t leader) {
      Rng rng(some * 257u + donor_bits);
      const LogIndex first = 1 + some % 7;
      const LogIndex end = first + some % 5000;
      const ServerSet donors = donor_bits == 0 ? 1u : donor_bits;
      Log migration(first, end, donors, leader % 9);
      std::vector<std::array<uint64_t, 3>> asked;  // donor, from, to
      for (int round = 0; round < 2000 && !migration.complete(); ++round) {
        migration.ask([&](ServerId donor, LogIndex from, LogIndex to) {
          RC_ASSERT(contains(donors, donor));
          RC_ASSERT(from >= first && from < to && to <= end && to - from <= Log::kMaxPiece);
          asked.push_back({donor, from, to});
        });
        std::map<uint64_t, uint32_t> per_donor;
        for (const auto& request : asked) RC_ASSERT(++per_donor[request[0]] <= Log::kMaxAsked);
        const auto due = std::move(asked);
        asked.clear();
        for (const auto& [donor, from, to] : due) {
          const int fate = static_cast<int>(rng.below(4));  // lost, part of it, all, all twice
          const LogIndex until = fate == 1 ? from + rng.below(to - from + 1) : to;
          for (int copy = 0; copy < (fate == 0 ? 0 : fate == 3 ? 2 : 1); ++copy)
            migration.take(from, entries(from, until), no_attempts(), static_cast<ServerId>(donor));
        }
        migration.resend();
        migration.resend();
      }
      RC_ASSERT(migration.complete());
      LogIndex next = first;
      for (const auto& piece : migration.pieces()) {
        RC_ASSERT(piece.from == next);
        RC_ASSERT(piece.entries.size() == piece.to - piece.from);
        next = piece.to;
      }
      RC_ASSERT(next == end);
    }));
  }
}

TEST_SUITE("away at the wrong moment") {
  TEST_CASE("the old majority goes down before anybody is told, and comes back") {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      INFO("seed " << seed);
      Cluster cluster(3, one_at_each(3), seed);
      cluster.run_for(1'000'000);
      cluster.act("reconfigure C,D,E");
      REQUIRE(cluster.run_until([&] { return cluster.sealed(A) || cluster.sealed(B) || cluster.sealed(C); }));
      const bool told = cluster.sealed(C);
      for (const char* fate : {"isolate A", "isolate B", "crash A", "crash B"}) cluster.act(fate);
      const LogIndex before = cluster.decided();
      cluster.run_for(3'000'000);
      if (!told) {
        CHECK(cluster.decided() == before);
        CHECK(cluster.server(C).configuration() == 1);
        CHECK(cluster.server(D).joining() == nullptr);
      }
      for (const char* fate : {"heal all", "restart A", "restart B"}) cluster.act(fate);
      REQUIRE(cluster.run_until([&] { return cluster.runs(C, 2) && cluster.runs(D, 2) && cluster.runs(E, 2); }));
      cluster.run_for(2'000'000);
      CHECK(cluster.decided() > before + 5);
      CHECK(cluster.server(A).may_stop());
      CHECK(cluster.server(B).may_stop());
      cluster.expect_no_violation();
    }
  }

  TEST_CASE("the joining server dies with half of the log, and starts again when it returns") {
    Cluster cluster = long_log(3);
    cluster.act("reconfigure A,B,F");
    REQUIRE(cluster.run_until([&] {
      const auto* joining = cluster.server(F).joining();
      return joining != nullptr && joining->migration.pieces()[3].done;
    }));
    cluster.act("crash F");
    cluster.run_for(2'000'000);
    CHECK(cluster.runs(A, 2));
    cluster.act("restart F");
    CHECK(cluster.server(F).log_length() == 0);
    REQUIRE(cluster.run_until([&] { return cluster.runs(F, 2); }));
    CHECK(cluster.server(F).values().sealed.back().sealed_length == 12'001);
    cluster.expect_no_violation();
  }

  TEST_CASE("a server that dies while it joins is replaced by another attempt") {
    Cluster cluster(3, one_at_each(3));
    cluster.run_for(1'000'000);
    cluster.act("reconfigure A,B,D");
    REQUIRE(cluster.run_until([&] { return cluster.server(D).joining() != nullptr; }));
    cluster.act("crash D");
    REQUIRE(cluster.run_until([&] { return cluster.runs(A, 2) && cluster.server(A).is_leader(); }));
    cluster.act("reconfigure A,B,E");
    REQUIRE(cluster.run_until([&] { return cluster.runs(E, 3); }));
    const LogIndex before = cluster.decided();
    cluster.act("restart D");
    cluster.run_for(2'000'000);
    CHECK(cluster.decided() > before + 10);
    CHECK(cluster.server(D).configuration() == 0);
    cluster.expect_no_violation();
  }

  TEST_CASE("a timer that starts with a configuration takes its whole time") {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      INFO("seed " << seed);
      Cluster cluster(3, one_at_each(3), seed);
      cluster.run_for(1'000'000);
      cluster.act("reconfigure A,B,C lead B");
      REQUIRE(cluster.run_until([&] { return cluster.runs(A, 2) && cluster.runs(B, 2) && cluster.runs(C, 2); }));
      cluster.run_for(1'000'000);
      // A round cut short would hear nobody, and someone would depose the named leader.
      CHECK(cluster.server(B).is_leader());
      CHECK(cluster.server(B).values().promised == cluster.server(B).values().named);
    }
  }

  TEST_CASE("a named leader sends nothing before its start is durable; after a crash before that it may start again") {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      INFO("seed " << seed);
      Cluster cluster(3, one_at_each(3), seed, {5'000, 20'000});
      cluster.run_for(1'000'000);
      cluster.act("reconfigure A,B,C lead B");
      REQUIRE(cluster.run_until([&] { return cluster.runs(B, 2); }));
      if (seed % 2 == 0) {
        cluster.act("crash B");
        cluster.run_for(30'000);
        cluster.act("restart B");
      }
      cluster.run_until([&] { return cluster.requests.led[B] == 2; }, 1'000'000);
      if (cluster.requests.led[B] == 2) CHECK(cluster.durably_runs(B) == 2);
      const LogIndex before = cluster.decided();
      cluster.run_for(3'000'000);
      CHECK(cluster.decided() > before + 10);
      cluster.expect_no_violation();
    }
  }

  TEST_CASE("a removed server learns what became of its proposals") {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      INFO("seed " << seed);
      Cluster cluster(3, {}, seed);
      cluster.run_for(1'000'000);
      cluster.act("propose C lost=1");
      cluster.run_for(5'000);
      cluster.act("isolate C");
      cluster.act("propose C kept=1");
      cluster.act("reconfigure A,B,D");
      REQUIRE(cluster.run_until([&] { return cluster.runs(D, 2); }));
      CHECK(cluster.server(C).configuration() == 1);
      CHECK(cluster.server(C).proposer().unsettled() == 2);
      cluster.act("heal all");
      REQUIRE(cluster.run_until([&] { return cluster.server(C).configuration() == 0; }));
      CHECK(cluster.server(C).proposer().unsettled() == 0);
      cluster.expect_no_violation();
    }
  }

  TEST_CASE("what is proposed while a removed server fetches the end of its log is settled too") {
    Cluster cluster(3);
    cluster.run_for(1'000'000);
    cluster.act("isolate C");
    cluster.act("reconfigure A,B,D");
    REQUIRE(cluster.run_until([&] { return cluster.runs(D, 2); }));
    cluster.act("heal all");
    REQUIRE(cluster.run_until([&] { return cluster.server(C).joining() != nullptr; }));
    cluster.act("propose C late=1");
    CHECK(cluster.server(C).proposer().unsettled() == 1);
    REQUIRE(cluster.run_until([&] { return cluster.server(C).configuration() == 0; }));
    CHECK(cluster.server(C).proposer().unsettled() == 0);
  }
}
