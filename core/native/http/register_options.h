// How a shared-register server is set up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quorum_register/config.h"

namespace paxoscope::native {

// A message holds one value, which JSON may make six times as long; it must fit into a body.
inline constexpr size_t kMaxValueBytes = 64u << 10;
inline constexpr size_t kMaxBodyBytes = 1u << 20;

struct RegisterAddress {
  ServerId id = 0;
  std::string host = "127.0.0.1";
  int port = 0;
};

struct RegisterOptions {
  ServerId id = 0;
  std::vector<RegisterAddress> servers;  ///< all of them; the own entry says where this one listens
  std::string file;                      ///< what it keeps through a restart; made if it is not there
  uint32_t timeout_ms = 2000;            ///< a request without a quorum is answered 503 after so long, ≥ 1
  uint32_t io_timeout_ms = 5000;         ///< for a request's body, and for each read and write of a connection, ≥ 1
  uint32_t resend_ms = 200;              ///< what was lost is sent again after so long, ≥ 1
  uint32_t read_quorum = 0;              ///< 0: a majority
  uint32_t write_quorum = 0;             ///< 0: a majority
  bool read_local = false;               ///< answers reads at once from what it holds: stale
  bool one_at_a_time = false;            ///< requests wait for those before them
  bool drop_repeats = false;             ///< by (client, number) of the requests
};

/// "ID=HOST:PORT" or "ID=PORT" on the loopback, several separated by commas.
Result<std::vector<RegisterAddress>> parse_addresses(std::string_view text);
/// The core's settings, checked.
Result<quorum_register::Config> core_config(const RegisterOptions& options);
/// The own entry.
const RegisterAddress* own_address(const RegisterOptions& options);

/// How long the core's tick is; the times above are rounded up to ticks.
inline constexpr uint32_t kTickMs = 10;

}  // namespace paxoscope::native
