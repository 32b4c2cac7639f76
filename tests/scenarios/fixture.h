// Runs for the tests of this folder.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "scenarios/run.h"

namespace paxoscope::test {

/// With how many seeds each scenario is played. Sanitizers are slow.
#ifdef __SANITIZE_ADDRESS__
inline constexpr uint64_t kSeeds = 40;
#else
inline constexpr uint64_t kSeeds = 200;
#endif

inline Scenario load(const std::string& text, const std::string& name = "test.toml") {
  const auto scenario = load_scenario(text, name);
  REQUIRE_MESSAGE(scenario, scenario.error().text);
  return *scenario;
}

/// One of the scenario files, by id.
inline Scenario load_file(const std::string& id) {
  std::ifstream file(PAXOSCOPE_SOURCE_DIR "/scenarios/" + id + ".toml", std::ios::binary);
  REQUIRE_MESSAGE(file, id);
  return load({std::istreambuf_iterator<char>(file), {}}, id + ".toml");
}

inline std::unique_ptr<Run> start(const Scenario& scenario, uint64_t seed = 1,
                                  std::vector<std::string> switches_off = {}, const std::string& protocol = "") {
  RunOptions options;
  options.protocol = protocol;
  options.seed = seed;
  options.switches_off = std::move(switches_off);
  auto run = Run::create(scenario, options);
  REQUIRE_MESSAGE(run, run.error().text);
  return std::move(*run);
}

inline Action action(const std::string& text) {
  const auto action = parse_action(text);
  REQUIRE_MESSAGE(action, action.error().text);
  return *action;
}

}  // namespace paxoscope::test
