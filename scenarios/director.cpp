#include "scenarios/director.h"

#include <algorithm>

#include "base/text.h"

namespace paxoscope {

void Director::saw(ConditionKind kind, ServerId server, ServerId other, std::string_view text) {
  if (!watches(kind)) return;
  const Condition& when = current().when;
  if (when.server != 0 && when.server != server) return;
  if (when.other != 0 && when.other != other) return;
  if (!when.text.empty() && when.text != text) return;
  seen_ = true;
}

void Director::look(const History& history, const FutureTable& futures) {
  if (!watches(ConditionKind::claim)) return;
  const Claim& claim = current().when.claim;
  seen_ = claim.of_future ? paxoscope::holds(claim, futures) : paxoscope::holds(claim, history, looked_to_);
}

bool Director::holds(const Progress& progress) const {
  const Condition& when = current().when;
  switch (when.kind) {
    case ConditionKind::none:
      return true;
    case ConditionKind::decided:
      return (when.server == 0 ? progress.decided_index() : progress.decided_index(when.server)) >= when.value;
    case ConditionKind::decided_more:
      return progress.decided_index() >= decided_then_ + when.value;
    case ConditionKind::sealed:
      return progress.sealed(when.server) >= when.value;
    case ConditionKind::configuration:
      return progress.configuration(when.server) >= when.value;
    default:
      return seen_;
  }
}

TimeUs Director::earliest_us() const {
  const ScenarioStep& step = current();
  if (step.at_us >= 0) return step.at_us;
  if (step.after_us >= 0) return reached_us_ + step.after_us;
  return 0;
}

void Director::reach(TimeUs now_us, uint64_t event, const Progress& progress) {
  reached_.push_back(event);
  action_ = 0;
  seen_ = false;
  looked_to_ = 0;
  reached_us_ = now_us;
  decided_then_ = progress.decided_index();
}

void Director::settle(TimeUs now_us, uint64_t event, const Progress& progress) {
  while (!done() && current().actions.empty() && now_us >= earliest_us() && holds(progress))
    reach(now_us, event, progress);
}

TimeUs Director::due_us(TimeUs now_us, const Progress& progress) const {
  if (done() || current().actions.empty()) return -1;
  if (action_ == 0 && !holds(progress)) return -1;
  return std::max(now_us, earliest_us());
}

void Director::action_done(TimeUs now_us, uint64_t event, const Progress& progress, const std::string& error) {
  if (!error.empty()) errors_.push_back(concat("the script's '", format_action(due_action()), "' is done: ", error));
  if (++action_ == current().actions.size()) reach(now_us, event, progress);
}

}  // namespace paxoscope
