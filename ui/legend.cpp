#include "ui/legend.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/log_cells.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

enum class Sample : uint8_t { memory, awaited, stop_sign, gone, decided, accepted, missing, decided_line };

struct LegendEntry {
  Sample sample;
  const char* words;
};

constexpr LegendEntry kEntries[] = {
    {Sample::decided, "decided"},
    {Sample::accepted, "accepted, not yet decided"},
    {Sample::memory, "not on disk yet"},
    {Sample::awaited, "a future stands behind it"},
    {Sample::stop_sign, "stop-sign"},
    {Sample::gone, "snapshot"},
    {Sample::missing, "no entry"},
    {Sample::decided_line, "decided up to here"},
};

constexpr float kMore = 60;
constexpr std::string_view kMoreWord = "more\xe2\x80\xa6";

std::string_view words_of(const LegendEntry& entry, const Observation& seen) {
  return entry.sample == Sample::stop_sign ? std::string_view(seen.stop_sign_word) : entry.words;
}

float draw_sample(Sample sample, float x, float middle, const EpochColours& colours) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  const ImVec2 min{x, middle - px(8)}, max{x + px(24), middle + px(8)};
  switch (sample) {
    case Sample::decided:
      list.AddRectFilled(min, max, colours.fill, px(4));
      list.AddRectFilled({min.x + px(4), max.y - px(3)}, {max.x - px(4), max.y - px(1)}, colours.stroke);
      return px(24);
    case Sample::accepted:
      rounded_rect(list, min, max, px(4), t.bg0, colours.stroke, 1.5f * scale());
      return px(24);
    case Sample::memory: {
      const Rect box{min, max};
      rounded_rect(list, min, max, px(4), t.bg0, colours.stroke, 1.5f * scale());
      draw_memory_edge(box);
      return px(24);
    }
    case Sample::awaited:
      rounded_rect(list, min, max, px(4), t.bg0, colours.stroke, 1.5f * scale());
      draw_awaited({min, max}, FutureState::accepted, colours);
      return px(24);
    case Sample::stop_sign:
      octagon(list, {x + px(9), middle}, px(9), mix(t.bg0, t.danger, 0.24f), t.danger, 1.5f * scale());
      return px(18);
    case Sample::gone:
      draw_gone_cell({min, max}, 0, true);
      return px(24);
    case Sample::missing:
      rounded_rect(list, min, max, px(4), 0, with_alpha(t.line, 0.75f), px(1));
      return px(24);
    default:
      list.AddRectFilled({x, min.y}, {x + px(2), max.y}, t.text);
      return px(2);
  }
}

/// Whether the picture needs this entry now.
bool in_sight(Sample sample, const Observation& observation) {
  if (sample > Sample::gone) return true;
  return std::any_of(observation.servers.begin(), observation.servers.end(), [&](const ServerView& server) {
    if (sample == Sample::gone) return server.snapshot_to > 0;
    return std::any_of(server.cells.begin(), server.cells.end(), [&](const LogCell& cell) {
      if (sample == Sample::awaited) return cell.awaited;
      return sample == Sample::memory ? !cell.durable : cell.state == CellState::stop_sign;
    });
  });
}

}  // namespace

void draw_log_legend(Context& context, const Rect& row, const Epoch& sample) {
  const Theme& t = theme();
  const Observation& seen = context.frame.observation;
  const float middle = (row.min.y + row.max.y) / 2;
  const EpochColours colours = colours_of(sample, context.frame.timeline);
  const auto width_of = [&](const LegendEntry& entry) { return px(32) + text_width(Font::regular, 12, words_of(entry, seen)); };
  float x = row.min.x, whole = row.min.x - px(24);
  for (const LegendEntry& entry : kEntries) whole += in_sight(entry.sample, seen) ? width_of(entry) + px(24) : 0;
  const float end = whole > row.max.x ? row.max.x - px(kMore + 8) : row.max.x;
  if (end < row.max.x)
    legend_button(context, "more log legend", {{row.max.x - px(kMore), middle - px(12)}, {row.max.x, middle + px(12)}}, kMoreWord,
                  ButtonStyle::plain);
  for (const LegendEntry& entry : kEntries) {
    if (!in_sight(entry.sample, seen)) continue;
    const std::string_view words = words_of(entry, seen);
    if (x + width_of(entry) > end) break;
    x += draw_sample(entry.sample, x, middle, colours) + px(8);
    x += text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text2, words) + px(24);
  }
  const std::string note_words = joined({"fill or outline = ", seen.epoch_word, " that accepted it"});
  const float note = text_width(Font::regular, 12, note_words);
  if (x + note <= end)
    text(canvas(), {row.max.x, middle}, Align::right, Font::regular, 12, t.text2, note_words);
  context.semantics.add(
      "logs legend", SemanticRole::text, "Legend",
      joined({"Filled cells are decided, outlined ones accepted; the colour is the ", seen.epoch_word,
              " that accepted them. A dashed lower edge: not on disk yet, a crash now would lose it. An octagon: a ",
              seen.stop_sign_word, ". A mark in the corner: a future of this server stands behind it, pending, accepted, "
              "resolved, cancelled or lost."}),
      row.min, row.max);
}

