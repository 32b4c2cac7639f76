#include "ui/timeline_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/in_sight.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kCrown = 11;

void draw_span(Context& context, const Lanes& lanes, const LeaderSpan& span) {
  const TimeUs to = end_of(span.to_us, context.frame.timeline);
  if (!lanes.overlaps(span.from_us, to)) return;
  const EpochColours colours = colours_of(span.epoch, context.frame.timeline);
  const float y = lanes.y_of(span.server), half = std::min(px(8), std::floor(lanes.pitch / 2 - px(1)));
  const float left = std::max(lanes.x_of(span.from_us), lanes.left - px(16));
  const float right = std::min(std::max(lanes.x_of(to), left + px(4)), lanes.right + px(16));
  const ImVec2 min{std::round(left), y - half}, max{std::round(right), y + half};
  const Item self = epoch_item(span.epoch, context.frame.timeline);
  const bool lit = context.selection.hovered == self;
  if (hovered({min, max})) context.selection.hovering = self;
  if (span.has_followers) {
    rounded_rect(canvas(), min, max, px(4), colours.fill, lit ? theme().text : colours.stroke, px(lit ? 2 : 1));
  } else {
    canvas().AddRectFilled(min, max, mix(theme().bg1, colours.fill, 0.5f), px(4));
    dashed_rect(canvas(), min, max, px(4), colours.stroke, line_width(1), px(3), px(3));
  }
}

void draw_down(const Context& context, const Lanes& lanes, const DownSpan& down) {
  const Theme& t = theme();
  const TimeUs to = end_of(down.to_us, context.frame.timeline);
  if (!lanes.overlaps(down.from_us, to)) return;
  const float y = lanes.y_of(down.server), half = std::min(px(8), std::floor(lanes.pitch / 2 - px(1)));
  const float left = lanes.x_of(down.from_us), right = std::max(lanes.x_of(to), left + px(2));
  const ImVec2 min{std::round(std::max(left, lanes.left - px(16))), y - half};
  const ImVec2 max{std::round(std::min(right, lanes.right + px(16))), y + half};
  canvas().AddRectFilled({min.x, min.y}, max, t.bg0, px(3));
  dashed_rect(canvas(), min, max, px(3), t.line2, line_width(1), px(2), px(3));
  const std::string name = server_label(down.server);
  const std::string words =
      down.paused ? name + " is paused" : name + (down.state_lost ? " is down, state lost" : " is down");
  const float width = text_width(Font::regular, 11, words);
  const float visible_left = std::max(min.x, lanes.left), visible_right = std::min(max.x, lanes.right);
  if (visible_right - visible_left > width + px(16)) {
    const float x = std::min(visible_left + px(24) + width, visible_right - px(6));
    text(canvas(), {x, y}, Align::right, Font::regular, 11, t.text2, words);
  }
  context.semantics.add(concat("down ", name, " ", down.from_us), SemanticRole::text, words,
                        "from " + time_label(down.from_us), min, max);
}

/// The crash and the return lie above the messages.
void draw_down_ends(const Context& context, const Lanes& lanes, const DownSpan& down) {
  const Theme& t = theme();
  const float y = lanes.y_of(down.server);
  const float left = lanes.x_of(down.from_us), right = lanes.x_of(end_of(down.to_us, context.frame.timeline));
  if (!down.paused) cross(canvas(), {left, y}, px(4), t.danger, line_width(2));
  if (down.to_us < 0) return;
  canvas().AddCircleFilled({right, y}, px(4), t.bg1);
  canvas().AddCircle({right, y}, px(3.5f), t.ok, 0, line_width(1.5f));
}

void draw_cut_labels(Context& context, const Lanes& lanes, Places& places) {
  const Theme& t = theme();
  const auto& cuts = context.frame.timeline.cuts;
  const float middle = lanes.area.min.y + px(14);
  for (size_t i = 0; i < cuts.size(); ++i) {
    if (!lanes.overlaps(cuts[i].from_us, end_of(cuts[i].to_us, context.frame.timeline))) continue;
    const float left = std::max(lanes.x_of(cuts[i].from_us), lanes.left) + px(8);
    float room = lanes.right - left;
    if (i + 1 < cuts.size()) room = std::min(room, lanes.x_of(cuts[i + 1].from_us) - left - px(8));
    const std::string words = cuts[i].label;
    if (room < px(24)) continue;
    const float width = std::min(room, text_width(Font::regular, 11, words));
    context.semantics.add(concat("cut ", cuts[i].from_us), SemanticRole::text, words,
                          "from " + time_label(cuts[i].from_us), {left, lanes.area.min.y},
                          {left + width, lanes.top});
    if (places.take(left, left + width))
      text(canvas(), {left, middle}, Align::left, Font::regular, 11, t.danger, words, room);
  }
}

