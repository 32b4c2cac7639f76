// The quorum register, as coordinator of requests: asking a quorum, storing on one (rules A1, A2, A4). Part of
// quorum_register.h.
#pragma once

namespace paxoscope::quorum_register {

template <class V, class K, RegisterState<V, K> State, class Observer>
Result<uint64_t, Refusal> QuorumRegister<V, K, State, Observer>::request(RequestType request) {
  const auto refuse = [](RefusalKind kind, std::string text) {
    return tl::unexpected<Refusal>(Refusal{kind, Error{std::move(text)}});
  };
  const bool writes = request.kind == RequestKind::write;
  if (last_number_ == UINT32_MAX)
    return refuse(RefusalKind::numbers_used_up, "this server must be restarted: it has no numbers left for requests");
  if (operations_.size() + settled_.size() >= static_cast<size_t>(config_.max_running) + config_.max_waiting)
    return refuse(RefusalKind::busy, std::to_string(operations_.size()) + " requests wait already; try again when some are answered");
  if (writes && values().cells.size() >= config_.max_registers && values().find(request.key) == nullptr)
    return refuse(RefusalKind::too_many_registers,
                  "there are " + std::to_string(config_.max_registers) + " registers already; write to one of them");
  const uint64_t id = static_cast<uint64_t>(values().incarnation) << 32 | ++last_number_;
  if (!writes && config_.reads == Reads::local) {
    const Written<V> written = held(request.key);
    settled_.push_back({id, Outcome::read, written.stamp, written.value, false});
    return id;
  }
  OperationType& operation = operations_.emplace_back();
  operation.id = id;
  operation.request = std::move(request);
  operation.asked_at = operation.sent_at = now_;
  begin_waiting();
  return id;
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::begin_waiting() {
  // They are begun in the order in which they came, but end in any.
  uint32_t running = 0;
  for (const OperationType& operation : operations_) running += operation.phase != Phase::waiting ? 1 : 0;
  for (OperationType& operation : operations_) {
    if (running >= config_.max_running) return;
    if (operation.phase != Phase::waiting) continue;
    begin(operation);
    ++running;
  }
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::begin(OperationType& operation) {
  if (operation.request.kind == RequestKind::write && !on(Switch::A2_highest)) {
    operation.written = held(operation.request.key);
    begin_store(operation);
    return;
  }
  operation.phase = Phase::query;
  send_round(operation);
}

/// To all who have not answered in this phase, itself included.
template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::send_round(OperationType& operation) {
  const RequestType& request = operation.request;
  operation.sent_at = now_;
  for (ServerId to = 1; to <= kMaxServers; ++to) {
    if (!contains(config_.members & ~operation.answered, to)) continue;
    if (operation.phase == Phase::query)
      outbox_.send_after(start_write_, config_.id, to, operation.id, Query<K>{request.key, request.session});
    else
      outbox_.send_after(start_write_, config_.id, to, operation.id, Store<V, K>{request.key, operation.written});
  }
}

template <class V, class K, RegisterState<V, K> State, class Observer>
auto QuorumRegister<V, K, State, Observer>::find(uint64_t id, Phase phase) -> OperationType* {
  for (OperationType& operation : operations_)
    if (operation.phase == phase && (operation.id == id || !on(Switch::A3_operation))) return &operation;
  return nullptr;
}

/// A3: each server counts once. True: enough have answered.
template <class V, class K, RegisterState<V, K> State, class Observer>
bool QuorumRegister<V, K, State, Observer>::count(OperationType& operation, ServerId from, uint32_t enough) {
  if (contains(operation.answered, from) && on(Switch::A3_once)) return false;
  operation.answered |= server_bit(from);
  return ++operation.answers >= enough;
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::handle_query_answer(const MessageType& m, const QueryAnswer<V>& answer) {
  OperationType* operation = find(m.operation, Phase::query);
  if (operation == nullptr) return;
  operation->repeated |= answer.repeated;
  if (answer.written.stamp > operation->written.stamp || !on(Switch::A1_highest)) operation->written = answer.written;
  if (!count(*operation, m.from, config_.to_read())) return;
  if (operation->request.kind == RequestKind::read && !on(Switch::A1_write_back))
    settle(*operation, Outcome::read);
  else
    begin_store(*operation);
}

/// A2: above all that a quorum holds, and named by this start and this request.
template <class V, class K, RegisterState<V, K> State, class Observer>
Stamp QuorumRegister<V, K, State, Observer>::next_stamp(const OperationType& operation) const {
  Stamp stamp;
  stamp.number = operation.written.stamp.number + 1;
  if (on(Switch::A2_server)) stamp.writer.server = config_.id;
  if (on(Switch::A2_incarnation)) stamp.writer.incarnation = values().incarnation;
  if (on(Switch::A2_counter)) stamp.writer.counter = static_cast<uint32_t>(operation.id);
  return stamp;
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::begin_store(OperationType& operation) {
  const RequestType& request = operation.request;
  if (request.kind == RequestKind::write && !operation.repeated) {
    note(Rule::A2, "{s} takes the timestamp after {0}: it is the highest of those that a quorum of {1} has told",
         {note_count("highest", operation.written.stamp.number), note_count("answers", operation.answers)});
    operation.written = {next_stamp(operation), request.value, request.session};
  } else {
    note(Rule::A1, "{s} writes back what has timestamp {0}: it is the highest of those that a quorum of {1} has told",
         {note_count("highest", operation.written.stamp.number), note_count("answers", operation.answers)});
  }
  operation.phase = Phase::store;
  operation.answered = 0;
  operation.answers = 0;
  send_round(operation);
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::handle_store_answer(const MessageType& m) {
  OperationType* operation = find(m.operation, Phase::store);
  if (operation == nullptr) return;
  const bool writes = operation->request.kind == RequestKind::write;
  const bool one_is_enough = writes && !on(Switch::A2_majority);
  if (!count(*operation, m.from, one_is_enough ? 1 : config_.to_write())) return;
  note(Rule::A4, "{s} has stored timestamp {0} on a quorum of {1}: whoever asks a quorum from now on hears of it",
       {note_count("timestamp", operation->written.stamp.number), note_count("answers", operation->answers)});
  settle(*operation, !writes ? Outcome::read : operation->repeated ? Outcome::repeated : Outcome::written);
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::settle(OperationType& operation, Outcome outcome) {
  Settled<V>& settled = settled_.emplace_back();
  settled.operation = operation.id;
  settled.outcome = outcome;
  settled.stamp = operation.written.stamp;
  if (outcome == Outcome::read) settled.value = std::move(operation.written.value);
  if (outcome == Outcome::gave_up)
    settled.may_take_effect = operation.request.kind == RequestKind::write && operation.phase == Phase::store;
  operations_.erase(operations_.begin() + (&operation - operations_.data()));
  begin_waiting();
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::tick(uint32_t ticks) {
  now_ += ticks;
  for (size_t i = 0; config_.give_up_ticks != 0 && i < operations_.size();) {
    if (now_ - operations_[i].asked_at >= config_.give_up_ticks)
      settle(operations_[i], Outcome::gave_up);
    else
      ++i;
  }
  if (!on(Switch::A3_resend)) return;
  for (OperationType& operation : operations_)
    if (operation.phase != Phase::waiting && now_ - operation.sent_at >= config_.resend_ticks) send_round(operation);
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::fire_resend() {
  if (!on(Switch::A3_resend)) return;
  for (OperationType& operation : operations_)
    if (operation.phase != Phase::waiting) send_round(operation);
}

template <class V, class K, RegisterState<V, K> State, class Observer>
uint32_t QuorumRegister<V, K, State, Observer>::ticks_to_next_timer() const {
  uint64_t least = UINT32_MAX;
  const auto due = [&](uint64_t since, uint32_t after) {
    least = std::min(least, now_ - since >= after ? 1 : since + after - now_);
  };
  for (const OperationType& operation : operations_) {
    if (config_.give_up_ticks != 0) due(operation.asked_at, config_.give_up_ticks);
    if (operation.phase != Phase::waiting && on(Switch::A3_resend)) due(operation.sent_at, config_.resend_ticks);
  }
  return static_cast<uint32_t>(least);
}

}  // namespace paxoscope::quorum_register
