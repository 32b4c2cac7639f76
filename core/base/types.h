// The numbers everyone speaks of. An index, a count and a length are different kinds of number; the names say which.
#pragma once

#include <cstdint>

namespace paxoscope {

/// Names a server: 1, 2, 3… (0 = none). On screen A, B, C…; ids may have gaps.
using ServerId = uint32_t;

/// Position in a replicated log, 1-based. 0 means "before the first entry"; a decided index of 0 = nothing decided.
using LogIndex = uint64_t;

/// Virtual time or a duration in microseconds.
using TimeUs = int64_t;

/// Configuration number, 1-based; rises by one with every reconfiguration.
using ConfigurationId = uint32_t;

/// Hard bound on servers in one world; sets of servers are bit masks of this width.
inline constexpr uint32_t kMaxServers = 16;

/// A set of servers as a bit mask: bit (id - 1).
using ServerSet = uint32_t;

constexpr ServerSet server_bit(ServerId id) { return id == 0 ? 0u : 1u << (id - 1); }
constexpr bool contains(ServerSet set, ServerId id) { return (set & server_bit(id)) != 0; }
constexpr uint32_t count_of(ServerSet set) { return static_cast<uint32_t>(__builtin_popcount(set)); }

}  // namespace paxoscope
