// The desktop program's command line.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/run.h"
#include "ui/theme.h"

namespace paxoscope::ui {

struct DesktopOptions {
  std::string scenario = "quorum-loss";  ///< a link, a file or the id of a built-in scenario
  uint64_t seed = 1;
  std::optional<ThemeName> theme;  ///< nothing: as last time, else dark
  std::string screenshot;          ///< write a picture here and end
  int width = 1440, height = 900;  ///< CSS pixels
  bool sized = false;              ///< the size was asked for
  float scale = 0;                 ///< device pixels per CSS pixel, 0 = the monitor's
  int64_t at_event = -1;
  TimeUs at_us = -1;
  ServerId select = 0;
  std::vector<std::string> press;  ///< items pressed by name before the picture is taken
  std::vector<std::pair<float, float>> drag;  ///< the pointer goes there with its button down, CSS pixels; it is still down in the picture
  std::string fixture;             ///< "main": fixed values instead of a run
  bool help = false;
};

/// Fills `options`. Returns one line that says what is wrong, or nothing.
std::string read_options(int count, char** arguments, DesktopOptions& options);
const char* usage();

}  // namespace paxoscope::ui
