#include "ui/timeline.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/timeline_parts.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr TimeUs kFirstLength = 400'000;  // a message of 10 ms is then about 34 px long at 1440
constexpr TimeUs kShortest = 5'000;

void clamp_window(TimelineView& view, TimeUs length, TimeUs end_us) {
  const TimeUs whole = std::max(end_us, kShortest);
  length = std::clamp(length, kShortest, whole);
  view.from_us = std::clamp<TimeUs>(view.from_us, 0, whole - length);
  view.to_us = view.from_us + length;
}

/// The pointer on the diagram: wheel zooms and pans, pressing and dragging moves the playhead (not where it presses
/// something else).
void handle_pointer(Context& context, TimelineView& view, const Lanes& lanes, bool taken) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool over = hovered(lanes.area);
  const TimeUs end = std::max(context.frame.end_us, context.frame.timeline.last_time_us);
  if (over && io.MouseWheel != 0 && !io.KeyShift) {
    zoom_timeline(view, std::pow(1.25f, io.MouseWheel), lanes.time_at(io.MousePos.x), end);
  }
  if (pinched(context, lanes.area)) {
    const Pinch& pinch = context.selection.pinch;
    zoom_timeline(view, pinch.factor, lanes.time_at(pinch.at.x - pinch.by.x), end);
    const double share = static_cast<double>(pinch.by.x) / static_cast<double>(std::max(lanes.right - lanes.left, 1.0f));
    const TimeUs length = view.length_us();
    view.from_us -= static_cast<TimeUs>(share * static_cast<double>(length));
    clamp_window(view, length, end);
    context.animating = true;  // the next frame shows it
  }
  const float sideways = io.MouseWheelH + (io.KeyShift ? io.MouseWheel : 0);
  if (over && sideways != 0) {
    view.from_us -= static_cast<TimeUs>(sideways * 0.1f * static_cast<float>(view.length_us()));
    clamp_window(view, lanes.to_us - lanes.from_us, end);
  }
  const Rect ground{{lanes.left, lanes.area.min.y}, lanes.area.max};
  if (pressed(ground) && !taken) view.scrubbing = true;
  if (!io.MouseDown[0]) view.scrubbing = false;
  if (!view.scrubbing || !(io.MouseClicked[0] || io.MouseDelta.x != 0)) return;
  ask_time(context, std::clamp<TimeUs>(lanes.time_at(std::clamp(io.MousePos.x, lanes.left, lanes.right)), 0, end));
}

/// Letters at the left; pressing one selects its server.
void draw_letters(Context& context, const Lanes& lanes) {
  const Theme& t = theme();
  for (const ServerView& server : context.frame.observation.servers) {
    const float y = lanes.y_of(server.id);
    const Rect cell{{lanes.area.min.x + px(12), y - lanes.pitch / 2},
                    {lanes.area.min.x + px(44), y + lanes.pitch / 2}};
    const Item item{Item::Kind::server, server.id, 0, 0};
    if (hovered(cell)) context.selection.hovering = item;
    const bool lit = context.selection.server == server.id || context.selection.hovered == item;
    if (lit) canvas().AddRectFilled(cell.min, {cell.max.x, cell.max.y}, with_alpha(t.accent, 0.16f), px(4));
    text(canvas(), {lanes.area.min.x + px(28), y}, Align::centre, Font::semibold, 13, lit ? t.text : t.text2,
         server_label(server.id));
    if (server.clock_offset_us != 0) {
      const std::string skew = concat(server.clock_offset_us > 0 ? "+" : "\xe2\x88\x92",
                                       std::llabs(server.clock_offset_us) / 1000);
      text(canvas(), {lanes.area.min.x + px(38), y}, Align::left, Font::mono, 11, t.text3, skew);
    }
    const std::string name = server_label(server.id);
    if (hot_area(context, "lane " + name, cell, "Lane of server " + name, server.role_text)) {
      ask(context, Command::Kind::select_server, server.id);
    }
  }
}

}  // namespace

void follow_playhead(TimelineView& view, TimeUs shown_us, TimeUs end_us) {
  TimeUs length = view.length_us();
  if (length <= 0) length = kFirstLength;
  // Room on the right for what comes, most of the width for what was.
  if (shown_us < view.from_us + length / 20 || view.length_us() <= 0) view.from_us = shown_us - length / 2;
  if (shown_us > view.from_us + length * 3 / 4) view.from_us = shown_us - length * 3 / 4;
  clamp_window(view, length, end_us);
}

