// The shared-register server as real processes on the loopback: what clients see is linearizable while a server is killed
// and restarted, and bad requests get their answers.
#ifdef PAXOSCOPE_HTTP

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "check/linearizability.h"
#include "register_processes.h"

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

/// What clients asked and saw, in the order in which it happened, as Jepsen writes it down. Any thread.
class Recorder {
 public:
  void line(int process, const char* type, bool write, const Json& value) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(Json{{"process", process}, {"type", type}, {"f", write ? "write" : "read"}, {"value", value}});
    if (type == std::string("ok")) ++done_;
    changed_.notify_all();
  }
  /// A number that no other process has.
  int process() {
    const std::lock_guard lock(mutex_);
    return ++processes_;
  }
  size_t done() {
    const std::lock_guard lock(mutex_);
    return done_;
  }
  void wait_for(size_t done) {
    std::unique_lock lock(mutex_);
    CHECK(changed_.wait_for(lock, kBound, [&] { return done_ >= done; }));
  }
  void write_to(const std::string& path) {
    const std::lock_guard lock(mutex_);
    std::ofstream file(path);
    for (const Json& each : lines_) file << each.dump() << "\n";
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Json> lines_;
  size_t done_ = 0;
  int processes_ = 0;
};

/// How often each server was started. Any thread.
class Starts {
 public:
  void started(size_t id) {
    const std::lock_guard lock(mutex_);
    ++starts_[id];
    changed_.notify_all();
  }
  int count(size_t id) {
    const std::lock_guard lock(mutex_);
    return starts_[id];
  }
  bool wait_for_more(size_t id, int than) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kBound, [&] { return starts_[id] > than; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int starts_[4] = {};
};

struct ClientRun {
  uint64_t newest = 0;  ///< highest timestamp of a write that was acknowledged
  int lost = 0;         ///< connections
};

/// One after the other, a write of a new value and a read, at one server; when it is gone, once it is there again.
ClientRun run_client(const Servers& servers, size_t id, int operations, Recorder& recorder, Starts& starts) {
  ClientRun run;
  int process = recorder.process();
  httplib::Client client = servers.client(id);
  for (int i = 0; i < operations; ++i) {
    const bool write = i % 2 == 0;
    const std::string value = std::to_string(process) + "." + std::to_string(i);
    const int seen = starts.count(id);
    recorder.line(process, "invoke", write, write ? Json(value) : Json());
    const httplib::Result result = write ? put(client, put_body(value)) : client.Get("/register");
    const Json json = json_of(result);
    if (status_of(result) == 200) {
      recorder.line(process, "ok", write, write ? Json(value) : json["value"]);
      if (write) run.newest = std::max(run.newest, json["timestamp"].get<uint64_t>());
    } else {
      recorder.line(process, "info", write, write ? Json(value) : Json());  // nobody knows
      process = recorder.process();
      if (result) continue;
      ++run.lost;
      if (!starts.wait_for_more(id, seen)) return run;
    }
  }
  return run;
}

Json read_register(const Servers& servers, size_t id, Recorder& recorder) {
  httplib::Client client = servers.client(id);
  const int process = recorder.process();
  recorder.line(process, "invoke", false, {});
  const httplib::Result result = client.Get("/register");
  REQUIRE(status_of(result) == 200);
  Json json = json_of(result);
  recorder.line(process, "ok", false, json["value"]);
  return json;
}

/// `paxoscope check-history` on what was recorded.
int judge(Recorder& recorder, const char* wrong = nullptr) {
  const Scratch scratch;
  const std::string path = scratch.file("history.jsonl");
  recorder.write_to(path);
  if (wrong != nullptr) std::ofstream(path, std::ios::app) << wrong;
  return Process({"check-history", "--model", "register", path}).wait();
}

/// Asks until it is so, for at most kBound.
template <class Holds>
bool comes_true(Holds&& holds) {
  const auto end = std::chrono::steady_clock::now() + kBound;
  while (std::chrono::steady_clock::now() < end)
    if (holds()) return true;
  return false;
}

/// Sends bytes and returns the head of the answer.
std::string exchange(int port, const std::string& request) {
  const int socket = connected_to(port);
  REQUIRE(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
  std::string answer = read_from(socket, "\r\n\r\n");
  ::close(socket);
  return answer;
}

bool begins(const std::string& text, const std::string& with) { return text.substr(0, with.size()) == with; }

}  // namespace

TEST_SUITE("register server") {
  TEST_CASE("clients at all servers while one is killed and restarted: linearizable, and nothing acknowledged is lost") {
    Servers servers(3, {"--timeout-ms", "20000"});
    Recorder recorder;
    Starts starts;
    constexpr int kClients = 6, kOperations = 60;
    std::vector<std::thread> threads;
    std::vector<ClientRun> runs(kClients);
    for (size_t i = 0; i < kClients; ++i)
      threads.emplace_back([&, i] { runs[i] = run_client(servers, i % 3 + 1, kOperations, recorder, starts); });
    recorder.wait_for(80);
    servers.kill(2);
    recorder.wait_for(recorder.done() + 80);
    servers.start(2);
    starts.started(2);
    for (std::thread& thread : threads) thread.join();
    uint64_t newest = 0;
    int lost = 0;
    for (const ClientRun& run : runs) {
      newest = std::max(newest, run.newest);
      lost += run.lost;
    }
    CHECK(lost >= 1);
    CHECK(lost <= 2);  // of the two clients of the server that was killed
    CHECK(recorder.done() >= kClients * kOperations - 2);

    const Json last = read_register(servers, 1, recorder);
    CHECK(last["timestamp"] >= newest);
    CHECK(read_register(servers, 2, recorder) == last);
    for (size_t id = 1; id <= 3; ++id) servers.kill(id);
    for (size_t id = 1; id <= 3; ++id) servers.start(id);
    for (size_t id = 1; id <= 3; ++id) CHECK(read_register(servers, id, recorder) == last);
    CHECK(judge(recorder) == 0);
    // The check would have seen it: a read of what was overwritten long ago.
    CHECK(judge(recorder, "{\"process\":0,\"type\":\"invoke\",\"f\":\"read\",\"value\":null}\n"
                          "{\"process\":0,\"type\":\"ok\",\"f\":\"read\",\"value\":null}\n") == 1);
    CHECK(servers[1].end(SIGTERM) == 0);
  }

  TEST_CASE("requests that come during a quorum round are all answered, side by side or one at a time") {
    for (const bool one_at_a_time : {false, true}) {
      CAPTURE(one_at_a_time);
      std::vector<std::string> options{"--timeout-ms", "50000"};
      if (one_at_a_time) options.push_back("--one-at-a-time");
      Servers servers(3, options);
      servers[2].signal(SIGSTOP);
      servers[3].signal(SIGSTOP);
      constexpr int kRequests = 12;
      std::atomic<int> good = 0;
      std::vector<std::thread> threads;
      for (int i = 0; i < kRequests; ++i)
        threads.emplace_back([&, i] {
          httplib::Client client = servers.client(1);
          const httplib::Result result = i % 3 == 0 ? client.Get("/register") : put(client, put_body(std::to_string(i)));
          if (status_of(result) == 200) ++good;
        });
      httplib::Client client = servers.client(1);
      CHECK(comes_true([&] { return json_of(client.Get("/status")).value("waiting", 0) == kRequests; }));
      CHECK(good == 0);
      servers[2].signal(SIGCONT);
      servers[3].signal(SIGCONT);
      for (std::thread& thread : threads) thread.join();
      CHECK(good == kRequests);
    }
  }

  TEST_CASE("without a quorum: 503, which says whether the write may still happen; with one again it goes on") {
    Servers servers(3, {"--timeout-ms", "300"});
    httplib::Client client = servers.client(1);
    CHECK(comes_true([&] { return status_of(put(client, put_body("before"))) == 200; }));
    servers.kill(2);
    servers.kill(3);
    const httplib::Result read = client.Get("/register");
    CHECK(status_of(read) == 503);
    CHECK(json_of(read)["error"] == "no quorum answered within 300 ms");
    const httplib::Result written = put(client, put_body("lost"));
    CHECK(status_of(written) == 503);
    CHECK(json_of(written)["may_take_effect"] == false);
    servers.start(2);
    CHECK(comes_true([&] {
      const httplib::Result again = client.Get("/register");
      return status_of(again) == 200 && json_of(again)["value"] == "before";
    }));
  }

  TEST_CASE("a client's repeat is dropped where it is kept in mind") {
    Servers servers(3, {"--timeout-ms", "20000", "--drop-repeats"});
    const auto put_at = [&](size_t id, const Json& body) {
      httplib::Client client = servers.client(id);
      const httplib::Result result = put(client, body.dump());
      REQUIRE(status_of(result) == 200);
      return json_of(result)["repeated"].get<bool>();
    };
    const Json first{{"value", "a"}, {"client", 7}, {"number", 1}};
    CHECK_FALSE(put_at(1, first));
    CHECK_FALSE(put_at(2, Json{{"value", "b"}}));
    CHECK(put_at(3, first));
    httplib::Client client = servers.client(1);
    CHECK(json_of(client.Get("/register"))["value"] == "b");
  }

  TEST_CASE("bad requests get their status and a reason, and the server goes on") {
    Servers servers(1, {"--io-timeout-ms", "300"});
    httplib::Client client = servers.client(1);
    const auto works = [&] {
      httplib::Client other = servers.client(1);
      return status_of(put(other, put_body("good"))) == 200 && json_of(other.Get("/register"))["value"] == "good";
    };
    const auto refused = [&](int status, const httplib::Result& result) {
      const bool good = status_of(result) == status && json_of(result).is_object() && !json_of(result).value("error", "").empty();
      CHECK_MESSAGE(good, "wanted " << status << ", got " << status_of(result) << " " << (result ? result->body : ""));
      CHECK(works());
    };
    refused(404, client.Get("/"));
    refused(404, client.Get("/register/x"));
    refused(404, client.Put("/registers", put_body("x"), "application/json"));
    const httplib::Result wrong = client.Delete("/register");
    refused(405, wrong);
    CHECK(wrong->get_header_value("Allow") == "GET, HEAD, PUT");
    refused(405, client.Post("/register", put_body("x"), "application/json"));
    refused(405, client.Put("/status", put_body("x"), "application/json"));
    refused(405, client.Get("/messages"));
    refused(405, client.Options("/register"));
    for (const char* body : {"", "{", "{\"value\":", "[]", "7", "{}", "{\"value\":7}", "{\"value\":null}", "{\"value\":\"\xff\"}",
                             "{\"value\":\"x\",\"client\":1}", "{\"value\":\"x\",\"client\":-1,\"number\":1}",
                             "{\"value\":\"x\",\"client\":1,\"number\":1}"}) {
      CAPTURE(std::string(body));
      refused(400, put(client, body));
    }
    refused(400, put(client, std::string(900'000, '[')));
    refused(413, put(client, put_body(std::string((64 << 10) + 1, 'a'))));
    refused(413, put(client, put_body(std::string(10'000'000, 'a'))));
    refused(413, client.Post("/nothing", std::string(10'000'000, 'a'), "text/plain"));
    refused(415, client.Put("/register", put_body("x"), "text/plain"));
    refused(400, client.Post("/messages", "{\"from\":1,\"messages\":[]}", "application/json"));
    refused(400, client.Post("/messages", "{\"from\":2,\"messages\":[{\"operation\":1,\"kind\":\"store\"}]}", "application/json"));
    CHECK(status_of(put(client, put_body(std::string(64 << 10, '\x01')))) == 200);
    CHECK(works());
  }

  TEST_CASE("slow and broken senders get their status, and keep nobody else waiting") {
    Servers servers(1, {"--io-timeout-ms", "300"});
    const std::string head = "PUT /register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    CHECK(begins(exchange(servers.port(1), head + "Content-Length: 100\r\n\r\n{\"val"), "HTTP/1.1 408 "));
    CHECK(begins(exchange(servers.port(1), "PUT /register HTTP/1.1\r\nHost: x\r\nConten"), "HTTP/1.1 400 "));
    CHECK(begins(exchange(servers.port(1), head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), "HTTP/1.1 411 "));
    CHECK(begins(exchange(servers.port(1), head + "\r\n"), "HTTP/1.1 411 "));
    CHECK(begins(exchange(servers.port(1), head + "Content-Length: 99999999999999\r\n\r\n"), "HTTP/1.1 413 "));
    CHECK(begins(exchange(servers.port(1), head + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"), "HTTP/1.1 415 "));
    CHECK(begins(exchange(servers.port(1), "\x16\x03\x01 nonsense\r\n\r\n"), "HTTP/1.1 400 "));
    // More open connections than most servers have threads, all of which say nothing.
    std::vector<int> silent;
    for (int i = 0; i < 100; ++i) silent.push_back(connected_to(servers.port(1)));
    httplib::Client client = servers.client(1);
    CHECK(status_of(put(client, put_body("good"))) == 200);
    CHECK(json_of(client.Get("/register"))["value"] == "good");
    for (int socket : silent) ::close(socket);
    CHECK(servers[1].end(SIGINT) == 0);
  }

  TEST_CASE("a disk that cannot be written: nothing is acknowledged, and the server ends with a reason") {
    const int port = free_ports(1)[0];
    auto scratch = std::make_unique<Scratch>();
    Process process({"serve-register", "--id", "1", "--peers", "1=" + std::to_string(port), "--file", scratch->file("r.json")});
    REQUIRE(begins(process.line(), "listening on "));
    httplib::Client client("127.0.0.1", port);
    CHECK(status_of(put(client, put_body("kept"))) == 200);
    scratch.reset();
    const httplib::Result result = put(client, put_body("lost"));
    CHECK(status_of(result) == 503);
    CHECK(json_of(result)["may_take_effect"] == true);
    CHECK(json_of(result)["error"].get<std::string>().find("cannot write") != std::string::npos);
    CHECK(process.wait() == 1);
  }

  TEST_CASE("bad arguments: exit 2") {
    Servers servers(1, {});
    CHECK(Process({"serve-register", "--id", "1"}).wait() == 2);
    CHECK(Process({"serve-register", "--id", "2", "--peers", "1=7101"}).wait() == 2);
    CHECK(Process({"serve-register", "--id", "1", "--peers", "1=no-port"}).wait() == 2);
    CHECK(Process({"serve-register", "--id", "1", "--peers", "1=7101", "--file", "/no/such/folder/x.json"}).wait() == 2);
    const Scratch scratch;
    const std::string file = scratch.file("x.json");
    CHECK(Process({"serve-register", "--id", "1", "--peers", "1=" + std::to_string(servers.port(1)), "--file", file}).wait() == 2);
    CHECK(Process({"serve-register", "--id", "1", "--peers", "1=7101,2=7102", "--file", file, "--read-quorum", "1",
                   "--write-quorum", "1"}).wait() == 2);
    std::vector<std::string> same_file = servers.arguments(1);
    same_file[4] = "1=" + std::to_string(free_ports(1)[0]);
    CHECK(Process(same_file).wait() == 2);
  }
}

#endif
