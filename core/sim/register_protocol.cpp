#include "sim/register_protocol.h"

#include <algorithm>

#include "sim/describe_text.h"

namespace paxoscope {

namespace {

using quorum_register::Outcome;
using quorum_register::RequestKind;

WriteStamp stamp_of(const quorum_register::Stamp& stamp) {
  return {stamp.number, stamp.writer.server, stamp.writer.incarnation, stamp.writer.counter};
}

/// Spare servers are of use too: a register has no other members than its servers.
quorum_register::Config config_of(const WorldConfig& world, const SwitchSet& switches, ServerId id, TimeUs tick_us) {
  quorum_register::Config config;
  config.id = id;
  for (ServerId server : world.servers) config.members |= server_bit(server);
  config.read_quorum = world.read_quorum;
  config.write_quorum = world.write_quorum;
  if (world.local_reads) config.reads = quorum_register::Reads::local;
  config.drop_repeats = world.sessions;
  config.resend_ticks = static_cast<uint32_t>(std::max<TimeUs>(world.resend_us / tick_us, 1));
  if (world.buffer) config.max_running = 1;
  config.switches = switches;
  // Sizes that were meant for the members of another protocol.
  if (!validate(config)) config.read_quorum = config.write_quorum = 0;
  return config;
}

}  // namespace

template <class Observer>
typename RegisterProtocol<Observer>::Server RegisterProtocol<Observer>::start(const WorldConfig& config,
                                                                              const SwitchSet& switches, uint32_t position,
                                                                              const Durable& durable) {
  auto core = Register::with(config_of(config, switches, config.servers[position], World<RegisterProtocol>::kTickUs), durable);
  PAXO_ASSERT(core.has_value());
  return {std::move(*core)};
}

/// A client that asks for several things at once sends a number before it has an end for the lower ones: those requests have
/// no session.
template <class Observer>
uint64_t RegisterProtocol<Observer>::propose(Server& server, const Command& command) {
  const Operation operation = parse_operation(command.label());
  if (operation.kind != OperationKind::get && operation.kind != OperationKind::put) return 0;
  typename Register::RequestType request;
  request.key = {ShortText(operation.key)};
  if (operation.kind == OperationKind::put) {
    request.kind = RequestKind::write;
    request.value = {ShortText(operation.value), command.client, command.number};
    if (command.open == 0) request.session = {command.client, command.number};
  }
  const auto taken = server.core.request(std::move(request));
  if (!taken) return 0;
  server.asked.emplace_back(*taken, command);
  return *taken;
}

template <class Observer>
void RegisterProtocol<Observer>::Server::look() {
  for (const auto& how : core.take_settled()) {
    const auto found = std::find_if(asked.begin(), asked.end(), [&](const auto& one) { return one.first == how.operation; });
    PAXO_ASSERT(found != asked.end());
    answered.push_back({found->second, 0, how.operation, how.value.text, stamp_of(how.stamp)});
    asked.erase(found);
    Settlement& settlement = settled.emplace_back();
    settlement.future = how.operation;
    settlement.resolved = true;
  }
}

// --- probing

template <class Observer>
Probe RegisterProtocol<Observer>::probe(const Server& server) {
  Probe probe = RegisterProtocol::probe(storage(server));
  probe.broken_fact = server.core.broken_fact();
  return probe;
}

template <class Observer>
Probe RegisterProtocol<Observer>::probe(const Durable& durable) {
  quorum_register::Stamp newest;
  for (const auto& cell : durable.values().cells) newest = std::max(newest, cell.written.stamp);
  const Epoch epoch = stamp_epoch(newest);
  Probe probe;
  probe.promised = {static_cast<uint32_t>(epoch.number), epoch.priority, epoch.owner};
  return probe;
}

template <class Observer>
void RegisterProtocol<Observer>::held_values(const Durable& durable, std::vector<HeldValue>& held) {
  held.clear();
  for (const auto& cell : durable.values().cells) {
    const RegisterValue& value = cell.written.value;
    held.push_back({cell.key.text, value.text, stamp_of(cell.written.stamp), value.client, value.number});
  }
}

template struct RegisterProtocol<Notes>;
template struct RegisterProtocol<NoNotes>;

}  // namespace paxoscope
