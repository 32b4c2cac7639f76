// Input events between the page's listeners and ImGui. ImGui 1.86 reads states once per frame: a press and its release
// within one frame would be lost, so at most one button or key changes per frame.
#pragma once

#include <vector>

#include "imgui.h"

namespace paxoscope::web {

/// Key numbers shared with public/keyboard.js.
enum Key : int {
  kKeyNone, kKeyTab, kKeyLeft, kKeyRight, kKeyUp, kKeyDown, kKeyPageUp, kKeyPageDown, kKeyHome, kKeyEnd, kKeyInsert,
  kKeyDelete, kKeyBackspace, kKeySpace, kKeyEnter, kKeyEscape, kKeyA, kKeyC, kKeyV, kKeyX, kKeyY, kKeyZ, kKeyCount,
};

/// Bits of `modifiers`.
enum Modifier : int { kControl = 1, kShift = 2, kAlt = 4, kMeta = 8 };

class InputQueue {
 public:
  /// Device pixels.
  void move(float x, float y) { events_.push_back({Kind::move, x, y, 0, 0}); }
  /// 0 left, 1 right, 2 middle.
  void button(int which, bool down) { events_.push_back({Kind::button, 0, 0, which, down}); }
  void wheel(float x, float y) { events_.push_back({Kind::wheel, x, y, 0, 0}); }
  void key(int key, bool down, int modifiers);
  void character(unsigned code_point) {
    events_.push_back({Kind::character, 0, 0, static_cast<int>(code_point), 0});
  }
  /// Focus left the canvas: no key is held any more.
  void release_keys() { events_.push_back({Kind::blur, 0, 0, 0, 0}); }

  /// Tells ImGui which of our key numbers plays which part. Once per context.
  static void map_keys(ImGuiIO& io);
  /// Hands the next events to ImGui. Returns whether any are left for the frames to come.
  bool apply(ImGuiIO& io);

 private:
  enum class Kind { move, button, wheel, key, character, blur };
  struct Event {
    Kind kind;
    float x, y;
    int code;
    int state;  ///< button: down; key: down | modifiers << 1
  };
  /// Returns whether the event must be the last of its frame.
  static bool apply_one(const Event& event, ImGuiIO& io);

  std::vector<Event> events_;
};

}  // namespace paxoscope::web
