// Sequence Paxos, accept phase: logs brought into line, entries accepted and decided (rules P4–P7, P9). Part of
// sequence_paxos.h.
#pragma once

namespace paxoscope::omnipaxos {

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle(ServerId from, const Body<T>& body) {
  stirred_ = true;
  switch (body.index()) {
    case kBodyIndex<Prepare, T>:
      return handle_prepare(from, *std::get_if<Prepare>(&body));
    case kBodyIndex<Promise<T>, T>:
      return handle_promise(from, *std::get_if<Promise<T>>(&body));
    case kBodyIndex<AcceptSync<T>, T>:
      return handle_accept_sync(from, *std::get_if<AcceptSync<T>>(&body));
    case kBodyIndex<Accept<T>, T>:
      return handle_accept(from, *std::get_if<Accept<T>>(&body));
    case kBodyIndex<Accepted, T>:
      return handle_accepted(from, *std::get_if<Accepted>(&body));
    case kBodyIndex<Decide, T>:
      return handle_decide(from, *std::get_if<Decide>(&body));
    case kBodyIndex<NotAccepted, T>:
      return handle_not_accepted(from, *std::get_if<NotAccepted>(&body));
    case kBodyIndex<PrepareRequest, T>:
      return handle_prepare_request(from, *std::get_if<PrepareRequest>(&body));
    case kBodyIndex<Forward<T>, T>:
      return handle_forward(from, *std::get_if<Forward<T>>(&body));
    case kBodyIndex<Rejected, T>:
      return handle_rejected(from, *std::get_if<Rejected>(&body));
    case kBodyIndex<Relay<T>, T>:
      return handle_relay(from, *std::get_if<Relay<T>>(&body));
    case kBodyIndex<Report, T>:
      return handle_report(*std::get_if<Report>(&body));
    case kBodyIndex<Compact, T>:
      return handle_compact(*std::get_if<Compact>(&body));
    default:
      return;  // heartbeats belong to the election
  }
}

/// P4: how much of the follower's log is surely a prefix of the leader's; what it has decided always is. (A snapshot may
/// have brought it more than the log that it accepted, see C4.)
template <class T, Sequence<T> Log, PaxosState State, class Observer>
LogIndex SequencePaxos<T, Log, State, Observer>::sync_index_for(const Follower& follower) const {
  if (follower.accepted_ballot == leader_.ballot) return follower.length;
  if (follower.accepted_ballot == leader_.base_ballot) {
    const LogIndex most = on(Switch::P4_atmost) ? leader_.base_length : storage_.log.length();
    return std::max(std::min(follower.length, most), follower.decided_then);
  }
  return follower.decided_then;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_accept_sync(ServerId from, const AcceptSync<T>& m) {
  if (m.ballot != values().promised || m.ballot.server != from) return;
  const bool stale = m.session != session_ && on(Switch::P5_session);
  const bool taken = phase_ != Phase::prepare && on(Switch::P5_phase);
  if (stale || taken) {
    answer_due_ = phase_ == Phase::accept;
    return;
  }
  PaxosValues& values = edit();
  if (!fact(m.snapshot || m.sync_index <= storage_.log.length(), "an AcceptSync leaves no hole in the log")) return;
  const LogIndex least = on(Switch::P5_decided) ? values.decided : storage_.log.trimmed_to();
  if (!fact(m.sync_index >= least, "an AcceptSync cuts nothing decided")) return;
  if (m.snapshot && !install(m.snapshot)) return;
  cut(m.sync_index);
  append_run(m.suffix, 0, m.attempts, m.stop);
  values.accepted = m.ballot;
  const LogIndex known = m.decided < storage_.log.length() ? m.decided : storage_.log.length();
  if (!on(Switch::P5_decided)) values.decided = std::max(known, storage_.log.trimmed_to());
  phase_ = Phase::accept;
  forget_ballot();
  note(Rule::P5,
       m.snapshot         ? "{s} takes AcceptSync {0}: a snapshot up to {1}, and {2} entries more"
       : m.suffix.empty() ? "{s} takes AcceptSync {0}: its log up to {1} is in line"
                          : "{s} takes AcceptSync {0}: it keeps its log up to {1} and appends {2} more",
       {note_ballot("accepted", m.ballot), note_index("sync index", m.sync_index),
        note_count("appended", m.suffix.size()), note_index("log length", storage_.log.length())});
  if (!on(Switch::F5_sync) || (!on(Switch::F5_field) && m.decided > 0)) proposer_.sync_decided(m.ballot);
  commit_log();
  learn(m.decided, m.sync_decided);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_accept(ServerId from, const Accept<T>& m) {
  if (m.ballot != values().promised || m.ballot.server != from) return;
  if (phase_ != Phase::accept && on(Switch::P6_phase)) return;
  const LogIndex length = storage_.log.length();
  if (m.from > length + 1) {
    answer_due_ = answer_gap_ = true;
    return;
  }
  const LogIndex end = m.from + m.entries.size();
  if (end <= length + 1) {
    answer_due_ = true;
  } else {
    const auto skipped = static_cast<uint32_t>(length + 1 - m.from);
    if (!fact(!stopped(), "nothing follows a stop-sign")) return;
    append_run(m.entries, skipped, m.attempts, m.stop);
    if (!on(Switch::P6_phase)) {
      PaxosValues& values = edit();
      values.accepted = m.ballot;
    }
    note(Rule::P6,
         storage_.log.length() == length + 1 ? "{s} accepts entry {0} in ballot {1}"
                                             : "{s} accepts entries up to {0} in ballot {1}",
         {note_index("log length", storage_.log.length()), note_ballot("ballot", m.ballot),
          note_index("from index", length + 1)});
    commit_log();
  }
  learn(m.decided, m.sync_decided);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_accepted(ServerId from, const Accepted& m) {
  if (!leading_ || m.ballot != leader_.ballot || phase_ != Phase::accept) return;
  Follower* follower = leader_.find(from);
  if (follower == nullptr) return;
  if (!fact(m.length <= storage_.log.length(), "a follower's log is a prefix of its leader's")) return;
  follower->has_accepted = true;
  if (m.length > follower->accepted) follower->accepted = m.length;
  if (m.session == follower->session) follower->sync_answered = true;
  if (m.decided > follower->decided_known) follower->decided_known = m.decided;
  if (m.durable_decided > follower->durable_decided) follower->durable_decided = m.durable_decided;
  if (m.sync_decided) follower->sync_decided_known = true;
  // An answer may be older than others: what was accepted since is not sent again.
  if (m.gap && follower->accepted + 1 < follower->next) follower->next = follower->accepted + 1;
  count_acceptances();
}

/// P7: what a write quorum has durably accepted in this ballot is decided.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::count_acceptances() {
  if (!leading_ || phase_ != Phase::accept) return;
  bool own_counts = durable_in_ballot_;
  LogIndex own = durable_length_;
  if (!on(Switch::P7_own)) {
    own_counts = true;
    own = storage_.log.length();
  } else if (!on(Switch::P7_own_ballot) && !durable_in_ballot_) {
    own_counts = true;
    own = durable_log_length_ < storage_.log.length() ? durable_log_length_ : storage_.log.length();
  }
  LogIndex reached = 0;
  if (!leader_.accepted_by(config_.accept_quorum(), own_counts, own, &reached)) return;
  if (reached < leader_.base_length) return;
  const bool first = !leader_.sync_decided && (on(Switch::P7_first) || reached > values().decided);
  if (reached > leader_.chosen) leader_.chosen = reached;
  learned_decided_ = leader_.chosen;
  if (first) {
    leader_.sync_decided = true;
    note_sync_decided();
  }
  advance_decided();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_decide(ServerId from, const Decide& m) {
  if (m.ballot != values().promised || m.ballot.server != from) return;
  if (phase_ != Phase::accept && on(Switch::P7_phase)) return;
  learn(m.decided, m.sync_decided);
}

/// A follower hears how far its ballot has decided; nothing beyond the own log counts.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::learn(LogIndex decided, bool sync_decided) {
  const LogIndex known = decided < storage_.log.length() ? decided : storage_.log.length();
  if (known > learned_decided_) learned_decided_ = known;
  advance_decided();
  if (sync_decided && !sync_decided_) note_sync_decided();
}

/// F5: the log synced in the promised ballot is chosen; what is not in it will never be decided.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::note_sync_decided() {
  sync_decided_ = true;
  for (Guest& guest : guests_) guest.due = true;
  const uint64_t before = proposer_.unsettled();
  proposer_.sync_decided(values().promised);
  if (proposer_.unsettled() != before)
    note(Rule::F5, "{s} cancels what waits for an older ballot: a quorum accepted the log of {0} without it",
         {note_ballot("ballot", values().promised), note_count("cancelled", before - proposer_.unsettled())});
}

/// P7: the decided index follows, but never passes the own durable log.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::advance_decided() {
  PaxosValues& values = edit();
  LogIndex target = learned_decided_;
  if (on(Switch::P7_clip)) {
    const bool in_ballot = durable_in_ballot_ || !on(Switch::P7_phase);
    const LogIndex durable = durable_in_ballot_ ? durable_length_ : durable_log_length_;
    if (!in_ballot) return;
    if (target > durable) target = durable;
  }
  if (target <= values.decided) return;
  const LogIndex before = values.decided;
  values.decided = target;
  track_decided(storage_.state.commit());
  note(Rule::P7, leading_ ? "{s} decides up to {0}: a quorum accepted it in {1}" : "{s} learns that {0} is decided in {1}",
       {note_index("decided index", target), note_ballot("ballot", values.promised), note_index("before", before),
        note_index("log length", storage_.log.length())});
  storage_.attempts.each(before + 1, target + 1, [&](const AttemptRun& run) {
    proposer_.decided(run, config_.switches);
    decided_for_guests(run);
  });
  absorb_durable();
}

/// P9: a follower has promised more; this ballot is over.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_not_accepted(ServerId from, const NotAccepted& m) {
  if (m.promised <= values().promised) return;
  const bool reaches_election = (!m.heard && on(Switch::P9_refusal)) || (m.heard && !on(Switch::P9_heard));
  if (reaches_election && m.promised > refusal_) refusal_ = m.promised;
  refused_again_ = true;
  if (!leading_) {
    if (overtaken_ && m.promised > overtaken_by_) overtaken_by_ = m.promised;
    return;
  }
  note(Rule::P9, "{s} is overtaken: {0} has promised {1}",
       {note_server("refused by", from), note_ballot("its promise", m.promised),
        note_ballot("own ballot", leader_.ballot), note_boolean("owner heard there", m.heard)});
  become_follower(Phase::recover);
  overtaken_ = true;
  overtaken_by_ = m.promised;
}

