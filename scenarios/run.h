// One run of a scenario, whatever the protocol: step, seek, act, observe. The command, the bindings and the screen
// all drive the same class. Scenario + seed + switches + journal determine every state (state_hash proves it).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scenarios/scenario.h"
#include "sim/action.h"
#include "sim/observation.h"
#include "sim/timeline.h"

namespace paxoscope {

enum class StepUnit : uint8_t { event, delivery, change, decided, leader, narration, settled, violation, message };

/// What a step goes to, and what a run may be told to pause at.
struct Stop {
  Stop(StepUnit which, std::string name = {}) : unit(which), message(std::move(name)) {}
  StepUnit unit;
  std::string message;  ///< unit message: one of this name is sent
  bool operator==(const Stop&) const = default;
};
/// "event", "delivery", "change", "decided", "leader", "narration", "settled" (a future), "violation", "message Prepare"
Result<Stop> parse_stop(std::string_view text);

struct RunOptions {
  std::string protocol;                   ///< "" = the scenario's first
  uint64_t seed = 1;
  std::vector<std::string> switches_off;  ///< names such as "P5.session"
  uint32_t servers = 0;                   ///< so many in place of the scenario's, 1..kMaxServers; 0: as it is written
};

/// A journal entry: after event `after_event`, a person did `action`.
struct JournalEntry {
  uint64_t after_event = 0;
  Action action;
  bool operator==(const JournalEntry&) const = default;
};

/// One way that a run may go. Acting in the past starts a new one; all are kept.
struct Branch {
  std::string name;           ///< "main", the action that started it, or as a person called it
  uint32_t parent = 0;        ///< position of the one it left
  uint64_t fork_event = 0;    ///< its own first action follows this event
  TimeUs fork_us = 0;
  // As it was left; stale for the present one.
  std::vector<JournalEntry> journal = {};
  size_t inherited = 0;       ///< so many entries of the journal are its parent's
  uint64_t event = 0;         ///< where it stood
  uint64_t last_event = 0;    ///< how far it was computed
};
inline constexpr size_t kMaxBranches = 32;
inline constexpr size_t kMaxBranchName = 40;  ///< bytes

enum class LessonState : uint8_t { to_come, current, done };

struct LessonStep {
  std::string title;
  std::string text;         ///< **bold** server names and `code` ballots may occur
  LessonState state = LessonState::to_come;
  uint64_t event = 0;       ///< the event that reached it, if it was reached in the computed run
  bool reached = false;     ///< in the computed run (it may lie after the present moment)
  const Question* question = nullptr;  ///< of the run's scenario; null: nothing is asked
};

struct ExpectationResult {
  std::string text;
  bool held = false;
  bool known = false;  ///< false while the run has not come far enough
};

struct RunSummary {
  std::string scenario, protocol;
  uint64_t seed = 0;
  uint64_t events = 0;
  TimeUs time_us = 0;
  uint64_t state_hash = 0;
  bool has_log = true;    ///< false: registers, where nothing is decided and nobody leads
  struct ServerDecided { ServerId id; LogIndex decided; uint32_t held = 0; };  ///< held: keys of registers with a value
  std::vector<ServerDecided> servers;
  uint32_t leader_changes = 0;
  TimeUs longest_stall_us = 0;
  std::vector<Violation> violations;
  std::vector<ExpectationResult> expectations;
  struct Futures { uint64_t resolved = 0, cancelled = 0, pending = 0, unknown = 0; };
  Futures futures;        ///< of all proposals; unknown: their servers crashed
};

/// A possible next happening, for "what can happen next".
struct PendingItem {
  std::string id;       ///< "message 42", "timer A election"
  std::string text;     ///< "Prepare 5·A from A to B"
  Action action;        ///< what performs it now, if that is possible
  TimeUs due_us = 0;    ///< -1: never, as things are
  bool possible = true; ///< a person can make it happen now
  std::string reason = {};  ///< why not, or what will come of it
};

class Run {
 public:
  /// Starts at event 0. Fails with a sentence for an unknown protocol or switch.
  static Result<std::unique_ptr<Run>> create(const Scenario& scenario, const RunOptions& options);
  virtual ~Run() = default;

  // --- time. Each returns false when nothing moved (start or end of the run, or a violation paused it).
  virtual bool step(const Stop& to) = 0;
  virtual bool step_back(const Stop& to) = 0;
  /// Plays until virtual time `until_us` (events at exactly that time included).
  virtual bool run_until(TimeUs until_us) = 0;
  /// Goes to an event that was computed already, or computes on to it.
  virtual bool seek(uint64_t event) = 0;
  /// Goes to the last event at or before this time (forward: as run_until).
  virtual bool seek_time(TimeUs time_us) = 0;
  /// To the scenario's end (`Scenario::duration_us`).
  virtual bool run_to_end() = 0;
  /// From now on whatever runs on pauses at events that meet one of these, as it does at a violation.
  virtual void pause_at(std::vector<Stop> stops) = 0;
  /// True when the present event meets one of them.
  virtual bool at_pause() const = 0;

  virtual uint64_t event() const = 0;
  virtual TimeUs now_us() const = 0;
  /// When the scenario ends, us.
  virtual TimeUs end_us() const = 0;
  /// True when a violation was found at or before this moment.
  virtual bool violated() const = 0;

  // --- acting. In the past it starts a new branch: what came after stays in the branch that was left.
  virtual Result<void> perform(const Action& action) = 0;
  virtual bool can_undo() const = 0;
  /// Takes the present branch's last action back; a branch that has no other ends, and the one it left is present again.
  virtual bool undo() = 0;
  /// The first is "main".
  virtual const std::vector<Branch>& branches() const = 0;
  virtual size_t branch() const = 0;
  /// Shows another branch where it was left. False: there is none, or it is present already.
  virtual bool go_to_branch(size_t branch) = 0;
  /// Main stays. Deleting the present one goes to the one it left.
  virtual bool delete_branch(size_t branch) = 0;
  /// Cut to kMaxBranchName; an empty name changes nothing.
  virtual void name_branch(size_t branch, std::string_view name) = 0;
  virtual const std::vector<JournalEntry>& journal() const = 0;
  /// Replaces the journal and starts again at event 0 (permalinks).
  virtual Result<void> load_journal(std::vector<JournalEntry> journal) = 0;

  // --- looking
  virtual Observation observe(const LogWindow& window) const = 0;
  virtual const Timeline& timeline() const = 0;
  virtual std::vector<LessonStep> lesson() const = 0;
  /// Which answer of the question of `lesson()[step]` is right: found by playing a copy of the run on to where it is
  /// judged. None: nothing is asked there, the step was not reached, or no answer holds.
  virtual std::optional<size_t> right_answer(size_t step) const = 0;
  /// Soonest first; what cannot happen as things are comes last.
  virtual std::vector<PendingItem> pending() const = 0;
  virtual std::vector<Violation> violations() const = 0;
  virtual std::vector<ExpectationResult> expectations() const = 0;
  virtual RunSummary summary() const = 0;
  virtual uint64_t state_hash() const = 0;
  /// One line of JSON per event up to now is appended for every step computed (headless `--trace`); empty by default.
  virtual const Scenario& scenario() const = 0;
  virtual const RunOptions& options() const = 0;
};

/// Protocol ids that `Run::create` accepts, in display order.
std::vector<std::string> known_protocols();

}  // namespace paxoscope