ImU32 mark_colour(MarkKind kind) {
  const Theme& t = theme();
  if (kind == MarkKind::violation) return t.danger;
  return kind == MarkKind::narration ? t.accent : t.text2;
}

void draw_mark_shape(const MarkRecord& mark, ImVec2 at) {
  const float r = px(5);
  const ImU32 colour = mark_colour(mark.kind);
  const ImVec2 diamond[] = {{at.x, at.y - r}, {at.x + r, at.y}, {at.x, at.y + r}, {at.x - r, at.y}};
  if (mark.kind == MarkKind::narration) {
    canvas().AddCircleFilled(at, px(3), colour);
  } else if (mark.kind == MarkKind::violation) {
    canvas().AddConvexPolyFilled(diamond, 4, colour);
  } else {
    canvas().AddPolyline(diamond, 4, colour, ImDrawFlags_Closed, line_width(1.5f));
  }
}

/// Marks on the axis; pressing one goes to its event.
void draw_marks(Context& context, const Lanes& lanes, Places& places) {
  const float middle = lanes.area.min.y + px(14);
  const Timeline& timeline = context.frame.timeline;
  for (const MarkRecord& mark : marks_in(timeline, lanes.from_us, lanes.to_us)) {
    if (mark.kind != MarkKind::action && mark.kind != MarkKind::narration && mark.kind != MarkKind::violation)
      continue;
    const float x = lanes.x_of(mark.time_us);
    if (x < lanes.left || x > lanes.right || !places.take(x - px(6), x + px(6))) continue;
    draw_mark_shape(mark, {x, middle});
    const Rect spot{{x - px(8), middle - px(10)}, {x + px(8), middle + px(10)}};
    if (hovered(spot)) tooltip(mark.label);
    hairline(canvas(), {x, lanes.top}, {x, lanes.bottom}, with_alpha(mark_colour(mark.kind), 0.3f));
    const float width = text_width(Font::regular, 11, mark.label);
    if (width < px(180) && x + px(12) + width < lanes.right && places.take(x + px(6), x + px(14) + width)) {
      text(canvas(), {x + px(10), middle}, Align::left, Font::regular, 11,
           mark.kind == MarkKind::violation ? theme().danger : theme().text2, mark.label);
    }
    if (hot_area(context, concat("mark ", &mark - timeline.marks.data() + 1), spot, mark.label,
                 "at " + time_label(mark.time_us)))
      ask(context, Command::Kind::seek_event, mark.event);
  }
}

/// Where other branches leave the present one; pressing one shows it.
void draw_forks(Context& context, const Lanes& lanes, Places& places) {
  if (context.frame.branches == nullptr) return;
  const Theme& t = theme();
  const float middle = lanes.area.min.y + px(14);
  for (size_t i = 1; i < context.frame.branches->size(); ++i) {
    const Branch& branch = (*context.frame.branches)[i];
    const float x = lanes.x_of(branch.fork_us);
    if (branch.parent != context.frame.branch || i == context.frame.branch || x < lanes.left || x > lanes.right) continue;
    hairline(canvas(), {x, lanes.top}, {x, lanes.bottom}, with_alpha(t.accent, 0.5f));
    const std::string words = "fork: " + branch.name;
    const float width = text_width(Font::regular, 11, words);
    if (!places.take(x - px(6), x + px(6))) continue;
    const float r = px(5);
    const ImVec2 diamond[] = {{x, middle - r}, {x + r, middle}, {x, middle + r}, {x - r, middle}};
    canvas().AddConvexPolyFilled(diamond, 4, t.accent);
    const bool room = x + px(14) + width < lanes.right && places.take(x + px(6), x + px(14) + width);
    if (room) text(canvas(), {x + px(10), middle}, Align::left, Font::regular, 11, t.text, words);
    const Rect spot{{x - px(8), middle - px(10)}, {x + (room ? px(14) + width : px(8)), middle + px(10)}};
    if (hovered(spot)) tooltip(words);
    if (hot_area(context, concat("fork ", i), spot, words, "at " + time_label(branch.fork_us)))
      ask(context, Command::Kind::go_to_branch, i);
  }
}