namespace {

enum class Mark : uint8_t { leader, quorum, request, reply, refusal, decision, heartbeat, lost, timer, cut, transfer, held, old_leader, run };

struct StageEntry {
  Mark mark;
  float width;  ///< of its sample, CSS pixels
  const char* words;
};

// The most telling first: a row shows as many as it has room for.
constexpr StageEntry kStageEntries[] = {{Mark::leader, 12, "leader"},
                                        {Mark::quorum, 16, "hears a majority (QC)"},
                                        {Mark::request, 26, "request"},
                                        {Mark::reply, 26, "reply"},
                                        {Mark::heartbeat, 6, "heartbeat"},
                                        {Mark::timer, 14, "election timer"},
                                        {Mark::cut, 28, "cut link"},
                                        {Mark::refusal, 26, "refusal"},
                                        {Mark::decision, 26, "decision"},
                                        {Mark::lost, 10, "lost message"},
                                        {Mark::transfer, 26, "segment, snapshot"},
                                        {Mark::held, 28, "message held back"},
                                        {Mark::old_leader, 12, "old leader"},
                                        {Mark::run, 28, "run of messages, on the timeline"}};

/// Whether the pictures of this protocol have it.
bool stands(Mark mark, const Observation& seen) {
  switch (mark) {
    case Mark::quorum:
      return std::any_of(seen.servers.begin(), seen.servers.end(), [](const ServerView& server) { return server.has_quorum_mark; });
    case Mark::leader:
    case Mark::old_leader:
    case Mark::heartbeat:
    case Mark::refusal:
    case Mark::decision:
    case Mark::transfer:
      return seen.has_log;
    default:
      return true;
  }
}

const char* words_of(const StageEntry& entry, const Observation& seen) {
  return entry.mark == Mark::timer && !seen.has_log ? "of its quorum" : entry.words;
}

void draw_mark(Mark mark, float x, float y, float width) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  const EpochColours& colours = mark == Mark::transfer ? t.neutral : t.epochs[0];
  const Rect capsule{{x, y - px(7)}, {x + width, y + px(7)}};
  const ImVec2 middle{x + width / 2, y};
  const auto draw_capsule = [&](ImU32 fill) {
    rounded_rect(list, capsule.min, capsule.max, px(7), fill, colours.stroke, 1.5f * scale());
  };
  switch (mark) {
    case Mark::leader:
    case Mark::old_leader:
      return crown(list, middle, width, colours.stroke, mark == Mark::leader);
    case Mark::quorum:
      return quorum_mark(list, middle, 7, true);
    case Mark::request:
    case Mark::transfer:
      return draw_capsule(colours.fill);
    case Mark::reply:
      return draw_capsule(t.bg0);
    case Mark::refusal:
      draw_capsule(t.bg0);
      return cross(list, {x + px(9), y}, px(3), t.danger, 1.6f * scale());
    case Mark::decision:
      draw_capsule(colours.fill);
      return tick(list, {x + px(10), y}, t.text);
    case Mark::held:
      draw_capsule(colours.fill);
      list.AddCircleFilled({capsule.max.x - px(3), y - px(5)}, px(7), t.bg0, 20);
      text(list, {capsule.max.x - px(3), y - px(5)}, Align::centre, Font::icon, 12, t.text, icon::clock);
      return;
    case Mark::heartbeat:
      list.AddCircleFilled(middle, width / 2, t.neutral.stroke, 12);
      return;
    case Mark::lost:
      return cross(list, middle, px(4), t.danger, line_width(2));
    case Mark::timer:
      list.AddCircle(middle, px(6), t.line, 0, line_width(3));
      return arc(list, middle, px(6), 0, 0.7f, t.text2, 3 * scale());
    case Mark::run:
      rounded_rect(list, capsule.min, capsule.max, px(7), t.bg0, t.neutral.stroke, 1.5f * scale());
      text(list, middle, Align::centre, Font::mono, 11, t.text, "\xc3\x97" "9");
      return;
    case Mark::cut:
      dashed_line(list, {x, y}, {x + width, y}, with_alpha(t.danger, 0.6f), line_width(1.25f), px(3), px(5));
      for (float side : {-3.0f, 3.0f}) {
        const float at = middle.x + side * scale();
        list.AddLine({at - px(2), y + px(6)}, {at + px(2), y - px(6)}, t.danger, line_width(2));
      }
  }
}

constexpr float kCardHead = 44, kCardRow = 24, kCardColumn = 288;

