// What the servers of the register say to each other, themselves included.
#pragma once

#include <variant>

#include "quorum_register/values.h"

namespace paxoscope::quorum_register {

/// "What do you hold?" (A1, A2). Leaves once the start in Message::operation is durable: otherwise an answer to an earlier
/// start could count for a later one.
template <class K>
struct Query {
  K key;
  Session session;
};
/// Reports, promises nothing: what it says may be lost with the sender's next crash.
template <class V>
struct QueryAnswer {
  Written<V> written;
  bool repeated = false;  ///< the session's request was stored here before
};

/// "Hold this, unless you hold something newer" (A1, A2, A3). Leaves once the start in its timestamp is durable.
template <class V, class K>
struct Store {
  K key;
  Written<V> written;
};
/// Leaves once that value, or the newer one, is durable.
struct StoreAnswer {};

template <class V, class K>
using Body = std::variant<Query<K>, QueryAnswer<V>, Store<V, K>, StoreAnswer>;

/// It promises what a crash must not take back: it is sent with the write that it waits for, and in no other way.
template <class BodyType>
inline constexpr bool kPromises = true;
template <class V>
inline constexpr bool kPromises<QueryAnswer<V>> = false;

template <class V, class K>
struct Message {
  ServerId from = 0;
  ServerId to = 0;
  uint64_t operation = 0;  ///< of the coordinator: its start << 32 | the request's number there (A3)
  Body<V, K> body;

  void add_to(Hasher& hasher) const {
    hasher.add(static_cast<uint64_t>(from) << 32 | to);
    hasher.add(operation);
    hasher.add(body.index());
    if (const auto* query = std::get_if<Query<K>>(&body)) {
      add_to_hash(hasher, query->key);
      hasher.add(query->session.client);
      hasher.add(query->session.number);
    } else if (const auto* answer = std::get_if<QueryAnswer<V>>(&body)) {
      answer->written.add_to(hasher);
      hasher.add(answer->repeated ? 1 : 0);
    } else if (const auto* store = std::get_if<Store<V, K>>(&body)) {
      add_to_hash(hasher, store->key);
      store->written.add_to(hasher);
    }
  }
};

}  // namespace paxoscope::quorum_register
