#include "ui/menu_choices.h"

#include "base/text.h"
#include "ui/links.h"
#include "ui/messages.h"

namespace paxoscope::ui {
namespace {

Action make(ActionKind kind, ServerId a = 0, ServerId b = 0, bool directed = false) {
  Action action;
  action.kind = kind;
  action.a = a;
  action.b = b;
  action.directed = directed;
  return action;
}

Choice row(std::string label, Action action, const char* icon = nullptr, bool danger = false) {
  Choice choice;
  choice.entry.label = std::move(label);
  choice.entry.icon = icon;
  choice.entry.danger = danger;
  choice.action = std::move(action);
  return choice;
}

Choice page_row(std::string label, Page next, std::string hint = {}, const char* icon = nullptr) {
  Choice choice;
  choice.entry.label = std::move(label);
  choice.entry.hint = std::move(hint);
  choice.entry.icon = icon;
  choice.next = next;
  return choice;
}

void separate(Choices& choices) {
  choices.back().entry.separator_above = true;
}

const ServerView* find_server(const Observation& observation, ServerId id) {
  for (const ServerView& server : observation.servers) {
    if (server.id == id) return &server;
  }
  return nullptr;
}

const MessageView* find_message(const Observation& observation, uint64_t id) {
  for (const MessageView& message : observation.messages) {
    if (message.id == id) return &message;
  }
  return nullptr;
}

bool has_cut_link(const Observation& observation, ServerId id) {
  for (const LinkView& link : observation.links) {
    if (!link.up && (id == 0 || link.from == id || link.to == id)) return true;
  }
  return false;
}

Choices server_choices(const ServerView& server, bool has_log) {
  Choices choices;
  const ServerId id = server.id;
  if (server.status == ServerStatus::down) {
    choices.push_back(row("Restart", make(ActionKind::restart, id), icon::play));
    return choices;
  }
  choices.push_back(page_row("Propose\xe2\x80\xa6", Page::propose));
  if (server.status == ServerStatus::paused) {
    choices.push_back(row("Resume", make(ActionKind::resume, id), icon::play));
  } else {
    choices.push_back(row("Pause", make(ActionKind::pause, id), icon::pause));
  }
  for (const TimerView& timer : server.timers) {
    Action fire = make(ActionKind::fire, id);
    fire.text = timer.id;
    choices.push_back(row("Fire timer: " + timer.id, fire, icon::clock));
  }
  if (has_log) choices.push_back(row("Snapshot", make(ActionKind::snapshot, id))), separate(choices);
  choices.push_back(page_row("Disk\xe2\x80\xa6", Page::disk));
  choices.push_back(page_row("Clock\xe2\x80\xa6", Page::clock));
  choices.push_back(page_row("Add a client\xe2\x80\xa6", Page::client_kind));
  choices.push_back(row(concat("See as ", server_label(id), " sees it"), {}));
  choices.back().entry.hint = "Y";
  choices.back().eyes = id;
  separate(choices);
  choices.push_back(row("Isolate", make(ActionKind::isolate, id), icon::times, true));
  separate(choices);
  choices.push_back(row("Crash", make(ActionKind::crash, id), icon::bolt, true));
  return choices;
}

std::string letters(ServerSet members) {
  std::string words;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(members, id)) words += (words.empty() ? "" : ",") + server_label(id);
  return words;
}

/// Every server with a tick when it is chosen, who leads first, and what proposes it.
Choices member_choices(const Observation& observation, const Draft& draft) {
  Choices choices;
  for (const ServerView& server : observation.servers) {
    Choice choice = row("Member " + server_label(server.id), {});
    choice.entry.hint = server.configuration == 0 ? server.role_text : "";
    choice.entry.checked = contains(draft.members, server.id);
    choice.toggles = server.id;
    choices.push_back(std::move(choice));
  }
  Choice lead = row("Leads first", {});
  lead.entry.hint = draft.lead == 0 ? "by election" : server_label(draft.lead);
  lead.moves_lead = true;
  choices.push_back(std::move(lead));
  separate(choices);
  Action action = make(ActionKind::reconfigure, 0, draft.lead);
  action.groups = {draft.members};
  choices.push_back(row(concat("Propose {", letters(draft.members), "}"), action, icon::check));
  choices.back().entry.enabled = draft.members != 0;
  return choices;
}

Choices snapshot_choices(const Observation& observation) {
  Choices choices;
  choices.push_back(row("Snapshot at every server", make(ActionKind::snapshot)));
  for (const ServerView& server : observation.servers) {
    choices.push_back(row("Snapshot at " + server_label(server.id), make(ActionKind::snapshot, server.id)));
    choices.back().entry.enabled = server.status == ServerStatus::up;
  }
  choices.push_back(row("Trim all logs", make(ActionKind::trim)));
  separate(choices);
  return choices;
}

Choices disk_choices(ServerId id) {
  Choices choices;
  constexpr const char* kStates[][2] = {{"ok", "Disk works"}, {"full", "Disk is full"}, {"lies", "Disk lies about writes"}};
  for (const auto& state : kStates) {
    Action action = make(ActionKind::set_disk, id);
    action.text = state[0];
    choices.push_back(row(state[1], action, nullptr, &state != &kStates[0]));
  }
  return choices;
}

Choices clock_choices(const ServerView& server) {
  Choices choices;
  constexpr std::pair<const char*, int32_t> kRates[] = {
      {"Runs true", 0}, {"10 % fast", 100'000}, {"50 % fast", 500'000}, {"10 % slow", -100'000}, {"50 % slow", -500'000}};
  for (const auto& [words, ppm] : kRates) {
    Action action = make(ActionKind::set_rate, server.id);
    action.amount = ppm;
    choices.push_back(row(words, action));
    choices.back().entry.checked = server.clock_rate_ppm == ppm;
  }
  for (int ms : {0, 50, 200, -50, -200}) {
    Action action = make(ActionKind::set_clock, server.id);
    action.amount = ms * 1000;
    choices.push_back(row(ms == 0 ? "Shows the time" : concat(std::abs(ms), ms > 0 ? " ms ahead" : " ms behind"), action));
    choices.back().entry.checked = server.clock_offset_us == action.amount;
    choices.back().entry.separator_above = ms == 0;
  }
  choices.push_back(page_row("Sliders\xe2\x80\xa6", Page::network));
  separate(choices);
  return choices;
}

Choices link_choices(const LinkPair& pair) {
  Choices choices;
  const std::string a = server_label(pair.a), b = server_label(pair.b);
  if (!pair.cut())
    choices.push_back(row("Cut both ways", make(ActionKind::cut, pair.a, pair.b), icon::times, true));
  if (pair.cut() || pair.one_way()) {
    choices.push_back(row("Heal both ways", make(ActionKind::heal, pair.a, pair.b), icon::check));
  }
  const auto one_way = [&](bool up, ServerId from, ServerId to) {
    const std::string way = concat(server_label(from), " to ", server_label(to));
    if (up) {
      choices.push_back(row("Cut " + way, make(ActionKind::cut, from, to, true), icon::times, true));
    } else {
      choices.push_back(row("Heal " + way, make(ActionKind::heal, from, to, true), icon::check));
    }
  };
  one_way(pair.up_ab, pair.a, pair.b);
  separate(choices);
  one_way(pair.up_ba, pair.b, pair.a);
  choices.push_back(page_row("Latency\xe2\x80\xa6", Page::latency,
                             concat(pair.latency_us / 1000, " ms"), icon::clock));
  separate(choices);
  choices.push_back(page_row("Loss\xe2\x80\xa6", Page::loss, concat(pair.loss_permille / 10, " %")));
  choices.push_back(page_row("Duplication\xe2\x80\xa6", Page::duplication, concat(pair.duplication_permille / 10, " %")));
  choices.push_back(page_row("Sliders\xe2\x80\xa6", Page::network));
  return choices;
}

Choices amount_choices(Page page, const Item& item, const LinkPair& pair) {
  Choices choices;
  const auto add = [&](std::string label, ActionKind kind, int64_t amount, bool checked) {
    Action action = make(kind, item.a, item.b);
    action.amount = amount;
    action.message_id = item.number;
    choices.push_back(row(std::move(label), action));
    choices.back().entry.checked = checked;
  };
  switch (page) {
    case Page::latency:
      for (int ms : {1, 5, 10, 20, 50, 100, 200}) {
        add(concat(ms, " ms"), ActionKind::set_latency, ms * 1000, pair.latency_us == ms * 1000);
      }
      break;
    case Page::loss:
      for (int percent : {0, 10, 30, 50, 90}) {
        add(concat(percent, " %"), ActionKind::set_loss, percent * 10,
            pair.loss_permille == static_cast<uint32_t>(percent * 10));
      }
      break;
    case Page::duplication:
      for (int percent : {0, 10, 50}) add(concat(percent, " %"), ActionKind::set_duplication, percent * 10,
                                             pair.duplication_permille == static_cast<uint32_t>(percent * 10));
      break;
    default:
      for (int ms : {5, 20, 50, 100, 200}) {
        add(concat("By ", ms, " ms"), ActionKind::delay, ms * 1000, false);
      }
  }
  return choices;
}

Choices message_choices(uint64_t id) {
  Choices choices;
  const auto about = [&](ActionKind kind) {
    Action action = make(kind);
    action.message_id = id;
    return action;
  };
  choices.push_back(row("Deliver now", about(ActionKind::deliver), icon::fast_forward));
  choices.push_back(page_row("Delay\xe2\x80\xa6", Page::delay, {}, icon::clock));
  choices.push_back(row("Duplicate", about(ActionKind::duplicate), icon::fork));
  choices.push_back(row("Drop", about(ActionKind::drop), icon::times, true));
  separate(choices);
  return choices;
}

Choices fault_choices(const Observation& observation) {
  Choices choices;
  for (const ServerView& server : observation.servers) {
    if (server.role != Role::leader || server.status == ServerStatus::down) continue;
    const std::string name = server_label(server.id);
    choices.push_back(row("Crash leader " + name, make(ActionKind::crash, server.id), icon::bolt, true));
    choices.push_back(row("Isolate leader " + name, make(ActionKind::isolate, server.id), icon::times, true));
  }
  choices.push_back(page_row("Crash a server\xe2\x80\xa6", Page::crash));
  choices.push_back(page_row("Isolate a server\xe2\x80\xa6", Page::isolate));
  for (const ServerView& server : observation.servers) {
    if (server.status == ServerStatus::down) {
      choices.push_back(
          row("Restart " + server_label(server.id), make(ActionKind::restart, server.id), icon::play));
    }
  }
  choices.push_back(page_row("Partition\xe2\x80\xa6", Page::sides));
  separate(choices);
  choices.push_back(page_row("Network\xe2\x80\xa6", Page::network, "L"));
  choices.push_back(page_row("Clients\xe2\x80\xa6", Page::clients));
  if (observation.has_log) {
    choices.push_back(page_row("Reconfigure\xe2\x80\xa6", Page::members));
    separate(choices);
    choices.push_back(page_row("Snapshot or trim\xe2\x80\xa6", Page::snapshot));
  }
  choices.push_back(row("Heal every link", make(ActionKind::heal_all), icon::check));
  separate(choices);
  choices.back().entry.enabled = has_cut_link(observation, 0);
  return choices;
}

struct ClientKind {
  const char* words;
  bool open_loop, reads;
};
constexpr ClientKind kClientKinds[] = {{"Puts, one after another", false, false},
                                       {"Puts and gets, one after another", false, true},
                                       {"Puts, without waiting", true, false},
                                       {"Puts and gets, without waiting", true, true}};

Action client_at(ServerId server, const ClientKind& kind) {
  Action action = make(ActionKind::add_client, server);
  action.open_loop = kind.open_loop;
  action.amount = kind.open_loop ? 20'000 : 50'000;
  action.mix = {1, static_cast<uint16_t>(kind.reads)};
  return action;
}

Choices client_kind_choices(ServerId server) {
  Choices choices;
  for (const ClientKind& kind : kClientKinds) {
    const Action action = client_at(server, kind);
    choices.push_back(row(kind.words, action));
    choices.back().entry.hint = concat("every ", action.amount / 1000, " ms");
  }
  return choices;
}

/// Those that are there, to remove, and a place for one more.
Choices client_choices(const Observation& observation) {
  Choices choices;
  for (const ClientView& client : observation.clients) {
    if (client.gone) continue;
    Action action = make(ActionKind::remove_client);
    action.amount = client.number;
    choices.push_back(row(concat("Remove client k", client.number), action, icon::times, true));
    choices.back().entry.hint = concat("asks ", server_label(client.server));
  }
  const bool any = !choices.empty();
  for (const ServerView& server : observation.servers) {
    choices.push_back(row("Add a client at " + server_label(server.id), client_at(server.id, kClientKinds[1])));
    choices.back().entry.separator_above = any && &server == &observation.servers.front();
  }
  return choices;
}

Choices each_server(const Observation& observation, ActionKind kind) {
  Choices choices;
  for (const ServerView& server : observation.servers) {
    choices.push_back(row("Server " + server_label(server.id), make(kind, server.id), nullptr, true));
    choices.back().entry.enabled = server.status != ServerStatus::down;
  }
  return choices;
}

}  // namespace

