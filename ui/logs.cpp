#include "ui/logs.h"

#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/chosen.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/legend.h"
#include "ui/log_cells.h"
#include "ui/proposals.h"
#include "ui/tabs.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr float kIndexRow = 26, kCellsAt = 104, kNumbers = 136, kPitch = 52, kCell = 48;
constexpr float kWiderChips = 20;  ///< "c2 1·A" instead of "1·A"
constexpr float kDivider = 72;     ///< between two configurations: a dotted line and the new one's name
constexpr float kLegend = 36;
constexpr double kFillSeconds = 0.16;

/// Where everything stands in this frame.
struct Grid {
  Rect area;
  LogIndex first = 1;    ///< first index shown as a cell of its own
  uint32_t columns = 0;  ///< cells per row, without the folded run
  bool folded = false;   ///< the entries before `first` stand in one wide cell
  float rows_top = 0, row_height = 0, cell_height = 0;
  bool legend = true;
  float runs_at = 0;            ///< where the folded run or the first cell begins
  std::vector<LogIndex> ends;   ///< configurations that end in sight, or right before the first cell

  float cells_left() const { return runs_at + (folded ? px(kPitch * kFoldColumns) : 0); }
  float column_x(LogIndex index) const {
    float x = cells_left() + px(kPitch) * static_cast<float>(index - first);
    for (LogIndex end : ends)
      if (end < index) x += px(kDivider);
    return x;
  }
  float divider_x(LogIndex end) const {
    return std::floor(column_x(end + 1) - px(kDivider) + px(4)) + 0.5f;
  }
  LogIndex last() const { return first + columns - 1; }
  Rect row(size_t i) const {
    const float y = rows_top + row_height * static_cast<float>(i);
    return {{area.min.x + px(8), y}, {area.max.x - px(8), y + row_height}};
  }
  Rect cell(size_t i, float x, float css_width = kCell) const {
    const float y =
        std::round(rows_top + row_height * static_cast<float>(i) + (row_height - cell_height) / 2);
    return {{x, y}, {x + px(css_width), y + cell_height}};
  }
};

/// Which entries were decided a moment ago, for the fill from left to right. Not simulation state.
struct LogMemory {
  uint64_t event = 0;
  double event_s = -10;
  float wheel = 0;  ///< what is left of notches, of two columns each
};

LogMemory& memory() {
  static LogMemory the_memory;
  return the_memory;
}

/// On a phone the cells need the room of the numbers; the decided line stays.
bool has_numbers(const Rect& area) {
  return area.width() >= px(480);
}

/// Columns beside a head, with so many dividers between them.
uint32_t columns_in(const Rect& area, size_t dividers = 0, bool wider_chips = false) {
  const float taken = px(kCellsAt) + px(has_numbers(area) ? kNumbers : 12) + px(kDivider) * static_cast<float>(dividers) +
                      (wider_chips || dividers > 0 ? px(kWiderChips) : 0);
  return static_cast<uint32_t>(std::clamp((area.width() - taken) / px(kPitch), 3.0f, 64.0f));
}

/// The ends that lie between `first` - 1 and the last of `columns` cells.
std::vector<LogIndex> ends_in_sight(const std::vector<LogIndex>& ends, LogIndex first, uint32_t columns) {
  std::vector<LogIndex> seen;
  for (LogIndex end : ends)
    if (end != 0 && end + 1 >= first && end < first + columns) seen.push_back(end);
  return seen;
}

bool has_wide_chips(const Observation& observation) {
  for (const ServerView& server : observation.servers)
    if (server.epoch.configuration > 1 && server.epoch) return true;
  return false;
}

LogIndex longest_log(const Observation& observation) {
  LogIndex longest = 0;
  for (const ServerView& server : observation.servers) longest = std::max(longest, server.log_length);
  return longest;
}

