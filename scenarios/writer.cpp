#include "scenarios/writer.h"

#include <algorithm>

#include "base/text.h"
#include "sim/observation.h"

namespace paxoscope {

namespace {

/// The shortest exact form.
std::string duration_text(TimeUs us) {
  if (us != 0 && us % 1'000'000 == 0) return std::to_string(us / 1'000'000) + "s";
  if (us % 1000 == 0) return std::to_string(us / 1000) + "ms";
  return std::to_string(us) + "us";
}

/// A TOML string on one line.
std::string toml_quoted(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f)
      out.append("\\u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    else
      out += c;
  }
  return out + "\"";
}

/// What parse_condition reads back.
std::string condition_text(const Condition& when) {
  const auto with = [](std::string text, const char* word, ServerId server) {
    return server == 0 ? text : text + " " + word + (*word == '\0' ? "" : " ") + server_label(server);
  };
  switch (when.kind) {
    case ConditionKind::none: return "";
    case ConditionKind::leader: return with("leader", "", when.server);
    case ConditionKind::decided: return with("decided", "", when.server) + " " + std::to_string(when.value);
    case ConditionKind::decided_more: return "decided " + std::to_string(when.value) + " more";
    case ConditionKind::not_quorum_connected: return with("not quorum-connected", "", when.server);
    case ConditionKind::promised: return with(with("promised", "", when.server), "to", when.other);
    case ConditionKind::message: return with(with("message " + when.text, "from", when.server), "to", when.other);
    case ConditionKind::event_rule: return with("rule " + when.text, "at", when.server);
    case ConditionKind::sealed: return with("sealed " + std::to_string(when.value), "at", when.server);
    case ConditionKind::claim: return format_claim(when.claim);
    case ConditionKind::configuration: return with("configuration " + std::to_string(when.value), "at", when.server);
  }
  return "";
}

class Writer {
 public:
  explicit Writer(const Scenario& scenario) : scenario_(scenario) {}

  std::string write() {
    head();
    cluster();
    network();
    options();
    for (const ClientConfig& client : scenario_.world.clients) write_client(client);
    for (const ScenarioStep& step : scenario_.steps) write_step(step);
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_.append(text).append(1, '\n'); }
  void key(const char* name, const std::string& value) { line(std::string(name) + " = " + value); }
  void text(const char* name, const std::string& value) { key(name, toml_quoted(value)); }
  void duration(const char* name, TimeUs us) { text(name, duration_text(us)); }
  void permille(const char* name, uint32_t value) {
    text(name, std::to_string(value / 10) + (value % 10 == 0 ? "" : "." + std::to_string(value % 10)) + "%");
  }
  void range(const char* name, TimeUs low, TimeUs high) {
    key(name, "[" + toml_quoted(duration_text(low)) + ", " + toml_quoted(duration_text(high)) + "]");
  }
  /// On one line if there is only one.
  void list(const char* name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    if (values.size() == 1) return key(name, "[" + toml_quoted(values[0]) + "]");
    line(std::string(name) + " = [");
    for (const std::string& value : values) line("  " + toml_quoted(value) + ",");
    line("]");
  }

  void head() {
    text("title", scenario_.title);
    if (!scenario_.summary.empty()) text("summary", scenario_.summary);
    list("protocols", scenario_.protocols);
    duration("duration", scenario_.duration_us);
    list("without", scenario_.switches_off);
    std::vector<std::string> expectations;
    for (const Expectation& expectation : scenario_.expectations) expectations.push_back(expectation.text);
    list("expect", expectations);
  }

  static std::string names(const std::vector<ServerId>& servers) {
    std::string text;
    for (ServerId id : servers) text += (text.empty() ? "[\"" : ", \"") + server_label(id) + "\"";
    return text + "]";
  }

  void cluster() {
    const WorldConfig& world = scenario_.world;
    line("\n[cluster]");
    bool counted = true;
    for (size_t i = 0; i < world.servers.size(); ++i) counted = counted && world.servers[i] == i + 1;
    key("servers", counted ? std::to_string(world.servers.size()) : names(world.servers));
    if (!world.members.empty()) key("members", names(world.members));
    if (world.first_leader != 0) text("first_leader", server_label(world.first_leader));
    duration("election_timeout", world.election_timeout_us);
    duration("resend", world.resend_us);
    if (!world.priorities.empty()) {
      std::string numbers;
      for (uint32_t priority : world.priorities) numbers += (numbers.empty() ? "" : ", ") + std::to_string(priority);
      key("priorities", "[" + numbers + "]");
    }
    if (world.calm_takeover) key("calm_takeover", "true");
    if (world.delta_after != 0) key("delta_after", std::to_string(world.delta_after));
    if (world.message_entries != 0) key("message_entries", std::to_string(world.message_entries));
    if (world.empty_probes) key("empty_probes", "true");
    if (world.batch_entries > 1) {
      key("batch", std::to_string(world.batch_entries));
      duration("batch_wait", world.batch_wait_us);
    }
    if (world.read_quorum != 0) key("read_quorum", std::to_string(world.read_quorum));
    if (world.write_quorum != 0) key("write_quorum", std::to_string(world.write_quorum));
  }

