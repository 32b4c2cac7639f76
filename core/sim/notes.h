// Rule notes as sentences.
#pragma once

#include <span>

#include "base/rules.h"
#include "sim/observation.h"

namespace paxoscope {

/// Fills the sentence with the values and adds the rule's source. Ballots are shown as epochs of the note's configuration.
NoteView render_note(const Note& note, std::span<const RuleInfo> rules);

}  // namespace paxoscope
