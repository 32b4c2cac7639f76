// Raft, memberships in the log, learners that become voters, and handing over the lead (rules R7, R10, R11). A membership is
// in effect as soon as it is in the log. Part of raft.h.
#pragma once

namespace paxoscope::raft {

/// The membership in effect at `upto`, and the entry that it came with (0: it was there first).
template <class T, Sequence<T> Log, RaftState State, class Observer>
std::pair<MembershipRef, LogIndex> Raft<T, Log, State, Observer>::membership_at(LogIndex upto) const {
  if (const LogIndex index = storage_.marks.membership_before(std::min(upto, log_length())); index != 0)
    return {storage_.marks.at(index).membership, index};
  if (storage_.snapshot) return {storage_.snapshot->membership, storage_.snapshot->membership_index};
  return {values().initial, 0};
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::find_membership(LogIndex upto) {
  std::tie(membership_, membership_index_) = membership_at(upto);
}

/// R7: also a server that an uncommitted change removes: it may be the only one left with a log that can win.
template <class T, Sequence<T> Log, RaftState State, class Observer>
bool Raft<T, Log, State, Observer>::may_campaign() const {
  if (membership_->votes(config_.id)) return true;
  if (membership_committed() || membership_index_ <= storage_.marks.base() || !on(Switch::R7_removed)) return false;
  return membership_at(membership_index_ - 1).first->votes(config_.id);
}

/// R7: one change at a time, and none before an entry of the own term is committed.
template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<void> Raft<T, Log, State, Observer>::may_change() const {
  if (role_ != Role::leader) return fail("only the leader changes the membership; ask server " + std::to_string(leader_));
  if (!membership_committed() && on(Switch::R7_one)) return fail("a change of the membership is not committed yet");
  if (!committed_in_term() && on(Switch::R7_own_term))
    return fail("the leader has committed nothing in its term yet; try again in a moment");
  if (transfer_to_ != 0) return fail("the lead is being handed over; ask the new leader");
  return {};
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::append_membership(Membership next) {
  next.number = membership_->number + 1;
  auto shared = std::make_shared<const Membership>(std::move(next));
  append(T{}, Mark{term(), EntryKind::membership, shared});
  membership_ = std::move(shared);
  membership_index_ = log_length();
  refresh_progress();
  note(Rule::R7, membership_->joint() ? "{s} appends a joint membership as entry {0}: both majorities count"
                                      : "{s} appends a membership as entry {0}",
       {note_index("membership", membership_index_), note_count("voters", membership_->voters.size()),
        note_count("outgoing", membership_->outgoing.size())});
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::refresh_progress() {
  const Servers all = membership_->everybody();
  std::vector<Progress<T>> kept;
  for (ServerId id : all) {
    if (id == config_.id) continue;
    if (const Progress<T>* known = find(id); known != nullptr) {
      kept.push_back(*known);
      continue;
    }
    Progress<T>& fresh = kept.emplace_back();
    fresh.id = id;
    fresh.next = log_length() + 1;
    fresh.round_end = log_length();
    fresh.round_began = now_;
    heartbeat_due_ = true;
  }
  progress_ = std::move(kept);
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<void> Raft<T, Log, State, Observer>::change_membership(std::span<const Change> changes) {
  if (Result<void> may = may_change(); !may) return may;
  for (const Change& change : changes)
    if (change.kind == ChangeKind::add_voter && !membership_->votes(change.server) && !caught_up(change.server))
      return fail("server " + std::to_string(change.server) +
                  " has not caught up with the log; add it as a learner and promote it later");
  Result<Membership> next = simple_change(*membership_, changes);
  if (!next) next = enter_joint(*membership_, changes, true);
  if (!next) return tl::unexpected<Error>(next.error());
  if (next->joint() && !on(Switch::R7_joint)) next = leave_joint(*next);
  append_membership(std::move(*next));
  return {};
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<void> Raft<T, Log, State, Observer>::reconfigure(const Servers& voters) {
  if (role_ != Role::leader) return fail("only the leader changes the membership; ask server " + std::to_string(leader_));
  if (voters.empty()) return fail("the change would leave no voter");
  wanted_ = voters;
  return {};
}

/// R10: a learner has caught up when it took no longer than an election timeout to bring it all that the log held then.
/// Otherwise the next round brings it what was added meanwhile (dissertation §4.2.1).
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::follow_round(Progress<T>& p) {
  if (p.caught_up || p.match < p.round_end) return;
  p.caught_up = p.match >= log_length() || now_ - p.round_began <= config_.election_ticks;
  p.round_end = log_length();
  p.round_began = now_;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
bool Raft<T, Log, State, Observer>::caught_up(ServerId id) const {
  if (!on(Switch::R10_caught_up) || id == config_.id) return true;
  const Progress<T>* p = find(id);
  return p != nullptr && p->mode == Mode::replicate && p->caught_up;
}

/// One step on the way to the voters that are wanted: learners, then the joint membership; it leaves itself.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::go_on_reconfiguring() {
  if (!wanted_ || membership_->joint() || !may_change()) return;
  std::vector<Change> missing;
  bool waits = false;
  for (ServerId id : *wanted_) {
    if (!membership_->has(id)) missing.push_back({ChangeKind::add_learner, id});
    waits = waits || (!membership_->votes(id) && !caught_up(id));
  }
  if (!missing.empty() && on(Switch::R10_caught_up)) {
    Result<Membership> next = simple_change(*membership_, missing);
    if (next)
      append_membership(std::move(*next));
    else
      wanted_.reset();
    return;
  }
  if (waits) return;
  const std::vector<Change> changes = changes_to(*membership_, *wanted_);
  wanted_.reset();
  if (!changes.empty()) (void)change_membership(changes);
}

/// The commit index has moved: memberships go on, and reads may be answered.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::after_commit() {
  if (role_ != Role::leader) return;
  if (membership_committed()) {
    if (membership_->joint() && membership_->auto_leave) {
      append_membership(*leave_joint(*membership_));
    } else if (!membership_->joint() && !membership_->votes(config_.id) && on(Switch::R7_step_down)) {
      note(Rule::R7, "{s} steps down: its removal is committed at {0}", {note_index("membership", membership_index_)});
      // The others learn of the commit before they miss their leader.
      for (Progress<T>& p : progress_) send_entries(p);
      send_heartbeats();
      become_follower(term(), 0);
      return;
    }
  }
  settle_reads();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<void> Raft<T, Log, State, Observer>::transfer_leadership(ServerId to) {
  if (role_ != Role::leader) return fail("only the leader hands over the lead; ask server " + std::to_string(leader_));
  if (to == config_.id) return fail("server " + std::to_string(to) + " leads already");
  if (!membership_->votes(to)) return fail("server " + std::to_string(to) + " does not vote, so it cannot lead");
  if (transfer_to_ != 0) return fail("the lead is being handed over to server " + std::to_string(transfer_to_));
  transfer_to_ = to;
  timeout_now_due_ = true;
  election_elapsed_ = 0;
  note(Rule::R11, "{s} hands over to {0}: it takes no proposals meanwhile", {note_server("to", to)});
  return {};
}

/// R11: once the other one has the whole log. Told again with each heartbeat.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::send_timeout_now() {
  const Progress<T>* p = find(transfer_to_);
  if (p == nullptr || p->match < log_length()) return;
  timeout_now_due_ = false;
  timeout_now_sent_ = true;
  send<TimeoutNow>(transfer_to_);
}

}  // namespace paxoscope::raft