  void network() {
    const WorldConfig& world = scenario_.world;
    line("\n[network]");
    range("latency", world.latency.min_us, world.latency.max_us);
    if (world.loss_permille != 0) permille("loss", world.loss_permille);
    if (world.duplication_permille != 0) permille("duplication", world.duplication_permille);
    if (world.datagram) key("datagram", "true");
    if (world.disk.max_us == 0) return;
    line("\n[disk]");
    range("latency", world.disk.min_us, world.disk.max_us);
    if (world.disk.torn) key("torn", "true");
    if (world.disk.values_first) key("values_first", "true");
  }

  void options() {
    const WorldConfig& world = scenario_.world;
    const WorldConfig usual;
    const bool drifts = world.clock_drift_permille != usual.clock_drift_permille;
    if (world.resubmit && world.relay && world.sessions && world.reads == usual.reads && !drifts && !world.buffer) return;
    line("\n[options]");
    if (!world.resubmit) key("resubmit", "false");
    if (!world.relay) key("relay", "false");
    if (!world.sessions) key("sessions", "false");
    if (world.buffer) key("buffer", "true");
    if (world.reads != usual.reads) text("reads", read_path_name(world.reads));
    if (drifts) permille("clock_drift", world.clock_drift_permille);
  }

  void write_client(const ClientConfig& client) {
    line("\n[[client]]");
    text("server", server_label(client.server));
    duration("start", client.start_us);
    if (client.every_us == 0) duration("think", client.think_us);
    duration("timeout", client.timeout_us);
    if (client.stay) key("stay", "true");
    if (client.operations != 0) key("operations", std::to_string(client.operations));
    if (client.every_us != 0) {
      text("loop", "open");
      duration("every", client.every_us);
      if (client.most_open != ClientConfig{}.most_open) key("outstanding", std::to_string(client.most_open));
    }
    if (client.tries != 1) key("tries", std::to_string(client.tries));
    if (client.mix != ClientConfig{}.mix) text("mix", format_mix(client.mix));
    if (client.keys != ClientConfig{}.keys) key("keys", std::to_string(client.keys));
  }

  void write_step(const ScenarioStep& step) {
    line("\n[[step]]");
    if (step.at_us >= 0) duration("at", step.at_us);
    if (step.after_us >= 0) duration("after", step.after_us);
    if (step.when.kind != ConditionKind::none) text("when", condition_text(step.when));
    std::vector<std::string> actions;
    for (const Action& action : step.actions) actions.push_back(format_action(action));
    list("do", actions);
    if (!step.title.empty()) text("say", step.title);
    if (!step.text.empty()) text("text", step.text);
    if (step.question.words.empty()) return;
    text("ask", step.question.words);
    std::vector<std::string> answers;
    for (const Answer& answer : step.question.answers)
      answers.push_back(answer.words + (answer.when ? " | " + answer.when->text : answer.because.empty() ? "" : " |") +
                        (answer.because.empty() ? "" : " | " + answer.because));
    list("answers", answers);
    if (step.question.judged != 0) key("judged", std::to_string(step.question.judged));
  }

  const Scenario& scenario_;
  std::string out_;
};

void expect(Scenario& scenario, const std::string& text) {
  if (auto expectation = parse_expectation(text, scenario.world.election_timeout_us))
    scenario.expectations.push_back(*expectation);
}

/// The failure's sentence, short enough for a summary.
std::string summary_of(const SwarmCase& played, const SwarmFailure& failure) {
  constexpr size_t kMost = 1500;
  std::string text = "Found by the swarm with seed " + std::to_string(played.seed) + ": " + failure.text;
  if (text.size() > kMost) {
    text.resize(kMost);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0) text.pop_back();
    text += "...";
  }
  return text;
}

}  // namespace

Result<std::string> write_scenario(const Scenario& scenario) {
  if (scenario.steps.size() > kMaxScenarioSteps)
    return fail("the scenario has " + std::to_string(scenario.steps.size()) + " steps; at most " +
                std::to_string(kMaxScenarioSteps) + " are read");
  std::string text = Writer(scenario).write();
  if (text.size() > kMaxScenarioBytes) return fail("the scenario is too long for the loader");
  return text;
}

Scenario scenario_of(const SwarmCase& played, const SwarmResult& result, const std::string& protocol,
                     const std::vector<std::string>& without) {
  const SwarmFailure failure = result.failure.value_or(SwarmFailure{});
  Scenario scenario;
  scenario.protocols = {protocol};
  scenario.switches_off = without;
  scenario.world = played.world;
  scenario.title = failure.check;
  for (const std::string& id : without) scenario.title += (&id == &without[0] ? " without " : ", ") + id;
  scenario.summary = summary_of(played, failure);
  scenario.duration_us = std::max<TimeUs>(1000, (failure.at_us / 1000 + 1) * 1000);
  for (const TimedAction& timed : result.actions) {
    const bool joins = !scenario.steps.empty() && scenario.steps.back().at_us == timed.at_us &&
                       scenario.steps.back().actions.size() < kMaxStepActions;
    if (!joins) scenario.steps.emplace_back().at_us = timed.at_us;
    scenario.steps.back().actions.push_back(timed.action);
  }
  if (!failure.stall) {
    expect(scenario, "violation " + failure.check);
  } else {
    expect(scenario, "no violation");
    if (failure.check == kStallDecide && result.calm_us >= 0)
      expect(scenario, "decides after " + duration_text(result.calm_us + played.world.election_timeout_us * 4));
    else
      expect(scenario, failure.check == kStallClients ? "all operations end" : "all caught up");
  }
  return scenario;
}

}  // namespace paxoscope
