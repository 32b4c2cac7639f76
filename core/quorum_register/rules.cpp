#include "quorum_register/rules.h"

namespace paxoscope::quorum_register {

namespace {

constexpr const char* kAbd = "Attiya, Bar-Noy, Dolev 1995";
constexpr const char* kManyWriters = "Lynch, Shvartsman 1997";

constexpr RuleInfo kRules[] = {
    {"A1", "A read asks a quorum, takes the value with the highest timestamp, and stores it on a quorum before it returns it.",
     kAbd},
    {"A2", "A write asks a quorum for the highest timestamp and stores its value with the next one, which no other write has.",
     kManyWriters},
    {"A3", "Stores are ordered by timestamp, so repeats change nothing; an answer counts once, for the request it names.",
     kAbd},
    {"A4", "The quorum that is asked and the quorum that stores have a server in common.", kAbd},
};
static_assert(sizeof(kRules) / sizeof(kRules[0]) == static_cast<size_t>(Rule::count));

constexpr auto kSafety = SwitchKind::safety;
constexpr auto kLiveness = SwitchKind::liveness;

constexpr SwitchInfo kSwitches[] = {
    {"A1.highest", kSafety, "A read takes the value that it heard of last."},
    {"A1.write_back", kSafety, "A read returns what it found without storing it on a quorum."},
    {"A2.highest", kSafety, "A write asks nobody; it counts on from the timestamp that its own server holds."},
    {"A2.majority", kSafety, "A write is acknowledged once one server holds it."},
    {"A2.server", kSafety, "Timestamps do not name the server."},
    {"A2.incarnation", kSafety, "Timestamps do not name the start of the server."},
    {"A2.counter", kSafety, "Writes at the same start of a server are not told apart."},
    {"A2.start", kSafety, "A server asks and stores before its start is durable, so the next start may have the same name."},
    {"A2.durable", kSafety, "Stores are acknowledged before they are durable."},
    {"A3.order", kSafety, "The last store that arrives wins, whatever its timestamp."},
    {"A3.operation", kSafety, "An answer counts for whichever request waits for one of its kind."},
    {"A3.once", kSafety, "Each copy of an answer counts."},
    {"A3.resend", kLiveness, "What was lost is not sent again."},
    {"A4.intersect", kSafety, "Quorums of any sizes are taken, and half of the servers, rounded down, are a majority."},
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

}  // namespace paxoscope::quorum_register
