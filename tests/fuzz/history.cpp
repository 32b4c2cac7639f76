// libFuzzer target: any bytes as a history; what can be read is checked, and a monitor must agree.
// Seeds: tests/fuzz/corpus/history. Run: fuzz-history -max_len=4096 tests/fuzz/corpus/history
#include <algorithm>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "check/history_monitor.h"
#include "scenarios/command/history_reader.h"

namespace {

using namespace paxoscope;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Each key's order must explain every response before `before`.
void try_orders(const std::vector<HistoryOperation>& history, HistoryModel model, const LinearizabilityResult& result,
                uint64_t before) {
  for (const KeyOrder& key : result.keys) {
    if (key.verdict == Linearizable::undecided) continue;
    HistoryDigest state = initial_state(model);
    std::vector<bool> placed(history.size());
    uint64_t point = 0;
    for (uint32_t index : key.order) {
      HistoryOperation operation = history[index];
      point = std::max(point, operation.invoked);
      require(!placed[index] && operation.key == key.key && point <= operation.returned);
      if (operation.returned >= before) operation.applied = Applied::unknown;
      require(place(operation, state) != Step::refused);
      placed[index] = true;
    }
    for (size_t i = 0; i < history.size(); ++i)
      require(placed[i] || history[i].key != key.key || history[i].returned >= before);
  }
}

void try_monitor(const std::vector<HistoryOperation>& history, HistoryModel model, const LinearizabilityResult& result) {
  std::vector<std::tuple<uint64_t, bool, size_t>> events;
  for (size_t i = 0; i < history.size(); ++i) {
    events.push_back({history[i].invoked, false, i});
    if (!history[i].pending()) events.push_back({history[i].returned, true, i});
  }
  std::sort(events.begin(), events.end());
  HistoryMonitor monitor(initial_state(model));
  uint64_t failed_at = 0;
  for (const auto& [number, response, i] : events) {
    const HistoryOperation& operation = history[i];
    if (response) monitor.respond(i, {operation.value_seen, operation.value, operation.applied});
    else monitor.invoke(i, operation);
    if (failed_at == 0 && monitor.verdict() == Linearizable::no) failed_at = number;
    // Beyond its bounds it need not find what the search finds.
    if (monitor.verdict() == Linearizable::undecided) return;
  }
  if (result.verdict == Linearizable::undecided || !result.prefix_is_shortest) return;
  require(monitor.verdict() == result.verdict && failed_at == result.failing_event);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const HistoryModel model : {HistoryModel::register_, HistoryModel::cas_register, HistoryModel::kv}) {
    const auto history = command::read_history(text, model, "fuzz.jsonl");
    if (!history) {
      require(history.error().text.find('\n') == std::string::npos);
      continue;
    }
    LinearizabilityBudget budget;
    budget.steps = 100'000;
    const auto result = check_linearizable(history->operations, initial_state(model), budget);
    const bool no = result.verdict == Linearizable::no;
    require(!no || !result.cannot_be_ordered.empty());
    if (!no || result.prefix_is_shortest)
      try_orders(history->operations, model, result, no ? result.failing_event : kNever);
    try_monitor(history->operations, model, result);
  }
  return 0;
}
