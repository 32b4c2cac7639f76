// scenarios/broken: one small run per rule, found by the swarm. With the rule off it goes wrong as it says; with all rules
// on the same script goes well.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "scenarios/run.h"
#include "scenarios/scenario.h"
#include "scenarios/writer.h"

using namespace paxoscope;

namespace {

struct File {
  std::string name;  ///< of the switch
  std::string text;
};

std::vector<File> broken_scenarios() {
  std::vector<File> files;
  const std::filesystem::path folder = std::filesystem::path(PAXOSCOPE_SOURCE_DIR) / "scenarios" / "broken";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".toml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files.push_back({entry.path().stem().string(), {std::istreambuf_iterator<char>(file), {}}});
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.name < b.name; });
  return files;
}

std::unique_ptr<Run> played(const Scenario& scenario) {
  auto run = Run::create(scenario, {});
  REQUIRE(run.has_value());
  (*run)->run_to_end();
  return std::move(*run);
}

}  // namespace

TEST_SUITE("broken rules") {
  TEST_CASE("with its rule off each run goes wrong as it says, with all rules on it goes well") {
    const auto files = broken_scenarios();
    CHECK(files.size() >= 30);
    for (const File& file : files) {
      INFO(file.name);
      auto scenario = load_scenario(file.text, file.name + ".toml");
      REQUIRE_MESSAGE(scenario.has_value(), (scenario ? std::string() : scenario.error().text));
      REQUIRE(scenario->switches_off == std::vector<std::string>{file.name});
      REQUIRE(scenario->expectations.size() == 1);
      const auto off = played(*scenario);
      CHECK(off->violated());
      CHECK(off->expectations()[0].held);

      scenario->switches_off.clear();
      const auto on = played(*scenario);
      CHECK_FALSE(on->violated());
    }
  }
  TEST_CASE("a scenario that is written reads back as the same text and the same run") {
    for (const File& file : broken_scenarios()) {
      INFO(file.name);
      const auto scenario = load_scenario(file.text, file.name + ".toml");
      REQUIRE(scenario.has_value());
      const auto text = write_scenario(*scenario);
      REQUIRE(text.has_value());
      CHECK(*text == file.text);
    }
  }
  TEST_CASE("a scenario with more steps than the loader takes is refused") {
    Scenario scenario;
    scenario.title = "long";
    scenario.duration_us = 1000;
    scenario.world.servers = {1};
    scenario.steps.resize(kMaxScenarioSteps + 1);
    const auto text = write_scenario(scenario);
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().text == "the scenario has 201 steps; at most 200 are read");
  }
  TEST_CASE("titles with quotes, conditions and every section survive writing and reading") {
    const char* text = R"(title = "a \"quoted\" \\ title"
summary = "two\nlines"
protocols = ["omnipaxos"]
duration = "2s"
expect = [
  "no violation",
  "decided at least 1",
]

[cluster]
servers = ["A", "C", "D"]
first_leader = "C"
election_timeout = "100ms"
resend = "250ms"
priorities = [1, 0, 2]
calm_takeover = true
read_quorum = 2
write_quorum = 2

[network]
latency = ["8ms", "12ms"]
loss = "2.5%"
duplication = "10%"
datagram = true

[disk]
latency = ["0ms", "1500us"]
torn = true
values_first = true

[[client]]
server = "A"
start = "10ms"
think = "30ms"
timeout = "500ms"
stay = true
operations = 7

[[step]]
at = "1s"
do = [
  "cut A>C",
  "propose D x=1",
]

[[step]]
after = "20ms"
when = "message Prepare from A to C"
say = "look"
text = "here"

[[step]]
when = "decided 2 more"
do = ["heal all"]

[[step]]
when = "rule B3 at A"
say = "again"
)";
    const auto scenario = load_scenario(text, "all.toml");
    REQUIRE_MESSAGE(scenario.has_value(), (scenario ? std::string() : scenario.error().text));
    const auto written = write_scenario(*scenario);
    REQUIRE(written.has_value());
    CHECK(*written == text);
  }
}
