// What a register promises beyond linearizability, checked event by event: timestamps name one write each, never go back
// at a server, and grow with real time; what was acknowledged is on the disks of a quorum.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/shared_map.h"
#include "sim/futures.h"

namespace paxoscope {

/// In the order of CheckId.
enum class RegisterCheck : uint8_t { stamps_unique, stamps_grow, acknowledged_held, stamps_ordered };

/// A value: copy it with the world that it watches.
class RegisterChecks {
 public:
  struct Problem {
    RegisterCheck check;
    std::string text;
    std::vector<uint64_t> events;
  };
  /// An operation that has come to an end at its coordinator.
  struct Ended {
    Command command;
    WriteStamp stamp;          ///< what it read or wrote
    uint64_t asked_event = 0;  ///< 0: too long ago to tell
    uint32_t holders = 0;      ///< disks with that timestamp, or a newer one
    uint32_t needed = 0;
  };

  explicit RegisterChecks(size_t servers) : disks_(servers) {}

  /// `position` of the server in its world; `applied` is told when a write is first seen.
  void look(size_t position, ServerId server, const std::vector<HeldValue>& memory, const std::vector<HeldValue>& disk,
            uint64_t event, SharedMap& applied);
  /// The server has lost its disk.
  void forget(size_t position) { disks_[position].clear(); }
  void look_at_end(ServerId server, const Ended& ended, uint64_t event, SharedMap& applied);

  /// Since they were last taken.
  std::vector<Problem> take() { return std::exchange(problems_, {}); }
  uint64_t writes() const { return writes_; }
  uint64_t ended() const { return ended_; }

 private:
  struct Known {
    ShortText key;
    WriteStamp stamp;
    uint64_t event = 0;
  };
  static constexpr size_t kKept = 256;  ///< of what has ended

  std::vector<std::vector<Known>> disks_;  ///< by server: its timestamps when they were last looked at
  SharedMap writers_;                      ///< by key and timestamp: client and number of the write
  std::vector<Known> newest_;              ///< of what has ended, each time that a key's grew
  uint64_t writes_ = 0;
  uint64_t ended_ = 0;
  std::vector<Problem> problems_;
};

/// The timestamp of `key` there; number 0: it has none.
WriteStamp stamp_in(const std::vector<HeldValue>& held, const ShortText& key);

}  // namespace paxoscope
