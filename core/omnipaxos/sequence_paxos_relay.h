// Sequence Paxos, relays: proposals of a server whose path to the leader is cut, passed on by one that has a path, and
// what that one knows of their end (rule F9). Part of sequence_paxos.h.
//
// The origin alone tags its attempts, with the ballot that the relay offered, in the moment that it first sends them; the
// tag stays. So a copy through another relay, or sent by the origin itself later, belongs to the same stream at the same
// leader, which takes it for a repeat (F2). A relay keeps no proposals: what is lost, or dies with it, the origin sends
// again, through whom it then can.
#pragma once

namespace paxoscope::omnipaxos {

namespace detail {
inline bool trail_holds(uint64_t trail, ServerId id) {
  for (; trail != 0; trail >>= 8)
    if ((trail & 0xff) == id) return true;
  return false;
}
}  // namespace detail

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::set_route(const Route& route) {
  if (route == route_) return;
  if (route.next != 0 && proposer_.unsettled() != 0)
    note(Rule::F9, "{s} has no path to a leader: {0} passes its proposals on to that of {1}",
         {note_server("relay", route.next), note_ballot("ballot", route.ballot), note_count("relays", route.hops),
          note_count("proposals that wait", proposer_.unsettled())});
  route_ = route;
  offered_to_ = 1;
  stirred_ = ask_due_ = true;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::send_relay(Outbox& out, const Forward<T>& forward) {
  send_to<Relay<T>>(out, route_.next, forward, known_decided(), config_.relay_hops - 1, uint64_t{0});
}

/// Passes it on as it came. The origin will be told what becomes of its attempts, as far as it is known here.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_relay(ServerId from, const Relay<T>& m) {
  const ServerId origin = m.forward.proposer;
  if (origin == 0 || origin > kMaxServers || origin == config_.pid || detail::trail_holds(m.trail, config_.pid)) return;
  Guest* guest = guest_of(origin, m.forward.incarnation);
  if (guest == nullptr) return;
  *guest = {origin, m.forward.incarnation, from, m.trail, m.known, 0, true};
  if (leading_) {
    if (!m.forward.entries.empty()) handle_forward(from, m.forward);
    return;
  }
  const ServerId next = route_.next;
  if (next != 0) {
    const bool back = next == from || next == origin || detail::trail_holds(m.trail, next);
    if (m.hops > 0 && !back) send_to<Relay<T>>(ready_, next, m.forward, m.known, m.hops - 1, m.trail << 8 | from);
    return;
  }
  if (m.forward.entries.empty() || phase_ == Phase::recover || values().promised.server == config_.pid) return;
  Forward<T> forward = m.forward;
  if (!on(Switch::F9_tag)) forward.tag = values().promised;
  if (forward.tag != values().promised) return;
  note(Rule::F9, forward.entries.size() == 1 ? "{s} passes a proposal of {1} on to the leader of {2}"
                                             : "{s} passes {0} proposals of {1} on to the leader of {2}",
       {note_count("proposals", forward.entries.size()), note_server("proposer", origin),
        note_ballot("tag", forward.tag)});
  send_to<Forward<T>>(ready_, values().promised.server, std::move(forward));
}

/// Null: an older incarnation, whose futures are gone.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
typename SequencePaxos<T, Log, State, Observer>::Guest* SequencePaxos<T, Log, State, Observer>::guest_of(
    ServerId origin, uint32_t incarnation) {
  for (Guest& guest : guests_)
    if (guest.origin == origin) return incarnation < guest.incarnation ? nullptr : &guest;
  PAXO_ASSERT(guests_.size() < kMaxServers);
  guests_.push_back({});
  return &guests_.back();
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::decided_for_guests(const AttemptRun& run) {
  for (Guest& guest : guests_) guest.due |= guest.origin == run.start.proposer;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::forget_silent_guests() {
  std::erase_if(guests_, [](Guest& guest) { return ++guest.silent > kGuestPeriods; });
}

/// Only what is certain: entries decided, and a sync decided that this log is in line with. What the log lacks behind
/// `guest.known` the origin need not have seen decided before it, and so it is in no log synced in that ballot.
template <class T, Sequence<T> Log, PaxosState State, class Observer>
Report SequencePaxos<T, Log, State, Observer>::report_for(const Guest& guest) const {
  Report report{guest.origin, guest.incarnation, guest.known, std::min(values().decided, storage_.log.length()), {}, {},
                guest.trail};
  bool in_line = phase_ == Phase::accept && sync_decided_;
  if (!on(Switch::F9_certain)) {
    report.decided = storage_.log.length();
    in_line = phase_ == Phase::accept;
  }
  if (in_line) report.synced = values().promised;
  std::vector<AttemptRun> runs;
  const auto add = [&](const AttemptRun& run) {
    if (run.start.proposer != guest.origin || run.start.incarnation != guest.incarnation || run.end() <= guest.known + 1)
      return;
    if (runs.size() < kMaxReportedRuns) return runs.push_back(run);
    report.synced = Ballot{};  // the rest comes when the origin knows of these
    report.decided = std::min(report.decided, runs.back().end() - 1);
  };
  if (storage_.snapshot)
    for (const AttemptRun& run : storage_.snapshot->proposers.records()) add(run);
  storage_.attempts.each(std::max(guest.known, storage_.log.trimmed_to()) + 1,
                         (in_line ? storage_.log.length() : report.decided) + 1, add);
  report.runs.rest = Entries<AttemptRun>::copy_of(runs.begin(), runs.end());
  return report;
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::collect_reports(Outbox& out) {
  for (Guest& guest : guests_) {
    if (!std::exchange(guest.due, false)) continue;
    Report report = report_for(guest);
    // Reports may be lost: the origin's next question says what it knows.
    if (report.decided > guest.known) guest.known = report.decided;
    const ServerId back = guest.back;
    if (report.runs.rest.empty() && !report.synced) continue;
    send_to<Report>(out, back, std::move(report));
  }
}

template <class T, Sequence<T> Log, PaxosState State, class Observer>
void SequencePaxos<T, Log, State, Observer>::handle_report(const Report& m) {
  if (m.proposer != config_.pid) {
    const auto next = static_cast<ServerId>(m.trail & 0xff);
    if (next == 0 || next > kMaxServers || next == config_.pid) return;
    Report further = m;
    further.trail >>= 8;
    send_to<Report>(ready_, next, std::move(further));
    return;
  }
  // What lies between must come first: it may hold attempts that this report does not name.
  if (m.incarnation != proposer_.incarnation() || m.after > known_decided()) return;
  const uint64_t before = proposer_.unsettled();
  proposer_.reported(m.runs, m.decided, m.synced, config_.switches);
  if (m.decided > reported_to_) reported_to_ = m.decided;
  const uint64_t settled = before - proposer_.unsettled();
  if (settled != 0)
    note(Rule::F9, settled == 1 ? "{s} learns from a relay what became of a proposal"
                                : "{s} learns from a relay what became of {0} proposals",
         {note_count("settled", settled), note_index("decided there", m.decided),
          note_ballot("its ballot", m.synced)});
}

}  // namespace paxoscope::omnipaxos
