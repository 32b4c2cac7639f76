// A world as an Observation: what every view draws.
#pragma once

#include "sim/describe_clients.h"
#include "sim/observation.h"
#include "sim/world.h"

namespace paxoscope {

namespace detail {

template <class Protocol>
std::vector<TimerView> running_timers(const World<Protocol>& world, const typename World<Protocol>::Host& host) {
  std::vector<TimerView> timers = Protocol::timers(*host.server, World<Protocol>::kTickUs);
  const TimeUs passed = world.now_us() - host.tick_base_us;
  for (TimerView& timer : timers) {
    timer.remaining_us -= passed;
    if (timer.remaining_us < 0) timer.remaining_us = 0;
    if (timer.remaining_us > timer.period_us) timer.remaining_us = timer.period_us;
  }
  return timers;
}

/// Marks what a crash now would lose: the disk's own view of itself is the truth, whatever it has reported.
template <class Protocol>
void compare_with_disk(const typename Protocol::Durable& disk, const LogWindow& window, ServerView& view) {
  ServerView there;
  Protocol::describe_down(disk, window, there);
  for (LogCell& cell : view.cells) {
    const size_t position = static_cast<size_t>(cell.index - window.first);
    cell.durable = position < there.cells.size() && (cell.state == CellState::trimmed ||
                                                     there.cells[position].attempt_id == cell.attempt_id);
  }
  for (RegisterCell& cell : view.registers)
    cell.durable = std::any_of(there.registers.begin(), there.registers.end(), [&](const RegisterCell& other) {
      return other.key == cell.key && other.stamp == cell.stamp;
    });
  for (Field& field : view.fields)
    for (Field& other : there.fields)
      if (field.durable && field.name == other.name && field.value.text != other.value.text)
        field.on_disk = std::move(other.value);
}

}  // namespace detail

/// All but the event and the checks, which are filled by whoever keeps them.
template <class Protocol>
Observation describe(const World<Protocol>& world, const LogWindow& window) {
  Observation seen;
  seen.protocol = world.protocol().kId;
  seen.epoch_word = world.protocol().kTraits.epoch_word;
  seen.stop_sign_word = world.protocol().kTraits.stop_sign_word;
  seen.has_log = world.protocol().kTraits.has_log;
  seen.joined_word = world.protocol().kTraits.joined_word;
  seen.chosen_word = world.protocol().kTraits.chosen_word;
  seen.ended_word = world.protocol().kTraits.ended_word;
  seen.time_us = world.now_us();
  seen.window_first = window.first;
  Epoch highest;
  for (const auto& host : world.hosts()) {
    ServerView view;
    view.id = host.id;
    view.status = host.status;
    view.state_lost = host.state_lost;
    view.clock_offset_us = host.clock_offset_us;
    view.clock_rate_ppm = host.rate_ppm;
    if (host.server) {
      Protocol::describe_server(*host.server, window, view);
      if (world.config().disk.max_us > 0) detail::compare_with_disk<Protocol>(host.disk.content(), window, view);
      if (host.status == ServerStatus::up) view.timers = detail::running_timers(world, host);
    } else {
      Protocol::describe_down(host.disk.content(), window, view);
    }
    mark_awaited(world.futures(), view);
    if (host.server && seen.has_log) seen.stores.push_back(describe_store(host.id, *host.store, host.applied));
    Protocol::merge_configurations(host.server ? Protocol::storage(*host.server) : host.disk.content(), seen.configurations);
    if (view.leads && std::pair(view.leads.configuration, view.leads.number) >
                          std::pair(highest.configuration, highest.number))
      highest = view.leads;
    seen.servers.push_back(std::move(view));
  }
  if (seen.configurations.empty()) seen.configurations.push_back({1, world.config().servers, false, 0});
  // A server may believe that it leads while a higher ballot is led elsewhere; only an outside view can tell.
  for (ServerView& view : seen.servers)
    if (view.role == Role::leader && view.leads != highest && view.leads.number < highest.number) {
      view.role = Role::old_leader;
      view.role_text = "Old leader";
    }
  name_learners(seen);
  const auto flights = world.flights();
  for (const auto& from : world.hosts())
    for (const auto& to : world.hosts()) {
      if (from.id == to.id) continue;
      const auto& link = world.link(from.id, to.id);
      LinkView view{from.id, to.id, link.up, (link.latency.min_us + link.latency.max_us) / 2, link.loss_permille,
                    false, link.latency.min_us > world.config().latency.max_us, link.duplication_permille};
      for (const auto* flight : flights)
        if (flight->info.from == from.id && flight->info.to == to.id && !Protocol::is_heartbeat(flight->message))
          view.in_use = true;
      seen.links.push_back(view);
    }
  for (const auto* flight : flights) {
    MessageView view;
    view.id = flight->info.id;
    view.from = flight->info.from;
    view.to = flight->info.to;
    view.sent_us = flight->info.sent_us;
    view.deliver_us = flight->info.due_us() < world.now_us() ? world.now_us() : flight->info.due_us();
    Protocol::describe_message(flight->message, view);
    seen.messages.push_back(std::move(view));
  }
  seen.futures = describe_futures(world.futures(), world.protocol().kTraits, world.now_us());
  seen.operations = describe_operations(world.history());
  for (const auto& client : world.clients()) {
    const ClientConfig& config = client.config;
    const bool open_loop = config.every_us != 0;
    seen.clients.push_back({static_cast<uint32_t>(seen.clients.size()) + 1, client.at, client.gone, open_loop,
                            open_loop ? config.every_us : config.think_us, format_mix(config.mix),
                            static_cast<uint32_t>(client.open.size())});
  }
  return seen;
}

}  // namespace paxoscope
