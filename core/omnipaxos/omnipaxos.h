// OmniPaxos: ballot leader election and Sequence Paxos behind one interface. Pure: the host passes messages, time and
// durable writes in, and takes messages and decided entries out. The same code runs simulated and over a real network.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "omnipaxos/ballot_leader_election.h"
#include "omnipaxos/sequence_paxos.h"

namespace paxoscope::omnipaxos {

/// A proposal that was not taken: the entry comes back with the reason.
template <class T>
struct ProposeError {
  T entry;
  Error reason;
};

/// What a read finds at one index, or in place of a run of them.
enum class Standing : uint8_t {
  undecided,    ///< accepted here; a later leader may replace it
  decided,
  trimmed,      ///< decided and gone: this and all before it
  snapshotted,  ///< decided and summed up in `snapshot`: this and all before it
  stop_sign,    ///< ends the configuration; `entry` is its placeholder
};

template <class T>
struct LogEntry {
  LogIndex index = 0;  ///< trimmed, snapshotted: the last one that is gone
  Standing standing = Standing::undecided;
  T entry{};           ///< undecided, decided, stop-sign
  SnapshotRef<T> snapshot;  ///< snapshotted
  StopSignRef stop;    ///< stop-sign of the running configuration
  bool decided = false;
};

struct Options {
  bool elect = true;            ///< false: leaders come from handle_leader alone
  bool resubmit = true;         ///< a cancelled proposal is proposed again; it is decided once
  bool report_settled = false;  ///< keep settled futures for take_settled(); the host must call it
};

/// One server. T is the entry type; Log and State follow the concepts of storage/storage.h.
template <class T, Sequence<T> Log = MemorySequence<T>, PaxosState State = MemoryState, class Observer = NoNotes>
class OmniPaxos {
 public:
  using Entry = T;
  using StorageType = Storage<Log, State>;
  using MessageType = Message<T>;

  /// A server with this configuration and storage; storage that was used before makes it a restart (P10).
  static Result<OmniPaxos> with(const Config& config, StorageType storage, const Options& options = {}) {
    if (Result<void> valid = validate(config); !valid) return tl::unexpected<Error>(valid.error());
    if (config.skip_prepare_use_leader && storage.state.values().incarnation == 0)
      return named_start(config, std::move(storage), options);
    return OmniPaxos(config, std::move(storage), options);
  }

  /// A server that goes on to this configuration with the log before it, without a restart. `named`: the stop-sign named
  /// the first leader (C6), and the storage has promised and accepted its ballot.
  static OmniPaxos next_configuration(const Config& config, StorageType storage, Proposer<T> proposer, bool named,
                                      const Options& options) {
    return OmniPaxos(config, std::move(storage), std::move(proposer), named, options);
  }
  /// Ends this configuration here: its storage and what is still proposed go on.
  std::pair<StorageType, Proposer<T>> release() { return paxos_.release(); }

  /// Time moves on by `ticks`.
  void tick(uint32_t ticks = 1) {
    for (; ticks > 0; --ticks) {
      if (options_.elect) {
        const auto elected = election_.tick(paxos_.values().promised, noter());
        if (elected) paxos_.lead(*elected);
        if (election_.elapsed_ticks() == 0) find_route();
      }
      if (++resend_elapsed_ >= config_.resend_ticks) fire_resend();
      if (!paxos_.holds_back())
        batch_elapsed_ = 0;
      else if (++batch_elapsed_ >= config_.batch_ticks)
        fire_batch();
    }
  }
  /// Ticks until a timer fires; the host may pass that many at once with pass_quiet_ticks.
  uint32_t ticks_to_next_timer() const {
    uint32_t ticks = config_.resend_ticks - resend_elapsed_;
    if (options_.elect) ticks = std::min(ticks, election_.ticks_to_round_end());
    if (paxos_.holds_back()) ticks = std::min(ticks, config_.batch_ticks - batch_elapsed_);
    return ticks;
  }
  /// Lets time pass in which no timer fires: ticks < ticks_to_next_timer().
  void pass_quiet_ticks(uint32_t ticks) {
    PAXO_ASSERT(ticks < ticks_to_next_timer());
    if (options_.elect) election_.skip_ticks(ticks);
    resend_elapsed_ += ticks;
    if (paxos_.holds_back()) batch_elapsed_ += ticks;
  }
  /// Ends the heartbeat round now.
  void fire_election() {
    if (!options_.elect) return;
    const auto elected = election_.end_round(paxos_.values().promised, noter());
    if (elected) paxos_.lead(*elected);
    find_route();
  }
  /// Sends what a batch holds back.
  void fire_batch() {
    batch_elapsed_ = 0;
    paxos_.flush();
  }
  /// Repairs now what may have been lost (P8).
  void fire_resend() {
    resend_elapsed_ = 0;
    watch_overtaker();
    paxos_.resend();
  }

