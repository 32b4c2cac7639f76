#include "ui/widgets.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace paxoscope::ui {
namespace {

// Rectangles that lie over the views: those of the last frame count, those of this one are collected.
std::vector<Rect> covers_now, covers_next;
int on_top_depth = 0;
const Rect* only_within = nullptr;
std::string tooltip_words;

bool free_at(ImVec2 point) {
  if (on_top_depth > 0) return true;
  if (ImGui::GetIO().WantCaptureMouse || (only_within != nullptr && !only_within->contains(point))) return false;
  return std::none_of(covers_now.begin(), covers_now.end(), [&](const Rect& r) { return r.contains(point); });
}

bool released_in(int mouse_button, const Rect& rect) {
  const ImGuiIO& io = ImGui::GetIO();
  const float slack = px(8);
  return io.MouseReleased[mouse_button] && io.MouseDragMaxDistanceSqr[mouse_button] <= slack * slack &&
         rect.contains(io.MouseClickedPos[mouse_button]) && hovered(rect);
}

struct ButtonColours {
  ImU32 fill, stroke, ink;
};

ButtonColours button_colours(ButtonStyle style, bool hot, bool held, bool selected) {
  const Theme& t = theme();
  ButtonColours colours{0, 0, t.text};
  switch (style) {
    case ButtonStyle::outline:
      colours = {hot ? t.bg2 : 0u, hot ? t.line2 : t.line, t.text};
      break;
    case ButtonStyle::filled:
      colours = {hot ? mix(t.bg3, t.text, 0.08f) : t.bg3, 0, t.text};
      break;
    case ButtonStyle::primary:
      colours = {hot ? mix(t.accent, t.text, 0.15f) : t.accent, 0, t.on_accent};
      break;
    case ButtonStyle::plain:
      colours = {hot ? t.bg2 : 0u, 0, hot ? t.text : t.text2};
      break;
  }
  if (selected) colours.fill = t.bg3, colours.ink = t.text;
  if (held && style != ButtonStyle::primary) colours.fill = t.bg3;
  return colours;
}

void draw_menu_entry(const MenuEntry& entry, const Rect& row, bool hot) {
  const Theme& t = theme();
  ImDrawList& list = overlay();
  if (hot) list.AddRectFilled(row.min, row.max, t.bg3, px(4));
  const ImU32 ink = !entry.enabled ? t.text3 : entry.danger ? t.danger : t.text;
  const float middle = (row.min.y + row.max.y) / 2;
  const char* mark = entry.checked ? icon::check : entry.icon;
  if (mark != nullptr) {
    text(list, {row.min.x + px(18), middle}, Align::centre, Font::icon, 13, entry.danger ? ink : t.text2,
         mark);
  }
  const float hint = entry.hint.empty() ? 0 : text_width(Font::mono, 12, entry.hint) + px(12);
  text(list, {row.min.x + px(36), middle}, Align::left, Font::regular, 13, ink, entry.label,
       row.width() - px(36) - px(12) - hint);
  text(list, {row.max.x - px(12), middle}, Align::right, Font::mono, 12, t.text2, entry.hint);
}

float menu_width(std::string_view title, const std::vector<MenuEntry>& entries, float css_width) {
  float width = std::max(px(css_width), text_width(Font::semibold, 13, title) + px(32));
  for (const MenuEntry& entry : entries) {
    const float hint = entry.hint.empty() ? 0 : text_width(Font::mono, 12, entry.hint) + px(24);
    width = std::max(width, text_width(Font::regular, 13, entry.label) + hint + px(36 + 12 + 8));
  }
  return std::ceil(width);
}

}  // namespace

ImDrawList& canvas() {
  return *ImGui::GetBackgroundDrawList();
}
ImDrawList& overlay() {
  return *ImGui::GetForegroundDrawList();
}

bool hovered(const Rect& rect) {
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  return rect.contains(pointer) && free_at(pointer);
}
bool clicked(const Rect& rect) {
  return released_in(0, rect);
}
bool menu_clicked(const Rect& rect) {
  return released_in(1, rect);
}
bool pressed(const Rect& rect) {
  return ImGui::GetIO().MouseClicked[0] && hovered(rect);
}
bool double_clicked(const Rect& rect) {
  return ImGui::GetIO().MouseDoubleClicked[0] && hovered(rect);
}
bool pinched(const Context& context, const Rect& rect) {
  const Pinch& pinch = context.selection.pinch;
  return pinch.active && rect.contains(pinch.start) && free_at(pinch.start);
}
void hand_cursor() {
  ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
}

bool key_pressed(int imgui_key, bool repeat) {
  if (ImGui::GetIO().WantTextInput) return false;
  const int index = ImGui::GetKeyIndex(imgui_key);
  return index >= 0 && ImGui::IsKeyPressed(index, repeat);
}

