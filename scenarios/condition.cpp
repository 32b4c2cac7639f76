// The grammar of `when`.
#include "base/text.h"
#include "scenarios/scenario.h"
#include "scenarios/words.h"

namespace paxoscope {

namespace {

constexpr uint64_t kMaxCount = 1'000'000'000;

using Words = std::vector<std::string_view>;

tl::unexpected<Error> unreadable(std::string_view text) {
  return fail(concat("cannot read the condition ", quote(text),
                      "; it reads like: leader A, decided A 3, decided 2 more, not quorum-connected C, promised B to A, " "message Prepare from A to B, rule B3 at A, sealed 1 at A, configuration 2 at D, future op#1 cancelled, " "operation k1#3 ends"));
}

bool is_name(std::string_view word) {
  if (word.empty() || word.size() > 32) return false;
  for (char c : word) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
  }
  return true;
}

/// Reads `keyword SERVER` at `position`, if the keyword stands there.
Result<void> read_server_after(const Words& words, size_t& position, std::string_view keyword, ServerId& target) {
  if (position >= words.size() || words[position] != keyword) return {};
  if (position + 1 >= words.size()) return fail(concat("a server must follow after '", keyword, "'"));
  const auto server = parse_server(words[position + 1]);
  if (!server) return tl::unexpected<Error>(server.error());
  target = *server;
  position += 2;
  return {};
}

Result<void> read_decided(const Words& words, size_t& position, Condition& condition) {
  condition.kind = ConditionKind::decided;
  if (position + 1 < words.size() && words[position + 1] != "more") {
    const auto server = parse_server(words[position]);
    if (!server) return tl::unexpected<Error>(server.error());
    condition.server = *server;
    ++position;
  }
  const std::string_view word = position < words.size() ? words[position++] : std::string_view();
  const auto count = read_number(word, kMaxCount);
  if (!count || *count == 0) return fail(quote(word) + " is not a number of entries");
  condition.value = *count;
  if (condition.server == 0 && position < words.size() && words[position] == "more") {
    condition.kind = ConditionKind::decided_more;
    ++position;
  }
  return {};
}

Result<void> read_named(const Words& words, size_t& position, Condition& condition) {
  if (position >= words.size() || !is_name(words[position]))
    return fail(concat("a name must follow after '", words[0], "'"));
  condition.text = words[position++];
  return {};
}

/// "AppendEntries reply": up to `from` or `to`.
Result<void> read_message_name(const Words& words, size_t& position, Condition& condition) {
  Result<void> done = read_named(words, position, condition);
  for (; done && position < words.size() && words[position] != "from" && words[position] != "to"; ++position) {
    if (!is_name(words[position])) return fail(quote(words[position]) + " is no part of a message's name");
    condition.text.append(" ").append(words[position]);
  }
  return done;
}

Result<void> read_configuration(const Words& words, size_t& position, Condition& condition) {
  const std::string_view word = position < words.size() ? words[position++] : std::string_view();
  const auto number = read_number(word, kMaxCount);
  if (!number || *number == 0) return fail(quote(word) + " is not the number of a configuration");
  condition.value = *number;
  return read_server_after(words, position, "at", condition.server);
}

Result<void> read_optional_server(const Words& words, size_t& position, Condition& condition) {
  if (position >= words.size()) return {};
  const auto server = parse_server(words[position]);
  if (!server) return tl::unexpected<Error>(server.error());
  condition.server = *server;
  ++position;
  return {};
}

Result<void> read_words(const Words& words, size_t& position, Condition& condition) {
  const std::string_view verb = words[0];
  position = 1;
  Result<void> done;
  if (verb == "leader") {
    condition.kind = ConditionKind::leader;
    return read_optional_server(words, position, condition);
  }
  if (verb == "decided") return read_decided(words, position, condition);
  if (verb == "not" && words.size() > 1 && words[1] == "quorum-connected") {
    condition.kind = ConditionKind::not_quorum_connected;
    position = 2;
    return read_optional_server(words, position, condition);
  }
  if (verb == "promised") {
    condition.kind = ConditionKind::promised;
    if (words.size() > 1 && words[1] != "to") done = read_optional_server(words, position, condition);
    return done ? read_server_after(words, position, "to", condition.other) : done;
  }
  if (verb == "message") {
    condition.kind = ConditionKind::message;
    done = read_message_name(words, position, condition);
    if (done) done = read_server_after(words, position, "from", condition.server);
    return done ? read_server_after(words, position, "to", condition.other) : done;
  }
  if (verb == "sealed" || verb == "configuration") {
    condition.kind = verb == "sealed" ? ConditionKind::sealed : ConditionKind::configuration;
    return read_configuration(words, position, condition);
  }
  if (verb == "future" || verb == "operation") {
    condition.kind = ConditionKind::claim;
    const auto claim = parse_claim(verb == "future", words, position);
    if (!claim) return tl::unexpected<Error>(claim.error());
    condition.claim = *claim;
    return {};
  }
  if (verb == "rule") {
    condition.kind = ConditionKind::event_rule;
    done = read_named(words, position, condition);
    return done ? read_server_after(words, position, "at", condition.server) : done;
  }
  position = words.size() + 1;
  return {};
}

}  // namespace

Result<Condition> parse_condition(std::string_view text) {
  if (text.size() > 200) return fail("the condition is longer than 200 bytes");
  const Words words = split_words(text);
  if (words.empty()) return fail("the condition is empty");
  Condition condition;
  size_t position = 0;
  const auto done = read_words(words, position, condition);
  if (!done) return tl::unexpected<Error>(Error{concat(done.error().text, ", in the condition ", quote(text))});
  if (position != words.size()) return unreadable(text);
  return condition;
}

}  // namespace paxoscope
