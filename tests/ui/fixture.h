// The moment of the design's main picture as fixed values: drawn without the engine, for tests and comparisons.
#pragma once

#include "ui/app.h"

namespace paxoscope::ui {

/// Five servers, two ballots past and one being prepared, at 2.340 s of 6.25 s.
App::Fixed main_fixture();

}  // namespace paxoscope::ui
