// Reading a run: the chain of causes, a marked moment compared with others, and what one server can know.
#include "sim/knowledge.h"
#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

void press_key(Shown& shown, int named) {
  ImGui::GetIO().KeysDown[named + 1] = true;
  shown.app.frame(shown.now += 0.02);
  ImGui::GetIO().KeysDown[named + 1] = false;
  shown.settle();
}

void type(Shown& shown, char letter) {
  ImGui::GetIO().AddInputCharacter(static_cast<unsigned>(letter));
  shown.settle();
}

/// Goes to the first event whose chain of causes has so many steps and ends with a client's request.
uint64_t go_to_chain(Shown& shown, size_t least) {
  Run& run = *shown.app.run();
  run.run_to_end();
  for (uint64_t event = 1; event <= run.timeline().last_event; ++event) {
    const std::vector<CauseStep> steps = causes_of(run.timeline(), event);
    if (steps.size() < least || run.timeline().beginning(steps.back().event).find(" asks ") == std::string::npos) continue;
    run.seek(event);
    shown.app.run_changed();
    shown.settle();
    return event;
  }
  FAIL("no such chain");
  return 0;
}

TEST_CASE("the chain of causes leads back to the request that began it, and every step can be gone to") {
  Shown shown("steady-replication", 0, 1440);
  const uint64_t event = go_to_chain(shown, 3);
  const std::vector<CauseStep> steps = causes_of(shown.app.run()->timeline(), event);
  CHECK(shown.find("Cause") != nullptr);
  CHECK(shown.find("Cause 3") != nullptr);
  CHECK(shown.value("Cause 2").find("Event " + std::to_string(steps[1].event) + " ") == 0);
  CHECK(shown.value("Began with").find(" asks ") != std::string::npos);
  shown.press("Began with");
  CHECK(shown.app.run()->event() == steps.back().event);
}

TEST_CASE("the steps under the pointer light their messages on the timeline") {
  Shown shown("steady-replication", 0, 1440);
  go_to_chain(shown, 3);
  const ImU32 full = theme().epochs[0].stroke;  // other messages are fainter
  const int before = shown.drawn(full);
  shown.point("Cause 2");
  CHECK(shown.drawn(full) > before);
}

TEST_CASE("a marked moment is compared with the present one until Escape") {
  Shown shown("quorum-loss", 0, 1440);
  CHECK(shown.find("Compare") == nullptr);
  shown.to(400'000);
  type(shown, 'v');
  REQUIRE(shown.find("Compare") != nullptr);
  CHECK(shown.find("Nothing differs") != nullptr);
  const uint64_t marked = shown.app.run()->event();
  shown.app.run()->run_to_end();
  shown.app.run_changed();
  shown.settle();
  CHECK(shown.beginning("Compared: ").find("event " + std::to_string(marked)) != std::string::npos);
  const std::string now = shown.value("Promised ballot of A");
  CHECK(now.find(", now ") != std::string::npos);
  CHECK(shown.find("Nothing differs") == nullptr);
  shown.press("Stop comparing");
  CHECK(shown.find("Compare") == nullptr);
  type(shown, 'v');
  CHECK(shown.find("Compare") != nullptr);
  press_key(shown, ImGuiKey_Escape);
  CHECK(shown.find("Compare") == nullptr);
}

TEST_CASE("another branch is compared at the same time, and both stay where they were") {
  Shown shown("steady-replication", 0, 1440);
  shown.to(900'000);
  const uint64_t far = shown.app.run()->event();
  shown.to(300'000);
  Action crash;
  crash.kind = ActionKind::crash;
  crash.a = 2;
  REQUIRE(shown.app.run()->perform(crash).has_value());
  shown.app.run_changed();
  shown.to(600'000);
  const uint64_t here = shown.app.run()->event(), hash = shown.app.run()->state_hash();
  shown.press("Branches");
  shown.press("Compare with main");
  CHECK(shown.value("Status of B") == "up, now down");
  CHECK(shown.app.run()->branch() == 1);
  CHECK(shown.app.run()->event() == here);
  CHECK(shown.app.run()->state_hash() == hash);
  CHECK(shown.app.run()->branches()[0].event <= far);
}

TEST_CASE("with the eyes of a server: its beliefs beside the truth, no cut link and no message of another") {
  Shown shown("quorum-loss", 0, 1440);
  shown.app.run()->run_to_end();
  const Timeline& timeline = shown.app.run()->timeline();
  bool wrong = false;
  // Some server is wrong about who leads, or how far it is decided, at some event of this run.
  for (uint64_t event = 1; event <= timeline.last_event && !wrong; ++event) {
    shown.app.run()->seek(event);
    const Observation seen = shown.app.run()->observe({1, 4});
    for (const Belief& belief : beliefs_of(seen, timeline, 2)) wrong = wrong || (belief.what == "leader" && !belief.holds());
  }
  REQUIRE(wrong);
  shown.app.select_server(2);
  shown.app.run_changed();
  shown.settle();
  type(shown, 'y');
  REQUIRE(shown.find("As B sees it") != nullptr);
  CHECK(shown.value("As B sees it").find("in truth") != std::string::npos);
  const Observation seen = shown.app.run()->observe({1, 4});
  const Observation known = as_seen_by(seen, timeline, 2);
  for (const LinkView& link : known.links) CHECK(link.up);
  for (const MessageView& message : known.messages) CHECK(message.from == 2);
  CHECK(known.servers[1].fields.size() == seen.servers[1].fields.size());
  CHECK(known.servers[0].fields.empty());
  press_key(shown, ImGuiKey_Escape);
  CHECK(shown.find("As B sees it") == nullptr);
  CHECK(shown.find("Legend of the stage") != nullptr);
}

}  // namespace
}  // namespace paxoscope::ui
