#include "native/http/register_json.h"

#include "native/http/register_options.h"

namespace paxoscope::native {

namespace {

using Json = nlohmann::json;
using namespace quorum_register;
using Content = Written<std::string>;

constexpr std::string_view kFormat = "paxoscope register 1";
constexpr size_t kMaxSessions = 1u << 16;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json parse(std::string_view text) { return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false); }

/// A whole number from 0 to `most` under that name.
template <class Number>
bool take(const Json& json, const char* name, Number* number, uint64_t most = std::numeric_limits<Number>::max()) {
  const auto at = json.find(name);
  if (at == json.end() || !at->is_number_unsigned() || at->get<uint64_t>() > most) return false;
  *number = static_cast<Number>(at->get<uint64_t>());
  return true;
}

Json session_json(const Session& session) { return Json{{"client", session.client}, {"number", session.number}}; }

bool take_session(const Json& json, Session* session) {
  return json.is_object() && take(json, "client", &session->client) && take(json, "number", &session->number);
}

Json written_json(const Content& written) {
  const Writer& writer = written.stamp.writer;
  return Json{{"timestamp", written.stamp.number}, {"server", writer.server},      {"incarnation", writer.incarnation},
              {"counter", writer.counter},         {"value", written.value},       {"session", session_json(written.session)}};
}

bool take_written(const Json& json, const char* name, Content* written) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_object()) return false;
  const Json& at = *found;
  Writer& writer = written->stamp.writer;
  // The next write must have room for its timestamp.
  if (!(take(at, "timestamp", &written->stamp.number, UINT64_MAX / 2) && take(at, "server", &writer.server, kMaxServers) &&
        take(at, "incarnation", &writer.incarnation) && take(at, "counter", &writer.counter) && at.contains("session") &&
        take_session(at["session"], &written->session)))
    return false;
  const auto value = at.find("value");
  if (value == at.end() || !value->is_string() || value->get_ref<const std::string&>().size() > kMaxValueBytes) return false;
  written->value = value->get<std::string>();
  return true;
}

/// False: not a message.
bool read_message(const Json& json, RegisterMessage* message) {
  if (!json.is_object() || !take(json, "operation", &message->operation)) return false;
  const auto kind = json.find("kind");
  if (kind == json.end() || !kind->is_string()) return false;
  const auto& name = kind->get_ref<const std::string&>();
  if (name == "query") {
    Query<OneKey> query;
    if (!json.contains("session") || !take_session(json["session"], &query.session)) return false;
    message->body = query;
  } else if (name == "query_answer") {
    QueryAnswer<std::string> answer;
    const auto repeated = json.find("repeated");
    if (repeated == json.end() || !repeated->is_boolean() || !take_written(json, "written", &answer.written)) return false;
    answer.repeated = repeated->get<bool>();
    message->body = std::move(answer);
  } else if (name == "store") {
    Store<std::string, OneKey> store;
    if (!take_written(json, "written", &store.written)) return false;
    message->body = std::move(store);
  } else if (name == "store_answer") {
    message->body = StoreAnswer{};
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string message_text(const RegisterMessage& message) {
  Json json{{"operation", message.operation}};
  if (const auto* query = std::get_if<Query<OneKey>>(&message.body)) {
    json["kind"] = "query";
    json["session"] = session_json(query->session);
  } else if (const auto* answer = std::get_if<QueryAnswer<std::string>>(&message.body)) {
    json["kind"] = "query_answer";
    json["written"] = written_json(answer->written);
    json["repeated"] = answer->repeated;
  } else if (const auto* store = std::get_if<Store<std::string, OneKey>>(&message.body)) {
    json["kind"] = "store";
    json["written"] = written_json(store->written);
  } else {
    json["kind"] = "store_answer";
  }
  return dump(json);
}

std::string messages_body(ServerId from, const std::vector<std::string>& messages) {
  std::string body = "{\"from\":" + std::to_string(from) + ",\"messages\":[";
  for (size_t i = 0; i < messages.size(); ++i) {
    if (i > 0) body += ',';
    body += messages[i];
  }
  return body + "]}";
}

Result<std::vector<RegisterMessage>> read_messages(std::string_view body, ServerId to) {
  const Json json = parse(body);
  if (json.is_discarded()) return fail("the body is not JSON");
  ServerId from = 0;
  if (!json.is_object() || !take(json, "from", &from, kMaxServers) || from == 0 || from == to)
    return fail("\"from\" must be the id of another server");
  const auto all = json.find("messages");
  if (all == json.end() || !all->is_array()) return fail("\"messages\" must be a list");
  std::vector<RegisterMessage> messages;
  for (const Json& each : *all) {
    RegisterMessage& message = messages.emplace_back();
    message.from = from;
    message.to = to;
    if (!read_message(each, &message)) return fail("message " + std::to_string(messages.size()) + " is not one of the register's");
  }
  return messages;
}

Result<RegisterRequest, BadRequest> read_put(std::string_view body) {
  const auto bad = [](std::string reason, int status = 400) {
    return tl::unexpected<BadRequest>(BadRequest{status, std::move(reason)});
  };
  const Json json = parse(body);
  if (json.is_discarded()) return bad("the body is not JSON; send {\"value\": \"text\"}");
  if (!json.is_object()) return bad("the body is not an object; send {\"value\": \"text\"}");
  const auto value = json.find("value");
  if (value == json.end()) return bad("\"value\" is missing");
  if (!value->is_string()) return bad("\"value\" must be a string");
  if (value->get_ref<const std::string&>().size() > kMaxValueBytes)
    return bad("\"value\" is longer than " + std::to_string(kMaxValueBytes) + " bytes", 413);
  Session session;
  if (json.contains("client") || json.contains("number")) {
    if (!take_session(json, &session) || session.client == 0)
      return bad("\"client\" and \"number\" must both be whole numbers, and the client's at least 1");
  }
  return RegisterRequest::write(value->get<std::string>(), {}, session);
}

std::string content_text(const RegisterContent& content) {
  Json json{{"format", kFormat}, {"incarnation", content.incarnation}, {"written", nullptr}, {"sessions", Json::array()}};
  if (const auto* cell = content.find({})) {
    json["written"] = written_json(cell->written);
    for (const Session& session : cell->sessions) json["sessions"].push_back(session_json(session));
  }
  return dump(json) + "\n";
}

Result<RegisterContent> read_content(std::string_view text) {
  const Json json = parse(text);
  const auto is_format = [&] {
    const auto format = json.find("format");
    return format != json.end() && format->is_string() && format->get_ref<const std::string&>() == kFormat;
  };
  if (!json.is_object() || !is_format()) return fail("it does not hold a register");
  RegisterContent content;
  if (!take(json, "incarnation", &content.incarnation, UINT32_MAX - 1)) return fail("its \"incarnation\" is wrong");
  if (json.contains("written") && json["written"].is_null()) return content;
  auto& cell = content.at({});
  if (!take_written(json, "written", &cell.written)) return fail("its \"written\" is wrong");
  const auto sessions = json.find("sessions");
  if (sessions == json.end() || !sessions->is_array() || sessions->size() > kMaxSessions) return fail("its \"sessions\" are wrong");
  for (const Json& each : *sessions)
    if (!take_session(each, &cell.sessions.emplace_back())) return fail("its \"sessions\" are wrong");
  return content;
}

std::string error_text(const std::string& reason) { return dump(Json{{"error", reason}}); }

}  // namespace paxoscope::native
