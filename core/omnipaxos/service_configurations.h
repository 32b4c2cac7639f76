// Service: which configuration runs, how it ends and how the next one starts (rules C1, C2, C5, C6). Part of service.h.
#pragma once

namespace paxoscope::omnipaxos {

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Result<Service<T, Log, State, Observer>> Service<T, Log, State, Observer>::with(const Config& config, bool member,
                                                                                StorageType storage,
                                                                                const Options& options) {
  if (Result<void> valid = validate(config); !valid) return tl::unexpected<Error>(valid.error());
  return Service(config, member, std::move(storage), options);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Service<T, Log, State, Observer>::Service(const Config& config, bool member, StorageType storage,
                                          const Options& options)
    : config_(config), options_(options) {
  PaxosValues& values = storage.state.edit();
  if (values.incarnation == 0 && member) {
    values.configuration = config.configuration;
    values.members = server_bit(config.pid);
    for (ServerId peer : config.peers) values.members |= server_bit(peer);
  }
  if (values.configuration != 0) {
    const bool named_again = !on(Switch::C6_once) && values.named && values.named == values.promised &&
                             values.named.server == config.pid && values.incarnation != 0;
    Result<Instance> instance =
        Instance::with(config_for(values.members, values.configuration), std::move(storage), options);
    PAXO_ASSERT(instance.has_value());
    instance_.emplace(std::move(*instance));
    if (named_again) instance_->paxos().lead_without_prepare();
    complete_write_ = instance_->paxos().storage().state.written();
    know_successor(this->values());
    return;
  }
  ++values.incarnation;
  const uint32_t incarnation = values.incarnation;
  complete_write_ = storage.state.commit();
  idle(std::move(storage), Proposer<T>(config.pid, incarnation, options.resubmit, options.report_settled));
  know_successor(this->values());
}

/// The durable values say which configuration came after the newest sealed one.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::know_successor(const PaxosValues& values) {
  if (values.sealed.empty()) return;
  const SealedConfiguration& sealed = values.sealed.back();
  const NewConfiguration next{sealed.id + 1, values.members, sealed.sealed_length, sealed.members, values.named,
                              values.sealed};
  successor_.emplace(Successor{next, contains(values.members, config_.pid) ? server_bit(config_.pid) : 0});
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Config Service<T, Log, State, Observer>::config_for(ServerSet members, ConfigurationId configuration) const {
  Config config = config_;
  config.configuration = configuration;
  config.peers.clear();
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(members, id) && id != config.pid) config.peers.push_back(id);
  if (configuration != config_.configuration) config.read_quorum = config.write_quorum = 0;
  return config;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::idle(StorageType storage, Proposer<T> proposer) {
  instance_.reset();
  idle_storage_.emplace(std::move(storage));
  idle_proposer_.emplace(std::move(proposer));
}

/// What the sealed configuration still has to say leaves first: its followers learn that the stop-sign is decided.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::seal_if_stopped(Outbox& out) {
  if (!instance_) return;
  LogIndex sealed = instance_->paxos().sealed_at();
  if (sealed == 0 && !on(Switch::C1_decided) && values().stop) sealed = log_length();
  if (sealed == 0) return;
  seal(sealed);
  if (instance_) instance_->take_outgoing(out);
}

/// C1: the configuration has ended; whoever is in the next one and holds its log starts it at once.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::seal(LogIndex sealed_length) {
  const StopSignRef stop = values().stop;
  const ServerSet old_members = values().members;
  if constexpr (Observer::enabled)
    for (const Note& earlier : take_instance_notes()) observer_.add(earlier);
  auto [storage, proposer] = instance_->release();
  instance_.reset();
  PaxosValues& values = storage.state.edit();
  values.sealed.push_back({values.configuration, old_members, sealed_length, values.named});
  values.decided = sealed_length;
  values.stop = nullptr;
  proposer.configuration_sealed();

