// Sequence Paxos, proposals: the leader's side of the shadow log (rules F1, F2) and the way there (P11). Part of
// sequence_paxos.h.
#pragma once

namespace paxoscope::omnipaxos {

template <class T, Sequence<T> Log, PaxosState State, class Observer>
uint64_t SequencePaxos<T, Log, State, Observer>::propose(const T& entry) {
  stirred_ = true;
  if (!leading_ || phase_ != Phase::accept || stopped()) return proposer_.add(entry);
  if constexpr (!Shadow::kept) {
    append_entry(entry, {}, nullptr);
    commit_log();
    return 0;
  }
  if (offered_tag_ != leader_.ballot || offered_to_ != proposer_.end_counter()) append_own();
  const LogIndex index = storage_.log.length() + 1;
  append_entry(entry, {config_.pid, proposer_.incarnation(), offered_to_, leader_.ballot, mark()}, nullptr);
  const uint64_t future = proposer_.add(entry, leader_.ballot, index);
  offered_to_ = proposer_.end_counter();
  note(Rule::F1, "{s} appends its own entry at {0} in ballot {1}",
       {note_index("index", index), note_ballot("ballot", leader_.ballot)});
  commit_log();
  return future;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
uint64_t SequencePaxos<T, Log, State, Observer>::propose_stop(const T& placeholder, StopSignRef stop) {
  stirred_ = true;
  const uint64_t future = proposer_.add_stop(placeholder, std::move(stop));
  if (leading_ && phase_ == Phase::accept) {
    append_own();
    commit_log();
  }
  return future;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::append_entry(const T& entry, const Attempt& attempt,
                                                          const StopSignRef& stop) {
  if (stop) edit().stop = stop;
  storage_.log.append(entry);
  storage_.attempts.append(attempt);
}

/// A leader's own proposals: untagged ones get the leader's ballot. The caller commits.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::append_own() {
  const Ballot& ballot = leader_.ballot;
  if (offered_tag_ != ballot) {
    offered_tag_ = ballot;
    offered_to_ = 1;
  }
  if (stopped()) return;
  uint32_t appended = 0;
  proposer_.offer(ballot, offered_to_, [&](uint64_t counter, uint64_t, typename Proposer<T>::Waiting& waiting) {
    if (stopped()) return;
    append_entry(waiting.entry, {config_.pid, proposer_.incarnation(), counter, ballot, mark()},
                 proposer_.stop_at(counter));
    waiting.index = storage_.log.length();
    ++appended;
  });
  offered_to_ = proposer_.end_counter();
  if (appended != 0)
    note(Rule::F1, appended == 1 ? "{s} appends an entry of its own in ballot {1}"
                                 : "{s} appends {0} of its own entries in ballot {1}",
         {note_count("appended", appended), note_ballot("ballot", ballot),
          note_index("log length", storage_.log.length())});
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_forward(ServerId from, const Forward<T>& m) {
  if (!leading_ || m.tag > leader_.ballot) return;
  if (m.tag < leader_.ballot && on(Switch::F1_tag)) {
    note(Rule::F1, "{s} rejects a proposal of {0} tagged {1}: it leads {2}",
         {note_server("proposer", m.proposer), note_ballot("tag", m.tag), note_ballot("ballot", leader_.ballot)});
    send_to<Rejected>(ready_, from, m.tag, leader_.ballot, m.counter);
    return;
  }
  if (phase_ != Phase::accept) {
    if (buffered_.size() < kMaxBufferedForwards) buffered_.push_back(m);
    return;
  }
  const LogIndex before = storage_.log.length();
  append_forward(m);
  if (storage_.log.length() == before) return;
  const uint64_t appended = storage_.log.length() - before;
  note(Rule::F2, appended == 1 ? "{s} appends an entry that {1} proposed" : "{s} appends {0} entries that {1} proposed",
       {note_count("appended", appended), note_server("proposer", m.proposer),
        note_ballot("tag", m.tag), note_index("log length", storage_.log.length())});
  commit_log();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
typename SequencePaxos<T, Log, State, Observer>::Stream& SequencePaxos<T, Log, State, Observer>::stream_of(
    ServerId proposer, uint32_t incarnation) {
  for (Stream& stream : streams_) {
    if (stream.proposer != proposer) continue;
    if (incarnation > stream.incarnation) stream = {proposer, incarnation, 0};
    return stream;
  }
  PAXO_ASSERT(streams_.size() < kMaxServers);
  streams_.push_back({proposer, incarnation, 0});
  return streams_.back();
}

/// F2: what the log and its snapshot know of proposers that have restarted since.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::learn_incarnations() {
  if (storage_.snapshot)
    for (const ProposerRow& row : storage_.snapshot->proposers.rows()) stream_of(row.proposer, row.incarnation);
  storage_.attempts.each(storage_.log.trimmed_to() + 1, storage_.log.length() + 1, [&](const AttemptRun& run) {
    if (run.start.proposer != 0) stream_of(run.start.proposer, run.start.incarnation);
  });
}

/// F2: a repeat is known by its counter. With F2.gap off counters come in any order, so only the log knows.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
bool SequencePaxos<T, Log, State, Observer>::appended_before(const Stream& stream, const Attempt& attempt) const {
  if (on(Switch::F2_gap)) return attempt.counter <= stream.last;
  for (LogIndex i = storage_.log.trimmed_to() + 1; i <= storage_.log.length(); ++i) {
    const Attempt there = storage_.attempts.at(i);
    if (there.proposer == attempt.proposer && there.incarnation == attempt.incarnation &&
        there.counter == attempt.counter && there.tag == attempt.tag)
      return true;
  }
  return false;
}

/// F2. A tag of this ballot was appended by this leader or by nobody, so what it appended itself is all it need know.
/// The caller commits.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::append_forward(const Forward<T>& m) {
  if (m.proposer == 0 || m.proposer > kMaxServers) return;
  Stream& stream = stream_of(m.proposer, m.incarnation);
  if (m.incarnation < stream.incarnation && on(Switch::F2_incarnation)) return;
  for (uint32_t i = 0; i < m.entries.size(); ++i) {
    const uint64_t counter = m.counter + i;
    const uint64_t previous = i == 0 ? m.previous : counter - 1;
    if (on(Switch::F2_repeat) && appended_before(stream, {m.proposer, m.incarnation, counter, m.tag, 0})) continue;
    if (previous > stream.last && on(Switch::F2_gap)) return;
    if (stopped()) return;
    append_entry(m.entries[i], {m.proposer, m.incarnation, counter, m.tag, m.mark},
                 i + 1 == m.entries.size() ? m.stop : StopSignRef{});
    proposer_.placed({storage_.log.length(), 1, {m.proposer, m.incarnation, counter, m.tag, m.mark}});
    if (counter > stream.last) stream.last = counter;
  }
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_rejected(ServerId from, const Rejected& m) {
  (void)from;
  if (m.promised <= m.tag) return;
  proposer_.rejected(m.tag, m.counter, config_.switches);
}

/// P11: a follower sends what waits to the owner of the promised ballot, or, without a path, to a server that has one
/// (F9). Its incarnation is durable by then, or a crash would let it name other attempts the same.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::collect_forwards(Outbox& out) {
  // In line with the promised ballot a lower tag would be dead from the start, and F5 has looked already.
  const bool relayed = route_.next != 0 && (route_.ballot >= values().promised || phase_ != Phase::accept);
  const Ballot tag = relayed ? route_.ballot : values().promised;
  if (leading_ || tag.server == 0 || tag.server == config_.pid) return;
  if (phase_ == Phase::recover && !relayed) return;
  if (proposer_.unsettled() == 0 || storage_.state.durable() < start_write_) return;
  if (offered_tag_ != tag) {
    offered_tag_ = tag;
    offered_to_ = 1;
  }
  const bool asks = relayed && std::exchange(ask_due_, false);
  if (offered_to_ == proposer_.end_counter() && !asks) return;
  std::vector<T> entries;
  uint64_t first = 0;
  uint64_t first_previous = 0;
  bool sent = false;
  const auto flush = [&] {
    if (entries.empty()) return;
    Forward<T> forward{tag, config_.pid, proposer_.incarnation(), first, first_previous,
                       Entries<T>::copy_of(entries.begin(), entries.end()),
                       proposer_.stop_at(first + entries.size() - 1), mark()};
    if (relayed)
      send_relay(out, forward);
    else
      send_to<Forward<T>>(out, tag.server, std::move(forward));
    entries.clear();
    sent = true;
  };
  proposer_.offer(tag, offered_to_, [&](uint64_t counter, uint64_t previous, typename Proposer<T>::Waiting& waiting) {
    const bool joins = !entries.empty() && counter == first + entries.size() && previous == counter - 1;
    if (!joins || entries.size() >= kMaxEntriesPerMessage) {
      flush();
      first = counter;
      first_previous = previous;
    }
    entries.push_back(waiting.entry);
    if (proposer_.stop_at(counter)) flush();
  });
  flush();
  offered_to_ = proposer_.end_counter();
  if (asks && !sent) send_relay(out, {tag, config_.pid, proposer_.incarnation(), 0, 0, {}, nullptr, mark()});
}

}  // namespace paxoscope::omnipaxos
