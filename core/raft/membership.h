// Who votes and who only listens, and how that may change (Raft §6; dissertation §4; rules R7, R10). Pure functions.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "raft/servers.h"

namespace paxoscope::raft {

/// A membership. While it is joint, decisions need a majority of `voters` and one of `outgoing`.
struct Membership {
  Servers voters = {};
  Servers outgoing = {};        ///< the voters before the change; empty: not joint
  Servers learners = {};        ///< receive the log, have no say
  Servers learners_next = {};   ///< still vote in `outgoing`; learners once the joint membership is left
  bool auto_leave = false; ///< the leader leaves the joint membership as soon as it is committed
  uint32_t number = 1;     ///< counts the changes of a log, for views; the first membership is 1

  bool joint() const { return !outgoing.empty(); }
  bool votes(ServerId id) const { return voters.contains(id) || outgoing.contains(id); }
  bool listens(ServerId id) const { return learners.contains(id) || learners_next.contains(id); }
  bool has(ServerId id) const { return votes(id) || listens(id); }
  /// Everybody once, ascending.
  Servers everybody() const;
  /// Whatever their numbers.
  bool operator==(const Membership& other) const {
    return voters == other.voters && outgoing == other.outgoing && learners == other.learners &&
           learners_next == other.learners_next && auto_leave == other.auto_leave;
  }
  void add_to(Hasher& hasher) const;
};

/// Shared and immutable; never null where a server holds one.
using MembershipRef = std::shared_ptr<const Membership>;

enum class ChangeKind : uint8_t { add_voter, add_learner, remove };

/// One wish. Adding a voter as a learner takes its vote; adding a learner as a voter promotes it.
struct Change {
  ChangeKind kind = ChangeKind::add_voter;
  ServerId server = 0;
};

/// Changes that touch at most one voter, at once: any two majorities still meet. Fails on a joint membership.
Result<Membership> simple_change(const Membership& from, std::span<const Change> changes);
/// Any changes: the joint membership that leads to them. Fails on a joint membership.
Result<Membership> enter_joint(const Membership& from, std::span<const Change> changes, bool auto_leave);
/// What a joint membership leads to. Fails where it is not joint.
Result<Membership> leave_joint(const Membership& from);
/// The changes that turn the voters of `from` into `voters`; who leaves is removed.
std::vector<Change> changes_to(const Membership& from, const Servers& voters);

}  // namespace paxoscope::raft
