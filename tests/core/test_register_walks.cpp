// The test cluster of the quorum register, and walks through it: with the rules on every history can be explained, with a
// safety rule off some cannot.
#include "register_cluster.h"

#include <doctest/doctest.h>

#include "check/linearizability.h"
#include "check/order_search.h"
#include "check/register_zones.h"

namespace paxoscope::quorum_register {

Config config_of(ServerId id, uint32_t servers) {
  Config config;
  config.id = id;
  config.members = (1u << servers) - 1;
  return config;
}

HistoryValue history_value(Word word) {
  return word.word == 0 ? HistoryValue::null() : HistoryValue::of(std::to_string(word.word));
}

std::string judge(const std::vector<HistoryOperation>& history) {
  std::map<uint64_t, std::vector<uint32_t>> by_key;
  std::vector<uint32_t> order(history.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return history[a].invoked < history[b].invoked; });
  for (uint32_t i : order) by_key[history[i].key].push_back(i);
  bool explained = true;
  for (const auto& [key, own] : by_key) {
    if (!has_distinct_writes(history, own, nothing())) return "the writes of a walk differ";
    std::vector<uint32_t> found;
    const bool by_zones = order_by_zones(history, own, nothing(), kNever, found);
    OrderSearch search(history, own, nothing());
    uint64_t steps = 5'000'000;
    auto state = OrderSearch::State::running;
    while (state == OrderSearch::State::running && steps > 0) state = search.run(steps, kNever);
    if (state == OrderSearch::State::running) return "the general check ran out of steps";
    if (by_zones != (state == OrderSearch::State::found)) return "the near-linear check and the general one differ";
    explained = explained && by_zones;
  }
  return explained ? "" : "the history is not linearizable";
}

uint32_t read_at(Cluster& c, ServerId id, Key key) {
  const auto place = c.read(id, key);
  c.settle();
  REQUIRE(c.ended(place));
  CHECK(c.result(place).outcome == Outcome::read);
  return c.result(place).value.word;
}

Cluster::Cluster(uint32_t servers, const Config& common, bool slow_disk)
    : common_(common), slow_disk_(slow_disk), hosts_(servers) {
  for (ServerId id = 1; id <= servers; ++id) start(id);
}

void Cluster::start(ServerId id) {
  Host& h = host(id);
  Config config = common_;
  config.id = id;
  config.members = (1u << size()) - 1;
  TestState storage(!slow_disk_);
  storage.edit() = h.disk.values();
  auto server = TestServer::with(config, std::move(storage));
  REQUIRE(server);
  h.server.emplace(std::move(*server));
  h.last_write = 0;
  pump(id);
}

void Cluster::crash(ServerId id) {
  host(id).server.reset();
  host(id).writes.clear();
  // Its next start may use these names again if this one was not durable yet.
  for (Asked& asked : asked_)
    if (asked.at == id) asked.operation = 0;
}

void Cluster::pump(ServerId id) {
  Host& h = host(id);
  if (!h.server) return;
  h.server->take_outgoing(flying_);
  h.server->take_notes();
  if (const uint64_t written = h.server->storage().written(); written != h.last_write) {
    h.last_write = written;
    if (slow_disk_)
      h.writes.emplace_back(written, h.server->storage());
    else
      h.disk = h.server->storage();
  }
  take_answers(id);
  if (h.server->broken_fact() != nullptr && broken_.empty())
    broken_ = "server " + std::to_string(id) + ": " + h.server->broken_fact();
}

void Cluster::take_answers(ServerId id) {
  for (Settled<Word>& settled : host(id).server->take_settled())
    for (Asked& asked : asked_)
      if (asked.at == id && asked.operation == settled.operation) {
        asked.settled = settled;
        if (settled.outcome != Outcome::gave_up) asked.returned = ++clock_;
      }
}

void Cluster::tick(ServerId id, uint32_t ticks) {
  if (!up(id)) return;
  (*this)[id].tick(ticks);
  pump(id);
}

void Cluster::disk(ServerId id) {
  Host& h = host(id);
  if (!h.server || h.writes.empty()) return;
  h.disk = std::move(h.writes.front().second);
  h.server->storage().set_durable(h.writes.front().first);
  h.writes.pop_front();
  pump(id);
}

void Cluster::write_all() {
  bool again = slow_disk_;
  while (again) {
    again = false;
    for (ServerId id = 1; id <= size(); ++id) {
      again = again || (up(id) && !host(id).writes.empty());
      disk(id);
    }
  }
}

std::optional<size_t> Cluster::ask(ServerId id, TestRequest request) {
  const Result<uint64_t, Refusal> operation = (*this)[id].request(request);
  if (!operation) return std::nullopt;
  const size_t place = asked_.size();
  asked_.push_back({id, *operation, std::move(request), {}, ++clock_, kNever});
  pump(id);
  return place;
}

void Cluster::deliver(size_t position, bool keep_copy) {
  const TestMessage m = flying_[position];
  if (!keep_copy) drop(position);
  if (!up(m.to)) return;
  (*this)[m.to].handle(m);
  pump(m.to);
}

void Cluster::drop(size_t position) { flying_.erase(flying_.begin() + static_cast<std::ptrdiff_t>(position)); }

std::vector<HistoryOperation> Cluster::history() const {
  std::vector<HistoryOperation> history;
  for (const Asked& asked : asked_) {
    const bool gave_up = asked.settled && asked.settled->outcome == Outcome::gave_up;
    if (gave_up && !asked.settled->may_take_effect) continue;
    HistoryOperation operation;
    operation.key = asked.request.key.key;
    operation.invoked = asked.invoked;
    operation.returned = asked.returned;
    if (asked.request.kind == RequestKind::write) {
      operation.kind = HistoryKind::write;
      operation.value = history_value(asked.request.value);
    } else if (asked.settled) {
      operation.value_seen = true;
      operation.value = history_value(asked.settled->value);
    }
    history.push_back(operation);
  }
  return history;
}

