// Finding capsules: positions, batches, crowding. Drawing is in capsules.cpp.
#include "ui/messages.h"

#include <cstdio>

#include "base/sort_indexes.h"
#include "ui/draw.h"
#include "ui/geometry.h"

namespace paxoscope::ui {
namespace {

constexpr TimeUs kBatchUs = 1000;
constexpr size_t kMostMarked = 100;
constexpr float kNameGap = 5, kPadding = 10, kMarkWidth = 14;

bool has_mark(MessageFamily family) {
  return family == MessageFamily::refusal || family == MessageFamily::decision;
}

/// "×3" or "+2" behind the words.
float suffix_width(const Capsule& capsule) {
  float width = 0;
  if (capsule.same > 1)
    width += kNameGap * scale() + text_width(Font::mono, 12,
                                             "\xc3\x97"
                                             "9") *
                                      (capsule.same > 9 ? 1.5f : 1);
  if (capsule.others > 0)
    width += kNameGap * scale() + text_width(Font::mono, 12, "+9") * (capsule.others > 9 ? 1.5f : 1);
  return width;
}

float words_width(const MessageView& message, const Capsule& capsule, CapsuleForm form) {
  float width = text_width(Font::semibold, 12, message.name);
  if (form == CapsuleForm::full && capsule.same_value && !message.value.empty()) {
    width += kNameGap * scale() + text_width(Font::mono, 12, message.value);
  }
  if (has_mark(message.family)) width += kMarkWidth * scale();
  return width + suffix_width(capsule);
}

/// Picks the richest form that the link's length allows and sets the capsule's size.
void size_capsule(const MessageView& message, float length, Capsule& capsule) {
  if (message.family == MessageFamily::heartbeat) {
    capsule.form = CapsuleForm::heartbeat;
    capsule.half_width = capsule.half_height = 3 * scale();
    return;
  }
  capsule.half_height = 11 * scale();
  for (CapsuleForm form : {CapsuleForm::full, CapsuleForm::name_only}) {
    capsule.form = form;
    capsule.half_width = std::ceil(words_width(message, capsule, form) / 2 + kPadding * scale());
    const float needed = 2 * reach(capsule.half_width, capsule.half_height, capsule.unit) + 24 * scale();
    if (needed <= length) return;
  }
  capsule.form = CapsuleForm::dot;
  capsule.half_width = capsule.half_height = 9 * scale();
}

/// One direction of one link while its messages are gone through.
struct Lane {
  ImVec2 from, unit;
  float length = 0, start = 0, end = 0;  ///< free ends for capsules
  float aside = 0;                       ///< to the right of the flight, when both directions carry capsules
};

Lane lane_of(const StageLayout& layout, ServerId from, ServerId to, bool both_ways) {
  Lane lane;
  const LinkPlace* link = layout.link(from, to);
  if (link == nullptr) return lane;
  const bool forth = link->a == from;
  const ImVec2 target = forth ? link->to : link->from;
  lane.from = forth ? link->from : link->to;
  lane.unit = direction(lane.from, target);
  lane.length = distance(lane.from, target);
  lane.start = forth ? link->start_at_a : link->start_at_b;
  lane.end = forth ? link->start_at_b : link->start_at_a;
  if (both_ways) lane.aside = 12 / std::max(std::fabs(lane.unit.x), 0.8f) * scale();
  return lane;
}

void place_on_lane(const Lane& lane, const MessageView& message, bool still, Capsule& capsule) {
  const bool dot = message.family == MessageFamily::heartbeat;
  const float first = dot ? 0 : std::min(lane.start, lane.length / 2);
  const float last = lane.length - (dot ? 0 : std::min(lane.end, lane.length / 2));
  float at = first + (last - first) * capsule.progress;
  // Standing capsules of both directions: on steep links, where they are not apart by standing aside, one
  // behind another.
  const bool steep = std::fabs(lane.unit.x) < 0.8f;
  if (still && steep && lane.aside > 0 && !dot) {
    at = lane.length / 2 - (12 * scale() + lane.aside * std::fabs(lane.unit.x)) / std::fabs(lane.unit.y);
  }
  const float aside = dot ? 0 : lane.aside;
  capsule.unit = lane.unit;
  capsule.centre = along(along(lane.from, lane.unit, at), {-lane.unit.y, lane.unit.x}, aside);
  capsule.behind = at;
  capsule.ahead = lane.length - at;
  size_capsule(message, lane.length, capsule);
}

/// Whether two capsules of one lane would cover each other.
bool meet(const Capsule& front, const Capsule& next) {
  const float gap = distance(front.centre, next.centre);
  return gap < reach(front.half_width + next.half_width, front.half_height + next.half_height, front.unit);
}

/// As far as its size goes: all that suffix_width looks at, and whether the value is shown.
int size_class(const Capsule& capsule) {
  const auto of_count = [](uint32_t count, uint32_t least) { return (count > least ? 1 : 0) + (count > 9 ? 1 : 0); };
  return of_count(capsule.same, 1) + 3 * of_count(capsule.others, 0) + (capsule.same_value ? 9 : 0);
}

/// Puts a message into the capsule before it when both are one batch or there is no room. Returns whether it
/// did.
bool join(const std::vector<MessageView>& messages, const Lane& lane, Capsule& front, const Capsule& next) {
  const MessageView& a = messages[front.message];
  const MessageView& b = messages[next.message];
  if (a.family == MessageFamily::heartbeat || b.family == MessageFamily::heartbeat) return false;
  if (!same_batch(a, b) && !meet(front, next)) return false;
  const int size_before = size_class(front);
  if (a.name == b.name) {
    ++front.same;
    front.same_value = front.same_value && a.value == b.value;
  } else {
    ++front.others;
  }
  if (size_class(front) != size_before) size_capsule(a, lane.length, front);
  return true;
}

/// Moves a capsule along its link to where nothing covers it, if that is near. Returns whether it did.
template <class Covered>
bool step_aside(Capsule& capsule, const Covered& covered) {
  const float edge = reach(capsule.half_width, capsule.half_height, capsule.unit);
  const ImVec2 centre = capsule.centre;
  for (const float by : {-14.0f, 14.0f, -28.0f, 28.0f, -42.0f, 42.0f}) {
    const float moved = by * scale();
    if (capsule.behind + moved < edge || capsule.ahead - moved < edge) continue;
    capsule.centre = along(centre, capsule.unit, moved);
    if (covered()) continue;
    capsule.behind += moved;
    capsule.ahead -= moved;
    return true;
  }
  capsule.centre = centre;
  return false;
}

/// A capsule that would lie on another one, on a server or on what stands beside it gives up its value, then its name;
/// at rest it first tries to stand a little before or behind its place. Who arrives first keeps its words.
void make_room(const std::vector<MessageView>& messages, const StageLayout& layout, bool at_rest, std::vector<Capsule>& capsules) {
  constexpr size_t kMost = 64;
  static std::vector<uint32_t> placed;  // scratch memory, kept between frames
  placed.clear();
  for (uint32_t i = 0; i < capsules.size(); ++i)
    if (capsules[i].form != CapsuleForm::heartbeat) placed.push_back(i);
  if (placed.size() > kMost) return;
  const auto due = [&](uint32_t i) { return messages[capsules[i].message].deliver_us; };
  sort_indexes(placed, [&](uint32_t a, uint32_t b) { return due(a) != due(b) ? due(a) < due(b) : a < b; });
  for (size_t i = 0; i < placed.size(); ++i) {
    Capsule& capsule = capsules[placed[i]];
    const MessageView& message = messages[capsule.message];
    const auto covered = [&] {
      const Rect rect = capsule_rect(capsule);
      for (size_t before = 0; before < i; ++before)
        if (overlap(rect, capsule_rect(capsules[placed[before]]))) return true;
      for (const NodePlace& node : layout.nodes)
        if (distance(node.centre, rect) < layout.radius || overlap(grown(rect, -3 * scale()), node.facts)) return true;
      return false;
    };
    while (capsule.form != CapsuleForm::dot && covered()) {
      if (at_rest && step_aside(capsule, covered)) break;
      capsule.form = capsule.form == CapsuleForm::full && !message.value.empty() ? CapsuleForm::name_only : CapsuleForm::dot;
      capsule.half_width = capsule.form == CapsuleForm::dot
                               ? 9 * scale()
                               : std::ceil(words_width(message, capsule, capsule.form) / 2 + kPadding * scale());
      if (capsule.form == CapsuleForm::dot) capsule.half_height = capsule.half_width;
    }
  }
}

/// A link's latency is drawn from a range around what is known of it; twice that is beyond any.
bool is_held(const Observation& observation, const MessageView& message) {
  for (const LinkView& link : observation.links)
    if (link.from == message.from && link.to == message.to)
      return message.deliver_us - message.sent_us > 2 * link.latency_us;
  return false;
}

using Order = std::vector<uint32_t>;

/// By way, then who arrives first.
void sort_by_lane(const std::vector<MessageView>& messages, Order& order) {
  order.resize(messages.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t left, uint32_t right) {
    const MessageView& a = messages[left];
    const MessageView& b = messages[right];
    if (a.from != b.from) return a.from < b.from;
    if (a.to != b.to) return a.to < b.to;
    if (a.deliver_us != b.deliver_us) return a.deliver_us < b.deliver_us;
    return a.id < b.id;
  });
}

}  // namespace

