// P10, C4, C6: whatever storage operation is a server's last before it crashes, it comes back with what it had promised
// and decided, and the cluster goes on.
#include <algorithm>

#include "base/rng.h"
#include "crash_points.h"

using namespace paxoscope;
using namespace paxoscope::crash_points;

namespace {

constexpr ServerId A = 1, B = 2, C = 3, D = 4;

ServerSet set_of(std::initializer_list<ServerId> ids) {
  ServerSet set = 0;
  for (ServerId id : ids) set |= server_bit(id);
  return set;
}

/// "Accept 0 1": handlers of Accept were met with no and with one storage operation, and were crashed after each.
std::string handlers(const Explorer& explorer) {
  std::map<std::string, std::string> operations;
  for (const auto& [point, count] : explorer.tried) {
    const size_t space = point.rfind(' '), slash = point.rfind('/');
    const std::string most = point.substr(slash + 1);
    if (point.substr(space + 1, slash - space - 1) == most) operations[point.substr(0, space)] += " " + most;
  }
  std::string text;
  for (const auto& [name, numbers] : operations) text += (text.empty() ? "" : "; ") + name + numbers;
  return text;
}

/// Prints what was tried, and that it is all that is expected: a test that shrinks must not go unnoticed.
void expect_tried(const Explorer& explorer, size_t points, uint32_t at_least_times) {
  uint32_t times = 0;
  for (const auto& [point, count] : explorer.tried) times += count;
  MESSAGE(explorer.tried.size(), " crash points, met ", times, " times, ", explorer.forks, " runs: ",
          handlers(explorer));
  CHECK(explorer.tried.size() == points);
  CHECK(times >= at_least_times);
  CHECK(explorer.forks == 2 * times);
  CHECK(explorer.failures.size() == 0);
  for (const std::string& failure : explorer.failures) MESSAGE(failure);
}

/// Anything in any order: messages overtake, repeat and are lost, servers come, go and are cut off, clusters change.
void wander(Cluster& cluster, Rng& rng, ServerId servers, uint32_t steps) {
  char next = 'a';
  const auto anyone = [&] { return static_cast<ServerId>(1 + rng.below(servers)); };
  for (; steps > 0 && cluster.wrong().empty(); --steps) {
    const ServerId id = anyone();
    switch (rng.below(16)) {
      case 0:
      case 1:
        if (cluster.up(id)) cluster.propose(id, next = next == 'z' ? 'a' : static_cast<char>(next + 1));
        break;
      case 2:
        if (cluster.up(id) && rng.below(3) == 0) cluster.crash(id);
        break;
      case 3:
      case 4:
        if (!cluster.up(id)) cluster.start(id);
        break;
      case 5:
        if (rng.below(3) == 0) cluster.cut_off(id);
        break;
      case 6:
        cluster.heal();
        break;
      case 7: {
        const ServerId leader = cluster.leader();
        ServerSet members = 0;
        for (int i = 0; i < 4; ++i) members |= server_bit(anyone());
        if (leader == 0 || rng.below(4) != 0) break;
        cluster.reconfigure(leader, members, rng.below(3) == 0 ? ids_in(members).back() : 0);
        break;
      }
      case 8:
      case 9:
      case 10:
        for (ServerId each = 1; each <= servers; ++each)
          if (cluster.up(each)) cluster.tick(each);
        break;
      default:
        for (int i = 0; i < 8 && cluster.in_flight() > 0; ++i) {
          const bool again = rng.below(10) == 0;  // compilers differ in which argument they draw first
          cluster.deliver(rng.below(cluster.in_flight()), again);
        }
    }
  }
}

}  // namespace

