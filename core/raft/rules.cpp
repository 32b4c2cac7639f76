#include "raft/rules.h"

namespace paxoscope::raft {

namespace {

constexpr RuleInfo kRules[] = {
    {"R1", "A server votes once per term; term and vote are durable before a vote request or an answer leaves.",
     "Raft §5.2"},
    {"R2", "Votes go only to a log at least as up to date: last term, then length.", "Raft §5.4.1"},
    {"R3", "A follower takes entries only behind one that agrees with the leader's, and cuts only what conflicts.",
     "Raft §5.3"},
    {"R4", "Entries are durable before they are acknowledged; a server counts itself by its flushed length.",
     "Raft §5.3; dissertation §10.2.1"},
    {"R5", "Only an entry of the own term is committed by counting; a no-op opens each term.", "Raft §5.4.2, §8"},
    {"R6", "A follower's commit index follows the leader's, up to what it surely shares with it.", "Raft §5.3"},
    {"R7", "A change of the membership needs both majorities, and one change is committed before the next.",
     "Raft §6; dissertation §4"},
    {"R8", "Before a campaign a server asks whether it could win, without raising its term.", "dissertation §9.6"},
    {"R9", "A leader that hears no majority steps down; who hears a leader does not vote.", "dissertation §4.2.3, §6.2"},
    {"R10", "Learners receive the log and have no say; they are promoted once they have caught up.",
     "dissertation §4.2.1"},
    {"R11", "A leader hands over by bringing a server up to date and telling it to campaign at once.",
     "dissertation §3.10"},
    {"R12", "A read waits until the leader has shown that it still leads, and sees all that was committed before.",
     "Raft §8; dissertation §6.4"},
    {"R13", "Committed entries may be replaced by a snapshot, which also brings a follower that lacks them up to date.",
     "Raft §7; dissertation §5"},
    {"R14", "Sessions inside the state machine let a repeated command take effect once.", "Raft §8; dissertation §6.3"},
    {"R15", "Proposals reach the leader; entries flow in a window, and what was lost is noticed and sent again.",
     "Raft §5.3; dissertation §6.2, §10.2"},
    {"R16", "A cluster starts from one server; a new server's id is the index of a committed entry.",
     "dissertation §4.4, §6.1"},
};
static_assert(sizeof(kRules) / sizeof(kRules[0]) == static_cast<size_t>(Rule::count));

constexpr auto kSafety = SwitchKind::safety;
constexpr auto kLiveness = SwitchKind::liveness;

constexpr SwitchInfo kSwitches[] = {
    {"R1.once", kSafety, "A server votes for whoever asks, also twice in a term."},
    {"R1.durable", kSafety, "Vote requests and answers leave before term and vote are durable."},
    {"R2.uptodate", kSafety, "Votes go to any log."},
    {"R3.previous", kSafety, "Entries are taken without looking at the one before them."},
    {"R3.conflict", kSafety, "Each message cuts the log behind its entries, whether they conflict or not."},
    {"R4.durable", kSafety, "Entries are acknowledged before they are durable."},
    {"R4.own", kSafety, "The leader counts itself before its write is durable."},
    {"R4.number", kSafety, "A write that is done acknowledges whatever stands at its place by now."},
    {"R5.term", kSafety, "Entries of older terms are committed by counting."},
    {"R5.noop", kLiveness, "A new leader appends nothing of its own."},
    {"R6.last_new", kSafety, "A follower commits as far as the leader's index, whatever its log holds there."},
    {"R6.heartbeat", kSafety, "Heartbeats carry the leader's commit index, also beyond what the follower shares."},
    {"R7.joint", kSafety, "Any change takes effect in one step."},
    {"R7.one", kSafety, "A change may be proposed while another one is not committed."},
    {"R7.own_term", kSafety, "A leader may change the membership before it has committed anything in its term."},
    {"R7.restore", kSafety, "A membership stays in effect after its entry was cut from the log."},
    {"R7.members", kSafety, "A leader counts itself although it is no member any more."},
    {"R7.step_down", kLiveness, "A removed leader goes on leading."},
    {"R7.removed", kLiveness, "A server that a change removes does not campaign, also before that is committed."},
    {"R8.prevote", kLiveness, "Campaigns begin without asking."},
    {"R9.quorum", kLiveness, "A leader goes on although it hears no majority."},
    {"R9.sticky", kLiveness, "Servers vote for others although they hear a leader."},
    {"R9.free", kLiveness, "A leader of an older term is not told of the newer one."},
    {"R10.caught_up", kLiveness, "Learners are promoted before they have the log."},
    {"R10.vote", kLiveness, "A server that takes itself for a learner does not vote."},
    {"R11.abort", kLiveness, "A leader waits for ever for the one that it hands over to."},
    {"R11.lease", kSafety, "Leases count while the lead is handed over."},
    {"R12.round", kSafety, "A read counts answers to heartbeats that were sent before it."},
    {"R12.term", kSafety, "A new leader answers reads before it has committed in its term."},
    {"R12.send", kSafety, "A lease counts from when the answers arrive."},
    {"R12.drift", kSafety, "A lease lasts as if all clocks ran alike."},
    {"R13.commit", kSafety, "A snapshot is taken although it is older than the commit index."},
    {"R15.window", kLiveness, "Entries that were sent and lost are not sent again."},
};
static_assert(sizeof(kSwitches) / sizeof(kSwitches[0]) == static_cast<size_t>(Switch::count));
static_assert(static_cast<size_t>(Switch::count) <= 64);

}  // namespace

std::span<const RuleInfo> rules() { return kRules; }
std::span<const SwitchInfo> switches() { return kSwitches; }

std::optional<Switch> find_switch(std::string_view id) {
  for (size_t i = 0; i < static_cast<size_t>(Switch::count); ++i)
    if (id == kSwitches[i].id) return static_cast<Switch>(i);
  return std::nullopt;
}

}  // namespace paxoscope::raft
