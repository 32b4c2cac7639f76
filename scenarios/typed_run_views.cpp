// What a person sees of the present moment.
#include <numeric>

#include "base/sort_indexes.h"
#include "base/text.h"
#include "scenarios/typed_run.h"
#include "sim/describe.h"

namespace paxoscope {

/// Plays the present event once more, with everything written down.
const TypedRun::Detail& TypedRun::detail() const {
  const uint64_t here = event();
  if (detail_ && detail_->event == here) return *detail_;
  Detail& fresh = detail_.emplace();
  fresh.event = here;
  if (here == 0) return fresh;
  fresh.before = previous_ && previous_->world.event() + 1 == here ? *previous_ : state_at(here - 1);
  State after = *fresh.before;
  play(after, nullptr, &fresh.parts, nullptr);
  const uint64_t arriving = fresh.parts.info.message_id;
  for (const auto* flight : fresh.before->world.flights())
    if (arriving != 0 && flight->info.id == arriving)
      fresh.parts.arrived = RunRecorder::view_of(flight->info, flight->message);
  name_clients(fresh);
  fresh.parts.chatter = (flags_[here] & kFlagChange) == 0;
  return fresh;
}

/// What clients asked and heard during the event, and which futures were settled.
void TypedRun::name_clients(Detail& detail) const {
  EventParts& parts = detail.parts;
  const History& history = now_.world.history();
  for (uint64_t at = detail.before->world.history().length() + 1; at <= history.length(); ++at) {
    parts.clients.push_back(history.at(at));
    if (parts.info.kind == EventKind::client && !history.at(at).ends()) parts.info.server = history.at(at).server;
  }
  const FutureTable& futures = now_.world.futures();
  if (futures.settled() == detail.before->world.futures().settled()) return;
  for (uint64_t number = futures.first(); number <= futures.made(); ++number)
    if (futures.at(number).settled_event == detail.event) parts.settled.push_back(futures.at(number));
}

/// A timer acts on what was heard before: the newest heartbeat reply of the leader it looked at, else of anyone.
uint64_t TypedRun::cause_of_timer(const EventParts& parts, std::string* text) const {
  if (parts.info.kind != EventKind::timer || parts.notes.empty()) return 0;
  ServerId leader = 0;
  for (const NoteView& note : parts.notes)
    for (const Field& value : note.values)
      if (value.name == "leader before") leader = value.value.epoch.owner;
  const TimeUs since_us = now_us() - 2 * scenario_.world.election_timeout_us;
  const ArrowRecord* best = nullptr;
  const auto& arrows = timeline().arrows;
  for (size_t i = arrows.size(); i-- > 0 && arrows[i].sent_us >= since_us;) {
    const ArrowRecord& arrow = arrows[i];
    const bool heard = arrow.to == parts.info.server && arrow.fate == MessageFate::delivered &&
                       arrow.end_event != 0 && arrow.end_event < parts.info.number &&
                       arrow.name == "Heartbeat reply";
    if (!heard) continue;
    const bool better = best == nullptr || (best->from != leader && arrow.from == leader) ||
                        ((best->from == leader) == (arrow.from == leader) && best->end_event < arrow.end_event);
    if (better) best = &arrow;
  }
  if (best == nullptr) return 0;
  *text = "heartbeat reply from " + server_label(best->from);
  return best->end_event;
}

/// Where messages start timers anew: the last of its leader, or the candidate it voted for, that started this one.
uint64_t TypedRun::cause_of_restarted_timer(const EventParts& parts, const Observation& before, std::string* text) const {
  const auto server = std::find_if(before.servers.begin(), before.servers.end(),
                                   [&](const ServerView& view) { return view.id == parts.info.server; });
  if (parts.info.kind != EventKind::timer || server == before.servers.end()) return 0;
  const ServerId heard = server->epoch.owner;
  for (const TimerView& timer : server->timers) {
    if (timer.id != parts.info.timer || heard == 0 || heard == server->id) continue;
    const TimeUs started_us = before.time_us - (timer.period_us - timer.remaining_us);
    const auto& arrows = timeline().arrows;
    for (size_t i = arrows.size(); i-- > 0;) {
      const ArrowRecord& arrow = arrows[i];
      const bool started = arrow.to == server->id && arrow.from == heard && arrow.fate == MessageFate::delivered &&
                           std::abs(arrow.end_us - started_us) <= World<AnyProtocol>::kTickUs;
      if (!started) continue;
      *text = concat("last ", arrow.name, " from ", server_label(heard));
      return arrow.end_event;
    }
  }
  return 0;
}

/// Old values of fields and marks on log cells, by comparison with the moment before.
void TypedRun::mark_changes(Observation& seen, const Observation& before) const {
  for (StoreView& store : seen.stores)
    for (const StoreView& old : before.stores)
      for (StoreView::Row& row : store.rows)
        if (old.server == store.server && row.index > old.applied) {
          row.changed = true;
          for (const StoreView::Row& was : old.rows)
            if (was.key == row.key) row.old = was.value;
        }
  for (size_t i = 0; i < seen.servers.size() && i < before.servers.size(); ++i) {
    ServerView& server = seen.servers[i];
    const ServerView& old = before.servers[i];
    for (Field& field : server.fields)
      for (const Field& was : old.fields)
        if (was.name == field.name && !(was.value == field.value)) field.old = was.value;
    for (RegisterCell& cell : server.registers)
      cell.changed = std::none_of(old.registers.begin(), old.registers.end(), [&](const RegisterCell& was) {
        return was.key == cell.key && was.stamp == cell.stamp;
      });
    for (size_t c = 0; c < server.cells.size(); ++c) {
      LogCell& cell = server.cells[c];
      const bool fresh = c >= old.cells.size();
      cell.changed = fresh || old.cells[c].attempt_id != cell.attempt_id || old.cells[c].state != cell.state ||
                     !(old.cells[c].epoch == cell.epoch);
    }
  }
}

/// Marks undecided entries where another server has decided a different one: no server can know that.
void TypedRun::mark_doomed(Observation& seen) const {
  const ServerView* ahead = nullptr;
  for (const ServerView& server : seen.servers)
    if (ahead == nullptr || server.decided_index > ahead->decided_index) ahead = &server;
  if (ahead == nullptr) return;
  for (ServerView& server : seen.servers)
    for (size_t c = 0; c < server.cells.size() && c < ahead->cells.size(); ++c)
      server.cells[c].will_be_overwritten = server.cells[c].state == CellState::accepted &&
                                            ahead->cells[c].state == CellState::decided &&
                                            ahead->cells[c].attempt_id != server.cells[c].attempt_id;
}

Observation TypedRun::observe(const LogWindow& window) const {
  const Detail& known = detail();
  Observation seen = describe(now_.world, window);
  Observation before;
  if (known.before) mark_changes(seen, before = describe(known.before->world, window));
  mark_doomed(seen);
  now_.chosen.describe(now_.world, window, seen);
  seen.protocol = options_.protocol;
  seen.checks = now_.checker.describe();
  if (!seen.has_log) seen.zones = zones_of(seen.operations);
  mark_order(seen.operations, now_.checker.applied(), now_.checker.history(), !seen.has_log);
  seen.event = describe_event(known.parts, seen);
  if (seen.event.cause_event == 0)
    seen.event.cause_event = protocol_.traits().timers_restart
                                 ? cause_of_restarted_timer(known.parts, before, &seen.event.cause_text)
                                 : cause_of_timer(known.parts, &seen.event.cause_text);
  return seen;
}

std::vector<LessonStep> TypedRun::lesson() const {
  std::vector<LessonStep> lesson;
  const auto& reached = tip().director.reached();
  int current = -1;
  for (size_t i = 0; i < scenario_.steps.size(); ++i) {
    const ScenarioStep& step = scenario_.steps[i];
    if (step.title.empty()) continue;
    LessonStep view;
    view.title = step.title;
    view.text = step.text;
    if (!step.question.words.empty()) view.question = &step.question;
    view.reached = i < reached.size();
    if (view.reached) view.event = reached[i];
    if (view.reached && view.event <= event()) {
      view.state = LessonState::done;
      current = static_cast<int>(lesson.size());
    }
    lesson.push_back(std::move(view));
  }
  if (current >= 0) lesson[static_cast<size_t>(current)].state = LessonState::current;
  return lesson;
}

std::optional<size_t> TypedRun::right_answer(size_t step) const {
  const std::vector<ScenarioStep>& steps = scenario_.steps;
  const auto told = [&](size_t from) {
    while (from < steps.size() && steps[from].title.empty()) ++from;
    return from;
  };
  size_t asked = told(0);
  for (size_t i = 0; i < step && asked < steps.size(); ++i) asked = told(asked + 1);
  const auto& reached = tip().director.reached();
  if (asked >= reached.size() || steps[asked].question.words.empty()) return std::nullopt;
  State trial = state_at(reached[asked]);
  size_t judged = asked;
  for (uint32_t i = 0; i < steps[asked].question.judged; ++i) judged = told(judged + 1);
  if (steps[asked].question.judged == 0) judged = steps.size();
  bool ended = false;
  while (!ended && trial.director.reached().size() <= judged) ended = !play(trial, nullptr, nullptr, nullptr);
  // What holds then counts, whatever may come after it.
  RunFacts then = facts_of(trial, true);
  if (!ended) then.now_us = trial.world.now_us();
  const std::vector<Answer>& answers = steps[asked].question.answers;
  std::optional<size_t> otherwise;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].when) otherwise = otherwise.value_or(i);
    else if (evaluate(*answers[i].when, scenario_, then).held) return i;
  }
  return otherwise;
}

