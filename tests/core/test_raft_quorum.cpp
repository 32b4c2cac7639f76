// Raft's pure functions: majorities, joint majorities, and changes of a membership.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <vector>

#include "raft/quorum.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

constexpr auto kVoter = ChangeKind::add_voter;
constexpr auto kLearner = ChangeKind::add_learner;
constexpr auto kRemove = ChangeKind::remove;

Servers some_servers(int most) {
  Servers servers;
  const int count = *rc::gen::inRange(0, most + 1);
  for (int i = 0; i < count; ++i) servers.add(*rc::gen::inRange<ServerId>(1, 12));
  return servers;
}

std::vector<Change> some_changes() {
  std::vector<Change> changes;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i)
    changes.push_back({static_cast<ChangeKind>(*rc::gen::inRange(0, 3)), *rc::gen::inRange<ServerId>(1, 9)});
  return changes;
}

Membership some_membership() {
  Membership m;
  m.voters = some_servers(5);
  m.voters.add(1);
  for (ServerId id : some_servers(3))
    if (!m.voters.contains(id)) m.learners.add(id);
  return m;
}

bool consistent(const Membership& m) {
  for (ServerId id : m.learners)
    if (m.votes(id)) return false;
  for (ServerId id : m.learners_next)
    if (!m.outgoing.contains(id) || m.voters.contains(id)) return false;
  return !m.voters.empty();
}

}  // namespace

TEST_SUITE("raft quorum") {
  TEST_CASE("the committed index is the one that a majority has reached") {
    struct Row {
      std::vector<uint64_t> reached;
      uint64_t committed;
    };
    for (const Row& row : {Row{{5}, 5}, Row{{5, 9}, 5}, Row{{1, 2, 3}, 2}, Row{{0, 0, 7}, 0}, Row{{4, 4, 9}, 4},
                           Row{{1, 2, 3, 4}, 2}, Row{{1, 2, 3, 4, 5}, 3}, Row{{0, 0, 8, 8, 8}, 8}}) {
      Servers voters;
      for (ServerId id = 1; id <= row.reached.size(); ++id) voters.add(id);
      CHECK(majority_reached(voters, [&](ServerId id) { return row.reached[id - 1]; }) == row.committed);
    }
    CHECK(majority_reached({}, [](ServerId) { return 3; }) == kNoVoters);
  }

  TEST_CASE("a joint membership commits what both majorities have reached") {
    const std::vector<uint64_t> reached = {9, 8, 1, 2, 3};
    const auto of = [&](ServerId id) { return reached[id - 1]; };
    CHECK(quorum_reached({.voters = {3, 4, 5}, .outgoing = {1, 2, 3}}, of) == 2);
    CHECK(quorum_reached({.voters = {1, 2, 3}, .outgoing = {3, 4, 5}}, of) == 2);
    CHECK(quorum_reached({.voters = {1, 2}, .outgoing = {1}}, of) == 8);
    CHECK(quorum_reached({.voters = {1, 2, 3}}, of) == 8);
  }

  TEST_CASE("an election is won, lost or open, and in a joint membership lost by either majority") {
    struct Row {
      const char* votes;
      VoteResult result;
    };
    for (const Row& row : {Row{"y", VoteResult::won}, Row{"n", VoteResult::lost}, Row{"y.", VoteResult::pending},
                           Row{"yn", VoteResult::lost}, Row{"yy.", VoteResult::won}, Row{"yn.", VoteResult::pending},
                           Row{"nn.", VoteResult::lost}, Row{"yy..", VoteResult::pending},
                           Row{"nn..", VoteResult::lost}, Row{"yynn.", VoteResult::pending}}) {
      CAPTURE(row.votes);
      Servers voters;
      for (ServerId id = 1; row.votes[id - 1] != 0; ++id) voters.add(id);
      CHECK(majority_vote(voters, [&](ServerId id) {
              return row.votes[id - 1] == 'y' ? Vote::yes : row.votes[id - 1] == 'n' ? Vote::no : Vote::missing;
            }) == row.result);
    }
    std::map<ServerId, Vote> votes;
    const auto of = [&](ServerId id) { return votes[id]; };
    const Membership joint{.voters = {1, 2, 3}, .outgoing = {3, 4, 5}};
    votes[1] = votes[2] = Vote::yes;
    CHECK(quorum_vote(joint, of) == VoteResult::pending);
    votes[4] = votes[5] = Vote::no;
    CHECK(quorum_vote(joint, of) == VoteResult::lost);
    votes[4] = votes[3] = Vote::yes;
    CHECK(quorum_vote(joint, of) == VoteResult::won);
  }

  TEST_CASE("committed indexes agree with counting, and joining a membership with itself changes nothing") {
    CHECK(rc::check("quorums", [] {
      Membership m;
      m.voters = some_servers(7);
      m.voters.add(3);
      std::map<ServerId, uint64_t> reached;
      std::map<ServerId, Vote> votes;
      for (ServerId id = 1; id < 12; ++id) {
        reached[id] = *rc::gen::inRange<uint64_t>(0, 6);
        votes[id] = static_cast<Vote>(*rc::gen::inRange(0, 3));
      }
      const auto of = [&](ServerId id) { return reached[id]; };
      const auto vote = [&](ServerId id) { return votes[id]; };
      const auto holders = [&](uint64_t index) {
        uint32_t count = 0;
        for (ServerId id : m.voters) count += reached[id] >= index ? 1 : 0;
        return count;
      };
      const uint64_t committed = quorum_reached(m, of);
      RC_ASSERT(holders(committed) >= majority(m.voters.size()));
      RC_ASSERT(holders(committed + 1) < majority(m.voters.size()));
      Membership twice = m;
      twice.outgoing = m.voters;
      RC_ASSERT(quorum_reached(twice, of) == committed);
      RC_ASSERT(quorum_vote(twice, vote) == quorum_vote(m, vote));
      Membership joint = m;
      joint.outgoing = some_servers(5);
      Membership other{.voters = joint.outgoing};
      RC_ASSERT(quorum_reached(joint, of) == std::min(committed, quorum_reached(other, of)));
    }));
  }
}

