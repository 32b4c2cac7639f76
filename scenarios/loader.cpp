// Scenario files: TOML to Scenario, with bounds on everything. scenarios/README.md is the reference for people.
#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "scenarios/catalogue.h"
#include "scenarios/scenario.h"
#include "scenarios/toml_reader.h"
#include "scenarios/words.h"

namespace paxoscope {

namespace {

constexpr size_t kMaxTitleBytes = 120;
constexpr size_t kMaxTextBytes = 2000;
constexpr TimeUs kSecondUs = 1'000'000;
constexpr TimeUs kMinLatencyUs = 100;
constexpr TimeUs kMaxLatencyUs = 60 * kSecondUs;

class Loader {
 public:
  Scenario load(const TomlNode& root) {
    reader_.check_keys(root, "in the scenario",
                       {"title", "summary", "protocols", "duration", "without", "cluster", "network", "disk", "options",
                        "client", "step", "expect"});
    for (const char* key : {"title", "duration"}) reader_.require(root, "in the scenario", key);
    read_head(root);
    read_cluster(root);
    read_network(root);
    read_disk(root);
    read_options(root);
    for (const TomlNode* table : reader_.tables(root, "client", kMaxClients)) read_client(*table);
    for (const TomlNode* table : reader_.tables(root, "step", kMaxScenarioSteps)) read_step(*table);
    for (const TomlString& text : reader_.strings(root, "expect", kMaxExpectations)) read_expectation(text);
    return std::move(scenario_);
  }
  const std::optional<TomlError>& error() const { return reader_.error(); }

 private:
  WorldConfig& world() { return scenario_.world; }

  void read_head(const TomlNode& root) {
    if (auto text = reader_.text(root, "title", kMaxTitleBytes)) scenario_.title = *text;
    if (auto text = reader_.text(root, "summary", kMaxTextBytes, true)) scenario_.summary = *text;
    if (auto us = reader_.duration(root, "duration", 1000, kMaxScenarioDurationUs)) scenario_.duration_us = *us;
    for (const TomlString& id : reader_.strings(root, "protocols", 16)) {
      if (find_protocol(id.text) == nullptr)
        reader_.report(*id.node, concat("unknown protocol ", quote(id.text), "; known: ", protocol_list()));
      else if (std::count(scenario_.protocols.begin(), scenario_.protocols.end(), id.text) != 0)
        reader_.report(*id.node, concat("protocol ", quote(id.text), " is named twice"));
      scenario_.protocols.emplace_back(id.text);
    }
    if (const TomlNode* node = root.get("protocols"); node != nullptr && scenario_.protocols.empty())
      reader_.report(*node, "'protocols' must name at least one protocol");
    if (scenario_.protocols.empty()) scenario_.protocols.emplace_back(protocols()[0].id);
    for (const TomlString& id : reader_.strings(root, "without", 64)) {
      if (!any_protocol([&](const ProtocolInfo& protocol) { return has_switch(protocol, id.text); }))
        reader_.report(*id.node, concat("unknown switch ", quote(id.text), "; `paxoscope rules` lists them"));
      scenario_.switches_off.emplace_back(id.text);
    }
  }

  template <class Holds>
  bool any_protocol(Holds&& holds) const {
    for (const std::string& id : scenario_.protocols) {
      const ProtocolInfo* protocol = find_protocol(id);
      if (protocol != nullptr && holds(*protocol)) return true;
    }
    return false;
  }

  // --- servers

