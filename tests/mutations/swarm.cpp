// The swarm alone, small enough to be built once per planted mistake:
//   swarm PROFILE FIRST_SEED SEEDS [all] [SWITCH…]
// Prints a line per failure and stops at the first one, or with `all` goes on; exit 1 if there was one.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "check/swarm.h"
#include "omnipaxos/rules.h"
#include "sim/omnipaxos_protocol.h"

using namespace paxoscope;

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const uint64_t first = std::strtoull(argv[2], nullptr, 10);
  const uint64_t seeds = std::strtoull(argv[3], nullptr, 10);
  bool all = false;
  DrawOptions options;
  SwitchSet switches;
  for (int i = 4; i < argc; ++i) {
    const auto found = omnipaxos::find_switch(argv[i]);
    if (std::strcmp(argv[i], "all") == 0)
      all = true;
    else if (found == omnipaxos::Switch::P3_intersect)
      switches.turn_off(static_cast<uint8_t>(*found)), options.missing_quorums = true;
    else if (found)
      switches.turn_off(static_cast<uint8_t>(*found));
    else
      return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  uint64_t failures = 0;
  uint64_t played = 0;
  uint64_t decided = 0;
  double simulated_s = 0;
  for (uint64_t seed = first; seed < first + seeds && (all || failures == 0); ++seed) {
    const auto drawn = draw_case(seed, argv[1], options);
    if (!drawn) return 2;
    const SwarmResult result = play_case<OmniPaxosProtocol<NoNotes>>(*drawn, switches);
    ++played;
    decided += result.decided;
    simulated_s += static_cast<double>(result.simulated_us) / 1e6;
    if (!result.failure) continue;
    ++failures;
    std::printf("seed %llu, %.1f s: %s: %s\n", static_cast<unsigned long long>(seed), seconds(),
                result.failure->check.c_str(), result.failure->text.c_str());
    std::fflush(stdout);
  }
  std::printf("%llu seeds, %llu failures, %llu entries, %.0f simulated s in %.1f s\n",
              static_cast<unsigned long long>(played), static_cast<unsigned long long>(failures),
              static_cast<unsigned long long>(decided), simulated_s, seconds());
  return failures == 0 ? 0 : 1;
}
