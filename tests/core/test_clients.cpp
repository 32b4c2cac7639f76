// Clients in the world: retries under a session, futures and what a crash makes of them, histories; and that each check
// on them can fail.
#include "chaos.h"
#include "check/live_history.h"
#include "sim/describe.h"

using namespace paxoscope;
using namespace paxoscope::bench;
using omnipaxos::Switch;

namespace {

/// One client at A, which leads.
WorldConfig one_client(uint32_t tries) {
  WorldConfig config = small_world(3, 1);
  config.clients.resize(1);
  ClientConfig& client = config.clients[0];
  client.stay = false;
  client.tries = tries;
  client.timeout_us = 300'000;
  client.mix = {3, 3, 0, 1, 1};
  return config;
}

size_t count(const PlainWorld& world, HistoryEventKind kind) {
  size_t found = 0;
  for (uint64_t i = 1; i <= world.history().length(); ++i) found += world.history().at(i).kind == kind;
  return found;
}
const FutureView* future_of(const Observation& seen, const std::string& id) {
  for (const FutureView& view : seen.futures)
    if (view.id == id) return &view;
  return nullptr;
}

HistoryEvent told(HistoryEventKind kind, uint32_t client, uint32_t number, const char* command, const char* text = "") {
  return {kind, 1, Command::make(client, number, command), ShortText(text), 0, number};
}

/// Says of a future that it is decided one index too far.
struct Boaster : PlainProtocol {
  static void take_settled(Server& server, std::vector<Settlement>& out) {
    PlainProtocol::take_settled(server, out);
    for (Settlement& one : out) one.index += 1;
  }
};
/// Gives a state that is not what a snapshot holds.
struct Forgetful : PlainProtocol {
  static SnapshotProbe snapshot_of(const Durable& durable) {
    static const KeyValues kNothing;
    SnapshotProbe probe = PlainProtocol::snapshot_of(durable);
    if (probe.state != nullptr) probe.state = &kNothing;
    return probe;
  }
};
/// Says of what it proposes that it is cancelled, at once.
struct Pessimist : PlainProtocol {
  static void take_settled(Server& server, std::vector<Settlement>& out) {
    PlainProtocol::take_settled(server, out);
    for (Settlement& one : out) one.resolved = false;
  }
};

template <class Protocol>
bool breaks(CheckId check, bool compacts = false) {
  World<Protocol> world(small_world(3, 1), {}, 1);
  Checker<Protocol> checker(world);
  NullRecorder nobody;
  while (world.event() < 4'000) {
    world.step(nobody);
    checker.after_event(world);
    const uint64_t event = world.event();
    const char* action = event == 900 ? "isolate C" : event == 1500 ? "snapshot A" : event == 1501 ? "snapshot B" : event == 1800 ? "heal all" : nullptr;
    if (compacts && action != nullptr) REQUIRE(world.perform(*parse_action(action), nobody));
  }
  for (const Violation& violation : checker.violations())
    if (violation.check == std::string(check_info(check).id)) return true;
  return false;
}

}  // namespace

