// Ballot leader election (Omni-Paxos §5.2, rules B1–B5): finds a leader that a quorum hears. Liveness only: whatever it
// says, Sequence Paxos stays safe.
#pragma once

#include <optional>
#include <vector>

#include "base/hash.h"
#include "omnipaxos/config.h"
#include "omnipaxos/messages.h"
#include "omnipaxos/rules.h"

namespace paxoscope::omnipaxos {

/// One server's part in the election. Pure: time comes by `tick`, messages leave through `take_requests` and `reply`.
class BallotLeaderElection {
 public:
  struct Heard {
    bool replied = false;
    Ballot ballot;
    bool quorum_connected = false;
    Ballot gossip;
    Ballot hears = {};
    Ballot path = {};
    uint32_t path_hops = 0;
  };

  enum class Start : uint8_t {
    fresh,      ///< own ballot n = 1, nobody leads
    restarted,  ///< own ballot n = 0; the leader is the durable promise
    named,      ///< C6: everybody follows the named ballot; only its owner has a ballot
  };
  /// `promised`: the durable promise, or the named ballot.
  BallotLeaderElection(const Config& config, Start start, const Ballot& promised);

  /// Ends a round when its time is over. Returns the newly elected leader, if any (B1–B4). `promised` is what
  /// Sequence Paxos has promised; from the next round on the leader is never below it (P9).
  template <class Note>
  std::optional<Ballot> tick(const Ballot& promised, Note&& note) {
    if (++elapsed_ < config_.election_ticks) return std::nullopt;
    return end_round(promised, note);
  }
  /// Ends the round now.
  template <class Note>
  std::optional<Ballot> end_round(const Ballot& promised, Note&& note);

  /// The answer to a request (any server answers any request).
  HeartbeatReply reply(const HeartbeatRequest& request) const;
  void handle_reply(ServerId from, const HeartbeatReply& reply);
  /// True once after each round's end: a HeartbeatRequest goes to all peers.
  bool take_request_due() { return std::exchange(request_due_, false); }
  /// Asks at once, without waiting for a round's end (start-up).
  void ask_now() { request_due_ = true; }

  /// An outside election names a leader.
  void raise_leader(const Ballot& ballot) {
    if (ballot > leader_) leader_ = ballot;
  }
  /// A refusal names a ballot whose owner the refuser did not hear: from the end of this round on the leader is at least
  /// that (P9). The refuser had promised it before its last complete round began, so no reply of this round is older.
  void refused_by(const Ballot& ballot) {
    if (ballot > refused_) refused_ = ballot;
  }
  /// Was the owner of the promise `ballot` heard in the last round, quorum-connected, with it or a higher one? (P9)
  /// True also for a promise younger than that round: its replies may be older than the ballot and cannot tell.
  bool heard_owner_of(const Ballot& ballot) const;

  const Ballot& ballot() const { return ballot_; }
  const Ballot& leader() const { return leader_; }
  bool quorum_connected() const { return quorum_connected_; }
  uint32_t round() const { return round_; }
  uint32_t elapsed_ticks() const { return elapsed_; }
  uint32_t ticks_to_round_end() const { return config_.election_ticks - elapsed_; }
  /// Servers heard in the last round, this one included.
  uint32_t heard_count() const { return heard_count_; }
  /// Position = position in Config::peers; the last complete round.
  const std::vector<Heard>& last_round() const { return last_round_; }
  void skip_ticks(uint32_t ticks) { elapsed_ += ticks; }
  void add_to(Hasher& hasher) const;

 private:
  int position_of(ServerId server) const;
  /// The leader was heard in the last round, quorum-connected, with its ballot; or this server is it.
  bool hears_leader() const;
  /// A neighbour says so of the same leader, or a higher one.
  bool neighbour_hears_leader() const;
  void tell(const char* what, const Ballot& ballot) const;
  bool on(Switch which) const { return omnipaxos::on(config_.switches, which); }

  Config config_;
  Ballot ballot_;
  Ballot leader_;
  uint32_t round_ = 0;
  uint32_t elapsed_ = 0;
  uint32_t heard_count_ = 1;
  bool quorum_connected_;
  Ballot floor_;       ///< promised when this round began: its owner's reply must show it
  Ballot refused_;     ///< the highest ballot of a refusal that counts
  Ballot promised_now_;     ///< promised when this round began
  Ballot promised_before_;  ///< promised when the last complete round began
  bool request_due_ = false;
  std::vector<Heard> this_round_;
  std::vector<Heard> last_round_;
};

template <class Note>
std::optional<Ballot> BallotLeaderElection::end_round(const Ballot& promised, Note&& note) {
  elapsed_ = 0;
  const Ballot floor = floor_;
  promised_before_ = promised_now_;
  promised_now_ = promised;
  floor_ = on(Switch::P9_promise) ? promised : Ballot{};
  const bool was_connected = quorum_connected_;
  heard_count_ = 1;
  for (const Heard& heard : this_round_) heard_count_ += heard.replied ? 1 : 0;
  quorum_connected_ = heard_count_ >= config_.election_quorum() || !on(Switch::B1_quorum);
  std::swap(last_round_, this_round_);
  for (Heard& heard : this_round_) heard = Heard{};
  ++round_;
  request_due_ = true;
  if (quorum_connected_ != was_connected)
    note(Rule::B1, quorum_connected_ ? "{s} hears {0} servers: it is quorum-connected"
                                     : "{s} hears only {0} servers: it is not quorum-connected",
         {note_count("servers heard", heard_count_), note_count("quorum", config_.election_quorum()),
          note_boolean("quorum-connected", quorum_connected_)});
  if (!quorum_connected_) return std::nullopt;

  raise_leader(floor);
  raise_leader(refused_);
  Ballot top = ballot_.n > 0 ? ballot_ : Ballot{};
  for (const Heard& heard : last_round_) {
    if (heard.replied && heard.quorum_connected && heard.ballot.n > 0 && heard.ballot > top) top = heard.ballot;
    if (!on(Switch::B5_gossip)) raise_leader(heard.gossip);
  }
  if (!top || top < leader_) {
    if (!on(Switch::B3_raise)) return std::nullopt;
    if (config_.calm_takeover && neighbour_hears_leader()) return std::nullopt;
    const Ballot gone = leader_;
    ballot_ = Ballot{leader_.n + 1, config_.priority, config_.pid};
    leader_ = ballot_;
    tell("misses the leader and leads with ballot ", ballot_);
    note(Rule::B3, "{s} raises its ballot to {0}: the owner of {1} is not heard with a quorum",
         {note_ballot("own ballot", ballot_), note_ballot("leader before", gone),
          note_ballot("highest candidate", top), note_count("servers heard", heard_count_)});
    return leader_;
  }
  if (top == leader_) return std::nullopt;
  leader_ = top;
  tell("follows ballot ", leader_);
  note(Rule::B4, "{s} elects {0}: it is the highest ballot of a quorum-connected server",
       {note_ballot("leader", leader_), note_ballot("own ballot", ballot_), note_count("servers heard", heard_count_)});
  return leader_;
}

}  // namespace paxoscope::omnipaxos
