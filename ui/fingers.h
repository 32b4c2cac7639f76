// Two fingers, and the wheel that stands for them: what they did since the last frame.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

class Fingers {
 public:
  /// Where both are, device pixels.
  void put(ImVec2 one, ImVec2 other);
  void lift() { down_ = false; }
  /// Nearer or farther around a point, without fingers.
  void zoom(ImVec2 at, float factor);
  /// What happened since it was asked last.
  Pinch take();

 private:
  bool down_ = false;
  ImVec2 last_;
  float last_distance_ = 1;
  Pinch pinch_;
};

}  // namespace paxoscope::ui
