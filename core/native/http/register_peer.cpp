#include "native/http/register_peer.h"

#include <httplib.h>

#include "native/http/register_json.h"

namespace paxoscope::native {

class RegisterPeer::Connection {
 public:
  Connection(const RegisterAddress& to, uint32_t io_timeout_ms) : client_(to.host, to.port) {
    const std::chrono::milliseconds patience(io_timeout_ms);
    client_.set_connection_timeout(patience);
    client_.set_read_timeout(patience);
    client_.set_write_timeout(patience);
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
  }
  bool post(const std::string& body) {
    const httplib::Result result = client_.Post("/messages", body, "application/json");
    return result && result->status == 200;
  }
  void stop() { client_.stop(); }

 private:
  httplib::Client client_;
};

RegisterPeer::RegisterPeer(ServerId from, RegisterAddress to, uint32_t io_timeout_ms)
    : from_(from), to_(std::move(to)), connection_(std::make_unique<Connection>(to_, io_timeout_ms)) {
  status_.id = to_.id;
}

RegisterPeer::~RegisterPeer() { stop(); }

void RegisterPeer::start() { thread_ = std::thread([this] { run(); }); }

void RegisterPeer::send(std::string message) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kMaxQueued || queued_bytes_ + message.size() > kMaxQueuedBytes) {
      ++status_.lost;
      return;
    }
    queued_bytes_ += message.size();
    queue_.push_back(std::move(message));
  }
  mail_.notify_one();
}

void RegisterPeer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  mail_.notify_one();
  connection_->stop();
  if (thread_.joinable()) thread_.join();
}

PeerStatus RegisterPeer::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

/// As many as fit into one body; empty: it stops.
std::vector<std::string> RegisterPeer::take() {
  std::unique_lock lock(mutex_);
  mail_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  if (stopping_) return {};
  size_t count = 0, bytes = 0;
  while (count < queue_.size() && (count == 0 || bytes + queue_[count].size() < kMaxBodyBytes / 2)) bytes += queue_[count++].size();
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<std::string> taken(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  queued_bytes_ -= bytes;
  return taken;
}

void RegisterPeer::run() {
  for (;;) {
    const std::vector<std::string> messages = take();
    if (messages.empty()) return;
    const bool good = connection_->post(messages_body(from_, messages));
    const std::lock_guard lock(mutex_);
    status_.reachable = good;
    (good ? status_.sent : status_.lost) += messages.size();
    if (good) continue;
    // What has waited for a server that is not there is old; the core has it sent again.
    status_.lost += queue_.size();
    queue_.clear();
    queued_bytes_ = 0;
  }
}

}  // namespace paxoscope::native
