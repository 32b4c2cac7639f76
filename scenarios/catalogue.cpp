#include "scenarios/catalogue.h"

#include "omnipaxos/rules.h"
#include "quorum_register/rules.h"
#include "raft/rules.h"
#include "sim/world_config.h"

namespace paxoscope {

std::span<const ProtocolInfo> protocols() {
  static const ProtocolInfo kProtocols[] = {
      {"omnipaxos", "OmniPaxos", ProtocolFamily::omnipaxos, omnipaxos::rules(), omnipaxos::switches()},
      {"raft", "Raft", ProtocolFamily::raft, raft::rules(), raft::switches()},
      {"raft-prevote", "Raft + PreVote", ProtocolFamily::raft, raft::rules(), raft::switches(), true, false},
      {"raft-checkquorum", "Raft + CheckQuorum", ProtocolFamily::raft, raft::rules(), raft::switches(), false, true},
      {"raft-both", "Raft + both", ProtocolFamily::raft, raft::rules(), raft::switches(), true, true},
      {"register", "Register", ProtocolFamily::quorum_register, quorum_register::rules(), quorum_register::switches()},
      {"register-local", "Register + local reads", ProtocolFamily::quorum_register, quorum_register::rules(),
       quorum_register::switches(), false, false, true},
  };
  return kProtocols;
}

const ProtocolInfo* find_protocol(std::string_view id) {
  for (const ProtocolInfo& protocol : protocols())
    if (id == protocol.id) return &protocol;
  return nullptr;
}

std::string protocol_list() {
  std::string text;
  for (const ProtocolInfo& protocol : protocols()) text += (text.empty() ? "" : ", ") + std::string(protocol.id);
  return text;
}

void configure(WorldConfig& world, const ProtocolInfo& protocol) {
  world.pre_vote = protocol.pre_vote;
  world.check_quorum = protocol.check_quorum;
  world.local_reads = protocol.local_reads;
}

bool has_rule(const ProtocolInfo& protocol, std::string_view id) {
  for (const RuleInfo& rule : protocol.rules)
    if (id == rule.id) return true;
  return false;
}

bool has_switch(const ProtocolInfo& protocol, std::string_view id) {
  for (const SwitchInfo& info : protocol.switches)
    if (id == info.id) return true;
  return false;
}

}  // namespace paxoscope