  void read_cluster(const TomlNode& root) {
    world().servers = {1, 2, 3};
    const TomlNode* table = reader_.table(root, "cluster");
    if (table == nullptr) return;
    reader_.check_keys(*table, "in [cluster]",
                       {"servers", "members", "first_leader", "election_timeout", "resend", "priorities",
                        "read_quorum", "write_quorum", "calm_takeover", "delta_after", "batch", "batch_wait", "message_entries",
                        "empty_probes"});
    read_servers(*table);
    read_members(*table);
    if (auto server = read_server(*table, "first_leader")) {
      world().first_leader = *server;
      if (exists(*server) && !is_member(*server))
        reader_.report(*table->get("first_leader"), "the first leader must be one of 'members'");
    }
    if (auto us = reader_.duration(*table, "election_timeout", 5000, 60 * kSecondUs))
      world().election_timeout_us = *us;
    if (auto us = reader_.duration(*table, "resend", 5000, 60 * kSecondUs)) world().resend_us = *us;
    if (auto set = reader_.boolean(*table, "calm_takeover")) world().calm_takeover = *set;
    read_priorities(*table);
    if (auto count = reader_.integer(*table, "delta_after", 1, 100'000))
      world().delta_after = static_cast<uint32_t>(*count);
    if (auto count = reader_.integer(*table, "message_entries", 1, 4096))
      world().message_entries = static_cast<uint32_t>(*count);
    if (auto set = reader_.boolean(*table, "empty_probes")) world().empty_probes = *set;
    if (auto count = reader_.integer(*table, "batch", 1, 4096)) world().batch_entries = static_cast<uint32_t>(*count);
    if (auto us = reader_.duration(*table, "batch_wait", 1000, 60 * kSecondUs)) world().batch_wait_us = *us;
    const auto members = static_cast<int64_t>(first_members().size());
    if (auto count = reader_.integer(*table, "read_quorum", 1, members))
      world().read_quorum = static_cast<uint32_t>(*count);
    if (auto count = reader_.integer(*table, "write_quorum", 1, members))
      world().write_quorum = static_cast<uint32_t>(*count);
    check_quorums(*table);
  }

  void check_quorums(const TomlNode& table) {
    const auto members = static_cast<uint32_t>(first_members().size());
    const uint32_t majority = members / 2 + 1;
    const uint32_t read = world().read_quorum != 0 ? world().read_quorum : majority;
    const uint32_t write = world().write_quorum != 0 ? world().write_quorum : majority;
    const auto& off = scenario_.switches_off;
    if (read + write > members || std::count(off.begin(), off.end(), "P3.intersect") != 0 ||
        std::count(off.begin(), off.end(), "A4.intersect") != 0)
      return;
    reader_.report(table, concat("read quorum ", read, " and write quorum ", write, " of ", members,
                                  " servers do not intersect"));
  }

  void read_servers(const TomlNode& table) {
    const TomlNode* node = table.get("servers");
    if (node == nullptr) return;
    if (!node->is(TomlType::array)) {
      const auto count = reader_.integer_of(*node, "servers", 1, kMaxServers);
      if (!count) return;
      world().servers.clear();
      for (ServerId id = 1; id <= static_cast<ServerId>(*count); ++id) world().servers.push_back(id);
      return;
    }
    read_names(table, "servers", world().servers);
  }

  void read_members(const TomlNode& table) {
    const TomlNode* node = table.get("members");
    if (node == nullptr) return;
    read_names(table, "members", world().members);
    for (ServerId id : world().members) check_server(id, *node);
  }

  /// A list of servers, ascending and not empty.
  void read_names(const TomlNode& table, const char* key, std::vector<ServerId>& target) {
    std::vector<ServerId> ids;
    for (const TomlString& name : reader_.strings(table, key, kMaxServers)) {
      const auto id = reader_.take(parse_server(name.text), *name.node);
      if (!id) return;
      if (!ids.empty() && *id <= ids.back())
        return reader_.report(*name.node, concat("the ", key, " must be in ascending order, each once"));
      ids.push_back(*id);
    }
    if (ids.empty()) return reader_.report(*table.get(key), concat("'", key, "' must name at least one server"));
    target = std::move(ids);
  }

  void read_priorities(const TomlNode& table) {
    const TomlNode* node = table.get("priorities");
    if (node == nullptr) return;
    if (!node->is(TomlType::array) || node->size() != world().servers.size())
      return reader_.report(*node, "'priorities' must be a list with one whole number per server");
    for (const TomlNode& item : *node) {
      const auto priority = reader_.integer_of(item, "priorities", 0, 1'000'000);
      world().priorities.push_back(static_cast<uint32_t>(priority.value_or(0)));
    }
  }

  bool exists(ServerId id) const { return among(scenario_.world.servers, id); }
  bool is_member(ServerId id) const { return among(first_members(), id); }
  /// Of the first configuration.
  const std::vector<ServerId>& first_members() const {
    return scenario_.world.members.empty() ? scenario_.world.servers : scenario_.world.members;
  }
  static bool among(const std::vector<ServerId>& servers, ServerId id) {
    return std::find(servers.begin(), servers.end(), id) != servers.end();
  }

  /// Reports a server that is not in the scenario; 0 is no server.
  void check_server(ServerId id, const TomlNode& node) {
    if (id == 0 || exists(id)) return;
    std::string names;
    for (ServerId server : world().servers) names += (names.empty() ? "" : ", ") + server_name(server);
    reader_.report(node, concat("there is no server ", server_name(id), " in this scenario (only ", names, ")"));
  }

  void check_servers(ServerSet set, const TomlNode& node) {
    for (ServerId id = 1; id <= kMaxServers; ++id)
      if (contains(set, id)) check_server(id, node);
  }

  static std::string server_name(ServerId id) { return std::string(1, static_cast<char>('A' + id - 1)); }

  std::optional<ServerId> read_server(const TomlNode& table, std::string_view key) {
    const auto name = reader_.string(table, key);
    if (!name) return std::nullopt;
    const auto id = reader_.take(parse_server(name->text), *name->node);
    if (id) check_server(*id, *name->node);
    return id;
  }

  // --- network, disk, clients

  /// "10ms" or ["8ms", "12ms"]
  void read_range(const TomlNode& table, std::string_view key, TimeUs min_us, TimeUs max_us, TimeUs& low,
                  TimeUs& high) {
    const TomlNode* node = table.get(key);
    if (node == nullptr) return;
    const auto texts = reader_.strings(table, key, 2);
    if (texts.empty()) {
      if (node->is(TomlType::array)) reader_.report(*node, concat("'", key, "' is an empty list"));
      return;
    }
    const auto first = reader_.duration(texts.front(), min_us, max_us);
    const auto last = reader_.duration(texts.back(), min_us, max_us);
    if (!first || !last) return;
    if (*first > *last) return reader_.report(*node, concat("'", key, "' must be [shortest, longest]"));
    low = *first;
    high = *last;
  }

  void read_network(const TomlNode& root) {
    const TomlNode* table = reader_.table(root, "network");
    if (table == nullptr) return;
    reader_.check_keys(*table, "in [network]", {"latency", "loss", "duplication", "datagram"});
    read_range(*table, "latency", kMinLatencyUs, kMaxLatencyUs, world().latency.min_us, world().latency.max_us);
    if (auto share = reader_.permille(*table, "loss")) world().loss_permille = *share;
    if (auto share = reader_.permille(*table, "duplication")) world().duplication_permille = *share;
    if (auto set = reader_.boolean(*table, "datagram")) world().datagram = *set;
  }

  void read_disk(const TomlNode& root) {
    const TomlNode* table = reader_.table(root, "disk");
    if (table == nullptr) return;
    reader_.check_keys(*table, "in [disk]", {"latency", "torn", "values_first"});
    DiskConfig& disk = world().disk;
    read_range(*table, "latency", 0, kMaxLatencyUs, disk.min_us, disk.max_us);
    if (auto set = reader_.boolean(*table, "torn")) disk.torn = *set;
    if (auto set = reader_.boolean(*table, "values_first")) disk.values_first = *set;
    if ((disk.torn || disk.values_first) && disk.max_us == 0)
      reader_.report(*table, "'torn' and 'values_first' need a latency: without one writes are durable at once");
  }

  void read_options(const TomlNode& root) {
    const TomlNode* table = reader_.table(root, "options");
    if (table == nullptr) return;
    reader_.check_keys(*table, "in [options]", {"resubmit", "relay", "reads", "clock_drift", "sessions", "buffer"});
    if (auto set = reader_.boolean(*table, "resubmit")) world().resubmit = *set;
    if (auto set = reader_.boolean(*table, "relay")) world().relay = *set;
    if (auto set = reader_.boolean(*table, "sessions")) world().sessions = *set;
    if (auto set = reader_.boolean(*table, "buffer")) world().buffer = *set;
    if (auto drift = reader_.permille(*table, "clock_drift")) world().clock_drift_permille = *drift;
    if (const auto reads = reader_.string(*table, "reads"))
      if (auto path = reader_.take(parse_read_path(reads->text), *reads->node)) world().reads = *path;
  }

  /// Than puts and gets.
  static bool asks_for_more(const OperationMix& mix) {
    return mix[0] + mix[1] != std::accumulate(mix.begin(), mix.end(), 0);
  }

  void read_client(const TomlNode& table) {
    reader_.check_keys(table, "in [[client]]", {"server", "start", "think", "timeout", "stay", "operations", "loop",
                                                "every", "outstanding", "tries", "mix", "keys"});
    reader_.require(table, "in [[client]]", "server");
    ClientConfig client;
    if (auto server = read_server(table, "server")) client.server = *server;
    if (auto us = reader_.duration(table, "start", 0, kMaxScenarioDurationUs)) client.start_us = *us;
    if (auto us = reader_.duration(table, "think", 100, kMaxScenarioDurationUs)) client.think_us = *us;
    if (auto us = reader_.duration(table, "timeout", 1000, kMaxScenarioDurationUs)) client.timeout_us = *us;
    if (auto set = reader_.boolean(table, "stay")) client.stay = *set;
    if (auto count = reader_.integer(table, "operations", 1, 1'000'000))
      client.operations = static_cast<uint32_t>(*count);
    read_loop(table, client);
    if (auto count = reader_.integer(table, "tries", 0, 1000)) client.tries = static_cast<uint32_t>(*count);
    if (auto text = reader_.string(table, "mix"))
      if (auto mix = reader_.take(parse_mix(text->text), *text->node)) {
        client.mix = *mix;
        if (asks_for_more(*mix)) check_registers(*text->node, "a client asks for other things");
      }
    if (auto count = reader_.integer(table, "keys", 1, ClientConfig::kMaxKeys)) client.keys = static_cast<uint32_t>(*count);
    world().clients.push_back(client);
  }

  /// Registers can only be read and written.
  void check_registers(const TomlNode& node, const char* what) {
    if (any_protocol([](const ProtocolInfo& p) { return p.family == ProtocolFamily::quorum_register; }))
      reader_.report(node, concat("a register takes only puts (x=1) and gets (get x), and here ", what));
  }

  void read_loop(const TomlNode& table, ClientConfig& client) {
    const auto loop = reader_.string(table, "loop");
    const bool open = loop && loop->text == "open";
    if (loop && !open && loop->text != "closed")
      reader_.report(*loop->node, "'loop' is \"closed\" (each operation waits for the one before) or \"open\"");
    if (open && !table.contains("every")) reader_.report(*loop->node, "an open loop needs 'every'");
    if (open && table.contains("think"))
      reader_.report(*table.get("think"), "a client with an open loop does not think: it asks 'every' so often");
    for (const char* key : {"every", "outstanding"})
      if (!open && table.contains(key))
        reader_.report(*table.get(key), concat("'", key, "' needs loop = \"open\""));
    if (auto us = reader_.duration(table, "every", 100, kMaxScenarioDurationUs)) client.every_us = *us;
    if (auto count = reader_.integer(table, "outstanding", 1, ClientConfig::kMaxOpen))
      client.most_open = static_cast<uint32_t>(*count);
  }

  // --- steps and expectations

  /// What an operation's client is, must be in the scenario, or be added by a step so far.
  void check_claim(const Claim& claim, const TomlNode& node) {
    if (claim.client > world().clients.size() + added_clients_)
      reader_.report(node, concat("there is no client k", claim.client, " in this scenario, which has ",
                                   world().clients.size() + added_clients_));
  }

  void read_step(const TomlNode& table) {
    reader_.check_keys(table, "in [[step]]", {"at", "after", "when", "do", "say", "text", "ask", "answers", "judged"});
    ScenarioStep step;
    if (auto us = reader_.duration(table, "at", 0, kMaxScenarioDurationUs)) step.at_us = *us;
    if (auto us = reader_.duration(table, "after", 0, kMaxScenarioDurationUs)) step.after_us = *us;
    if (step.at_us >= 0 && step.after_us >= 0)
      reader_.report(*table.get("after"), "a step has 'at' or 'after', not both");
    if (step.at_us >= 0 && scenario_.duration_us > 0 && step.at_us > scenario_.duration_us)
      reader_.report(*table.get("at"), "the step lies after the end of the scenario");
    if (auto text = reader_.string(table, "when")) read_condition(*text, step.when);
    for (const TomlString& text : reader_.strings(table, "do", kMaxStepActions)) read_action(text, step.actions);
    if (auto text = reader_.text(table, "say", kMaxTitleBytes)) step.title = *text;
    if (auto text = reader_.text(table, "text", kMaxTextBytes, true)) step.text = *text;
    if (!table.contains("at") && !table.contains("after") && !table.contains("when"))
      reader_.report(table, "a step needs 'at', 'after' or 'when'");
    if (!table.contains("do") && !table.contains("say")) reader_.report(table, "a step needs 'do' or 'say'");
    if (table.contains("do") && !table.contains("say") && step.actions.empty())
      reader_.report(*table.get("do"), "'do' names no action");
    if (!table.contains("say") && table.contains("text")) reader_.report(*table.get("text"), "'text' needs a 'say'");
    read_question(table, step.question);
    scenario_.steps.push_back(std::move(step));
  }

  void read_question(const TomlNode& table, Question& question) {
    for (const auto& [key, other] : {std::pair{"ask", "say"}, std::pair{"ask", "answers"}, std::pair{"answers", "ask"}, std::pair{"judged", "ask"}})
      if (table.contains(key) && !table.contains(other))
        reader_.report(*table.get(key), concat("'", key, "' needs '", other, "'"));
    if (auto text = reader_.text(table, "ask", kMaxTitleBytes)) question.words = *text;
    if (auto steps = reader_.integer(table, "judged", 1, kMaxScenarioSteps)) question.judged = static_cast<uint32_t>(*steps);
    for (const TomlString& text : reader_.strings(table, "answers", kMaxAnswers)) {
      auto answer = reader_.take(parse_answer(text.text, world().election_timeout_us), *text.node);
      if (!answer) return;
      if (answer->when) check_expectation(*answer->when, *text.node);
      question.answers.push_back(std::move(*answer));
    }
    if (table.contains("answers") && question.answers.size() < 2)
      reader_.report(*table.get("answers"), concat("'answers' has 2 to ", kMaxAnswers, " of them"));
  }

  void read_condition(const TomlString& text, Condition& target) {
    const auto condition = reader_.take(parse_condition(text.text), *text.node);
    if (!condition) return;
    check_server(condition->server, *text.node);
    check_server(condition->other, *text.node);
    check_claim(condition->claim, *text.node);
    const bool is_rule = condition->kind == ConditionKind::event_rule;
    if (is_rule && !any_protocol([&](const ProtocolInfo& p) { return has_rule(p, condition->text); }))
      reader_.report(*text.node, concat("unknown rule ", quote(condition->text), "; `paxoscope rules` lists them"));
    target = *condition;
  }

  void read_action(const TomlString& text, std::vector<Action>& actions) {
    const auto action = reader_.take(parse_action(text.text), *text.node);
    if (!action) return;
    check_server(action->a, *text.node);
    check_server(action->b, *text.node);
    for (ServerSet group : action->groups) check_servers(group, *text.node);
    for (const LinkEnds& link : action->more) check_servers(server_bit(link.a) | server_bit(link.b), *text.node);
    if (action->kind == ActionKind::add_client) {
      ++added_clients_;
      if (asks_for_more(action->mix)) check_registers(*text.node, "a client asks for other things");
    }
    const OperationKind asked = parse_operation(action->text).kind;
    if (action->kind == ActionKind::propose && asked != OperationKind::put && asked != OperationKind::get)
      check_registers(*text.node, "something else is proposed");
    actions.push_back(*action);
  }

  void read_expectation(const TomlString& text) {
    const auto expectation =
        reader_.take(parse_expectation(text.text, world().election_timeout_us), *text.node);
    if (!expectation) return;
    check_expectation(*expectation, *text.node);
    scenario_.expectations.push_back(*expectation);
  }

  void check_expectation(const Expectation& expectation, const TomlNode& node) {
    check_server(expectation.server, node);
    check_claim(expectation.claim, node);
    if (expectation.kind == Expectation::Kind::members_are)
      check_servers(static_cast<ServerSet>(expectation.value), node);
  }

  TomlReader reader_;
  Scenario scenario_;
  size_t added_clients_ = 0;  ///< by the steps read so far
};

/// "quorum-loss" from "scenarios/quorum-loss.toml".
std::string scenario_id(std::string_view name) {
  const size_t slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.size() > 5 && name.substr(name.size() - 5) == ".toml") name.remove_suffix(5);
  return std::string(name);
}

tl::unexpected<Error> file_error(std::string_view name, const TomlError& error) {
  std::string text = concat(name, ":", error.place.line, ":", error.place.column, ": ");
  for (char c : error.text) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return fail(text);
}

}  // namespace

Result<Scenario> load_scenario(std::string_view text, std::string_view name) {
  TomlDocument document;
  if (const auto error = document.parse(text, kMaxScenarioBytes)) return file_error(name, *error);
  Loader loader;
  Scenario scenario = loader.load(document.root());
  if (loader.error()) return file_error(name, *loader.error());
  scenario.id = scenario_id(name);
  return scenario;
}

}  // namespace paxoscope
