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
  float x = row.min.x;
  for (const LegendEntry& entry : kEntries) {
    if (!in_sight(entry.sample, seen)) continue;
    const std::string_view words = entry.sample == Sample::stop_sign ? std::string_view(seen.stop_sign_word) : entry.words;
    const float width = px(32) + text_width(Font::regular, 12, words);
    if (x + width > row.max.x) break;
    x += draw_sample(entry.sample, x, middle, colours) + px(8);
    x += text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text2, words) + px(24);
  }
  const std::string note_words = joined({"fill or outline = ", seen.epoch_word, " that accepted it"});
  const float note = text_width(Font::regular, 12, note_words);
  if (x + note <= row.max.x)
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

struct StageEntry {
  float width;  ///< of its sample, CSS pixels
  const char* words;
};

// In the order of `draw_stage_sample`.
constexpr StageEntry kStageEntries[] = {{12, "leader"},     {16, "hears a majority (QC)"}, {26, "request"},
                                        {26, "reply"},      {6, "heartbeat"},              {14, "election timer"},
                                        {28, "cut link"}};

constexpr size_t kLeaderEntry = 0, kQuorumEntry = 1, kHeartbeatEntry = 4, kTimerEntry = 5;

bool shows_quorum(const Observation& observation) {
  return std::any_of(observation.servers.begin(), observation.servers.end(),
                     [](const ServerView& server) { return server.has_quorum_mark; });
}

void draw_stage_sample(size_t which, float x, float y, float width) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  const EpochColours& colours = t.epochs[0];
  const Rect capsule{{x, y - px(7)}, {x + width, y + px(7)}};
  switch (which) {
    case 0:
      return crown(list, {x + width / 2, y}, width, colours.stroke, true);
    case 1:
      return quorum_mark(list, {x + width / 2, y}, 7, true);
    case 2:
    case 3:
      return rounded_rect(list, capsule.min, capsule.max, px(7), which == 2 ? colours.fill : t.bg0, colours.stroke,
                          1.5f * scale());
    case 4:
      list.AddCircleFilled({x + width / 2, y}, width / 2, t.neutral.stroke, 12);
      return;
    case 5:
      list.AddCircle({x + width / 2, y}, px(6), t.line, 0, 3 * scale());
      return arc(list, {x + width / 2, y}, px(6), 0, 0.7f, t.text2, 3 * scale());
    default:
      dashed_line(list, {x, y}, {x + width, y}, with_alpha(t.danger, 0.6f), 1.25f * scale(), px(3), px(5));
      for (float side : {-3.0f, 3.0f}) {
        const float at = x + width / 2 + side * scale();
        list.AddLine({at - px(2), y + px(6)}, {at + px(2), y - px(6)}, t.danger, 2 * scale());
      }
  }
}

}  // namespace

void draw_stage_legend(Context& context, const Rect& row) {
  const float y = std::round((row.min.y + row.max.y) / 2);
  float x = row.min.x;
  for (size_t i = 0; i < std::size(kStageEntries); ++i) {
    const StageEntry& entry = kStageEntries[i];
    const bool has_log = context.frame.observation.has_log;
    if (i == kQuorumEntry && !shows_quorum(context.frame.observation)) continue;
    if (!has_log && (i == kLeaderEntry || i == kHeartbeatEntry)) continue;
    const char* const words = has_log || i != kTimerEntry ? entry.words : "of its quorum";
    if (x + px(entry.width + 8) + text_width(Font::regular, 12, words) > row.max.x) break;
    draw_stage_sample(i, x, y, px(entry.width));
    x += px(entry.width + 8);
    x += text(canvas(), {x, y}, Align::left, Font::regular, 12, theme().text2, words) + px(20);
  }
  context.semantics.add("stage legend", SemanticRole::text, "Legend of the stage",
                        joined({"A crown: leader. QC: hears a majority. Filled capsules are requests, outlined ones "
                                "replies, dots heartbeats. The colour is the ",
                                context.frame.observation.epoch_word, "."}),
                        row.min, row.max);
}

}  // namespace paxoscope::ui
