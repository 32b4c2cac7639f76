// What a person can see of a world at one moment, in words that fit every protocol. A protocol's adapter fills it;
// views draw it by kind and never include a protocol header. Plain values, no pointers into the world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/types.h"

namespace paxoscope {

/// A ballot, term or view: what colour means on screen. `number` 0 with `owner` 0 means none.
struct Epoch {
  ConfigurationId configuration = 1;
  uint64_t number = 0;
  uint32_t priority = 0;
  ServerId owner = 0;  ///< 0 where the protocol does not name one (a Raft term without a leader yet)

  bool operator==(const Epoch&) const = default;
  explicit operator bool() const { return number != 0 || owner != 0; }
};

/// "5·A"; from configuration 2 on "c2 1·A"; "–" for none.
std::string epoch_label(const Epoch& epoch);
/// "A" for 1, "B" for 2…; "–" for 0.
std::string server_label(ServerId id);
/// "2.340 s"
std::string time_label(TimeUs time_us);

enum class FieldKind : uint8_t { text, epoch, server, servers, index, count, boolean, duration };

/// One typed value; only the member of its kind is meaningful, `text` is always a readable form of it.
struct FieldValue {
  FieldKind kind = FieldKind::text;
  std::string text;
  Epoch epoch;                    ///< kind epoch
  std::vector<ServerId> servers;  ///< kind server (one or none), servers
  int64_t number = 0;             ///< kind index, count, duration (us), boolean (0, 1)

