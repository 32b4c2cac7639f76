#include "ui/log_cells.h"

#include <cstdio>
#include <string>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/proposals.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

ImVec2 middle_of(const Rect& rect) {
  return {(rect.min.x + rect.max.x) / 2, (rect.min.y + rect.max.y) / 2};
}

void label(const Rect& rect, std::string_view words, ImU32 colour, float raise = 0) {
  const ImVec2 c = middle_of(rect);
  text(canvas(), {c.x, c.y - raise}, Align::centre, Font::mono, rect.height() < px(20) ? 11 : 12, colour,
       words, rect.width() - px(4));
}

/// Two pixels in the ballot's colour near the lower edge; at the edge of low cells.
void underline(const Rect& rect, ImU32 colour) {
  const float below = rect.height() >= px(22) ? px(1) : 0;
  canvas().AddRectFilled({rect.min.x + px(4), rect.max.y - below - px(2)},
                         {rect.max.x - px(4), rect.max.y - below}, colour);
}

void draw_decided(const Rect& rect, const LogCell& cell, const EpochColours& colours, float share) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  if (share < 1) rounded_rect(list, rect.min, rect.max, px(4), t.bg0, colours.stroke, line_width(1.5f));
  const float right = rect.min.x + rect.width() * share;
  list.PushClipRect(rect.min, {right, rect.max.y}, true);
  list.AddRectFilled(rect.min, rect.max, colours.fill, px(4));
  underline(rect, colours.stroke);
  list.PopClipRect();
  label(rect, cell.label, t.text, px(1));
}

void draw_accepted(const Rect& rect, const LogCell& cell, const EpochColours& colours) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  if (cell.will_be_overwritten) {
    rounded_rect(list, rect.min, rect.max, px(4), t.bg0, 0, 0);
    hatch(list, rect.min, rect.max, with_alpha(colours.stroke, 0.35f), px(6));
    dashed_rect(list, rect.min, rect.max, px(4), colours.stroke, line_width(1.5f), 4 * scale(), 3 * scale());
  } else {
    rounded_rect(list, rect.min, rect.max, px(4), t.bg0, colours.stroke, line_width(1.5f));
  }
  label(rect, cell.label, t.text);
}

/// Two sheets, one behind the other.
void sheets(ImDrawList& list, ImVec2 at, ImU32 colour, ImU32 ground) {
  const float s = scale();
  rounded_rect(list, {at.x - 2 * s, at.y - 6 * s}, {at.x + 5 * s, at.y + 3 * s}, s, ground, colour, 1.25f * s);
  rounded_rect(list, {at.x - 5 * s, at.y - 3 * s}, {at.x + 2 * s, at.y + 6 * s}, s, ground, colour, 1.25f * s);
}

}  // namespace

void draw_memory_edge(const Rect& rect) {
  const Theme& t = theme();
  const float y = rect.max.y - px(1);
  canvas().AddRectFilled({rect.min.x + px(2), y - px(2)}, {rect.max.x - px(2), rect.max.y + px(1)}, t.bg0);
  dashed_line(canvas(), {rect.min.x + px(3), y}, {rect.max.x - px(2), y}, t.text, line_width(2), 4 * scale(),
              3 * scale());
}

void draw_awaited(const Rect& rect, FutureState state, const EpochColours& colours) {
  const ImVec2 corner{rect.max.x - px(5), rect.min.y + px(1)};
  canvas().AddCircleFilled(corner, 7 * scale(), theme().bg0);
  draw_future_mark(corner, 5.5f * scale(), state, theme().bg0, colours.stroke);
}

