// The quorum register, rule by rule: small runs that show what each rule is for.
#include <doctest/doctest.h>

#include "register_cluster.h"

namespace paxoscope::quorum_register {

namespace {

using Mail = TestMessage;

Config without_rule(Switch which) {
  Config config;
  config.switches.turn_off(static_cast<uint8_t>(which));
  return config;
}

}  // namespace

TEST_SUITE("register rules") {
  TEST_CASE("what one server wrote every server reads, and nothing stands in a register that was never written") {
    Cluster c(3, {}, false);
    CHECK(read_at(c, 2) == 0);
    const auto first = c.write(1, 7);
    c.settle();
    CHECK(c.result(first).outcome == Outcome::written);
    CHECK(c.result(first).stamp.number == 1);
    const auto second = c.write(3, 8);
    c.settle();
    CHECK(c.result(second).stamp > c.result(first).stamp);
    for (ServerId id = 1; id <= 3; ++id) CHECK(read_at(c, id) == 8);
    CHECK(c.broken() == "");
  }
  TEST_CASE("keys are registers of their own") {
    Cluster c(3, {}, false);
    c.write(1, 7, Key{1});
    c.write(2, 8, Key{2});
    c.settle();
    CHECK(read_at(c, 3, Key{1}) == 7);
    CHECK(read_at(c, 3, Key{2}) == 8);
    CHECK(read_at(c, 3, Key{3}) == 0);
  }
  TEST_CASE("a server alone is a quorum") {
    Cluster c(1, {}, true);
    const auto place = c.write(1, 7);
    CHECK_FALSE(c.ended(place));
    c.settle();
    CHECK(c.ended(place));
    CHECK(read_at(c, 1) == 7);
  }

  TEST_CASE("A1: without the write-back a later read may see the older value") {
    CHECK(only_without(Switch::A1_write_back, [](const Config& config) {
      Cluster c(3, config, false);
      c.write(1, 7);
      c.settle();
      c.write(1, 8);
      c.deliver_only([](const Mail& m) { return !is_store(m); });  // only its coordinator holds it
      const uint64_t write = c[1].operations()[0].id;
      const auto newer = c.read(2);
      c.deliver_only([&](const Mail& m) { return m.operation != write && m.from != 3 && m.to != 3; });
      REQUIRE(c.ended(newer));
      CHECK(c.result(newer).value.word == 8);
      c.flying().clear();
      const auto older = c.read(3);
      c.deliver_only(without({1}));
      REQUIRE(c.ended(older));
      return c.result(older).value.word != 8;
    }));
  }
  TEST_CASE("A1: a write that was cut off half-way is finished by the first read that sees it") {
    Cluster c(3, {}, false);
    const auto lost = c.write(1, 7);
    c.deliver_only([](const Mail& m) { return !is_store(m); });
    c.crash(1);
    c.flying().clear();
    CHECK_FALSE(c.ended(lost));
    c.start(1);  // holds it, with nobody else
    CHECK(read_at(c, 1) == 7);
    c.crash(1);
    const auto place = c.read(3);
    c.deliver_only(without({1}));
    CHECK(c.result(place).value.word == 7);
  }

  TEST_CASE("A2: a store is acknowledged once it is durable, and a start is durable before it asks") {
    Cluster c(3, {}, true);
    CHECK(c.flying().empty());
    c.write(1, 7);
    CHECK(c.flying().empty());  // the start is not durable yet
    for (ServerId id = 1; id <= 3; ++id) c.disk(id);
    CHECK(c.flying().size() == 2);
    c.deliver_only([](const Mail& m) { return !is_store(m); });  // disks work here; the stores are held back
    size_t store = 0;
    while (!is_store(c.flying()[store])) ++store;
    const ServerId to = c.flying()[store].to;
    c.deliver(store);
    const auto acknowledged = [&] {
      return std::any_of(c.flying().begin(), c.flying().end(), [&](const Mail& m) { return m.from == to && is<StoreAnswer>(m); });
    };
    CHECK(c[to].held().value.word == 7);
    CHECK_FALSE(acknowledged());
    c.disk(to);
    CHECK(acknowledged());
  }
  TEST_CASE("a restart keeps timestamp, writer and value, and names its own writes anew") {
    Cluster c(3, {}, true);
    const auto first = c.write(1, 7);
    c.settle();
    const Written<Word> held = c[2].held();
    CHECK(held.stamp == c.result(first).stamp);
    for (ServerId id = 1; id <= 3; ++id) c.crash(id);
    for (ServerId id = 1; id <= 3; ++id) c.start(id);
    CHECK(c[2].held().stamp == held.stamp);
    CHECK(c[2].held().value == held.value);
    const auto second = c.write(1, 8);
    c.settle();
    CHECK(c.result(second).stamp.writer.incarnation == c.result(first).stamp.writer.incarnation + 1);
    CHECK(c.result(second).stamp > c.result(first).stamp);
  }
  TEST_CASE("A2: writes that ask at the same time take different timestamps") {
    for (Switch which : {Switch::A2_server, Switch::A2_counter}) {
      CAPTURE(std::string(switches()[static_cast<size_t>(which)].id));
      CHECK(only_without(which, [&](const Config& config) {
        Cluster c(3, config, false);
        const ServerId other = which == Switch::A2_server ? 2 : 1;
        const auto a = c.write(1, 7);
        const auto b = c.write(other, 8);
        if (which == Switch::A2_server) CHECK(c[1].operations()[0].id == c[2].operations()[0].id);
        c.settle();
        CHECK(c.ended(a));
        CHECK(c.ended(b));
        return c.broken() != "" || c.result(a).stamp == c.result(b).stamp;
      }));
    }
  }

  TEST_CASE("A3: an older store that arrives late changes nothing and is acknowledged") {
    CHECK(only_without(Switch::A3_order, [](const Config& config) {
      Cluster c(3, config, false);
      const auto first = c.write(1, 7);
      c.deliver_only([](const Mail& m) { return !(is_store(m) && m.to == 3); });
      c.write(1, 8);
      c.deliver_only([](const Mail& m) { return !(is_store(m) && m.to == 3 && std::get<Store<Word, Key>>(m.body).written.value.word == 7); });
      CHECK(c.ended(first));
      CHECK(c.flying().size() == 1);
      c.deliver(0);
      const bool acknowledged = c.flying().size() == 1 && is<StoreAnswer>(c.flying()[0]);
      CHECK(acknowledged);
      return c[3].held().value.word != 8;
    }));
  }
  TEST_CASE("A3: a copy of an answer does not count, nor an answer to an earlier request") {
    for (Switch which : {Switch::A3_once, Switch::A3_operation}) {
      CAPTURE(std::string(switches()[static_cast<size_t>(which)].id));
      CHECK(only_without(which, [&](const Config& config) {
        Cluster c(5, config, false);
        c.read(1);
        c.deliver_only([](const Mail& m) { return !is<QueryAnswer<Word>>(m); });
        std::vector<Mail> answers;
        for (const Mail& m : c.flying())
          if (is<QueryAnswer<Word>>(m)) answers.push_back(m);
        REQUIRE(answers.size() == 4);
        if (which == Switch::A3_once) {
          c[1].handle(answers[0]);
          c[1].handle(answers[0]);
          return c[1].operations()[0].phase == Phase::store;
        }
        c.settle();
        c.read(1);
        for (const Mail& m : answers) c[1].handle(m);
        return c[1].operations()[0].phase == Phase::store;
      }));
    }
  }
  TEST_CASE("A3: what was lost is sent again, only to those who have not answered") {
    const auto answered = [](const Config& config) {
      Cluster c(5, config, false);
      const auto place = c.write(1, 7);
      c.deliver(0);                    // server 2 is asked
      c.deliver(c.flying().size() - 1);  // and answers
      c.flying().clear();
      c.tick(1, config.resend_ticks - 1);
      CHECK(c.flying().empty());
      c.tick(1);
      if (config.on(Switch::A3_resend)) {
        CHECK(c.flying().size() == 3);
        CHECK(std::none_of(c.flying().begin(), c.flying().end(), [](const Mail& m) { return m.to == 2; }));
      }
      c.settle();
      return c.ended(place);
    };
    CHECK(answered({}));
    CHECK_FALSE(answered(without_rule(Switch::A3_resend)));
  }
  TEST_CASE("A3: every message twice and in reverse changes nothing") {
    Cluster c(3, {}, false);
    std::vector<std::optional<size_t>> places;
    for (uint32_t i = 1; i <= 6; ++i) places.push_back(i % 2 == 0 ? c.read(i % 3 + 1) : c.write(i % 3 + 1, i));
    uint32_t delivered = 0;
    while (!c.flying().empty() && ++delivered < 10'000) {
      const size_t last = c.flying().size() - 1;
      c.deliver(last, true);
      c.deliver(last);
    }
    CHECK(c.flying().empty());
    for (const auto& place : places) CHECK(c.ended(place));
    CHECK(judge(c.history()) == "");
    CHECK(c.broken() == "");
  }

  TEST_CASE("A4: quorum sizes must intersect, and may differ") {
    Config config = config_of(1, 5);
    const auto accepts = [&](uint32_t to_read, uint32_t to_write) {
      config.read_quorum = to_read;
      config.write_quorum = to_write;
      return validate(config).has_value();
    };
    CHECK(accepts(1, 5));
    CHECK(accepts(2, 4));
    CHECK(accepts(0, 3));
    CHECK_FALSE(accepts(2, 3));
    CHECK_FALSE(accepts(1, 0));
    CHECK_FALSE(accepts(6, 5));
    config.switches.turn_off(static_cast<uint8_t>(Switch::A4_intersect));
    CHECK(accepts(2, 3));
  }
  TEST_CASE("A4: without it a read misses what was written") {
    CHECK(only_without(Switch::A4_intersect, [](const Config& config) {
      Cluster c(3, config, false);
      const auto written = c.write(1, 7);
      c.deliver_only(without({3}));
      REQUIRE(c.ended(written));
      c.flying().clear();
      const auto place = c.read(3);
      c.deliver_only([](const Mail&) { return true; });
      return c.result(place).value.word != 7;
    }));
  }
  TEST_CASE("A4: who asks one server must store on all") {
    Config config;
    config.read_quorum = 1;
    config.write_quorum = 3;
    Cluster c(3, config, false);
    const auto place = c.write(1, 7);
    c.deliver_only(without({3}));
    CHECK_FALSE(c.ended(place));
    c.settle();
    CHECK(c.ended(place));
    CHECK(read_at(c, 2) == 7);
  }
  TEST_CASE("strangers' messages, and those for others, change nothing") {
    Cluster c(3, {}, false);
    const auto fingerprint = [&] {
      Hasher hasher;
      c[1].add_to(hasher);
      return hasher.value();
    };
    const uint64_t before = fingerprint();
    const Store<Word, Key> store{{}, {{9, {1, 1, 1}}, {7}, {}}};
    c[1].handle({4, 1, 1, store});
    c[1].handle({0, 1, 1, store});
    c[1].handle({2, 3, 1, store});
    c[1].handle({2, 1, 77, StoreAnswer{}});
    c[1].handle({2, 1, 77, QueryAnswer<Word>{}});
    CHECK(fingerprint() == before);
    c[1].handle({2, 1, 1, store});
    CHECK(fingerprint() != before);
  }
  TEST_CASE("each step names its rule") {
    TestServer server = *TestServer::with(config_of(1, 1), TestState(true));
    CHECK(server.request(TestRequest::write(Word{7})));
    std::vector<Mail> out;
    server.take_outgoing(out);
    std::vector<std::string> named;
    for (const Note& note : server.take_notes()) named.push_back(rules()[note.rule].id);
    CHECK(named == std::vector<std::string>{"A2", "A3", "A4"});
    CHECK(server.request(TestRequest::read()));
    server.take_outgoing(out);
    named.clear();
    for (const Note& note : server.take_notes()) named.push_back(rules()[note.rule].id);
    CHECK(named == std::vector<std::string>{"A1", "A4"});
  }
  TEST_CASE("settings that cannot work are refused with a sentence") {
    const auto wrong = [](auto&& change) {
      Config config = config_of(1, 3);
      change(config);
      const Result<void> valid = validate(config);
      return !valid && valid.error().text.size() > 10;
    };
    CHECK_FALSE(wrong([](Config&) {}));
    CHECK(wrong([](Config& c) { c.id = 0; }));
    CHECK(wrong([](Config& c) { c.id = 4; }));
    CHECK(wrong([](Config& c) { c.id = 17; }));
    CHECK(wrong([](Config& c) { c.members = 1u << 20 | 1; }));
    CHECK(wrong([](Config& c) { c.resend_ticks = 0; }));
    CHECK(wrong([](Config& c) { c.max_running = 0; }));
    CHECK(wrong([](Config& c) { c.max_registers = 0; }));
    CHECK(wrong([](Config& c) { c.drop_repeats = true, c.max_sessions = 0; }));
  }
  TEST_CASE("switches are found by their ids") {
    for (size_t i = 0; i < switches().size(); ++i) CHECK(find_switch(switches()[i].id) == static_cast<Switch>(i));
    CHECK_FALSE(find_switch("A9.nothing"));
  }
}

}  // namespace paxoscope::quorum_register
