// The messages of the timeline, from send to end, and the futures that wait for what they bring.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/in_sight.h"
#include "ui/proposals.h"
#include "ui/timeline_parts.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

/// A lane is thicker where its server leads; arrows start and end outside.
float lane_half(const Timeline& timeline, ServerId server, TimeUs at) {
  for (const LeaderSpan& span : timeline.leaders) {
    if (span.server == server && span.from_us <= at && at <= end_of(span.to_us, timeline)) return 9;
  }
  return 3;
}

struct Stroke {
  ImVec2 from, to;
};

Stroke stroke_of(const Timeline& timeline, const Lanes& lanes, const ArrowRecord& arrow) {
  Stroke stroke{{lanes.x_of(arrow.sent_us), lanes.y_of(arrow.from)},
                {lanes.x_of(arrow.end_us), lanes.y_of(arrow.to)}};
  const float down = stroke.to.y > stroke.from.y ? 1.0f : -1.0f;
  stroke.from.y += down * px(lane_half(timeline, arrow.from, arrow.sent_us));
  stroke.to.y -= down * px(lane_half(timeline, arrow.to, arrow.end_us));
  return stroke;
}

ImVec2 along(const Stroke& stroke, float share) {
  return {stroke.from.x + (stroke.to.x - stroke.from.x) * share,
          stroke.from.y + (stroke.to.y - stroke.from.y) * share};
}

float distance_to(const Stroke& stroke, ImVec2 p) {
  const ImVec2 d{stroke.to.x - stroke.from.x, stroke.to.y - stroke.from.y};
  const float square = d.x * d.x + d.y * d.y;
  if (square < 1) return 1e9f;
  const float share =
      std::clamp(((p.x - stroke.from.x) * d.x + (p.y - stroke.from.y) * d.y) / square, 0.0f, 1.0f);
  const ImVec2 nearest = along(stroke, share);
  return std::hypot(p.x - nearest.x, p.y - nearest.y);
}

void draw_arrow(const Lanes& lanes, const Frame& frame, const ArrowRecord& arrow, bool lit) {
  ImDrawList& list = canvas();
  Stroke stroke = stroke_of(frame.timeline, lanes, arrow);
  const uint64_t now = frame.observation.event.number;
  const bool present = now != 0 && (arrow.sent_event == now || arrow.end_event == now);
  const bool chatter = arrow.family == MessageFamily::heartbeat;
  const bool reply = arrow.family == MessageFamily::reply || arrow.family == MessageFamily::refusal;
  float alpha = chatter ? 0.28f : reply ? 0.6f : 0.8f;
  if (lit || (present && !chatter)) alpha = 1;
  const bool bulk = arrow.family == MessageFamily::transfer;
  const float thickness = line_width(bulk ? 2.5f : lit ? 2.0f : present && !chatter ? 1.5f : 1.0f);
  const ImU32 colour = with_alpha(colours_of(arrow.epoch, frame.timeline).stroke, alpha);
  const bool gone = arrow.fate == MessageFate::lost || arrow.fate == MessageFate::dropped;
  if (gone) stroke.to = along(stroke, 0.55f);
  if (arrow.fate == MessageFate::flying && arrow.end_us > arrow.sent_us) {
    const auto flown = static_cast<float>(frame.timeline.last_time_us - arrow.sent_us);
    stroke.to =
        along(stroke, std::clamp(flown / static_cast<float>(arrow.end_us - arrow.sent_us), 0.05f, 1.0f));
  }
  const ImVec2 direction{stroke.to.x - stroke.from.x, stroke.to.y - stroke.from.y};
  list.AddLine(stroke.from, stroke.to, colour, thickness);
  if (gone) {
    cross(list, stroke.to, px(chatter ? 2 : 2.5f),
          chatter ? with_alpha(theme().danger, 0.4f) : theme().danger, line_width(1.5f));
  } else {
    arrow_head(list, stroke.to, direction, (chatter ? 5.0f : 7.0f) * scale(),
               with_alpha(colour, chatter ? 1 : 1.2f));
  }
}

/// Arrows of one kind on one link that nobody could tell apart are drawn once, so what is drawn has a bound by the width of
/// the diagram however much is in sight.
class Crowd {
 public:
  /// Another like it was drawn right beside it.
  bool covers(const Lanes& lanes, const ArrowRecord& arrow) {
    if (arrow.from > kMaxServers || arrow.to > kMaxServers) return false;
    const Drawn one{lanes.x_of(arrow.sent_us), lanes.x_of(arrow.end_us), &arrow.epoch};
    Drawn& last = drawn_[arrow.from][arrow.to][static_cast<size_t>(arrow.family) % kFamilies];
    const float apart = px(2.5f);
    const bool same = last.epoch != nullptr && *last.epoch == arrow.epoch;
    if (same && std::abs(last.from - one.from) < apart && std::abs(last.to - one.to) < apart) return true;
    last = one;
    return false;
  }

