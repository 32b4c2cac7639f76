// One server through all its configurations (Omni-Paxos §6, rules C1–C7): runs one configuration at a time, seals it when
// its stop-sign is decided, tells the next one's members, and pulls the sealed log where it is missing. One log whose
// indexes go on across configurations.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "omnipaxos/migration.h"
#include "omnipaxos/omnipaxos.h"

namespace paxoscope::omnipaxos {

template <class T, Sequence<T> Log = MemorySequence<T>, PaxosState State = MemoryState, class Observer = NoNotes>
class Service {
 public:
  using Entry = T;
  using Instance = OmniPaxos<T, Log, State, Observer>;
  using StorageType = typename Instance::StorageType;
  using MessageType = Message<T>;
  using Outbox = std::vector<MessageType>;

  /// What it is pulling to join a configuration (C4): the next one that it is a member of, on the way to the newest one it
  /// was told of.
  struct Joining {
    NewConfiguration next;
    Migration<T> migration;
    NewConfiguration newest;
  };
  /// The configuration after the newest sealed one, and who is known to hold the sealed log (C3, C5).
  struct Successor {
    NewConfiguration next;
    ServerSet complete = 0;
  };

  /// `config` names the first configuration; `member` false: a spare server that waits to be added. Storage that was
  /// used before makes it a restart.
  static Result<Service> with(const Config& config, bool member, StorageType storage, const Options& options = {});

  void tick(uint32_t ticks = 1);
  uint32_t ticks_to_next_timer() const;
  void pass_quiet_ticks(uint32_t ticks);
  void fire_election() {
    if (instance_) instance_->fire_election();
  }
  void fire_resend();
  void handle(const MessageType& message);
  void reconnected(ServerId peer) {
    if (instance_) instance_->reconnected(peer);
  }
  void storage_progress() {
    if (instance_) instance_->storage_progress();
  }
  Result<uint64_t, ProposeError<T>> propose_normal(const T& entry);
  /// Proposes that `members` go on alone (C1). `named_leader` ≠ 0: it leads them first, without a prepare (C6).
  Result<uint64_t, ProposeError<T>> propose_reconfiguration(const T& placeholder, ServerSet members,
                                                            ServerId named_leader, std::string metadata = {});
  /// As in OmniPaxos; only while a configuration runs here. A log that new members may still have to fetch is not trimmed.
  Result<void> snapshot(LogIndex index, bool local_only);
  Result<void> trim(LogIndex index);
  void take_outgoing(Outbox& out);

  /// The configuration that runs here; 0: none.
  ConfigurationId configuration() const { return values().configuration; }
  const Instance* instance() const { return instance_ ? &*instance_ : nullptr; }
  Instance* instance() { return instance_ ? &*instance_ : nullptr; }
  const Joining* joining() const { return joining_ ? &*joining_ : nullptr; }
  const Successor* successor() const { return successor_ ? &*successor_ : nullptr; }
  /// It was removed, and a write quorum of the next configuration holds the sealed log (C5).
  bool may_stop() const;
  const StorageType& storage() const { return instance_ ? instance_->paxos().storage() : *idle_storage_; }
  StorageType& storage() { return instance_ ? instance_->paxos().storage() : *idle_storage_; }
  const PaxosValues& values() const { return storage().state.values(); }
  LogIndex decided_index() const { return values().decided; }
  LogIndex log_length() const { return storage().log.length(); }
  bool is_leader() const { return instance_ && instance_->is_leader(); }
  const Proposer<T>& proposer() const { return instance_ ? instance_->paxos().proposer() : *idle_proposer_; }
  std::vector<Settled> take_settled() {
    return instance_ ? instance_->take_settled() : idle_proposer_->take_settled();
  }
  void take_settled(std::vector<Settled>& into) {
    instance_ ? instance_->take_settled(into) : idle_proposer_->take_settled(into);
  }
  Observer& observer() { return observer_; }
  std::vector<Note> take_notes();
  const Config& config() const { return config_; }
  const char* broken_fact() const {
    return broken_fact_ != nullptr ? broken_fact_ : instance_ ? instance_->paxos().broken_fact() : nullptr;
  }
  uint32_t service_elapsed_ticks() const { return elapsed_; }
  void add_to(Hasher& hasher) const;

 private:
  Service(const Config& config, bool member, StorageType storage, const Options& options);

  Config config_for(ServerSet members, ConfigurationId configuration) const;
  void seal_if_stopped(Outbox& out);
  void seal(LogIndex sealed_length);
  void start(const NewConfiguration& next, StorageType storage, Proposer<T> proposer);
  void idle(StorageType storage, Proposer<T> proposer);
  void handle_new_configuration(ServerId from, const NewConfiguration& m);
  void handle_complete(ServerId from, const Complete& m);
  void handle_segment_request(ServerId from, const SegmentRequest& m);
  void handle_segment(ServerId from, const Segment<T>& m);
  void join(const NewConfiguration& newest, ConfigurationId at_least = 0);
  NewConfiguration next_step(const NewConfiguration& newest, ConfigurationId at_least) const;
  void install();
  void append_fetched(const Migration<T>& fetched, StorageType& storage, Proposer<T>& proposer) const;
  void ask_donors();
  void announce(ServerSet to);
  void know_successor(const PaxosValues& values);
  std::vector<Note> take_instance_notes();
  void answer_complete(ServerId to, ConfigurationId configuration) { complete_due_.push_back({to, configuration}); }
  bool active() const;
  ServerSet unfinished() const;
  bool on(Switch which) const { return omnipaxos::on(config_.switches, which); }
  template <class BodyType>
  void send_to(ServerId to, ConfigurationId configuration, BodyType&& body) {
    ready_.push_back({config_.pid, to, configuration, std::forward<BodyType>(body)});
  }
  void note(Rule rule, const char* sentence, std::initializer_list<NoteValue> values) {
    if constexpr (Observer::enabled) observer_.add(static_cast<uint8_t>(rule), config_.pid, sentence, values);
  }

  Config config_;
  Options options_;
  std::optional<Instance> instance_;
  std::optional<StorageType> idle_storage_;    ///< while no configuration runs here
  std::optional<Proposer<T>> idle_proposer_;
  std::optional<Joining> joining_;
  std::optional<Successor> successor_;
  std::vector<std::pair<ServerId, ConfigurationId>> complete_due_;
  uint64_t complete_write_ = 0;
  uint32_t elapsed_ = 0;
  Outbox ready_;
  const char* broken_fact_ = nullptr;
  [[no_unique_address]] Observer observer_;
};

}  // namespace paxoscope::omnipaxos

#include "omnipaxos/service_configurations.h"
#include "omnipaxos/service_migration.h"
