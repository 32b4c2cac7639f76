// The rule catalogue of OmniPaxos: ids, sentences, sources, switches. The Why panel, the narration, the tests and the
// command `paxoscope rules` read this one table.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/rules.h"

namespace paxoscope::omnipaxos {

enum class Rule : uint8_t {
  B1, B2, B3, B4, B5,
  P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11,
  F1, F2, F3, F4, F5, F6, F7, F8, F9,
  C1, C2, C3, C4, C5, C6, C7, C8,
  count
};

/// Everything that can be switched off.
enum class Switch : uint8_t {
  B1_quorum, B3_raise, B5_gossip,
  P1_order, P1_durable, P2_incarnation,
  P3_order, P3_accepted,
  P4_atmost,
  P5_session, P5_phase, P5_decided,
  P6_phase,
  P7_own, P7_own_ballot, P7_clip, P7_phase, P7_first,
  P9_promise, P9_refusal, P9_heard,
  F1_tag, F1_only_tells, F2_gap, F2_repeat, F2_incarnation, F4_tag, F5_sync, F5_field, F5_own,
  F8_mark, F8_records, F8_last, F8_merge, F9_tag, F9_certain,
  C1_decided, C4_pull, C4_donate, C5_quorum, C6_all, C6_once, C7_whole,
  P3_intersect,
  count
};

/// Position = Rule.
std::span<const RuleInfo> rules();
/// Position = Switch.
std::span<const SwitchInfo> switches();
/// "P5.session" → Switch::P5_session.
std::optional<Switch> find_switch(std::string_view id);

inline bool on(const SwitchSet& set, Switch which) { return set.on(static_cast<uint8_t>(which)); }

}  // namespace paxoscope::omnipaxos
