#include "ui/slider.h"

#include <algorithm>
#include <cmath>

#include "ui/draw.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

/// The slider that a hand holds, and the place it is over.
struct Grip {
  std::string key;
  int place = -1;
};

Grip& grip() {
  static Grip the_grip;
  return the_grip;
}

/// The place that an arrow key asks for, or -1.
int by_key(int at, int last) {
  int to = -1;
  if (key_pressed(ImGuiKey_LeftArrow, true) || key_pressed(ImGuiKey_DownArrow, true)) to = at - 1;
  if (key_pressed(ImGuiKey_RightArrow, true) || key_pressed(ImGuiKey_UpArrow, true)) to = at + 1;
  if (key_pressed(ImGuiKey_Home)) to = 0;
  if (key_pressed(ImGuiKey_End)) to = last;
  return to > last ? -1 : to;
}

}  // namespace

int slider(Context& context, std::string_view key, const Rect& row, std::string_view label, std::string_view present, int at,
           const std::vector<std::string>& places) {
  const Theme& t = theme();
  const ImGuiIO& io = ImGui::GetIO();
  const int last = static_cast<int>(places.size()) - 1;
  const float left = row.min.x + px(10), width = row.width() - px(20), y = row.min.y + px(38);
  Grip& held = grip();
  if (pressed(row)) held = {std::string(key), at};
  const bool holds = held.key == key;
  if (holds && ImGui::IsMousePosValid())
    held.place = std::clamp(static_cast<int>(std::lround((io.MousePos.x - left) / width * static_cast<float>(last))), 0, last);
  const int shown = holds ? held.place : at;
  const std::string_view words = holds && shown != at ? std::string_view(places[static_cast<size_t>(shown)]) : present;

  text(overlay(), {row.min.x, row.min.y + px(14)}, Align::left, Font::regular, 13, t.text, label);
  text(overlay(), {row.max.x, row.min.y + px(14)}, Align::right, Font::mono, 13, holds ? t.accent : t.text, words);
  const auto x_of = [&](int place) { return std::round(left + width * static_cast<float>(place) / static_cast<float>(last)); };
  const float x = x_of(shown);
  overlay().AddRectFilled({left, y - px(2)}, {left + width, y + px(2)}, t.line2, px(2));
  overlay().AddRectFilled({left, y - px(2)}, {x, y + px(2)}, t.accent, px(2));
  for (int place = 0; place <= last; ++place)
    hairline(overlay(), {x_of(place), y + px(6)}, {x_of(place), y + px(10)}, t.line2);
  overlay().AddCircleFilled({x, y}, px(8), holds ? t.accent : t.text);

  if (hovered(row)) hand_cursor();
  context.semantics.add(key, SemanticRole::slider, label, words, row.min, row.max, slider_state(std::max(shown, 0), last));
  int chosen = -1;
  if (context.semantics.focused(key)) {
    focus_ring(row, 6);
    context.selection.slider = true;
    chosen = by_key(at, last);
  }
  if (!holds) return chosen;
  if (io.MouseDown[0]) return -1;
  const bool valid = io.MouseReleased[0] && ImGui::IsMousePosValid();
  held = {};
  return valid && shown != at ? shown : -1;
}

}  // namespace paxoscope::ui