/// A dotted line where a configuration starts; left of it what ended the last one.
void draw_starts(Context& context, const Lanes& lanes, Places& places) {
  const Theme& t = theme();
  const float middle = lanes.area.min.y + px(14);
  // Memberships take effect as soon as they are in the log; only stop-signs end something first.
  const Stretch<MarkRecord> marks = marks_in(context.frame.timeline, lanes.from_us, lanes.to_us);
  const bool sealed = std::any_of(marks.begin(), marks.end(), [](const MarkRecord& m) { return m.kind == MarkKind::stop_sign; });
  for (const MarkRecord& mark : marks) {
    const float x = std::floor(lanes.x_of(mark.time_us)) + 0.5f;
    if (mark.kind != MarkKind::configuration || x < lanes.left || x > lanes.right) continue;
    dashed_line(canvas(), {x, lanes.area.min.y + px(6)}, {x, lanes.bottom}, t.text2, line_width(1), px(2), px(3));
    constexpr std::string_view kBefore = "stop-sign decided";
    const float before = text_width(Font::regular, 11, kBefore), after = text_width(Font::regular, 11, mark.label);
    if (places.take(x - px(4), x + px(14) + after))
      text(canvas(), {x + px(10), middle}, Align::left, Font::regular, 11, t.text2, mark.label);
    if (sealed && x - px(14) - before > lanes.left && places.take(x - px(14) - before, x - px(4)))
      text(canvas(), {x - px(10), middle}, Align::right, Font::regular, 11, t.text2, kBefore);
    const Rect spot{{x - px(8), lanes.area.min.y}, {x + px(14) + after, lanes.top}};
    if (hot_area(context, "start " + mark.label, spot, mark.label, "at " + time_label(mark.time_us)))
      ask(context, Command::Kind::seek_event, mark.event);
  }
}

std::string tick_label(TimeUs time, TimeUs distance) {
  const int digits = distance >= 100'000 ? 1 : distance >= 10'000 ? 2 : 3;
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.*f s", digits, static_cast<double>(time) / 1e6);
  return buffer;
}

float pill_width(const Frame& frame) {
  return std::ceil(text_width(Font::mono, 12, time_label(frame.shown_us))) + px(14);
}

TimeUs axis_distance(const Lanes& lanes) {
  const float per_us = (lanes.right - lanes.left) / static_cast<float>(lanes.to_us - lanes.from_us);
  return tick_distance(static_cast<TimeUs>(px(96) / per_us));
}

}  // namespace

void draw_grid(const Lanes& lanes) {
  const TimeUs distance = axis_distance(lanes);
  for (TimeUs tick = (lanes.from_us + distance - 1) / distance * distance; tick <= lanes.to_us;
       tick += distance) {
    const float x = std::round(lanes.x_of(tick));
    hairline(canvas(), {x, lanes.top}, {x, lanes.bottom}, with_alpha(theme().line, 0.8f));
  }
}

void draw_bands(Context& context, const Lanes& lanes) {
  const Theme& t = theme();
  for (const CutSpan& cut : context.frame.timeline.cuts) {
    const TimeUs to = end_of(cut.to_us, context.frame.timeline);
    if (!lanes.overlaps(cut.from_us, to)) continue;
    const float left = std::max(lanes.x_of(cut.from_us), lanes.left - 1),
                right = std::min(lanes.x_of(to), lanes.right);
    canvas().AddRectFilled({left, lanes.top}, {right, lanes.bottom}, with_alpha(t.danger, 0.08f));
    const float edge = std::floor(lanes.x_of(cut.from_us)) + 0.5f * px(1);
    dashed_line(canvas(), {edge, lanes.area.min.y + px(8)}, {edge, lanes.bottom}, with_alpha(t.danger, 0.8f),
                px(1), px(2), px(3));
  }
}

