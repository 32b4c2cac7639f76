// The liveness phase where there is no log: a coordinator that is linked to a quorum brings each operation to its end.
// Part of check/swarm.h.
#pragma once

namespace paxoscope {

/// At each of these servers a person writes and reads.
template <class Protocol>
void SwarmPlay<Protocol>::ask_for_round(ServerSet servers) {
  propose_at(servers);
  for (const auto& host : world_.hosts()) {
    if (host.status != ServerStatus::up || !contains(servers, host.id)) continue;
    Action action = server_action(ActionKind::propose, host.id);
    action.text = "get q";
    perform(action);
  }
}

/// How many of the operations up to number `last` these servers still coordinate.
template <class Protocol>
size_t SwarmPlay<Protocol>::rounds_open(ServerSet servers, uint64_t last) const {
  size_t open = 0;
  for (const auto& host : world_.hosts())
    for (const OpenFuture& future : host.futures) open += contains(servers, host.id) && future.record <= last ? 1 : 0;
  return open;
}

/// A coordinator may work on one after the other: the next one ends within the bound, as long as any is left.
template <class Protocol>
bool SwarmPlay<Protocol>::rounds_end(ServerSet servers, uint64_t last) {
  const TimeUs bound = bound_us();
  for (size_t before; !result_.failure && (before = rounds_open(servers, last)) != 0;)
    if (!wait(bound, [&] { return rounds_open(servers, last) < before; })) return false;
  return true;
}

/// A random graph in which one server is linked to a quorum. What it was asked before ends too; clients go on, so that
/// only what was asked so far is waited for.
template <class Protocol>
void SwarmPlay<Protocol>::serve_somewhere(Rng& rng) {
  const WorldConfig& config = world_.config();
  std::vector<ServerId> ids = config.servers;
  const uint32_t quorum = std::max({static_cast<uint32_t>(ids.size()) / 2 + 1, config.read_quorum, config.write_quorum});
  for (size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[rng.below(i)]);
  const ServerSet hub = server_bit(ids[0]);
  ServerSet members = 0;
  for (uint32_t i = 0; i < quorum; ++i) members |= server_bit(ids[i]);
  draw_links(rng, hub, members);
  start_some(rng, members);
  if (result_.failure) return;
  ask_for_round(hub);
  if (rounds_end(hub, world_.futures().made()) || result_.failure) return;
  fail(kStallRound, server_label(ids[0]) + " is linked to a quorum, and within " + time_label(bound_us()) +
                        " no operation there ended: " + describe_servers());
}

/// Everything is healed: all that was asked ends, and what is asked now.
template <class Protocol>
void SwarmPlay<Protocol>::serve_everywhere() {
  heal_everything();
  if (result_.failure) return;
  const ServerSet all = set_of(world_.config().servers);
  ask_for_round(all);
  const Asked before = asked_so_far();
  const TimeUs bound = bound_us();
  if (!rounds_end(all, before.futures))
    return fail(kStallRound, "everything is linked and up, and within " + time_label(bound) +
                                 " no older operation ended: " + describe_servers());
  if (!wait(before.patience_us + bound, [&] { return open_operation(before).empty(); }))
    return fail(kStallClients, "everything is linked and up, and within " + time_label(before.patience_us + bound) +
                                   " no end of " + open_operation(before) + ": " + describe_servers());
  if (!case_.quiet) return;
  TimeUs patience = 0;
  for (const ClientConfig& client : world_.config().clients) {
    const TimeUs pause = client.every_us == 0 ? client.think_us : client.every_us;
    patience = std::max(patience, client.start_us + client.operations * (tries_us(client) + pause));
  }
  if (!wait(patience + bound, [&] { return clients_done(); }) || !rounds_end(all, UINT64_MAX))
    fail(kStallClients, "everything is linked and up, and not every operation ended: " + describe_servers());
}

}  // namespace paxoscope
