// What is chosen, as a run tells it.
#include "fixture.h"

#include <algorithm>

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

/// Goes to the moment at which this step of the lesson is reached.
Observation at_step(Run& run, const std::string& title) {
  run.run_to_end();
  for (const LessonStep& step : run.lesson())
    if (step.title == title && step.reached) {
      run.seek(step.event);
      return run.observe({1, 16});
    }
  FAIL("no step ", title);
  return {};
}

size_t holders(const Observation& seen, LogIndex index, const std::string& label) {
  return static_cast<size_t>(std::count_if(seen.servers.begin(), seen.servers.end(), [&](const ServerView& server) {
    return server.cells.size() >= index && server.cells[index - 1].label == label && server.cells[index - 1].durable;
  }));
}

}  // namespace

TEST_SUITE("chosen") {
  TEST_CASE("figure 8: an entry of an older term on a majority is not chosen") {
    const auto run = start(load_file("figure-8"));
    Observation seen = at_step(*run, "Three of five, and not committed");
    CHECK(holders(seen, 2, "x=1") == 3);
    CHECK(seen.chosen_length == 1);
    run->run_to_end();
    seen = run->observe({1, 16});
    REQUIRE(seen.chosen.size() == 4);
    CHECK(seen.chosen[1].cell.label != "x=1");
    CHECK(epoch_label(seen.chosen[1].cell.epoch) == epoch_label(Epoch{1, 2, 0, 0}));
    CHECK(seen.chosen[1].epoch.number == 4);
  }
  TEST_CASE("figure 8 without R5.term: what a leader calls committed was never chosen") {
    const auto run = start(load_file("figure-8"), 1, {"R5.term"});
    while (run->step(StepUnit::event)) continue;  // up to the violation
    const Observation seen = run->observe({1, 16});
    LogIndex decided = 0;
    for (const ServerView& server : seen.servers) decided = std::max(decided, server.decided_index);
    CHECK(decided == 2);
    CHECK(seen.chosen_length == 1);
  }
  TEST_CASE("the run tells who chose an entry, in which ballot, and who knows it since when") {
    const auto run = start(load_file("steady-replication"));
    Observation seen;
    do {
      REQUIRE(run->step(StepUnit::event));
      seen = run->observe({1, 16});
    } while (seen.chosen.empty());
    REQUIRE(seen.chosen_length >= 1);
    const ChosenView first = seen.chosen.front();
    CHECK(first.by.size() == 2);
    CHECK(first.learnt.empty());
    CHECK(first.cell.changed);
    CHECK(first.at_us == seen.time_us);
    CHECK(first.epoch == seen.servers[first.by.front() - 1].epoch);
    CHECK(first.cell.attempt_id == seen.servers[first.by.front() - 1].cells.front().attempt_id);
    for (const ServerView& server : seen.servers) CHECK(server.decided_index == 0);
    run->run_to_end();
    const ChosenView later = run->observe({1, 16}).chosen.front();
    CHECK(later.by == first.by);
    CHECK(later.at_us == first.at_us);
    REQUIRE(later.learnt.size() == 3);
    CHECK(later.learnt[0].at_us > first.at_us);
    CHECK(later.learnt[0].at_us <= later.learnt[2].at_us);
  }
  TEST_CASE("the chosen log is the same on the way back") {
    const auto run = start(load_file("quorum-loss"));
    run->seek(900);
    const Observation then = run->observe({1, 64});
    run->run_to_end();
    run->seek(900);
    const Observation again = run->observe({1, 64});
    REQUIRE(then.chosen.size() == again.chosen.size());
    CHECK(then.chosen_length == again.chosen_length);
    for (size_t i = 0; i < then.chosen.size(); ++i) {
      CHECK(then.chosen[i].by == again.chosen[i].by);
      CHECK(then.chosen[i].at_us == again.chosen[i].at_us);
      CHECK(then.chosen[i].learnt.size() == again.chosen[i].learnt.size());
    }
  }
  TEST_CASE("with registers it is the value that a quorum stores") {
    const auto run = start(load_file("register"));
    run->run_to_end();
    const Observation seen = run->observe({1, 16});
    REQUIRE(!seen.chosen.empty());
    CHECK(seen.chosen_length == 0);
    for (const ChosenView& chosen : seen.chosen) {
      CHECK(chosen.by.size() >= 2);
      CHECK(chosen.learnt.size() == 1);
      const auto holds = [&](const ServerView& server) {
        return std::any_of(server.registers.begin(), server.registers.end(), [&](const RegisterCell& cell) {
          return cell.key == chosen.key && cell.value == chosen.cell.label && cell.stamp == chosen.epoch;
        });
      };
      CHECK(std::count_if(seen.servers.begin(), seen.servers.end(), holds) >= 2);
    }
  }
}
