// The App with a real run: what a person does and what the run then holds.
#include <doctest/doctest.h>

#include <string>

#include "tests/ui/screen.h"
#include "ui/app.h"
#include "ui/transport.h"

namespace paxoscope::ui {
namespace {

/// An App with a scenario, a clock and hands.
class Person {
 public:
  explicit Person(const char* scenario = "quorum-loss") {
    app.set_size(1440, 900, 1);
    REQUIRE(app.load_scenario_by_id(scenario));
    frames(3);
  }
  void frames(int count) {
    for (int i = 0; i < count; ++i) {
      ImGui::GetIO().DeltaTime = 1 / 60.0f;
      wants_more = app.frame(now += 1 / 60.0);
    }
  }
  void settle() {
    for (int i = 0; i < 600 && (wants_more || i < 2); ++i) frames(1);
    REQUIRE_FALSE(wants_more);
  }
  void type(unsigned character) {
    ImGui::GetIO().AddInputCharacter(character);
    frames(2);
  }
  void key(int imgui_key, bool shift = false) {
    ImGuiIO& io = ImGui::GetIO();
    io.KeyShift = shift;
    io.KeysDown[imgui_key + 1] = true;
    frames(1);
    io.KeysDown[imgui_key + 1] = false;
    io.KeyShift = false;
    frames(1);
  }
  const SemanticItem* find(std::string_view label) {
    const Semantics& semantics = app.semantics();
    for (const SemanticItem& item : semantics.items()) {
      if (semantics.text().substr(item.label_at, item.label_length) == label) return &item;
    }
    return nullptr;
  }
  void press(std::string_view label) {
    const std::string wanted(label);
    CAPTURE(wanted);
    const SemanticItem* item = find(label);
    REQUIRE(item != nullptr);
    app.semantics().activate(item->id);
    frames(2);
  }
  Run& run() { return *app.run(); }

