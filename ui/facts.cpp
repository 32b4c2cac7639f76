// What stands beside a server on the stage.
#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/nodes.h"
#include "ui/registers.h"
#include "ui/words.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

/// A row of facts that is laid from the inner side outwards: left to right, or mirrored.
class FactRow {
 public:
  FactRow(const NodePlace& place, float middle_y) : place_(place), middle_(middle_y) {
    right_to_left_ = place.side == FactsSide::left;
    at_ = right_to_left_ ? place.facts.max.x : place.facts.min.x;
  }
  /// For rows under or above a server: starts so that the whole row is centred.
  void centre(float width) {
    if (place_.side == FactsSide::left || place_.side == FactsSide::right) return;
    at_ = (place_.facts.min.x + place_.facts.max.x - width) / 2;
  }
  void words(Font face, float size, ImU32 colour, std::string_view what) {
    const float room = right_to_left_ ? at_ - place_.facts.min.x + px(4) : place_.facts.max.x + px(4) - at_;
    if (room < px(12)) return;
    const Align align = right_to_left_ ? Align::right : Align::left;
    advance(text(canvas(), {at_, middle_}, align, face, size, colour, what, room));
  }
  void chip(const Epoch& epoch, const Timeline& timeline) {
    const float width = epoch_chip(nullptr, 0, 0, epoch, timeline);
    epoch_chip(&canvas(), right_to_left_ ? at_ - width : at_, middle_, epoch, timeline);
    advance(width);
  }
  void mark(bool good) {
    const float r = 7 * scale();
    quorum_mark(canvas(), {right_to_left_ ? at_ - r - scale() : at_ + r + scale(), middle_}, 7, good);
    advance(2 * r + 2 * scale());
  }
  void gap(float css) { advance(css * scale()); }
  bool mirrored() const { return right_to_left_; }

 private:
  void advance(float by) { at_ += right_to_left_ ? -by : by; }
  const NodePlace& place_;
  float middle_, at_;
  bool right_to_left_;
};

/// In no configuration: a spare, one that fetches the log, or one that was removed.
bool is_outside(const ServerView& server) {
  return server.status != ServerStatus::down && (server.role == Role::learner || server.role == Role::retired);
}

void name_row(const Context& context, const NodePlace& place, const ServerView& server, float y,
              bool with_role) {
  const Theme& t = theme();
  FactRow row(place, y);
  const std::string words = role_words(server);
  const bool with_chip = server.epoch && !is_outside(server);
  const float chip = with_chip ? epoch_chip(nullptr, 0, 0, server.epoch, context.frame.timeline) + px(8) : 0;
  row.centre(chip + (with_role ? text_width(Font::semibold, 13, words) : 0));
  if (with_chip) {
    row.chip(server.epoch, context.frame.timeline);
    row.gap(8);
  }
  if (with_role) row.words(Font::semibold, 13, server.status == ServerStatus::down ? t.text2 : t.text, words);
}

/// The mark stands left of its word, also when the row is mirrored.
void quorum_words(FactRow& row, bool good) {
  const Theme& t = theme();
  if (!row.mirrored()) row.mark(good), row.gap(4);
  row.words(Font::semibold, 12, good ? t.ok : t.danger, good ? "QC" : "no QC");
  if (row.mirrored()) row.gap(4), row.mark(good);
}

void quorum_row(const NodePlace& place, const ServerView& server, float y, bool with_count) {
  const Theme& t = theme();
  FactRow row(place, y);
  char heard[32];
  std::snprintf(heard, sizeof heard, "hears %u of %u", server.heard, server.members);
  const char* word = server.quorum_connected ? "QC" : "no QC";
  row.centre(16 * scale() + 4 * scale() + text_width(Font::semibold, 12, word) + 8 * scale() +
             text_width(Font::regular, 12, heard));
  quorum_words(row, server.quorum_connected);
  row.gap(8);
  if (with_count) row.words(Font::regular, 12, t.text2, heard);
}

/// "decided 7": the value stays on the right of the word, also when the row is mirrored.
void decided_words(FactRow& row, const ServerView& server) {
  const Theme& t = theme();
  char number[24];
  std::snprintf(number, sizeof number, "%llu", static_cast<unsigned long long>(server.decided_index));
  if (row.mirrored()) {
    row.words(Font::mono, 12, t.text, number);
    row.gap(7);
    row.words(Font::regular, 12, t.text2, "decided");
  } else {
    row.words(Font::regular, 12, t.text2, "decided");
    row.gap(7);
    row.words(Font::mono, 12, t.text, number);
  }
}

