// An App that is looked at through its semantic layer and its vertices.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "tests/ui/fixture.h"
#include "tests/ui/screen.h"
#include "ui/app.h"

namespace paxoscope::ui {

inline std::string label_of(const Semantics& semantics, const SemanticItem& item) {
  return semantics.text().substr(item.label_at, item.label_length);
}

struct Shown {
  Screen screen;
  App app;
  double now = 1;

  explicit Shown(App::Fixed fixed, int width = 1440, int height = 900) {
    start(width, height);
    app.show_fixed(std::move(fixed));
    settle();
  }
  explicit Shown(const char* toml) {
    start();
    const auto scenario = load_scenario(toml, "test");
    REQUIRE(scenario.has_value());
    auto run = Run::create(*scenario, {});
    REQUIRE(run.has_value());
    app.load(std::move(*run));
    settle();
  }
  /// A built-in scenario after this many steps of its lesson.
  Shown(const char* id, int steps, int width) {
    start(width, width < 600 ? 844 : 900);
    REQUIRE(app.load_scenario_by_id(id));
    settle();
    for (int i = 0; i < steps; ++i) press("Next step");
  }
  void start(int width = 1440, int height = 900) {
    app.set_size(width, height, 1);
    app.set_reduced_motion(true);
  }
  void settle() {
    for (int i = 0; i < 100 && app.frame(now += 0.02); ++i) continue;
  }
  void to(TimeUs time_us) {
    app.run()->seek_time(time_us);
    app.run_changed();
    settle();
  }
  const SemanticItem* find(std::string_view label) {
    for (const SemanticItem& item : app.semantics().items())
      if (label_of(app.semantics(), item) == label) return &item;
    return nullptr;
  }
  std::string value(std::string_view label) {
    const SemanticItem* item = find(label);
    return item == nullptr ? "nothing" : app.semantics().text().substr(item->value_at, item->value_length);
  }
  /// The first label that begins so.
  std::string beginning(std::string_view start) {
    for (const SemanticItem& item : app.semantics().items())
      if (label_of(app.semantics(), item).compare(0, start.size(), start) == 0) return label_of(app.semantics(), item);
    return "nothing";
  }
  void press(std::string_view label) {
    const std::string wanted(label);
    CAPTURE(wanted);
    const SemanticItem* item = find(label);
    REQUIRE(item != nullptr);
    app.semantics().activate(item->id);
    settle();
  }
  int count(std::string_view start) {
    int found = 0;
    for (const SemanticItem& item : app.semantics().items())
      found += label_of(app.semantics(), item).compare(0, start.size(), start) == 0;
    return found;
  }
  /// Puts the pointer there; `wheel` turns as many notches.
  void point(ImVec2 at, float wheel = 0) {
    ImGui::GetIO().MousePos = at;
    ImGui::GetIO().MouseWheel = wheel;
    app.frame(now += 0.02);
    ImGui::GetIO().MouseWheel = 0;
    settle();
  }
  void point(std::string_view label) {
    const std::string wanted(label);
    CAPTURE(wanted);
    const SemanticItem* item = find(label);
    REQUIRE(item != nullptr);
    point({static_cast<float>(item->x) + static_cast<float>(item->width) / 2,
           static_cast<float>(item->y) + static_cast<float>(item->height) / 2});
  }
  /// Vertices of exactly this colour.
  int drawn(ImU32 colour) const {
    int count = 0;
    const ImDrawData* data = ImGui::GetDrawData();
    for (int i = 0; i < data->CmdListsCount; ++i)
      for (const ImDrawVert& vertex : data->CmdLists[i]->VtxBuffer) count += vertex.col == colour;
    return count;
  }
};

}  // namespace paxoscope::ui
