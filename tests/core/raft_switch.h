// A run with a rule of Raft and without it.
#pragma once

#include <doctest/doctest.h>

#include "raft_cluster.h"

namespace paxoscope::raft {

/// `breaks` plays a run under these rules and says whether something went wrong.
template <class Breaks>
void needs(Switch which, Breaks&& breaks) {
  Config config;
  CHECK_FALSE(breaks(config));
  config.switches.turn_off(static_cast<uint8_t>(which));
  CHECK(breaks(config));
}

inline Cluster cluster_of(uint32_t servers, const Config& config, bool slow_disk = false, uint32_t members = 0) {
  return Cluster(servers, config, slow_disk, 1, members);
}

/// Delivers what `wanted` lets through and drops the rest, until nothing moves.
template <class Wanted>
void deliver_only(Cluster& c, Wanted&& wanted) {
  while (!c.flying().empty()) {
    if (wanted(c.flying()[0]))
      c.deliver(0);
    else
      c.drop(0);
  }
}

template <class BodyType>
bool is(const TestMessage& m) {
  return std::holds_alternative<BodyType>(m.body);
}

}  // namespace paxoscope::raft
