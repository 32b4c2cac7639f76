// The rule catalogue of Raft: ids, sentences, sources, switches. The Why panel, the narration and the tests read this one
// table.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/rules.h"

namespace paxoscope::raft {

enum class Rule : uint8_t {
  R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, R13, R14, R15, R16,
  count
};

/// Everything that can be switched off.
enum class Switch : uint8_t {
  R1_once, R1_durable,
  R2_uptodate,
  R3_previous, R3_conflict,
  R4_durable, R4_own, R4_number,
  R5_term, R5_noop,
  R6_last_new, R6_heartbeat,
  R7_joint, R7_one, R7_own_term, R7_restore, R7_members, R7_step_down, R7_removed,
  R8_prevote,
  R9_quorum, R9_sticky, R9_free,
  R10_caught_up, R10_vote,
  R11_abort, R11_lease,
  R12_round, R12_term, R12_send, R12_drift,
  R13_commit,
  R15_window,
  count
};

/// Position = Rule.
std::span<const RuleInfo> rules();
/// Position = Switch.
std::span<const SwitchInfo> switches();
/// "R5.term" → Switch::R5_term.
std::optional<Switch> find_switch(std::string_view id);

inline bool on(const SwitchSet& set, Switch which) { return set.on(static_cast<uint8_t>(which)); }

}  // namespace paxoscope::raft
