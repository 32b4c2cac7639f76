// The run as a space-time diagram: everything that has happened so far, for drawing. Grows while a run plays; when a
// person acts in the past, what came after is dropped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/observation.h"

namespace paxoscope {

enum class MessageFate : uint8_t { flying, delivered, lost, dropped };

/// One message from send to end.
struct ArrowRecord {
  uint64_t message_id = 0;
  ServerId from = 0;
  ServerId to = 0;
  MessageFamily family = MessageFamily::request;
  MessageFate fate = MessageFate::flying;
  std::string name;  ///< shared wording with MessageView::name
  Epoch epoch;
  TimeUs sent_us = 0;
  TimeUs end_us = 0;  ///< delivery or loss; the planned delivery while flying
  uint64_t sent_event = 0;
  uint64_t end_event = 0;  ///< 0 while flying
};

/// A server leads with a ballot from `from_us` until `to_us` (or still: `to_us` < 0).
struct LeaderSpan {
  ServerId server = 0;
  Epoch epoch;
  TimeUs from_us = 0;
  TimeUs to_us = -1;
  bool has_followers = false;  ///< a quorum promised; without it the span is drawn dashed
};

/// The lane's colour: the ballot promised from `from_us` on.
struct EpochChange {
  ServerId server = 0;
  TimeUs from_us = 0;
  Epoch epoch;
};

struct DownSpan {
  ServerId server = 0;
  TimeUs from_us = 0;
  TimeUs to_us = -1;
  bool paused = false;
  bool state_lost = false;
};

/// A time during which links were cut; `label` says how.
struct CutSpan {
  TimeUs from_us = 0;
  TimeUs to_us = -1;
  std::string label;
};

/// What a lane says besides the promised ballot.
enum class LaneKind : uint8_t {
  own_ballot,  ///< the ballot it would lead with
  leader,      ///< the ballot of the leader it follows (none: it knows no leader)
  membership,
};

enum class Membership : uint8_t { member, spare, joining, retired };

/// From `from_us` on this holds for a server, until its next change of the same kind.
struct LaneChange {
  ServerId server = 0;
  TimeUs from_us = 0;
  LaneKind kind = LaneKind::membership;
  Epoch epoch = {};  ///< membership: only its configuration counts, the one it runs or joins
  Membership membership = Membership::member;

  bool same_as(const LaneChange& other) const { return epoch == other.epoch && membership == other.membership; }
};

/// stop_sign: `server` decided it; configuration: `server` is the first that runs it.
enum class MarkKind : uint8_t { action, narration, leader_change, violation, stop_sign, decided, configuration };

struct MarkRecord {
  MarkKind kind = MarkKind::action;
  TimeUs time_us = 0;
  uint64_t event = 0;
  ServerId server = 0;
  std::string label;
};

/// How an event came about.
struct OriginRecord {
  EventKind kind = EventKind::initial;
  ServerId server = 0;
  uint64_t message_id = 0;  ///< delivery: what arrived
  uint64_t since_event = 0; ///< disk: the event that began the write
};

/// What began at an event that no message brought: a timer, a request, an action.
struct BeginningRecord {
  uint64_t event = 0;
  std::string words;  ///< "k1#12: k1 asks A for x=3"
};

struct Timeline {
  uint64_t last_event = 0;   ///< the newest event computed so far
  TimeUs last_time_us = 0;
  std::vector<Epoch> epochs;  ///< in order of appearance: position mod 7 picks the colour
  std::vector<ArrowRecord> arrows;  ///< by message id, ascending
  TimeUs longest_flight_us = 2'000'000;  ///< from send to end no arrow takes longer
  std::vector<LeaderSpan> leaders;
  std::vector<EpochChange> lanes;
  std::vector<LaneChange> changes;  ///< by time; one record per change, so as many as things happened
  std::vector<DownSpan> downs;
  std::vector<CutSpan> cuts;
  std::vector<MarkRecord> marks;
  std::vector<TimeUs> event_times_us;  ///< [event number] → time; size = last_event + 1
  std::vector<OriginRecord> origins;   ///< likewise
  std::vector<BeginningRecord> beginnings;  ///< by event

  /// Position of the epoch in `epochs`, or -1. One without an owner is its leader's, or else a candidate's, of that number.
  int slot_of(const Epoch& epoch) const;
  /// Null: unknown.
  const ArrowRecord* arrow(uint64_t message_id) const;
  /// What began then; "" where a message was the cause.
  const std::string& beginning(uint64_t event) const;
};

/// One step back from an event: `event` sent `message`, or began the write (null) that the step before speaks of.
struct CauseStep {
  uint64_t event = 0;
  const ArrowRecord* message = nullptr;  ///< in the timeline
};
inline constexpr size_t kMaxCauses = 400;
/// The way back from an event to the request, timer or action that began it, nearest first; its last step is that
/// beginning unless there are more than kMaxCauses. Empty: the event is a beginning itself.
std::vector<CauseStep> causes_of(const Timeline& timeline, uint64_t event);

}  // namespace paxoscope
