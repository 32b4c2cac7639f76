#include "sim/describe_clients.h"

#include <algorithm>

#include "base/text.h"

namespace paxoscope {

namespace {

/// `{0}` stands for the ballot.
std::string with_ballot(std::string_view text, const Epoch& ballot) {
  std::string out(text);
  if (const size_t at = out.find("{0}"); at != std::string::npos) out.replace(at, 3, epoch_label(ballot));
  return out;
}

/// What the state, the ballot and the index do not say already.
std::string reason_of(const FutureRecord& record, const ProtocolTraits& traits) {
  std::string before =
      record.again == 0 ? "" : concat("proposed again ", record.again, record.again == 1 ? " time" : " times");
  if (record.state == FutureState::resolved) return before;
  if (!before.empty()) before.insert(0, "; ");
  switch (record.state) {
    case FutureState::unknown: return (*record.reason != '\0' ? record.reason : "its server crashed") + before;
    case FutureState::cancelled: return with_ballot(record.reason, record.ballot);
    default: break;
  }
  if (!traits.has_log) return "its quorum is not complete";
  if (record.index != 0) return "not decided yet" + before;
  if (record.epoch) return "proposed, in no log here" + before;
  if (traits.reads_beside_log && parse_operation(record.command.label()).kind == OperationKind::get)
    return "a read, not confirmed yet" + before;
  return (traits.tells_outcome ? "waits for a leader" : "on its way to a leader") + before;
}

OperationEnd end_of(HistoryEventKind kind) {
  switch (kind) {
    case HistoryEventKind::ok: return OperationEnd::ok;
    case HistoryEventKind::failed: return OperationEnd::failed;
    case HistoryEventKind::unknown: return OperationEnd::unknown;
    default: return OperationEnd::open;
  }
}

}  // namespace

std::vector<FutureView> describe_futures(const FutureTable& futures, const ProtocolTraits& traits, TimeUs now_us) {
  std::vector<FutureView> views;
  const uint64_t shown = std::min<uint64_t>(kShownFutures, futures.made() - futures.first() + 1);
  for (uint64_t number = futures.made() - shown + 1; number <= futures.made(); ++number) {
    const FutureRecord& record = futures.at(number);
    FutureView view;
    view.id = operation_id(record.command.client, record.command.number);
    view.command = std::string(record.command.label());
    view.server = record.server;
    view.epoch = record.epoch;
    const bool in_log = record.state == FutureState::pending && record.index != 0;
    view.state = in_log ? FutureState::accepted : record.state;
    view.index = record.index;
    view.reason = reason_of(record, traits);
    view.age_us = (record.settled_us < 0 ? now_us : record.settled_us) - record.made_us;
    view.accepted_after_us = record.accepted_us < 0 ? -1 : record.accepted_us - record.made_us;
    view.attempt_id = record.command.identity();
    view.made_event = record.made_event;
    view.settled_event = record.settled_event;
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<OperationView> describe_operations(const History& history) {
  uint64_t first = history.length() + 1;
  for (size_t shown = 0; first > 1 && shown < kShownOperations; --first)
    if (history.at(first - 1).kind == HistoryEventKind::invoked) ++shown;
  std::vector<OperationView> views;
  for (uint64_t position = first; position <= history.length(); ++position) {
    const HistoryEvent& event = history.at(position);
    const Command& command = event.command;
    if (event.kind == HistoryEventKind::invoked) {
      OperationView& view = views.emplace_back();
      view.id = operation_id(command.client, command.number);
      view.client = command.client;
      view.number = command.number;
      view.command = std::string(command.label());
      view.key = std::string(parse_operation(command.label()).key);
      view.server = event.server;
      view.invoked_us = event.time_us;
      view.invoked_event = event.event;
      view.attempt_id = command.identity();
      continue;
    }
    // An operation's events lie close together, so it is looked for from the end.
    const std::string id = operation_id(command.client, command.number);
    const auto found = std::find_if(views.rbegin(), views.rend(), [&](const OperationView& view) { return view.id == id; });
    if (found == views.rend()) continue;
    found->server = event.server;
    found->attempt_id = command.identity();
    if (!event.ends()) {
      ++found->tries;
      continue;
    }
    found->end = end_of(event.kind);
    found->result = std::string(event.text.view());
    found->returned_us = event.time_us;
    found->returned_event = event.event;
  }
  return views;
}

StoreView describe_store(ServerId server, const KeyValues& state, LogIndex applied) {
  StoreView view;
  view.server = server;
  view.applied = applied;
  for (const KeyValues::Row& row : state.rows)
    view.rows.push_back({std::string(row.key.view()), std::string(row.value.view()), row.index, false});
  return view;
}

void mark_awaited(const FutureTable& futures, ServerView& server) {
  for (uint64_t number = futures.first(); number <= futures.made(); ++number) {
    const FutureRecord& record = futures.at(number);
    if (record.server != server.id) continue;
    for (LogCell& cell : server.cells) {
      if (cell.attempt_id != record.command.identity()) continue;
      cell.awaited = true;
      cell.future = record.state == FutureState::pending ? FutureState::accepted : record.state;
    }
  }
}

}  // namespace paxoscope
