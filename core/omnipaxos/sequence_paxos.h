// Sequence Paxos (Omni-Paxos §4, rules P1–P11) with the shadow log's leader side (F1, F2): replicates one log under
// whatever ballots the election proposes. Pure: the host delivers messages, tells the time and reports durable writes.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/rules.h"
#include "base/text.h"
#include "omnipaxos/config.h"
#include "omnipaxos/leader_state.h"
#include "omnipaxos/messages.h"
#include "omnipaxos/proposer.h"
#include "omnipaxos/rules.h"
#include "omnipaxos/snapshot.h"
#include "storage/storage.h"

namespace paxoscope::omnipaxos {

enum class Phase : uint8_t { prepare, accept, recover };

/// How the proposals of a server without a path of its own get to the leader of `ballot` (F9).
struct Route {
  ServerId next = 0;  ///< who passes them on; 0: nobody
  Ballot ballot;
  uint32_t hops = 0;  ///< servers that pass them on
  bool operator==(const Route&) const = default;
};

/// Everything durable: the entries, the attempts behind them, the small values, and what stands for entries that are gone.
/// One commit spans them all.
template <class Log, class State>
struct Storage {
  Log log;
  typename ShadowOf<typename Log::Entry>::Log attempts;
  State state;
  SnapshotRef<typename Log::Entry> snapshot = {};  ///< of entries 1..log.trimmed_to(); null: none are gone
};

template <class T, Sequence<T> Log, PaxosState State, class Observer = NoNotes>
class SequencePaxos {
 public:
  using StorageType = Storage<Log, State>;
  using Outbox = std::vector<Message<T>>;
  using Shadow = ShadowOf<T>;
  static constexpr uint32_t kMaxEntriesPerMessage = 4096;
  static constexpr LogIndex kWindow = 1 << 16;      ///< entries sent ahead of a follower's answer, at most
  static constexpr size_t kMaxBufferedForwards = 64;
  static constexpr uint32_t kMaxReportedRuns = 1024;  ///< in one report, at most
  static constexpr uint32_t kGuestPeriods = 8;        ///< of the resend timer; who asks no more is forgotten

  /// `storage` with incarnation 0 is a fresh server's; otherwise the server restarts with it (P10).
  SequencePaxos(const Config& config, StorageType storage, bool resubmit, bool report_settled);
  /// A server that goes on from one configuration to the next, without a restart, with what it still proposes.
  SequencePaxos(const Config& config, StorageType storage, Proposer<T> proposer);

  /// The election proposes a ballot: lead with it if it is our own and above the promise (P1).
  void lead(const Ballot& ballot);
  /// Takes a message of this configuration's Sequence Paxos; heartbeats are not among them.
  void handle(ServerId from, const Body<T>& body);
  /// Repairs what may have been lost (P8); the host calls it every Config::resend_ticks.
  void resend();
  /// Through whom proposals go from now on (F9).
  void set_route(const Route& route);
  const Route& route() const { return route_; }
  /// The link to `peer` is back: find out what it missed (P10).
  void reconnected(ServerId peer);
  /// A proposal of this server's clients (P11). Returns the number of its future.
  uint64_t propose(const T& entry);
  /// Proposes to end this configuration; `placeholder` stands for the stop-sign in the log. At most one waits here.
  uint64_t propose_stop(const T& placeholder, StopSignRef stop);
  /// Replaces the decided entries up to `index` (0: as far as possible) by a snapshot, here alone.
  Result<void> take_snapshot(LogIndex index);
  /// At a leader: all members replace, or drop (`keep_state` false), what all of them have durably decided, up to `index`
  /// (0: as far as possible).
  Result<void> compact_everywhere(LogIndex index, bool keep_state);
  /// What all members are known to have durably decided; at a leader only.
  LogIndex decided_everywhere() const;
  /// Sends what a batch holds back.
  void flush() {
    flush_due_ = stirred_ = true;
  }
  bool holds_back() const { return holds_back_; }
  /// Index of the decided stop-sign, or 0 (C1).
  LogIndex sealed_at() const {
    return stopped() && values().decided == storage_.log.length() ? storage_.log.length() : 0;
  }
  /// Starts as the named leader of a configuration that needs no prepare (C6).
  void lead_without_prepare();
  /// The same, once the start of the configuration is durable.
  void lead_once_durable() {
    named_due_ = true;
    lead_if_named();
  }
  /// The disk has made progress: reads State::durable().
  void storage_progress();
  /// Adds what is to be sent now. What must wait for a write is added once that is durable.
  void collect(Outbox& out);

