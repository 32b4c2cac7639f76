// The Raft test cluster, and walks through it: thousands of seeds with the rules on, and each safety rule off.
#include "raft_cluster.h"

#include <doctest/doctest.h>

#include <cstdlib>

template class paxoscope::raft::Raft<Word, paxoscope::MemorySequence<Word>,
                                     paxoscope::MemoryValues<paxoscope::raft::RaftValues>, paxoscope::Notes>;

namespace paxoscope::raft {

TestStorage storage_of(const std::vector<Term>& terms, Term term, ServerId vote, bool synchronous) {
  TestStorage storage{{}, {}, TestState(synchronous), {}};
  for (size_t i = 0; i < terms.size(); ++i) {
    storage.log.append(Word{static_cast<uint32_t>(i + 1)});
    storage.marks.append(Mark{terms[i], EntryKind::normal, nullptr}, 1);
  }
  storage.state.edit().term = term;
  storage.state.edit().vote = vote;
  return storage;
}

Config config_of(ServerId id, uint32_t servers) {
  Config config;
  config.id = id;
  for (ServerId member = 1; member <= servers; ++member) config.initial.voters.add(member);
  config.seed = id;
  return config;
}

TestServer server_of(const Config& config, TestStorage storage) {
  auto server = TestServer::with(config, std::move(storage));
  PAXO_ASSERT(server.has_value());
  return std::move(*server);
}

std::vector<Term> terms_of(const TestServer& server) {
  std::vector<Term> terms;
  for (LogIndex i = server.storage().marks.base() + 1; i <= server.log_length(); ++i)
    terms.push_back(server.mark_at(i).term);
  return terms;
}

std::vector<TestMessage> sent_by(TestServer& server) {
  std::vector<TestMessage> out;
  server.take_outgoing(out);
  return out;
}

AppendEntries<Word> entries_of(LogIndex previous, Term previous_term, Term term, std::vector<uint32_t> words,
                               LogIndex commit) {
  std::vector<Word> entries;
  for (uint32_t word : words) entries.push_back({word});
  return {previous, previous_term, commit, Mark{term, EntryKind::normal, nullptr}, {},
          Entries<Word>::copy_of(entries.begin(), entries.end())};
}

AppendEntries<Word> entries_of(LogIndex previous, Term previous_term, const std::vector<Term>& terms) {
  const auto count = static_cast<uint32_t>(terms.size());
  AppendEntries<Word> append =
      entries_of(previous, previous_term, count == 0 ? 0 : terms[0], std::vector<uint32_t>(count, 9));
  for (uint32_t i = 1; i < count; ++i)
    if (terms[i] != terms[i - 1]) append.changes.push_back({i, Mark{terms[i], EntryKind::normal, nullptr}});
  return append;
}

Cluster::Cluster(uint32_t servers, const Config& common, bool slow_disk, uint64_t seed, uint32_t members)
    : common_(common), slow_disk_(slow_disk), seed_(seed), hosts_(servers) {
  if (common_.initial.voters.empty())
    for (ServerId id = 1; id <= (members != 0 ? members : servers); ++id) common_.initial.voters.add(id);
  states_.push_back({});
  for (ServerId id = 1; id <= servers; ++id) start(id);
}

ServerId Cluster::leader() {
  ServerId found = 0;
  for (ServerId id = 1; id <= size(); ++id)
    if (up(id) && (*this)[id].is_leader() && (found == 0 || (*this)[id].term() > (*this)[found].term())) found = id;
  return found;
}

void Cluster::start(ServerId id) {
  Host& h = host(id);
  Config config = common_;
  config.id = id;
  config.seed = seed_ * 1000 + id * 50 + ++h.starts;
  if (!common_.initial.voters.contains(id)) config.initial = {};
  TestStorage storage{h.disk.log, h.disk.marks, TestState(!slow_disk_), h.disk.snapshot};
  storage.state.edit() = h.disk.state.values();
  h.server.emplace(server_of(config, std::move(storage)));
  h.last_write = 0;
  h.checked = 0;
  h.led = 0;
  pump(id);
}

void Cluster::crash(ServerId id) {
  host(id).server.reset();
  host(id).writes.clear();
  host(id).reads.clear();
}

void Cluster::pump(ServerId id) {
  Host& h = host(id);
  if (!h.server) return;
  std::vector<TestMessage> out;
  h.server->take_outgoing(out);
  h.server->take_notes();
  const uint64_t written = h.server->storage().state.written();
  if (written != h.last_write) {
    h.last_write = written;
    if (slow_disk_)
      h.writes.emplace_back(written, h.server->storage());
    else
      h.disk = h.server->storage();
  }
  for (TestMessage& m : out) {
    bool lost = m.to > size();
    for (const auto& [a, b] : cuts_) lost = lost || (a == m.from && b == m.to);
    if (!lost) flying_.push_back(std::move(m));
  }
  check(id);
}

void Cluster::tick(ServerId id) {
  if (!up(id)) return;
  (*this)[id].tick();
  pump(id);
}

void Cluster::disk(ServerId id) {
  Host& h = host(id);
  if (!h.server || h.writes.empty()) return;
  h.disk = std::move(h.writes.front().second);
  h.server->storage().state.set_durable(h.writes.front().first);
  h.writes.pop_front();
  h.server->storage_progress();
  pump(id);
}

void Cluster::read(ServerId id) {
  if (!up(id)) return;
  if (const Result<uint64_t> ticket = (*this)[id].read()) host(id).reads[*ticket] = committed();
  pump(id);
}

void Cluster::propose(ServerId id, uint32_t word) {
  (void)(*this)[id].propose(Word{word});
  pump(id);
}

void Cluster::elect(ServerId id) {
  (*this)[id].fire_election();
  pump(id);
  settle();
}

void Cluster::isolate(const Servers& some) {
  for (ServerId a : some)
    for (ServerId b = 1; b <= size(); ++b)
      if (!some.contains(b)) cut(a, b);
}

bool Cluster::deliver(size_t position, bool keep_copy) {
  TestMessage m = flying_[position];
  if (!keep_copy) drop(position);
  if (!up(m.to)) return false;
  (*this)[m.to].handle(m);
  pump(m.to);
  return true;
}

void Cluster::drop(size_t position) { flying_.erase(flying_.begin() + static_cast<std::ptrdiff_t>(position)); }

void Cluster::cut(ServerId a, ServerId b, bool both) {
  cuts_.emplace_back(a, b);
  if (both) cuts_.emplace_back(b, a);
  std::erase_if(flying_, [&](const TestMessage& m) {
    return (m.from == a && m.to == b) || (both && m.from == b && m.to == a);
  });
}

void Cluster::settle() {
  for (uint32_t steps = 0; steps < 20'000; ++steps) {
    if (!flying_.empty()) {
      deliver(0);
      continue;
    }
    bool wrote = false;
    for (ServerId id = 1; id <= size(); ++id)
      if (up(id) && !host(id).writes.empty()) {
        disk(id);
        wrote = true;
      }
    if (!wrote) return;
  }
  expect(false, 0, "the cluster comes to rest");
}

void Cluster::run(uint32_t ticks) {
  for (uint32_t i = 0; i < ticks; ++i) {
    for (ServerId id = 1; id <= size(); ++id) tick(id);
    settle();
  }
}

void Cluster::expect(bool holds, ServerId id, const char* what) {
  if (holds || !broken_.empty()) return;
  broken_ = std::string("server ") + std::to_string(id) + ": " + what;
}

void Cluster::check(ServerId id) {
  TestServer& server = (*this)[id];
  if (server.broken_fact() != nullptr) expect(false, id, server.broken_fact());
  expect(server.commit_index() <= server.log_length(), id, "the commit index does not pass the log");
  check_leader(id);
  check_committed(id);
  check_reads(id);
  if (++checks_ % 64 != 0) return;
  for (ServerId a = 1; a <= size(); ++a)
    for (ServerId b = a + 1; b <= size(); ++b)
      if (up(a) && up(b)) check_matching(a, b);
}

/// Election safety and leader completeness.
void Cluster::check_leader(ServerId id) {
  TestServer& server = (*this)[id];
  Host& h = host(id);
  if (!server.is_leader() || h.led == server.term()) return;
  h.led = server.term();
  const auto [at, fresh] = leaders_.emplace(server.term(), id);
  expect(fresh || at->second == id, id, "one leader per term");
  for (LogIndex i = server.storage().marks.base() + 1; i <= committed(); ++i) {
    const Decided& decided = committed_[i - 1];
    if (decided.in >= server.term()) continue;
    const bool has = i <= server.log_length() && server.mark_at(i).term == decided.term;
    expect(has, id, "a leader has everything that was committed before its term");
  }
}

/// Everybody commits the same, and snapshots sum it up.
void Cluster::check_committed(ServerId id) {
  TestServer& server = (*this)[id];
  Host& h = host(id);
  const LogIndex base = server.storage().log.trimmed_to();
  for (LogIndex i = std::max(h.checked, base) + 1; i <= std::min(server.commit_index(), server.log_length()); ++i) {
    const Mark& mark = server.mark_at(i);
    const Decided decided{mark.term, mark.kind, server.storage().log.at(i), mark.membership, server.term()};
    if (i <= committed()) {
      expect(committed_[i - 1] == decided, id, "everybody commits the same entries");
    } else if (i == committed() + 1) {
      committed_.push_back(decided);
      states_.push_back(states_.back());
      if (decided.kind == EntryKind::normal) StateOf<Word>::apply(states_.back(), i, decided.word);
    } else {
      expect(false, id, "entries are committed one after the other");
      return;
    }
  }
  h.checked = std::max(h.checked, server.commit_index());
  const SnapshotRef<Word>& snapshot = server.storage().snapshot;
  if (snapshot == nullptr || snapshot == h.checked_snapshot) return;
  h.checked_snapshot = snapshot;
  ++snapshots_;
  expect(snapshot->index <= committed(), id, "a snapshot sums up committed entries only");
  if (snapshot->index > committed()) return;
  expect(snapshot->state == states_[snapshot->index], id, "a snapshot is the state after its entries");
  expect(*snapshot->membership == membership_at(snapshot->index), id, "a snapshot holds the membership of its index");
}

uint64_t Cluster::memberships() const {
  uint64_t count = 0;
  for (const Decided& decided : committed_) count += decided.kind == EntryKind::membership ? 1 : 0;
  return count;
}

const Membership& Cluster::membership_at(LogIndex index) const {
  for (LogIndex i = index; i > 0; --i)
    if (committed_[i - 1].membership) return *committed_[i - 1].membership;
  return common_.initial;
}

/// Two logs that agree in the term at an index agree up to there.
void Cluster::check_matching(ServerId a, ServerId b) {
  const TestStorage& x = (*this)[a].storage();
  const TestStorage& y = (*this)[b].storage();
  LogIndex i = std::min(x.log.length(), y.log.length());
  const LogIndex base = std::max(x.log.trimmed_to(), y.log.trimmed_to());
  while (i > base && x.marks.at(i).term != y.marks.at(i).term) --i;
  for (; i > base; --i)
    expect(x.marks.at(i).term == y.marks.at(i).term && x.log.at(i) == y.log.at(i), a,
           "logs with the same term at an index agree up to it");
}

/// A read sees what was committed anywhere when it was asked.
void Cluster::check_reads(ServerId id) {
  for (const ReadReady& ready : (*this)[id].take_reads()) {
    const auto at = host(id).reads.find(ready.ticket);
    if (at == host(id).reads.end()) continue;
    expect(ready.index >= at->second, id, "a read sees everything committed before it");
    host(id).reads.erase(at);
    ++reads_done_;
  }
}

namespace {

void change_something(Cluster& cluster, ServerId id, Rng& rng) {
  if (!cluster.up(id) || !cluster[id].is_leader()) return;
  switch (rng.below(3)) {
    case 0: {
      Servers voters;
      while (voters.size() < 2 + rng.below(2)) voters.add(static_cast<ServerId>(rng.between(1, cluster.size())));
      (void)cluster[id].reconfigure(voters);
      break;
    }
    case 1: {
      const Change change{static_cast<ChangeKind>(rng.below(3)), static_cast<ServerId>(rng.between(1, cluster.size()))};
      (void)cluster[id].change_membership({&change, 1});
      break;
    }
    default:
      (void)cluster[id].transfer_leadership(static_cast<ServerId>(rng.between(1, cluster.size())));
  }
  cluster.pump(id);
}

enum Step { message, ticks, disk_done, proposal, read, up_or_down, up, cut, heal, snapshot, change, kSteps };

/// How often each step comes. Every walk draws its own: some lose all messages, some crash all the time.
struct Weights {
  uint64_t of[kSteps] = {900, 180, 300, 50, 30, 6, 14, 3, 10, 4, 30};
  uint64_t sum = 0;
  uint64_t lost_permille = 60;
  uint64_t any_order = 4;  ///< one message in so many is taken out of order

