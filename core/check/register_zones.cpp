#include "check/register_zones.h"

#include <algorithm>
#include <tuple>

namespace paxoscope {

namespace {

/// An operation in the prefix, with its place in the order once that is known. Times are order numbers plus one,
/// since the initial value is a write at time 0.
struct Member {
  HistoryDigest value;
  bool write;
  uint32_t index;  ///< in the history; kInitial: the initial value
  uint64_t invoked, returned;
  uint64_t point = 0;
  uint64_t rank = 0;
};
constexpr uint32_t kInitial = UINT32_MAX;

/// A value's write and its reads: members [first, last).
struct Cluster {
  size_t first, last;
  uint64_t low, high;  ///< forward: from the first response to the last invocation; otherwise the other way round
  bool forward;
  uint64_t point;      ///< forward: low; otherwise where all of it happens
};

std::vector<Member> members_of(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own,
                               HistoryDigest initial, uint64_t before) {
  std::vector<Member> members{{initial, true, kInitial, 0, 0}};
  for (uint32_t index : own) {
    const HistoryOperation& each = all[index];
    if (each.invoked >= before) continue;
    const bool open = each.returned >= before;
    const bool write = each.kind == HistoryKind::write;
    if (!write && (open || !each.value_seen)) continue;
    members.push_back({each.value.digest, write, index, each.invoked + 1, open ? kNever : each.returned + 1});
  }
  // Of each value the write first.
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::tuple(a.value, !a.write, a.invoked, a.index) < std::tuple(b.value, !b.write, b.invoked, b.index);
  });
  return members;
}

/// False if a value was read before it was written, or without.
bool clusters_of(const std::vector<Member>& members, std::vector<Cluster>& clusters) {
  for (size_t first = 0; first < members.size();) {
    size_t last = first;
    uint64_t response = kNever, invocation = 0;
    for (; last < members.size() && members[last].value == members[first].value; ++last) {
      response = std::min(response, members[last].returned);
      invocation = std::max(invocation, members[last].invoked);
    }
    if (!members[first].write || response < members[first].invoked) return false;
    // A write without response that nobody read never needs to happen.
    if (response != kNever) {
      const bool forward = response < invocation;
      clusters.push_back({first, last, std::min(response, invocation), std::max(response, invocation), forward,
                          std::min(response, invocation)});
    }
    first = last;
  }
  return true;
}

/// Gives every cluster its point; false if two are in each other's way.
bool settle(std::vector<Cluster>& clusters) {
  std::vector<Cluster> forward;
  for (const Cluster& each : clusters)
    if (each.forward) forward.push_back(each);
  std::sort(forward.begin(), forward.end(), [](const Cluster& a, const Cluster& b) { return a.low < b.low; });
  for (size_t i = 1; i < forward.size(); ++i)
    if (forward[i].low < forward[i - 1].high) return false;
  for (Cluster& each : clusters) {
    if (each.forward) continue;
    const auto after = std::partition_point(forward.begin(), forward.end(),
                                            [&](const Cluster& zone) { return zone.low < each.low; });
    if (after == forward.begin()) continue;
    const Cluster& zone = *(after - 1);
    if (each.high < zone.high) return false;
    each.point = std::max(each.low, zone.high);
  }
  // What happens at a point comes before what begins there.
  std::sort(clusters.begin(), clusters.end(), [](const Cluster& a, const Cluster& b) {
    return std::tuple(a.point, a.forward, a.first) < std::tuple(b.point, b.forward, b.first);
  });
  return true;
}

}  // namespace

bool has_distinct_writes(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own,
                         HistoryDigest initial) {
  std::vector<HistoryDigest> written{initial};
  for (uint32_t index : own) {
    if (all[index].kind == HistoryKind::write) written.push_back(all[index].value.digest);
    else if (all[index].kind != HistoryKind::read) return false;
  }
  std::sort(written.begin(), written.end());
  return std::adjacent_find(written.begin(), written.end()) == written.end();
}

bool order_by_zones(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own, HistoryDigest initial,
                    uint64_t before, std::vector<uint32_t>& order) {
  std::vector<Member> members = members_of(all, own, initial, before);
  std::vector<Cluster> clusters;
  if (!clusters_of(members, clusters) || !settle(clusters)) return false;

  std::vector<Member> placed;
  for (size_t rank = 0; rank < clusters.size(); ++rank)
    for (size_t i = clusters[rank].first; i < clusters[rank].last; ++i) {
      Member& each = members[i];
      if (each.index == kInitial) continue;
      each.point = clusters[rank].forward ? std::max(each.invoked, clusters[rank].point) : clusters[rank].point;
      each.rank = rank;
      placed.push_back(each);
    }
  // A read whose value was not seen fits anywhere.
  for (uint32_t index : own) {
    const HistoryOperation& each = all[index];
    if (each.kind == HistoryKind::read && !each.value_seen && each.returned < before)
      placed.push_back({{}, false, index, each.invoked + 1, each.returned + 1, each.invoked + 1});
  }
  std::sort(placed.begin(), placed.end(), [](const Member& a, const Member& b) {
    return std::tuple(a.point, a.rank, !a.write, a.invoked, a.index) <
           std::tuple(b.point, b.rank, !b.write, b.invoked, b.index);
  });
  order.clear();
  for (const Member& each : placed) order.push_back(each.index);
  return true;
}

}  // namespace paxoscope
