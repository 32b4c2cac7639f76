#include "sim/difference.h"

#include <algorithm>

#include "base/text.h"

namespace paxoscope {
namespace {

constexpr char kNothing[] = "\xe2\x80\x93";

struct Pairs {
  ServerId server;
  std::vector<Difference>& found;
  void add(std::string name, std::string then, std::string now) const {
    if (then != now) found.push_back({server, std::move(name), std::move(then), std::move(now)});
  }
};

const Field* field_of(const std::vector<Field>& fields, const std::string& name) {
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return at == fields.end() ? nullptr : &*at;
}

std::string text_of(const Field* field) { return field == nullptr ? kNothing : field->value.text; }

std::string status_of(const ServerView& server) {
  return server.status == ServerStatus::up ? "up" : server.status == ServerStatus::paused ? "paused" : "down";
}

void compare_servers(const ServerView& then, const ServerView& now, std::vector<Difference>& found) {
  const Pairs pairs{now.id, found};
  pairs.add("Status", status_of(then), status_of(now));
  if (field_of(now.fields, "Role") == nullptr) pairs.add("Role", then.role_text, now.role_text);
  for (const Field& field : now.fields) pairs.add(field.name, text_of(field_of(then.fields, field.name)), field.value.text);
  for (const Field& field : then.fields)
    if (field_of(now.fields, field.name) == nullptr) pairs.add(field.name, field.value.text, kNothing);
  pairs.add("Log length", std::to_string(then.log_length), std::to_string(now.log_length));
  const auto register_text = [](const RegisterCell& cell) { return concat(cell.value, " ", epoch_label(cell.stamp)); };
  for (const RegisterCell& cell : now.registers) {
    std::string old = kNothing;
    for (const RegisterCell& was : then.registers)
      if (was.key == cell.key) old = register_text(was);
    pairs.add("Register " + cell.key, old, register_text(cell));
  }
}

std::string link_text(const LinkView& link) {
  if (!link.up) return "cut";
  std::string text = "up";
  if (link.slow) text += concat(", ", link.latency_us / 1000, " ms");
  if (link.loss_permille > 0) text += concat(", loses ", link.loss_permille / 10, " %");
  return text;
}

std::string configuration_text(const Observation& seen, ConfigurationId id) {
  for (const ConfigurationView& one : seen.configurations) {
    if (one.id != id) continue;
    std::string text;
    for (ServerId member : one.members) text += server_label(member) + " ";
    return text + configuration_words(seen, one);
  }
  return kNothing;
}

}  // namespace

const ServerView* server_of(const Observation& seen, ServerId id) {
  for (const ServerView& server : seen.servers)
    if (server.id == id) return &server;
  return nullptr;
}

std::vector<Difference> differences(const Observation& then, const Observation& now) {
  std::vector<Difference> found;
  for (const ServerView& server : now.servers)
    if (const ServerView* old = server_of(then, server.id)) compare_servers(*old, server, found);
  const Pairs pairs{0, found};
  for (const LinkView& link : now.links)
    for (const LinkView& old : then.links)
      if (old.from == link.from && old.to == link.to)
        pairs.add(concat("Link ", server_label(link.from), " to ", server_label(link.to)), link_text(old), link_text(link));
  ConfigurationId newest = 0;
  for (const Observation* seen : {&then, &now})
    for (const ConfigurationView& one : seen->configurations) newest = std::max(newest, one.id);
  for (ConfigurationId id = 1; id <= newest; ++id)
    pairs.add(concat("Configuration c", id), configuration_text(then, id), configuration_text(now, id));
  return found;
}

const LogCell* cell_at(const ServerView& server, LogIndex index) {
  for (const LogCell& cell : server.cells)
    if (cell.index == index) return &cell;
  return nullptr;
}

bool differs(const LogCell* then, const LogCell* now) {
  if (then == nullptr || now == nullptr) return then != now;
  return then->attempt_id != now->attempt_id || then->label != now->label || !(then->epoch == now->epoch) ||
         then->state != now->state || then->durable != now->durable;
}

LogDifference log_difference(const ServerView& then, const ServerView& now) {
  LogDifference found;
  for (const ServerView* side : {&then, &now})
    for (const LogCell& cell : side->cells) {
      if (!differs(cell_at(then, cell.index), cell_at(now, cell.index))) continue;
      found.first = found.first == 0 ? cell.index : std::min(found.first, cell.index);
      found.last = std::max(found.last, cell.index);
    }
  return found;
}

}  // namespace paxoscope
