#include "omnipaxos/rules.h"

namespace paxoscope::omnipaxos {

namespace {

constexpr RuleInfo kRules[] = {
    {"B1", "A server that hears fewer than a quorum, itself included, neither elects nor is elected.",
     "Omni-Paxos §5.2"},
    {"B2", "Candidates are the ballots of quorum-connected servers; a ballot with n = 0 is never one.",
     "Omni-Paxos §5.2"},
    {"B3", "If every candidate is below the leader, the leader is gone or lost its quorum: raise the own ballot above "
           "it and lead.",
     "Omni-Paxos §5.2"},
    {"B4", "A candidate above the leader becomes the leader.", "Omni-Paxos §5.2"},
    {"B5", "A heartbeat reply never names the leader its sender follows.", "Omni-Paxos §2, §5"},
    {"P1", "Promise only ballots that are not below the promised one; the promise is durable before it leaves.",
     "Omni-Paxos §4; Paxos Made Simple §2.2"},
    {"P2", "A promise names its session and brings what the leader's log may lack.", "Omni-Paxos §4.1"},
    {"P3", "With a quorum of promises the leader adopts the log with the highest accepted ballot, then length.",
     "Omni-Paxos §4.1"},
    {"P4", "Each server that promised gets an AcceptSync that makes its log a prefix of the leader's.",
     "Omni-Paxos §4.1"},
    {"P5", "A follower takes an AcceptSync only once, in answer to its latest promise; nothing decided is cut.",
     "Omni-Paxos §4.1"},
    {"P6", "In phase accept a follower's log grows as a prefix of its leader's; entries are addressed by index.",
     "Omni-Paxos §4.1"},
    {"P7", "An entry is decided once a write quorum has durably accepted it in the leader's ballot.",
     "Omni-Paxos §4.1; Paxos Made Simple §2.2"},
    {"P8", "What may have been lost is sent again by a timer.", "Omni-Paxos §4.1"},
    {"P9", "A message of a lower ballot is answered with the promised one; the refused leader stops.",
     "Omni-Paxos §4, §5"},
    {"P10", "A restarted server asks for a Prepare and does not lead with an old ballot.", "Omni-Paxos §4.1"},
    {"P11", "A proposal at a follower is forwarded to the leader; without a promised ballot it waits.",
     "Omni-Paxos §4"},
    {"F1", "A leader appends an attempt only if it is tagged with the leader's ballot.", "Paxoscope, the shadow log"},
    {"F2", "A leader appends a proposer's attempts in order, without gaps and without repeats.", "Paxoscope, the shadow log"},
    {"F3", "An attempt is resolved when the decided index passes its index.", "Paxoscope, the shadow log"},
    {"F4", "An attempt is cancelled when a later one of its proposer is decided before it.", "Paxoscope, the shadow log"},
    {"F5", "An attempt is cancelled when a higher ballot's synced log, without it, is accepted by a quorum.",
     "Paxoscope, the shadow log"},
    {"F6", "An AcceptSync only moves an attempt: it is in the synced log, or it waits again.", "Paxoscope, the shadow log"},
    {"F7", "A restart ends the futures of the old incarnation; their outcome is unknown.", "Paxoscope, the shadow log"},
    {"F8", "What is gone of the log leaves a record of each attempt that its proposer may still ask for.",
     "Paxoscope, the shadow log"},
    {"F9", "A server without a path to the leader has its proposals passed on, and their end reported, by one with a path.",
     "Paxoscope, the shadow log"},
    {"C1", "A decided stop-sign seals its configuration; the log of the next one continues its index.",
     "Omni-Paxos §6"},
    {"C2", "A message of a sealed configuration is answered with what came after it.", "Omni-Paxos §6"},
    {"C3", "Whoever has decided the stop-sign tells the members of the next configuration until they are complete.",
     "Omni-Paxos §6"},
    {"C4", "A server without the sealed log pulls it in segments from all donors at once, from its decided index on.",
     "Omni-Paxos §6.1"},
    {"C5", "The next configuration runs once a quorum of it has the log; until then the removed servers stay.",
     "Omni-Paxos §6"},
    {"C6", "A stop-sign may name the first leader's complete ballot; every member starts with it promised and accepted.",
     "Omni-Paxos §6"},
    {"C7", "A server takes no part in a configuration before it holds the whole sealed log.", "Omni-Paxos §6"},
    {"C8", "A server that returns without its disk gets a new id.", "Omni-Paxos §6"},
};
static_assert(sizeof(kRules) / sizeof(kRules[0]) == static_cast<size_t>(Rule::count));

constexpr auto kSafety = SwitchKind::safety;
constexpr auto kLiveness = SwitchKind::liveness;

constexpr SwitchInfo kSwitches[] = {
    {"B1.quorum", kLiveness, "A server calls itself quorum-connected whatever it hears."},
    {"B3.raise", kLiveness, "Nobody raises a ballot when the leader is gone."},
    {"B5.gossip", kLiveness, "Heartbeat replies name the leader that their sender follows, and it is believed."},
    {"P1.order", kSafety, "Promises are given to lower ballots too."},
    {"P1.durable", kSafety, "A promise leaves before it is durable."},
    {"P2.incarnation", kSafety, "Sessions are counted anew after a restart."},
    {"P3.order", kSafety, "The longest log is adopted, whatever its ballot."},
    {"P3.accepted", kSafety, "Adoption does not set the leader's own accepted ballot."},
    {"P4.atmost", kSafety, "The sync index may reach into entries appended after the adoption."},
    {"P5.session", kSafety, "An AcceptSync that answers an older promise is taken."},
    {"P5.phase", kSafety, "An AcceptSync is taken again after it was taken."},
    {"P5.decided", kSafety, "An AcceptSync sets the decided index, also back."},
    {"P6.phase", kSafety, "An Accept is taken before the AcceptSync of its ballot."},
    {"P7.own", kSafety, "The leader counts itself before its write is durable."},
    {"P7.own-ballot", kSafety, "The leader counts its durable log although an older ballot accepted it."},
    {"P7.clip", kSafety, "The decided index may pass the own durable log."},
    {"P7.phase", kSafety, "A Decide is taken before the AcceptSync of its ballot."},
    {"P7.first", kLiveness, "A ballot's first quorum is announced only if the decided index grew."},
    {"P9.promise", kLiveness, "The election ignores the own promise."},
    {"P9.refusal", kLiveness, "The election ignores a refusal whose owner is not heard."},
    {"P9.heard", kLiveness, "A refusal reaches the election although the ballot's owner is heard."},
    {"F1.tag", kSafety, "A leader appends attempts tagged with an older ballot."},
    {"F1.only-tells", kSafety, "A proposer takes Rejected for a cancellation."},
    {"F2.gap", kSafety, "A leader appends an attempt although an earlier one is missing."},
    {"F2.repeat", kSafety, "A repeated forward is appended again."},
    {"F2.incarnation", kSafety, "Attempts of an older incarnation are appended."},
    {"F4.tag", kSafety, "A later attempt with a lower tag cancels too."},
    {"F5.sync", kSafety, "An AcceptSync without the attempt cancels it at once."},
    {"F5.field", kSafety, "A decided index that travels counts as the decision of the sync."},
    {"F5.own", kSafety, "A leader cancels its own attempts when it adopts a log without them."},
    {"F8.mark", kSafety, "A proposer's mark moves past attempts that are not settled."},
    {"F8.records", kSafety, "A snapshot keeps no records of single attempts."},
    {"F8.last", kSafety, "A snapshot keeps a proposer's last counter, whatever its tag."},
    {"F8.merge", kSafety, "A delta's rows and records do not replace those that were there."},
    {"F9.tag", kSafety, "A relay tags what it passes on with its own ballot, whatever tag it had."},
    {"F9.certain", kSafety, "A relay reports what its log holds as decided, and what it lacks as cancelled."},
    {"C1.decided", kSafety, "An accepted stop-sign starts the next configuration."},
    {"C4.pull", kSafety, "A new member keeps its log beyond its decided index and pulls only what comes after."},
    {"C4.donate", kSafety, "A donor gives entries that it does not know decided."},
    {"C5.quorum", kSafety, "A removed server stops when one member of the next configuration is complete."},
    {"C6.all", kSafety, "Members start a configuration with a named leader without its promise."},
    {"C6.once", kSafety, "A named leader leads its ballot again after a restart."},
    {"C7.whole", kSafety, "A member starts the next configuration without the sealed log."},
    {"P3.intersect", kSafety, "Prepare and write quorums may be so small that they miss each other."},
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

}  // namespace paxoscope::omnipaxos