namespace {

/// Whether a server is down, and says so on its lane, somewhere between two places of the timeline.
bool is_down_between(const Lanes& lanes, const Timeline& timeline, ServerId id, float left, float right) {
  return std::any_of(timeline.downs.begin(), timeline.downs.end(), [&](const DownSpan& down) {
    return down.server == id && lanes.x_of(down.from_us) < right && lanes.x_of(end_of(down.to_us, timeline)) > left;
  });
}

/// The line under a lane: solid while the server is a member, dotted while it is in no configuration. Its
/// words are drawn later, above the messages.
void draw_lane_ground(Context& context, const Lanes& lanes, ServerId id, bool words_only) {
  const Theme& t = theme();
  const float y = lanes.y_of(id);
  float from = lanes.left;
  Membership now = Membership::member;
  const auto piece = [&](float to) {
    to = std::min(to, lanes.right);
    if (to <= from) return;
    const bool outside = now == Membership::spare || now == Membership::retired;
    if (outside && !words_only) {
      dashed_line(canvas(), {from, y + 0.5f}, {to, y + 0.5f}, t.line2, line_width(1), px(2), px(4));
    } else if (outside) {
      const std::string words = now == Membership::retired ? "retired" : server_label(id) + " is spare";
      const float width = text_width(Font::regular, 11, words);
      if (to - from > width + px(40) && !is_down_between(lanes, context.frame.timeline, id, from, from + px(40) + width))
        text(canvas(), {from + px(16), y - px(now == Membership::retired ? 0 : 9)}, Align::left, Font::regular, 11,
             t.text2, words);
    } else if (!words_only) {
      hairline(canvas(), {from, y}, {to, y}, t.line2);
    }
    from = to;
  };
  for (const LaneChange& change : context.frame.timeline.changes) {
    if (change.server != id || change.kind != LaneKind::membership) continue;
    const float x = lanes.x_of(change.from_us);
    piece(x);
    now = change.membership;
    if (!words_only || now != Membership::joining || x < lanes.left || x > lanes.right) continue;
    canvas().AddCircleFilled({x, y}, px(4), t.bg1);
    canvas().AddCircle({x, y}, px(3.5f), t.ok, 0, line_width(1.5f));
    context.semantics.add(concat("joins ", id, " ", change.from_us), SemanticRole::text,
                          concat(server_label(id), " joins configuration ", change.epoch.configuration),
                          "at " + time_label(change.from_us), {x - px(6), y - px(6)}, {x + px(6), y + px(6)});
  }
  piece(lanes.right);
}

}  // namespace

void draw_lane_lines(Context& context, const Lanes& lanes) {
  const Timeline& timeline = context.frame.timeline;
  const float now = std::min(lanes.x_of(timeline.last_time_us), lanes.right);
  for (ServerId id : lanes.servers) {
    const float y = lanes.y_of(id);
    draw_lane_ground(context, lanes, id, false);
    float from = lanes.left;
    Epoch epoch;
    const auto piece = [&](float to) {
      if (epoch && to > from && from < lanes.right) {
        const float half = std::round(line_width(1));
        canvas().AddRectFilled({from, y - half}, {std::min(to, lanes.right), y + half},
                               with_alpha(colours_of(epoch, timeline).stroke, 0.75f));
      }
      from = std::max(from, to);
    };
    for (const EpochChange& change : timeline.lanes) {
      if (change.server != id) continue;
      piece(lanes.x_of(change.from_us));
      epoch = change.epoch;
    }
    piece(now);
  }
  for (const DownSpan& down : timeline.downs) draw_down(context, lanes, down);
}

void draw_spans(Context& context, const Lanes& lanes) {
  for (const LeaderSpan& span : context.frame.timeline.leaders) draw_span(context, lanes, span);
  for (const DownSpan& down : context.frame.timeline.downs) draw_down_ends(context, lanes, down);
}

void draw_stop_signs(Context& context, const Lanes& lanes) {
  const Theme& t = theme();
  for (ServerId id : lanes.servers) draw_lane_ground(context, lanes, id, true);
  for (const MarkRecord& mark : marks_in(context.frame.timeline, lanes.from_us, lanes.to_us)) {
    if (mark.kind != MarkKind::stop_sign) continue;
    const ImVec2 at{lanes.x_of(mark.time_us), lanes.y_of(mark.server)};
    if (at.x < lanes.left || at.x > lanes.right) continue;
    const float r = std::min(px(8), lanes.pitch / 2 - px(1));
    octagon(canvas(), at, r, mix(t.bg1, t.danger, 0.3f), t.danger, line_width(1.5f));
    const Rect spot{{at.x - r, at.y - r}, {at.x + r, at.y + r}};
    const std::string label = concat(server_label(mark.server), ": ", mark.label);
    if (hovered(spot)) tooltip(label);
    if (hot_area(context, concat("stop-sign ", mark.event, server_label(mark.server)), spot, label,
                 "at " + time_label(mark.time_us)))
      ask(context, Command::Kind::seek_event, mark.event);
  }
}

