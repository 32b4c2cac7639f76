// Runs the register's core on a thread of its own: requests and messages come in by a mailbox, time from the steady clock,
// and what must be durable is in the file before anything that promises it leaves.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <variant>

#include "native/http/register_file.h"

namespace paxoscope::native {

/// The server stops, or its disk has failed: what was asked may still take effect.
struct Stopped {
  std::string reason;
};
using RegisterReply = std::variant<quorum_register::Settled<std::string>, quorum_register::Refusal, Stopped>;

struct RegisterStatus {
  uint32_t incarnation = 0;
  uint64_t timestamp = 0;         ///< of what this server holds
  size_t waiting = 0;             ///< requests without an answer
  uint64_t answered = 0;          ///< requests since the start
};

class RegisterEngine {
 public:
  static constexpr size_t kMaxMailbox = 8192;  ///< messages and requests; more are refused

  /// `send` gets the messages of each round. `failed` is called once, when the disk cannot be written; then everything is
  /// answered with Stopped. Both run on the engine's thread.
  struct Host {
    std::function<void(std::vector<RegisterMessage>&&)> send;
    std::function<void(const std::string& reason)> failed;
  };
  RegisterEngine(RegisterCore core, RegisterFile file, Host host);
  ~RegisterEngine() { stop(); }

  void start();
  /// All who wait get an answer.
  void stop();
  /// Waits for the answer, `patience` at most.
  RegisterReply ask(RegisterRequest request, std::chrono::milliseconds patience);
  /// False: too many wait.
  bool receive(std::vector<RegisterMessage> messages);
  RegisterStatus status() const;

 private:
  struct Asked {
    RegisterRequest request;
    std::promise<RegisterReply> reply;
  };

  void run();
  void take(std::vector<Asked>& asked, std::vector<RegisterMessage>& messages);
  bool round();
  void end(const std::string& reason);

  RegisterCore core_;
  RegisterFile file_;
  Host host_;
  std::map<uint64_t, std::promise<RegisterReply>> waiting_;  ///< by operation; the engine's thread's alone
  std::thread thread_;

  mutable std::mutex mutex_;  ///< of what follows
  std::condition_variable mail_;
  std::vector<Asked> asked_;
  std::vector<RegisterMessage> messages_;
  RegisterStatus status_;
  bool stopping_ = false;
  bool ended_ = false;
};

}  // namespace paxoscope::native
