// Invariants of a replicated log, or of registers, checked after every event and only where something changed. A value: copy it with the
// world it watches.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/shared_map.h"
#include "base/text.h"
#include "check/live_history.h"
#include "check/register_checks.h"
#include "sim/key_value.h"
#include "sim/observation.h"
#include "sim/world.h"
#include "storage/memory_sequence.h"

namespace paxoscope {

enum class CheckId : uint8_t {
  decided_agree,
  decided_grow,
  decided_once,
  decided_proposed,
  decided_durable,
  one_leader,
  leader_complete,
  promises_grow,
  facts_hold,
  sealed_kept,
  snapshots_agree,
  resolved_decided,
  cancelled_never,
  applied_once,
  stores_agree,
  reads_fresh,
  stamps_unique,
  stamps_grow,
  acknowledged_held,
  stamps_ordered,
  linearizable,
  count
};

struct CheckInfo {
  const char* id;
  const char* name;  ///< for a person
};

/// Position = CheckId.
const CheckInfo& check_info(CheckId id);
/// The command, or what is said of an entry that is not a client's.
std::string entry_words(const Command& command);
inline constexpr size_t kCheckCount = static_cast<size_t>(CheckId::count);
/// Whether the check has a sense for such a protocol.
bool applies(CheckId id, const ProtocolTraits& traits);

/// Watches one world. Call after_event after every event, in order.
template <class Protocol>
class Checker {
 public:
  static constexpr size_t kMaxViolations = 16;

  /// `live`: the history is looked at after every event; otherwise only by at_end.
  explicit Checker(const World<Protocol>& world, bool live = true)
      : seen_(world.hosts().size()), registers_(world.hosts().size()), traits_(world.protocol().kTraits), live_(live) {
    // A server alone has decided before anything happened.
    for (size_t i = 0; i < seen_.size(); ++i) check_server(world, world.hosts()[i], seen_[i]);
  }

  void after_event(const World<Protocol>& world);
  /// Looks at the whole history at once.
  void at_end(const World<Protocol>& world, const LinearizabilityBudget& budget) {
    if (history_.look_back(world.history(), applied_, budget)) report(CheckId::linearizable, history_.text(), history_.events());
  }
  const LiveHistory& history() const { return history_; }
  /// Where each client's operation took effect, by operation_key.
  const SharedMap& applied() const { return applied_; }

  bool violated() const { return !violations_.empty(); }
  const std::vector<Violation>& violations() const { return violations_; }
  /// The decided log, as far as anybody has learned it: what no server needs to know.
  LogIndex chosen_length() const { return chosen_.length(); }
  const Command& chosen_command(LogIndex index) const { return chosen_.at(index).command; }
  uint32_t leader_changes() const { return leaders_.empty() ? 0 : static_cast<uint32_t>(leaders_.size()) - 1; }
  std::vector<CheckView> describe() const;

 private:
  /// Ballots are counted within a configuration.
  using Place = std::pair<ConfigurationId, Ballot>;
  struct Chosen {
    Command command;
    uint64_t identity;  ///< of the entry; 0: nobody held it when it was called decided
    uint64_t event;  ///< when somebody first decided it
    uint64_t digest; ///< of the state that the entries up to this one add up to
    Place ballot;    ///< what that server had promised then: the entry was chosen in it or before
  };
  struct Seen {
    Place promised;
    uint64_t promised_event = 0;
    LogIndex decided = 0;        ///< durable
    LogIndex compared = 0;       ///< decided entries compared with the chosen log
    LogIndex snapshot = 0;       ///< snapshots compared with what their entries add up to
    LogIndex applied = 0;        ///< stores compared likewise
    uint64_t decided_event = 0;
    Place leads;
    ConfigurationId left = 0;    ///< it was removed at the end of this one and takes itself for free to stop
  };
  struct Led {
    ServerId server;
    uint64_t event;
  };