bool TypedRun::at_end() const {
  if (tip_) return false;
  if (ended_) return true;
  State trial = now_;
  return !play(trial, nullptr, nullptr, nullptr);
}

RunFacts TypedRun::facts_of(const State& state, bool at_end) const {
  RunFacts facts;
  facts.at_end = at_end;
  facts.now_us = at_end ? scenario_.duration_us : state.world.now_us();
  facts.progress = &state.progress;
  facts.violations = &state.checker.violations();
  facts.history = &state.world.history();
  facts.futures = &state.world.futures();
  for (const auto& client : state.world.clients()) {
    facts.clients_open += client.open.size();
    facts.incomplete += client.given_up;
  }
  facts.open = facts.clients_open;
  for (const auto& host : state.world.hosts())
    for (const OpenFuture& future : host.futures) facts.open += future.command.client == 0 && !future.answered ? 1 : 0;
  for (size_t i = 0; i < state.world.hosts().size(); ++i) {
    const auto& host = state.world.hosts()[i];
    AnyProtocol::merge_configurations(host.server ? AnyProtocol::storage(*host.server) : host.disk.content(), facts.configurations);
    if (host.status != ServerStatus::up) continue;
    facts.running.push_back(
        {host.id, AnyProtocol::probe(*host.server).runs, AnyProtocol::unsettled(*host.server),
         state.known[i].lane[2].membership == Membership::retired});
  }
  return facts;
}

