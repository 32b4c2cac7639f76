// The subcommands of `paxoscope`. Each returns the exit code: 0 held, 1 not held, 2 bad input.
#pragma once

#include <string>
#include <vector>

namespace paxoscope::command {

inline constexpr int kHeld = 0;
inline constexpr int kNotHeld = 1;
inline constexpr int kBadInput = 2;

struct RunArguments {
  std::string file;
  std::string link;  ///< in place of a file; "-": links on standard input, one per line
  std::string protocol;
  std::string seed = "1";
  std::string until;
  std::vector<std::string> without;
  bool json = false;
  bool print_link = false;
  std::string trace;
  std::string trace_format = "paxoscope";
};
int run(const RunArguments& arguments);

struct FuzzArguments {
  std::string protocol = "omnipaxos";
  uint64_t seeds = 1000;
  uint64_t first_seed = 1;
  std::string profile = "default";
  std::vector<std::string> without;
  bool keep_going = false;
  bool violations_only = false;
  std::string out = ".";
  bool json = false;
};
int fuzz(const FuzzArguments& arguments);

struct RulesArguments {
  std::string protocol;
  bool json = false;
};
int rules(const RulesArguments& arguments);

struct BenchArguments {
  bool json = false;
  std::string files;  ///< a folder: also with each replica's writes synced to a file there
};
int bench(const BenchArguments& arguments);

struct CheckHistoryArguments {
  std::vector<std::string> files;
  std::string model;
  uint64_t steps = 50'000'000;
  bool json = false;
};
int check_history(const CheckHistoryArguments& arguments);

struct ServeRegisterArguments {
  uint32_t id = 0;
  std::string peers;
  std::string file;  ///< empty: paxoscope-register-ID.json
  uint32_t timeout_ms = 2000;
  uint32_t io_timeout_ms = 5000;
  uint32_t read_quorum = 0;
  uint32_t write_quorum = 0;
  bool read_local = false;
  bool one_at_a_time = false;
  bool drop_repeats = false;
};
/// Serves until SIGINT or SIGTERM; kNotHeld: its disk failed.
int serve_register(const ServeRegisterArguments& arguments);

/// One line on standard error; returns kBadInput.
int bad_input(const std::string& text);

}  // namespace paxoscope::command
