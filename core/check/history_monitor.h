// Linearizability of a history that is still growing: told at each response.
#pragma once

#include <vector>

#include "check/history.h"
#include "check/linearizability.h"

namespace paxoscope {

/// What a response tells.
struct HistoryAnswer {
  bool value_seen = false;             ///< read
  HistoryValue value;                  ///< read: what it saw
  Applied applied = Applied::unknown;  ///< cas
};

/// Keeps, per key, every configuration that the events allow: the value, and which of the open operations have taken
/// effect. What an open read or cas saw is known only at its response, so events since the invocation of the oldest of
/// them are kept and played again. Agrees with check_linearizable() on the prefix that it was told of, except that it
/// may leave a key undecided. A plain value; copies are as large as what is open.
class HistoryMonitor {
 public:
  // Beyond any of these a key is not decided any more.
  static constexpr size_t kMaxOpen = 64;             ///< operations of one key without response
  static constexpr size_t kMaxConfigurations = 512;  ///< of one key
  static constexpr size_t kMaxKept = 1024;           ///< operations of one key since its oldest open read or cas

  explicit HistoryMonitor(HistoryDigest initial) : initial_(initial) {}

  /// `id` names the operation and must be new among those that are open. Reads kind, key, value and expected.
  void invoke(uint64_t id, const HistoryOperation& operation);
  /// The operation returned. Tells whether its key's history is linearizable so far.
  Linearizable respond(uint64_t id, const HistoryAnswer& answer);
  /// Nobody will hear of it: it may take effect at any later time, or never.
  void lose(uint64_t id);
  /// It certainly had no effect. That may make impossible what others saw.
  Linearizable cancel(uint64_t id);

  /// Of all keys so far. Once it is `no` it stays so.
  Linearizable verdict() const;
  /// If the verdict is `no`: the operation whose response (or cancelling) first left no order.
  uint64_t failing_id() const { return failing_id_; }

 private:
  enum class Status : uint8_t { open, lost, returned };
  struct Operation {
    uint64_t id;
    Status status;
    uint8_t slot;    ///< its bit among those that are open at the same time
    bool kept_open;  ///< invoked before the events that are kept, and had not returned by then
    HistoryOperation what;

    bool unclear() const;
    uint64_t bit() const { return uint64_t{1} << slot; }
  };
  struct Configuration {
    HistoryDigest value;
    uint64_t placed;  ///< slots of open operations that have taken effect
  };
  struct Event {
    uint16_t operation;  ///< position in Key::operations
    bool response;
  };
  struct Key {
    uint64_t name = 0;
    Linearizable verdict = Linearizable::yes;
    std::vector<Configuration> base;    ///< before the events that are kept
    std::vector<Event> events;
    std::vector<Operation> operations;  ///< by invocation; those of the events, and those open before them
  };
  struct Place {
    Key* key;
    size_t operation;
  };
  class Player;

  Place find(uint64_t id);
  Linearizable play(Key& key, uint64_t id);
  static void stop(Key& key, Linearizable verdict);
  static void drop_events(Key& key, size_t count);
  static void erase(Key& key, size_t operation);

  HistoryDigest initial_;
  std::vector<Key> keys_;  ///< ascending by name
  uint64_t failing_id_ = 0;
};

}  // namespace paxoscope
