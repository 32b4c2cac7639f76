// How a world starts: servers, timing, network, clients. A plain value; every number is bounded by the loader.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/types.h"
#include "sim/mix.h"

namespace paxoscope {

struct LatencyConfig {
  TimeUs min_us = 8'000;   ///< drawn evenly from [min, max] per message
  TimeUs max_us = 12'000;
};

/// A client of the key-value store, with one session. Closed loop: the next operation `think_us` after the last one ended.
/// Open loop: one every `every_us`, whatever became of the others. An operation without an answer is asked once more, under
/// its number, at the next server; when its tries are exhausted its end is unknown.
struct ClientConfig {
  static constexpr uint32_t kMaxOpen = 64;
  static constexpr uint32_t kMaxKeys = 8;

  ServerId server = 0;         ///< where it asks first
  TimeUs start_us = 0;
  TimeUs think_us = 50'000;
  TimeUs timeout_us = 2'000'000;  ///< of each try
  bool stay = false;           ///< never tries another server
  uint32_t operations = 0;     ///< 0 = without end
  TimeUs every_us = 0;         ///< open loop; 0: closed
  uint32_t most_open = 8;      ///< open loop: with so many open it skips its turn, 1..kMaxOpen
  uint32_t tries = 1;          ///< of each operation; 0 = until it is answered
  OperationMix mix = {1, 0, 0, 0, 0};  ///< put, get, del, append, cas
  uint32_t keys = 4;           ///< that it uses, 1..kMaxKeys
};

/// How reads are answered where they need not be entries of the log (R12).
enum class ReadPath : uint8_t { log, read_index, lease };
/// "log", "read-index", "lease"
const char* read_path_name(ReadPath path);
Result<ReadPath> parse_read_path(std::string_view text);

/// How long a write takes to become durable, drawn evenly per write; 0 = at once.
struct DiskConfig {
  TimeUs min_us = 0;
  TimeUs max_us = 0;
  bool torn = false;          ///< at a crash a prefix of the writes under way has reached the disk, drawn evenly
  bool values_first = false;  ///< the decided index is in a small file of its own, on the disk at once
};

struct WorldConfig {
  std::vector<ServerId> servers;       ///< ascending, unique, 1..kMaxServers
  std::vector<ServerId> members;       ///< of the first configuration; empty = all servers, the others are spare
  ServerId first_leader = 0;           ///< who leads first (0: whoever the protocol finds)
  TimeUs election_timeout_us = 100'000;  ///< "ET": BLE's round, Raft's minimum election timeout
  TimeUs resend_us = 250'000;          ///< repair of what may have been lost
  LatencyConfig latency;
  uint32_t loss_permille = 0;
  uint32_t duplication_permille = 0;
  DiskConfig disk;
  bool datagram = false;               ///< messages may overtake each other; default FIFO per link
  std::vector<ClientConfig> clients;
  bool calm_takeover = false;          ///< who misses the leader waits while a neighbour hears it
  std::vector<uint32_t> priorities;    ///< by position in `servers`; empty = all 0
  uint32_t read_quorum = 0;            ///< 0 = majority
  uint32_t write_quorum = 0;
  uint32_t delta_after = 0;            ///< a server that lacks so many decided entries gets a delta snapshot (0: entries)
  uint32_t message_entries = 0;        ///< one message of Raft carries at most so many entries; 0: as many as it likes
  bool empty_probes = false;           ///< a Raft leader sends entries only once it knows where the logs agree
  uint32_t batch_entries = 1;          ///< a leader sends new entries once it has so many…
  TimeUs batch_wait_us = 5'000;        ///< …or after this time
  bool relay = true;                   ///< servers pass on proposals of one without a path to the leader
  bool pre_vote = false;               ///< Raft asks before it campaigns (R8)
  bool check_quorum = false;           ///< a Raft leader steps down when it hears no majority (R9)
  ReadPath reads = ReadPath::read_index;  ///< lease: needs check_quorum, otherwise as read_index
  uint32_t clock_drift_permille = 50;  ///< what a lease allows for: a clock may gain so much on another
  bool sessions = true;                ///< a command that arrives twice acts once (R14)
  bool local_reads = false;            ///< a register's reads ask nobody: what the own server holds
  bool buffer = false;                 ///< a coordinator of a register works on one request at a time, the others wait
  bool resubmit = true;                ///< a server proposes again what was cancelled; false: it tells who asked
};

}  // namespace paxoscope
