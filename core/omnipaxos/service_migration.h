// Service: telling the members of the next configuration, and pulling the sealed log (rules C3, C4, C5). Part of
// service.h.
#pragma once

namespace paxoscope::omnipaxos {

/// Members that are not known to hold the sealed log yet, and old members that may not know that it is sealed.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
ServerSet Service<T, Log, State, Observer>::unfinished() const {
  if (!successor_ || may_stop()) return 0;
  return successor_->next.members & ~successor_->complete & ~server_bit(config_.pid);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
bool Service<T, Log, State, Observer>::active() const {
  return joining_.has_value() || unfinished() != 0;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::announce(ServerSet to) {
  if (!successor_) return;
  NewConfiguration next = successor_->next;
  next.donors |= successor_->complete | server_bit(config_.pid);
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(to, id) && id != config_.pid) send_to(id, next.configuration, next);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::handle_new_configuration(ServerId from, const NewConfiguration& m) {
  const bool held = !values().sealed.empty() && values().sealed.back().id + 1 >= m.configuration;
  if (held) {
    answer_complete(from, m.configuration);
    return;
  }
  if (joining_) {
    if (m.configuration > joining_->newest.configuration) joining_->newest = m;
    joining_->migration.add_donors(m.donors & ~server_bit(config_.pid));
    ask_donors();
    return;
  }
  note(Rule::C4, "{s} is told of configuration {0} by {1}",
       {note_count("configuration", m.configuration), note_server("told by", from)});
  join(m);
}

/// The first configuration between its own and `newest`, from `at_least` on, that it is a member of: those that know how that one ended may be
/// lost, and then its members must be there to decide it once more.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
NewConfiguration Service<T, Log, State, Observer>::next_step(const NewConfiguration& newest,
                                                             ConfigurationId at_least) const {
  const ConfigurationId held = values().sealed.empty() ? 0 : values().sealed.back().id;
  at_least = std::max(at_least, held + 2);
  for (size_t i = 1; i < newest.sealed.size(); ++i) {
    const SealedConfiguration& between = newest.sealed[i];
    if (between.id < at_least || !contains(between.members, config_.pid)) continue;
    return {between.id, between.members, newest.sealed[i - 1].sealed_length, newest.donors, between.named,
            {newest.sealed.begin(), newest.sealed.begin() + static_cast<std::ptrdiff_t>(i)}};
  }
  return newest;
}

/// A member goes on voting in the configuration it is in: the others may need it to decide the stop-sign once more, if
/// those that know it decided are lost.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::join(const NewConfiguration& newest, ConfigurationId at_least) {
  const NewConfiguration m = next_step(newest, at_least);
  LogIndex first = log_length() + 1;
  if (on(Switch::C4_pull) && values().decided < log_length()) first = values().decided + 1;
  joining_.emplace(Joining{m, Migration<T>(first, m.sealed_length + 1 > first ? m.sealed_length + 1 : first,
                                           m.donors & ~server_bit(config_.pid), m.named.server),
                           newest});
  note(Rule::C4, "{s} is to join configuration {0} and pulls entries {1} to {2}",
       {note_count("configuration", m.configuration), note_index("first missing", first),
        note_index("sealed length", m.sealed_length)});
  if (joining_->migration.complete() || !on(Switch::C7_whole))
    install();
  else
    ask_donors();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::ask_donors() {
  if (!joining_) return;
  const ConfigurationId configuration = joining_->next.configuration;
  joining_->migration.ask([&](ServerId donor, LogIndex from, LogIndex to) {
    send_to(donor, configuration, SegmentRequest{configuration, from, to});
  });
}

/// C4: a donor gives what it knows decided, and nothing else: entries, or the snapshot that stands for them.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::handle_segment_request(ServerId from, const SegmentRequest& m) {
  const StorageType& own = storage();
  LogIndex known = own.log.length();
  if (on(Switch::C4_donate) && values().decided < known) known = values().decided;
  LogIndex to = m.to < known + 1 ? m.to : known + 1;
  if (successor_ && m.configuration < successor_->next.configuration) announce(server_bit(from));
  if (m.from == 0 || m.from > m.to) return;
  if (m.from <= own.log.trimmed_to()) {
    if (own.snapshot->has_state)
      send_to(from, m.configuration, Segment<T>{m.configuration, own.snapshot->index + 1, {}, {}, own.snapshot});
    return;
  }
  if (m.from >= to) return;
  if (to - m.from > Migration<T>::kMaxPiece) to = m.from + Migration<T>::kMaxPiece;
  send_to(from, m.configuration,
          Segment<T>{m.configuration, m.from, own.log.slice(m.from, to), own.attempts.slice(m.from, to), nullptr});
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::handle_segment(ServerId from, const Segment<T>& m) {
  if (!joining_ || m.configuration != joining_->next.configuration) return;
  const ConfigurationId ended = m.snapshot && !m.snapshot->sealed.empty() ? m.snapshot->sealed.back().id : 0;
  if (ended >= joining_->next.configuration) {
    // It reaches past the end of the configuration to be joined: there is nothing left to vote on before a later one,
    // which it may not have been told of yet.
    if (ended < joining_->newest.configuration) join(NewConfiguration(joining_->newest), ended + 1);
    return;
  }
  if (m.snapshot)
    joining_->migration.take_snapshot(m.snapshot);
  else
    joining_->migration.take(m.from, m.entries, m.attempts, from);
  if (joining_->migration.complete())
    install();
  else
    ask_donors();
}

/// What was fetched, behind what is decided here; that may have grown since it was asked for.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::append_fetched(const Migration<T>& fetched, StorageType& storage,
                                                      Proposer<T>& proposer) const {
  const LogIndex decided = std::min(storage.state.values().decided, storage.log.length());
  const LogIndex keep = std::max(on(Switch::C4_pull) ? decided : fetched.first() - 1, storage.log.trimmed_to());
  if (fetched.snapshot() && fetched.snapshot()->index > keep) {
    storage.snapshot = fetched.snapshot();
    storage.log.reset_to(storage.snapshot->index);
    storage.attempts.reset_to(storage.snapshot->index);
    proposer.installed(storage.snapshot->proposers, config_.switches);
  } else {
    storage.log.truncate(keep);
    storage.attempts.truncate(keep);
    proposer.cut(keep);
  }
  for (const auto& piece : fetched.pieces()) {
    if (!piece.done) break;  // only with C7.whole off
    const LogIndex next = storage.log.length() + 1;
    const LogIndex gone = next > piece.from ? next - piece.from : 0;
    if (gone >= piece.entries.size()) continue;
    storage.log.append(piece.entries, static_cast<uint32_t>(gone));
    piece.attempts.each([&](const AttemptRun& run) {
      if (run.end() <= next) return;
      const LogIndex first = std::max(run.first, next);
      const AttemptRun part{first, run.end() - first, run.at(first)};
      storage.attempts.append(part);
      proposer.placed(part);
      proposer.decided(part, config_.switches);
    });
  }
}

/// C4: log, decided index and the start of the configuration are one durable write.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::install() {
  const Joining joined = std::move(*joining_);
  joining_.reset();
  // Only with C4.pull off: the log was cut meanwhile; the next announcement starts anew.
  if (joined.migration.first() - 1 > log_length() && !joined.migration.snapshot()) return;
  if (instance_) {
    auto [storage, proposer] = instance_->release();
    idle(std::move(storage), std::move(proposer));
  }
  StorageType storage = std::move(*idle_storage_);
  Proposer<T> proposer = std::move(*idle_proposer_);
  append_fetched(joined.migration, storage, proposer);
  proposer.configuration_sealed();
  PaxosValues& values = storage.state.edit();
  values.sealed = joined.next.sealed;
  values.members = joined.next.members;
  values.named = joined.next.named;
  values.stop = nullptr;
  // A snapshot may reach past the sealed log: what is decided in the configuration that starts here.
  values.decided = std::max(std::min(storage.log.length(), joined.next.sealed_length), storage.log.trimmed_to());
  const bool member = contains(joined.next.members, config_.pid);
  if (member) {
    start(joined.next, std::move(storage), std::move(proposer));
  } else {
    proposer.retired();
    values.configuration = 0;
    values.promised = values.accepted = Ballot{};
    complete_write_ = storage.state.commit();
    idle(std::move(storage), std::move(proposer));
  }
  know_successor(this->values());
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(joined.next.donors, id) && id != config_.pid) answer_complete(id, joined.next.configuration);
  if (joined.newest.configuration > joined.next.configuration) join(joined.newest);
}

/// C5: who holds the sealed log durably.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::handle_complete(ServerId from, const Complete& m) {
  if (!successor_ || m.configuration < successor_->next.configuration) return;
  if (contains(successor_->next.members, from)) successor_->complete |= server_bit(from);
}

}  // namespace paxoscope::omnipaxos
