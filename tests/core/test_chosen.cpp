// What is chosen is known to who watches all servers before any of them knows it, and it never changes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "check/chosen.h"
#include "check/swarm.h"
#include "sim/omnipaxos_protocol.h"
#include "sim/raft_protocol.h"
#include "sim/register_protocol.h"

using namespace paxoscope;

namespace {

/// A world with the log of what is chosen in it.
template <class Protocol>
struct Watched {
  Watched(const WorldConfig& config, uint64_t seed = 1) : world(config, {}, seed), chosen(world) {}

  bool step() {
    if (!world.step(nobody)) return false;
    chosen.look(world);
    return true;
  }
  bool perform(const Action& action) {
    if (!world.perform(action, nobody)) return false;
    chosen.look(world);
    return true;
  }
  void act(const std::string& text) {
    const Result<Action> action = parse_action(text);
    REQUIRE_MESSAGE(action, text);
    REQUIRE_MESSAGE(perform(*action), text);
  }
  void play_until(TimeUs until_us) {
    while (world.next_event_us() >= 0 && world.next_event_us() <= until_us) step();
    if (world.now_us() < until_us) world.advance_to(until_us);
  }
  /// Plays on, at most for a second, until it holds.
  template <class Holds>
  void wait(Holds&& holds) {
    const TimeUs end_us = world.now_us() + 1'000'000;
    while (!holds() && world.now_us() < end_us) step();
    REQUIRE(holds());
  }
  LogIndex decided() const {
    LogIndex most = 0;
    for (const auto& host : world.hosts())
      if (host.server) most = std::max(most, Protocol::decided(*host.server));
    return most;
  }

  NullRecorder nobody;
  World<Protocol> world;
  ChosenLog chosen;
};

WorldConfig world_of(uint32_t servers, TimeUs disk_us = 0) {
  WorldConfig config;
  for (ServerId id = 1; id <= servers; ++id) config.servers.push_back(id);
  config.first_leader = 1;
  config.latency = {10'000, 10'000};
  config.disk = {disk_us, disk_us};
  return config;
}

/// The leader proposes, and the first server that accepts makes it chosen, a message before the leader knows.
template <class Protocol>
void chosen_before_the_leader_knows(Watched<Protocol> w) {
  w.play_until(800'000);
  const LogIndex before = w.decided();
  CHECK(w.chosen.length() == before);
  w.act("propose A x=1");
  const LogIndex index = before + 1;
  w.wait([&] { return w.chosen.length() == index; });
  CHECK(w.decided() == before);
  CHECK(w.world.touched() != 1);
  const ChosenLog::Entry& entry = w.chosen.at(index);
  CHECK(entry.by == (server_bit(1) | server_bit(w.world.touched())));
  CHECK(entry.at_us == w.world.now_us());
  CHECK(entry.event == w.world.event());
  CHECK(w.chosen.learnt_us(0, index) == -1);
  w.wait([&] { return w.decided() == index; });
  CHECK(w.chosen.learnt_us(0, index) == w.world.now_us());
  CHECK(w.chosen.learnt_us(0, index) == entry.at_us + 10'000);
  CHECK(w.chosen.learnt_us(1, index) == -1);
}

/// Plays a seed of the swarm once more, from what was done to its world. Every server decides only what was chosen, each
/// register's operation ends only once its value was, and nothing chosen changes. Adds up how many events saw something
/// chosen that nobody knew.
template <class Protocol>
void nothing_but_what_was_chosen(uint64_t seed, const std::string& profile, bool pre_vote, uint64_t& ahead, uint64_t& ended) {
  SwarmCase drawn = *draw_case(seed, profile, draw_options<Protocol>());
  drawn.world.pre_vote = drawn.world.check_quorum = pre_vote;
  const SwarmResult result = play_case<Protocol>(drawn, {});
  REQUIRE(!result.failure);
  Watched<Protocol> w(drawn.world, drawn.world_seed);
  std::vector<LogIndex> compared(w.world.hosts().size());
  const auto compare = [&] {
    for (size_t i = 0; i < compared.size(); ++i) {
      const auto& host = w.world.hosts()[i];
      if (host.id != w.world.touched() || !host.server) continue;
      const LogIndex decided = Protocol::decided(*host.server);
      REQUIRE_MESSAGE(decided <= w.chosen.length(), profile, " seed ", seed, " event ", w.world.event(), ": ", decided,
                      " decided by ", host.id, " of ", w.chosen.length());
      for (LogIndex index = std::min(compared[i], decided) + 1; index <= decided; ++index) {
        const uint64_t identity = Protocol::entry_identity(Protocol::storage(*host.server), index);
        const uint64_t known = w.chosen.at(index).identity;
        if (identity != 0 && known != 0)
          REQUIRE_MESSAGE(identity == known, profile, " seed ", seed, " event ", w.world.event(), " index ", index);
      }
      compared[i] = decided;
      ahead += w.chosen.length() > w.decided();
    }
    for (const auto& read : w.world.reads()) {
      if (Protocol::kTraits.has_log || read.stamp.number == 0) continue;
      const auto key = parse_operation(read.command.label()).key;
      const auto& known = w.chosen.registers();
      const auto found = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.held.key.view() == key; });
      REQUIRE_MESSAGE(found != known.end(), "seed ", seed, " event ", w.world.event());
      REQUIRE_MESSAGE(found->held.stamp >= read.stamp, "seed ", seed, " event ", w.world.event());
      ++ended;
    }
    REQUIRE(!w.chosen.changed());
  };
  compare();
  for (const TimedAction& timed : result.actions) {
    while (w.world.next_event_us() >= 0 && w.world.next_event_us() < timed.at_us) {
      w.step();
      compare();
    }
    if (w.world.now_us() < timed.at_us) w.world.advance_to(timed.at_us);
    w.perform(timed.action);
    compare();
  }
  while (w.world.next_event_us() >= 0 && w.world.next_event_us() <= result.simulated_us) {
    w.step();
    compare();
  }
}

uint64_t seeds_to_play() {
  const char* text = std::getenv("PAXOSCOPE_SEEDS");
  return text == nullptr ? 30 : std::strtoull(text, nullptr, 10);
}

template <class Protocol>
void nothing_but_what_was_chosen(bool pre_vote, uint64_t& ahead, uint64_t& ended) {
  for (const SwarmProfile& profile : swarm_profiles())
    for (uint64_t seed = 1; profile.sound && seed <= seeds_to_play(); ++seed)
      nothing_but_what_was_chosen<Protocol>(seed, profile.id, pre_vote, ahead, ended);
}

}  // namespace