void decided_row(const NodePlace& place, const ServerView& server, float y, bool with_mark) {
  const Theme& t = theme();
  FactRow row(place, y);
  const float number = text_width(Font::mono, 12, std::to_string(server.decided_index));
  row.centre(text_width(Font::regular, 12, "decided") + px(7) + number + (with_mark ? px(48) : 0));
  if (with_mark && server.has_quorum_mark && server.status != ServerStatus::down) {
    quorum_words(row, server.quorum_connected);
    row.gap(8);
  }
  decided_words(row, server);
  if (server.clock_offset_us != 0 && !with_mark) {
    char skew[32];
    std::snprintf(skew, sizeof skew, "%+lld ms", static_cast<long long>(server.clock_offset_us / 1000));
    row.gap(10);
    if (!row.mirrored()) row.words(Font::icon, 12, t.text2, icon::clock), row.gap(4);
    row.words(Font::mono, 12, t.text2, skew);
    if (row.mirrored()) row.gap(4), row.words(Font::icon, 12, t.text2, icon::clock);
  }
}

/// What it does for a client, or the newest value that it holds: "asks 1 of 2", "x = 3".
void register_row(const NodePlace& place, const ServerView& server, float y) {
  const Theme& t = theme();
  FactRow row(place, y);
  const RoundView* round = running_round(server);
  const RegisterCell* newest = nullptr;
  for (const RegisterCell& cell : server.registers)
    if (cell.stamp == server.epoch) newest = &cell;
  if (round == nullptr && newest == nullptr) return row.words(Font::regular, 12, t.text2, "holds nothing");
  const std::string words = round != nullptr ? joined({round_word(round->phase), " "}) : joined({newest->key, " = "});
  const std::string value = round != nullptr ? concat(round->answers, " of ", round->needed) : newest->value;
  row.centre(text_width(Font::regular, 12, words) + px(4) + text_width(Font::mono, 12, value));
  if (row.mirrored()) row.words(Font::mono, 12, t.text, value), row.gap(4);
  row.words(Font::regular, 12, t.text2, words);
  if (!row.mirrored()) row.gap(2), row.words(Font::mono, 12, t.text, value);
}

/// The last ballot of the configuration whose log is fetched: what its entries look like.
EpochColours sealed_colours(const ServerView& server, const Timeline& timeline) {
  for (auto epoch = timeline.epochs.rbegin(); epoch != timeline.epochs.rend(); ++epoch)
    if (epoch->configuration < server.joining) return colours_of(*epoch, timeline);
  return theme().neutral;
}

/// One box per piece with its donor's letter; finished ones look like decided cells.
void catch_up_bar(const Context& context, const NodePlace& place, const ServerView& server, float middle) {
  const Theme& t = theme();
  const size_t count = server.catch_up.size();
  if (count == 0) return;
  const EpochColours colours = sealed_colours(server, context.frame.timeline);
  const float left = place.facts.min.x, pitch = place.facts.width() / static_cast<float>(count);
  const float gap = pitch > px(16) ? 3 * scale() : pitch > px(3) ? scale() : 0;
  for (size_t i = 0; i < count; ++i) {
    const CatchUpPiece& piece = server.catch_up[i];
    const float x = left + pitch * static_cast<float>(i);
    const Rect box{{std::round(x), std::round(middle - 9 * scale())},
                   {std::round(x + pitch - gap), std::round(middle + 9 * scale())}};
    if (piece.done) {
      canvas().AddRectFilled(box.min, box.max, colours.fill, px(3));
      canvas().AddRectFilled({box.min.x + px(2), box.max.y - px(3)}, {box.max.x - px(2), box.max.y - px(1)},
                             colours.stroke);
    } else {
      const bool asked = piece.donor != 0;
      rounded_rect(canvas(), box.min, box.max, px(3), t.bg0, asked ? colours.stroke : t.line2, px(1));
    }
    if (pitch >= px(12) && piece.donor != 0)
      text(canvas(), {(box.min.x + box.max.x) / 2, middle - (piece.done ? scale() : 0)}, Align::centre,
           Font::semibold, 11, t.text, server_label(piece.donor));
  }
}

