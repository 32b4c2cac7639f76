#include "web/engine.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/hash.h"
#include "base/text.h"
#include "scenarios/journal_text.h"
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

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string join_list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
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

bool is_whole(double number) { return number >= 0 && number <= kLargestWhole && std::floor(number) == number; }

Result<std::unique_ptr<Run>> start(const std::string& toml, const val& options) {
  const std::string name = text_of(options, "name");
  auto scenario = load_scenario(toml, name.empty() ? "scenario" : name);
  if (!scenario) return tl::unexpected<Error>(scenario.error());
  const auto seed = parse_seed(text_of(options, "seed"));
  if (!seed) return tl::unexpected<Error>(seed.error());
  RunOptions run_options;
  run_options.protocol = text_of(options, "protocol");
  run_options.seed = *seed;
  run_options.switches_off = split_list(text_of(options, "off"));
  const val servers = options["servers"];
  if (servers.isNumber()) {
    const double count = servers.as<double>();
    if (!is_whole(count) || count > kMaxServers) return fail(concat("A run has at most ", kMaxServers, " servers."));
    run_options.servers = static_cast<uint32_t>(count);
  }
  auto run = Run::create(*scenario, run_options);
  if (!run) return run;
  auto journal = parse_journal(text_of(options, "journal"));
  if (!journal) return tl::unexpected<Error>(journal.error());
  if (journal->empty()) return run;
  const auto loaded = (*run)->load_journal(std::move(*journal));
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  return run;
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
  result.set("off", join_list(run()->options().switches_off));
  result.set("servers", run()->options().servers);
  result.set("event", static_cast<double>(run()->event()));
  result.set("timeUs", static_cast<double>(run()->now_us()));
  result.set("journal", format_journal(run()->journal()));
  result.set("stateHash", hex16(run()->state_hash()));
  return result;
}

}  // namespace paxoscope::web
