// Raft: elections, replication, memberships, reads and snapshots of one log. Pure: the host passes messages, time and
// durable writes in, and takes messages, committed entries and answered reads out.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "raft/config.h"
#include "raft/messages.h"
#include "raft/outbox.h"
#include "raft/progress.h"
#include "raft/quorum.h"

namespace paxoscope::raft {

enum class Role : uint8_t { follower, pre_candidate, candidate, leader };

/// What an observer with `moved(Move, server, mark)` is told, as soon as it has happened; `entry`: just before.
enum class Move : uint8_t { follower, candidate, leader, entry, commit };

/// Where a proposal stands in the leader's log. It is committed if that entry is, in that term.
struct Placed {
  Term term = 0;
  LogIndex index = 0;  ///< 0: it is on its way to the leader, or waits for one; it may be lost or come twice (R14)
};

/// A proposal that was not taken: the entry comes back with the reason.
template <class T>
struct ProposeError {
  T entry;
  Error reason;
};

/// A read that may be answered from the state after entry `index`, or any later one.
struct ReadReady {
  uint64_t ticket = 0;
  LogIndex index = 0;
};

/// A snapshot that settles once it is durable; snapshot() shows it then.
struct SnapshotFuture {
  LogIndex index = 0;
  uint64_t write = 0;
};

/// One server. T is the entry type; Log and State follow the concepts of storage/storage.h. Copies belong to one thread.
template <class T, Sequence<T> Log = MemorySequence<T>, RaftState State = MemoryRaftState,
          class Observer = NoNotes>
class Raft {
 public:
  using Entry = T;
  using StorageType = Storage<Log, State>;
  using MessageType = Message<T>;
  static constexpr uint32_t kMaxHops = 3;  ///< a forwarded proposal that finds no leader is dropped after so many

  /// A server with this storage; storage that was used before makes it a restart.
  static Result<Raft> with(const Config& config, StorageType storage) {
    if (Result<void> valid = validate(config); !valid) return tl::unexpected<Error>(valid.error());
    return Raft(config, std::move(storage));
  }

  // --- time
  void tick(uint32_t ticks = 1);
  /// Ticks until a timer fires; the host may pass fewer at once with pass_quiet_ticks.
  uint32_t ticks_to_next_timer() const;
  void pass_quiet_ticks(uint32_t ticks);
  /// A leader looks whether it hears a quorum; others campaign. Where reads rest on leases, one that hears a leader does not
  /// (R12).
  void fire_election();
  void fire_heartbeat();

  // --- messages and disk
  void handle(const MessageType& message);
  /// Adds everything to be sent now, and commits what was written since the last call. The host calls it after each
  /// call that may change something; what promises something comes after its write is durable.
  void take_outgoing(std::vector<MessageType>& out);
  /// The disk has made progress: reads State::durable().
  void storage_progress();

  // --- clients
  Result<Placed, ProposeError<T>> propose(const T& entry);
  /// At a leader: an id for a new server, the index of an entry; to be used once that is committed in this term (R16).
  Result<Placed> propose_id();
  /// Returns the read's ticket; take_reads() hands it out when it may be answered here.
  Result<uint64_t> read();
  std::vector<ReadReady> take_reads();

  // --- membership, at a leader (R7, R10, R11)
  /// One change now: of one voter at most, or joint.
  Result<void> change_membership(std::span<const Change> changes);
  /// Towards these voters: new ones learn first, then jointly. Forgotten when the leader changes before that, and replaced
  /// by a later call.
  Result<void> reconfigure(const Servers& voters);
  Result<void> transfer_leadership(ServerId to);

  // --- snapshots (R13)
  /// Replaces the committed entries up to `index` (0: all) by a snapshot.
  Result<SnapshotFuture> perform_snapshot(LogIndex index);
  bool settled(const SnapshotFuture& future) const { return future.write <= storage_.state.durable(); }
  /// The newest durable one, or null.
  SnapshotRef<T> snapshot() const {
    const bool durable = !snapshot_dirty_ && snapshot_write_.done(storage_.state.durable());
    return durable ? storage_.snapshot : older_snapshot_;
  }

