#include "ui/compare.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "sim/difference.h"
#include "ui/draw.h"
#include "ui/log_cells.h"
#include "ui/scroll.h"
#include "ui/tabs.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 36, kRow = 24, kLetter = 44, kCellPitch = 52, kStop = 124;

Scroll& scroll() {
  static Scroll the_scroll;
  return the_scroll;
}

/// Where the columns stand: names, the marked moment, the present one.
struct Columns {
  explicit Columns(const Rect& body) {
    const float free = body.width() - px(kLetter + 16);
    name = body.min.x + px(kLetter);
    then = name + std::floor(free * 0.28f);
    now = then + std::floor(free * 0.36f);
    end = body.max.x - px(16);
  }
  float name, then, now, end;
};

std::string moment_words(const std::string& branch, const Observation& seen) {
  return concat(branch, ", event ", seen.event.number, ", ", time_label(seen.time_us));
}

std::string present_words(const Frame& frame) {
  const bool named = frame.branches != nullptr && frame.branch < frame.branches->size();
  return moment_words(named ? (*frame.branches)[frame.branch].name : "now", *frame.compared);
}

void draw_head(Context& context, const Rect& body, const Columns& columns) {
  const Theme& t = theme();
  const Frame& frame = context.frame;
  const float middle = body.min.y + px(kHead / 2);
  const std::string then = moment_words(frame.marked->branch, frame.marked->seen), now = present_words(frame);
  const Rect stop{{columns.end - px(kStop), middle - px(13)}, {columns.end, middle + px(13)}};
  text(canvas(), {columns.then, middle}, Align::left, Font::semibold, 12, t.text2, then, columns.now - columns.then - px(12));
  text(canvas(), {columns.now, middle}, Align::left, Font::semibold, 12, t.text, now, stop.min.x - columns.now - px(8));
  context.semantics.add("compared moments", SemanticRole::heading, "Compared: " + then, "with " + now, body.min,
                        {stop.min.x, body.min.y + px(kHead)});
  if (button(context, "stop comparing", stop, ButtonStyle::outline, "Stop comparing", "Stop comparing", nullptr))
    ask(context, Command::Kind::unmark);
  hairline(canvas(), {body.min.x, body.min.y + px(kHead)}, {body.max.x, body.min.y + px(kHead)}, t.line);
}

void draw_row(Context& context, const Columns& columns, float top, const Difference& one, bool first_of_server) {
  const Theme& t = theme();
  const float middle = top + px(kRow / 2);
  if (first_of_server && one.server != 0) server_badge(&canvas(), columns.name - px(28), middle, one.server);
  text(canvas(), {columns.name, middle}, Align::left, Font::regular, 13, t.text2, one.name, columns.then - columns.name - px(12));
  text(canvas(), {columns.then, middle}, Align::left, Font::mono, 12, t.text2, one.then, columns.now - columns.then - px(12));
  canvas().AddRectFilled({columns.now - px(8), top + px(4)}, {columns.now - px(6), top + px(kRow - 4)}, t.accent);
  text(canvas(), {columns.now, middle}, Align::left, Font::mono, 12, t.text, one.now, columns.end - columns.now);
  const std::string whose = one.server == 0 ? one.name : concat(one.name, " of ", server_label(one.server));
  const Rect seen = scroll().clipped({{columns.name, top}, {columns.end, top + px(kRow)}});
  context.semantics.add("differs " + whose, SemanticRole::text, whose, concat(one.then, ", now ", one.now), seen.min, seen.max);
}

/// One log over the other, the entries of one index in one column; those that differ have the bar of a change.
float draw_log_rows(Context& context, const Columns& columns, float top, const ServerView& then, const ServerView& now) {
  const LogDifference range = log_difference(then, now);
  if (range.first == 0) return 0;
  const Theme& t = theme();
  const float x0 = columns.name + px(88);
  const auto fit = static_cast<LogIndex>(std::max((columns.end - x0) / px(kCellPitch), 1.0f));
  const LogIndex last = std::min(range.last, range.first + fit - 1);
  const float pitch = px(28);
  std::string spoken;
  for (LogIndex index = range.first; index <= last; ++index) {
    const float x = x0 + px(kCellPitch) * static_cast<float>(index - range.first);
    text(canvas(), {x + px(24), top + px(8)}, Align::centre, Font::mono, 11, t.text2, std::to_string(index));
    const LogCell* cells[] = {cell_at(then, index), cell_at(now, index)};
    const bool different = differs(cells[0], cells[1]);
    if (different) spoken += concat(spoken.empty() ? "" : ", ", index);
    for (int side = 0; side < 2; ++side) {
      const float y = top + px(18) + pitch * static_cast<float>(side);
      const Rect rect{{x, y}, {x + px(48), y + px(24)}};
      if (cells[side] == nullptr) {
        draw_missing_cell(rect);
        continue;
      }
      LogCell cell = *cells[side];
      cell.changed = different && side == 1;
      draw_log_cell(context, rect, cell, cell.state == CellState::decided, false, 1);
    }
  }
  for (int side = 0; side < 2; ++side)
    text(canvas(), {columns.name, top + px(30) + pitch * static_cast<float>(side)}, Align::left, Font::regular, 13,
         side == 0 ? t.text2 : t.text, side == 0 ? "Log, marked" : "Log, now");
  if (last < range.last) spoken += concat(", and up to ", range.last);
  const Rect seen = scroll().clipped({{columns.name, top}, {columns.end, top + px(18) + 2 * pitch}});
  const std::string whose = "Log of " + server_label(now.id);
  context.semantics.add("differs " + whose, SemanticRole::text, whose, "differs at " + spoken, seen.min, seen.max);
  return px(18) + 2 * pitch + px(4);
}