TEST_SUITE("raft membership") {
  TEST_CASE("a simple change touches one voter; a joint one any number, and keeps the outgoing majority") {
    const Membership three{.voters = {1, 2, 3}};
    const Change add4[] = {{kVoter, 4}};
    CHECK(simple_change(three, add4)->voters == Servers{1, 2, 3, 4});
    const Change swap[] = {{kVoter, 4}, {kRemove, 3}};
    CHECK(simple_change(three, swap).error().text.find("one voter at most") != std::string::npos);
    const Membership joint = *enter_joint(three, swap, true);
    CHECK(joint == Membership{.voters = {1, 2, 4}, .outgoing = {1, 2, 3}, .auto_leave = true});
    CHECK(*leave_joint(joint) == Membership{.voters = {1, 2, 4}});
    CHECK_FALSE(enter_joint(joint, add4, false));
    CHECK_FALSE(simple_change(joint, add4));
    CHECK_FALSE(leave_joint(three));
    const Change all[] = {{kRemove, 1}, {kRemove, 2}, {kRemove, 3}};
    CHECK(enter_joint(three, all, false).error().text == "the change would leave no voter");
  }

  TEST_CASE("a voter that becomes a learner goes on voting until the joint membership is left") {
    const Change demote[] = {{kLearner, 3}};
    const Membership joint = *enter_joint({.voters = {1, 2, 3}}, demote, false);
    CHECK(joint == Membership{.voters = {1, 2}, .outgoing = {1, 2, 3}, .learners_next = {3}});
    CHECK(*leave_joint(joint) == Membership{.voters = {1, 2}, .learners = {3}});
    const Change promote[] = {{kVoter, 3}};
    CHECK(*simple_change(*leave_joint(joint), promote) == Membership{.voters = {1, 2, 3}});
  }

  TEST_CASE("changes one by one lead to the same membership as jointly") {
    CHECK(rc::check("one by one", [] {
      const Membership start = some_membership();
      const std::vector<Change> changes = some_changes();
      Membership at = start;
      bool possible = true;
      for (const Change& change : changes) {
        const Result<Membership> next = simple_change(at, {&change, 1});
        if (!next) {
          possible = false;  // it would leave no voter in between
          break;
        }
        at = *next;
        RC_ASSERT(consistent(at));
      }
      const Result<Membership> joint = enter_joint(start, changes, false);
      if (possible) RC_ASSERT(joint.has_value());
      if (!joint) return;
      RC_ASSERT(consistent(*joint));
      RC_ASSERT(joint->outgoing == start.voters);
      if (possible) RC_ASSERT(*leave_joint(*joint) == at);
    }));
  }

  TEST_CASE("any two majorities on the way of a change meet") {
    CHECK(rc::check("majorities meet", [] {
      const Membership start = some_membership();
      const std::vector<Change> changes = some_changes();
      const Result<Membership> joint = enter_joint(start, changes, true);
      if (!joint) return;
      // Who says yes is drawn; if the joint membership is won by them, no others can win before or after.
      std::map<ServerId, bool> yes;
      for (ServerId id = 1; id < 12; ++id) yes[id] = *rc::gen::arbitrary<bool>();
      const auto us = [&](ServerId id) { return yes[id] ? Vote::yes : Vote::no; };
      const auto others = [&](ServerId id) { return yes[id] ? Vote::no : Vote::yes; };
      if (quorum_vote(*joint, us) != VoteResult::won) return;
      RC_ASSERT(quorum_vote(start, others) != VoteResult::won);
      RC_ASSERT(quorum_vote(*leave_joint(*joint), others) != VoteResult::won);
    }));
  }

  TEST_CASE("wanted voters become changes that lead there") {
    CHECK(rc::check("changes_to", [] {
      const Membership start = some_membership();
      Servers wanted = some_servers(5);
      wanted.add(2);
      const Membership end = *leave_joint(*enter_joint(start, changes_to(start, wanted), true));
      RC_ASSERT(end.voters == wanted);
    }));
  }

  TEST_CASE("there is room for so many servers and no more") {
    Membership m;
    for (ServerId id = 1; id <= kMaxServers; ++id) m.voters.add(id * 100);
    const Change more[] = {{kVoter, 7}};
    CHECK(simple_change(m, more).error().text.find("room for 16") != std::string::npos);
  }
}
