// Every symmetric graph of 3, 4 and 5 servers, every first leader, and one stray promise whose owner is dead,
// restarted or alive: where somebody reaches a majority, entries are decided again within six election
// timeouts, and the leader then stays for ten.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "graph_host.h"

using namespace paxoscope;
using namespace paxoscope::graphs;

namespace {

constexpr uint32_t kAgainTicks = 6 * kElectionTicks;
constexpr uint32_t kCalmAgainTicks = 8 * kElectionTicks;  // who waits for its neighbours takes over later
constexpr uint32_t kStayTicks = 10 * kElectionTicks;

/// 1: all cases. A build with sanitizers takes every 37th; PAXOSCOPE_GRAPH_STRIDE decides otherwise.
uint32_t stride() {
  if (const char* text = std::getenv("PAXOSCOPE_GRAPH_STRIDE")) {
    const int value = std::atoi(text);
    if (value > 0) return static_cast<uint32_t>(value);
  }
#ifdef __SANITIZE_ADDRESS__
  return 37;
#else
  return 1;
#endif
}

const char* name(Fate fate) {
  static constexpr const char* kNames[] = {"no stray", "dead", "restarted", "alive"};
  return kNames[static_cast<int>(fate)];
}

struct Survey {
  uint32_t all = 0;  ///< cases in which somebody reaches a majority
  uint32_t run = 0;
  uint32_t stuck = 0;     ///< not decided again in time
  uint32_t flapping = 0;  ///< decided again, but the leader changed after that
  uint32_t shown = 8;     ///< failures printed, at most
  uint32_t again_ticks = kAgainTicks;
  uint32_t worst_again = 0, worst_gap = 0, most_ballots = 0;
};

/// Is every gap after the first six election timeouts short, and the deciding ballot the same?
void judge(const Course& course, uint32_t servers, uint32_t mask, ServerId first, ServerId owner,
           ServerId reached, Fate fate, Survey& survey) {
  ++survey.run;
  survey.worst_again = std::max(survey.worst_again, course.decided_again);
  survey.worst_gap = std::max(survey.worst_gap, course.longest_gap);
  survey.most_ballots = std::max(survey.most_ballots, course.ballots);
  const bool stuck = course.decided_again > survey.again_ticks;
  const bool flapping = !stuck && course.last_ballot_change > survey.again_ticks;
  survey.stuck += stuck;
  survey.flapping += flapping;
  if ((stuck || flapping) && survey.stuck + survey.flapping <= survey.shown)
    std::printf(
        "  %s: %u servers, edges %#x, first %u, stray %u->%u (%s): again %u, gap %u, change %u, ballots %u\n",
        stuck ? "STUCK" : "FLAPPING", servers, mask, first, owner, reached, name(fate), course.decided_again,
        course.longest_gap, course.last_ballot_change, course.ballots);
}

void run_masks(const Cluster& start, uint32_t servers, ServerId first, ServerId owner, ServerId reached,
               Fate fate, uint32_t every, uint32_t& number, Survey& survey) {
  const auto pairs = pairs_of(servers);
  ServerSet live = (1u << servers) - 1;
  if (fate == Fate::dead) live &= ~server_bit(owner);
  Cluster probe = start;
  for (uint32_t mask = 0; mask < 1u << pairs.size(); ++mask) {
    if (!apply_mask(probe, mask, live, pairs)) continue;
    ++survey.all;
    if (number++ % every != 0) continue;
    Cluster cluster = start;
    apply_mask(cluster, mask, live, pairs);
    judge(observe(cluster, survey.again_ticks + kStayTicks), servers, mask, first, owner, reached, fate, survey);
  }
}

Survey survey(uint32_t servers, Fate fate, bool lowest_first, uint32_t every,
              const SwitchSet& switches = {}, bool calm_takeover = false) {
  Survey survey;
  if (switches.bits() != 0) survey.shown = 0;
  if (calm_takeover) survey.again_ticks = kCalmAgainTicks;
  uint32_t number = 0;
  for (ServerId first = 1; first <= servers; ++first) {
    Cluster calm(servers, first, switches, lowest_first, calm_takeover);
    for (uint32_t i = 0; i < 4 * kElectionTicks; ++i) calm.tick();
    REQUIRE(calm.at(first).is_leader());
    REQUIRE(calm.decided() > 0);
    if (fate == Fate::none) {
      run_masks(calm, servers, first, 0, 0, fate, every, number, survey);
      continue;
    }
    for (ServerId owner = 1; owner <= servers; ++owner)
      for (ServerId reached = 1; reached <= servers; ++reached) {
        if (owner == first || reached == owner) continue;
        Cluster start = calm;
        REQUIRE(start.stray_promise(owner, reached));
        if (fate != Fate::alive) start.crash(owner);
        if (fate == Fate::restarted) start.restart(owner);
        run_masks(start, servers, first, owner, reached, fate, every, number, survey);
      }
  }
  std::printf(
      "%-9s %u servers: %6u cases, %6u run, %4u stuck, %4u flapping; decided again after at most %.1f ET, "
      "longest gap %.1f ET, at most %u ballots\n",
      name(fate), servers, survey.all, survey.run, survey.stuck, survey.flapping,
      survey.worst_again / double{kElectionTicks}, survey.worst_gap / double{kElectionTicks},
      survey.most_ballots);
  std::fflush(stdout);
  return survey;
}

}  // namespace

TEST_SUITE("graphs") {
  TEST_CASE("every graph of 3, 4 and 5 servers with a stray promise recovers and settles") {
    uint32_t all = 0;
    for (const bool lowest_first : {false, true})
      for (const Fate fate : {Fate::none, Fate::dead, Fate::restarted, Fate::alive})
        for (const uint32_t servers : {3u, 4u, 5u}) {
          INFO(servers, " servers, fate ", static_cast<int>(fate), ", lowest first: ", lowest_first);
          const Survey result = survey(servers, fate, lowest_first, stride());
          CHECK(result.stuck == 0);
          CHECK(result.flapping == 0);
          all += result.all;
          // As many as there are: nothing was left out.
          static constexpr uint32_t kCasesOfFive[] = {4990, 69120, 79840, 79840};
          if (servers == 5) CHECK(result.all == kCasesOfFive[static_cast<int>(fate)]);
        }
    std::printf("%u cases in all, every %u. run\n", all, stride());
  }
  TEST_CASE("with calm take-overs the same graphs recover within eight election timeouts, and settle") {
    for (const Fate fate : {Fate::none, Fate::dead, Fate::restarted, Fate::alive})
      for (const uint32_t servers : {3u, 4u, 5u}) {
        INFO(servers, " servers, fate ", static_cast<int>(fate));
        const Survey result = survey(servers, fate, false, servers == 5 ? 5 * stride() : stride(), {}, true);
        CHECK(result.run > 0);
        CHECK(result.stuck == 0);
        CHECK(result.flapping == 0);
      }
  }
  TEST_CASE("the survey finds stalls where a rule is off") {
    const auto stalls = [](Switch off, Fate fate) {
      SwitchSet switches;
      switches.turn_off(static_cast<uint8_t>(off));
      return survey(5, fate, false, 97, switches).stuck;
    };
    CHECK(stalls(Switch::P9_promise, Fate::dead) > 0);
    CHECK(stalls(Switch::P9_refusal, Fate::dead) > 0);
    CHECK(stalls(Switch::B3_raise, Fate::none) > 0);
    CHECK(stalls(Switch::B1_quorum, Fate::none) > 0);
  }
}
