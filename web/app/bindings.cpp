// What the app module adds: an Engine over the run that is on screen, and the App's error card.
#include <emscripten/bind.h>

#include "web/app/screen.h"
#include "web/engine.h"

namespace paxoscope::web {
namespace {

class ShownRun : public RunPlace {
 public:
  Run* run() override { return Screen::instance().app().run(); }
  void put(std::unique_ptr<Run> run) override { Screen::instance().app().load(std::move(run)); }
  void changed() override { Screen::instance().app().run_changed(); }
};

Engine* shown_engine() { return new Engine(std::make_unique<ShownRun>()); }
void show_error(const std::string& sentence) { Screen::instance().app().show_error(sentence); }
void play(bool on) { Screen::instance().app().play(on); }
bool playing() { return Screen::instance().app().playing(); }

std::string settings() { return write_settings(Screen::instance().app().settings()); }
void use_settings(const std::string& text) { Screen::instance().app().use(ui::read_settings(text)); }

}  // namespace

EMSCRIPTEN_BINDINGS(paxoscope_app) {
  emscripten::function("shownEngine", &shown_engine, emscripten::allow_raw_pointers());
  emscripten::function("showError", &show_error);
  emscripten::function("play", &play);
  emscripten::function("playing", &playing);
  emscripten::function("settings", &settings);
  emscripten::function("useSettings", &use_settings);
}

}  // namespace paxoscope::web
