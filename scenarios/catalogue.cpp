#include "scenarios/catalogue.h"

#include "omnipaxos/rules.h"

namespace paxoscope {

std::span<const ProtocolInfo> protocols() {
  static const ProtocolInfo kProtocols[] = {
      {"omnipaxos", "OmniPaxos", omnipaxos::rules(), omnipaxos::switches()},
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
