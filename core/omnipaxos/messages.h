// What OmniPaxos servers say to each other. Entries are shared, not copied.
#pragma once

#include <compare>
#include <variant>

#include "base/ballot.h"
#include "base/types.h"
#include "omnipaxos/attempts.h"
#include "omnipaxos/snapshot.h"
#include "storage/entries.h"
#include "storage/stop_sign.h"

namespace paxoscope::omnipaxos {

/// Numbers the promises of one server: new with each promise, also of the same ballot (P2).
struct Session {
  uint32_t incarnation = 0;
  uint32_t counter = 0;
  auto operator<=>(const Session&) const = default;
};

struct HeartbeatRequest {
  uint32_t round = 0;
};

struct HeartbeatReply {
  uint32_t round = 0;
  Ballot ballot;
  bool quorum_connected = false;
  Ballot gossip;  ///< the leader its sender follows; only with B5.gossip off
  Ballot hears = {};  ///< the leader, if its sender hears it quorum-connected; only for calm take-overs, never elected
  Ballot path = {};   ///< its sender can get proposals to the leader of this ballot; only for relays, never elected (F9)
  uint32_t path_hops = 0;  ///< servers that pass them on, its sender included; 0: it has no path to offer
};

/// "Promise me n." `length` and `decided` describe the leader's log (P1, P2).
struct Prepare {
  Ballot ballot;
  Ballot accepted;
  LogIndex length = 0;
  LogIndex decided = 0;
};

/// `suffix` holds entries from index `suffix_from` that the leader may lack (P2); `snapshot` stands for all before them
/// where they are gone.
template <class T>
struct Promise {
  Ballot ballot;
  Session session;
  Ballot accepted;
  LogIndex length = 0;
  LogIndex decided = 0;
  LogIndex suffix_from = 1;
  Entries<T> suffix;
  typename ShadowOf<T>::Runs attempts;
  StopSignRef stop;  ///< the last entry of `suffix` is this stop-sign
  SnapshotRef<T> snapshot;
  bool takes_delta = false;  ///< it can merge a delta on top of `decided`
};

/// Cut to `sync_index`, or replace everything up to there by `snapshot`; append `suffix`, accepted ballot = `ballot`: one
/// durable write (P4, P5).
template <class T>
struct AcceptSync {
  Ballot ballot;
  Session session;
  LogIndex sync_index = 0;
  Entries<T> suffix;
  typename ShadowOf<T>::Runs attempts;
  LogIndex decided = 0;
  bool sync_decided = false;
  StopSignRef stop;
  SnapshotRef<T> snapshot;
};

/// Entries from index `from` on (P6). Empty: asks for an answer.
template <class T>
struct Accept {
  Ballot ballot;
  LogIndex from = 1;
  Entries<T> entries;
  typename ShadowOf<T>::Runs attempts;
  LogIndex decided = 0;
  bool sync_decided = false;
  StopSignRef stop;
};

/// The sender has durably accepted the leader's log up to `length` in `ballot` (P6, P7).
struct Accepted {
  Ballot ballot;
  Session session;  ///< the promise whose AcceptSync it took
  LogIndex length = 0;
  LogIndex decided = 0;
  bool sync_decided = false;  ///< it knows that the sync was decided
  bool gap = false;           ///< an Accept began beyond `length`
  LogIndex durable_decided = 0;  ///< a crash of the sender cannot take this back
};

struct Decide {
  Ballot ballot;
  LogIndex decided = 0;
  bool sync_decided = false;
};

/// "I have promised more" (P9).
struct NotAccepted {
  Ballot promised;
  bool heard = false;  ///< the owner of `promised` was heard, quorum-connected, with it or a higher one
};

/// "Prepare me" after a restart or a reconnect (P10).
struct PrepareRequest {
  Ballot promised;
};

/// Attempts `counter`, `counter` + 1… of `proposer`, tagged `tag` (F1, F2).
template <class T>
struct Forward {
  Ballot tag;
  ServerId proposer = 0;
  uint32_t incarnation = 0;
  uint64_t counter = 1;
  uint64_t previous = 0;  ///< counter before it in the stream for `tag`; 0: it is the first
  Entries<T> entries;
  StopSignRef stop;       ///< the last of `entries` is this stop-sign
  uint64_t mark = 0;      ///< the proposer has seen every counter below this one settled (F8)
};

/// "Your tag is older than my ballot": only stops the sending (F1).
struct Rejected {
  Ballot tag;
  Ballot promised;
  uint64_t counter = 0;
};

/// Attempts of a server that has no path to the leader, for one that has; or, without entries, only the question what
/// became of earlier ones (F9). `forward` is as the origin would send it: its tag stays what it is.
template <class T>
struct Relay {
  Forward<T> forward;
  LogIndex known = 0;  ///< the origin knows which of its attempts stand in the decided log up to there
  uint32_t hops = 0;   ///< relays that may still follow the receiver
  uint64_t trail = 0;  ///< servers that it came through before its sender, a byte each, the last one lowest
};

/// What a relay knows of one origin's attempts: `runs` are all that stand in its log behind entry `after`; those up to
/// `decided` are decided there. All others with a tag below `synced` are cancelled (F9, F5).
struct Report {
  ServerId proposer = 0;
  uint32_t incarnation = 0;
  LogIndex after = 0;
  LogIndex decided = 0;
  Ballot synced;       ///< its sender is in phase accept of it and knows the sync decided; none: it cannot cancel
  AttemptRuns runs;
  uint64_t trail = 0;  ///< servers that it still has to go through, a byte each, the next one lowest
};

/// Configuration `configuration` of these members starts after the log sealed at `sealed_length` (C3). Sent by servers
/// that have decided the stop-sign, until the receiver says that it is complete; also the answer to messages of a
/// sealed configuration (C2).
struct NewConfiguration {
  ConfigurationId configuration = 2;
  ServerSet members = 0;
  LogIndex sealed_length = 0;
  ServerSet donors = 0;  ///< who may hold the sealed log
  Ballot named;
  std::vector<SealedConfiguration> sealed;
};

/// "I hold the sealed log, durably" (C3, C5).
struct Complete {
  ConfigurationId configuration = 2;
};

/// "Give me entries [from, to)" (C4).
struct SegmentRequest {
  ConfigurationId configuration = 2;
  LogIndex from = 1;
  LogIndex to = 1;
};

/// Decided entries from index `from` on; or the donor's snapshot, which reaches up to there, because they are gone (C4).
template <class T>
struct Segment {
  ConfigurationId configuration = 2;
  LogIndex from = 1;
  Entries<T> entries;
  typename ShadowOf<T>::Runs attempts;
  SnapshotRef<T> snapshot;
};

/// "All members have durably decided `index`: drop what comes before, as far as you have decided it yourself."
struct Compact {
  LogIndex index = 0;
  bool keep_state = true;  ///< as a snapshot; false: trim
};

template <class T>
using Body = std::variant<HeartbeatRequest, HeartbeatReply, Prepare, Promise<T>, AcceptSync<T>, Accept<T>, Accepted,
                          Decide, NotAccepted, PrepareRequest, Forward<T>, Rejected, NewConfiguration, Complete,
                          SegmentRequest, Segment<T>, Compact, Relay<T>, Report>;

namespace detail {
template <class Wanted, class Variant>
struct IndexIn;
template <class Wanted, class... Rest>
struct IndexIn<Wanted, std::variant<Wanted, Rest...>> {
  static constexpr size_t value = 0;
};
template <class Wanted, class First, class... Rest>
struct IndexIn<Wanted, std::variant<First, Rest...>> {
  static constexpr size_t value = 1 + IndexIn<Wanted, std::variant<Rest...>>::value;
};
}  // namespace detail

/// Position of a body type in Body<T>, for switches.
template <class BodyType, class T>
inline constexpr size_t kBodyIndex = detail::IndexIn<BodyType, Body<T>>::value;

/// A message between two servers of one configuration.
template <class T>
struct Message {
  ServerId from = 0;
  ServerId to = 0;
  ConfigurationId configuration = 1;
  Body<T> body;
};

}  // namespace paxoscope::omnipaxos
