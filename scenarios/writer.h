// Scenarios as TOML text that the loader reads back, and failed cases of the swarm as scenarios.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "check/swarm.h"
#include "scenarios/scenario.h"

namespace paxoscope {

/// The file's text; load_scenario reads it back to an equal scenario. Fails where it is larger than the loader allows.
Result<std::string> write_scenario(const Scenario& scenario);

/// The run as a scenario: the same world, and each action at its time. It expects the violation, or — for a stall — what
/// the servers owe and do not do. `without`: the switches that were off.
Scenario scenario_of(const SwarmCase& played, const SwarmResult& result, const std::string& protocol,
                     const std::vector<std::string>& without);

}  // namespace paxoscope
