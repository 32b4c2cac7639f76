// The Futures view: what a row says, which rows there are, and what lights up with one.
#include <algorithm>

#include "tests/ui/shown.h"
#include "ui/proposals.h"

namespace paxoscope::ui {
namespace {

constexpr const char* kWaiting = "Future k1#14 w=2";

App::Fixed many_futures(int count) {
  App::Fixed fixed = futures_fixture();
  const FutureView one = fixed.observation.futures[1];
  fixed.observation.futures.clear();
  for (int i = 1; i <= count; ++i) {
    FutureView& future = fixed.observation.futures.emplace_back(one);
    future.id = "k1#" + std::to_string(i);
    future.attempt_id = static_cast<uint64_t>(5000 + i);
    future.made_event = static_cast<uint64_t>(i);
  }
  return fixed;
}

TEST_CASE("a row per future says its state, where it stands or why not, its server, ballot and age") {
  Shown shown(futures_fixture());
  CHECK(shown.value("Futures") == "2 waiting");
  shown.press("Futures");
  CHECK(shown.count("Future ") == 7);
  CHECK(shown.value(kWaiting) == "accepted at 26, waiting for B, at server A, ballot c2 1\xc2\xb7" "A, 90 ms");
  CHECK(shown.value("Future op#1 config {A,B,D}").find("resolved at 24: stop-sign ends config 1, at server A") == 0);
  CHECK(shown.value("Future k2#7 del y").find("cancelled ballot 5\xc2\xb7" "A synced without it and decided") == 0);
  CHECK(shown.value("Future k2#8 x=5").find("pending forwarded to leader A, at server B") == 0);
}

TEST_CASE("a future whose server lost it says so, and no longer counts as waiting") {
  App::Fixed fixed = futures_fixture();
  FutureView& lost = fixed.observation.futures.back();
  lost.state = FutureState::unknown;
  lost.reason.clear();
  Shown shown(std::move(fixed));
  CHECK(shown.value("Futures") == "1 waiting");
  shown.press("Futures");
  CHECK(shown.value("Future k2#8 x=5").find("unknown its server lost it in a crash") == 0);
}

TEST_CASE("states differ by shape: without colours and words the marks have different vertices") {
  const auto vertices = [](FutureState state) {
    App::Fixed fixed = futures_fixture();
    fixed.observation.futures.resize(1);
    fixed.observation.futures[0].state = FutureState::pending;
    for (LogCell& cell : fixed.observation.servers[0].cells) cell.future = state;
    Shown shown(std::move(fixed));
    return ImGui::GetDrawData()->TotalVtxCount;
  };
  std::vector<int> seen;
  for (FutureState state : {FutureState::pending, FutureState::accepted, FutureState::resolved,
                            FutureState::cancelled, FutureState::unknown}) {
    const int count = vertices(state);
    CHECK(std::find(seen.begin(), seen.end(), count) == seen.end());
    seen.push_back(count);
  }
}

TEST_CASE("the pointer on a future lights its log cell and the message that carries it") {
  App::Fixed fixed = futures_fixture();
  fixed.observation.messages[0].attempts = {26};
  Shown shown(std::move(fixed));
  shown.press("Futures");
  shown.point(ImVec2{10, 10});
  const int before = shown.drawn(dark_theme().accent);
  shown.point("Future k1#12 x=3");
  const int cell = shown.drawn(dark_theme().accent);
  CHECK(cell > before);  // rings around its cells and the stretch of the timeline
  shown.point(kWaiting);
  CHECK(shown.drawn(dark_theme().accent) > cell);  // and one around the message
}

TEST_CASE("pressing a future selects it") {
  Shown shown(futures_fixture());
  shown.press("Futures");
  shown.press(kWaiting);
  CHECK(shown.find(kWaiting)->state == 1);
  CHECK(shown.find("Future k2#7 del y")->state == 0);
}

/// The event that a press asks for while the screen stands at `at_event`.
uint64_t asked_by_press(uint64_t at_event, uint64_t began, uint64_t ended) {
  Screen screen;
  ImGui::NewFrame();
  Observation observation;
  observation.event.number = at_event;
  const Timeline timeline;
  const Scenario scenario;
  const std::vector<LessonStep> lesson;
  const Frame frame{observation, timeline, scenario, lesson};
  Selection selection;
  Semantics semantics;
  std::vector<Command> commands;
  bool animating = false;
  Context context{frame, selection, semantics, commands, animating};
  const Item item = proposal_item(7, began);
  for (int press = 0; press < 2; ++press) {
    semantics.begin_frame();
    offer_proposal(context, "one", {{0, 0}, {10, 10}}, "One", "", item, began, ended);
    if (press == 0) semantics.activate(semantics.items()[0].id);
    else semantics.end_frame();
  }
  ImGui::EndFrame();
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].kind == Command::Kind::seek_event);
  CHECK(selection.chosen == item);
  return commands[0].number;
}

TEST_CASE("a press goes to the event that ended a proposal, from there and while it waits to the one that began it") {
  CHECK(asked_by_press(50, 10, 30) == 30);
  CHECK(asked_by_press(30, 10, 30) == 10);
  CHECK(asked_by_press(50, 10, 0) == 10);
}