Grid make_grid(const Context& context, const Rect& area) {
  const Observation& observation = context.frame.observation;
  Grid grid;
  grid.area = area;
  grid.first = std::max<LogIndex>(observation.window_first, 1);
  grid.folded = grid.first > 1;
  const bool wide = has_wide_chips(observation);
  const uint32_t fold = grid.folded ? kFoldColumns : 0;
  grid.columns = columns_in(area, 0, wide) - fold;
  grid.ends = ends_in_sight(configuration_ends(observation), grid.first, grid.columns);
  if (!grid.ends.empty()) grid.columns = columns_in(area, grid.ends.size(), wide) - fold;
  grid.runs_at = area.min.x + px(kCellsAt) + (wide || !grid.ends.empty() ? px(kWiderChips) : 0);
  const auto rows = static_cast<float>(std::max<size_t>(observation.servers.size(), 1) + (context.selection.nobody_knows ? 1 : 0));
  const float room = area.height() - px(kTabBar + kIndexRow);
  grid.legend = room - px(kLegend) >= rows * px(24);
  grid.row_height = std::min(px(phone() ? 44 : 32), std::floor((room - (grid.legend ? px(kLegend) : px(4))) / rows));
  grid.row_height = std::max(grid.row_height, px(16));
  grid.cell_height = std::min(px(24), grid.row_height - px(grid.row_height < px(24) ? 3 : 6));
  grid.rows_top = area.min.y + px(kTabBar + kIndexRow) + (context.selection.nobody_knows ? grid.row_height : 0);
  return grid;
}

// --- the grid

void draw_header(const Context& context, const Grid& grid) {
  const Theme& t = theme();
  const float middle = grid.area.min.y + px(kTabBar) + px(14);
  LogIndex decided = 0;
  for (const ServerView& server : context.frame.observation.servers)
    decided = std::max(decided, server.decided_index);
  char words[48];
  if (grid.folded) {
    std::snprintf(words, sizeof words, "1\xe2\x80\x93%llu", static_cast<unsigned long long>(grid.first - 1));
    text(canvas(), {grid.runs_at + px(47), middle}, Align::centre, Font::mono, 12, t.text2,
         words);
  }
  for (LogIndex index = grid.first; index <= grid.last(); ++index) {
    std::snprintf(words, sizeof words, "%llu", static_cast<unsigned long long>(index));
    text(canvas(), {grid.column_x(index) + px(kCell / 2), middle}, Align::centre, Font::mono, 12,
         index <= decided ? t.text2 : t.text3, words);
  }
  if (!has_numbers(grid.area)) return;
  text(canvas(), {grid.area.max.x - px(76), middle}, Align::right, Font::regular, 11, t.text2, "decided");
  text(canvas(), {grid.area.max.x - px(16), middle}, Align::right, Font::regular, 11, t.text2, "length");
}

void draw_numbers(const Grid& grid, float middle, const ServerView& server) {
  const Theme& t = theme();
  char number[24];
  std::snprintf(number, sizeof number, "%llu", static_cast<unsigned long long>(server.decided_index));
  text(canvas(), {grid.area.max.x - px(76), middle}, Align::right, Font::mono, 13, t.text, number);
  std::snprintf(number, sizeof number, "%llu", static_cast<unsigned long long>(server.log_length));
  text(canvas(), {grid.area.max.x - px(16), middle}, Align::right, Font::mono, 13, t.text2, number);
}

/// 0 to 1 while cells that this event decided fill up.
float fill_share(Context& context) {
  LogMemory& kept = memory();
  const uint64_t event = context.frame.observation.event.number;
  if (event != kept.event) {
    kept.event_s = event > kept.event && !context.frame.reduced_motion ? context.frame.now_s : -10;
    kept.event = event;
  }
  if (kept.event_s > context.frame.now_s) kept.event_s = -10;  // of another screen, whose clock was ahead
  const double age = context.frame.now_s - kept.event_s;
  if (age >= kFillSeconds) return 1;
  context.animating = true;
  return static_cast<float>(age / kFillSeconds);
}

/// What the wide cell at the left of a row stands for: entries before the window, and a snapshot or trimmed
/// entries that reach into it. Returns the first index that still has a cell of its own.
LogIndex draw_run(Context& context, const Grid& grid, size_t i, const ServerView& server) {
  const LogIndex before = std::min(server.log_length, grid.first - 1);
  const LogIndex gone = std::min(std::max(server.trimmed_to, server.snapshot_to), grid.last());
  const bool joined = gone != 0 && gone >= before;  // one cell for everything that is gone
  if (!grid.folded && !joined) return grid.first;
  Rect rect = grid.cell(i, grid.runs_at, kPitch + kCell - 6);
  if (gone >= grid.first) rect.max.x = grid.column_x(gone) + px(kCell);
  else if (!grid.folded) return grid.first;
  bool snapshot = server.snapshot_to >= gone;
  for (const LogCell& cell : server.cells)
    if (cell.index <= gone) snapshot = cell.state == CellState::snapshot;
  if (joined) {
    draw_gone_cell(rect, std::max(server.trimmed_to, server.snapshot_to), snapshot);
    if (hovered(rect))
      tooltip(concat(snapshot ? "A snapshot stands for the entries up to " : "Trimmed: gone up to entry ", gone));
  } else if (before > 0) {
    draw_folded_cell(rect, before - gone, gone, server.decided_index >= before, hovered(rect));
  } else {
    draw_missing_cell(rect);
  }
  if (grid.folded) {
    if (hovered(rect)) hand_cursor();
    if (clicked(rect)) {
      ask(context, Command::Kind::scroll_log, grid.first > grid.columns ? grid.first - grid.columns : 1);
    }
  }
  return joined && gone >= grid.first ? gone + 1 : grid.first;
}

