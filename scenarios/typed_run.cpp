#include "scenarios/typed_run.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace paxoscope {

// --- playing

void TypedRun::start() {
  now_ = fresh_state();
  tip_.reset();
  ended_ = false;
  previous_.reset();
  detail_.reset();
  flags_.clear();
  checkpoints_.clear();
  interval_ = kFirstInterval;
  timeline_ = TimelineBuilder();
  RunRecorder recorder = recorder_for(now_, &timeline_, nullptr);
  recorder.event_begins(EventInfo{});
  for (const auto* flight : now_.world.flights()) recorder.sent(flight->info, flight->message);
  uint8_t flags = after_event(now_, recorder);
  flags |= after_steps(now_, scenario_, 0, &timeline_);
  flags_.push_back(flags);
  checkpoints_.push_back(now_);
}

const JournalEntry* TypedRun::journal_entry(uint64_t after_event) const {
  const auto found = std::lower_bound(journal_.begin(), journal_.end(), after_event,
                                      [](const JournalEntry& entry, uint64_t e) { return entry.after_event < e; });
  return found != journal_.end() && found->after_event == after_event ? &*found : nullptr;
}

/// Does the script's next action if it is due before anything else happens.
bool TypedRun::play_script(State& state, TimeUs limit_us, RunRecorder& recorder) const {
  while (true) {
    const TimeUs due = state.director.due_us(state.world.now_us(), state.progress);
    const TimeUs next = state.world.next_event_us();
    if (due < 0 || due > limit_us || (next >= 0 && next < due)) return false;
    state.world.advance_to(due);
    const uint64_t before = state.world.event();
    const auto done = act_on_world(state, state.director.due_action(), recorder, EventKind::script);
    state.director.action_done(due, state.world.event(), state.progress, done ? "" : done.error().text);
    if (state.world.event() != before) return true;  // done, or refused by the server that was asked
  }
}

bool TypedRun::play(State& state, TimelineBuilder* timeline, EventParts* parts, uint8_t* flags) const {
  if (state.world.event() >= kMaxRunEvents) return false;
  RunRecorder recorder = recorder_for(state, timeline, parts);
  const size_t reached_before = state.director.reached().size();
  bool played = false;
  if (const JournalEntry* entry = journal_entry(state.world.event()))
    played = act_on_world(state, entry->action, recorder, EventKind::action).has_value();
  if (!played) played = play_script(state, scenario_.duration_us, recorder);
  if (!played) {
    const TimeUs next = state.world.next_event_us();
    played = next >= 0 && next <= scenario_.duration_us && step_world(state, recorder);
  }
  if (!played) return false;
  uint8_t seen = after_event(state, recorder);
  seen |= after_steps(state, scenario_, reached_before, timeline);
  if (flags != nullptr) *flags = seen;
  return true;
}

bool TypedRun::extend() {
  if (ended_) return false;
  uint8_t flags = 0;
  // Time passes up to an action of the script that is refused; where nothing else follows, the last event's state stays.
  const TimeUs next = tip().world.next_event_us();
  std::optional<World<AnyProtocol>> last;
  if (next < 0 || next > scenario_.duration_us) last = tip().world;
  if (!play(tip(), &timeline_, nullptr, &flags)) {
    if (last) tip().world = std::move(*last);
    ended_ = true;
    return false;
  }
  flags_.push_back(flags);
  remember(tip());
  return true;
}

void TypedRun::remember(const State& state) {
  if (state.world.event() % interval_ != 0) return;
  checkpoints_.push_back(state);
  if (checkpoints_.size() <= kMaxCheckpoints) return;
  interval_ *= 2;
  std::vector<State> kept;
  for (State& checkpoint : checkpoints_)
    if (checkpoint.world.event() % interval_ == 0) kept.push_back(std::move(checkpoint));
  checkpoints_ = std::move(kept);
}

// --- moving in time

const RunState& TypedRun::checkpoint_before(uint64_t event) const {
  const auto after = std::upper_bound(checkpoints_.begin(), checkpoints_.end(), event,
                                      [](uint64_t e, const State& state) { return e < state.world.event(); });
  return *(after - 1);
}