  // --- looking
  Role role() const { return role_; }
  bool is_leader() const { return role_ == Role::leader; }
  ServerId leader() const { return leader_; }
  Term term() const { return values().term; }
  const RaftValues& values() const { return storage_.state.values(); }
  LogIndex commit_index() const { return values().commit; }
  LogIndex log_length() const { return storage_.log.length(); }
  /// Kind and term of an entry that the log holds.
  const Mark& mark_at(LogIndex index) const { return storage_.marks.at(index); }
  /// Committed entries from index `from` on that the log holds.
  Entries<T> get_committed_entries(LogIndex from) const {
    const Log& log = storage_.log;
    if (from <= log.trimmed_to()) from = log.trimmed_to() + 1;
    return from > commit_index() ? Entries<T>{} : log.slice(from, commit_index() + 1);
  }
  LogIndex flushed_length() const { return std::min(flush_.length(), log_length()); }
  const MembershipRef& membership() const { return membership_; }
  LogIndex membership_index() const { return membership_index_; }
  /// A leader: the membership whose majorities moved its commit index last; null: it has not moved it.
  const MembershipRef& commit_membership() const { return commit_membership_; }
  bool membership_committed() const { return membership_index_ <= commit_index(); }
  const std::vector<Progress<T>>& progress() const { return progress_; }
  ServerId handing_over_to() const { return transfer_to_; }
  bool lease_holds() const;
  /// Ticks that the lease lasts from now on; 0: there is none.
  uint64_t lease_ticks_left() const { return lease_holds() ? lease_until_ - now_ : 0; }
  /// Rounds of heartbeats that this leader has sent, and the newest that a quorum has answered (R12).
  uint64_t round() const { return round_; }
  uint64_t confirmed_round() const { return confirmed_round_; }
  /// Who has voted for this candidate, or said that it would; itself included.
  const Servers& granted() const { return granted_; }
  const Servers& refused() const { return refused_; }
  /// The voters that this leader goes on towards (R10), or null.
  const Servers* wanted_voters() const { return wanted_ ? &*wanted_ : nullptr; }
  /// A follower: its log is the leader's up to there, in this term.
  LogIndex agreed() const { return agreed_; }
  const Config& config() const { return config_; }
  const StorageType& storage() const { return storage_; }
  StorageType& storage() { return storage_; }
  uint32_t election_elapsed_ticks() const { return election_elapsed_; }
  uint32_t election_timeout_ticks() const { return is_leader() ? config_.election_ticks : election_timeout_; }
  uint32_t heartbeat_elapsed_ticks() const { return heartbeat_elapsed_; }
  /// Proposals that wait here for a leader.
  size_t waiting() const { return waiting_.size(); }
  size_t reads_waiting() const { return own_reads_.size(); }
  /// A fact that every rule guarantees and that did not hold; null while all do.
  const char* broken_fact() const { return broken_fact_; }
  /// Which rules moved it since they were last taken.
  std::vector<Note> take_notes() {
    if constexpr (Observer::enabled) return observer_.take();
    return {};
  }
  const Observer& observer() const { return observer_; }
  void add_to(Hasher& hasher) const;

 private:
  struct Waiting {
    T entry;
    uint32_t hops;
  };
  struct Incoming {  ///< a snapshot that arrives in parts
    LogIndex index = 0;
    Term last_term = 0;
    uint32_t next = 0;
    typename StateOf<T>::Type state;
  };

  Raft(const Config& config, StorageType storage);

  // elections: raft_elect.h
  void campaign(bool transfer);
  void pre_campaign();
  void hold_election(bool transfer);
  void count_votes();
  void become_leader();
  void become_follower(Term term, ServerId leader);
  void follow(ServerId leader);
  bool hears_leader() const;
  bool up_to_date(LogIndex last_index, Term last_term) const;
  void handle_pre_vote_request(ServerId from, Term term, const PreVoteRequest& m);
  void handle_pre_vote_answer(ServerId from, Term term, const PreVoteAnswer& m);
  void handle_vote_request(ServerId from, const VoteRequest& m);
  void handle_vote_answer(ServerId from, const VoteAnswer& m);
  void handle_timeout_now();
  bool take_term(const MessageType& m);
  void check_quorum();
  void reset_election_timer();
  Servers others_who_vote() const;

  // followers: raft_follow.h
  void handle_append(ServerId from, const AppendEntries<T>& m);
  void refuse_append(ServerId from, const AppendEntries<T>& m);
  void handle_heartbeat(ServerId from, const Heartbeat& m);
  void handle_snapshot(ServerId from, const InstallSnapshot<T>& m);
  void install(SnapshotRef<T> snapshot);
  void cut(LogIndex length);
  void learn_commit(LogIndex commit);
  void answer_append();

  // leaders: raft_lead.h
  void handle_append_answer(ServerId from, const AppendAnswer& m);
  void handle_heartbeat_answer(ServerId from, const HeartbeatAnswer& m);
  void handle_snapshot_answer(ServerId from, const SnapshotAnswer& m);
  void handle_forward(const Forward<T>& m);
  void append(const T& entry, const Mark& mark);
  void append_waiting();
  void count_matches();
  LogIndex last_agreeing(LogIndex index, Term term) const;
  void collect_leader();
  void collect_to(Progress<T>& p);
  void send_entries(Progress<T>& p);
  void send_part(Progress<T>& p);
  void send_heartbeats();
  void forward_waiting();
  Progress<T>* find(ServerId id) {
    for (Progress<T>& p : progress_)
      if (p.id == id) return &p;
    return nullptr;
  }
  const Progress<T>* find(ServerId id) const { return const_cast<Raft*>(this)->find(id); }
  /// Of the leader: what it counts for itself (R4).
  LogIndex own_match() const { return on(Switch::R4_own) ? flushed_length() : log_length(); }

