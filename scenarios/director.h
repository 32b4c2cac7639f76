// Plays a scenario's steps: watches for conditions, says which action is due, remembers what was reached. A value, kept
// in checkpoints together with the world.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/progress.h"
#include "scenarios/scenario.h"

namespace paxoscope {

class Director {
 public:
  /// `scenario` must outlive the director and its copies.
  explicit Director(const Scenario* scenario) : scenario_(scenario) {}

  // --- what happens during an event
  bool watches(ConditionKind kind) const { return !done() && !seen_ && current().when.kind == kind; }
  void saw_leader(ServerId server) { saw(ConditionKind::leader, server, 0, {}); }
  void saw_promise(ServerId server, ServerId owner) { saw(ConditionKind::promised, server, owner, {}); }
  void saw_message(std::string_view name, ServerId from, ServerId to) { saw(ConditionKind::message, from, to, name); }
  void saw_rule(std::string_view rule, ServerId server) { saw(ConditionKind::event_rule, server, 0, rule); }
  void saw_quorum_lost(ServerId server) { saw(ConditionKind::not_quorum_connected, server, 0, {}); }

  // --- between events
  /// Looks for what the current step says of a future or an operation.
  void look(const History& history, const FutureTable& futures);
  /// Reaches the steps that need no action and whose time has come.
  void settle(TimeUs now_us, uint64_t event, const Progress& progress);
  /// When the next action is to be done: a time ≥ now_us, or < 0 while its condition does not hold.
  TimeUs due_us(TimeUs now_us, const Progress& progress) const;
  /// The action that is due.
  const Action& due_action() const { return current().actions[action_]; }
  /// The due action was done by `event`, or could not be done: then `error` says why.
  void action_done(TimeUs now_us, uint64_t event, const Progress& progress, const std::string& error);

  /// The event that reached step i; steps are reached in order.
  const std::vector<uint64_t>& reached() const { return reached_; }
  /// Actions of the script that could not be done, as sentences.
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  bool done() const { return reached_.size() >= scenario_->steps.size(); }
  const ScenarioStep& current() const { return scenario_->steps[reached_.size()]; }
  void saw(ConditionKind kind, ServerId server, ServerId other, std::string_view text);
  bool holds(const Progress& progress) const;
  TimeUs earliest_us() const;
  void reach(TimeUs now_us, uint64_t event, const Progress& progress);

  const Scenario* scenario_;
  std::vector<uint64_t> reached_;
  std::vector<std::string> errors_;
  size_t action_ = 0;              // next action of the current step
  bool seen_ = false;              // its condition was seen
  uint64_t looked_to_ = 0;         // events of the history that were looked at for it
  TimeUs reached_us_ = 0;          // when the step before was reached
  LogIndex decided_then_ = 0;
};

}  // namespace paxoscope
