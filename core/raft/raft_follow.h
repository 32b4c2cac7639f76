// Raft, followers: entries taken, conflicts cut, the commit index (rules R3, R4, R6) and snapshots that arrive (R13). Part of
// raft.h.
#pragma once

namespace paxoscope::raft {

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_append(ServerId from, const AppendEntries<T>& m) {
  follow(from);
  const MarkLog& marks = storage_.marks;
  const LogIndex length = log_length();
  const LogIndex last_new = m.previous + m.entries.size();
  if (last_new < marks.base() || (m.previous < marks.base() && m.entries.empty())) {
    // All of it is in the snapshot, which is committed and so the leader's too.
    agreed_ = std::max(agreed_, marks.base());
    answer_due_ = true;
    return;
  }
  const LogIndex previous = std::max(m.previous, marks.base());
  const bool agrees = m.previous < marks.base() || !on(Switch::R3_previous) ||
                      (m.previous <= length && marks.term_at(m.previous) == m.previous_term);
  if (!agrees || m.previous > length) return refuse_append(from, m);

  // The first entry of the message that this log does not hold.
  LogIndex first = previous + 1;
  m.for_each_run([&](const Mark& mark, LogIndex begin, LogIndex end) {
    while (first >= begin && first < end && first <= length && marks.at(first).term == mark.term)
      first = std::min(marks.run_end(first) + 1, end);
  });
  const bool conflict = first <= last_new && first <= length;
  if (conflict || (!on(Switch::R3_conflict) && previous < length)) {
    if (!on(Switch::R3_conflict)) first = previous + 1;
    if (!fact(first > commit_index(), "a committed entry is never cut")) return;
    note(Rule::R3, "{s} cuts its log behind {0}: entry {1} is of another term than its leader's",
         {note_index("kept", first - 1), note_index("conflict", first)});
    cut(first - 1);
  }
  if (first <= last_new) {
    storage_.log.append(m.entries, static_cast<uint32_t>(first - m.previous - 1));
    bool memberships = false;
    m.for_each_run([&](const Mark& mark, LogIndex begin, LogIndex end) {
      if (end <= first) return;
      storage_.marks.append(mark, end - std::max(begin, first));
      memberships = memberships || mark.kind == EntryKind::membership;
    });
    log_dirty_ = true;
    if (memberships) find_membership(last_new);
    note(Rule::R3, first == last_new ? "{s} appends entry {0} of term {1}" : "{s} appends entries up to {0} of term {1}",
         {note_index("log length", last_new), note_count("term", marks.last_term()), note_index("from index", first)});
  }
  if (last_new > agreed_) agreed_ = last_new;
  answer_due_ = true;
  learn_commit(std::min(m.commit, on(Switch::R6_last_new) ? last_new : log_length()));
}

/// R15: the newest entry here that may agree with the leader's log: not beyond `previous`, nor of a later term.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::refuse_append(ServerId from, const AppendEntries<T>& m) {
  AppendAnswer answer;
  answer.taken = false;
  answer.previous = m.previous;
  answer.hint = last_agreeing(std::min(m.previous, log_length()), m.previous_term);
  answer.hint_term = storage_.marks.term_at(answer.hint);
  note(Rule::R3, "{s} refuses entries behind {0}: it does not hold that one in term {1}",
       {note_index("previous", m.previous), note_count("term", m.previous_term), note_index("try behind", answer.hint)});
  send_after(written_term(), from, answer);
}

