#include "ui/ballots.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/geometry.h"
#include "ui/tabs.h"
#include "ui/timeline_parts.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr float kTable = 196, kLegend = 26;
constexpr float kNarrow = 600;  ///< below it the table at the right is left out
constexpr size_t kMostItems = 200;

/// The strips of one lane from top to bottom; a strip of height 0 is not drawn.
struct Strips {
  Rect own, promised, follows;
};

Strips strips_of(const Lanes& lanes, ServerId id) {
  const float pitch = lanes.pitch, top = std::round(lanes.y_of(id) - pitch / 2);
  const float own = pitch >= px(40) ? px(14) : pitch >= px(30) ? px(10) : 0, follows = pitch >= px(22) ? px(9) : px(3);
  const float height = std::clamp(pitch - own - follows, px(6), px(18));
  const float first = top + std::max(0.0f, std::floor((pitch - own - follows - height) / 2));
  const auto strip = [&](float from, float to) { return Rect{{lanes.left, from}, {lanes.right, to}}; };
  return {strip(first, first + own), strip(first + own, first + own + height),
          strip(first + own + height, first + own + height + follows)};
}

/// Draws one frame of the view; counts what it registers.
class BallotsView {
 public:
  BallotsView(Context& context, const Lanes& lanes) : context_(context), lanes_(lanes) {}

  void draw_lane(const ServerView& server) {
    const Strips strips = strips_of(lanes_, server.id);
    draw_promised(server.id, strips.promised);
    draw_changes(server.id, LaneKind::leader, strips.follows);
    draw_changes(server.id, LaneKind::own_ballot, strips.own);
    draw_downs(server.id, strips);
  }

 private:
  const Timeline& timeline() const { return context_.frame.timeline; }

  /// Whether a piece of a lane is in sight, and where: clipped a little outside the view.
  bool place(TimeUs from_us, TimeUs to_us, float* from, float* to) const {
    if (!lanes_.overlaps(from_us, to_us)) return false;
    *from = std::round(std::max(lanes_.x_of(from_us), lanes_.left - px(16)));
    *to = std::round(std::min(std::max(lanes_.x_of(to_us), *from + px(2)), lanes_.right + px(16)));
    return true;
  }

  void offer(const std::string& label, TimeUs from_us, const Rect& rect) {
    if (++items_ > kMostItems) return;
    const std::string key = concat("ballots ", label, " ", from_us);
    if (context_.semantics.add(key, SemanticRole::button, label, "from " + time_label(from_us), rect.min, rect.max))
      ask_time(context_, from_us);
    if (context_.semantics.focused(key)) focus_ring(rect, 4);
    if (hovered(rect)) tooltip(concat(label, ", from ", time_label(from_us)));
  }

  void promised_span(ServerId id, const Epoch& epoch, TimeUs from_us, TimeUs to_us, const Rect& strip) {
    float from = 0, to = 0;
    if (!epoch || !place(from_us, to_us, &from, &to)) return;
    const EpochColours colours = colours_of(epoch, timeline());
    const Rect rect{{from, strip.min.y}, {to, strip.max.y}};
    const Item self = epoch_item(epoch, timeline());
    const bool lit = context_.selection.hovered == self;
    rounded_rect(canvas(), rect.min, rect.max, px(4), colours.fill, lit ? theme().text : colours.stroke,
                 px(lit ? 2 : 1));
    const std::string label = epoch_label(epoch);
    const float left = std::max(from, lanes_.left) + px(6), width = text_width(Font::mono, 11, label);
    if (strip.height() >= px(10) && left + width + px(4) < std::min(to, lanes_.right))
      text(canvas(), {left, (rect.min.y + rect.max.y) / 2}, Align::left, Font::mono, 11, theme().text, label);
    if (hovered(rect)) context_.selection.hovering = self;
    offer(concat(server_label(id), " has ", context_.frame.observation.joined_word, " ", label), from_us,
          {{std::max(from, lanes_.left), rect.min.y}, {std::min(to, lanes_.right), rect.max.y}});
  }