  explicit Weights(Rng& rng) {
    static constexpr uint64_t kFactors[] = {1, 2, 4, 4, 4, 8, 16};  // quarters
    for (uint64_t& weight : of) sum += weight = weight * kFactors[rng.below(7)] / 4 + 1;
    lost_permille = lost_permille * kFactors[rng.below(7)] / 4;
    any_order = 1 + rng.below(6);
  }
  Step draw(Rng& rng) const {
    uint64_t at = rng.below(sum);
    int step = 0;
    while (at >= of[step]) at -= of[step++];
    return static_cast<Step>(step);
  }
};

void pass_message(Cluster& cluster, const Weights& weights, Rng& rng) {
  auto& flying = cluster.flying();
  if (flying.empty()) return;
  // Mostly the oldest ones, so that something gets done; sometimes any.
  const size_t most = rng.below(weights.any_order) == 0 ? flying.size() : std::min<size_t>(flying.size(), 3);
  const size_t position = rng.below(most);
  if (rng.chance_permille(static_cast<uint32_t>(weights.lost_permille)) || flying.size() > 300)
    cluster.drop(position);
  else
    cluster.deliver(position, rng.chance_permille(80));
}

void random_step(Cluster& cluster, const Walk& walk, const Weights& weights, Rng& rng, uint32_t* next_word) {
  const auto id = static_cast<ServerId>(rng.between(1, cluster.size()));
  switch (weights.draw(rng)) {
    case message:
      return pass_message(cluster, weights, rng);
    case ticks:
      if (!walk.even_clocks) return cluster.tick(id);
      if (rng.below(cluster.size()) == 0)
        for (ServerId each = 1; each <= cluster.size(); ++each) cluster.tick(each);
      return;
    case disk_done:
      return cluster.disk(id);
    case proposal:
      if (cluster.up(id)) (void)cluster[id].propose(Word{(*next_word)++ % 40 + 1000 * id});
      return cluster.pump(id);
    case read:
      return cluster.read(id);
    case up_or_down:
      return cluster.up(id) ? cluster.crash(id) : cluster.start(id);
    case up:
      for (ServerId each = 1; each <= cluster.size(); ++each)
        if (!cluster.up(each)) return cluster.start(each);
      return;
    case cut:
      return cluster.cut(id, static_cast<ServerId>(rng.between(1, cluster.size())), rng.below(3) != 0);
    case heal:
      return cluster.heal();
    case snapshot:
      if (cluster.up(id)) (void)cluster[id].perform_snapshot(cluster[id].commit_index() * rng.below(3) / 2);
      return cluster.pump(id);
    default:
      if (walk.changes) change_something(cluster, id, rng);
  }
}

}  // namespace

std::string walk(const Walk& walk, uint64_t seed, WalkCounts* counts) {
  Rng rng(seed);
  Cluster cluster(walk.servers, walk.common, walk.slow_disk, seed, walk.changes ? 3 : 0);
  uint32_t next_word = 1;
  const Weights weights(rng);
  for (uint32_t step = 0; step < walk.steps && cluster.broken().empty(); ++step)
    random_step(cluster, walk, weights, rng, &next_word);
  if (counts != nullptr) {
    counts->committed += cluster.committed();
    counts->reads += cluster.reads_done();
    counts->leaders += cluster.leaders();
    counts->snapshots += cluster.snapshots();
    counts->memberships += cluster.memberships();
  }
  if (!walk.must_recover || !cluster.broken().empty()) return cluster.broken();
  cluster.heal();
  for (ServerId id = 1; id <= cluster.size(); ++id)
    if (!cluster.up(id)) cluster.start(id);
  cluster.run(60);
  // Who was removed and did not hear of it disturbs the others for ever (R9); a person takes it down.
  ServerId knows = 1;
  for (ServerId id = 2; id <= cluster.size(); ++id)
    if (cluster[id].commit_index() > cluster[knows].commit_index()) knows = id;
  for (ServerId id = 1; id <= cluster.size(); ++id)
    if (!walk.common.sticky() && !cluster[knows].membership()->has(id)) cluster.crash(id);
  cluster.run(100);
  const ServerId leader = cluster.leader();
  if (!cluster.broken().empty()) return cluster.broken();
  if (leader == 0) return "nobody leads after everything healed";
  const LogIndex before = cluster.committed();
  (void)cluster[leader].propose(Word{77});
  cluster.read(leader);
  cluster.pump(leader);
  cluster.run(20);
  if (!cluster.broken().empty()) return cluster.broken();
  if (cluster.committed() <= before) return "nothing is committed after everything healed";
  for (ServerId id : cluster[leader].membership()->voters)
    if (cluster[id].commit_index() != cluster.committed()) return "somebody does not catch up after everything healed";
  for (ServerId id : cluster[leader].membership()->everybody())
    if (cluster[id].reads_waiting() != 0) return "a read is never answered";
  return "";
}

}  // namespace paxoscope::raft

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

