// The quorum register explored to the end: every order in which messages can arrive, for two clients and two servers.
#include <doctest/doctest.h>

#include <deque>
#include <set>

#include "register_cluster.h"

namespace paxoscope::quorum_register {

namespace {

constexpr uint32_t kServers = 2;
constexpr uint32_t kClients = 2;

/// What travels between a client and a server.
struct Letter {
  bool request;
  uint32_t client;
  ServerId server;
  uint32_t seen;  ///< an answer to a read: the word
};

/// A client writes one word at one server; once it has the answer, it reads at the other server.
struct Client {
  uint32_t answers = 0;       ///< that it has: 0, 1 (of the write) or 2
  uint32_t seen = 0;          ///< by the read
  uint32_t other_ended = 0;   ///< answers that the other client had when this one began to read
  uint64_t operation = 0;     ///< at its server, while it is there
  uint64_t events[4] = {0, kNever, kNever, kNever};  ///< write asked and answered, read asked and answered
};

struct Explored {
  uint64_t states = 0, ends = 0, steps = 0;
  std::string broken;
};

/// A state: what both servers hold and work on, the letters and messages in flight as a set without order, for each client
/// what it has been answered, and how many answers the other client had when it began to read (that is the order of
/// operations as far as clients can tell it). Nothing is lost or doubled, no time passes, and nobody crashes.
class System {
 public:
  explicit System(const Config& common) {
    for (ServerId id = 1; id <= kServers; ++id) {
      Config config = common;
      config.id = id;
      config.members = (1u << kServers) - 1;
      servers_.push_back(*TestServer::with(config, TestState(true)));
      pump(id);
    }
    for (uint32_t client = 0; client < kClients; ++client) {
      clients_[client].events[0] = ++clock_;
      letters_.push_back({true, client, server_of(client, 0), 0});
    }
  }

  uint64_t fingerprint() const {
    Hasher hasher;
    for (const TestServer& server : servers_) server.add_to(hasher);
    std::vector<uint64_t> in_flight;
    for (const TestMessage& message : messages_) {
      Hasher one;
      message.add_to(one);
      in_flight.push_back(one.value());
    }
    for (const Letter& letter : letters_) {
      Hasher one;
      one.add(letter.request ? 1 : 0);
      one.add(letter.client);
      one.add(letter.server);
      one.add(letter.seen);
      in_flight.push_back(one.value());
    }
    std::sort(in_flight.begin(), in_flight.end());
    for (uint64_t each : in_flight) hasher.add(each);
    for (const Client& client : clients_) {
      hasher.add(client.answers);
      hasher.add(client.seen);
      hasher.add(client.other_ended);
      hasher.add(client.operation);
    }
    return hasher.value();
  }

  /// What may happen next. A server that works on a request takes no other: it stays in flight, as one that waits in a
  /// buffer. With `beside` it takes it all the same.
  template <class Visit>
  void each_next(bool beside, Visit&& visit) const {
    for (size_t i = 0; i < messages_.size(); ++i) {
      System next = *this;
      next.messages_.erase(next.messages_.begin() + static_cast<std::ptrdiff_t>(i));
      next.servers_[messages_[i].to - 1].handle(messages_[i]);
      next.pump(messages_[i].to);
      visit(std::move(next));
    }
    for (size_t i = 0; i < letters_.size(); ++i) {
      const Letter letter = letters_[i];
      if (letter.request && !beside && !servers_[letter.server - 1].operations().empty()) continue;
      System next = *this;
      next.letters_.erase(next.letters_.begin() + static_cast<std::ptrdiff_t>(i));
      letter.request ? next.take(letter) : next.answer(letter);
      visit(std::move(next));
    }
  }

