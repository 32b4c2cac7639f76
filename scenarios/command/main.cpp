// The headless command: runs scenarios, lists rules, measures.
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
  run_command->add_option("FILE", run_arguments.file, "Scenario file (TOML)")->required();
  run_command->add_option("--protocol", run_arguments.protocol, "Protocol id; default: the scenario's first");
  run_command->add_option("--seed", run_arguments.seed, "Seed of the random numbers")->capture_default_str();
  run_command->add_option("--until", run_arguments.until, "Stop at this virtual time, like 1500ms");
  run_command->add_option("--without", run_arguments.without, "Switch a rule off, like P5.session (may be repeated)")
      ->expected(1)
      ->take_all();
  run_command->add_flag("--json", run_arguments.json, "Print one JSON object");
  run_command->add_option("--trace", run_arguments.trace, "Write one JSON line per event to this file");
  run_command->add_option("--trace-format", run_arguments.trace_format,
                          "paxoscope, or etcd: Raft in the words of etcd's trace events")
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
  return bench(bench_arguments);
}

}  // namespace

}  // namespace paxoscope::command

int main(int argc, char** argv) { return paxoscope::command::dispatch(argc, argv); }
