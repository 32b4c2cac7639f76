// What the page calls on every event and frame: plain C functions, no conversions. public/*.js are the callers.
#include <emscripten/emscripten.h>

#include "web/app/screen.h"

#define PAXO_EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

using paxoscope::ui::App;
using paxoscope::ui::Semantics;
using paxoscope::ui::ThemeName;
using paxoscope::web::InputQueue;
using paxoscope::web::Screen;

namespace {
Screen& screen() { return Screen::instance(); }
App& app() { return screen().app(); }
InputQueue& input() { return screen().input(); }
const Semantics& semantics() { return app().semantics(); }
}  // namespace

// --- canvas and frames
PAXO_EXPORT int ui_open() { return screen().open_canvas("#stage"); }  // 0: no WebGL 2
PAXO_EXPORT void ui_size(int width, int height, float scale) { screen().set_size(width, height, scale); }
PAXO_EXPORT void ui_textual(int on) { screen().set_textual(on != 0); }
PAXO_EXPORT int ui_frame(double now_ms) { return screen().frame(now_ms); }
PAXO_EXPORT void ui_lost() { screen().context_lost(); }
PAXO_EXPORT int ui_restored() { return screen().context_restored(); }
PAXO_EXPORT double ui_cost_ms() { return screen().cost_ms(); }
PAXO_EXPORT unsigned ui_frames() { return screen().frames(); }

// --- input; each wakes the App, so that the next frames see it through
PAXO_EXPORT void ui_move(float x, float y) { input().move(x, y), app().wake(); }
PAXO_EXPORT void ui_button(int which, int down) { input().button(which, down != 0), app().wake(); }
PAXO_EXPORT void ui_wheel(float x, float y) { input().wheel(x, y), app().wake(); }
PAXO_EXPORT void ui_key(int key, int down, int modifiers) { input().key(key, down != 0, modifiers), app().wake(); }
PAXO_EXPORT void ui_char(unsigned code_point) { input().character(code_point), app().wake(); }
PAXO_EXPORT void ui_fingers(float ax, float ay, float bx, float by) { app().fingers().put({ax, ay}, {bx, by}), app().wake(); }
PAXO_EXPORT void ui_fingers_up() { app().fingers().lift(), app().wake(); }
PAXO_EXPORT void ui_zoom(float x, float y, float factor) { app().fingers().zoom({x, y}, factor), app().wake(); }
PAXO_EXPORT void ui_blur() { input().release_keys(), app().wake(); }

// --- what the page must know of the frame
PAXO_EXPORT int ui_cursor() { return ImGui::GetMouseCursor(); }
PAXO_EXPORT int ui_wants_text() { return ImGui::GetIO().WantTextInput; }
PAXO_EXPORT int ui_wants_wheel() { return app().wants_wheel(); }
PAXO_EXPORT int ui_wants_zoom() { return app().wants_zoom(); }

// --- what the system prefers; `dark`: 1 or 0
PAXO_EXPORT void ui_dark(int dark) { app().follow_theme(dark != 0 ? ThemeName::dark : ThemeName::light); }
PAXO_EXPORT int ui_theme() { return static_cast<int>(app().theme_name()); }
PAXO_EXPORT void ui_reduced_motion(int reduced) { app().set_reduced_motion(reduced != 0); }

// --- the semantic layer, read by public/mirror.js
PAXO_EXPORT const void* sem_items() { return semantics().items().data(); }
PAXO_EXPORT unsigned sem_count() { return static_cast<unsigned>(semantics().items().size()); }
PAXO_EXPORT unsigned sem_hash() { return semantics().hash(); }
PAXO_EXPORT const char* sem_text() { return semantics().text().data(); }
PAXO_EXPORT unsigned sem_live_sequence() { return semantics().live_sequence(); }
PAXO_EXPORT const char* sem_live() { return semantics().live().data(); }
PAXO_EXPORT unsigned sem_live_length() { return static_cast<unsigned>(semantics().live().size()); }
PAXO_EXPORT void sem_activate(unsigned id) { app().semantics().activate(id), app().wake(); }
PAXO_EXPORT void sem_focus(unsigned id) { app().semantics().focus(id), app().wake(); }

int main() {}
