// The grammar of actions: what is written reads back as the same value, and nothing else is read.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "sim/action.h"
#include "sim/observation.h"

using namespace paxoscope;

namespace {

std::string error_of(const std::string& text) {
  const auto action = parse_action(text);
  return action ? "" : action.error().text;
}

std::string rewritten(const std::string& text) {
  const auto action = parse_action(text);
  return action ? format_action(*action) : "error: " + action.error().text;
}

ServerId any_server() { return static_cast<ServerId>(*rc::gen::inRange(1, 17)); }

void add_link(Action& action) {
  action.a = any_server();
  action.b = (action.a - 1 + static_cast<ServerId>(*rc::gen::inRange(1, 16))) % 16 + 1;
  action.directed = *rc::gen::arbitrary<bool>();
}

/// Links that the first one does not touch.
void add_more(Action& action) {
  for (ServerId id = 1; id < 16; ++id)
    if (id != action.a && id != action.b && id + 1u != action.a && id + 1u != action.b && *rc::gen::arbitrary<bool>())
      action.more.push_back({id, static_cast<ServerId>(id + 1), *rc::gen::arbitrary<bool>()});
}

/// Any action that the grammar can say.
Action any_action() {
  Action action;
  action.kind = static_cast<ActionKind>(*rc::gen::inRange(0, static_cast<int>(ActionKind::remove_client) + 1));
  switch (action.kind) {
    case ActionKind::heal_all:
      break;
    case ActionKind::cut:
    case ActionKind::heal:
      add_link(action);
      add_more(action);
      break;
    case ActionKind::reconnect:
      add_link(action);
      break;
    case ActionKind::set_latency:
      if (*rc::gen::arbitrary<bool>()) add_link(action), add_more(action);
      action.amount = *rc::gen::inRange<int64_t>(0, 3'600'000'001);
      break;
    case ActionKind::set_loss:
    case ActionKind::set_duplication:
      if (*rc::gen::arbitrary<bool>()) add_link(action), add_more(action);
      action.amount = *rc::gen::inRange<int64_t>(0, 1001);
      break;
    case ActionKind::partition:
      action.groups = {0b0011, 0b1100, 0b10000};
      break;
    case ActionKind::reconfigure:
      action.groups = {static_cast<ServerSet>(*rc::gen::inRange(1, 65536))};
      for (ServerId id = 1; id <= 16 && *rc::gen::arbitrary<bool>(); ++id)
        if (contains(action.groups[0], id)) action.b = id;
      break;
    case ActionKind::deliver:
    case ActionKind::drop:
    case ActionKind::duplicate:
      action.message_id = *rc::gen::inRange<uint64_t>(1, UINT64_MAX);
      break;
    case ActionKind::delay:
      action.message_id = *rc::gen::inRange<uint64_t>(1, UINT64_MAX);
      action.amount = *rc::gen::inRange<int64_t>(0, 3'600'000'001);
      break;
    case ActionKind::propose:
      action.a = any_server();
      action.text = "del y " + std::to_string(*rc::gen::inRange(0, 1000));
      break;
    case ActionKind::fire:
      action.a = any_server();
      action.text = "election";
      break;
    case ActionKind::set_clock:
      action.a = any_server();
      action.amount = *rc::gen::inRange<int64_t>(-3'600'000'000, 3'600'000'001);
      break;
    case ActionKind::set_rate:
      action.a = any_server();
      action.amount = *rc::gen::inRange<int64_t>(-500'000, 500'001);
      break;
    case ActionKind::snapshot:
    case ActionKind::trim:
      action.a = *rc::gen::arbitrary<bool>() ? any_server() : 0;
      action.amount = *rc::gen::inRange<int64_t>(0, INT64_MAX);
      break;
    case ActionKind::set_disk:
      action.a = any_server();
      action.text = *rc::gen::element<std::string>("full", "lies", "ok");
      break;
    case ActionKind::add_client:
      action.a = any_server();
      action.open_loop = *rc::gen::arbitrary<bool>();
      action.amount = *rc::gen::inRange<int64_t>(100, 3'600'000'001);
      for (uint16_t& weight : action.mix) weight = *rc::gen::inRange<uint16_t>(0, 1001);
      action.mix[0] += action.mix == OperationMix{};
      break;
    case ActionKind::remove_client:
      action.amount = *rc::gen::inRange<int64_t>(1, kMaxClients + 1);
      break;
    default:
      action.a = any_server();
      break;
  }
  return action;
}

}  // namespace

TEST_SUITE("actions") {
  TEST_CASE("every form of the header reads back as it was written") {
    for (const char* text :
         {"cut A-B", "cut A>B", "heal A-B", "heal A>B", "heal all", "isolate C", "partition A,B|C,D,E", "only A",
          "crash A", "restart A", "pause A", "resume A", "wipe A", "propose A x=1", "fire A election",
          "reconnect A-B", "deliver 42", "drop 42", "duplicate 42", "delay 42 by 20ms", "latency A-B 20ms",
          "loss A>B 30%", "duplication A>B 10%", "clock A +120ms", "clock A -120ms", "rate A +500ppm",
          "reconfigure A,B,D", "reconfigure A,B,D lead B", "snapshot A", "snapshot A 20", "snapshot all", "trim all 20",
          "disk A full", "disk A lies", "disk A ok", "cut A-B,C>D,D>C", "heal A-B,A-C", "latency all 20ms", "loss all 5%",
          "duplication all 1%", "latency A>B,C-D 1.5s", "client add A closed 50ms put 1",
          "client add C open 20ms put 2, get 1, cas 1", "client remove k2"})
      CHECK(rewritten(text) == text);
  }

  TEST_CASE("other spellings of the same") {
    CHECK(rewritten("  cut   1-2 ") == "cut A-B");
    CHECK(rewritten("latency A-B 1500us") == "latency A-B 1.5ms");
    CHECK(rewritten("latency A-B 0.5min") == "latency A-B 30s");
    CHECK(rewritten("rate A 500ppm") == "rate A +500ppm");
    CHECK(rewritten("loss A-B 2.5%") == "loss A-B 2.5%");
    CHECK(rewritten("propose A  put x  to 3") == "propose A put x  to 3");
    CHECK(rewritten("client add B") == "client add B closed 50ms put 1");
    CHECK(rewritten("client add B open put, get 3") == "client add B open 50ms put 1, get 3");
    CHECK(rewritten("client add B closed 1s") == "client add B closed 1s put 1");
  }

  TEST_CASE("what cannot be read is named") {
    CHECK(error_of("") == "the action is empty");
    CHECK(error_of("cute A-B") == "unknown action 'cute'");
    CHECK(error_of("cut") == "'cut' needs more, like: cut A-B");
    CHECK(error_of("cut A-A") == "a link needs two different servers, not 'A-A'");
    CHECK(error_of("cut A-Q") == "'Q' is not a server (A to P)");
    CHECK(error_of("cut AB") == "'AB' is not a link like A-B (both ways) or A>B (one way)");
    CHECK(error_of("cut A-B C") == "nothing may follow after 'cut A-B': 'C'");
    CHECK(error_of("partition A,B") == "a partition needs at least two groups, like A,B|C,D,E");
    CHECK(error_of("partition A,B|B,C") == "a server is in two groups of the partition");
    CHECK(error_of("partition A,A|B") == "server 'A' is named twice");
    CHECK(error_of("deliver x") == "'x' is not a message's number");
    CHECK(error_of("deliver 99999999999999999999") == "'99999999999999999999' is not a message's number");
    CHECK(error_of("loss A-B 101%") == "'101%' is not a share like 30% (0% to 100%, steps of 0.1%)");
    CHECK(error_of("latency A-B 61min") == "'61min' is longer than one hour");
    CHECK(error_of("delay 4 in 20ms") == "delay reads like: delay 42 by 20ms");
    CHECK(error_of("propose A " + std::string(24, 'x')) == "the command is longer than 23 bytes");
    CHECK(error_of("fire A Election!") == "'Election!' is not a timer's name, like election");
    CHECK(error_of("reconfigure A,B lead C") == "the named leader must be one of the members");
    CHECK(error_of("disk A broken") == "'broken' is not a state of a disk: full, lies or ok");
    CHECK(error_of("cut A-B,B-A") == "link 'B-A' is named twice");
    CHECK(error_of("cut A-B,B>A") == "link 'B>A' is named twice");
    CHECK(error_of("cut all") == "'all' is not a link like A-B (both ways) or A>B (one way)");
    CHECK(error_of("client keep A") == "'keep' is nothing that is done with a client: add or remove");
    CHECK(error_of("client add A often") == "'often' is not the loop of a client: closed (each operation waits for the one before) or open");
    CHECK(error_of("client add A open 99us") == "a client's operations are at least 100us apart");
    CHECK(error_of("client add A closed 1s dig") ==
          "'dig' is no kind of operation; a mix reads like: put 5, get 4, del 1, append 1, cas 1");
    for (const char* who : {"2", "k0", "k33", "k02", "k"})
      CHECK(error_of(std::string("client remove ") + who) == "'" + std::string(who) + "' is not a client (k1 to k32)");
    CHECK(error_of("client remove k2 k3") == "nothing may follow after 'client add A closed 50ms put 1': 'k3'");
    CHECK(error_of("snapshot A 0") == "'0' is not a log index");
    CHECK(error_of("cut " + std::string(600, 'A')) == "the action is longer than 512 bytes");
    CHECK(error_of("x\x01y") == "unknown action 'x?y'");
  }

  TEST_CASE("durations are exact or refused") {
    CHECK(*parse_duration("1.5s") == 1'500'000);
    CHECK(*parse_duration("0.001ms") == 1);
    CHECK(*parse_duration("60min") == 3'600'000'000);
    for (const char* text : {"", "5", "ms", "-5ms", "1e3ms", "0.0001ms", "1.2.3s", "5 ms", "3601s", ".5s", "5.s",
                             "999999999999999999999s"})
      CHECK_MESSAGE(!parse_duration(text), text);
  }

  TEST_CASE("property: format and parse are inverse") {
    CHECK(rc::check("format, then parse", [] {
      const Action action = any_action();
      const auto back = parse_action(format_action(action));
      RC_ASSERT(back.has_value());
      RC_ASSERT(*back == action);
      RC_ASSERT(!describe_action(action).empty());
    }));
  }

  TEST_CASE("property: any text is read or refused in one line") {
    CHECK(rc::check("never crashes", [](const std::string& text) {
      const auto action = parse_action(text);
      if (action) {
        const auto again = parse_action(format_action(*action));
        RC_ASSERT(again.has_value());
        RC_ASSERT(*again == *action);
      } else {
        RC_ASSERT(action.error().text.find('\n') == std::string::npos);
      }
    }));
  }
}

TEST_SUITE("labels") {
  TEST_CASE("epochs, servers, times, durations") {
    CHECK(epoch_label({1, 5, 0, 1}) == "5·A");
    CHECK(epoch_label({2, 1, 0, 1}) == "c2 1·A");
    CHECK(epoch_label({1, 11, 0, 0}) == "11");
    CHECK(epoch_label({}) == "–");
    CHECK(server_label(0) == "–");
    CHECK(server_label(5) == "E");
    CHECK(time_label(2'340'000) == "2.340 s");
    CHECK(time_label(-1'500) == "-0.001 s");
    CHECK(duration_value(300).text == "300 us");
    CHECK(duration_value(20'000).text == "20 ms");
    CHECK(duration_value(1'500).text == "1.5 ms");
    CHECK(duration_value(2'340'000).text == "2.340 s");
    CHECK(servers_value({1, 3}).text == "A C");
    CHECK(boolean_value(true).text == "yes");
    CHECK(index_value(7).number == 7);
  }
}
