// Simulation values as plain JavaScript objects. Names are camelCase, times are microseconds as numbers, hashes and
// seeds are strings (64 bits do not fit a number).
#pragma once

#include <emscripten/val.h>

#include <string>
#include <vector>

#include "scenarios/run.h"

namespace paxoscope::web {

emscripten::val to_value(const Observation& observation);
emscripten::val to_value(const std::vector<PendingItem>& pending);
emscripten::val to_value(const std::vector<Violation>& violations);
emscripten::val to_value(const std::vector<LessonStep>& lesson);
/// With the keys that `paxoscope run --json` prints.
emscripten::val to_value(const RunSummary& summary);

/// {error: sentence}
emscripten::val error_value(const std::string& sentence);

}  // namespace paxoscope::web
