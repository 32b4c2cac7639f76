// World: state machines, clients and futures. Part of sim/world.h.
#pragma once

namespace paxoscope {

// --- state machines

/// Every server applies its own decided log, and answers who asked it.
template <class Protocol>
void World<Protocol>::apply_decided(Host& host) {
  const LogIndex decided = Protocol::decided(*host.server);
  if (host.applied >= decided) return;
  const auto snapshot = Protocol::snapshot_of(Protocol::storage(*host.server));
  if (snapshot.index > host.applied && snapshot.state != nullptr) adopt_snapshot(host, snapshot.index, *snapshot.state);
  while (host.applied < decided) {
    const Command* command = Protocol::command_at(*host.server, ++host.applied);
    if (command == nullptr) {
      host.store_whole = false;
      continue;
    }
    const Effect done = apply_command(host.store.own(), host.applied, *command);
    answer(host, *command, done.result);
  }
}

/// The state comes with what clients asked for and did not hear of.
template <class Protocol>
void World<Protocol>::adopt_snapshot(Host& host, LogIndex index, const KeyValues& state) {
  host.store = Shared<KeyValues>(state);
  host.applied = index;
  host.store_whole = true;
  for (uint32_t position = 0; position < clients_.size(); ++position)
    for (size_t i = clients_[position].open.size(); i-- > 0;) {
      const Command command = clients_[position].open[i].command;
      if (const auto* known = host.store->answer(command.client, command.number)) answer(host, command, known->result);
    }
}

template <class Protocol>
bool World<Protocol>::answer(Host& host, const Command& command, const ShortText& result) {
  const HistoryEventKind end = refused(command, result) ? HistoryEventKind::failed : HistoryEventKind::ok;
  if (command.client == 0) {
    for (OpenFuture& future : host.futures) {
      if (future.command.identity() != command.identity() || future.answered) continue;
      future.answered = true;
      record(end, host.id, command, result);
      return true;
    }
    return false;
  }
  if (command.client > clients_.size()) return false;
  const auto& open = clients_[command.client - 1].open;
  for (size_t i = 0; i < open.size(); ++i) {
    if (open[i].command.number != command.number || open[i].at != host.id || !open[i].asked) continue;
    end_operation(command.client - 1, i, end, host.id, result);
    return true;
  }
  return false;
}

template <class Protocol>
void World<Protocol>::answer_reads(Host& host) {
  answered_.clear();
  Protocol::take_reads(*host.server, answered_);
  for (const AnsweredRead& read : answered_) {
    PAXO_ASSERT(read.index <= host.applied);
    const auto future = host.future(read.future);
    const FutureRecord* record = future == host.futures.end() ? nullptr : futures_.find_kept(future->record);
    const uint64_t asked = record == nullptr ? 0 : record->made_event;
    if (!protocol_.kTraits.has_log) {
      answer(host, read.command, read.result);
      reads_.push_back({read.command, 0, asked, read.stamp});
      continue;
    }
    const KeyValues::Row* row = host.store->find(parse_operation(read.command.label()).key);
    if (answer(host, read.command, row == nullptr ? ShortText() : row->value))
      reads_.push_back({read.command, host.applied, asked});
  }
}

// --- futures

template <class Protocol>
bool World<Protocol>::propose_at(Host& host, const Command& command) {
  const uint64_t future = Protocol::propose(*host.server, command);
  if (future != 0) add_future(host, future, command, true);
  return future != 0;
}

template <class Protocol>
void World<Protocol>::add_future(Host& host, uint64_t number, const Command& command, bool operation) {
  FutureRecord record;
  record.command = command;
  record.server = host.id;
  record.made_us = now_us_;
  record.made_event = event_;
  host.futures.push_back({number, futures_.add(record), command, !operation});
}

template <class Protocol>
void World<Protocol>::note_waiting(const Host& host) {
  if (host.futures.empty() || host.futures.size() > FutureTable::kKept) return;
  const ConfigurationId configuration = Protocol::probe(*host.server).configuration;
  Protocol::each_waiting(*host.server, [&](uint64_t number, const Ballot& tag, LogIndex index) {
    const auto found = host.future(number);
    const FutureRecord* known = found == host.futures.end() ? nullptr : futures_.find_kept(found->record);
    if (known == nullptr) return;
    const Epoch epoch{configuration, tag.n, tag.priority, tag.server};
    if (known->index == index && (!tag || known->epoch == epoch)) return;
    FutureRecord& record = *futures_.find(found->record);
    if (tag) record.epoch = epoch;
    record.index = index;
    record.accepted_us = index == 0 ? -1 : record.accepted_us < 0 ? now_us_ : record.accepted_us;
  });
}

template <class Protocol>
void World<Protocol>::settle_futures(Host& host) {
  settlements_.clear();
  Protocol::take_settled(*host.server, settlements_);
  for (const Settlement& how : settlements_) {
    settled_.push_back({host.id, how});
    const auto found = host.future(how.future);
    if (found == host.futures.end()) continue;
    if (how.goes_on) {
      if (FutureRecord* record = futures_.find(found->record)) ++record->again;
      continue;
    }
    const OpenFuture future = *found;
    host.futures.erase(found);
    const auto state = how.resolved  ? FutureState::resolved
                       : how.unknown ? FutureState::unknown
                                     : FutureState::cancelled;
    if (FutureRecord* record = futures_.settle(future.record, state, now_us_, event_)) {
      const ConfigurationId configuration = Protocol::probe(*host.server).configuration;
      record->index = how.index;
      record->reason = how.reason;
      if (how.ballot) record->ballot = {configuration, how.ballot.n, how.ballot.priority, how.ballot.server};
      if (how.tag && !record->epoch) record->epoch = {configuration, how.tag.n, how.tag.priority, how.tag.server};
    }
    if (how.resolved)
      future_resolved(host, future);
    else if (!how.unknown)
      future_cancelled(host, future);
    else if (future.command.client == 0 && !future.answered)
      record(HistoryEventKind::unknown, host.id, future.command);
  }
}

/// Most have their answer already, from the entry that was applied. Here that entry is part of a snapshot that does not say
/// what it gave, or only a relay knows it: then what gives no result is done, and a client waits on for any other.
template <class Protocol>
void World<Protocol>::future_resolved(const Host& host, const OpenFuture& future) {
  const Command& command = future.command;
  const OperationKind kind = parse_operation(command.label()).kind;
  const bool gives = has_result(kind) || kind == OperationKind::append;  // which may have been refused
  if (command.client == 0) {
    if (!future.answered) record(gives ? HistoryEventKind::unknown : HistoryEventKind::ok, host.id, command);
    return;
  }
  const auto& open = clients_[command.client - 1].open;
  for (size_t i = 0; i < open.size() && !gives; ++i)
    if (open[i].command.number == command.number && open[i].at == host.id && open[i].asked)
      return end_operation(command.client - 1, i, HistoryEventKind::ok, host.id, {});
}

/// Who asked is told, and asks elsewhere.
template <class Protocol>
void World<Protocol>::future_cancelled(const Host& host, const OpenFuture& future) {
  static constexpr std::string_view kCancelled = "cancelled";
  const Command& command = future.command;
  if (command.client == 0) {
    if (!future.answered) record(HistoryEventKind::failed, host.id, command, ShortText(kCancelled));
    return;
  }
  const uint32_t position = command.client - 1;
  Client& client = clients_[position];
  for (size_t i = 0; i < client.open.size(); ++i) {
    Waiting& waiting = client.open[i];
    if (waiting.command.identity() != command.identity() || waiting.at != host.id || !waiting.asked) continue;
    move_on(client, host.id);
    if (may_try(client, waiting)) return retry_later(position, i);
    return end_operation(position, i, waiting.certain ? HistoryEventKind::failed : HistoryEventKind::unknown, host.id,
                         ShortText(kCancelled));
  }
}

/// A server that crashes forgets what it was asked for (F7).
template <class Protocol>
void World<Protocol>::lose_futures(Host& host) {
  for (const OpenFuture& future : host.futures) {
    futures_.settle(future.record, FutureState::unknown, now_us_, event_);
    if (future.command.client == 0 && !future.answered) record(HistoryEventKind::unknown, host.id, future.command);
  }
  host.futures.clear();
  for (Client& client : clients_)
    for (Waiting& waiting : client.open)
      if (waiting.at == host.id && waiting.asked) waiting.asked = false;
}

// --- clients

template <class Protocol>
void World<Protocol>::add_client(const ClientConfig& config) {
  Client& added = clients_.emplace_back();
  added.config = config;
  added.at = config.server;
  added.next_us = config.start_us;
  schedule_client(static_cast<uint32_t>(clients_.size()) - 1);
}

template <class Protocol>
void World<Protocol>::remove_client(uint32_t position) {
  static constexpr std::string_view kLeft = "left";
  Client& client = clients_[position];
  while (!client.open.empty())
    end_operation(position, 0, HistoryEventKind::unknown, client.open[0].at, ShortText(kLeft));
  client.gone = true;
  client.next_us = -1;
  schedule_client(position);
}

template <class Protocol>
void World<Protocol>::schedule_client(uint32_t position) {
  Client& client = clients_[position];
  TimeUs due_us = client.next_us;
  for (const Waiting& waiting : client.open)
    if (due_us < 0 || waiting.due_us < due_us) due_us = waiting.due_us;
  ++client.generation;
  if (due_us >= 0) push(due_us, KeyKind::client, position, client.generation);
}

/// Small commands over a few keys, so that a screen can show them. With reads among them each value is written once, so
/// that what is read tells where it came from.
template <class Protocol>
ShortText World<Protocol>::next_text(Client& client, uint32_t position) {
  static constexpr char kKeys[] = {'x', 'y', 'z', 'w', 'v', 'u', 't', 's'};
  const bool has_log = protocol_.kTraits.has_log;
  OperationMix mix = client.config.mix;
  if (!has_log) mix = {mix[0], mix[1]};  // a register is read and written
  uint32_t weights = 0;
  for (uint16_t weight : mix) weights += weight;
  const bool only_puts = weights == mix[0];
  size_t kind = 0;
  if (!only_puts)
    for (uint64_t drawn = rng_.below(weights); drawn >= mix[kind]; ++kind) drawn -= mix[kind];
  const auto which = static_cast<size_t>(rng_.below(client.config.keys));
  const std::string key(1, kKeys[which]);
  const std::string letter(1, static_cast<char>('a' + position % 26));
  const std::string fresh = concat(letter, client.number + 1);
  switch (static_cast<OperationKind>(kind)) {
    case OperationKind::get:
      return ShortText("get " + key);
    case OperationKind::del:
      return ShortText("del " + key);
    case OperationKind::append:
      return ShortText(concat(key, "+=", letter));
    case OperationKind::cas: {
      const std::string_view seen = client.seen[which].view();
      // What does not fit is asked for as if nothing was known.
      const bool fits = !seen.empty() && 6 + seen.size() + 1 + fresh.size() <= ShortText::kMax;
      return ShortText(concat("cas ", key, " ", fits ? std::string(seen) : "0", " ", fresh));
    }
    default:
      return ShortText(concat(key, "=", only_puts && has_log ? std::string(1, static_cast<char>('1' + rng_.below(9))) : fresh));
  }
}

template <class Protocol>
Command World<Protocol>::persons(std::string_view text) {
  Command command = Command::make(0, next_proposal_++, text);
  if (!config_.sessions) command.open = Command::kNoSession;
  return command;
}

template <class Protocol>
void World<Protocol>::move_on(Client& client, ServerId from) {
  if (client.config.stay || client.at != from) return;
  client.at = hosts_[static_cast<size_t>(position_of(from) + 1) % hosts_.size()].id;
}

template <class Protocol>
void World<Protocol>::retry_later(uint32_t position, size_t which) {
  Waiting& waiting = clients_[position].open[which];
  waiting.asked = false;
  waiting.again = true;
  waiting.due_us = now_us_ + kRetryUs;
  schedule_client(position);
}

template <class Protocol>
void World<Protocol>::end_operation(uint32_t position, size_t which, HistoryEventKind end, ServerId server,
                                    const ShortText& text) {
  Client& client = clients_[position];
  const Command command = client.open[which].command;
  record(end, server, command, text);
  const Operation done = parse_operation(command.label());
  static constexpr std::string_view kKeys = "xyzwvuts";
  const size_t key = kKeys.find(done.key);
  if (end == HistoryEventKind::ok && key < client.seen.size()) {
    if (done.kind == OperationKind::get) client.seen[key] = text;
    if (done.kind == OperationKind::put || (done.kind == OperationKind::cas && text.view() == "true"))
      client.seen[key] = ShortText(done.value);
  }
  client.open.erase(client.open.begin() + static_cast<std::ptrdiff_t>(which));
  ++(end == HistoryEventKind::ok ? client.completed : client.given_up);
  if (client.config.every_us == 0) client.next_us = now_us_ + client.config.think_us;
  schedule_client(position);
}

/// One thing at a time: what is overdue first, then the next operation.
template <class Protocol>
template <class Recorder>
void World<Protocol>::client_acts(uint32_t position, Recorder& recorder) {
  Client& client = clients_[position];
  size_t which = client.open.size();
  for (size_t i = 0; i < client.open.size(); ++i)
    if (client.open[i].due_us <= now_us_ && (which == client.open.size() || client.open[i].due_us < client.open[which].due_us))
      which = i;
  if (which == client.open.size()) return ask_next(position, recorder);
  Waiting& late = client.open[which];
  if (!late.again) {
    late.certain = false;
    move_on(client, late.at);
  }
  if (may_try(client, late)) {
    late.at = client.at;
    ++late.command.attempt;
    begin({event_, now_us_, EventKind::client, late.at, 0, 0, {}, {}}, recorder);
    record(HistoryEventKind::asked, late.at, late.command);
    return ask(position, which, recorder);
  }
  end_operation(position, which, HistoryEventKind::unknown, late.at, ShortText("no answer"));
  if (client.config.every_us == 0) {
    client.next_us = now_us_;
    return ask_next(position, recorder);
  }
  begin({event_, now_us_, EventKind::client, client.at, 0, 0, {}, {}}, recorder);
}

template <class Protocol>
template <class Recorder>
void World<Protocol>::ask_next(uint32_t position, Recorder& recorder) {
  Client& client = clients_[position];
  begin({event_, now_us_, EventKind::client, client.at, 0, 0, {}, {}}, recorder);
  const bool done = client.config.operations != 0 && client.number >= client.config.operations;
  client.next_us = done || client.config.every_us == 0 ? -1 : now_us_ + client.config.every_us;
  const uint32_t oldest = client.open.empty() ? client.number + 1 : client.open.front().command.number;
  const bool skips = client.config.every_us != 0 && client.number + 1 - oldest >= client.config.most_open;
  if (done || skips) return schedule_client(position);
  Command command{position + 1, client.number + 1, 0, 0, next_text(client, position)};
  ++client.number;
  command.open = config_.sessions ? static_cast<uint16_t>(command.number - oldest) : Command::kNoSession;
  client.open.push_back({command, client.at, 0, false, false, true});
  record(HistoryEventKind::invoked, client.at, command);
  ask(position, client.open.size() - 1, recorder);
}

/// Its server answers at once what it has applied already; one that does not run, or takes nothing, is silent.
template <class Protocol>
template <class Recorder>
void World<Protocol>::ask(uint32_t position, size_t which, Recorder& recorder) {
  Client& client = clients_[position];
  Waiting& waiting = client.open[which];
  waiting.again = waiting.asked = false;
  waiting.due_us = now_us_ + client.config.timeout_us;
  schedule_client(position);
  const auto at = static_cast<uint32_t>(position_of(waiting.at));
  Host& host = hosts_[at];
  if (host.status != ServerStatus::up) return;
  waiting.asked = true;
  if (waiting.command.attempt > 0)
    if (const auto* known = host.store->answer(waiting.command.client, waiting.command.number)) {
      answer(host, waiting.command, known->result);
      return;
    }
  if (counts_ticks()) account_ticks(host);
  waiting.asked = propose_at(host, waiting.command);
  pump(at, recorder);
}

}  // namespace paxoscope