void draw_log_cell(const Context& context, const Rect& rect, const LogCell& cell, bool decided, bool lit,
                   float fill_share) {
  const Theme& t = theme();
  const EpochColours colours = colours_of(cell.epoch, context.frame.timeline);
  ImDrawList& list = canvas();
  switch (cell.state) {
    case CellState::decided:
      draw_decided(rect, cell, colours, fill_share);
      break;
    case CellState::accepted:
      draw_accepted(rect, cell, colours);
      break;
    case CellState::trimmed:
      draw_missing_cell(rect);
      list.AddCircleFilled(middle_of(rect), 2 * scale(), t.text3);
      break;
    case CellState::snapshot:
      draw_gone_cell(rect, cell.index, true);
      break;
    case CellState::stop_sign:
      octagon(list, middle_of(rect), std::min(rect.width(), rect.height() + px(6)) / 2,
              decided ? mix(t.bg0, t.danger, 0.24f) : t.bg0, t.danger, (decided ? 2 : 1.25f) * scale());
      text(list, middle_of(rect), Align::centre, Font::semibold, 11, t.text, cell.label);
      break;
  }
  if (!cell.durable) draw_memory_edge(rect);
  if (cell.awaited)
    draw_awaited(cell.state == CellState::stop_sign ? around(middle_of(rect), px(14), px(13)) : rect, cell.future, colours);
  if (cell.changed) {
    list.AddRectFilled({rect.min.x - px(3), rect.min.y + px(2)}, {rect.min.x, rect.max.y - px(2)}, t.accent,
                       px(1.5f));
  }
  if (!lit) return;
  const Rect ring = grown(rect, px(2));
  rounded_rect(list, ring.min, ring.max, px(5), 0, t.accent, line_width(1));
}

void draw_missing_cell(const Rect& rect) {
  rounded_rect(canvas(), rect.min, rect.max, px(4), 0, with_alpha(theme().line, 0.75f), px(1));
}

void draw_gone_cell(const Rect& rect, LogIndex last, bool snapshot) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  const ImVec2 c = middle_of(rect);
  const std::string words = concat("up to ", last);
  const float width = text_width(Font::mono, 12, words);
  const bool fits = width + px(24) < rect.width();
  if (snapshot) {
    rounded_rect(list, rect.min, rect.max, px(4), t.neutral.fill, t.neutral.stroke, line_width(1));
  } else {
    draw_missing_cell(rect);
  }
  const ImVec2 mark{fits ? c.x - (width + px(4)) / 2 : c.x, c.y};
  if (snapshot) {
    sheets(list, mark, t.text, t.neutral.fill);
  } else {
    list.AddCircleFilled(mark, 2 * scale(), t.text3);
  }
  if (fits) text(list, {mark.x + px(12), c.y}, Align::left, Font::mono, 12, snapshot ? t.text : t.text2, words);
}

void draw_folded_cell(const Rect& rect, LogIndex entries, LogIndex gone, bool decided, bool hot) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  rounded_rect(list, {rect.min.x + px(4), rect.min.y - px(2)}, {rect.max.x + px(4), rect.max.y - px(3)},
               px(4), 0, with_alpha(t.neutral.stroke, 0.5f), px(1));
  const ImU32 stroke = hot ? t.text : t.neutral.stroke;
  if (decided) {
    list.AddRectFilled(rect.min, rect.max, t.neutral.fill, px(4));
    underline(rect, stroke);
  } else {
    rounded_rect(list, rect.min, rect.max, px(4), t.bg0, stroke, line_width(1.5f));
  }
  char words[40];
  const auto count = static_cast<unsigned long long>(entries);
  if (gone > 0)
    std::snprintf(words, sizeof words, "up to %llu, +%llu", static_cast<unsigned long long>(gone), count);
  else
    std::snprintf(words, sizeof words, entries == 1 ? "%llu entry" : "%llu entries", count);
  const bool low = rect.height() < px(20);
  const ImVec2 c = middle_of(rect);
  text(list, {c.x, c.y - (decided ? px(low ? 2 : 1) : 0)}, Align::centre, Font::regular, low ? 11 : 12, t.text, words,
       rect.width() - px(6));
}

}  // namespace paxoscope::ui
