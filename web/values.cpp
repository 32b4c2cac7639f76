#include "web/values.h"

#include "base/hash.h"
#include "base/text.h"
#include "scenarios/event_text.h"

namespace paxoscope::web {
namespace {

using emscripten::val;

/// An object built member by member: Object().set("a", 1).set("b", 2).
class Object {
 public:
  template <class T>
  Object& set(const char* name, const T& value) {
    value_.set(name, value);
    return *this;
  }
  Object& number(const char* name, int64_t value) { return set(name, static_cast<double>(value)); }
  Object& number(const char* name, uint64_t value) { return set(name, static_cast<double>(value)); }
  const val& value() const { return value_; }
  operator val() const { return value_; }

 private:
  val value_ = val::object();
};

template <class Range, class Convert>
val list(const Range& range, Convert convert) {
  val result = val::array();
  unsigned at = 0;
  for (const auto& item : range) result.set(at++, convert(item));
  return result;
}

const char* name_of(Role role) {
  switch (role) {
    case Role::follower: return "follower";
    case Role::leader: return "leader";
    case Role::old_leader: return "old-leader";
    case Role::candidate: return "candidate";
    case Role::preparing: return "preparing";
    case Role::recovering: return "recovering";
    case Role::learner: return "learner";
    case Role::retired: return "retired";
  }
  return "";
}

const char* name_of(ServerStatus status) {
  switch (status) {
    case ServerStatus::up: return "up";
    case ServerStatus::down: return "down";
    case ServerStatus::paused: return "paused";
  }
  return "";
}

const char* name_of(CellState state) {
  switch (state) {
    case CellState::accepted: return "accepted";
    case CellState::decided: return "decided";
    case CellState::trimmed: return "trimmed";
    case CellState::snapshot: return "snapshot";
    case CellState::stop_sign: return "stop-sign";
  }
  return "";
}

const char* name_of(MessageFamily family) {
  switch (family) {
    case MessageFamily::request: return "request";
    case MessageFamily::reply: return "reply";
    case MessageFamily::refusal: return "refusal";
    case MessageFamily::decision: return "decision";
    case MessageFamily::heartbeat: return "heartbeat";
    case MessageFamily::transfer: return "transfer";
  }
  return "";
}

const char* name_of(FutureState state) {
  switch (state) {
    case FutureState::pending: return "pending";
    case FutureState::accepted: return "accepted";
    case FutureState::resolved: return "resolved";
    case FutureState::cancelled: return "cancelled";
    case FutureState::unknown: return "unknown";
  }
  return "";
}

const char* name_of(LessonState state) {
  switch (state) {
    case LessonState::to_come: return "to-come";
    case LessonState::current: return "current";
    case LessonState::done: return "done";
  }
  return "";
}

/// "5·A", or "" where there is none.
std::string epoch_text(const Epoch& epoch) { return epoch ? epoch_label(epoch) : std::string(); }

std::string label_or_none(ServerId id) { return id == 0 ? std::string() : server_label(id); }

val field_value(const Field& field) {
  Object object;
  object.set("name", field.name).set("value", field.value.text).set("durable", field.durable);
  if (field.old) object.set("old", field.old->text);
  if (field.on_disk) object.set("onDisk", field.on_disk->text);
  return object;
}

val fields_value(const std::vector<Field>& fields) { return list(fields, field_value); }

val note_value(const NoteView& note) {
  return Object()
      .set("rule", note.rule)
      .set("server", server_label(note.server))
      .set("sentence", note.sentence)
      .set("values", fields_value(note.values))
      .set("source", note.source);
}

val event_value(const EventView& event) {
  Object object;
  object.number("number", event.number).number("timeUs", event.time_us).set("kind", std::string(event_kind_name(event.kind)));
  object.set("server", label_or_none(event.server));
  object.number("messageId", event.message_id).set("heartbeat", event.heartbeat);
  object.set("title", event.title).set("subtitle", event.subtitle);
  object.number("causeEvent", event.cause_event).set("causeText", event.cause_text);
  return object.set("notes", list(event.notes, note_value));
}

val cell_value(const LogCell& cell) {
  Object object;
  object.number("index", cell.index).set("label", cell.label).set("epoch", epoch_text(cell.epoch));
  object.set("state", std::string(name_of(cell.state))).set("durable", cell.durable).set("changed", cell.changed);
  if (cell.awaited) object.set("future", std::string(name_of(cell.future)));
  return object.number("attemptId", cell.attempt_id);
}

val register_value(const RegisterCell& cell) {
  Object object;
  object.set("key", cell.key).set("value", cell.value).set("timestamp", epoch_text(cell.stamp));
  return object.set("durable", cell.durable).set("changed", cell.changed);
}

val round_value(const RoundView& round) {
  static constexpr const char* kPhases[] = {"waiting", "query", "store", "write-back"};
  Object object;
  object.set("id", round.id).set("command", round.command).set("phase", std::string(kPhases[static_cast<size_t>(round.phase)]));
  object.set("answers", round.answers).set("needed", round.needed).set("value", round.value);
  return object.set("timestamp", epoch_text(round.stamp)).number("attemptId", round.attempt_id);
}

val timer_value(const TimerView& timer) {
  return Object()
      .set("id", timer.id)
      .number("remainingUs", timer.remaining_us)
      .number("periodUs", timer.period_us);
}

val server_value_of(const ServerView& server) {
  Object object;
  object.set("id", server.id).set("label", server_label(server.id)).set("status", std::string(name_of(server.status)));
  object.set("stateLost", server.state_lost);
  object.set("role", std::string(name_of(server.role))).set("roleText", server.role_text);
  object.set("activity", server.activity);
  object.set("epoch", epoch_text(server.epoch)).set("leads", epoch_text(server.leads));
  if (server.has_quorum_mark) object.set("quorumConnected", server.quorum_connected);
  object.set("heard", server.heard).set("members", server.members);
  object.number("decidedIndex", server.decided_index).number("logLength", server.log_length);
  object.number("trimmedTo", server.trimmed_to).number("snapshotTo", server.snapshot_to);
  object.set("timers", list(server.timers, timer_value)).set("fields", fields_value(server.fields));
  object.set("registers", list(server.registers, register_value)).set("rounds", list(server.rounds, round_value));
  return object.set("cells", list(server.cells, cell_value));
}

val link_value(const LinkView& link) {
  Object object;
  object.set("from", server_label(link.from)).set("to", server_label(link.to)).set("up", link.up);
  object.number("latencyUs", link.latency_us).set("lossPermille", link.loss_permille).set("slow", link.slow);
  return object.set("duplicationPermille", link.duplication_permille);
}

val client_value(const ClientView& client) {
  Object object;
  object.set("id", concat("k", client.number)).set("server", server_label(client.server)).set("gone", client.gone);
  object.set("loop", std::string(client.open_loop ? "open" : "closed")).number("everyUs", client.every_us);
  return object.set("mix", client.mix).set("waiting", client.waiting);
}

val message_value(const MessageView& message) {
  Object object;
  object.number("id", message.id).set("from", server_label(message.from)).set("to", server_label(message.to));
  object.set("family", std::string(name_of(message.family))).set("name", message.name).set("value", message.value);
  object.set("epoch", epoch_text(message.epoch));
  object.number("sentUs", message.sent_us).number("deliverUs", message.deliver_us);
  object.set("attempts", list(message.attempts, [](uint64_t attempt) { return static_cast<double>(attempt); }));
  return object.set("fields", fields_value(message.fields));
}

val check_value(const CheckView& check) {
  return Object()
      .set("id", check.id)
      .set("name", check.name)
      .set("detail", check.detail)
      .set("holds", check.holds)
      .set("text", check.text);
}

val future_value(const FutureView& future) {
  Object object;
  object.set("id", future.id).set("command", future.command).set("server", server_label(future.server));
  object.set("epoch", epoch_text(future.epoch)).set("state", std::string(name_of(future.state)));
  object.number("index", future.index).set("reason", future.reason).number("ageUs", future.age_us);
  object.number("acceptedAfterUs", future.accepted_after_us).number("attemptId", future.attempt_id);
  return object.number("madeEvent", future.made_event).number("settledEvent", future.settled_event);
}

val operation_value(const OperationView& operation) {
  static constexpr const char* kEnds[] = {"open", "ok", "failed", "unknown"};
  Object object;
  object.set("id", operation.id).set("client", operation.client).set("command", operation.command);
  object.set("key", operation.key).set("result", operation.result).set("server", label_or_none(operation.server));
  object.set("tries", operation.tries).set("end", std::string(kEnds[static_cast<size_t>(operation.end)]));
  object.number("invokedUs", operation.invoked_us).number("returnedUs", operation.returned_us);
  object.number("invokedEvent", operation.invoked_event).number("returnedEvent", operation.returned_event);
  object.number("pointUs", operation.point_us).set("cannotBeOrdered", operation.cannot_be_ordered);
  return object.number("attemptId", operation.attempt_id);
}

val store_value(const StoreView& store) {
  const auto row = [](const StoreView::Row& row) -> val {
    Object object;
    object.set("key", row.key).set("value", row.value).number("index", row.index);
    if (row.changed) object.set("old", row.old);
    return object.set("changed", row.changed);
  };
  return Object()
      .set("server", server_label(store.server))
      .number("applied", store.applied)
      .set("rows", list(store.rows, row));
}

val violation_value(const Violation& violation) {
  const auto number = [](uint64_t event) { return static_cast<double>(event); };
  // The command's JSON names one event, the one where it showed.
  Object object;
  object.set("check", violation.check).set("text", violation.text);
  object.number("event", violation.events.empty() ? uint64_t{0} : violation.events.back());
  return object.set("events", list(violation.events, number));
}

}  // namespace

val to_value(const Observation& observation) {
  Object object;
  object.set("protocol", observation.protocol).number("timeUs", observation.time_us);
  object.set("event", event_value(observation.event));
  object.number("windowFirst", observation.window_first);
  object.set("servers", list(observation.servers, server_value_of));
  object.set("links", list(observation.links, link_value));
  object.set("messages", list(observation.messages, message_value));
  object.set("checks", list(observation.checks, check_value));
  object.set("futures", list(observation.futures, future_value));
  object.set("operations", list(observation.operations, operation_value));
  object.set("clients", list(observation.clients, client_value));
  return object.set("stores", list(observation.stores, store_value));
}

val to_value(const std::vector<PendingItem>& pending) {
  return list(pending, [](const PendingItem& item) -> val {
    return Object()
        .set("id", item.id)
        .set("text", item.text)
        .set("action", item.possible ? format_action(item.action) : std::string())
        .set("reason", item.reason)
        .number("dueUs", item.due_us);
  });
}

val to_value(const std::vector<Violation>& violations) { return list(violations, violation_value); }

val to_value(const std::vector<LessonStep>& lesson) {
  return list(lesson, [](const LessonStep& step) -> val {
    Object object;
    object.set("title", step.title).set("text", step.text).set("state", std::string(name_of(step.state)));
    object.number("event", step.event).set("reached", step.reached);
    if (step.question == nullptr) return object;
    object.set("ask", step.question->words);
    object.set("answers", list(step.question->answers, [](const Answer& answer) -> val { return val(answer.words); }));
    return object;
  });
}

val to_value(const RunSummary& summary) {
  const auto server = [&](const RunSummary::ServerDecided& decided) -> val {
    Object object;
    object.set("id", server_label(decided.id)).number("decided", decided.decided);
    if (!summary.has_log) object.number("held", uint64_t{decided.held});
    return object;
  };
  val expectations = val::array();
  for (const ExpectationResult& result : summary.expectations) {
    if (result.known) expectations.call<void>("push", Object().set("text", result.text).set("held", result.held).value());
  }
  const auto violation = [](const Violation& found) -> val {
    return Object()
        .set("check", found.check)
        .number("event", found.events.empty() ? uint64_t{0} : found.events.back())
        .set("text", found.text);
  };
  Object futures;
  futures.number("resolved", summary.futures.resolved).number("cancelled", summary.futures.cancelled);
  futures.number("pending", summary.futures.pending).number("unknown", summary.futures.unknown);

  Object object;
  object.set("scenario", summary.scenario).set("protocol", summary.protocol).set("seed", std::to_string(summary.seed));
  object.number("events", summary.events).number("time_us", summary.time_us);
  object.set("state_hash", hex16(summary.state_hash)).set("servers", list(summary.servers, server));
  object.number("leader_changes", uint64_t{summary.leader_changes});
  object.number("longest_stall_us", summary.longest_stall_us);
  object.set("violations", list(summary.violations, violation));
  object.set("expectations", expectations);
  return object.set("futures", futures.value());
}

val error_value(const std::string& sentence) { return Object().set("error", sentence); }

}  // namespace paxoscope::web
