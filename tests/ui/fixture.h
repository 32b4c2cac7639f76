// The moment of the design's main picture as fixed values: drawn without the engine, for tests and
// comparisons.
#pragma once

#include "ui/app.h"

namespace paxoscope::ui {

/// Five servers, two ballots past and one being prepared, at 2.340 s of 6.25 s.
App::Fixed main_fixture();

/// C is replaced by D: configuration 1 is sealed at 24, D has fetched 20 of its entries from A and B, at 4.120 s.
App::Fixed reconfiguration_fixture();

/// The same moment with the futures of the design's picture: three resolved, two cancelled, one accepted, one pending.
App::Fixed futures_fixture();

/// Three clients in the moment of `main_fixture`: what they saw of x has no order. The servers' stores beside it.
App::Fixed history_fixture();

struct Fixture {
  const char* name;
  App::Fixed (*make)();
};
/// main, reconfiguration, futures or history; null for other names.
const Fixture* find_fixture(std::string_view name);

}  // namespace paxoscope::ui