  values.members = stop->members;
  values.named = stop->named;
  know_successor(values);
  const NewConfiguration next = successor_->next;
  note(Rule::C1, "{s} seals configuration {0}: its stop-sign is decided at {1}",
       {note_count("configuration", stop->next - 1), note_index("sealed length", sealed_length)});
  if (contains(stop->members, config_.pid)) {
    start(next, std::move(storage), std::move(proposer));
  } else {
    proposer.retired();
    values.configuration = 0;
    values.promised = values.accepted = Ballot{};
    complete_write_ = storage.state.commit();
    idle(std::move(storage), std::move(proposer));
  }
  joining_.reset();
  // Old members are about to learn it from the sealed configuration itself.
  announce(next.members & ~old_members);
}

/// C6, C7: starts a configuration whose sealed log is here, in one durable write.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::start(const NewConfiguration& next, StorageType storage, Proposer<T> proposer) {
  PaxosValues& values = storage.state.edit();
  values.configuration = next.configuration;
  values.members = next.members;
  values.named = next.named;
  values.promised = values.accepted = next.named;
  const bool forgets = !on(Switch::C6_all) && next.named && next.named.server != config_.pid;
  if (forgets) values.promised = values.accepted = Ballot{};
  // A snapshot brought entries of this configuration that a higher ballot decided: they are not accepted in the named one.
  const bool beyond = storage.log.length() > next.sealed_length;
  if (beyond) values.accepted = Ballot{};
  values.stop = nullptr;
  idle_storage_.reset();
  idle_proposer_.reset();
  instance_.emplace(Instance::next_configuration(config_for(next.members, next.configuration), std::move(storage),
                                                 std::move(proposer), next.named && !forgets && !beyond, options_));
  complete_write_ = instance_->paxos().storage().state.written();
  note(Rule::C7, "{s} holds the sealed log up to {1} and starts configuration {0}",
       {note_count("configuration", next.configuration), note_index("sealed length", next.sealed_length)});
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
bool Service<T, Log, State, Observer>::may_stop() const {
  if (!successor_ || contains(successor_->next.members, config_.pid)) return false;
  const uint32_t complete = count_of(successor_->complete & successor_->next.members);
  const uint32_t quorum = count_of(successor_->next.members) / 2 + 1;
  return complete >= (on(Switch::C5_quorum) ? quorum : 1);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::tick(uint32_t ticks) {
  for (; ticks > 0; --ticks) {
    if (instance_) instance_->tick();
    if (active() && ++elapsed_ >= config_.resend_ticks) {
      elapsed_ = 0;
      if (joining_) joining_->migration.resend();
      ask_donors();
      announce(unfinished());
    }
  }
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::fire_resend() {
  if (instance_) instance_->fire_resend();
  elapsed_ = 0;
  if (joining_) joining_->migration.resend();
  ask_donors();
  announce(unfinished());
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
uint32_t Service<T, Log, State, Observer>::ticks_to_next_timer() const {
  uint32_t ticks = 1'000'000;
  if (active()) ticks = config_.resend_ticks - elapsed_;
  if (instance_ && instance_->ticks_to_next_timer() < ticks) ticks = instance_->ticks_to_next_timer();
  return ticks;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::pass_quiet_ticks(uint32_t ticks) {
  if (instance_) instance_->pass_quiet_ticks(ticks);
  if (active()) elapsed_ += ticks;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::handle(const MessageType& message) {
  if (message.to != config_.pid) return;
  if (const auto* next = std::get_if<NewConfiguration>(&message.body)) {
    handle_new_configuration(message.from, *next);
  } else if (const auto* complete = std::get_if<Complete>(&message.body)) {
    handle_complete(message.from, *complete);
  } else if (const auto* request = std::get_if<SegmentRequest>(&message.body)) {
    handle_segment_request(message.from, *request);
  } else if (const auto* segment = std::get_if<Segment<T>>(&message.body)) {
    handle_segment(message.from, *segment);
  } else if (instance_ && message.configuration == configuration()) {
    instance_->handle(message);
  } else if (successor_ && message.configuration < successor_->next.configuration) {
    announce(server_bit(message.from));  // C2: what it talks about has ended
  }
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Result<uint64_t, ProposeError<T>> Service<T, Log, State, Observer>::propose_normal(const T& entry) {
  if (instance_) return instance_->propose_normal(entry);
  if (!joining_) return tl::unexpected(ProposeError<T>{entry, {"this server is in no configuration"}});
  if (idle_proposer_->unsettled() >= config_.max_waiting)
    return tl::unexpected(ProposeError<T>{entry, {"too many proposals wait already"}});
  return idle_proposer_->add(entry);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Result<uint64_t, ProposeError<T>> Service<T, Log, State, Observer>::propose_reconfiguration(const T& placeholder,
                                                                                            ServerSet members,
                                                                                            ServerId named_leader,
                                                                                            std::string metadata) {
  const auto refuse = [&](const char* why) { return tl::unexpected(ProposeError<T>{placeholder, {why}}); };
  if (!instance_) return refuse("this server is in no configuration");
  if (members == 0 || members >> kMaxServers != 0) return refuse("a configuration needs members");
  if (named_leader != 0 && !contains(members, named_leader)) return refuse("the named leader must be a member");
  if (metadata.size() > 256) return refuse("metadata is limited to 256 bytes");
  const bool gone = storage().snapshot && !storage().snapshot->has_state;
  if (gone && (members & ~values().members) != 0)
    return refuse("the log was trimmed without a snapshot, so a new member could never have all of it");
  auto stop = std::make_shared<StopSign>();
  stop->next = configuration() + 1;
  stop->members = members;
  if (named_leader != 0) stop->named = Ballot{1, 0, named_leader};
  stop->metadata = std::move(metadata);
  return instance_->propose_stop(placeholder, std::move(stop));
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Result<void> Service<T, Log, State, Observer>::snapshot(LogIndex index, bool local_only) {
  if (!instance_) return fail("this server is in no configuration");
  return instance_->snapshot(index, local_only);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Result<void> Service<T, Log, State, Observer>::trim(LogIndex index) {
  if (!instance_) return fail("this server is in no configuration");
  const bool needed = unfinished() != 0 && !(storage().snapshot && storage().snapshot->has_state);
  if (needed) return fail("new members may still have to fetch the log; take a snapshot instead");
  return instance_->trim(index);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::take_outgoing(Outbox& out) {
  if (instance_) instance_->take_outgoing(out);
  seal_if_stopped(out);
  if (!complete_due_.empty() && storage().state.durable() >= complete_write_) {
    for (const auto& [to, configuration] : complete_due_) send_to(to, configuration, Complete{configuration});
    complete_due_.clear();
  }
  for (MessageType& message : ready_) out.push_back(std::move(message));
  ready_.clear();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
std::vector<Note> Service<T, Log, State, Observer>::take_notes() {
  if constexpr (Observer::enabled) {
    std::vector<Note> notes = observer_.take();
    if (instance_)
      for (const Note& more : take_instance_notes()) notes.push_back(more);
    return notes;
  }
  return {};
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
std::vector<Note> Service<T, Log, State, Observer>::take_instance_notes() {
  std::vector<Note> notes = instance_->paxos().observer().take();
  for (Note& note : notes) note.configuration = configuration();
  return notes;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::add_to(Hasher& hasher) const {
  const PaxosValues& now = values();
  hasher.add((static_cast<uint64_t>(now.configuration) << 32) | now.members);
  now.named.add_to(hasher);
  for (const SealedConfiguration& sealed : now.sealed) {
    hasher.add((static_cast<uint64_t>(sealed.id) << 32) | sealed.members);
    hasher.add(sealed.sealed_length);
  }
  if (instance_) {
    instance_->add_to(hasher);
  } else {
    hasher.add(storage().log.length());
    add_to_hash(hasher, storage().snapshot);
    hasher.add(now.decided);
    idle_proposer_->add_to(hasher);
  }
  hasher.add(joining_ ? joining_->next.configuration : 0);
  if (joining_) joining_->migration.add_to(hasher);
  hasher.add(successor_ ? (static_cast<uint64_t>(successor_->next.configuration) << 32) | successor_->complete : 0);
  for (const auto& [to, configuration] : complete_due_) hasher.add((static_cast<uint64_t>(to) << 32) | configuration);
  hasher.add(elapsed_);
}

}  // namespace paxoscope::omnipaxos
