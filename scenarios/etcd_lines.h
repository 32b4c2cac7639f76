// The lines of an etcd trace: what a message and a server's state are called there.
#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "raft/steps.h"
#include "sim/raft_messages.h"

namespace paxoscope::etcd {

/// A message as a trace says it.
struct TracedMessage {
  const char* about = "";  ///< "AppendEntriesRequest": the line's name without Send or Receive
  const char* type = "";   ///< "MsgApp"
  raft::Term term = 0;
  ServerId from = 0;
  ServerId to = 0;
  LogIndex entries = 0;    ///< how many; of a snapshot: up to which
  raft::Term log_term = 0;
  LogIndex index = 0;
  LogIndex commit = 0;
  bool reject = false;
  LogIndex reject_hint = 0;
};

/// Nothing for what the vocabulary has no word for; `left_out` names it then.
std::optional<TracedMessage> traced(const RaftMessage& message, const char** left_out);
TracedMessage vote_request(ServerId from, ServerId to, raft::Term term, LogIndex last_index, raft::Term last_term);
/// A candidate's vote for itself.
TracedMessage own_vote(ServerId server, raft::Term term);
/// A leader's acknowledgement of its own log.
TracedMessage own_ack(ServerId server, raft::Term term, LogIndex log);

/// What lines say of a server. `conf`: the membership that it knows to be committed.
struct TracedState {
  raft::Term term = 0;
  ServerId vote = 0;
  LogIndex commit = 0;
  raft::Role role = raft::Role::follower;  ///< a pre-candidate is a follower
  LogIndex log = 0;
  raft::Servers voters = {}, outgoing = {};
  bool operator==(const TracedState&) const = default;
};

class Lines {
 public:
  explicit Lines(std::ostream& out) : out_(out) {}
  void at(TimeUs time_us) { time_us_ = time_us; }
  /// `prop`: the fields of the object of that name, or "".
  void write(const std::string& name, ServerId server, const TracedState& state, const TracedMessage* message = nullptr,
             const std::string& prop = "");

 private:
  std::ostream& out_;
  TimeUs time_us_ = 0;
  uint64_t number_ = 0;
};

/// The fields of `prop` of a ChangeConf and of an ApplyConfChange.
std::string change_prop(const raft::Membership& from, const raft::Membership& to);
std::string applied_prop(const raft::Servers& voters);

}  // namespace paxoscope::etcd
