// What the fixtures are put together from.
#pragma once

#include <string>
#include <utility>

#include "tests/ui/fixture.h"

namespace paxoscope::ui {

inline Field field(std::string name, FieldValue value, bool durable = false) {
  return {std::move(name), std::move(value), {}, {}, durable};
}

/// A field that the last event changed.
inline Field changed(std::string name, FieldValue old, FieldValue value) {
  return {std::move(name), std::move(value), std::move(old)};
}

/// What a scenario says of itself, and the part of the run that the timeline shows.
struct FixtureFrame {
  const char* id;
  const char* title;
  const char* summary;
  TimeUs end_us, view_from_us, view_to_us;
};

/// An OmniPaxos run that stands at the observation's time.
inline App::Fixed fixed_at(const FixtureFrame& frame, Observation observation, Timeline timeline,
                           std::vector<LessonStep> lesson) {
  App::Fixed fixed;
  fixed.shown_us = observation.time_us;
  fixed.observation = std::move(observation);
  fixed.timeline = std::move(timeline);
  fixed.lesson = std::move(lesson);
  fixed.scenario.id = frame.id;
  fixed.scenario.title = frame.title;
  fixed.scenario.summary = frame.summary;
  fixed.scenario.protocols = {"omnipaxos"};
  fixed.end_us = frame.end_us;
  fixed.view_from_us = frame.view_from_us;
  fixed.view_to_us = frame.view_to_us;
  return fixed;
}

}  // namespace paxoscope::ui
