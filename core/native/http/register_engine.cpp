#include "native/http/register_engine.h"

#include "native/http/register_options.h"

namespace paxoscope::native {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{kTickMs};

}  // namespace

RegisterEngine::RegisterEngine(RegisterCore core, RegisterFile file, Host host)
    : core_(std::move(core)), file_(std::move(file)), host_(std::move(host)) {}

void RegisterEngine::start() { thread_ = std::thread([this] { run(); }); }

void RegisterEngine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  mail_.notify_one();
  if (thread_.joinable()) thread_.join();
}

RegisterReply RegisterEngine::ask(RegisterRequest request, std::chrono::milliseconds patience) {
  std::future<RegisterReply> reply;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || ended_) return Stopped{"the server is stopping"};
    if (asked_.size() >= kMaxMailbox)
      return quorum_register::Refusal{quorum_register::RefusalKind::busy, {"too many requests wait; try again later"}};
    Asked& asked = asked_.emplace_back();
    asked.request = std::move(request);
    reply = asked.reply.get_future();
  }
  mail_.notify_one();
  if (reply.wait_for(patience) != std::future_status::ready) return Stopped{"the server's disk does not answer"};
  return reply.get();
}

bool RegisterEngine::receive(std::vector<RegisterMessage> messages) {
  {
    const std::lock_guard lock(mutex_);
    if (messages_.size() + messages.size() > kMaxMailbox || ended_) return false;
    messages_.insert(messages_.end(), std::make_move_iterator(messages.begin()), std::make_move_iterator(messages.end()));
  }
  mail_.notify_one();
  return true;
}

RegisterStatus RegisterEngine::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void RegisterEngine::run() {
  bool good = round();
  std::vector<Asked> asked;
  std::vector<RegisterMessage> messages;
  Clock::time_point ticked = Clock::now();
  while (good) {
    {
      std::unique_lock lock(mutex_);
      const auto woken = [&] { return stopping_ || !asked_.empty() || !messages_.empty(); };
      if (const uint32_t quiet = core_.ticks_to_next_timer(); quiet == UINT32_MAX)
        mail_.wait(lock, woken);
      else
        mail_.wait_until(lock, ticked + quiet * kTick, woken);
      if (stopping_) break;
      asked.swap(asked_);
      messages.swap(messages_);
    }
    // Before the mail: what comes now has not waited yet.
    if (const auto ticks = (Clock::now() - ticked) / kTick; ticks > 0) {
      ticked += ticks * kTick;
      core_.tick(static_cast<uint32_t>(std::min<int64_t>(ticks, UINT32_MAX)));
    }
    take(asked, messages);
    good = round();
  }
  if (good) end("the server is stopping");
}

void RegisterEngine::take(std::vector<Asked>& asked, std::vector<RegisterMessage>& messages) {
  for (const RegisterMessage& message : messages) core_.handle(message);
  messages.clear();
  for (Asked& each : asked) {
    Result<uint64_t, quorum_register::Refusal> operation = core_.request(std::move(each.request));
    if (operation)
      waiting_.emplace(*operation, std::move(each.reply));
    else
      each.reply.set_value(std::move(operation.error()));
  }
  asked.clear();
}

/// Everything that follows from what was taken. One write of the file serves all that came together. False: the disk failed.
bool RegisterEngine::round() {
  std::vector<RegisterMessage> out;
  for (;;) {
    core_.take_outgoing(out);
    const uint64_t written = core_.storage().written();
    if (written == core_.storage().durable()) break;
    if (const Result<void> kept = file_.write(core_.values()); !kept) {
      end(kept.error().text);
      host_.failed(kept.error().text);
      return false;
    }
    core_.storage().set_durable(written);
  }
  if (!out.empty()) host_.send(std::move(out));
  std::vector<quorum_register::Settled<std::string>> settled = core_.take_settled();
  {
    const std::lock_guard lock(mutex_);
    status_.incarnation = core_.values().incarnation;
    status_.timestamp = core_.held().stamp.number;
    status_.waiting = core_.operations().size();
    status_.answered += settled.size();
  }
  for (auto& each : settled) {
    const auto at = waiting_.find(each.operation);
    if (at == waiting_.end()) continue;
    at->second.set_value(std::move(each));
    waiting_.erase(at);
  }
  return true;
}

void RegisterEngine::end(const std::string& reason) {
  std::vector<Asked> asked;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    asked.swap(asked_);
  }
  for (auto& [operation, reply] : waiting_) reply.set_value(Stopped{reason});
  waiting_.clear();
  for (Asked& each : asked) each.reply.set_value(Stopped{reason});
}

}  // namespace paxoscope::native