float draw_server(Context& context, const Columns& columns, float top, const std::vector<Difference>& all, ServerId id) {
  const Frame& frame = context.frame;
  float y = top;
  for (const Difference& one : all) {
    if (one.server != id) continue;
    draw_row(context, columns, y, one, y == top);
    y += px(kRow);
  }
  const ServerView* then = server_of(frame.marked->seen, id);
  const ServerView* now = server_of(*frame.compared, id);
  if (then != nullptr && now != nullptr) {
    const float used = draw_log_rows(context, columns, y, *then, *now);
    if (used > 0 && y == top) server_badge(&canvas(), columns.name - px(28), y + px(30), id);
    y += used;
  }
  if (y == top) return 0;
  hairline(canvas(), {columns.name, y + px(4)}, {columns.end, y + px(4)}, theme().line);
  return y - top + px(8);
}

}  // namespace

void draw_compare(Context& context, const Rect& area) {
  const Frame& frame = context.frame;
  if (frame.marked == nullptr || frame.compared == nullptr) return;
  const Rect body = below_tabs(area);
  const Columns columns(body);
  draw_head(context, body, columns);
  const std::vector<Difference> all = differences(frame.marked->seen, *frame.compared);
  Scroll& rows = scroll();
  rows.begin(context, {{body.min.x, body.min.y + px(kHead + 1)}, body.max});
  const float start = rows.top() + px(4);
  float y = start;
  for (const ServerView& server : frame.compared->servers) y += draw_server(context, columns, y, all, server.id);
  y += draw_server(context, columns, y, all, 0);
  if (y == start) {
    const char* const words = "Nothing differs. Step, drag the timeline or show another branch: what is not as it was then "
                              "appears here. Esc ends it.";
    y += paragraph(&canvas(), {columns.name, y + px(8)}, columns.end - columns.name, 13, 20, theme().text2, words) + px(16);
    context.semantics.add("nothing differs", SemanticRole::text, "Nothing differs", "", {columns.name, start}, {columns.end, y});
  }
  rows.end(y - rows.top());
}

void draw_difference_marks(const Context& context, const StageLayout& layout) {
  const Frame& frame = context.frame;
  if (frame.marked == nullptr || frame.compared == nullptr) return;
  const std::vector<Difference> all = differences(frame.marked->seen, *frame.compared);
  for (const NodePlace& place : layout.nodes) {
    const ServerView* then = server_of(frame.marked->seen, place.id);
    const ServerView* now = server_of(*frame.compared, place.id);
    bool differs = std::any_of(all.begin(), all.end(), [&](const Difference& one) { return one.server == place.id; });
    if (then != nullptr && now != nullptr) differs = differs || log_difference(*then, *now).first != 0;
    if (!differs) continue;
    // Not equal: two bars and a stroke, at the lower left of the disc.
    const float away = layout.radius * 0.78f;
    const ImVec2 at{std::round(place.centre.x - away), std::round(place.centre.y + away)};
    canvas().AddCircleFilled(at, px(9), theme().bg0, 20);
    canvas().AddCircle(at, px(9), theme().accent, 20, px(1));
    for (float side : {-2.0f, 2.0f})
      canvas().AddLine({at.x - px(4), at.y + side * scale()}, {at.x + px(4), at.y + side * scale()}, theme().accent, 1.5f * scale());
    canvas().AddLine({at.x - px(2), at.y + px(5)}, {at.x + px(2), at.y - px(5)}, theme().accent, 1.5f * scale());
  }
}

}  // namespace paxoscope::ui
