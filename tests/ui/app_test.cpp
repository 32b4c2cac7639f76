#include "ui/app.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/ui/fixture.h"
#include "tests/ui/screen.h"

namespace paxoscope::ui {
namespace {

std::string label_of(const Semantics& semantics, const SemanticItem& item) {
  return semantics.text().substr(item.label_at, item.label_length);
}

const SemanticItem* find(const Semantics& semantics, std::string_view label) {
  for (const SemanticItem& item : semantics.items()) {
    if (label_of(semantics, item) == label) return &item;
  }
  return nullptr;
}

/// Draws until the App wants no more; returns how many frames that took.
int settle(App& app, double& now) {
  for (int frames = 1; frames < 1000; ++frames) {
    now += 1 / 60.0;
    ImGui::GetIO().DeltaTime = 1 / 60.0f;
    if (!app.frame(now)) return frames;
  }
  return 1000;
}

void click(App& app, double& now, ImVec2 at) {
  ImGuiIO& io = ImGui::GetIO();
  io.MousePos = at;
  app.frame(now += 0.02);
  io.MouseDown[0] = true;
  app.frame(now += 0.02);
  io.MouseDown[0] = false;
  app.frame(now += 0.02);
}

ImVec2 middle_of(const SemanticItem& item) {
  return {static_cast<float>(item.x) + static_cast<float>(item.width) / 2,
          static_cast<float>(item.y) + static_cast<float>(item.height) / 2};
}

TEST_CASE("an idle screen wants no frames, and input wakes it for a few") {
  Screen screen;
  App app;
  app.set_size(1440, 900, 1);
  app.show_fixed(main_fixture());
  double now = 0;
  CHECK(settle(app, now) <= 60);  // rings and pulses of the first picture take half a second
  CHECK(settle(app, now) <= 3);
  ImGui::GetIO().MousePos = {700, 20};
  CHECK(settle(app, now) <= 20);
  const int still = settle(app, now);
  CHECK(still <= 3);
  app.set_size(1440, 900, 1);  // a window says it before each frame
  CHECK(settle(app, now) == still);
  app.set_size(1440, 901, 1);
  CHECK(settle(app, now) > still);
}

TEST_CASE("every item has a name and an id of its own, in both themes and at every scale") {
  for (float factor : {1.0f, 1.5f, 2.0f}) {
    for (ThemeName name : {ThemeName::dark, ThemeName::light}) {
      Screen screen(factor);
      App app;
      app.set_theme(name);
      app.set_size(static_cast<int>(1440 * factor), static_cast<int>(900 * factor), factor);
      app.show_fixed(main_fixture());
      double now = 0;
      settle(app, now);
      std::set<uint32_t> ids;
      for (const SemanticItem& item : app.semantics().items()) {
        CAPTURE(label_of(app.semantics(), item));
        CHECK(item.label_length > 0);
        CHECK(ids.insert(item.id).second);
      }
      for (const char* label :
           {"Play", "Step forward", "Step back", "To start", "To end", "Scenario", "Speed 2\xc3\x97"}) {
        CAPTURE(label);
        CHECK(find(app.semantics(), label) != nullptr);
      }
    }
  }
}

TEST_CASE("a click and an activation both press a button") {
  Screen screen;
  App app;
  app.set_size(1440, 900, 1);
  app.show_fixed(main_fixture());
  double now = 0;
  settle(app, now);
  CHECK(app.theme_name() == ThemeName::dark);
  const SemanticItem* item = find(app.semantics(), "Light theme");
  REQUIRE(item != nullptr);
  click(app, now, middle_of(*item));
  CHECK(app.theme_name() == ThemeName::light);
  settle(app, now);
  item = find(app.semantics(), "Projector theme");
  REQUIRE(item != nullptr);
  app.semantics().activate(item->id);
  settle(app, now);
  CHECK(app.theme_name() == ThemeName::projector);
  item = find(app.semantics(), "Dark theme");
  REQUIRE(item != nullptr);
  app.semantics().activate(item->id);
  settle(app, now);
  CHECK(app.theme_name() == ThemeName::dark);
}

TEST_CASE("keys work as characters and by name") {
  Screen screen;
  App app;
  app.set_size(1440, 900, 1);
  app.show_fixed(main_fixture());
  double now = 0;
  settle(app, now);
  ImGui::GetIO().AddInputCharacter('t');
  settle(app, now);
  CHECK(app.theme_name() == ThemeName::light);
  ImGui::GetIO().AddInputCharacter('?');
  settle(app, now);
  CHECK(find(app.semantics(), "Close help") != nullptr);
  ImGui::GetIO().KeysDown[ImGuiKey_Escape + 1] = true;
  app.frame(now += 0.02);
  ImGui::GetIO().KeysDown[ImGuiKey_Escape + 1] = false;
  settle(app, now);
  CHECK(find(app.semantics(), "Close help") == nullptr);
}

TEST_CASE("an error is a card that can be closed") {
  Screen screen;
  App app;
  app.set_size(1440, 900, 1);
  app.show_error("x.toml:3:1: there is no key named \"serverz\"");
  double now = 0;
  settle(app, now);
  const SemanticItem* close = find(app.semantics(), "Close the error");
  REQUIRE(close != nullptr);
  CHECK(app.semantics().live().find("serverz") != std::string::npos);
  click(app, now, middle_of(*close));
  settle(app, now);
  CHECK(find(app.semantics(), "Close the error") == nullptr);
}

TEST_CASE("a menu on top keeps its clicks from what lies below") {
  Screen screen;
  App app;
  app.set_size(1440, 900, 1);
  app.show_fixed(main_fixture());
  double now = 0;
  settle(app, now);
  const SemanticItem* picker = find(app.semantics(), "Scenario");
  REQUIRE(picker != nullptr);
  click(app, now, middle_of(*picker));
  settle(app, now);
  const SemanticItem* theme_button = find(app.semantics(), "Light theme");
  REQUIRE(theme_button != nullptr);
  const ImVec2 beside = middle_of(*theme_button);
  click(app, now, beside);  // closes the menu, nothing else
  CHECK(app.theme_name() == ThemeName::dark);
  settle(app, now);
  click(app, now, beside);
  CHECK(app.theme_name() == ThemeName::light);
}

TEST_CASE("every size from 1024 to 2560 draws") {
  Screen screen;
  App app;
  app.show_fixed(main_fixture());
  double now = 0;
  for (int width : {1024, 1100, 1199, 1200, 1366, 1920, 2560}) {
    app.set_size(width, 800, 1);
    CHECK(settle(app, now) < 60);
    CHECK(find(app.semantics(), "Play") != nullptr);
  }
}

}  // namespace
}  // namespace paxoscope::ui
