#include "ui/chosen.h"

#include <algorithm>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

std::string letters(const std::vector<ServerId>& servers) {
  std::string words;
  for (ServerId id : servers) words += (words.empty() ? "" : ", ") + server_label(id);
  return words;
}

std::string name_of(const ChosenView& chosen, const Observation& seen) {
  if (!seen.has_log) return joined({chosen.key, "=", chosen.cell.label});
  return concat(chosen.cell.index, " ", chosen.cell.state == CellState::stop_sign ? capital(seen.stop_sign_word) : chosen.cell.label);
}

Item item_of(const ChosenView& chosen) { return {Item::Kind::entry, 0, 0, chosen.cell.attempt_id}; }

}  // namespace

std::string chosen_words(const ChosenView& chosen, const Observation& seen) {
  std::string words = joined({seen.has_log ? "Chosen at " : "On a quorum since ", time_label(chosen.at_us), ": ", letters(chosen.by),
                              seen.has_log ? " had it in " : " had it, or something newer, with ", seen.epoch_word, " ",
                              epoch_label(chosen.epoch)});
  if (chosen.learnt.empty()) return words + "; no server knows it yet";
  for (const ChosenView::Learnt& learnt : chosen.learnt)
    words += joined({&learnt == &chosen.learnt.front() ? "; " : ", ", server_label(learnt.server), " knows it since ",
                     time_label(learnt.at_us)});
  return words;
}

void draw_chosen_row(Context& context, const Rect& row, const Rect& head) {
  const Theme& t = theme();
  const Observation& seen = context.frame.observation;
  const float middle = std::round((row.min.y + row.max.y) / 2);
  dashed_rect(canvas(), {row.min.x, row.min.y + px(1)}, {row.max.x, row.max.y - px(1)}, px(6), t.text3, line_width(1), px(4), px(3));
  const char* name = head.width() < px(200) ? "Nobody knows" : seen.has_log ? "Nobody knows: chosen" : "Nobody knows: stored by a quorum";
  text(canvas(), {head.min.x + px(5), middle}, Align::left, Font::regular, 12, t.text, name, head.width() - px(5));
  std::string words;
  for (const ChosenView& chosen : seen.chosen)
    words += joined({words.empty() ? "" : ", ", name_of(chosen, seen), chosen.learnt.empty() ? " that no server knows yet" : ""});
  const std::string count = !seen.has_log ? "" : concat(seen.chosen_length, seen.chosen_length == 1 ? " entry is chosen: " : " entries are chosen: ");
  context.semantics.add("chosen", SemanticRole::text, "Nobody knows: what is chosen", joined({count, words.empty() ? "nothing" : words}), row.min, row.max);
  if (hovered(head))
    tooltip(seen.has_log ? "Chosen: a quorum has it on disk. It stays, though perhaps no server knows it yet: those are hatched."
                         : "A quorum stores this value or a newer one: every later read gives it, or a newer one.");
}

void draw_chosen_cell(Context& context, const Rect& rect, const ChosenView& chosen) {
  const Theme& t = theme();
  const Observation& seen = context.frame.observation;
  Selection& selection = context.selection;
  const EpochColours colours = colours_of(chosen.cell.epoch ? chosen.cell.epoch : chosen.epoch, context.frame.timeline);
  const bool known = !chosen.learnt.empty(), named = chosen.cell.attempt_id != 0;
  const Item self = item_of(chosen);
  rounded_rect(canvas(), rect.min, rect.max, px(4), known ? colours.fill : t.bg0, 0, 0);
  if (!known) hatch(canvas(), rect.min, rect.max, with_alpha(colours.stroke, 0.45f), px(6));
  dashed_rect(canvas(), rect.min, rect.max, px(4), colours.stroke, line_width(1.5f), px(4), px(3));
  const bool stop = chosen.cell.state == CellState::stop_sign;
  text(canvas(), {(rect.min.x + rect.max.x) / 2, (rect.min.y + rect.max.y) / 2}, Align::centre, Font::mono,
       rect.height() < px(20) ? 11 : 12, t.text, stop ? "stop" : chosen.cell.label, rect.width() - px(4));
  if (chosen.cell.changed)
    canvas().AddRectFilled({rect.min.x - px(3), rect.min.y + px(2)}, {rect.min.x, rect.max.y - px(2)}, t.accent, px(1.5f));
  if (named && selection.lit(self)) {
    const Rect ring = grown(rect, px(2));
    rounded_rect(canvas(), ring.min, ring.max, px(5), 0, t.accent, px(1));
  }
  const std::string words = chosen_words(chosen, seen), name = name_of(chosen, seen);
  if (hovered(rect)) {
    if (named) selection.hovering = self;
    tooltip(words);
  }
  const bool kept = selection.chosen == self && named;
  if (hot_area(context, joined({"chosen ", name}), rect, joined({"Chosen ", name}), words, SemanticRole::button, kept, 4) && named) {
    selection.chosen = kept ? Item{} : self;
    context.animating = true;
  }
}

void draw_chosen_rings(Context& context, const StageLayout& layout) {
  if (!context.selection.nobody_knows) return;
  for (const ChosenView& chosen : context.frame.observation.chosen) {
    if (chosen.cell.attempt_id == 0 || !context.selection.lit(item_of(chosen))) continue;
    for (ServerId id : chosen.by)
      if (const NodePlace* place = layout.node(id)) {
        const float r = layout.radius * 1.62f;
        dashed_circle(canvas(), place->centre, r, theme().accent, line_width(2), px(7), px(4));
      }
    return;
  }
}

}  // namespace paxoscope::ui
