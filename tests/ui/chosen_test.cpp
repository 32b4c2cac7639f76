// What is chosen is shown on demand, before any server knows it, with the quorum that chose it.
#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

constexpr char kRow[] = "Nobody knows: what is chosen";

void type(Shown& shown, ImWchar key) {
  ImGui::GetIO().AddInputCharacter(key);
  shown.app.frame(shown.now += 0.02);
  shown.settle();
}

/// On to the first entry that is chosen while nobody knows it.
void to_first_chosen(Shown& shown) {
  Run& run = *shown.app.run();
  while (run.observe({1, 1}).chosen_length == 0) REQUIRE(run.step(StepUnit::event));
  for (const ServerView& server : run.observe({1, 1}).servers) REQUIRE(server.decided_index == 0);
  shown.app.run_changed();
  shown.settle();
}

TEST_CASE("what is chosen is shown on demand, in a row of its own that says when and by whom") {
  Shown shown("steady-replication", 0, 1440);
  to_first_chosen(shown);
  CHECK(shown.find(kRow) == nullptr);
  const float before = static_cast<float>(shown.find("Server A")->y);
  shown.press("Branches");
  shown.press(kRow);
  REQUIRE(shown.find(kRow) != nullptr);
  CHECK(shown.value(kRow).find("1 entry is chosen: 1 ") == 0);
  CHECK(shown.value(kRow).find("that no server knows yet") != std::string::npos);
  CHECK(static_cast<float>(shown.find("Server A")->y) == before);  // the stage does not move
  const std::string cell = shown.beginning("Chosen 1 ");
  const ChosenView chosen = shown.app.run()->observe({1, 1}).chosen.front();
  CHECK(shown.value(cell).find("Chosen at " + time_label(chosen.at_us) + ": A, ") == 0);
  CHECK(shown.value(cell).find("in ballot " + epoch_label(chosen.epoch)) != std::string::npos);
  CHECK(shown.value(cell).find("no server knows it yet") != std::string::npos);
  shown.app.run()->run_to_end();
  shown.app.run_changed();
  shown.settle();
  type(shown, 'u');
  CHECK(shown.find(kRow) == nullptr);
}

TEST_CASE("the quorum that chose an entry is ringed on the stage while the entry is lit, not with a server's eyes") {
  Shown shown("steady-replication", 0, 1440);
  to_first_chosen(shown);
  type(shown, 'u');
  const std::string cell = shown.beginning("Chosen 1 ");
  const int before = shown.drawn(theme().accent);
  shown.press(cell);
  const int ringed = shown.drawn(theme().accent);
  CHECK(ringed > before + 100);
  type(shown, 'b');
  type(shown, 'y');
  CHECK(shown.find("As B sees it") != nullptr);
  CHECK(shown.drawn(theme().accent) < ringed);
  type(shown, 'y');
  shown.press(cell);  // pressed again: nothing is kept
  shown.point({1, 1});
  type(shown, 'u');
  CHECK(shown.beginning("Chosen 1 ") == "nothing");
}

TEST_CASE("with registers the values on a quorum stand above those of servers") {
  Shown shown("register", 0, 1440);
  shown.app.run()->run_to_end();
  shown.app.run_changed();
  shown.settle();
  type(shown, 'u');
  REQUIRE(shown.find(kRow) != nullptr);
  const std::string cell = shown.beginning("Chosen x=");
  REQUIRE(cell != "nothing");
  CHECK(shown.value(cell).find("On a quorum since ") == 0);
  CHECK(shown.value(cell).find("timestamp ") != std::string::npos);
}

}  // namespace
}  // namespace paxoscope::ui