/// A column of the card.
struct Column {
  Context& context;
  float x, y;
  void add(std::string_view words) {
    text(canvas(), {x + px(52), y}, Align::left, Font::regular, 13, theme().body, words, px(kCardColumn - 68));
    context.semantics.add(joined({"legend ", words}), SemanticRole::text, words, "", {x + px(16), y - px(12)}, {x + px(kCardColumn - 16), y + px(12)});
    y += px(kCardRow);
  }
};

}  // namespace

void legend_button(Context& context, std::string_view key, const Rect& rect, std::string_view word, ButtonStyle style) {
  if (button(context, key, rect, style, "Whole legend", word, nullptr)) context.selection.legend = 1, context.animating = true;
}

void draw_stage_legend(Context& context, const Rect& row) {
  const Observation& seen = context.frame.observation;
  const float y = std::round((row.min.y + row.max.y) / 2);
  const auto width_of = [&](const StageEntry& entry) { return px(entry.width + 8) + text_width(Font::regular, 12, words_of(entry, seen)); };
  float whole = -px(20), x = row.min.x;
  for (const StageEntry& entry : kStageEntries) whole += stands(entry.mark, seen) ? width_of(entry) + px(20) : 0;
  const bool fits = row.min.x + whole <= row.max.x;
  for (const StageEntry& entry : kStageEntries) {
    if (!stands(entry.mark, seen)) continue;
    if (x + width_of(entry) > (fits ? row.max.x : row.max.x - px(kMore))) break;
    draw_mark(entry.mark, x, y, px(entry.width));
    x += px(entry.width + 8);
    x += text(canvas(), {x, y}, Align::left, Font::regular, 12, theme().text2, words_of(entry, seen)) + px(20);
  }
  if (!fits) legend_button(context, "show legend", {{x - px(8), y - px(12)}, {x - px(8 - kMore), y + px(12)}}, kMoreWord, ButtonStyle::plain);
  context.semantics.add("stage legend", SemanticRole::text, "Legend of the stage",
                        joined({seen.has_log ? "A crown: leader. QC: hears a majority. Dots are heartbeats. " : "",
                                "Filled capsules are requests, outlined ones replies. The colour is the ", seen.epoch_word, "."}),
                        row.min, {fits ? row.max.x : x - px(8), row.max.y});
}

void draw_legend_card(Context& context, const Rect& view) {
  uint8_t& state = context.selection.legend;
  if (state == 0) return;
  const OnTop on_top;
  const Theme& t = theme();
  const Observation& seen = context.frame.observation;
  float marks = 0, cells = 0;
  for (const StageEntry& entry : kStageEntries) marks += stands(entry.mark, seen);
  if (seen.has_log) cells = static_cast<float>(std::size(kEntries)) + 0.5f;
  const bool beside = cells > 0 && px(kCardHead + kCardRow * (marks + cells) + 24) > view.height();
  const float rows = beside ? std::max(marks, cells) : marks + cells;
  const ImVec2 size{std::min(px(kCardColumn * (beside ? 2 : 1)), view.width() - px(16)), px(kCardHead + kCardRow * rows + 8)};
  const ImVec2 min{std::round((view.min.x + view.max.x - size.x) / 2), std::round((view.min.y + view.max.y - size.y) / 2)};
  const Rect card{min, {min.x + size.x, min.y + size.y}};
  rounded_rect(canvas(), card.min, card.max, px(8), t.bg2, t.line2, px(1));
  text(canvas(), {min.x + px(16), min.y + px(22)}, Align::left, Font::semibold, 14, t.text, "Legend");
  context.semantics.add("legend card", SemanticRole::heading, "What the marks mean", "", min, {card.max.x - px(48), min.y + px(kCardHead)});
  Column column{context, min.x, min.y + px(kCardHead + kCardRow / 2)};
  for (const StageEntry& entry : kStageEntries) {
    if (!stands(entry.mark, seen)) continue;
    draw_mark(entry.mark, column.x + px(16), column.y, px(entry.width));
    column.add(words_of(entry, seen));
  }
  if (beside) {
    column.x += px(kCardColumn);
    column.y = min.y + px(kCardHead + kCardRow / 2);
  } else {
    column.y += px(kCardRow / 2);
  }
  for (const LegendEntry& entry : kEntries) {
    if (!seen.has_log) break;
    draw_sample(entry.sample, column.x + px(16), column.y, t.epochs[0]);
    column.add(words_of(entry, seen));
  }
  const bool closed = button(context, "close legend", {{card.max.x - px(44), min.y}, {card.max.x, min.y + px(44)}}, ButtonStyle::plain,
                             "Close the legend", "", icon::times);
  const ImGuiIO& io = ImGui::GetIO();
  const bool elsewhere = state == 2 && io.MouseReleased[0] && !card.contains(io.MousePos);
  state = closed || elsewhere || key_pressed(ImGuiKey_Escape) ? 0 : 2;
  cover(view);
  context.animating |= state == 0;
}

}  // namespace paxoscope::ui