Walk walk_of(int kind) {
  Walk w;
  w.servers = kind % 3 == 0 ? 5 : 3;
  w.common.pre_vote = kind & 1;
  w.common.check_quorum = kind & 2;
  w.common.chunk_items = 7;
  w.common.window_entries = kind & 4 ? 3 : 64;
  w.common.max_message_entries = 4;
  w.common.max_uncommitted = 50;
  w.changes = kind & 8;
  if (w.changes) w.servers = 5;
  if ((kind & 2) != 0 && (kind & 4) != 0) {
    w.common.reads = ReadMode::lease;
    w.even_clocks = true;
  } else if (kind % 5 == 0) {
    w.common.reads = ReadMode::log;
  }
  w.slow_disk = kind % 7 != 6;
  w.common.empty_probes = kind % 3 == 1;
  return w;
}

}  // namespace

TEST_SUITE("raft walks") {
  TEST_CASE("whatever is lost, repeated, late or crashes: one log, and afterwards it goes on") {
    const char* more = std::getenv("RAFT_SEEDS");
    const uint64_t seeds = more != nullptr ? std::strtoull(more, nullptr, 10) : 2000;
    WalkCounts counts;
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      const std::string broken = walk(walk_of(static_cast<int>(seed % 16)), seed, &counts);
      CAPTURE(seed);
      CHECK(broken == "");
      if (!broken.empty()) break;
    }
    MESSAGE(counts.committed << " entries, " << counts.reads << " reads, " << counts.leaders << " leaders, " << counts.snapshots
                             << " snapshots, " << counts.memberships << " memberships in " << seeds << " walks");
    CHECK(counts.committed > 10 * seeds);
    CHECK(counts.reads > seeds);
    CHECK(counts.leaders > seeds);
    CHECK(counts.snapshots > seeds);
    CHECK(counts.memberships > seeds / 10);
  }
}
