#include "web/app/input_queue.h"

#include <cstddef>

namespace paxoscope::web {

void InputQueue::key(int key, bool down, int modifiers) {
  events_.push_back({Kind::key, 0, 0, key, (down ? 1 : 0) | modifiers << 1});
}

void InputQueue::map_keys(ImGuiIO& io) {
  constexpr int kMap[][2] = {
      {ImGuiKey_Tab, kKeyTab},           {ImGuiKey_LeftArrow, kKeyLeft}, {ImGuiKey_RightArrow, kKeyRight},
      {ImGuiKey_UpArrow, kKeyUp},        {ImGuiKey_DownArrow, kKeyDown}, {ImGuiKey_PageUp, kKeyPageUp},
      {ImGuiKey_PageDown, kKeyPageDown}, {ImGuiKey_Home, kKeyHome},      {ImGuiKey_End, kKeyEnd},
      {ImGuiKey_Insert, kKeyInsert},     {ImGuiKey_Delete, kKeyDelete},  {ImGuiKey_Backspace, kKeyBackspace},
      {ImGuiKey_Space, kKeySpace},       {ImGuiKey_Enter, kKeyEnter},    {ImGuiKey_Escape, kKeyEscape},
      {ImGuiKey_A, kKeyA},               {ImGuiKey_C, kKeyC},            {ImGuiKey_V, kKeyV},
      {ImGuiKey_X, kKeyX},               {ImGuiKey_Y, kKeyY},            {ImGuiKey_Z, kKeyZ},
  };
  for (const auto& [part, key] : kMap) io.KeyMap[part] = key;
}

bool InputQueue::apply_one(const Event& event, ImGuiIO& io) {
  switch (event.kind) {
    case Kind::move: io.MousePos = {event.x, event.y}; return false;
    case Kind::wheel:
      io.MouseWheelH += event.x;
      io.MouseWheel += event.y;
      return false;
    case Kind::button:
      if (event.code >= 0 && event.code < IM_ARRAYSIZE(io.MouseDown)) io.MouseDown[event.code] = event.state != 0;
      return true;
    case Kind::key: {
      const int modifiers = event.state >> 1;
      io.KeyCtrl = (modifiers & kControl) != 0;
      io.KeyShift = (modifiers & kShift) != 0;
      io.KeyAlt = (modifiers & kAlt) != 0;
      io.KeySuper = (modifiers & kMeta) != 0;
      const bool known = event.code > kKeyNone && event.code < kKeyCount;
      if (known) io.KeysDown[event.code] = (event.state & 1) != 0;
      return known;
    }
    case Kind::character: io.AddInputCharacter(static_cast<unsigned>(event.code)); return false;
    case Kind::blur:
      io.AddFocusEvent(false);
      for (bool& down : io.KeysDown) down = false;
      io.KeyCtrl = io.KeyShift = io.KeyAlt = io.KeySuper = false;
      return true;
  }
  return true;
}

bool InputQueue::apply(ImGuiIO& io) {
  size_t taken = 0;
  bool changed = false, moved = false;
  for (; taken < events_.size(); ++taken) {
    const Event& event = events_[taken];
    // After a press nothing else belongs to this frame, or a click would land where the pointer went next.
    if (changed && event.kind != Kind::wheel) break;
    // A drag is seen at its last place before it ends.
    const bool release = event.kind == Kind::button && event.state == 0;
    if (release && moved) break;
    moved |= event.kind == Kind::move && (event.x != io.MousePos.x || event.y != io.MousePos.y);
    changed |= apply_one(event, io);
  }
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(taken));
  return !events_.empty();
}

}  // namespace paxoscope::web
