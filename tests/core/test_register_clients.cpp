// The quorum register as its clients see it: requests side by side and in order, refusals, giving up, repeats.
#include <doctest/doctest.h>

#include "register_cluster.h"

namespace paxoscope::quorum_register {

namespace {

using Mail = TestMessage;

}  // namespace

TEST_SUITE("register clients") {
  TEST_CASE("reads that run beside a write do not wait for it, at its coordinator neither") {
    Cluster c(3, {}, false);
    c.write(1, 7);
    c.settle();
    const auto slow = c.write(1, 8);
    const uint64_t write = c[1].operations()[0].id;
    const auto others = [&](const Mail& m) { return m.operation != write; };
    const auto here = c.read(1);
    const auto there = c.read(2);
    c.deliver_only(others);
    CHECK(c.result(here).value.word == 7);
    CHECK(c.result(there).value.word == 7);
    CHECK_FALSE(c.ended(slow));
    c.settle();
    CHECK(c.ended(slow));
    CHECK(judge(c.history()) == "");
  }
  TEST_CASE("with one request at a time the others wait in order, and none is lost") {
    Config config;
    config.max_running = 1;
    Cluster c(3, config, false);
    std::vector<std::optional<size_t>> places;
    for (uint32_t i = 1; i <= 20; ++i) places.push_back(i % 3 == 0 ? c.read(1) : c.write(1, i));
    CHECK(c[1].operations().size() == 20);
    CHECK(c[1].operations()[0].phase == Phase::query);
    CHECK(c[1].operations()[1].phase == Phase::waiting);
    c.settle();
    uint64_t before = 0;
    for (const auto& place : places) {
      REQUIRE(c.ended(place));
      CHECK(c.asked()[*place].returned > before);
      before = c.asked()[*place].returned;
    }
    CHECK(c.result(places[2]).value.word == 2);
    CHECK(c.result(places[17]).value.word == 17);
  }
  TEST_CASE("a request beyond the bounds is refused, with the reason as a type and a sentence") {
    Config config;
    config.max_running = 2;
    config.max_waiting = 1;
    config.max_registers = 1;
    Cluster c(3, config, false);
    for (int i = 0; i < 3; ++i) CHECK(c.read(1));
    const auto busy = c[1].request(TestRequest::read());
    REQUIRE_FALSE(busy);
    CHECK(busy.error().kind == RefusalKind::busy);
    CHECK(busy.error().reason.text.find("3 requests wait") != std::string::npos);
    c.settle();
    c.write(1, 7, Key{1});
    c.settle();
    const auto full = c[2].request(TestRequest::write(Word{8}, Key{2}));
    REQUIRE_FALSE(full);
    CHECK(full.error().kind == RefusalKind::too_many_registers);
    CHECK(c[2].request(TestRequest::write(Word{8}, Key{1})));
    CHECK(c[2].request(TestRequest::read(Key{2})));
  }

  TEST_CASE("nobody answers without a quorum; a request that is given up says whether it may still take effect") {
    Config config;
    config.give_up_ticks = 10;
    Cluster c(3, config, false);
    c.crash(2);
    c.crash(3);
    const auto query = c.write(1, 7);
    const auto read = c.read(1);
    c.settle();
    c.tick(1, 9);
    CHECK_FALSE(c.ended(query));
    c.tick(1);
    CHECK(c.result(query).outcome == Outcome::gave_up);
    CHECK_FALSE(c.result(query).may_take_effect);
    CHECK(c.result(read).outcome == Outcome::gave_up);
    CHECK(c[1].operations().empty());
    c.start(2);
    const auto store = c.write(1, 8);
    c.deliver_only([](const Mail& m) { return !is_store(m); });
    c.tick(1, 10);
    CHECK(c.result(store).outcome == Outcome::gave_up);
    CHECK(c.result(store).may_take_effect);
    CHECK(read_at(c, 1) == 8);
  }

  TEST_CASE("reading locally shows a stale value, and an old one after a new one") {
    Config config;
    config.reads = Reads::local;
    Cluster c(3, config, false);
    c.write(1, 7);
    c.settle();
    c.write(1, 8);
    c.deliver_only(without({3}));
    const auto fresh = c.read(2);
    const auto stale = c.read(3);
    CHECK(c.result(fresh).value.word == 8);
    CHECK(c.result(stale).value.word == 7);
    CHECK(judge(c.history()) == "the history is not linearizable");
    Cluster atomic(3, {}, false);
    atomic.write(1, 7);
    atomic.settle();
    atomic.write(1, 8);
    atomic.deliver_only(without({3}));
    CHECK(read_at(atomic, 2) == 8);
    CHECK(read_at(atomic, 3) == 8);
    CHECK(judge(atomic.history()) == "");
  }

  TEST_CASE("a write that its client repeats elsewhere is dropped if sessions are kept, and stored again if not") {
    const auto after = [](bool drop_repeats) {
      Config config;
      config.drop_repeats = drop_repeats;
      Cluster c(3, config, true);
      c.write(1, 7, {}, {5, 1});
      c.settle();  // its answer is lost on the way to the client
      c.crash(1);
      c.write(2, 8);
      c.deliver_only(without({1}));
      c.start(1);
      const auto again = c.write(3, 7, {}, {5, 1});
      c.settle();
      CHECK(c.result(again).outcome == (drop_repeats ? Outcome::repeated : Outcome::written));
      const auto next = c.write(3, 9, {}, {6, 1});
      c.settle();
      CHECK(c.result(next).outcome == Outcome::written);
      c.write(1, 7, {}, {5, 1});
      c.settle();
      return read_at(c, 2);
    };
    CHECK(after(true) == 9);
    CHECK(after(false) == 7);
  }
  TEST_CASE("a first try that reached one server only is finished by its repeat, once it is seen") {
    Config config;
    config.drop_repeats = true;
    Cluster c(3, config, true);
    c.settle();
    c.write(1, 7, {}, {5, 1});
    c.deliver_only([](const Mail& m) { return !is_store(m); });
    c.crash(1);
    c.flying().clear();
    c.start(1);
    const auto again = c.write(1, 7, {}, {5, 1});
    c.settle();
    CHECK(c.result(again).outcome == Outcome::repeated);
    c.crash(1);
    const auto place = c.read(2);
    c.deliver_only(without({1}));
    CHECK(c.result(place).value.word == 7);
  }
  TEST_CASE("a register remembers so many clients; the one that stored longest ago is forgotten") {
    Config config;
    config.drop_repeats = true;
    config.max_sessions = 2;
    Cluster c(1, config, false);
    for (uint64_t client : {1, 2, 1, 3}) {
      c.write(1, 7, {}, {client, client == 1 && c.asked().size() > 1 ? 2u : 1u});
      c.settle();
    }
    const Cell<Word, Key>* cell = c[1].values().find({});
    CHECK(cell->sessions.size() == 2);
    CHECK(cell->knows({1, 2}));
    CHECK(cell->knows({1, 1}));
    CHECK(cell->knows({3, 1}));
    CHECK_FALSE(cell->knows({2, 1}));
  }

  TEST_CASE("timers: nothing is due while nothing is asked, then what comes first") {
    Config config;
    config.give_up_ticks = 6;
    Cluster c(3, config, false);
    CHECK(c[1].ticks_to_next_timer() == UINT32_MAX);
    const auto place = c.read(1);
    c.flying().clear();
    CHECK(c[1].ticks_to_next_timer() == 4);
    c[1].pass_quiet_ticks(3);
    CHECK(c[1].ticks_to_next_timer() == 1);
    c.tick(1);
    CHECK(c.flying().size() == 2);
    CHECK(c[1].ticks_to_next_timer() == 2);
    c.flying().clear();
    c[1].fire_resend();
    c.pump(1);
    CHECK(c.flying().size() == 2);
    c.tick(1, 2);
    CHECK(c.result(place).outcome == Outcome::gave_up);
    CHECK(c[1].ticks_to_next_timer() == UINT32_MAX);
  }
}

}  // namespace paxoscope::quorum_register