void cover(const Rect& rect) {
  covers_next.push_back(rect);
}
void take_pointer(const Rect& rect) {
  covers_now.push_back(rect);
}
Within::Within(Context& context, const Rect& rect) : context_(context) {
  only_within = &rect;
  context_.semantics.confine(rect.min, rect.max);
}
Within::~Within() {
  only_within = nullptr;
  context_.semantics.confine({0, 0}, ImGui::GetIO().DisplaySize);
}
OnTop::OnTop() {
  ++on_top_depth;
}
OnTop::~OnTop() {
  --on_top_depth;
}
void begin_pointer_frame() {
  covers_now.swap(covers_next);
  covers_next.clear();
  tooltip_words.clear();
}

void ask(Context& context, Command::Kind kind, uint64_t number) {
  Command command{kind};
  command.number = number;
  context.commands.push_back(std::move(command));
}

void ask_time(Context& context, TimeUs time_us) {
  Command command{Command::Kind::seek_time};
  command.time_us = time_us;
  context.commands.push_back(std::move(command));
}

bool button(Context& context, std::string_view key, const Rect& rect, ButtonStyle style,
            std::string_view label, std::string_view word, const char* icon_text, bool enabled,
            bool selected) {
  ImDrawList& list = on_top_depth > 0 ? overlay() : canvas();
  const bool over = enabled && hovered(rect);
  const bool held = over && ImGui::GetIO().MouseDown[0] && rect.contains(ImGui::GetIO().MouseClickedPos[0]);
  const ButtonColours colours = button_colours(style, over, held, selected);
  rounded_rect(list, rect.min, rect.max, px(6), colours.fill, colours.stroke, px(1));
  const ImU32 ink = enabled ? colours.ink : with_alpha(theme().text3, 0.6f);
  const ImVec2 middle{(rect.min.x + rect.max.x) / 2, (rect.min.y + rect.max.y) / 2};
  if (word.empty()) {
    const float size = style == ButtonStyle::primary ? 14 : 13;
    if (icon_text != nullptr) text(list, middle, Align::centre, Font::icon, size, ink, icon_text);
  } else {
    float x = middle.x - text_width(Font::regular, 13, word) / 2;
    if (icon_text != nullptr) {
      x += px(8);
      text(list, {x - px(12), middle.y}, Align::centre, Font::icon, 13, ink, icon_text);
    }
    text(list, {x, middle.y}, Align::left, selected ? Font::semibold : Font::regular, 13, ink, word);
  }
  if (over) hand_cursor();
  if (!enabled) {
    context.semantics.add(key, SemanticRole::text, label, "not available", rect.min, rect.max);
    return false;
  }
  const bool activated =
      context.semantics.add(key, SemanticRole::button, label, "", rect.min, rect.max, selected ? 1 : 0);
  if (context.semantics.focused(key)) focus_ring(rect, 6);
  return clicked(rect) || activated;
}

bool hot_area(Context& context, std::string_view key, const Rect& rect, std::string_view label,
              std::string_view value, SemanticRole role, uint32_t state, float css_radius) {
  const bool activated = context.semantics.add(key, role, label, value, rect.min, rect.max, state);
  if (hovered(rect)) hand_cursor();
  if (context.semantics.focused(key)) focus_ring(rect, css_radius);
  return clicked(rect) || activated;
}

void focus_ring(const Rect& rect, float css_radius) {
  const float out = px(2);
  rounded_rect(overlay(), {rect.min.x - out, rect.min.y - out}, {rect.max.x + out, rect.max.y + out},
               px(css_radius) + out, 0, theme().accent, px(2));
}

void tooltip(std::string_view words) {
  tooltip_words = words;
}

void draw_tooltip(const Rect& view) {
  if (tooltip_words.empty()) return;
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  const float width = std::min(text_width(Font::regular, 12, tooltip_words) + px(2), px(320));
  const float height = paragraph(nullptr, {0, 0}, width, 12, 18, theme().body, tooltip_words);
  ImVec2 min{pointer.x + px(12), pointer.y + px(18)};
  min.x = std::round(std::max(view.min.x + px(4), std::min(min.x, view.max.x - width - px(20))));
  if (min.y + height + px(12) > view.max.y) min.y = pointer.y - height - px(18);
  min.y = std::round(min.y);
  const ImVec2 max{min.x + std::ceil(width) + px(16), min.y + height + px(8)};
  rounded_rect(overlay(), min, max, px(6), theme().bg2, theme().line2, px(1));
  paragraph(&overlay(), {min.x + px(8), min.y + px(4)}, width, 12, 18, theme().body, tooltip_words);
}

namespace {

/// How a menu's rows stand: in columns where the view is wide enough for all of them, else in one that scrolls.
struct MenuGrid {
  static constexpr float kSeparator = 9;