namespace {

enum Step { message, ticks, disk_done, request, up_or_down, up, kSteps };

struct Weights {
  uint64_t of[kSteps] = {70, 8, 30, 10, 2, 3};
  uint64_t sum = 0;
  uint64_t lost_permille = 40, any_order = 1;

  explicit Weights(Rng& rng) {
    static constexpr uint64_t kFactors[] = {1, 2, 4, 4, 4, 8, 16};  // quarters
    for (uint64_t& weight : of) sum += weight = weight * kFactors[rng.below(7)] / 4 + 1;
    lost_permille = lost_permille * kFactors[rng.below(7)] / 4;
    any_order = 1 + rng.below(4);
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
  const size_t most = rng.below(weights.any_order) == 0 ? flying.size() : std::min<size_t>(flying.size(), 3);
  const size_t position = rng.below(most);
  if (rng.chance_permille(static_cast<uint32_t>(weights.lost_permille)) || flying.size() > 200)
    cluster.drop(position);
  else
    cluster.deliver(position, rng.chance_permille(100));
}

void ask_something(Cluster& cluster, ServerId id, const Walk& walk, Rng& rng) {
  if (!cluster.up(id) || cluster.asked().size() >= walk.requests) return;
  const Key key{rng.below(4) == 0 ? 1u : 0u};
  if (rng.below(2) == 0)
    cluster.read(id, key);
  else
    cluster.write(id, static_cast<uint32_t>(cluster.asked().size()) + 1, key);
}

void random_step(Cluster& cluster, const Walk& walk, const Weights& weights, Rng& rng, WalkCounts& counts) {
  const auto id = static_cast<ServerId>(rng.between(1, cluster.size()));
  switch (weights.draw(rng)) {
    case message: return pass_message(cluster, weights, rng);
    case ticks: return cluster.tick(id, static_cast<uint32_t>(rng.between(1, 3)));
    case disk_done: return cluster.disk(id);
    case request: return ask_something(cluster, id, walk, rng);
    case up_or_down:
      if (!cluster.up(id)) return cluster.start(id);
      ++counts.crashes;
      return cluster.crash(id);
    default:
      for (ServerId each = 1; each <= cluster.size(); ++each)
        if (!cluster.up(each)) return cluster.start(each);
  }
}

/// Everything is up and nothing is lost any more: all that was asked of those that did not crash has an end.
std::string heal(Cluster& cluster) {
  for (ServerId id = 1; id <= cluster.size(); ++id)
    if (!cluster.up(id)) cluster.start(id);
  cluster.settle();
  for (ServerId id = 1; id <= cluster.size(); ++id) cluster.tick(id, 10);
  cluster.settle();
  for (ServerId id = 1; id <= cluster.size(); ++id)
    if (!cluster[id].operations().empty()) return "a request at a server that is up got no answer";
  return "";
}

}  // namespace

std::string walk(const Walk& walk, uint64_t seed, WalkCounts* counts) {
  Rng rng(seed);
  WalkCounts own;
  Cluster cluster(walk.servers, walk.common, walk.slow_disk);
  const Weights weights(rng);
  for (uint32_t step = 0; step < walk.steps; ++step) random_step(cluster, walk, weights, rng, own);
  std::string broken = heal(cluster);
  // What was acknowledged is still there.
  for (ServerId id = 1; id <= cluster.size(); ++id)
    for (uint32_t key = 0; key < 2; ++key) cluster.read(id, Key{key});
  cluster.settle();
  for (const Asked& asked : cluster.asked()) ++(asked.returned == kNever ? own.open : own.ended);
  if (counts != nullptr) {
    counts->ended += own.ended;
    counts->open += own.open;
    counts->crashes += own.crashes;
  }
  if (broken.empty() && walk.facts) broken = cluster.broken();
  return broken.empty() ? judge(cluster.history()) : broken;
}

TEST_SUITE("register walks") {
  TEST_CASE("with the rules on every history is linearizable, and both checks say so") {
    WalkCounts counts;
    std::string broken;
    for (uint64_t seed = 1; seed <= 6000 && broken.empty(); ++seed) {
      Walk w;
      w.servers = 2 + seed % 4;
      w.slow_disk = seed % 3 != 0;
      if (seed % 5 == 0) w.common.max_running = 1;
      if (seed % 7 == 0) w.common.drop_repeats = true;
      if (seed % 11 == 0) w.common.give_up_ticks = 12;
      if (w.servers == 4 && seed % 8 == 2) w.common.read_quorum = 2, w.common.write_quorum = 3;
      if (w.servers == 5 && seed % 8 == 7) w.common.read_quorum = 1, w.common.write_quorum = 5;
      CAPTURE(seed);
      broken = walk(w, seed, &counts);
      CHECK(broken == "");
    }
    CHECK(counts.ended > 60'000);
    CHECK(counts.open > 5'000);
    CHECK(counts.crashes > 8'000);
  }

  TEST_CASE("each safety rule off: walks find a history that is not linearizable") {
    for (size_t i = 0; i < switches().size(); ++i) {
      if (switches()[i].kind != SwitchKind::safety) continue;
      CAPTURE(std::string(switches()[i].id));
      std::string broken;
      uint64_t seed = 1;
      for (; seed <= 20'000 && broken.empty(); ++seed) {
        Walk w;
        w.servers = 2 + seed % 3;
        w.facts = false;
        w.common.switches.turn_off(static_cast<uint8_t>(i));
        broken = walk(w, seed);
      }
      CHECK(broken == "the history is not linearizable");
    }
  }
}

}  // namespace paxoscope::quorum_register
