#include "sim/action.h"

#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"
#include "sim/action_text.h"
#include "sim/command.h"

namespace paxoscope {

using namespace action_text;

namespace {

constexpr TimeUs kMaxDurationUs = 3'600'000'000;
constexpr int64_t kMaxRatePpm = 500'000;
constexpr size_t kMaxTimerIdLength = 32;
constexpr TimeUs kThinkUs = 50'000, kMinThinkUs = 100;  ///< of a client that is added

/// How the words after the verb read.
enum class Shape : uint8_t {
  link,             // A-B, A>B
  links,            // A-B, A>B, A-B,C>D
  links_or_all,     // the same, all
  server,           // A
  groups,           // A,B|C
  members,          // A,B,C, A,B,C lead B
  server_text,      // A rest of the line
  server_word,      // A election
  message,          // 42
  message_by_time,  // 42 by 20ms
  links_time,       // A-B 20ms, A-B,C>D 20ms, all 20ms
  links_percent,    // A-B 30%, A-B,C>D 30%, all 30%
  server_time,      // A +120ms
  server_ppm,       // A 500ppm
  server_disk,      // A full
  server_index,     // A 20, A, all 20, all
  client,           // add A closed 50ms put 1, get 1; remove k2
};

struct Verb {
  const char* name;
  ActionKind kind;
  Shape shape;
  const char* example;
};

constexpr Verb kVerbs[] = {
    {"cut", ActionKind::cut, Shape::links, "cut A-B"},
    {"heal", ActionKind::heal, Shape::links_or_all, "heal A-B"},
    {"isolate", ActionKind::isolate, Shape::server, "isolate C"},
    {"partition", ActionKind::partition, Shape::groups, "partition A,B|C,D,E"},
    {"only", ActionKind::only, Shape::server, "only A"},
    {"crash", ActionKind::crash, Shape::server, "crash A"},
    {"restart", ActionKind::restart, Shape::server, "restart A"},
    {"pause", ActionKind::pause, Shape::server, "pause A"},
    {"resume", ActionKind::resume, Shape::server, "resume A"},
    {"wipe", ActionKind::wipe, Shape::server, "wipe A"},
    {"propose", ActionKind::propose, Shape::server_text, "propose A x=1"},
    {"fire", ActionKind::fire, Shape::server_word, "fire A election"},
    {"reconnect", ActionKind::reconnect, Shape::link, "reconnect A-B"},
    {"deliver", ActionKind::deliver, Shape::message, "deliver 42"},
    {"drop", ActionKind::drop, Shape::message, "drop 42"},
    {"duplicate", ActionKind::duplicate, Shape::message, "duplicate 42"},
    {"delay", ActionKind::delay, Shape::message_by_time, "delay 42 by 20ms"},
    {"latency", ActionKind::set_latency, Shape::links_time, "latency A-B 20ms"},
    {"loss", ActionKind::set_loss, Shape::links_percent, "loss A>B 30%"},
    {"duplication", ActionKind::set_duplication, Shape::links_percent, "duplication A>B 10%"},
    {"clock", ActionKind::set_clock, Shape::server_time, "clock A +120ms"},
    {"rate", ActionKind::set_rate, Shape::server_ppm, "rate A 500ppm"},
    {"reconfigure", ActionKind::reconfigure, Shape::members, "reconfigure A,B,C"},
    {"snapshot", ActionKind::snapshot, Shape::server_index, "snapshot A 20"},
    {"trim", ActionKind::trim, Shape::server_index, "trim all 20"},
    {"disk", ActionKind::set_disk, Shape::server_disk, "disk A full"},
    {"client", ActionKind::add_client, Shape::client, "client add A closed 50ms put 1"},
};

const Verb* find_verb(std::string_view name) {
  for (const Verb& verb : kVerbs)
    if (name == verb.name) return &verb;
  return nullptr;
}

const Verb* verb_of(ActionKind kind) {
  if (kind == ActionKind::heal_all) kind = ActionKind::heal;
  if (kind == ActionKind::remove_client) kind = ActionKind::add_client;
  for (const Verb& verb : kVerbs)
    if (verb.kind == kind) return &verb;
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes the next word off `rest`.
std::string_view take_word(std::string_view& rest) {
  rest = trimmed(rest);
  size_t end = 0;
  while (end < rest.size() && rest[end] != ' ' && rest[end] != '\t') ++end;
  const std::string_view word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

std::optional<uint64_t> parse_whole(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A decimal number times `unit`, exact: "1.5" × 1000 = 1500. Nothing if it is no number, too big, or not whole.
std::optional<int64_t> parse_scaled(std::string_view text, int64_t unit) {
  const size_t dot = text.find('.');
  const auto whole = parse_whole(text.substr(0, dot));
  if (!whole || *whole > static_cast<uint64_t>(INT64_MAX / 4 / unit)) return std::nullopt;
  int64_t value = static_cast<int64_t>(*whole) * unit;
  if (dot == std::string_view::npos) return value;
  const std::string_view digits = text.substr(dot + 1);
  if (digits.empty() || digits.size() > 9) return std::nullopt;
  int64_t place = unit;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    if (c != '0' && (place == 0 || place % 10 != 0)) return std::nullopt;
    place /= 10;
    value += (c - '0') * place;
  }
  return value;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

Result<int64_t> parse_signed(std::string_view text, Result<int64_t> (*parse)(std::string_view)) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  auto value = parse(text);
  if (value && negative) *value = -*value;
  return value;
}

Result<int64_t> parse_ppm(std::string_view text) {
  if (!ends_with(text, "ppm")) return fail(quote(text) + " is not a rate like 500ppm");
  const auto value = parse_whole(text.substr(0, text.size() - 3));
  if (!value || *value > static_cast<uint64_t>(kMaxRatePpm))
    return fail(quote(text) + " is not a rate of at most 500000ppm");
  return static_cast<int64_t>(*value);
}

Result<LinkEnds> parse_link(std::string_view text) {
  const size_t at = text.find_first_of("->");
  if (at == std::string_view::npos) return fail(quote(text) + " is not a link like A-B (both ways) or A>B (one way)");
  const auto a = parse_server(text.substr(0, at));
  if (!a) return tl::unexpected<Error>(a.error());
  const auto b = parse_server(text.substr(at + 1));
  if (!b) return tl::unexpected<Error>(b.error());
  if (*a == *b) return fail("a link needs two different servers, not " + quote(text));
  return LinkEnds{*a, *b, text[at] == '>'};
}

bool share_a_direction(const LinkEnds& one, const LinkEnds& other) {
  const bool same = one.a == other.a && one.b == other.b, turned = one.a == other.b && one.b == other.a;
  return one.directed && other.directed ? same : same || turned;
}

/// "A-B" or, with `several`, "A-B,C>D".
Result<void> parse_links(std::string_view text, bool several, Action& action) {
  std::vector<LinkEnds> links;
  while (true) {
    const size_t comma = several ? text.find(',') : std::string_view::npos;
    const auto link = parse_link(text.substr(0, comma));
    if (!link) return tl::unexpected<Error>(link.error());
    for (const LinkEnds& other : links)
      if (share_a_direction(*link, other)) return fail(concat("link ", quote(text.substr(0, comma)), " is named twice"));
    links.push_back(*link);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  action.a = links[0].a;
  action.b = links[0].b;
  action.directed = links[0].directed;
  action.more.assign(links.begin() + 1, links.end());
  return {};
}

Result<ServerSet> parse_members(std::string_view text) {
  ServerSet set = 0;
  while (true) {
    const size_t comma = text.find(',');
    const auto server = parse_server(trimmed(text.substr(0, comma)));
    if (!server) return tl::unexpected<Error>(server.error());
    if (contains(set, *server)) return fail(concat("server ", quote(text.substr(0, comma)), " is named twice"));
    set |= server_bit(*server);
    if (comma == std::string_view::npos) return set;
    text.remove_prefix(comma + 1);
  }
}

Result<void> parse_groups(std::string_view text, Action& action) {
  ServerSet seen = 0;
  while (true) {
    const size_t bar = text.find('|');
    const auto group = parse_members(trimmed(text.substr(0, bar)));
    if (!group) return tl::unexpected<Error>(group.error());
    if ((seen & *group) != 0) return fail("a server is in two groups of the partition");
    seen |= *group;
    action.groups.push_back(*group);
    if (bar == std::string_view::npos) break;
    text.remove_prefix(bar + 1);
  }
  if (action.groups.size() < 2) return fail("a partition needs at least two groups, like A,B|C,D,E");
  return {};
}

Result<void> parse_command(std::string_view text, Action& action) {
  if (text.empty()) return fail("propose needs a command, like propose A x=1");
  if (text.size() > Command::kMaxText)
    return fail(concat("the command is longer than ", Command::kMaxText, " bytes"));
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return fail("the command has a control character");
  action.text = text;
  return {};
}

Result<void> parse_timer_id(std::string_view text, Action& action) {
  bool good = !text.empty() && text.size() <= kMaxTimerIdLength;
  for (char c : text) good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
  if (!good) return fail(quote(text) + " is not a timer's name, like election");
  action.text = text;
  return {};
}

Result<void> parse_message_id(std::string_view text, Action& action) {
  const auto id = parse_whole(text);
  if (!id || *id == 0) return fail(quote(text) + " is not a message's number");
  action.message_id = *id;
  return {};
}

template <class T>
Result<void> store(const Result<T>& value, int64_t& target) {
  if (!value) return tl::unexpected<Error>(value.error());
  target = static_cast<int64_t>(*value);
  return {};
}

Result<void> parse_single_server(std::string_view text, Action& action) {
  const auto server = parse_server(text);
  if (!server) return tl::unexpected<Error>(server.error());
  action.a = *server;
  return {};
}

/// "A,B,C" or "A,B,C lead B"; takes all that is left.
Result<void> parse_next_members(std::string_view& rest, Action& action) {
  const std::string_view all = std::exchange(rest, {});
  const size_t lead = all.find(" lead ");
  const auto members = parse_members(trimmed(all.substr(0, lead)));
  if (!members) return tl::unexpected<Error>(members.error());
  action.groups.push_back(*members);
  if (lead == std::string_view::npos) return {};
  const auto leader = parse_server(trimmed(all.substr(lead + 6)));
  if (!leader) return tl::unexpected<Error>(leader.error());
  if (!contains(*members, *leader)) return fail("the named leader must be one of the members");
  action.b = *leader;
  return {};
}

Result<void> parse_disk_state(std::string_view text, Action& action) {
  if (text != "full" && text != "lies" && text != "ok")
    return fail(quote(text) + " is not a state of a disk: full, lies or ok");
  action.text = text;
  return {};
}

/// "closed 50ms put 1, get 1"; what is left out at the end is as here.
Result<void> parse_client(std::string_view& rest, Action& action) {
  const std::string_view loop = take_word(rest);
  action.open_loop = loop == "open";
  if (!action.open_loop && loop != "closed" && !loop.empty())
    return fail(quote(loop) + " is not the loop of a client: closed (each operation waits for the one before) or open");
  action.amount = kThinkUs;
  if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
    const auto every = parse_duration(take_word(rest));
    if (!every) return tl::unexpected<Error>(every.error());
    if (*every < kMinThinkUs) return fail("a client's operations are at least 100us apart");
    action.amount = *every;
  }
  if (rest.empty()) {
    action.mix = {1};
    return {};
  }
  const auto mix = parse_mix(std::exchange(rest, {}));
  if (!mix) return tl::unexpected<Error>(mix.error());
  action.mix = *mix;
  return {};
}

/// "add A…" or "remove k2"; takes all that is left.
Result<void> parse_client_change(std::string_view& rest, Action& action) {
  const std::string_view verb = take_word(rest);
  const std::string_view who = take_word(rest);
  if (verb == "add") {
    if (auto done = parse_single_server(who, action); !done) return done;
    return parse_client(rest, action);
  }
  if (verb != "remove") return fail(quote(verb) + " is nothing that is done with a client: add or remove");
  action.kind = ActionKind::remove_client;
  const auto number = who.substr(0, 1) == "k" ? parse_whole(who.substr(1)) : std::nullopt;
  if (!number || *number == 0 || *number > kMaxClients || who[1] == '0')
    return fail(quote(who) + " is not a client (k1 to k32)");
  action.amount = static_cast<int64_t>(*number);
  return {};
}

/// The one or two words before the amount.
Result<void> parse_subject(Shape shape, std::string_view& rest, Action& action) {
  switch (shape) {
    case Shape::link:
    case Shape::links:
      return parse_links(take_word(rest), shape == Shape::links, action);
    case Shape::links_time:
    case Shape::links_percent: {
      const std::string_view word = take_word(rest);
      return word == "all" ? Result<void>{} : parse_links(word, true, action);
    }
    case Shape::links_or_all:
      if (rest == "all") {
        rest = {};
        action.kind = ActionKind::heal_all;
        return {};
      }
      return parse_links(take_word(rest), true, action);
    case Shape::client:
      return parse_client_change(rest, action);
    case Shape::message:
    case Shape::message_by_time:
      return parse_message_id(take_word(rest), action);
    case Shape::groups:
      return parse_groups(std::exchange(rest, {}), action);
    case Shape::members:
      return parse_next_members(rest, action);
    case Shape::server_index: {
      const std::string_view word = take_word(rest);
      return word == "all" ? Result<void>{} : parse_single_server(word, action);
    }
    default:
      return parse_single_server(take_word(rest), action);
  }
}

Result<void> parse_amount(Shape shape, std::string_view& rest, Action& action) {
  switch (shape) {
    case Shape::server_text:
      return parse_command(std::exchange(rest, {}), action);
    case Shape::server_word:
      return parse_timer_id(take_word(rest), action);
    case Shape::message_by_time:
      if (take_word(rest) != "by") return fail("delay reads like: delay 42 by 20ms");
      return store(parse_duration(take_word(rest)), action.amount);
    case Shape::links_time:
      return store(parse_duration(take_word(rest)), action.amount);
    case Shape::links_percent:
      return store(parse_permille(take_word(rest)), action.amount);
    case Shape::server_time:
      return store(parse_signed(take_word(rest), parse_duration), action.amount);
    case Shape::server_ppm:
      return store(parse_signed(take_word(rest), parse_ppm), action.amount);
    case Shape::server_disk:
      return parse_disk_state(take_word(rest), action);
    case Shape::server_index: {
      if (rest.empty()) return {};
      const std::string_view word = take_word(rest);
      const auto index = parse_whole(word);
      if (!index || *index == 0 || *index > INT64_MAX) return fail(quote(word) + " is not a log index");
      action.amount = static_cast<int64_t>(*index);
      return {};
    }
    default:
      return {};
  }
}

std::string link_text(const Action& action) {
  if (action.a == 0) return "all";
  std::string text = letter(action.a) + (action.directed ? ">" : "-") + letter(action.b);
  for (const LinkEnds& link : action.more) text += concat(",", letter(link.a), link.directed ? ">" : "-", letter(link.b));
  return text;
}

}  // namespace

bool Action::names(ServerId from, ServerId to) const {
  const auto one = [&](ServerId x, ServerId y, bool one_way) {
    return (from == x && to == y) || (!one_way && from == y && to == x);
  };
  if (a == 0 || one(a, b, directed)) return true;
  for (const LinkEnds& link : more)
    if (one(link.a, link.b, link.directed)) return true;
  return false;
}

Result<TimeUs> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    int64_t us;
  };
  constexpr Unit kUnits[] = {{"us", 1}, {"ms", 1000}, {"s", 1'000'000}, {"min", 60'000'000}};
  for (const Unit& unit : kUnits) {
    if (!ends_with(text, unit.suffix)) continue;
    const auto value = parse_scaled(text.substr(0, text.size() - unit.suffix.size()), unit.us);
    if (!value) continue;
    if (*value > kMaxDurationUs) return fail(quote(text) + " is longer than one hour");
    return *value;
  }
  return fail(quote(text) + " is not a duration like 20ms, 1.5s or 300us (at most one hour)");
}

Result<ServerId> parse_server(std::string_view text) {
  if (text.size() == 1 && text[0] >= 'A' && text[0] <= 'P') return static_cast<ServerId>(text[0] - 'A' + 1);
  const auto number = parse_whole(text);
  if (number && *number >= 1 && *number <= kMaxServers && text[0] != '0') return static_cast<ServerId>(*number);
  return fail(quote(text) + " is not a server (A to P)");
}

Result<int64_t> parse_permille(std::string_view text) {
  const auto fail_here = [&] { return fail(quote(text) + " is not a share like 30% (0% to 100%, steps of 0.1%)"); };
  if (!ends_with(text, "%")) return fail_here();
  const auto value = parse_scaled(text.substr(0, text.size() - 1), 10);
  if (!value || *value > 1000) return fail_here();
  return *value;
}

Result<Action> parse_action(std::string_view text) {
  if (text.size() > kMaxActionLength) return fail("the action is longer than 512 bytes");
  std::string_view rest = trimmed(text);
  if (rest.empty()) return fail("the action is empty");
  const std::string_view word = take_word(rest);
  const Verb* verb = find_verb(word);
  if (verb == nullptr) return fail("unknown action " + quote(word));
  if (rest.empty()) return fail(concat("'", word, "' needs more, like: ", verb->example));
  Action action;
  action.kind = verb->kind;
  if (auto done = parse_subject(verb->shape, rest, action); !done) return tl::unexpected<Error>(done.error());
  if (auto done = parse_amount(verb->shape, rest, action); !done) return tl::unexpected<Error>(done.error());
  if (!rest.empty()) return fail(concat("nothing may follow after '", verb->example, "': ", quote(rest)));
  return action;
}

std::string format_action(const Action& action) {
  if (action.kind == ActionKind::heal_all) return "heal all";
  const Verb* verb = verb_of(action.kind);
  const std::string text = std::string(verb->name) + " ";
  switch (verb->shape) {
    case Shape::link:
    case Shape::links:
    case Shape::links_or_all: return text + link_text(action);
    case Shape::server: return text + letter(action.a);
    case Shape::groups: return text + groups_text(action.groups);
    case Shape::members:
      return text + groups_text(action.groups) + (action.b == 0 ? "" : " lead " + letter(action.b));
    case Shape::server_disk:
    case Shape::server_text:
    case Shape::server_word: return concat(text, letter(action.a), " ", action.text);
    case Shape::message: return concat(text, action.message_id);
    case Shape::message_by_time:
      return concat(text, action.message_id, " by ", duration_text(action.amount));
    case Shape::links_time: return concat(text, link_text(action), " ", duration_text(action.amount));
    case Shape::links_percent: return concat(text, link_text(action), " ", decimal(action.amount, 10, 1), "%");
    case Shape::server_time: return concat(text, letter(action.a), " ", with_sign(duration_text(action.amount)));
    case Shape::server_ppm: return concat(text, letter(action.a), " ", with_sign(std::to_string(action.amount)),
                                           "ppm");
    case Shape::server_index:
      return text + (action.a == 0 ? "all" : letter(action.a)) +
             (action.amount == 0 ? "" : " " + std::to_string(action.amount));
    case Shape::client:
      if (action.kind == ActionKind::remove_client) return concat(text, "remove k", action.amount);
      return concat(text, "add ", letter(action.a), action.open_loop ? " open " : " closed ", duration_text(action.amount),
                    " ", format_mix(action.mix));
  }
  return text;
}

}  // namespace paxoscope
