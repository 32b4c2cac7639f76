#include "ui/desktop/options.h"

#include <cstdio>
#include <cstdlib>

#include "tests/ui/fixture.h"
#include "ui/settings.h"

namespace paxoscope::ui {
namespace {

bool read_number(const char* text, int64_t& number) {
  char* end = nullptr;
  number = std::strtoll(text, &end, 10);
  return end != text && *end == 0 && number >= 0;
}

bool read_size(const char* text, DesktopOptions& options) {
  char rest = 0;
  return std::sscanf(text, "%dx%d%c", &options.width, &options.height, &rest) == 2 && options.width >= 320 &&
         options.height >= 240 && options.width <= 8192 && options.height <= 8192;
}

/// Takes one option with its value. Returns whether both are understood.
bool take(const std::string& name, const char* value, DesktopOptions& options) {
  int64_t number = 0;
  if (name == "--screenshot") return options.screenshot = value, true;
  if (name == "--drag") {
    float x = 0, y = 0;
    if (std::sscanf(value, "%f,%f", &x, &y) != 2) return false;
    return options.drag.emplace_back(x, y), true;
  }
  if (name == "--press") return options.press.push_back(value), true;
  if (name == "--fixture") return options.fixture = value, find_fixture(value) != nullptr;
  if (name == "--size") return options.sized = read_size(value, options);
  if (name == "--scale")
    return options.scale = std::strtof(value, nullptr), options.scale >= 0.5f && options.scale <= 4;
  if (name == "--theme") {
    options.theme = theme_named(value);
    return options.theme.has_value();
  }
  if (name == "--select") {
    const auto server = parse_server(value);
    if (server) options.select = *server;
    return server.has_value();
  }
  if (!read_number(value, number)) return false;
  if (name == "--seed") return options.seed = static_cast<uint64_t>(number), true;
  if (name == "--at-event") return options.at_event = number, true;
  if (name == "--at-us") return options.at_us = number, true;
  return false;
}

}  // namespace

const char* usage() {
  return "paxoscope-desktop [LINK|FILE|SCENARIO] [--seed N] [--theme dark|light|projector]\n"
         "  [--screenshot OUT.png [--size 1440x900] [--scale 2]] [--at-event N | --at-us T] [--select A]\n"
         "  [--press NAME]…   presses what has this accessible name before the picture is taken\n"
         "  [--drag X,Y]…     then moves the pointer there with its button down\n"
         "  [--fixture main|reconfiguration|futures|history]  fixed values instead of a run\n";
}

std::string read_options(int count, char** arguments, DesktopOptions& options) {
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--help" || name == "-h") {
      options.help = true;
    } else if (name.substr(0, 2) != "--") {
      options.scenario = name;
    } else if (i + 1 >= count) {
      return name + " needs a value\n";
    } else if (!take(name, arguments[++i], options)) {
      return name + " does not take " + arguments[i] + "\n";
    }
  }
  if (!options.screenshot.empty() && options.scale == 0) options.scale = 1;
  return {};
}

}  // namespace paxoscope::ui
