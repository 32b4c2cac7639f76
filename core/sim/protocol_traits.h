// What a protocol promises and needs where protocols differ: worlds, checks and the swarm ask here instead of knowing names.
#pragma once

#include "base/ballot.h"
#include "base/types.h"

namespace paxoscope {

struct ProtocolTraits {
  const char* epoch_word = "ballot";
  const char* stop_sign_word = "stop-sign";
  const char* joined_word = "promised";  ///< what a server has done with the epoch that it is in
  const char* chosen_word = "elected";   ///< and how it stands to its leader
  const char* ended_word = "sealed";     ///< a configuration that another one follows
  bool draws_timeouts = false;   ///< its timeouts are random: each start gets a number of its own
  bool timers_restart = false;   ///< a message may start a timer anew, and its clock is more than a timer (leases)
  bool decides_once = true;      ///< no proposal is decided twice; otherwise sessions alone keep it from acting twice
  bool tells_outcome = true;     ///< a server learns what became of each of its proposals, as long as it runs
  bool leader_per_number = false;///< one leader for each ballot number (a term), whoever else asked for it
  bool hub_suffices = true;      ///< one server that is linked to a quorum is enough for progress
  bool removed_must_stop = false;///< removed servers disturb the others until somebody stops them
  bool flexible_quorums = true; ///< read and write quorums of its first configuration may differ (P3.intersect)
  bool seals_logs = true;        ///< a configuration ends with an entry after which its members decide nothing more
  bool reads_beside_log = false; ///< reads need not be in the log: take_reads says when the own state answers them
  bool has_log = true;           ///< false: keys are registers; take_reads says what each operation gave, and nobody leads

  constexpr bool tells_answers() const { return reads_beside_log || !has_log; }
};

/// Who must hold an entry for it to be decided: `count` of `members`, and of `outgoing` if there are such.
struct QuorumProbe {
  ConfigurationId configuration = 1;
  ServerSet members = 0;
  uint32_t count = 0;
  ServerSet outgoing = 0;
  uint32_t outgoing_count = 0;

  bool operator==(const QuorumProbe&) const = default;
};

/// What a disk says that its server has accepted, so that it could tell the leader: entries 1..length, in this ballot.
struct AcceptedProbe {
  ConfigurationId configuration = 0;  ///< in which the ballot is counted; 0: it runs none
  Ballot ballot;                      ///< none: nothing yet from the leader that it has promised to follow
  LogIndex length = 0;
  LogIndex sealed = 0;                ///< the length of the configuration before, where that one is sealed
  QuorumProbe quorum;                 ///< who must have accepted an entry after these for it to be chosen

  bool operator==(const AcceptedProbe&) const = default;
};

}  // namespace paxoscope
