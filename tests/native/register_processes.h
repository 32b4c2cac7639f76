// Shared-register servers as processes, and clients that write down what they saw.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

extern char** environ;

namespace paxoscope::test {

using Json = nlohmann::json;

/// However slow the machine is, nothing here takes longer.
inline constexpr std::chrono::seconds kBound{60};

/// A folder that is gone afterwards.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "paxoscope-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline int connected_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return socket;
}

/// So many ports that nobody listens on.
inline std::vector<int> free_ports(size_t count) {
  std::vector<int> sockets, ports;
  for (size_t i = 0; i < count; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    sockets.push_back(socket);
    ports.push_back(ntohs(address.sin_port));
  }
  for (int socket : sockets) ::close(socket);
  return ports;
}

/// Reads up to and with `last`, or to the end, for at most kBound.
inline std::string read_from(int descriptor, const std::string& last) {
  std::string text;
  const auto end = std::chrono::steady_clock::now() + kBound;
  while (std::chrono::steady_clock::now() < end) {
    pollfd wait{descriptor, POLLIN, 0};
    if (::poll(&wait, 1, 1000) <= 0) continue;
    char next;
    if (::read(descriptor, &next, 1) <= 0) break;
    text += next;
    if (text.size() >= last.size() && text.compare(text.size() - last.size(), last.size(), last) == 0) break;
  }
  return text;
}

/// `paxoscope ARGUMENTS` as a child.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    out_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    arguments.insert(arguments.begin(), PAXOSCOPE_COMMAND);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    REQUIRE(::posix_spawn(&child_, PAXOSCOPE_COMMAND, &actions, nullptr, pointers.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
  }
  Process(const Process&) = delete;
  ~Process() {
    if (child_ > 0) end(SIGKILL);
    ::close(out_);
  }

  std::string line() { return read_from(out_, "\n"); }
  void signal(int number) { ::kill(child_, number); }
  /// Returns the exit code, -1 for one that was killed.
  int end(int number) {
    signal(number);
    return wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t child_ = 0;
  int out_ = -1;
};

/// Servers 1..count of one register, on the loopback.
class Servers {
 public:
  Servers(size_t count, std::vector<std::string> options) : options_(std::move(options)), ports_(free_ports(count)), processes_(count) {
    for (size_t id = 1; id <= count; ++id) peers_ += (id == 1 ? "" : ",") + std::to_string(id) + "=" + std::to_string(port(id));
    for (size_t id = 1; id <= count; ++id) launch(id);
    for (size_t id = 1; id <= count; ++id) ready(id);
  }
  int port(size_t id) const { return ports_[id - 1]; }
  Process& operator[](size_t id) { return *processes_[id - 1]; }
  std::vector<std::string> arguments(size_t id) const {
    std::vector<std::string> all{"serve-register", "--id", std::to_string(id), "--peers", peers_, "--file",
                                 scratch_.file(std::to_string(id) + ".json")};
    all.insert(all.end(), options_.begin(), options_.end());
    return all;
  }
  void kill(size_t id) {
    (*this)[id].end(SIGKILL);
    processes_[id - 1].reset();
  }
  /// Listens when it returns.
  void start(size_t id) {
    launch(id);
    ready(id);
  }
  httplib::Client client(size_t id) const {
    httplib::Client client("127.0.0.1", port(id));
    client.set_keep_alive(true);
    client.set_read_timeout(kBound);
    client.set_tcp_nodelay(true);
    return client;
  }

 private:
  void launch(size_t id) { processes_[id - 1] = std::make_unique<Process>(arguments(id)); }
  void ready(size_t id) { REQUIRE((*this)[id].line() == "listening on http://127.0.0.1:" + std::to_string(port(id)) + "\n"); }

  Scratch scratch_;
  std::vector<std::string> options_;
  std::vector<int> ports_;
  std::string peers_;
  std::vector<std::unique_ptr<Process>> processes_;
};

inline std::string put_body(const std::string& value) { return Json{{"value", value}}.dump(); }
inline httplib::Result put(httplib::Client& client, const std::string& body) {
  return client.Put("/register", body, "application/json");
}
/// The body of an answer, or null.
inline Json json_of(const httplib::Result& result) {
  return result ? Json::parse(result->body, nullptr, false) : Json();
}
inline int status_of(const httplib::Result& result) { return result ? result->status : 0; }

}  // namespace paxoscope::test
