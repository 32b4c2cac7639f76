#include "check/checker.h"

namespace paxoscope {

const CheckInfo& check_info(CheckId id) {
  static constexpr CheckInfo kChecks[] = {
      {"decided-agree", "Decided logs agree"},
      {"decided-grow", "Decided indexes never go back"},
      {"decided-once", "No proposal is decided twice"},
      {"decided-proposed", "What is decided was proposed"},
      {"decided-durable", "Decided entries are durable"},
      {"one-leader", "One leader per ballot"},
      {"leader-complete", "A leader's log holds all that is decided"},
      {"promises-grow", "Promises never go back"},
      {"facts-hold", "Steps find what rules guarantee"},
      {"sealed-kept", "Servers leave only when a quorum of the next ones has the log"},
      {"snapshots-agree", "Snapshots are what the log adds up to"},
      {"resolved-decided", "What a future says is decided is decided there"},
      {"cancelled-never", "What was cancelled is never decided"},
      {"applied-once", "No operation takes effect twice"},
      {"stores-agree", "State machines are what the log adds up to"},
      {"reads-fresh", "A read sees all that was decided when it was asked"},
      {"stamps-unique", "No two writes share a timestamp"},
      {"stamps-grow", "Timestamps never go back"},
      {"acknowledged-held", "Writes are on a quorum's disks"},
      {"stamps-ordered", "Nothing older is seen later"},
      {"linearizable", "One order explains what clients saw"},
  };
  static_assert(sizeof(kChecks) / sizeof(kChecks[0]) == kCheckCount);
  return kChecks[static_cast<size_t>(id)];
}

bool applies(CheckId id, const ProtocolTraits& traits) {
  switch (id) {
    case CheckId::decided_once: return traits.has_log && traits.decides_once;
    case CheckId::reads_fresh: return traits.reads_beside_log;
    case CheckId::stamps_unique:
    case CheckId::stamps_grow:
    case CheckId::acknowledged_held:
    case CheckId::stamps_ordered: return !traits.has_log;
    case CheckId::facts_hold:
    case CheckId::linearizable: return true;
    default: return traits.has_log;
  }
}

std::string entry_words(const Command& command) {
  return command.label().empty() ? "an entry without a command" : std::string(command.label());
}

}  // namespace paxoscope
