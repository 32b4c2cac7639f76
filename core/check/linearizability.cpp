#include "check/linearizability.h"

#include <algorithm>
#include <memory>

#include "base/shared_map.h"
#include "base/sort_indexes.h"
#include "check/order_search.h"
#include "check/register_zones.h"

namespace paxoscope {

namespace {

using Operations = std::vector<HistoryOperation>;

constexpr uint64_t kSlice = 1u << 14;  // steps of a key's turn

/// One key on its way to a verdict.
class KeyCheck {
 public:
  KeyCheck(const Operations& all, std::vector<uint32_t> own, HistoryDigest initial)
      : all_(all), own_(std::move(own)), initial_(initial) {}

  /// Goes on for a turn. Only responses before order number `before` matter.
  void run(uint64_t& steps, uint64_t before);
  /// Ends without further search. What is known to be impossible stays so.
  void give_up() { finish(); }

  bool done() const { return done_; }
  bool failed() const { return verdict_ == Linearizable::no; }
  bool exact() const { return exact_; }
  uint32_t failing() const { return failing_; }
  uint64_t failed_at() const { return all_[failing_].returned; }
  size_t bytes() const { return search_ ? search_->bytes() : 0; }
  KeyOrder result() const { return {all_[own_[0]].key, verdict_, order_}; }
  std::vector<uint32_t> refused() const;

 private:
  void check_zones(uint64_t before);
  void after_failure(uint64_t before);
  uint32_t impossible_at_last() const;
  void narrow(uint64_t before);
  void sort_responses();
  uint64_t returned(uint32_t operation) const { return all_[operation].returned; }
  /// How many responses come before order number `number`.
  size_t responses_before(uint64_t number) const;
  void finish() {
    done_ = true;
    search_.reset();
  }

