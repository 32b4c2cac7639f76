#include "native/http/register_server.h"

#include <sys/socket.h>

#include <httplib.h>

#include "native/http/connection_threads.h"
#include "native/http/register_engine.h"
#include "native/http/register_peer.h"

namespace paxoscope::native {

namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using namespace quorum_register;

constexpr const char* kJson = "application/json";
/// A longer body is not even read to its end.
constexpr uint64_t kMaxSkippedBytes = 64u << 20;

void answer(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_content(text, kJson);
}
void refuse(httplib::Response& response, int status, const std::string& reason) { answer(response, status, error_text(reason)); }

/// The rest of the request is not read, so the connection ends with this answer: a source that fails at its end is the one
/// way to tell the library.
void refuse_and_close(httplib::Response& response, int status, const std::string& reason) {
  response.status = status;
  response.set_header("Connection", "close");
  const std::string text = error_text(reason);
  response.set_content_provider(text.size(), kJson, [text](size_t offset, size_t length, httplib::DataSink& sink) {
    sink.write(text.data() + offset, length);
    return false;
  });
}

std::string length_reason() { return "the body is longer than " + std::to_string(kMaxBodyBytes) + " bytes"; }

/// What a path takes; empty: there is no such path.
std::string methods_of(const std::string& path) {
  if (path == "/register") return "GET, HEAD, PUT";
  if (path == "/status") return "GET, HEAD";
  if (path == "/messages") return "POST";
  return "";
}

bool takes(const std::string& path, const std::string& method) {
  const std::string methods = ", " + methods_of(path) + ",";
  return methods.find(", " + method + ",") != std::string::npos;
}

void refuse_route(const httplib::Request& request, httplib::Response& response) {
  const std::string methods = methods_of(request.path);
  if (methods.empty()) return refuse(response, 404, "there is no such path; there are /register and /status");
  response.set_header("Allow", methods);
  refuse(response, 405, "this path takes " + methods);
}

/// Bodies must say how long they are and be plain JSON. False: it is refused.
bool check_headers(const httplib::Request& request, httplib::Response& response) {
  const bool has_body = request.method == "PUT" || request.method == "POST" || request.method == "PATCH";
  const auto length = request.get_header_value<uint64_t>("Content-Length");
  if (request.has_header("Transfer-Encoding") || (has_body && !request.has_header("Content-Length"))) {
    refuse_and_close(response, 411, "send the body with a Content-Length");
    return false;
  }
  if (request.has_header("Content-Encoding")) {
    refuse_and_close(response, 415, "send the body as it is, without a Content-Encoding");
    return false;
  }
  if (!has_body && request.method != "DELETE" && length > 0) {
    refuse_and_close(response, 400, request.method + " takes no body");
    return false;
  }
  if (length > kMaxSkippedBytes) {
    refuse_and_close(response, 413, length_reason());
    return false;
  }
  // A page of another origin cannot send this type without being asked for, so it cannot write here.
  if (has_body && takes(request.path, request.method) &&
      request.get_header_value("Content-Type").substr(0, std::string_view(kJson).size()) != kJson) {
    refuse_and_close(response, 415, "the Content-Type must be application/json");
    return false;
  }
  return true;
}

/// The library lets five connections wait to be accepted; more would try again a second later.
class Listener : public httplib::Server {
 public:
  bool bind(const std::string& host, int port) { return bind_to_port(host, port) && ::listen(svr_sock_, 256) == 0; }
};

}  // namespace

class RegisterServer::Parts {
 public:
  Parts(const RegisterOptions& options, RegisterCore core, RegisterFile file, std::function<void(const std::string&)> failed)
      : options_(options),
        own_(*own_address(options)),
        engine_(std::move(core), std::move(file),
                {[this](std::vector<RegisterMessage>&& messages) { send(std::move(messages)); }, std::move(failed)}) {
    for (const RegisterAddress& address : options.servers)
      if (address.id != options.id) peers_.push_back(std::make_unique<RegisterPeer>(options.id, address, options.io_timeout_ms));
    prepare();
  }