  bool operator==(const FieldValue&) const = default;
};

FieldValue text_value(std::string text);
FieldValue epoch_value(const Epoch& epoch);
FieldValue server_value(ServerId id);
FieldValue servers_value(std::vector<ServerId> ids);
FieldValue index_value(LogIndex index);
FieldValue count_value(int64_t count);
FieldValue boolean_value(bool value);
FieldValue duration_value(TimeUs duration_us);

/// One named value of a server, a message or a rule note. `old` is set when the last event changed it.
struct Field {
  std::string name;
  FieldValue value;
  std::optional<FieldValue> old = {};
  std::optional<FieldValue> on_disk = {};  ///< what the disk still holds, when it differs
  bool durable = false;  ///< survives a crash
};

enum class Role : uint8_t { follower, leader, old_leader, candidate, preparing, recovering, learner, retired };
enum class ServerStatus : uint8_t { up, down, paused };
enum class TimerKind : uint8_t { election, heartbeat, resend };

/// A running timer; `remaining_us` ≤ `period_us`. `id` names it in `fire` actions ("election", "resend"…).
struct TimerView {
  std::string id;
  TimerKind kind = TimerKind::election;
  TimeUs remaining_us = 0;
  TimeUs period_us = 0;
};

enum class FutureState : uint8_t { pending, accepted, resolved, cancelled, unknown };

enum class CellState : uint8_t { accepted, decided, trimmed, snapshot, stop_sign };

/// One entry in a server's log. `epoch` is the ballot under which it was appended.
struct LogCell {
  LogIndex index = 0;
  std::string label;
  Epoch epoch;
  CellState state = CellState::accepted;
  bool durable = true;           ///< false: a crash now would lose it
  bool changed = false;          ///< written or decided by the last event
  bool will_be_overwritten = false;  ///< an outside view: contradicts what is decided
  bool awaited = false;          ///< a future of this very server stands behind it…
  FutureState future = FutureState::pending;  ///< …in this state
  uint64_t attempt_id = 0;       ///< same number for the same proposal in every log; ties views together
};

/// A register as one server holds it.
struct RegisterCell {
  std::string key;
  std::string value;
  Epoch stamp;           ///< its timestamp and writer
  bool durable = true;   ///< false: a crash now would lose it
  bool changed = false;  ///< stored by the last event
};

enum class RoundPhase : uint8_t {
  waiting,     ///< for its turn
  query,       ///< asks a quorum
  store,       ///< stores a new value on a quorum
  write_back,  ///< stores on a quorum what it has found
};

/// A client's operation at its coordinator, and how far its quorum is.
struct RoundView {
  std::string id;       ///< "k1#3"
  std::string command;  ///< "get x"
  RoundPhase phase = RoundPhase::waiting;
  ServerSet answered = 0;
  uint32_t answers = 0;  ///< as counted
  uint32_t needed = 0;
  std::string value;     ///< query: the newest that was heard of; otherwise what is stored
  Epoch stamp;           ///< of it
  uint64_t attempt_id = 0;
};

/// One piece of a sealed log that a server fetches to join a configuration: entries [from, to).
struct CatchUpPiece {
  LogIndex from = 1;
  LogIndex to = 1;
  ServerId donor = 0;  ///< who gives or gave it (0: nobody asked yet)
  bool done = false;
};

struct ServerView {
  ServerId id = 0;
  ServerStatus status = ServerStatus::up;
  bool state_lost = false;
  Role role = Role::follower;
  std::string role_text;   ///< "Leader", "Old leader", "Follower"…
  std::string activity;    ///< one line under the name: "Leader, gathering promises"
  Epoch epoch;             ///< the ballot it has promised: colours the server
  Epoch leads;             ///< the ballot it leads with, or none
  bool has_quorum_mark = false;  ///< the protocol knows quorum-connectedness
  bool quorum_connected = false;
  uint32_t heard = 0;      ///< servers heard in the last round, itself included
  uint32_t members = 0;
  LogIndex decided_index = 0;
  LogIndex log_length = 0;
  LogIndex trimmed_to = 0;  ///< entries up to here are gone from the log
  LogIndex snapshot_to = 0; ///< a snapshot stands for the entries up to here (0: none)
  std::vector<TimerView> timers;
  TimeUs clock_offset_us = 0;
  int32_t clock_rate_ppm = 0;
  ConfigurationId configuration = 1;  ///< that it runs; 0: none (spare, joining, retired)
  ConfigurationId joining = 0;        ///< that it fetches the sealed log for; 0: none
  std::vector<CatchUpPiece> catch_up; ///< while joining, in log order
  std::vector<Field> fields;   ///< everything the inspector shows, always in the same order
  std::vector<LogCell> cells;  ///< the requested window of the log, consecutive indexes
  std::vector<RegisterCell> registers;  ///< ascending by key, where there is no log
  std::vector<RoundView> rounds;        ///< that it coordinates, in the order in which they came
};

/// One directed link.
struct LinkView {
  ServerId from = 0;
  ServerId to = 0;
  bool up = true;
  TimeUs latency_us = 0;
  uint32_t loss_permille = 0;
  bool in_use = false;  ///< a message that is no heartbeat is on it
  bool slow = false;    ///< its latency was raised above the scenario's
  uint32_t duplication_permille = 0;
};

enum class MessageFamily : uint8_t { request, reply, refusal, decision, heartbeat, transfer };

struct MessageView {
  uint64_t id = 0;  ///< order of creation; names it in actions
  ServerId from = 0;
  ServerId to = 0;
  MessageFamily family = MessageFamily::request;
  std::string name;   ///< "Prepare"
  std::string value;  ///< "5·A", "8–9"
  Epoch epoch;        ///< none: drawn neutral
  TimeUs sent_us = 0;
  TimeUs deliver_us = 0;
  std::vector<uint64_t> attempts = {};  ///< = LogCell::attempt_id of the proposals it carries
  std::vector<Field> fields;
};

/// Why something changed: the rule, the values it looked at, what caused it.
struct NoteView {
  std::string rule;      ///< "B3"
  ServerId server = 0;
  std::string sentence;  ///< "A raised its ballot to 5·A, because …"
  std::vector<Field> values;
  std::string source;    ///< "Omni-Paxos §5.2"
};

enum class EventKind : uint8_t { initial, delivery, timer, client, disk, action, script };

/// One event of a run. Event 0 is the initial state.
struct EventView {
  uint64_t number = 0;
  TimeUs time_us = 0;
  EventKind kind = EventKind::initial;
  ServerId server = 0;      ///< where it happened (0: the network or a person)
  uint64_t message_id = 0;  ///< delivered message
  bool heartbeat = false;   ///< only liveness chatter: nothing a person follows changed
  std::string title;        ///< "A raises its ballot to 5·A and sends Prepare"
  std::string subtitle;     ///< "Only A reaches every server: 4 links up, 6 cut"
  uint64_t cause_event = 0; ///< the event that sent the message or set the timer (0: none)
  std::string cause_text;   ///< "heartbeat reply from C"
  std::vector<NoteView> notes;
};

struct Violation {
  std::string check;             ///< "decided-agree"
  std::string text;              ///< a sentence
  std::vector<uint64_t> events;  ///< the events that prove it, ascending; the last is where it showed
};

struct CheckView {
  std::string id;      ///< "decided-agree"
  std::string name;    ///< "Decided logs agree"
  std::string detail;  ///< "5 logs"
  bool holds = true;
  std::string text;    ///< the violation's sentence when it does not hold
};

/// A set of servers that replicate together, as far as any server knows of it.
struct ConfigurationView {
  ConfigurationId id = 1;
  std::vector<ServerId> members;
  bool sealed = false;         ///< its stop-sign is decided
  LogIndex sealed_length = 0;  ///< the stop-sign's index, when sealed
  bool joint = false;          ///< the step between two memberships: majorities of both are needed
  bool committed = true;       ///< some server knows that it cannot be taken back
  std::vector<ServerId> learners = {};  ///< receive the log and have no vote
};

/// A proposal at one server, as that server knows it: what `append` returned.
struct FutureView {
  std::string id;       ///< the operation it serves: "k1#12"; "op#3" for what a person proposed
  std::string command;  ///< "x=3"
  ServerId server = 0;  ///< where it waits
  Epoch epoch;          ///< its attempt's tag; none: not sent yet
  FutureState state = FutureState::pending;  ///< unknown: its server lost it in a crash
  LogIndex index = 0;   ///< accepted, resolved: where
  std::string reason;   ///< beyond state, ballot and index: "ballot 5·A decided a log without it", "forwarded to leader A"
  TimeUs age_us = 0;    ///< until now, or until it was settled
  TimeUs accepted_after_us = -1;  ///< -1: never
  uint64_t attempt_id = 0;        ///< = LogCell::attempt_id
  uint64_t made_event = 0;
  uint64_t settled_event = 0;     ///< 0: not yet
};

/// How a client's operation ended. unknown: it may take effect at any later time, or never.
enum class OperationEnd : uint8_t { open, ok, failed, unknown };

/// A client of the store.
struct ClientView {
  uint32_t number = 0;     ///< k1 = 1
  ServerId server = 0;     ///< that it asks now
  bool gone = false;
  bool open_loop = false;
  TimeUs every_us = 0;     ///< closed loop: from an end to the next operation; open: from one to the next
  std::string mix;         ///< "put 1, get 1"
  uint32_t waiting = 0;    ///< operations without an answer
};

/// What a client asked and saw, from invocation to response.
struct OperationView {
  std::string id;       ///< "k1#12"
  uint32_t client = 0;  ///< lane: k1 = 1; 0: a person
  uint32_t number = 0;  ///< of this client
  std::string command;  ///< "get x"
  std::string key;      ///< "x"
  std::string result;   ///< ok: "3" for a get, "true" or "false" for a cas, "" for the others
  ServerId server = 0;  ///< asked last
  uint32_t tries = 1;
  OperationEnd end = OperationEnd::open;
  TimeUs invoked_us = 0;
  TimeUs returned_us = -1;  ///< -1: not yet
  uint64_t invoked_event = 0;
  uint64_t returned_event = 0;
  TimeUs point_us = -1;     ///< where it may be taken to have happened; -1: nowhere, or not looked for
  bool cannot_be_ordered = false;  ///< part of what has no order that explains it
  uint64_t attempt_id = 0;  ///< = LogCell::attempt_id of its command
};

/// All operations that wrote or saw one value of a register, as the time between their first response and their last
/// invocation.
struct ZoneView {
  std::string key;
  std::string value;     ///< "": nothing was written
  TimeUs from_us = 0;
  TimeUs to_us = 0;
  uint64_t from_event = 0;
  uint64_t to_event = 0;
  bool held = false;     ///< the response comes first: the register must hold the value all the time
  bool clashes = false;  ///< no order has a place for it: another value must be held then, too
};

/// A server's state machine.
struct StoreView {
  struct Row {
    std::string key;
    std::string value;
    LogIndex index = 0;    ///< the entry that wrote it; 0: not known, it came with a snapshot
    bool changed = false;  ///< by the last event
    std::string old = {};  ///< changed: its value before ("": it was not there)
  };
  ServerId server = 0;
  LogIndex applied = 0;    ///< entries up to here are in it
  std::vector<Row> rows;   ///< ascending by key
};

/// What a quorum has made durable, so that it stays: an entry, or the value of a register. Perhaps no server knows it yet.
struct ChosenView {
  struct Learnt {
    ServerId server = 0;
    TimeUs at_us = 0;
  };
  LogCell cell;              ///< without a log: the value and its timestamp
  std::string key;           ///< of the register
  std::vector<ServerId> by;  ///< who had it at that moment
  Epoch epoch;               ///< the ballot in which they accepted it
  TimeUs at_us = 0;
  uint64_t event = 0;
  std::vector<Learnt> learnt;  ///< who knows it since when, the first first; with a register its first coordinator alone
};

/// The whole picture. Servers ascend by id; links are ordered by (from, to); messages by id.
struct Observation {
  std::string protocol;  ///< "omnipaxos"
  std::string epoch_word = "ballot";       ///< what the protocol calls its epochs: "term"
  bool has_log = true;                     ///< false: servers hold registers, and nobody leads
  std::string stop_sign_word = "stop-sign";  ///< and an entry that changes the configuration: "configuration"
  std::string joined_word = "promised";      ///< what servers do with an epoch: "joined"
  std::string chosen_word = "elected";       ///< and with its leader: "follows"
  std::string ended_word = "sealed";         ///< a configuration that another one follows: "superseded"
  EventView event;
  TimeUs time_us = 0;
  LogIndex window_first = 1;  ///< first log index in every server's `cells`
  std::vector<ServerView> servers;
  std::vector<ConfigurationView> configurations;  ///< ascending; only the last may be running
  std::vector<LinkView> links;
  std::vector<MessageView> messages;
  std::vector<CheckView> checks;
  std::vector<FutureView> futures;        ///< by the order of their making
  std::vector<OperationView> operations;  ///< the history, by invocation
  std::vector<ClientView> clients;        ///< k1 first, those that left included
  std::vector<ZoneView> zones;            ///< without a log: ascending by key, then by time
  LogIndex chosen_length = 0;             ///< what no server needs to know: so many entries are chosen
  std::vector<ChosenView> chosen;         ///< those in the window; without a log one for each register, ascending by key
  std::vector<StoreView> stores;          ///< ascending by server; servers that are down have none
};

/// "sealed", "running", "joint, not committed": how a configuration stands.
std::string configuration_words(const Observation& seen, const ConfigurationView& configuration);
/// Calls servers learners that others have made learners, though they have not heard of it yet.
void name_learners(Observation& seen);

/// Which part of the logs to describe: [first, first + count).
struct LogWindow {
  LogIndex first = 1;
  uint32_t count = 16;
};

}  // namespace paxoscope
