// What a person or a script may do to a world, as one small vocabulary: scenario files, journals, permalinks,
// JavaScript and menus all speak it.
//
//   cut A-B        both directions          cut A>B      one direction      heal A-B   heal A>B   heal all
//   cut A-B,C>D    several links at once; so do heal, latency, loss and duplication, the latter three also with: all
//   isolate C      cut all links of C       partition A,B|C,D,E             only A     cut every link not touching A
//   crash A        restart A                pause A      resume A           wipe A (crash and lose the disk)
//   propose A x=1  fire A election          reconnect A-B
//   deliver 42     drop 42                  duplicate 42 delay 42 by 20ms
//   latency A-B 20ms                        loss A>B 30%                    duplication all 10%   clock A +120ms
//   rate A 500ppm                           disk A full      disk A lies    disk A ok
//   reconfigure A,B,D                       reconfigure A,B,D lead B
//   snapshot A     snapshot A 20            snapshot all     trim all 20    (no index: as far as it can)
//   client add A closed 50ms put 1          client add A open 20ms put 1, get 1                   client remove k2
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/types.h"
#include "sim/mix.h"

namespace paxoscope {

enum class ActionKind : uint8_t {
  cut, heal, heal_all, isolate, partition, only,
  crash, restart, pause, resume, wipe,
  propose, fire, reconnect,
  deliver, drop, duplicate, delay,
  set_latency, set_loss, set_duplication, set_clock, set_rate,
  reconfigure, snapshot, trim, set_disk,
  add_client, remove_client,
};

/// A link, both ways or from `a` to `b` only.
struct LinkEnds {
  ServerId a = 0, b = 0;
  bool directed = false;
  bool operator==(const LinkEnds&) const = default;
};

struct Action {
  ActionKind kind = ActionKind::heal_all;
  ServerId a = 0;             ///< the server, or a link's one end (its source if `directed`); snapshot, trim, latency…: 0 = all
  ServerId b = 0;             ///< a link's other end; reconfigure: who leads first without a prepare (0: an election)
  bool directed = false;
  uint64_t message_id = 0;
  int64_t amount = 0;         ///< us, permille or ppm, by kind; log index for snapshot and trim (0: as far as it can);
                              ///< add_client: us from one operation to the next; remove_client: its number
  std::vector<LinkEnds> more; ///< further links; each pair of servers stands once, except one way and the other
  std::vector<ServerSet> groups;  ///< partition; reconfigure: groups[0] = the new members
  std::string text;           ///< propose: the command; fire: the timer's id; disk: "full", "lies" or "ok"
  bool open_loop = false;     ///< add_client: it does not wait for answers
  OperationMix mix{};         ///< add_client: what it asks for

  /// Whether it names this direction of a link.
  bool names(ServerId from, ServerId to) const;
  bool operator==(const Action&) const = default;
};

inline constexpr size_t kMaxActionLength = 512;
inline constexpr uint32_t kMaxClients = 32;  ///< that a world ever has, those removed included

/// Reads one action in the form above. Errors are one sentence.
Result<Action> parse_action(std::string_view text);
/// The form that `parse_action` reads back to an equal value.
std::string format_action(const Action& action);
/// A sentence for the screen: "cut A–B", "C crashes".
std::string describe_action(const Action& action);

/// "20ms", "1.5s", "300us" → microseconds, at most 1 hour.
Result<TimeUs> parse_duration(std::string_view text);
/// "30%", "2.5%" → permille.
Result<int64_t> parse_permille(std::string_view text);
/// "A" → 1 … "P" → 16; also "1".."16".
Result<ServerId> parse_server(std::string_view text);

}  // namespace paxoscope
