// Raft, reads without a trace in the log: ReadIndex and leases; and reads through the log (rule R12). Part of raft.h.
#pragma once

namespace paxoscope::raft {

template <class T, Sequence<T> Log, RaftState State, class Observer>
Result<uint64_t> Raft<T, Log, State, Observer>::read() {
  if (own_reads_.size() >= config_.max_waiting)
    return fail(std::to_string(config_.max_waiting) + " reads wait already; try again when some are answered");
  const uint64_t ticket = static_cast<uint64_t>(values().incarnation) << 32 | next_read_++;
  own_reads_.push_back({ticket, 0, 0});
  return ticket;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
std::vector<ReadReady> Raft<T, Log, State, Observer>::take_reads() {
  std::vector<ReadReady> ready;
  if (own_reads_.empty()) return ready;
  std::erase_if(own_reads_, [&](const OwnRead& read) {
    if (read.ready_at == 0 || read.ready_at > commit_index() + 1) return false;
    ready.push_back({read.ticket, read.ready_at - 1});
    return true;
  });
  return ready;
}

/// To the leader, and again after an election timeout without an answer: one request for all reads that are due. What it
/// brings is true for every read that was asked before it was sent.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::route_reads() {
  if (leader_ == 0) return;
  uint64_t newest = 0;
  for (OwnRead& read : own_reads_) {
    if (read.ready_at != 0 || (read.asked_at != 0 && now_ + 1 - read.asked_at < config_.election_ticks)) continue;
    read.asked_at = now_ + 1;
    newest = read.ticket;
  }
  if (newest == 0) return;
  if (role_ == Role::leader)
    accept_read(config_.id, newest);
  else
    outbox_.send_after(start_write_, config_.id, leader_, 0, ReadRequest{newest});
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
bool Raft<T, Log, State, Observer>::lease_holds() const {
  if (config_.reads != ReadMode::lease || role_ != Role::leader) return false;
  if ((transfer_to_ != 0 || timeout_now_sent_) && on(Switch::R11_lease)) return false;
  return now_ < lease_until_;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::accept_read(ServerId from, uint64_t ticket) {
  if (role_ != Role::leader || pending_reads_.size() >= config_.max_waiting) return;
  for (const PendingRead& read : pending_reads_)
    if (read.from == from && read.ticket == ticket) return;
  PendingRead read{from, ticket, 0, 0, false};
  if (config_.reads == ReadMode::log) {
    append(T{}, Mark{term(), EntryKind::no_op, nullptr});
    read.logged = true;
    read.index = log_length();
  }
  pending_reads_.push_back(read);
  settle_reads();
}

/// Answers what can be answered. A read that arrived before the first commit of this term starts its round after it.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::settle_reads() {
  if (pending_reads_.empty()) return;
  const bool may_serve = committed_in_term() || !on(Switch::R12_term);
  const bool leased = may_serve && lease_holds();
  std::erase_if(pending_reads_, [&](PendingRead& read) {
    if (read.logged) {
      if (read.index > commit_index()) return false;
    } else {
      if (!may_serve) return false;
      if (read.round == 0) {
        read.index = commit_index();
        // R12: heartbeats that left before the read may have been answered before another leader took over.
        read.round = on(Switch::R12_round) ? round_ + 1 : round_;
        if (!leased && on(Switch::R12_round)) heartbeat_due_ = true;
      }
      if (!leased && confirmed_round_ < read.round) return false;
    }
    answer_read(read);
    return true;
  });
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::answer_read(const PendingRead& read) {
  note(Rule::R12, read.logged ? "{s} answers a read of {1}: its entry {0} is committed"
                              : "{s} answers a read of {1}: it still leads, and {0} was committed when it came",
       {note_index("index", read.index), note_server("asked by", read.from)});
  if (read.from == config_.id) {
    handle_read_answer({read.ticket, read.index});
    return;
  }
  ReadAnswer& answer = outbox_.template send<ReadAnswer>(config_.id, read.from, 0);
  answer.ticket = read.ticket;
  answer.index = read.index;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_read_answer(const ReadAnswer& m) {
  if (m.ticket >> 32 != values().incarnation) return;
  for (OwnRead& read : own_reads_)
    if (read.ticket <= m.ticket && read.ready_at == 0) read.ready_at = m.index + 1;
}

/// R12: the newest round that a quorum has answered. A lease counts from when it was sent.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::confirm_rounds() {
  const uint64_t confirmed = quorum_reached(*membership_, [&](ServerId id) -> uint64_t {
    if (id == config_.id) return round_;
    const Progress<T>* p = find(id);
    return p == nullptr ? 0 : p->acked_round;
  });
  if (confirmed <= confirmed_round_ || confirmed > round_) return;
  confirmed_round_ = confirmed;
  if (round_ - confirmed < kRoundsKept) {
    const uint64_t since = on(Switch::R12_send) ? round_sent_at_[confirmed % kRoundsKept] : now_;
    lease_until_ = std::max(lease_until_, since + config_.lease_ticks());
  }
  settle_reads();
}

}  // namespace paxoscope::raft
