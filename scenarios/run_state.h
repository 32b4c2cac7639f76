// The part of a run that is a value: world, checks, script and achievements at one moment; and how it moves on by one
// event. Everything here is copied into checkpoints.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "check/checker.h"
#include "check/chosen.h"
#include "scenarios/director.h"
#include "scenarios/event_text.h"
#include "scenarios/progress.h"
#include "scenarios/run.h"
#include "scenarios/timeline_builder.h"
#include "sim/any_protocol.h"
#include "sim/world.h"

namespace paxoscope {

/// What an event was good for: which step units stop at it.
enum EventFlag : uint8_t {
  kFlagDelivery = 1,
  kFlagChange = 2,
  kFlagDecided = 4,
  kFlagLeader = 8,
  kFlagNarration = 16,
  kFlagViolation = 32,
  kFlagSettled = 64,
};

/// What was last seen of a server, to notice changes.
struct KnownServer {
  Ballot promised;
  Ballot leads;
  LogIndex decided = 0;
  ConfigurationId configuration = 0;   ///< in which its ballots are counted
  ConfigurationId runs = 0;
  ServerStatus status = ServerStatus::up;
  ConfigurationId ran = 0;             ///< the newest it was a member of; 0: none now
  std::array<LaneChange, 3> lane = {}; ///< by LaneKind
};

struct RunState {
  RunState(const ProtocolKind& protocol, const Scenario& scenario, const SwitchSet& switches, uint64_t seed);
  // Copied in many places, so compiled in one.
  RunState(const RunState&);
  RunState(RunState&&) noexcept;
  RunState& operator=(RunState&&) noexcept;
  ~RunState();

  World<AnyProtocol> world;
  Checker<AnyProtocol> checker;
  ChosenLog chosen;
  Director director;
  Progress progress;
  std::vector<KnownServer> known;  ///< position = World::hosts()
  uint64_t settled = 0;            ///< futures, so far
};

/// Listens to a world while an event is played: for the script always, for the timeline and for a full description of
/// the event if they are given.
class RunRecorder {
 public:
  static constexpr bool enabled = true;
  static constexpr bool follows_futures = true;

  /// `rules`: the protocol's.
  RunRecorder(std::span<const RuleInfo> rules, Director& director, TimelineBuilder* timeline, EventParts* parts)
      : rules_(rules), director_(director), timeline_(timeline), parts_(parts) {}

  void event_begins(const EventInfo& info);
  void sent(const FlightInfo& flight, const AnyMessage& message);
  void delivered(const FlightInfo& flight);
  void lost(const FlightInfo& flight, bool by_person);
  void noted(const std::vector<Note>& notes);

  const EventInfo& info() const { return info_; }
  TimelineBuilder* timeline() const { return timeline_; }
  /// Something beyond heartbeats happened.
  bool busy() const {
    return busy_ || (info_.kind != EventKind::delivery && info_.kind != EventKind::timer);
  }
  static MessageView view_of(const FlightInfo& flight, const AnyMessage& message);

 private:
  std::span<const RuleInfo> rules_;
  Director& director_;
  TimelineBuilder* timeline_;
  EventParts* parts_;
  EventInfo info_;
  bool busy_ = false;
};

/// Plays the world's next event. False: there is none.
bool step_world(RunState& state, RunRecorder& recorder);
/// World::perform.
Result<void> act_on_world(RunState& state, const Action& action, RunRecorder& recorder, EventKind kind);
/// Brings checks, script and achievements up to the event that was just played. Returns EventFlag bits.
uint8_t after_event(RunState& state, const RunRecorder& recorder);
/// Reaches the steps of the script whose time has come. Returns EventFlag bits.
uint8_t after_steps(RunState& state, const Scenario& scenario, size_t reached_before, TimelineBuilder* timeline);

}  // namespace paxoscope
