// What both modules offer to JavaScript: the Engine class and the lists.
#include <emscripten/bind.h>

#include "scenarios/builtin.h"
#include "scenarios/run.h"
#include "web/engine.h"

namespace paxoscope::web {
namespace {

using emscripten::val;

/// [{id, toml}] in display order; the page fetches the texts that are empty here (public/library.js).
val builtin() {
  size_t count = 0;
  const BuiltinScenario* scenarios = builtin_scenarios(&count);
  val result = val::array();
  for (size_t i = 0; i < count; ++i) {
    val scenario = val::object();
    scenario.set("id", std::string(scenarios[i].id));
    scenario.set("toml", std::string(scenarios[i].toml, scenarios[i].size));
    result.set(static_cast<unsigned>(i), scenario);
  }
  return result;
}

val protocol_ids() {
  val result = val::array();
  unsigned at = 0;
  for (const std::string& id : known_protocols()) result.set(at++, id);
  return result;
}

}  // namespace

EMSCRIPTEN_BINDINGS(paxoscope) {
  emscripten::class_<Engine>("Engine")
      .constructor<>()
      .function("load", &Engine::load)
      .function("step", &Engine::step)
      .function("stepBack", &Engine::step_back)
      .function("runUntil", &Engine::run_until)
      .function("seek", &Engine::seek)
      .function("runToEnd", &Engine::run_to_end)
      .function("perform", &Engine::perform)
      .function("undo", &Engine::undo)
      .function("observe", &Engine::observe)
      .function("pending", &Engine::pending)
      .function("violations", &Engine::violations)
      .function("lesson", &Engine::lesson)
      .function("summary", &Engine::summary)
      .function("position", &Engine::position);
  emscripten::function("builtinScenarios", &builtin);
  emscripten::function("protocols", &protocol_ids);
}

}  // namespace paxoscope::web
