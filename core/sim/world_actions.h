// World: what a person or a script does to it. Part of sim/world.h.
#pragma once

namespace paxoscope {

template <class Protocol>
Result<void> World<Protocol>::check_action(const Action& action) const {
  const auto known = [&](ServerId id) { return position_of(id) >= 0; };
  const auto missing = [](ServerId id) { return fail(concat("there is no server ", server_label(id), " here")); };
  const auto sorry = [this](const char* what) { return fail(concat(protocol_.kId, " cannot ", what, " here")); };
  switch (action.kind) {
    case ActionKind::heal_all:
      return {};
    case ActionKind::cut:
    case ActionKind::heal:
    case ActionKind::set_latency:
    case ActionKind::set_loss:
    case ActionKind::set_duplication: {
      if (action.a == 0 && action.kind != ActionKind::cut && action.kind != ActionKind::heal) return {};  // all
      std::vector<LinkEnds> links = action.more;
      links.push_back({action.a, action.b, action.directed});
      for (const LinkEnds& link : links) {
        if (!known(link.a)) return missing(link.a);
        if (!known(link.b)) return missing(link.b);
        if (link.a == link.b) return fail("a link needs two different servers");
      }
      return {};
    }
    case ActionKind::add_client: {
      if (!known(action.a)) return missing(action.a);
      if (clients_.size() >= kMaxClients) return fail(concat("there have been ", kMaxClients, " clients already"));
      uint32_t weights = 0, register_weights = 0;
      for (size_t kind = 0; kind < action.mix.size(); ++kind)
        (kind < 2 ? register_weights : weights) += action.mix[kind];
      if (!protocol_.kTraits.has_log && weights != 0) return fail("a register takes only puts and gets");
      if (weights + register_weights == 0 || action.amount <= 0) return fail("a client asks for something, now and then");
      return {};
    }
    case ActionKind::remove_client:
      if (action.amount < 1 || static_cast<uint64_t>(action.amount) > clients_.size())
        return fail(concat("there is no client k", action.amount, " here"));
      if (clients_[static_cast<size_t>(action.amount) - 1].gone) return fail(concat("client k", action.amount, " has left already"));
      return {};
    case ActionKind::partition:
      for (ServerSet group : action.groups)
        for (ServerId id = 1; id <= kMaxServers; ++id)
          if (contains(group, id) && !known(id)) return missing(id);
      return {};
    case ActionKind::deliver:
    case ActionKind::drop:
    case ActionKind::duplicate:
    case ActionKind::delay:
      if (slot_of(action.message_id) < 0)
        return fail(concat("message ", action.message_id, " is not in flight"));
      return {};
    case ActionKind::reconfigure:
      if (!protocol_.kReconfigures) return sorry("reconfigure");
      for (ServerId id = 1; id <= kMaxServers; ++id)
        if (contains(action.groups.at(0), id) && !known(id)) return missing(id);
      if (reconfigurer() < 0) return fail("no server leads, so nobody can propose a reconfiguration");
      return {};
    case ActionKind::snapshot:
    case ActionKind::trim:
      if (!protocol_.kCompacts) return sorry("drop entries of its log");
      if (action.a != 0) break;
      if (reconfigurer() < 0) return fail("no server leads, and only a leader knows what all have decided");
      return {};
    default:
      break;
  }
  if (!known(action.a)) return missing(action.a);
  const Host& host = hosts_[static_cast<size_t>(position_of(action.a))];
  const bool down = host.status == ServerStatus::down;
  const std::string name = "server " + server_label(action.a);
  switch (action.kind) {
    case ActionKind::restart:
      if (!down) return fail(name + " is not down");
      return {};
    case ActionKind::resume:
      if (host.status != ServerStatus::paused) return fail(name + " is not paused");
      return {};
    case ActionKind::set_disk:
      if (config_.disk.max_us == 0 && action.text != "ok")
        return fail("writes are durable at once here: give [disk] a latency first");
      return {};
    case ActionKind::crash:
    case ActionKind::pause:
    case ActionKind::propose:
    case ActionKind::fire:
    case ActionKind::reconnect:
    case ActionKind::snapshot:
    case ActionKind::trim:
      if (down) return fail(name + " is down");
      if (host.status == ServerStatus::paused && action.kind != ActionKind::crash) return fail(name + " is paused");
      if (action.kind == ActionKind::fire && !protocol_.has_timer(action.text))
        return fail(concat("there is no timer '", action.text, "'"));
      return {};
    default:
      return {};
  }
}

template <class Protocol>
template <class Recorder>
Result<void> World<Protocol>::perform(const Action& action, Recorder& recorder, EventKind kind) {
  if (Result<void> valid = check_action(action); !valid) return valid;
  // What waits for a paused server is known from here on, whether or not somebody asked for the next event before.
  drop_stale();
  // The server itself may still refuse, and then nothing has happened.
  const Result<uint64_t> taken = ask_server(action);
  if (!taken) return tl::unexpected<Error>(taken.error());
  ++event_;
  EventInfo info{event_, now_us_, kind, action.a, action.message_id, 0, {}, {}};
  if constexpr (Recorder::enabled) info.action = action;
  begin(info, recorder);
  switch (action.kind) {
    case ActionKind::cut:
    case ActionKind::heal:
    case ActionKind::heal_all:
    case ActionKind::isolate:
    case ActionKind::partition:
    case ActionKind::only:
    case ActionKind::set_latency:
    case ActionKind::set_loss:
    case ActionKind::set_duplication:
      act_on_links(action, recorder);
      return {};
    case ActionKind::deliver:
    case ActionKind::drop:
    case ActionKind::duplicate:
    case ActionKind::delay:
      return act_on_message(action, recorder);
    case ActionKind::add_client: {
      touched_ = 0;
      ClientConfig client;
      client.server = action.a;
      client.start_us = now_us_;
      client.mix = action.mix;
      (action.open_loop ? client.every_us : client.think_us) = action.amount;
      add_client(client);
      return {};
    }
    case ActionKind::remove_client:
      remove_client(static_cast<uint32_t>(action.amount - 1));
      return {};
    case ActionKind::reconfigure:
    case ActionKind::snapshot:
    case ActionKind::trim: {
      const auto position = static_cast<uint32_t>(action.a == 0 ? reconfigurer() : position_of(action.a));
      touched_ = hosts_[position].id;
      if (action.kind == ActionKind::reconfigure && *taken != 0)
        add_future(hosts_[position], *taken, Command::make(0, next_proposal_ - 1, "stop"), false);
      pump(position, recorder);
      return {};
    }
    default:
      return act_on_server(action, recorder);
  }
}

/// What the server that an action speaks to may refuse.
template <class Protocol>
Result<uint64_t> World<Protocol>::ask_server(const Action& action) {
  const bool compacts = action.kind == ActionKind::snapshot || action.kind == ActionKind::trim;
  if (action.kind != ActionKind::reconfigure && !compacts) return 0;
  Host& host = hosts_[static_cast<size_t>(action.a == 0 ? reconfigurer() : position_of(action.a))];
  if (counts_ticks()) account_ticks(host);
  Server& server = *host.server;
  if (compacts) {
    const Result<void> done = Protocol::compact(server, static_cast<LogIndex>(action.amount), action.a != 0,
                                                action.kind == ActionKind::snapshot);
    if (!done) return tl::unexpected<Error>(done.error());
    return 0;
  }
  const Result<uint64_t> taken = Protocol::reconfigure(server, action.groups.at(0), action.b, next_proposal_);
  if (taken) ++next_proposal_;
  return taken;
}

/// The server that leads the newest configuration, or -1.
template <class Protocol>
int World<Protocol>::reconfigurer() const {
  int best = -1;
  Probe best_probe;
  for (size_t i = 0; i < hosts_.size(); ++i) {
    if (!hosts_[i].server || hosts_[i].status != ServerStatus::up) continue;
    const Probe probe = Protocol::probe(*hosts_[i].server);
    if (!probe.leads) continue;
    if (best >= 0 && std::pair(probe.configuration, probe.leads) < std::pair(best_probe.configuration, best_probe.leads))
      continue;
    best = static_cast<int>(i);
    best_probe = probe;
  }
  return best;
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::set_link(ServerId from, ServerId to, bool up, Recorder& recorder) {
  Link& link = links_[link_position(from, to)];
  if (link.up == up) return;
  link.up = up;
  link.last_deliver_us = 0;
  if (up) return;
  for (uint32_t slot = 0; slot < slots_.size(); ++slot)
    if (slots_[slot] && slots_[slot]->info.from == from && slots_[slot]->info.to == to)
      remove_flight(slot, false, recorder);
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::act_on_links(const Action& action, Recorder& recorder) {
  touched_ = 0;
  const auto each_pair = [&](auto&& visit) {
    for (const Host& from : hosts_)
      for (const Host& to : hosts_)
        if (from.id != to.id) visit(from.id, to.id);
  };
  const auto group_of = [&](ServerId id) {
    for (size_t g = 0; g < action.groups.size(); ++g)
      if (contains(action.groups[g], id)) return static_cast<int>(g);
    return -1;  // a server in no group stands alone
  };
  each_pair([&](ServerId from, ServerId to) {
    Link& link = links_[link_position(from, to)];
    switch (action.kind) {
      case ActionKind::cut:
        if (action.names(from, to)) set_link(from, to, false, recorder);
        break;
      case ActionKind::heal:
        if (action.names(from, to)) set_link(from, to, true, recorder);
        break;
      case ActionKind::heal_all:
        set_link(from, to, true, recorder);
        break;
      case ActionKind::isolate:
        if (from == action.a || to == action.a) set_link(from, to, false, recorder);
        break;
      case ActionKind::only:
        if (from != action.a && to != action.a) set_link(from, to, false, recorder);
        break;
      case ActionKind::partition:
        set_link(from, to, group_of(from) == group_of(to) && group_of(from) >= 0, recorder);
        break;
      case ActionKind::set_latency:
        if (action.names(from, to)) link.latency = {action.amount, action.amount};
        break;
      case ActionKind::set_loss:
        if (action.names(from, to)) link.loss_permille = static_cast<uint32_t>(action.amount);
        break;
      case ActionKind::set_duplication:
        if (action.names(from, to)) link.duplication_permille = static_cast<uint32_t>(action.amount);
        break;
      default:
        break;
    }
  });
}

template <class Protocol>
template <class Recorder>
Result<void> World<Protocol>::act_on_message(const Action& action, Recorder& recorder) {
  const auto slot = static_cast<uint32_t>(slot_of(action.message_id));
  Flight& flight = *slots_[slot];
  touched_ = 0;
  switch (action.kind) {
    case ActionKind::deliver: {
      const int position = position_of(flight.info.to);
      if (hosts_[static_cast<size_t>(position)].status == ServerStatus::paused) {
        flight.info.deliver_us = -1;  // due at once
        return {};
      }
      touched_ = flight.info.to;
      const FlightInfo info = flight.info;
      const Message message = std::move(flight.message);
      free_slot(slot);
      Host& host = hosts_[static_cast<size_t>(position)];
      if (host.status != ServerStatus::up) {
        recorder.lost(info, false);
        return {};
      }
      recorder.delivered(info);
      if (counts_ticks()) account_ticks(host);
      Protocol::deliver(*host.server, message);
      pump(static_cast<uint32_t>(position), recorder);
      return {};
    }
    case ActionKind::drop:
      remove_flight(slot, true, recorder);
      return {};
    case ActionKind::duplicate: {
      const Message copy = flight.message;
      const TimeUs due = flight.info.due_us() < now_us_ ? now_us_ : flight.info.due_us();
      if constexpr (Recorder::enabled)
        recorder.sent({next_message_, copy.from, copy.to, now_us_, due, event_}, copy);
      launch(copy, due);
      return {};
    }
    default: {  // delay
      const TimeUs base = flight.info.due_us() < now_us_ ? now_us_ : flight.info.due_us();
      flight.info.deliver_us = base + action.amount;
      push(flight.info.deliver_us, KeyKind::flight, slot, flight.info.id);
      return {};
    }
  }
}

template <class Protocol>
template <class Recorder>
Result<void> World<Protocol>::act_on_server(const Action& action, Recorder& recorder) {
  const auto position = static_cast<uint32_t>(position_of(action.a));
  Host& host = hosts_[position];
  switch (action.kind) {
    case ActionKind::crash:
    case ActionKind::wipe:
      if (host.server && config_.disk.max_us == 0) host.disk.content() = Protocol::storage(*host.server);
      lose_futures(host);
      host.disk.crash(config_.disk.torn ? &rng_ : nullptr, decided_file());
      host.server.reset();
      host.status = ServerStatus::down;
      // What waited for a paused server waits for nobody now.
      for (uint32_t slot = 0; slot < slots_.size(); ++slot)
        if (slots_[slot] && slots_[slot]->info.to == host.id && slots_[slot]->info.deliver_us < 0)
          remove_flight(slot, false, recorder);
      if (action.kind == ActionKind::wipe) {
        host.disk.replace(protocol_.empty_disk());
        host.state_lost = true;
        host.store = Shared<KeyValues>();
        host.applied = 0;
        host.store_whole = true;
      }
      return {};
    case ActionKind::restart:
      boot(host, position, false);
      host.state_lost = false;
      pump(position, recorder);
      return {};
    case ActionKind::pause:
      account_ticks(host);
      host.status = ServerStatus::paused;
      return {};
    case ActionKind::resume: {
      host.status = ServerStatus::up;
      if (protocol_.kTraits.timers_restart) catch_up_ticks(host);
      host.tick_base_us = now_us_;
      host.timer_due_us = -1;
      for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
        if (!slots_[slot] || slots_[slot]->info.to != host.id || slots_[slot]->info.deliver_us >= 0) continue;
        FlightInfo& info = slots_[slot]->info;
        info.deliver_us = info.due_us() > now_us_ ? info.due_us() : now_us_;
        push(info.deliver_us, KeyKind::flight, slot, info.id);
      }
      resume_writes(host, position);
      pump(position, recorder);
      return {};
    }
    case ActionKind::propose: {
      if (counts_ticks()) account_ticks(host);
      const Command command = persons(action.text);
      record(HistoryEventKind::invoked, host.id, command);
      if (!propose_at(host, command)) record(HistoryEventKind::failed, host.id, command, ShortText("not taken"));
      pump(position, recorder);
      return {};
    }
    case ActionKind::fire:
      account_ticks(host);
      Protocol::fire(*host.server, action.text);
      host.timer_due_us = -1;
      pump(position, recorder);
      return {};
    case ActionKind::reconnect:
      Protocol::reconnected(*host.server, action.b);
      pump(position, recorder);
      return {};
    case ActionKind::set_disk:
      host.disk.set_state(action.text == "full"   ? DiskState::full
                          : action.text == "lies" ? DiskState::lies
                                                  : DiskState::ok);
      resume_writes(host, position);
      return {};
    case ActionKind::set_clock:
      host.clock_offset_us = action.amount;
      return {};
    case ActionKind::set_rate:
      account_ticks(host);
      host.rate_ppm = static_cast<int32_t>(action.amount);
      host.timer_due_us = -1;
      if (host.server && host.status == ServerStatus::up) schedule_timer(host, position);
      return {};
    default:
      return {};
  }
}

}  // namespace paxoscope
