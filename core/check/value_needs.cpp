#include "check/value_needs.h"

#include <algorithm>

#include "base/sort_indexes.h"

namespace paxoscope {

ValueNeeds::ValueNeeds(const std::vector<HistoryOperation>& all, const std::vector<uint32_t>& own, HistoryDigest initial,
                       uint64_t before) {
  for (uint32_t index : own) {
    counts_ = counts_ && all[index].kind != HistoryKind::append;
    plain_ = plain_ && all[index].kind <= HistoryKind::write;
  }
  plain_ = plain_ && counts_;
  if (!counts_) return;
  // Numbers of the values: of each operation what it expects and its own, then the initial one.
  const auto last = static_cast<uint32_t>(2 * own.size());
  std::vector<uint32_t> sorted, number(last + 1);
  for (uint32_t i = 0; i <= last; ++i) sorted.push_back(i);
  const auto digest = [&](uint32_t i) {
    if (i == last) return initial;
    const HistoryOperation& each = all[own[i / 2]];
    return i % 2 == 0 ? each.expected.digest : each.value.digest;
  };
  sort_indexes(sorted, [&](uint32_t a, uint32_t b) { return digest(a) != digest(b) ? digest(a) < digest(b) : a < b; });
  for (uint32_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || digest(sorted[i - 1]) != digest(sorted[i])) values_.emplace_back();
    number[sorted[i]] = static_cast<uint32_t>(values_.size()) - 1;
  }
  initial_ = number[last];
  uses_.resize(own.size());
  for (uint32_t i = 0; i < own.size(); ++i) {
    const HistoryOperation& each = all[own[i]];
    const bool told = each.returned < before;
    const bool cas = each.kind == HistoryKind::cas;
    if (told && each.kind == HistoryKind::read && each.value_seen) uses_[i].from = number[2 * i + 1];
    if (told && cas && each.applied == Applied::yes) uses_[i].from = number[2 * i];
    // One that was told that it found another value makes none; before that is told it may.
    const bool makes = each.kind == HistoryKind::write || (cas && !(told && each.applied == Applied::no));
    if (makes && !(cas && each.value == each.expected)) uses_[i].to = number[2 * i + 1];
    change(i, 1);
    if (uses_[i].from != kNone) values_[uses_[i].from].last_need = std::max(values_[uses_[i].from].last_need, each.invoked);
  }
}

void ValueNeeds::change(uint32_t operation, int by) {
  if (!counts_) return;
  const Use& use = uses_[operation];
  if (use.from != kNone) values_[use.from].needed += static_cast<uint32_t>(by);
  if (use.to != kNone) values_[use.to].makers += static_cast<uint32_t>(by);
}

bool ValueNeeds::strands(uint32_t held, uint32_t operation) const {
  if (!counts_) return false;
  return values_[held].makers == 0 && values_[held].needed > (uses_[operation].from == held ? 1u : 0u);
}

bool ValueNeeds::hopeless() const {
  for (uint32_t i = 0; i < values_.size(); ++i)
    if (i != initial_ && values_[i].needed > 0 && values_[i].makers == 0) return true;
  return false;
}

bool ValueNeeds::free_write(uint32_t held, uint32_t operation, uint64_t frontier) const {
  if (!is_write(operation) || !any_will_do(held)) return false;
  const Value& made = values_[uses_[operation].to];
  return made.needed == 0 || made.last_need <= frontier;
}

bool ValueNeeds::idle_write(uint32_t operation) const {
  return is_write(operation) && values_[uses_[operation].to].needed == 0;
}

}  // namespace paxoscope
