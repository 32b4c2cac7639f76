// Raft with what a host owes its clients: numbered proposals and reads, each told how it ended, as far as Raft can know
// (rules R12, R15).
#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include "raft/raft.h"

namespace paxoscope::raft {

/// How a proposal or a read ended.
enum class Outcome : uint8_t {
  committed,  ///< at `index`
  replaced,   ///< never: what is committed in a newer term leaves no place for it
  unknown,    ///< it was forwarded, or a snapshot covers its place: nobody says what became of it (R15)
  readable,   ///< a read: the state after entry `index`, or a later one, answers it
};

struct Settled {
  uint64_t number = 0;  ///< what propose_command or read_command returned
  Outcome outcome = Outcome::unknown;
  Term proposed = 0;    ///< the term of its own entry; 0: not known
  Term term = 0;        ///< of the entry that is committed at `index`, or that went on without it; 0: not known
  LogIndex index = 0;
};

/// What an own proposal waits for.
template <class T>
struct Proposal {
  uint64_t number = 0;
  T entry;
  Term term = 0;
  LogIndex index = 0;     ///< in the own log, as a leader; 0: on its way to one
  uint64_t until = 0;     ///< tick at which one that is on its way is given up
};

template <class T, Sequence<T> Log = MemorySequence<T>, RaftState State = MemoryRaftState,
          class Observer = NoNotes>
  requires std::equality_comparable<T>
class Service {
 public:
  using Server = Raft<T, Log, State, Observer>;
  using StorageType = typename Server::StorageType;
  using MessageType = typename Server::MessageType;
  static constexpr uint32_t kPatience = 4;  ///< election timeouts until a forwarded proposal counts as lost or unknown

  static Result<Service> with(const Config& config, StorageType storage) {
    Result<Server> server = Server::with(config, std::move(storage));
    if (!server) return tl::unexpected<Error>(server.error());
    return Service(std::move(*server));
  }

  Server& server() { return server_; }
  const Server& server() const { return server_; }

  // --- time; messages and disk go to server()
  void tick(uint32_t ticks = 1) {
    now_ += ticks;
    server_.tick(ticks);
  }
  void pass_quiet_ticks(uint32_t ticks) {
    now_ += ticks;
    server_.pass_quiet_ticks(ticks);
  }

  // --- clients
  /// The proposal's number, ≥ 1. At a leader it is in the log at once; elsewhere it is forwarded (R15).
  Result<uint64_t> propose_command(const T& entry) {
    const auto placed = server_.propose(entry);
    if (!placed) return tl::unexpected<Error>(placed.error().reason);
    const uint64_t patience = uint64_t{kPatience} * server_.config().election_ticks;
    proposals_.push_back({next_number_, entry, placed->term, placed->index, now_ + patience});
    return next_number_++;
  }
  /// The read's number, ≥ 1; it leaves no trace in the log unless reads are set to go through it (R12).
  Result<uint64_t> read_command() {
    const Result<uint64_t> ticket = server_.read();
    if (!ticket) return ticket;
    reads_.push_back({next_number_, *ticket});
    return next_number_++;
  }
  /// Towards these voters, and then `next_leader` (0: whoever it is) takes over the lead (R7, R11). At a leader.
  Result<void> reconfigure(const Servers& voters, ServerId next_leader) {
    if (next_leader != 0 && !voters.contains(next_leader))
      return fail("server " + std::to_string(next_leader) + " is not among the voters, so it cannot lead them");
    const bool stays = server_.is_leader() && voters == server_.membership()->voters && !server_.membership()->joint();
    if (stays) {
      if (next_leader == 0) return fail("these are the voters already");
      return server_.transfer_leadership(next_leader);
    }
    if (Result<void> taken = server_.reconfigure(voters); !taken) return taken;
    next_voters_ = voters;
    next_leader_ = next_leader;
    return {};
  }