/// The scenario's expectations, then whatever the script could not do.
std::vector<ExpectationResult> TypedRun::expectations() const {
  const RunFacts known = facts();
  std::vector<ExpectationResult> results;
  for (const Expectation& expectation : scenario_.expectations)
    results.push_back(evaluate(expectation, scenario_, known));
  for (const std::string& error : now_.director.errors()) results.push_back({error, false, true});
  return results;
}

RunSummary TypedRun::summary() const {
  RunSummary summary;
  summary.scenario = scenario_.id;
  summary.protocol = options_.protocol;
  summary.seed = options_.seed;
  summary.events = event();
  summary.time_us = now_us();
  summary.state_hash = state_hash();
  summary.has_log = now_.world.protocol().kTraits.has_log;
  std::vector<HeldValue> held;
  for (const auto& host : now_.world.hosts()) {
    const Probe probe = host.server ? AnyProtocol::probe(*host.server) : AnyProtocol::probe(host.disk.content());
    AnyProtocol::held_values(host.server ? AnyProtocol::storage(*host.server) : host.disk.content(), held);
    summary.servers.push_back({host.id, probe.decided, static_cast<uint32_t>(held.size())});
  }
  summary.leader_changes = now_.progress.leader_changes();
  summary.longest_stall_us = now_.progress.longest_stall_us(now_us());
  summary.violations = violations();
  summary.expectations = expectations();
  const FutureTable& futures = now_.world.futures();
  summary.futures = {futures.count(FutureState::resolved), futures.count(FutureState::cancelled),
                     futures.made() - futures.settled(), futures.count(FutureState::unknown)};
  return summary;
}

}  // namespace paxoscope
