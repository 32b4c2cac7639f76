// Presses on the stage, in menus and panels do what they say, on a real run.
#include <doctest/doctest.h>

#include "tests/ui/screen.h"
#include "ui/app.h"

namespace paxoscope::ui {
namespace {

const SemanticItem* item_named(const Semantics& semantics, std::string_view label) {
  for (const SemanticItem& item : semantics.items()) {
    if (semantics.text().compare(item.label_at, item.label_length, label) == 0) return &item;
  }
  return nullptr;
}

std::string value_of(const Semantics& semantics, std::string_view label) {
  const SemanticItem* item = item_named(semantics, label);
  return item == nullptr ? "nothing" : semantics.text().substr(item->value_at, item->value_length);
}

/// An App with a run, driven by a pointer.
struct Driven {
  Screen screen;
  App app;
  double now = 1;

  Driven() {
    app.set_size(1440, 900, 1);
    app.set_reduced_motion(true);
    REQUIRE(app.load_scenario_by_id("quorum-loss"));
    REQUIRE(app.run()->run_until(400'000));
    app.run_changed();
    settle();
  }
  void settle() {
    for (int i = 0; i < 100 && app.frame(now += 0.02); ++i) {
    }
  }
  void press(ImVec2 at, int mouse_button = 0) {
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = at;
    app.frame(now += 0.02);
    io.MouseDown[mouse_button] = true;
    app.frame(now += 0.02);
    io.MouseDown[mouse_button] = false;
    app.frame(now += 0.02);
    settle();
  }
  void press(std::string_view label, int mouse_button = 0) {
    const SemanticItem* item = item_named(app.semantics(), label);
    CAPTURE(label);
    REQUIRE(item != nullptr);
    press({static_cast<float>(item->x) + static_cast<float>(item->width) / 2,
           static_cast<float>(item->y) + static_cast<float>(item->height) / 2},
          mouse_button);
  }
  void activate(std::string_view label) {
    const SemanticItem* item = item_named(app.semantics(), label);
    CAPTURE(label);
    REQUIRE(item != nullptr);
    app.semantics().activate(item->id);
    settle();
  }
  std::string value(std::string_view label) { return value_of(app.semantics(), label); }
};

constexpr std::string_view kLinkAB =
                               "Link A\xe2\x80\x93"
                               "B",
                           kLinkCE =
                               "Link C\xe2\x80\x93"
                               "E";

TEST_CASE("a press on a link cuts it, the next one heals it; so does the keyboard") {
  Driven driven;
  CHECK(driven.value(kLinkAB) == "up");
  driven.press(kLinkAB);
  CHECK(driven.value(kLinkAB) == "cut");
  CHECK(driven.app.run()->journal().size() == 1);
  driven.press(kLinkAB);
  CHECK(driven.value(kLinkAB) == "up");
  driven.activate(kLinkCE);
  CHECK(driven.value(kLinkCE) == "cut");
}

TEST_CASE("a press on a server selects it, its menu crashes and restarts it") {
  Driven driven;
  driven.press("Server D");
  CHECK(item_named(driven.app.semantics(), "Server D")->state == 1);
  driven.press("Server B", 1);
  driven.press("Crash");
  CHECK(driven.value("Server B").find("down") != std::string::npos);
  driven.press("Server B", 1);
  driven.press("Restart");
  CHECK(driven.value("Server B").find("down") == std::string::npos);
  CHECK(driven.app.run()->journal().size() == 2);
}

TEST_CASE("a menu closes by a press beside it and does nothing") {
  Driven driven;
  driven.press("Server B", 1);
  CHECK(item_named(driven.app.semantics(), "Crash") != nullptr);
  driven.press(ImVec2{40, 880});
  CHECK(item_named(driven.app.semantics(), "Crash") == nullptr);
  CHECK(driven.app.run()->journal().empty());
}

TEST_CASE("a link's menu cuts one way only") {
  Driven driven;
  driven.press(kLinkAB, 1);
  driven.press("Cut A to B");
  CHECK(driven.value(kLinkAB) == "only B to A");
  driven.press(kLinkAB);
  CHECK(driven.value(kLinkAB) == "up");
}

TEST_CASE("a message's menu drops it; a press shows its fields") {
  Driven driven;
  std::string name;
  // The first event after which something but heartbeats is in flight.
  for (int i = 0; i < 200 && name.empty(); ++i) {
    driven.app.run()->step(StepUnit::change);
    driven.app.run_changed();
    driven.settle();
    for (const SemanticItem& item : driven.app.semantics().items()) {
      const std::string label = driven.app.semantics().text().substr(item.label_at, item.label_length);
      if (label.find(" from ") != std::string::npos && label.rfind("Accept", 0) == 0) name = label;
    }
  }
  REQUIRE_FALSE(name.empty());
  const size_t before = driven.app.run()->observe({}).messages.size();
  driven.press(name);
  CHECK(item_named(driven.app.semantics(), name)->state == 1);
  driven.press(name, 1);
  driven.press("Drop");
  CHECK(driven.app.run()->observe({}).messages.size() == before - 1);
  CHECK(driven.app.run()->journal().size() == 1);
}

TEST_CASE("proposing takes a typed command") {
  Driven driven;
  driven.press("Server C", 1);
  driven.press("Propose\xe2\x80\xa6");
  ImGui::GetIO().AddInputCharactersUTF8("q=42");
  driven.settle();
  driven.app.frame(driven.now += 0.02);
  CHECK(driven.value("Command to propose") == "q=42");
  const int enter = ImGui::GetIO().KeyMap[ImGuiKey_Enter];
  ImGui::GetIO().KeysDown[enter] = true;
  driven.app.frame(driven.now += 0.02);
  ImGui::GetIO().KeysDown[enter] = false;
  driven.settle();
  REQUIRE(driven.app.run()->journal().size() == 1);
  CHECK(driven.app.run()->journal()[0].action.kind == ActionKind::propose);
  CHECK(driven.app.run()->journal()[0].action.text == "q=42");
  CHECK(item_named(driven.app.semantics(), "Command to propose") == nullptr);
}

TEST_CASE("lesson steps and the cause go to their events") {
  Driven driven;
  REQUIRE(driven.app.run()->run_to_end());
  driven.app.run_changed();
  driven.settle();
  const std::vector<LessonStep> lesson = driven.app.run()->lesson();
  REQUIRE(lesson.size() >= 3);
  REQUIRE(lesson[2].reached);
  driven.press("Step 3: " + lesson[2].title);
  CHECK(driven.app.run()->event() == lesson[2].event);
  driven.press("Previous step");
  CHECK(driven.app.run()->event() == lesson[1].event);
  driven.press("Next step");
  CHECK(driven.app.run()->event() == lesson[2].event);
}

}  // namespace
}  // namespace paxoscope::ui
