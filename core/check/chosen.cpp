#include "check/chosen.h"

#include <algorithm>

namespace paxoscope {

namespace {

std::vector<ServerId> servers_in(ServerSet set) {
  std::vector<ServerId> servers;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(set, id)) servers.push_back(id);
  return servers;
}

}  // namespace

TimeUs ChosenLog::learnt_us(size_t position, LogIndex index) const {
  const MemorySequence<Learnt>& learnt = servers_[position].learnt;
  if (servers_[position].decided() < index) return -1;
  LogIndex low = 1, high = learnt.length();
  while (low < high) {
    const LogIndex middle = (low + high) / 2;
    if (learnt.at(middle).decided >= index)
      high = middle;
    else
      low = middle + 1;
  }
  return learnt.at(low).at_us;
}

ChosenLog::Round* ChosenLog::round_of(const AcceptedProbe& accepted) {
  const auto found = std::find_if(rounds_.begin(), rounds_.end(), [&](const Round& round) {
    return round.configuration == accepted.configuration && round.ballot == accepted.ballot;
  });
  return found == rounds_.end() ? nullptr : &*found;
}

ChosenLog::Round* ChosenLog::accept(ServerId id, const AcceptedProbe& accepted, LogIndex length) {
  Round* round = round_of(accepted);
  if (round == nullptr) {
    const Round fresh{accepted.configuration, accepted.ballot};
    const auto at = std::find_if(rounds_.begin(), rounds_.end(), [&](const Round& other) { return fresh.place() < other.place(); });
    if (rounds_.size() == kMaxRounds && at == rounds_.begin()) return nullptr;
    round = &*rounds_.insert(at, fresh);
    if (rounds_.size() > kMaxRounds) {
      rounds_.erase(rounds_.begin());
      --round;
    }
  }
  LogIndex& known = round->accepted[id - 1];
  known = std::max(known, length);
  return round;
}

void ChosenLog::forget(ServerId id) {
  for (Round& round : rounds_) round.accepted[id - 1] = 0;
}

LogIndex ChosenLog::reached(const Round& round, const QuorumProbe& quorum) {
  const auto reached_by = [&](ServerSet members, uint32_t needed) -> LogIndex {
    std::array<LogIndex, kMaxServers> lengths{};
    uint32_t count = 0;
    for (ServerId id = 1; id <= kMaxServers; ++id)
      if (contains(members, id)) lengths[count++] = round.accepted[id - 1];
    if (needed == 0 || needed > count) return 0;
    std::sort(lengths.begin(), lengths.begin() + count, std::greater<>());
    return lengths[needed - 1];
  };
  const LogIndex incoming = reached_by(quorum.members, quorum.count);
  return quorum.outgoing == 0 ? incoming : std::min(incoming, reached_by(quorum.outgoing, quorum.outgoing_count));
}

ServerSet ChosenLog::holders(const Round& round, ServerSet members, LogIndex index) {
  ServerSet by = 0;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(members, id) && round.accepted[id - 1] >= index) by |= server_bit(id);
  return by;
}

void ChosenLog::keep_register(const HeldValue& held, ServerSet by, uint64_t event, TimeUs at_us) {
  auto at = std::find_if(registers_.begin(), registers_.end(),
                         [&](const Register& one) { return one.held.key.view() >= held.key.view(); });
  if (at == registers_.end() || !(at->held.key == held.key))
    at = registers_.insert(at, Register{});
  else if (at->held.stamp >= held.stamp)
    return;
  *at = {held, event, at_us, by};
}

ChosenView ChosenLog::view_of(LogIndex index, const std::vector<ServerView>& servers) const {
  const Entry& entry = at(index);
  ChosenView view;
  view.cell.index = index;
  view.cell.state = CellState::trimmed;
  view.by = servers_in(entry.by);
  view.epoch = {entry.configuration, entry.ballot.n, entry.ballot.priority, entry.ballot.server};
  view.at_us = entry.at_us;
  view.event = entry.event;
  for (size_t i = 0; i < servers_.size(); ++i)
    if (const TimeUs learnt = learnt_us(i, index); learnt >= 0) view.learnt.push_back({servers[i].id, learnt});
  std::stable_sort(view.learnt.begin(), view.learnt.end(),
                   [](const ChosenView::Learnt& a, const ChosenView::Learnt& b) { return a.at_us < b.at_us; });
  return view;
}

void ChosenLog::describe_registers(uint64_t event, Observation& seen) const {
  for (const Register& one : registers_) {
    ChosenView view;
    view.key = one.held.key.view();
    view.cell.label = one.held.value.view();
    view.cell.state = CellState::decided;
    view.cell.attempt_id = Command::make(one.held.client, one.held.number, {}).identity();
    view.cell.changed = one.event == event && one.event != 0;
    view.epoch = view.cell.epoch = stamp_epoch(one.held.stamp);
    view.by = servers_in(one.by);
    view.at_us = one.at_us;
    view.event = one.event;
    if (one.learnt_by != 0) view.learnt.push_back({one.learnt_by, one.learnt_us});
    seen.chosen.push_back(std::move(view));
  }
}

}  // namespace paxoscope
