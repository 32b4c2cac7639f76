// The quorum register, as one of the servers that are asked (rule A3), and how messages leave. Part of quorum_register.h.
#pragma once

namespace paxoscope::quorum_register {

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::handle(const MessageType& m) {
  if (m.to != config_.id || !contains(config_.members, m.from)) return;
  if (const auto* query = std::get_if<Query<K>>(&m.body))
    handle_query(m, *query);
  else if (const auto* query_answer = std::get_if<QueryAnswer<V>>(&m.body))
    handle_query_answer(m, *query_answer);
  else if (const auto* store = std::get_if<Store<V, K>>(&m.body))
    handle_store(m, *store);
  else
    handle_store_answer(m);
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::handle_query(const MessageType& m, const Query<K>& query) {
  const Cell<V, K>* cell = values().find(query.key);
  QueryAnswer<V> answer;
  if (cell != nullptr) {
    answer.written = cell->written;
    answer.repeated = config_.drop_repeats && cell->knows(query.session);
  }
  outbox_.send(config_.id, m.from, m.operation, std::move(answer));
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::handle_store(const MessageType& m, const Store<V, K>& store) {
  if (!hold(store)) return;
  // One commit for all that arrive together; more than these are lost, as on a network.
  if (due_.size() < Outbox<V, K>::kMaxWaiting) due_.push_back({m.from, m.operation});
}

/// A3. False: there is no room for another register, so it is not held and not acknowledged.
template <class V, class K, RegisterState<V, K> State, class Observer>
bool QuorumRegister<V, K, State, Observer>::hold(const Store<V, K>& store) {
  const Written<V>& written = store.written;
  if (written.stamp.number == 0) return true;  // a read of what was never written
  const Cell<V, K>* held = values().find(store.key);
  if (held == nullptr && values().cells.size() >= config_.max_registers) return false;
  const bool newer = held == nullptr || written.stamp > held->written.stamp;
  if (held != nullptr && written.stamp == held->written.stamp)
    fact(written.value == held->written.value, "a timestamp belongs to one write");
  if (newer || !on(Switch::A3_order)) {
    note(Rule::A3, "{s} stores what {1} wrote with timestamp {0}",
         {note_count("timestamp", written.stamp.number), note_server("writer", written.stamp.writer.server)});
    storage_.edit().at(store.key).written = written;
    dirty_ = true;
  }
  if (config_.drop_repeats && written.session && !values().find(store.key)->knows(written.session)) {
    storage_.edit().at(store.key).remember(written.session, config_.max_sessions);
    dirty_ = true;
  }
  return true;
}

/// What was stored since the last time becomes one write. A store that changed nothing waits for the newest write, which
/// holds what was newer.
template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::commit_stores() {
  if (dirty_) write_ = Write::commit(storage_);
  dirty_ = false;
  for (const DueAnswer& due : due_) outbox_.send_after(write_, config_.id, due.to, due.operation, StoreAnswer{});
  due_.clear();
}

/// A coordinator is one of the servers: what it says to itself never leaves.
template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::take_outgoing(std::vector<MessageType>& out) {
  std::vector<MessageType> own;
  do {
    commit_stores();
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    outbox_.release(out, [&](const MessageType& message) {
      const bool answers = std::holds_alternative<StoreAnswer>(message.body);
      return on(answers ? Switch::A2_durable : Switch::A2_start) ? storage_.durable() : storage_.written();
    });
    own.clear();
    auto kept = out.begin() + first;
    for (auto at = kept; at != out.end(); ++at) {
      if (at->to == config_.id) {
        own.push_back(std::move(*at));
      } else {
        if (kept != at) *kept = std::move(*at);
        ++kept;
      }
    }
    out.erase(kept, out.end());
    for (const MessageType& message : own) handle(message);
  } while (!own.empty());
}

template <class V, class K, RegisterState<V, K> State, class Observer>
void QuorumRegister<V, K, State, Observer>::add_to(Hasher& hasher) const {
  values().add_to(hasher);
  hasher.add(storage_.written() - storage_.durable());
  hasher.add((static_cast<uint64_t>(last_number_) << 1) | (dirty_ ? 1 : 0));
  outbox_.add_to(hasher);
  for (const DueAnswer& due : due_) {
    hasher.add(due.to);
    hasher.add(due.operation);
  }
  for (const OperationType& operation : operations_) operation.add_to(hasher, now_);
}

}  // namespace paxoscope::quorum_register
