// Running to what is asked for, pausing there while playing, and branches.
#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

constexpr char kUndo[] = "Undo the last action";

void press_with(Shown& shown, std::string_view label, int mouse_button) {
  shown.point(label);
  ImGui::GetIO().MouseDown[mouse_button] = true;
  shown.app.frame(shown.now += 0.02);
  ImGui::GetIO().MouseDown[mouse_button] = false;
  shown.settle();
}

TEST_CASE("the click that opens a menu under the pointer chooses nothing in it") {
  Shown shown("quorum-loss", 0, 1440);
  for (const char* button : {"Run until", "Branches"}) {
    press_with(shown, button, 0);
    CHECK((shown.find("A leader is elected") != nullptr || shown.find("Delete this branch") != nullptr));
    press_with(shown, "Scenario", 0);  // beside it: closes
    CHECK(shown.app.run()->event() == 0);
    CHECK(shown.find("A leader is elected") == nullptr);
  }
}

TEST_CASE("run until: to a kind of event, to a kind of message, and back") {
  Shown shown("quorum-loss", 0, 1440);
  shown.press("Run until");
  shown.press("A leader is elected");
  CHECK(shown.beginning("Run until") == "Run until");
  CHECK(shown.find("A future settles") == nullptr);  // the menu is closed
  const uint64_t elected = shown.app.run()->event();
  CHECK(elected > 0);
  shown.press("Run until");
  shown.press("A message is sent\xe2\x80\xa6");
  shown.press("Heartbeat request");
  const uint64_t sent = shown.app.run()->event();
  bool found = false;
  for (const ArrowRecord& arrow : shown.app.run()->timeline().arrows)
    found |= arrow.sent_event == sent && arrow.name == "Heartbeat request";
  CHECK(found);
  shown.press("Run until");
  shown.press("Back to\xe2\x80\xa6");
  shown.press("A leader is elected");
  CHECK(shown.app.run()->event() == elected);
}

TEST_CASE("playing pauses where a person marked it, also after another scenario was loaded") {
  Shown shown("quorum-loss", 0, 1440);
  shown.press("Run until");
  shown.press("Pause at\xe2\x80\xa6");
  shown.press("A leader is elected");
  CHECK(shown.find("A future settles") != nullptr);  // several may be chosen
  for (const char* id : {"quorum-loss", "leader-crash"}) {
    REQUIRE(shown.app.load_scenario_by_id(id));
    shown.settle();
    shown.app.play(true);
    for (int i = 0; i < 2000 && shown.app.playing(); ++i) shown.app.frame(shown.now += 0.05);
    CHECK(!shown.app.playing());
    CHECK(shown.app.run()->at_pause());
    CHECK(shown.app.run()->now_us() < shown.app.run()->end_us() / 2);
  }
}

TEST_CASE("acting in the past starts a branch: it can be shown, named, undone and deleted") {
  Shown shown("steady-replication", 0, 1440);
  shown.to(900'000);
  const uint64_t far = shown.app.run()->timeline().last_event;
  shown.to(300'000);
  CHECK(shown.value("Branches") == "main");
  Action crash;
  crash.kind = ActionKind::crash;
  crash.a = 2;
  REQUIRE(shown.app.run()->perform(crash));
  shown.app.run_changed();
  shown.settle();
  CHECK(shown.value("Branches") == "B crashes, 2 branches");
  shown.press("Branches");
  shown.press("main");
  CHECK(shown.app.run()->timeline().last_event == far);
  shown.to(350'000);
  CHECK(shown.find("fork: B crashes") != nullptr);
  shown.press("fork: B crashes");
  CHECK(shown.app.run()->branch() == 1);
  shown.press("Branches");
  shown.press("Delete this branch");
  CHECK(shown.app.run()->branches().size() == 1);
  CHECK(shown.app.run()->timeline().last_event == far);
  CHECK(shown.find(kUndo) == nullptr);
}

TEST_CASE("a branch's name is typed in") {
  Shown shown("steady-replication", 0, 1440);
  shown.press("Branches");
  shown.press("Name this branch\xe2\x80\xa6");
  ImGuiIO& io = ImGui::GetIO();
  for (const char* word = "calm"; *word != 0; ++word) {
    io.AddInputCharacter(static_cast<unsigned>(*word));
    shown.app.frame(shown.now += 0.02);
  }
  const int enter = io.KeyMap[ImGuiKey_Enter];
  io.KeysDown[enter] = true;
  shown.app.frame(shown.now += 0.02);
  io.KeysDown[enter] = false;
  shown.settle();
  CHECK(shown.value("Branches") == "calm");
}

TEST_CASE("a run can start over with another number of servers, and without any action") {
  Shown shown("quorum-loss", 0, 390);
  shown.press("More");
  shown.press("Branches");
  shown.press("Servers\xe2\x80\xa6");
  shown.press("7 servers");
  CHECK(shown.app.run()->observe({1, 1}).servers.size() == 7);
  shown.app.run()->run_to_end();
  CHECK(shown.app.run()->violations().empty());
  CHECK(shown.app.run()->summary().servers[6].decided > 10);
  shown.press("More");
  shown.press("Branches");
  shown.press("Start over, without any action");
  CHECK(shown.app.run()->event() == 0);
  CHECK(shown.app.run()->options().servers == 7);
}

TEST_CASE("kinds of messages can be hidden, on the stage and on the timeline") {
  Shown shown("quorum-loss", 0, 1440);
  shown.app.run()->step(Stop(StepUnit::message, "Prepare"));
  shown.app.run_changed();
  shown.settle();
  REQUIRE(shown.count("Prepare ") > 0);
  shown.press("Branches");
  shown.press("Messages shown\xe2\x80\xa6");
  shown.press("Prepare");
  CHECK(shown.count("Prepare ") == 0);
  shown.press("Heartbeats");
  shown.press("Prepare");
  CHECK(shown.count("Prepare ") > 0);
  const auto vertices = [] { return ImGui::GetDrawData()->TotalVtxCount; };
  const int without = vertices();
  shown.press("Heartbeats");
  CHECK(vertices() > without);
}

TEST_CASE("keys of one letter can be switched off; Space still plays") {
  Shown shown("quorum-loss", 0, 1440);
  const auto type = [&](char key) {
    ImGui::GetIO().AddInputCharacter(static_cast<unsigned>(key));
    shown.app.frame(shown.now += 0.02);
    shown.app.frame(shown.now += 0.02);
  };
  type('?');
  shown.press("Keys of one letter");
  shown.press("Close help");
  type('r');
  type('?');
  CHECK(shown.find("Close help") == nullptr);
  CHECK(shown.find("A future settles") == nullptr);
  type(' ');
  CHECK(shown.app.playing());
  type(' ');
  shown.press("Keys and help");
  shown.press("Keys of one letter");
  type('r');
  CHECK(shown.find("A future settles") != nullptr);
}

TEST_CASE("a server's clock and a link's duplication are set from their menus") {
  Shown shown("quorum-loss", 0, 1440);
  press_with(shown, "Server B", 1);
  shown.press("Clock\xe2\x80\xa6");
  shown.press("50 % slow");
  CHECK(shown.app.run()->observe({1, 1}).servers[1].clock_rate_ppm == -500'000);
  press_with(shown, "Link A\xe2\x80\x93" "B", 1);
  shown.press("Duplication\xe2\x80\xa6");
  shown.press("50 %");
  CHECK(shown.app.run()->journal().back().action.kind == ActionKind::set_duplication);
}

}  // namespace
}  // namespace paxoscope::ui
