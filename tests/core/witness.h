// What happened on a bench, seen from outside: what was ever durable with an accepted ballot, hence what is
// chosen, whoever knows of it; and everything that this makes wrong.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "char_state.h"
#include "omnipaxos/omnipaxos.h"

namespace paxoscope::bench {

using namespace omnipaxos;

using Server = OmniPaxos<char>;
using Disk = Server::StorageType;

/// What can go wrong, as bits.
enum Wrong : uint32_t {
  kDecidedDiffers = 1,    ///< two entries were called decided at one index
  kChosenDiffers = 2,     ///< two entries were durably accepted by a quorum at one index
  kDecidedNotChosen = 4,  ///< an entry was called decided that no quorum accepted in one ballot
  kDecidedBack = 8,       ///< a server's decided index went back; in a crash, the durable one
  kCancelledChosen = 16,  ///< a proposal was cancelled, and a quorum accepted it
  kChosenTwice = 32,      ///< one proposal stands at two chosen indexes
  kLeaderLacks = 64,      ///< a leader adopted a log without an entry chosen in a lower ballot
  kBrokenFact = 128,      ///< a step found what the rules exclude
  kHole = 256,            ///< a decided index beyond the own log
  kSnapshotDiffers = 512, ///< a snapshot is not the sum of what is decided
};

class Witness {
 public:
  explicit Witness(size_t servers) : servers_(servers) {}

  uint32_t wrongs() const { return wrong_; }
  const std::string& what() const { return what_; }
  bool is_cancelled(char entry) const { return cancelled_.count(entry) != 0; }
  bool is_resolved(char entry) const { return resolved_.count(entry) != 0; }

  /// A server starts with what its disk holds.
  void started(ServerId id, const Disk& disk) {
    seen_[id].leads = {};
    seen_[id].most_decided = disk.state.values().decided;
  }
  void settled(char entry, Outcome outcome) {
    (outcome == Outcome::cancelled ? cancelled_ : resolved_).insert(entry);
  }
  void see_cancelled() {
    for (char entry : cancelled_)
      for (const auto& [index, in_ballots] : chosen_)
        if (chosen_at(index, entry))
          report(kCancelledChosen, std::string(1, entry) + " was cancelled and is chosen");
  }
  /// What is durable with an accepted ballot, ever, counts as accepted in it.
  void see_disk(ServerId id, const Disk& disk) {
    const LogIndex decided = disk.state.values().decided;
    if (decided < seen_[id].durably_decided) report(kDecidedBack, "a durable decided index went back");
    seen_[id].durably_decided = decided;
    const Ballot accepted = disk.state.values().accepted;
    if (!accepted) return;
    for (LogIndex index = disk.log.trimmed_to() + 1; index <= disk.log.length(); ++index) {
      const char entry = disk.log.at(index);
      ServerSet& holders = holders_[{accepted, index, entry}];
      holders |= server_bit(id);
      if (count_of(holders) < servers_ / 2 + 1) continue;
      chosen_[index].insert({accepted, entry});
      for (const auto& [b, other] : chosen_[index])
        if (other != entry)
          report(kChosenDiffers,
                 std::string("index ") + std::to_string(index) + " is " + entry + " and " + other);
      const auto [first, fresh] = index_of_.try_emplace(entry, index);
      if (!fresh && first->second != index) report(kChosenTwice, std::string(1, entry) + " is chosen twice");
    }
  }
  void see_server(ServerId id, const Server& s) {
    Seen& seen = seen_[id];
    const std::string name = std::string("server ") + static_cast<char>('A' + id - 1);
    if (s.paxos().broken_fact() != nullptr) report(kBrokenFact, name + ": " + s.paxos().broken_fact());
    const LogIndex decided = s.decided_index();
    if (decided < seen.most_decided) report(kDecidedBack, name + "'s decided index went back");
    seen.most_decided = std::max(seen.most_decided, decided);
    if (decided > s.log_length()) {
      report(kHole, name + " has decided more than it holds");
      return;
    }
    for (LogIndex index = s.paxos().storage().log.trimmed_to() + 1; index <= decided; ++index) {
      const char entry = s.paxos().storage().log.at(index);
      const auto [known, fresh] = decided_.try_emplace(index, entry);
      if (known->second != entry)
        report(kDecidedDiffers, name + " decided " + entry + " where " + known->second + " was decided");
      if (!chosen_at(index, entry))
        report(kDecidedNotChosen, name + " decided " + entry + ", which is not chosen");
    }
    see_snapshot(name, s.paxos().storage().snapshot);
    if (s.is_leader() && seen.leads != s.paxos().leader_state().ballot) see_leader(s, seen);
  }

 private:
  struct Seen {
    LogIndex most_decided = 0;  ///< since its start
    LogIndex durably_decided = 0;
    Ballot leads;
  };

  void report(Wrong what, const std::string& text) {
    if ((wrong_ & what) == 0) what_ += text + "; ";
    wrong_ |= what;
  }
  bool chosen_at(LogIndex index, char entry) const {
    const auto at = chosen_.find(index);
    if (at == chosen_.end()) return false;
    for (const auto& [b, e] : at->second)
      if (e == entry) return true;
    return false;
  }
  void see_snapshot(const std::string& name, const SnapshotRef<char>& snapshot) {
    if (!snapshot || !snapshot->has_state) return;
    std::map<char, LogIndex> sum;
    for (LogIndex index = 1; index <= snapshot->index; ++index) {
      const auto known = decided_.find(index);
      if (known == decided_.end()) return report(kSnapshotDiffers, name + "'s snapshot reaches past what was decided");
      sum[known->second] = index;
    }
    if (sum != snapshot->state) report(kSnapshotDiffers, name + "'s snapshot is not the sum of its entries");
  }
  void see_leader(const Server& s, Seen& seen) {
    seen.leads = s.paxos().leader_state().ballot;
    for (const auto& [index, in_ballots] : chosen_)
      for (const auto& [b, entry] : in_ballots) {
        const bool held = index <= s.paxos().storage().log.trimmed_to() ||
                          (index <= s.log_length() && s.paxos().storage().log.at(index) == entry);
        if (b < seen.leads && !held) report(kLeaderLacks, std::string("a leader lacks ") + entry);
      }
  }

  size_t servers_;
  std::map<ServerId, Seen> seen_;
  std::map<std::tuple<Ballot, LogIndex, char>, ServerSet> holders_;
  std::map<LogIndex, std::set<std::pair<Ballot, char>>> chosen_;
  std::map<char, LogIndex> index_of_;
  std::map<LogIndex, char> decided_;
  std::set<char> cancelled_, resolved_;
  uint32_t wrong_ = 0;
  std::string what_;
};

}  // namespace paxoscope::bench
