// The asynchronous interface: small clusters in memory that are driven by futures, durations and callbacks alone.
#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "char_state.h"
#include "omnipaxos/async.h"
#include "omnipaxos/service.h"

using namespace paxoscope;
using namespace paxoscope::omnipaxos;

namespace {

constexpr ServerId A = 1, B = 2, C = 3;

template <class Server>
class Net {
 public:
  using Node = Async<Server>;
  using Future = typename Node::Future;

  explicit Net(uint32_t servers, bool resubmit = false, bool slow_disks = false, uint32_t max_waiting = 100)
      : servers_(servers), resubmit_(resubmit), slow_disks_(slow_disks), max_waiting_(max_waiting) {
    for (ServerId id = 1; id <= servers; ++id) start(id);
  }

  void start(ServerId id) {
    const Timing timing{1'000, 10'000, 25'000, 1'000};
    Config config;
    config.pid = id;
    for (ServerId peer = 1; peer <= servers_; ++peer)
      if (peer != id) config.peers.push_back(peer);
    config.max_waiting = max_waiting_;
    if (id == A) config.priority = 1;
    timing.apply_to(config);
    const Options options{.elect = true, .resubmit = resubmit_, .report_settled = true};
    typename Server::StorageType disk{{}, {}, MemoryState(!slow_disks_), {}};
    if (const auto found = disks_.find(id); found != disks_.end()) {
      disk.log = found->second.log;
      disk.attempts = found->second.attempts;
      disk.state.edit() = found->second.state.values();
    }
    typename Node::Callbacks callbacks;
    callbacks.send = [this](const auto& message) { mail_.push_back(message); };
    callbacks.write = [this, id](const auto& storage, uint64_t write) { writes_.push_back({id, write, storage}); };
    if constexpr (requires { Server::with(config, true, disk, options); })
      nodes_[id] = std::make_unique<Node>(*Server::with(config, true, std::move(disk), options), timing, callbacks);
    else
      nodes_[id] = std::make_unique<Node>(*Server::with(config, std::move(disk), options), timing, callbacks);
  }
  void crash(ServerId id) {
    if (!slow_disks_) disks_.insert_or_assign(id, nodes_[id]->server().storage());
    nodes_.erase(id);
    std::erase_if(writes_, [&](const Write& write) { return write.server == id; });
  }
  Node& operator[](ServerId id) { return *nodes_.at(id); }

