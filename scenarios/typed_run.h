// Run for one protocol: the computed part of a run with checkpoints, the present moment in it, the journal.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/expectations.h"
#include "scenarios/run.h"
#include "scenarios/run_state.h"
#include "sim/describe.h"

namespace paxoscope {

/// A run ends after so many events, whatever its scenario says.
inline constexpr uint64_t kMaxRunEvents = 500'000;
inline constexpr size_t kMaxJournalEntries = 2'000;

template <class Protocol>
class TypedRun final : public Run {
 public:
  TypedRun(const Scenario& scenario, const RunOptions& options, const SwitchSet& switches)
      : scenario_(scenario), options_(options), switches_(switches), now_(fresh_state()) {
    start();
  }
  TypedRun(const TypedRun&) = delete;
  TypedRun& operator=(const TypedRun&) = delete;

  bool step(StepUnit unit) override;
  bool step_back(StepUnit unit) override;
  bool run_until(TimeUs until_us) override;
  bool seek(uint64_t event) override;
  bool seek_time(TimeUs time_us) override;
  bool run_to_end() override { return run_until(scenario_.duration_us); }

  uint64_t event() const override { return now_.world.event(); }
  TimeUs now_us() const override { return now_.world.now_us(); }
  TimeUs end_us() const override { return scenario_.duration_us; }
  bool violated() const override { return now_.checker.violated(); }

  Result<void> perform(const Action& action) override;
  bool can_undo() const override { return undo_.has_value(); }
  bool undo() override;
  const std::vector<JournalEntry>& journal() const override { return journal_; }
  Result<void> load_journal(std::vector<JournalEntry> journal) override;

  Observation observe(const LogWindow& window) const override;
  const Timeline& timeline() const override { return timeline_.timeline(); }
  std::vector<LessonStep> lesson() const override;
  std::vector<PendingItem> pending() const override;
  std::vector<Violation> violations() const override { return now_.checker.violations(); }
  std::vector<ExpectationResult> expectations() const override;
  RunSummary summary() const override;
  uint64_t state_hash() const override { return now_.world.state_hash(); }
  const Scenario& scenario() const override { return scenario_; }
  const RunOptions& options() const override { return options_; }

 private:
  using State = RunState<Protocol>;
  using Recorder = RunRecorder<Protocol>;
  static constexpr size_t kMaxCheckpoints = 200;
  static constexpr uint64_t kFirstInterval = 32;

  struct Undo {
    std::vector<JournalEntry> journal;
    uint64_t tip_event;
    uint64_t event;
  };
  /// Everything known of one event and the moment before it.
  struct Detail {
    uint64_t event = 0;
    std::optional<State> before = {};  ///< none for event 0
    EventParts parts = {};
  };

  State fresh_state() const { return State(scenario_, switches_, options_.seed); }
  /// Everything computed is dropped; event 0.
  void start();

  // --- moving on by one event
  /// Plays the next event: the journal's, the script's or the world's. False at the end of the run.
  bool play(State& state, TimelineBuilder* timeline, EventParts* parts, uint8_t* flags) const;
  bool play_script(State& state, TimeUs limit_us, Recorder& recorder) const;
  const JournalEntry* journal_entry(uint64_t after_event) const;

  // --- the computed part: events 0..tip_event()
  uint64_t tip_event() const { return flags_.size() - 1; }
  State& tip() { return tip_ ? *tip_ : now_; }
  const State& tip() const { return tip_ ? *tip_ : now_; }
  /// Computes one more event. False at the end.
  bool extend();
  void remember(const State& state);
  /// Drops what comes after `event`, which must be the present one.
  void truncate_to_now();
  const State& checkpoint_before(uint64_t event) const;
  State state_at(uint64_t event) const;
  void go_to(uint64_t event);
  bool violation_at(uint64_t event) const { return (flags_[event] & kFlagViolation) != 0; }

  // --- describing
  const Detail& detail() const;
  void name_clients(Detail& detail) const;
  void mark_changes(Observation& seen, const Observation& before) const;
  void mark_doomed(Observation& seen) const;
  uint64_t cause_of_timer(const EventParts& parts, std::string* text) const;
  bool at_end() const;
  RunFacts facts() const;

