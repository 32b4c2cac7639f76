// The App in a browser: WebGL 2 context, sizes, frames, and the ImGui context it all lives in. One per module.
#pragma once

#include <string>

#include "ui/app.h"
#include "web/app/input_queue.h"

namespace paxoscope::web {

class Screen {
 public:
  static Screen& instance();

  ui::App& app() { return app_; }
  InputQueue& input() { return input_; }

  /// Takes a WebGL 2 context on the canvas with this selector. False: there is none.
  bool open_canvas(const char* selector);
  /// Device pixels and device pixels per CSS pixel.
  void set_size(int width, int height, float scale);
  /// The Text view: everything is laid out on a large view and described, and nothing is drawn. Works without WebGL.
  void set_textual(bool on);
  /// Draws one frame. Returns whether another one is wanted.
  bool frame(double now_ms);
  /// The GL context is gone, or came back. Nothing is drawn in between; all other state is kept.
  void context_lost();
  bool context_restored();
  unsigned frames() const { return frames_; }
  /// What the last frame took before its list went to the graphics, ms.
  double cost_ms() const { return cost_ms_; }

 private:
  Screen();
  void rebuild_fonts();
  void draw();

  struct ImGuiOwner {
    ImGuiOwner();
  };
  ImGuiOwner imgui_;  ///< before the App, which needs a context
  ui::App app_;
  InputQueue input_;
  int context_ = 0;
  float scale_ = 1, ratio_ = 1;
  int width_ = 0, height_ = 0;
  bool drawable_ = false, fonts_uploaded_ = false, textual_ = false;
  double last_ms_ = 0, cost_ms_ = 0;
  unsigned frames_ = 0;
};

}  // namespace paxoscope::web