  bool bind() { return http_.bind(own_.host, own_.port); }
  std::string address() const {
    const bool six = own_.host.find(':') != std::string::npos;
    return "http://" + (six ? "[" + own_.host + "]" : own_.host) + ":" + std::to_string(own_.port);
  }
  void start() {
    for (auto& peer : peers_) peer->start();
    engine_.start();
    thread_ = std::thread([this] {
      http_.listen_after_bind();
      listening_ended_ = true;
    });
  }
  void stop() {
    if (!thread_.joinable()) return;
    engine_.stop();  // whoever waits gets an answer
    while (!http_.is_running() && !listening_ended_) std::this_thread::yield();  // before that it cannot be stopped
    http_.stop();
    thread_.join();
    for (auto& peer : peers_) peer->stop();
  }

 private:
  void prepare();
  void send(std::vector<RegisterMessage>&& messages);
  void get_register(httplib::Response& response);
  void put_register(const std::string& body, httplib::Response& response);
  void post_messages(const std::string& body, httplib::Response& response);
  void get_status(httplib::Response& response);
  void reply(RegisterReply&& reply, httplib::Response& response);
  bool read_body(const httplib::ContentReader& reader, httplib::Response& response, std::string* body);
  RegisterReply ask(RegisterRequest request) {
    // The core gives up by itself; beyond that only the disk can hold it up.
    return engine_.ask(std::move(request), std::chrono::milliseconds(options_.timeout_ms + options_.io_timeout_ms));
  }

  RegisterOptions options_;
  RegisterAddress own_;
  std::vector<std::unique_ptr<RegisterPeer>> peers_;
  RegisterEngine engine_;
  Listener http_;
  std::thread thread_;
  std::atomic<bool> listening_ended_ = false;
};

void RegisterServer::Parts::prepare() {
  const std::chrono::milliseconds patience(options_.io_timeout_ms);
  http_.new_task_queue = [] { return new ConnectionThreads; };
  http_.set_payload_max_length(kMaxBodyBytes);
  http_.set_read_timeout(patience);
  http_.set_write_timeout(patience);
  http_.set_keep_alive_max_count(1'000'000);
  http_.set_keep_alive_timeout(1);  // seconds; stopping waits for connections that say nothing
  http_.set_tcp_nodelay(true);
  // Unlike the library's default, a port that another server listens on stays its own.
  http_.set_socket_options([](int socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  http_.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
    using Handled = httplib::Server::HandlerResponse;
    return check_headers(request, response) ? Handled::Unhandled : Handled::Handled;
  });
  http_.Get("/register", [this](const auto&, httplib::Response& response) { get_register(response); });
  http_.Get("/status", [this](const auto&, httplib::Response& response) { get_status(response); });
  http_.Get(".*", refuse_route);
  http_.Options(".*", refuse_route);
  const auto with_body = [this](const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& reader) {
    std::string body;
    if (!read_body(reader, response, &body)) return;
    if (!takes(request.path, request.method)) return refuse_route(request, response);
    request.path == "/register" ? put_register(body, response) : post_messages(body, response);
  };
  http_.Put(".*", with_body);
  http_.Post(".*", with_body);
  http_.Patch(".*", with_body);
  http_.Delete(".*", with_body);
  // What the library itself refuses.
  http_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty() && !response.get_header_value("Content-Type").size())
      response.set_content(error_text(response.status == 400 ? "the request is not valid HTTP, or did not arrive in time"
                                                              : "this cannot be answered"),
                           kJson);
  });
}

/// A body has io_timeout_ms to arrive, in however many parts.
bool RegisterServer::Parts::read_body(const httplib::ContentReader& reader, httplib::Response& response, std::string* body) {
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(options_.io_timeout_ms);
  bool late = false;
  const bool whole = reader([&](const char* data, size_t size) {
    late = Clock::now() >= end;
    if (late || body->size() + size > kMaxBodyBytes) return false;
    body->append(data, size);
    return true;
  });
  if (whole) return true;
  if (response.status == 413 || body->size() >= kMaxBodyBytes)
    refuse(response, 413, length_reason());  // the library has read it to its end
  else if (late || Clock::now() >= end)
    refuse_and_close(response, 408, "the body did not arrive within " + std::to_string(options_.io_timeout_ms) + " ms");
  else
    refuse_and_close(response, 400, "the body ended too early");
  return false;
}

