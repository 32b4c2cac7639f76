// Sends the register's messages to one other server, several in one request. What cannot be sent is lost: the core sends it
// again.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "native/http/register_options.h"

namespace paxoscope::native {

struct PeerStatus {
  ServerId id = 0;
  bool reachable = false;  ///< the last request to it was answered
  uint64_t sent = 0;       ///< messages
  uint64_t lost = 0;
};

class RegisterPeer {
 public:
  static constexpr size_t kMaxQueued = 4096;          ///< messages; more are lost
  static constexpr size_t kMaxQueuedBytes = 8u << 20;

  RegisterPeer(ServerId from, RegisterAddress to, uint32_t io_timeout_ms);
  ~RegisterPeer();

  void start();
  /// Returns at once.
  void send(std::string message);
  void stop();
  PeerStatus status() const;

 private:
  class Connection;

  void run();
  std::vector<std::string> take();

  ServerId from_;
  RegisterAddress to_;
  std::unique_ptr<Connection> connection_;
  std::thread thread_;

  mutable std::mutex mutex_;  ///< of what follows
  std::condition_variable mail_;
  std::vector<std::string> queue_;
  size_t queued_bytes_ = 0;
  PeerStatus status_;
  bool stopping_ = false;
};

}  // namespace paxoscope::native
