#include "scenarios/run_state.h"

#include <algorithm>

#include "base/text.h"
#include "sim/notes.h"

namespace paxoscope {

namespace {

bool says_quorum_lost(const Note& note) {
  for (uint8_t i = 0; i < note.value_count; ++i) {
    const NoteValue& value = note.values[i];
    if (value.kind == NoteValue::Kind::boolean && std::string_view(value.name) == "quorum-connected")
      return value.number == 0;
  }
  return false;
}

Epoch epoch_of_ballot(const Ballot& ballot, ConfigurationId configuration) {
  return ballot ? Epoch{std::max<ConfigurationId>(configuration, 1), ballot.n, ballot.priority, ballot.server} : Epoch{};
}

bool cuts_links(ActionKind kind) {
  return kind == ActionKind::cut || kind == ActionKind::isolate || kind == ActionKind::partition ||
         kind == ActionKind::only;
}

bool is_fault(ActionKind kind) {
  return cuts_links(kind) || kind == ActionKind::crash || kind == ActionKind::wipe || kind == ActionKind::pause;
}

/// What the timeline says of the links after an action on them; "" when none is cut.
std::string cut_label(const World<AnyProtocol>& world, const Action& action) {
  size_t cut = 0;
  for (const auto& from : world.hosts())
    for (const auto& to : world.hosts())
      if (from.id < to.id && !(world.link(from.id, to.id).up && world.link(to.id, from.id).up)) ++cut;
  if (cut == 0) return {};
  if (cuts_links(action.kind)) return describe_action(action);
  return concat(cut, cut == 1 ? " link cut" : " links cut");
}

/// What its lane says beyond the promised ballot, and what happened to its configuration.
void notice_lane(RunState& state, size_t position, TimelineBuilder* timeline) {
  const auto& host = state.world.hosts()[position];
  if (!host.server) return;
  KnownServer& known = state.known[position];
  std::array<LaneChange, 3> lane;
  if (!AnyProtocol::describe_lane(*host.server, lane)) return;
  const Membership now = lane[2].membership, before = known.lane[2].membership;
  const ConfigurationId runs = now == Membership::member ? lane[2].epoch.configuration : 0;
  const bool first = known.lane[2].server == 0;
  const bool left = known.ran != 0 && runs != known.ran && now != Membership::joining;
  const bool newest = std::all_of(state.known.begin(), state.known.end(),
                                  [&](const KnownServer& other) { return other.ran < runs; });
  for (size_t i = 0; i < lane.size(); ++i) {
    const bool changed = known.lane[i].server == 0 || !known.lane[i].same_as(lane[i]);
    known.lane[i] = lane[i];
    known.lane[i].server = host.id;
    if (changed && timeline != nullptr) timeline->lane_changed(known.lane[i]);
  }
  known.ran = runs;
  if (timeline == nullptr || first) return;
  if (left && before == Membership::member && state.world.protocol().kTraits.seals_logs)
    timeline->mark(MarkKind::stop_sign, host.id, "stop-sign decided");
  if (runs > 1 && newest) timeline->mark(MarkKind::configuration, host.id, concat("config ", runs, " starts"));
}

/// Takes over what changed at one server. Returns flags.
uint8_t notice_server(RunState& state, size_t position, TimelineBuilder* timeline) {
  const auto& host = state.world.hosts()[position];
  KnownServer& known = state.known[position];
  const Probe probe = host.server ? AnyProtocol::probe(*host.server) : AnyProtocol::probe(host.disk.content());
  uint8_t flags = 0;
  if (host.status != known.status) {
    known.status = host.status;
    if (timeline != nullptr && host.status == ServerStatus::up) timeline->comes_up(host.id);
    if (timeline != nullptr && host.status != ServerStatus::up)
      timeline->goes_down(host.id, host.status == ServerStatus::paused, host.state_lost);
    if (timeline != nullptr && host.status == ServerStatus::down) timeline->stops_leading(host.id);
  }
  // Ballots are counted anew in each configuration: the same one is another there.
  const bool moved = probe.configuration != known.configuration;
  known.configuration = probe.configuration;
  // Where logs are not sealed, a configuration ends with the commit of the next one.
  const bool may_seal = probe.decided != known.decided && !state.world.protocol().kTraits.seals_logs;
  if (probe.runs != known.runs || may_seal) {
    if (probe.runs != known.runs) flags |= kFlagChange;
    known.runs = probe.runs;
    std::vector<ConfigurationView> seen;
    AnyProtocol::merge_configurations(host.server ? AnyProtocol::storage(*host.server) : host.disk.content(), seen);
    ConfigurationId sealed = 0;
    for (const ConfigurationView& one : seen)
      if (one.sealed) sealed = one.id;
    state.progress.runs(host.id, probe.runs, sealed);
  }
  notice_lane(state, position, timeline);
  if (moved) known.leads = Ballot{};
  if (probe.promised != known.promised || (moved && probe.promised)) {
    known.promised = probe.promised;
    const Epoch epoch = epoch_of_ballot(probe.promised, probe.configuration);
    if (probe.promised) state.director.saw_promise(host.id, probe.promised.server);
    if (timeline != nullptr) {
      timeline->stops_leading(host.id);
      timeline->promised(host.id, epoch);
      if (probe.promised.server == host.id && state.world.protocol().kTraits.has_log) timeline->starts_to_lead(host.id, epoch);
    }
    flags |= kFlagChange;
  }
  if (probe.leads != known.leads || (moved && probe.leads)) {
    if (probe.leads) {
      state.director.saw_leader(host.id);
      state.progress.leads(host.id);
      flags |= kFlagLeader;
      if (timeline != nullptr) {
        const Epoch epoch = epoch_of_ballot(probe.leads, probe.configuration);
        timeline->has_followers(host.id, epoch);
        timeline->mark(MarkKind::leader_change, host.id, epoch_label(epoch));
      }
    } else if (timeline != nullptr && probe.promised == known.leads) {
      timeline->stops_leading(host.id);
    }
    known.leads = probe.leads;
  }
  if (probe.decided > known.decided && host.server) {
    if (probe.decided > state.progress.decided_index()) {
      flags |= kFlagDecided;
      if (timeline != nullptr) timeline->mark(MarkKind::decided, host.id, std::to_string(probe.decided));
    }
    state.progress.decided(state.world.now_us(), host.id, probe.decided, epoch_of_ballot(probe.promised, probe.configuration));
  }
  if (probe.decided != known.decided) flags |= kFlagChange;
  known.decided = probe.decided;
  return flags;
}

/// Links, messages and faults of an action that was just performed.
void notice_action(RunState& state, const RunRecorder& recorder) {
  const Action& action = recorder.info().action;
  if (is_fault(action.kind)) state.progress.fault(state.world.now_us());
  TimelineBuilder* timeline = recorder.timeline();
  if (timeline == nullptr) return;
  const bool heals = action.kind == ActionKind::heal || action.kind == ActionKind::heal_all;
  if (heals || cuts_links(action.kind)) timeline->links_changed(cut_label(state.world, action));
  if (action.kind == ActionKind::delay)
    for (const auto* flight : state.world.flights())
      if (flight->info.id == action.message_id) timeline->message_moved(action.message_id, flight->info.deliver_us);
  timeline->mark(MarkKind::action, action.a, describe_action(action));
}

}  // namespace

RunState::RunState(const ProtocolKind& protocol, const Scenario& scenario, const SwitchSet& switches, uint64_t seed)
    : world(scenario.world, switches, seed, AnyProtocol(protocol)),
      checker(world),
      chosen(world),
      director(&scenario),
      known(world.hosts().size()) {}
RunState::RunState(const RunState&) = default;
RunState::RunState(RunState&&) noexcept = default;
RunState& RunState::operator=(RunState&&) noexcept = default;
RunState::~RunState() = default;

// --- recording

void RunRecorder::event_begins(const EventInfo& info) {
  info_ = info;
  if (timeline_ != nullptr)
    timeline_->begin_event(info.number, info.time_us,
                           {info.kind, info.server, info.message_id, info.kind == EventKind::disk ? info.cause_event : 0});
  if (parts_ != nullptr) parts_->info = info;
}

void RunRecorder::sent(const FlightInfo& flight, const AnyMessage& message) {
  const bool heartbeat = AnyProtocol::is_heartbeat(message);
  if (!heartbeat) busy_ = true;
  if (parts_ != nullptr) parts_->sent.push_back(view_of(flight, message));
  if (timeline_ == nullptr && !director_.watches(ConditionKind::message)) return;
  MessageFamily family = MessageFamily::request;
  const char* name = "";
  Epoch epoch;
  AnyProtocol::name_message(message, &family, &name, &epoch);
  director_.saw_message(name, flight.from, flight.to);
  if (timeline_ == nullptr) return;
  ArrowRecord arrow;
  arrow.message_id = flight.id;
  arrow.from = flight.from;
  arrow.to = flight.to;
  arrow.family = family;
  arrow.name = name;
  arrow.epoch = epoch;
  arrow.sent_us = flight.sent_us;
  arrow.end_us = flight.deliver_us;
  arrow.sent_event = flight.sent_event;
  if (!message.kind->traits().has_log) timeline_->add_epoch(epoch);  // of several registers, each write has its colour
  timeline_->sent(std::move(arrow));
}

void RunRecorder::delivered(const FlightInfo& flight) {
  if (timeline_ == nullptr) return;
  const ArrowRecord* arrow = timeline_->find(flight.id);
  if (arrow == nullptr || arrow->family != MessageFamily::heartbeat) busy_ = true;
  timeline_->message_ended(flight.id, MessageFate::delivered);
}

void RunRecorder::lost(const FlightInfo& flight, bool by_person) {
  if (parts_ != nullptr && flight.id == info_.message_id) parts_->arrived_lost = true;
  if (timeline_ != nullptr)
    timeline_->message_ended(flight.id, by_person ? MessageFate::dropped : MessageFate::lost);
}

void RunRecorder::noted(const std::vector<Note>& notes) {
  for (const Note& note : notes) {
    busy_ = true;
    if (parts_ != nullptr) parts_->notes.push_back(render_note(note, rules_));
    if (director_.watches(ConditionKind::event_rule) && note.rule < rules_.size())
      director_.saw_rule(rules_[note.rule].id, note.server);
    if (director_.watches(ConditionKind::not_quorum_connected) && says_quorum_lost(note))
      director_.saw_quorum_lost(note.server);
  }
}

MessageView RunRecorder::view_of(const FlightInfo& flight, const AnyMessage& message) {
  MessageView view;
  view.id = flight.id;
  view.from = flight.from;
  view.to = flight.to;
  view.sent_us = flight.sent_us;
  view.deliver_us = flight.deliver_us;
  AnyProtocol::describe_message(message, view);
  return view;
}

// --- moving on

bool step_world(RunState& state, RunRecorder& recorder) { return state.world.step(recorder); }

Result<void> act_on_world(RunState& state, const Action& action, RunRecorder& recorder, EventKind kind) {
  return state.world.perform(action, recorder, kind);
}

/// Says what began with this event, if something did.
static void note_beginning(const World<AnyProtocol>& world, const EventInfo& info, TimelineBuilder& timeline) {
  if (info.kind == EventKind::timer) timeline.begins(concat(info.timer, " timer of ", server_label(info.server)));
  if (info.kind == EventKind::action || info.kind == EventKind::script) timeline.begins(describe_action(info.action));
  if (info.kind != EventKind::client) return;
  const History& history = world.history();
  for (uint64_t at = history.length(); at > 0 && history.at(at).event == info.number; --at) {
    const HistoryEvent& one = history.at(at);
    if (one.ends()) continue;
    return timeline.begins(concat(operation_id(one.command.client, one.command.number), ": k", one.command.client, " asks ",
                                  server_label(one.server), " for ", one.command.label()));
  }
}

uint8_t after_event(RunState& state, const RunRecorder& recorder) {
  World<AnyProtocol>& world = state.world;
  TimelineBuilder* timeline = recorder.timeline();
  const size_t violations_before = state.checker.violations().size();
  state.checker.after_event(world);
  state.chosen.look(world);
  uint8_t flags = 0;
  const EventInfo& info = recorder.info();
  for (size_t i = 0; i < world.hosts().size(); ++i)
    if (world.hosts()[i].id == world.touched() || world.event() == 0)
      flags |= notice_server(state, i, timeline);
  // Where nothing is decided, an operation that has ended is what a person waits for.
  if (!world.protocol().kTraits.has_log && !world.reads().empty()) flags |= kFlagDecided;
  if (info.kind == EventKind::action || info.kind == EventKind::script) notice_action(state, recorder);
  if (timeline != nullptr) note_beginning(world, info, *timeline);
  bool waiting = false;
  for (const auto& client : world.clients()) waiting = waiting || client.waiting();
  state.progress.clients_wait(world.now_us(), waiting);

  if (info.kind == EventKind::delivery) flags |= kFlagDelivery;
  if (recorder.busy()) flags |= kFlagChange;
  if (world.futures().settled() != state.settled) flags |= kFlagSettled;
  state.settled = world.futures().settled();
  for (size_t i = violations_before; i < state.checker.violations().size(); ++i) {
    flags |= kFlagViolation;
    if (timeline != nullptr)
      timeline->mark(MarkKind::violation, world.touched(), state.checker.violations()[i].text);
  }
  return flags;
}

uint8_t after_steps(RunState& state, const Scenario& scenario, size_t reached_before,
                    TimelineBuilder* timeline) {
  for (size_t before = SIZE_MAX; before != state.director.reached().size();) {
    before = state.director.reached().size();
    state.director.look(state.world.history(), state.world.futures());
    state.director.settle(state.world.now_us(), state.world.event(), state.progress);
  }
  uint8_t flags = 0;
  for (size_t i = reached_before; i < state.director.reached().size(); ++i) {
    if (scenario.steps[i].title.empty()) continue;
    flags |= kFlagNarration;
    if (timeline != nullptr) timeline->mark(MarkKind::narration, 0, scenario.steps[i].title);
  }
  return flags;
}

}  // namespace paxoscope