ServerId next_lead(ServerSet members, ServerId lead) {
  for (ServerId id = lead + 1; id <= kMaxServers; ++id)
    if (contains(members, id)) return id;
  return 0;
}

Choices choices_of(const Observation& observation, const Item& item, Page page, const Draft& draft,
                   std::string& title) {
  if (item.kind == Item::Kind::server && item.a == 0) {
    title = page == Page::crash      ? "Crash"
            : page == Page::isolate  ? "Isolate"
            : page == Page::members  ? "Next configuration"
            : page == Page::snapshot ? "Snapshot or trim"
            : page == Page::clients  ? "Clients"
                                     : "Add fault";
    if (page == Page::members) return member_choices(observation, draft);
    if (page == Page::clients) return client_choices(observation);
    if (page == Page::snapshot) return snapshot_choices(observation);
    if (page == Page::crash) return each_server(observation, ActionKind::crash);
    if (page == Page::isolate) return each_server(observation, ActionKind::isolate);
    return fault_choices(observation);
  }
  if (item.kind == Item::Kind::server) {
    const ServerView* server = find_server(observation, item.a);
    title = "Server " + server_label(item.a);
    if (page == Page::disk) return disk_choices(item.a);
    if (page == Page::client_kind) return client_kind_choices(item.a);
    if (page == Page::clock && server != nullptr) return clock_choices(*server);
    return server != nullptr ? server_choices(*server, observation.has_log) : Choices{};
  }
  if (item.kind == Item::Kind::link) {
    std::vector<LinkPair> pairs;
    merge_links(observation.links, pairs);
    for (const LinkPair& pair : pairs) {
      if (pair.a != item.a || pair.b != item.b) continue;
      title = link_name(item.a, item.b);
      if (page == Page::main) return link_choices(pair);
      title = concat(page == Page::latency ? "Latency " : page == Page::loss ? "Loss " : "Duplication ", server_label(item.a), "\xe2\x80\x93",
                      server_label(item.b));
      return amount_choices(page, item, pair);
    }
    return {};
  }
  const MessageView* message = find_message(observation, item.number);
  if (message == nullptr) return {};
  char name[160];
  message_name(*message, name, sizeof name);
  title = page == Page::delay ? "Delay" : name;
  return page == Page::delay ? amount_choices(page, item, {}) : message_choices(item.number);
}

}  // namespace paxoscope::ui
