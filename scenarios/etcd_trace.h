// A run of Raft in the words of etcd's trace events, one JSON object per line, so that the published trace specification can
// be held against it. scenarios/README.md says what is mapped how. Not part of the page.
#pragma once

#include <ostream>

#include "base/result.h"
#include "scenarios/run.h"

namespace paxoscope {

/// Writes events 0..run.event(), by playing them again in a world of its own. Fails with a sentence where the run is not
/// Raft's, was acted on by a person, or does not come out the same.
Result<void> write_etcd_trace(const Run& run, std::ostream& out);

}  // namespace paxoscope
