// paxoscope check-history
#include <algorithm>
#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "check/linearizability.h"
#include "scenarios/command/command.h"
#include "scenarios/command/history_reader.h"

namespace paxoscope::command {

namespace {

using Json = nlohmann::ordered_json;

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot open " + path);
  std::string text;
  for (size_t room = 1u << 16; text.size() <= kMaxHistoryBytes; room *= 2) {
    const size_t before = text.size();
    text.resize(std::min(before + room, kMaxHistoryBytes + 1));
    file.read(text.data() + before, static_cast<std::streamsize>(text.size() - before));
    text.resize(before + static_cast<size_t>(file.gcount()));
    if (file.bad() || (file.fail() && !file.eof())) return fail("cannot read " + path);
    if (file.eof()) return text;
  }
  return fail(path + ":1: the file is longer than " + std::to_string(kMaxHistoryBytes) + " bytes");
}

/// "process 3: read 4, lines 90 to 93".
std::string describe(const RecordedOperation& record) {
  std::string text = "process " + std::to_string(record.process) + ": " + record.f;
  if (!record.key.empty()) text += " " + record.key;
  if (!record.value.empty()) text += " " + record.value;
  if (record.applied != Applied::unknown) text += record.applied == Applied::yes ? ", applied" : ", not applied";
  return text + ", lines " + std::to_string(record.invoked_line) + " to " + std::to_string(record.returned_line);
}

Json describe_json(const RecordedOperation& record) {
  Json json{{"process", record.process}, {"f", record.f}};
  if (!record.key.empty()) json["key"] = record.key;
  if (!record.value.empty()) json["value"] = Json::parse(record.value, nullptr, /*allow_exceptions=*/false);
  if (record.applied != Applied::unknown) json["applied"] = record.applied == Applied::yes;
  json["invoked_line"] = record.invoked_line;
  json["returned_line"] = record.returned_line;
  return json;
}

void print_json(const std::string& file, const std::string& model, const RecordedHistory& history,
                const LinearizabilityResult& result) {
  Json json{{"file", file}, {"model", model}, {"linearizable", nullptr}};
  if (result.verdict != Linearizable::undecided) json["linearizable"] = result.verdict == Linearizable::yes;
  json["operations"] = history.operations.size();
  json["keys"] = result.keys.size();
  if (result.verdict == Linearizable::no) {
    const RecordedOperation& failing = history.records[result.failing_operation];
    json["failing_prefix"] = Json{
        {"event", result.failing_event}, {"line", failing.returned_line}, {"shortest", result.prefix_is_shortest}};
    json["cannot_be_ordered"] = Json::array();
    for (uint32_t index : result.cannot_be_ordered)
      json["cannot_be_ordered"].push_back(describe_json(history.records[index]));
  }
  std::printf("%s\n", json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

void print_text(const std::string& file, const std::string& model, const RecordedHistory& history,
                const LinearizabilityResult& result) {
  const bool yes = result.verdict == Linearizable::yes;
  std::printf("%s: %slinearizable (%s, %zu operations, %zu %s)\n", file.c_str(), yes ? "" : "NOT ", model.c_str(),
              history.operations.size(), result.keys.size(), result.keys.size() == 1 ? "key" : "keys");
  if (yes) return;
  std::printf("  no order is left from line %u on%s; these cannot be ordered:\n",
              history.records[result.failing_operation].returned_line,
              result.prefix_is_shortest ? "" : ", perhaps earlier");
  for (uint32_t index : result.cannot_be_ordered) std::printf("    %s\n", describe(history.records[index]).c_str());
}

int check_file(const std::string& path, const CheckHistoryArguments& arguments, HistoryModel model) {
  const auto text = read_file(path);
  if (!text) return bad_input(text.error().text);
  const auto history = read_history(*text, model, path);
  if (!history) return bad_input(history.error().text);
  LinearizabilityBudget budget;
  budget.steps = arguments.steps;
  const LinearizabilityResult result = check_linearizable(history->operations, initial_state(model), budget);
  if (result.verdict == Linearizable::undecided) {
    if (arguments.json) print_json(path, arguments.model, *history, result);
    const auto undecided = std::count_if(result.keys.begin(), result.keys.end(), [](const KeyOrder& key) {
      return key.verdict == Linearizable::undecided;
    });
    return bad_input(path + ": not decided within " + std::to_string(result.steps) + " steps: " +
                     std::to_string(undecided) + " of " + std::to_string(result.keys.size()) +
                     " keys are open (bounds: --steps, and memory)");
  }
  (arguments.json ? print_json : print_text)(path, arguments.model, *history, result);
  return result.verdict == Linearizable::yes ? kHeld : kNotHeld;
}

}  // namespace

int check_history(const CheckHistoryArguments& arguments) {
  const auto model = parse_model(arguments.model);
  if (!model) return bad_input("--model: " + model.error().text);
  int worst = kHeld;
  for (const std::string& path : arguments.files) worst = std::max(worst, check_file(path, arguments, *model));
  return worst;
}

}  // namespace paxoscope::command
