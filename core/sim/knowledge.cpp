#include "sim/knowledge.h"

#include <algorithm>

#include "base/text.h"

namespace paxoscope {
namespace {

std::string leader_words(const Epoch& epoch) {
  return epoch.owner == 0 ? "nobody" : concat(server_label(epoch.owner), " with ", epoch_label(epoch));
}

/// The one who leads with the highest ballot.
Epoch true_leader(const Observation& seen) {
  Epoch found;
  for (const ServerView& server : seen.servers) {
    const bool leads = server.status == ServerStatus::up && server.role == Role::leader && server.leads;
    if (!leads) continue;
    const bool later = server.leads.configuration > found.configuration ||
                       (server.leads.configuration == found.configuration && server.leads.number > found.number);
    if (!found || later) found = server.leads;
  }
  return found;
}

/// Of each register the newest value that anyone stores.
void compare_registers(const Observation& seen, const ServerView& self, std::vector<Belief>& beliefs) {
  for (const RegisterCell& own : self.registers) {
    const RegisterCell* newest = &own;
    for (const ServerView& server : seen.servers)
      for (const RegisterCell& cell : server.registers) {
        const bool later = cell.stamp.number > newest->stamp.number ||
                           (cell.stamp.number == newest->stamp.number && cell.stamp.owner > newest->stamp.owner);
        if (cell.key == own.key && later) newest = &cell;
      }
    beliefs.push_back({own.key, own.value, newest->value});
  }
}

}  // namespace

Epoch believed_leader(const Timeline& timeline, ServerId server, TimeUs at_us) {
  for (auto change = timeline.changes.rbegin(); change != timeline.changes.rend(); ++change)
    if (change->server == server && change->kind == LaneKind::leader && change->from_us <= at_us) return change->epoch;
  return {};
}

Observation as_seen_by(const Observation& seen, const Timeline& timeline, ServerId server) {
  Observation known = seen;
  known.chosen.clear();
  const Epoch leader = believed_leader(timeline, server, seen.time_us);
  for (ServerView& other : known.servers) {
    if (other.id == server) continue;
    ServerView blank;
    blank.id = other.id;
    blank.configuration = other.configuration;
    blank.role = Role::learner;
    blank.role_text = "not known";
    if (other.id == leader.owner) {
      blank.role = Role::leader;
      blank.role_text = "taken for the leader";
      blank.epoch = blank.leads = leader;
    }
    other = std::move(blank);
  }
  for (LinkView& link : known.links) {
    const LinkView plain{link.from, link.to};
    link = plain;
  }
  std::erase_if(known.messages, [&](const MessageView& message) { return message.from != server; });
  return known;
}

std::vector<Belief> beliefs_of(const Observation& seen, const Timeline& timeline, ServerId server) {
  std::vector<Belief> beliefs;
  const auto self = std::find_if(seen.servers.begin(), seen.servers.end(), [&](const ServerView& one) { return one.id == server; });
  if (self == seen.servers.end()) return beliefs;
  if (!seen.has_log) {
    compare_registers(seen, *self, beliefs);
    return beliefs;
  }
  beliefs.push_back({"leader", leader_words(believed_leader(timeline, server, seen.time_us)), leader_words(true_leader(seen))});
  LogIndex most = 0;
  for (const ServerView& other : seen.servers) most = std::max(most, other.decided_index);
  beliefs.push_back({"decided", std::to_string(self->decided_index), std::to_string(most)});
  return beliefs;
}

}  // namespace paxoscope