void RegisterServer::Parts::send(std::vector<RegisterMessage>&& messages) {
  for (const RegisterMessage& message : messages)
    for (size_t i = 0, next = 0; i < options_.servers.size(); ++i) {
      if (options_.servers[i].id == options_.id) continue;
      if (options_.servers[i].id == message.to) peers_[next]->send(message_text(message));
      ++next;
    }
}

void RegisterServer::Parts::get_register(httplib::Response& response) { reply(ask(RegisterRequest::read()), response); }

void RegisterServer::Parts::put_register(const std::string& body, httplib::Response& response) {
  Result<RegisterRequest, BadRequest> request = read_put(body);
  if (!request) return refuse(response, request.error().status, request.error().reason);
  if (request->session && !options_.drop_repeats)
    return refuse(response, 400, "this server does not know clients; start it with --drop-repeats or leave \"client\" out");
  reply(ask(std::move(*request)), response);
}

void RegisterServer::Parts::reply(RegisterReply&& reply, httplib::Response& response) {
  if (const auto* refusal = std::get_if<Refusal>(&reply)) return refuse(response, 503, refusal->reason.text);
  Json json;
  if (const auto* stopped = std::get_if<Stopped>(&reply)) {
    json = Json{{"error", stopped->reason}, {"may_take_effect", true}};
    return answer(response, 503, json.dump());
  }
  const auto& settled = std::get<Settled<std::string>>(reply);
  if (settled.outcome == Outcome::gave_up) {
    json = Json{{"error", "no quorum answered within " + std::to_string(options_.timeout_ms) + " ms"},
                {"may_take_effect", settled.may_take_effect}};
    return answer(response, 503, json.dump());
  }
  json["timestamp"] = settled.stamp.number;
  json["writer"] = settled.stamp.writer.server;
  if (settled.outcome == Outcome::read)
    json["value"] = settled.stamp.number == 0 ? Json() : Json(settled.value);
  else
    json["repeated"] = settled.outcome == Outcome::repeated;
  answer(response, 200, json.dump());
}

void RegisterServer::Parts::post_messages(const std::string& body, httplib::Response& response) {
  Result<std::vector<RegisterMessage>> messages = read_messages(body, options_.id);
  if (!messages) return refuse(response, 400, messages.error().text);
  if (!engine_.receive(std::move(*messages))) return refuse(response, 503, "too many messages wait");
  answer(response, 200, "{}");
}

void RegisterServer::Parts::get_status(httplib::Response& response) {
  const RegisterStatus status = engine_.status();
  Json json{{"id", options_.id},
            {"incarnation", status.incarnation},
            {"timestamp", status.timestamp},
            {"waiting", status.waiting},
            {"answered", status.answered},
            {"peers", Json::array()}};
  for (const auto& peer : peers_) {
    const PeerStatus each = peer->status();
    json["peers"].push_back(Json{{"id", each.id}, {"reachable", each.reachable}, {"sent", each.sent}, {"lost", each.lost}});
  }
  answer(response, 200, json.dump());
}

RegisterServer::RegisterServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RegisterServer::~RegisterServer() { stop(); }
std::string RegisterServer::address() const { return parts_->address(); }
void RegisterServer::start() { parts_->start(); }
void RegisterServer::stop() { parts_->stop(); }

Result<std::unique_ptr<RegisterServer>> RegisterServer::open(const RegisterOptions& options,
                                                             std::function<void(const std::string&)> failed) {
  Result<Config> config = core_config(options);
  if (!config) return tl::unexpected<Error>(config.error());
  Result<RegisterFile> file = RegisterFile::open(options.file);
  if (!file) return tl::unexpected<Error>(file.error());
  MemoryValues<RegisterContent> storage(false);
  storage.edit() = file->content();
  Result<RegisterCore> core = RegisterCore::with(*config, std::move(storage));
  if (!core) return tl::unexpected<Error>(core.error());
  auto parts = std::make_unique<Parts>(options, std::move(*core), std::move(*file), std::move(failed));
  if (!parts->bind()) {
    const RegisterAddress& own = *own_address(options);
    return fail("cannot listen on " + own.host + ":" + std::to_string(own.port) + "; is it in use, or not of this machine?");
  }
  return std::unique_ptr<RegisterServer>(new RegisterServer(std::move(parts)));
}

}  // namespace paxoscope::native
