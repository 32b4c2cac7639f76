// Run: time goes both ways and always shows the same; actions in the past start branches; every action can be undone.
#include "fixture.h"

#include "base/text.h"
#include "scenarios/journal_text.h"

#include <rapidcheck.h>

#include <algorithm>
#include <vector>

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

/// Hash after every event, played forward once.
std::vector<uint64_t> all_hashes(Run& run) {
  std::vector<uint64_t> hashes{run.state_hash()};
  while (run.step(StepUnit::event)) hashes.push_back(run.state_hash());
  return hashes;
}

/// Two timelines say the same about everything that is drawn.
void check_same(const Timeline& a, const Timeline& b) {
  CHECK(a.last_event == b.last_event);
  CHECK(a.event_times_us == b.event_times_us);
  CHECK(a.epochs == b.epochs);
  REQUIRE(a.arrows.size() == b.arrows.size());
  bool arrows = true;
  for (size_t i = 0; i < a.arrows.size(); ++i)
    arrows = arrows && a.arrows[i].message_id == b.arrows[i].message_id && a.arrows[i].fate == b.arrows[i].fate &&
             a.arrows[i].end_us == b.arrows[i].end_us && a.arrows[i].end_event == b.arrows[i].end_event &&
             a.arrows[i].name == b.arrows[i].name && a.arrows[i].sent_event == b.arrows[i].sent_event;
  CHECK(arrows);
  REQUIRE(a.leaders.size() == b.leaders.size());
  for (size_t i = 0; i < a.leaders.size(); ++i) {
    CHECK(a.leaders[i].server == b.leaders[i].server);
    CHECK(a.leaders[i].to_us == b.leaders[i].to_us);
    CHECK(a.leaders[i].has_followers == b.leaders[i].has_followers);
  }
  CHECK(a.lanes.size() == b.lanes.size());
  REQUIRE(a.downs.size() == b.downs.size());
  for (size_t i = 0; i < a.downs.size(); ++i) CHECK(a.downs[i].to_us == b.downs[i].to_us);
  REQUIRE(a.cuts.size() == b.cuts.size());
  for (size_t i = 0; i < a.cuts.size(); ++i) CHECK(a.cuts[i].to_us == b.cuts[i].to_us);
  REQUIRE(a.marks.size() == b.marks.size());
  for (size_t i = 0; i < a.marks.size(); ++i) CHECK(a.marks[i].label == b.marks[i].label);
}

}  // namespace

