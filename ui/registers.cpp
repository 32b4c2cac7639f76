#include "ui/registers.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/chosen.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/log_cells.h"
#include "ui/proposals.h"
#include "ui/tabs.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 26, kLegend = 36, kCellsAt = 56, kCell = 52, kColumn = 120, kNarrowColumn = 62, kSlot = 20;
constexpr float kCommand = 76, kPhase = 80, kChip = 46, kCount = 54;
constexpr float kLeastRounds = 250;  ///< what operations keep of the width, where registers are many

/// What a round's quorum is coloured by: the timestamp that it stores, or the newest that it has heard of.
EpochColours colours_of(const RoundView& round, const Timeline& timeline) { return ui::colours_of(round.stamp, timeline); }

/// A server's place in a quorum: filled once it has answered.
void draw_slot(ImVec2 centre, ServerId id, bool answered, const EpochColours& colours) {
  const Theme& t = theme();
  const float r = px(8);
  if (answered) {
    canvas().AddCircleFilled(centre, r, colours.fill);
    canvas().AddCircle(centre, r, colours.stroke, 0, 1.5f * scale());
  } else {
    dashed_circle(canvas(), centre, r, t.line2, scale(), px(3), px(2));
  }
  text(canvas(), centre, Align::centre, Font::semibold, 11, answered ? t.text : t.text3, server_label(id));
}

std::string letters(ServerSet set) {
  std::string text;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(set, id)) text += (text.empty() ? "" : " ") + server_label(id);
  return text.empty() ? "nobody" : text;
}

/// Draws one frame of the view.
class RegistersView {
 public:
  RegistersView(Context& context, const Rect& area)
      : context_(context), seen_(context.frame.observation), area_(area), wide_(area.width() >= px(kNarrowTab)) {
    for (const ServerView& server : seen_.servers)
      for (const RegisterCell& cell : server.registers)
        if (std::find(keys_.begin(), keys_.end(), cell.key) == keys_.end()) keys_.push_back(cell.key);
    std::sort(keys_.begin(), keys_.end());
    const float room = area.width() - px(kCellsAt + (wide_ ? kLeastRounds : 120));
    chips_ = wide_ && px(kColumn) * static_cast<float>(keys_.size()) <= room;
    column_ = px(chips_ ? kColumn : kNarrowColumn);
    const auto fit = static_cast<size_t>(std::max(room / column_, 1.0f));
    hidden_ = keys_.size() > fit ? keys_.size() - fit : 0;
    keys_.resize(keys_.size() - hidden_);
    const float content = area.height() - px(kHead), servers = static_cast<float>(std::max<size_t>(seen_.servers.size(), 1) + (context.selection.nobody_knows ? 1 : 0));
    legend_ = content - px(kLegend) >= servers * px(22);
    row_ = std::min((content - px(legend_ ? kLegend : 0)) / servers, px(44));
    rounds_at_ = area.min.x + px(kCellsAt) + column_ * static_cast<float>(std::max<size_t>(keys_.size(), 1)) + px(12);
  }

  void draw() {
    const Theme& t = theme();
    const float head = area_.min.y + px(kHead / 2);
    for (size_t i = 0; i < keys_.size(); ++i)
      text(canvas(), {column(i) + px(kCell / 2), head}, Align::centre, Font::mono, 12, t.text2, keys_[i]);
    text(canvas(), {rounds_at_, head}, Align::left, Font::regular, 12, t.text2,
         hidden_ != 0 ? concat("+", hidden_, " registers") : wide_ ? "Operations it coordinates" : "Operations",
         area_.max.x - px(8) - rounds_at_);
    float y = area_.min.y + px(kHead);
    const auto next_row = [&] {
      const float top = std::round(y);
      y += row_;
      return Rect{{area_.min.x + px(8), top}, {area_.max.x - px(8), top + row_}};
    };
    if (context_.selection.nobody_knows) draw_chosen(next_row());
    for (const ServerView& server : seen_.servers) draw_server(server, next_row());
    if (legend_) draw_legend({{area_.min.x + px(16), area_.max.y - px(kLegend)}, {area_.max.x - px(16), area_.max.y}});
  }

 private:
  float column(size_t i) const { return area_.min.x + px(kCellsAt) + column_ * static_cast<float>(i); }