TEST_SUITE("clients") {
  TEST_CASE("an operation is asked again elsewhere, under its number, and takes effect once") {
    Watched run(one_client(0));
    run.run_to(10);
    const uint32_t before = run.world.clients()[0].completed;
    CHECK(before > 3);
    run.act("isolate A");
    run.run_to(40);
    run.act("heal all");
    run.run_to(60);
    CHECK(count(run.world, HistoryEventKind::asked) > 0);
    CHECK(count(run.world, HistoryEventKind::unknown) == 0);
    CHECK(run.world.clients()[0].completed > before + 5);
    CHECK(run.world.clients()[0].given_up == 0);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
    // What A had proposed while it was cut off was decided too.
    CHECK(run.checker.chosen_length() > run.world.clients()[0].completed);
  }
  TEST_CASE("without tries left the end is unknown") {
    Watched run(one_client(1));
    run.run_to(10);
    run.act("isolate A");
    run.run_to(40);
    CHECK(count(run.world, HistoryEventKind::asked) == 0);
    CHECK(count(run.world, HistoryEventKind::unknown) > 0);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("an open loop asks on, up to its bound, and operations end in any order") {
    WorldConfig config = one_client(0);
    config.clients[0].every_us = 4'000;
    config.clients[0].most_open = 6;
    Watched run(config);
    size_t most = 0;
    uint32_t span = 0;
    while (run.world.now_us() < 3'000'000) {
      run.step();
      const auto& client = run.world.clients()[0];
      most = std::max(most, client.open.size());
      if (!client.open.empty()) span = std::max(span, client.number - client.open.front().command.number + 1);
    }
    CHECK(most > 3);
    CHECK(span <= 6);
    CHECK(run.world.clients()[0].completed > 100);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("a client that is added asks under a number of its own, and the checks know it") {
    Watched run(one_client(0));
    run.run_to(5);
    run.act("client add B closed 10ms put 1, get 1");
    run.act("client add C open 5ms append 1");
    REQUIRE(run.world.clients().size() == 3);
    const PlainWorld copy = run.world;
    CHECK(copy.state_hash() == run.world.state_hash());
    run.run_to(20);
    CHECK(run.world.clients()[1].at == 2);
    CHECK(run.world.clients()[1].completed > 20);
    CHECK(run.world.clients()[2].completed > 200);
    size_t reads = 0;
    for (uint64_t i = 1; i <= run.world.history().length(); ++i) {
      const HistoryEvent& event = run.world.history().at(i);
      reads += event.command.client == 2 && event.command.label().substr(0, 4) == "get ";
      CHECK(event.command.client <= 3);
    }
    CHECK(reads > 5);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("what distinguishes added clients is part of the state") {
    std::vector<uint64_t> hashes;
    for (const char* added : {"client add A closed 10ms put 1", "client add A closed 11ms put 1", "client add A open 10ms put 1",
                              "client add A closed 10ms get 1", "client add B closed 10ms put 1"}) {
      Watched run(one_client(0));
      run.run_to(5);
      run.act(added);
      hashes.push_back(run.world.state_hash());
    }
    for (size_t i = 0; i < hashes.size(); ++i)
      for (size_t k = 0; k < i; ++k) CHECK(hashes[i] != hashes[k]);
  }
  TEST_CASE("a client that leaves asks no more; what it waits for may still take effect") {
    Watched run(one_client(0));
    run.run_to(5);
    run.act("client add B closed 10ms put 1");
    run.run_to(8);
    // It waits for an answer that B cannot have now.
    run.act("isolate B");
    run.run_to(9);
    REQUIRE(run.world.clients()[1].waiting());
    const uint32_t asked = run.world.clients()[1].number;
    run.act("client remove k2");
    CHECK(run.world.clients()[1].gone);
    CHECK_FALSE(run.world.clients()[1].waiting());
    const HistoryEvent& last = run.world.history().at(run.world.history().length());
    CHECK(last.kind == HistoryEventKind::unknown);
    CHECK(last.command.client == 2);
    CHECK(last.command.number == asked);
    run.act("heal all");
    run.run_to(30);
    CHECK(run.world.clients()[1].number == asked);
    // B had passed it on, or proposed it again: it is in every state machine, and no check minds.
    CHECK(run.world.host(1)->store->answer(2, asked) != nullptr);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
    CHECK(run.world.clients()[0].completed > 20);
    NullRecorder nobody;
    CHECK_FALSE(run.world.perform(*parse_action("client remove k2"), nobody));
  }
  TEST_CASE("a world has so many clients at most, those that left included") {
    PlainWorld world(one_client(0), {}, 1);
    NullRecorder nobody;
    for (uint32_t i = 1; i < kMaxClients; ++i) REQUIRE(world.perform(*parse_action("client add A"), nobody));
    REQUIRE(world.perform(*parse_action("client remove k3"), nobody));
    const uint64_t before = world.state_hash();
    CHECK(world.perform(*parse_action("client add A"), nobody).error().text == "there have been 32 clients already");
    CHECK(world.state_hash() == before);
  }
  TEST_CASE("a crash makes unknown what its server waited for, and the client asks again (F7)") {
    WorldConfig config = one_client(0);
    config.clients[0].server = 2;
    Watched run(config);
    run.run_to(10);
    run.act("isolate B");
    run.act("propose B p=1");
    run.run_to(12);
    run.act("crash B");
    const Observation seen = describe(run.world, LogWindow{});
    const FutureView* future = future_of(seen, "op#1");
    REQUIRE(future != nullptr);
    CHECK(future->state == FutureState::unknown);
    CHECK(future->settled_event == run.world.event());
    CHECK(seen.stores.size() == 2);
    bool by_hand = false;
    for (const OperationView& view : seen.operations)
      if (view.id == "op#1") by_hand = view.end == OperationEnd::unknown;
    CHECK(by_hand);
    run.act("restart B");
    run.act("heal all");
    run.run_to(40);
    CHECK(count(run.world, HistoryEventKind::asked) > 0);
    CHECK(run.world.clients()[0].given_up == 0);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("without resubmission a cancelled proposal is told, and the client asks elsewhere; with it the server does that") {
    for (const bool resubmit : {false, true}) {
      CAPTURE(resubmit);
      WorldConfig config = small_world(3, 1);
      config.clients.clear();
      config.resubmit = resubmit;
      config.relay = false;
      Watched run(config);
      run.run_to(5);
      run.act("isolate A");
      run.act("propose A x=1");
      run.act("propose A get x");
      run.run_to(15);
      run.act("heal all");
      run.run_to(30);
      const Observation seen = describe(run.world, LogWindow{});
      const FutureView* future = future_of(seen, "op#1");
      REQUIRE(future != nullptr);
      CHECK(future->state == (resubmit ? FutureState::resolved : FutureState::cancelled));
      CHECK(future->reason != "");
      REQUIRE(seen.operations.size() == 2);
      CHECK(seen.operations[0].end == (resubmit ? OperationEnd::ok : OperationEnd::failed));
      CHECK(seen.operations[1].result == (resubmit ? "1" : "cancelled"));
      REQUIRE(seen.stores.size() == 3);
      CHECK(seen.stores[1].rows.size() == (resubmit ? 1 : 0));
      CHECK(run.world.futures().count(FutureState::cancelled) == (resubmit ? 0 : 2));
      CHECK_MESSAGE(!run.checker.violated(), run.what());
    }
  }
  TEST_CASE("where only a relay knows the end, a write is answered, and what gives a result waits for the log") {
    WorldConfig config = small_world(3, 2);
    for (size_t i = 0; i < 3; ++i) {
      ClientConfig& client = config.clients[i];
      client.server = 2;
      client.start_us = 20 * kEt;
      client.timeout_us = 200 * kEt;
      client.operations = 1;
      client.mix = {};
      client.mix[i == 0 ? 0 : i == 1 ? 1 : 3] = 1;  // put, get, append
    }
    Watched run(config);
    run.run_to(5);
    run.act("cut B-C");
    run.run_to(40);
    const auto completed = [&] {
      std::vector<uint32_t> counts;
      for (const auto& client : run.world.clients()) counts.push_back(client.completed);
      return counts;
    };
    CHECK(run.world.futures().count(FutureState::resolved) == 3);
    CHECK(run.world.hosts()[1].applied == 0);
    CHECK(completed() == std::vector<uint32_t>{1, 0, 0});
    run.act("heal all");
    run.run_to(60);
    CHECK(completed() == std::vector<uint32_t>{1, 1, 1});
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("a cell of the log says that its own server's future stands behind it") {
    WorldConfig config = small_world(3, 1);
    config.clients.clear();
    Watched run(config);
    run.run_to(5);
    run.act("propose A x=1");
    Observation seen = describe(run.world, LogWindow{});
    REQUIRE(seen.servers[0].cells.size() == 1);
    CHECK(seen.servers[0].cells[0].awaited);
    CHECK(seen.servers[0].cells[0].future == FutureState::accepted);
    run.run_to(8);
    seen = describe(run.world, LogWindow{});
    CHECK(seen.servers[0].cells[0].future == FutureState::resolved);
    REQUIRE(seen.servers[1].cells.size() == 1);
    CHECK_FALSE(seen.servers[1].cells[0].awaited);
    CHECK(seen.servers[1].cells[0].attempt_id == seen.futures[0].attempt_id);
    CHECK(seen.stores[1].rows[0].index == 1);
  }
  TEST_CASE("in rough worlds with retries all checks hold, and so does the whole history") {
    uint64_t operations = 0;
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      CAPTURE(seed);
      WorldConfig config = rough_world(seed % 2 == 0 ? 3 : 5, seed % 3 == 0 ? 60'000 : 0);
      config.resubmit = seed % 4 != 0;
      for (ClientConfig& client : config.clients) {
        client.stay = false;
        client.tries = seed % 2 == 0 ? 0 : 3;
        client.timeout_us = 150'000;
        client.mix = {3, 3, 1, 1, 2};
      }
      Watched run(config, {}, seed);
      play_rough(run, seed, 8);
      CHECK_MESSAGE(!run.checker.violated(), run.what());
      LiveHistory whole;
      CHECK_FALSE(whole.look_back(run.world.history(), {}, {}));
      operations += whole.operations();
      // The order in which the log applied them explains them without a search.
      CHECK_FALSE(whole.look_back(run.world.history(), run.checker.applied(), {.steps = 0, .cache_bytes = 0}));
      CHECK(whole.verdict() == Linearizable::yes);
    }
    CHECK(operations > 3'000);
  }
}

TEST_SUITE("checks on clients") {
  TEST_CASE("a future that says it is decided where it is not") { CHECK(breaks<Boaster>(CheckId::resolved_decided)); }
  TEST_CASE("a cancelled proposal that is decided") { CHECK(breaks<Pessimist>(CheckId::cancelled_never)); }
  TEST_CASE("a store that is not what the log adds up to") {
    CHECK(breaks<Forgetful>(CheckId::stores_agree, true));
    CHECK_FALSE(breaks<PlainProtocol>(CheckId::stores_agree, true));
  }
  TEST_CASE("a history: told while it grows and of the whole at once") {
    const auto verdicts = [](const std::vector<HistoryEvent>& events) {
      History history;
      LiveHistory live;
      bool broken = false;
      for (const HistoryEvent& event : events) {
        history.add(event);
        broken = live.look(history) || broken;
      }
      LiveHistory whole;
      CHECK(whole.look_back(history, {}, {}) == broken);
      if (broken) {
        CHECK(live.text().find("no order explains what clients saw of x") == 0);
        CHECK(whole.text() == live.text());
        CHECK(live.events() == whole.events());
      }
      return broken;
    };
    using Kind = HistoryEventKind;
    const std::vector<HistoryEvent> fresh = {told(Kind::invoked, 1, 1, "x=a1"), told(Kind::ok, 1, 1, "x=a1"),
                                             told(Kind::invoked, 2, 1, "get x"), told(Kind::ok, 2, 1, "get x", "a1")};
    CHECK_FALSE(verdicts(fresh));
    std::vector<HistoryEvent> stale = fresh;
    stale.push_back(told(Kind::invoked, 1, 2, "x=a2"));
    stale.push_back(told(Kind::ok, 1, 2, "x=a2"));
    stale.push_back(told(Kind::invoked, 2, 2, "get x"));
    stale.push_back(told(Kind::ok, 2, 2, "get x", "a1"));
    CHECK(verdicts(stale));
    stale[5].kind = Kind::unknown;  // it may take effect later, or never
    CHECK_FALSE(verdicts(stale));
    stale[5].kind = Kind::failed;
    stale[7].text = ShortText("a2");  // seen although it had no effect
    CHECK(verdicts(stale));
    CHECK(verdicts({told(Kind::invoked, 1, 1, "cas x 1 2"), told(Kind::ok, 1, 1, "cas x 1 2", "true")}));
    CHECK_FALSE(verdicts({told(Kind::invoked, 1, 1, "cas x 1 2"), told(Kind::ok, 1, 1, "cas x 1 2", "false")}));
    CHECK(verdicts({told(Kind::invoked, 1, 1, "x+=a"), told(Kind::ok, 1, 1, "x+=a"), told(Kind::invoked, 1, 2, "get x"),
                    told(Kind::ok, 1, 2, "get x", "")}));
  }
}