  /// After each call that may change something, as Raft::take_outgoing.
  void take_outgoing(std::vector<MessageType>& out) {
    server_.take_outgoing(out);
    if (next_leader_ == 0) return;
    hand_over();
    server_.take_outgoing(out);
  }
  /// What has been found out since the last call.
  void take_settled(std::vector<Settled>& out) {
    settle_proposals(out);
    if (reads_.empty()) return;
    for (const ReadReady& ready : server_.take_reads())
      std::erase_if(reads_, [&](const Read& read) {
        if (read.ticket != ready.ticket) return false;
        out.push_back({read.number, Outcome::readable, 0, 0, ready.index});
        return true;
      });
  }

  /// Proposals that wait for their end, oldest first.
  const std::vector<Proposal<T>>& proposals() const { return proposals_; }
  size_t unsettled() const { return proposals_.size() + reads_.size(); }
  void add_to(Hasher& hasher) const {
    server_.add_to(hasher);
    for (uint64_t value : {next_number_, looked_, now_, uint64_t{next_leader_}}) hasher.add(value);
    for (const Proposal<T>& proposal : proposals_) {
      add_to_hash(hasher, proposal.entry);
      for (uint64_t value : {proposal.number, uint64_t{proposal.term}, proposal.index, proposal.until}) hasher.add(value);
    }
    for (const Read& read : reads_) {
      hasher.add(read.number);
      hasher.add(read.ticket);
    }
  }

 private:
  struct Read {
    uint64_t number;
    uint64_t ticket;
  };

  explicit Service(Server server) : server_(std::move(server)), looked_(server_.commit_index()) {}

  void hand_over() {
    if (!server_.is_leader() || server_.config().id == next_leader_) {
      next_leader_ = 0;
      return;
    }
    const MembershipRef& now = server_.membership();
    if (now->joint() || !server_.membership_committed() || !(now->voters == next_voters_)) return;
    (void)server_.transfer_leadership(next_leader_);  // refused: the voters chose otherwise meanwhile
    next_leader_ = 0;
  }

  void settle_proposals(std::vector<Settled>& out) {
    const LogIndex commit = server_.commit_index();
    if (proposals_.empty()) {
      looked_ = commit;
      return;
    }
    const auto& storage = server_.storage();
    const LogIndex base = storage.log.trimmed_to();
    const LogIndex from = std::max(looked_, base);
    looked_ = std::max(looked_, commit);
    std::erase_if(proposals_, [&](const Proposal<T>& proposal) {
      if (proposal.index != 0) return settle_placed(proposal, base, out);
      for (LogIndex index = from + 1; index <= commit; ++index) {
        const Mark& mark = storage.marks.at(index);
        if (mark.kind != EntryKind::normal || !(storage.log.at(index) == proposal.entry)) continue;
        out.push_back({proposal.number, Outcome::committed, mark.term, mark.term, index});
        return true;
      }
      if (now_ < proposal.until) return false;
      out.push_back({proposal.number, Outcome::unknown, 0, 0, 0});
      return true;
    });
  }
  /// An entry never moves: what is committed at its index in another term keeps it out for ever. So does anything that is
  /// committed before it in a newer term: every later leader holds that, and terms never fall along a log (Raft §5.4.3).
  bool settle_placed(const Proposal<T>& proposal, LogIndex base, std::vector<Settled>& out) {
    const LogIndex commit = server_.commit_index();
    if (proposal.index > commit) {
      const Term newest = commit == 0 ? 0 : server_.storage().marks.term_at(commit);
      if (newest <= proposal.term) return false;
      out.push_back({proposal.number, Outcome::replaced, proposal.term, newest, proposal.index});
      return true;
    }
    if (proposal.index <= base) {
      out.push_back({proposal.number, Outcome::unknown, proposal.term, 0, proposal.index});
      return true;
    }
    const Term there = server_.mark_at(proposal.index).term;
    const Outcome outcome = there == proposal.term ? Outcome::committed : Outcome::replaced;
    out.push_back({proposal.number, outcome, proposal.term, there, proposal.index});
    return true;
  }

  Server server_;
  std::vector<Proposal<T>> proposals_;
  std::vector<Read> reads_;
  uint64_t next_number_ = 1;
  LogIndex looked_;        ///< entries up to here were compared with proposals
  uint64_t now_ = 0;
  ServerId next_leader_ = 0;
  Servers next_voters_;
};

}  // namespace paxoscope::raft
