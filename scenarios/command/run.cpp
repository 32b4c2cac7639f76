// paxoscope run
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "scenarios/catalogue.h"
#include "scenarios/command/command.h"
#include "scenarios/etcd_trace.h"
#include "scenarios/run.h"
#include "scenarios/trace.h"
#include "scenarios/words.h"

namespace paxoscope::command {

namespace {

using Json = nlohmann::ordered_json;

/// The file's bytes, or a sentence. Reads no more than the loader would take.
Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot open " + path);
  std::string text(kMaxScenarioBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) return fail("cannot read " + path);
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMaxScenarioBytes)
    return fail(path + ":1:1: the file is longer than " + std::to_string(kMaxScenarioBytes) + " bytes");
  return text;
}

Json summary_json(const RunSummary& summary) {
  Json json;
  json["scenario"] = summary.scenario;
  json["protocol"] = summary.protocol;
  json["seed"] = std::to_string(summary.seed);
  json["events"] = summary.events;
  json["time_us"] = summary.time_us;
  json["state_hash"] = hex16(summary.state_hash);
  json["servers"] = Json::array();
  for (const auto& server : summary.servers) {
    json["servers"].push_back(Json{{"id", server_label(server.id)}, {"decided", server.decided}});
    if (!summary.has_log) json["servers"].back()["held"] = server.held;
  }
  json["leader_changes"] = summary.leader_changes;
  json["longest_stall_us"] = summary.longest_stall_us;
  json["violations"] = Json::array();
  for (const Violation& violation : summary.violations)
    json["violations"].push_back(Json{{"check", violation.check},
                                      {"event", violation.events.empty() ? 0 : violation.events.back()},
                                      {"text", violation.text}});
  json["expectations"] = Json::array();
  for (const ExpectationResult& result : summary.expectations)
    if (result.known) json["expectations"].push_back(Json{{"text", result.text}, {"held", result.held}});
  json["futures"] = Json{{"resolved", summary.futures.resolved},
                         {"cancelled", summary.futures.cancelled},
                         {"pending", summary.futures.pending},
                         {"unknown", summary.futures.unknown}};
  return json;
}

void print_text(const Scenario& scenario, const RunSummary& summary) {
  std::printf("%s: %s, seed %llu\n", scenario.title.c_str(), summary.protocol.c_str(),
              static_cast<unsigned long long>(summary.seed));
  std::printf("  %llu events in %s, state %s\n", static_cast<unsigned long long>(summary.events),
              time_label(summary.time_us).c_str(), hex16(summary.state_hash).c_str());
  std::string counts;
  for (const auto& server : summary.servers)
    counts += "  " + server_label(server.id) + " " + std::to_string(summary.has_log ? server.decided : server.held);
  if (summary.has_log) {
    std::printf("  decided:%s\n", counts.c_str());
    std::printf("  leader changes: %u, longest stall: %s\n", summary.leader_changes,
                time_label(summary.longest_stall_us).c_str());
  } else {
    const RunSummary::Futures& ended = summary.futures;
    std::printf("  keys with a value:%s\n", counts.c_str());
    std::printf("  operations: %llu ended, %llu open, %llu unknown\n", static_cast<unsigned long long>(ended.resolved),
                static_cast<unsigned long long>(ended.pending), static_cast<unsigned long long>(ended.unknown));
  }
  for (const Violation& violation : summary.violations)
    std::printf("  VIOLATION %s at event %llu: %s\n", violation.check.c_str(),
                static_cast<unsigned long long>(violation.events.empty() ? 0 : violation.events.back()),
                violation.text.c_str());
  for (const ExpectationResult& result : summary.expectations)
    std::printf("  %s  %s\n", !result.known ? "open    " : result.held ? "held    " : "NOT HELD", result.text.c_str());
}

/// Violations count against a run unless it expects them.
bool held(const Scenario& scenario, const RunSummary& summary) {
  bool expected = false;
  for (const Expectation& expectation : scenario.expectations)
    expected = expected || expectation.kind == Expectation::Kind::violated;
  if (!summary.violations.empty() && !expected) return false;
  for (const ExpectationResult& result : summary.expectations)
    if (result.known && !result.held) return false;
  return true;
}

/// Plays up to `until_us`; writes each event if a trace is wanted. Stops at a violation.
void play(Run& run, TimeUs until_us, std::ofstream* trace) {
  if (trace == nullptr) {
    run.run_until(until_us);
    return;
  }
  // Played ahead once, so that each step back through it only replays.
  run.run_until(until_us);
  const uint64_t last = run.event();
  run.seek(0);
  *trace << trace_line(run) << '\n';
  while (run.event() < last) {
    run.step(StepUnit::event);
    *trace << trace_line(run) << '\n';
  }
}

}  // namespace

int run(const RunArguments& arguments) {
  const auto text = read_file(arguments.file);
  if (!text) return bad_input(text.error().text);
  const auto scenario = load_scenario(*text, arguments.file);
  if (!scenario) return bad_input(scenario.error().text);
  TimeUs until_us = scenario->duration_us;
  if (!arguments.until.empty()) {
    const auto until = parse_duration(arguments.until);
    if (!until) return bad_input("--until: " + until.error().text);
    until_us = std::min(until_us, *until);
  }
  RunOptions options;
  options.protocol = arguments.protocol;
  const auto seed = read_number(arguments.seed, UINT64_MAX);
  if (!seed) return bad_input("--seed: " + quote(arguments.seed) + " is not a whole number from 0 to 2^64 - 1");
  options.seed = *seed;
  options.switches_off = arguments.without;
  auto created = Run::create(*scenario, options);
  if (!created) return bad_input(created.error().text);
  Run& run = **created;

  const bool etcd = arguments.trace_format == "etcd";
  if (!etcd && arguments.trace_format != "paxoscope")
    return bad_input("--trace-format: " + quote(arguments.trace_format) + " is neither paxoscope nor etcd");
  if (etcd && arguments.trace.empty()) return bad_input("--trace-format needs --trace OUT");
  if (etcd && find_protocol(run.options().protocol)->family != ProtocolFamily::raft)
    return bad_input("--trace-format etcd is for Raft, and this run is " + quote(run.options().protocol) +
                     "; choose with --protocol raft");
  std::ofstream trace;
  if (!arguments.trace.empty()) {
    trace.open(arguments.trace, std::ios::binary | std::ios::trunc);
    if (!trace) return bad_input("cannot write " + arguments.trace);
  }
  play(run, until_us, arguments.trace.empty() || etcd ? nullptr : &trace);
  if (etcd)
    if (const auto written = write_etcd_trace(run, trace); !written) return bad_input(written.error().text);
  if (trace.is_open() && !trace.flush()) return bad_input("cannot write " + arguments.trace);

  const RunSummary summary = run.summary();
  if (arguments.json)
    std::printf("%s\n", summary_json(summary).dump().c_str());
  else
    print_text(*scenario, summary);
  return held(*scenario, summary) ? kHeld : kNotHeld;
}

}  // namespace paxoscope::command
