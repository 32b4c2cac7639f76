#include "omnipaxos/ballot_leader_election.h"

#include "base/text.h"

namespace paxoscope::omnipaxos {

BallotLeaderElection::BallotLeaderElection(const Config& config, Start start, const Ballot& promised)
    : config_(config),
      ballot_{start == Start::fresh ? 1u : 0u, config.priority, config.pid},
      leader_(start == Start::fresh ? Ballot{} : promised),
      // Fresh servers take each other for quorum-connected until a round has shown it, or each would elect itself.
      quorum_connected_(start != Start::restarted),
      this_round_(config.peers.size()),
      last_round_(config.peers.size()) {
  if (start == Start::named && promised.server == config.pid) ballot_ = promised;
}

int BallotLeaderElection::position_of(ServerId server) const {
  for (size_t i = 0; i < config_.peers.size(); ++i)
    if (config_.peers[i] == server) return static_cast<int>(i);
  return -1;
}

HeartbeatReply BallotLeaderElection::reply(const HeartbeatRequest& request) const {
  return {request.round, ballot_, quorum_connected_, on(Switch::B5_gossip) ? Ballot{} : leader_,
          config_.calm_takeover && hears_leader() ? leader_ : Ballot{}, {}, 0};
}

bool BallotLeaderElection::hears_leader() const {
  if (leader_.server == config_.pid) return quorum_connected_ && ballot_ == leader_;
  const int position = position_of(leader_.server);
  if (position < 0) return false;
  const Heard& heard = last_round_[static_cast<size_t>(position)];
  return heard.replied && heard.quorum_connected && heard.ballot == leader_;
}

bool BallotLeaderElection::neighbour_hears_leader() const {
  for (const Heard& heard : last_round_)
    if (heard.replied && heard.hears && heard.hears >= leader_) return true;
  return false;
}

void BallotLeaderElection::tell(const char* what, const Ballot& ballot) const {
  if (config_.logger == nullptr) return;
  const auto number = [](uint64_t value) { return std::to_string(value); };
  config_.logger->log(LogLevel::info, concat("configuration ", number(config_.configuration), ": server ",
                                              number(config_.pid), " ", what, number(ballot.n), " (priority ",
                                              number(ballot.priority), ") of server ", number(ballot.server)));
}

void BallotLeaderElection::handle_reply(ServerId from, const HeartbeatReply& reply) {
  const int position = position_of(from);
  if (position < 0 || reply.round != round_) return;
  this_round_[static_cast<size_t>(position)] = {true,        reply.ballot, reply.quorum_connected, reply.gossip,
                                               reply.hears, reply.path,   reply.path_hops};
}

bool BallotLeaderElection::heard_owner_of(const Ballot& ballot) const {
  if (ballot > promised_before_) return true;
  if (ballot.server == config_.pid) return quorum_connected_ && ballot_ >= ballot;
  const int position = position_of(ballot.server);
  if (position < 0) return false;
  const Heard& heard = last_round_[static_cast<size_t>(position)];
  return heard.replied && heard.quorum_connected && heard.ballot >= ballot;
}

void BallotLeaderElection::add_to(Hasher& hasher) const {
  ballot_.add_to(hasher);
  leader_.add_to(hasher);
  floor_.add_to(hasher);
  refused_.add_to(hasher);
  promised_now_.add_to(hasher);
  promised_before_.add_to(hasher);
  hasher.add((static_cast<uint64_t>(round_) << 32) | elapsed_);
  hasher.add((static_cast<uint64_t>(heard_count_) << 2) | (quorum_connected_ ? 2u : 0u) | (request_due_ ? 1u : 0u));
  for (const auto* rounds : {&this_round_, &last_round_})
    for (const Heard& heard : *rounds) {
      heard.ballot.add_to(hasher);
      heard.gossip.add_to(hasher);
      if (heard.hears) heard.hears.add_to(hasher);
      if (heard.path_hops != 0) heard.path.add_to(hasher);
      hasher.add((heard.replied ? 2u : 0u) | (heard.quorum_connected ? 1u : 0u));
    }
}

}  // namespace paxoscope::omnipaxos