TEST_CASE("on a real run a press goes to the moment when the answer was known, and the store shows what was written") {
  constexpr const char* kRun = R"(
title = "One client"
protocols = ["omnipaxos"]
duration = "2s"
[cluster]
servers = 3
first_leader = "A"
[network]
latency = ["8ms", "12ms"]
[[client]]
server = "A"
start = "300ms"
think = "100ms"
operations = 3
)";
  Shown shown(kRun);
  shown.to(1'500'000);
  const Observation seen = shown.app.run()->observe({1, 8});
  REQUIRE(seen.futures.size() == 3);
  REQUIRE(seen.operations.size() == 3);
  const FutureView& future = seen.futures[1];
  CHECK(future.state == FutureState::resolved);
  const std::string name = "Future " + future.id + " " + future.command;
  shown.press("Futures");
  CHECK(shown.value("Futures") == "");
  CHECK(shown.value(name).find("resolved at " + std::to_string(future.index)) == 0);
  shown.press(name);
  CHECK(shown.app.run()->event() == future.settled_event);
  shown.press(name);
  CHECK(shown.app.run()->event() == future.made_event);
  CHECK(shown.value("Futures") == "1 waiting");

  // The entry is decided in this event: the store says what the key was before.
  shown.app.run()->seek(future.settled_event);
  shown.app.run_changed();
  shown.settle();
  shown.press("Key-value");
  const std::string key = seen.operations[1].key + " at A";
  CHECK(shown.value(key).find(", written by entry " + std::to_string(future.index)) != std::string::npos);
  CHECK((shown.value(key).find(", new") != std::string::npos || shown.value(key).find(", was ") != std::string::npos));
}

TEST_CASE("of ten thousand futures the newest are in sight, and only what is in sight is registered") {
  Shown shown(many_futures(10'000));
  shown.press("Futures");
  CHECK(shown.find("Future k1#10000 x=3") != nullptr);
  CHECK(shown.find("Future k1#1 x=3") == nullptr);
  CHECK(shown.count("Future ") < 20);
  CHECK(ImGui::GetDrawData()->TotalVtxCount < 60'000);
  // Scrolled away from the end it stays there.
  const SemanticItem* row = shown.find("Future k1#9998 x=3");
  const ImVec2 at{static_cast<float>(row->x + 20), static_cast<float>(row->y + 5)};
  for (int i = 0; i < 200; ++i) shown.point(at, 20);
  CHECK(shown.find("Future k1#10000 x=3") == nullptr);
}

TEST_CASE("a finger drags the list, and a drag presses nothing") {
  Shown shown(many_futures(100));
  shown.press("Futures");
  const SemanticItem* row = shown.find("Future k1#99 x=3");
  REQUIRE(row != nullptr);
  const float x = static_cast<float>(row->x + 30), y = static_cast<float>(row->y - 60);
  shown.point(ImVec2{x, y});
  ImGui::GetIO().MouseDown[0] = true;
  shown.app.frame(shown.now += 0.02);
  shown.point(ImVec2{x, y + 50});
  ImGui::GetIO().MouseDown[0] = false;
  shown.settle();
  CHECK(shown.find("Future k1#100 x=3") != nullptr);
  CHECK(shown.find("Future k1#100 x=3")->height < 28);
  for (const SemanticItem& item : shown.app.semantics().items())
    if (label_of(shown.app.semantics(), item).find("Future k1") == 0) CHECK(item.state == 0);
}

TEST_CASE("the keyboard reaches futures that are not in sight") {
  Shown shown(many_futures(50));
  shown.press("Futures");
  uint32_t first = 0;
  std::string label;
  for (int i = 0; i < 60 && shown.find("Future k1#1 x=3") == nullptr; ++i) {
    label = shown.beginning("Future ");
    first = shown.find(label)->id;
    shown.app.semantics().focus(first);
    shown.app.wake();
    shown.settle();
  }
  CHECK(shown.find("Future k1#1 x=3") != nullptr);
}

TEST_CASE("without futures the view says what they are, and nothing waits") {
  Shown shown(main_fixture());
  CHECK(shown.value("Futures") == "");
  shown.press("Futures");
  CHECK(shown.value("No futures yet").size() > 20);
}

TEST_CASE("on a phone all tabs and rows are inside the view and large enough to press") {
  Shown shown(futures_fixture(), 390, 844);
  const auto check = [&](const char* page, std::initializer_list<const char*> tabs) {
    shown.press(page);
    for (const char* tab : tabs) {
      CAPTURE(tab);
      const SemanticItem* item = shown.find(tab);
      REQUIRE(item != nullptr);
      CHECK(item->width >= 44);
      CHECK(item->height >= 44);
      CHECK(item->x + item->width <= 390);
    }
  };
  check("Logs", {"Logs view", "Ballots", "Next", "Key-value", "Timeline"});
  check("Futures", {"Futures view", "History"});
  const SemanticItem* row = shown.find("Future k2#8 x=5");
  REQUIRE(row != nullptr);
  CHECK(row->height >= 44);
}

TEST_CASE("log cells say which future stands behind them, also in the strip beside the view") {
  Shown shown(futures_fixture());
  CHECK(shown.beginning("Log of A").find("26 w=2 in memory only, future accepted") != std::string::npos);
  CHECK(shown.beginning("Log of A").find("22 del w, 23 x=3, future resolved") != std::string::npos);
  shown.press("Futures");
  CHECK(shown.beginning("Log of A").find("future accepted") != std::string::npos);
  CHECK(shown.beginning("Log of B") == "nothing");
}

}  // namespace
}  // namespace paxoscope::ui
