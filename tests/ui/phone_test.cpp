#include <doctest/doctest.h>

#include <vector>

#include "tests/ui/shown.h"
#include "ui/geometry.h"
#include "ui/stage_layout.h"

namespace paxoscope::ui {
namespace {

std::vector<Rect> parts_of(const Layout& layout) {
  std::vector<Rect> parts;
  for (const Rect& rect : {layout.top_bar, layout.stage, layout.logs, layout.inspector, layout.why, layout.checks,
                           layout.transport, layout.sheet, layout.pages})
    if (rect.width() > 0) parts.push_back(rect);
  return parts;
}

Rect rect_of(const SemanticItem& item) {
  const ImVec2 min{static_cast<float>(item.x), static_cast<float>(item.y)};
  return {min, {min.x + static_cast<float>(item.width), min.y + static_cast<float>(item.height)}};
}

/// What bars, sheet and pages offer; servers, links and messages are as large as the picture makes them.
bool is_control(const std::string& label) {
  for (const char* name : {"Scenario", "Share", "More", "Add fault", "Step back", "Play", "Step forward", "Whole run",
                           "All steps", "Hide the steps", "Next step", "Stage", "Logs", "Registers", "Futures", "Why",
                           "Logs view", "Registers view", "Futures view", "Ballots", "Next", "Key-value", "Timeline",
                           "History", "Cause", "Inspect A", "Inspect C", "Protocol\xe2\x80\xa6", "Branches"})
    if (label == name) return true;
  return false;
}

void check_items(Shown& shown, float width, float height) {
  int controls = 0;
  for (const SemanticItem& item : shown.app.semantics().items()) {
    const std::string label = label_of(shown.app.semantics(), item);
    CAPTURE(label);
    CHECK(inside(rect_of(item), {{0, 0}, {width, height}}));
    if (!is_control(label)) continue;
    ++controls;
    CHECK(item.width >= 44);
    CHECK(item.height >= 44);
  }
  CHECK(controls >= 9);
}

TEST_CASE("390 x 844 is the phone's picture of the design") {
  set_scale(1);
  const Layout layout = lay_out(390, 844, 5, 9, 4);
  CHECK(layout.phone);
  CHECK(layout.top_bar.max.y == 56);
  CHECK(layout.stage.height() == 330);
  CHECK(layout.transport.height() == 100);
  CHECK(layout.sheet.min.y == layout.transport.max.y);
  CHECK(layout.sheet.max.y == layout.pages.min.y);
  CHECK(layout.pages.height() == 68);
}

TEST_CASE("the parts of a phone's screen lie inside the view and beside each other, on every page") {
  set_scale(1);
  for (const ImVec2 size : {ImVec2{320, 568}, {360, 640}, {390, 844}, {430, 932}, {767, 1024}, {568, 320}, {844, 390}, {932, 430}}) {
    for (PhonePage page : {PhonePage::stage, PhonePage::logs, PhonePage::futures, PhonePage::why}) {
      CAPTURE(size.x);
      CAPTURE(static_cast<int>(page));
      const Layout layout = lay_out(size.x, size.y, 5, 9, 4, {.page = page});
      REQUIRE(layout.phone);
      const std::vector<Rect> parts = parts_of(layout);
      for (size_t i = 0; i < parts.size(); ++i) {
        CHECK(inside(parts[i], layout.view));
        CHECK(parts[i].height() >= 44);
        for (size_t j = i + 1; j < parts.size(); ++j) CHECK(!overlap(parts[i], parts[j]));
      }
    }
  }
  CHECK(!lay_out(768, 1024, 5, 9, 4).phone);
  CHECK(!lay_out(1440, 460, 5, 9, 4).phone);
}

TEST_CASE("a sheet that is up hides stage and transport, and leaves title and pages") {
  set_scale(1);
  const Layout layout = lay_out(390, 844, 5, 9, 4, {.sheet = 1});
  CHECK(layout.stage.width() == 0);
  CHECK(layout.transport.width() == 0);
  CHECK(layout.sheet.min.y > layout.top_bar.max.y);
  CHECK(layout.sheet.max.y == layout.pages.min.y);
}

TEST_CASE("every item of a phone's screen is inside the view, and controls are a finger wide") {
  for (const char* id : {"quorum-loss", "raft-quorum-loss", "register-quorums"}) {
    for (const ImVec2 size : {ImVec2{390, 844}, {844, 390}}) {
      Shown shown(id, 3, 390);
      CAPTURE(id);
      shown.app.set_size(static_cast<int>(size.x), static_cast<int>(size.y), 1);
      shown.settle();
      const bool log = shown.find("Logs") != nullptr;
      for (const char* page : {"Why", "Futures", log ? "Logs" : "Registers", "Stage"}) {
        CAPTURE(page);
        shown.press(page);
        check_items(shown, size.x, size.y);
      }
      shown.press("More");
      check_items(shown, size.x, size.y);
    }
  }
}

TEST_CASE("on a phone a server is at most 22 wide, with ballot and quorum mark inside the stage") {
  for (uint32_t count = 3; count <= 9; ++count) {
    CAPTURE(count);
    std::vector<ServerId> servers;
    for (ServerId id = 1; id <= count; ++id) servers.push_back(id);
    const Rect area{{0, 56}, {390, 386}};
    const StageLayout layout = lay_out_stage(area, servers, 1, {}, true);
    REQUIRE(layout.nodes.size() == count);
    CHECK(layout.radius <= 22);
    if (count <= 5) CHECK(layout.radius == 22);
    if (count <= 5) CHECK(layout.level == FactsLevel::one);
    if (count <= 5) CHECK(layout.crossings == 0);
    for (const NodePlace& node : layout.nodes) {
      CHECK(inside(around(node.centre, layout.radius, layout.radius), area));
      if (node.facts.width() > 0) CHECK(inside(node.facts, area));
    }
  }
}

TEST_CASE("from 768 on the protocols' menu and the inspector's drawer are in the bar") {
  for (int width : {768, 1024, 1199}) {
    CAPTURE(width);
    Shown shown(main_fixture(), width, 1024);
    CHECK(shown.value("Protocol") == "OmniPaxos");
    const SemanticItem* protocol = shown.find("Protocol");
    const SemanticItem* drawer = shown.find("Show inspector");
    REQUIRE(protocol != nullptr);
    REQUIRE(drawer != nullptr);
    CHECK(protocol->x + protocol->width <= drawer->x);
  }
}

TEST_CASE("the grip pulls up all steps, and the narration is whole when it is down") {
  Shown shown("quorum-loss", 3, 390);
  CHECK(shown.find("Hide the steps") == nullptr);
  const std::string first = "Step 1: " + shown.app.run()->lesson()[0].title;
  CHECK(shown.find(first) == nullptr);
  shown.press("All steps");
  CHECK(shown.find(first) != nullptr);
  CHECK(shown.find("Play") == nullptr);
  shown.press("Hide the steps");
  CHECK(shown.find(first) == nullptr);
  CHECK(shown.find("Play") != nullptr);
}

TEST_CASE("a finger pulls the sheet up by its head") {
  Shown shown("quorum-loss", 2, 390);
  ImGuiIO& io = ImGui::GetIO();
  const SemanticItem* grip = shown.find("All steps");
  REQUIRE(grip != nullptr);
  shown.point({195, static_cast<float>(grip->y) + 10});
  io.MouseDown[0] = true;
  for (float y = static_cast<float>(grip->y) + 10; y > 150; y -= 40) shown.point({195, y});
  io.MouseDown[0] = false;
  shown.settle();
  CHECK(shown.find("Hide the steps") != nullptr);
}

TEST_CASE("a finger on the strip scrubs, and the menu of a phone goes to start and end") {
  Shown shown("quorum-loss", 3, 390);
  ImGuiIO& io = ImGui::GetIO();
  const SemanticItem* strip = shown.find("Whole run");
  REQUIRE(strip != nullptr);
  const float y = static_cast<float>(strip->y) + 22;
  shown.point({60, y});
  io.MouseDown[0] = true;
  shown.point({60, y});
  const TimeUs early = shown.app.shown_us();
  shown.point({200, y});
  io.MouseDown[0] = false;
  shown.settle();
  CHECK(shown.app.shown_us() > early);
  shown.press("More");
  shown.press("To start");
  CHECK(shown.app.run()->event() == 0);
}

}  // namespace
}  // namespace paxoscope::ui