/// Everything written up to State::durable() survives a crash now: the own acceptance counts, the decided index may
/// follow.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::absorb_durable() {
  const uint64_t durable = storage_.state.durable();
  if (durable == durable_seen_) return;
  durable_seen_ = durable;
  while (!decided_writes_.empty() && decided_writes_.front().first <= durable) {
    durable_decided_ = decided_writes_.front().second;
    decided_writes_.erase(decided_writes_.begin());
  }
  size_t done = 0;
  while (done < length_writes_.size() && length_writes_[done].write <= durable) ++done;
  if (done == 0) return;
  const LengthWrite last = length_writes_[done - 1];
  length_writes_.erase(length_writes_.begin(), length_writes_.begin() + static_cast<std::ptrdiff_t>(done));
  durable_log_length_ = last.length;
  if ((phase_ != Phase::accept && on(Switch::P6_phase)) || !is_of_ballot(last.accepted)) return;
  durable_in_ballot_ = true;
  durable_length_ = last.length;
  if (leading_)
    count_acceptances();
  else
    advance_decided();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::storage_progress() {
  stirred_ = true;
  absorb_durable();
  lead_if_named();
  adopt_if_promised();
}

/// Closes one atomic write of log and values.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::commit_log() {
  const uint64_t write = storage_.state.commit();
  track_decided(write);
  if (write == storage_.state.durable() && length_writes_.empty()) return absorb_synchronous_write();
  length_writes_.push_back({write, storage_.log.length(), values().accepted});
  absorb_durable();
}

