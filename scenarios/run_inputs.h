// What makes a run, as links and JavaScript write it: text from outside, read in one place.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scenarios/run.h"

namespace paxoscope {

struct RunInputs {
  std::string name;      ///< of the scenario, in errors and as its id; empty: "scenario"
  std::string protocol;  ///< empty: the scenario's first
  std::string seed;      ///< empty: 1
  std::string off;       ///< switches, with commas between
  uint32_t servers = 0;  ///< as in RunOptions
  std::string journal;   ///< as `format_journal` writes it
};

/// The run at event 0, or a sentence.
Result<std::unique_ptr<Run>> start_run(std::string_view toml, const RunInputs& inputs);
/// The switches of a run as `RunInputs::off`.
std::string switches_text(const std::vector<std::string>& switches);

}  // namespace paxoscope