  void draw_promised(ServerId id, const Rect& strip) {
    Epoch epoch;
    TimeUs from_us = 0;
    for (const EpochChange& change : timeline().lanes) {
      if (change.server != id) continue;
      promised_span(id, epoch, from_us, change.from_us, strip);
      epoch = change.epoch;
      from_us = change.from_us;
    }
    promised_span(id, epoch, from_us, timeline().last_time_us, strip);
  }

  /// A small triangle and the ballot's number; without the number where the next one is close.
  void raise(ServerId id, const LaneChange& change, TimeUs to_us, const Rect& strip) {
    const Theme& t = theme();
    float from = 0, to = 0;
    if (!change.epoch || !place(change.from_us, to_us, &from, &to)) return;
    const std::string label = epoch_label(change.epoch);
    const bool begins_here = lanes_.x_of(change.from_us) >= lanes_.left - px(1);
    const float x = std::max(from, lanes_.left), y = strip.max.y - px(1);
    if (begins_here)
      canvas().AddTriangleFilled({x, y}, {x + px(7), y}, {x + px(3.5f), y - px(6)}, t.text);
    const float width = text_width(Font::mono, 11, label), words = x + px(begins_here ? 10 : 6);
    // On tight lanes the number stands only where it is new; the table beside them has it too.
    const bool room = strip.height() > px(begins_here ? 0 : 10);
    if (room && words + width < std::min(to, lanes_.right))
      text(canvas(), {words, strip.max.y - px(6)}, Align::left, Font::mono, 11, t.text2, label);
    if (begins_here)
      offer(server_label(id) + " raises its own " + context_.frame.observation.epoch_word + " to " + label, change.from_us,
            {{x - px(2), y - px(10)}, {words + width, y}});
  }

  /// A line in the colour of the leader's ballot; a crown and its letter where it is chosen.
  void follow(ServerId id, const LaneChange& change, TimeUs to_us, const Rect& strip) {
    const Theme& t = theme();
    float from = 0, to = 0;
    if (!place(change.from_us, to_us, &from, &to)) return;
    const float y = std::round((strip.min.y + strip.max.y) / 2);
    if (!change.epoch) {
      dashed_line(canvas(), {from, y}, {to, y}, t.text3, px(1), px(2), px(4));
      return;
    }
    const ImU32 colour = colours_of(change.epoch, timeline()).stroke;
    const float x = std::max(from, lanes_.left);
    const bool words = strip.height() >= px(9) && std::min(to, lanes_.right) - x > px(28);
    canvas().AddRectFilled({x + px(words ? 26 : 0), y - px(1)}, {to, y + px(1)}, colour);
    if (words) {
      crown(canvas(), {x + px(8), y}, px(9), colour, true);
      text(canvas(), {x + px(15), y}, Align::left, Font::semibold, 11, t.text, server_label(change.epoch.owner));
    }
    offer(concat(server_label(id), " ", context_.frame.observation.chosen_word, " ", server_label(change.epoch.owner),
                 " with ", epoch_label(change.epoch)),
          change.from_us, {{x, strip.min.y}, {std::min(to, lanes_.right), strip.max.y}});
  }

  void draw_changes(ServerId id, LaneKind kind, const Rect& strip) {
    const LaneChange* last = nullptr;
    const auto piece = [&](TimeUs to_us) {
      if (last == nullptr) return;
      if (kind == LaneKind::leader) follow(id, *last, to_us, strip);
      if (kind == LaneKind::own_ballot) raise(id, *last, to_us, strip);
    };
    for (const LaneChange& change : timeline().changes) {
      if (change.server != id || change.kind != kind) continue;
      piece(change.from_us);
      last = &change;
    }
    piece(timeline().last_time_us);
  }

