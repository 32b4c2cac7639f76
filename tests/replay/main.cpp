// replay FILE SEED JOURNAL_FILE UNTIL_US: plays a scenario with a journal natively and prints one line of JSON: the
// state hash, the event and the decided index per server. The tests compare it with the same run as WebAssembly.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/hash.h"
#include "scenarios/journal_text.h"
#include "scenarios/run.h"

namespace {

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class T>
T value_or_exit(paxoscope::Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().text.c_str());
  std::exit(2);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "replay FILE SEED JOURNAL_FILE UNTIL_US\n");
    return 2;
  }
  using namespace paxoscope;
  const auto name = std::filesystem::path(arguments[1]).stem().string();
  const Scenario scenario = value_or_exit(load_scenario(read(arguments[1]), name));
  RunOptions options;
  options.seed = std::strtoull(arguments[2], nullptr, 10);
  const auto run = value_or_exit(Run::create(scenario, options));
  const auto loaded = run->load_journal(value_or_exit(parse_journal(read(arguments[3]))));
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().text.c_str());
    return 2;
  }
  // A violation stops a run, and whoever looks on goes on.
  for (uint64_t before = UINT64_MAX; before != run->event();) {
    before = run->event();
    run->run_until(std::strtoll(arguments[4], nullptr, 10));
  }
  std::printf("{\"stateHash\":\"%s\",\"event\":%" PRIu64 ",\"decided\":[", hex16(run->state_hash()).c_str(), run->event());
  const RunSummary summary = run->summary();
  for (size_t i = 0; i < summary.servers.size(); ++i)
    std::printf("%s%" PRIu64, i == 0 ? "" : ",", summary.servers[i].decided);
  std::printf("]}\n");
  return 0;
}