  void check_server(const World<Protocol>& world, const typename World<Protocol>::Host& host, Seen& seen);
  void check_decided(const World<Protocol>& world, const typename World<Protocol>::Host& host, LogIndex decided,
                     Seen& seen);
  void check_snapshot(const World<Protocol>& world, const typename World<Protocol>::Host& host, Seen& seen);
  void choose(const World<Protocol>& world, const typename World<Protocol>::Host& host, LogIndex index);
  void check_settled(const World<Protocol>& world);
  void check_chosen(const World<Protocol>& world, const typename World<Protocol>::Host& host, LogIndex index,
                    const Command& command);
  void check_store(const World<Protocol>& world, const typename World<Protocol>::Host& host, Seen& seen);
  void check_leader(const World<Protocol>& world, const typename World<Protocol>::Host& host, const Place& ballot);
  void check_leaving(const World<Protocol>& world, const typename World<Protocol>::Host& host, Seen& seen);
  void check_kept(const World<Protocol>& world, const typename World<Protocol>::Host& host, ServerSet members, LogIndex index,
                  uint64_t identity, const std::string& what);
  uint32_t durable_holders(const World<Protocol>& world, ServerSet members, LogIndex index, uint64_t identity) const;
  void check_reads(const World<Protocol>& world);
  void check_registers(const World<Protocol>& world, const typename World<Protocol>::Host& host);
  void check_ends(const World<Protocol>& world);
  void report_fact(const World<Protocol>& world, ServerId server, const Probe& probe) {
    report(CheckId::facts_hold, concat("at ", server_label(server), " this no longer holds: ", probe.broken_fact), {world.event()});
  }
  void report_registers() {
    for (RegisterChecks::Problem& problem : registers_.take())
      report(static_cast<CheckId>(static_cast<size_t>(CheckId::stamps_unique) + static_cast<size_t>(problem.check)),
             std::move(problem.text), std::move(problem.events));
  }
  void report(CheckId check, std::string text, std::vector<uint64_t> events) {
    if (violations_.size() >= kMaxViolations) return;
    violations_.push_back({check_info(check).id, std::move(text), std::move(events)});
  }
  static const typename World<Protocol>::Durable* storage_of(const typename World<Protocol>::Host& host) {
    return host.server ? &Protocol::storage(*host.server) : &host.disk.content();
  }
  static const typename World<Protocol>::Durable* disk_of(const World<Protocol>& world,
                                                          const typename World<Protocol>::Host& host) {
    return world.config().disk.max_us == 0 ? storage_of(host) : &host.disk.content();
  }

