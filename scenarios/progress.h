// What a run has achieved up to a moment: entries decided, leader changes, stalls. A value, so that it can be kept in
// checkpoints; it sees each event once.
#pragma once

#include <array>
#include <cstdint>

#include "base/types.h"
#include "sim/observation.h"

namespace paxoscope {

class Progress {
 public:
  /// A server's decided index grew to `index`; `epoch` is the ballot under which it did so.
  void decided(TimeUs now_us, ServerId server, LogIndex index, const Epoch& epoch);
  /// Some client waits for an answer, or none does.
  void clients_wait(TimeUs now_us, bool wait);
  /// A link was cut, a server crashed…
  void fault(TimeUs now_us);
  void leads(ServerId server) { leader_ = server; }
  /// `server` runs `configuration` (0: none), and `sealed` is the newest one that it knows to have ended.
  void runs(ServerId server, ConfigurationId configuration, ConfigurationId sealed) {
    by_server_[server].configuration = configuration;
    by_server_[server].sealed = sealed;
  }

  /// Highest decided index of any server.
  LogIndex decided_index() const { return decided_; }
  LogIndex decided_index(ServerId server) const { return server <= kMaxServers ? by_server_[server].decided : 0; }
  /// The configuration that `server` runs, 0: none. Without a server: the newest that any runs.
  ConfigurationId configuration(ServerId server) const { return newest(server, &ServerProgress::configuration); }
  /// The newest configuration that `server` (0: any) knows to have ended; 0: none.
  ConfigurationId sealed(ServerId server) const { return newest(server, &ServerProgress::sealed); }
  /// Entries were decided under a new ballot so many times (the first ballot is no change).
  uint32_t leader_changes() const { return leader_changes_; }
  /// The last server that was elected by a quorum; 0: none yet.
  ServerId leader() const { return leader_; }
  /// Longest time without a newly decided entry while a client waited, the present wait included.
  TimeUs longest_stall_us(TimeUs now_us) const;
  /// The same since the first fault; 0 without one.
  TimeUs longest_stall_since_fault_us(TimeUs now_us) const;
  bool faulted() const { return first_fault_us_ >= 0; }
  /// A new entry was decided after the last fault.
  bool decided_since_fault() const { return last_decided_us_ > last_fault_us_; }
  /// When a new entry was last decided; -1: never.
  TimeUs last_decided_us() const { return last_decided_us_; }
  /// For how long `server` has lacked an entry that another one had decided.
  TimeUs behind_us(ServerId server, TimeUs now_us) const;

 private:
  struct ServerProgress {
    LogIndex decided = 0;
    LogIndex target = 0;        // what it lacks; 0: nothing known
    TimeUs target_since_us = 0;
    ConfigurationId configuration = 0;
    ConfigurationId sealed = 0;
  };

  TimeUs stall_us(TimeUs now_us, TimeUs not_before_us) const;
  ConfigurationId newest(ServerId server, ConfigurationId ServerProgress::*which) const;

  std::array<ServerProgress, kMaxServers + 1> by_server_;
  LogIndex decided_ = 0;
  Epoch decided_epoch_;
  uint32_t leader_changes_ = 0;
  ServerId leader_ = 0;
  bool waiting_ = false;
  TimeUs waiting_since_us_ = 0;
  TimeUs last_decided_us_ = -1;
  TimeUs first_fault_us_ = -1;
  TimeUs last_fault_us_ = -1;
  TimeUs longest_stall_us_ = 0;
  TimeUs longest_stall_since_fault_us_ = 0;
};

}  // namespace paxoscope
