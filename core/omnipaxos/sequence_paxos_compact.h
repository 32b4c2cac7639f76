// Sequence Paxos, trimming and snapshots: what may go, what stands for it, and how a server that lacks it catches up.
// Part of sequence_paxos.h.
#pragma once

namespace paxoscope::omnipaxos {

template <class T, Sequence<T> Log, PaxosState State, class Observer>
Result<void> SequencePaxos<T, Log, State, Observer>::take_snapshot(LogIndex index) {
  if (!StateOf<T>::exists) return fail("these entries cannot be summed up in a snapshot");
  if (!has_state()) return fail("the log was trimmed without a snapshot, so no snapshot can be taken here");
  const LogIndex most = decided_before_stop();
  if (index > most)
    return fail(concat("only decided entries can be replaced by a snapshot, and here they end at ", most));
  const LogIndex upto = index == 0 ? most : index;
  if (upto <= storage_.log.trimmed_to()) return fail("there is nothing new to sum up");
  compact(upto, true);
  return {};
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
LogIndex SequencePaxos<T, Log, State, Observer>::decided_everywhere() const {
  LogIndex least = std::min(durable_decided_, decided_before_stop());
  for (const Follower& follower : leader_.followers) least = std::min(least, follower.durable_decided);
  return least;
}

/// What all members have durably decided no server of this configuration will ever ask for.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
Result<void> SequencePaxos<T, Log, State, Observer>::compact_everywhere(LogIndex index, bool keep_state) {
  if (!leading_ || phase_ != Phase::accept) return fail("only a leader knows what all members have decided");
  if (keep_state && !has_state()) return fail("the log was trimmed without a snapshot, so no snapshot can be taken here");
  if (!keep_state && stopped()) return fail("new members may still need the log: a reconfiguration is under way");
  const LogIndex most = decided_everywhere();
  if (index > most)
    return fail(concat("all members are only known to have decided up to ", most));
  const LogIndex upto = index == 0 ? most : index;
  if (upto <= storage_.log.trimmed_to()) return fail("there is nothing new that all members have decided");
  compact(upto, keep_state);
  for (const Follower& follower : leader_.followers) send_to<Compact>(ready_, follower.id, upto, keep_state);
  return {};
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_compact(const Compact& m) {
  // Between a promise and its AcceptSync, what the promise said of the own log still has to be true.
  if (phase_ == Phase::prepare) return;
  const LogIndex upto = std::min(m.index, decided_before_stop());
  if (upto > storage_.log.trimmed_to()) compact(upto, m.keep_state);
}

/// Snapshot, trimmed log and trimmed shadow log are one write.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::compact(LogIndex index, bool keep_state) {
  PAXO_ASSERT(index <= values().decided && index > storage_.log.trimmed_to());
  stirred_ = true;
  // What has a state keeps it.
  storage_.snapshot = summed_up(index, keep_state || storage_.snapshot);
  storage_.log.trim(index);
  storage_.attempts.trim(index);
  note(Rule::P11, storage_.snapshot->has_state ? "{s} replaces entries up to {0} by a snapshot"
                                               : "{s} trims its log up to {0}: all members have decided that",
       {note_index("up to", index), note_index("decided index", values().decided),
        note_index("log length", storage_.log.length())});
  commit_log();
}

/// Replaces the log up to the snapshot's index; what comes after it is gone too. The caller commits.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
bool SequencePaxos<T, Log, State, Observer>::install(const SnapshotRef<T>& snapshot) {
  PaxosValues& values = edit();
  SnapshotRef<T> complete = snapshot;
  if (snapshot->is_delta()) {
    if (!fact(snapshot->from == values.decided && has_state(), "a delta fits the decided index that was promised"))
      return false;
    complete = merged(*summed_up(values.decided, true), *snapshot, config_.switches);
  }
  storage_.snapshot = complete;
  storage_.log.reset_to(complete->index);
  storage_.attempts.reset_to(complete->index);
  values.decided = std::max(values.decided, complete->index);
  values.stop = nullptr;
  proposer_.installed(complete->proposers, config_.switches);
  return true;
}

/// What the follower lacks and this log no longer holds entry by entry, or what is shorter to say as a delta.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
SnapshotRef<T> SequencePaxos<T, Log, State, Observer>::snapshot_for(const Follower& follower, LogIndex* sync_index) const {
  const LogIndex trimmed = storage_.log.trimmed_to();
  if (*sync_index < trimmed) {
    if (!has_state()) return nullptr;
    *sync_index = trimmed;
    return storage_.snapshot;
  }
  const LogIndex upto = decided_before_stop();
  if (config_.delta_after == 0 || upto < *sync_index + config_.delta_after) return nullptr;
  if (!follower.takes_delta || !has_state() || follower.decided_then < trimmed || follower.decided_then > *sync_index)
    return nullptr;
  *sync_index = upto;
  const SnapshotRef<T> complete = summed_up(upto, true);
  return follower.decided_then == 0 ? complete : delta_of(*complete, storage_.log, follower.decided_then);
}

}  // namespace paxoscope::omnipaxos
