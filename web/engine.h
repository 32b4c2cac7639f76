// The class behind `Simulation` in JavaScript (web/simulation.js): one run, driven through plain values. Compiled
// without exceptions, so errors come back as {error: sentence} and the JavaScript side throws.
#pragma once

#include <emscripten/val.h>

#include <memory>
#include <string>

#include "scenarios/run.h"

namespace paxoscope::web {

/// Where an Engine's run lives: in the Engine itself, or in the page's App, which shows it.
class RunPlace {
 public:
  virtual ~RunPlace() = default;
  virtual Run* run() = 0;
  virtual void put(std::unique_ptr<Run> run) = 0;
  /// After the run moved or was acted upon.
  virtual void changed() {}
};

class Engine {
 public:
  Engine();
  explicit Engine(std::unique_ptr<RunPlace> place) : place_(std::move(place)) {}

  /// Reads a scenario and starts it. `options`: {name, protocol, seed, off, journal}, all strings, all optional; `off` is
  /// a comma-separated list of switches, `journal` the text of `journal()`.
  emscripten::val load(const std::string& toml, const emscripten::val& options);

  // Each returns {moved: boolean} or {error}.
  emscripten::val step(const std::string& unit);
  emscripten::val step_back(const std::string& unit);
  emscripten::val run_until(double time_us);
  emscripten::val seek(double event);
  emscripten::val run_to_end();
  emscripten::val perform(const std::string& action);
  emscripten::val undo();

  // Undefined while there is no run.
  emscripten::val observe(double first_index, double count);
  emscripten::val pending();
  emscripten::val violations();
  emscripten::val lesson();
  emscripten::val summary();
  /// {scenario, protocol, seed, off, event, timeUs, journal, stateHash}: what a permalink and the page need.
  emscripten::val position();

 private:
  Run* run() { return place_->run(); }
  emscripten::val moved(bool moved);

  std::unique_ptr<RunPlace> place_;
};

}  // namespace paxoscope::web