  bool leading() const { return leading_; }
  /// It led until a follower had promised more (P9).
  bool overtaken() const { return overtaken_; }
  /// The highest ballot it was refused for since.
  const Ballot& overtaken_by() const { return overtaken_by_; }
  /// It was refused for a higher ballot since last asked.
  bool take_refused_again() { return std::exchange(refused_again_, false); }
  Phase phase() const { return phase_; }
  const PaxosValues& values() const { return storage_.state.values(); }
  std::pair<StorageType, Proposer<T>> release() { return {std::move(storage_), std::move(proposer_)}; }
  const StorageType& storage() const { return storage_; }
  StorageType& storage() { return storage_; }
  const LeaderState& leader_state() const { return leader_; }
  const Session& session() const { return session_; }
  Proposer<T>& proposer() { return proposer_; }
  const Proposer<T>& proposer() const { return proposer_; }
  /// Length of the own log that is durable and accepted in the promised ballot.
  LogIndex durable_length() const { return durable_length_; }
  bool sync_decided() const { return sync_decided_; }
  /// The promised one of a refusal whose owner the refuser had not heard, since last asked (P9).
  Ballot take_refusal() { return std::exchange(refusal_, Ballot{}); }
  /// A fact that every rule guarantees and that did not hold; null while all do.
  const char* broken_fact() const { return broken_fact_; }
  Observer& observer() { return observer_; }
  void add_to(Hasher& hasher) const;

 private:
  struct Stream {  ///< what the leader has appended of one proposer in its ballot (F2)
    ServerId proposer = 0;
    uint32_t incarnation = 0;
    uint64_t last = 0;
  };
  struct Guest {  ///< a server that asks what became of its attempts (F9)
    ServerId origin = 0;
    uint32_t incarnation = 0;
    ServerId back = 0;   ///< the report goes to it…
    uint64_t trail = 0;  ///< …and then through these
    LogIndex known = 0;
    uint32_t silent = 0;
    bool due = true;
  };
  struct LengthWrite {  ///< once `write` is durable, the log is durable up to `length` with that accepted ballot
    uint64_t write;
    LogIndex length;
    Ballot accepted;
  };

  // prepare phase
  void handle_prepare(ServerId from, const Prepare& m);
  void handle_promise(ServerId from, const Promise<T>& m);
  void handle_prepare_request(ServerId from, const PrepareRequest& m);
  void send_promise();
  void adopt_if_promised();
  void adopt();
  bool better(const Ballot& ballot_a, LogIndex length_a, const Ballot& ballot_b, LogIndex length_b) const;
  // accept phase
  void handle_accept_sync(ServerId from, const AcceptSync<T>& m);
  void handle_accept(ServerId from, const Accept<T>& m);
  void handle_accepted(ServerId from, const Accepted& m);
  void handle_decide(ServerId from, const Decide& m);
  void handle_not_accepted(ServerId from, const NotAccepted& m);
  LogIndex sync_index_for(const Follower& follower) const;
  void send_sync(Follower& follower, Outbox& out);
  void prepare_again(Follower& follower, Outbox& out);
  void count_acceptances();
  void learn(LogIndex decided, bool sync_decided);
  void advance_decided();
  void note_sync_decided();
  // snapshots
  void handle_compact(const Compact& m);
  void compact(LogIndex index, bool keep_state);
  bool install(const SnapshotRef<T>& snapshot);
  SnapshotRef<T> summed_up(LogIndex index, bool keep_state) const {
    return fold<T>(storage_.snapshot, storage_.log, storage_.attempts, values().sealed, index, keep_state,
                   config_.switches);
  }
  SnapshotRef<T> snapshot_for(const Follower& follower, LogIndex* sync_index) const;
  bool has_state() const { return StateOf<T>::exists && (!storage_.snapshot || storage_.snapshot->has_state); }
  LogIndex decided_before_stop() const {
    const LogIndex most = stopped() ? storage_.log.length() - 1 : storage_.log.length();
    return values().decided < most ? values().decided : most;
  }
  void learn_incarnations();
  // proposals
  void handle_forward(ServerId from, const Forward<T>& m);
  void handle_rejected(ServerId from, const Rejected& m);
  void append_forward(const Forward<T>& m);
  bool appended_before(const Stream& stream, const Attempt& attempt) const;
  void append_own();
  void append_entry(const T& entry, const Attempt& attempt, const StopSignRef& stop);
  /// The log ends with a stop-sign: nothing is accepted after it (P11).
  bool stopped() const { return values().stop != nullptr; }
  void cut(LogIndex length);
  void append_run(const Entries<T>& entries, uint32_t skipped, const typename ShadowOf<T>::Runs& attempts,
                  const StopSignRef& stop);
  StopSignRef stop_in(LogIndex from, LogIndex to) const {
    return from < to && to == storage_.log.length() + 1 ? values().stop : nullptr;
  }
  Stream& stream_of(ServerId proposer, uint32_t incarnation);
  // relays
  void handle_relay(ServerId from, const Relay<T>& m);
  void handle_report(const Report& m);
  Guest* guest_of(ServerId origin, uint32_t incarnation);
  void decided_for_guests(const AttemptRun& run);
  Report report_for(const Guest& guest) const;
  void collect_reports(Outbox& out);
  void forget_silent_guests();
  void send_relay(Outbox& out, const Forward<T>& forward);
  /// F8: what travels with the own attempts.
  uint64_t mark() const { return on(Switch::F8_mark) ? proposer_.mark() : proposer_.end_counter(); }
  LogIndex known_decided() const { return std::max(values().decided, reported_to_); }
  // sending
  void collect_leader(Outbox& out);
  void collect_to(Follower& follower, Outbox& out);
  void collect_follower(Outbox& out);
  void collect_forwards(Outbox& out);
  void resend_leader();
  // shared
  void become_follower(Phase phase);
  void lead_if_named() {
    if (!named_due_ || !promise_durable()) return;
    named_due_ = false;
    lead_without_prepare();
  }
  void promise_to(const Ballot& ballot);
  void forget_ballot();
  void commit_log();
  void track_decided(uint64_t write);
  void absorb_durable();
  void absorb_synchronous_write();
  /// Builds a message in place: bodies are large.
  template <class BodyType, class... Values>
  void send_to(Outbox& out, ServerId to, Values&&... values) const {
    Message<T>& message = out.emplace_back();
    message.from = config_.pid;
    message.to = to;
    message.configuration = config_.configuration;
    message.body.template emplace<BodyType>(BodyType{std::forward<Values>(values)...});
  }
  /// P1: the promise and everything written before it are durable.
  bool promise_durable() const {
    return storage_.state.durable() >= promise_write_ || !on(Switch::P1_durable);
  }
  PaxosValues& edit() { return storage_.state.edit(); }
  /// A log with that accepted ballot counts in the promised one. A leader that P3.accepted leaves with its old accepted
  /// ballot takes its log for accepted all the same.
  bool is_of_ballot(const Ballot& accepted) const {
    return accepted == values().promised || (leading_ && !on(Switch::P3_accepted));
  }
  bool on(Switch which) const { return omnipaxos::on(config_.switches, which); }
  bool fact(bool holds, const char* what) {
    if (!holds && broken_fact_ == nullptr) broken_fact_ = what;
    return holds;
  }
  void note(Rule rule, const char* sentence, std::initializer_list<NoteValue> values) {
    if constexpr (Observer::enabled) observer_.add(static_cast<uint8_t>(rule), config_.pid, sentence, values);
  }

