#include "sim/action_text.h"

#include <cinttypes>
#include <cstdio>

#include "base/text.h"
#include "sim/action.h"

namespace paxoscope {

namespace action_text {

std::string letter(ServerId id) {
  if (id == 0 || id > kMaxServers) return std::to_string(id);
  return std::string(1, static_cast<char>('A' + id - 1));
}

std::string members_text(ServerSet set) {
  std::string text;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(set, id)) text += (text.empty() ? "" : ",") + letter(id);
  return text;
}

std::string groups_text(const std::vector<ServerSet>& groups) {
  std::string text;
  for (ServerSet group : groups) text += (text.empty() ? "" : "|") + members_text(group);
  return text;
}

std::string decimal(int64_t value, int64_t unit, int places) {
  char buffer[32];
  snprintf(buffer, sizeof buffer, "%" PRId64, value / unit);
  std::string text = buffer;
  int64_t rest = value % unit;
  if (rest == 0) return text;
  snprintf(buffer, sizeof buffer, "%0*" PRId64, places, rest);
  text += std::string(".") + buffer;
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string duration_text(TimeUs duration_us) {
  const std::string sign = duration_us < 0 ? "-" : "";
  const TimeUs value = duration_us < 0 ? -duration_us : duration_us;
  if (value >= 1'000'000 && value % 1000 == 0) return concat(sign, decimal(value, 1'000'000, 6), "s");
  if (value >= 1000) return concat(sign, decimal(value, 1000, 3), "ms");
  return concat(sign, value, "us");
}

std::string with_sign(std::string text) { return text.front() == '-' ? text : "+" + text; }

}  // namespace action_text

using namespace action_text;

namespace {

std::string whoever(const Action& action) { return action.a == 0 ? "all take" : letter(action.a) + " takes"; }
std::string up_to(int64_t index) { return index == 0 ? "" : concat(" up to ", index); }

/// "A–B", "A→B", "A–B and C–D", "5 links" or "every link"
std::string shown_link(const Action& action) {
  if (action.a == 0) return "every link";
  if (action.more.size() > 1) return concat(action.more.size() + 1, " links");
  std::string text = letter(action.a) + (action.directed ? "→" : "–") + letter(action.b);
  for (const LinkEnds& link : action.more) text += concat(" and ", letter(link.a), link.directed ? "→" : "–", letter(link.b));
  return text;
}

}  // namespace

std::string describe_action(const Action& action) {
  const std::string message = concat("message ", action.message_id);
  switch (action.kind) {
    case ActionKind::cut: return "cut " + shown_link(action);
    case ActionKind::heal: return "heal " + shown_link(action);
    case ActionKind::heal_all: return "heal every link";
    case ActionKind::isolate: return letter(action.a) + " is isolated";
    case ActionKind::partition: return "partition " + groups_text(action.groups);
    case ActionKind::only: return concat("links cut: only ", letter(action.a), " reaches all");
    case ActionKind::crash: return letter(action.a) + " crashes";
    case ActionKind::restart: return letter(action.a) + " restarts";
    case ActionKind::pause: return letter(action.a) + " is paused";
    case ActionKind::resume: return letter(action.a) + " resumes";
    case ActionKind::wipe: return letter(action.a) + " crashes and loses its disk";
    case ActionKind::propose: return concat(letter(action.a), " is asked for ", action.text);
    case ActionKind::fire: return concat(letter(action.a), "'s ", action.text, " timer fires");
    case ActionKind::reconnect: return concat(letter(action.a), " reconnects to ", letter(action.b));
    case ActionKind::deliver: return message + " is delivered now";
    case ActionKind::drop: return message + " is dropped";
    case ActionKind::duplicate: return message + " is duplicated";
    case ActionKind::delay: return concat(message, " is delayed by ", duration_text(action.amount));
    case ActionKind::set_latency: return concat("latency of ", shown_link(action), ": ",
                                                 duration_text(action.amount));
    case ActionKind::set_loss: return concat("loss on ", shown_link(action), ": ", decimal(action.amount, 10, 1),
                                              "%");
    case ActionKind::set_duplication:
      return concat("duplication on ", shown_link(action), ": ", decimal(action.amount, 10, 1), "%");
    case ActionKind::set_clock: return concat(letter(action.a), "'s clock: ",
                                               with_sign(duration_text(action.amount)));
    case ActionKind::set_rate:
      return concat(letter(action.a), "'s clock rate: ", with_sign(std::to_string(action.amount)), "ppm");
    case ActionKind::reconfigure:
      return concat("reconfigure to ", groups_text(action.groups),
                     action.b == 0 ? "" : ", led by " + letter(action.b));
    case ActionKind::snapshot: return concat(whoever(action), " a snapshot", up_to(action.amount));
    case ActionKind::trim:
      return (action.a == 0 ? "all trim their logs" : letter(action.a) + " trims its log") + up_to(action.amount);
    case ActionKind::set_disk:
      return letter(action.a) + (action.text == "full"   ? "'s disk is full"
                                 : action.text == "lies" ? "'s disk reports writes that it has not made"
                                                         : "'s disk works again");
    case ActionKind::add_client:
      return concat("a client at ", letter(action.a), " asks for ", format_mix(action.mix), " every ", duration_text(action.amount));
    case ActionKind::remove_client: return concat("client k", action.amount, " leaves");
  }
  return {};
}

}  // namespace paxoscope
