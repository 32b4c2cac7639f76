// The loader: every error names file, line, column and the reason; bounds hold; nothing crashes.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "scenarios/scenario.h"
#include "scenarios/writer.h"

using namespace paxoscope;

namespace {

const std::string kHead = "title = \"t\"\nduration = \"1s\"\n";

std::string error_of(const std::string& text) {
  const auto scenario = load_scenario(text, "x.toml");
  return scenario ? "" : scenario.error().text;
}

/// The error of a file whose first two lines are right.
std::string error_after_head(const std::string& rest) { return error_of(kHead + rest); }

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("loader") {
  TEST_CASE("a small scenario") {
    const auto scenario = load_scenario(
        "title = \"T\"\nsummary = \"S\"\nduration = \"2s\"\nwithout = [\"P5.session\"]\n"
        "expect = [\"no violation\", \"recovers within 4 election timeouts\"]\n"
        "[cluster]\nservers = [\"A\", \"B\", \"D\"]\nfirst_leader = \"B\"\nelection_timeout = \"50ms\"\n"
        "priorities = [1, 2, 3]\nread_quorum = 1\nwrite_quorum = 3\n"
        "[network]\nlatency = [\"1ms\", \"2ms\"]\nloss = \"0.5%\"\ndatagram = true\n"
        "[disk]\nlatency = \"3ms\"\ntorn = true\nvalues_first = true\n"
        "[[client]]\nserver = \"D\"\nthink = \"5ms\"\nstay = true\noperations = 9\n"
        "[[step]]\nat = \"1s\"\ndo = \"cut A-B\"\n"
        "[[step]]\nwhen = \"rule B3 at B\"\nafter = \"10ms\"\nsay = \"Title\"\ntext = \"Text\"\n",
        "folder/small.toml");
    REQUIRE_MESSAGE(scenario, scenario.error().text);
    CHECK(scenario->id == "small");
    CHECK(scenario->protocols == std::vector<std::string>{"omnipaxos"});
    CHECK(scenario->switches_off == std::vector<std::string>{"P5.session"});
    CHECK(scenario->world.servers == std::vector<ServerId>{1, 2, 4});
    CHECK(scenario->world.first_leader == 2);
    CHECK(scenario->world.election_timeout_us == 50'000);
    CHECK(scenario->world.priorities == std::vector<uint32_t>{1, 2, 3});
    CHECK(scenario->world.write_quorum == 3);
    CHECK(scenario->world.latency.max_us == 2'000);
    CHECK(scenario->world.loss_permille == 5);
    CHECK(scenario->world.datagram);
    CHECK(scenario->world.disk.min_us == 3'000);
    CHECK(scenario->world.disk.torn);
    CHECK(scenario->world.disk.values_first);
    REQUIRE(scenario->world.clients.size() == 1);
    CHECK(scenario->world.clients[0].operations == 9);
    REQUIRE(scenario->steps.size() == 2);
    CHECK(scenario->steps[0].at_us == 1'000'000);
    CHECK(scenario->steps[0].actions[0] == *parse_action("cut A-B"));
    CHECK(scenario->steps[1].when.kind == ConditionKind::event_rule);
    CHECK(scenario->steps[1].when.server == 2);
    CHECK(scenario->steps[1].after_us == 10'000);
    CHECK(scenario->expectations[1].value == 200'000);
  }

  TEST_CASE("bad input: place and reason, in one line") {
    CHECK(error_after_head("colour = 1\n") == "x.toml:3:1: unknown key 'colour' in the scenario");
    CHECK(error_after_head("[cluster]\nserver = 3\n") ==
          "x.toml:4:1: unknown key 'server' in [cluster]; did you mean 'servers'?");
    CHECK(error_after_head("[cluster]\nservers = \"three\"\n") ==
          "x.toml:4:11: 'servers' must be a whole number, not a string");
    CHECK(error_after_head("[[step]]\nat = \"0s\"\ndo = \"cut A-F\"\n") ==
          "x.toml:5:6: there is no server F in this scenario (only A, B, C)");
    CHECK(error_of(std::string(10'000'000, 'a')) == "x.toml:1:1: the file has 10000000 bytes; at most 262144 are read");
    CHECK(error_of(std::string("title = \"a\0b\"", 13)) == 
          "x.toml:1:11: the control character 0: only an escape in quotes may stand for it");
    CHECK(error_of("a = " + std::string(100'000, '[')) == "x.toml:1:13: nested deeper than 8 levels");
    std::string dots = "a";
    for (int i = 0; i < 50'000; ++i) dots += ".a";
    CHECK(error_of(dots + " = 1") == "x.toml:1:17: nested deeper than 8 levels");
    CHECK(error_after_head("[[client]]\nserver = \"A\"\noperations = 99999999999999999999\n") ==
          "x.toml:5:14: '99999999999999999999' does not fit into 64 bits");
    CHECK(error_after_head("[[client]]\nserver = \"A\"\noperations = 9000000000\n") ==
          "x.toml:5:14: 'operations' must be from 1 to 1000000, not 9000000000");
  }

  TEST_CASE("members of the first configuration are some of the servers") {
    const auto scenario = load_scenario(
        kHead + "[cluster]\nservers = 5\nmembers = [\"A\", \"B\", \"D\"]\nfirst_leader = \"D\"\n"
        "read_quorum = 1\nwrite_quorum = 3\n[[client]]\nserver = \"E\"\n", "x.toml");
    REQUIRE_MESSAGE(scenario, scenario.error().text);
    CHECK(scenario->world.members == std::vector<ServerId>{1, 2, 4});
    CHECK(scenario->world.clients[0].server == 5);

    const auto error_with = [](const std::string& rest) {
      return error_after_head("[cluster]\nservers = 4\n" + rest + "\n");
    };
    CHECK(error_with("members = []") == "x.toml:5:11: 'members' must name at least one server");
    CHECK(error_with("members = 3") == "x.toml:5:11: 'members' must be a string or a list of strings, not a whole number");
    CHECK(error_with("members = [\"B\", \"A\"]") ==
          "x.toml:5:17: the members must be in ascending order, each once");
    CHECK(error_with("members = [\"A\", \"E\"]") ==
          "x.toml:5:11: there is no server E in this scenario (only A, B, C, D)");
    CHECK(error_with("members = [\"A\", \"B\"]\nfirst_leader = \"C\"") ==
          "x.toml:6:16: the first leader must be one of 'members'");
    CHECK(error_with("members = [\"A\", \"B\"]\nwrite_quorum = 3") ==
          "x.toml:6:16: 'write_quorum' must be from 1 to 2, not 3");
    CHECK(error_with("members = [\"A\", \"B\", \"C\"]\nwrite_quorum = 1").find("do not intersect") !=
          std::string::npos);
  }

  TEST_CASE("members and conditions of a reconfiguration survive writing and reading") {
    const std::string text = kHead + "[cluster]\nservers = 4\nmembers = [\"A\", \"B\", \"C\"]\n"
        "[[step]]\nwhen = \"decided 3\"\ndo = \"reconfigure A,B,D lead B\"\n"
        "[[step]]\nwhen = \"sealed 1 at A\"\nsay = \"s\"\n[[step]]\nwhen = \"configuration 2\"\nsay = \"s\"\n";
    const auto scenario = load_scenario(text, "x.toml");
    REQUIRE_MESSAGE(scenario, scenario.error().text);
    const auto written = write_scenario(*scenario);
    REQUIRE(written.has_value());
    for (const char* line : {"members = [\"A\", \"B\", \"C\"]\n", "when = \"sealed 1 at A\"\n",
                             "when = \"configuration 2\"\n", "do = [\"reconfigure A,B,D lead B\"]\n"})
      CHECK_MESSAGE(written->find(line) != std::string::npos, line);
    const auto again = load_scenario(*written, "x.toml");
    REQUIRE_MESSAGE(again, again.error().text);
    CHECK(again->world.members == scenario->world.members);
    CHECK(*write_scenario(*again) == *written);
  }

  TEST_CASE("missing and contradictory") {
    CHECK(error_of("").substr(0, 30) == "x.toml:1:1: 'title' is missing");
    CHECK(error_after_head("[[client]]\nthink = \"1ms\"\n") == "x.toml:3:1: 'server' is missing in [[client]]");
    CHECK(error_after_head("[[step]]\ndo = \"crash A\"\n") == "x.toml:3:1: a step needs 'at', 'after' or 'when'");
    CHECK(error_after_head("[[step]]\nat = \"0s\"\n") == "x.toml:3:1: a step needs 'do' or 'say'");
    CHECK(error_after_head("[[step]]\nat = \"0s\"\nafter = \"0s\"\nsay = \"s\"\n") ==
          "x.toml:5:9: a step has 'at' or 'after', not both");
    CHECK(error_after_head("[[step]]\nat = \"2s\"\nsay = \"s\"\n") ==
          "x.toml:4:6: the step lies after the end of the scenario");
    CHECK(error_after_head("[cluster]\nservers = 4\nread_quorum = 1\nwrite_quorum = 3\n") ==
          "x.toml:3:1: read quorum 1 and write quorum 3 of 4 servers do not intersect");
    CHECK(error_after_head("[cluster]\nservers = [\"B\", \"A\"]\n") ==
          "x.toml:4:17: the servers must be in ascending order, each once");
    CHECK(error_after_head("[cluster]\nservers = 17\n") == "x.toml:4:11: 'servers' must be from 1 to 16, not 17");
  }

  TEST_CASE("words that mean nothing") {
    CHECK(error_after_head("protocols = [\"raftt\"]\n") ==
          "x.toml:3:14: unknown protocol 'raftt'; known: omnipaxos, raft, raft-prevote, raft-checkquorum, raft-both, register, register-local");
    CHECK(error_after_head("without = [\"P5.sess\"]\n") ==
          "x.toml:3:12: unknown switch 'P5.sess'; `paxoscope rules` lists them");
    CHECK(error_after_head("[[step]]\nwhen = \"rule Z9\"\nsay = \"s\"\n") ==
          "x.toml:4:8: unknown rule 'Z9'; `paxoscope rules` lists them");
    CHECK(error_after_head("[[step]]\nwhen = \"decided\"\nsay = \"s\"\n") ==
          "x.toml:4:8: '' is not a number of entries, in the condition 'decided'");
    CHECK(error_after_head("[[step]]\nat = \"1e9s\"\nsay = \"s\"\n").substr(0, 32) ==
          "x.toml:4:6: '1e9s' is not a dura");
    CHECK(error_after_head("[network]\nlatency = [\"2ms\", \"1ms\"]\n") ==
          "x.toml:4:11: 'latency' must be [shortest, longest]");
    CHECK(error_after_head("[network]\nlatency = \"0ms\"\n") == "x.toml:4:11: '0ms' must be from 100us to 60s");
    CHECK(error_after_head("[disk]\ntorn = true\n") ==
          "x.toml:3:1: 'torn' and 'values_first' need a latency: without one writes are durable at once");
    CHECK(error_after_head("expect = \"wins\"\n").substr(0, 50) ==
          "x.toml:3:10: cannot read the expectation 'wins'; i");
  }

  TEST_CASE("the first error of the file is the one reported") {
    CHECK(error_of("title = \"t\"\nduration = \"1s\"\nzebra = 1\nant = 2\n").substr(0, 26) ==
          "x.toml:3:1: unknown key 'z");
  }

  TEST_CASE("the bounds on lists") {
    std::string steps;
    for (size_t i = 0; i <= kMaxScenarioSteps; ++i) steps += "[[step]]\nat = \"0s\"\nsay = \"s\"\n";
    CHECK(error_after_head(steps) == "x.toml:603:1: more than 200 [[step]]");
    std::string clients;
    for (size_t i = 0; i <= kMaxClients; ++i) clients += "[[client]]\nserver = \"A\"\n";
    CHECK(error_after_head(clients) == "x.toml:67:1: more than 32 [[client]]");
  }

  TEST_CASE("what is no TOML is an error with its place") {
    CHECK(error_after_head("[[%x]]\n") == "x.toml:3:3: expected a key, not '%'");
    CHECK(error_after_head("[cluster\n") == "x.toml:3:9: expected ']', not the end of the line");
    CHECK(error_after_head("protocols = raft\n") ==
          "x.toml:3:13: 'raft' is no value: text needs quotes, a number no leading zeros");
    CHECK(error_after_head("title = \"u\"\n") == "x.toml:3:1: 'title' is there already, since line 1");
    CHECK(error_after_head("[[step]]\nat = 1.5\nsay = \"s\"\n") ==
          "x.toml:4:6: 'at' must be a duration in quotes, like \"20ms\", not a number with a point");
    CHECK(error_after_head("protocols = 2026-11-21 10:00:00\n") ==
          "x.toml:3:13: 'protocols' must be a string or a list of strings, not a date or time");
    CHECK(error_after_head("\xcf\xbbii") == "x.toml:3:1: a letter beyond ASCII outside of quotes and comments");
    CHECK(error_of("\xef\xbb\xbf" + kHead + "# \xcf\xbb\n").empty());
  }

  TEST_CASE("a name with odd bytes still gives one printable line") {
    const auto scenario = load_scenario("\x01", "x.toml");
    REQUIRE(!scenario);
    for (char c : scenario.error().text) CHECK(static_cast<unsigned char>(c) >= 0x20);
  }

  TEST_CASE("every scenario of this folder loads, with three to eight steps to tell") {
    size_t count = 0;
    for (const auto& file : std::filesystem::directory_iterator(PAXOSCOPE_SOURCE_DIR "/scenarios")) {
      if (file.path().extension() != ".toml") continue;
      ++count;
      const auto scenario = load_scenario(read(file.path()), file.path().filename().string());
      REQUIRE_MESSAGE(scenario, scenario.error().text);
      size_t told = 0;
      for (const ScenarioStep& step : scenario->steps) told += step.title.empty() ? 0 : 1;
      CHECK_MESSAGE((told >= 3 && told <= 8), scenario->id);
      CHECK(!scenario->summary.empty());
      CHECK(!scenario->expectations.empty());
    }
    CHECK(count >= 5);
  }

  TEST_CASE("property: a damaged file is read or refused in one line") {
    const std::string whole = read(PAXOSCOPE_SOURCE_DIR "/scenarios/constrained-election.toml");
    CHECK(rc::check("never crashes", [&](std::vector<std::pair<uint16_t, uint8_t>> damage) {
      std::string text = whole;
      for (const auto& [place, byte] : damage) text[place % text.size()] = static_cast<char>(byte);
      const auto scenario = load_scenario(text, "x.toml");
      if (!scenario) {
        RC_ASSERT(scenario.error().text.substr(0, 7) == "x.toml:");
        RC_ASSERT(scenario.error().text.find('\n') == std::string::npos);
      }
    }));
  }
}

TEST_SUITE("conditions and expectations") {
  TEST_CASE("what a client does: its loop, its tries, its mix") {
    const auto scenario = load_scenario(
        kHead + "[options]\nresubmit = false\nrelay = false\n[[client]]\nserver = \"A\"\nloop = \"open\"\nevery = \"5ms\"\n"
                "outstanding = 3\ntries = 0\nmix = \"put 5, get 4 cas\"\nkeys = 2\n[[client]]\nserver = \"B\"\n",
        "clients.toml");
    REQUIRE_MESSAGE(scenario, scenario.error().text);
    CHECK_FALSE(scenario->world.resubmit);
    CHECK_FALSE(scenario->world.relay);
    const ClientConfig& client = scenario->world.clients[0];
    CHECK(client.every_us == 5'000);
    CHECK(client.most_open == 3);
    CHECK(client.tries == 0);
    CHECK(client.mix == OperationMix{5, 4, 0, 0, 1});
    CHECK(client.keys == 2);
    const ClientConfig& plain = scenario->world.clients[1];
    CHECK(plain.every_us == 0);
    CHECK(plain.tries == 1);
    CHECK(plain.mix == OperationMix{1, 0, 0, 0, 0});
    const auto text = write_scenario(*scenario);
    REQUIRE(text.has_value());
    const auto again = load_scenario(*text, "clients.toml");
    REQUIRE_MESSAGE(again, again.error().text);
    CHECK(again->world.clients[0].mix == client.mix);
    CHECK(*write_scenario(*again) == *text);

    const auto refused = [](const std::string& lines) { return error_after_head("[[client]]\nserver = \"A\"\n" + lines); };
    CHECK(refused("loop = \"spiral\"").find("'loop' is \"closed\"") != std::string::npos);
    CHECK(refused("loop = \"open\"").find("an open loop needs 'every'") != std::string::npos);
    CHECK(refused("every = \"5ms\"").find("'every' needs loop = \"open\"") != std::string::npos);
    CHECK(refused("loop = \"open\"\nevery = \"5ms\"\nthink = \"5ms\"").find("does not think") != std::string::npos);
    CHECK(refused("mix = \"put 5, steal 4\"").find("'steal' is no kind of operation") != std::string::npos);
    CHECK(refused("mix = \"put 5, put 4\"").find("'put' stands twice") != std::string::npos);
    CHECK(refused("mix = \"put 0\"").find("'0' is not a weight") != std::string::npos);
    CHECK(refused("mix = \" \"").find("at least one kind") != std::string::npos);
    CHECK(refused("keys = 9") != "");
    CHECK(error_after_head("[[client]]\nserver = \"A\"\n[[step]]\nwhen = \"operation k2#1 ends\"\nsay = \"s\"\n")
              .find("there is no client k2 in this scenario, which has 1") != std::string::npos);
  }
  TEST_CASE("a step adds a client, which later conditions and expectations may name") {
    const std::string added = kHead + "[[step]]\nat = \"100ms\"\ndo = \"client add A closed 10ms get 1\"\n";
    const auto scenario = load_scenario(added + "[[step]]\nwhen = \"operation k1#2 ends\"\nsay = \"s\"\n", "added.toml");
    REQUIRE_MESSAGE(scenario, scenario.error().text);
    const auto text = write_scenario(*scenario);
    REQUIRE(text.has_value());
    REQUIRE(load_scenario(*text, "added.toml").has_value());
    CHECK(*write_scenario(*load_scenario(*text, "added.toml")) == *text);
    const auto later = load_scenario(added + "[[step]]\nwhen = \"operation k2#1 ends\"\nsay = \"s\"\n", "added.toml");
    REQUIRE_FALSE(later);
    CHECK(later.error().text.find("there is no client k2 in this scenario, which has 1") != std::string::npos);
    CHECK(error_after_head("[[step]]\nat = \"1ms\"\ndo = \"client add Z\"\n") != "");
    CHECK(error_after_head("[[step]]\nat = \"1ms\"\ndo = \"cut A-B,A-F\"\n") != "");
  }
  TEST_CASE("conditions") {
    const auto is = [](const char* text, ConditionKind kind, ServerId server, ServerId other, uint64_t value,
                       const char* name) {
      const auto c = parse_condition(text);
      REQUIRE_MESSAGE(c, text);
      CHECK_MESSAGE(c->kind == kind, text);
      CHECK_MESSAGE(c->server == server, text);
      CHECK_MESSAGE(c->other == other, text);
      CHECK_MESSAGE(c->value == value, text);
      CHECK_MESSAGE(c->text == name, text);
    };
    is("leader", ConditionKind::leader, 0, 0, 0, "");
    is("leader A", ConditionKind::leader, 1, 0, 0, "");
    is("decided 3", ConditionKind::decided, 0, 0, 3, "");
    is("decided B 3", ConditionKind::decided, 2, 0, 3, "");
    is("decided 2 more", ConditionKind::decided_more, 0, 0, 2, "");
    is("not quorum-connected C", ConditionKind::not_quorum_connected, 3, 0, 0, "");
    is("promised B", ConditionKind::promised, 2, 0, 0, "");
    is("promised B to A", ConditionKind::promised, 2, 1, 0, "");
    is("promised to A", ConditionKind::promised, 0, 1, 0, "");
    is("message Prepare", ConditionKind::message, 0, 0, 0, "Prepare");
    is("message AppendEntries reply to B", ConditionKind::message, 0, 2, 0, "AppendEntries reply");
    is("message Prepare from A to B", ConditionKind::message, 1, 2, 0, "Prepare");
    is("message AppendEntries reply to B", ConditionKind::message, 0, 2, 0, "AppendEntries reply");
    is("message Prepare to B", ConditionKind::message, 0, 2, 0, "Prepare");
    is("rule B3 at A", ConditionKind::event_rule, 1, 0, 0, "B3");
    is("sealed 1", ConditionKind::sealed, 0, 0, 1, "");
    is("sealed 2 at B", ConditionKind::sealed, 2, 0, 2, "");
    is("configuration 2 at D", ConditionKind::configuration, 4, 0, 2, "");
    const auto says = [](const char* text, bool of_future, uint32_t client, uint32_t number) {
      const auto c = parse_condition(text);
      REQUIRE_MESSAGE(c, text);
      CHECK_MESSAGE(c->kind == ConditionKind::claim, text);
      CHECK_MESSAGE(c->claim.of_future == of_future, text);
      CHECK_MESSAGE(c->claim.client == client, text);
      CHECK_MESSAGE(c->claim.number == number, text);
      CHECK(format_claim(c->claim) == text);
    };
    says("future op#1 cancelled", true, 0, 1);
    says("future k12#34 accepted", true, 12, 34);
    says("future k1#2 settled", true, 1, 2);
    says("operation k1#3 ends", false, 1, 3);
    says("operation k2#3 asked again", false, 2, 3);
    for (const char* text : {"future", "future op#1", "future op#0 cancelled", "future k0#1 resolved", "future x#1 resolved",
                             "future k1 resolved", "future #1 resolved", "operation k1#3 resolved", "future k1#3 ends",
                             "operation k1#3 ends twice"})
      CHECK_MESSAGE(!parse_condition(text), text);
    for (const char* text : {"", "leader A B", "decided", "decided 0", "decided A", "decided A 2 more", "promised B to",
                             "message", "rule", "rule B3 on A", "not", "sunday", "sealed", "sealed A", "sealed 0", "configuration 2 D",
                             "configuration 2 at"})
      CHECK_MESSAGE(!parse_condition(text), text);
  }

  TEST_CASE("expectations") {
    using Kind = Expectation::Kind;
    const auto is = [](const char* text, Kind kind, ServerId server, int64_t value) {
      const auto e = parse_expectation(text, 100'000);
      REQUIRE_MESSAGE(e, text);
      CHECK_MESSAGE(e->kind == kind, text);
      CHECK_MESSAGE(e->server == server, text);
      CHECK_MESSAGE(e->value == value, text);
      CHECK_MESSAGE(e->text == text, text);
    };
    is("no violation", Kind::no_violation, 0, 0);
    is("violation", Kind::violated, 0, 0);
    is("violation decided-agree", Kind::violated, 0, 0);
    is("decided at most 20", Kind::decided_at_most, 0, 20);
    is("decided at least 20", Kind::decided_at_least, 0, 20);
    is("decided at least 20 at C", Kind::decided_at_least, 3, 20);
    is("leader changes at most 2", Kind::leader_changes_at_most, 0, 2);
    is("leader is A", Kind::leader_is, 1, 0);
    is("longest stall at least 400ms", Kind::longest_stall_at_least, 0, 400'000);
    is("longest stall at most 400ms", Kind::longest_stall_at_most, 0, 400'000);
    is("longest stall at most 1 election timeout", Kind::longest_stall_at_most, 0, 100'000);
    is("recovers within 4 election timeouts", Kind::recovers_within, 0, 400'000);
    is("decides after 3s", Kind::decides_after, 0, 3'000'000);
    is("all caught up", Kind::all_caught_up, 0, 0);
    is("configuration is 2", Kind::configuration_is, 0, 2);
    is("members are A,B,D", Kind::members_are, 0, 0b1011);
    is("retired C", Kind::retired, 3, 0);
    is("all settled", Kind::all_settled, 0, 0);
    is("history linearizable", Kind::history_linearizable, 0, 0);
    is("all operations end", Kind::all_end, 0, 0);
    is("every client operation completes", Kind::all_complete, 0, 0);
    is("future op#1 cancelled", Kind::claim, 0, 0);
    is("operation k1#3 failed", Kind::claim, 0, 0);
    for (const char* text : {"", "violations", "history", "all operations", "future op#1", "operation k1#3 late", "no violation at all", "decided at least", "decided at least x",
                             "decided at least 3 at", "leader is", "leader is Z", "recovers within",
                             "recovers within 4 weeks", "all caught", "configuration is", "members are",
                             "members are A,", "retired", "all settled now"})
      CHECK_MESSAGE(!parse_expectation(text, 100'000), text);
  }
}
