// What can happen next, as a list that acts.
#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

TEST_CASE("what can happen next: messages are delivered and timers fired from the list") {
  Shown shown("steady-replication", 0, 1440);
  shown.press("Next");
  const uint64_t before = shown.app.run()->event();
  const std::string fire = shown.beginning("Fire: A's election timer");
  shown.press(fire);
  CHECK(shown.app.run()->event() == before + 1);
  CHECK(shown.app.run()->journal().back().action.kind == ActionKind::fire);
  const std::string deliver = shown.beginning("Deliver: ");
  REQUIRE(deliver != "nothing");
  shown.press(deliver);
  CHECK(shown.app.run()->journal().back().action.kind == ActionKind::deliver);
  const uint64_t message = shown.app.run()->journal().back().action.message_id;
  for (const ArrowRecord& arrow : shown.app.run()->timeline().arrows)
    if (arrow.message_id == message) CHECK(arrow.fate == MessageFate::delivered);
}

TEST_CASE("what cannot happen says why and offers nothing") {
  Shown shown("steady-replication", 0, 1440);
  Action crash;
  crash.kind = ActionKind::crash;
  crash.a = 2;
  REQUIRE(shown.app.run()->perform(crash));
  shown.app.run_changed();
  shown.press("Next");
  CHECK(shown.value("B's timers") == "it is down");
  CHECK(shown.find("Fire: B's election timer") == nullptr);
}

TEST_CASE("the list follows the run") {
  Shown shown("steady-replication", 0, 1440);
  shown.press("Next");
  for (TimeUs time : {100'000, 405'000, 20'000}) {
    shown.to(time);
    CHECK(static_cast<size_t>(shown.count("Deliver: ")) == shown.app.run()->observe({1, 1}).messages.size());
  }
}

}  // namespace
}  // namespace paxoscope::ui