std::string cell_words(const LogCell& cell, LogIndex decided, std::string_view stop_sign_word) {
  std::string words = cell.state == CellState::stop_sign ? capital(stop_sign_word) : cell.label;
  words += " at " + std::to_string(cell.index) + ", accepted with " + epoch_label(cell.epoch);
  if (cell.index <= decided) words += ", decided";
  if (!cell.durable) words += ", only in memory: a crash now would lose it";
  if (cell.awaited) words += joined({"; its future here is ", future_word(cell.future)});
  return words;
}

/// Draws the cells of one row; an entry under the pointer becomes the hovered item.
void draw_cells(Context& context, const Grid& grid, size_t i, const ServerView& server, float fill) {
  size_t next = 0;
  for (LogIndex index = draw_run(context, grid, i, server); index <= grid.last(); ++index) {
    const Rect rect = grid.cell(i, grid.column_x(index));
    while (next < server.cells.size() && server.cells[next].index < index) ++next;
    if (next >= server.cells.size() || server.cells[next].index != index) {
      draw_missing_cell(rect);
      continue;
    }
    const LogCell& cell = server.cells[next];
    const Item self{Item::Kind::entry, 0, 0, cell.attempt_id};
    const bool named = cell.attempt_id != 0;
    if (named && hovered(rect)) context.selection.hovering = self;
    draw_log_cell(context, rect, cell, cell.index <= server.decided_index,
                  named && context.selection.lit(self), cell.changed ? fill : 1);
    if (hovered(rect)) tooltip(cell_words(cell, server.decided_index, context.frame.observation.stop_sign_word));
  }
}

std::string spoken_log(const ServerView& server) {
  std::string words;
  const LogIndex gone = std::max(server.trimmed_to, server.snapshot_to);
  if (gone > 0) words = concat(server.snapshot_to >= gone ? "snapshot up to " : "trimmed up to ", gone);
  for (const LogCell& cell : server.cells) {
    if (cell.index <= gone) continue;
    words += concat(words.empty() ? "" : ", ", cell.index, " ", cell.label);
    if (!cell.durable) words += " in memory only";
    if (cell.awaited) words += joined({", future ", future_word(cell.future)});
  }
  return concat(words, words.empty() ? "" : "; ", "decided ", server.decided_index, ", length ", server.log_length);
}

/// Letter and promised ballot; without their boxes when rows are low.
void draw_row_head(const Context& context, const Grid& grid, float middle, const ServerView& server) {
  const Theme& t = theme();
  const float letter = grid.area.min.x + px(17), ballot = grid.area.min.x + px(48);
  if (grid.row_height >= px(24)) {
    server_badge(&canvas(), letter, middle, server.id);
    if (server.epoch) epoch_chip(&canvas(), ballot, middle, server.epoch, context.frame.timeline);
    return;
  }
  text(canvas(), {letter + px(11), middle}, Align::centre, Font::semibold, 12, t.text,
       server_label(server.id));
  if (!server.epoch) return;
  const EpochColours colours = colours_of(server.epoch, context.frame.timeline);
  canvas().AddCircleFilled({ballot + px(4), middle}, 4 * scale(), colours.stroke);
  text(canvas(), {ballot + px(14), middle}, Align::left, Font::mono, 11, t.text, epoch_label(server.epoch));
}

