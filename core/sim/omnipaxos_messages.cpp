#include "sim/omnipaxos_messages.h"

#include <string>

#include "base/text.h"

namespace paxoscope {

using namespace omnipaxos;

Epoch epoch_of(const Ballot& ballot, ConfigurationId configuration) {
  return {configuration, ballot.n, ballot.priority, ballot.server};
}

namespace {

std::string snapshot_text(const Snapshot<Command>& snapshot) {
  const std::string to = concat("up to ", snapshot.index);
  return snapshot.is_delta() ? concat("delta from ", snapshot.from, " ", to) : to;
}

void add(MessageView& view, const char* name, FieldValue value) { view.fields.push_back({name, std::move(value)}); }

void hash_entries(Hasher& hasher, const Entries<Command>& entries, const AttemptRuns& runs) {
  hasher.add(entries.size());
  for (const Command& command : entries) add_to_hash(hasher, command);
  runs.each([&](const AttemptRun& run) {
    hasher.add(run.first);
    hasher.add((static_cast<uint64_t>(run.start.proposer) << 32) | run.start.incarnation);
    hasher.add(run.start.counter);
    run.start.tag.add_to(hasher);
    hasher.add(run.start.mark);
  });
}

uint64_t packed(const Session& session) {
  return (static_cast<uint64_t>(session.incarnation) << 32) | session.counter;
}

struct BodyHasher {
  Hasher& hasher;
  void words(std::initializer_list<uint64_t> values) const {
    for (uint64_t value : values) hasher.add(value);
  }
  void operator()(const HeartbeatRequest& m) const { words({m.round}); }
  void operator()(const HeartbeatReply& m) const {
    m.ballot.add_to(hasher);
    m.gossip.add_to(hasher);
    if (m.hears) m.hears.add_to(hasher);
    if (m.path_hops != 0) {
      m.path.add_to(hasher);
      words({m.path_hops});
    }
    words({m.round, m.quorum_connected});
  }
  void operator()(const Prepare& m) const {
    m.ballot.add_to(hasher);
    m.accepted.add_to(hasher);
    words({m.length, m.decided});
  }
  void operator()(const Promise<Command>& m) const {
    m.ballot.add_to(hasher);
    m.accepted.add_to(hasher);
    words({packed(m.session), m.length, m.decided, m.suffix_from, m.takes_delta});
    hash_entries(hasher, m.suffix, m.attempts);
    add_to_hash(hasher, m.snapshot);
  }
  void operator()(const AcceptSync<Command>& m) const {
    m.ballot.add_to(hasher);
    words({packed(m.session), m.sync_index, m.decided, m.sync_decided});
    hash_entries(hasher, m.suffix, m.attempts);
    add_to_hash(hasher, m.snapshot);
  }
  void operator()(const Accept<Command>& m) const {
    m.ballot.add_to(hasher);
    words({m.from, m.decided, m.sync_decided});
    hash_entries(hasher, m.entries, m.attempts);
  }
  void operator()(const Accepted& m) const {
    m.ballot.add_to(hasher);
    words({packed(m.session), m.length, m.decided, m.sync_decided, m.gap, m.durable_decided});
  }
  void operator()(const Decide& m) const {
    m.ballot.add_to(hasher);
    words({m.decided, m.sync_decided});
  }
  void operator()(const NotAccepted& m) const {
    m.promised.add_to(hasher);
    words({m.heard});
  }
  void operator()(const PrepareRequest& m) const { m.promised.add_to(hasher); }
  void operator()(const Forward<Command>& m) const {
    m.tag.add_to(hasher);
    words({m.proposer, m.incarnation, m.counter, m.previous, m.mark});
    hash_entries(hasher, m.entries, {});
  }
  void operator()(const Rejected& m) const {
    m.tag.add_to(hasher);
    m.promised.add_to(hasher);
    words({m.counter});
  }
  void operator()(const NewConfiguration& m) const {
    m.named.add_to(hasher);
    words({m.configuration, m.members, m.sealed_length, m.donors});
  }
  void operator()(const Complete& m) const { words({m.configuration}); }
  void operator()(const SegmentRequest& m) const { words({m.configuration, m.from, m.to}); }
  void operator()(const Segment<Command>& m) const {
    words({m.configuration, m.from});
    hash_entries(hasher, m.entries, m.attempts);
    add_to_hash(hasher, m.snapshot);
  }
  void operator()(const Compact& m) const { words({m.index, m.keep_state}); }
  void operator()(const Relay<Command>& m) const {
    (*this)(m.forward);
    words({m.known, m.hops, m.trail});
  }
  void operator()(const Report& m) const {
    m.synced.add_to(hasher);
    words({m.proposer, m.incarnation, m.after, m.decided, m.trail});
    hash_entries(hasher, {}, m.runs);
  }
};

/// What is said of a message everywhere: family, name, the ballot that colours it.
struct BodyNamer {
  MessageFamily& family;
  const char*& name;
  Ballot& ballot;
  void set(MessageFamily f, const char* n, const Ballot& b) const {
    family = f;
    name = n;
    ballot = b;
  }
  void operator()(const HeartbeatRequest&) const { set(MessageFamily::heartbeat, "Heartbeat request", {}); }
  void operator()(const HeartbeatReply&) const { set(MessageFamily::heartbeat, "Heartbeat reply", {}); }
  void operator()(const Prepare& m) const { set(MessageFamily::request, "Prepare", m.ballot); }
  void operator()(const Promise<Command>& m) const { set(MessageFamily::reply, "Promise", m.ballot); }
  void operator()(const AcceptSync<Command>& m) const { set(MessageFamily::request, "AcceptSync", m.ballot); }
  void operator()(const Accept<Command>& m) const { set(MessageFamily::request, "Accept", m.ballot); }
  void operator()(const Accepted& m) const { set(MessageFamily::reply, "Accepted", m.ballot); }
  void operator()(const Decide& m) const { set(MessageFamily::decision, "Decide", m.ballot); }
  void operator()(const NotAccepted& m) const { set(MessageFamily::refusal, "NotAccepted", m.promised); }
  void operator()(const PrepareRequest& m) const { set(MessageFamily::request, "PrepareRequest", m.promised); }
  void operator()(const Forward<Command>& m) const { set(MessageFamily::request, "Forward", m.tag); }
  void operator()(const Rejected& m) const { set(MessageFamily::refusal, "Rejected", m.promised); }
  void operator()(const NewConfiguration&) const { set(MessageFamily::request, "NewConfiguration", {}); }
  void operator()(const Complete&) const { set(MessageFamily::reply, "Complete", {}); }
  void operator()(const SegmentRequest&) const { set(MessageFamily::request, "SegmentRequest", {}); }
  void operator()(const Segment<Command>& m) const {
    set(MessageFamily::transfer, m.snapshot ? "Snapshot" : "Segment", {});
  }
  void operator()(const Compact& m) const { set(MessageFamily::decision, m.keep_state ? "Compact" : "Trim", {}); }
  void operator()(const Relay<Command>& m) const { set(MessageFamily::request, "Relay", m.forward.tag); }
  void operator()(const Report& m) const { set(MessageFamily::reply, "Report", m.synced); }
};

constexpr uint32_t kMostAttempts = 64;  // a picture of a message, not a copy of it

struct BodyDescriber {
  MessageView& view;
  ConfigurationId configuration;
  FieldValue ballot(const Ballot& b) const { return epoch_value(epoch_of(b, configuration)); }
  void head(const char* name, const Ballot& b) const {
    view.value = epoch_label(epoch_of(b, configuration));
    add(view, name, ballot(b));
  }
  void decided(LogIndex index, bool sync) const {
    add(view, "Decided index", index_value(index));
    add(view, "Sync decided", boolean_value(sync));
  }
  void entries(LogIndex from, const Entries<Command>& run) const {
    std::string labels;
    for (uint32_t i = 0; i < run.size() && i < 8; ++i)
      labels.append(i == 0 ? "" : ", ").append(run[i].label());
    if (run.size() > 8) labels += ", …";
    for (uint32_t i = 0; i < run.size() && i < kMostAttempts; ++i) view.attempts.push_back(run[i].identity());
    add(view, "Entries", text_value(run.empty() ? "none" : concat(range_text(from, run.size()), ": ", labels)));
  }
  void snapshot(const SnapshotRef<Command>& part) const {
    if (!part) return;
    add(view, "Snapshot", text_value(snapshot_text(*part)));
    std::string labels;
    for (const KeyValues::Row& row : part->state.rows)
      labels.append(labels.empty() ? "" : ", ").append(row.key.view()).append(row.deleted ? " deleted" : "=").append(row.value.view());
    add(view, "Its state", text_value(labels.empty() ? "empty" : labels));
  }
  void operator()(const HeartbeatRequest& m) const { add(view, "Round", count_value(m.round)); }
  void operator()(const HeartbeatReply& m) const {
    add(view, "Round", count_value(m.round));
    add(view, "Own ballot", ballot(m.ballot));
    add(view, "Quorum-connected", boolean_value(m.quorum_connected));
    if (m.hears) add(view, "Hears the leader", ballot(m.hears));
    if (m.path_hops != 0) add(view, "Passes proposals on to", ballot(m.path));
  }
  void operator()(const Prepare& m) const {
    head("Ballot", m.ballot);
    add(view, "Accepted ballot", ballot(m.accepted));
    add(view, "Log length", index_value(m.length));
    add(view, "Decided index", index_value(m.decided));
  }
  void operator()(const Promise<Command>& m) const {
    head("Ballot", m.ballot);
    add(view, "Session", text_value(concat(m.session.incarnation, ".", m.session.counter)));
    add(view, "Accepted ballot", ballot(m.accepted));
    add(view, "Log length", index_value(m.length));
    add(view, "Decided index", index_value(m.decided));
    snapshot(m.snapshot);
    entries(m.suffix_from, m.suffix);
  }
  void operator()(const AcceptSync<Command>& m) const {
    head("Ballot", m.ballot);
    add(view, "Session", text_value(concat(m.session.incarnation, ".", m.session.counter)));
    add(view, "Sync index", index_value(m.sync_index));
    snapshot(m.snapshot);
    entries(m.sync_index + 1, m.suffix);
    decided(m.decided, m.sync_decided);
  }
  void operator()(const Accept<Command>& m) const {
    add(view, "Ballot", ballot(m.ballot));
    view.value = m.entries.empty() ? "?" : range_text(m.from, m.entries.size());
    entries(m.from, m.entries);
    decided(m.decided, m.sync_decided);
  }
  void operator()(const Accepted& m) const {
    add(view, "Ballot", ballot(m.ballot));
    view.value = std::to_string(m.length);
    add(view, "Log length", index_value(m.length));
    decided(m.decided, m.sync_decided);
    if (m.gap) add(view, "Gap", boolean_value(true));
  }
  void operator()(const Decide& m) const {
    add(view, "Ballot", ballot(m.ballot));
    view.value = std::to_string(m.decided);
    decided(m.decided, m.sync_decided);
  }
  void operator()(const NotAccepted& m) const {
    head("Promised ballot", m.promised);
    add(view, "Its owner is heard", boolean_value(m.heard));
  }
  void operator()(const PrepareRequest& m) const { head("Promised ballot", m.promised); }
  void operator()(const Forward<Command>& m) const {
    view.value = m.entries.empty() ? "" : std::string(m.entries[0].label());
    if (m.entries.size() > 1) view.value += concat(" +", m.entries.size() - 1);
    add(view, "Tag", ballot(m.tag));
    add(view, "Proposer", server_value(m.proposer));
    add(view, "Counter", count_value(static_cast<int64_t>(m.counter)));
    entries(1, m.entries);
  }
  void operator()(const Rejected& m) const {
    head("Promised ballot", m.promised);
    add(view, "Tag", ballot(m.tag));
  }
  void operator()(const NewConfiguration& m) const {
    view.value = concat("c", m.configuration);
    add(view, "Configuration", count_value(m.configuration));
    add(view, "Members", servers_value(servers_of(m.members)));
    add(view, "Sealed length", index_value(m.sealed_length));
    add(view, "Donors", servers_value(servers_of(m.donors)));
    if (m.named) add(view, "Named leader", epoch_value(epoch_of(m.named, m.configuration)));
  }
  void operator()(const Complete& m) const {
    view.value = concat("c", m.configuration);
    add(view, "Configuration", count_value(m.configuration));
  }
  void operator()(const SegmentRequest& m) const {
    view.value = range_text(m.from, m.to - m.from);
    add(view, "From index", index_value(m.from));
    add(view, "To index", index_value(m.to - 1));
  }
  void operator()(const Segment<Command>& m) const {
    view.value = m.snapshot ? snapshot_text(*m.snapshot) : range_text(m.from, m.entries.size());
    snapshot(m.snapshot);
    if (!m.snapshot) entries(m.from, m.entries);
  }
  void operator()(const Compact& m) const {
    view.value = std::to_string(m.index);
    add(view, "Up to", index_value(m.index));
    add(view, "As a snapshot", boolean_value(m.keep_state));
  }
  void operator()(const Relay<Command>& m) const {
    (*this)(m.forward);
    if (m.forward.entries.empty()) view.value = "?";
    add(view, "Decided log known to", index_value(m.known));
    add(view, "Relays that may follow", count_value(m.hops));
  }
  void operator()(const Report& m) const {
    uint64_t decided = 0;
    m.runs.each([&](const AttemptRun& run) {
      for (LogIndex i = run.first; i < run.end() && i <= m.decided; ++i) ++decided;
    });
    view.value = std::to_string(decided);
    add(view, "Proposer", server_value(m.proposer));
    add(view, "Of its attempts decided", count_value(static_cast<int64_t>(decided)));
    add(view, "Decided index", index_value(m.decided));
    if (m.synced) add(view, "Sync decided of", ballot(m.synced));
  }
};

}  // namespace

void hash_message(const OmniPaxosMessage& message, Hasher& hasher) {
  hasher.add((static_cast<uint64_t>(message.from) << 32) | message.to);
  hasher.add((static_cast<uint64_t>(message.configuration) << 32) | message.body.index());
  std::visit(BodyHasher{hasher}, message.body);
}

void name_message(const OmniPaxosMessage& message, MessageFamily* family, const char** name, Epoch* epoch) {
  Ballot ballot;
  std::visit(BodyNamer{*family, *name, ballot}, message.body);
  *epoch = ballot ? epoch_of(ballot, message.configuration) : Epoch{};
}

void describe_message(const OmniPaxosMessage& message, MessageView& view) {
  const char* name = "";
  name_message(message, &view.family, &name, &view.epoch);
  view.name = name;
  std::visit(BodyDescriber{view, message.configuration}, message.body);
}

}  // namespace paxoscope
