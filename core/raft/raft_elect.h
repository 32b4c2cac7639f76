// Raft, elections: terms, votes, PreVote, CheckQuorum (rules R1, R2, R8, R9). Part of raft.h.
#pragma once

namespace paxoscope::raft {

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::reset_election_timer() {
  election_elapsed_ = 0;
  election_timeout_ = config_.election_ticks + static_cast<uint32_t>(rng_.below(config_.election_ticks));
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
Servers Raft<T, Log, State, Observer>::others_who_vote() const {
  Servers others = membership_->voters;
  for (ServerId id : membership_->outgoing) others.add(id);
  others.remove(config_.id);
  return others;
}

/// R9: it has heard a leader within the least election timeout, or leads itself.
template <class T, Sequence<T> Log, RaftState State, class Observer>
bool Raft<T, Log, State, Observer>::hears_leader() const {
  if (role_ == Role::leader || now_ < quiet_until_) return true;
  return role_ == Role::follower && leader_ != 0 && now_ - heard_at_ < config_.election_ticks;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
bool Raft<T, Log, State, Observer>::up_to_date(LogIndex last_index, Term last_term) const {
  const Term own = storage_.marks.last_term();
  return last_term != own ? last_term > own : last_index >= log_length();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::campaign(bool transfer) {
  reset_election_timer();
  if (!may_campaign()) return;
  if (config_.pre_votes() && !transfer)
    pre_campaign();
  else
    hold_election(transfer);
}

/// R8: asks without raising the term.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::pre_campaign() {
  role_ = Role::pre_candidate;
  leader_ = 0;
  moved(Move::follower);
  granted_ = {config_.id};
  refused_ = {};
  note(Rule::R8, "{s} asks whether it could win term {0}", {note_count("term", term() + 1)});
  for (ServerId peer : others_who_vote()) {
    PreVoteRequest& request = outbox_.template send<PreVoteRequest>(config_.id, peer, term() + 1);
    request.last_index = log_length();
    request.last_term = storage_.marks.last_term();
  }
  count_votes();
}

/// R1: the new term and the vote for itself are one write, and the requests leave after it.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::hold_election(bool transfer) {
  become_follower(term() + 1, 0);
  role_ = Role::candidate;
  edit().vote = config_.id;
  granted_ = {config_.id};
  refused_ = {};
  moved(Move::candidate);
  note(Rule::R1, "{s} campaigns in term {0}",
       {note_count("term", term()), note_index("log length", log_length()),
        note_count("last term", storage_.marks.last_term())});
  const Write write = commit_writes();
  for (ServerId peer : others_who_vote())
    send_after(write, peer, VoteRequest{log_length(), storage_.marks.last_term(), transfer});
  count_votes();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::count_votes() {
  if (role_ != Role::candidate && role_ != Role::pre_candidate) return;
  const bool own_counts =
      role_ == Role::pre_candidate || !on(Switch::R1_durable) || term_write_.done(storage_.state.durable());
  const VoteResult result = quorum_vote(*membership_, [&](ServerId id) {
    if (id == config_.id && !own_counts) return Vote::missing;
    return granted_.contains(id) ? Vote::yes : refused_.contains(id) ? Vote::no : Vote::missing;
  });
  if (result == VoteResult::pending) return;
  if (result == VoteResult::lost)
    become_follower(term(), 0);
  else if (role_ == Role::pre_candidate)
    hold_election(false);
  else
    become_leader();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::become_leader() {
  role_ = Role::leader;
  leader_ = config_.id;
  election_elapsed_ = heartbeat_elapsed_ = 0;
  heartbeat_due_ = true;
  lease_until_ = 0;
  confirmed_round_ = round_;
  timeout_now_sent_ = false;
  for (OwnRead& read : own_reads_) read.asked_at = 0;
  progress_.clear();
  refresh_progress();
  moved(Move::leader);
  note(Rule::R1, "{s} leads term {0}: a quorum voted for it",
       {note_count("term", term()), note_count("votes", granted_.size())});
  if (on(Switch::R5_noop)) append(T{}, Mark{term(), EntryKind::no_op, nullptr});
}

/// A newer term, or the end of the own part in this one. `leader`: of that term, if it is known.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::become_follower(Term term, ServerId leader) {
  if (term > values().term) {
    edit().term = term;
    edit().vote = 0;
    term_dirty_ = true;
    outbox_.forget_before(term);
    agreed_ = reported_ = 0;
    answer_due_ = false;
    incoming_.reset();
    leader_ = 0;
  }
  if (role_ != Role::follower) reset_election_timer();
  if (role_ == Role::leader) {
    commit_membership_ = nullptr;
    progress_.clear();
    pending_reads_.clear();
    wanted_.reset();
    transfer_to_ = 0;
    timeout_now_due_ = heartbeat_due_ = false;
    leader_ = 0;
  }
  role_ = Role::follower;
  moved(Move::follower);
  if (leader != 0)
    follow(leader);
  else
    leader_ = 0;
}

/// The leader of this term was heard.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::follow(ServerId leader) {
  if (role_ != Role::follower) become_follower(term(), 0);
  if (leader_ != leader) {
    leader_ = leader;
    for (OwnRead& read : own_reads_) read.asked_at = 0;
  }
  heard_at_ = now_;
  election_elapsed_ = 0;
}

/// What the term of a message means. False: the message is done with.
template <class T, Sequence<T> Log, RaftState State, class Observer>
bool Raft<T, Log, State, Observer>::take_term(const MessageType& m) {
  if (m.term == 0) return true;
  const bool pre_vote = std::holds_alternative<PreVoteRequest>(m.body);
  if (m.term > term()) {
    const auto* granted = std::get_if<PreVoteAnswer>(&m.body);
    if (pre_vote || (granted != nullptr && granted->granted)) return true;
    if (const auto* request = std::get_if<VoteRequest>(&m.body);
        request != nullptr && !request->transfer && config_.sticky() && hears_leader()) {
      note(Rule::R9, "{s} does not listen to {0}: it hears a leader in term {1}",
           {note_server("candidate", m.from), note_count("term", term())});
      return false;
    }
    become_follower(m.term, 0);
    return true;
  }
  if (m.term == term()) return true;
  if (pre_vote) {
    send<PreVoteAnswer>(m.from).granted = false;
  } else if (std::holds_alternative<VoteRequest>(m.body)) {
    send_after(written_term(), m.from, VoteAnswer{false});
  } else if (std::holds_alternative<AppendEntries<T>>(m.body) || std::holds_alternative<Heartbeat>(m.body) ||
             std::holds_alternative<InstallSnapshot<T>>(m.body)) {
    // R9: otherwise a server whose term ran ahead would neither follow nor be voted for.
    if (on(Switch::R9_free)) send<Refused>(m.from);
  }
  return false;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_pre_vote_request(ServerId from, Term term, const PreVoteRequest& m) {
  const bool hears = hears_leader();
  const bool good = up_to_date(m.last_index, m.last_term);
  const bool granted = term > values().term && !hears && good;
  if (hears || !good)
    note(hears ? Rule::R8 : Rule::R2,
         hears ? "{s} would not vote for {0}: it hears a leader in term {1}"
               : "{s} would not vote for {0}: its own log is more up to date",
         {note_server("candidate", from), note_count("term", values().term)});
  PreVoteAnswer& answer = outbox_.template send<PreVoteAnswer>(config_.id, from, granted ? term : values().term);
  answer.granted = granted;
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_pre_vote_answer(ServerId from, Term term, const PreVoteAnswer& m) {
  if (role_ != Role::pre_candidate || (m.granted && term != values().term + 1)) return;
  (m.granted ? granted_ : refused_).add(from);
  count_votes();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_vote_request(ServerId from, const VoteRequest& m) {
  // R10: whoever asks knows the newer membership; a learner that was promoted may not have heard of it.
  if (!on(Switch::R10_vote) && !membership_->votes(config_.id)) return;
  const bool free = values().vote == from || (values().vote == 0 && leader_ == 0) || !on(Switch::R1_once);
  const bool good = up_to_date(m.last_index, m.last_term) || !on(Switch::R2_uptodate);
  if (!free || !good) {
    note(good ? Rule::R1 : Rule::R2,
         good ? "{s} refuses {0} its vote: it has voted in term {1}"
              : "{s} refuses {0} its vote: its own log is more up to date",
         {note_server("candidate", from), note_count("term", term()), note_index("candidate's length", m.last_index),
          note_index("own length", log_length())});
    send_after(written_term(), from, VoteAnswer{false});
    return;
  }
  if (values().vote != from) {
    edit().vote = from;
    term_dirty_ = true;
  }
  if (role_ == Role::pre_candidate) role_ = Role::follower;
  reset_election_timer();
  note(Rule::R1, "{s} votes for {0} in term {1}", {note_server("candidate", from), note_count("term", term())});
  send_after(written_term(), from, VoteAnswer{true});
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_vote_answer(ServerId from, const VoteAnswer& m) {
  if (role_ != Role::candidate) return;
  (m.granted ? granted_ : refused_).add(from);
  count_votes();
}

template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::handle_timeout_now() {
  if (role_ == Role::leader) return;
  note(Rule::R11, "{s} campaigns at once: its leader hands over", {note_count("term", term())});
  campaign(true);
}

/// R9: once per election timeout a leader looks whether it heard a quorum since.
template <class T, Sequence<T> Log, RaftState State, class Observer>
void Raft<T, Log, State, Observer>::check_quorum() {
  const bool heard = quorum_vote(*membership_, [&](ServerId id) {
                       const Progress<T>* p = find(id);
                       return id == config_.id || (p != nullptr && p->active) ? Vote::yes : Vote::no;
                     }) == VoteResult::won;
  for (Progress<T>& p : progress_) p.active = false;
  if (heard || !config_.check_quorum || !on(Switch::R9_quorum)) return;
  note(Rule::R9, "{s} steps down in term {0}: it hears no quorum",
       {note_count("term", term()), note_boolean("quorum-connected", false)});
  become_follower(term(), 0);
}

}  // namespace paxoscope::raft