RunState TypedRun::state_at(uint64_t event) const {
  const State& checkpoint = checkpoint_before(event);
  const uint64_t here = now_.world.event();
  State state = here <= event && here >= checkpoint.world.event() ? now_ : checkpoint;
  while (state.world.event() < event) play(state, nullptr, nullptr, nullptr);
  return state;
}

void TypedRun::go_to(uint64_t event) {
  if (event == this->event()) return;
  if (event == this->event() + 1) previous_ = now_;
  if (event == tip_event()) {
    now_ = std::move(*tip_);
    tip_.reset();
    return;
  }
  State there = state_at(event);
  if (!tip_) tip_ = std::move(now_);
  now_ = std::move(there);
}

namespace {

uint8_t flags_of(StepUnit unit) {
  switch (unit) {
    case StepUnit::event: return 0xff;
    case StepUnit::delivery: return kFlagDelivery;
    case StepUnit::change: return kFlagChange;
    case StepUnit::decided: return kFlagDecided;
    case StepUnit::leader: return kFlagLeader;
    case StepUnit::narration: return kFlagNarration;
    case StepUnit::settled: return kFlagSettled;
    case StepUnit::violation: return kFlagViolation;
    case StepUnit::message: return 0;
  }
  return 0xff;
}

}  // namespace

bool TypedRun::meets(const Stop& stop, uint64_t event) const {
  if (stop.unit == StepUnit::event) return true;
  if (stop.unit != StepUnit::message) return (flags_[event] & flags_of(stop.unit)) != 0;
  const auto& arrows = timeline().arrows;  // ascending by the event that sent them
  auto arrow = std::partition_point(arrows.begin(), arrows.end(),
                                    [&](const ArrowRecord& a) { return a.sent_event < event; });
  for (; arrow != arrows.end() && arrow->sent_event == event; ++arrow)
    if (arrow->name == stop.message) return true;
  return false;
}

/// Stops at a violation: then the answer is false although the run moved, so that whoever plays stops too.
bool TypedRun::step(const Stop& to) {
  const uint64_t from = event();
  for (uint64_t next = from + 1;; ++next) {
    if (next > tip_event()) {
      if (tip_ && next - 1 == tip_event()) go_to(tip_event());
      if (to.unit == StepUnit::event) previous_ = now_;
      if (!extend()) return event() != from;
    }
    const bool violation = violation_at(next);
    if (!meets(to, next) && !violation && !pauses(next)) continue;
    go_to(next);
    return !violation;
  }
}

bool TypedRun::step_back(const Stop& to) {
  if (event() == 0) return false;
  uint64_t target = event() - 1;
  while (target > 0 && !meets(to, target)) --target;
  go_to(target);
  return true;
}

bool TypedRun::run_until(TimeUs until_us) {
  const uint64_t from = event();
  const auto& times = timeline_.timeline().event_times_us;
  for (uint64_t next = from + 1;; ++next) {
    if (next > tip_event()) {
      if (tip_) go_to(tip_event());
      const TimeUs script = now_.director.due_us(now_.world.now_us(), now_.progress);
      const TimeUs world = now_.world.next_event_us();
      const bool journal = journal_entry(event()) != nullptr;
      const bool due = journal || (script >= 0 && script <= until_us) || (world >= 0 && world <= until_us);
      if (!due || !extend()) return event() != from;
    } else if (times[next] > until_us) {
      go_to(next - 1);
      return event() != from;
    }
    if (!violation_at(next) && !pauses(next)) continue;
    go_to(next);
    return false;
  }
}

bool TypedRun::seek(uint64_t event) {
  const uint64_t from = this->event();
  if (event > tip_event()) {
    go_to(tip_event());
    while (tip_event() < event && extend()) continue;
  } else {
    go_to(event);
  }
  return this->event() != from;
}

bool TypedRun::seek_time(TimeUs time_us) {
  const auto& times = timeline_.timeline().event_times_us;
  if (time_us >= times.back()) {
    const uint64_t from = event();
    go_to(tip_event());
    run_until(std::min(time_us, scenario_.duration_us));
    return event() != from;
  }
  const auto after = std::upper_bound(times.begin(), times.end(), std::max<TimeUs>(time_us, 0));
  return seek(static_cast<uint64_t>(after - times.begin()) - 1);
}

}  // namespace paxoscope
