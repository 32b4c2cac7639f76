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
  if (joining_ && joining_->next.configuration >= m.configuration) {
    joining_->migration.add_donors(m.donors & ~server_bit(config_.pid));
    ask_donors();
    return;
  }
  // A member goes on voting in the configuration it is in: the others may need it to decide the stop-sign once more, if
  // those that know it decided are lost.
  LogIndex first = log_length() + 1;
  if (on(Switch::C4_pull) && values().decided < log_length()) first = values().decided + 1;
  joining_.emplace(Joining{m, Migration<T>(first, m.sealed_length + 1 > first ? m.sealed_length + 1 : first,
                                           m.donors & ~server_bit(config_.pid), m.named.server)});
  note(Rule::C4, "{s} is to join configuration {0} and pulls entries {1} to {2}",
       {note_count("configuration", m.configuration), note_index("first missing", first),
        note_index("sealed length", m.sealed_length), note_server("told by", from)});
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
  // A snapshot that reaches past the end of the configuration to be joined belongs to a later one, which will be announced.
  const bool ended = m.snapshot && !m.snapshot->sealed.empty() &&
                     m.snapshot->sealed.back().id >= joining_->next.configuration;
  if (m.snapshot && !ended)
    joining_->migration.take_snapshot(m.snapshot);
  else
    joining_->migration.take(m.from, m.entries, m.attempts, from);
  if (joining_->migration.complete())
    install();
  else
    ask_donors();
}

/// What was fetched, behind what is decided here.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::append_fetched(const Migration<T>& fetched, StorageType& storage,
                                                      Proposer<T>& proposer) const {
  const LogIndex keep = std::max(fetched.first() - 1, storage.log.trimmed_to());
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
  if (joined.migration.first() - 1 > log_length() && !joined.migration.snapshot()) return;  // only with C4.pull off: cut meanwhile; the next announcement starts anew
  if (instance_) {
    auto [storage, proposer] = instance_->release();
    idle(std::move(storage), std::move(proposer));
  }
  StorageType storage = std::move(*idle_storage_);
  Proposer<T> proposer = std::move(*idle_proposer_);
  append_fetched(joined.migration, storage, proposer);
  proposer.configuration_sealed(!contains(joined.next.members, config_.pid));
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
    values.configuration = 0;
    values.promised = values.accepted = Ballot{};
    complete_write_ = storage.state.commit();
    idle(std::move(storage), std::move(proposer));
  }
  know_successor(this->values());
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(joined.next.donors, id) && id != config_.pid) answer_complete(id, joined.next.configuration);
}

/// C5: who holds the sealed log durably.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void Service<T, Log, State, Observer>::handle_complete(ServerId from, const Complete& m) {
  if (!successor_ || m.configuration < successor_->next.configuration) return;
  if (contains(successor_->next.members, from)) successor_->complete |= server_bit(from);
}

}  // namespace paxoscope::omnipaxos
