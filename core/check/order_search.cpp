#include "check/order_search.h"

#include <algorithm>

#include "base/sort_indexes.h"

namespace paxoscope {

namespace {

uint64_t scramble(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

bool same(const HistoryOperation& a, const HistoryOperation& b) {
  return a.kind == b.kind && a.value == b.value && a.expected == b.expected;
}

}  // namespace

OrderSearch::OrderSearch(const std::vector<HistoryOperation>& all, std::vector<uint32_t> own, HistoryDigest initial,
                         uint64_t before)
    : all_(all), own_(std::move(own)), before_(before), needs_(all, own_, initial, before),
      held_{initial, needs_.initial()} {
  build();
  link_twins();
  placed_.assign(own_.size(), 0);
}

void OrderSearch::build() {
  // Even: an operation's invocation; odd: its response.
  std::vector<uint32_t> events;
  for (uint32_t i = 0; i < own_.size(); ++i) {
    const HistoryOperation& each = all_[own_[i]];
    // Nobody saw it, and it changes nothing or nothing that matters.
    if (each.pending() && (each.kind == HistoryKind::read || needs_.idle_write(i))) continue;
    events.push_back(2 * i);
    if (!each.pending()) events.push_back(2 * i + 1);
  }
  const auto number = [&](uint32_t event) {
    const HistoryOperation& each = all_[own_[event / 2]];
    return event % 2 == 0 ? each.invoked : each.returned;
  };
  sort_indexes(events, [&](uint32_t a, uint32_t b) {
    if (number(a) != number(b)) return number(a) < number(b);
    return a % 2 != b % 2 ? a % 2 == 0 : a < b;
  });
  head_ = static_cast<uint32_t>(events.size());
  std::vector<uint32_t> invocation(own_.size());
  for (uint32_t at = 0; at < head_; ++at) {
    const uint32_t operation = events[at] / 2;
    const bool response = events[at] % 2 != 0;
    nodes_.push_back({operation, kEnd, at == 0 ? head_ : at - 1, at + 1, response});
    if (response) nodes_[invocation[operation]].other = at;
    else invocation[operation] = at;
  }
  // The head stands for both ends of the list.
  nodes_.push_back({0, kEnd, head_ == 0 ? 0 : head_ - 1, 0, true});
}

/// Of equal operations without response only the earliest needs to be tried. Sorted, so that this takes no square of time.
void OrderSearch::link_twins() {
  twin_.assign(own_.size(), kEnd);
  std::vector<uint32_t> pending;
  for (uint32_t i = 0; i < own_.size(); ++i)
    if (all_[own_[i]].pending()) pending.push_back(i);
  sort_indexes(pending, [&](uint32_t a, uint32_t b) {
    const HistoryOperation &x = all_[own_[a]], &y = all_[own_[b]];
    if (x.kind != y.kind) return x.kind < y.kind;
    if (x.value.digest != y.value.digest) return x.value.digest < y.value.digest;
    return x.expected.digest != y.expected.digest ? x.expected.digest < y.expected.digest : a < b;
  });
  for (size_t i = 1; i < pending.size(); ++i)
    if (same(all_[own_[pending[i - 1]]], all_[own_[pending[i]]])) twin_[pending[i]] = pending[i - 1];
}

void OrderSearch::unlink(uint32_t at) {
  nodes_[nodes_[at].previous].next = nodes_[at].next;
  nodes_[nodes_[at].next].previous = nodes_[at].previous;
}

void OrderSearch::relink(uint32_t at) {
  nodes_[nodes_[at].previous].next = at;
  nodes_[nodes_[at].next].previous = at;
}

OrderSearch::State OrderSearch::run(uint64_t& steps, uint64_t enough) {
  charged_ = 0;
  enough = std::min(enough, before_);
  if (cursor_ == kEnd) begin(enough);
  while (state_ == State::running && charged_ < steps) {
    ++charged_;
    const uint32_t at = cursor_;
    if (nodes_[at].response) {
      note_if_best(at);
      retreat();
    } else if (worth_trying(nodes_[at]) && try_node(at)) {
      arrive(enough);
    } else {
      cursor_ = nodes_[at].next;
    }
  }
  steps -= std::min(steps, charged_);
  return state_;
}

void OrderSearch::begin(uint64_t enough) {
  if (!needs_.hopeless()) return arrive(enough);
  state_ = State::exhausted;
  left_early_ = true;
  for (best_ = nodes_[head_].next; !nodes_[best_].response;) best_ = nodes_[best_].next;
}

bool OrderSearch::in_doubt(const HistoryOperation& operation) const {
  return operation.kind == HistoryKind::cas && operation.applied == Applied::no && operation.returned >= before_;
}

bool OrderSearch::worth_trying(const Node& node) const {
  const HistoryOperation& candidate = operation(node);
  const uint32_t twin = twin_[node.operation];
  if (twin != kEnd && placed_[twin] == 0) return false;
  if (candidate.pending() && needs_.idle_write(node.operation)) return false;
  // What was placed before it would have had no effect: the same order without that one is tried as well.
  return !(idle_ && candidate.kind == HistoryKind::write);
}

bool OrderSearch::try_node(uint32_t at) {
  const HistoryOperation& candidate = operation(nodes_[at]);
  HistoryDigest state = held_.value;
  How how = How::chosen;
  if (place(candidate, state) == Step::refused) {
    if (!in_doubt(candidate)) return false;
    state = candidate.value.digest;
    how = How::against_hindsight;
  }
  // Without response and without effect: as good as never.
  if (candidate.pending() && state == held_.value) return false;
  if (state != held_.value && needs_.strands(held_.number, nodes_[at].operation)) {
    left_early_ = true;
    return false;
  }
  push(at, how, state);
  return true;
}

/// One write that costs nothing, among those before the first response. Then its reads may cost nothing too.
bool OrderSearch::place_free_write(uint32_t first_response) {
  if (!needs_.any_will_do(held_.number)) return false;
  const uint64_t frontier = first_response == head_ ? kNever : operation(nodes_[first_response]).returned;
  for (uint32_t at = nodes_[head_].next; at != first_response; at = nodes_[at].next, ++charged_) {
    const Node& node = nodes_[at];
    if (!needs_.free_write(held_.number, node.operation, frontier) || !worth_trying(node)) continue;
    push(at, How::settled, operation(node).value.digest);
    return true;
  }
  return false;
}

void OrderSearch::push(uint32_t at, How how, const HistoryDigest& state) {
  const Node& node = nodes_[at];
  stack_.push_back({at, how, idle_, held_});
  // Against hindsight the response stays: no order gets past it. The invocation goes last and so knows what follows.
  if (node.other != kEnd && how != How::against_hindsight) unlink(node.other);
  unlink(at);
  idle_ = how != How::settled && operation(node).pending();
  placed_[node.operation] = 1;
  needs_.place(node.operation);
  if (state != held_.value) held_ = {state, needs_.made_by(node.operation)};
  toggle(node.operation, how);
}

void OrderSearch::toggle(uint32_t operation, How how) {
  const uint64_t name = uint64_t{operation} * 2 + (how == How::against_hindsight ? 1 : 0) + 1;
  set_[0] ^= scramble(name * 0x9e3779b97f4a7c15ull);
  set_[1] ^= scramble(name * 0xd1b54a32d192ed03ull);
}

Fingerprint OrderSearch::fingerprint() const {
  const uint64_t idle = idle_ ? 0x632be59bd9b4e019ull : 0;
  const HistoryDigest value = needs_.any_will_do(held_.number) ? HistoryDigest{} : held_.value;
  return {scramble(set_[0] + value[0] * 0x9e3779b97f4a7c15ull + idle),
          scramble(set_[1] + value[1] * 0xd1b54a32d192ed03ull + idle)};
}

void OrderSearch::note_if_best(uint32_t response) {
  if (best_ != kEnd && response <= best_) return;
  best_ = response;
  best_order_ = order();
  charged_ += best_order_.size() / 16;
}

std::vector<uint32_t> OrderSearch::order() const {
  if (state_ == State::exhausted) return best_order_;
  std::vector<uint32_t> order;
  for (const Frame& frame : stack_) order.push_back(own_[nodes_[frame.node].operation]);
  return order;
}

/// At a new configuration: places what costs nothing, then looks whether it is the goal or was visited before.
void OrderSearch::arrive(uint64_t enough) {
  uint32_t at;
  do {
    for (at = nodes_[head_].next; !nodes_[at].response; at = nodes_[at].next, ++charged_) {
      const HistoryOperation& candidate = operation(nodes_[at]);
      HistoryDigest state = held_.value;
      if (!candidate.pending() && !in_doubt(candidate) && place(candidate, state) == Step::settled)
        push(at, How::settled, state);
    }
  } while (place_free_write(at));
  // `at` is now the first response that is not explained.
  if (at == head_ || operation(nodes_[at]).returned >= enough) {
    state_ = State::found;
    best_ = at;
  } else if (visited_.insert(fingerprint())) {
    cursor_ = nodes_[head_].next;
  } else {
    retreat();
  }
}

/// Takes back the last choice, and goes on behind it.
void OrderSearch::retreat() {
  while (!stack_.empty()) {
    const Frame frame = stack_.back();
    const Node& node = nodes_[frame.node];
    stack_.pop_back();
    relink(frame.node);
    if (node.other != kEnd && frame.how != How::against_hindsight) relink(node.other);
    placed_[node.operation] = 0;
    held_ = frame.held;
    needs_.take_back(node.operation);
    idle_ = frame.idle;
    toggle(node.operation, frame.how);
    if (frame.how == How::settled) continue;
    cursor_ = node.next;
    return;
  }
  state_ = State::exhausted;
}

}  // namespace paxoscope