  /// Takes one message addressed to this server.
  void handle(const MessageType& message) {
    if (message.to != config_.pid || message.configuration != config_.configuration) return;
    if (const auto* request = std::get_if<HeartbeatRequest>(&message.body)) {
      if (!options_.elect) return;
      replies_.push_back({message.from, election_.reply(*request)});
      offer_path(message.from, replies_.back().second);
      return;
    }
    if (const auto* reply = std::get_if<HeartbeatReply>(&message.body)) {
      election_.handle_reply(message.from, *reply);
      return;
    }
    if (refuses(message.body))
      refusals_.push_back(message.from);
    else
      paxos_.handle(message.from, message.body);
    election_.refused_by(paxos_.take_refusal());
  }

  /// An outside election names a leader.
  void handle_leader(const Ballot& ballot) {
    election_.raise_leader(ballot);
    paxos_.lead(ballot);
  }
  void reconnected(ServerId peer) { paxos_.reconnected(peer); }
  /// The disk has made progress (State::durable() moved).
  void storage_progress() { paxos_.storage_progress(); }

  /// Proposes an entry at this server. The value is its future's number, unique within this start of the server.
  Result<uint64_t, ProposeError<T>> propose_normal(const T& entry) {
    if (paxos_.proposer().unsettled() >= config_.max_waiting) return too_many_waiting(entry);
    return paxos_.propose(entry);
  }

  /// Proposes to end this configuration (C1); `placeholder` stands for the stop-sign in the log.
  Result<uint64_t, ProposeError<T>> propose_stop(const T& placeholder, StopSignRef stop) {
    if (paxos_.proposer().stop_waiting() || paxos_.values().stop)
      return tl::unexpected(ProposeError<T>{placeholder, {"a reconfiguration is under way already"}});
    if (paxos_.proposer().unsettled() >= config_.max_waiting) return too_many_waiting(placeholder);
    return paxos_.propose_stop(placeholder, std::move(stop));
  }

  /// Everything to be sent now. Messages that must wait for a write come after it is durable.
  std::vector<MessageType> get_outgoing_msgs() {
    std::vector<MessageType> out;
    take_outgoing(out);
    return out;
  }
  /// The same, into a vector that the host keeps.
  void take_outgoing(std::vector<MessageType>& out) {
    if (election_.take_request_due())
      for (ServerId peer : config_.peers) out.push_back(make(peer, HeartbeatRequest{election_.round()}));
    for (const auto& [to, reply] : replies_) out.push_back(make(to, reply));
    replies_.clear();
    for (ServerId to : refusals_) {
      const Ballot& promised = paxos_.values().promised;
      out.push_back(make(to, NotAccepted{promised, options_.elect && election_.heard_owner_of(promised)}));
    }
    refusals_.clear();
    paxos_.collect(out);
  }

  /// Replaces the decided entries up to `index` (0: as far as possible) by a snapshot, here alone or, at a leader, on all
  /// members as far as all have durably decided.
  Result<void> snapshot(LogIndex index, bool local_only) {
    return local_only ? paxos_.take_snapshot(index) : paxos_.compact_everywhere(index, true);
  }
  /// At a leader: all members drop what all of them have durably decided, up to `index` (0: as far as possible). Nobody
  /// can give it to a new member then.
  Result<void> trim(LogIndex index) { return paxos_.compact_everywhere(index, false); }

  /// What stands at `index`; nothing beyond the log.
  std::optional<LogEntry<T>> read(LogIndex index) const {
    const auto& storage = paxos_.storage();
    const PaxosValues& values = paxos_.values();
    if (index == 0 || index > storage.log.length()) return std::nullopt;
    LogEntry<T> found;
    found.decided = index <= values.decided;
    if (storage.snapshot && index <= storage.snapshot->index) {
      found.index = storage.snapshot->index;
      found.standing = storage.snapshot->has_state ? Standing::snapshotted : Standing::trimmed;
      if (storage.snapshot->has_state) found.snapshot = storage.snapshot;
      return found;
    }
    found.index = index;
    found.entry = storage.log.at(index);
    found.standing = found.decided ? Standing::decided : Standing::undecided;
    if (values.stop && index == storage.log.length()) {
      found.standing = Standing::stop_sign;
      found.stop = values.stop;
    }
    for (const SealedConfiguration& sealed : values.sealed)
      if (sealed.sealed_length == index) found.standing = Standing::stop_sign;
    return found;
  }
  /// What stands in [from, to), clipped to the log; what is gone is one entry in front.
  std::vector<LogEntry<T>> read_entries(LogIndex from, LogIndex to) const {
    std::vector<LogEntry<T>> entries;
    to = std::min(to, log_length() + 1);
    for (LogIndex index = from == 0 ? 1 : from; index < to;) {
      entries.push_back(*read(index));
      index = entries.back().index + 1;
    }
    return entries;
  }
  /// Everything from index `from` on, decided or not.
  std::vector<LogEntry<T>> read_suffix(LogIndex from) const { return read_entries(from, log_length() + 1); }
  /// Everything decided from index `from` on.
  std::vector<LogEntry<T>> read_decided_suffix(LogIndex from) const { return read_entries(from, decided_index() + 1); }

