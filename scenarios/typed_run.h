// Run as a Run::create makes it: the computed part of a run with checkpoints, the present moment in it, the journal.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/expectations.h"
#include "scenarios/run.h"
#include "scenarios/run_state.h"

namespace paxoscope {

/// A run ends after so many events, whatever its scenario says.
inline constexpr uint64_t kMaxRunEvents = 500'000;
inline constexpr size_t kMaxJournalEntries = 2'000;

/// Everything known of one event and the moment before it.
struct RunDetail {
  uint64_t event = 0;
  std::optional<RunState> before = {};  ///< none for event 0
  EventParts parts = {};
};

class TypedRun final : public Run {
 public:
  TypedRun(const ProtocolKind& protocol, const Scenario& scenario, const RunOptions& options, const SwitchSet& switches)
      : protocol_(protocol), scenario_(scenario), options_(options), switches_(switches), now_(fresh_state()) {
    start();
  }
  TypedRun(const TypedRun&) = delete;
  TypedRun& operator=(const TypedRun&) = delete;

  bool step(const Stop& to) override;
  bool step_back(const Stop& to) override;
  bool run_until(TimeUs until_us) override;
  bool seek(uint64_t event) override;
  bool seek_time(TimeUs time_us) override;
  bool run_to_end() override { return run_until(scenario_.duration_us); }
  void pause_at(std::vector<Stop> stops) override { pauses_ = std::move(stops); }
  bool at_pause() const override { return pauses(event()); }

  uint64_t event() const override { return now_.world.event(); }
  TimeUs now_us() const override { return now_.world.now_us(); }
  TimeUs end_us() const override { return scenario_.duration_us; }
  bool violated() const override { return now_.checker.violated(); }

  Result<void> perform(const Action& action) override;
  bool can_undo() const override { return !journal_.empty(); }
  bool undo() override;
  const std::vector<Branch>& branches() const override { return branches_; }
  size_t branch() const override { return branch_; }
  bool go_to_branch(size_t branch) override;
  bool delete_branch(size_t branch) override;
  void name_branch(size_t branch, std::string_view name) override;
  const std::vector<JournalEntry>& journal() const override { return journal_; }
  Result<void> load_journal(std::vector<JournalEntry> journal) override;

  Observation observe(const LogWindow& window) const override;
  const Timeline& timeline() const override { return timeline_.timeline(); }
  std::vector<LessonStep> lesson() const override;
  std::optional<size_t> right_answer(size_t step) const override;
  std::vector<PendingItem> pending() const override;
  std::vector<Violation> violations() const override { return now_.checker.violations(); }
  std::vector<ExpectationResult> expectations() const override;
  RunSummary summary() const override;
  uint64_t state_hash() const override { return now_.world.state_hash(); }
  const Scenario& scenario() const override { return scenario_; }
  const RunOptions& options() const override { return options_; }

 private:
  using State = RunState;
  static constexpr size_t kMaxCheckpoints = 200;
  static constexpr uint64_t kFirstInterval = 32;

  using Detail = RunDetail;

  State fresh_state() const { return State(protocol_, scenario_, switches_, options_.seed); }
  /// Everything computed is dropped; event 0.
  void start();

  // --- moving on by one event
  /// Plays the next event: the journal's, the script's or the world's. False at the end of the run.
  bool play(State& state, TimelineBuilder* timeline, EventParts* parts, uint8_t* flags) const;
  bool play_script(State& state, TimeUs limit_us, RunRecorder& recorder) const;
  RunRecorder recorder_for(State& state, TimelineBuilder* timeline, EventParts* parts) const {
    return RunRecorder(protocol_.rules(), state.director, timeline, parts);
  }
  /// Whether the action can be done; the state stays as it is.
  Result<void> try_action(const State& state, const Action& action) const;
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
  bool meets(const Stop& stop, uint64_t event) const;
  bool pauses(uint64_t event) const {
    return std::any_of(pauses_.begin(), pauses_.end(), [&](const Stop& stop) { return meets(stop, event); });
  }

  // --- branches (typed_run_acting.cpp)
  /// Writes down where the present branch is left.
  void leave_branch();
  /// Goes on with another journal, computed up to `last_event`, at `event`. What both have in common stays.
  void take_journal(std::vector<JournalEntry> journal, uint64_t last_event, uint64_t event);
  void remove_branch(size_t branch);

  // --- describing
  const Detail& detail() const;
  void name_clients(Detail& detail) const;
  void mark_changes(Observation& seen, const Observation& before) const;
  void mark_doomed(Observation& seen) const;
  uint64_t cause_of_timer(const EventParts& parts, std::string* text) const;
  uint64_t cause_of_restarted_timer(const EventParts& parts, const Observation& before, std::string* text) const;
  bool at_end() const;
  RunFacts facts() const { return facts_of(now_, at_end()); }
  RunFacts facts_of(const State& state, bool at_end) const;

  const ProtocolKind& protocol_;
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
  std::vector<Branch> branches_ = {Branch{"main"}};
  size_t branch_ = 0;
  std::vector<Stop> pauses_;
  std::optional<State> previous_;  ///< the moment before the last single event: saves a replay
  mutable std::optional<Detail> detail_;
};

}  // namespace paxoscope
