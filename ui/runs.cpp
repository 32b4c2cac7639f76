#include "ui/runs.h"

#include <algorithm>

#include "base/types.h"

namespace paxoscope::ui {
namespace {

bool same_kind(const ArrowRecord& a, const ArrowRecord& b) {
  const bool heartbeat = a.family == MessageFamily::heartbeat;
  if (heartbeat || b.family == MessageFamily::heartbeat) return heartbeat && b.family == MessageFamily::heartbeat;
  return a.epoch == b.epoch && a.name == b.name;
}

/// Numbers the kinds of messages, those met last first: there are few, and one follows another of its own.
class Kinds {
 public:
  uint32_t of(const ArrowRecord& arrow) {
    auto found = std::find_if(met_.begin(), met_.end(), [&](const Kind& kind) { return same_kind(*kind.sample, arrow); });
    if (found == met_.end()) found = met_.insert(found, {&arrow, static_cast<uint32_t>(met_.size())});
    const Kind kind = *found;
    std::move_backward(met_.begin(), found, found + 1);
    met_.front() = kind;
    return kind.number;
  }

 private:
  struct Kind {
    const ArrowRecord* sample;
    uint32_t number;
  };
  std::vector<Kind> met_;
};

/// A message is sent or ends.
struct Moment {
  TimeUs time_us;
  uint32_t kind;
};

bool earlier(const Moment& a, const Moment& b) {
  return a.time_us < b.time_us;
}

/// Says whether anything of another kind happens in an interval.
class Moments {
 public:
  Moments(const std::vector<ArrowRecord>& arrows, size_t first, size_t last) : first_(first), kinds_(last - first), begins_(last - first) {
    Kinds kinds;
    std::vector<Moment> sent, ended;
    sent.reserve(last - first), ended.reserve(last - first);
    for (size_t i = first; i < last; ++i) {
      if (arrows[i].from == arrows[i].to) continue;
      const uint32_t kind = kinds_[i - first] = kinds.of(arrows[i]);
      sent.push_back({arrows[i].sent_us, kind});
      ended.push_back({arrows[i].end_us, kind});
    }
    if (!std::is_sorted(ended.begin(), ended.end(), earlier)) std::sort(ended.begin(), ended.end(), earlier);
    moments_.resize(sent.size() + ended.size());
    std::merge(sent.begin(), sent.end(), ended.begin(), ended.end(), moments_.begin(), earlier);
    next_other_.resize(moments_.size());
    for (size_t i = moments_.size(); i-- > 0;) {
      const bool last_of_kind = i + 1 == moments_.size() || moments_[i].kind != moments_[i + 1].kind;
      next_other_[i] = last_of_kind ? static_cast<uint32_t>(i + 1) : next_other_[i + 1];
    }
    uint32_t at = 0;
    for (size_t i = first; i < last; ++i) {
      while (at < moments_.size() && moments_[at].time_us < arrows[i].sent_us) ++at;
      begins_[i - first] = at;
    }
  }
  bool same(size_t a, size_t b) const { return kinds_[a - first_] == kinds_[b - first_]; }
  /// From the sending of `arrow` until `to_us` only messages of its kind are sent or end.
  bool quiet(size_t arrow, TimeUs to_us) const {
    size_t at = begins_[arrow - first_];
    if (at < moments_.size() && moments_[at].kind == kinds_[arrow - first_]) at = next_other_[at];
    return at == moments_.size() || moments_[at].time_us > to_us;
  }

 private:
  size_t first_;
  std::vector<uint32_t> kinds_;   ///< of each arrow
  std::vector<uint32_t> begins_;  ///< the first moment not before it is sent
  std::vector<Moment> moments_;   ///< by time
  std::vector<uint32_t> next_other_;
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
    if (run.count > 0 && moments.same(run.first, i) && moments.quiet(run.first, end_us)) {
      run.last = i;
      run.to_us = end_us;
      ++run.count;
      continue;
    }
    close();
    if (!moments.quiet(i, arrow.end_us)) continue;
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
