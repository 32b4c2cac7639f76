#include "omnipaxos/config.h"

#include <algorithm>

#include "base/text.h"
#include "omnipaxos/rules.h"

namespace paxoscope::omnipaxos {

namespace {

std::string name(uint32_t number) { return std::to_string(number); }

Result<void> validate_members(const Config& config) {
  const auto outside = [](ServerId id) { return id == 0 || id > kMaxServers; };
  const std::string range = "between 1 and " + name(kMaxServers);
  if (outside(config.pid)) return fail(concat("pid must be ", range, ", not ", name(config.pid)));
  for (size_t i = 0; i < config.peers.size(); ++i) {
    const ServerId peer = config.peers[i];
    if (outside(peer)) return fail(concat("peers must be ", range, ", not ", name(peer)));
    if (peer == config.pid) return fail(concat("peers must not list the server itself (", name(peer), ")"));
    if (i == 0 || config.peers[i - 1] < peer) continue;
    if (config.peers[i - 1] == peer) return fail(concat("peers lists server ", name(peer), " twice"));
    return fail(concat("peers must ascend; ", name(peer), " comes after ", name(config.peers[i - 1])));
  }
  return {};
}

Result<void> validate_quorums(const Config& config) {
  const uint32_t members = config.members();
  if (config.prepare_quorum() > members || config.accept_quorum() > members)
    return fail(concat("a quorum cannot be larger than the ", name(members), " members"));
  if (config.prepare_quorum() + config.accept_quorum() <= members && on(config.switches, Switch::P3_intersect))
    return fail(concat("read quorum + write quorum must exceed the ", name(members),
                        " members, or two quorums could miss " "each other"));
  return {};
}

Result<void> validate_named_leader(const Config& config) {
  const Ballot& named = config.skip_prepare_use_leader;
  if (!named) return {};
  if (named.n == 0) return fail("skip_prepare_use_leader needs a ballot with n of at least 1");
  const bool member = named.server == config.pid ||
                      std::find(config.peers.begin(), config.peers.end(), named.server) != config.peers.end();
  if (!member) return fail(concat("skip_prepare_use_leader names server ", name(named.server),
                                   ", which is no member"));
  return {};
}

}  // namespace

Result<Config> Config::with(ConfigurationId configuration, ServerId pid, std::vector<ServerId> peers,
                            const Ballot& skip_prepare_use_leader, Logger* logger, std::string log_file_path) {
  Config config;
  config.configuration = configuration;
  config.pid = pid;
  config.peers = std::move(peers);
  std::sort(config.peers.begin(), config.peers.end());
  config.skip_prepare_use_leader = skip_prepare_use_leader;
  config.logger = logger;
  config.log_file_path = std::move(log_file_path);
  if (Result<void> valid = validate(config); !valid) return tl::unexpected<Error>(valid.error());
  return config;
}

Result<void> validate(const Config& config) {
  if (config.configuration == 0) return fail("configuration ids start at 1");
  if (Result<void> valid = validate_members(config); !valid) return valid;
  if (config.election_ticks == 0 || config.resend_ticks == 0 || config.batch_ticks == 0) return fail("timers need at least one tick");
  if (config.max_waiting == 0) return fail("max_waiting must let at least one proposal wait");
  if (config.relay_hops > 7) return fail("relay_hops must be at most 7");
  if (Result<void> valid = validate_quorums(config); !valid) return valid;
  return validate_named_leader(config);
}

}  // namespace paxoscope::omnipaxos
