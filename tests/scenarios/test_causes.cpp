// The way back from an event to what began it.
#include <doctest/doctest.h>

#include "sim/difference.h"
#include "tests/scenarios/fixture.h"

using namespace paxoscope;
using namespace paxoscope::test;

TEST_CASE("every change goes back to a timer, a request or an action, through events that came before") {
  for (const char* name : {"quorum-loss", "raft-quorum-loss", "register"}) {
    CAPTURE(name);
    auto run = start(load_file(name));
    run->run_to_end();
    const Timeline& timeline = run->timeline();
    REQUIRE(timeline.origins.size() == timeline.last_event + 1);
    size_t requests = 0, begun = 0;
    for (uint64_t event = 1; event <= timeline.last_event; ++event) {
      const std::vector<CauseStep> steps = causes_of(timeline, event);
      uint64_t last = event;
      for (const CauseStep& step : steps) {
        CHECK(step.event < last);
        if (step.message != nullptr) CHECK(step.message->sent_event == step.event);
        last = step.event;
      }
      if (steps.empty() || steps.size() == kMaxCauses) continue;
      const OriginRecord& first = timeline.origins[last];
      if (first.kind == EventKind::delivery) {  // servers may have sent something before anything happened
        const ArrowRecord* arrow = timeline.arrow(first.message_id);
        CHECK((arrow != nullptr && arrow->sent_event == 0));
      } else {
        begun += !timeline.beginning(last).empty();
      }
      requests += timeline.beginning(last).find(" asks ") != std::string::npos;
    }
    CHECK(begun > 0);
    if (!run->scenario().world.clients.empty()) CHECK(requests > 0);
  }
}

TEST_CASE("a write's completion is caused by the event that wrote") {
  auto run = start(load_file("steady-replication"));
  run->run_to_end();
  const Timeline& timeline = run->timeline();
  for (uint64_t event = 1; event <= timeline.last_event; ++event) {
    if (timeline.origins[event].kind != EventKind::disk) continue;
    CHECK(timeline.origins[event].since_event > 0);
    CHECK(timeline.origins[event].since_event < event);
  }
}

TEST_CASE("what is taken back from a timeline takes its beginnings along") {
  auto run = start(load_file("quorum-loss"));
  run->run_until(400'000);
  const uint64_t here = run->event();
  const auto steps = causes_of(run->timeline(), here);
  run->run_to_end();
  run->seek(here);
  Action crash;
  crash.kind = ActionKind::crash;
  crash.a = 2;
  REQUIRE(run->perform(crash).has_value());
  CHECK(run->timeline().origins.size() == run->timeline().last_event + 1);
  CHECK(run->timeline().beginning(run->event()) == "B crashes");
  CHECK(causes_of(run->timeline(), here).size() == steps.size());
}

TEST_CASE("a moment does not differ from itself; a crash shows at its server alone") {
  auto run = start(load_file("steady-replication"));
  run->run_until(400'000);
  const Observation then = run->observe({1, 64});
  CHECK(differences(then, then).empty());
  Action crash;
  crash.kind = ActionKind::crash;
  crash.a = 2;
  REQUIRE(run->perform(crash).has_value());
  const std::vector<Difference> found = differences(then, run->observe({1, 64}));
  REQUIRE(!found.empty());
  CHECK(found[0].name == "Status");
  CHECK(found[0].then == "up");
  CHECK(found[0].now == "down");
  for (const Difference& one : found) CHECK(one.server == 2);
}

