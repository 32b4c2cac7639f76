// The search for an order that explains one key's operations (Wing and Gong 1993, with Lowe's cache of 2017).
#pragma once

#include <vector>

#include "check/fingerprint_set.h"
#include "check/history.h"
#include "check/value_needs.h"

namespace paxoscope {

/// Depth first over configurations: which operations are placed, and the state that they add up to. An operation may be
/// placed next if it was invoked before the first response of those that are not placed, and unless it leaves a value that
/// others still need and that nobody can make again. Runs in slices of steps.
class OrderSearch {
 public:
  /// `own` are the key's operations in `all`, ascending by invocation. Responses before order number `before` (kNever: all)
  /// must be explained; what later ones tell is not known. So a cas that is told later that it was not applied may be
  /// applied all the same, in an order that ends before that response.
  OrderSearch(const std::vector<HistoryOperation>& all, std::vector<uint32_t> own, HistoryDigest initial,
              uint64_t before = kNever);

  enum class State : uint8_t {
    running,
    found,     ///< `order()` explains every response that must be
    exhausted  ///< there is no such order
  };
  /// Goes on for about so many steps and takes them off. It is enough to explain the responses before order number `enough`;
  /// the number may become smaller from call to call.
  State run(uint64_t& steps, uint64_t enough = kNever);

  std::vector<uint32_t> order() const;  ///< indexes into `all`; explains every response before that of `blocking()`
  uint32_t blocking() const { return own_[nodes_[best_].operation]; }  ///< unless all are explained
  /// Exhausted: what could not reach the end was left early, so other orders may explain more than `order()`.
  bool left_early() const { return left_early_; }
  size_t bytes() const { return visited_.bytes(); }

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;
  /// An invocation or a response, in a list of those that are not placed.
  struct Node {
    uint32_t operation;  ///< position in own_
    uint32_t other;      ///< an invocation's response; kEnd: none
    uint32_t previous, next;
    bool response;
  };
  enum class How : uint8_t { chosen, settled, against_hindsight };
  struct Held {
    HistoryDigest value;
    uint32_t number;  ///< as needs_ numbers it
  };
  struct Frame {
    uint32_t node;
    How how;
    bool idle;  ///< as idle_ before
    Held held;  ///< as held_ before
  };

  const HistoryOperation& operation(const Node& node) const { return all_[own_[node.operation]]; }
  void build();
  void link_twins();
  void unlink(uint32_t at);
  void relink(uint32_t at);
  bool in_doubt(const HistoryOperation& operation) const;
  bool worth_trying(const Node& node) const;
  bool try_node(uint32_t at);
  bool place_free_write(uint32_t first_response);
  void push(uint32_t at, How how, const HistoryDigest& state);
  void begin(uint64_t enough);
  void arrive(uint64_t enough);
  void retreat();
  void toggle(uint32_t operation, How how);
  void note_if_best(uint32_t response);
  Fingerprint fingerprint() const;

  const std::vector<HistoryOperation>& all_;
  std::vector<uint32_t> own_;
  uint64_t before_;
  ValueNeeds needs_;
  std::vector<Node> nodes_;      ///< by order number, then invocations first; the last is the list's head
  std::vector<uint32_t> twin_;   ///< per own operation: an earlier, equal one that is pending too; or kEnd
  std::vector<uint8_t> placed_;  ///< per own operation
  Held held_;
  Fingerprint set_{};            ///< of what is placed
  bool idle_ = false;            ///< the last one placed is pending and nothing has seen its effect
  uint32_t head_ = 0;            ///< the node that closes the list
  uint32_t cursor_ = kEnd;       ///< the next node to try; kEnd: not begun
  uint32_t best_ = kEnd;         ///< the last response that stopped an order; kEnd: none yet
  bool left_early_ = false;
  uint64_t charged_ = 0;         ///< steps of the present slice
  std::vector<Frame> stack_;
  std::vector<uint32_t> best_order_;
  FingerprintSet visited_;
  State state_ = State::running;
};

}  // namespace paxoscope
