// What a person sees of the quorum register: its messages and its servers.
#include <algorithm>

#include "base/text.h"
#include "sim/describe_text.h"
#include "sim/history.h"
#include "sim/register_protocol.h"

namespace paxoscope {

namespace {

using namespace quorum_register;
using Values = RegisterValues<RegisterValue, RegisterKey>;
using Kept = Written<RegisterValue>;

constexpr const char* kNames[] = {"Query", "Query reply", "Store", "Store reply"};

std::string text_of(const ShortText& text) { return std::string(text.view()); }

/// What a message carries; null: nothing.
const Kept* carried(const RegisterMessage& message) {
  if (const auto* answer = std::get_if<QueryAnswer<RegisterValue>>(&message.body)) return &answer->written;
  if (const auto* store = std::get_if<Store<RegisterValue, RegisterKey>>(&message.body)) return &store->written;
  return nullptr;
}

void add(std::vector<Field>& fields, const char* name, FieldValue value, bool durable = false) {
  fields.push_back({name, std::move(value), {}, {}, durable});
}

void describe_values(const Values& values, ServerView& view) {
  Stamp newest;
  for (const auto& cell : values.cells) {
    view.registers.push_back({text_of(cell.key.text), text_of(cell.written.value.text), stamp_epoch(cell.written.stamp)});
    newest = std::max(newest, cell.written.stamp);
  }
  view.epoch = stamp_epoch(newest);
  for (const RegisterCell& cell : view.registers)
    view.fields.push_back({"Register " + cell.key, text_value(cell.value + "  " + epoch_label(cell.stamp)), {}, {}, true});
  add(view.fields, "Incarnation", count_value(values.incarnation), true);
}

const char* const kDoing[] = {"Has requests that wait", "Asks a quorum for ", "Stores ", "Writes back "};

/// The server's requests, and in a line what it does.
template <class Server>
void describe_rounds(const Server& server, ServerView& view) {
  const Config& config = server.core.config();
  for (const auto& operation : server.core.operations()) {
    RoundView& round = view.rounds.emplace_back();
    for (const auto& [id, command] : server.asked) {
      if (id != operation.id) continue;
      round.id = operation_id(command.client, command.number);
      round.command = std::string(command.label());
      round.attempt_id = command.identity();
    }
    const bool stores = operation.phase == Phase::store;
    round.phase = operation.phase == Phase::waiting ? RoundPhase::waiting
                  : !stores                         ? RoundPhase::query
                  : operation.request.kind == RequestKind::write && !operation.repeated ? RoundPhase::store
                                                                                        : RoundPhase::write_back;
    round.answered = operation.answered;
    round.answers = operation.answers;
    round.needed = stores ? config.to_write() : config.to_read();
    round.value = text_of(operation.written.value.text);
    round.stamp = stamp_epoch(operation.written.stamp);
    if (view.activity.empty() && round.phase != RoundPhase::waiting)
      view.activity = concat(kDoing[static_cast<size_t>(round.phase)], text_of(operation.request.key.text), ", ", round.answers,
                             " of ", round.needed, " answered");
  }
}

}  // namespace

Epoch stamp_epoch(const Stamp& stamp) {
  return stamp_epoch(WriteStamp{stamp.number, stamp.writer.server, stamp.writer.incarnation, stamp.writer.counter});
}

Epoch stamp_epoch(const WriteStamp& stamp) {
  if (stamp.number == 0) return {};
  return {1, stamp.number, stamp.incarnation << 20 | (stamp.counter & 0xfffff), stamp.server};
}

void name_message(const RegisterMessage& message, MessageFamily* family, const char** name, Epoch* epoch) {
  const size_t kind = message.body.index();
  *family = kind % 2 == 0 ? MessageFamily::request : MessageFamily::reply;
  *name = kNames[kind];
  if (const Kept* kept = carried(message)) *epoch = stamp_epoch(kept->stamp);
}

void describe_message(const RegisterMessage& message, MessageView& view) {
  const char* name = "";
  name_message(message, &view.family, &name, &view.epoch);
  view.name = name;
  const auto* query = std::get_if<Query<RegisterKey>>(&message.body);
  const auto* store = std::get_if<Store<RegisterValue, RegisterKey>>(&message.body);
  if (query != nullptr) view.value = text_of(query->key.text);
  if (query != nullptr || store != nullptr)
    add(view.fields, "Key", text_value(text_of(query != nullptr ? query->key.text : store->key.text)));
  if (const Kept* kept = carried(message)) {
    const std::string value = text_of(kept->value.text);
    view.value = view.epoch ? epoch_label(view.epoch) : "nothing";
    add(view.fields, "Value", text_value(value.empty() ? "none" : value));
    add(view.fields, "Timestamp", epoch_value(view.epoch));
    add(view.fields, "Its writer", server_value(kept->stamp.writer.server));
    add(view.fields, "Start, request", text_value(concat(kept->stamp.writer.incarnation, ", ", kept->stamp.writer.counter)));
  }
  if (const auto* answer = std::get_if<QueryAnswer<RegisterValue>>(&message.body); answer != nullptr && answer->repeated)
    add(view.fields, "Stored before", boolean_value(true));
  add(view.fields, "Operation", text_value(concat(message.operation >> 32, ", ", message.operation & UINT32_MAX)));
}

template <class Observer>
void RegisterProtocol<Observer>::describe_server(const Server& server, const LogWindow&, ServerView& view) {
  const Config& config = server.core.config();
  describe_rounds(server, view);
  view.role_text = view.rounds.empty() ? "Server" : "Coordinator";
  if (view.activity.empty()) view.activity = view.rounds.empty() ? "Answers the others" : "Has requests that wait";
  view.members = count_of(config.members);
  add(view.fields, "Role", text_value(view.role_text));
  add(view.fields, "Requests", count_value(static_cast<int64_t>(view.rounds.size())));
  add(view.fields, "Read quorum", count_value(config.to_read()));
  add(view.fields, "Write quorum", count_value(config.to_write()));
  add(view.fields, "Waiting for disk", count_value(static_cast<int64_t>(server.core.waiting_for_disk())));
  describe_values(server.core.values(), view);
}

template <class Observer>
void RegisterProtocol<Observer>::describe_down(const Durable& durable, const LogWindow&, ServerView& view) {
  view.role_text = "Down";
  view.activity = view.state_lost ? "Down, its disk is lost" : "Down; its disk keeps what was durable";
  add(view.fields, "Role", text_value("Down"));
  describe_values(durable.values(), view);
}

template <class Observer>
std::vector<TimerView> RegisterProtocol<Observer>::timers(const Server& server, TimeUs tick_us) {
  const uint32_t ticks = server.core.ticks_to_next_timer();
  if (ticks == UINT32_MAX) return {};
  return {{"resend", TimerKind::resend, ticks * tick_us, server.core.config().resend_ticks * tick_us}};
}

// register_protocol.cpp instantiates the rest.
#define PAXOSCOPE_DESCRIBED(Observer)                                                                      \
  template void RegisterProtocol<Observer>::describe_server(const Server&, const LogWindow&, ServerView&); \
  template void RegisterProtocol<Observer>::describe_down(const Durable&, const LogWindow&, ServerView&);  \
  template std::vector<TimerView> RegisterProtocol<Observer>::timers(const Server&, TimeUs);
PAXOSCOPE_DESCRIBED(Notes)
PAXOSCOPE_DESCRIBED(NoNotes)
#undef PAXOSCOPE_DESCRIBED

}  // namespace paxoscope