  LogIndex decided_index() const { return paxos_.values().decided; }
  LogIndex log_length() const { return paxos_.storage().log.length(); }
  /// Decided entries from index `from` on; empty when there are none.
  Entries<T> get_decided_entries(LogIndex from) const {
    const Log& log = paxos_.storage().log;
    if (from <= log.trimmed_to()) from = log.trimmed_to() + 1;
    // Beyond the log only without P7.clip, after a crash.
    const LogIndex last = decided_index() < log.length() ? decided_index() : log.length();
    return from > last ? Entries<T>{} : log.slice(from, last + 1);
  }
  /// Decided entries that this call has not returned before.
  Entries<T> get_latest_decided_entries() {
    Entries<T> latest = get_decided_entries(read_to_ + 1);
    read_to_ = decided_index();
    return latest;
  }
  /// This server leads and has a log that a quorum promised.
  bool is_leader() const { return paxos_.leading() && paxos_.phase() == Phase::accept; }
  /// False: appends stay pending until a quorum is heard again.
  bool quorum_connected() const { return !options_.elect || election_.quorum_connected(); }

  const StorageType& storage() const { return paxos_.storage(); }
  StorageType& storage() { return paxos_.storage(); }
  const Proposer<T>& proposer() const { return paxos_.proposer(); }
  const Config& config() const { return config_; }
  const BallotLeaderElection& election() const { return election_; }
  const SequencePaxos<T, Log, State, Observer>& paxos() const { return paxos_; }
  SequencePaxos<T, Log, State, Observer>& paxos() { return paxos_; }
  uint32_t resend_elapsed_ticks() const { return resend_elapsed_; }
  std::vector<Settled> take_settled() { return paxos_.proposer().take_settled(); }
  void take_settled(std::vector<Settled>& into) { paxos_.proposer().take_settled(into); }

  void add_to(Hasher& hasher) const {
    election_.add_to(hasher);
    paxos_.add_to(hasher);
    hasher.add((static_cast<uint64_t>(unrefused_periods_) << 32) | resend_elapsed_);
    hasher.add(read_to_);
    hasher.add(batch_elapsed_);
  }

 private:
  /// C6 for a first configuration: promised and accepted from the start, in the write that begins it.
  static OmniPaxos named_start(const Config& config, StorageType storage, const Options& options) {
    PaxosValues& values = storage.state.edit();
    values.incarnation = 1;
    values.named = values.promised = values.accepted = config.skip_prepare_use_leader;
    return OmniPaxos(config, std::move(storage),
                     Proposer<T>(config.pid, 1, options.resubmit, options.report_settled), true, options);
  }
  OmniPaxos(const Config& config, StorageType storage, const Options& options)
      : config_(config),
        options_(options),
        election_(config,
                  storage.state.values().incarnation != 0 ? BallotLeaderElection::Start::restarted
                                                          : BallotLeaderElection::Start::fresh,
                  storage.state.values().promised),
        paxos_(config, std::move(storage), options.resubmit, options.report_settled) {
    if (options_.elect) election_.ask_now();
  }
  OmniPaxos(const Config& config, StorageType storage, Proposer<T> proposer, bool named, const Options& options)
      : config_(config),
        options_(options),
        election_(config,
                  named                              ? BallotLeaderElection::Start::named
                  : storage.state.values().promised ? BallotLeaderElection::Start::restarted
                                                     : BallotLeaderElection::Start::fresh,
                  storage.state.values().promised),
        paxos_(config, std::move(storage), std::move(proposer)) {
    if (options_.elect) election_.ask_now();
    if (named && paxos_.values().promised.server == config.pid) paxos_.lead_once_durable();
  }

