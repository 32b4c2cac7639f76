// paxoscope run
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "scenarios/catalogue.h"
#include "scenarios/command/command.h"
#include "scenarios/diagrams.h"
#include "scenarios/etcd_trace.h"
#include "scenarios/link/link.h"
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

/// A run and what it was read from.
struct Opened {
  std::unique_ptr<Run> run;
  std::string source;
  TimeUs until_us = 0;
  std::optional<uint64_t> at;  ///< the event to play to, in place of a time
};

Result<Opened> open_file(const RunArguments& arguments) {
  Opened opened;
  auto text = read_file(arguments.file);
  if (!text) return tl::unexpected<Error>(text.error());
  opened.source = std::move(*text);
  const auto scenario = load_scenario(opened.source, arguments.file);
  if (!scenario) return tl::unexpected<Error>(scenario.error());
  opened.until_us = scenario->duration_us;
  if (!arguments.until.empty()) {
    const auto until = parse_duration(arguments.until);
    if (!until) return fail("--until: " + until.error().text);
    opened.until_us = std::min(opened.until_us, *until);
  }
  RunOptions options;
  options.protocol = arguments.protocol;
  const auto seed = read_number(arguments.seed, UINT64_MAX);
  if (!seed) return fail("--seed: " + quote(arguments.seed) + " is not a whole number from 0 to 2^64 - 1");
  options.seed = *seed;
  options.switches_off = arguments.without;
  auto created = Run::create(*scenario, options);
  if (!created) return tl::unexpected<Error>(created.error());
  opened.run = std::move(*created);
  return opened;
}

Result<Opened> open_linked(std::string_view text) {
  const auto link = decode_link(text);
  if (!link) return tl::unexpected<Error>(link.error());
  auto run = open_link(*link);
  if (!run) return tl::unexpected<Error>(run.error());
  Opened opened;
  opened.run = std::move(*run);
  opened.source = link->source ? *link->source : std::string(builtin_text(link->scenario));
  opened.until_us = opened.run->end_us();
  opened.at = link->at;
  return opened;
}

/// To where it is to be looked at. A time is not passed by a violation; a link's event may lie behind one.
void play(Opened& opened) {
  if (opened.at) opened.run->seek(*opened.at);
  else opened.run->run_until(opened.until_us);
}

/// What is wrong with the wish for a trace, or nothing.
std::string trace_problem(const RunArguments& arguments, const Run& run) {
  const std::string& format = arguments.trace_format;
  if (format != "paxoscope" && format != "etcd" && format != "shiviz")
    return "--trace-format: " + quote(format) + " is none of paxoscope, etcd and shiviz";
  if (format != "paxoscope" && arguments.trace.empty()) return "--trace-format needs --trace OUT";
  if (format == "etcd" && find_protocol(run.options().protocol)->family != ProtocolFamily::raft)
    return "--trace-format etcd is for Raft, and this run is " + quote(run.options().protocol) +
           "; choose with --protocol raft";
  return {};
}

Result<void> write_trace(const std::string& format, Run& run, std::ostream& trace) {
  if (format == "etcd") return write_etcd_trace(run, trace);
  if (format == "shiviz") trace << shiviz_log(run);
  else write_trace_lines(run, 0, [&trace](const std::string& line) { trace << line << '\n'; });
  return {};
}

Json result_json(const RunArguments& arguments, const Opened& opened) {
  Json json = summary_json(opened.run->summary());
  if (arguments.print_link) json["link"] = encode_link(link_to(*opened.run, opened.source));
  return json;
}

int run_one(const RunArguments& arguments, Opened opened) {
  Run& run = *opened.run;
  if (const std::string problem = trace_problem(arguments, run); !problem.empty()) return bad_input(problem);
  std::ofstream trace;
  if (!arguments.trace.empty()) {
    trace.open(arguments.trace, std::ios::binary | std::ios::trunc);
    if (!trace) return bad_input("cannot write " + arguments.trace);
  }
  play(opened);
  if (trace.is_open()) {
    if (const auto written = write_trace(arguments.trace_format, run, trace); !written)
      return bad_input(written.error().text);
    if (!trace.flush()) return bad_input("cannot write " + arguments.trace);
  }
  const RunSummary summary = run.summary();
  if (arguments.json) {
    std::printf("%s\n", result_json(arguments, opened).dump().c_str());
  } else {
    print_text(run.scenario(), summary);
    if (arguments.print_link) std::printf("  %s\n", encode_link(link_to(run, opened.source)).c_str());
  }
  return held(run.scenario(), summary) ? kHeld : kNotHeld;
}

/// The next line, without its end; what goes beyond the longest link is dropped, but for a byte that tells. False: none.
bool read_line(std::string& line) {
  line.clear();
  int c = std::getchar();
  if (c == EOF) return false;
  for (; c != EOF && c != '\n'; c = std::getchar())
    if (line.size() <= kMaxLinkBytes) line += static_cast<char>(c);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

/// One line of JSON for each link on standard input.
int run_links(const RunArguments& arguments) {
  int worst = kHeld;
  for (std::string line; read_line(line);) {
    auto opened = open_linked(line);
    if (opened) {
      play(*opened);
      std::printf("%s\n", result_json(arguments, *opened).dump().c_str());
    } else {
      std::printf("%s\n", Json{{"error", opened.error().text}}.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    }
    std::fflush(stdout);
    const bool fine = opened && held(opened->run->scenario(), opened->run->summary());
    worst = std::max(worst, !opened ? kBadInput : fine ? kHeld : kNotHeld);
  }
  return worst;
}

}  // namespace

int run(const RunArguments& arguments) {
  if (arguments.file.empty() == arguments.link.empty()) return bad_input("run needs either a FILE or --link");
  if (arguments.link == "-") {
    if (!arguments.json) return bad_input("--link - prints JSON lines: say --json");
    if (!arguments.trace.empty()) return bad_input("--trace takes one run, and --link - may be many");
    return run_links(arguments);
  }
  auto opened = arguments.link.empty() ? open_file(arguments) : open_linked(arguments.link);
  if (!opened) return bad_input(opened.error().text);
  return run_one(arguments, std::move(*opened));
}

}  // namespace paxoscope::command
