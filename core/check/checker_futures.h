// Checker: what servers tell of futures, what their state machines hold, what clients see. Part of check/checker.h.
#pragma once

namespace paxoscope {

/// What was found out during this event, against what is decided.
template <class Protocol>
void Checker<Protocol>::check_settled(const World<Protocol>& world) {
  for (const auto& [server, how] : world.settled()) {
    const uint64_t* index = decided_attempts_.find(how.attempt.key());
    const std::string whose = "a proposal of " + server_label(server);
    if (!how.resolved) {
      if (how.unknown || how.attempt.counter == 0) continue;
      if (index != nullptr)
        report(CheckId::cancelled_never, concat(whose, " was cancelled, but it is decided at index ", *index),
               {chosen_.at(*index).event, world.event()});
      cancelled_attempts_.set(how.attempt.key(), world.event());
      continue;
    }
    ++resolved_;
    if (how.attempt.proposer == 0) continue;  // a read, which is in no log
    if (index != nullptr && *index == how.index) continue;
    report(CheckId::resolved_decided,
           concat(whose, " is said to be decided at index ", how.index,
                   index == nullptr ? ", but it is not decided" : ", but it is decided at index " + std::to_string(*index)),
           {world.event()});
  }
}

/// A new entry of the decided log: which attempt it came from, and what it does.
template <class Protocol>
void Checker<Protocol>::check_chosen(const World<Protocol>& world, const typename World<Protocol>::Host& host,
                                     LogIndex index, const Command& command) {
  const std::string what = entry_words(command) + " at index " + std::to_string(index);
  if (traits_.decides_once) {
    if (const uint64_t* before = decided_.find(command.identity()))
      report(CheckId::decided_once, what + " was decided at index " + std::to_string(*before) + " already",
             {chosen_.at(*before).event, world.event()});
    decided_.set(command.identity(), index);
  }
  const AttemptName attempt = Protocol::attempt_at(Protocol::storage(*host.server), index);
  if (attempt.proposer != 0) {
    if (const uint64_t* cancelled = cancelled_attempts_.find(attempt.key()))
      report(CheckId::cancelled_never,
             concat(what, " is decided, but ", server_label(attempt.proposer), " had cancelled that very proposal"),
             {*cancelled, world.event()});
    decided_attempts_.set(attempt.key(), index);
  }
  const Effect effect = apply_command(state_, index, command);
  if (!effect.fresh || refused(command, effect.result)) return;
  const uint64_t operation = operation_key(command.client, command.number);
  const bool acts = parse_operation(command.label()).kind != OperationKind::none;
  if (const uint64_t* before = applied_.find(operation); before != nullptr && acts)
    report(CheckId::applied_once,
           operation_id(command.client, command.number) + " (" + std::string(command.label()) + ") is applied at index " +
               std::to_string(index) + ", and was at index " + std::to_string(applied_index(*before)),
           {chosen_.at(applied_index(*before)).event, world.event()});
  applied_.set(operation, applied_at(index, false));
}

/// Reads beside the log take place between two entries (R12). Whoever calls an entry decided first is a leader, so a read
/// that is asked later must see it, also where no client has an answer yet that would show it.
template <class Protocol>
void Checker<Protocol>::check_reads(const World<Protocol>& world) {
  for (const auto& read : world.reads()) {
    if (read.index < chosen_.length() && chosen_.at(read.index + 1).event < read.asked_event)
      report(CheckId::reads_fresh,
             std::string(read.command.label()) + " was answered from the state after index " + std::to_string(read.index) +
                 ", but index " + std::to_string(read.index + 1) + " was decided before it was asked",
             {chosen_.at(read.index + 1).event, read.asked_event, world.event()});
    applied_.set(operation_key(read.command.client, read.command.number), applied_at(read.index, true));
  }
}

/// What it holds and what its disk holds.
template <class Protocol>
void Checker<Protocol>::check_registers(const World<Protocol>& world, const typename World<Protocol>::Host& host) {
  if constexpr (requires(const typename Protocol::Durable& disk, std::vector<HeldValue>& held) { Protocol::held_values(disk, held); }) {
    std::vector<HeldValue> memory, disk;
    Protocol::held_values(*storage_of(host), memory);
    Protocol::held_values(*disk_of(world, host), disk);
    registers_.look(static_cast<size_t>(&host - world.hosts().data()), host.id, memory, disk, world.event(), applied_);
    report_registers();
  }
  if (!host.server) return;
  if (const Probe probe = Protocol::probe(*host.server); probe.broken_fact != nullptr) report_fact(world, host.id, probe);
}

/// Whoever asks from now on must find what has come to its end. A read that asked nobody promises nothing.
template <class Protocol>
void Checker<Protocol>::check_ends(const World<Protocol>& world) {
  if constexpr (requires(const typename Protocol::Durable& disk, std::vector<HeldValue>& held) { Protocol::held_values(disk, held); }) {
    std::vector<HeldValue> disk;
    for (const auto& read : world.reads()) {
      const Operation operation = parse_operation(read.command.label());
      if (operation.kind == OperationKind::get && world.config().local_reads) continue;
      RegisterChecks::Ended ended{read.command, read.stamp, read.asked_event};
      ended.needed = Protocol::write_quorum(world.config(), *world.host(world.touched())->server, 0).count;
      for (const auto& host : world.hosts()) {
        Protocol::held_values(*disk_of(world, host), disk);
        ended.holders += stamp_in(disk, ShortText(operation.key)) >= read.stamp ? 1 : 0;
      }
      registers_.look_at_end(world.touched(), ended, world.event(), applied_);
    }
    report_registers();
  }
}

/// Its state machine holds what the decided commands add up to.
template <class Protocol>
void Checker<Protocol>::check_store(const World<Protocol>& world, const typename World<Protocol>::Host& host, Seen& seen) {
  if (host.applied == seen.applied || host.applied == 0) return;
  seen.applied = host.applied;
  if (!host.store_whole || host.applied > chosen_.length()) return;
  const Chosen& last = chosen_.at(host.applied);
  if (host.store->digest == last.digest) return;
  report(CheckId::stores_agree,
         concat("the store of ", server_label(host.id), " up to index ", host.applied,
                 " is not what the decided commands add up to"),
         {last.event, world.event()});
}

}  // namespace paxoscope
