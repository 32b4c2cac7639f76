// A few Raft servers in memory: disks with writes under way, a network that may do anything, and what must always hold.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "raft/raft.h"

/// What tests replicate.
struct Word {
  uint32_t value = 0;
  bool operator==(const Word&) const = default;
};
inline void add_to_hash(paxoscope::Hasher& hasher, const Word& word) { hasher.add(word.value); }

/// Where each word stands last, in parts of so many words.
template <>
struct paxoscope::StateOf<Word> {
  static constexpr bool exists = true;
  using Type = std::map<uint32_t, LogIndex>;

  static void apply(Type& state, LogIndex index, const Word& word) { state[word.value] = index; }
  static void merge(Type& into, const Type& changes) {
    for (const auto& [word, index] : changes) into[word] = index;
  }
  static uint32_t items(const Type& state) { return static_cast<uint32_t>(state.size()); }
  static Type part(const Type& state, uint32_t first, uint32_t count) {
    Type some;
    uint32_t at = 0;
    for (const auto& item : state) {
      if (at >= first && at < first + count) some.insert(item);
      ++at;
    }
    return some;
  }
  static void add_to(const Type& state, Hasher& hasher) {
    for (const auto& [word, index] : state) hasher.add((uint64_t{word} << 32) + index);
  }
};

namespace paxoscope::raft {

using TestState = MemoryValues<RaftValues>;
using TestServer = Raft<Word, MemorySequence<Word>, TestState, Notes>;
using TestStorage = TestServer::StorageType;
using TestMessage = TestServer::MessageType;

}  // namespace paxoscope::raft

extern template class paxoscope::raft::Raft<Word, paxoscope::MemorySequence<Word>,
                                            paxoscope::MemoryValues<paxoscope::raft::RaftValues>, paxoscope::Notes>;

namespace paxoscope::raft {

/// A storage whose entries have these terms, words 1, 2, 3…
TestStorage storage_of(const std::vector<Term>& terms, Term term, ServerId vote = 0, bool synchronous = true);
Config config_of(ServerId id, uint32_t servers);
TestServer server_of(const Config& config, TestStorage storage);
std::vector<Term> terms_of(const TestServer& server);
/// What it sends now.
std::vector<TestMessage> sent_by(TestServer& server);
/// The message of that kind to `to` (0: anyone) among them, or null.
template <class BodyType>
const BodyType* find_body(const std::vector<TestMessage>& messages, ServerId to = 0) {
  for (const TestMessage& m : messages)
    if (to == 0 || m.to == to)
      if (const auto* body = std::get_if<BodyType>(&m.body)) return body;
  return nullptr;
}
template <class BodyType>
TestMessage message_of(ServerId from, ServerId to, Term term, BodyType body) {
  return {from, to, term, Body<Word>{std::move(body)}};
}
/// Entries of one term behind `previous`.
AppendEntries<Word> entries_of(LogIndex previous, Term previous_term, Term term, std::vector<uint32_t> words, LogIndex commit = 0);
/// One entry of each of `terms`.
AppendEntries<Word> entries_of(LogIndex previous, Term previous_term, const std::vector<Term>& terms);

class Cluster {
 public:
  struct Host {
    std::optional<TestServer> server;  ///< empty: down
    TestStorage disk{{}, {}, TestState(false), {}};
    std::deque<std::pair<uint64_t, TestStorage>> writes;
    uint64_t last_write = 0;
    uint32_t starts = 0;
    LogIndex checked = 0;
    SnapshotRef<Word> checked_snapshot;
    Term led = 0;
    std::map<uint64_t, LogIndex> reads;  ///< ticket → committed anywhere when it was asked
  };

  /// `members` of `servers` vote at first. With a slow disk writes wait for disk().
  Cluster(uint32_t servers, const Config& common, bool slow_disk, uint64_t seed, uint32_t members = 0);

  TestServer& operator[](ServerId id) { return *host(id).server; }
  Host& host(ServerId id) { return hosts_[id - 1]; }
  bool up(ServerId id) { return host(id).server.has_value(); }
  uint32_t size() const { return static_cast<uint32_t>(hosts_.size()); }
  ServerId leader();

  void start(ServerId id);
  void crash(ServerId id);
  /// Its messages and writes start, and everything is checked. After each call to a server.
  void pump(ServerId id);
  void tick(ServerId id);
  void disk(ServerId id);   ///< its oldest write is done
  void read(ServerId id);
  void propose(ServerId id, uint32_t word);
  /// It campaigns, and everything settles.
  void elect(ServerId id);
  bool deliver(size_t position, bool keep_copy = false);
  void drop(size_t position);
  void cut(ServerId a, ServerId b, bool both = true);
  /// Cuts every link between these and the others.
  void isolate(const Servers& some);
  void heal() { cuts_.clear(); }
  std::vector<TestMessage>& flying() { return flying_; }
  /// Everything is delivered and written until nothing moves.
  void settle();
  /// Ticks of everybody, with everything settled after each.
  void run(uint32_t ticks);

  LogIndex committed() const { return committed_.size(); }
  /// The first thing that did not hold, or empty.
  const std::string& broken() const { return broken_; }
  uint64_t reads_done() const { return reads_done_; }
  uint64_t leaders() const { return leaders_.size(); }
  uint64_t snapshots() const { return snapshots_; }
  /// Committed ones.
  uint64_t memberships() const;

 private:
  struct Decided {
    Term term;
    EntryKind kind;
    Word word;
    MembershipRef membership;
    Term in;  ///< term of who committed it first
    bool operator==(const Decided& o) const {
      if ((membership == nullptr) != (o.membership == nullptr)) return false;
      return term == o.term && kind == o.kind && word == o.word && (!membership || *membership == *o.membership);
    }
  };
  void expect(bool holds, ServerId id, const char* what);
  void check(ServerId id);
  void check_committed(ServerId id);
  void check_leader(ServerId id);
  void check_matching(ServerId a, ServerId b);
  void check_reads(ServerId id);
  const Membership& membership_at(LogIndex index) const;

  Config common_;
  bool slow_disk_;
  uint64_t seed_;
  uint32_t checks_ = 0;
  uint64_t reads_done_ = 0;
  uint64_t snapshots_ = 0;  ///< taken or received
  std::vector<Host> hosts_;
  std::vector<TestMessage> flying_;
  std::vector<std::pair<ServerId, ServerId>> cuts_;
  std::vector<Decided> committed_;
  std::vector<StateOf<Word>::Type> states_;  ///< position = how many of them are applied
  std::map<Term, ServerId> leaders_;
  std::string broken_;
};

/// A walk of so many random steps: messages in any order, lost and twice, crashes that lose writes, cut links, proposals,
/// reads, snapshots, changes of the membership, transfers. Then everything heals. Returns what broke.
struct Walk {
  uint32_t servers = 3;
  uint32_t steps = 4000;
  Config common;
  bool slow_disk = true;
  bool changes = false;      ///< of the membership
  bool even_clocks = false;  ///< all tick together, as leases need it
  bool must_recover = true;  ///< after it everybody must agree on something new
};
struct WalkCounts {  ///< what happened in some walks
  uint64_t committed = 0, reads = 0, leaders = 0, snapshots = 0, memberships = 0;
};
std::string walk(const Walk& walk, uint64_t seed, WalkCounts* counts = nullptr);

}  // namespace paxoscope::raft
