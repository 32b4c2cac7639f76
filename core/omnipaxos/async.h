// An asynchronous face of one server: `append` gives a future, messages leave through a callback, time comes as durations,
// writes complete when the storage says so. No threads: everything happens inside the calls, on the caller's.
//
// It works over OmniPaxos and over Service; the polling interface below stays usable through `server()`.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "omnipaxos/config.h"
#include "omnipaxos/proposer.h"

namespace paxoscope::omnipaxos {

enum class FutureState : uint8_t {
  pending,    ///< stands nowhere in this server's log
  accepted,   ///< stands in this server's log at `index`; a later leader may still cut it
  resolved,   ///< decided at `index`
  cancelled,  ///< certain: it will never be decided
  unknown,    ///< its server stopped before it ended: it may have been decided, or still be (F7)
};

/// Durations of one server, in microseconds; they become whole ticks, at least one each.
struct Timing {
  uint64_t tick_us = 10'000;
  uint64_t election_timeout_us = 100'000;
  uint64_t resend_us = 250'000;
  uint64_t batch_wait_us = 10'000;

  uint32_t ticks(uint64_t us) const { return us < tick_us ? 1 : static_cast<uint32_t>(us / tick_us); }
  void apply_to(Config& config) const {
    config.election_ticks = ticks(election_timeout_us);
    config.resend_ticks = ticks(resend_us);
    config.batch_ticks = ticks(batch_wait_us);
  }
};

/// `Server`: OmniPaxos or Service. The host keeps it at one place; callbacks may append, but not destroy it.
template <class Server>
class Async {
 public:
  using Entry = typename Server::Entry;
  using MessageType = typename Server::MessageType;
  using StorageType = typename Server::StorageType;

 private:
  struct Cell {
    FutureState state = FutureState::pending;
    LogIndex index = 0;
    CancelReason reason = CancelReason::none;
    uint64_t number = 0;
    uint64_t counter = 0;         ///< of its present attempt
    const Async* owner = nullptr; ///< null once it has ended
    std::vector<std::function<void()>> waiting;
  };

 public:
  /// A cheap handle; copies are the same future. It may outlive its server. Dropping it drops nothing else: the attempt
  /// goes on, or its stream would stall (F2).
  class Future {
   public:
    Future() = default;
    FutureState state() const {
      if (!cell_) return FutureState::unknown;
      return cell_->owner != nullptr && index() != 0 ? FutureState::accepted : cell_->state;
    }
    bool ended() const { return !cell_ || cell_->owner == nullptr; }
    /// Accepted, resolved: where it stands. Otherwise 0.
    LogIndex index() const {
      if (!cell_) return 0;
      return cell_->owner != nullptr ? cell_->owner->index_of(*cell_) : cell_->index;
    }
    CancelReason reason() const { return cell_ ? cell_->reason : CancelReason::none; }
    /// Unique within one start of its server.
    uint64_t number() const { return cell_ ? cell_->number : 0; }
    /// Calls `callback(future)` once it has ended; at once if it has. It may append, and call `then` again.
    template <class Callback>
    void then(Callback callback) const {
      if (ended()) return callback(*this);
      cell_->waiting.push_back([cell = std::weak_ptr<Cell>(cell_), callback = std::move(callback)]() mutable {
        Future self;
        self.cell_ = cell.lock();
        callback(self);
      });
    }

   private:
    friend Async;
    std::shared_ptr<Cell> cell_;
  };

  struct Callbacks {
    std::function<void(const MessageType&)> send;  ///< to `message.to`; it may be lost
    /// There is something new to make durable, up to this write. Empty: the storage needs no telling.
    std::function<void(const StorageType&, uint64_t write)> write;
  };

  /// `server` must have been made with Options::report_settled. Nothing is sent before the first call.
  Async(Server server, const Timing& timing, Callbacks callbacks)
      : server_(std::move(server)), timing_(timing), callbacks_(std::move(callbacks)) {
    PAXO_ASSERT(server_.proposer().reports() && timing_.tick_us > 0);
  }
  Async(const Async&) = delete;
  Async& operator=(const Async&) = delete;
  ~Async() { stop(); }

