// The world is a value: a copy is the same moment, and the same seed and actions are the same run.
#include <rapidcheck.h>

#include "chaos.h"

using namespace paxoscope;
using namespace paxoscope::bench;

namespace {

NullRecorder nobody;

void play_until(PlainWorld& world, TimeUs until) {
  while (world.next_event_us() >= 0 && world.next_event_us() <= until) world.step(nobody);
}
Result<void> act(PlainWorld& world, const std::string& text) {
  const Result<Action> action = parse_action(text);
  REQUIRE_MESSAGE(action.has_value(), text);
  return world.perform(*action, nobody);
}
size_t flights_between(const PlainWorld& world, ServerId from, ServerId to) {
  size_t count = 0;
  for (const auto* flight : world.flights()) count += flight->info.from == from && flight->info.to == to;
  return count;
}
/// Plays on until a message between the two is in flight.
const PlainWorld::Flight* flight_between(PlainWorld& world, ServerId from, ServerId to) {
  for (int i = 0; i < 10'000; ++i, world.step(nobody))
    for (const auto* flight : world.flights())
      if (flight->info.from == from && flight->info.to == to) return flight;
  FAIL("nothing was sent");
  return nullptr;
}

/// Records deliveries, to see their order.
struct Deliveries : NullRecorder {
  static constexpr bool enabled = true;
  void delivered(const FlightInfo& info) { seen.push_back(info); }
  std::vector<FlightInfo> seen;
};

struct Journaled {
  uint64_t event;
  TimeUs time_us;
  std::string text;
};

}  // namespace

TEST_SUITE("world") {
  TEST_CASE("a copy has the same hash, goes on alike, and is its own world") {
    PlainWorld world(rough_world(5, 20'000), {}, 3);
    play_until(world, 1'500'000);
    PlainWorld copy = world;
    CHECK(copy.state_hash() == world.state_hash());
    play_until(world, 3'000'000);
    CHECK(copy.state_hash() != world.state_hash());
    play_until(copy, 3'000'000);
    CHECK(copy.state_hash() == world.state_hash());
    CHECK(act(copy, "crash A"));
    CHECK(copy.state_hash() != world.state_hash());
  }
  TEST_CASE("the same seed gives the same run, another seed another") {
    PlainWorld a(rough_world(3), {}, 7), b(rough_world(3), {}, 7), c(rough_world(3), {}, 8);
    for (PlainWorld* world : {&a, &b, &c}) play_until(*world, 2'000'000);
    CHECK(a.event() > 500);
    CHECK(a.state_hash() == b.state_hash());
    CHECK(a.state_hash() != c.state_hash());
  }
  TEST_CASE("explanations do not change a run") {
    using Explained = OmniPaxosProtocol<Notes>;
    PlainWorld plain(rough_world(5), {}, 5);
    World<Explained> explained(rough_world(5), {}, 5);
    play_until(plain, 2'000'000);
    Deliveries recorder;
    while (explained.next_event_us() <= 2'000'000) explained.step(recorder);
    CHECK(recorder.seen.size() > 500);
    CHECK(plain.state_hash() == explained.state_hash());
  }
  TEST_CASE("actions that cannot be done say why and change nothing") {
    PlainWorld world(small_world(3, 1), {}, 1);
    play_until(world, 500'000);
    const uint64_t before = world.state_hash();
    for (const char* text : {"crash D", "cut A-D", "restart A", "resume A", "deliver 999999", "drop 999999",
                             "fire A nonsense", "propose P x=1", "cut A-B,C-D", "latency A-B,C-D 1ms", "client add D", "client remove k4"}) {
      const Result<void> done = act(world, text);
      CHECK_MESSAGE(!done.has_value(), text);
      if (!done) CHECK_FALSE(done.error().text.empty());
    }
    CHECK(world.state_hash() == before);
    REQUIRE(act(world, "crash B"));
    for (const char* text : {"crash B", "pause B", "propose B x=1", "fire B election"})
      CHECK_FALSE(act(world, text));
    REQUIRE(act(world, "pause C"));
    for (const char* text : {"pause C", "propose C x=1"}) CHECK_FALSE(act(world, text));
    CHECK(act(world, "crash C"));
  }
  TEST_CASE("a link delivers in order; as datagrams messages overtake each other") {
    for (const bool datagram : {false, true}) {
      WorldConfig config = small_world(3, 1);
      config.latency = {1'000, 50'000};
      config.datagram = datagram;
      PlainWorld world(config, {}, 2);
      Deliveries recorder;
      while (world.now_us() < 2'000'000) world.step(recorder);
      uint64_t newest[4][4] = {};
      size_t overtaken = 0;
      for (const FlightInfo& info : recorder.seen) {
        overtaken += info.id < newest[info.from][info.to];
        newest[info.from][info.to] = std::max(newest[info.from][info.to], info.id);
      }
      CHECK(recorder.seen.size() > 100);
      CHECK((overtaken > 0) == datagram);
    }
  }
  TEST_CASE("a cut takes what is in flight on that link, in that direction, and nothing else") {
    PlainWorld world(small_world(3, 1), {}, 1);
    play_until(world, 500'000);
    flight_between(world, 1, 2);
    while (flights_between(world, 1, 2) == 0 || flights_between(world, 2, 1) == 0) world.step(nobody);
    const size_t back = flights_between(world, 2, 1);
    REQUIRE(act(world, "cut A>B"));
    CHECK(flights_between(world, 1, 2) == 0);
    CHECK(flights_between(world, 2, 1) == back);
    for (int i = 0; i < 500; ++i) {
      world.step(nobody);
      REQUIRE(flights_between(world, 1, 2) == 0);
    }
    REQUIRE(act(world, "heal A>B"));
    CHECK(flight_between(world, 1, 2) != nullptr);
  }
  TEST_CASE("several links are cut, slowed and healed by one action, or all of them") {
    PlainWorld world(small_world(4, 1), {}, 1);
    play_until(world, 500'000);
    const uint64_t before = world.event();
    REQUIRE(act(world, "cut A-B,C>D"));
    CHECK(world.event() == before + 1);
    const auto cut = [&] {
      std::string text;
      for (ServerId from = 1; from <= 4; ++from)
        for (ServerId to = 1; to <= 4; ++to)
          if (from != to && !world.link(from, to).up) text += concat(server_label(from), server_label(to), " ");
      return text;
    };
    CHECK(cut() == "AB BA CD ");
    REQUIRE(act(world, "heal A>B,C-D"));
    CHECK(cut() == "BA ");
    REQUIRE(act(world, "latency all 20ms"));
    REQUIRE(act(world, "loss all 5%"));
    REQUIRE(act(world, "duplication A-B,C>D 1%"));
    for (ServerId from = 1; from <= 4; ++from)
      for (ServerId to = 1; to <= 4; ++to) {
        if (from == to) continue;
        CHECK(world.link(from, to).latency.min_us == 20'000);
        CHECK(world.link(from, to).latency.max_us == 20'000);
        CHECK(world.link(from, to).loss_permille == 50);
        const bool named = (from + to == 3) || (from == 3 && to == 4);
        CHECK(world.link(from, to).duplication_permille == (named ? 10 : 0));
      }
  }
  TEST_CASE("a paused server's messages wait and arrive when it goes on") {
    PlainWorld world(small_world(3, 1), {}, 1);
    play_until(world, 500'000);
    REQUIRE(act(world, "pause B"));
    const uint64_t frozen = world.host(2)->server->instance()->election().round();
    play_until(world, 1'500'000);
    CHECK(world.host(2)->server->instance()->election().round() == frozen);
    size_t held = 0;
    for (const auto* flight : world.flights()) held += flight->info.to == 2 && flight->info.deliver_us < 0;
    CHECK(held > 5);
    REQUIRE(act(world, "resume B"));
    play_until(world, 2'500'000);
    for (const auto* flight : world.flights()) CHECK(flight->info.deliver_us >= 0);
    CHECK(world.host(2)->server->decided_index() > 0);
    CHECK(world.host(2)->server->instance()->election().round() > frozen);
  }
  TEST_CASE("a crash loses what is volatile and keeps what is durable; a wipe keeps nothing") {
    PlainWorld world(small_world(3, 1), {}, 1);
    play_until(world, 1'000'000);
    const auto before = world.host(2)->server->instance()->paxos().values();
    const LogIndex length = world.host(2)->server->log_length();
    REQUIRE(length > 3);
    REQUIRE(act(world, "crash B"));
    CHECK_FALSE(world.host(2)->server.has_value());
    REQUIRE(act(world, "restart B"));
    const auto& server = *world.host(2)->server;
    CHECK(server.instance()->paxos().values().promised == before.promised);
    CHECK(server.instance()->paxos().values().decided == before.decided);
    CHECK(server.instance()->paxos().values().incarnation == before.incarnation + 1);
    CHECK(server.log_length() == length);
    CHECK(server.instance()->election().ballot().n == 0);
    CHECK(server.instance()->paxos().proposer().unsettled() == 0);
    REQUIRE(act(world, "wipe C"));
    REQUIRE(act(world, "restart C"));
    CHECK(world.host(3)->server->log_length() == 0);
  }
  TEST_CASE("with a slow disk a crash loses what was not written yet") {
    WorldConfig config = small_world(3, 1);
    config.disk = {30'000'000, 30'000'000};
    PlainWorld world(config, {}, 1);
    REQUIRE(act(world, "propose A x=1"));
    play_until(world, 1'000'000);
    CHECK(world.host(1)->server->decided_index() == 0);  // nobody's promise is durable
    const uint64_t written = world.host(1)->server->instance()->paxos().storage().state.written();
    CHECK(written > 0);
    REQUIRE(act(world, "crash A"));
    REQUIRE(act(world, "restart A"));
    CHECK(world.host(1)->server->instance()->paxos().values().incarnation == 1);  // as if it had never been
  }
  TEST_CASE("a message is delivered now, delayed, dropped or repeated by hand") {
    PlainWorld world(small_world(3, 1), {}, 1);
    play_until(world, 300'000);
    const auto id_of = [&] { return std::to_string(flight_between(world, 1, 3)->info.id); };
    std::string id = id_of();
    size_t count = flights_between(world, 1, 3);
    REQUIRE(act(world, "duplicate " + id));
    CHECK(flights_between(world, 1, 3) == count + 1);
    REQUIRE(act(world, "drop " + id));
    CHECK(flights_between(world, 1, 3) == count);
    CHECK_FALSE(act(world, "drop " + id));
    id = id_of();
    const TimeUs due = flight_between(world, 1, 3)->info.deliver_us;
    REQUIRE(act(world, "delay " + id + " by 20ms"));
    for (const auto* flight : world.flights())
      if (std::to_string(flight->info.id) == id) CHECK(flight->info.deliver_us == due + 20'000);
    count = flights_between(world, 1, 3);
    REQUIRE(act(world, "deliver " + id));
    CHECK(flights_between(world, 1, 3) == count - 1);
  }
  TEST_CASE("the same journal gives the same hash") {
    CHECK(rc::check("replay", [](uint64_t seed) {
      Watched run(rough_world(static_cast<uint32_t>(3 + seed % 3), seed % 2 == 0 ? 0 : 10'000), {}, seed);
      std::vector<Journaled> journal;
      struct Recording {
        Watched& inner;
        std::vector<Journaled>& journal;
        PlainWorld& world;
        void act(const std::string& text) {
          journal.push_back({world.event(), world.now_us(), text});
          inner.act(text);
        }
      } recording{run, journal, run.world};
      Rng rng(seed);
      const int actions = *rc::gen::inRange(0, 12);
      double et = 3;
      for (int i = 0; i < actions; ++i, et += 1.5) {
        run.run_to(et);
        disturb(recording, rng);
      }
      run.run_to(et);
      PlainWorld again(run.world.config(), {}, seed);
      for (const Journaled& entry : journal) {
        while (again.event() < entry.event) RC_ASSERT(again.step(nobody));
        again.advance_to(entry.time_us);
        RC_ASSERT(act(again, entry.text).has_value());
      }
      while (again.event() < run.world.event()) RC_ASSERT(again.step(nobody));
      again.advance_to(run.world.now_us());
      RC_ASSERT(again.state_hash() == run.world.state_hash());
      RC_ASSERT(!run.checker.violated());
    }));
  }
}