  void cut(ServerId a, ServerId b) { cuts_.push_back({a, b}); }
  void heal() { cuts_.clear(); }
  /// Milliseconds pass; messages arrive within one.
  void run(uint32_t ms) {
    for (; ms > 0; --ms) {
      std::deque<typename Server::MessageType> now;
      now.swap(mail_);
      for (const auto& message : now) {
        bool lost = !nodes_.contains(message.to);
        for (const auto& [a, b] : cuts_)
          lost |= (message.from == a && message.to == b) || (message.from == b && message.to == a);
        if (!lost) (*this)[message.to].handle(message);
      }
      for (auto& [id, node] : nodes_) node->pass(1'000);
      if (!disks_stand_still) complete_writes();
    }
  }
  bool disks_stand_still = false;
  /// The storage is done with what it was told to write.
  void complete_writes() {
    std::vector<Write> done;
    done.swap(writes_);
    for (const Write& write : done) {
      disks_.insert_or_assign(write.server, write.storage);
      (*this)[write.server].server().storage().state.set_durable(write.number);
      (*this)[write.server].storage_completed();
    }
  }
  std::string decided(ServerId id) {
    const auto& storage = (*this)[id].server().storage();
    std::string text;
    for (LogIndex i = 1; i <= (*this)[id].server().decided_index(); ++i) text += storage.log.at(i);
    return text;
  }

 private:
  struct Write {
    ServerId server;
    uint64_t number;
    typename Server::StorageType storage;
  };
  uint32_t servers_;
  bool resubmit_;
  bool slow_disks_;
  uint32_t max_waiting_;
  std::map<ServerId, std::unique_ptr<Node>> nodes_;
  std::map<ServerId, typename Server::StorageType> disks_;
  std::vector<std::pair<ServerId, ServerId>> cuts_;
  std::deque<typename Server::MessageType> mail_;
  std::vector<Write> writes_;
};

using Plain = OmniPaxos<char>;
using Reconfigurable = Service<char>;

/// A led; its x stands in its own log alone; the others have a leader of their own, and all links are back.
template <class Server>
typename Net<Server>::Future orphaned(Net<Server>& net) {
  net.run(50);
  REQUIRE(net[A].server().is_leader());
  net.cut(A, B);
  net.cut(A, C);
  auto x = *net[A].append('x');
  CHECK(x.state() == FutureState::accepted);
  net.run(100);
  REQUIRE(net[B].append('y'));
  net.run(20);
  CHECK(net.decided(B) == "y");
  CHECK(x.state() == FutureState::accepted);
  net.heal();
  return x;
}

}  // namespace

TEST_SUITE("asynchronous interface") {
  TEST_CASE_TEMPLATE("futures of a leader and of a follower resolve where their entries are decided", Server, Plain,
                     Reconfigurable) {
    Net<Server> net(3);
    net.run(50);
    auto x = *net[A].append('x');
    auto y = *net[B].append('y');
    std::string order;
    x.then([&](const auto& f) { order += 'x' + std::to_string(f.index()); });
    y.then([&](const auto& f) { order += 'y' + std::to_string(f.index()); });
    CHECK(x.state() == FutureState::accepted);
    CHECK(x.index() == 1);
    CHECK(y.state() == FutureState::pending);
    CHECK(net[B].outstanding() == 1);
    net.run(10);
    CHECK(x.state() == FutureState::resolved);
    CHECK(y.state() == FutureState::resolved);
    CHECK(y.index() == 2);
    CHECK(order == "x1y2");
    CHECK(net[B].outstanding() == 0);
    CHECK(net.decided(C) == "xy");
    bool at_once = false;
    y.then([&](const auto&) { at_once = true; });
    CHECK(at_once);
  }
  TEST_CASE_TEMPLATE("a cancelled future says why; its entry is decided nowhere", Server, Plain, Reconfigurable) {
    Net<Server> net(3);
    auto x = orphaned(net);
    CancelReason told = CancelReason::none;
    x.then([&](const auto& f) { told = f.reason(); });
    net.run(100);
    CHECK(x.state() == FutureState::cancelled);
    CHECK(x.reason() == CancelReason::sync_decided);
    CHECK(told == CancelReason::sync_decided);
    CHECK(net.decided(A) == "y");
  }
  TEST_CASE_TEMPLATE("under resubmit the same future goes on, and its entry is decided once", Server, Plain,
                     Reconfigurable) {
    Net<Server> net(3, true);
    auto x = orphaned(net);
    uint32_t called = 0;
    x.then([&](const auto&) { ++called; });
    net.run(100);
    CHECK(x.state() == FutureState::resolved);
    CHECK(x.index() == 2);
    CHECK(called == 1);
    CHECK(net.decided(A) == "yx");
  }
  TEST_CASE("nothing is accepted by a quorum before storage that completes later has completed") {
    Net<Plain> net(3, false, true);
    net.run(100);
    REQUIRE(net[A].server().is_leader());
    net.disks_stand_still = true;
    auto x = *net[A].append('x');
    net.run(20);
    CHECK(x.state() == FutureState::accepted);
    for (int i = 0; i < 4; ++i) {
      net.complete_writes();
      net.run(1);
    }
    CHECK(x.state() == FutureState::resolved);
  }
  TEST_CASE("a bounded number of futures waits; the next one is refused with a sentence") {
    Net<Plain> net(3, false, false, 2);
    net.run(50);
    net.cut(A, B);
    net.cut(A, C);
    auto first = net[A].append('x');
    REQUIRE(first);
    REQUIRE(net[A].append('y'));
    const auto refused = net[A].append('z');
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text == "2 proposals wait already; try again when some are decided");
    CHECK(net[A].outstanding() == 2);
    net.heal();
    net.run(100);
    CHECK(net[A].outstanding() == 0);
    CHECK(net[A].append('z'));
  }
  TEST_CASE("a callback may append: a chain of futures, each from the end of the one before") {
    Net<Plain> net(3);
    net.run(50);
    std::string done;
    std::function<void(char)> next = [&](char entry) {
      auto future = *net[B].append(entry);
      future.then([&, entry](const auto& f) {
        CHECK(f.state() == FutureState::resolved);
        done += entry;
        if (entry < 'f') next(static_cast<char>(entry + 1));
      });
    };
    next('a');
    net.run(60);
    CHECK(done == "abcdef");
    CHECK(net.decided(A) == "abcdef");
  }
  TEST_CASE("on a single server a callback's append is done within the same call, without recursion") {
    Net<Plain> net(1);
    net.run(50);
    uint32_t done = 0;
    std::function<void(const Net<Plain>::Future&)> next = [&](const auto&) {
      if (++done < 10'000) net[A].append('a')->then(next);
    };
    net[A].append('a')->then(next);
    net.run(1);
    CHECK(done >= 1);
    net.run(20'000);
    CHECK(done == 10'000);
  }
  TEST_CASE("dropping a future does not drop its attempt: the next one of its stream is not held up") {
    Net<Plain> net(3);
    net.run(50);
    { const auto dropped = net[B].append('x'); }
    auto y = *net[B].append('y');
    net.run(20);
    CHECK(y.state() == FutureState::resolved);
    CHECK(net.decided(A) == "xy");
  }
  TEST_CASE("a future outlives its server: its outcome is unknown; the next incarnation's are its own") {
    Net<Plain> net(3);
    net.run(50);
    net.cut(B, A);
    auto x = *net[B].append('x');
    uint32_t called = 0;
    x.then([&](const auto& f) { called += f.state() == FutureState::unknown; });
    net.crash(B);
    CHECK(called == 1);
    CHECK(x.state() == FutureState::unknown);
    net.heal();
    net.start(B);
    auto y = *net[B].append('y');
    net.run(200);
    CHECK(y.state() == FutureState::resolved);
    CHECK(x.state() == FutureState::unknown);
    CHECK(Net<Plain>::Future().state() == FutureState::unknown);
  }
  TEST_CASE("after stop() nothing is taken, and callbacks hear it") {
    Net<Plain> net(3);
    auto x = *net[A].append('x');
    std::string refused;
    x.then([&](const auto&) { refused = net[A].append('y').error().text; });
    net[A].stop();
    CHECK(refused == "this server has stopped");
    net[A].pass(1'000'000);
    CHECK(net[A].outstanding() == 0);
  }
  TEST_CASE("the polling interface works beside it") {
    Net<Plain> net(3);
    net.run(50);
    auto x = *net[A].append('x');
    REQUIRE(net[A].server().propose_normal('p'));
    auto y = *net[A].append('y');
    net[A].pump();
    net.run(10);
    CHECK(x.index() == 1);
    CHECK(y.index() == 3);
    CHECK(net[A].server().get_latest_decided_entries().size() == 3);
  }
  TEST_CASE("a server without a path to the leader resolves its futures through a neighbour") {
    Net<Plain> net(3, true);
    net.run(50);
    net.cut(A, C);
    auto x = *net[A].append('x');
    auto y = *net[C].append('y');
    net.run(200);
    auto z = *net[A].append('z');
    auto v = *net[C].append('v');
    net.run(50);
    for (const auto& future : {x, y, z, v}) CHECK(future.state() == FutureState::resolved);
    CHECK(net.decided(B).size() == 4);
  }
  TEST_CASE("futures go on across a reconfiguration, and those of a removed server end") {
    Net<Reconfigurable> net(3, true);
    net.run(50);
    REQUIRE(net[A].server().is_leader());
    auto stop = *net[A].reconfigure('!', 3);
    auto x = *net[B].append('x');
    auto y = *net[C].append('y');
    net.run(200);
    CHECK(stop.state() == FutureState::resolved);
    CHECK(x.state() == FutureState::resolved);
    CHECK(x.index() > stop.index());
    CHECK(y.state() == FutureState::cancelled);
    CHECK(y.reason() == CancelReason::sealed);
    CHECK_FALSE(net[C].append('z'));
    CHECK(net[A].append('z')->state() != FutureState::unknown);
  }
  TEST_CASE("durations become whole ticks") {
    Config config;
    Timing{10'000, 105'000, 250'000, 1}.apply_to(config);
    CHECK(config.election_ticks == 10);
    CHECK(config.resend_ticks == 25);
    CHECK(config.batch_ticks == 1);
    Net<Plain> net(1);
    CHECK(net[A].until_timer_us() == 10'000);
    net[A].pass(1'500);
    CHECK(net[A].until_timer_us() == 8'500);
  }
}
