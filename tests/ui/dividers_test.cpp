// The boundaries between the parts of the screen: by hand, by key, within bounds.
#include <algorithm>

#include "tests/ui/shown.h"
#include "ui/settings.h"

namespace paxoscope::ui {
namespace {

constexpr const char* kSide = "Width of the inspector";
constexpr const char* kTabs = "Height of the tabs";
constexpr const char* kTimeline = "Height of the timeline";

struct Divided : Shown {
  using Shown::Shown;
  ImVec2 middle(const char* label) {
    const SemanticItem* item = find(label);
    REQUIRE(item != nullptr);
    return {static_cast<float>(item->x) + static_cast<float>(item->width) / 2,
            static_cast<float>(item->y) + static_cast<float>(item->height) / 2};
  }
  void button(bool down) {
    ImGui::GetIO().MouseDown[0] = down;
    app.frame(now += 0.02);
  }
  void drag(const char* label, ImVec2 by) {
    const ImVec2 from = middle(label);
    point(from);
    button(true);
    point({from.x + by.x / 2, from.y + by.y / 2});
    point({from.x + by.x, from.y + by.y});
    button(false);
    settle();
    now += 1;  // the next press is none of a double click
  }
  void key(const char* label, int named, bool shift = false) {
    app.semantics().focus(find(label)->id);
    settle();
    ImGui::GetIO().KeyShift = shift;
    ImGui::GetIO().KeysDown[named + 1] = true;
    app.frame(now += 0.02);
    ImGui::GetIO().KeysDown[named + 1] = false;
    ImGui::GetIO().KeyShift = false;
    settle();
  }
  int size(Part part) { return app.settings().sizes[static_cast<size_t>(part)]; }
};

TEST_CASE("a boundary follows the hand, and nothing else feels it") {
  Divided shown(main_fixture());
  const std::pair<const char*, ImVec2> drags[] = {{kSide, {-150, 3}}, {kTabs, {40, 30}}, {kTimeline, {0, -50}}};
  for (const auto& drag : drags) {
    const auto& label = drag.first;
    const auto& by = drag.second;
    CAPTURE(label);
    const ImVec2 before = shown.middle(label);
    shown.drag(label, by);
    const ImVec2 after = shown.middle(label);
    const bool upright = label == kSide;
    CHECK((upright ? after.x - before.x : after.y - before.y) == (upright ? by.x : by.y));
  }
  CHECK(shown.value(kSide) == "486 pixels");
  CHECK(shown.size(Part::side) == 486);
  CHECK(shown.find("Letting go") == nullptr);
  CHECK(shown.app.settings().sizes == PartSizes{486, 234, 206});
}

TEST_CASE("arrows, Home and End move the boundary that has the keyboard, and the run stays; Delete puts it back") {
  Divided shown(main_fixture());
  shown.key(kSide, ImGuiKey_LeftArrow);
  CHECK(shown.value(kSide) == "352 pixels");
  shown.key(kSide, ImGuiKey_RightArrow, true);
  CHECK(shown.value(kSide) == "288 pixels");
  shown.key(kSide, ImGuiKey_Home);
  CHECK(shown.value(kSide) == "240 pixels");
  shown.key(kSide, ImGuiKey_End);
  CHECK(shown.value(kSide) == "640 pixels");
  CHECK(shown.find(kSide)->state == separator_state(640, 240, 640, true));
  shown.key(kSide, ImGuiKey_Delete);
  CHECK(shown.value(kSide) == "336 pixels");
  CHECK(shown.size(Part::side) == 0);
  shown.key(kTimeline, ImGuiKey_UpArrow);
  CHECK(shown.value(kTimeline) == "172 pixels");
  shown.app.semantics().focus(0);
}

TEST_CASE("a double click puts a boundary back") {
  Divided shown(main_fixture());
  const ImVec2 designed = shown.middle(kTabs);
  shown.drag(kTabs, {0, -60});
  CHECK(shown.middle(kTabs).y == designed.y - 60);
  shown.point(shown.middle(kTabs));
  for (int i = 0; i < 2; ++i) shown.button(true), shown.button(false);
  shown.settle();
  CHECK(shown.middle(kTabs).y == designed.y);
  CHECK(shown.size(Part::tabs) == 0);
}

TEST_CASE("whatever was chosen once, every window keeps all parts") {
  set_scale(1);
  for (const int size : {1, kLeastPart, 300, kMostPart, 100'000}) {
    for (const ImVec2 view : {ImVec2(800, 500), ImVec2(1024, 768), ImVec2(1280, 720), ImVec2(1440, 900), ImVec2(2560, 1440)}) {
      for (const bool drawer : {false, true}) {
        CAPTURE(size);
        CAPTURE(view.x);
        Arrangement arrangement{.drawer_open = drawer};
        const Layout designed = lay_out(view.x, view.y, 5, 9, 4, arrangement);
        arrangement.sizes.fill(size);
        const Layout layout = lay_out(view.x, view.y, 5, 9, 4, arrangement);
        CHECK(layout.stage.width() >= std::min(400.0f, designed.stage.width()));
        CHECK(layout.stage.height() >= std::min(160.0f, designed.stage.height()));
        CHECK(layout.logs.height() >= std::min(120.0f, designed.logs.height()));
        CHECK(layout.timeline.height() >= 96);
        CHECK(layout.logs.max.y == layout.transport.min.y);
        CHECK(layout.timeline.max.y == view.y);
        for (const Boundary& boundary : layout.boundaries) {
          CHECK(boundary.most < 1024);  // separator_state
          CHECK(boundary.size >= boundary.least);
          CHECK(boundary.size <= boundary.most);
        }
      }
    }
  }
}

TEST_CASE("a phone has no boundaries to move") {
  Divided shown(main_fixture(), 390, 844);
  for (const char* label : {kSide, kTabs, kTimeline}) CHECK(shown.find(label) == nullptr);
  for (const Boundary& boundary : lay_out(390, 844, 5, 9, 4).boundaries) CHECK(boundary.most == 0);
}

TEST_CASE("sizes are remembered; impossible ones are not") {
  Settings settings;
  settings.sizes = {480, 0, 210};
  CHECK(read_settings(write_settings(settings)).sizes == settings.sizes);
  CHECK(read_settings("side-width=-5\ntabs-height=5000\ntimeline-height=wide").sizes == PartSizes{});
}

}  // namespace
}  // namespace paxoscope::ui
