// What a server of the register keeps through a crash: for each key a timestamp, its writer and the value.
#pragma once

#include <algorithm>
#include <compare>
#include <vector>

#include "base/hash.h"
#include "base/types.h"
#include "storage/storage.h"

namespace paxoscope::quorum_register {

/// Names a write, so that no two writes ever share a timestamp (A2).
struct Writer {
  ServerId server = 0;
  uint32_t incarnation = 0;  ///< which start of that server
  uint32_t counter = 0;      ///< which of that start's requests

  auto operator<=>(const Writer&) const = default;
};

/// A timestamp: all writes of a register are ordered by it. Number 0: nothing was written.
struct Stamp {
  uint64_t number = 0;
  Writer writer;

  auto operator<=>(const Stamp&) const = default;
  void add_to(Hasher& hasher) const {
    hasher.add(number);
    hasher.add(static_cast<uint64_t>(writer.incarnation) << 32 | writer.counter);
    hasher.add(writer.server);
  }
};

/// A client's request, so that a repeat can be told. A client sends a number once it has an end for all lower ones.
struct Session {
  uint64_t client = 0;  ///< 0: the request has no session
  uint64_t number = 0;

  explicit operator bool() const { return client != 0; }
  bool operator==(const Session&) const = default;
};

template <class V>
struct Written {
  Stamp stamp;
  V value{};
  Session session;

  void add_to(Hasher& hasher) const {
    stamp.add_to(hasher);
    add_to_hash(hasher, value);
    hasher.add(session.client);
    hasher.add(session.number);
  }
};

/// The key of a host that needs only one register.
struct OneKey {
  auto operator<=>(const OneKey&) const = default;
};
inline void add_to_hash(Hasher&, const OneKey&) {}

/// One register as this server holds it.
template <class V, class K>
struct Cell {
  K key;
  Written<V> written;
  std::vector<Session> sessions;  ///< the newest number of each client that was stored here; the latest store comes last

  /// The request, or a later one of the same client, was stored here.
  bool knows(const Session& session) const {
    return session && std::any_of(sessions.begin(), sessions.end(), [&](const Session& known) {
      return known.client == session.client && known.number >= session.number;
    });
  }
  /// False: it was known.
  bool remember(const Session& session, uint32_t max_sessions) {
    if (!session || knows(session)) return false;
    std::erase_if(sessions, [&](const Session& known) { return known.client == session.client; });
    if (sessions.size() >= max_sessions) sessions.erase(sessions.begin());
    sessions.push_back(session);
    return true;
  }
};

template <class V, class K>
struct RegisterValues {
  uint32_t incarnation = 0;        ///< +1 per start; names its requests and its writes
  std::vector<Cell<V, K>> cells;   ///< ascending by key; what was never stored here has none

  /// Null: nothing was stored.
  const Cell<V, K>* find(const K& key) const {
    const auto at = place(key);
    return at != cells.end() && at->key == key ? &*at : nullptr;
  }
  /// Made if it is not there.
  Cell<V, K>& at(const K& key) {
    const auto at = cells.begin() + (place(key) - cells.cbegin());
    return at != cells.end() && at->key == key ? *at : *cells.insert(at, Cell<V, K>{key, {}, {}});
  }
  void add_to(Hasher& hasher) const {
    hasher.add(incarnation);
    for (const Cell<V, K>& cell : cells) {
      add_to_hash(hasher, cell.key);
      cell.written.add_to(hasher);
      for (const Session& session : cell.sessions) {
        hasher.add(session.client);
        hasher.add(session.number);
      }
    }
  }

 private:
  auto place(const K& key) const {
    return std::lower_bound(cells.begin(), cells.end(), key, [](const Cell<V, K>& cell, const K& k) { return cell.key < k; });
  }
};

template <class S, class V, class K>
concept RegisterState = ValueState<S, RegisterValues<V, K>>;

}  // namespace paxoscope::quorum_register
