// The protocols that a scenario may name, with their rule catalogues.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/rules.h"

namespace paxoscope {

struct ProtocolInfo {
  const char* id;    ///< "omnipaxos"
  const char* name;  ///< "OmniPaxos"
  std::span<const RuleInfo> rules;
  std::span<const SwitchInfo> switches;
};

/// All protocols, in display order.
std::span<const ProtocolInfo> protocols();
/// Null if there is none with this id.
const ProtocolInfo* find_protocol(std::string_view id);
/// "omnipaxos, raft": for error messages.
std::string protocol_list();

/// True if the protocol has a rule with exactly this id.
bool has_rule(const ProtocolInfo& protocol, std::string_view id);
bool has_switch(const ProtocolInfo& protocol, std::string_view id);

}  // namespace paxoscope
