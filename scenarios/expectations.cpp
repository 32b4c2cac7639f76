#include "scenarios/expectations.h"

#include <algorithm>

#include "base/text.h"
#include "scenarios/words.h"

namespace paxoscope {

namespace {

using Kind = Expectation::Kind;
using Words = std::vector<std::string_view>;

constexpr uint64_t kMaxCount = 1'000'000'000;

/// True if `words` starts with the words of `start`; then `position` is the one after them.
bool starts_with(const Words& words, std::string_view start, size_t& position) {
  const Words wanted = split_words(start);
  if (words.size() < wanted.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i)
    if (words[i] != wanted[i]) return false;
  position = wanted.size();
  return true;
}

Result<void> read_count(const Words& words, size_t& position, Expectation& expectation) {
  const std::string_view word = position < words.size() ? words[position++] : std::string_view();
  const auto count = read_number(word, kMaxCount);
  if (!count) return fail(quote(word) + " is not a count");
  expectation.value = static_cast<int64_t>(*count);
  return {};
}

/// "400ms" or "4 election timeouts"
Result<void> read_length(const Words& words, size_t& position, TimeUs election_timeout_us, Expectation& expectation) {
  const std::string_view word = position < words.size() ? words[position++] : std::string_view();
  const bool timeouts = position + 1 < words.size() && words[position] == "election" &&
                        (words[position + 1] == "timeouts" || words[position + 1] == "timeout");
  if (timeouts) {
    const auto count = read_number(word, 1000);
    if (!count) return fail(quote(word) + " is not a number of election timeouts");
    expectation.value = static_cast<int64_t>(*count) * election_timeout_us;
    position += 2;
    return {};
  }
  const auto duration = parse_duration(word);
  if (!duration) return tl::unexpected<Error>(duration.error());
  expectation.value = *duration;
  return {};
}

Result<void> read_server(const Words& words, size_t& position, Expectation& expectation) {
  const auto server = parse_server(position < words.size() ? words[position++] : std::string_view());
  if (!server) return tl::unexpected<Error>(server.error());
  expectation.server = *server;
  return {};
}

/// "A,B,D", as the action reads it.
Result<void> read_members(const Words& words, size_t& position, Expectation& expectation) {
  const std::string_view word = position < words.size() ? words[position++] : std::string_view();
  const auto action = parse_action("reconfigure " + std::string(word));
  if (!action) return tl::unexpected<Error>(action.error());
  expectation.value = action->groups.at(0);
  return {};
}

Result<void> read_words(const Words& words, size_t& position, TimeUs election_timeout_us, Expectation& e) {
  const auto is = [&](std::string_view start, Kind kind) {
    if (!starts_with(words, start, position)) return false;
    e.kind = kind;
    return true;
  };
  if (is("no violation", Kind::no_violation) || is("all caught up", Kind::all_caught_up) ||
      is("all settled", Kind::all_settled))
    return {};
  if (is("history linearizable", Kind::history_linearizable) || is("all operations end", Kind::all_end) ||
      is("every client operation completes", Kind::all_complete))
    return {};
  for (const bool of_future : {true, false}) {
    if (!is(of_future ? "future" : "operation", Kind::claim)) continue;
    const auto claim = parse_claim(of_future, words, position);
    if (!claim) return tl::unexpected<Error>(claim.error());
    e.claim = *claim;
    return {};
  }
  if (is("violation", Kind::violated)) {
    if (position < words.size()) e.name = words[position++];
    return {};
  }
  if (is("decided at least", Kind::decided_at_least)) {
    auto done = read_count(words, position, e);
    if (!done || position >= words.size() || words[position] != "at") return done;
    return read_server(words, ++position, e);
  }
  if (is("decided at most", Kind::decided_at_most)) return read_count(words, position, e);
  if (is("leader changes at most", Kind::leader_changes_at_most) ||
      is("leader changes at least", Kind::leader_changes_at_least))
    return read_count(words, position, e);
  if (is("configuration is", Kind::configuration_is)) return read_count(words, position, e);
  if (is("members are", Kind::members_are)) return read_members(words, position, e);
  if (is("leader is", Kind::leader_is) || is("retired", Kind::retired)) return read_server(words, position, e);
  if (is("longest stall at most", Kind::longest_stall_at_most) ||
      is("longest stall at least", Kind::longest_stall_at_least) || is("recovers within", Kind::recovers_within) ||
      is("decides after", Kind::decides_after))
    return read_length(words, position, election_timeout_us, e);
  position = words.size() + 1;
  return {};
}

struct Verdict {
  bool held;
  bool known;
};

/// True now means true for good; false is final only at the end.
Verdict once_true(bool now, bool at_end) { return {now, now || at_end}; }
/// False now means false for good; true is final only at the end.
Verdict while_true(bool now, bool at_end) { return {now, !now || at_end}; }

bool violated(const RunFacts& facts, std::string_view check) {
  for (const Violation& violation : *facts.violations)
    if (check.empty() || violation.check == check) return true;
  return false;
}

ServerSet newest_members(const RunFacts& facts) {
  ServerSet members = 0;
  if (!facts.configurations.empty())
    for (ServerId id : facts.configurations.back().members) members |= server_bit(id);
  return members;
}

/// Spare and retired servers need nothing.
bool all_caught_up(const Scenario& scenario, const RunFacts& facts) {
  for (const RunningServer& server : facts.running) {
    if ((server.configuration == 0 || server.retired) && !contains(newest_members(facts), server.id)) continue;
    if (facts.progress->behind_us(server.id, facts.now_us) > kCaughtUpTimeouts * scenario.world.election_timeout_us)
      return false;
  }
  return true;
}

bool all_run(const RunFacts& facts, ConfigurationId configuration) {
  if (facts.configurations.empty() || facts.configurations.back().id != configuration) return false;
  for (const RunningServer& server : facts.running)
    if (contains(newest_members(facts), server.id) && server.configuration != configuration) return false;
  return true;
}

bool retired(const RunFacts& facts, ServerId id) {
  for (const RunningServer& server : facts.running)
    if (server.id == id) return server.retired;
  return false;
}

bool all_settled(const RunFacts& facts) {
  for (const RunningServer& server : facts.running)
    if (server.unsettled != 0) return false;
  return true;
}

Verdict judge(const Expectation& e, const Scenario& scenario, const RunFacts& facts) {
  const Progress& progress = *facts.progress;
  const bool at_end = facts.at_end;
  const auto count = static_cast<uint64_t>(e.value);
  switch (e.kind) {
    case Kind::no_violation: return while_true(facts.violations->empty(), at_end);
    case Kind::violated: return once_true(violated(facts, e.name), at_end);
    case Kind::decided_at_least: {
      const LogIndex decided = e.server == 0 ? progress.decided_index() : progress.decided_index(e.server);
      return once_true(decided >= count, at_end);
    }
    case Kind::decided_at_most: return while_true(progress.decided_index() <= count, at_end);
    case Kind::leader_changes_at_most: return while_true(progress.leader_changes() <= count, at_end);
    case Kind::leader_changes_at_least: return once_true(progress.leader_changes() >= count, at_end);
    case Kind::leader_is: return {progress.leader() == e.server, at_end};
    case Kind::longest_stall_at_most: return while_true(progress.longest_stall_us(facts.now_us) <= e.value, at_end);
    case Kind::longest_stall_at_least: return once_true(progress.longest_stall_us(facts.now_us) >= e.value, at_end);
    case Kind::recovers_within: {
      const bool in_time = progress.longest_stall_since_fault_us(facts.now_us) <= e.value;
      if (!in_time) return {false, true};
      return {progress.faulted() && progress.decided_since_fault(), at_end};
    }
    case Kind::decides_after: return once_true(progress.last_decided_us() > e.value, at_end);
    case Kind::all_caught_up: return {all_caught_up(scenario, facts), at_end};
    case Kind::configuration_is: return {all_run(facts, static_cast<ConfigurationId>(e.value)), at_end};
    case Kind::members_are: return {newest_members(facts) == static_cast<ServerSet>(e.value), at_end};
    case Kind::retired: return {retired(facts, e.server), at_end};
    case Kind::claim: {
      uint64_t position = 0;
      const bool now = e.claim.of_future ? holds(e.claim, *facts.futures) : holds(e.claim, *facts.history, position);
      return once_true(now, at_end);
    }
    case Kind::history_linearizable: return while_true(!violated(facts, "linearizable"), at_end);
    case Kind::all_end: return {facts.open == 0, at_end};
    case Kind::all_complete: return {facts.clients_open + facts.incomplete == 0, at_end || facts.incomplete > 0};
    case Kind::all_settled: return {all_settled(facts), at_end};
  }
  return {false, false};
}

}  // namespace

Result<Expectation> parse_expectation(std::string_view text, TimeUs election_timeout_us) {
  if (text.size() > 200) return fail("the expectation is longer than 200 bytes");
  const Words words = split_words(text);
  if (words.empty()) return fail("the expectation is empty");
  Expectation expectation;
  expectation.text = text;
  size_t position = 0;
  const auto done = read_words(words, position, election_timeout_us, expectation);
  if (!done) return tl::unexpected<Error>(Error{concat(done.error().text, ", in the expectation ", quote(text))});
  if (position != words.size())
    return fail(concat("cannot read the expectation ", quote(text),
                        "; it reads like: no violation, violation decided-agree, decided at least 20 at C, leader changes at " "most 2, leader is A, longest stall at most 400ms, recovers within 4 election timeouts, decides after " "3s, all caught up, configuration is 2, members are A,B,D, retired C, all settled, future op#1 cancelled, operation k1#3 ok, history " "linearizable, all operations end, every client operation completes"));
  return expectation;
}

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Answer> parse_answer(std::string_view text, TimeUs election_timeout_us) {
  constexpr size_t kMaxWords = 24, kMaxBecause = 200;
  std::string_view parts[3], rest = text;
  for (std::string_view& part : parts) {
    const size_t bar = std::min(rest.find('|'), rest.size());
    part = trimmed(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  if (!rest.empty()) return fail(concat("the answer ", quote(text), " has more than three parts"));
  if (parts[0].empty() || parts[0].size() > kMaxWords)
    return fail(concat("the answer ", quote(text), " must begin with 1 to ", kMaxWords, " bytes of words"));
  if (parts[2].size() > kMaxBecause) return fail(concat("the reason of the answer ", quote(parts[0]), " is longer than ", kMaxBecause, " bytes"));
  Answer answer;
  answer.words = parts[0];
  answer.because = parts[2];
  if (parts[1].empty()) return answer;
  auto when = parse_expectation(parts[1], election_timeout_us);
  if (!when) return tl::unexpected<Error>(when.error());
  answer.when = std::move(*when);
  return answer;
}

ExpectationResult evaluate(const Expectation& expectation, const Scenario& scenario, const RunFacts& facts) {
  const Verdict verdict = judge(expectation, scenario, facts);
  return {expectation.text, verdict.held, verdict.known};
}

}  // namespace paxoscope