  bool over() const { return clients_[0].answers == 2 && clients_[1].answers == 2; }
  std::string broken() const {
    for (const TestServer& server : servers_)
      if (server.broken_fact() != nullptr) return server.broken_fact();
    std::vector<HistoryOperation> history;
    for (uint32_t i = 0; i < kClients; ++i) {
      const Client& client = clients_[i];
      history.push_back({HistoryKind::write, false, Applied::unknown, 0, history_value({word_of(i)}), {}, client.events[0],
                         client.events[1]});
      if (client.answers == 0) continue;
      history.push_back({HistoryKind::read, client.answers == 2, Applied::unknown, 0, history_value({client.seen}), {},
                         client.events[2], client.events[3]});
    }
    return judge(history);
  }

 private:
  static uint32_t word_of(uint32_t client) { return client + 1; }
  /// Clients begin at different servers.
  static ServerId server_of(uint32_t client, uint32_t answers) { return (client + answers) % kServers + 1; }

  void take(const Letter& letter) {
    Client& client = clients_[letter.client];
    const auto operation = servers_[letter.server - 1].request(
        client.answers == 0 ? TestRequest::write(Word{word_of(letter.client)}) : TestRequest::read());
    client.operation = *operation;
    pump(letter.server);
  }
  void answer(const Letter& letter) {
    Client& client = clients_[letter.client];
    ++client.answers;
    client.events[client.answers * 2 - 1] = ++clock_;
    if (client.answers == 2) {
      client.seen = letter.seen;
      return;
    }
    client.events[2] = ++clock_;
    client.other_ended = clients_[1 - letter.client].answers;
    letters_.push_back({true, letter.client, server_of(letter.client, 1), 0});
  }
  void pump(ServerId id) {
    TestServer& server = servers_[id - 1];
    server.take_outgoing(messages_);
    server.take_notes();
    for (const Settled<Word>& settled : server.take_settled())
      for (uint32_t i = 0; i < kClients; ++i)
        if (clients_[i].operation == settled.operation && server_of(i, clients_[i].answers) == id) {
          clients_[i].operation = 0;
          letters_.push_back({false, i, id, settled.value.word});
        }
  }

  std::vector<TestServer> servers_;
  std::vector<TestMessage> messages_;
  std::vector<Letter> letters_;
  Client clients_[kClients];
  uint64_t clock_ = 0;
};

/// Breadth first over all that can happen.
Explored explore(const Config& common, bool beside) {
  Explored explored;
  std::set<uint64_t> known;
  std::deque<System> next;
  next.emplace_back(common);
  known.insert(next.front().fingerprint());
  while (!next.empty() && explored.broken.empty()) {
    const System system = std::move(next.front());
    next.pop_front();
    ++explored.states;
    explored.broken = system.broken();
    bool ends = true;
    system.each_next(beside, [&](System&& after) {
      ends = false;
      ++explored.steps;
      if (known.insert(after.fingerprint()).second) next.push_back(std::move(after));
    });
    if (!ends) continue;
    ++explored.ends;
    if (!system.over() && explored.broken.empty()) explored.broken = "a client waits for ever";
  }
  return explored;
}

}  // namespace

TEST_SUITE("register explored") {
  // 544 is also what the model checker Stateright reports for its own register of this kind, with these clients.
  TEST_CASE("two clients and two servers with one request at a time have 544 states, and all their histories hold") {
    const Explored explored = explore({}, false);
    CHECK(explored.broken == "");
    CHECK(explored.states == 544);
    CHECK(explored.steps == 874);
    CHECK(explored.ends == 16);
  }
  TEST_CASE("with requests that run beside each other there are 1131 states") {
    const Explored explored = explore({}, true);
    CHECK(explored.broken == "");
    CHECK(explored.states == 1131);
    CHECK(explored.steps == 1926);
    CHECK(explored.ends == 26);
  }
  TEST_CASE("the same exploration finds what goes wrong without a rule") {
    for (Switch which : {Switch::A2_server, Switch::A4_intersect}) {
      CAPTURE(std::string(switches()[static_cast<size_t>(which)].id));
      Config config;
      config.switches.turn_off(static_cast<uint8_t>(which));
      CHECK(explore(config, false).broken != "");
    }
  }
}

}  // namespace paxoscope::quorum_register
