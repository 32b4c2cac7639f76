// scenarios/broken: one small run per switch. With its rule off it goes wrong: by a violation if the rule is for safety
// (found by the swarm), by a stall or a lead that flaps if it is for liveness (written by hand). With all rules on the
// same script goes well.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/catalogue.h"
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

/// Null if no protocol has such a switch.
const SwitchInfo* find_switch(std::string_view id) {
  for (const ProtocolInfo& protocol : protocols())
    for (const SwitchInfo& info : protocol.switches)
      if (id == info.id) return &info;
  return nullptr;
}

std::vector<File> broken_scenarios(SwitchKind kind) {
  std::vector<File> files;
  for (File& file : broken_scenarios()) {
    const SwitchInfo* info = find_switch(file.name);
    REQUIRE_MESSAGE(info != nullptr, file.name << " is no switch");
    if (info->kind == kind) files.push_back(std::move(file));
  }
  return files;
}

std::unique_ptr<Run> played(const Scenario& scenario, const std::string& protocol, uint64_t seed = 1) {
  RunOptions options;
  options.protocol = protocol;
  options.seed = seed;
  auto run = Run::create(scenario, options);
  REQUIRE(run.has_value());
  (*run)->run_to_end();
  return std::move(*run);
}

/// The expectations that do not hold, one per line.
std::string missed(const Run& run) {
  std::string text;
  for (const ExpectationResult& expectation : run.expectations())
    if (!expectation.held) text += expectation.text + "\n";
  return text;
}

/// The title of the first step that is never told; empty if all are.
std::string untold(const Run& run) {
  for (const LessonStep& step : run.lesson())
    if (!step.reached) return step.title;
  return "";
}

}  // namespace

TEST_SUITE("broken rules") {
  TEST_CASE("with its rule off each run goes wrong as it says, with all rules on it goes well") {
    const auto files = broken_scenarios(SwitchKind::safety);
    CHECK(files.size() >= 30);
    for (const File& file : files) {
      INFO(file.name);
      auto scenario = load_scenario(file.text, file.name + ".toml");
      REQUIRE_MESSAGE(scenario.has_value(), (scenario ? std::string() : scenario.error().text));
      REQUIRE(scenario->switches_off == std::vector<std::string>{file.name});
      REQUIRE(scenario->expectations.size() == 1);
      Scenario all_on = *scenario;
      all_on.switches_off.clear();
      REQUIRE_FALSE(scenario->protocols.empty());
      for (const std::string& protocol : scenario->protocols) {
        INFO(protocol);
        const auto off = played(*scenario, protocol);
        CHECK(off->violated());
        CHECK(off->expectations()[0].held);
        CHECK_FALSE(played(all_on, protocol)->violated());
      }
    }
  }
  TEST_CASE("with its liveness rule off each script stalls or flaps, with all rules on it does as expected") {
    const auto files = broken_scenarios(SwitchKind::liveness);
    CHECK(files.size() >= 15);
    for (const File& file : files) {
      INFO(file.name);
      auto scenario = load_scenario(file.text, file.name + ".toml");
      REQUIRE_MESSAGE(scenario.has_value(), (scenario ? std::string() : scenario.error().text));
      REQUIRE(scenario->switches_off == std::vector<std::string>{file.name});
      Scenario all_on = *scenario;
      all_on.switches_off.clear();
      REQUIRE_FALSE(scenario->protocols.empty());
      for (const std::string& protocol : scenario->protocols)
        for (uint64_t seed = 1; seed <= 10; ++seed) {  // it is the script, not the seed, that stalls
          INFO(protocol, " seed ", seed);
          const auto off = played(*scenario, protocol, seed);
          CHECK_FALSE(off->violated());
          CHECK(missed(*off) != "");
          CHECK(untold(*off) == "");

          const auto on = played(all_on, protocol, seed);
          CHECK_FALSE(on->violated());
          CHECK(missed(*on) == "");
          CHECK(untold(*on) == "");
        }
    }
  }
  TEST_CASE("every switch has a run that shows what its rule is for, or a reason why it has none") {
    struct Without {
      std::string_view id;
      const char* reason;
    };
    static constexpr Without kWithout[] = {
        {"F4.tag", "tests/core/test_shadow_log.cpp plays it: a relay must offer a ballot that is not adopted yet, and go"},
        {"F8.last", "tests/core/test_records.cpp plays it: 20,000 seeds of the swarm find no run"},
    };
    const auto files = broken_scenarios();
    const auto has_file = [&](std::string_view id) {
      return std::any_of(files.begin(), files.end(), [&](const File& file) { return file.name == id; });
    };
    std::set<std::string_view> ids;  // protocols of one family share them
    for (const ProtocolInfo& protocol : protocols())
      for (const SwitchInfo& info : protocol.switches) ids.insert(info.id);
    CHECK(ids.size() >= 70);
    for (const std::string_view id : ids) {
      const bool excused = std::any_of(std::begin(kWithout), std::end(kWithout),
                                       [&](const Without& without) { return without.id == id; });
      CHECK_MESSAGE(has_file(id) != excused, id);  // an excuse for one that has a file is out of date
    }
    for (const Without& without : kWithout) CHECK_MESSAGE(find_switch(without.id) != nullptr, without.reason);
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
