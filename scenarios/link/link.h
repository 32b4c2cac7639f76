// Permalinks as the page writes them (web/link.js): #v1/<scenario>/<protocol>?seed=…&at=<event>&off=<switches>&n=<servers>
// &d=<journal>, and #v1/~/<protocol>?…&s=<source> for a scenario of one's own. They carry inputs only, never state, and are
// read as text from a stranger.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/run.h"

namespace paxoscope {

/// A link may be this long (bytes): a scenario and a journal at their bounds fit.
inline constexpr size_t kMaxLinkBytes = 640 * 1024;

struct Link {
  std::string scenario = {};              ///< id of one that comes with the program; unused where there is a source
  std::optional<std::string> source = {}; ///< TOML text of a scenario of one's own
  std::string protocol = {};              ///< empty: the scenario's first
  std::string seed = {};                  ///< as it is written; empty: 1
  std::optional<uint64_t> at = {};        ///< the event to show; none: not said
  std::string off = {};                   ///< switches, with commas between
  uint64_t servers = 0;                   ///< 0: as the scenario is written
  std::string journal = {};               ///< as `format_journal` writes it
  bool operator==(const Link&) const = default;
};

/// Reads a whole address or its part from `#` on, with or without the `#`. Errors are one sentence.
Result<Link> decode_link(std::string_view text);
/// The part of an address from `#` on.
std::string encode_link(const Link& link);

/// The scenario that comes with the program and has this id; empty if there is none.
std::string_view builtin_text(std::string_view id);
/// The run that a link means, at event 0.
Result<std::unique_ptr<Run>> open_link(const Link& link);
/// Brings a run to the event that its link names; to the end of the scenario if it names none.
void go_to_moment(Run& run, const Link& link);
/// What brings another person to the present moment of a run, which was read from `source`.
Link link_to(const Run& run, std::string_view source);

}  // namespace paxoscope