  Screen screen;
  App app;
  double now = 0;
  bool wants_more = true;
};

TEST_CASE("playing moves the run in slow motion and pausing stops it") {
  Person person;
  person.press("Play");
  CHECK(person.app.playing());
  const TimeUs before = person.app.shown_us();
  person.frames(60);
  const TimeUs passed = person.app.shown_us() - before;
  CHECK(passed >= kPlayedPerSecondUs * 9 / 10);
  CHECK(passed <= kPlayedPerSecondUs * 11 / 10);
  CHECK(person.wants_more);
  person.press("Pause");
  person.settle();
  CHECK_FALSE(person.app.playing());
  CHECK(person.run().now_us() <= person.app.shown_us());
}

TEST_CASE("the speed is a choice, by button and by key") {
  Person person;
  person.press("Speed 4\xc3\x97");
  person.type(' ');
  REQUIRE(person.app.playing());
  const TimeUs before = person.app.shown_us();
  person.frames(30);
  CHECK(person.app.shown_us() - before >= kPlayedPerSecondUs * 19 / 10);
  person.type('[');
  const TimeUs slower = person.app.shown_us();
  person.frames(30);
  CHECK(person.app.shown_us() - slower <= kPlayedPerSecondUs * 11 / 10);
}

TEST_CASE("playing ends at the end, and playing again starts over") {
  Person person;
  person.run().seek_time(person.run().end_us() - 10'000);
  person.app.run_changed();
  person.press("Play");
  person.frames(60);
  person.settle();
  CHECK_FALSE(person.app.playing());
  CHECK(person.app.shown_us() == person.run().end_us());
  person.press("Play");
  CHECK(person.app.playing());
  CHECK(person.app.shown_us() < 10'000);
}

TEST_CASE("stepping there and back again gives the same state") {
  Person person;
  person.run().seek_time(500'000);
  person.app.run_changed();
  person.settle();
  const uint64_t hash = person.run().state_hash(), event = person.run().event();
  for (int i = 0; i < 5; ++i) person.press("Step forward");
  CHECK(person.run().event() > event);
  for (int i = 0; i < 5; ++i) person.press("Step back");
  person.settle();
  // A step skips what changes nothing a person follows, so the way back may stop at another event of that kind.
  CHECK(person.run().event() <= event);
  person.run().seek(event);
  CHECK(person.run().state_hash() == hash);
}

TEST_CASE("a step glides to its moment within 600 ms; with reduced motion it is there at once") {
  Person person;
  person.run().seek_time(500'000);
  person.app.run_changed();
  person.settle();
  person.press("Step forward");
  person.frames(38);
  CHECK(person.app.shown_us() == person.run().now_us());
  person.settle();
  person.app.set_reduced_motion(true);
  person.press("Step forward");
  CHECK(person.app.shown_us() == person.run().now_us());
}

TEST_CASE("cutting a link acts on the run and undo takes it back") {
  Person person;
  person.run().seek_time(300'000);
  person.app.run_changed();
  person.settle();
  const uint64_t event = person.run().event();
  Action cut;
  cut.kind = ActionKind::cut;
  cut.a = 1;
  cut.b = 2;
  REQUIRE(person.run().perform(cut).has_value());
  person.app.run_changed();
  person.settle();
  CHECK(person.run().journal().size() == 1);
  REQUIRE(person.run().can_undo());
  person.press("Undo the last action");
  CHECK(person.run().journal().empty());
  CHECK(person.run().event() == event);
}

TEST_CASE("keys step, go to the ends, select servers and follow the lesson") {
  Person person;
  person.key(ImGuiKey_End);
  person.settle();
  CHECK(person.app.shown_us() == person.run().now_us());
  CHECK(person.run().now_us() > person.run().end_us() / 2);
  person.key(ImGuiKey_LeftArrow, true);
  person.settle();
  const uint64_t leader_change = person.run().event();
  CHECK(leader_change > 0);
  person.key(ImGuiKey_Home);
  person.settle();
  CHECK(person.run().event() == 0);
  person.key(ImGuiKey_RightArrow);
  person.settle();
  CHECK(person.run().event() > 0);
  person.type('n');
  person.settle();
  const std::vector<LessonStep> lesson = person.run().lesson();
  bool arrived = false;
  for (const LessonStep& step : lesson) arrived |= step.state == LessonState::current && step.event == person.run().event();
  CHECK(arrived);
  person.type('c');
  person.settle();
  CHECK(person.find("Server C") != nullptr);
}

TEST_CASE("the wheel zooms the timeline and dragging on it scrubs") {
  Person person;
  person.run().seek_time(500'000);
  person.app.run_changed();
  person.settle();
  const SemanticItem* item = person.find("Timeline");
  REQUIRE(item != nullptr);
  ImGuiIO& io = ImGui::GetIO();
  const auto y = static_cast<float>(item->y + 60);
  io.MousePos = {static_cast<float>(item->x + 400), y};
  person.frames(2);
  CHECK(person.app.wants_wheel());
  io.MouseDown[0] = true;
  person.frames(2);
  const TimeUs first = person.app.shown_us();
  io.MousePos.x += 120;
  person.frames(2);
  const TimeUs second = person.app.shown_us();
  CHECK(second > first);
  io.MousePos.x -= 200;
  person.frames(2);
  CHECK(person.app.shown_us() < first);
  io.MouseDown[0] = false;
  person.settle();
  CHECK(person.run().now_us() <= person.app.shown_us());
}

TEST_CASE("every built-in scenario draws from its start to its end") {
  for (const char* id : {"steady-replication", "leader-crash", "quorum-loss", "constrained-election", "chained"}) {
    CAPTURE(id);
    Person person(id);
    for (int i = 0; i < 8; ++i) {
      person.run().seek_time(person.run().end_us() * i / 8);
      person.app.run_changed();
      person.frames(2);
      CHECK(person.find("Play") != nullptr);
    }
    CHECK_FALSE(person.run().violated());
  }
}

TEST_CASE("an unknown scenario is an error card, not a crash") {
  Person person;
  CHECK_FALSE(person.app.load_scenario_by_id("no-such"));
  person.settle();
  CHECK(person.find("Error") != nullptr);
  CHECK(person.app.run() != nullptr);
}

}  // namespace
}  // namespace paxoscope::ui