/// The last entry at or before `index` whose term is not above `term`; at least the snapshot's.
template <class T, Sequence<T> Log, RaftState State, class Observer>
LogIndex Raft<T, Log, State, Observer>::last_agreeing(LogIndex index, Term term) const {
  const MarkLog& marks = storage_.marks;
  while (index > marks.base() && marks.at(index).term > term) index = marks.run_begin(index) - 1;
  return index < marks.base() ? marks.base() : index;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_heartbeat(ServerId from, const Heartbeat& m) {
  follow(from);
  learn_commit(std::min(m.commit, log_length()));
  if (!m.wants_answer) return;
  // An answer of ours was lost.
  if (m.match < std::min(agreed_, flushed_length())) reported_ = m.match;
  HeartbeatAnswer& answer = send<HeartbeatAnswer>(from);
  answer.round = m.round;
  answer.agreed = agreed_;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::learn_commit(LogIndex commit) {
  if (commit <= commit_index()) return;
  edit().commit = commit;
  note(Rule::R6, "{s} learns that {0} is committed", {note_index("commit index", commit), note_count("term", term())});
  after_commit();
}

/// R4: what is durable and the leader's own.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::answer_append() {
  if (role_ != Role::follower || leader_ == 0) return;
  const LogIndex durable = on(Switch::R4_durable) ? flushed_length() : log_length();
  const LogIndex match = std::min(agreed_, durable);
  if (!(answer_due_ && durable >= agreed_) && match <= reported_) return;
  AppendAnswer answer;
  answer.match = match;
  send_after(Write::later(term_write_, flush_.write()), leader_, answer);
  reported_ = match;
  if (durable >= agreed_) answer_due_ = false;
}

/// Drops what lies behind `length`; a membership that was there is undone (R7).
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::cut(LogIndex length) {
  storage_.log.truncate(length);
  storage_.marks.truncate(length);
  log_dirty_ = true;
  if (on(Switch::R4_number)) flush_.cut(length);
  if (membership_index_ > length && on(Switch::R7_restore)) {
    find_membership(length);
    note(Rule::R7, "{s} goes back to the membership of entry {0}: the newer one was cut",
         {note_index("membership", membership_index_)});
  }
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_snapshot(ServerId from, const InstallSnapshot<T>& m) {
  follow(from);
  if (m.index <= commit_index() && on(Switch::R13_commit)) {
    // R13: it is older than what this server knows committed, and that is in the leader's log too.
    if (commit_index() > agreed_) agreed_ = commit_index();
    answer_due_ = true;
    return;
  }
  if (!incoming_ || incoming_->index != m.index || incoming_->last_term != m.last_term)
    incoming_.emplace(Incoming{m.index, m.last_term, 0, {}});
  if (m.part == incoming_->next && m.state) {
    if (m.part == 0)
      incoming_->state = *m.state;
    else
      StateOf<T>::merge(incoming_->state, *m.state);
    ++incoming_->next;
  }
  if (incoming_->next < m.parts) {
    SnapshotAnswer& answer = send<SnapshotAnswer>(from);
    answer.index = m.index;
    answer.next = incoming_->next;
    return;
  }
  auto whole = std::make_shared<Snapshot<T>>();
  whole->index = m.index;
  whole->term = m.last_term;
  whole->membership = m.membership;
  whole->membership_index = m.membership_index;
  whole->state = std::move(incoming_->state);
  incoming_.reset();
  install(std::move(whole));
  agreed_ = std::max(agreed_, m.index);
  answer_due_ = true;
}

/// Snapshot and log are one write. Entries behind the snapshot stay if they follow it.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::install(SnapshotRef<T> snapshot) {
  const LogIndex index = snapshot->index;
  const bool keeps = index > storage_.marks.base() && index <= log_length() &&
                     storage_.marks.term_at(index) == snapshot->term;
  note(Rule::R13, keeps ? "{s} takes a snapshot up to {0} and keeps its log behind it"
                        : "{s} takes a snapshot up to {0} in place of its log",
       {note_index("snapshot", index), note_index("commit index", commit_index())});
  keep_durable_snapshot();
  storage_.snapshot = std::move(snapshot);
  if (keeps) {
    storage_.log.trim(index);
    storage_.marks.trim(index);
  } else {
    storage_.log.reset_to(index);
    storage_.marks.reset_to(index, storage_.snapshot->term);
    flush_.cut(0);
    find_membership(index);
  }
  edit().commit = keeps ? std::max(commit_index(), index) : index;
  log_dirty_ = snapshot_dirty_ = true;
  after_commit();
}

}  // namespace paxoscope::raft
