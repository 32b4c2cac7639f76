#include "raft/membership.h"

namespace paxoscope::raft {

namespace {

Result<void> apply(Membership& to, const Change& change) {
  if (change.server == 0) return fail("a change needs a server; ids start at 1");
  const ServerId id = change.server;
  if (!to.has(id) && change.kind != ChangeKind::remove && to.everybody().full())
    return fail("a membership has room for " + std::to_string(kMaxServers) + " servers; remove one first");
  switch (change.kind) {
    case ChangeKind::add_voter:
      to.learners.remove(id);
      to.learners_next.remove(id);
      to.voters.add(id);
      break;
    case ChangeKind::add_learner:
      if (to.listens(id)) break;
      to.voters.remove(id);
      // A server that still votes in the outgoing majority must not be both.
      (to.outgoing.contains(id) ? to.learners_next : to.learners).add(id);
      break;
    case ChangeKind::remove:
      to.voters.remove(id);
      to.learners.remove(id);
      to.learners_next.remove(id);
      break;
  }
  return {};
}

Result<Membership> apply_all(Membership to, std::span<const Change> changes) {
  for (const Change& change : changes)
    if (Result<void> applied = apply(to, change); !applied) return tl::unexpected<Error>(applied.error());
  if (to.voters.empty()) return fail("the change would leave no voter");
  return to;
}

uint32_t difference(const Servers& a, const Servers& b) {
  uint32_t count = 0;
  for (ServerId id : a) count += b.contains(id) ? 0 : 1;
  for (ServerId id : b) count += a.contains(id) ? 0 : 1;
  return count;
}

}  // namespace

Servers Membership::everybody() const {
  Servers all = voters;
  for (const Servers* part : {&outgoing, &learners, &learners_next})
    for (ServerId id : *part) all.add(id);
  return all;
}

void Membership::add_to(Hasher& hasher) const {
  for (const Servers* part : {&voters, &outgoing, &learners, &learners_next}) part->add_to(hasher);
  hasher.add(auto_leave ? 1 : 0);
}

Result<Membership> simple_change(const Membership& from, std::span<const Change> changes) {
  if (from.joint()) return fail("the membership is joint: leave it first");
  Result<Membership> to = apply_all(from, changes);
  if (to && difference(from.voters, to->voters) > 1)
    return fail("a simple change touches one voter at most; enter a joint membership for more");
  return to;
}

Result<Membership> enter_joint(const Membership& from, std::span<const Change> changes, bool auto_leave) {
  if (from.joint()) return fail("the membership is joint already: leave it first");
  if (from.voters.empty()) return fail("there is no voter who could decide on a change");
  Membership joint = from;
  joint.outgoing = from.voters;
  joint.auto_leave = auto_leave;
  return apply_all(std::move(joint), changes);
}

Result<Membership> leave_joint(const Membership& from) {
  if (!from.joint()) return fail("the membership is not joint: there is nothing to leave");
  Membership to = from;
  for (ServerId id : from.learners_next) to.learners.add(id);
  to.outgoing = to.learners_next = {};
  to.auto_leave = false;
  return to;
}

std::vector<Change> changes_to(const Membership& from, const Servers& voters) {
  std::vector<Change> changes;
  for (ServerId id : voters)
    if (!from.voters.contains(id)) changes.push_back({ChangeKind::add_voter, id});
  for (ServerId id : from.voters)
    if (!voters.contains(id)) changes.push_back({ChangeKind::remove, id});
  return changes;
}

}  // namespace paxoscope::raft