TEST_SUITE("chosen") {
  TEST_CASE("OmniPaxos: an entry is chosen before its leader knows") {
    chosen_before_the_leader_knows(Watched<OmniPaxosProtocol<NoNotes>>(world_of(3)));
  }
  TEST_CASE("Raft: an entry is chosen before its leader knows") {
    chosen_before_the_leader_knows(Watched<RaftProtocol<NoNotes>>(world_of(3)));
  }

  TEST_CASE("an entry in memory alone is not chosen: the disk's time counts") {
    Watched<OmniPaxosProtocol<NoNotes>> w(world_of(3, 7'000));
    w.play_until(800'000);
    w.act("propose A x=1");
    const TimeUs asked_us = w.world.now_us();
    w.wait([&] { return w.chosen.length() == 1; });
    CHECK(w.decided() == 0);
    CHECK(w.chosen.at(1).at_us >= asked_us + 10'000 + 7'000);
  }

  TEST_CASE("a register's value is chosen before its coordinator knows") {
    Watched<RegisterProtocol<NoNotes>> w(world_of(3));
    w.play_until(50'000);
    w.act("propose A x=1");
    CHECK(w.chosen.registers().empty());
    w.wait([&] { return !w.chosen.registers().empty(); });
    const ChosenLog::Register known = w.chosen.registers().front();
    CHECK(known.held.value.view() == "1");
    CHECK(known.learnt_by == 0);
    CHECK(w.world.touched() != 1);
    CHECK(known.by == (server_bit(1) | server_bit(w.world.touched())));
    w.wait([&] { return w.chosen.registers().front().learnt_by != 0; });
    CHECK(w.chosen.registers().front().learnt_by == 1);
    CHECK(w.chosen.registers().front().learnt_us == known.at_us + 10'000);
  }

  TEST_CASE("whatever a server decides was chosen before, and the chosen log never changes") {
    uint64_t ahead = 0, ended = 0;
    nothing_but_what_was_chosen<OmniPaxosProtocol<NoNotes>>(false, ahead, ended);
    CHECK(ahead > 1'000);
    MESSAGE(ahead, " events of OmniPaxos");
  }
  TEST_CASE("the same with Raft") {
    uint64_t ahead = 0, ended = 0;
    nothing_but_what_was_chosen<RaftProtocol<NoNotes>>(false, ahead, ended);
    nothing_but_what_was_chosen<RaftProtocol<NoNotes>>(true, ahead, ended);
    CHECK(ahead > 1'000);
    MESSAGE(ahead, " events of Raft");
  }
  TEST_CASE("what ends at a register's coordinator was on a quorum before") {
    uint64_t ahead = 0, ended = 0;
    nothing_but_what_was_chosen<RegisterProtocol<NoNotes>>(false, ahead, ended);
    CHECK(ended > 1'000);
    MESSAGE(ended, " operations");
  }
}
