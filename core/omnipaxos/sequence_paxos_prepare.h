// Sequence Paxos, prepare phase: promises, recovery and the adoption of a log (rules P1–P3, P10). Part of
// sequence_paxos.h.
#pragma once

namespace paxoscope::omnipaxos {

template <class T, Sequence<T> Log, PaxosState State, class Observer>
SequencePaxos<T, Log, State, Observer>::SequencePaxos(const Config& config, StorageType storage, bool resubmit,
                                                      bool report_settled)
    : config_(config),
      storage_(std::move(storage)),
      proposer_(config.pid, storage_.state.values().incarnation + 1, resubmit, report_settled) {
  if constexpr (Shadow::kept) PAXO_ASSERT(storage_.attempts.length() == storage_.log.length());
  PAXO_ASSERT(storage_.log.trimmed_to() == (storage_.snapshot ? storage_.snapshot->index : 0));
  PaxosValues& values = edit();
  durable_decided_ = values.decided;
  request_due_ = values.incarnation != 0;
  ++values.incarnation;
  session_ = {on(Switch::P2_incarnation) ? values.incarnation : 0, 0};
  learned_decided_ = values.decided;
  durable_log_length_ = storage_.log.length();
  promise_write_ = start_write_ = storage_.state.commit();
  durable_seen_ = storage_.state.durable();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
SequencePaxos<T, Log, State, Observer>::SequencePaxos(const Config& config, StorageType storage, Proposer<T> proposer)
    : config_(config), storage_(std::move(storage)), proposer_(std::move(proposer)) {
  if constexpr (Shadow::kept) PAXO_ASSERT(storage_.attempts.length() == storage_.log.length());
  session_ = {on(Switch::P2_incarnation) ? values().incarnation : 0, 0};
  learned_decided_ = values().decided;
  if (values().promised && values().accepted == values().promised) phase_ = Phase::accept;  // C6: from the start
  durable_seen_ = storage_.state.durable();
  commit_log();
  promise_write_ = start_write_ = storage_.state.written();
}

/// C6: the stop-sign named this ballot, every member starts with it promised and accepted.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::lead_without_prepare() {
  PAXO_ASSERT(values().promised.server == config_.pid && values().promised == values().accepted);
  stirred_ = true;
  leading_ = true;
  phase_ = Phase::accept;
  leader_.ballot = leader_.base_ballot = values().promised;
  leader_.base_length = storage_.log.length();
  leader_.chosen = values().decided;
  leader_.followers.resize(config_.peers.size());
  for (size_t i = 0; i < config_.peers.size(); ++i) {
    Follower& follower = leader_.followers[i];
    follower.id = config_.peers[i];
    follower.promised = follower.synced = follower.sync_answered = true;
    follower.accepted_ballot = leader_.ballot;
    follower.length = follower.decided_then = follower.decided_known = leader_.base_length;
    follower.accepted = leader_.base_length;
    follower.next = leader_.base_length + 1;
    follower.probe_due = true;
  }
  append_own();
  commit_log();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::lead(const Ballot& ballot) {
  if (ballot.server != config_.pid || ballot <= values().promised) return;
  stirred_ = true;
  become_follower(Phase::prepare);
  leading_ = true;
  promise_to(ballot);
  leader_.ballot = ballot;
  leader_.followers.resize(config_.peers.size());
  for (size_t i = 0; i < config_.peers.size(); ++i) {
    leader_.followers[i].id = config_.peers[i];
    leader_.followers[i].prepare_due = true;
  }
  note(Rule::P1, "{s} leads with ballot {0} and sends Prepare",
       {note_ballot("promised", ballot), note_ballot("accepted", values().accepted),
        note_index("log length", storage_.log.length()), note_index("decided index", values().decided)});
  adopt_if_promised();
}

/// The promise of a ballot, own or not, is written before anything speaks of it.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::promise_to(const Ballot& ballot) {
  PaxosValues& values = edit();
  if (values.promised != ballot) {
    values.promised = ballot;
    storage_.state.commit();
  }
  promise_write_ = storage_.state.written();
  forget_ballot();
  absorb_durable();
}

/// What was known of the ballot before does not count for another one.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::forget_ballot() {
  durable_in_ballot_ = false;
  durable_length_ = 0;
  accepted_reported_ = 0;
  learned_decided_ = values().decided;
  sync_decided_ = false;
  answered_ = false;
  answer_due_ = answer_gap_ = false;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::become_follower(Phase phase) {
  leading_ = false;
  named_due_ = false;
  overtaken_ = false;
  overtaken_by_ = Ballot{};
  phase_ = phase;
  leader_ = LeaderState{};
  best_ = Promise<T>{};
  has_best_ = false;
  buffered_.clear();
  streams_.clear();
  promise_due_ = request_due_ = false;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_prepare(ServerId from, const Prepare& m) {
  if (m.ballot.server != from || from == config_.pid) return;
  if (m.ballot < values().promised && on(Switch::P1_order)) return;
  const bool again = m.ballot == values().promised;
  const Ballot before = values().promised;
  become_follower(Phase::prepare);
  promise_to(m.ballot);
  ++session_.counter;
  last_prepare_ = m;
  promise_due_ = true;
  note(Rule::P1, again ? "{s} promises {0} again, in a new session" : "{s} promises ballot {0}; it had promised {1}",
       {note_ballot("promised", m.ballot), note_ballot("before", before), note_ballot("accepted", values().accepted),
        note_index("log length", storage_.log.length())});
}

/// P2: the suffix holds what the leader's log may lack; a snapshot stands for what is gone of it.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::send_promise() {
  const Prepare& m = last_prepare_;
  const LogIndex length = storage_.log.length();
  LogIndex from = length + 1;
  if (values().accepted > m.accepted || !on(Switch::P3_order))
    from = m.decided + 1;
  else if (values().accepted == m.accepted)
    from = m.length + 1;
  if (from > length + 1) from = length + 1;
  SnapshotRef<T> snapshot;
  if (from <= storage_.log.trimmed_to()) {
    // Without a state: every member had decided what was trimmed, so only a late copy of a Prepare can ask for it, and its
    // leader has long adopted.
    if (has_state()) snapshot = storage_.snapshot;
    from = storage_.log.trimmed_to() + 1;
  }
  send_to<Promise<T>>(ready_, m.ballot.server, m.ballot, session_, values().accepted, length, values().decided, from,
                      storage_.log.slice(from, length + 1), storage_.attempts.slice(from, length + 1),
                      stop_in(from, length + 1), std::move(snapshot), has_state());
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
bool SequencePaxos<T, Log, State, Observer>::better(const Ballot& ballot_a, LogIndex length_a, const Ballot& ballot_b,
                                                    LogIndex length_b) const {
  if (on(Switch::P3_order)) return std::pair(ballot_a, length_a) > std::pair(ballot_b, length_b);
  return std::pair(length_a, ballot_a) > std::pair(length_b, ballot_b);
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_promise(ServerId from, const Promise<T>& m) {
  if (!leading_ || m.ballot != leader_.ballot) return;
  Follower* follower = leader_.find(from);
  if (follower == nullptr) return;
  if (follower->promised && m.session <= follower->session) return;
  follower->promised = true;
  follower->session = m.session;
  follower->accepted_ballot = m.accepted;
  follower->length = m.length;
  follower->decided_then = m.decided;
  follower->decided_known = m.decided;
  follower->takes_delta = m.takes_delta;
  follower->sync_decided_known = false;
  follower->prepare_due = false;
  follower->synced = follower->sync_answered = false;
  if (phase_ == Phase::accept) {
    follower->sync_due = true;
    note(Rule::P4, "{s} brings late {0} into line in ballot {1}",
         {note_server("follower", from), note_ballot("ballot", m.ballot), note_index("its log length", m.length)});
    return;
  }
  if (!has_best_ || better(m.accepted, m.length, best_.accepted, best_.length)) {
    best_ = m;
    has_best_ = true;
  }
  const uint32_t promises = leader_.promises();
  note(Rule::P2, "{s} has {0} of {1} promises for {2}",
       {note_count("promises", promises), note_count("needed", config_.prepare_quorum()),
        note_ballot("ballot", m.ballot), note_server("promised by", from)});
  adopt_if_promised();
}

/// The leader's own promise counts once it is durable.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::adopt_if_promised() {
  if (leading_ && phase_ == Phase::prepare && promise_durable() && leader_.promises() >= config_.prepare_quorum())
    adopt();
}

/// P3: the best log of a quorum becomes the leader's, with its own ballot as accepted, in one write.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::adopt() {
  PaxosValues& values = edit();
  leader_.base_ballot = values.accepted;
  const LogIndex own_length = storage_.log.length();
  if (has_best_ && better(best_.accepted, best_.length, values.accepted, own_length)) {
    leader_.base_ballot = best_.accepted;
    const LogIndex keep = best_.suffix_from - 1;
    const bool holds = (best_.snapshot || keep <= own_length) && keep >= values.decided;
    if (fact(holds, "an adopted log keeps what is decided") && (!best_.snapshot || install(best_.snapshot))) {
      cut(keep);
      append_run(best_.suffix, 0, best_.attempts, best_.stop);
    }
  }
  leader_.base_length = storage_.log.length();
  leader_.chosen = values.decided;
  if (on(Switch::P3_accepted)) {
    values.accepted = leader_.ballot;
  }
  phase_ = Phase::accept;
  note(Rule::P3, "{s} adopts the log of {1} up to {2}: a quorum promised {0}",
       {note_ballot("ballot", leader_.ballot), note_ballot("log accepted in", leader_.base_ballot),
        note_index("log length", leader_.base_length), note_count("promises", leader_.promises())});
  best_ = Promise<T>{};
  has_best_ = false;
  for (Follower& follower : leader_.followers) follower.sync_due = follower.promised;
  if (!on(Switch::F5_own)) proposer_.sync_decided(leader_.ballot);
  learn_incarnations();
  for (const Forward<T>& forward : buffered_) append_forward(forward);
  buffered_.clear();
  append_own();
  commit_log();
  count_acceptances();
}

/// A leader asks a server that lost touch to promise again; another server says what it has promised (P9, P10).
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_prepare_request(ServerId from, const PrepareRequest& m) {
  if (!leading_ || m.promised > leader_.ballot) return;
  Follower* follower = leader_.find(from);
  if (follower == nullptr) return;
  follower->prepare_due = true;
  note(Rule::P10, "{s} sends Prepare {0} to {1}, which asked for it",
       {note_ballot("ballot", leader_.ballot), note_server("asked by", from)});
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::reconnected(ServerId peer) {
  stirred_ = true;
  if (leading_) {
    if (Follower* follower = leader_.find(peer)) follower->prepare_due = true;
    return;
  }
  request_due_ = true;
  request_to_ = peer;
}

}  // namespace paxoscope::omnipaxos