 private:
  static constexpr size_t kFamilies = 8;
  struct Drawn {
    float from = 0, to = 0;
    const Epoch* epoch = nullptr;  ///< null: none yet
  };
  Drawn drawn_[kMaxServers + 1][kMaxServers + 1][kFamilies];
};

std::string words_for(const ArrowRecord& arrow) {
  std::string words = arrow.name;
  if (arrow.epoch) words += " " + epoch_label(arrow.epoch);
  words += concat(" from ", server_label(arrow.from), " to ", server_label(arrow.to));
  switch (arrow.fate) {
    case MessageFate::flying:
      return words + ", on its way";
    case MessageFate::delivered:
      return concat(words, ", arrived at ", time_label(arrow.end_us));
    case MessageFate::lost:
      return words + ", lost";
    default:
      return words + ", dropped";
  }
}

}  // namespace

bool shows_heartbeats(const Lanes& lanes) {
  return (lanes.right - lanes.left) * 1000.0f / static_cast<float>(lanes.to_us - lanes.from_us) > 1.2f;
}

void draw_arrows(Context& context, const Lanes& lanes, const std::vector<Bead>& beads) {
  const Timeline& timeline = context.frame.timeline;
  const bool chatter_shown = shows_heartbeats(lanes);
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  const bool searching = hovered({{lanes.left, lanes.top}, {lanes.right, lanes.bottom}});
  std::vector<uint64_t> carriers;  // messages on their way with the proposal under the pointer
  for (const MessageView& message : context.frame.observation.messages)
    if (carries_lit(context.selection, message)) carriers.push_back(message.id);
  const ArrowRecord* nearest = nullptr;
  float best = px(5);
  const Stretch<ArrowRecord> arrows = arrows_in(timeline, lanes.from_us, lanes.to_us);
  const uint64_t now = context.frame.observation.event.number;
  const std::vector<uint64_t>& path = context.selection.path;
  Crowd crowd;
  // Heartbeats first: what matters lies on top.
  for (const bool chatter : {true, false}) {
    for (const ArrowRecord* arrow = arrows.first; arrow != arrows.last; ++arrow) {
      if ((arrow->family == MessageFamily::heartbeat) != chatter) continue;
      if (!lanes.overlaps(arrow->sent_us, arrow->end_us) || arrow->from == arrow->to) continue;
      const bool on_path = std::find(path.begin(), path.end(), arrow->message_id) != path.end();
      const Bead* bead = beads.empty() ? nullptr : bead_of(beads, static_cast<size_t>(arrow - timeline.arrows.data()));
      const bool noise = chatter && !chatter_shown && bead == nullptr;
      if (!on_path && (noise || is_hidden(context.frame, arrow->family, arrow->name))) continue;
      const Item item{Item::Kind::message, 0, 0, arrow->message_id};
      const bool lit = on_path || context.selection.hovered == item ||
                       std::find(carriers.begin(), carriers.end(), item.number) != carriers.end();
      if (!lit && bead != nullptr && !bead->open) continue;
      const bool one_of_many = arrow->fate == MessageFate::delivered && !lit && arrow->sent_event != now && arrow->end_event != now;
      if (!one_of_many || !crowd.covers(lanes, *arrow)) draw_arrow(lanes, context.frame, *arrow, lit);
      if (!searching) continue;
      const float distance = distance_to(stroke_of(timeline, lanes, *arrow), pointer);
      if (distance < best) best = distance, nearest = arrow;
    }
  }
  if (nearest == nullptr) return;
  context.selection.hovering = Item{Item::Kind::message, 0, 0, nearest->message_id};
  tooltip(words_for(*nearest));
}

void draw_proposals(Context& context, const Lanes& lanes) {
  const Frame& frame = context.frame;
  const std::vector<TimeUs>& times = frame.timeline.event_times_us;
  for (const FutureView& future : frame.observation.futures) {
    if (!context.selection.lit(proposal_item(future.attempt_id, future.made_event))) continue;
    const bool settled = future.settled_event != 0 && future.settled_event < times.size();
    const TimeUs end_us = settled ? times[future.settled_event] : frame.observation.time_us;
    if (!lanes.overlaps(end_us - future.age_us, end_us)) continue;
    const float y = lanes.y_of(future.server), end = lanes.x_of(end_us), from = lanes.x_of(end_us - future.age_us);
    const float half = std::min(px(11), lanes.pitch / 2);
    rounded_rect(canvas(), {from, y - half}, {std::max(end, from + px(4)), y + half}, px(6), 0, theme().accent, px(2));
    draw_future_mark({end, y}, 8 * scale(), future.state, theme().bg1, colours_of(future.epoch, frame.timeline).stroke);
  }
}

}  // namespace paxoscope::ui
