// The protocols that a scenario may name, with their rule catalogues.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/rules.h"

namespace paxoscope {

struct WorldConfig;

/// Which code runs it.
enum class ProtocolFamily : uint8_t { omnipaxos, raft, quorum_register };

struct ProtocolInfo {
  const char* id;    ///< "omnipaxos"
  const char* name;  ///< "OmniPaxos"
  ProtocolFamily family;
  std::span<const RuleInfo> rules;
  std::span<const SwitchInfo> switches;
  bool pre_vote = false;      ///< which kind of Raft
  bool check_quorum = false;
  bool local_reads = false;   ///< which kind of register
};

/// All protocols, in display order.
std::span<const ProtocolInfo> protocols();
/// Sets what makes this protocol the one of its family that it is.
void configure(WorldConfig& world, const ProtocolInfo& protocol);
/// Null if there is none with this id.
const ProtocolInfo* find_protocol(std::string_view id);
/// "omnipaxos, raft": for error messages.
std::string protocol_list();

/// True if the protocol has a rule with exactly this id.
bool has_rule(const ProtocolInfo& protocol, std::string_view id);
bool has_switch(const ProtocolInfo& protocol, std::string_view id);

}  // namespace paxoscope
