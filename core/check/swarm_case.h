// One case of the swarm as a value: everything that its seed drew — servers, timing, network, clients, and when which
// kind of fault strikes. Shrinking works on this value.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/rng.h"
#include "sim/action.h"
#include "sim/world_config.h"

namespace paxoscope {

/// Position in the table of kinds (fault_info). A new kind is a row there and a branch in swarm_faults.h.
enum class FaultKind : uint8_t {
  cut_link,
  cut_one_way,
  isolate,
  only_hub,
  partition,
  crash,
  pause,
  clog,
  spike,
  lose,
  repeat,
  clock_rate,
  fire_timer,
  reconnect,
  propose,
  late_copy,
  hold_back,
  drop,
  snapshot,
  compact_all,
  // Kinds from here on draw from numbers of their own, so that a seed's older draws stay what they were.
  reconfigure,
  disk_full,
  disk_lies,  ///< only in a profile that says what may be lost then
  depose,
  split_change,
  contest,
  count
};
inline constexpr size_t kFaultKindCount = static_cast<size_t>(FaultKind::count);

struct FaultInfo {
  const char* id;
  const char* text;         ///< one sentence
  uint32_t on_permille;     ///< in how many seeds it is on
  uint32_t shortest;        ///< mean time between two, in tenths of an election timeout: drawn from here…
  uint32_t longest;         ///< …to here
};

/// Position = FaultKind.
const FaultInfo& fault_info(FaultKind kind);

/// "At this time, something of this kind." What exactly comes from `draw` and the state it meets, so that a fault keeps
/// its sense when others around it are taken away.
struct Fault {
  TimeUs at_us = 0;
  FaultKind kind = FaultKind::cut_link;
  uint64_t draw = 0;
};

/// One action at a time: what a scenario's script can say.
struct TimedAction {
  TimeUs at_us = 0;
  Action action;
};

struct SwarmCase {
  uint64_t seed = 0;          ///< what drew it
  WorldConfig world;
  uint64_t world_seed = 1;    ///< of the world's own random numbers
  std::vector<Fault> faults;  ///< ascending by time
  std::vector<TimedAction> script;  ///< done as they stand, ascending by time; what does not fit is left out
  TimeUs faults_end_us = 0;   ///< end of the safety phase
  bool liveness = true;       ///< the liveness phase follows
  bool quiet = false;         ///< the clients come to an end, and what they left must settle without new proposals
  uint64_t heal_draw = 0;     ///< the liveness phase's random numbers
  bool stop_removed = false;  ///< a removed server that may stop (C5) stops for good
};

/// A named bias of the draw.
struct SwarmProfile {
  const char* id;
  const char* text;
  bool sound = true;  ///< false: its faults break what the protocol assumes, and `text` says what may then be lost
};
std::vector<SwarmProfile> swarm_profiles();

/// From low to high (≥ 1), small values as likely as large ones: even within an evenly drawn power of two.
TimeUs draw_log(Rng& rng, TimeUs low, TimeUs high);

/// What some rules have to allow before it is drawn.
struct DrawOptions {
  bool elections_write = false;  ///< an election waits for disks, so its timeout must be longer than that (Raft §5.6)
  bool depositions = false;      ///< leaders lose the lead behind their back, and change members there (R7, R11, R12)
  bool short_messages = false;   ///< messages of few entries, and probes without any
  bool majorities = false;       ///< no quorums but majorities
  bool missing_quorums = false;  ///< read and write quorums that miss each other (P3.intersect or A4.intersect is off)
  bool registers = false;        ///< clients read and write few keys, and all servers are members
};

/// Everything from the seed. Errors: an unknown profile.
Result<SwarmCase> draw_case(uint64_t seed, const std::string& profile = "default", const DrawOptions& options = {});

/// Every drawn option as (name, value), for people and for JSON.
std::vector<std::pair<std::string, std::string>> describe_case(const SwarmCase& drawn);

}  // namespace paxoscope