  // memberships: raft_membership.h
  Result<void> may_change() const;
  void append_membership(Membership next);
  std::pair<MembershipRef, LogIndex> membership_at(LogIndex upto) const;
  void find_membership(LogIndex upto);
  bool may_campaign() const;
  void refresh_progress();
  void after_commit();
  void go_on_reconfiguring();
  void follow_round(Progress<T>& p);
  bool caught_up(ServerId id) const;
  void send_timeout_now();

  // reads: raft_read.h
  void route_reads();
  void accept_read(ServerId from, uint64_t ticket);
  void settle_reads();
  void answer_read(const PendingRead& read);
  void handle_read_answer(const ReadAnswer& m);
  void confirm_rounds();
  bool committed_in_term() const {
    return commit_index() > 0 && storage_.marks.term_at(commit_index()) == term();
  }

  // shared
  Write commit_writes();
  /// Holds term and vote as they are now.
  Write written_term() { return term_dirty_ ? commit_writes() : term_write_; }
  /// The newest snapshot is about to be replaced.
  void keep_durable_snapshot() {
    if (!snapshot_dirty_ && snapshot_write_.done(storage_.state.durable())) older_snapshot_ = storage_.snapshot;
  }
  void absorb_durable();
  RaftValues& edit() { return storage_.state.edit(); }
  template <class BodyType>
  BodyType& send(ServerId to) {
    return outbox_.template send<BodyType>(config_.id, to, term());
  }
  template <class BodyType>
  void send_after(Write write, ServerId to, const BodyType& body) {
    outbox_.send_after(write, config_.id, to, term(), body);
  }
  bool on(Switch which) const { return config_.on(which); }
  bool fact(bool holds, const char* what) {
    if (!holds && broken_fact_ == nullptr) broken_fact_ = what;
    return holds;
  }
  void note(Rule rule, const char* sentence, std::initializer_list<NoteValue> values) {
    if constexpr (Observer::enabled) observer_.add(static_cast<uint8_t>(rule), config_.id, sentence, values);
  }
  /// `mark`: of an entry.
  void moved(Move move, const Mark* mark = nullptr) {
    if constexpr (requires { observer_.moved(move, *this, mark); }) observer_.moved(move, *this, mark);
  }

  Config config_;
  StorageType storage_;
  Write start_write_;                ///< holds the incarnation
  Write term_write_;                 ///< holds term and vote as they are, unless term_dirty_
  FlushLog flush_;
  Outbox<T> outbox_;
  bool term_dirty_ = false;          ///< written since the last commit
  bool log_dirty_ = false;
  Role role_ = Role::follower;
  ServerId leader_ = 0;              ///< of this term, as far as known
  MembershipRef membership_;         ///< the newest in the log, committed or not
  LogIndex membership_index_ = 0;
  // time, in ticks since the start
  Rng rng_;
  uint64_t now_ = 0;
  uint64_t quiet_until_ = 0;         ///< until then it counts as hearing a leader: a lease may outlive a restart
  uint64_t heard_at_ = 0;            ///< when `leader_` was heard
  uint32_t election_elapsed_ = 0;
  uint32_t election_timeout_ = 0;
  uint32_t heartbeat_elapsed_ = 0;
  // candidate
  Servers granted_;
  Servers refused_;
  // follower
  LogIndex agreed_ = 0;              ///< the log is the leader's up to there, in this term
  LogIndex reported_ = 0;            ///< and it was told so, as far as it is durable
  bool answer_due_ = false;
  std::optional<Incoming> incoming_;
  SnapshotRef<T> older_snapshot_;    ///< durable, while the newest is not
  Write snapshot_write_;
  bool snapshot_dirty_ = false;
  // leader
  std::vector<Progress<T>> progress_;  ///< of all other members
  bool heartbeat_due_ = false;
  uint64_t round_ = 0;
  uint64_t confirmed_round_ = 0;
  static constexpr uint64_t kRoundsKept = 64;
  std::array<uint64_t, kRoundsKept> round_sent_at_{};
  uint64_t lease_until_ = 0;
  MembershipRef commit_membership_;
  std::optional<Servers> wanted_;    ///< voters that it goes on towards
  ServerId transfer_to_ = 0;
  bool timeout_now_due_ = false;
  bool timeout_now_sent_ = false;    ///< in this term: a late copy may still start a campaign, so no lease counts
  std::vector<PendingRead> pending_reads_;
  // clients
  std::vector<Waiting> waiting_;
  std::vector<OwnRead> own_reads_;
  uint32_t next_read_ = 1;
  const char* broken_fact_ = nullptr;
  [[no_unique_address]] Observer observer_;
};

}  // namespace paxoscope::raft

#include "raft/raft_elect.h"
#include "raft/raft_follow.h"
#include "raft/raft_lead.h"
#include "raft/raft_membership.h"
#include "raft/raft_read.h"
#include "raft/raft_serve.h"