  const Operations& all_;
  std::vector<uint32_t> own_;
  HistoryDigest initial_;
  std::unique_ptr<OrderSearch> search_;
  uint64_t searched_before_ = kNever;  ///< what search_ explains
  bool begun_ = false;
  bool done_ = false;
  bool exact_ = false;  ///< `failing_` is the first response that is impossible
  Linearizable verdict_ = Linearizable::undecided;
  uint32_t failing_ = 0;     ///< no order gets past its response
  uint32_t unexplained_ = 0;  ///< after a failure: order_ explains every response before its
  std::vector<uint32_t> by_response_;
  std::vector<uint32_t> order_;
};

void KeyCheck::run(uint64_t& steps, uint64_t before) {
  if (!begun_) {
    begun_ = true;
    steps -= std::min<uint64_t>(steps, own_.size());
    if (has_distinct_writes(all_, own_, initial_)) return check_zones(before);
    search_ = std::make_unique<OrderSearch>(all_, own_, initial_);
  }
  switch (search_->run(steps, before)) {
    case OrderSearch::State::running: return;
    case OrderSearch::State::found:
      order_ = search_->order();
      if (failed()) {
        unexplained_ = search_->blocking();
        return narrow(before);
      }
      verdict_ = Linearizable::yes;
      return finish();
    case OrderSearch::State::exhausted: return after_failure(before);
  }
}

void KeyCheck::after_failure(uint64_t before) {
  const uint32_t blocking = search_->blocking();
  if (!failed() || returned(blocking) > returned(unexplained_)) {
    unexplained_ = blocking;
    order_ = search_->order();
  }
  sort_responses();
  verdict_ = Linearizable::no;
  failing_ = impossible_at_last();
  narrow(before);
}

/// After a search in vain: the response that no order gets past even if not all is known yet when it comes.
uint32_t KeyCheck::impossible_at_last() const {
  if (search_->left_early()) return by_response_[responses_before(searched_before_) - 1];
  // In a prefix nobody knows yet how the open operations will end, and a cas that will be told that it was not applied may
  // explain what was seen.
  uint32_t latest = search_->blocking();
  const uint64_t blocked_at = returned(latest);
  for (uint32_t index : own_) {
    const HistoryOperation& each = all_[index];
    const bool refused = each.kind == HistoryKind::cas && each.applied == Applied::no;
    if (refused && each.invoked <= blocked_at && each.returned < searched_before_ && each.returned > returned(latest))
      latest = index;
  }
  return latest;
}

/// Between the response that the best order does not explain and the one that is known to be impossible: is the prefix up to
/// one of those linearizable?
void KeyCheck::narrow(uint64_t before) {
  const size_t low = responses_before(returned(unexplained_));
  const size_t high = responses_before(failed_at());
  exact_ = low >= high;
  if (exact_) {
    failing_ = unexplained_;
    return finish();
  }
  if (returned(unexplained_) >= before) {
    verdict_ = Linearizable::yes;
    return finish();
  }
  // Where all was tried, the best order was stopped by what is impossible, unless a cas in doubt helps.
  const size_t next = search_->left_early() ? low + (high - low) / 2 : low;
  searched_before_ = returned(by_response_[next]) + 1;
  search_ = std::make_unique<OrderSearch>(all_, own_, initial_, searched_before_);
}

void KeyCheck::sort_responses() {
  if (!by_response_.empty()) return;
  for (uint32_t index : own_)
    if (!all_[index].pending()) by_response_.push_back(index);
  sort_indexes(by_response_, [&](uint32_t a, uint32_t b) {
    return returned(a) != returned(b) ? returned(a) < returned(b) : a < b;
  });
}

size_t KeyCheck::responses_before(uint64_t number) const {
  const auto earlier = [&](uint32_t index) { return returned(index) < number; };
  return static_cast<size_t>(std::partition_point(by_response_.begin(), by_response_.end(), earlier) - by_response_.begin());
}

void KeyCheck::check_zones(uint64_t before) {
  finish();
  if (order_by_zones(all_, own_, initial_, before, order_)) {
    verdict_ = Linearizable::yes;
    return;
  }
  verdict_ = Linearizable::no;
  exact_ = true;
  sort_responses();
  failing_ = *std::partition_point(by_response_.begin(), by_response_.end(), [&](uint32_t index) {
    return order_by_zones(all_, own_, initial_, returned(index) + 1, order_);
  });
  order_by_zones(all_, own_, initial_, failed_at(), order_);
}

std::vector<uint32_t> KeyCheck::refused() const {
  HistoryDigest state = initial_;
  for (uint32_t index : order_) place(all_[index], state);
  std::vector<uint8_t> placed(all_.size());
  for (uint32_t index : order_) placed[index] = 1;
  std::vector<uint32_t> refused{failing_};
  for (uint32_t index : own_) {
    const HistoryOperation& each = all_[index];
    HistoryDigest ignored = state;
    if (index != failing_ && !each.pending() && each.invoked <= failed_at() &&
        placed[index] == 0 && place(each, ignored) == Step::refused)
      refused.push_back(index);
  }
  return refused;
}

std::vector<KeyCheck> split_by_key(const Operations& operations, HistoryDigest initial) {
  std::vector<uint32_t> indexes(operations.size());
  for (uint32_t i = 0; i < indexes.size(); ++i) indexes[i] = i;
  sort_indexes(indexes, [&](uint32_t a, uint32_t b) {
    const HistoryOperation &x = operations[a], &y = operations[b];
    if (x.key != y.key) return x.key < y.key;
    return x.invoked != y.invoked ? x.invoked < y.invoked : a < b;
  });
  std::vector<KeyCheck> checks;
  for (auto first = indexes.begin(); first != indexes.end();) {
    const auto last = std::find_if(first, indexes.end(),
                                   [&](uint32_t index) { return operations[index].key != operations[*first].key; });
    checks.emplace_back(operations, std::vector<uint32_t>(first, last), initial);
    first = last;
  }
  return checks;
}

void give_up_largest(std::vector<KeyCheck>& checks) {
  std::max_element(checks.begin(), checks.end(), [](const KeyCheck& a, const KeyCheck& b) {
    return a.bytes() < b.bytes();
  })->give_up();
}

}  // namespace

LinearizabilityResult check_linearizable(const Operations& operations, HistoryDigest initial,
                                         const LinearizabilityBudget& budget) {
  std::vector<KeyCheck> checks = split_by_key(operations, initial);
  uint64_t steps = budget.steps;
  const KeyCheck* first_failure = nullptr;
  size_t cached = 0;
  for (bool any = true; any && steps > 0;) {
    any = false;
    for (KeyCheck& each : checks) {
      if (each.done() || steps == 0) continue;
      const uint64_t turn = std::min(kSlice, steps);
      uint64_t left = turn;
      cached -= each.bytes();
      each.run(left, first_failure == nullptr ? kNever : first_failure->failed_at());
      steps -= turn - left;
      cached += each.bytes();
      any = any || !each.done();
      if (each.failed() && (first_failure == nullptr || each.failed_at() < first_failure->failed_at()))
        first_failure = &each;
      if (cached > budget.cache_bytes) {
        give_up_largest(checks);
        cached = 0;
        for (const KeyCheck& other : checks) cached += other.bytes();
      }
    }
  }

  LinearizabilityResult result;
  result.steps = budget.steps - steps;
  for (KeyCheck& each : checks) {
    each.give_up();
    result.keys.push_back(each.result());
    const Linearizable verdict = result.keys.back().verdict;
    if (verdict == Linearizable::undecided && result.verdict == Linearizable::yes) result.verdict = verdict;
    if (verdict == Linearizable::no) result.verdict = verdict;
    if (verdict == Linearizable::undecided || (verdict == Linearizable::no && !each.exact()))
      result.prefix_is_shortest = false;
  }
  if (result.verdict != Linearizable::no) return result;
  result.failing_operation = first_failure->failing();
  result.failing_event = first_failure->failed_at();
  result.cannot_be_ordered = first_failure->refused();
  return result;
}

bool order_explains(const Operations& operations, const std::vector<uint32_t>& order, HistoryDigest initial) {
  SharedMap slots;  // by key: position in `states`
  std::vector<HistoryDigest> states;
  std::vector<uint8_t> placed(operations.size());
  uint64_t newest_invoked = 0;
  for (uint32_t index : order) {
    const HistoryOperation& each = operations[index];
    newest_invoked = std::max(newest_invoked, each.invoked);
    if (placed[index] != 0 || each.returned < newest_invoked) return false;
    placed[index] = 1;
    const uint64_t* slot = slots.find(each.key);
    const uint64_t where = slot == nullptr ? states.size() : *slot;
    if (slot == nullptr) {
      slots.set(each.key, where);
      states.push_back(initial);
    }
    if (place(each, states[where]) == Step::refused) return false;
  }
  for (size_t i = 0; i < operations.size(); ++i)
    if (!operations[i].pending() && placed[i] == 0) return false;
  return true;
}

std::vector<uint64_t> linearization_points(const Operations& operations, const std::vector<uint32_t>& order) {
  std::vector<uint64_t> points;
  uint64_t point = 0;
  for (uint32_t index : order) {
    point = std::max(point, operations[index].invoked);
    points.push_back(point);
  }
  return points;
}

}  // namespace paxoscope