void catch_up_words(const NodePlace& place, const ServerView& server, float y) {
  uint64_t needed = 0;
  const std::string fetched = std::to_string(fetched_entries(server, &needed));
  const std::string rest = concat("of ", needed, " entries");
  FactRow row(place, y);
  row.centre(text_width(Font::mono, 12, fetched) + px(4) + text_width(Font::regular, 12, rest));
  if (row.mirrored()) return row.words(Font::regular, 12, theme().text2, concat(fetched, " ", rest));
  row.words(Font::mono, 12, theme().text, fetched);
  row.gap(4);
  row.words(Font::regular, 12, theme().text2, rest);
}

/// What stands beside a server that is in no configuration, instead of quorum mark and decided index.
void outside_rows(const Context& context, const NodePlace& place, const ServerView& server, float y, float pitch,
                  bool both) {
  if (server.joining != 0) {
    catch_up_bar(context, place, server, y);
    if (both) catch_up_words(place, server, y + pitch);
    return;
  }
  const auto& configurations = context.frame.observation.configurations;
  const bool retired = server.role == Role::retired;
  const bool learner = !configurations.empty() && contains(set_of(configurations.back().learners), server.id);
  if (retired || learner) decided_row(place, server, y, false);
  if ((retired || learner) && !both) return;
  const ConfigurationId newest = configurations.empty() ? 1 : configurations.back().id;
  const std::string words = retired   ? concat("not in config ", newest)
                            : learner ? concat("no vote in config ", newest)
                                      : "in no configuration";
  FactRow row(place, retired || learner ? y + pitch : y);
  row.centre(text_width(Font::regular, 12, words));
  row.words(Font::regular, 12, theme().text2, words);
}

}  // namespace

std::string role_words(const ServerView& server) {
  if (server.status == ServerStatus::down) return server.state_lost ? "down, state lost" : "down";
  const std::string role = server.role == Role::preparing ? "Preparing"
                           : server.joining != 0          ? "Catching up"
                                                          : server.role_text;
  return server.status == ServerStatus::paused ? role + ", paused" : role;
}

uint64_t fetched_entries(const ServerView& server, uint64_t* needed) {
  uint64_t fetched = 0;
  *needed = 0;
  for (const CatchUpPiece& piece : server.catch_up) {
    *needed += piece.to - piece.from;
    if (piece.done) fetched += piece.to - piece.from;
  }
  return fetched;
}

void draw_facts(const Context& context, const StageLayout& layout, const NodePlace& place,
                const ServerView& server) {
  const float top = place.facts.min.y + px(11), pitch = px(22);
  const bool quorum = server.has_quorum_mark && server.status != ServerStatus::down;
  switch (layout.level) {
    case FactsLevel::full:
      name_row(context, place, server, top, true);
      if (is_outside(server)) return outside_rows(context, place, server, top + pitch, pitch, true);
      if (!context.frame.observation.has_log) return register_row(place, server, top + pitch);
      if (quorum) quorum_row(place, server, top + pitch, true);
      decided_row(place, server, top + pitch * (quorum ? 2.0f : 1.0f), false);
      break;
    case FactsLevel::two:
      name_row(context, place, server, top, true);
      if (is_outside(server)) return outside_rows(context, place, server, top + pitch, pitch, place.side == FactsSide::below);
      if (!context.frame.observation.has_log) return register_row(place, server, top + px(21));
      decided_row(place, server, top + px(21), true);
      break;
    case FactsLevel::one: {
      if (is_outside(server) && server.joining != 0)
        return catch_up_bar(context, place, server, place.facts.min.y + px(10));
      FactRow row(place, place.facts.min.y + px(10));
      row.centre(px(56));
      if (is_outside(server)) return row.words(Font::semibold, 12, theme().text2, server.role_text);
      if (server.epoch) row.chip(server.epoch, context.frame.timeline), row.gap(6);
      // Without a ballot nothing else would say what the mark is about.
      if (quorum) server.epoch ? row.mark(server.quorum_connected) : quorum_words(row, server.quorum_connected);
      if (server.status == ServerStatus::down) row.words(Font::semibold, 12, theme().text2, "down");
      break;
    }
    default:
      break;
  }
}

}  // namespace paxoscope::ui