  void draw_chosen(const Rect& row) {
    const float middle = std::round((row.min.y + row.max.y) / 2);
    draw_chosen_row(context_, row, {{rounds_at_ - px(8), row.min.y}, row.max});
    for (size_t i = 0; i < keys_.size(); ++i)
      for (const ChosenView& chosen : seen_.chosen) {
        if (chosen.key != keys_[i]) continue;
        const Rect box{{column(i), middle - px(12)}, {column(i) + px(kCell), middle + px(12)}};
        draw_chosen_cell(context_, box, chosen);
        if (chips_) epoch_chip(&canvas(), box.max.x + px(6), middle, chosen.epoch, context_.frame.timeline);
      }
  }

  void draw_server(const ServerView& server, const Rect& row) {
    const Theme& t = theme();
    const Item self{Item::Kind::server, server.id, 0, 0};
    const std::string name = server_label(server.id);
    const bool down = server.status == ServerStatus::down;
    if (context_.selection.server == server.id || context_.selection.lit(self))
      canvas().AddRectFilled(row.min, row.max, mix(t.bg0, t.accent, 0.08f), px(6));
    const float middle = std::round((row.min.y + row.max.y) / 2);
    server_badge(&canvas(), area_.min.x + px(16), middle, server.id);
    const Rect head{row.min, {area_.min.x + px(kCellsAt - 8), row.max.y}};
    if (hovered(head)) context_.selection.hovering = self;
    if (hot_area(context_, joined({"registers ", name}), head, joined({"Registers of server ", name}),
                 down ? "down: what its disk holds" : server.activity))
      ask(context_, Command::Kind::select_server, server.id);
    for (size_t i = 0; i < keys_.size(); ++i) draw_cell(server, keys_[i], column(i), middle, down);
    float x = rounds_at_;
    size_t drawn = 0;
    for (const RoundView& round : server.rounds) {
      const float width = width_of(round);
      const bool last = drawn + 1 == server.rounds.size();
      if (drawn > 0 && x + width + (last ? 0 : px(40)) > row.max.x) break;
      draw_round(server, round, {{x, middle - px(14)}, {std::min(x + width, row.max.x), middle + px(14)}});
      x += width + px(16);
      ++drawn;
    }
    if (drawn < server.rounds.size()) {
      const std::string more = concat("+", server.rounds.size() - drawn);
      text(canvas(), {row.max.x - px(8), middle}, Align::right, Font::mono, 12, t.text2, more);
      context_.semantics.add(joined({"more rounds ", name}), SemanticRole::text, joined({"More operations at ", name}), more,
                             {row.max.x - px(40), row.min.y}, row.max);
    }
  }

  void draw_cell(const ServerView& server, const std::string& key, float x, float middle, bool down) {
    const auto found = std::find_if(server.registers.begin(), server.registers.end(),
                                    [&](const RegisterCell& cell) { return cell.key == key; });
    const Rect box{{x, middle - px(12)}, {x + px(kCell), middle + px(12)}};
    const std::string name = joined({key, " at ", server_label(server.id)});
    std::string words = "nothing";
    if (found == server.registers.end()) {
      draw_missing_cell(box);
    } else {
      LogCell cell;
      cell.label = found->value;
      cell.epoch = found->stamp;
      cell.state = down ? CellState::accepted : CellState::decided;
      cell.durable = found->durable;
      cell.changed = found->changed;
      draw_log_cell(context_, box, cell, true, false, 1);
      if (chips_) epoch_chip(&canvas(), box.max.x + px(6), middle, found->stamp, context_.frame.timeline);
      words = joined({found->value, ", timestamp ", epoch_label(found->stamp), found->durable ? "" : ", not on disk yet",
                      found->changed ? ", stored by this event" : ""});
    }
    if (hovered(box)) tooltip(joined({name, ": ", words}));
    context_.semantics.add(joined({"register ", name}), SemanticRole::text, name, words, box.min, box.max);
  }

  float width_of(const RoundView& round) const {
    if (!wide_) return px(110);
    if (round.phase == RoundPhase::waiting) return px(kCommand + 40);
    return px(kCommand + kPhase + kChip + kCount) + px(kSlot) * static_cast<float>(seen_.servers.size());
  }