TEST_SUITE("crash points") {
  TEST_CASE("elections, replication and forwards") {
    Explorer explorer;
    Cluster cluster(3, 3, &explorer);
    cluster.run(7);
    const ServerId first = cluster.leader();
    REQUIRE(first != 0);
    cluster.propose(first, 'a');
    cluster.propose(first, 'b');
    cluster.deliver_all();
    for (ServerId id : {A, B, C})
      if (id != first) cluster.propose(id, static_cast<char>('c' + id));
    cluster.deliver_all();
    // The leader is cut off with an entry of its own, another takes over, and the first is told.
    cluster.cut_off(first);
    cluster.propose(first, 'x');
    cluster.run(8);
    const ServerId second = cluster.leader();
    cluster.propose(second, 'y');
    cluster.deliver_all();
    cluster.heal();
    cluster.run(7);
    // A crash and a restart.
    const ServerId third = cluster.leader();
    REQUIRE(third != 0);
    const ServerId follower = third == A ? B : A;
    cluster.crash(follower);
    cluster.propose(third, 'z');
    cluster.run(2);
    cluster.start(follower);
    cluster.run(3);
    cluster.crash(third);
    cluster.run(4);
    cluster.start(third);
    cluster.run(6);
    REQUIRE_MESSAGE(cluster.wrong().empty(), cluster.wrong());
    expect_tried(explorer, 33, 200);
    CHECK(handlers(explorer) ==
          "Accept 0 1; AcceptSync 1 2; Accepted 0 1; Decide 0 1; Forward 1; NotAccepted 0; Prepare 0 1; "
          "PrepareRequest 0; Promise 0 1; propose 0; propose, leader 1; resend 0; round ends 0 1; start 1");
  }

  TEST_CASE("a reconfiguration with a new member, and back") {
    Explorer explorer;
    Cluster cluster(4, 3, &explorer);
    cluster.run(7);
    cluster.propose(A, 'a');
    cluster.deliver_all();
    cluster.reconfigure(cluster.leader(), set_of({B, C, D}));
    cluster.run(8);
    CHECK(cluster.members() == set_of({B, C, D}));
    cluster.propose(D, 'b');
    cluster.run(3);
    cluster.reconfigure(B, set_of({A, B, C}));
    cluster.run(8);
    CHECK(cluster.members() == set_of({A, B, C}));
    REQUIRE_MESSAGE(cluster.wrong().empty(), cluster.wrong());
    expect_tried(explorer, 44, 200);
    CHECK(handlers(explorer) ==
          "Accept 0 1; AcceptSync 1; Accepted 0 1; Accepted, seals 2; Complete 0; Decide 0 1; Decide, seals 2; "
          "Forward 1; NewConfiguration 0; NotAccepted 0; Prepare 0 1; Promise 0 1; Segment 0; Segment, installs "
          "1; SegmentRequest 0; propose 0; propose stop 0; propose stop, leader 1; propose, leader 1; resend 0; "
          "round ends 0 1; start 1");
  }

  TEST_CASE("a reconfiguration that names its leader") {
    Explorer explorer;
    Cluster cluster(4, 3, &explorer);
    cluster.run(7);
    cluster.propose(A, 'a');
    cluster.deliver_all();
    cluster.reconfigure(cluster.leader(), set_of({A, B, D}), B);
    cluster.run(8);
    CHECK(cluster.members() == set_of({A, B, D}));
    cluster.propose(B, 'b');
    cluster.run(3);
    REQUIRE_MESSAGE(cluster.wrong().empty(), cluster.wrong());
    expect_tried(explorer, 45, 120);
    CHECK(handlers(explorer) ==
          "Accept 0 1; AcceptSync 1; Accepted 0 1; Accepted, seals 2; Complete 0; Decide 0 1; Decide, seals 2 "
          "3; Forward 1; NewConfiguration 0; Prepare 1; Promise 0 1; Segment 0; Segment, installs 1; "
          "SegmentRequest 0; propose 0; propose stop, leader 1; propose, leader 1; resend 0; round ends 0 1; "
          "start 1");
  }

  TEST_CASE("a named leader that alone holds the sealed log is asked when nobody else answers") {
    Migration<char> migration(1, 3, set_of({B, C}), C);
    std::vector<ServerId> asked;
    for (int period = 0; period < 8; ++period) {
      migration.ask([&](ServerId donor, LogIndex, LogIndex) { asked.push_back(donor); });
      migration.resend();
    }
    CHECK(asked.front() == B);
    CHECK(std::count(asked.begin(), asked.end(), C) > 0);
  }

  TEST_CASE("anything in any order") {
    Explorer explorer;
    for (uint64_t seed = 1; seed <= 100; ++seed) {
      Cluster cluster(5, 3, &explorer);
      Rng rng(seed);
      wander(cluster, rng, 5, 120);
      INFO("seed ", seed);
      REQUIRE_MESSAGE(cluster.wrong().empty(), cluster.wrong());
    }
    expect_tried(explorer, 77, 16'000);
  }

  TEST_CASE("this look can fail: with these rules off it does") {
    for (const Switch which : {Switch::C6_once, Switch::P2_incarnation, Switch::P1_order}) {
      Explorer explorer;
      SwitchSet switches;
      switches.turn_off(static_cast<uint8_t>(which));
      for (uint64_t seed = 1; seed <= 60 && explorer.failures.empty(); ++seed) {
        Cluster cluster(5, 3, &explorer, switches);
        Rng rng(seed);
        wander(cluster, rng, 5, 120);
      }
      INFO(omnipaxos::switches()[static_cast<size_t>(which)].id);
      CHECK_FALSE(explorer.failures.empty());
    }
  }
}
