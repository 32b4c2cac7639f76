// The headless command as a person calls it: output, exit codes, bad input.
#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "calling.h"
#include "fixture.h"

using namespace paxoscope;
using namespace paxoscope::test;
using Json = nlohmann::json;

namespace {

std::string scenario(const std::string& id) { return "'" PAXOSCOPE_SOURCE_DIR "/scenarios/" + id + ".toml'"; }

}  // namespace

TEST_SUITE("command") {
  TEST_CASE("run --json: exactly the documented keys, and the same run as the library's") {
    const Folder folder;
    const Outcome outcome = call(folder, "run " + scenario("quorum-loss") + " --seed 5 --json");
    CHECK(outcome.exit == 0);
    CHECK(outcome.err.empty());
    CHECK(lines(outcome.out) == 1);
    const Json json = Json::parse(outcome.out);
    CHECK(keys(json) == std::vector<std::string>{"events", "expectations", "futures", "leader_changes",
                                                 "longest_stall_us", "protocol", "scenario", "seed", "servers",
                                                 "state_hash", "time_us", "violations"});
    CHECK(json["scenario"] == "quorum-loss");
    CHECK(json["seed"] == "5");
    CHECK(keys(json["servers"][0]) == std::vector<std::string>{"decided", "id"});
    CHECK(keys(json["expectations"][0]) == std::vector<std::string>{"held", "text"});
    CHECK(keys(json["futures"]) == std::vector<std::string>{"cancelled", "pending", "resolved", "unknown"});
    auto run = test::start(test::load_file("quorum-loss"), 5);
    run->run_to_end();
    CHECK(json["state_hash"] == hex16(run->state_hash()));
    CHECK(json["events"] == run->event());
  }

  TEST_CASE("run on a register tells what it holds and what became of the operations, and nothing of decisions and leaders") {
    const Folder folder;
    const Outcome outcome = call(folder, "run " + scenario("register") + " --seed 1");
    CHECK(outcome.exit == 0);
    CHECK(outcome.out.find("keys with a value:  A 1  B 1  C 1\n") != std::string::npos);
    CHECK(outcome.out.find("operations: 3 ended, 0 open, 0 unknown\n") != std::string::npos);
    CHECK(outcome.out.find("decided:") == std::string::npos);
    CHECK(outcome.out.find("leader") == std::string::npos);
    const Json json = Json::parse(call(folder, "run " + scenario("register") + " --until 1ms --json").out);
    CHECK(keys(json["servers"][0]) == std::vector<std::string>{"decided", "held", "id"});
    CHECK(json["servers"][0]["held"] == 0);
  }

  TEST_CASE("run: exit 1 when an expectation or a check does not hold") {
    const Folder folder;
    const Outcome stalls = call(folder, "run " + scenario("leader-crash") + " --without B3.raise --json");
    CHECK(stalls.exit == 1);
    bool not_held = false;
    const Json json = Json::parse(stalls.out);
    for (const Json& result : json["expectations"]) not_held = not_held || !result["held"].get<bool>();
    CHECK(not_held);
    const std::string never = folder.write("never.toml", "title=\"t\"\nduration=\"100ms\"\nexpect=\"violation\"\n");
    CHECK(call(folder, "run " + never).exit == 1);
  }

  TEST_CASE("run --until stops there and leaves out what is not known yet") {
    const Folder folder;
    const Outcome outcome = call(folder, "run " + scenario("chained") + " --until 500ms --json");
    CHECK(outcome.exit == 0);
    const Json json = Json::parse(outcome.out);
    CHECK(json["time_us"] <= 500'000);
    CHECK(json["time_us"] > 450'000);
    CHECK(json["expectations"].empty());
  }

  TEST_CASE("run --trace: a JSON line per event") {
    const Folder folder;
    const Outcome outcome =
        call(folder, "run " + scenario("quorum-loss") + " --json --trace '" + folder.file("trace") + "'");
    CHECK(outcome.exit == 0);
    const Json summary = Json::parse(outcome.out);
    std::ifstream file(folder.file("trace"));
    uint64_t number = 0;
    bool raised = false;
    Json last;
    for (std::string line; std::getline(file, line); ++number) {
      last = Json::parse(line);
      REQUIRE(last["event"] == number);
      for (const Json& note : last.value("notes", Json::array())) raised = raised || note["rule"] == "B3";
    }
    CHECK(number == summary["events"].get<uint64_t>() + 1);
    CHECK(raised);
    CHECK(last["state_hash"] == summary["state_hash"]);
    CHECK(call(folder, "run " + scenario("chained") + " --trace /nowhere/at/all").exit == 2);
  }

  TEST_CASE("rules: every rule once, every switch with its rule") {
    const Folder folder;
    const Outcome outcome = call(folder, "rules --json");
    CHECK(outcome.exit == 0);
    size_t switches = 0;
    const Json json = Json::parse(outcome.out);
    CHECK(json["rules"].size() > 10);
    for (const Json& rule : json["rules"]) {
      CHECK(keys(rule) == std::vector<std::string>{"id", "protocol", "source", "switches", "text"});
      for (const Json& info : rule["switches"]) {
        ++switches;
        CHECK((info["kind"] == "safety" || info["kind"] == "liveness"));
        const std::string start = rule["id"].get<std::string>() + ".";
        CHECK(info["id"].get<std::string>().substr(0, start.size()) == start);
      }
    }
    CHECK(switches >= 20);
    CHECK(call(folder, "rules --protocol omnipaxos").exit == 0);
    CHECK(call(folder, "rules --protocol raftt").exit == 2);
  }

  TEST_CASE("bad input: one clear line, exit 2") {
    const Folder folder;
    const std::string head = "title = \"t\"\nduration = \"1s\"\n";
    std::string nul = head;
    nul += '\0';
    const std::pair<const char*, std::string> files[] = {
        {"unknown-key.toml", head + "colour = 1\n"},
        {"wrong-type.toml", head + "[cluster]\nservers = \"x\"\n"},
        {"no-such-link.toml", head + "[[step]]\nat = \"0s\"\ndo = \"cut A-F\"\n"},
        {"large.toml", std::string(10'000'000, '#')},
        {"nul.toml", nul},
        {"deep.toml", "x = " + std::string(100'000, '[')},
        {"huge.toml", head + "[[client]]\nserver = \"A\"\noperations = 1" + std::string(400, '0') + "\n"},
        {"empty.toml", ""},
    };
    for (const auto& file : files) {
      const auto& name = file.first;
      const auto& content = file.second;
      const std::string path = folder.write(name, content);
      const Outcome outcome = call(folder, "run '" + path + "' --json");
      CHECK_MESSAGE(outcome.exit == 2, name);
      CHECK_MESSAGE(outcome.out.empty(), name);
      CHECK_MESSAGE(lines(outcome.err) == 1, outcome.err);
      CHECK_MESSAGE(outcome.err.find(std::string(name) + ":") != std::string::npos, outcome.err);
    }
    for (const std::string& arguments :
         {std::string("run /no/such/file"), std::string("run /"), std::string("run"), std::string("sing"),
          std::string(), "run " + scenario("chained") + " --seed x", "run " + scenario("chained") + " --seed -1",
          "run " + scenario("chained") + " --until soon", "run " + scenario("chained") + " --without Z9",
          "run " + scenario("chained") + " --protocol raftt", "run " + scenario("chained") + " --wat"}) {
      const Outcome outcome = call(folder, arguments);
      CHECK_MESSAGE(outcome.exit == 2, arguments);
      CHECK_MESSAGE(lines(outcome.err) == 1, arguments << ": " << outcome.err);
    }
    CHECK(call(folder, "--help").exit == 0);
    CHECK(call(folder, "run --help").exit == 0);
  }
}
