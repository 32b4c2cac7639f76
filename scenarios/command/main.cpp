// The headless command: runs scenarios, lists rules, measures, serves a register.
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "check/swarm_case.h"
#include "scenarios/command/command.h"

namespace paxoscope::command {

int bad_input(const std::string& text) {
  std::fprintf(stderr, "paxoscope: %s\n", text.c_str());
  return kBadInput;
}

namespace {

/// The first line of a parser's complaint.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string profile_help() {
  std::string text = "Bias of the faults:";
  for (const SwarmProfile& profile : swarm_profiles())
    text += (text.back() == ':' ? " " : "; ") + std::string(profile.id) + " (" + profile.text + ")";
  return text;
}

int dispatch(int argc, char** argv) {
  CLI::App app{"Paxoscope: watch consensus happen. Runs scenarios without a screen.", "paxoscope"};
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) { return std::string(error.what()); });

  RunArguments run_arguments;
  CLI::App* run_command = app.add_subcommand("run", "Run a scenario and check what it expects");
  run_command->add_option("FILE", run_arguments.file, "Scenario file (TOML)");
  CLI::Option* link = run_command->add_option("--link", run_arguments.link,
      "In place of FILE: the run that this link means, at its moment; -: a link per line of standard input, for --json");
  run_command->add_option("--protocol", run_arguments.protocol, "Protocol id; default: the scenario's first")->excludes(link);
  run_command->add_option("--seed", run_arguments.seed, "Seed of the random numbers")->capture_default_str()->excludes(link);
  run_command->add_option("--until", run_arguments.until, "Stop at this virtual time, like 1500ms")->excludes(link);
  run_command->add_option("--without", run_arguments.without, "Switch a rule off, like P5.session (may be repeated)")
      ->expected(1)
      ->take_all()
      ->excludes(link);
  run_command->add_flag("--print-link", run_arguments.print_link, "Print the link that brings others to the run's last event");
  run_command->add_flag("--json", run_arguments.json, "Print one JSON object");
  run_command->add_option("--trace", run_arguments.trace, "Write one JSON line per event to this file");
  run_command->add_option("--trace-format", run_arguments.trace_format,
                          "paxoscope; etcd: Raft in the words of etcd's trace events; shiviz: a log for ShiViz")
      ->capture_default_str();

  FuzzArguments fuzz_arguments;
  CLI::App* fuzz_command = app.add_subcommand("fuzz", "Try to break a protocol with random faults, seed by seed");
  fuzz_command->add_option("--protocol", fuzz_arguments.protocol, "Protocol id")->capture_default_str();
  fuzz_command->add_option("--seeds", fuzz_arguments.seeds, "How many seeds")->capture_default_str();
  fuzz_command->add_option("--first-seed", fuzz_arguments.first_seed, "The first of them")->capture_default_str();
  fuzz_command->add_option("--profile", fuzz_arguments.profile, profile_help());
  fuzz_command->add_option("--without", fuzz_arguments.without, "Switch a rule off, like P5.session (may be repeated)")
      ->expected(1)
      ->take_all();
  fuzz_command->add_flag("--keep-going", fuzz_arguments.keep_going, "Go on after a failure");
  fuzz_command->add_flag("--violations-only", fuzz_arguments.violations_only, "Count stalls, but go on past them");
  fuzz_command->add_option("--out", fuzz_arguments.out, "Folder for the scenarios that replay failures")
      ->capture_default_str();
  fuzz_command->add_flag("--json", fuzz_arguments.json, "Print JSON lines: one per failure, then a summary");

  RulesArguments rules_arguments;
  CLI::App* rules_command = app.add_subcommand("rules", "List the rules and what can be switched off");
  rules_command->add_option("--protocol", rules_arguments.protocol, "Only the rules of this protocol");
  rules_command->add_flag("--json", rules_arguments.json, "Print one JSON object");

  BenchArguments bench_arguments;
  CLI::App* bench_command = app.add_subcommand("bench", "Measure the library and the simulator on this machine");
  bench_command->add_flag("--json", bench_arguments.json, "Print one JSON object");
  bench_command->add_option("--files", bench_arguments.files,
                            "Also with each write synced to a file in this folder (three files, removed afterwards)");

  CheckHistoryArguments history_arguments;
  CLI::App* history_command = app.add_subcommand("check-history", "Is a recorded history of clients linearizable?");
  history_command->add_option("FILE", history_arguments.files, "Histories (JSON lines)")->required();
  history_command->add_option("--model", history_arguments.model, "register, cas-register or kv")->required();
  history_command->add_option("--steps", history_arguments.steps, "Tried operations per file, at most")
      ->capture_default_str();
  history_command->add_flag("--json", history_arguments.json, "Print one JSON object per file");

  ServeRegisterArguments serve_arguments;
  CLI::App* serve_command = app.add_subcommand("serve-register", "Serve a register that a few servers share, over HTTP");
  serve_command->add_option("--id", serve_arguments.id, "Which of the servers this is")->required();
  serve_command->add_option("--peers", serve_arguments.peers,
                            "All servers, this one included: ID=HOST:PORT or ID=PORT on the loopback, with commas between")
      ->required();
  serve_command->add_option("--file", serve_arguments.file,
                            "What it keeps through a restart; default: paxoscope-register-ID.json here");
  serve_command->add_option("--timeout-ms", serve_arguments.timeout_ms, "A request without a quorum is answered 503 after so long")
      ->capture_default_str();
  serve_command->add_option("--io-timeout-ms", serve_arguments.io_timeout_ms, "So long may the body of a request take")
      ->capture_default_str();
  serve_command->add_option("--read-quorum", serve_arguments.read_quorum, "Servers that are asked; default: a majority");
  serve_command->add_option("--write-quorum", serve_arguments.write_quorum, "Servers that store; default: a majority");
  serve_command->add_flag("--read-local", serve_arguments.read_local, "Answer reads at once, from what this server holds: may be stale");
  serve_command->add_flag("--one-at-a-time", serve_arguments.one_at_a_time, "Requests wait for those before them");
  serve_command->add_flag("--drop-repeats", serve_arguments.drop_repeats,
                          "Store a write of a (client, number) once; the same at all servers");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForAllHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return bad_input(first_line(error.what()) + " (see paxoscope --help)");
  }
  if (*run_command) return run(run_arguments);
  if (*fuzz_command) return fuzz(fuzz_arguments);
  if (*rules_command) return rules(rules_arguments);
  if (*history_command) return check_history(history_arguments);
  if (*serve_command) return serve_register(serve_arguments);
  return bench(bench_arguments);
}

}  // namespace

}  // namespace paxoscope::command

int main(int argc, char** argv) { return paxoscope::command::dispatch(argc, argv); }
