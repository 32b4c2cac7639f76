#include "scenarios/journal_text.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace paxoscope {
namespace {

Result<JournalEntry> parse_line(std::string_view line) {
  JournalEntry entry;
  const char* end = line.data() + line.size();
  const auto [rest, failure] = std::from_chars(line.data(), end, entry.after_event);
  if (failure != std::errc() || rest == end || *rest != ' ') return fail("expected '<event> <action>'");
  const size_t action_at = static_cast<size_t>(rest - line.data()) + 1;
  auto action = parse_action(line.substr(action_at));
  if (!action) return tl::unexpected<Error>(action.error());
  entry.action = std::move(*action);
  return entry;
}

}  // namespace

std::string format_journal(const std::vector<JournalEntry>& journal) {
  std::string text;
  for (const JournalEntry& entry : journal) {
    text += std::to_string(entry.after_event) + ' ' + format_action(entry.action) + '\n';
  }
  return text;
}

Result<std::vector<JournalEntry>> parse_journal(std::string_view text) {
  if (text.size() > kMaxJournalBytes) return fail("The journal is longer than 64 KiB.");
  std::vector<JournalEntry> journal;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (line.empty()) continue;
    if (journal.size() == kMaxJournalEntries) return fail("The journal has more than 2000 actions.");
    auto entry = parse_line(line);
    if (!entry) return fail(concat("Journal line ", number, ": ", entry.error().text, " in ", quote(line)));
    if (!journal.empty() && entry->after_event < journal.back().after_event) {
      return fail(concat("Journal line ", number, ": its event lies before the line above."));
    }
    journal.push_back(std::move(*entry));
  }
  return journal;
}

}  // namespace paxoscope
