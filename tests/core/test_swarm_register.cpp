// The swarm on the quorum register: seeds that hold, rules whose absence it finds, and two ways to check each history.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "check/order_search.h"
#include "check/register_zones.h"
#include "check/swarm.h"
#include "quorum_register/rules.h"
#include "sim/register_protocol.h"

using namespace paxoscope;

namespace {

using Fast = RegisterProtocol<NoNotes>;
using Told = RegisterProtocol<Notes>;

SwarmCase drawn_for(uint64_t seed, const std::string& profile = "default", bool missing_quorums = false) {
  DrawOptions options = draw_options<Fast>();
  options.missing_quorums = missing_quorums;
  return *draw_case(seed, profile, options);
}

SwitchSet without(const char* id) {
  SwitchSet set;
  const auto found = quorum_register::find_switch(id);
  REQUIRE(found.has_value());
  set.turn_off(static_cast<uint8_t>(*found));
  return set;
}

/// The seed at which the swarm first finds a violation, or a stall where the rule is for liveness; 0: none of them.
uint64_t first_failure(const char* id, uint64_t seeds, bool stall) {
  const SwitchSet switches = without(id);
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    const SwarmResult result = play_case<Fast>(drawn_for(seed, "default", std::string_view(id) == "A4.intersect"), switches);
    if (result.failure && result.failure->stall == stall) return seed;
  }
  return 0;
}

/// How many seeds a test plays: PAXOSCOPE_SEEDS, or so many.
uint64_t seeds_to_play(uint64_t otherwise) {
  const char* text = std::getenv("PAXOSCOPE_SEEDS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Both ways to check each key of a history.
struct Verdicts {
  uint64_t keys = 0;
  uint64_t good = 0;
  uint64_t bad = 0;
  uint64_t differ = 0;
  uint64_t alike = 0;  ///< two writes of one value: zones do not judge it
  uint64_t open = 0;   ///< the search had not ended within its budget
};
void compare(const History& history, Verdicts& out) {
  const WholeHistory whole = whole_history(history);
  const HistoryDigest initial = initial_state(HistoryModel::kv);
  std::map<uint64_t, std::vector<uint32_t>> keys;
  for (uint32_t i = 0; i < whole.operations.size(); ++i) keys[whole.operations[i].key].push_back(i);
  for (const auto& [key, own] : keys) {
    if (!has_distinct_writes(whole.operations, own, initial)) {
      ++out.alike;
      continue;
    }
    std::vector<uint32_t> order;
    const bool zones = order_by_zones(whole.operations, own, initial, kNever, order);
    OrderSearch search(whole.operations, own, initial);
    uint64_t steps = LinearizabilityBudget{}.steps;
    const auto state = search.run(steps);
    if (state == OrderSearch::State::running) {
      ++out.open;
      continue;
    }
    ++out.keys;
    ++(zones ? out.good : out.bad);
    out.differ += zones != (state == OrderSearch::State::found) ? 1 : 0;
    if (keys.size() != 1) continue;
    for (const auto& [found, explanation] : {std::pair(zones, order), std::pair(state == OrderSearch::State::found, search.order())})
      out.differ += found && !order_explains(whole.operations, explanation, initial) ? 1 : 0;
  }
}

}  // namespace

TEST_SUITE("swarm, register") {
  TEST_CASE("with all rules on no seed fails, in any profile") {
    for (const SwarmProfile& info : swarm_profiles()) {
      if (!info.sound) continue;
      for (uint64_t seed = 1; seed <= seeds_to_play(400) / (std::string_view(info.id) == "default" ? 1 : 5); ++seed) {
        const SwarmResult result = play_case<Fast>(drawn_for(seed, info.id), {});
        const std::string text = result.failure ? result.failure->check + ": " + result.failure->text : "";
        CHECK_MESSAGE(!result.failure, info.id, " seed ", seed, ": ", text);
        CHECK_FALSE(result.undecided);
      }
    }
  }
  TEST_CASE("the swarm finds what each rule prevents") {
    for (const SwitchInfo& info : quorum_register::switches()) {
      INFO(info.id);
      CHECK(first_failure(info.id, 1000, info.kind == SwitchKind::liveness) != 0);
    }
  }
  TEST_CASE("reads that ask nobody see old values") {
    uint64_t found = 0;
    for (uint64_t seed = 1; seed <= 40; ++seed) {
      SwarmCase drawn = drawn_for(seed);
      drawn.world.local_reads = true;
      const SwarmResult result = play_case<Fast>(drawn, {});
      if (!result.failure) continue;
      CHECK(result.failure->check == "linearizable");
      ++found;
    }
    CHECK(found > 5);
  }
  TEST_CASE("zones and the general search agree on every key of every history, sound or not") {
    Verdicts sound, local;
    for (uint64_t seed = 1; seed <= seeds_to_play(150); ++seed) {
      SwarmCase drawn = drawn_for(seed);
      SwarmPlay<Fast> atomic(drawn, {});
      atomic.play();
      compare(atomic.world().history(), sound);
      drawn.world.local_reads = true;
      SwarmPlay<Fast> stale(drawn, {});
      stale.play();
      compare(stale.world().history(), local);
    }
    for (const Verdicts* verdicts : {&sound, &local}) {
      CHECK(verdicts->differ == 0);
      CHECK(verdicts->alike == 0);
      CHECK(verdicts->open == 0);
      CHECK(verdicts->good > 100);
      MESSAGE(verdicts->keys << " keys, " << verdicts->bad << " of them not linearizable");
    }
    CHECK(sound.bad == 0);
    CHECK(local.bad > 10);
  }
  TEST_CASE("clients read and write, nobody is a spare, and the checks of logs have nothing to say") {
    SwarmCase drawn = drawn_for(5);
    CHECK(drawn.world.members.empty());
    World<Told> world(drawn.world, {}, 5);
    Checker<Told> checker(world);
    NullRecorder nobody;
    for (int i = 0; i < 2000 && world.step(nobody); ++i) checker.after_event(world);
    CHECK_FALSE(checker.violated());
    CHECK(world.history().length() > 20);
    for (uint64_t at = 1; at <= world.history().length(); ++at) {
      const OperationKind kind = parse_operation(world.history().at(at).command.label()).kind;
      CHECK((kind == OperationKind::put || kind == OperationKind::get));
    }
    std::string ids;
    for (const CheckView& view : checker.describe()) ids += view.id + " ";
    CHECK(ids == "facts-hold stamps-unique stamps-grow acknowledged-held stamps-ordered linearizable ");
  }
  TEST_CASE("a seed is one run: the same twice, and the same when every step is explained") {
    for (uint64_t seed : {14, 15}) {
      const SwarmCase drawn = drawn_for(seed);
      SwarmPlay<Fast> first(drawn, {});
      SwarmPlay<Told> second(drawn, {});
      CHECK(first.play().events == second.play().events);
      CHECK(first.world().state_hash() == second.world().state_hash());
    }
  }
}
