#include "scenarios/event_text.h"

#include <algorithm>

#include "base/text.h"

namespace paxoscope {

namespace {

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string with_value(const MessageView& message) {
  return message.value.empty() ? message.name : concat(message.name, " ", message.value);
}

/// "Prepare", "Accept and Decide": what left that is no heartbeat.
std::string sent_names(const std::vector<MessageView>& sent) {
  std::vector<std::string> names;
  for (const MessageView& message : sent) {
    if (message.family == MessageFamily::heartbeat) continue;
    if (std::find(names.begin(), names.end(), message.name) == names.end()) names.push_back(message.name);
  }
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

/// Counting (who is heard, how many have promised) is less news than what follows from it.
const NoteView& main_note(const std::vector<NoteView>& notes) {
  for (const NoteView& note : notes)
    if (note.rule != "B1" && note.rule != "P2") return note;
  return notes[0];
}

/// A rule's sentence without its reasons.
std::string headline(const std::string& sentence) {
  const size_t end = std::min(sentence.find(": "), sentence.find("; "));
  return sentence.substr(0, end);
}

std::string plain_title(const EventParts& parts) {
  const EventInfo& info = parts.info;
  const std::string server = server_label(info.server);
  switch (info.kind) {
    case EventKind::initial: return "The run begins";
    case EventKind::action:
    case EventKind::script: return capitalised(describe_action(info.action));
    case EventKind::timer: return concat(server, "'s ", info.timer, " timer fires");
    case EventKind::disk:
      if (info.lied) return server + "'s disk says that a write is durable, and lies";
      return concat("A write of ", server, " is durable");
    case EventKind::client: {
      for (const HistoryEvent& one : parts.clients) {
        if (one.ends()) continue;
        const std::string again = one.kind == HistoryEventKind::asked ? " once more" : "";
        return concat("Client k", one.command.client, " asks ", server, again, " for ", one.command.label());
      }
      return "A client looks at its clock";
    }
    case EventKind::delivery:
      if (!parts.arrived) return "A message reaches " + server;
      if (parts.arrived_lost) return concat(with_value(*parts.arrived), " from ", server_label(parts.arrived->from),
                                             " finds ", server, " down");
      return concat(server, " receives ", with_value(*parts.arrived), " from ", server_label(parts.arrived->from));
  }
  return {};
}

/// What clients heard, and which futures ended without an answer that tells it: "; k1 gets 3; op#1 is resolved at 8".
std::string ends_text(const EventParts& parts) {
  std::string text;
  for (const HistoryEvent& one : parts.clients) {
    if (!one.ends() || one.command.client == 0) continue;
    const std::string result(one.text.view());
    const std::string client = concat("k", one.command.client);
    const std::string id = operation_id(one.command.client, one.command.number);
    switch (one.kind) {
      case HistoryEventKind::ok: text += concat("; ", client, " gets ",
                                                 result.empty() ? "its answer" : result); break;
      case HistoryEventKind::failed: text += concat("; ", id, " fails: ", result); break;
      default: text += concat("; ", client, " gives up ", id);
    }
  }
  for (const FutureRecord& one : parts.settled) {
    const std::string id = operation_id(one.command.client, one.command.number);
    if (one.state == FutureState::cancelled) text += concat("; the future of ", id, " is cancelled");
    if (one.state == FutureState::unknown) text += concat("; the future of ", id, " is lost");
    if (one.state == FutureState::resolved && one.command.client == 0)
      text += one.index == 0 ? concat("; ", id, " has ended") : concat("; the future of ", id, " is resolved at ", one.index);
  }
  return text;
}

std::string title_of(const EventParts& parts) {
  const bool by_hand = parts.info.kind == EventKind::action || parts.info.kind == EventKind::script;
  const bool explained = !parts.notes.empty() && !by_hand && parts.info.kind != EventKind::client;
  std::string title = plain_title(parts);
  if (explained) title = headline(main_note(parts.notes).sentence);
  const std::string names = sent_names(parts.sent);
  if (!names.empty() && !by_hand && title.find(" sends ") == std::string::npos) {
    const bool server_is_subject = explained || parts.info.kind == EventKind::delivery;
    title += concat(server_is_subject ? " and" : "; " + server_label(parts.info.server), " sends ", names);
  }
  return title;
}

struct LinkCount {
  size_t up = 0;
  size_t cut = 0;
  std::vector<ServerId> full;  ///< servers all of whose links are up
};

LinkCount count_links(const Observation& seen) {
  LinkCount count;
  const auto is_up = [&](ServerId from, ServerId to) {
    for (const LinkView& link : seen.links)
      if (link.from == from && link.to == to) return link.up;
    return false;
  };
  for (const ServerView& a : seen.servers) {
    bool all = true;
    for (const ServerView& b : seen.servers) {
      if (a.id == b.id) continue;
      const bool both = is_up(a.id, b.id) && is_up(b.id, a.id);
      all = all && both;
      if (a.id < b.id) ++(both ? count.up : count.cut);
    }
    if (all) count.full.push_back(a.id);
  }
  return count;
}

std::string subtitle_of(const Observation& after) {
  std::string text = links_sentence(after);
  for (const ServerView& server : after.servers) {
    if (server.status == ServerStatus::up) continue;
    text += concat("; ", server_label(server.id), server.status == ServerStatus::down ? " is down" : " is paused");
  }
  return text;
}

}  // namespace

std::string links_sentence(const Observation& seen) {
  const LinkCount count = count_links(seen);
  const auto links = [](size_t n) { return concat(n, n == 1 ? " link" : " links"); };
  if (seen.servers.size() == 1) return "A single server";
  if (count.cut == 0) return count.up == 1 ? "The only link is up" : concat("All ", links(count.up), " are up");
  std::string text = concat(links(count.up), " up, ", count.cut, " cut");
  if (count.full.size() == 1 && seen.servers.size() > 2)
    text = concat("Only ", server_label(count.full[0]), " reaches every server: ", text);
  return text;
}

EventView describe_event(const EventParts& parts, const Observation& after) {
  EventView view;
  view.number = parts.info.number;
  view.time_us = parts.info.time_us;
  view.kind = parts.info.kind;
  view.server = parts.info.server;
  view.message_id = parts.info.message_id;
  view.heartbeat = parts.chatter;
  view.notes = parts.notes;
  view.cause_event = parts.info.cause_event;
  if (parts.arrived && parts.info.cause_event != 0)
    view.cause_text = concat(with_value(*parts.arrived), " from ", server_label(parts.arrived->from));
  if (parts.info.kind == EventKind::disk && parts.info.cause_event != 0)
    view.cause_text = "the write of " + server_label(parts.info.server);
  view.title = title_of(parts) + ends_text(parts);
  view.subtitle = subtitle_of(after);
  return view;
}

const char* event_kind_name(EventKind kind) {
  switch (kind) {
    case EventKind::initial: return "initial";
    case EventKind::delivery: return "delivery";
    case EventKind::timer: return "timer";
    case EventKind::client: return "client";
    case EventKind::disk: return "disk";
    case EventKind::action: return "action";
    case EventKind::script: return "script";
  }
  return "";
}

}  // namespace paxoscope
