// Raft, leaders: proposals, replication in a window, commit by counting (rules R4, R5, R13, R15). Part of raft.h.
#pragma once

namespace paxoscope::raft {

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::append(const T& entry, const Mark& mark) {
  moved(Move::entry, &mark);
  storage_.log.append(entry);
  storage_.marks.append(mark, 1);
  log_dirty_ = true;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<Placed, ProposeError<T>> Raft<T, Log, State, Observer>::propose(const T& entry) {
  if (role_ == Role::leader && transfer_to_ == 0 && waiting_.empty()) {
    if (log_length() - commit_index() >= config_.max_uncommitted)
      return tl::unexpected(ProposeError<T>{entry, {std::to_string(config_.max_uncommitted) +
          " entries are not committed yet; try again when some are"}});
    append(entry, Mark{term(), EntryKind::normal, nullptr});
    return Placed{term(), log_length()};
  }
  if (waiting_.size() >= config_.max_waiting)
    return tl::unexpected(ProposeError<T>{
        entry, {std::to_string(config_.max_waiting) + " proposals wait for a leader already; try again when there is one"}});
  waiting_.push_back({entry, 0});
  return Placed{};
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<Placed> Raft<T, Log, State, Observer>::propose_id() {
  if (role_ != Role::leader) return fail("only the leader gives ids to new servers");
  append(T{}, Mark{term(), EntryKind::no_op, nullptr});
  return Placed{term(), log_length()};
}

/// R15: proposals that followers could not place. Who does not lead passes them on, a few times.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_forward(const Forward<T>& m) {
  if (m.hops >= kMaxHops) return;
  for (const T& entry : m.entries)
    if (waiting_.size() < config_.max_waiting) waiting_.push_back({entry, m.hops});
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::append_waiting() {
  if (transfer_to_ != 0 || waiting_.empty()) return;
  size_t taken = 0;
  const Mark mark{term(), EntryKind::normal, nullptr};
  while (taken < waiting_.size() && log_length() - commit_index() < config_.max_uncommitted)
    append(waiting_[taken++].entry, mark);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::forward_waiting() {
  for (size_t from = 0; from < waiting_.size();) {
    std::vector<T> run;
    const uint32_t hops = waiting_[from].hops;
    for (; from < waiting_.size() && waiting_[from].hops == hops && run.size() < config_.max_message_entries; ++from)
      run.push_back(waiting_[from].entry);
    Forward<T>& forward = outbox_.template send<Forward<T>>(config_.id, leader_, 0);
    forward.entries = Entries<T>::copy_of(run.begin(), run.end());
    forward.hops = hops + 1;
  }
  waiting_.clear();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_append_answer(ServerId from, const AppendAnswer& m) {
  if (role_ != Role::leader) return;
  Progress<T>* p = find(from);
  if (p == nullptr) return;
  p->active = true;
  if (!m.taken) {
    // An answer to something older says nothing new.
    if (p->mode == Mode::snapshot || m.previous <= p->match) return;
    if (p->mode == Mode::probe && m.previous + 1 != p->next) return;
    const LogIndex agreeing = last_agreeing(std::min(m.hint, log_length()), m.hint_term);
    if (p->mode == Mode::replicate) p->narrow(config_.max_message_entries);
    p->probe_from(std::max(p->match, std::min(agreeing, m.previous - 1)) + 1);
    return;
  }
  if (!fact(m.match <= log_length(), "a follower holds no more of this term than its leader")) return;
  if (p->mode == Mode::snapshot) {
    if (m.match < p->snapshot->index) return;
    p->probe_from(m.match + 1);
  }
  p->mode = Mode::replicate;
  p->paused = false;
  if (m.match <= p->match) return;
  p->widen(m.match - p->match, config_.window_entries);
  p->match = m.match;
  follow_round(*p);
  if (p->next <= m.match) p->next = m.match + 1;
  count_matches();
}

/// R15: the heartbeat was sent after the entries before `next_at_heartbeat`; what the answer lacks of them was lost.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_heartbeat_answer(ServerId from, const HeartbeatAnswer& m) {
  if (role_ != Role::leader) return;
  Progress<T>* p = find(from);
  if (p == nullptr) return;
  p->active = true;
  if (m.round > p->acked_round && m.round <= round_) {
    p->acked_round = m.round;
    confirm_rounds();
  }
  // Answers may take longer than the next heartbeat: one of them at a time is held against what was sent before it.
  if (!on(Switch::R15_window) || p->heartbeat_round == 0 || m.round < p->heartbeat_round) return;
  p->heartbeat_round = 0;
  p->paused = false;
  const LogIndex had = std::max(p->match, std::min(m.agreed, log_length()));
  if (p->mode != Mode::replicate || had + 1 >= p->next_at_heartbeat || had + 1 >= p->next) return;
  note(Rule::R15, "{s} sends {1} its entries behind {0} again: they were lost",
       {note_index("held there", had), note_server("follower", from)});
  p->narrow(config_.max_message_entries);
  p->next = had + 1;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_snapshot_answer(ServerId from, const SnapshotAnswer& m) {
  if (role_ != Role::leader) return;
  Progress<T>* p = find(from);
  if (p == nullptr) return;
  p->active = true;
  if (p->mode != Mode::snapshot || p->snapshot->index != m.index) return;
  p->part = m.next;
  p->paused = false;
}

/// R5: what a quorum holds durably is committed if it is of this term, and all before it.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::count_matches() {
  const auto match_of = [&](ServerId id) -> uint64_t {
    if (id == config_.id) return own_match();
    const Progress<T>* p = find(id);
    return p == nullptr ? 0 : p->match;
  };
  LogIndex reached = quorum_reached(*membership_, match_of);
  if (!on(Switch::R7_members) && !membership_->voters.contains(config_.id)) {
    Servers with_itself = membership_->voters;
    with_itself.add(config_.id);
    reached = reached_by(with_itself, majority(membership_->voters.size()), match_of);
  }
  if (reached <= commit_index() || reached > log_length()) return;
  if (storage_.marks.at(reached).term != term() && on(Switch::R5_term)) return;
  edit().commit = reached;
  commit_membership_ = membership_;
  moved(Move::commit);
  note(Rule::R5, "{s} commits up to {0}: a quorum holds it in term {1}",
       {note_index("commit index", reached), note_count("term", term()), note_index("log length", log_length())});
  after_commit();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::collect_leader() {
  for (Progress<T>& p : progress_) collect_to(p);
  if (heartbeat_due_) send_heartbeats();
  if (timeout_now_due_) send_timeout_now();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::collect_to(Progress<T>& p) {
  if (p.paused) return;
  if (p.mode == Mode::snapshot) return send_part(p);
  const LogIndex next = p.next;
  send_entries(p);
  if (p.mode == Mode::snapshot) return send_part(p);
  const LogIndex commit = std::min(p.match, commit_index());
  if (p.next != next || commit <= p.commit_sent) return;
  p.commit_sent = commit;
  Heartbeat& news = send<Heartbeat>(p.id);
  news.round = round_;
  news.commit = on(Switch::R6_heartbeat) ? commit : commit_index();
  news.match = p.match;
  news.wants_answer = false;
}

/// R15: as much as the window lets through; a probe sends one message, an empty one if there is nothing to say, or if entries
/// that may be refused are not worth sending.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::send_entries(Progress<T>& p) {
  const LogIndex length = log_length();
  const MarkLog& marks = storage_.marks;
  const bool probe = p.mode == Mode::probe;
  const LogIndex window_end = p.match + std::min<LogIndex>(p.window, config_.window_entries);
  while (probe || (p.next <= length && p.next <= window_end)) {
    const LogIndex previous = p.next - 1;
    if (previous < marks.base()) {
      if (!fact(storage_.snapshot != nullptr, "a snapshot stands for what is gone")) return;
      p.mode = Mode::snapshot;
      p.snapshot = storage_.snapshot;
      p.part = 0;
      return;
    }
    LogIndex end = p.next;
    AppendEntries<T>& m = send<AppendEntries<T>>(p.id);
    if (p.next <= length && !(probe && config_.empty_probes)) {
      const LogIndex most = std::min<LogIndex>(config_.max_message_entries, window_end + 1 - p.next);
      end = std::min(length, previous + std::max<LogIndex>(most, 1)) + 1;
      m.mark = marks.at(p.next);
      for (LogIndex i = marks.run_end(p.next) + 1; i < end; i = marks.run_end(i) + 1)
        m.changes.push_back({static_cast<uint32_t>(i - p.next), marks.at(i)});
      m.entries = storage_.log.slice(p.next, end);
    }
    m.previous = previous;
    m.previous_term = marks.term_at(previous);
    m.commit = commit_index();
    p.commit_sent = std::max(p.commit_sent, std::min(p.match, commit_index()));
    if (probe) {
      p.paused = true;
      return;
    }
    p.next = end;
  }
}

/// R13: one part at a time, the next one when it is answered.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::send_part(Progress<T>& p) {
  const Snapshot<T>& whole = *p.snapshot;
  InstallSnapshot<T>& m = send<InstallSnapshot<T>>(p.id);
  m.index = whole.index;
  m.last_term = whole.term;
  m.membership = whole.membership;
  m.membership_index = whole.membership_index;
  m.parts = state_parts<T>(whole.state, config_.chunk_items);
  m.part = p.part < m.parts ? p.part : m.parts - 1;
  m.state = state_part<T>(p.snapshot, m.part, config_.chunk_items);
  p.paused = true;
  if (m.part == 0)
    note(Rule::R13, "{s} sends {1} a snapshot up to {0}: the entries are gone",
         {note_index("snapshot", whole.index), note_server("follower", p.id)});
}

/// R12: heartbeats open a round; what was sent before them is what their answers are held against (R15).
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::send_heartbeats() {
  heartbeat_due_ = false;
  ++round_;
  round_sent_at_[round_ % kRoundsKept] = now_;
  for (Progress<T>& p : progress_) {
    if (p.heartbeat_round == 0) {
      p.heartbeat_round = round_;
      p.next_at_heartbeat = p.next;
    }
    p.commit_sent = std::min(p.match, commit_index());
    Heartbeat& heartbeat = send<Heartbeat>(p.id);
    heartbeat.round = round_;
    heartbeat.commit = on(Switch::R6_heartbeat) ? p.commit_sent : commit_index();
    heartbeat.match = p.match;
  }
  confirm_rounds();
}

}  // namespace paxoscope::raft
