// A scenario as a value: what the TOML file says, checked and bounded. scenarios/README.md documents every key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/types.h"
#include "scenarios/claim.h"
#include "sim/action.h"
#include "sim/world_config.h"

namespace paxoscope {

inline constexpr size_t kMaxScenarioBytes = 256 * 1024;
inline constexpr size_t kMaxScenarioSteps = 200;
inline constexpr size_t kMaxStepActions = 32;
inline constexpr size_t kMaxExpectations = 32;
inline constexpr size_t kMaxAnswers = 6;
inline constexpr TimeUs kMaxScenarioDurationUs = 600'000'000;

enum class ConditionKind : uint8_t {
  none,
  leader,          ///< a leader was elected (server given: by that server)
  decided,         ///< decided index of `server` (0: of any) reached `value`
  decided_more,    ///< `value` more entries decided (by any) than when the step before was reached
  not_quorum_connected,  ///< `server` found itself not quorum-connected (0: any)
  promised,        ///< `server` promised a new ballot (other given: one owned by it)
  message,         ///< a message named `text` was sent (server = sender, other = receiver, 0: any)
  event_rule,      ///< rule `text` moved a server (server: that one)
  sealed,          ///< `server` (0: any) knows that configuration `value` has ended
  configuration,   ///< `server` (0: any) runs configuration `value` or a later one
  claim,           ///< `claim` holds
};

/// When something holds, from the moment the step before was reached. Written as text in the file: "leader A",
/// "decided 3", "decided A 3", "decided 2 more", "not quorum-connected C", "promised B to A",
/// "message Prepare from A to B", "rule B3 at A", "sealed 1 at A", "configuration 2 at D", "future op#1 cancelled",
/// "operation k1#3 ends".
struct Condition {
  ConditionKind kind = ConditionKind::none;
  ServerId server = 0;
  ServerId other = 0;
  uint64_t value = 0;
  std::string text;
  Claim claim;
};

struct Expectation {
  std::string text;       ///< as written: "recovers within 4 election timeouts"
  enum class Kind : uint8_t {
    no_violation, decided_at_least, decided_at_most, leader_changes_at_most, leader_changes_at_least, leader_is,
    longest_stall_at_most, longest_stall_at_least, recovers_within, decides_after, all_caught_up, violated,
    configuration_is, members_are, retired, all_settled, claim, history_linearizable, all_end, all_complete,
  } kind = Kind::no_violation;
  ServerId server = 0;    ///< 0: any
  int64_t value = 0;      ///< a count, us, a configuration or a ServerSet, by kind
  std::string name;       ///< violated: the check ("" = any)
  Claim claim;
};

/// One answer to a question: "A | leader is A | only A hears a majority".
struct Answer {
  std::string words;                    ///< what a person picks
  std::optional<Expectation> when = {}; ///< it is right if this holds; none: right if no other one is
  std::string because;                  ///< said once it is known to be right; may be empty
};

/// What a step asks of who watches. The run itself answers: the first answer that holds at the moment it is judged.
struct Question {
  std::string words;       ///< empty: nothing is asked
  uint32_t judged = 0;     ///< so many narration steps later; 0: at the end of the run
  std::vector<Answer> answers;
};

/// One step: at a time, or a time after the step before, and when a condition holds; actions; a narration. Steps are
/// reached in order.
struct ScenarioStep {
  TimeUs at_us = -1;      ///< not before this virtual time, -1: not given
  TimeUs after_us = -1;   ///< not before this long after the step before was reached, -1: not given
  Condition when;
  std::vector<Action> actions;
  std::string title;      ///< narration title ("say"), may be empty
  std::string text;
  Question question;
};

struct Scenario {
  std::string id;         ///< file name without extension
  std::string title, summary;
  std::vector<std::string> protocols;
  TimeUs duration_us = 0;
  std::vector<std::string> switches_off;
  WorldConfig world;      ///< servers, timing, network, clients
  std::vector<ScenarioStep> steps;
  std::vector<Expectation> expectations;
};

/// Reads one condition in the form above, or says in a sentence what is wrong.
Result<Condition> parse_condition(std::string_view text);
/// Reads one expectation; `election_timeout_us` gives "4 election timeouts" its length.
Result<Expectation> parse_expectation(std::string_view text, TimeUs election_timeout_us);
/// Reads one answer in the form above; its parts stand between bars.
Result<Answer> parse_answer(std::string_view text, TimeUs election_timeout_us);

/// Reads a scenario. `name` appears in errors: "quorum-loss.toml:12:3: …". Never throws, never crashes; one line.
Result<Scenario> load_scenario(std::string_view toml, std::string_view name);

}  // namespace paxoscope
