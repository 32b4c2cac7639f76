// What Raft servers say to each other. Entries and snapshots are shared, not copied.
#pragma once

#include <variant>
#include <vector>

#include "raft/storage.h"
#include "storage/entries.h"

namespace paxoscope::raft {

/// "Would you vote for me in term Message::term?" Changes nothing (R8).
struct PreVoteRequest {
  LogIndex last_index = 0;
  Term last_term = 0;
};
/// Granted: Message::term is the one that was asked for. Refused: the refuser's.
struct PreVoteAnswer {
  bool granted = false;
};

/// R1, R2. Leaves once the sender's term and its vote for itself are durable.
struct VoteRequest {
  LogIndex last_index = 0;
  Term last_term = 0;
  bool transfer = false;  ///< the leader asked for it: those who hear a leader vote too (R11)
};
/// Leaves once the vote is durable.
struct VoteAnswer {
  bool granted = false;
};

/// From the entry at `from` of a message on, marks are `mark`.
struct MarkChange {
  uint32_t from = 0;
  Mark mark;
};

/// Entries behind `previous` (R3). Empty: asks for an answer.
template <class T>
struct AppendEntries {
  LogIndex previous = 0;
  Term previous_term = 0;
  LogIndex commit = 0;
  Mark mark;                        ///< of the first entries
  std::vector<MarkChange> changes;  ///< where later ones have another; rising
  Entries<T> entries;

  /// Calls `visit(mark, first, end)` for each run of entries that share a mark, by their places in the log.
  template <class Visit>
  void for_each_run(const Visit& visit) const {
    LogIndex first = previous + 1;
    const Mark* of = &mark;
    for (const MarkChange& change : changes) {
      visit(*of, first, previous + 1 + change.from);
      first = previous + 1 + change.from;
      of = &change.mark;
    }
    if (!entries.empty()) visit(*of, first, previous + 1 + entries.size());
  }
};
/// Taken: the sender holds the leader's log durably up to `match` (R4). Refused: it does not hold `previous` in that
/// term; try behind `hint`, where its term is `hint_term` (R15).
struct AppendAnswer {
  bool taken = true;
  LogIndex match = 0;
  LogIndex previous = 0;
  LogIndex hint = 0;
  Term hint_term = 0;
};

/// Keeps followers quiet, and asks them for the round (R12).
struct Heartbeat {
  uint64_t round = 0;
  LogIndex commit = 0;   ///< not beyond `match` (R6)
  LogIndex match = 0;    ///< what the leader knows the receiver to hold
  bool wants_answer = true;
};
struct HeartbeatAnswer {
  uint64_t round = 0;
  LogIndex agreed = 0;  ///< its log is the leader's up to there, durable or not: what came after was lost (R15)
};

/// To a leader of an older term: Message::term is newer (R9).
struct Refused {};

/// "Campaign now" (R11).
struct TimeoutNow {};

/// Proposals on their way to the leader (R15).
template <class T>
struct Forward {
  Entries<T> entries;
  uint32_t hops = 0;
};

/// "Which index must I have applied to answer my reads up to this one?" Leaves once the incarnation in `ticket` is durable
/// (R12).
struct ReadRequest {
  uint64_t ticket = 0;
};
struct ReadAnswer {
  uint64_t ticket = 0;
  LogIndex index = 0;
};

/// Part `part` of `parts` of a snapshot's state (R13).
template <class T>
struct InstallSnapshot {
  LogIndex index = 0;
  Term last_term = 0;
  MembershipRef membership;
  LogIndex membership_index = 0;
  uint32_t part = 0;
  uint32_t parts = 1;
  std::shared_ptr<const typename StateOf<T>::Type> state;
};
/// The sender waits for part `next` of that snapshot. When it has them all, an AppendAnswer says so.
struct SnapshotAnswer {
  LogIndex index = 0;
  uint32_t next = 0;
};

template <class T>
using Body = std::variant<Heartbeat, HeartbeatAnswer, PreVoteRequest, PreVoteAnswer, VoteRequest, VoteAnswer,
                          AppendEntries<T>, AppendAnswer, Refused, TimeoutNow, Forward<T>, ReadRequest, ReadAnswer,
                          InstallSnapshot<T>, SnapshotAnswer>;

/// It promises what a crash must not take back: it is sent with the write that it waits for, and in no other way.
template <class BodyType>
inline constexpr bool kPromises = false;
template <>
inline constexpr bool kPromises<VoteRequest> = true;
template <>
inline constexpr bool kPromises<VoteAnswer> = true;
template <>
inline constexpr bool kPromises<AppendAnswer> = true;
template <>
inline constexpr bool kPromises<ReadRequest> = true;

namespace detail {
template <class Wanted, class... Bodies>
constexpr size_t index_in(const std::variant<Bodies...>*) {
  constexpr bool same[] = {std::is_same_v<Wanted, Bodies>...};
  size_t at = 0;
  while (!same[at]) ++at;
  return at;
}
}  // namespace detail

/// Position of a body type in Body<T>, for switches.
template <class BodyType, class T>
inline constexpr size_t kBodyIndex = detail::index_in<BodyType>(static_cast<const Body<T>*>(nullptr));

template <class T>
struct Message {
  ServerId from = 0;
  ServerId to = 0;
  Term term = 0;  ///< the sender's; 0: it does not matter
  Body<T> body;
};

}  // namespace paxoscope::raft