void zoom_timeline(TimelineView& view, float factor, TimeUs around_us, TimeUs end_us) {
  const auto old_length = static_cast<double>(std::max(view.length_us(), kShortest));
  const auto length =
      std::clamp(old_length / static_cast<double>(std::max(factor, 0.01f)), static_cast<double>(kShortest),
                 static_cast<double>(std::max(end_us, kShortest)));
  const double share = static_cast<double>(around_us - view.from_us) / old_length;
  view.from_us = around_us - static_cast<TimeUs>(share * length);
  clamp_window(view, static_cast<TimeUs>(length), end_us);
}

void fit_timeline(TimelineView& view, TimeUs end_us) {
  view.from_us = 0;
  clamp_window(view, end_us, end_us);
}

TimeUs tick_distance(TimeUs least_us) {
  TimeUs step = 1;
  while (step < least_us) {
    for (TimeUs factor : {1, 2, 5}) {
      if (step * factor >= least_us) return step * factor;
    }
    step *= 10;
  }
  return step;
}

Lanes::Lanes(const Frame& frame, const Rect& where, const TimelineView& view)
    : area(where),
      left(where.min.x + px(56)),
      right(where.max.x - px(16)),
      from_us(view.from_us),
      to_us(std::max(view.to_us, view.from_us + 1)) {
  for (const ServerView& server : frame.observation.servers) servers.push_back(server.id);
  const float count = std::max(1.0f, static_cast<float>(servers.size()));
  top = where.min.y + px(26);
  bottom = where.max.y - px(8);
  pitch = std::max(px(8), std::floor((bottom - top - px(2)) / count));
}

float Lanes::y_of(ServerId id) const {
  const auto found = std::find(servers.begin(), servers.end(), id);
  const auto row = static_cast<float>(found - servers.begin());
  return std::round(top + px(2) + pitch * (row + 0.5f));
}

float Lanes::x_of(TimeUs time) const {
  const double share = static_cast<double>(time - from_us) / static_cast<double>(to_us - from_us);
  return left + static_cast<float>(share * static_cast<double>(right - left));
}

TimeUs Lanes::time_at(float x) const {
  const double share = static_cast<double>(x - left) / static_cast<double>(std::max(right - left, 1.0f));
  return from_us + static_cast<TimeUs>(share * static_cast<double>(to_us - from_us));
}

void draw_timeline(Context& context, const Rect& area, TimelineView& view) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  list.AddRectFilled(area.min, area.max, t.bg1);
  hairline(list, area.min, {area.max.x, area.min.y}, t.line);
  const Lanes lanes(context.frame, area, view);

  list.PushClipRect({lanes.left, area.min.y}, {lanes.right + px(1), area.max.y}, true);
  draw_grid(lanes);
  draw_bands(context, lanes);
  draw_lane_lines(context, lanes);
  const std::vector<Bead> beads = place_beads(context.frame, lanes, view);
  draw_arrows(context, lanes, beads);
  draw_spans(context, lanes);
  draw_stop_signs(context, lanes);
  draw_proposals(context, lanes);
  const bool on_bead = draw_beads(context, lanes, beads, view);
  const float playhead = lanes.x_of(context.frame.shown_us);
  if (playhead < lanes.right) {
    list.AddRectFilled({std::max(playhead, lanes.left), lanes.top}, {lanes.right + px(1), lanes.bottom},
                       with_alpha(t.bg1, 0.62f));
  }
  draw_span_labels(context, lanes);
  list.PopClipRect();

  list.PushClipRect(area.min, area.max, true);
  draw_axis(context, lanes);
  draw_letters(context, lanes);
  draw_playhead(context, lanes);
  list.PopClipRect();
  context.semantics.add("timeline", SemanticRole::slider, "Timeline", time_label(context.frame.shown_us),
                        {lanes.left, area.min.y}, area.max, slider_state(context.frame.shown_us, context.frame.end_us));
  handle_pointer(context, view, lanes, on_bead);
}

}  // namespace paxoscope::ui
