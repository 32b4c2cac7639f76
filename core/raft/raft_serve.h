// Raft, what drives a server: start, time, messages in and out, the disk, snapshots. Part of raft.h.
#pragma once

namespace paxoscope::raft {

namespace detail {
/// The first write of a start: the incarnation, and for a fresh server its first membership.
template <class State>
Write begin(const Config& config, State& state, LogIndex snapshot_index, LogIndex length) {
  RaftValues& values = state.edit();
  if (!values.initial) values.initial = std::make_shared<const Membership>(config.initial);
  ++values.incarnation;
  values.commit = std::max(std::min(values.commit, length), snapshot_index);
  return Write::commit(state);
}
}  // namespace detail

template <class T, Sequence<T> Log, RaftState State, class Observer>
Raft<T, Log, State, Observer>::Raft(const Config& config, StorageType storage)
    : config_(config),
      storage_(std::move(storage)),
      start_write_(detail::begin(config_, storage_.state, storage_.log.trimmed_to(), storage_.log.length())),
      term_write_(start_write_),
      flush_(start_write_, storage_.log.length()),
      rng_(config.seed),
      snapshot_write_(start_write_) {
  PAXO_ASSERT(storage_.log.length() == storage_.marks.length() && storage_.log.trimmed_to() == storage_.marks.base());
  find_membership(log_length());
  reset_election_timer();
  const bool used = values().incarnation > 1;
  if (used && config_.reads == ReadMode::lease) quiet_until_ = config_.election_ticks;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::tick(uint32_t ticks) {
  for (; ticks > 0; --ticks) {
    ++now_;
    if (++election_elapsed_ >= election_timeout_ticks()) fire_election();
    if (role_ == Role::leader && ++heartbeat_elapsed_ >= config_.heartbeat_ticks) fire_heartbeat();
  }
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
uint32_t Raft<T, Log, State, Observer>::ticks_to_next_timer() const {
  const uint32_t timeout = election_timeout_ticks();
  const uint32_t ticks = timeout > election_elapsed_ ? timeout - election_elapsed_ : 1;
  return role_ == Role::leader ? std::min(ticks, config_.heartbeat_ticks - heartbeat_elapsed_) : ticks;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::pass_quiet_ticks(uint32_t ticks) {
  PAXO_ASSERT(ticks < ticks_to_next_timer());
  now_ += ticks;
  election_elapsed_ += ticks;
  if (role_ == Role::leader) heartbeat_elapsed_ += ticks;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::fire_election() {
  if (role_ != Role::leader) {
    // A timer that somebody else fires keeps no time, and leases rest on followers that do.
    if (config_.reads == ReadMode::lease && config_.sticky() && hears_leader())
      return note(Rule::R12, "{s} does not campaign: it hears a leader, whose lease rests on that", {});
    return campaign(false);
  }
  election_elapsed_ = 0;
  if (transfer_to_ != 0 && on(Switch::R11_abort)) {
    note(Rule::R11, "{s} leads on: {0} did not take over", {note_server("to", transfer_to_)});
    transfer_to_ = 0;
    timeout_now_due_ = false;
  }
  check_quorum();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::fire_heartbeat() {
  heartbeat_elapsed_ = 0;
  if (role_ != Role::leader) return;
  heartbeat_due_ = true;
  timeout_now_due_ = transfer_to_ != 0;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle(const MessageType& m) {
  if (m.to != config_.id || m.from == 0 || m.from == config_.id || !take_term(m)) return;
  switch (m.body.index()) {
    case kBodyIndex<AppendEntries<T>, T>:
      return handle_append(m.from, *std::get_if<AppendEntries<T>>(&m.body));
    case kBodyIndex<AppendAnswer, T>:
      return handle_append_answer(m.from, *std::get_if<AppendAnswer>(&m.body));
    case kBodyIndex<Heartbeat, T>:
      return handle_heartbeat(m.from, *std::get_if<Heartbeat>(&m.body));
    case kBodyIndex<HeartbeatAnswer, T>:
      return handle_heartbeat_answer(m.from, *std::get_if<HeartbeatAnswer>(&m.body));
    case kBodyIndex<PreVoteRequest, T>:
      return handle_pre_vote_request(m.from, m.term, *std::get_if<PreVoteRequest>(&m.body));
    case kBodyIndex<PreVoteAnswer, T>:
      return handle_pre_vote_answer(m.from, m.term, *std::get_if<PreVoteAnswer>(&m.body));
    case kBodyIndex<VoteRequest, T>:
      return handle_vote_request(m.from, *std::get_if<VoteRequest>(&m.body));
    case kBodyIndex<VoteAnswer, T>:
      return handle_vote_answer(m.from, *std::get_if<VoteAnswer>(&m.body));
    case kBodyIndex<TimeoutNow, T>:
      return handle_timeout_now();
    case kBodyIndex<Forward<T>, T>:
      return handle_forward(*std::get_if<Forward<T>>(&m.body));
    case kBodyIndex<ReadRequest, T>:
      return accept_read(m.from, std::get_if<ReadRequest>(&m.body)->ticket);
    case kBodyIndex<ReadAnswer, T>:
      return handle_read_answer(*std::get_if<ReadAnswer>(&m.body));
    case kBodyIndex<InstallSnapshot<T>, T>:
      return handle_snapshot(m.from, *std::get_if<InstallSnapshot<T>>(&m.body));
    case kBodyIndex<SnapshotAnswer, T>:
      return handle_snapshot_answer(m.from, *std::get_if<SnapshotAnswer>(&m.body));
    default:
      return;  // Refused: its term said it all
  }
}

/// Closes one atomic write of log and values.
template <class T, Sequence<T> Log, RaftState State, class Observer>
Write Raft<T, Log, State, Observer>::commit_writes() {
  const Write write = Write::commit(storage_.state);
  if (term_dirty_) term_write_ = write;
  if (log_dirty_) flush_.record(write, log_length(), storage_.state.durable());
  if (snapshot_dirty_) snapshot_write_ = write;
  term_dirty_ = log_dirty_ = snapshot_dirty_ = false;
  return write;
}

/// Everything written up to State::durable() survives a crash now: the own vote and the own copy count.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::absorb_durable() {
  flush_.reached(storage_.state.durable());
  if (older_snapshot_ && snapshot_write_.done(storage_.state.durable()) && !snapshot_dirty_) older_snapshot_ = nullptr;
  count_votes();
  if (role_ == Role::leader) count_matches();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::storage_progress() { absorb_durable(); }

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::take_outgoing(std::vector<MessageType>& out) {
  absorb_durable();
  if (role_ == Role::leader) {
    append_waiting();
    go_on_reconfiguring();
  } else if (leader_ != 0) {
    forward_waiting();
  }
  route_reads();
  // With a disk without delay a commit may append more: the end of a joint membership.
  while (term_dirty_ || log_dirty_ || snapshot_dirty_) {
    commit_writes();
    absorb_durable();
  }
  if (role_ == Role::leader)
    collect_leader();
  else
    answer_append();
  const uint64_t durable = storage_.state.durable();
  outbox_.release(out, [&](const MessageType& m) {
    const bool append = std::holds_alternative<AppendAnswer>(m.body);
    return on(append ? Switch::R4_durable : Switch::R1_durable) ? durable : UINT64_MAX;
  });
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<SnapshotFuture> Raft<T, Log, State, Observer>::perform_snapshot(LogIndex index) {
  if (!StateOf<T>::exists) return fail("these entries cannot be summed up in a snapshot");
  if (index > commit_index())
    return fail("only committed entries can be replaced by a snapshot, and here they end at " +
                std::to_string(commit_index()));
  const LogIndex upto = index == 0 ? commit_index() : index;
  if (upto <= storage_.log.trimmed_to()) return fail("there is nothing new to sum up");
  auto [membership, membership_index] = membership_at(upto);
  // A server that joined was not told what stood before its log; the entry that added it says what came then.
  if (membership->voters.empty())
    return fail("the membership at " + std::to_string(upto) +
                " is not known here; sum up to the entry that added this server");
  keep_durable_snapshot();
  storage_.snapshot = fold<T>(storage_, upto, std::move(membership), membership_index);
  storage_.log.trim(upto);
  storage_.marks.trim(upto);
  log_dirty_ = snapshot_dirty_ = true;
  note(Rule::R13, "{s} replaces entries up to {0} by a snapshot", {note_index("up to", upto)});
  return SnapshotFuture{upto, commit_writes().number()};
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::add_to(Hasher& hasher) const {
  add_to_hash(hasher, storage_);
  hasher.add(storage_.state.written() - storage_.state.durable());
  flush_.add_to(hasher);
  outbox_.add_to(hasher);
  rng_.add_to(hasher);
  uint64_t flags = static_cast<uint64_t>(role_);
  for (bool flag : {term_dirty_, log_dirty_, answer_due_, snapshot_dirty_, heartbeat_due_, timeout_now_due_,
                    timeout_now_sent_, wanted_.has_value(), incoming_.has_value()})
    flags = flags << 1 | (flag ? 1 : 0);
  for (uint64_t value : {flags, uint64_t{leader_}, membership_index_, now_, quiet_until_, heard_at_,
                         uint64_t{election_elapsed_}, uint64_t{election_timeout_}, uint64_t{heartbeat_elapsed_}, agreed_,
                         reported_, round_, confirmed_round_, lease_until_, uint64_t{transfer_to_}, uint64_t{next_read_}})
    hasher.add(value);
  granted_.add_to(hasher);
  refused_.add_to(hasher);
  membership_->add_to(hasher);
  if (wanted_) wanted_->add_to(hasher);
  if (incoming_) {
    hasher.add(incoming_->index);
    hasher.add(incoming_->next);
    StateOf<T>::add_to(incoming_->state, hasher);
  }
  if (role_ == Role::leader)
    for (uint64_t sent_at : round_sent_at_) hasher.add(sent_at);
  for (const Progress<T>& p : progress_) p.add_to(hasher);
  for (const PendingRead& read : pending_reads_) {
    hasher.add((read.ticket << 5) ^ read.from);
    hasher.add(read.index);
    hasher.add(read.round << 1 | (read.logged ? 1 : 0));
  }
  for (const Waiting& waiting : waiting_) {
    add_to_hash(hasher, waiting.entry);
    hasher.add(waiting.hops);
  }
  for (const OwnRead& read : own_reads_) {
    hasher.add(read.ticket);
    hasher.add(read.ready_at);
    hasher.add(read.asked_at);
  }
}

}  // namespace paxoscope::raft
