#include "ui/semantics.h"

#include <doctest/doctest.h>

#include "tests/ui/screen.h"

namespace paxoscope::ui {
namespace {

bool draw_one(Semantics& semantics, std::string_view label, std::string_view value, float x = 0, uint32_t state = 0) {
  semantics.begin_frame();
  const bool activated = semantics.add("server A", SemanticRole::button, label, value, {x, 0}, {x + 50, 20}, state);
  semantics.end_frame();
  return activated;
}

TEST_CASE("the total hash changes exactly when something changed") {
  Screen screen;
  Semantics semantics;
  draw_one(semantics, "Server A", "Leader");
  const uint32_t first = semantics.hash();
  draw_one(semantics, "Server A", "Leader");
  CHECK(semantics.hash() == first);
  SUBCASE("label") { draw_one(semantics, "Server B", "Leader"); }
  SUBCASE("value") { draw_one(semantics, "Server A", "Follower"); }
  SUBCASE("state") { draw_one(semantics, "Server A", "Leader", 0, 1); }
  SUBCASE("place") { draw_one(semantics, "Server A", "Leader", 10); }
  SUBCASE("a letter moves from label to value") { draw_one(semantics, "Server ", "ALeader"); }
  SUBCASE("an item more") {
    semantics.begin_frame();
    semantics.add("server A", SemanticRole::button, "Server A", "Leader", {0, 0}, {50, 20});
    semantics.add("server B", SemanticRole::button, "Server B", "", {0, 0}, {50, 20});
    semantics.end_frame();
  }
  CHECK(semantics.hash() != first);
}

TEST_CASE("moving an item keeps the hash of its words") {
  Screen screen;
  Semantics semantics;
  draw_one(semantics, "Server A", "Leader");
  const uint32_t words = semantics.items()[0].hash;
  draw_one(semantics, "Server A", "Leader", 30);
  CHECK(semantics.items()[0].hash == words);
}

TEST_CASE("words lie where the item says") {
  Screen screen;
  Semantics semantics;
  draw_one(semantics, "Server A", "Leader");
  const SemanticItem& item = semantics.items()[0];
  CHECK(semantics.text().substr(item.label_at, item.label_length) == "Server A");
  CHECK(semantics.text().substr(item.value_at, item.value_length) == "Leader");
}

TEST_CASE("an activation reaches its item once") {
  Screen screen;
  Semantics semantics;
  CHECK_FALSE(draw_one(semantics, "Server A", ""));
  semantics.activate(semantics.items()[0].id);
  CHECK(semantics.activation_waiting());
  CHECK(draw_one(semantics, "Server A", ""));
  CHECK_FALSE(semantics.activation_waiting());
  CHECK_FALSE(draw_one(semantics, "Server A", ""));
}

TEST_CASE("an activation of something that is gone is forgotten") {
  Screen screen;
  Semantics semantics;
  semantics.activate(12345);
  CHECK_FALSE(draw_one(semantics, "Server A", ""));
  CHECK_FALSE(semantics.activation_waiting());
}

TEST_CASE("rectangles are clipped to the view") {
  Screen screen;
  Semantics semantics;
  semantics.begin_frame();
  semantics.add("far", SemanticRole::text, "far", "", {-20, 890}, {5000, 1000});
  semantics.add("out", SemanticRole::text, "out", "", {2000, 2000}, {2100, 2100});
  semantics.end_frame();
  const SemanticItem& far = semantics.items()[0];
  CHECK(far.x == 0);
  CHECK(far.y == 890);
  CHECK(far.width == 1440);
  CHECK(far.height == 10);
  CHECK(semantics.items()[1].width == 0);
}

TEST_CASE("each sentence raises the live region's number") {
  Semantics semantics;
  semantics.say("A leads");
  semantics.say("A leads");
  CHECK(semantics.live_sequence() == 2);
  CHECK(semantics.live() == "A leads");
}

TEST_CASE("focus is known by key") {
  Screen screen;
  Semantics semantics;
  draw_one(semantics, "Server A", "");
  CHECK_FALSE(semantics.focused("server A"));
  semantics.focus(semantics.items()[0].id);
  CHECK(semantics.focused("server A"));
  CHECK_FALSE(semantics.focused("server B"));
}

}  // namespace
}  // namespace paxoscope::ui