void draw_row(Context& context, const Grid& grid, size_t i, const ServerView& server, float fill) {
  const Theme& t = theme();
  const Rect row = grid.row(i);
  const float middle = std::round((row.min.y + row.max.y) / 2);
  const Item self{Item::Kind::server, server.id, 0, 0};
  const bool selected = context.selection.server == server.id;
  if (selected || context.selection.hovered == self) {
    canvas().AddRectFilled(row.min, row.max, mix(t.bg0, t.accent, selected ? 0.1f : 0.05f), px(6));
  }
  draw_row_head(context, grid, middle, server);
  draw_cells(context, grid, i, server, fill);
  if (has_numbers(grid.area)) draw_numbers(grid, middle, server);
  char key[24];
  std::snprintf(key, sizeof key, "log %u", server.id);
  context.semantics.add(key, SemanticRole::text,
                        concat("Log of ", server_label(server.id), ": ", spoken_log(server)), "", row.min,
                        row.max);
  const Rect head{row.min, {grid.runs_at - px(8), row.max.y}};
  if (!hovered(row)) return;
  if (context.selection.hovering.kind == Item::Kind::none) context.selection.hovering = self;
  if (hovered(head)) hand_cursor();
  if (clicked(head)) {
    ask(context, Command::Kind::select_server, server.id);
    context.selection.chosen = {};
  }
}

/// What is chosen, over the rows of servers.
void draw_chosen(Context& context, const Grid& grid) {
  const Observation& observation = context.frame.observation;
  Rect row = grid.row(0);
  row.min.y -= grid.row_height;
  row.max.y -= grid.row_height;
  draw_chosen_row(context, row, {row.min, {grid.runs_at - px(4), row.max.y}});
  const auto cell_at = [&](float x, float css_width) {
    Rect cell = grid.cell(0, x, css_width);
    cell.min.y -= grid.row_height;
    cell.max.y -= grid.row_height;
    return cell;
  };
  if (grid.folded && observation.chosen_length > 0)
    draw_folded_cell(cell_at(grid.runs_at, kPitch + kCell - 6), std::min(observation.chosen_length, grid.first - 1), 0, false, false);
  for (const ChosenView& chosen : observation.chosen)
    if (chosen.cell.index >= grid.first && chosen.cell.index <= grid.last())
      draw_chosen_cell(context, cell_at(grid.column_x(chosen.cell.index), kCell), chosen);
  if (!has_numbers(grid.area)) return;
  text(canvas(), {grid.area.max.x - px(16), std::round((row.min.y + row.max.y) / 2)}, Align::right, Font::mono, 13, theme().text,
       std::to_string(observation.chosen_length));
}

/// Where a configuration ends: a dotted line, and the name of the next one over its entries.
void draw_dividers(Context& context, const Grid& grid) {
  const Theme& t = theme();
  const float bottom = grid.rows_top + grid.row_height * static_cast<float>(context.frame.observation.servers.size());
  for (LogIndex end : grid.ends) {
    const float x = grid.divider_x(end), top = grid.area.min.y + px(kTabBar + 4);
    dashed_line(canvas(), {x, top}, {x, bottom}, t.text2, px(1), px(2), px(3));
    ConfigurationId next = 2;
    for (const ConfigurationView& configuration : context.frame.observation.configurations)
      if (configuration.sealed && configuration.sealed_length == end) next = configuration.id + 1;
    const std::string name = concat("config ", next);
    text(canvas(), {x + px(10), grid.area.min.y + px(kTabBar + 14)}, Align::left, Font::regular, 12, t.text2, name);
    context.semantics.add(concat("log divider ", end), SemanticRole::text, concat(name, " begins after entry ",
                                  end), "", {x, top}, {x + px(kDivider - 8), bottom});
  }
}

/// One line that steps down the right edge of every row's last decided cell.
void draw_decided_line(const Context& context, const Grid& grid) {
  const std::vector<ServerView>& servers = context.frame.observation.servers;
  const bool any =
      std::any_of(servers.begin(), servers.end(), [](const ServerView& s) { return s.decided_index > 0; });
  if (!any) return;
  const float thick = 2 * scale();
  float last = -1;
  for (size_t i = 0; i < servers.size(); ++i) {
    const Rect row = grid.row(i);
    const LogIndex decided = std::min(servers[i].decided_index, grid.last());
    float x = grid.column_x(grid.first) - px(2);
    if (decided >= grid.first) x = grid.column_x(decided) + px(kCell + 2);
    if (servers[i].decided_index == 0 && grid.folded) x = grid.runs_at - px(2);
    const float left = x - scale(), right = left + thick;
    if (last >= 0 && last != x) {
      canvas().AddRectFilled({std::min(last, x) - scale(), row.min.y - scale()},
                             {std::max(last, x) + scale(), row.min.y + scale()}, theme().text);
    }
    canvas().AddRectFilled({left, row.min.y}, {right, row.max.y}, theme().text);
    last = x;
  }
}

