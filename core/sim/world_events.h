// World: the clock's work — deliveries, timers, clients, disks, and what follows each of them. Part of sim/world.h.
#pragma once

namespace paxoscope {

template <class Protocol>
World<Protocol>::World(const WorldConfig& config, const SwitchSet& switches, uint64_t seed, Protocol protocol)
    : protocol_(protocol), config_(config), switches_(switches), rng_(seed), links_(kMaxServers * kMaxServers) {
  std::fill(std::begin(positions_), std::end(positions_), static_cast<int8_t>(-1));
  const size_t members = config_.members.empty() ? config_.servers.size() : config_.members.size();
  PAXO_ASSERT(config_.read_quorum <= members && config_.write_quorum <= members);
  hosts_.reserve(config_.servers.size());
  for (Link& link : links_) {
    link.latency = config_.latency;
    link.loss_permille = config_.loss_permille;
    link.duplication_permille = config_.duplication_permille;
  }
  for (ServerId id : config_.servers) {
    positions_[id - 1] = static_cast<int8_t>(hosts_.size());
    hosts_.emplace_back(id, protocol_.empty_disk());
  }
  NullRecorder nobody;
  for (uint32_t i = 0; i < hosts_.size(); ++i) boot(hosts_[i], i, true);
  for (uint32_t i = 0; i < hosts_.size(); ++i) pump(i, nobody);
  for (const ClientConfig& client : config_.clients) add_client(client);
}

template <class Protocol>
void World<Protocol>::boot(Host& host, uint32_t position, bool first) {
  host.disk.content() = Protocol::reopened(host.disk.content(), config_.disk.max_us == 0);
  if constexpr (requires { Protocol::start(config_, switches_, position, host.disk.content(), uint64_t{}); })
    host.server.emplace(Protocol::start(config_, switches_, position, host.disk.content(),
                                        protocol_.kTraits.draws_timeouts ? rng_.next() : 0));
  else
    host.server.emplace(Protocol::start(config_, switches_, position, host.disk.content()));
  host.status = ServerStatus::up;
  host.scheduled_write = 0;
  // The first round ends a little apart on each server, as it would.
  const TimeUs spread = config_.election_timeout_us / 2;
  host.tick_base_us = now_us_ + (first && spread > 0 ? rng_.between(0, spread) : 0);
  host.timer_due_us = -1;
  host.running = Protocol::running(*host.server);
}

template <class Protocol>
void World<Protocol>::push(TimeUs time_us, KeyKind kind, uint32_t where, uint64_t generation) {
  queue_.push_back({time_us, next_order_++, kind, where, generation});
  std::push_heap(queue_.begin(), queue_.end(), std::greater<>{});
}

template <class Protocol>
bool World<Protocol>::stale(const Key& key) const {
  switch (key.kind) {
    case KeyKind::flight:
      return !slots_[key.where] || slots_[key.where]->info.id != key.generation ||
             slots_[key.where]->info.deliver_us != key.time_us;
    case KeyKind::timer:
      return hosts_[key.where].timer_generation != key.generation ||
             hosts_[key.where].status != ServerStatus::up;
    case KeyKind::client:
      return clients_[key.where].generation != key.generation;
    case KeyKind::disk: {
      const Host& host = hosts_[key.where];
      const auto* next = host.disk.next();
      return host.status != ServerStatus::up || next == nullptr || next->number != key.generation ||
             next->due_us != key.time_us;
    }
  }
  return true;
}

template <class Protocol>
void World<Protocol>::drop_stale() {
  while (!queue_.empty()) {
    const Key& key = queue_.front();
    if (!stale(key)) {
      if (key.kind != KeyKind::flight) return;
      FlightInfo& info = slots_[key.where]->info;
      if (hosts_[static_cast<size_t>(position_of(info.to))].status != ServerStatus::paused) return;
      // A paused server's messages wait until it goes on; that is no event.
      info.deliver_us = -info.deliver_us - 1;
    }
    std::pop_heap(queue_.begin(), queue_.end(), std::greater<>{});
    queue_.pop_back();
  }
}

template <class Protocol>
TimeUs World<Protocol>::next_event_us() {
  drop_stale();
  return queue_.empty() ? -1 : queue_.front().time_us;
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::begin(const EventInfo& info, Recorder& recorder) {
  touched_ = info.server;
  settled_.clear();
  reads_.clear();
  if constexpr (Recorder::enabled) recorder.event_begins(info);
}

template <class Protocol>
template <class Recorder>
bool World<Protocol>::step(Recorder& recorder) {
  drop_stale();
  if (queue_.empty()) return false;
  const Key key = queue_.front();
  std::pop_heap(queue_.begin(), queue_.end(), std::greater<>{});
  queue_.pop_back();
  PAXO_ASSERT(key.time_us >= now_us_);
  now_us_ = key.time_us;
  switch (key.kind) {
    case KeyKind::flight:
      ++event_;
      deliver(key.where, recorder);
      break;
    case KeyKind::timer:
      ++event_;
      fire_timer(key.where, recorder);
      break;
    case KeyKind::client:
      ++event_;
      client_acts(key.where, recorder);
      break;
    case KeyKind::disk:
      ++event_;
      disk_done(key.where, recorder);
      break;
  }
  return true;
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::deliver(uint32_t slot, Recorder& recorder) {
  const FlightInfo info = slots_[slot]->info;
  const auto position = static_cast<uint32_t>(position_of(info.to));
  Host& host = hosts_[position];
  begin({event_, now_us_, EventKind::delivery, info.to, info.id, info.sent_event, {}, {}}, recorder);
  const Message message = std::move(slots_[slot]->message);
  free_slot(slot);
  if (host.status != ServerStatus::up) {
    recorder.lost(info, false);
    return;
  }
  recorder.delivered(info);
  if (counts_ticks()) account_ticks(host);
  Protocol::deliver(*host.server, message);
  pump(position, recorder);
}

template <class Protocol>
TimeUs World<Protocol>::ticks_to_us(const Host& host, uint64_t ticks) const {
  if (host.rate_ppm == 0) return static_cast<TimeUs>(ticks) * kTickUs;
  return static_cast<TimeUs>(ticks) * kTickUs * 1'000'000 / (1'000'000 + host.rate_ppm);
}

/// Moves the server's ticks up to now, short of firing a timer.
template <class Protocol>
void World<Protocol>::account_ticks(Host& host) {
  if (!host.server || now_us_ <= host.tick_base_us) return;
  const uint32_t most = Protocol::ticks_to_next_timer(*host.server) - 1;
  const TimeUs tick_us = ticks_to_us(host, 1) > 0 ? ticks_to_us(host, 1) : 1;
  const auto passed = static_cast<uint64_t>((now_us_ - host.tick_base_us) / tick_us);
  const auto ticks = static_cast<uint32_t>(passed < most ? passed : most);
  Protocol::pass_quiet_ticks(*host.server, ticks);
  host.tick_base_us += ticks_to_us(host, ticks);
}

template <class Protocol>
void World<Protocol>::catch_up_ticks(Host& host) {
  const TimeUs tick_us = std::max<TimeUs>(ticks_to_us(host, 1), 1);
  const auto passed = static_cast<uint64_t>(std::max<TimeUs>(now_us_ - host.tick_base_us, 0) / tick_us);
  if (passed == 0) return;
  // More ticks than any timer counts say no more.
  const auto ticks = static_cast<uint32_t>(std::min<uint64_t>(passed, 100'000));
  if constexpr (requires { Protocol::tick(*host.server, ticks); }) Protocol::tick(*host.server, ticks);
}

template <class Protocol>
void World<Protocol>::schedule_timer(Host& host, uint32_t position) {
  const TimeUs due = host.tick_base_us + ticks_to_us(host, Protocol::ticks_to_next_timer(*host.server));
  if (due == host.timer_due_us) return;
  host.timer_due_us = due;
  push(due < now_us_ ? now_us_ : due, KeyKind::timer, position, ++host.timer_generation);
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::fire_timer(uint32_t position, Recorder& recorder) {
  Host& host = hosts_[position];
  EventInfo info{event_, now_us_, EventKind::timer, host.id, 0, 0, {}, {}};
  if constexpr (Recorder::enabled) info.timer = Protocol::next_timer_name(*host.server);
  begin(info, recorder);
  const uint32_t ticks = Protocol::ticks_to_next_timer(*host.server);
  Protocol::pass_quiet_ticks(*host.server, ticks - 1);
  Protocol::tick(*host.server);
  host.tick_base_us = now_us_;
  host.timer_due_us = -1;
  pump(position, recorder);
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::pump(uint32_t position, Recorder& recorder) {
  Host& host = hosts_[position];
  if (!host.server) return;
  outbox_.clear();
  Protocol::take_outgoing(*host.server, outbox_);
  if constexpr (Recorder::enabled)
    recorder.noted(Protocol::take_notes(*host.server));
  else
    Protocol::take_notes(*host.server);  // or they would surface at the next recorder
  for (Message& message : outbox_) send(std::move(message), recorder);
  outbox_.clear();
  if (config_.disk.max_us > 0) start_writes(host, position);
  if (const uint64_t running = Protocol::running(*host.server); running != host.running) {
    host.running = running;
    host.tick_base_us = now_us_;  // timers that have just started count from here
  }
  schedule_timer(host, position);
  if constexpr (requires { Recorder::follows_futures; }) note_waiting(host);
  apply_decided(host);
  if constexpr (requires { Protocol::take_reads(*host.server, answered_); })
    if (protocol_.kTraits.tells_answers()) answer_reads(host);
  settle_futures(host);
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::send(Message&& message, Recorder& recorder) {
  const ServerId from = message.from;
  const ServerId to = message.to;
  if (position_of(to) < 0) return;
  Link& link = links_[link_position(from, to)];
  const FlightInfo info{next_message_, from, to, now_us_, now_us_, event_};
  const bool lost = !link.up || flight_count_ >= kMaxFlights || rng_.chance_permille(link.loss_permille);
  if (lost) {
    ++next_message_;
    if constexpr (Recorder::enabled) {
      recorder.sent(info, message);
      recorder.lost(info, false);
    }
    return;
  }
  const bool twice = rng_.chance_permille(link.duplication_permille);
  for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
    TimeUs due = now_us_ + rng_.between(link.latency.min_us, link.latency.max_us);
    if (!config_.datagram && due < link.last_deliver_us) due = link.last_deliver_us;
    if (due > link.last_deliver_us) link.last_deliver_us = due;
    if constexpr (Recorder::enabled) recorder.sent({next_message_, from, to, now_us_, due, event_}, message);
    launch(copy + 1 < (twice ? 2 : 1) ? Message(message) : std::move(message), due);
  }
}

template <class Protocol>
void World<Protocol>::launch(Message message, TimeUs deliver_us) {
  uint32_t slot;
  if (free_slots_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  const uint64_t id = next_message_++;
  const FlightInfo info{id, message.from, message.to, now_us_, deliver_us, event_};
  slots_[slot].emplace(Flight{info, std::move(message)});
  ++flight_count_;
  push(deliver_us, KeyKind::flight, slot, id);
}

template <class Protocol>
void World<Protocol>::free_slot(uint32_t slot) {
  slots_[slot].reset();
  free_slots_.push_back(slot);
  --flight_count_;
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::remove_flight(uint32_t slot, bool by_person, Recorder& recorder) {
  recorder.lost(slots_[slot]->info, by_person);
  free_slot(slot);
}

template <class Protocol>
int World<Protocol>::slot_of(uint64_t message_id) const {
  for (size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i] && slots_[i]->info.id == message_id) return static_cast<int>(i);
  return -1;
}

template <class Protocol>
std::vector<const typename World<Protocol>::Flight*> World<Protocol>::flights() const {
  std::vector<const Flight*> all;
  all.reserve(flight_count_);
  for (const auto& slot : slots_)
    if (slot) all.push_back(&*slot);
  std::sort(all.begin(), all.end(), [](const Flight* a, const Flight* b) { return a->info.id < b->info.id; });
  return all;
}

template <class Protocol>
void World<Protocol>::start_writes(Host& host, uint32_t position) {
  if (config_.disk.values_first && !host.disk.owes())
    Protocol::set_durable_decided(host.disk.content(), *host.server);
  const uint64_t written = Protocol::written(*host.server);
  if (written == host.scheduled_write) return;
  host.scheduled_write = written;
  const TimeUs done = now_us_ + rng_.between(config_.disk.min_us, config_.disk.max_us);
  push(host.disk.write(written, done, Protocol::storage(*host.server), event_), KeyKind::disk, position, written);
}

/// The server, or its disk, goes on after a pause.
template <class Protocol>
void World<Protocol>::resume_writes(Host& host, uint32_t position) {
  host.disk.delay_until(now_us_);
  for (const auto& write : host.disk.queue()) push(write.due_us, KeyKind::disk, position, write.number);
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::disk_done(uint32_t position, Recorder& recorder) {
  Host& host = hosts_[position];
  begin({event_, now_us_, EventKind::disk, host.id, 0, host.disk.next()->event, {}, {}, host.disk.state() == DiskState::lies},
        recorder);
  Protocol::set_durable(*host.server, host.disk.complete(decided_file()));
  pump(position, recorder);
}

template <class Protocol>
const typename World<Protocol>::Host* World<Protocol>::host(ServerId id) const {
  const int position = position_of(id);
  return position < 0 ? nullptr : &hosts_[static_cast<size_t>(position)];
}

template <class Protocol>
uint64_t World<Protocol>::state_hash() const {
  Hasher hasher;
  hasher.add(static_cast<uint64_t>(now_us_));
  hasher.add(event_);
  hasher.add(next_message_);
  hasher.add(next_proposal_);
  rng_.add_to(hasher);
  for (const Host& host : hosts_) {
    hasher.add((static_cast<uint64_t>(host.id) << 8) | static_cast<uint64_t>(host.status));
    hasher.add(host.state_lost ? 1 : 0);
    for (TimeUs time : {host.tick_base_us, host.clock_offset_us, static_cast<TimeUs>(host.rate_ppm)})
      hasher.add(static_cast<uint64_t>(time));
    hasher.add(host.applied << 1 | (host.store_whole ? 1u : 0u));
    hasher.add(host.store->digest);
    for (const OpenFuture& future : host.futures) {
      hasher.add(future.number << 1 | (future.answered ? 1u : 0u));
      add_to_hash(hasher, future.command);
    }
    if (host.server) host.server->add_to(hasher);
    host.disk.add_to(hasher, [&](const Durable& content) { Protocol::hash_durable(content, hasher); });
  }
  for (const Host& from : hosts_)
    for (const Host& to : hosts_) {
      const Link& link = links_[link_position(from.id, to.id)];
      hasher.add(link.up ? 1 : 0);
      hasher.add((static_cast<uint64_t>(link.loss_permille) << 32) | link.duplication_permille);
      for (TimeUs time : {link.latency.min_us, link.latency.max_us, link.last_deliver_us})
        hasher.add(static_cast<uint64_t>(time));
    }
  for (const Flight* flight : flights()) {
    hasher.add(flight->info.id);
    for (TimeUs time : {flight->info.sent_us, flight->info.due_us()}) hasher.add(static_cast<uint64_t>(time));
    Protocol::hash_message(flight->message, hasher);
  }
  for (const Client& client : clients_) {
    hasher.add((static_cast<uint64_t>(client.at) << 32) | client.number);
    hasher.add((static_cast<uint64_t>(client.completed) << 32) | client.given_up);
    hasher.add(static_cast<uint64_t>(client.next_us));
    for (const Waiting& waiting : client.open) {
      add_to_hash(hasher, waiting.command);
      hasher.add(waiting.at);
      hasher.add(static_cast<uint64_t>(waiting.due_us) << 3 |
                 (waiting.asked ? 4u : 0u) | (waiting.again ? 2u : 0u) | (waiting.certain ? 1u : 0u));
    }
    for (const ShortText& seen : client.seen) hasher.add(seen.view());
    if (client.gone) hasher.add(1);
  }
  // Those that the configuration does not know were added on the way.
  for (size_t i = config_.clients.size(); i < clients_.size(); ++i) {
    const ClientConfig& added = clients_[i].config;
    for (TimeUs time : {added.start_us, added.think_us, added.every_us}) hasher.add(static_cast<uint64_t>(time));
    for (uint16_t weight : added.mix) hasher.add(weight);
  }
  return hasher.value();
}

}  // namespace paxoscope
