// What views share when they draw and react: the canvas, the pointer, buttons. Everything counts device
// pixels. Views hit-test through these functions only, so that an open menu or text field on top keeps its
// clicks.
#pragma once

#include <string_view>
#include <vector>

#include "ui/draw.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// The draw list of the frame; views draw on nothing else (menus and cards on top: `overlay()`).
ImDrawList& canvas();
/// Drawn above all views.
ImDrawList& overlay();

/// Asks the App for what a number says: an event, a server, a tab…
void ask(Context& context, Command::Kind kind, uint64_t number = 0);
/// Asks it to go to a moment.
void ask_time(Context& context, TimeUs time_us);

/// The pointer is in the rectangle and nothing on top of the views has it.
bool hovered(const Rect& rect);
/// Pressed here and released here in this frame (left button), without a drag in between.
bool clicked(const Rect& rect);
/// A right click (or long press) was released here in this frame.
bool menu_clicked(const Rect& rect);
/// The left button went down here in this frame.
bool pressed(const Rect& rect);
bool double_clicked(const Rect& rect);
/// Two fingers that came down here, or the wheel with Ctrl, did something in this frame: Selection::pinch.
bool pinched(const Context& context, const Rect& rect);
/// One of ImGui's named keys (ImGuiKey_Escape…) went down in this frame, and no text field has the keyboard.
bool key_pressed(int imgui_key, bool repeat = false);
/// The pointer of an interactive item; call while hovered.
void hand_cursor();

/// While a menu or card is open, its rectangle takes the pointer from the views below. Cleared every frame by
/// the App: who is on top calls it each frame, before the views are drawn or in the frame before.
void cover(const Rect& rect);
/// The same for what is asked from now on in this frame.
void take_pointer(const Rect& rect);
/// While it stands, only what lies in `rect` is under the pointer, and is told to the semantic layer.
class Within {
 public:
  Within(Context& context, const Rect& rect);
  ~Within();
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  Context& context_;
};
/// True while the code that draws the thing on top runs: its own hit tests pass through the cover.
class OnTop {
 public:
  OnTop();
  ~OnTop();
  OnTop(const OnTop&) = delete;
  OnTop& operator=(const OnTop&) = delete;
};
/// For the App: swaps the covers at the start of a frame.
void begin_pointer_frame();

enum class ButtonStyle {
  outline,  ///< hairline outline, no fill
  filled,   ///< bg3
  primary,  ///< accent
  plain,    ///< nothing until hovered
};

/// A button with an icon, a word or both; registers `key` and returns true when pressed by pointer, keyboard
/// or reader. `label` is the accessible name; `word` what is drawn (may be empty), `icon_text` an icon or
/// nullptr.
bool button(Context& context, std::string_view key, const Rect& rect, ButtonStyle style,
            std::string_view label, std::string_view word, const char* icon_text, bool enabled = true,
            bool selected = false);
/// An invisible button: registers, shows the hand and the focus ring; returns true when pressed.
bool hot_area(Context& context, std::string_view key, const Rect& rect, std::string_view label,
              std::string_view value, SemanticRole role = SemanticRole::button, uint32_t state = 0,
              float css_radius = 6);
/// The ring around the item that has the keyboard.
void focus_ring(const Rect& rect, float css_radius);
/// A small card with a few words beside the pointer, kept inside the view.
void tooltip(std::string_view words);
/// For the App, at the end of the frame: draws the tooltip asked for in this frame.
void draw_tooltip(const Rect& view);

struct MenuEntry {
  std::string label;
  std::string hint;  ///< right side, small: a key or a value
  const char* icon = nullptr;
  bool enabled = true;
  bool danger = false;
  bool checked = false;
  bool separator_above = false;
};
constexpr int kMenuOpen = -1, kMenuClosed = -2;
/// Draws a context menu whose upper left corner is at `at` (moved to stay inside `view`). Returns the index
/// of the chosen entry, kMenuOpen, or kMenuClosed when a click beside it or Escape closed it. Call each frame
/// while open. `key` names the menu in the semantic layer; `title` may be empty.
int popup_menu(Context& context, std::string_view key, ImVec2 at, const Rect& view, std::string_view title,
               const std::vector<MenuEntry>& entries, float css_width = 0);

}  // namespace paxoscope::ui