  void draw_round(const ServerView& server, const RoundView& round, const Rect& box) {
    const Theme& t = theme();
    const float middle = (box.min.y + box.max.y) / 2;
    const bool waits = round.phase == RoundPhase::waiting;
    const std::string count = concat(round.answers, " of ", round.needed);
    const std::string words =
        waits ? "waits for its turn"
              : joined({round_word(round.phase), round.stamp ? concat(" ", round.value, " ", epoch_label(round.stamp)) : "", ", ",
                        letters(round.answered), " answered, ", count});
    const std::string key = joined({"round ", round.id, " ", server_label(server.id)});
    const Item self = proposal_item(round.attempt_id, 0);
    if (offer_proposal(context_, key, box, joined({round.id, " ", round.command}), words, self, made_at(server, round), 0))
      rounded_rect(canvas(), box.min, box.max, px(5), mix(t.bg0, t.accent, 0.12f), 0, 0);
    if (hovered(box)) tooltip(joined({round.id, " ", round.command, ": ", words}));
    float x = box.min.x;
    text(canvas(), {x, middle}, Align::left, Font::mono, 13, waits ? t.text2 : t.text, round.command, px(kCommand - 8));
    x += px(kCommand);
    if (!wide_) return void(text(canvas(), {x, middle}, Align::left, Font::mono, 12, t.text2,
                                   waits ? "\xe2\x80\xa6" : concat(round.answers, "/", round.needed), box.max.x - x));
    text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text2, round_word(round.phase));
    x += px(kPhase);
    if (round.stamp && !waits) epoch_chip(&canvas(), x, middle, round.stamp, context_.frame.timeline);
    x += px(kChip);
    if (waits) return;
    const EpochColours colours = colours_of(round, context_.frame.timeline);
    for (const ServerView& other : seen_.servers) {
      draw_slot({x + px(kSlot / 2), middle}, other.id, contains(round.answered, other.id), colours);
      x += px(kSlot);
    }
    text(canvas(), {x + px(8), middle}, Align::left, Font::mono, 12, t.text, count);
  }

  uint64_t made_at(const ServerView& server, const RoundView& round) const {
    for (const FutureView& future : seen_.futures)
      if (future.attempt_id == round.attempt_id && future.server == server.id) return future.made_event;
    return 0;
  }

  void draw_legend(const Rect& row) {
    const Theme& t = theme();
    const float middle = (row.min.y + row.max.y) / 2;
    EpochColours colours = t.neutral;
    for (const ServerView& server : seen_.servers)
      if (server.epoch) colours = ui::colours_of(server.epoch, context_.frame.timeline);
    float x = row.min.x;
    const auto words = [&](const char* what) {
      x += px(8);
      x += text(canvas(), {x, middle}, Align::left, Font::regular, 12, t.text2, what) + px(24);
    };
    const Rect held{{x, middle - px(8)}, {x + px(24), middle + px(8)}};
    rounded_rect(canvas(), held.min, held.max, px(4), colours.fill, 0, 0);
    x += px(24);
    words("held, in its timestamp's colour");
    draw_slot({x + px(8), middle}, 1, true, colours);
    x += px(16);
    words("has answered");
    if (row.max.x - x > px(80)) {
      draw_slot({x + px(8), middle}, 2, false, colours);
      x += px(16);
      words("not yet");
    }
    const Rect memory{{x, middle - px(8)}, {x + px(24), middle + px(8)}};
    if (row.max.x - x > px(130)) {
      rounded_rect(canvas(), memory.min, memory.max, px(4), colours.fill, 0, 0);
      draw_memory_edge(memory);
      x += px(24);
      words("not on disk yet");
    }
    context_.semantics.add("registers legend", SemanticRole::text, "Legend",
                           "A cell is the value that a server holds, in the colour of its timestamp. A dashed lower edge: not on "
                           "disk yet. Beside it the operations that the server coordinates: what they do, and which servers have "
                           "answered.",
                           row.min, row.max);
  }

  Context& context_;
  const Observation& seen_;
  Rect area_;
  bool wide_, chips_ = true, legend_ = true;
  std::vector<std::string> keys_;
  size_t hidden_ = 0;
  float column_ = 0, row_ = 0, rounds_at_ = 0;
};

}  // namespace

const char* round_word(RoundPhase phase) {
  static constexpr const char* kWords[] = {"waits", "asks", "stores", "writes back"};
  return kWords[static_cast<size_t>(phase)];
}

const RoundView* running_round(const ServerView& server) {
  for (const RoundView& round : server.rounds)
    if (round.phase != RoundPhase::waiting) return &round;
  return nullptr;
}

float round_share(const RoundView& round) {
  return std::min(1.0f, static_cast<float>(round.answers) / static_cast<float>(std::max(round.needed, 1u)));
}

void draw_registers(Context& context, const Rect& area) {
  const Rect list = below_tabs(area);
  canvas().PushClipRect(list.min, list.max, true);
  RegistersView(context, list).draw();
  canvas().PopClipRect();
}

}  // namespace paxoscope::ui