  void draw_downs(ServerId id, const Strips& strips) {
    const Theme& t = theme();
    for (const DownSpan& down : timeline().downs) {
      float from = 0, to = 0;
      if (down.server != id || !place(down.from_us, end_of(down.to_us, timeline()), &from, &to)) continue;
      const ImVec2 min{from, strips.own.min.y}, max{to, strips.follows.max.y};
      canvas().AddRectFilled(min, max, with_alpha(t.bg0, 0.8f));
      dashed_rect(canvas(), min, max, px(3), t.line2, px(1), px(2), px(3));
      text(canvas(), {std::max(from, lanes_.left) + px(8), (min.y + max.y) / 2}, Align::left, Font::regular, 11, t.text2,
           down.paused ? "paused" : "down", to - from - px(10));
    }
  }

  Context& context_;
  const Lanes& lanes_;
  size_t items_ = 0;
};

/// The last change of a kind at or before a moment, or null.
const LaneChange* change_at(const Timeline& timeline, ServerId id, LaneKind kind, TimeUs at_us) {
  const LaneChange* last = nullptr;
  for (const LaneChange& change : timeline.changes) {
    if (change.from_us > at_us) break;
    if (change.server == id && change.kind == kind) last = &change;
  }
  return last;
}

/// The values at the playhead: own ballot, promised ballot, leader.
void draw_table(Context& context, const Rect& area, const Lanes& lanes) {
  const Theme& t = theme();
  const Frame& frame = context.frame;
  const float own = area.min.x, promised = own + px(60), follows = area.max.x - px(10);
  const float head = area.min.y + px(14);
  text(canvas(), {own, head}, Align::left, Font::regular, 11, t.text2, "own");
  text(canvas(), {promised, head}, Align::left, Font::regular, 11, t.text2, frame.observation.joined_word);
  text(canvas(), {area.max.x, head}, Align::right, Font::regular, 11, t.text2, frame.observation.chosen_word);
  for (const ServerView& server : frame.observation.servers) {
    const float y = lanes.y_of(server.id);
    const LaneChange* ballot = change_at(frame.timeline, server.id, LaneKind::own_ballot, frame.shown_us);
    const LaneChange* leader = change_at(frame.timeline, server.id, LaneKind::leader, frame.shown_us);
    const std::string own_words = ballot != nullptr ? epoch_label(ballot->epoch) : epoch_label({});
    const ServerId followed = leader != nullptr ? leader->epoch.owner : 0;
    text(canvas(), {own, y}, Align::left, Font::mono, 12, t.text, own_words);
    if (server.epoch) epoch_chip(&canvas(), promised, y, server.epoch, frame.timeline);
    if (followed != 0)
      server_badge(&canvas(), follows - px(18), y, followed);
    else
      text(canvas(), {follows, y}, Align::right, Font::mono, 12, t.text2, server_label(0));
    context.semantics.add("ballots of " + std::to_string(server.id), SemanticRole::text,
                          capital(frame.observation.epoch_word) + "s of " + server_label(server.id),
                          joined({"own ", own_words, ", ", frame.observation.joined_word, " ", epoch_label(server.epoch), ", ",
                                  frame.observation.chosen_word, " ",
                                  followed != 0 ? server_label(followed) : "nobody yet"}),
                          {area.min.x, y - lanes.pitch / 2}, {area.max.x, y + lanes.pitch / 2});
  }
}

/// Letters at the left; pressing one selects its server.
void draw_heads(Context& context, const Lanes& lanes) {
  for (const ServerView& server : context.frame.observation.servers) {
    const float y = lanes.y_of(server.id);
    const Rect row{{lanes.area.min.x + px(8), y - lanes.pitch / 2}, {lanes.left - px(6), y + lanes.pitch / 2}};
    const Item self{Item::Kind::server, server.id, 0, 0};
    const bool lit = context.selection.server == server.id || context.selection.hovered == self;
    if (lit) canvas().AddRectFilled(row.min, row.max, mix(theme().bg0, theme().accent, 0.16f), px(4));
    if (lanes.pitch >= px(24))
      server_badge(&canvas(), lanes.area.min.x + px(17), y, server.id);
    else
      text(canvas(), {lanes.area.min.x + px(28), y}, Align::centre, Font::semibold, 12, theme().text,
           server_label(server.id));
    if (hovered(row)) context.selection.hovering = self;
    const std::string name = server_label(server.id);
    if (!hot_area(context, "ballot lane " + name, row, capital(context.frame.observation.epoch_word) + " lane of server " + name, "")) continue;
    ask(context, Command::Kind::select_server, server.id);
  }
}

