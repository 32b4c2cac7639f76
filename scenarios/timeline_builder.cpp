#include "scenarios/timeline_builder.h"

#include <algorithm>

#include "base/assert.h"
#include "base/text.h"

namespace paxoscope {

TimelineBuilder::Sizes TimelineBuilder::sizes() const {
  const auto size = [](const auto& list) { return static_cast<uint32_t>(list.size()); };
  return {size(timeline_.epochs), size(timeline_.arrows), size(timeline_.leaders), size(timeline_.lanes),
          size(timeline_.changes), size(timeline_.downs), size(timeline_.cuts),   size(timeline_.marks)};
}

void TimelineBuilder::begin_event(uint64_t number, TimeUs time_us, const OriginRecord& origin) {
  PAXO_ASSERT(number == timeline_.event_times_us.size());
  sizes_before_.push_back(sizes());
  timeline_.event_times_us.push_back(time_us);
  timeline_.origins.push_back(origin);
  timeline_.last_event = number;
  timeline_.last_time_us = time_us;
}

void TimelineBuilder::begins(std::string words) { timeline_.beginnings.push_back({event(), std::move(words)}); }

void TimelineBuilder::altered(Change change, size_t position, TimeUs before) {
  alterations_.push_back({event(), change, static_cast<uint32_t>(position), before});
}

void TimelineBuilder::take_back(const Alteration& alteration) {
  const uint32_t at = alteration.position;
  switch (alteration.change) {
    case Change::arrow_ended:
      timeline_.arrows[at].fate = MessageFate::flying;
      timeline_.arrows[at].end_us = alteration.before;
      timeline_.arrows[at].end_event = 0;
      break;
    case Change::arrow_moved: timeline_.arrows[at].end_us = alteration.before; break;
    case Change::leader_followed: timeline_.leaders[at].has_followers = false; break;
    case Change::leader_ended: timeline_.leaders[at].to_us = alteration.before; break;
    case Change::down_ended: timeline_.downs[at].to_us = alteration.before; break;
    case Change::cut_ended: timeline_.cuts[at].to_us = alteration.before; break;
  }
}

void TimelineBuilder::truncate(uint64_t event) {
  if (event >= timeline_.last_event) return;
  while (!alterations_.empty() && alterations_.back().event > event) {
    take_back(alterations_.back());
    alterations_.pop_back();
  }
  const Sizes& keep = sizes_before_[event + 1];
  timeline_.epochs.resize(keep[epochs]);
  timeline_.arrows.resize(keep[arrows]);
  timeline_.leaders.resize(keep[leaders]);
  timeline_.lanes.resize(keep[lanes]);
  timeline_.changes.resize(keep[changes]);
  timeline_.downs.resize(keep[downs]);
  timeline_.cuts.resize(keep[cuts]);
  timeline_.marks.resize(keep[marks]);
  sizes_before_.resize(event + 1);
  timeline_.event_times_us.resize(event + 1);
  timeline_.origins.resize(event + 1);
  while (!timeline_.beginnings.empty() && timeline_.beginnings.back().event > event) timeline_.beginnings.pop_back();
  timeline_.last_event = event;
  timeline_.last_time_us = timeline_.event_times_us.back();
}

int TimelineBuilder::arrow_position(uint64_t message_id) const {
  const ArrowRecord* found = find(message_id);
  return found == nullptr ? -1 : static_cast<int>(found - timeline_.arrows.data());
}

const ArrowRecord* TimelineBuilder::find(uint64_t message_id) const {
  return timeline_.arrow(message_id);
}

void TimelineBuilder::sent(ArrowRecord arrow) {
  PAXO_ASSERT(timeline_.arrows.empty() || timeline_.arrows.back().message_id < arrow.message_id);
  timeline_.arrows.push_back(std::move(arrow));
  measure(timeline_.arrows.back());
}

void TimelineBuilder::measure(const ArrowRecord& arrow) {
  timeline_.longest_flight_us = std::max(timeline_.longest_flight_us, arrow.end_us - arrow.sent_us);
}

void TimelineBuilder::message_ended(uint64_t message_id, MessageFate fate) {
  const int position = arrow_position(message_id);
  if (position < 0) return;
  ArrowRecord& arrow = timeline_.arrows[static_cast<size_t>(position)];
  altered(Change::arrow_ended, static_cast<size_t>(position), arrow.end_us);
  arrow.fate = fate;
  arrow.end_us = now_us();
  arrow.end_event = event();
  measure(arrow);
}

void TimelineBuilder::message_moved(uint64_t message_id, TimeUs deliver_us) {
  const int position = arrow_position(message_id);
  if (position < 0) return;
  ArrowRecord& arrow = timeline_.arrows[static_cast<size_t>(position)];
  altered(Change::arrow_moved, static_cast<size_t>(position), arrow.end_us);
  arrow.end_us = deliver_us;
  measure(arrow);
}

void TimelineBuilder::add_epoch(const Epoch& epoch) {
  if (epoch && timeline_.slot_of(epoch) < 0) timeline_.epochs.push_back(epoch);
}

void TimelineBuilder::promised(ServerId server, const Epoch& epoch) {
  add_epoch(epoch);
  timeline_.lanes.push_back({server, now_us(), epoch});
}

void TimelineBuilder::lane_changed(LaneChange change) {
  change.from_us = now_us();
  timeline_.changes.push_back(change);
}

void TimelineBuilder::starts_to_lead(ServerId server, const Epoch& epoch) {
  stops_leading(server);
  add_epoch(epoch);
  LeaderSpan span;
  span.server = server;
  span.epoch = epoch;
  span.from_us = now_us();
  timeline_.leaders.push_back(span);
}

void TimelineBuilder::has_followers(ServerId server, const Epoch& epoch) {
  for (size_t i = timeline_.leaders.size(); i-- > 0;) {
    LeaderSpan& span = timeline_.leaders[i];
    if (span.server != server || span.to_us >= 0) continue;
    if (span.epoch != epoch) break;
    if (!span.has_followers) altered(Change::leader_followed, i, 0);
    span.has_followers = true;
    return;
  }
  starts_to_lead(server, epoch);
  timeline_.leaders.back().has_followers = true;
}

void TimelineBuilder::stops_leading(ServerId server) {
  for (size_t i = 0; i < timeline_.leaders.size(); ++i) {
    LeaderSpan& span = timeline_.leaders[i];
    if (span.server != server || span.to_us >= 0) continue;
    altered(Change::leader_ended, i, span.to_us);
    span.to_us = now_us();
  }
}

void TimelineBuilder::goes_down(ServerId server, bool paused, bool state_lost) {
  comes_up(server);
  DownSpan span;
  span.server = server;
  span.from_us = now_us();
  span.paused = paused;
  span.state_lost = state_lost;
  timeline_.downs.push_back(span);
}

void TimelineBuilder::comes_up(ServerId server) {
  for (size_t i = 0; i < timeline_.downs.size(); ++i) {
    DownSpan& span = timeline_.downs[i];
    if (span.server != server || span.to_us >= 0) continue;
    altered(Change::down_ended, i, span.to_us);
    span.to_us = now_us();
  }
}

void TimelineBuilder::links_changed(const std::string& label) {
  std::string text = label;
  if (!timeline_.cuts.empty() && timeline_.cuts.back().to_us < 0) {
    CutSpan& last = timeline_.cuts.back();
    altered(Change::cut_ended, timeline_.cuts.size() - 1, last.to_us);
    last.to_us = now_us();
    // Several cuts at one moment are one span.
    if (last.from_us == now_us() && !label.empty()) text = concat(last.label, "; ", label);
  }
  if (!label.empty()) timeline_.cuts.push_back({now_us(), -1, text});
}

void TimelineBuilder::mark(MarkKind kind, ServerId server, std::string label) {
  timeline_.marks.push_back({kind, now_us(), event(), server, std::move(label)});
}

}  // namespace paxoscope
