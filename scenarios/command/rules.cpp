// paxoscope rules
#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "scenarios/catalogue.h"
#include "scenarios/command/command.h"

namespace paxoscope::command {

namespace {

using Json = nlohmann::ordered_json;

/// "P5.session" belongs to "P5".
bool belongs_to(const SwitchInfo& info, const RuleInfo& rule) {
  const std::string_view id = info.id;
  return id.substr(0, id.find('.')) == rule.id;
}

const char* kind_name(SwitchKind kind) { return kind == SwitchKind::safety ? "safety" : "liveness"; }

void add_rules(Json& rules, const ProtocolInfo& protocol) {
  for (const RuleInfo& rule : protocol.rules) {
    Json json{{"id", rule.id}, {"protocol", protocol.id}, {"text", rule.text}, {"source", rule.source}};
    json["switches"] = Json::array();
    for (const SwitchInfo& info : protocol.switches)
      if (belongs_to(info, rule))
        json["switches"].push_back(Json{{"id", info.id}, {"kind", kind_name(info.kind)}, {"text", info.text}});
    rules.push_back(std::move(json));
  }
}

void print_rules(const ProtocolInfo& protocol) {
  std::printf("%s\n", protocol.name);
  for (const RuleInfo& rule : protocol.rules) {
    std::printf("  %-4s %s [%s]\n", rule.id, rule.text, rule.source);
    for (const SwitchInfo& info : protocol.switches)
      if (belongs_to(info, rule)) std::printf("         without %-15s %s (%s)\n", info.id, info.text, kind_name(info.kind));
  }
}

}  // namespace

int rules(const RulesArguments& arguments) {
  if (!arguments.protocol.empty() && find_protocol(arguments.protocol) == nullptr)
    return bad_input("unknown protocol " + quote(arguments.protocol) + "; known: " + protocol_list());
  Json json{{"rules", Json::array()}};
  for (const ProtocolInfo& protocol : protocols()) {
    if (!arguments.protocol.empty() && arguments.protocol != protocol.id) continue;
    if (arguments.json)
      add_rules(json["rules"], protocol);
    else
      print_rules(protocol);
  }
  if (arguments.json) std::printf("%s\n", json.dump().c_str());
  return kHeld;
}

}  // namespace paxoscope::command
