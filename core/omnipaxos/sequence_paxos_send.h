// Sequence Paxos, sending: what each peer is owed now, and what a timer repairs (rules P4, P6, P8). Part of
// sequence_paxos.h.
#pragma once

namespace paxoscope::omnipaxos {

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::collect(Outbox& out) {
  if (!std::exchange(stirred_, false)) return;
  if (leading_)
    collect_leader(out);
  else
    collect_follower(out);
  collect_reports(out);
  for (Message<T>& message : ready_) out.push_back(std::move(message));
  ready_.clear();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::collect_leader(Outbox& out) {
  // A proposal of the leader's own that was cancelled and goes on is new again, and needs no request to be appended.
  while (phase_ == Phase::accept && !stopped() && offered_to_ != proposer_.end_counter()) {
    append_own();
    commit_log();
  }
  holds_back_ = false;
  for (Follower& follower : leader_.followers) {
    if (follower.prepare_due && promise_durable()) {
      follower.prepare_due = false;
      const PaxosValues& now = values();
      send_to<Prepare>(out, follower.id, leader_.ballot, now.accepted, storage_.log.length(), now.decided);
    }
    if (phase_ == Phase::accept) collect_to(follower, out);
  }
  flush_due_ = false;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::collect_to(Follower& follower, Outbox& out) {
  const LogIndex length = storage_.log.length();
  if (follower.sync_due) return send_sync(follower, out);
  if (!follower.synced) return;
  if (follower.next <= storage_.log.trimmed_to()) return prepare_again(follower, out);
  const auto told = [&] {
    follower.decided_sent = leader_.chosen;
    follower.sync_decided_sent = leader_.sync_decided;
  };
  bool sent = false;
  const bool held = length + 1 - follower.next < config_.batch_entries && !flush_due_ && !stopped();
  if (held && follower.next <= length) holds_back_ = true;
  while (!held && follower.next <= length && follower.next <= follower.accepted + kWindow) {
    const LogIndex from = follower.next;
    const LogIndex end = length + 1 - from > kMaxEntriesPerMessage ? from + kMaxEntriesPerMessage : length + 1;
    follower.next = end;
    told();
    send_to<Accept<T>>(out, follower.id, leader_.ballot, from, storage_.log.slice(from, end),
                       storage_.attempts.slice(from, end), leader_.chosen, leader_.sync_decided, stop_in(from, end));
    sent = true;
  }
  if (follower.probe_due && !sent) {
    told();
    send_to<Accept<T>>(out, follower.id, leader_.ballot, follower.next, Entries<T>{}, typename Shadow::Runs{}, leader_.chosen,
                       leader_.sync_decided, StopSignRef{});
  } else if (leader_.chosen > follower.decided_sent || leader_.sync_decided != follower.sync_decided_sent) {
    told();
    send_to<Decide>(out, follower.id, leader_.ballot, leader_.chosen, leader_.sync_decided);
  }
  follower.probe_due = false;
}

/// P4: brings a follower that promised into line.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::send_sync(Follower& follower, Outbox& out) {
  const LogIndex length = storage_.log.length();
  follower.sync_due = false;
  LogIndex sync_index = sync_index_for(follower);
  // A late member began with a snapshot of what a higher ballot decided: it will hear from that one.
  if (sync_index > length && follower.decided_then > length && config_.configuration > 1) return;
  if (!fact(sync_index <= length, "a follower's log agrees with its leader's up to the sync index")) return;
  SnapshotRef<T> snapshot = snapshot_for(follower, &sync_index);
  if (sync_index < storage_.log.trimmed_to()) return;  // trimmed, and its disk was lost: nothing can help here
  follower.synced = true;
  follower.next = length + 1;
  follower.decided_sent = leader_.chosen;
  follower.sync_decided_sent = leader_.sync_decided;
  send_to<AcceptSync<T>>(out, follower.id, leader_.ballot, follower.session, sync_index,
                         storage_.log.slice(sync_index + 1, length + 1),
                         storage_.attempts.slice(sync_index + 1, length + 1), leader_.chosen, leader_.sync_decided,
                         stop_in(sync_index + 1, length + 1), std::move(snapshot));
}

/// What the follower needs next is gone here: only an AcceptSync brings a snapshot, and that needs a new session.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::prepare_again(Follower& follower, Outbox& out) {
  follower.promised = follower.synced = follower.sync_answered = false;
  const PaxosValues& now = values();
  send_to<Prepare>(out, follower.id, leader_.ballot, now.accepted, storage_.log.length(), now.decided);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::collect_follower(Outbox& out) {
  if (request_due_ && promise_durable()) {
    request_due_ = false;
    for (ServerId peer : config_.peers)
      if (request_to_ == 0 || request_to_ == peer)
        send_to<PrepareRequest>(out, peer, values().promised);
    request_to_ = 0;
  }
  if (promise_due_ && promise_durable()) {
    promise_due_ = false;
    send_promise();
  }
  if (durable_in_ballot_ && (answer_due_ || !answered_ || durable_length_ > accepted_reported_)) {
    send_to<Accepted>(out, values().promised.server, values().promised, session_, durable_length_, values().decided,
                      sync_decided_, answer_gap_, durable_decided_);
    answered_ = true;
    accepted_reported_ = durable_length_;
    answer_due_ = answer_gap_ = false;
  }
  collect_forwards(out);
}

/// P8: prepares, promises, syncs, the tail of accepts, decides and forwards are sent again until they are answered.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::resend() {
  stirred_ = ask_due_ = true;
  forget_silent_guests();
  if (leading_) {
    resend_leader();
    return;
  }
  if (phase_ == Phase::recover) {
    request_due_ = true;
    request_to_ = 0;
  } else if (phase_ == Phase::prepare) {
    promise_due_ = true;
  }
  offered_to_ = 1;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::resend_leader() {
  for (Follower& follower : leader_.followers) {
    if (!follower.promised) {
      follower.prepare_due = true;
      continue;
    }
    if (phase_ != Phase::accept) continue;
    if (!follower.sync_answered) {
      follower.sync_due = follower.synced;
      continue;
    }
    const bool stuck = follower.accepted == follower.accepted_at_last_resend;
    follower.accepted_at_last_resend = follower.accepted;
    if (follower.accepted + 1 < follower.next) {
      if (stuck) follower.next = follower.accepted + 1;
    } else if (follower.decided_known < leader_.chosen ||
               (leader_.sync_decided && !follower.sync_decided_known)) {
      follower.probe_due = true;
    }
  }
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::add_to(Hasher& hasher) const {
  const PaxosValues& now = values();
  now.promised.add_to(hasher);
  now.accepted.add_to(hasher);
  hasher.add(now.decided);
  hasher.add(now.incarnation);
  add_to_hash(hasher, now.stop);
  hasher.add((static_cast<uint64_t>(now.configuration) << 32) | now.members);
  hasher.add(storage_.log.length());
  for (LogIndex i = storage_.log.trimmed_to() + 1; i <= storage_.log.length(); ++i)
    add_to_hash(hasher, storage_.log.at(i));
  add_to_hash(hasher, storage_.snapshot);
  hasher.add(storage_.state.written() - storage_.state.durable());
  hasher.add(durable_decided_);
  uint64_t flags = static_cast<uint64_t>(phase_);
  for (bool flag : {leading_, overtaken_, promise_due_, answer_due_, answer_gap_, request_due_, sync_decided_, holds_back_,
                    durable_in_ballot_, has_best_, answered_, refused_again_, named_due_})
    flags = flags << 1 | (flag ? 1 : 0);
  hasher.add(flags);
  hasher.add((static_cast<uint64_t>(session_.incarnation) << 32) | session_.counter);
  for (uint64_t value : {learned_decided_, durable_length_, durable_log_length_, accepted_reported_, offered_to_,
                         static_cast<uint64_t>(request_to_), static_cast<uint64_t>(buffered_.size())})
    hasher.add(value);
  storage_.attempts.each(storage_.log.trimmed_to() + 1, storage_.log.length() + 1, [&](const AttemptRun& run) {
    hasher.add(run.first);
    hasher.add((static_cast<uint64_t>(run.start.proposer) << 32) | run.start.incarnation);
    hasher.add(run.start.counter);
    run.start.tag.add_to(hasher);
  });
  best_.accepted.add_to(hasher);
  hasher.add(best_.length);
  refusal_.add_to(hasher);
  overtaken_by_.add_to(hasher);
  offered_tag_.add_to(hasher);
  if (route_.next != 0 || reported_to_ != 0) {
    route_.ballot.add_to(hasher);
    hasher.add(reported_to_ << 8 | route_.next);
  }
  for (const Guest& guest : guests_) {
    hasher.add((static_cast<uint64_t>(guest.origin) << 32) | guest.incarnation);
    hasher.add(guest.known << 1 | (guest.due ? 1u : 0u));
    hasher.add(guest.trail << 8 | guest.back);
    hasher.add(guest.silent);
  }
  leader_.add_to(hasher);
  for (const Stream& stream : streams_) {
    hasher.add((static_cast<uint64_t>(stream.proposer) << 32) | stream.incarnation);
    hasher.add(stream.last);
  }
  proposer_.add_to(hasher);
}

}  // namespace paxoscope::omnipaxos
