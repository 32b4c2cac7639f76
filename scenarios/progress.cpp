#include "scenarios/progress.h"

#include <algorithm>

namespace paxoscope {

TimeUs Progress::stall_us(TimeUs now_us, TimeUs not_before_us) const {
  if (!waiting_) return 0;
  return now_us - std::max({waiting_since_us_, last_decided_us_, not_before_us, TimeUs{0}});
}

TimeUs Progress::longest_stall_us(TimeUs now_us) const { return std::max(longest_stall_us_, stall_us(now_us, 0)); }

TimeUs Progress::longest_stall_since_fault_us(TimeUs now_us) const {
  if (!faulted()) return 0;
  return std::max(longest_stall_since_fault_us_, stall_us(now_us, first_fault_us_));
}

void Progress::decided(TimeUs now_us, ServerId server, LogIndex index, const Epoch& epoch) {
  ServerProgress& one = by_server_[server];
  one.decided = std::max(one.decided, index);
  if (index > decided_) {
    longest_stall_us_ = longest_stall_us(now_us);
    longest_stall_since_fault_us_ = longest_stall_since_fault_us(now_us);
    last_decided_us_ = now_us;
    decided_ = index;
    if (epoch && epoch != decided_epoch_) {
      if (decided_epoch_) ++leader_changes_;
      decided_epoch_ = epoch;
    }
    for (ServerProgress& other : by_server_) {
      if (other.target != 0 || other.decided >= index) continue;
      other.target = index;
      other.target_since_us = now_us;
    }
  }
  if (one.target != 0 && one.decided >= one.target) {
    one.target = one.decided < decided_ ? decided_ : 0;
    one.target_since_us = now_us;
  }
}

void Progress::clients_wait(TimeUs now_us, bool wait) {
  if (wait == waiting_) return;
  longest_stall_us_ = longest_stall_us(now_us);
  longest_stall_since_fault_us_ = longest_stall_since_fault_us(now_us);
  waiting_ = wait;
  waiting_since_us_ = now_us;
}

void Progress::fault(TimeUs now_us) {
  if (first_fault_us_ < 0) first_fault_us_ = now_us;
  last_fault_us_ = now_us;
}

ConfigurationId Progress::newest(ServerId server, ConfigurationId ServerProgress::*which) const {
  if (server != 0) return server <= kMaxServers ? by_server_[server].*which : 0;
  ConfigurationId newest = 0;
  for (const ServerProgress& one : by_server_) newest = std::max(newest, one.*which);
  return newest;
}

TimeUs Progress::behind_us(ServerId server, TimeUs now_us) const {
  const ServerProgress& one = by_server_[server];
  return one.target == 0 ? 0 : now_us - one.target_since_us;
}

}  // namespace paxoscope