  MenuGrid(const Rect& view, ImVec2 at, float head, float width, const std::vector<MenuEntry>& entries) : row(px(phone() ? 44 : 32)) {
    float content = 0;
    for (const MenuEntry& entry : entries) content += row + (entry.separator_above ? px(kSeparator) : 0);
    const float whole = view.height() - px(8), below = view.max.y - px(4) - at.y;
    // A long list begins below what opened it, so that the click which opened it chooses nothing.
    const float room = (head + content + px(8) <= whole ? whole : below) - head - px(8);
    const auto fitting = std::max<size_t>(1, static_cast<size_t>(room / row));
    size_t columns = content <= room ? 1 : (entries.size() + fitting - 1) / fitting;
    if (static_cast<float>(columns) * width > view.width() - px(8)) columns = 1;
    rows = columns == 1 ? entries.size() : (entries.size() + columns - 1) / columns;
    seen = columns == 1 ? std::min(content, room) : static_cast<float>(rows) * row;
    hidden = columns == 1 ? content - seen : 0;
    total_width = static_cast<float>(columns) * width;
  }
  float row;
  size_t rows;        ///< of a column
  float seen;         ///< height of the rows that can be seen
  float hidden;       ///< and of those that scrolling brings in
  float total_width;
};

/// Moves by wheel and finger, and starts at the top when the menu opens.
float menu_offset(const MenuGrid& grid, bool was_open, const Rect& card) {
  static float offset = 0;
  if (!was_open) offset = 0;
  const ImGuiIO& io = ImGui::GetIO();
  if (grid.hidden > 0 && card.contains(io.MousePos)) {
    offset -= io.MouseWheel * grid.row * 2;
    if (ImGui::IsMouseDragging(0, px(6))) offset -= io.MouseDelta.y;
  }
  return offset = std::clamp(offset, 0.0f, std::max(grid.hidden, 0.0f));
}

}  // namespace

int popup_menu(Context& context, std::string_view key, ImVec2 at, const Rect& view, std::string_view title,
               const std::vector<MenuEntry>& entries, float css_width) {
  const OnTop on_top;
  const Theme& t = theme();
  const float head = title.empty() ? 0 : px(32);
  const float width = menu_width(title, entries, css_width);
  const MenuGrid grid(view, at, head, width, entries);
  const float height = head + grid.seen + px(8);
  Rect card;
  card.min = {std::round(std::clamp(at.x, view.min.x + px(4),
                                    std::max(view.min.x + px(4), view.max.x - grid.total_width - px(4)))),
              std::round(std::clamp(at.y, view.min.y + px(4),
                                    std::max(view.min.y + px(4), view.max.y - height - px(4))))};
  card.max = {card.min.x + grid.total_width, card.min.y + height};
  rounded_rect(overlay(), card.min, card.max, px(8), t.bg2, t.line2, px(1));
  if (!title.empty())
    text(overlay(), {card.min.x + px(16), card.min.y + px(19)}, Align::left, Font::semibold, 13, t.text, title,
         width - px(32));
  // The release that opened the menu must not close it: only with a menu open in the frame before is the view
  // covered.
  const bool was_open = std::any_of(covers_now.begin(), covers_now.end(), [&](const Rect& r) {
    return r.min.x == view.min.x && r.min.y == view.min.y && r.max.x == view.max.x && r.max.y == view.max.y;
  });
  const float top = card.min.y + px(4) + head, bottom = top + grid.seen;
  const float offset = menu_offset(grid, was_open, card);
  const bool dragged = grid.hidden > 0 && ImGui::GetIO().MouseDragMaxDistanceSqr[0] > px(6) * px(6);
  ImVec2 corner{card.min.x, top - offset};
  int chosen = kMenuOpen;
  overlay().PushClipRect({card.min.x, top}, {card.max.x, bottom}, true);
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i != 0 && i % grid.rows == 0) corner = {corner.x + width, top};
    if (entries[i].separator_above) {
      hairline(overlay(), {corner.x + px(8), corner.y + px(4)}, {corner.x + width - px(8), corner.y + px(4)}, t.line2);
      corner.y += px(MenuGrid::kSeparator);
    }
    const Rect whole{{corner.x + px(4), corner.y}, {corner.x + width - px(4), corner.y + grid.row}};
    const Rect row{{whole.min.x, std::clamp(whole.min.y, top, bottom)}, {whole.max.x, std::clamp(whole.max.y, top, bottom)}};
    corner.y += grid.row;
    if (row.height() > 0) draw_menu_entry(entries[i], whole, entries[i].enabled && hovered(row));
    const std::string row_key = std::string(key) + " " + entries[i].label;
    if (!entries[i].enabled) {
      context.semantics.add(row_key, SemanticRole::text, entries[i].label, "not available", row.min, row.max);
    } else if (hot_area(context, row_key, row, entries[i].label, entries[i].hint, SemanticRole::button,
                        entries[i].checked ? 1 : 0, 4) &&
               !dragged) {
      chosen = static_cast<int>(i);
    }
  }
  overlay().PopClipRect();
  if (chosen != kMenuOpen) return chosen;
  cover(view);
  const ImGuiIO& io = ImGui::GetIO();
  const bool beside = was_open && (io.MouseReleased[0] || io.MouseReleased[1]) && !card.contains(io.MousePos);
  return beside || key_pressed(ImGuiKey_Escape) ? kMenuClosed : kMenuOpen;
}

}  // namespace paxoscope::ui
