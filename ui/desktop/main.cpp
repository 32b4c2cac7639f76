// The desktop program: a GLFW window around App. It waits for events while nothing moves.
#define GLFW_INCLUDE_NONE
#include <GL/gl.h>
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "imgui.h"
#include "imgui_impl_glfw.h"
#include "imgui_impl_opengl3.h"
#include "tests/ui/fixture.h"
#include "ui/app.h"
#include "ui/desktop/options.h"
#include "ui/desktop/png.h"
#include "ui/desktop/settings_file.h"
#include "ui/desktop/sharing.h"

namespace paxoscope::ui {
namespace {

/// Size and scale of what is drawn, in device pixels.
struct Surface {
  int width = 0, height = 0;
  float scale = 1;
};

GLFWwindow* open_window(const DesktopOptions& options) {
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  const bool picture = !options.screenshot.empty();
  glfwWindowHint(GLFW_VISIBLE, picture ? GLFW_FALSE : GLFW_TRUE);
  if (!picture) glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  const float factor = picture ? options.scale : 1;
  const auto size = [&](int css) { return static_cast<int>(std::lround(static_cast<float>(css) * factor)); };
  return glfwCreateWindow(size(options.width), size(options.height), "Paxoscope", nullptr, nullptr);
}

/// What `open_window` would be asked for to get this one again.
std::pair<int, int> css_size_of(GLFWwindow* window) {
  int width = 0, height = 0;
  float scale = 1, other = 1;
  glfwGetFramebufferSize(window, &width, &height);
  glfwGetWindowContentScale(window, &scale, &other);
  const auto css = [&](int pixels) { return static_cast<int>(std::lround(static_cast<float>(pixels) / scale)); };
  return {css(width), css(height)};
}

Surface surface_of(GLFWwindow* window, const DesktopOptions& options) {
  Surface surface;
  glfwGetFramebufferSize(window, &surface.width, &surface.height);
  float other = 1;
  glfwGetWindowContentScale(window, &surface.scale, &other);
  if (options.scale > 0) surface.scale = options.scale;
  return surface;
}

/// Rebuilds the atlas and its texture when the scale changed; outside a frame.
void fit_fonts(const App& app) {
  if (fonts_scale() == app.drawn_scale()) return;
  if (fonts_scale() > 0) ImGui_ImplOpenGL3_DestroyFontsTexture();
  set_scale(app.drawn_scale());
  build_fonts();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

/// `hand`: where the pointer is with its button down, whatever the real one does.
bool draw(App& app, GLFWwindow* window, const Surface& surface, double now_s, const ImVec2* hand = nullptr) {
  fit_fonts(app);
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGuiIO& io = ImGui::GetIO();
  // Where windows count points and framebuffers pixels, the pointer must follow.
  int width = 0, height = 0;
  glfwGetWindowSize(window, &width, &height);
  if (width > 0 && width != surface.width && io.MousePos.x > -1e6f) {
    const float factor = static_cast<float>(surface.width) / static_cast<float>(width);
    io.MousePos = {io.MousePos.x * factor, io.MousePos.y * factor};
  }
  if (hand != nullptr) io.MousePos = *hand, io.MouseDown[0] = true;
  io.DisplayFramebufferScale = {1, 1};
  const bool more = app.frame(now_s);
  glViewport(0, 0, surface.width, surface.height);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  return more;
}

/// Fills the App as the options say. Returns false with a line on stderr.
bool open_what_is_asked(App& app, Sharing& sharing, const DesktopOptions& options) {
  if (options.theme) app.set_theme(*options.theme);
  if (!options.fixture.empty()) {
    app.show_fixed(find_fixture(options.fixture)->make());
    if (options.select != 0) app.select_server(options.select);
    return true;
  }
  if (const auto opened = sharing.open(options.scenario, options.seed); !opened) {
    std::fprintf(stderr, "paxoscope-desktop: %s\n", opened.error().text.c_str());
    app.show_error(opened.error().text);
    return false;
  }
  if (options.at_event >= 0) app.run()->seek(static_cast<uint64_t>(options.at_event));
  if (options.at_us >= 0) app.run()->seek_time(options.at_us);
  app.run_changed();
  if (options.select != 0) app.select_server(options.select);
  return true;
}

/// Draws a few frames, so that what reacts to the frame before has settled. The last one stays in the back
/// buffer.
void draw_some(App& app, GLFWwindow* window, const Surface& surface, double& now_s) {
  for (int i = 0; i < 5; ++i) {
    if (i > 0) glfwSwapBuffers(window);
    glfwPollEvents();
    draw(app, window, surface, now_s += 0.2);
  }
}

/// Presses the item with this accessible name. Returns whether there is one.
bool press(App& app, const std::string& name) {
  Semantics& semantics = app.semantics();
  for (const SemanticItem& item : semantics.items()) {
    if (semantics.text().substr(item.label_at, item.label_length) != name) continue;
    semantics.activate(item.id);
    return true;
  }
  std::fprintf(stderr, "paxoscope-desktop: nothing on the screen is named %s\n", name.c_str());
  return false;
}

/// What was drawn last, before it is shown.
bool save_picture(const std::string& path, const Surface& surface) {
  std::vector<unsigned char> pixels(static_cast<size_t>(surface.width) * static_cast<size_t>(surface.height) *
                                    3);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, surface.width, surface.height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
  return write_png(path, surface.width, surface.height, pixels);
}

int take_picture(App& app, GLFWwindow* window, const Surface& surface, const DesktopOptions& options) {
  app.set_reduced_motion(true);
  double now_s = 0;
  draw_some(app, window, surface, now_s);
  for (const std::string& name : options.press) {
    if (!press(app, name)) return 2;
    draw_some(app, window, surface, now_s);
  }
  for (const auto& [x, y] : options.drag) {
    const ImVec2 hand{x * options.scale, y * options.scale};
    for (int i = 0; i < 2; ++i) {
      glfwSwapBuffers(window);
      draw(app, window, surface, now_s += 0.2, &hand);
    }
  }
  if (save_picture(options.screenshot, surface)) return 0;
  std::fprintf(stderr, "paxoscope-desktop: cannot write %s\n", options.screenshot.c_str());
  return 1;
}

/// A file or a link that was dropped onto the window is opened.
void accept_drops(GLFWwindow* window, Sharing& sharing) {
  glfwSetWindowUserPointer(window, &sharing);
  glfwSetDropCallback(window, [](GLFWwindow* onto, int count, const char** paths) {
    if (count > 0) static_cast<Sharing*>(glfwGetWindowUserPointer(onto))->show(paths[0]);
  });
}

/// Does what only the window can do of what a person wanted to take along. After a frame was drawn.
void finish_sharing(GLFWwindow* window, Sharing& sharing, const Surface& surface) {
  if (sharing.picture_due()) {
    const std::string name = sharing.free_name("png");
    sharing.tell(!name.empty() && save_picture(name, surface) ? "saved as " + name : "the picture could not be saved");
  }
  if (const std::string text = sharing.take_copy(); !text.empty()) glfwSetClipboardString(window, text.c_str());
  if (const std::string news = sharing.take_news(); !news.empty()) glfwSetWindowTitle(window, ("Paxoscope: " + news).c_str());
}

/// Keeps what a person chose, when it has changed since `kept`: a window may end without a word.
void remember(const App& app, GLFWwindow* window, std::string& kept) {
  Settings now = app.settings();
  std::tie(now.width, now.height) = css_size_of(window);
  const std::string text = write_settings(now);
  if (text == kept) return;
  write_settings_file(now);
  kept = text;
}

void run_window(App& app, GLFWwindow* window, Sharing& sharing, const DesktopOptions& options) {
  bool more = true;
  std::string kept;
  accept_drops(window, sharing);
  while (glfwWindowShouldClose(window) == 0) {
    if (more) {
      glfwPollEvents();
    } else {
      remember(app, window, kept);
      glfwWaitEvents();
      app.wake();
    }
    const Surface surface = surface_of(window, options);
    if (surface.width < 1 || surface.height < 1) {
      more = false;
      continue;
    }
    app.set_size(surface.width, surface.height, surface.scale);
    more = draw(app, window, surface, glfwGetTime());
    finish_sharing(window, sharing, surface);
    glfwSwapBuffers(window);
  }
  remember(app, window, kept);
}

int run(DesktopOptions options) {
  // A picture shows what its options say, whatever anyone chose before.
  const Settings kept = options.screenshot.empty() ? read_settings_file() : Settings();
  if (kept.width > 0 && !options.sized) options.width = kept.width, options.height = kept.height;
  GLFWwindow* window = open_window(options);
  if (window == nullptr) {
    std::fprintf(stderr, "paxoscope-desktop: no window with OpenGL 3.3\n");
    return 1;
  }
  glfwMakeContextCurrent(window);
  glfwSwapInterval(1);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui_ImplGlfw_InitForOpenGL(window, true);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  int result = 0;
  {
    App app;
    Sharing sharing(app);
    app.on_load_scenario = [&](const std::string& id) { return sharing.show(id), true; };
    app.on_share = [&](const std::string& kind, const std::string& text) { sharing.share(kind, text); };
    app.use(kept);
    const Surface surface = surface_of(window, options);
    app.set_size(surface.width, surface.height, surface.scale);
    const bool opened = open_what_is_asked(app, sharing, options);
    if (options.screenshot.empty()) {
      run_window(app, window, sharing, options);
    } else {
      result = opened ? take_picture(app, window, surface, options) : 2;
    }
  }
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(window);
  return result;
}

}  // namespace
}  // namespace paxoscope::ui

int main(int count, char** arguments) {
  paxoscope::ui::DesktopOptions options;
  const std::string error = paxoscope::ui::read_options(count, arguments, options);
  if (!error.empty() || options.help) {
    std::fprintf(error.empty() ? stdout : stderr, "%s%s", error.c_str(), paxoscope::ui::usage());
    return error.empty() ? 0 : 2;
  }
  glfwSetErrorCallback([](int, const char* text) { std::fprintf(stderr, "paxoscope-desktop: %s\n", text); });
  if (glfwInit() == GLFW_FALSE) return 1;
  const int result = paxoscope::ui::run(options);
  glfwTerminate();
  return result;
}
