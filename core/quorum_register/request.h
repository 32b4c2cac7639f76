// What clients ask of the register and what they get.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "quorum_register/values.h"

namespace paxoscope::quorum_register {

enum class RequestKind : uint8_t { read, write };

template <class V, class K>
struct Request {
  RequestKind kind = RequestKind::read;
  K key{};
  V value{};        ///< write
  Session session;  ///< write, with Config::drop_repeats

  static Request read(K key = {}) { return {RequestKind::read, std::move(key), {}, {}}; }
  static Request write(V value, K key = {}, Session session = {}) {
    return {RequestKind::write, std::move(key), std::move(value), session};
  }
};

enum class RefusalKind : uint8_t {
  busy,                ///< Config::max_waiting
  too_many_registers,  ///< Config::max_registers
  numbers_used_up,     ///< this start has had 2^32 - 1 requests
};

/// A request that was not taken and has no effect.
struct Refusal {
  RefusalKind kind;
  Error reason;
};

enum class Outcome : uint8_t {
  read,      ///< `value` is what the register held
  written,   ///< the value is stored
  repeated,  ///< the session's write was stored before; it is not stored again
  gave_up,   ///< no quorum answered in time; `may_take_effect` says whether a write may still happen
};

template <class V>
struct Settled {
  uint64_t operation = 0;
  Outcome outcome = Outcome::read;
  Stamp stamp;                   ///< read: of the value; written: of the write; number 0: nothing was ever written
  V value{};                     ///< read
  bool may_take_effect = false;  ///< gave_up
};

/// Where a request stands at its coordinator.
enum class Phase : uint8_t {
  waiting,  ///< for its turn
  query,    ///< asks a quorum
  store,    ///< stores on a quorum
};

template <class V, class K>
struct Operation {
  uint64_t id = 0;
  Request<V, K> request;
  Phase phase = Phase::waiting;
  ServerSet answered = 0;   ///< in this phase
  uint32_t answers = 0;     ///< as counted: one for each of them (A3)
  uint64_t asked_at = 0;    ///< in ticks
  uint64_t sent_at = 0;     ///< the last round of messages
  Written<V> written;       ///< query: the highest that was heard of; store: what is stored
  bool repeated = false;    ///< somebody has stored it before

  void add_to(Hasher& hasher, uint64_t now) const {
    hasher.add(id);
    hasher.add(static_cast<uint64_t>(request.kind) << 16 | static_cast<uint64_t>(phase) << 8 | (repeated ? 1 : 0));
    add_to_hash(hasher, request.key);
    add_to_hash(hasher, request.value);
    hasher.add(request.session.client);
    hasher.add(request.session.number);
    hasher.add(static_cast<uint64_t>(answered) << 32 | answers);
    hasher.add(now - asked_at);
    hasher.add(now - sent_at);
    written.add_to(hasher);
  }
};

}  // namespace paxoscope::quorum_register
