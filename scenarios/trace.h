// A run as JSON lines: one event per line. scenarios/README.md documents the keys.
#pragma once

#include <functional>
#include <string>

#include "scenarios/run.h"

namespace paxoscope {

/// The present event of the run, without a line end.
std::string trace_line(const Run& run);
/// A line for each event from `first` up to the present one.
void write_trace_lines(Run& run, uint64_t first, const std::function<void(const std::string&)>& write);

/// As text for a person to save, at most so many lines.
inline constexpr uint64_t kMaxLatestEvents = 5000;
std::string latest_trace(Run& run);

}  // namespace paxoscope