/// How far a finger or the wheel wants to go in this frame, in notches.
float sideways(const Grid& grid) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool dragged = phone() && io.MouseDown[0] && !io.MouseClicked[0] && grid.area.contains(io.MouseClickedPos[0]);
  if (dragged) return io.MouseDelta.x / px(2 * kPitch);
  return io.MouseWheelH != 0 ? io.MouseWheelH : io.MouseWheel;
}

/// A finger, or the wheel, sideways or with Shift, moves through long logs; past the end it follows again.
void scroll_sideways(Context& context, const Grid& grid) {
  LogMemory& kept = memory();
  const float way = sideways(grid);
  if (way == 0 || !hovered(grid.area)) return;
  const LogIndex longest = longest_log(context.frame.observation);
  if (longest < columns_in(grid.area)) return;
  kept.wheel -= way;
  const auto steps = static_cast<int64_t>(kept.wheel);
  if (steps == 0) return;
  kept.wheel -= static_cast<float>(steps);
  const int64_t first = std::max<int64_t>(static_cast<int64_t>(grid.first) + 2 * steps, 1);
  const auto asked = static_cast<LogIndex>(first);
  ask(context, Command::Kind::scroll_log, asked + grid.columns > longest + 3 ? 0 : asked);
}

Epoch legend_sample(const Observation& observation, const Timeline& timeline) {
  Epoch sample;
  for (const ServerView& server : observation.servers) {
    for (const LogCell& cell : server.cells) {
      if (timeline.slot_of(cell.epoch) > timeline.slot_of(sample) || !sample) sample = cell.epoch;
    }
  }
  return sample;
}

}  // namespace

std::vector<LogIndex> configuration_ends(const Observation& observation) {
  std::vector<LogIndex> ends;
  for (const ConfigurationView& configuration : observation.configurations)
    if (configuration.sealed) ends.push_back(configuration.sealed_length);
  return ends;
}

LogWindow log_window(const Rect& area, LogIndex longest, LogIndex asked_first, const std::vector<LogIndex>& ends) {
  const auto window_with = [&](size_t dividers) {
    LogWindow window;
    window.count = columns_in(area, dividers, !ends.empty());
    const bool fits = longest + 1 <= window.count;
    if (fits || asked_first == 1) return window;
    window.count -= kFoldColumns;
    // Several at a time, so that the columns do not slide with every entry; where there are few, each new entry counts,
    // and no room is kept for the next one.
    const LogIndex step = window.count >= 12 ? 4 : window.count >= 5 ? 2 : 1, hidden = longest + (step > 1 ? 1 : 0) - window.count;
    window.first = asked_first != 0 ? std::min(asked_first, longest) : (hidden + step - 1) / step * step + 1;
    return window;
  };
  const LogWindow window = window_with(0);
  const size_t dividers = ends_in_sight(ends, window.first, window.count).size();
  return dividers == 0 ? window : window_with(dividers);
}

void draw_log_strip(Context& context, const Rect& area) {
  const std::vector<ServerView>& servers = context.frame.observation.servers;
  const ServerView* shown = nullptr;
  for (const ServerView& server : servers) {
    const bool leads = server.role == Role::leader, chosen = server.id == context.selection.server;
    if (shown == nullptr || leads || (chosen && shown->role != Role::leader)) shown = &server;
  }
  if (shown == nullptr) return;
  Grid grid = make_grid(context, {{area.min.x, area.min.y - px(kTabBar)}, {area.max.x, area.max.y}});
  grid.row_height = px(32);
  grid.cell_height = px(24);
  canvas().PushClipRect(area.min, area.max, true);
  draw_header(context, grid);
  draw_dividers(context, grid);
  draw_row(context, grid, 0, *shown, 1);
  canvas().PopClipRect();
}

void draw_logs(Context& context, const Rect& area) {
  const Observation& observation = context.frame.observation;
  const Grid grid = make_grid(context, area);
  canvas().PushClipRect({area.min.x, area.min.y + px(kTabBar + 1)}, area.max, true);
  draw_header(context, grid);
  draw_dividers(context, grid);
  if (context.selection.nobody_knows) draw_chosen(context, grid);
  const float fill = fill_share(context);
  for (size_t i = 0; i < observation.servers.size(); ++i)
    draw_row(context, grid, i, observation.servers[i], fill);
  draw_decided_line(context, grid);
  if (grid.legend) {
    draw_log_legend(context,
                    {{area.min.x + px(16), area.max.y - px(kLegend)}, {area.max.x - px(16), area.max.y}},
                    legend_sample(observation, context.frame.timeline));
  }
  canvas().PopClipRect();
  scroll_sideways(context, grid);
}

}  // namespace paxoscope::ui