/// The decided index as of `write`, which leaders hear of once it is durable.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::track_decided(uint64_t write) {
  const LogIndex decided = values().decided;
  if (decided <= (decided_writes_.empty() ? durable_decided_ : decided_writes_.back().second)) return;
  if (write <= storage_.state.durable())
    durable_decided_ = decided;
  else
    decided_writes_.emplace_back(write, decided);
}

/// A disk without delay: what was just written counts at once.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::absorb_synchronous_write() {
  durable_seen_ = storage_.state.durable();
  durable_log_length_ = storage_.log.length();
  if ((phase_ != Phase::accept && on(Switch::P6_phase)) || !is_of_ballot(values().accepted)) return;
  const bool first = !durable_in_ballot_;
  durable_in_ballot_ = true;
  durable_length_ = durable_log_length_;
  // New entries of a leader change no quorum until a follower has them, unless the leader is one by itself.
  if (!leading_)
    advance_decided();
  else if (first || config_.accept_quorum() == 1)
    count_acceptances();
}

/// Drops what lies behind `length`, the stop-sign included. The caller commits.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::cut(LogIndex length) {
  if (length < storage_.log.length()) edit().stop = nullptr;
  storage_.log.truncate(length);
  storage_.attempts.truncate(length);
  proposer_.cut(length);
}

/// Appends a message's entries but the first `skipped`, with their attempts and the stop-sign. The caller commits.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::append_run(const Entries<T>& entries, uint32_t skipped,
                                                        const typename ShadowOf<T>::Runs& attempts,
                                                        const StopSignRef& stop) {
  const LogIndex next = storage_.log.length() + 1;
  if (entries.size() > skipped && stop) edit().stop = stop;
  storage_.log.append(entries, skipped);
  attempts.each([&](const AttemptRun& run) {
    if (run.end() <= next) return;
    const LogIndex first = run.first > next ? run.first : next;
    const AttemptRun part{first, run.end() - first, run.at(first)};
    storage_.attempts.append(part);
    proposer_.placed(part);
  });
}

}  // namespace paxoscope::omnipaxos
