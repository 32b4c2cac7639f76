// Two fingers, and the wheel with Ctrl, on stage and timeline.
#include <cmath>

#include "tests/ui/shown.h"
#include "ui/stage_zoom.h"

namespace paxoscope::ui {
namespace {

struct Touched : Shown {
  using Shown::Shown;
  ImVec2 middle(std::string_view label) {
    const SemanticItem* item = find(label);
    REQUIRE(item != nullptr);
    return {static_cast<float>(item->x) + static_cast<float>(item->width) / 2,
            static_cast<float>(item->y) + static_cast<float>(item->height) / 2};
  }
  /// Two fingers beside `at`, then so much farther apart, then both moved by `by`; frame by frame, as they arrive.
  void spread(ImVec2 at, float factor, ImVec2 by = {0, 0}) {
    const auto put = [&](float apart, ImVec2 way) {
      app.fingers().put({at.x + way.x - apart, at.y + way.y}, {at.x + way.x + apart, at.y + way.y});
      app.wake();
      app.frame(now += 0.02);
    };
    put(40, {0, 0});
    put(40 * std::sqrt(factor), {0, 0});
    put(40 * factor, by);
    app.fingers().lift();
    settle();
  }
  void wheel(ImVec2 at, float notches) {
    ImGui::GetIO().KeyCtrl = true;
    point(at, notches);
    ImGui::GetIO().KeyCtrl = false;
    settle();
  }
  float apart() { return middle("Server B").x - middle("Server E").x; }
};

const ImVec2 kMiddle{696, 260};

TEST_CASE("what is between the fingers stays there, within the field and three times as near at most") {
  const Rect field{{100, 50}, {500, 250}};
  StageZoom zoom;
  zoom_stage(zoom, field, {200, 100}, 2, {0, 0});
  CHECK(zoom.factor == 2);
  CHECK(zoom.shift.x == 0.25f);  // (200 - 100) / 400 of the field lies left of it, twice as wide
  CHECK(zoom.shift.y == 0.25f);
  zoom_stage(zoom, field, {200, 100}, 1, {40, -20});
  CHECK(zoom.shift.x == doctest::Approx(0.15f));
  CHECK(zoom.shift.y == doctest::Approx(0.35f));
  zoom_stage(zoom, field, {300, 150}, 1, {9999, -9999});
  CHECK(zoom.shift.x == 0);
  CHECK(zoom.shift.y == 1);
  zoom_stage(zoom, field, {500, 250}, 100, {0, 0});
  CHECK(zoom.factor == kMostZoom);
  zoom_stage(zoom, field, {300, 150}, 0.01f, {0, 0});
  CHECK(zoom == StageZoom{});
}

TEST_CASE("two fingers on the stage show it from nearer, and the whole comes back by its button") {
  Touched shown(main_fixture());
  const float before = shown.apart();
  const SemanticItem server = *shown.find("Server A");
  shown.spread(kMiddle, 1.5f);
  CHECK(shown.apart() == doctest::Approx(before * 1.5f).epsilon(0.02));
  CHECK(shown.find("Server D")->width > server.width);
  CHECK(shown.app.wants_wheel() == false);  // the pointer is elsewhere
  shown.point(kMiddle);
  CHECK(shown.app.wants_wheel());
  shown.press("Show the whole stage, now 150 %");
  CHECK(shown.apart() == before);
  CHECK(shown.find("Server A")->width == server.width);
}

TEST_CASE("two fingers move a stage that is near; so does the wheel, and with Ctrl it zooms") {
  Touched shown(main_fixture());
  const float before = shown.apart();
  shown.wheel(kMiddle, 2);
  CHECK(shown.apart() == doctest::Approx(before * 1.5625f).epsilon(0.02));
  const ImVec2 at = shown.middle("Server E");
  shown.spread(kMiddle, 1, {30, 0});
  CHECK(shown.middle("Server E").x == doctest::Approx(at.x + 30).epsilon(0.005));
  shown.point(kMiddle, 1);
  CHECK(shown.middle("Server E").y == doctest::Approx(at.y + 48).epsilon(0.01));
  shown.wheel(kMiddle, -9);
  CHECK(shown.apart() == before);
}

TEST_CASE("what a near stage leaves out of sight is under no pointer, and its neighbours are as before") {
  Touched shown(main_fixture());
  const Layout layout = lay_out(1440, 900, 5, 9, 4);
  shown.spread({layout.stage.min.x + 10, 300}, 3);
  CHECK(shown.find("Server B")->width == 0);
  int seen = 0;
  for (const SemanticItem& item : shown.app.semantics().items()) {
    const std::string label = label_of(shown.app.semantics(), item);
    if (label.rfind("Link ", 0) != 0 && label.rfind("Server ", 0) != 0) continue;
    if (item.role != static_cast<uint32_t>(SemanticRole::button) || item.width == 0) continue;
    ++seen;
    CAPTURE(label);
    CHECK(item.x >= layout.stage.min.x);
    CHECK(item.x + item.width <= layout.stage.max.x);
    CHECK(item.y >= layout.stage.min.y);
    CHECK(item.y + item.height <= layout.stage.max.y);
  }
  CHECK(seen > 0);
  // The keyboard brings it back.
  shown.app.semantics().focus(shown.find("Server B")->id);
  shown.settle();
  CHECK(shown.find("Server B")->width > 0);
}

TEST_CASE("a double click on nothing shows the whole stage again; one on a server does not") {
  Touched shown(main_fixture());
  const float before = shown.apart();
  shown.spread(kMiddle, 1.3f);
  const auto twice = [&](ImVec2 at) {
    shown.point(at);
    for (const bool down : {true, false, true, false}) {
      ImGui::GetIO().MouseDown[0] = down;
      shown.app.frame(shown.now += 0.02);
    }
    shown.settle();
    shown.now += 1;
  };
  twice(shown.middle("Server D"));
  CHECK(shown.apart() > before);
  twice({310, 360});
  CHECK(shown.apart() == before);
}

TEST_CASE("two fingers on the timeline change its scale, and the stage stays") {
  Touched shown(main_fixture());
  const float before = shown.apart();
  const auto width = [&] { return static_cast<float>(shown.find("B is down")->width); };
  const float down = width();
  const ImVec2 at = shown.middle("B is down");
  shown.spread(at, 1.5f);
  CHECK(width() == doctest::Approx(down * 1.5f).epsilon(0.05));
  CHECK(shown.middle("B is down").x == doctest::Approx(at.x).epsilon(0.01));
  shown.spread(at, 1, {25, 0});
  CHECK(shown.middle("B is down").x == doctest::Approx(at.x + 25).epsilon(0.005));
  CHECK(width() == doctest::Approx(down * 1.5f).epsilon(0.01));
  shown.spread(at, 1 / 1.5f);
  CHECK(width() == doctest::Approx(down).epsilon(0.05));
  CHECK(shown.apart() == before);
}

TEST_CASE("fingers that come down beside the stage, and strange ones, do nothing to it") {
  Touched shown(main_fixture());
  const float before = shown.apart();
  shown.spread({1300, 200}, 2);  // the inspector
  shown.app.fingers().put({NAN, 1}, {2, 3});
  shown.app.fingers().zoom({696, 260}, 0);
  shown.app.fingers().zoom({696, 260}, NAN);
  shown.settle();
  CHECK(shown.apart() == before);
}

TEST_CASE("a phone's stage zooms too") {
  Touched shown(main_fixture(), 390, 844);
  const float before = shown.apart();
  shown.spread({195, 220}, 2);
  CHECK(shown.find("Show the whole stage, now 200 %") != nullptr);
  shown.spread({195, 220}, 0.2f);
  CHECK(shown.apart() == before);
}

}  // namespace
}  // namespace paxoscope::ui
