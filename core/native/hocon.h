// A server's configuration from a HOCON or TOML file, as in the tutorial. Native programs only.
//
//   { config_id: 1, pid: 1, peers: [2, 3], log_file_path: "/tmp/server-1.log",
//     skip_prepare_use_leader: { n: 1, priority: 0, pid: 2 } }
//
// | key | meaning | default |
// | config_id, pid | of the configuration and of this server; required | |
// | peers | the other members, in any order | none: a cluster of one |
// | log_file_path | where the file logger writes | no log |
// | skip_prepare_use_leader | n, priority, pid of the ballot that leads first, without a prepare | an election |
// | buffer_size | proposals of this server that may wait, 1 to 10,000,000 | 100,000 |
// | election_timeout, resend_timeout | ticks, 1 to 1,000,000 | 10, 25 |
// | priority | decides between ballots of the same n | 0 |
// | calm_takeover | true: who misses the leader waits while a neighbour hears it | false |
// | read_quorum, write_quorum | promises and acceptances needed | majority |
#pragma once

#include <string>

#include "omnipaxos/config.h"

namespace paxoscope::native {

inline constexpr size_t kMaxConfigBytes = 64 * 1024;

/// Reads HOCON text; `name` stands before the line in errors: "server.conf:3: …". An unknown key, a wrong type and
/// what omnipaxos::validate refuses are errors. Substitutions and includes work as in HOCON.
Result<omnipaxos::Config> config_from_hocon(const std::string& text, const std::string& name = "configuration");
/// The same settings in TOML.
Result<omnipaxos::Config> config_from_toml(const std::string& text, const std::string& name = "configuration");
/// Reads a file: TOML if its name ends in ".toml", else HOCON. Opens no log: open_file_logger(config.log_file_path) does.
Result<omnipaxos::Config> with_hocon(const std::string& path);

}  // namespace paxoscope::native