  /// Proposes an entry. Refused, with a sentence, when Config::max_waiting futures have not ended, and after stop().
  Result<Future> append(const Entry& entry) {
    if (stopped_) return fail("this server has stopped");
    return taken(server_.propose_normal(entry));
  }
  /// The same for the end of the running configuration; over Service only.
  Result<Future> reconfigure(const Entry& placeholder, ServerSet members, ServerId named_leader = 0,
                             std::string metadata = {}) {
    if (stopped_) return fail("this server has stopped");
    return taken(server_.propose_reconfiguration(placeholder, members, named_leader, std::move(metadata)));
  }
  void handle(const MessageType& message) {
    if (stopped_) return;
    server_.handle(message);
    pump();
  }
  /// Time has passed, in microseconds.
  void pass(uint64_t us) {
    if (stopped_) return;
    us += passed_us_;
    passed_us_ = us % timing_.tick_us;
    server_.tick(static_cast<uint32_t>(us / timing_.tick_us));
    pump();
  }
  /// Microseconds until something happens by itself.
  uint64_t until_timer_us() const {
    return static_cast<uint64_t>(server_.ticks_to_next_timer()) * timing_.tick_us - passed_us_;
  }
  void reconnected(ServerId peer) {
    if (stopped_) return;
    server_.reconnected(peer);
    pump();
  }
  /// The storage has completed writes: State::durable() has moved.
  void storage_completed() {
    if (stopped_) return;
    server_.storage_progress();
    pump();
  }
  /// Ends here: futures that have not ended become unknown, and their callbacks are called.
  void stop() {
    if (std::exchange(stopped_, true)) return;
    for (auto& cell : cells_)
      if (cell) end(cell, FutureState::unknown, 0, CancelReason::none);
    cells_.clear();
    call_back();
  }

  /// Futures that have not ended.
  uint64_t outstanding() const { return outstanding_; }
  const Server& server() const { return server_; }
  /// For the polling interface; call pump() after using it.
  Server& server() { return server_; }

  /// Sends what is due and ends the futures that are settled. Calls from inside a callback are done by the outer one.
  void pump() {
    again_ = true;
    if (pumping_) return;
    pumping_ = true;
    while (std::exchange(again_, false) && !stopped_) {
      settle();
      outbox_.clear();
      server_.take_outgoing(outbox_);
      const auto& state = server_.storage().state;
      if (callbacks_.write && state.written() > std::max(told_write_, state.durable())) {
        told_write_ = state.written();
        callbacks_.write(server_.storage(), told_write_);
      }
      std::vector<MessageType> leaving;
      leaving.swap(outbox_);
      for (const MessageType& message : leaving) callbacks_.send(message);
      if (settle()) again_ = true;
      leaving.swap(outbox_);  // keeps its room
    }
    pumping_ = false;
  }

 private:
  template <class Proposed>
  Result<Future> taken(Proposed&& proposed) {
    if (!proposed) return tl::unexpected<Error>(std::move(proposed.error().reason));
    Future future;
    future.cell_ = std::make_shared<Cell>();
    future.cell_->number = *proposed;
    future.cell_->counter = server_.proposer().end_counter() - 1;
    future.cell_->owner = this;
    while (first_ + cells_.size() < *proposed) cells_.emplace_back();  // the polling interface proposed in between
    cells_.push_back(future.cell_);
    ++outstanding_;
    pump();
    return future;
  }

  LogIndex index_of(const Cell& cell) const {
    const auto* waiting = server_.proposer().waiting_at(cell.counter);
    return waiting != nullptr ? waiting->index : 0;
  }

  /// True: callbacks were called.
  bool settle() {
    server_.take_settled(settled_);
    for (const Settled& settled : settled_) {
      if (settled.future < first_ + head_ || settled.future >= first_ + cells_.size()) continue;
      std::shared_ptr<Cell>& cell = cells_[settled.future - first_];
      if (!cell) continue;
      if (!settled.ends)
        cell->counter = settled.next;
      else
        end(cell, settled.outcome == Outcome::resolved ? FutureState::resolved : FutureState::cancelled, settled.index,
            settled.reason);
    }
    while (head_ < cells_.size() && !cells_[head_]) ++head_;
    if (head_ * 2 > cells_.size() + 64) {
      cells_.erase(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(head_));
      first_ += head_;
      head_ = 0;
    }
    return call_back();
  }

  void end(std::shared_ptr<Cell>& cell, FutureState state, LogIndex index, CancelReason reason) {
    cell->state = state;
    cell->index = index;
    cell->reason = reason;
    cell->owner = nullptr;
    --outstanding_;
    if (!cell->waiting.empty()) ended_.push_back(std::move(cell));
    cell.reset();
  }

  /// All futures of one step have ended before the first callback is called.
  bool call_back() {
    bool called = false;
    while (!ended_.empty()) {
      std::vector<std::shared_ptr<Cell>> now;
      now.swap(ended_);
      for (const auto& cell : now) {
        auto callbacks = std::move(cell->waiting);
        cell->waiting.clear();
        for (auto& callback : callbacks) callback();
        called = true;
      }
    }
    return called;
  }

  Server server_;
  Timing timing_;
  Callbacks callbacks_;
  uint64_t passed_us_ = 0;
  uint64_t told_write_ = 0;
  uint64_t outstanding_ = 0;
  std::vector<std::shared_ptr<Cell>> cells_;  ///< future first_, first_ + 1…; null: ended
  size_t head_ = 0;                           ///< cells before it have ended
  uint64_t first_ = 1;
  std::vector<std::shared_ptr<Cell>> ended_;  ///< with callbacks that are still to be called
  std::vector<Settled> settled_;
  std::vector<MessageType> outbox_;
  bool pumping_ = false;
  bool again_ = false;
  bool stopped_ = false;
};

}  // namespace paxoscope::omnipaxos
