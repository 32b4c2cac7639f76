// A run in the languages of other tools, as text: what a person puts into a paper, an issue or another viewer.
#pragma once

#include <string>

#include "scenarios/run.h"

namespace paxoscope {

/// Diagrams show at most so many messages; the text says when there were more.
inline constexpr size_t kMaxDiagramMessages = 300;

/// A Mermaid sequence diagram of the messages delivered or lost in [from_us, to_us], heartbeats left out, and of what
/// people and the scenario did meanwhile.
std::string mermaid_diagram(const Run& run, TimeUs from_us, TimeUs to_us);
/// A log with vector clocks for ShiViz, of everything computed so far, heartbeats left out. Its parser's expression:
/// (?<host>\S*) (?<clock>{.*})\n(?<event>.*)
std::string shiviz_log(const Run& run);
/// Where the run stands, how to get there again, and what was found: for a report of a problem.
std::string problem_report(const Run& run);

}  // namespace paxoscope
