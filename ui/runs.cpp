#include "ui/runs.h"

#include <algorithm>

#include "base/types.h"

namespace paxoscope::ui {
namespace {

bool same_kind(const ArrowRecord& a, const ArrowRecord& b) {
  const bool heartbeat = a.family == MessageFamily::heartbeat;
  if (heartbeat || b.family == MessageFamily::heartbeat) return heartbeat && b.family == MessageFamily::heartbeat;
  return a.name == b.name && a.epoch == b.epoch;
}

/// A message is sent or ends.
struct Moment {
  TimeUs time_us;
  const ArrowRecord* arrow;
};

/// Says whether anything of another kind happens in an interval.
class Moments {
 public:
  Moments(const std::vector<ArrowRecord>& arrows, size_t first, size_t last) {
    moments_.reserve(2 * (last - first));
    for (size_t i = first; i < last; ++i) {
      if (arrows[i].from == arrows[i].to) continue;
      moments_.push_back({arrows[i].sent_us, &arrows[i]});
      moments_.push_back({arrows[i].end_us, &arrows[i]});
    }
    std::sort(moments_.begin(), moments_.end(), [](const Moment& a, const Moment& b) { return a.time_us < b.time_us; });
    next_other_.resize(moments_.size());
    for (size_t i = moments_.size(); i-- > 0;) {
      const bool last_of_kind = i + 1 == moments_.size() || !same_kind(*moments_[i].arrow, *moments_[i + 1].arrow);
      next_other_[i] = last_of_kind ? i + 1 : next_other_[i + 1];
    }
  }
  bool quiet(const ArrowRecord& kind, TimeUs from_us, TimeUs to_us) const {
    const auto found = std::partition_point(moments_.begin(), moments_.end(), [&](const Moment& m) { return m.time_us < from_us; });
    auto at = static_cast<size_t>(found - moments_.begin());
    if (at < moments_.size() && same_kind(kind, *moments_[at].arrow)) at = next_other_[at];
    return at == moments_.size() || moments_[at].time_us > to_us;
  }

 private:
  std::vector<Moment> moments_;
  std::vector<size_t> next_other_;
};

/// What one server sends in a run.
struct Sent {
  uint32_t by[kMaxServers + 1] = {};
  uint32_t on_link[kMaxServers + 1][kMaxServers + 1] = {};
};

/// Counts what is in the run; false when it is none after all.
bool finish(const std::vector<ArrowRecord>& arrows, MessageRun& run) {
  if (run.count < kLeastRun) return false;
  Sent sent;
  for (size_t i = run.first; i <= run.last; ++i) {
    const ArrowRecord& arrow = arrows[i];
    if (arrow.from == arrow.to) continue;
    if (arrow.from > kMaxServers || arrow.to > kMaxServers) return false;
    run.lost += arrow.fate == MessageFate::lost || arrow.fate == MessageFate::dropped;
    ++sent.by[arrow.from];
    ++sent.on_link[arrow.from][arrow.to];
  }
  for (size_t i = run.first; i <= run.last; ++i) {
    const ArrowRecord& arrow = arrows[i];
    if (arrow.from == arrow.to) continue;
    if (!run.heartbeats && sent.on_link[arrow.from][arrow.to] < 2) return false;
    if (run.sender == 0 || sent.by[arrow.from] > sent.by[run.sender]) run.sender = arrow.from;
  }
  return true;
}

}  // namespace

std::vector<MessageRun> message_runs(const std::vector<ArrowRecord>& arrows, size_t first, size_t last) {
  const Moments moments(arrows, first, last);
  std::vector<MessageRun> runs;
  MessageRun run;
  const auto close = [&] {
    if (finish(arrows, run)) runs.push_back(run);
    run = {};
  };
  for (size_t i = first; i < last; ++i) {
    const ArrowRecord& arrow = arrows[i];
    if (arrow.from == arrow.to) continue;
    const TimeUs end_us = std::max(run.to_us, arrow.end_us);
    if (run.count > 0 && same_kind(arrows[run.first], arrow) && moments.quiet(arrow, run.from_us, end_us)) {
      run.last = i;
      run.to_us = end_us;
      ++run.count;
      continue;
    }
    close();
    if (!moments.quiet(arrow, arrow.sent_us, arrow.end_us)) continue;
    run.first = run.last = i;
    run.count = 1;
    run.from_us = arrow.sent_us;
    run.to_us = arrow.end_us;
    run.heartbeats = arrow.family == MessageFamily::heartbeat;
  }
  close();
  return runs;
}

}  // namespace paxoscope::ui
