// A run as JSON lines: one event per line. scenarios/README.md documents the keys.
#pragma once

#include <string>

#include "scenarios/run.h"

namespace paxoscope {

/// The present event of the run, without a line end.
std::string trace_line(const Run& run);

}  // namespace paxoscope
