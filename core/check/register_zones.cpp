#include "check/register_zones.h"

#include <algorithm>

#include "base/sort_indexes.h"

namespace paxoscope {

namespace {

constexpr uint32_t kInitial = UINT32_MAX;

/// An operation in the prefix, with its place in the order once that is known. Times are order numbers plus one,
/// since the initial value is a write at time 0.
struct Member {
  HistoryDigest value;
  uint32_t index;  ///< in the history; kInitial: the initial value
  bool write;
  uint64_t invoked, returned;
  uint64_t point;
  uint32_t rank = 0;  ///< its cluster's, for equal points
};

/// A value's write and its reads: [first, last) of the members by value.
struct Cluster {
  uint32_t first, last;
  uint64_t low, high;  ///< forward: from the first response to the last invocation; otherwise the other way round
  bool forward;
  uint64_t point;      ///< forward: low; otherwise where all of it happens
};

class Zones {
 public:
  Zones(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own, HistoryDigest initial,
        uint64_t before) {
    members_.push_back({initial, kInitial, true, 0, 0, 0});
    by_value_.push_back(0);
    for (uint32_t index : own) {
      const HistoryOperation& each = all[index];
      const bool open = each.returned >= before;
      const bool write = each.kind == HistoryKind::write;
      if (each.invoked >= before || (open && !write)) continue;
      const auto at = static_cast<uint32_t>(members_.size());
      members_.push_back({each.value.digest, index, write, each.invoked + 1, open ? kNever : each.returned + 1,
                          each.invoked + 1});
      // A read whose value was not seen fits anywhere.
      (write || each.value_seen ? by_value_ : placed_).push_back(at);
    }
  }

  bool order(std::vector<uint32_t>& order) {
    if (!make_clusters() || !settle()) return false;
    for (uint32_t rank = 0; rank < by_point_.size(); ++rank) place(clusters_[by_point_[rank]], rank);
    sort_indexes(placed_, [&](uint32_t a, uint32_t b) {
      const Member &x = members_[a], &y = members_[b];
      if (x.point != y.point) return x.point < y.point;
      if (x.rank != y.rank) return x.rank < y.rank;
      return x.write != y.write ? x.write : a < b;
    });
    order.clear();
    for (uint32_t each : placed_) order.push_back(members_[each].index);
    return true;
  }

 private:
  /// False if a value was read before it was written, or without.
  bool make_clusters() {
    sort_indexes(by_value_, [&](uint32_t a, uint32_t b) {
      const Member &x = members_[a], &y = members_[b];
      if (x.value != y.value) return x.value < y.value;
      return x.write != y.write ? x.write : a < b;
    });
    for (uint32_t first = 0, last = 0; first < by_value_.size(); first = last) {
      const Member& write = members_[by_value_[first]];
      uint64_t response = kNever, invocation = 0;
      for (; last < by_value_.size() && members_[by_value_[last]].value == write.value; ++last) {
        response = std::min(response, members_[by_value_[last]].returned);
        invocation = std::max(invocation, members_[by_value_[last]].invoked);
      }
      if (!write.write || response < write.invoked) return false;
      // A write without response that nobody read never needs to happen.
      if (response == kNever) continue;
      const uint64_t low = std::min(response, invocation);
      clusters_.push_back({first, last, low, std::max(response, invocation), response < invocation, low});
    }
    return true;
  }

  /// Gives every cluster its point; false if two are in each other's way.
  bool settle() {
    std::vector<uint32_t> forward;
    for (uint32_t i = 0; i < clusters_.size(); ++i) {
      by_point_.push_back(i);
      if (clusters_[i].forward) forward.push_back(i);
    }
    const auto earlier = [&](uint32_t a, uint32_t b) {
      const Cluster &x = clusters_[a], &y = clusters_[b];
      if (x.point != y.point) return x.point < y.point;
      // What happens at a point comes before what begins there.
      return x.forward != y.forward ? y.forward : a < b;
    };
    sort_indexes(forward, earlier);
    for (size_t i = 1; i < forward.size(); ++i)
      if (clusters_[forward[i]].low < clusters_[forward[i - 1]].high) return false;
    for (Cluster& each : clusters_) {
      if (each.forward) continue;
      const auto after = std::partition_point(forward.begin(), forward.end(),
                                              [&](uint32_t zone) { return clusters_[zone].low < each.low; });
      if (after == forward.begin()) continue;
      const Cluster& zone = clusters_[*(after - 1)];
      if (each.high < zone.high) return false;
      each.point = std::max(each.low, zone.high);
    }
    sort_indexes(by_point_, earlier);
    return true;
  }

  void place(const Cluster& cluster, uint32_t rank) {
    for (uint32_t i = cluster.first; i < cluster.last; ++i) {
      Member& each = members_[by_value_[i]];
      if (each.index == kInitial) continue;
      each.point = cluster.forward ? std::max(each.invoked, cluster.point) : cluster.point;
      each.rank = rank;
      placed_.push_back(by_value_[i]);
    }
  }

  std::vector<Member> members_;
  std::vector<uint32_t> by_value_;  ///< of each value the write first
  std::vector<Cluster> clusters_;
  std::vector<uint32_t> by_point_;
  std::vector<uint32_t> placed_;
};

}  // namespace

bool has_distinct_writes(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own,
                         HistoryDigest initial) {
  std::vector<uint32_t> writes;
  for (uint32_t index : own) {
    const HistoryOperation& each = all[index];
    if (each.kind == HistoryKind::write && each.value.digest != initial) writes.push_back(index);
    else if (each.kind != HistoryKind::read) return false;
  }
  sort_indexes(writes, [&](uint32_t a, uint32_t b) {
    return all[a].value.digest != all[b].value.digest ? all[a].value.digest < all[b].value.digest : a < b;
  });
  for (size_t i = 1; i < writes.size(); ++i)
    if (all[writes[i]].value == all[writes[i - 1]].value) return false;
  return true;
}

bool order_by_zones(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own, HistoryDigest initial,
                    uint64_t before, std::vector<uint32_t>& order) {
  return Zones(all, own, initial, before).order(order);
}

}  // namespace paxoscope
