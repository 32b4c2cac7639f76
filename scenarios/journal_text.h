// A journal as text: one line per entry, "<after event> <action>". Permalinks carry it in base64url.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/run.h"

namespace paxoscope {

/// Most entries and bytes a journal from outside may have.
inline constexpr size_t kMaxJournalEntries = 2000;
inline constexpr size_t kMaxJournalBytes = 64 * 1024;

std::string format_journal(const std::vector<JournalEntry>& journal);
/// Reads what `format_journal` writes; an error names the line.
Result<std::vector<JournalEntry>> parse_journal(std::string_view text);

}  // namespace paxoscope
