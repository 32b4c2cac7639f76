#include "scenarios/run_inputs.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "scenarios/journal_text.h"

namespace paxoscope {
namespace {

std::vector<std::string> split_switches(const std::string& text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

Result<uint64_t> parse_seed(const std::string& text) {
  if (text.empty()) return RunOptions().seed;
  uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, seed);
  if (failure != std::errc() || rest != end) {
    return fail(concat("The seed ", quote(text), " is not a whole number from 0 to 18446744073709551615."));
  }
  return seed;
}

}  // namespace

Result<std::unique_ptr<Run>> start_run(std::string_view toml, const RunInputs& inputs) {
  auto scenario = load_scenario(toml, inputs.name.empty() ? "scenario" : inputs.name);
  if (!scenario) return tl::unexpected<Error>(scenario.error());
  const auto seed = parse_seed(inputs.seed);
  if (!seed) return tl::unexpected<Error>(seed.error());
  RunOptions options;
  options.protocol = inputs.protocol;
  options.seed = *seed;
  options.switches_off = split_switches(inputs.off);
  options.servers = inputs.servers;
  auto run = Run::create(*scenario, options);
  if (!run) return run;
  auto journal = parse_journal(inputs.journal);
  if (!journal) return tl::unexpected<Error>(journal.error());
  if (journal->empty()) return run;
  const auto loaded = (*run)->load_journal(std::move(*journal));
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  return run;
}

std::string switches_text(const std::vector<std::string>& switches) {
  std::string text;
  for (const std::string& name : switches) text += (text.empty() ? "" : ",") + name;
  return text;
}

}  // namespace paxoscope
