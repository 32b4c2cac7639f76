// What clients asked and what came back, in the order in which it happened: what a history's checks and views read. It
// belongs to no server, and nothing in a world depends on it.
#pragma once

#include <string>

#include "base/text.h"
#include "sim/command.h"
#include "storage/memory_sequence.h"

namespace paxoscope {

enum class HistoryEventKind : uint8_t {
  invoked,  ///< the client asks for the first time
  asked,    ///< it asks once more, here or elsewhere
  ok,       ///< it took effect; `text` is the result
  failed,   ///< it certainly did not and will not take effect; `text` says why
  unknown,  ///< the client stops waiting; it may take effect at any later time, or never
};

struct HistoryEvent {
  HistoryEventKind kind = HistoryEventKind::invoked;
  ServerId server = 0;   ///< asked, or who answered
  Command command;       ///< its newest attempt
  ShortText text;        ///< the result, or the reason
  TimeUs time_us = 0;
  uint64_t event = 0;    ///< of the world

  bool ends() const { return kind >= HistoryEventKind::ok; }
};

/// A value whose copies share structure. Bounded: what is invoked beyond is not recorded, nor how it ends, which leaves
/// what is recorded true.
class History {
 public:
  static constexpr uint64_t kMaxEvents = 200'000;

  void add(const HistoryEvent& event) {
    if (events_.length() < kMaxEvents)
      events_.append(event);
    else
      full_ = true;
  }
  /// 1-based positions, as in a log.
  uint64_t length() const { return events_.length(); }
  const HistoryEvent& at(uint64_t position) const { return events_.at(position); }
  bool full() const { return full_; }

 private:
  MemorySequence<HistoryEvent> events_;
  bool full_ = false;
};

/// "k1#12"; "op#3" for what a person proposed.
inline std::string operation_id(uint32_t client, uint32_t number) {
  return concat(client == 0 ? "op" : "k" + std::to_string(client), "#", number);
}

}  // namespace paxoscope
