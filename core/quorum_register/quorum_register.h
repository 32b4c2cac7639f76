// A register shared by a few servers without a leader or a log: any server coordinates a read or a write, by asking a
// quorum and storing on one. Pure: the host passes requests, messages, time and durable writes in, and takes messages and
// results out.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "quorum_register/config.h"
#include "quorum_register/outbox.h"
#include "quorum_register/request.h"

namespace paxoscope::quorum_register {

/// One server. V is the value; V{} stands in a register that was never written. With K other than OneKey it holds a
/// register for each key; they have nothing to do with each other. Copies belong to one thread.
template <class V, class K = OneKey, RegisterState<V, K> State = MemoryValues<RegisterValues<V, K>>,
          class Observer = NoNotes>
class QuorumRegister {
 public:
  using MessageType = Message<V, K>;
  using RequestType = Request<V, K>;
  using OperationType = Operation<V, K>;
  using Values = RegisterValues<V, K>;

  /// A server with this storage; storage that was used before makes it a restart.
  static Result<QuorumRegister> with(const Config& config, State storage) {
    if (Result<void> valid = validate(config); !valid) return tl::unexpected<Error>(valid.error());
    return QuorumRegister(config, std::move(storage));
  }

  // --- clients
  /// Returns the operation that take_settled() will name. A request that comes while others run waits for nobody, or for
  /// its turn (Config::max_running).
  Result<uint64_t, Refusal> request(RequestType request);
  /// What has come to an end since the last call.
  std::vector<Settled<V>> take_settled() { return std::exchange(settled_, {}); }

  // --- time
  void tick(uint32_t ticks = 1);
  /// Ticks until a timer fires; the host may pass fewer at once with pass_quiet_ticks. UINT32_MAX: none runs.
  uint32_t ticks_to_next_timer() const;
  void pass_quiet_ticks(uint32_t ticks) { now_ += ticks; }
  /// All who have not answered are asked again.
  void fire_resend();

  // --- messages and disk
  void handle(const MessageType& message);
  /// Adds everything to be sent now, and commits what was written since the last call. The host calls it after each call
  /// that may change something, and when State::durable() has moved.
  void take_outgoing(std::vector<MessageType>& out);

  // --- looking
  const Config& config() const { return config_; }
  const State& storage() const { return storage_; }
  State& storage() { return storage_; }
  const Values& values() const { return storage_.values(); }
  /// What this server holds; the default value with timestamp 0: nothing.
  Written<V> held(const K& key = {}) const {
    const Cell<V, K>* cell = values().find(key);
    return cell != nullptr ? cell->written : Written<V>{};
  }
  /// Requests without an end, in the order in which they came.
  const std::vector<OperationType>& operations() const { return operations_; }
  /// Messages that wait for a write.
  size_t waiting_for_disk() const { return outbox_.waiting() + due_.size(); }
  /// A fact that every rule guarantees and that did not hold; null while all do.
  const char* broken_fact() const { return broken_fact_; }
  /// Which rules moved it since they were last taken.
  std::vector<Note> take_notes() {
    if constexpr (Observer::enabled) return observer_.take();
    return {};
  }
  void add_to(Hasher& hasher) const;

 private:
  struct DueAnswer {  ///< a store that is not committed yet
    ServerId to;
    uint64_t operation;
  };

  QuorumRegister(const Config& config, State storage) : config_(config), storage_(std::move(storage)), start_write_(start()), write_(start_write_) {}
  Write start() {
    ++storage_.edit().incarnation;
    return Write::commit(storage_);
  }

  // one of the servers: register_serve.h
  void handle_query(const MessageType& m, const Query<K>& query);
  void handle_store(const MessageType& m, const Store<V, K>& store);
  bool hold(const Store<V, K>& store);
  void commit_stores();

  // coordinator: register_coordinate.h
  void begin_waiting();
  void begin(OperationType& operation);
  void handle_query_answer(const MessageType& m, const QueryAnswer<V>& answer);
  void handle_store_answer(const MessageType& m);
  bool count(OperationType& operation, ServerId from, uint32_t enough);
  void begin_store(OperationType& operation);
  void send_round(OperationType& operation);
  /// Forgets it, and another one may have its turn.
  void settle(OperationType& operation, Outcome outcome);
  OperationType* find(uint64_t id, Phase phase);
  Stamp next_stamp(const OperationType& operation) const;

  bool on(Switch which) const { return config_.on(which); }
  void fact(bool holds, const char* what) {
    if (!holds && broken_fact_ == nullptr) broken_fact_ = what;
  }
  void note(Rule rule, const char* sentence, std::initializer_list<NoteValue> values) {
    if constexpr (Observer::enabled) observer_.add(static_cast<uint8_t>(rule), config_.id, sentence, values);
  }

  Config config_;
  State storage_;
  Write start_write_;   ///< holds the incarnation
  Write write_;         ///< the newest
  bool dirty_ = false;  ///< written since then
  Outbox<V, K> outbox_;
  std::vector<DueAnswer> due_;
  std::vector<OperationType> operations_;  ///< ascending by id
  std::vector<Settled<V>> settled_;
  uint32_t last_number_ = 0;  ///< of requests since the start
  uint64_t now_ = 0;          ///< ticks since the start
  const char* broken_fact_ = nullptr;
  [[no_unique_address]] Observer observer_;
};

}  // namespace paxoscope::quorum_register

#include "quorum_register/register_coordinate.h"
#include "quorum_register/register_serve.h"
