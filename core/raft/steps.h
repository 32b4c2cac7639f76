// An observer that keeps the steps of a Raft server's state, in order: for traces, which notes are too coarse for.
#pragma once

#include <vector>

#include "raft/raft.h"

namespace paxoscope::raft {

/// The state after a step; of an entry: before it.
struct Step {
  Move move = Move::follower;
  Role role = Role::follower;
  Term term = 0;
  ServerId vote = 0;
  LogIndex commit = 0;
  LogIndex log = 0;
  MembershipRef from = {}, to = {};  ///< of an entry that changes the membership
  Servers asked = {};                ///< by a candidate: whoever else votes
};

class Steps {
 public:
  static constexpr bool enabled = false;

  template <class Server>
  void moved(Move move, const Server& server, const Mark* mark) {
    const RaftValues& values = server.values();
    Step& step = steps_.emplace_back();
    step.move = move;
    step.role = server.role();
    step.term = values.term;
    step.vote = values.vote;
    step.commit = values.commit;
    step.log = server.log_length();
    if (mark != nullptr && mark->membership) {
      step.from = server.membership();
      step.to = mark->membership;
    }
    if (move != Move::candidate) return;
    step.asked = server.membership()->voters;
    for (ServerId id : server.membership()->outgoing) step.asked.add(id);
  }
  /// Since this server was started.
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

}  // namespace paxoscope::raft