  Config config_;
  StorageType storage_;
  Phase phase_ = Phase::recover;
  bool leading_ = false;
  bool named_due_ = false;       ///< C6: leads its configuration's first ballot as soon as its start is durable
  bool overtaken_ = false;
  Ballot overtaken_by_;
  bool refused_again_ = false;
  // follower
  Session session_;
  Prepare last_prepare_;
  bool stirred_ = true;          ///< something happened since the last collect()
  bool promise_due_ = false;
  bool answer_due_ = false;
  bool flush_due_ = false;
  bool holds_back_ = false;      ///< entries that wait for their batch to fill
  bool answer_gap_ = false;
  bool request_due_ = false;
  ServerId request_to_ = 0;      ///< 0: all peers
  bool answered_ = false;        ///< an Accepted for the promised ballot was sent since the last promise
  LogIndex accepted_reported_ = 0;
  // both
  LogIndex learned_decided_ = 0;
  bool sync_decided_ = false;
  LogIndex durable_length_ = 0;      ///< durable with the promised ballot accepted
  bool durable_in_ballot_ = false;
  LogIndex durable_log_length_ = 0;  ///< durable with whatever ballot
  uint64_t promise_write_ = 0;
  uint64_t start_write_ = 0;         ///< holds the incarnation
  std::vector<LengthWrite> length_writes_;
  std::vector<std::pair<uint64_t, LogIndex>> decided_writes_;  ///< (write, decided index), oldest first
  LogIndex durable_decided_ = 0;
  uint64_t durable_seen_ = 0;
  Ballot refusal_;
  // leader
  LeaderState leader_;
  Promise<T> best_;              ///< the best promise so far, in phase prepare
  bool has_best_ = false;
  std::vector<Forward<T>> buffered_;
  std::vector<Stream> streams_;
  // proposals
  Proposer<T> proposer_;
  uint64_t offered_to_ = 1;      ///< counters below were appended or sent under offered_tag_
  Ballot offered_tag_;
  // relays
  Route route_;
  LogIndex reported_to_ = 0;     ///< relays have told which attempts stand in the decided log up to there
  bool ask_due_ = false;
  std::vector<Guest> guests_;
  Outbox ready_;
  const char* broken_fact_ = nullptr;
  [[no_unique_address]] Observer observer_;
};

}  // namespace paxoscope::omnipaxos

#include "omnipaxos/sequence_paxos_accept.h"
#include "omnipaxos/sequence_paxos_compact.h"
#include "omnipaxos/sequence_paxos_prepare.h"
#include "omnipaxos/sequence_paxos_propose.h"
#include "omnipaxos/sequence_paxos_relay.h"
#include "omnipaxos/sequence_paxos_send.h"