void draw_span_labels(Context& context, const Lanes& lanes) {
  const Theme& t = theme();
  for (const LeaderSpan& span : context.frame.timeline.leaders) {
    const TimeUs to = end_of(span.to_us, context.frame.timeline);
    if (!lanes.overlaps(span.from_us, to)) continue;
    const std::string label = epoch_label(span.epoch);
    const float y = lanes.y_of(span.server), width = px(kCrown + 10) + text_width(Font::mono, 11, label);
    float left = std::max(lanes.x_of(span.from_us), lanes.left) + px(7);
    const float right = std::min(lanes.x_of(to), lanes.right);
    // The label stays readable beside the playhead.
    const float playhead = lanes.x_of(context.frame.shown_us);
    if (playhead > left - px(4) && playhead < left + width && right - playhead > width + px(20))
      left = playhead + px(15);
    const std::string words = std::string(span.has_followers ? "Leader " : "Leads without followers: ") +
                              server_label(span.server) + ", " + context.frame.observation.epoch_word + " " + label;
    context.semantics.add("span " + std::to_string(span.server) + " " + label, SemanticRole::text, words,
                          "from " + time_label(span.from_us), {left, y - px(8)}, {right, y + px(8)});
    if (right - left < px(kCrown + 2)) continue;
    crown(canvas(), {left + px(5.5f), y}, px(kCrown), t.text, span.has_followers);
    if (right - left > width)
      text(canvas(), {left + px(15.5f), y}, Align::left, Font::mono, 11, t.text, label);
  }
}

void keep_off_playhead(const Frame& frame, const Lanes& lanes, Places& places) {
  const float playhead = lanes.x_of(frame.shown_us), half_pill = pill_width(frame) / 2;
  if (playhead <= lanes.left - px(1) || playhead >= lanes.right + px(1)) return;
  const float middle = std::clamp(playhead, lanes.area.min.x + half_pill, lanes.area.max.x - half_pill);
  places.take(middle - half_pill - px(4), middle + half_pill + px(4));
}

void draw_ticks(const Lanes& lanes, Places& places) {
  const TimeUs distance = axis_distance(lanes);
  for (TimeUs tick = (lanes.from_us + distance - 1) / distance * distance; tick <= lanes.to_us;
       tick += distance) {
    const float x = std::round(lanes.x_of(tick));
    const std::string label = tick_label(tick, distance);
    const float half = text_width(Font::mono, 11, label) / 2;
    if (x + half > lanes.area.max.x || !places.take(x - half - px(6), x + half + px(6))) continue;
    text(canvas(), {x, lanes.area.min.y + px(14)}, Align::centre, Font::mono, 11, theme().text3, label);
  }
}

void draw_axis(Context& context, const Lanes& lanes) {
  Places places;
  keep_off_playhead(context.frame, lanes, places);
  draw_starts(context, lanes, places);
  draw_cut_labels(context, lanes, places);
  draw_forks(context, lanes, places);
  draw_marks(context, lanes, places);
  draw_ticks(lanes, places);
}

void draw_playhead(Context& context, const Lanes& lanes) {
  const Theme& t = theme();
  const float x = std::round(lanes.x_of(context.frame.shown_us));
  if (x < lanes.left - px(1) || x > lanes.right + px(1)) return;
  const float top = lanes.area.min.y + px(4), half = std::round(pill_width(context.frame) / 2);
  const float middle = std::clamp(x, lanes.area.min.x + half, lanes.area.max.x - half);
  const float thick = std::round(line_width(1));
  canvas().AddRectFilled({x - thick, top + px(16)}, {x + thick, lanes.bottom}, t.accent);
  canvas().AddRectFilled({middle - half, top}, {middle + half, top + px(20)}, t.accent, px(4));
  canvas().AddTriangleFilled({x - px(5), top + px(19)}, {x + px(5), top + px(19)}, {x, top + px(25)},
                             t.accent);
  text(canvas(), {middle, top + px(10)}, Align::centre, Font::mono, 12, t.on_accent,
       time_label(context.frame.shown_us));
}

}  // namespace paxoscope::ui