  const Scenario scenario_;
  const RunOptions options_;
  const SwitchSet switches_;
  State now_;
  std::optional<State> tip_;  ///< the state at tip_event(), when that is not the present moment
  bool ended_ = false;        ///< nothing comes after tip_event()
  std::vector<uint8_t> flags_;  ///< [event]: EventFlag bits
  TimelineBuilder timeline_;
  std::vector<State> checkpoints_;  ///< ascending by event; the first is event 0
  uint64_t interval_ = kFirstInterval;
  std::vector<JournalEntry> journal_;
  std::optional<Undo> undo_;
  std::optional<State> previous_;  ///< the moment before the last single step: saves a replay
  mutable std::optional<Detail> detail_;
};

// --- playing

template <class Protocol>
void TypedRun<Protocol>::start() {
  now_ = fresh_state();
  tip_.reset();
  ended_ = false;
  previous_.reset();
  detail_.reset();
  flags_.clear();
  checkpoints_.clear();
  interval_ = kFirstInterval;
  timeline_ = TimelineBuilder();
  Recorder recorder(now_.director, &timeline_, nullptr);
  recorder.event_begins(EventInfo{});
  for (const auto* flight : now_.world.flights()) recorder.sent(flight->info, flight->message);
  uint8_t flags = after_event(now_, recorder);
  flags |= after_steps(now_, scenario_, 0, &timeline_);
  flags_.push_back(flags);
  checkpoints_.push_back(now_);
}

template <class Protocol>
const JournalEntry* TypedRun<Protocol>::journal_entry(uint64_t after_event) const {
  const auto found = std::lower_bound(journal_.begin(), journal_.end(), after_event,
                                      [](const JournalEntry& entry, uint64_t e) { return entry.after_event < e; });
  return found != journal_.end() && found->after_event == after_event ? &*found : nullptr;
}

/// Does the script's next action if it is due before anything else happens.
template <class Protocol>
bool TypedRun<Protocol>::play_script(State& state, TimeUs limit_us, Recorder& recorder) const {
  while (true) {
    const TimeUs due = state.director.due_us(state.world.now_us(), state.progress);
    const TimeUs next = state.world.next_event_us();
    if (due < 0 || due > limit_us || (next >= 0 && next < due)) return false;
    state.world.advance_to(due);
    const uint64_t before = state.world.event();
    const auto done = state.world.perform(state.director.due_action(), recorder, EventKind::script);
    state.director.action_done(due, state.world.event(), state.progress, done ? "" : done.error().text);
    if (state.world.event() != before) return true;  // done, or refused by the server that was asked
  }
}

template <class Protocol>
bool TypedRun<Protocol>::play(State& state, TimelineBuilder* timeline, EventParts* parts, uint8_t* flags) const {
  if (state.world.event() >= kMaxRunEvents) return false;
  Recorder recorder(state.director, timeline, parts);
  const size_t reached_before = state.director.reached().size();
  bool played = false;
  if (const JournalEntry* entry = journal_entry(state.world.event()))
    played = state.world.perform(entry->action, recorder, EventKind::action).has_value();
  if (!played) played = play_script(state, scenario_.duration_us, recorder);
  if (!played) {
    const TimeUs next = state.world.next_event_us();
    played = next >= 0 && next <= scenario_.duration_us && state.world.step(recorder);
  }
  if (!played) return false;
  uint8_t seen = after_event(state, recorder);
  seen |= after_steps(state, scenario_, reached_before, timeline);
  if (flags != nullptr) *flags = seen;
  return true;
}

template <class Protocol>
bool TypedRun<Protocol>::extend() {
  if (ended_) return false;
  uint8_t flags = 0;
  if (!play(tip(), &timeline_, nullptr, &flags)) {
    ended_ = true;
    return false;
  }
  flags_.push_back(flags);
  remember(tip());
  return true;
}

template <class Protocol>
void TypedRun<Protocol>::remember(const State& state) {
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

template <class Protocol>
const RunState<Protocol>& TypedRun<Protocol>::checkpoint_before(uint64_t event) const {
  const auto after = std::upper_bound(checkpoints_.begin(), checkpoints_.end(), event,
                                      [](uint64_t e, const State& state) { return e < state.world.event(); });
  return *(after - 1);
}

template <class Protocol>
RunState<Protocol> TypedRun<Protocol>::state_at(uint64_t event) const {
  const State& checkpoint = checkpoint_before(event);
  const uint64_t here = now_.world.event();
  State state = here <= event && here >= checkpoint.world.event() ? now_ : checkpoint;
  while (state.world.event() < event) play(state, nullptr, nullptr, nullptr);
  return state;
}

template <class Protocol>
void TypedRun<Protocol>::go_to(uint64_t event) {
  if (event == this->event()) return;
  if (event == tip_event()) {
    now_ = std::move(*tip_);
    tip_.reset();
    return;
  }
  State there = state_at(event);
  if (!tip_) tip_ = std::move(now_);
  now_ = std::move(there);
}

namespace detail {

inline uint8_t flags_of(StepUnit unit) {
  switch (unit) {
    case StepUnit::event: return 0xff;
    case StepUnit::delivery: return kFlagDelivery;
    case StepUnit::change: return kFlagChange;
    case StepUnit::decided: return kFlagDecided;
    case StepUnit::leader: return kFlagLeader;
    case StepUnit::narration: return kFlagNarration;
  }
  return 0xff;
}

}  // namespace detail

/// Stops at a violation: then the answer is false although the run moved, so that whoever plays stops too.
template <class Protocol>
bool TypedRun<Protocol>::step(StepUnit unit) {
  const uint8_t wanted = detail::flags_of(unit);
  const uint64_t from = event();
  for (uint64_t next = from + 1;; ++next) {
    if (next > tip_event()) {
      if (tip_ && next - 1 == tip_event()) go_to(tip_event());
      if (unit == StepUnit::event) previous_ = now_;
      if (!extend()) return event() != from;
    }
    const bool violation = violation_at(next);
    if (unit != StepUnit::event && (flags_[next] & wanted) == 0 && !violation) continue;
    go_to(next);
    return !violation;
  }
}

template <class Protocol>
bool TypedRun<Protocol>::step_back(StepUnit unit) {
  if (event() == 0) return false;
  const uint8_t wanted = detail::flags_of(unit);
  uint64_t target = event() - 1;
  if (unit != StepUnit::event)
    while (target > 0 && (flags_[target] & wanted) == 0) --target;
  go_to(target);
  return true;
}

template <class Protocol>
bool TypedRun<Protocol>::run_until(TimeUs until_us) {
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
    if (!violation_at(next)) continue;
    go_to(next);
    return false;
  }
}

template <class Protocol>
bool TypedRun<Protocol>::seek(uint64_t event) {
  const uint64_t from = this->event();
  if (event > tip_event()) {
    go_to(tip_event());
    while (tip_event() < event && extend()) continue;
  } else {
    go_to(event);
  }
  return this->event() != from;
}

template <class Protocol>
bool TypedRun<Protocol>::seek_time(TimeUs time_us) {
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

// --- acting

template <class Protocol>
void TypedRun<Protocol>::truncate_to_now() {
  const uint64_t here = event();
  tip_.reset();
  ended_ = false;
  previous_.reset();
  detail_.reset();
  flags_.resize(here + 1);
  timeline_.truncate(here);
  while (checkpoints_.back().world.event() > here) checkpoints_.pop_back();
}

template <class Protocol>
Result<void> TypedRun<Protocol>::perform(const Action& action) {
  if (journal_.size() >= kMaxJournalEntries) return fail("this run has too many actions already");
  if (event() >= kMaxRunEvents) return fail("this run is too long already");
  {
    World<Protocol> trial = now_.world;
    Director unheard = now_.director;
    Recorder nobody(unheard, nullptr, nullptr);  // not a NullRecorder, for which the page would hold the world's code twice
    if (Result<void> done = trial.perform(action, nobody); !done) return done;
  }
  undo_ = Undo{journal_, tip_event(), event()};
  while (!journal_.empty() && journal_.back().after_event >= event()) journal_.pop_back();
  journal_.push_back({event(), action});
  truncate_to_now();
  extend();
  return {};
}

template <class Protocol>
bool TypedRun<Protocol>::undo() {
  if (!undo_) return false;
  const Undo undo = std::move(*undo_);
  undo_.reset();
  go_to(undo.event);
  truncate_to_now();
  journal_ = undo.journal;
  while (tip_event() < undo.tip_event && extend()) continue;
  go_to(undo.event);
  return true;
}

template <class Protocol>
Result<void> TypedRun<Protocol>::load_journal(std::vector<JournalEntry> journal) {
  if (journal.size() > kMaxJournalEntries) return fail("the journal has too many actions");
  for (size_t i = 0; i < journal.size(); ++i) {
    if (i > 0 && journal[i].after_event <= journal[i - 1].after_event)
      return fail("the journal's events must ascend");
    if (journal[i].after_event >= kMaxRunEvents) return fail("the journal goes beyond the longest run");
  }
  // Actions depend on the state they meet, so each is tried where it stands.
  State state = fresh_state();
  std::swap(journal_, journal);
  std::string error;
  for (size_t i = 0; i < journal_.size() && error.empty(); ++i) {
    const JournalEntry& entry = journal_[i];
    while (state.world.event() < entry.after_event && play(state, nullptr, nullptr, nullptr)) continue;
    World<Protocol> trial = state.world;
    Director unheard = state.director;
    Recorder nobody(unheard, nullptr, nullptr);
    if (state.world.event() != entry.after_event)
      error = "the run ends before event " + std::to_string(entry.after_event);
    else if (const auto done = trial.perform(entry.action, nobody); !done)
      error = done.error().text;
  }
  if (!error.empty()) {
    std::swap(journal_, journal);
    return fail("the journal does not fit this scenario: " + error);
  }
  undo_.reset();
  start();
  return {};
}

}  // namespace paxoscope

#include "scenarios/typed_run_views.h"
