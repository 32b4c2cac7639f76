#include "ui/timeline.h"

#include <doctest/doctest.h>

namespace paxoscope::ui {
namespace {

constexpr TimeUs kEnd = 6'000'000;

TEST_CASE("labels stand at 1, 2 or 5 times a power of ten") {
  CHECK(tick_distance(1) == 1);
  CHECK(tick_distance(3) == 5);
  CHECK(tick_distance(11) == 20);
  CHECK(tick_distance(126'000) == 200'000);
  CHECK(tick_distance(200'001) == 500'000);
  CHECK(tick_distance(500'001) == 1'000'000);
}

TEST_CASE("the window follows the playhead and stays inside the run") {
  TimelineView view;
  for (TimeUs now = 0; now <= kEnd; now += 33'000) {
    follow_playhead(view, now, kEnd);
    CHECK(view.from_us >= 0);
    CHECK(view.to_us <= kEnd);
    CHECK(view.from_us <= now);
    CHECK(view.to_us >= now);
  }
  const TimeUs length = view.length_us();
  follow_playhead(view, 0, kEnd);
  CHECK(view.from_us == 0);
  CHECK(view.length_us() == length);
}

TEST_CASE("zooming keeps the time under the pointer") {
  TimelineView view;
  view.from_us = 1'000'000;
  view.to_us = 2'000'000;
  zoom_timeline(view, 2, 1'250'000, kEnd);
  CHECK(view.length_us() == 500'000);
  CHECK(view.from_us == 1'125'000);
  zoom_timeline(view, 0.001f, 1'250'000, kEnd);
  CHECK(view.from_us == 0);
  CHECK(view.to_us == kEnd);
  zoom_timeline(view, 1e9f, 3'000'000, kEnd);
  CHECK(view.length_us() >= 1'000);
}

TEST_CASE("everything fits, also a run of no length") {
  TimelineView view;
  fit_timeline(view, kEnd);
  CHECK(view.length_us() == kEnd);
  fit_timeline(view, 0);
  CHECK(view.length_us() > 0);
}

}  // namespace
}  // namespace paxoscope::ui
