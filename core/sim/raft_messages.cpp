#include "sim/raft_messages.h"

#include <string>
#include <vector>

#include "sim/describe_text.h"

namespace paxoscope {

namespace {

using namespace raft;

struct BodyHasher {
  Hasher& hasher;
  void words(std::initializer_list<uint64_t> values) const {
    for (uint64_t value : values) hasher.add(value);
  }
  void entries(const Entries<Command>& run) const {
    hasher.add(run.size());
    for (const Command& command : run) add_to_hash(hasher, command);
  }
  void operator()(const Heartbeat& m) const { words({m.round, m.commit, m.match, m.wants_answer}); }
  void operator()(const HeartbeatAnswer& m) const { words({m.round, m.agreed}); }
  void operator()(const PreVoteRequest& m) const { words({m.last_index, m.last_term}); }
  void operator()(const PreVoteAnswer& m) const { words({m.granted}); }
  void operator()(const VoteRequest& m) const { words({m.last_index, m.last_term, m.transfer}); }
  void operator()(const VoteAnswer& m) const { words({m.granted}); }
  void operator()(const AppendEntries<Command>& m) const {
    words({m.previous, m.previous_term, m.commit});
    m.for_each_run([&](const Mark& mark, LogIndex first, LogIndex) {
      words({first, mark.term, static_cast<uint64_t>(mark.kind)});
      if (mark.membership) mark.membership->add_to(hasher);
    });
    entries(m.entries);
  }
  void operator()(const AppendAnswer& m) const { words({m.taken, m.match, m.previous, m.hint, m.hint_term}); }
  void operator()(const Refused&) const {}
  void operator()(const TimeoutNow&) const {}
  void operator()(const Forward<Command>& m) const {
    words({m.hops});
    entries(m.entries);
  }
  void operator()(const ReadRequest& m) const { words({m.ticket}); }
  void operator()(const ReadAnswer& m) const { words({m.ticket, m.index}); }
  void operator()(const InstallSnapshot<Command>& m) const {
    words({m.index, m.last_term, m.membership_index, m.part, m.parts, m.state->digest});
    m.membership->add_to(hasher);
  }
  void operator()(const SnapshotAnswer& m) const { words({m.index, m.next}); }
};

/// What is said of a message everywhere: family, name, whose term colours it.
struct BodyNamer {
  const RaftMessage& message;
  MessageFamily& family;
  const char*& name;
  Epoch& epoch;
  void set(MessageFamily f, const char* n, ServerId owner) const {
    family = f;
    name = n;
    if (owner != 0) epoch = term_epoch(message.term, owner);
  }
  ServerId from() const { return message.from; }
  ServerId to() const { return message.to; }
  void operator()(const Heartbeat&) const { set(MessageFamily::heartbeat, "Heartbeat", 0); }
  void operator()(const HeartbeatAnswer&) const { set(MessageFamily::heartbeat, "Heartbeat reply", 0); }
  void operator()(const PreVoteRequest&) const { set(MessageFamily::request, "PreVote", from()); }
  void operator()(const PreVoteAnswer& m) const {
    set(m.granted ? MessageFamily::reply : MessageFamily::refusal, "PreVote reply", to());
  }
  void operator()(const VoteRequest&) const { set(MessageFamily::request, "RequestVote", from()); }
  void operator()(const VoteAnswer& m) const {
    set(m.granted ? MessageFamily::reply : MessageFamily::refusal, "RequestVote reply", to());
  }
  void operator()(const AppendEntries<Command>& m) const {
    set(m.entries.empty() ? MessageFamily::decision : MessageFamily::request, "AppendEntries", from());
  }
  void operator()(const AppendAnswer& m) const {
    set(m.taken ? MessageFamily::reply : MessageFamily::refusal, "AppendEntries reply", to());
  }
  void operator()(const Refused&) const { set(MessageFamily::refusal, "Refused", from()); }
  void operator()(const TimeoutNow&) const { set(MessageFamily::decision, "TimeoutNow", from()); }
  void operator()(const Forward<Command>&) const { set(MessageFamily::request, "Forward", 0); }
  void operator()(const ReadRequest&) const { set(MessageFamily::request, "ReadIndex", 0); }
  void operator()(const ReadAnswer&) const { set(MessageFamily::reply, "ReadIndex reply", 0); }
  void operator()(const InstallSnapshot<Command>&) const {
    set(MessageFamily::transfer, "InstallSnapshot", from());
  }
  void operator()(const SnapshotAnswer&) const { set(MessageFamily::reply, "InstallSnapshot reply", to()); }
};

constexpr uint32_t kMostAttempts = 64;  // a picture of a message, not a copy of it

struct BodyDescriber {
  const RaftMessage& message;
  MessageView& view;
  void index(const char* name, LogIndex value) const { view.fields.push_back({name, index_value(value)}); }
  void count(const char* name, uint64_t value) const {
    view.fields.push_back({name, count_value(static_cast<int64_t>(value))});
  }
  void boolean(const char* name, bool value) const { view.fields.push_back({name, boolean_value(value)}); }
  void text(const char* name, std::string value) const { view.fields.push_back({name, text_value(std::move(value))}); }
  void last_entry(LogIndex last_index, Term last_term) const {
    index("Last index", last_index);
    count("Last term", last_term);
    view.value = std::to_string(message.term);
  }
  void vote(bool granted) const {
    boolean("Granted", granted);
    view.value = granted ? "yes" : "no";
  }
  void entries(const AppendEntries<Command>& m) const {
    const LogIndex from = m.previous + 1;
    const uint32_t size = m.entries.size();
    std::string labels;
    std::string terms;
    Term last_term = 0;
    m.for_each_run([&](const Mark& mark, LogIndex first, LogIndex end) {
      if (mark.term != last_term) terms += (terms.empty() ? "" : ", ") + std::to_string(mark.term);
      last_term = mark.term;
      for (LogIndex i = first; i < end && i < from + kMostAttempts; ++i) {
        const Command& command = m.entries[static_cast<uint32_t>(i - from)];
        if (i < from + 8) labels += (i == from ? "" : ", ") + entry_label(mark, command);
        view.attempts.push_back(entry_identity(mark, command, i));
      }
    });
    if (size > 8) labels += ", …";
    text("Entries", size == 0 ? "none" : range_text(from, size) + ": " + labels);
    if (size != 0) text("Their term", terms);
    m.for_each_run([&](const Mark& mark, LogIndex, LogIndex) {
      if (mark.membership) text("Membership", membership_label(*mark.membership));
    });
  }
  void operator()(const Heartbeat& m) const {
    count("Round", m.round);
    index("Commit index", m.commit);
    index("Match index", m.match);
  }
  void operator()(const HeartbeatAnswer& m) const {
    count("Round", m.round);
    index("Logs agree to", m.agreed);
  }
  void operator()(const PreVoteRequest& m) const { last_entry(m.last_index, m.last_term); }
  void operator()(const PreVoteAnswer& m) const { vote(m.granted); }
  void operator()(const VoteRequest& m) const {
    last_entry(m.last_index, m.last_term);
    if (m.transfer) boolean("The leader asked for it", true);
  }
  void operator()(const VoteAnswer& m) const { vote(m.granted); }
  void operator()(const AppendEntries<Command>& m) const {
    index("Previous index", m.previous);
    count("Previous term", m.previous_term);
    index("Commit index", m.commit);
    entries(m);
    view.value = m.entries.empty() ? "commit " + std::to_string(m.commit) : range_text(m.previous + 1, m.entries.size());
  }
  void operator()(const AppendAnswer& m) const {
    boolean("Success", m.taken);
    if (m.taken) {
      index("Match index", m.match);
      view.value = std::to_string(m.match);
      return;
    }
    index("Refused behind", m.previous);
    index("Hint index", m.hint);
    count("Hint term", m.hint_term);
    view.value = "no, " + std::to_string(m.hint);
  }
  void operator()(const Refused&) const { view.value = std::to_string(message.term); }
  void operator()(const TimeoutNow&) const {}
  void operator()(const Forward<Command>& m) const {
    count("Hops", m.hops);
    if (m.entries.empty()) return;
    const Mark mark;
    for (uint32_t i = 0; i < m.entries.size() && i < kMostAttempts; ++i)
      view.attempts.push_back(entry_identity(mark, m.entries[i], 1 + i));
    view.value = std::string(m.entries[0].label());
    if (m.entries.size() > 1) view.value += " +" + std::to_string(m.entries.size() - 1);
  }
  void operator()(const ReadRequest& m) const { count("Read", m.ticket & UINT32_MAX); }
  void operator()(const ReadAnswer& m) const {
    count("Read", m.ticket & UINT32_MAX);
    index("Read index", m.index);
    view.value = std::to_string(m.index);
  }
  void operator()(const InstallSnapshot<Command>& m) const {
    index("Last index", m.index);
    count("Last term", m.last_term);
    text("Part", std::to_string(m.part + 1) + " of " + std::to_string(m.parts));
    text("Membership", membership_label(*m.membership));
    std::string rows;
    for (const KeyValues::Row& row : m.state->rows)
      rows.append(rows.empty() ? "" : ", ").append(row.key.view()).append("=").append(row.value.view());
    text("Its state", rows.empty() ? "empty" : rows);
    view.value = "up to " + std::to_string(m.index);
  }
  void operator()(const SnapshotAnswer& m) const {
    index("Last index", m.index);
    count("Next part", m.next + 1);
  }
};

std::string servers_text(const Servers& servers) {
  std::string text;
  for (ServerId id : servers) text += (text.empty() ? "" : " ") + server_label(id);
  return text;
}

}  // namespace

std::string entry_label(const raft::Mark& mark, const Command& command) {
  switch (mark.kind) {
    case EntryKind::no_op: return "no-op";
    case EntryKind::membership: return "c" + std::to_string(mark.membership->number);
    case EntryKind::normal: break;
  }
  return std::string(command.label());
}

std::string membership_label(const raft::Membership& membership) {
  std::string text = servers_text(membership.outgoing);
  if (membership.joint()) text += " → ";
  text += servers_text(membership.voters);
  return text.empty() ? "none" : text;
}

uint64_t entry_identity(const raft::Mark& mark, const Command& command, LogIndex index) {
  if (mark.kind == EntryKind::normal) return command.identity();
  // Above any client's number and try.
  return UINT64_C(0xffff) << 48 | (static_cast<uint64_t>(mark.term) & 0xffffff) << 24 | (index & 0xffffff);
}

void hash_message(const RaftMessage& message, Hasher& hasher) {
  hasher.add((static_cast<uint64_t>(message.from) << 32) | message.to);
  hasher.add((static_cast<uint64_t>(message.term) << 32) | message.body.index());
  std::visit(BodyHasher{hasher}, message.body);
}

void name_message(const RaftMessage& message, MessageFamily* family, const char** name, Epoch* epoch) {
  std::visit(BodyNamer{message, *family, *name, *epoch}, message.body);
}

void describe_message(const RaftMessage& message, MessageView& view) {
  const char* name = "";
  name_message(message, &view.family, &name, &view.epoch);
  view.name = name;
  if (message.term != 0) view.fields.push_back({"Term", count_value(message.term)});
  std::visit(BodyDescriber{message, view}, message.body);
}

}  // namespace paxoscope
