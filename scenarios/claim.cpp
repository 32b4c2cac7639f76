#include "scenarios/claim.h"

#include "base/text.h"
#include "scenarios/words.h"

namespace paxoscope {

namespace {

struct StateRow {
  bool of_future;
  std::string_view word;
  uint8_t states;
};

constexpr uint8_t bit(FutureState state) { return static_cast<uint8_t>(1u << static_cast<unsigned>(state)); }
constexpr uint8_t bit(HistoryEventKind kind) { return static_cast<uint8_t>(1u << static_cast<unsigned>(kind)); }

constexpr StateRow kStates[] = {
    {true, "accepted", bit(FutureState::accepted)},
    {true, "resolved", bit(FutureState::resolved)},
    {true, "cancelled", bit(FutureState::cancelled)},
    {true, "unknown", bit(FutureState::unknown)},
    {true, "settled", bit(FutureState::resolved) | bit(FutureState::cancelled)},
    {false, "asked again", bit(HistoryEventKind::asked)},
    {false, "ends", bit(HistoryEventKind::ok) | bit(HistoryEventKind::failed) | bit(HistoryEventKind::unknown)},
    {false, "ok", bit(HistoryEventKind::ok)},
    {false, "failed", bit(HistoryEventKind::failed)},
    {false, "unknown", bit(HistoryEventKind::unknown)},
};

/// "k1#12", "op#3"
bool read_id(std::string_view word, Claim& claim) {
  const size_t hash = word.find('#');
  if (hash == std::string_view::npos) return false;
  const auto number = read_number(word.substr(hash + 1), UINT32_MAX);
  if (!number || *number == 0) return false;
  claim.number = static_cast<uint32_t>(*number);
  if (word.substr(0, hash) == "op") return true;
  const auto client = word[0] == 'k' ? read_number(word.substr(1, hash - 1), UINT16_MAX) : std::nullopt;
  if (!client || *client == 0) return false;
  claim.client = static_cast<uint32_t>(*client);
  return true;
}

}  // namespace

Result<Claim> parse_claim(bool of_future, const std::vector<std::string_view>& words, size_t& position) {
  Claim claim;
  claim.of_future = of_future;
  const std::string_view id = position < words.size() ? words[position++] : std::string_view();
  if (!read_id(id, claim)) return fail(quote(id) + " names no operation; names are like k1#3 and op#1");
  std::string state(position < words.size() ? words[position++] : std::string_view());
  if (state == "asked" && position < words.size()) state.append(" ").append(words[position++]);
  std::string known;
  for (const StateRow& row : kStates) {
    if (row.of_future != of_future) continue;
    if (row.word == state) claim.states = row.states;
    known.append(known.empty() ? "" : ", ").append(row.word);
  }
  if (claim.states == 0) return fail(concat(quote(state), " says nothing about ",
                                             of_future ? "a future" : "an operation", "; known: ", known));
  return claim;
}

std::string format_claim(const Claim& claim) {
  std::string text = (claim.of_future ? "future " : "operation ") + operation_id(claim.client, claim.number);
  for (const StateRow& row : kStates)
    if (row.of_future == claim.of_future && row.states == claim.states) return text.append(" ").append(row.word);
  return text;
}

bool holds(const Claim& claim, const History& history, uint64_t& position) {
  while (position < history.length()) {
    const HistoryEvent& event = history.at(++position);
    if (event.command.client == claim.client && event.command.number == claim.number && (claim.states & bit(event.kind)) != 0)
      return true;
  }
  return false;
}

bool holds(const Claim& claim, const FutureTable& futures) {
  for (uint64_t number = futures.first(); number <= futures.made(); ++number) {
    const FutureRecord& record = futures.at(number);
    if (record.command.client != claim.client || record.command.number != claim.number) continue;
    const bool in_log = record.state == FutureState::pending && record.index != 0;
    if ((claim.states & bit(in_log ? FutureState::accepted : record.state)) != 0) return true;
  }
  return false;
}

}  // namespace paxoscope