float flight_progress(const MessageView& message, TimeUs shown_us, bool reduced_motion) {
  if (reduced_motion || message.deliver_us <= message.sent_us) return 0.5f;
  const double share = static_cast<double>(shown_us - message.sent_us) /
                       static_cast<double>(message.deliver_us - message.sent_us);
  return static_cast<float>(std::clamp(share, 0.0, 1.0));
}

bool same_batch(const MessageView& a, const MessageView& b) {
  return a.from == b.from && a.to == b.to && a.family == b.family && a.name == b.name &&
         std::abs(a.sent_us - b.sent_us) <= kBatchUs && std::abs(a.deliver_us - b.deliver_us) <= kBatchUs;
}

void place_messages(const Frame& frame, const StageLayout& layout, std::vector<Capsule>& capsules) {
  const std::vector<MessageView>& messages = frame.observation.messages;
  capsules.clear();
  static Order order;  // scratch memory, kept between frames
  sort_by_lane(messages, order);
  uint32_t carries[kMaxServers + 1] = {};  // [from] → servers that get a capsule from it
  for (const MessageView& message : messages) {
    if (message.family == MessageFamily::heartbeat || message.from > kMaxServers) continue;
    if (is_hidden(frame, message.family, message.name)) continue;
    carries[message.from] |= server_bit(message.to);
  }
  Lane lane;
  ServerId from = 0, to = 0;
  size_t last_on_lane = SIZE_MAX;
  for (uint32_t i : order) {
    const MessageView& message = messages[i];
    if (message.from > kMaxServers || message.to > kMaxServers || is_hidden(frame, message.family, message.name)) continue;
    if (message.from != from || message.to != to) {
      from = message.from, to = message.to;
      last_on_lane = SIZE_MAX;
      lane = lane_of(layout, from, to, contains(carries[from], to) && contains(carries[to], from));
    }
    if (lane.length <= 0) continue;
    Capsule capsule;
    capsule.message = i;
    capsule.progress = flight_progress(message, frame.shown_us, frame.reduced_motion);
    place_on_lane(lane, message, frame.reduced_motion, capsule);
    if (last_on_lane != SIZE_MAX && join(messages, lane, capsules[last_on_lane], capsule)) continue;
    if (capsules.size() < kMostMarked) capsule.held = is_held(frame.observation, message);
    capsules.push_back(capsule);
    if (message.family != MessageFamily::heartbeat) last_on_lane = capsules.size() - 1;
  }
  make_room(messages, layout, frame.shown_us == frame.observation.time_us, capsules);
}

Rect capsule_rect(const Capsule& capsule) {
  const ImVec2 c{std::round(capsule.centre.x), std::round(capsule.centre.y)};
  return around(c, capsule.half_width, capsule.half_height);
}

size_t message_name(const MessageView& message, char* buffer, size_t size) {
  const int length = std::snprintf(buffer, size, "%s%s%s from %s to %s", message.name.c_str(),
                                   message.value.empty() ? "" : " ", message.value.c_str(),
                                   server_label(message.from).c_str(), server_label(message.to).c_str());
  return length < 0 ? 0 : std::min(static_cast<size_t>(length), size - 1);
}

}  // namespace paxoscope::ui
