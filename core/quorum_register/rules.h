// The rule catalogue of the quorum register: ids, sentences, sources, switches. The Why panel, the narration and the tests
// read this one table.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/rules.h"

namespace paxoscope::quorum_register {

enum class Rule : uint8_t { A1, A2, A3, A4, count };

/// Everything that can be switched off.
enum class Switch : uint8_t {
  A1_highest, A1_write_back,
  A2_highest, A2_majority, A2_server, A2_incarnation, A2_counter, A2_start, A2_durable,
  A3_order, A3_operation, A3_once, A3_resend,
  A4_intersect,
  count
};

/// Position = Rule.
std::span<const RuleInfo> rules();
/// Position = Switch.
std::span<const SwitchInfo> switches();
/// "A1.write_back" → Switch::A1_write_back.
std::optional<Switch> find_switch(std::string_view id);

inline bool on(const SwitchSet& set, Switch which) { return set.on(static_cast<uint8_t>(which)); }

}  // namespace paxoscope::quorum_register
