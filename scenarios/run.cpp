#include "scenarios/run.h"

#include "base/text.h"
#include "scenarios/catalogue.h"
#include "scenarios/typed_run.h"
#include "sim/omnipaxos_protocol.h"
#include "sim/protocol_kind_of.h"
#include "sim/raft_protocol.h"
#include "sim/register_protocol.h"

namespace paxoscope {

namespace {

/// Turns switches off by name. Those of a scenario that belong to another of its protocols are skipped.
Result<SwitchSet> read_switches(const ProtocolInfo& protocol, const Scenario& scenario, const RunOptions& options) {
  SwitchSet set;
  const auto turn_off = [&](const std::string& id) {
    for (size_t i = 0; i < protocol.switches.size(); ++i) {
      if (id != protocol.switches[i].id) continue;
      set.turn_off(static_cast<uint8_t>(i));
      return true;
    }
    return false;
  };
  for (const std::string& id : scenario.switches_off) turn_off(id);
  for (const std::string& id : options.switches_off)
    if (!turn_off(id)) return fail(concat(protocol.name, " has no switch ", quote(id)));
  return set;
}

const ProtocolKind& kind_of(ProtocolFamily family) {
  switch (family) {
    case ProtocolFamily::omnipaxos: break;
    case ProtocolFamily::raft: return kProtocolKind<RaftProtocol<Notes>>;
    case ProtocolFamily::quorum_register: return kProtocolKind<RegisterProtocol<Notes>>;
  }
  return kProtocolKind<OmniPaxosProtocol<Notes>>;
}

/// So many servers; what spoke of others goes to those that are there.
void resize(WorldConfig& world, uint32_t servers) {
  world.servers.clear();
  for (ServerId id = 1; id <= servers; ++id) world.servers.push_back(id);
  std::erase_if(world.members, [&](ServerId id) { return id > servers; });
  if (world.first_leader > servers) world.first_leader = 0;
  for (ClientConfig& client : world.clients) client.server = (client.server - 1) % servers + 1;
  if (!world.priorities.empty()) world.priorities.resize(servers);
  world.read_quorum = world.write_quorum = 0;
}

}  // namespace

Result<Stop> parse_stop(std::string_view text) {
  constexpr std::pair<std::string_view, StepUnit> kUnits[] = {
      {"event", StepUnit::event},     {"delivery", StepUnit::delivery},   {"change", StepUnit::change},
      {"decided", StepUnit::decided}, {"leader", StepUnit::leader},       {"narration", StepUnit::narration},
      {"settled", StepUnit::settled}, {"violation", StepUnit::violation}};
  for (const auto& [name, unit] : kUnits)
    if (name == text) return unit;
  constexpr std::string_view kMessage = "message ";
  if (text.starts_with(kMessage) && text.size() > kMessage.size())
    return Stop(StepUnit::message, std::string(text.substr(kMessage.size())));
  return fail(concat("unknown step unit ", quote(text),
                     "; known: event, delivery, change, decided, leader, narration, settled, violation, message NAME"));
}

std::vector<std::string> known_protocols() {
  std::vector<std::string> ids;
  for (const ProtocolInfo& protocol : protocols()) ids.emplace_back(protocol.id);
  return ids;
}

Result<std::unique_ptr<Run>> Run::create(const Scenario& scenario, const RunOptions& options) {
  RunOptions chosen = options;
  if (chosen.protocol.empty()) chosen.protocol = scenario.protocols.empty() ? "omnipaxos" : scenario.protocols[0];
  const ProtocolInfo* protocol = find_protocol(chosen.protocol);
  if (protocol == nullptr) return fail(concat("unknown protocol ", quote(chosen.protocol), "; known: ",
                                               protocol_list()));
  const auto switches = read_switches(*protocol, scenario, chosen);
  if (!switches) return tl::unexpected<Error>(switches.error());
  Scenario played = scenario;
  configure(played.world, *protocol);
  if (chosen.servers > kMaxServers) return fail(concat("at most ", kMaxServers, " servers"));
  if (chosen.servers != 0) resize(played.world, chosen.servers);
  return std::unique_ptr<Run>(new TypedRun(kind_of(protocol->family), played, chosen, *switches));
}

}  // namespace paxoscope
