// What can happen next, and what cannot and why.
#include <numeric>

#include "base/sort_indexes.h"
#include "base/text.h"
#include "scenarios/typed_run.h"
#include "sim/describe.h"

namespace paxoscope {

namespace {

using Items = std::vector<PendingItem>;

void add_messages(const Observation& seen, Items& items) {
  for (const MessageView& message : seen.messages) {
    PendingItem item;
    item.id = concat("message ", message.id);
    item.text = concat(message.name, message.value.empty() ? "" : " " + message.value, " from ",
                       server_label(message.from), " to ", server_label(message.to));
    item.action.kind = ActionKind::deliver;
    item.action.message_id = message.id;
    item.due_us = message.deliver_us;
    for (const ServerView& server : seen.servers) {
      if (server.id != message.to || server.status == ServerStatus::up) continue;
      const bool paused = server.status == ServerStatus::paused;
      item.possible = !paused;
      item.reason = concat(server_label(server.id), paused ? " is paused: it waits" : " is down: it will be lost");
    }
    items.push_back(std::move(item));
  }
}

void add_timers(const Observation& seen, Items& items) {
  for (const ServerView& server : seen.servers)
    for (const TimerView& timer : server.timers) {
      PendingItem item;
      item.id = concat("timer ", server_label(server.id), " ", timer.id);
      item.text = concat(server_label(server.id), "'s ", timer.id, " timer");
      item.action.kind = ActionKind::fire;
      item.action.a = server.id;
      item.action.text = timer.id;
      item.due_us = seen.time_us + timer.remaining_us;
      items.push_back(std::move(item));
    }
}

/// What no person decides: it comes by itself.
PendingItem by_itself(std::string id, std::string text, TimeUs due_us, std::string reason) {
  PendingItem item;
  item.id = std::move(id);
  item.text = std::move(text);
  item.due_us = due_us;
  item.possible = false;
  item.reason = std::move(reason);
  return item;
}

void add_disks(const World<AnyProtocol>& world, Items& items) {
  for (const auto& host : world.hosts()) {
    if (host.disk.queue().empty()) continue;
    const std::string name = server_label(host.id);
    const bool full = host.disk.next() == nullptr, stands = host.status != ServerStatus::up;
    items.push_back(by_itself("disk " + name, concat("A write of ", name, " becomes durable"), host.disk.queue()[0].due_us,
                              full     ? "the disk is full"
                              : stands ? name + " is paused: it waits"
                                       : "comes by itself"));
  }
}

void add_clients(const World<AnyProtocol>& world, Items& items) {
  for (size_t i = 0; i < world.clients().size(); ++i) {
    const auto& client = world.clients()[i];
    const std::string name = concat("k", i + 1);
    if (!client.open.empty()) {
      const auto& waiting = client.open[0];
      items.push_back(by_itself("client " + name, concat(name, " gives up asking ", server_label(waiting.at)),
                                waiting.due_us, "if no answer comes"));
    } else if (client.next_us >= 0) {
      items.push_back(by_itself("client " + name, concat(name, " asks ", server_label(client.at)), client.next_us,
                                "comes by itself"));
    }
  }
}

/// Servers that stand still and links that carry nothing, as of now.
void add_hindrances(const Observation& seen, Items& items) {
  for (const ServerView& server : seen.servers) {
    if (server.status == ServerStatus::up) continue;
    const std::string name = server_label(server.id);
    const bool paused = server.status == ServerStatus::paused;
    items.push_back(by_itself("server " + name, name + "'s timers", -1, paused ? "it is paused" : "it is down"));
  }
  for (const LinkView& link : seen.links)
    if (!link.up)
      items.push_back(by_itself(concat("link ", server_label(link.from), server_label(link.to)),
                                concat("Messages from ", server_label(link.from), " to ", server_label(link.to)), -1,
                                "the link is cut"));
}

}  // namespace

std::vector<PendingItem> TypedRun::pending() const {
  Items items;
  const Observation seen = describe(now_.world, LogWindow{1, 0});
  add_messages(seen, items);
  add_timers(seen, items);
  add_disks(now_.world, items);
  add_clients(now_.world, items);
  std::vector<uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0u);
  sort_indexes(order, [&](uint32_t a, uint32_t b) {
    return items[a].due_us != items[b].due_us ? items[a].due_us < items[b].due_us : a < b;
  });
  Items sorted;
  for (uint32_t i : order) sorted.push_back(std::move(items[i]));
  add_hindrances(seen, sorted);
  return sorted;
}

}  // namespace paxoscope