  /// P9: a lower ballot is answered with the promised one. A server that does not lead also tells a server that asks
  /// for a Prepare, so that a leader that was overtaken by a ballot nobody carries on learns of it.
  bool refuses(const Body<T>& body) const {
    const Ballot& promised = paxos_.values().promised;
    if (const auto* prepare = std::get_if<Prepare>(&body))
      return prepare->ballot < promised && on(config_.switches, Switch::P1_order);
    if (const auto* sync = std::get_if<AcceptSync<T>>(&body)) return sync->ballot < promised;
    if (const auto* accept = std::get_if<Accept<T>>(&body)) return accept->ballot < promised;
    if (const auto* request = std::get_if<PrepareRequest>(&body))
      return request->promised < promised && !paxos_.leading();
    return false;
  }

  /// F9: what this server can do for `asker`'s proposals. Not a way through the asker itself.
  void offer_path(ServerId asker, HeartbeatReply& reply) const {
    if (config_.relay_hops == 0 || paxos_.leading()) return;
    const Route& route = paxos_.route();
    const Ballot& promised = paxos_.values().promised;
    if (route.next != 0) {
      if (route.next == asker || route.hops >= config_.relay_hops) return;
      reply.path = route.ballot;
      reply.path_hops = route.hops + 1;
    } else if (paxos_.phase() != Phase::recover && promised && promised.server != asker &&
               !paxos_.proposer().is_rejected(promised) && election_.heard_owner_of(promised)) {
      reply.path = promised;
      reply.path_hops = 1;
    }
  }

  void find_route() {
    // A leader without a quorum may have nothing to send that somebody could refuse; a neighbour's offer says the same.
    if (paxos_.leading() && !election_.quorum_connected())
      for (size_t i = 0; i < config_.peers.size(); ++i) {
        const auto& heard = election_.last_round()[i];
        if (heard.path_hops == 1) paxos_.handle(config_.peers[i], NotAccepted{heard.path, true});
      }
    paxos_.set_route(route());
  }

  /// F9, at a round's end: through whom proposals go; nobody if this server reaches the leader itself. It does not if it
  /// has promised nobody that it hears, or if a neighbour has a way to a higher ballot: then the owner of the own promise
  /// may be alive and lead no more.
  Route route() const {
    Route best;
    if (paxos_.leading()) return best;
    const Ballot& promised = paxos_.values().promised;
    for (size_t i = 0; i < config_.peers.size(); ++i) {
      const auto& heard = election_.last_round()[i];
      if (heard.path_hops == 0 || heard.path_hops > config_.relay_hops || heard.path.server == config_.pid) continue;
      if (heard.path > best.ballot || (heard.path == best.ballot && heard.path_hops < best.hops))
        best = {config_.peers[i], heard.path, heard.path_hops};
    }
    const bool direct = promised && promised.server != config_.pid && paxos_.phase() != Phase::recover &&
                        election_.heard_owner_of(promised);
    return direct && best.ballot <= promised ? Route{} : best;
  }

  /// P9: an overtaken leader leaves the lead to the ballot that it was refused for, as long as it is refused for it: it
  /// asks again each period. When nobody refuses it any more, that ballot was lost or its owner is out of reach, and
  /// others may still count on this server; then the refusal counts as one whose owner is not heard.
  void watch_overtaker() {
    if (!options_.elect || !paxos_.overtaken() || paxos_.take_refused_again()) {
      unrefused_periods_ = 0;
      return;
    }
    // An answer takes no longer than a heartbeat round.
    if (++unrefused_periods_ < 2 + 2 * config_.election_ticks / config_.resend_ticks) return;
    unrefused_periods_ = 0;
    election_.refused_by(paxos_.overtaken_by());
  }

  Result<uint64_t, ProposeError<T>> too_many_waiting(const T& entry) const {
    return tl::unexpected(ProposeError<T>{
        entry, {concat(config_.max_waiting, " proposals wait already; try again when some are decided")}});
  }

  template <class BodyType>
  MessageType make(ServerId to, BodyType&& body) const {
    return {config_.pid, to, config_.configuration, std::forward<BodyType>(body)};
  }

  auto noter() {
    return [self = this](Rule rule, const char* sentence, std::initializer_list<NoteValue> values) {
      if constexpr (Observer::enabled)
        self->paxos_.observer().add(static_cast<uint8_t>(rule), self->config_.pid, sentence, values);
      else
        static_cast<void>(self);
    };
  }

  Config config_;
  Options options_;
  BallotLeaderElection election_;
  SequencePaxos<T, Log, State, Observer> paxos_;
  uint32_t resend_elapsed_ = 0;
  uint32_t batch_elapsed_ = 0;      ///< since the leader first held an entry back
  uint32_t unrefused_periods_ = 0;  ///< of the resend timer, while overtaken
  LogIndex read_to_ = 0;
  std::vector<std::pair<ServerId, HeartbeatReply>> replies_;
  std::vector<ServerId> refusals_;
};

}  // namespace paxoscope::omnipaxos
