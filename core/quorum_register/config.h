// How one server of the quorum register is set up.
#pragma once

#include "base/result.h"
#include "base/types.h"
#include "quorum_register/rules.h"

namespace paxoscope::quorum_register {

enum class Reads : uint8_t {
  atomic,  ///< A1
  local,   ///< what this server holds, at once: servers outside a write's quorum stay old, so it is not even regular
};

/// The same for all servers of a register but `id` and the bounds. Times are ticks; the host decides how long a tick is.
struct Config {
  ServerId id = 0;
  ServerSet members = 0;          ///< all servers of the register, `id` among them
  uint32_t read_quorum = 0;       ///< answers that a question needs; 0: a majority
  uint32_t write_quorum = 0;      ///< servers that a store needs; 0: a majority
  Reads reads = Reads::atomic;
  bool drop_repeats = false;      ///< a write whose (client, number) was stored before is not stored again
  uint32_t resend_ticks = 4;      ///< without enough answers for so long, those who did not answer are asked again, ≥ 1
  uint32_t give_up_ticks = 0;     ///< a request is settled as given up after so long; 0: never
  uint32_t max_running = 64;      ///< requests that this server works on at a time, ≥ 1; 1: one after the other
  uint32_t max_waiting = 1000;    ///< requests that wait for their turn here, at most
  uint32_t max_registers = 64;    ///< keys that were written, at most, ≥ 1
  uint32_t max_sessions = 1024;   ///< clients that a register remembers, ≥ 1; the one that stored longest ago is forgotten first
  SwitchSet switches;

  bool on(Switch which) const { return quorum_register::on(switches, which); }
  /// A4.
  uint32_t majority() const {
    const uint32_t half = count_of(members) / 2;
    return on(Switch::A4_intersect) || half == 0 ? half + 1 : half;
  }
  uint32_t to_read() const { return read_quorum != 0 ? read_quorum : majority(); }
  uint32_t to_write() const { return write_quorum != 0 ? write_quorum : majority(); }
};

/// The error says which setting is wrong.
Result<void> validate(const Config& config);

}  // namespace paxoscope::quorum_register
