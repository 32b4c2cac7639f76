#include "web/engine.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/text.h"
#include "scenarios/journal_text.h"
#include "scenarios/run_inputs.h"
#include "web/values.h"

namespace paxoscope::web {
namespace {

using emscripten::val;

constexpr char kNoRun[] = "No scenario is loaded.";
constexpr double kLargestWhole = 9007199254740991.0;  // 2^53 - 1

class OwnRun : public RunPlace {
 public:
  Run* run() override { return run_.get(); }
  void put(std::unique_ptr<Run> run) override { run_ = std::move(run); }

 private:
  std::unique_ptr<Run> run_;
};

std::string text_of(const val& options, const char* name) {
  const val value = options[name];
  return value.isString() ? value.as<std::string>() : std::string();
}

bool is_whole(double number) { return number >= 0 && number <= kLargestWhole && std::floor(number) == number; }

Result<std::unique_ptr<Run>> start(const std::string& toml, const val& options) {
  RunInputs inputs;
  inputs.name = text_of(options, "name");
  inputs.protocol = text_of(options, "protocol");
  inputs.seed = text_of(options, "seed");
  inputs.off = text_of(options, "off");
  inputs.journal = text_of(options, "journal");
  const val servers = options["servers"];
  if (servers.isNumber()) {
    const double count = servers.as<double>();
    if (!is_whole(count) || count > kMaxServers) return fail(concat("A run has at most ", kMaxServers, " servers."));
    inputs.servers = static_cast<uint32_t>(count);
  }
  return start_run(toml, inputs);
}

}  // namespace

Engine::Engine() : place_(std::make_unique<OwnRun>()) {}

val Engine::load(const std::string& toml, const val& options) {
  auto run = start(toml, options);
  if (!run) return error_value(run.error().text);
  place_->put(std::move(*run));
  return moved(true);
}

val Engine::moved(bool moved) {
  place_->changed();
  val result = val::object();
  result.set("moved", moved);
  return result;
}

val Engine::step(const std::string& unit) {
  if (!run()) return error_value(kNoRun);
  const auto parsed = parse_stop(unit);
  if (!parsed) return error_value(parsed.error().text);
  return moved(run()->step(*parsed));
}

val Engine::step_back(const std::string& unit) {
  if (!run()) return error_value(kNoRun);
  const auto parsed = parse_stop(unit);
  if (!parsed) return error_value(parsed.error().text);
  return moved(run()->step_back(*parsed));
}

val Engine::run_until(double time_us) {
  if (!run()) return error_value(kNoRun);
  if (!is_whole(time_us)) return error_value("A time is a whole number of microseconds, 0 or more.");
  return moved(run()->run_until(static_cast<TimeUs>(time_us)));
}

val Engine::seek(double event) {
  if (!run()) return error_value(kNoRun);
  if (!is_whole(event)) return error_value("An event is a whole number, 0 or more.");
  return moved(run()->seek(static_cast<uint64_t>(event)));
}

val Engine::run_to_end() {
  if (!run()) return error_value(kNoRun);
  return moved(run()->run_to_end());
}

val Engine::perform(const std::string& text) {
  if (!run()) return error_value(kNoRun);
  const auto action = parse_action(text);
  if (!action) return error_value(action.error().text);
  const auto done = run()->perform(*action);
  if (!done) return error_value(done.error().text);
  return moved(true);
}

val Engine::undo() {
  if (!run()) return error_value(kNoRun);
  return moved(run()->undo());
}

val Engine::observe(double first_index, double count) {
  if (!run()) return val::undefined();
  LogWindow window;
  if (is_whole(first_index)) window.first = std::max<LogIndex>(1, static_cast<LogIndex>(first_index));
  if (is_whole(count)) window.count = static_cast<uint32_t>(std::min(count, 10'000.0));
  return to_value(run()->observe(window));
}

val Engine::pending() { return run() ? to_value(run()->pending()) : val::undefined(); }
val Engine::violations() { return run() ? to_value(run()->violations()) : val::undefined(); }
val Engine::lesson() { return run() ? to_value(run()->lesson()) : val::undefined(); }
val Engine::summary() { return run() ? to_value(run()->summary()) : val::undefined(); }

val Engine::position() {
  if (!run()) return val::undefined();
  val result = val::object();
  result.set("scenario", run()->scenario().id);
  result.set("protocol", run()->options().protocol);
  result.set("seed", std::to_string(run()->options().seed));
  result.set("off", switches_text(run()->options().switches_off));
  result.set("servers", run()->options().servers);
  result.set("event", static_cast<double>(run()->event()));
  result.set("timeUs", static_cast<double>(run()->now_us()));
  result.set("journal", format_journal(run()->journal()));
  result.set("stateHash", hex16(run()->state_hash()));
  return result;
}

}  // namespace paxoscope::web
