#include "ui/layout.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace paxoscope::ui {
namespace {

void check_rect(const Rect& rect, float left, float top, float right, float bottom) {
  CHECK(rect.min.x == left);
  CHECK(rect.min.y == top);
  CHECK(rect.max.x == right);
  CHECK(rect.max.y == bottom);
}

TEST_CASE("1440 x 900 is the picture of the design") {
  set_scale(1);
  const Layout layout = lay_out(1440, 900, 5, 9, 4);
  check_rect(layout.top_bar, 0, 0, 1440, 48);
  check_rect(layout.lesson, 0, 48, 288, 696);
  check_rect(layout.stage, 288, 48, 1104, 432);
  check_rect(layout.logs, 288, 432, 1104, 696);
  check_rect(layout.inspector, 1104, 48, 1440, 368);
  check_rect(layout.checks, 1104, 544, 1440, 696);
  check_rect(layout.transport, 0, 696, 1440, 744);
  check_rect(layout.timeline, 0, 744, 1440, 900);
}

TEST_CASE("twice the pixels, the same places") {
  set_scale(2);
  const Layout layout = lay_out(2880, 1800, 5, 9, 4);
  check_rect(layout.stage, 576, 96, 2208, 864);
  check_rect(layout.timeline, 0, 1488, 2880, 1800);
  set_scale(1);
}

TEST_CASE("extra width and height go to the stage") {
  set_scale(1);
  const Layout small = lay_out(1440, 900, 5, 9, 4), large = lay_out(2560, 1440, 5, 9, 4);
  CHECK(large.logs.height() == small.logs.height());
  CHECK(large.stage.height() == small.stage.height() + 540);
  CHECK(large.stage.width() == small.stage.width() + 1120);
}

TEST_CASE("parts tile the view without gaps or overlaps") {
  set_scale(1);
  for (float width : {1024.0f, 1199.0f, 1200.0f, 1440.0f, 1920.0f, 2560.0f}) {
    for (float height : {640.0f, 768.0f, 900.0f, 1440.0f}) {
      for (int servers : {3, 5, 7, 9}) {
        CAPTURE(width);
        CAPTURE(height);
        CAPTURE(servers);
        const Layout layout = lay_out(width, height, servers, 9, 4);
        CHECK(layout.stage.max.y == layout.logs.min.y);
        CHECK(layout.logs.max.y == layout.transport.min.y);
        CHECK(layout.transport.max.y == layout.timeline.min.y);
        CHECK(layout.timeline.max.y == height);
        CHECK(layout.stage.height() >= 120);
        CHECK(layout.stage.width() >= 560);
        if (layout.narrow) {
          CHECK(layout.lesson.max.y == layout.stage.min.y);
          CHECK(layout.inspector.width() == 0);
        } else {
          CHECK(layout.lesson.max.x == layout.stage.min.x);
          CHECK(layout.stage.max.x == layout.inspector.min.x);
          CHECK(layout.inspector.max.y == layout.why.min.y);
          CHECK(layout.why.max.y == layout.checks.min.y);
        }
      }
    }
  }
}

TEST_CASE("many checks give way to the inspector, and why keeps its place") {
  set_scale(1);
  const Layout layout = lay_out(1440, 900, 5, 10, 9);
  CHECK(layout.checks.height() >= 40 + 4 * 28);
  CHECK(layout.inspector.height() >= 60 + 8 * 28);
  CHECK(layout.why.height() >= 176);
  CHECK(lay_out(1440, 1200, 5, 10, 9).checks.height() == 40 + 9 * 28);
}

TEST_CASE("the drawer shows the inspector on narrow screens only when it is open") {
  set_scale(1);
  CHECK(lay_out(1024, 768, 5, 9, 4).drawer.width() == 0);
  const Layout open = lay_out(1024, 768, 5, 9, 4, {.drawer_open = true});
  CHECK(open.drawer.width() == 336);
  CHECK(open.inspector.width() == 336);
  CHECK(open.stage.max.x == open.drawer.min.x);
  CHECK(lay_out(1440, 900, 5, 9, 4, {.drawer_open = true}).drawer.width() == 0);
}

}  // namespace
}  // namespace paxoscope::ui