TEST_SUITE("runs: time") {
  TEST_CASE("seeking anywhere shows what playing there showed") {
    auto run = start(load_file("leader-crash"));
    const auto hashes = all_hashes(*run);
    REQUIRE(hashes.size() > 1000);
    CHECK(run->event() == hashes.size() - 1);
    uint64_t place = 7;
    for (int i = 0; i < 300; ++i) {
      place = (place * 2862933555777941757ull + 3037000493ull);
      const uint64_t target = place % hashes.size();
      run->seek(target);
      REQUIRE(run->event() == target);
      REQUIRE(run->state_hash() == hashes[target]);
    }
    CHECK(run->run_to_end());
    CHECK(run->state_hash() == hashes.back());
  }

  TEST_CASE("two runs of the same scenario and seed are one; another seed is another") {
    const Scenario scenario = load_file("quorum-loss");
    auto one = start(scenario, 7);
    auto two = start(scenario, 7);
    auto other = start(scenario, 8);
    one->run_to_end();
    for (TimeUs t = 0; t <= two->end_us(); t += 10'000) {
      two->run_until(t);
      two->observe(LogWindow{});
    }
    other->run_to_end();
    CHECK(one->state_hash() == two->state_hash());
    CHECK(one->state_hash() != other->state_hash());
    check_same(one->timeline(), two->timeline());
  }

  TEST_CASE("step back undoes a step, in every unit") {
    auto run = start(load_file("quorum-loss"));
    for (StepUnit unit : {StepUnit::event, StepUnit::delivery, StepUnit::change, StepUnit::decided, StepUnit::leader,
                          StepUnit::narration}) {
      run->seek(0);
      std::vector<uint64_t> stops{0};
      while (stops.size() < 8 && run->step(unit)) stops.push_back(run->event());
      REQUIRE(stops.size() >= 3);
      for (size_t i = stops.size(); i-- > 1;) {
        CHECK(run->event() == stops[i]);
        CHECK(run->step_back(unit));
      }
      CHECK(run->event() == 0);
      CHECK(!run->step_back(unit));
    }
  }

  TEST_CASE("step units stop where they say") {
    auto run = start(load_file("leader-crash"));
    REQUIRE(run->step(StepUnit::decided));
    CHECK(run->observe({}).servers[2].decided_index == 1);
    REQUIRE(run->step(StepUnit::delivery));
    CHECK(run->observe({}).event.kind == EventKind::delivery);
    run->run_until(1'000'000);
    REQUIRE(run->step(StepUnit::leader));
    const Observation seen = run->observe({});
    CHECK(std::any_of(seen.servers.begin(), seen.servers.end(),
                      [](const ServerView& s) { return s.id != 3 && s.role == Role::leader; }));
    run->seek(0);
    REQUIRE(run->step(StepUnit::change));
    CHECK(!run->observe({}).event.heartbeat);
  }

  TEST_CASE("the end of the run") {
    auto run = start(load("title = \"t\"\nduration = \"300ms\"\n"));
    CHECK(run->run_to_end());
    CHECK(run->now_us() <= 300'000);
    CHECK(run->now_us() > 250'000);
    CHECK(!run->step(StepUnit::event));
    CHECK(!run->run_to_end());
    CHECK(run->seek_time(0));
    CHECK(run->now_us() == 0);
    CHECK(run->seek_time(150'000));
    CHECK(run->now_us() <= 150'000);
    const uint64_t event = run->event();
    CHECK(run->timeline().event_times_us[event + 1] > 150'000);
  }
}

TEST_SUITE("runs: stops") {
  TEST_CASE("a run goes to what it is told to, both ways") {
    auto run = start(load_file("quorum-loss"));
    REQUIRE(run->step(Stop(StepUnit::message, "Prepare")));
    const uint64_t first = run->event();
    const auto sent_here = [&] {
      for (const ArrowRecord& arrow : run->timeline().arrows)
        if (arrow.sent_event == run->event() && arrow.name == "Prepare") return true;
      return false;
    };
    CHECK(sent_here());
    REQUIRE(run->step(StepUnit::settled));
    bool settled = false;
    for (const FutureView& future : run->observe({}).futures) settled |= future.settled_event == run->event();
    CHECK(settled);
    REQUIRE(run->step(Stop(StepUnit::message, "Prepare")));
    CHECK(run->event() > first);
    CHECK(sent_here());
    REQUIRE(run->step_back(Stop(StepUnit::message, "Prepare")));
    CHECK(run->event() == first);
    CHECK(run->step(Stop(StepUnit::message, "No such message")));
    CHECK(!run->step(StepUnit::event));  // the end
  }

  TEST_CASE("a run pauses where it was told to, and goes on when asked again") {
    auto run = start(load_file("quorum-loss"));
    run->pause_at({StepUnit::leader});
    CHECK(!run->run_to_end());
    CHECK(run->at_pause());
    const uint64_t first = run->event();
    CHECK(!run->run_to_end());
    CHECK(run->at_pause());
    CHECK(run->event() > first);
    run->seek(0);
    CHECK(!run->run_until(run->end_us()));  // also where it was computed already
    CHECK(run->event() == first);
    run->pause_at({});
    CHECK(run->run_to_end());
    CHECK(!run->at_pause());
  }

  TEST_CASE("stops are written as words") {
    CHECK(*parse_stop("settled") == Stop(StepUnit::settled));
    CHECK(*parse_stop("message Prepare") == Stop(StepUnit::message, "Prepare"));
    CHECK(!parse_stop("message "));
    CHECK(parse_stop("weekly").error().text.find("known: event") != std::string::npos);
  }
}

TEST_SUITE("runs: acting") {
  TEST_CASE("an action is the next event; acting in the past replaces the future; undo brings it back") {
    auto run = start(load_file("steady-replication"));
    auto untouched = start(load_file("steady-replication"));
    run->run_to_end();
    untouched->run_to_end();
    const uint64_t last = run->timeline().last_event;
    run->seek(100);
    REQUIRE(run->perform(action("cut A-B")));
    CHECK(run->event() == 101);
    CHECK(run->timeline().last_event == 101);
    CHECK(run->observe({}).event.kind == EventKind::action);
    CHECK(run->observe({}).event.title == "Cut A–B");
    CHECK(run->journal() == std::vector<JournalEntry>{{100, action("cut A-B")}});
    run->run_to_end();
    CHECK(run->state_hash() != untouched->state_hash());
    REQUIRE(run->can_undo());
    CHECK(run->undo());
    CHECK(run->event() == 100);
    CHECK(run->timeline().last_event == last);
    CHECK(run->journal().empty());
    CHECK(!run->undo());
    run->run_to_end();
    CHECK(run->state_hash() == untouched->state_hash());
    check_same(run->timeline(), untouched->timeline());
  }

  TEST_CASE("every action can be undone, one after the other") {
    auto run = start(load_file("steady-replication"));
    std::vector<uint64_t> hashes;
    for (const char* text : {"cut A-B", "crash C", "heal all", "restart C", "propose A q=1"}) {
      run->run_until(run->now_us() + 90'000);
      hashes.push_back(run->state_hash());
      REQUIRE(run->perform(action(text)));
    }
    run->seek(run->event() + 50);
    for (size_t i = hashes.size(); i-- > 0;) {
      REQUIRE(run->undo());
      CHECK(run->state_hash() == hashes[i]);
      CHECK(run->journal().size() == i);
    }
    CHECK(!run->undo());
  }

  TEST_CASE("acting in the past starts a branch; all are kept where they were left") {
    auto run = start(load_file("steady-replication"));
    run->seek(400);
    const uint64_t main_hash = run->state_hash();
    run->seek(100);
    REQUIRE(run->perform(action("cut A-B")));
    run->seek(250);
    const uint64_t cut_hash = run->state_hash();
    CHECK(run->branches().size() == 2);
    CHECK(run->branch() == 1);
    CHECK(run->branches()[1].name == "cut A–B");
    CHECK(run->branches()[1].fork_event == 100);
    run->seek(180);
    REQUIRE(run->perform(action("crash C")));
    CHECK(run->branches().size() == 3);
    CHECK(run->branches()[2].parent == 1);
    run->seek(300);
    const uint64_t crash_hash = run->state_hash(), crash_event = run->event();

    REQUIRE(run->go_to_branch(0));
    CHECK(run->event() == 100);
    CHECK(run->timeline().last_event == 400);
    CHECK(run->journal().empty());
    run->seek(400);
    CHECK(run->state_hash() == main_hash);
    REQUIRE(run->go_to_branch(1));
    run->seek(250);
    CHECK(run->state_hash() == cut_hash);
    REQUIRE(run->go_to_branch(2));
    CHECK(run->event() == crash_event);
    CHECK(run->state_hash() == crash_hash);
    CHECK(!run->go_to_branch(2));
    CHECK(!run->go_to_branch(3));

    run->name_branch(2, "what if C stops?");
    CHECK(run->branches()[2].name == "what if C stops?");
    CHECK(!run->delete_branch(0));
    REQUIRE(run->delete_branch(1));
    CHECK(run->branch() == 1);
    CHECK(run->branches()[1].name == "what if C stops?");
    CHECK(run->branches()[1].parent == 0);
    CHECK(run->state_hash() == crash_hash);
    REQUIRE(run->delete_branch(1));
    CHECK(run->branch() == 0);
    run->seek(400);
    CHECK(run->state_hash() == main_hash);
  }

  TEST_CASE("undoing a branch's first action ends it and brings back the one it left") {
    auto run = start(load_file("steady-replication"));
    run->seek(300);
    run->seek(100);
    REQUIRE(run->perform(action("cut A-B")));
    run->seek(200);
    run->seek(150);
    REQUIRE(run->perform(action("crash C")));
    REQUIRE(run->undo());
    CHECK(run->branches().size() == 2);
    CHECK(run->branch() == 1);
    CHECK(run->event() == 150);
    CHECK(run->timeline().last_event == 200);
    REQUIRE(run->undo());
    CHECK(run->branches().size() == 1);
    CHECK(run->event() == 100);
    CHECK(run->timeline().last_event == 300);
  }

  TEST_CASE("too many branches are refused with a sentence") {
    auto run = start(load_file("steady-replication"));
    run->seek(100);
    for (size_t i = 1; i < kMaxBranches; ++i) {
      run->seek(50);
      REQUIRE(run->perform(action(i % 2 == 0 ? "cut A-B" : "cut B-C")));
    }
    run->seek(50);
    const auto refused = run->perform(action("crash A"));
    REQUIRE(!refused);
    CHECK(refused.error().text.find("delete one") != std::string::npos);
    CHECK(run->journal().size() == 1);
  }

  TEST_CASE("a refused action changes nothing") {
    auto run = start(load_file("steady-replication"));
    run->run_until(500'000);
    const uint64_t hash = run->state_hash();
    const auto refused = run->perform(action("restart A"));
    REQUIRE(!refused);
    CHECK(refused.error().text == "server A is not down");
    CHECK(!run->perform(action("cut A-E")));
    CHECK(!run->perform(action("deliver 999999")));
    CHECK(run->state_hash() == hash);
    CHECK(run->journal().empty());
    CHECK(!run->can_undo());
  }

  TEST_CASE("scenario, seed and journal give the same run again") {
    auto run = start(load_file("quorum-loss"), 3);
    for (const char* text : {"isolate D", "crash B", "heal all", "restart B", "propose A y=1", "fire A election"}) {
      run->run_until(run->now_us() + 170'000);
      REQUIRE_MESSAGE(run->perform(action(text)), text);
    }
    run->run_to_end();
    auto again = start(load_file("quorum-loss"), 3);
    REQUIRE(again->load_journal(run->journal()));
    CHECK(again->event() == 0);
    again->run_to_end();
    CHECK(again->state_hash() == run->state_hash());
    check_same(again->timeline(), run->timeline());
  }

  TEST_CASE("several links cut at once, and clients that come and go, are in the journal and taken back one by one") {
    auto run = start(load_file("quorum-loss"), 3);
    run->run_until(300'000);
    const size_t clients = run->observe({}).clients.size();
    const std::string leaves = concat("client remove k", clients + 1);
    for (const char* text : {"client add B open 5ms put 1, get 2", "latency all 3ms", "cut A-B,C>D", "client add C", leaves.c_str()}) {
      run->run_until(run->now_us() + 70'000);
      const uint64_t before = run->state_hash();
      REQUIRE_MESSAGE(run->perform(action(text)), text);
      REQUIRE(run->undo());
      CHECK(run->state_hash() == before);
      REQUIRE_MESSAGE(run->perform(action(text)), text);
    }
    CHECK(run->journal().size() == 5);
    const auto seen = run->observe({});
    REQUIRE(seen.clients.size() == clients + 2);
    CHECK(seen.clients[clients].gone);
    CHECK(seen.clients[clients].open_loop);
    CHECK(seen.clients[clients].every_us == 5'000);
    CHECK(seen.clients[clients].mix == "put 1, get 2");
    CHECK_FALSE(seen.clients[clients + 1].gone);
    size_t asked = 0;
    for (const OperationView& operation : seen.operations) asked += operation.client == clients + 1;
    CHECK(asked > 20);
    run->run_to_end();
    CHECK_FALSE(run->violated());
    const auto journal = parse_journal(format_journal(run->journal()));
    REQUIRE(journal.has_value());
    auto again = start(load_file("quorum-loss"), 3);
    REQUIRE(again->load_journal(*journal));
    again->run_to_end();
    CHECK(again->state_hash() == run->state_hash());
    check_same(again->timeline(), run->timeline());
  }

  TEST_CASE("a client of a register puts and gets, and asks for nothing else") {
    auto run = start(load_file("register"));
    const auto refused = run->perform(action("client add A closed 10ms put 1, cas 1"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text == "a register takes only puts and gets");
    const auto number = concat("k", run->observe({}).clients.size() + 1);
    REQUIRE(run->perform(action("client add A closed 10ms put 1, get 1")));
    run->run_until(run->now_us() + 800'000);
    size_t answered = 0;
    for (const OperationView& operation : run->observe({}).operations)
      answered += operation.id.substr(0, number.size() + 1) == number + "#" && operation.end == OperationEnd::ok;
    CHECK(answered > 5);
    CHECK_FALSE(run->violated());
  }

  TEST_CASE("a journal that does not fit is refused and changes nothing") {
    auto run = start(load_file("steady-replication"));
    run->run_until(100'000);
    const uint64_t hash = run->state_hash();
    CHECK(!run->load_journal({{5, action("restart A")}}));
    CHECK(!run->load_journal({{5, action("cut A-B")}, {5, action("heal A-B")}}));
    CHECK(!run->load_journal({{400'000, action("cut A-B")}}));
    CHECK(!run->load_journal({{UINT64_MAX, action("cut A-B")}}));
    CHECK(run->state_hash() == hash);
    CHECK(run->journal().empty());
  }

  TEST_CASE("a person is the network: deliver, drop, duplicate, delay") {
    auto run = start(load("title = \"t\"\nduration = \"1s\"\n[[client]]\nserver = \"B\"\n"));
    REQUIRE(run->step(StepUnit::event));
    auto messages = run->observe({}).messages;
    REQUIRE(messages.size() >= 4);
    REQUIRE(run->perform(action("deliver " + std::to_string(messages[1].id))));
    CHECK(run->timeline().arrows[1].fate == MessageFate::delivered);
    REQUIRE(run->perform(action("drop " + std::to_string(messages[2].id))));
    CHECK(run->timeline().arrows[2].fate == MessageFate::dropped);
    const TimeUs due = messages[3].deliver_us;
    REQUIRE(run->perform(action("delay " + std::to_string(messages[3].id) + " by 20ms")));
    CHECK(run->timeline().arrows[3].end_us == due + 20'000);
    const size_t before = run->observe({}).messages.size();
    REQUIRE(run->perform(action("duplicate " + std::to_string(messages[3].id))));
    CHECK(run->observe({}).messages.size() == before + 1);
    run->step_back(StepUnit::event);
    CHECK(run->observe({}).messages.size() == before);
  }

  TEST_CASE("what can happen next names messages and timers, soonest first") {
    auto run = start(load("title = \"t\"\nduration = \"1s\"\n"));
    const auto items = run->pending();
    REQUIRE(items.size() == 12);  // two heartbeats and two timers for each of three servers
    CHECK(std::is_sorted(items.begin(), items.end(),
                         [](const PendingItem& a, const PendingItem& b) { return a.due_us < b.due_us; }));
    for (const PendingItem& item : items) {
      auto fresh = start(run->scenario());
      CHECK_MESSAGE(fresh->perform(item.action), item.id);
    }
  }

  TEST_CASE("what cannot happen is there too, with the reason") {
    auto run = start(load_file("steady-replication"));
    run->run_until(300'000);
    REQUIRE(run->perform(action("cut A>B")));
    REQUIRE(run->perform(action("pause B")));
    const auto items = run->pending();
    const auto reason_of = [&](const std::string& id) {
      for (const PendingItem& item : items)
        if (item.id == id) return (item.possible ? "possible: " : "") + item.reason;
      return std::string("missing");
    };
    CHECK(reason_of("link AB") == "the link is cut");
    CHECK(reason_of("link BA") == "missing");
    CHECK(reason_of("server B") == "it is paused");
    CHECK(reason_of("timer A election") == "possible: ");
    bool client = false;
    for (const PendingItem& item : items) {
      client |= item.id.find("client k1") == 0;
      CHECK((item.possible || !item.reason.empty()));
    }
    CHECK(client);
  }

  TEST_CASE("property: any play of steps, seeks, actions and undos can be replayed from its journal") {
    const Scenario scenario = load_file("chained");
    static const char* const kActions[] = {"cut A-B",   "cut A>C",      "heal all",  "isolate B", "crash A",
                                           "restart A", "pause C",      "resume C",  "propose B q=1",
                                           "fire C election", "reconnect A-C", "client add B open 20ms put 1, get 1",
                                           "client remove k1", "cut A-B,B>C", "loss all 10%"};
    CHECK(rc::check("journal replays", [&](uint32_t seed, const std::vector<uint16_t>& moves) {
      auto run = start(scenario, seed);
      for (uint16_t move : moves) {
        if (move % 4 == 0) run->seek(move % 1500);
        if (move % 4 == 1) run->step(static_cast<StepUnit>(move / 4 % 6));
        if (move % 4 == 2) (void)run->perform(action(kActions[move / 4 % 15]));
        if (move % 4 == 3) run->undo();
      }
      const uint64_t event = run->event();
      const uint64_t hash = run->state_hash();
      auto again = start(scenario, seed);
      const auto loaded = again->load_journal(run->journal());
      RC_ASSERT(loaded.has_value());
      again->seek(event);
      RC_ASSERT(again->event() == event);
      RC_ASSERT(again->state_hash() == hash);
    }));
  }
}

TEST_SUITE("runs: looking") {
  TEST_CASE("changed fields carry their old value, changed cells a mark") {
    auto run = start(load_file("quorum-loss"));
    REQUIRE(run->run_until(999'000));
    REQUIRE(run->step(StepUnit::narration));
    CHECK(run->observe({}).event.kind == EventKind::script);
    REQUIRE(run->step(StepUnit::narration));  // C is not quorum-connected
    const Observation lost = run->observe({});
    const auto field = [](const ServerView& server, const std::string& name) {
      for (const Field& f : server.fields)
        if (f.name == name) return f;
      return Field{};
    };
    const Field connected = field(lost.servers[2], "Quorum-connected");
    CHECK(connected.value.number == 0);
    REQUIRE(connected.old.has_value());
    CHECK(connected.old->number == 1);
    CHECK(!field(lost.servers[0], "Quorum-connected").old.has_value());
    REQUIRE(run->step(StepUnit::narration));  // A raises its ballot
    const Observation raised = run->observe({});
    CHECK(raised.event.title == "A raises its ballot to 2·A and sends Prepare");
    CHECK(raised.event.subtitle == "Only A reaches every server: 4 links up, 6 cut");
    REQUIRE(!raised.event.notes.empty());
    CHECK(raised.event.notes[0].rule == "B3");
    CHECK(raised.event.cause_text == "heartbeat reply from C");
    CHECK(raised.event.cause_event < raised.event.number);
    const Field promised = field(raised.servers[0], "Promised ballot");
    CHECK(promised.value.text == "2·A");
    REQUIRE(promised.old.has_value());
    CHECK(promised.old->text == "1·C");

    REQUIRE(run->step(StepUnit::decided));
    bool marked = false;
    const Observation decided = run->observe({run->observe({}).servers[0].decided_index, 1});
    for (const ServerView& server : decided.servers)
      for (const LogCell& cell : server.cells) marked = marked || cell.changed;
    CHECK(marked);
  }

  TEST_CASE("looking does not change the run, whatever the order") {
    auto run = start(load_file("chained"));
    run->run_until(1'200'000);
    const Observation first = run->observe({});
    run->seek(3);
    run->observe({});
    run->run_until(1'200'000);
    const Observation second = run->observe({});
    CHECK(first.event.title == second.event.title);
    CHECK(first.event.number == second.event.number);
    CHECK(first.servers.size() == second.servers.size());
    for (size_t i = 0; i < first.servers.size(); ++i)
      for (size_t f = 0; f < first.servers[i].fields.size(); ++f) {
        CHECK(first.servers[i].fields[f].value == second.servers[i].fields[f].value);
        CHECK(first.servers[i].fields[f].old == second.servers[i].fields[f].old);
      }
  }

  TEST_CASE("the timeline knows leaders, crashes and cuts") {
    auto run = start(load_file("leader-crash"));
    run->run_to_end();
    const Timeline& line = run->timeline();
    REQUIRE(line.downs.size() == 1);
    CHECK(line.downs[0].server == 3);
    CHECK(line.downs[0].from_us == 1'000'000);
    CHECK(line.downs[0].to_us == 2'500'000);
    REQUIRE(line.leaders.size() >= 2);
    CHECK(line.leaders[0].to_us == 1'000'000);
    size_t leading = 0;
    for (const LeaderSpan& span : line.leaders) leading += span.to_us < 0 && span.has_followers ? 1 : 0;
    CHECK(leading == 1);
    CHECK(line.slot_of(line.leaders[0].epoch) == 0);
    for (const ArrowRecord& arrow : line.arrows)
      if (arrow.fate != MessageFate::flying) CHECK(arrow.end_event >= arrow.sent_event);

    auto cut = start(load_file("constrained-election"));
    cut->run_to_end();
    REQUIRE(cut->timeline().cuts.size() >= 2);
    CHECK(cut->timeline().cuts[0].label == "cut C–A");
    CHECK(cut->timeline().cuts[0].to_us == cut->timeline().cuts[1].from_us);
    CHECK(cut->timeline().cuts.back().to_us == -1);
  }

  TEST_CASE("the lesson follows the present moment") {
    auto run = start(load_file("quorum-loss"));
    CHECK(run->lesson().size() == 8);
    CHECK(run->lesson()[0].state == LessonState::to_come);
    run->run_to_end();
    const auto all = run->lesson();
    CHECK(all[7].state == LessonState::current);
    CHECK(all[6].state == LessonState::done);
    run->seek(all[3].event);
    const auto there = run->lesson();
    CHECK(there[2].state == LessonState::done);
    CHECK(there[3].state == LessonState::current);
    CHECK(there[4].state == LessonState::to_come);
    CHECK(there[4].reached);
  }

  TEST_CASE("expectations are open until they are known") {
    auto run = start(load_file("steady-replication"));
    const auto before = run->expectations();
    CHECK(!before[0].known);  // no violation: not before the end
    run->run_to_end();
    for (const ExpectationResult& result : run->expectations()) {
      CHECK(result.known);
      CHECK_MESSAGE(result.held, result.text);
    }
  }

  TEST_CASE("what the script cannot do is an expectation that is not held") {
    auto run = start(load("title = \"t\"\nduration = \"200ms\"\n[[step]]\nat = \"100ms\"\ndo = [\"restart A\", \"crash A\"]\n"));
    run->run_to_end();
    const auto results = run->expectations();
    REQUIRE(results.size() == 1);
    CHECK(!results[0].held);
    CHECK(results[0].text == "the script's 'restart A' is done: server A is not down");
    CHECK(run->observe({}).servers[0].status == ServerStatus::down);
  }

  TEST_CASE("switches: unknown names are refused, a known one reaches the protocol") {
    RunOptions options;
    options.switches_off = {"Z9.nothing"};
    const auto refused = Run::create(load_file("chained"), options);
    REQUIRE(!refused);
    CHECK(refused.error().text == "OmniPaxos has no switch 'Z9.nothing'");
    options.switches_off = {};
    options.protocol = "raftt";
    CHECK(!Run::create(load_file("chained"), options));
    auto stuck = start(load_file("leader-crash"), 1, {"B3.raise"});
    stuck->run_to_end();
    const auto results = stuck->expectations();
    CHECK(std::any_of(results.begin(), results.end(), [](const ExpectationResult& r) {
      return r.text.substr(0, 8) == "recovers" && r.known && !r.held;
    }));
  }

  TEST_CASE("trying to go beyond the end leaves the last event's state as it was, though the script has more to ask for") {
    const Scenario scenario = test::load("title=\"t\"\nduration=\"2s\"\nprotocols=[\"register\"]\n"
                                         "[cluster]\nservers=3\n[[client]]\nserver=\"A\"\noperations=1\n"
                                         "[[step]]\nat=\"1500ms\"\ndo=\"restart B\"\n");
    auto run = test::start(scenario);
    run->run_until(1'000'000);
    const uint64_t last = run->event(), hash = run->state_hash();
    REQUIRE(last > 3);
    CHECK(!run->step(StepUnit::event));
    CHECK(run->event() == last);
    CHECK(run->state_hash() == hash);
    run->seek(last - 1);
    run->seek(last);
    CHECK(run->state_hash() == hash);
  }

  TEST_CASE("asking for the next event changes nothing: what a person does then is the same in a replay") {
    for (const char* end : {"wipe C", "crash C", "resume C"}) {
      for (uint64_t paused = 30; paused < 60; paused += 3) {
        auto played = test::start(test::load_file("transfer"), 5);
        played->seek(paused);
        REQUIRE(played->perform(action("pause C")));
        played->seek(paused + 12);
        played->run_until(played->now_us());  // looks at what comes next
        REQUIRE(played->perform(action(end)));
        const uint64_t hash = played->state_hash();
        played->seek(paused + 40);
        played->seek(paused);
        played->seek(paused + 13);
        CHECK(played->state_hash() == hash);
      }
    }
  }
}
