// Runs of heartbeats and of messages sent again, each as one bead with its count.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/in_sight.h"
#include "ui/timeline_parts.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kApart = 10;         // CSS pixels per message from which single arrows are well apart
constexpr size_t kMostInSight = 20'000;  // of more, beads would say as little as the arrows do
constexpr size_t kMostBefore = 4096, kEarlier = 64, kMostOpened = 64;

std::string count_words(const MessageRun& run) {
  return concat("\xc3\x97", run.count);
}

/// The arrows in sight, and on either side the rest of the stretch that the outermost ones belong to.
std::vector<MessageRun> runs_in_sight(const Timeline& timeline, const Lanes& lanes) {
  const std::vector<ArrowRecord>& arrows = timeline.arrows;
  const Stretch<ArrowRecord> seen = arrows_in(timeline, lanes.from_us, lanes.to_us);
  if (seen.last - seen.first > static_cast<std::ptrdiff_t>(kMostInSight)) return {};
  auto first = static_cast<size_t>(seen.first - arrows.data()), last = static_cast<size_t>(seen.last - arrows.data());
  const auto same = [&](size_t a, size_t b) { return arrows[a].family == arrows[b].family; };
  for (size_t steps = 0; steps < kMostBefore && first > 0 && first < last && same(first - 1, first); ++steps) --first;
  for (size_t steps = 0; steps < kMostBefore && last > first && last < arrows.size() && same(last - 1, last); ++steps) ++last;
  // What was sent before and what is sent soon after may touch them.
  first -= std::min(first, kEarlier);
  last = std::min(last + kEarlier, arrows.size());
  return message_runs(arrows, first, last);
}

/// What is written on the lane of a leader keeps its place.
void keep_off_span_labels(const Frame& frame, const Lanes& lanes, ServerId server, Places& places) {
  for (const LeaderSpan& span : frame.timeline.leaders) {
    if (span.server != server || !lanes.overlaps(span.from_us, end_of(span.to_us, frame.timeline))) continue;
    const float left = std::max(lanes.x_of(span.from_us), lanes.left);
    places.take(left, left + px(40) + text_width(Font::mono, 11, epoch_label(span.epoch)));
  }
}

}  // namespace

std::vector<Bead> place_beads(const Frame& frame, const Lanes& lanes, const TimelineView& view) {
  const std::vector<ArrowRecord>& arrows = frame.timeline.arrows;
  Places places[kMaxServers + 1];
  for (ServerId id : lanes.servers) keep_off_span_labels(frame, lanes, id, places[std::min(id, kMaxServers)]);
  std::vector<Bead> beads;
  for (const MessageRun& run : runs_in_sight(frame.timeline, lanes)) {
    const float from = lanes.x_of(run.from_us), to = lanes.x_of(run.to_us);
    const float left = std::max(from, lanes.left), right = std::min(to, lanes.right);
    if (right < left || to - from > px(kApart) * static_cast<float>(run.count)) continue;
    if (is_hidden(frame, arrows[run.first].family, arrows[run.first].name)) continue;
    if (std::find(lanes.servers.begin(), lanes.servers.end(), run.sender) == lanes.servers.end()) continue;
    Bead bead{run, {0, lanes.y_of(run.sender)}};
    bead.half_width = std::ceil((text_width(Font::mono, 11, count_words(run)) + px(run.lost > 0 ? 24 : 12)) / 2);
    for (uint64_t id : view.opened) bead.open |= id >= arrows[run.first].message_id && id <= arrows[run.last].message_id;
    for (const float share : {0.5f, 0.75f, 0.25f}) {
      const float low = lanes.left + bead.half_width, x = std::round(left + (right - left) * share);
      bead.middle.x = std::clamp(x, low, std::max(low, lanes.right - bead.half_width));
      if (!places[run.sender].take(bead.middle.x - bead.half_width - px(2), bead.middle.x + bead.half_width + px(2))) continue;
      beads.push_back(bead);
      break;
    }
  }
  return beads;
}

const Bead* bead_of(const std::vector<Bead>& beads, size_t arrow) {
  const auto after = std::partition_point(beads.begin(), beads.end(), [&](const Bead& bead) { return bead.run.last < arrow; });
  return after != beads.end() && after->run.first <= arrow ? &*after : nullptr;
}

bool draw_beads(Context& context, const Lanes& lanes, const std::vector<Bead>& beads, TimelineView& view) {
  const Theme& t = theme();
  bool on_one = false;
  for (const Bead& bead : beads) {
    const MessageRun& run = bead.run;
    const ArrowRecord& first = context.frame.timeline.arrows[run.first];
    const float half = std::min(px(8), std::floor(lanes.pitch / 2 - px(1))), y = bead.middle.y;
    const Rect rect{{bead.middle.x - bead.half_width, y - half}, {bead.middle.x + bead.half_width, y + half}};
    const std::string what = run.heartbeats ? "heartbeats" : concat(first.name, " messages");
    const std::string label = concat(run.count, " ", what, " from ", time_label(run.from_us), " to ", time_label(run.to_us));
    const std::string lost = run.lost > 0 ? concat(run.lost, " lost") : "";
    const bool hot = hovered(rect);
    // How far it reaches.
    for (const float x : {lanes.x_of(run.from_us), lanes.x_of(run.to_us)})
      hairline(canvas(), {std::round(x), y - px(4)}, {std::round(x), y + px(4)}, t.neutral.stroke);
    hairline(canvas(), {lanes.x_of(run.from_us), y}, {lanes.x_of(run.to_us), y}, t.neutral.stroke);
    rounded_rect(canvas(), rect.min, rect.max, half, bead.open ? t.bg3 : t.bg0, hot || bead.open ? t.text : t.neutral.stroke, 1.5f * scale());
    if (run.lost > 0) cross(canvas(), {rect.min.x + px(9), y}, px(3), t.danger, 1.5f * scale());
    text(canvas(), {rect.max.x - px(6), y}, Align::right, Font::mono, 11, t.text, count_words(run));
    if (hot) tooltip(concat(label, lost.empty() ? "" : ", ", lost));
    on_one |= hot;
    if (!hot_area(context, concat("run ", first.message_id), rect, label, lost, SemanticRole::toggle, bead.open, 8)) continue;
    const uint64_t low = first.message_id, high = context.frame.timeline.arrows[run.last].message_id;
    if (bead.open) {
      view.opened.erase(std::remove_if(view.opened.begin(), view.opened.end(), [&](uint64_t id) { return id >= low && id <= high; }),
                        view.opened.end());
    } else {
      if (view.opened.size() >= kMostOpened) view.opened.erase(view.opened.begin());
      view.opened.push_back(low);
    }
    context.animating = true;
  }
  return on_one;
}

}  // namespace paxoscope::ui
