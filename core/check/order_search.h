// The search for an order that explains one key's operations (Wing and Gong 1993, with Lowe's cache of 2017).
#pragma once

#include <vector>

#include "check/fingerprint_set.h"
#include "check/history.h"

namespace paxoscope {

/// Depth first over configurations: which operations are placed, and the state that they add up to. An operation may be
/// placed next if it was invoked before the first response of those that are not placed. Runs in slices of steps.
class OrderSearch {
 public:
  /// `own` are the key's operations in `all`, ascending by invocation. A cas that is told after order number
  /// `known_until` that it was not applied may be applied all the same, in an order that ends before that response: so
  /// much a prefix of the history leaves open. kNever: all is known, and such prefixes count as impossible.
  OrderSearch(const std::vector<HistoryOperation>& all, std::vector<uint32_t> own, HistoryDigest initial,
              uint64_t known_until = kNever);

  enum class State : uint8_t {
    running,
    found,     ///< `order()` explains every response that must be
    exhausted  ///< there is no such order; `order()` explains every response before that of `blocking()`
  };
  /// Goes on for about so many steps and takes them off. Responses before order number `before` (kNever: all) must be
  /// explained; the number may become smaller from call to call.
  State run(uint64_t& steps, uint64_t before);

  std::vector<uint32_t> order() const;  ///< indexes into `all`
  uint32_t blocking() const { return own_[nodes_[best_].operation]; }  ///< exhausted: whose response none explains
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
  struct Frame {
    uint32_t node;
    How how;
    bool idle;  ///< as idle_ before
    HistoryDigest state;
  };

  const HistoryOperation& operation(const Node& node) const { return all_[own_[node.operation]]; }
  void build();
  void link_twins();
  void unlink(uint32_t at);
  void relink(uint32_t at);
  bool in_doubt(const HistoryOperation& operation) const;
  bool worth_trying(const Node& node) const;
  bool try_node(uint32_t at);
  void push(uint32_t at, How how, const HistoryDigest& state);
  void arrive(uint64_t before);
  void retreat();
  void toggle(uint32_t operation, How how);
  void note_if_best(uint32_t response);
  Fingerprint fingerprint() const;

  const std::vector<HistoryOperation>& all_;
  std::vector<uint32_t> own_;
  uint64_t known_until_;
  std::vector<Node> nodes_;      ///< by order number, then invocations first; the last is the list's head
  std::vector<uint32_t> twin_;   ///< per own operation: an earlier, equal one that is pending too; or kEnd
  std::vector<uint8_t> placed_;  ///< per own operation
  HistoryDigest value_;
  Fingerprint set_{};            ///< of what is placed
  bool idle_ = false;            ///< the last one placed is pending and nothing has seen its effect
  uint32_t head_ = 0;            ///< the node that closes the list
  uint32_t cursor_ = kEnd;       ///< the next node to try; kEnd: not begun
  uint32_t best_ = kEnd;         ///< the last response that stopped an order; kEnd: none yet
  uint64_t charged_ = 0;         ///< steps of the present slice
  std::vector<Frame> stack_;
  std::vector<uint32_t> best_order_;
  FingerprintSet visited_;
  State state_ = State::running;
};

}  // namespace paxoscope