void draw_legend(Context& context, const Rect& row) {
  const Theme& t = theme();
  const bool wide = row.width() >= px(440);
  const float y = (row.min.y + row.max.y) / 2;
  const EpochColours colours = t.epochs[2];
  float x = row.min.x;
  const auto words = [&](float css_sample, const char* all, const char* few) {
    x += px(css_sample);
    x += text(canvas(), {x, y}, Align::left, Font::regular, 12, t.text2, wide ? all : few) + px(20);
  };
  rounded_rect(canvas(), {x, y - px(7)}, {x + px(24), y + px(7)}, px(4), colours.fill, colours.stroke, px(1));
  const Observation& seen = context.frame.observation;
  const std::string& epoch = seen.epoch_word;
  words(32, joined({epoch, " it has ", seen.joined_word}).c_str(), seen.joined_word.c_str());
  canvas().AddTriangleFilled({x, y + px(3)}, {x + px(7), y + px(3)}, {x + px(3.5f), y - px(3)}, t.text);
  words(14, joined({"raises its own ", epoch}).c_str(), "raises its own");
  crown(canvas(), {x + px(5), y}, px(10), colours.stroke, true);
  canvas().AddRectFilled({x + px(14), y - px(1)}, {x + px(30), y + px(1)}, colours.stroke);
  words(38, joined({"leader it ", seen.chosen_word}).c_str(), seen.chosen_word.c_str());
  context.semantics.add("ballots legend", SemanticRole::text, "Legend",
                        joined({"A bar is the ", epoch, " a server has ", seen.joined_word, ". A triangle: it raises its own ", epoch,
                                ". A crown and the line under the bar: the leader it ", seen.chosen_word, "."}),
                        row.min, row.max);
}

}  // namespace

void draw_ballots(Context& context, const Rect& area, const TimelineView& view) {
  const bool wide = area.width() >= px(kNarrow);
  const Rect diagram{{area.min.x, area.min.y + px(kTabBar)},
                     {area.max.x - (wide ? px(kTable) : 0), area.max.y - px(kLegend)}};
  const Lanes lanes(context.frame, diagram, view);
  const Rect ground{{lanes.left, lanes.area.min.y}, {lanes.right, lanes.bottom}};
  canvas().PushClipRect({lanes.left - px(1), diagram.min.y}, {lanes.right + px(1), diagram.max.y}, true);
  draw_grid(lanes);
  BallotsView drawn(context, lanes);
  for (const ServerView& server : context.frame.observation.servers) drawn.draw_lane(server);
  const float playhead = std::max(lanes.x_of(context.frame.shown_us), lanes.left);
  if (playhead < lanes.right)
    canvas().AddRectFilled({playhead, lanes.top}, {lanes.right + px(1), lanes.bottom}, with_alpha(theme().bg0, 0.62f));
  canvas().PopClipRect();
  Places places;
  keep_off_playhead(context.frame, lanes, places);
  draw_ticks(lanes, places);
  draw_playhead(context, lanes);
  draw_heads(context, lanes);
  if (wide)
    draw_table(context, {{diagram.max.x + px(8), diagram.min.y}, {area.max.x - px(16), lanes.bottom}}, lanes);
  draw_legend(context, {{area.min.x + px(16), area.max.y - px(kLegend)}, {area.max.x - px(16), area.max.y}});
  if (hovered(ground)) hand_cursor();
  if (clicked(ground)) ask_time(context, std::max<TimeUs>(lanes.time_at(ImGui::GetIO().MousePos.x), 0));
}

}  // namespace paxoscope::ui
