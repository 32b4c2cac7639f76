// A few servers of the quorum register in memory: disks with writes under way, a network that may do anything, and the
// history of what clients saw.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "check/history.h"
#include "quorum_register/quorum_register.h"

namespace paxoscope::quorum_register {

/// What tests write; 0: nothing was written.
struct Word {
  uint32_t word = 0;
  bool operator==(const Word&) const = default;
};
inline void add_to_hash(Hasher& hasher, const Word& value) { hasher.add(value.word); }

struct Key {
  uint32_t key = 0;
  auto operator<=>(const Key&) const = default;
};
inline void add_to_hash(Hasher& hasher, const Key& key) { hasher.add(key.key); }

using TestState = MemoryValues<RegisterValues<Word, Key>>;
using TestServer = QuorumRegister<Word, Key, TestState, Notes>;
using TestRequest = TestServer::RequestType;
using TestMessage = TestServer::MessageType;

/// Server `id` of 1..servers.
Config config_of(ServerId id, uint32_t servers);
/// Initial value of every register in histories of words.
inline HistoryDigest nothing() { return HistoryValue::null().digest; }
HistoryValue history_value(Word word);
/// The zones' verdict and the general search's on a history with distinct writes; a sentence when the history cannot be
/// explained, or when they differ.
std::string judge(const std::vector<HistoryOperation>& history);

/// What a client asked, and what came of it.
struct Asked {
  ServerId at = 0;
  uint64_t operation = 0;
  TestRequest request;
  std::optional<Settled<Word>> settled;
  uint64_t invoked = 0, returned = kNever;
};

class Cluster {
 public:
  struct Host {
    std::optional<TestServer> server;  ///< empty: down
    TestState disk{false};
    std::deque<std::pair<uint64_t, TestState>> writes;
    uint64_t last_write = 0;
  };

  /// With a slow disk writes wait for disk().
  Cluster(uint32_t servers, const Config& common, bool slow_disk);

  TestServer& operator[](ServerId id) { return *host(id).server; }
  Host& host(ServerId id) { return hosts_[id - 1]; }
  bool up(ServerId id) { return host(id).server.has_value(); }
  uint32_t size() const { return static_cast<uint32_t>(hosts_.size()); }

  void start(ServerId id);
  void crash(ServerId id);
  /// Its messages and writes start, and its clients get their answers. After each call to a server.
  void pump(ServerId id);
  void tick(ServerId id, uint32_t ticks = 1);
  void disk(ServerId id);  ///< its oldest write is done
  /// Returns its place in asked(); nothing: it was refused.
  std::optional<size_t> ask(ServerId id, TestRequest request);
  std::optional<size_t> read(ServerId id, Key key = {}) { return ask(id, TestRequest::read(key)); }
  std::optional<size_t> write(ServerId id, uint32_t word, Key key = {}, Session session = {}) {
    return ask(id, TestRequest::write(Word{word}, key, session));
  }
  void deliver(size_t position, bool keep_copy = false);
  void drop(size_t position);
  /// Delivers what `wanted` lets through, until nothing moves; the rest stays in flight. Disks work.
  template <class Wanted>
  void deliver_only(Wanted&& wanted) {
    for (size_t i = 0; i < flying_.size();) {
      if (!wanted(flying_[i])) {
        ++i;
        continue;
      }
      deliver(i);
      write_all();
      i = 0;
    }
  }
  /// Everything is delivered and written until nothing moves.
  void settle() {
    write_all();
    deliver_only([](const TestMessage&) { return true; });
  }
  std::vector<TestMessage>& flying() { return flying_; }
  const std::vector<Asked>& asked() const { return asked_; }
  /// What an operation that has an end returned.
  const Settled<Word>& result(std::optional<size_t> place) const { return *asked_[*place].settled; }
  bool ended(std::optional<size_t> place) const { return asked_[*place].settled.has_value(); }
  /// Without what certainly had no effect.
  std::vector<HistoryOperation> history() const;
  /// The first fact that did not hold, or empty.
  const std::string& broken() const { return broken_; }

 private:
  void write_all();
  void take_answers(ServerId id);

  Config common_;
  bool slow_disk_;
  std::vector<Host> hosts_;
  std::vector<TestMessage> flying_;
  std::vector<Asked> asked_;
  uint64_t clock_ = 0;
  std::string broken_;
};

/// A walk of so many random steps: messages in any order, lost and twice, crashes that lose writes, requests at all
/// servers. Then everything heals, and all must be answered. Returns what broke.
struct Walk {
  uint32_t servers = 3;
  uint32_t steps = 300;
  uint32_t requests = 14;
  Config common;
  bool slow_disk = true;
  bool facts = true;  ///< false: only what clients saw counts
};
struct WalkCounts {  ///< what happened in some walks
  uint64_t ended = 0, open = 0, crashes = 0, beside = 0;
};
std::string walk(const Walk& walk, uint64_t seed, WalkCounts* counts = nullptr);

// What is in flight.
template <class BodyType>
bool is(const TestMessage& m) {
  return std::holds_alternative<BodyType>(m.body);
}
inline bool is_store(const TestMessage& m) { return is<Store<Word, Key>>(m); }
/// Everything but messages to and from these.
inline auto without(std::vector<ServerId> some) {
  return [some = std::move(some)](const TestMessage& m) {
    for (ServerId id : some)
      if (m.from == id || m.to == id) return false;
    return true;
  };
}
/// What a read there returns when everything works.
uint32_t read_at(Cluster& c, ServerId id, Key key = {});

/// `breaks` plays a run under these rules and says whether something went wrong.
template <class Breaks>
bool only_without(Switch which, Breaks&& breaks) {
  Config config;
  if (breaks(config)) return false;
  config.switches.turn_off(static_cast<uint8_t>(which));
  return breaks(config);
}

}  // namespace paxoscope::quorum_register
