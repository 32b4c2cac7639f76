#include "web/app/screen.h"

#include <GLES3/gl3.h>
#include <emscripten/emscripten.h>
#include <emscripten/html5.h>

#include <algorithm>

#include "imgui_impl_opengl3.h"
#include "imgui_internal.h"
#include "ui/theme.h"

// Implemented by the page (Module.onCopy); without it the text stays inside.
EM_JS(void, paxoscope_copy, (const char* text), {
  if (Module['onCopy']) Module['onCopy'](UTF8ToString(text));
});

// Implemented by the page (Module.onScenario), which fetches texts when they are wanted. 0: nobody takes care of it.
EM_JS(int, paxoscope_open_scenario, (const char* id), {
  if (!Module['onScenario']) return 0;
  Module['onScenario'](UTF8ToString(id));
  return 1;
});

// Implemented by the page (Module.onShare).
EM_JS(void, paxoscope_share, (const char* kind, const char* text), {
  if (Module['onShare']) Module['onShare'](UTF8ToString(kind), UTF8ToString(text));
});

namespace paxoscope::web {
namespace {

constexpr char kShaderVersion[] = "#version 300 es";
/// A wake after a long pause must not make anything jump.
constexpr double kLongestFrameMs = 100;
/// The Text view has no window of its own: here nothing needs to be scrolled.
constexpr int kTextWidth = 1600, kTextHeight = 2400;

std::string& clipboard() {
  static std::string text;
  return text;
}

/// ImGui tells one frame late that it began or stopped to edit text; without that frame the page would miss it.
bool text_input_changes() {
  return (GImGui->WantTextInputNextFrame > 0) != ImGui::GetIO().WantTextInput;
}

}  // namespace

Screen::ImGuiOwner::ImGuiOwner() {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  io.BackendPlatformName = "paxoscope_web";
  io.MousePos = {-1e9f, -1e9f};
  io.ConfigInputTextCursorBlink = false;  // a blinking caret would cost a frame every half second
  io.SetClipboardTextFn = [](void*, const char* text) {
    clipboard() = text;
    paxoscope_copy(text);
  };
  io.GetClipboardTextFn = [](void*) { return clipboard().c_str(); };
  InputQueue::map_keys(io);
}

Screen::Screen() {
  app_.on_load_scenario = [](const std::string& id) { return paxoscope_open_scenario(id.c_str()) != 0; };
  app_.on_share = [](const std::string& kind, const std::string& text) { paxoscope_share(kind.c_str(), text.c_str()); };
}

Screen& Screen::instance() {
  static Screen screen;
  return screen;
}

bool Screen::open_canvas(const char* selector) {
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  // ImGui smooths its own edges and needs neither depth nor stencil.
  attributes.alpha = attributes.depth = attributes.stencil = attributes.antialias = EM_FALSE;
  attributes.enableExtensionsByDefault = EM_FALSE;
  const auto context = emscripten_webgl_create_context(selector, &attributes);
  if (context <= 0) return false;
  context_ = static_cast<int>(context);
  return context_restored();
}

void Screen::context_lost() {
  if (!drawable_) return;
  drawable_ = fonts_uploaded_ = false;
  // At once: deletes on a lost context are silent, after the restore they would be errors.
  ImGui_ImplOpenGL3_Shutdown();
}

bool Screen::context_restored() {
  if (emscripten_webgl_make_context_current(context_) != EMSCRIPTEN_RESULT_SUCCESS) return false;
  drawable_ = ImGui_ImplOpenGL3_Init(kShaderVersion);
  app_.wake();
  return drawable_;
}

void Screen::set_size(int width, int height, float scale) {
  width_ = width;
  height_ = height;
  ratio_ = std::clamp(scale, 0.5f, 4.0f);
  scale_ = textual_ ? 1 : ratio_;
  textual_ ? app_.set_size(kTextWidth, kTextHeight, 1) : app_.set_size(width, height, scale_);
}

void Screen::set_textual(bool on) {
  textual_ = on;
  set_size(width_, height_, ratio_);
}

void Screen::rebuild_fonts() {
  ui::set_scale(app_.drawn_scale());
  ui::build_fonts();
  if (!fonts_uploaded_) return;  // the backend uploads them itself with its first frame
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

bool Screen::frame(double now_ms) {
  if (!textual_ && (!drawable_ || width_ <= 0 || height_ <= 0)) return false;
  ++frames_;
  ImGuiIO& io = ImGui::GetIO();
  const double passed_ms = last_ms_ > 0 ? std::clamp(now_ms - last_ms_, 1.0, kLongestFrameMs) : 16;
  io.DeltaTime = static_cast<float>(passed_ms / 1000);
  last_ms_ = now_ms;
  if (ui::fonts_scale() != app_.drawn_scale()) rebuild_fonts();
  const bool input_left = input_.apply(io);

  const double began_ms = emscripten_get_now();
  if (!textual_) {
    ImGui_ImplOpenGL3_NewFrame();
    fonts_uploaded_ = true;
  }
  const bool more = app_.frame(now_ms / 1000);
  cost_ms_ = emscripten_get_now() - began_ms;
  if (!textual_) draw();
  const bool unfinished = input_left || text_input_changes();
  if (unfinished) app_.wake();
  return more || unfinished;
}

void Screen::draw() {
  glViewport(0, 0, width_, height_);
  const ImVec4 ground = ImGui::ColorConvertU32ToFloat4(ui::theme().bg0);
  glClearColor(ground.x, ground.y, ground.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

}  // namespace paxoscope::web