  std::vector<Seen> seen_;
  RegisterChecks registers_;     ///< where there is no log
  MemorySequence<Chosen> chosen_;
  std::map<Place, Led> leaders_;
  KeyValues state_;              ///< what the chosen commands add up to
  SharedMap decided_;            ///< by Command::identity: index
  SharedMap decided_attempts_;   ///< by AttemptName::key: index
  SharedMap cancelled_attempts_; ///< by AttemptName::key: event
  SharedMap applied_;            ///< by operation_key: AppliedAt
  uint64_t resolved_ = 0;
  ProtocolTraits traits_;
  bool live_;
  LiveHistory history_;
  std::vector<Violation> violations_;
};

template <class Protocol>
void Checker<Protocol>::after_event(const World<Protocol>& world) {
  const ServerId touched = world.touched();
  if (touched == 0) return;
  for (size_t i = 0; i < seen_.size(); ++i)
    if (world.hosts()[i].id == touched) check_server(world, world.hosts()[i], seen_[i]);
  check_settled(world);
  if (traits_.reads_beside_log) check_reads(world);
  if (!traits_.has_log) check_ends(world);
  if (live_ && history_.look(world.history())) report(CheckId::linearizable, history_.text(), history_.events());
}

template <class Protocol>
void Checker<Protocol>::check_server(const World<Protocol>& world, const typename World<Protocol>::Host& host,
                                     Seen& seen) {
  if (host.state_lost) {
    seen = Seen{};
    registers_.forget(static_cast<size_t>(&seen - seen_.data()));
    return;
  }
  const std::string name = server_label(host.id);
  if (!traits_.has_log) return check_registers(world, host);
  const Probe durable = Protocol::probe(*disk_of(world, host));
  const Place promised{durable.configuration, durable.promised};
  if (durable.configuration != 0 && promised < seen.promised) {
    report(CheckId::promises_grow, name + " went back on a promise it had given", {seen.promised_event, world.event()});
  } else if (seen.promised < promised) {
    seen.promised_event = world.event();
    seen.promised = promised;
  }
  if (durable.decided < seen.decided)
    report(CheckId::decided_grow,
           concat("the decided index of ", name, " went back from ", seen.decided, " to ", durable.decided),
           {seen.decided_event, world.event()});
  if (durable.decided > seen.decided) seen.decided_event = world.event();
  seen.decided = durable.decided;
  if (!host.server) {
    seen.leads = Place{};
    return;
  }
  const Probe probe = Protocol::probe(*host.server);
  if (probe.broken_fact != nullptr)
    report_fact(world, host.id, probe);
  check_decided(world, host, probe.decided, seen);
  check_snapshot(world, host, seen);
  check_store(world, host, seen);
  const Place leads{probe.leads ? probe.configuration : 0, probe.leads};
  if (leads != seen.leads) {
    seen.leads = leads;
    if (probe.leads) check_leader(world, host, leads);
  }
  check_leaving(world, host, seen);
}

/// C5: the sealed log outlives the servers that leave.
template <class Protocol>
void Checker<Protocol>::check_leaving(const World<Protocol>& world, const typename World<Protocol>::Host& host,
                                      Seen& seen) {
  if (!Protocol::may_stop(*host.server)) {
    seen.left = 0;
    return;
  }
  const auto quorum = Protocol::stop_quorum(*host.server);
  if (seen.left == quorum.configuration) return;
  seen.left = quorum.configuration;
  uint32_t holders = 0;
  for (const auto& other : world.hosts())
    if (contains(quorum.members, other.id) && Protocol::holds_sealed(*disk_of(world, other), quorum.configuration))
      ++holders;
  if (holders < quorum.count)
    report(CheckId::sealed_kept,
           concat(server_label(host.id), " may stop, but only ", holders, " of the ", quorum.count,
                   " members needed hold the log of configuration ", quorum.configuration),
           {world.event()});
}

template <class Protocol>
void Checker<Protocol>::check_decided(const World<Protocol>& world, const typename World<Protocol>::Host& host,
                                      LogIndex decided, Seen& seen) {
  if (decided < seen.compared) seen.compared = decided;
  while (seen.compared < decided) {
    const LogIndex index = ++seen.compared;
    if (index > chosen_.length()) {
      choose(world, host, index);
      continue;
    }
    const Command* command = Protocol::command_at(*host.server, index);
    if (command == nullptr) continue;  // trimmed: compared when it was decided here
    const Chosen& chosen = chosen_.at(index);
    if (Protocol::entry_identity(Protocol::storage(*host.server), index) != chosen.identity)
      report(CheckId::decided_agree,
             server_label(host.id) + " decided " + entry_words(*command) + " at index " + std::to_string(index) +
                 ", where another command was decided before",
             {chosen.event, world.event()});
  }
}

/// A snapshot is what the decided commands up to its index add up to.
template <class Protocol>
void Checker<Protocol>::check_snapshot(const World<Protocol>& world, const typename World<Protocol>::Host& host,
                                       Seen& seen) {
  const auto found = Protocol::snapshot_of(Protocol::storage(*host.server));
  if (found.index == seen.snapshot || found.state == nullptr) return;
  seen.snapshot = found.index;
  if (found.index > chosen_.length()) {
    report(CheckId::snapshots_agree, concat("the snapshot of ", server_label(host.id),
                                             " reaches past what was decided"),
           {world.event()});
    return;
  }
  if (found.state->digest == chosen_.at(found.index).digest) return;
  report(CheckId::snapshots_agree,
         concat("the snapshot of ", server_label(host.id), " up to ", found.index,
                 " is not what the decided commands add up to"),
         {chosen_.at(found.index).event, world.event()});
}

/// A server is the first to call entry `index` decided.
template <class Protocol>
void Checker<Protocol>::choose(const World<Protocol>& world, const typename World<Protocol>::Host& host,
                               LogIndex index) {
  const Command* command = Protocol::command_at(*host.server, index);
  const Probe probe = Protocol::probe(*host.server);
  const auto quorum = Protocol::write_quorum(world.config(), *host.server, index);
  // A server that has gone on to the next configuration no longer tells under which ballot it learned this.
  const Ballot highest{UINT32_MAX, UINT32_MAX, UINT32_MAX};
  const Place seen_ballot{quorum.configuration, probe.configuration == quorum.configuration ? probe.promised : highest};
  if (command == nullptr) {
    report(CheckId::decided_agree,
           concat(server_label(host.id), " calls index ", index, " decided but holds no entry there"),
           {world.event()});
    chosen_.append({{}, 0, world.event(), state_.digest, seen_ballot});
    return;
  }
  const std::string what = entry_words(*command) + " at index " + std::to_string(index);
  const bool proposed = command->client == 0 ? true
                                             : command->client <= world.clients().size() &&
                                                   command->number <= world.clients()[command->client - 1].number;
  if (!proposed)
    report(CheckId::decided_proposed, concat(server_label(host.id), " decided ", what, ", which nobody proposed"),
           {world.event()});
  check_chosen(world, host, index, *command);
  const uint64_t identity = Protocol::entry_identity(Protocol::storage(*host.server), index);
  for (const auto& [members, count] : {std::pair(quorum.members, quorum.count), std::pair(quorum.outgoing, quorum.outgoing_count)})
    if (const uint32_t holders = durable_holders(world, members, index, identity); holders < count)
      report(CheckId::decided_durable,
             server_label(host.id) + " decided " + what + ", but only " + std::to_string(holders) + " of the " +
                 std::to_string(count) + " servers needed hold it durably",
             {world.event()});
  if constexpr (requires(const typename Protocol::Durable& disk) { Protocol::up_to_date(disk, disk); })
    if (traits_.leader_per_number && quorum.outgoing == 0) check_kept(world, host, quorum.members, index, identity, what);
  chosen_.append({*command, identity, world.event(), state_.digest, seen_ballot});
}

/// Votes go by logs: of the same members nobody who lacks a decided entry could win, were it to campaign now.
template <class Protocol>
void Checker<Protocol>::check_kept(const World<Protocol>& world, const typename World<Protocol>::Host& host, ServerSet members,
                                   LogIndex index, uint64_t identity, const std::string& what) {
  for (const auto& candidate : world.hosts()) {
    const auto& own = *storage_of(candidate);
    if (index <= trimmed_to<Protocol>(own) || Protocol::entry_identity(own, index) == identity) continue;
    if (!contains(members, candidate.id) || Protocol::members(own) != members) continue;
    uint32_t votes = 0;
    for (const auto& voter : world.hosts())
      votes += contains(members, voter.id) && Protocol::up_to_date(own, *disk_of(world, voter)) ? 1 : 0;
    if (votes <= count_of(members) / 2) continue;
    report(CheckId::leader_complete,
           server_label(host.id) + " decided " + what + ", but " + server_label(candidate.id) +
               " lacks it and could be elected",
           {world.event()});
    return;
  }
}

template <class Protocol>
uint32_t Checker<Protocol>::durable_holders(const World<Protocol>& world, ServerSet members, LogIndex index,
                                            uint64_t identity) const {
  uint32_t holders = 0;
  for (const auto& host : world.hosts()) {
    if (!contains(members, host.id)) continue;
    const auto* disk = disk_of(world, host);
    // A trimmed entry was durable everywhere before it was trimmed.
    if (index <= trimmed_to<Protocol>(*disk) || Protocol::entry_identity(*disk, index) == identity) ++holders;
  }
  return holders;
}

template <class Protocol>
void Checker<Protocol>::check_leader(const World<Protocol>& world, const typename World<Protocol>::Host& host,
                                     const Place& ballot) {
  Place counted = ballot;
  const bool per_number = world.protocol().kTraits.leader_per_number;
  if (per_number) counted.second = {ballot.second.n, 0, 0};
  const auto [led, fresh] = leaders_.try_emplace(counted, Led{host.id, world.event()});
  if (!fresh)
    report(CheckId::one_leader,
           server_label(host.id) + " leads with a " + traits_.epoch_word + " that " + server_label(led->second.server) + " has led with",
           {led->second.event, world.event()});
  for (LogIndex index = 1; index <= chosen_.length(); ++index) {
    const auto& storage = Protocol::storage(*host.server);
    const bool trimmed = index <= trimmed_to<Protocol>(storage);
    // A leader that comes late, while a higher ballot decides, need not know what that one decided.
    if (chosen_.at(index).ballot >= ballot) continue;
    if (trimmed || Protocol::entry_identity(storage, index) == chosen_.at(index).identity) continue;
    report(CheckId::leader_complete,
           concat("the log of the new leader ", server_label(host.id), " lacks the decided entry at index ", index),
           {chosen_.at(index).event, world.event()});
    return;
  }
}

template <class Protocol>
std::vector<CheckView> Checker<Protocol>::describe() const {
  std::vector<CheckView> views;
  for (size_t i = 0; i < kCheckCount; ++i) {
    const CheckInfo& info = check_info(static_cast<CheckId>(i));
    if (!applies(static_cast<CheckId>(i), traits_)) continue;
    CheckView view{info.id, info.name, {}, true, {}};
    switch (static_cast<CheckId>(i)) {
      case CheckId::decided_agree:
      case CheckId::decided_grow:
        view.detail = concat(seen_.size(), " logs");
        break;
      case CheckId::one_leader:
        view.name = std::string("One leader per ") + traits_.epoch_word;
        [[fallthrough]];
      case CheckId::leader_complete:
        view.detail = std::to_string(leaders_.size()) + " " + traits_.epoch_word + (leaders_.size() == 1 ? "" : "s");
        break;
      case CheckId::resolved_decided:
        view.detail = concat(resolved_, resolved_ == 1 ? " future" : " futures");
        break;
      case CheckId::linearizable:
        view.detail = concat(history_.operations(), history_.operations() == 1 ? " operation" : " operations");
        if (history_.verdict() == Linearizable::undecided) view.detail += ", some undecided";
        break;
      case CheckId::stamps_unique:
        view.detail = concat(registers_.writes(), registers_.writes() == 1 ? " write" : " writes");
        break;
      case CheckId::acknowledged_held:
      case CheckId::stamps_ordered:
        view.detail = concat(registers_.ended(), registers_.ended() == 1 ? " operation" : " operations");
        break;
      case CheckId::stamps_grow:
      case CheckId::stores_agree:
      case CheckId::promises_grow:
      case CheckId::facts_hold:
        view.detail = concat(seen_.size(), " servers");
        break;
      default:
        view.detail = concat(chosen_.length(), chosen_.length() == 1 ? " entry" : " entries");
        break;
    }
    for (const Violation& violation : violations_)
      if (violation.check == info.id && view.holds) {
        view.holds = false;
        view.text = violation.text;
      }
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace paxoscope

#include "check/checker_futures.h"
