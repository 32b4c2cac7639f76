// A step's question is asked, answered once and judged by the run.
#include <doctest/doctest.h>

#include "tests/ui/shown.h"

namespace paxoscope::ui {

TEST_SUITE("questions on the screen") {
  constexpr char kQuestion[] = "Question";

  TEST_CASE("a right answer is told with its reason and counted; a second one is not taken") {
    Shown shown("quorum-loss", 3, 1440);
    CHECK(shown.value(kQuestion) == "Who will become leader next?");
    CHECK(shown.find("Outcome") == nullptr);
    shown.press("Answer: A");
    CHECK(shown.value("Answer: A") == "chosen, right");
    CHECK(shown.value("Outcome") == "**Right**: only A hears a majority.");
    CHECK(shown.value("Predicted") == "1 of 1 right");
    CHECK(shown.app.semantics().live() == "Right. only A hears a majority");
    shown.press("Answer: B");
    CHECK(shown.value("Answer: B") == "");
    CHECK(shown.value("Predicted") == "1 of 1 right");
  }

  TEST_CASE("a wrong answer shows the right one") {
    Shown shown("quorum-loss", 3, 1440);
    shown.press("Answer: C");
    CHECK(shown.value("Answer: C") == "chosen, not so");
    CHECK(shown.value("Answer: A") == "the right one");
    CHECK(shown.value("Outcome") == "**Not so.** It is A: only A hears a majority.");
    CHECK(shown.value("Predicted") == "0 of 1 right");
  }

  TEST_CASE("steps without a question show what is expected, and the answer is still there on return") {
    Shown shown("quorum-loss", 3, 1440);
    shown.press("Answer: A");
    shown.press("Next step");
    CHECK(shown.find(kQuestion) == nullptr);
    CHECK(shown.find("no violation") != nullptr);
    shown.press("Previous step");
    CHECK(shown.value("Answer: A") == "chosen, right");
  }

  TEST_CASE("an answer is judged anew when the run goes another way") {
    Shown shown("quorum-loss", 3, 1440);
    shown.press("Answer: A");
    REQUIRE(shown.app.run()->perform(*parse_action("heal all")));
    REQUIRE(shown.app.run()->perform(*parse_action("isolate A")));
    shown.app.run_changed();
    shown.settle();
    CHECK(shown.value("Answer: A") != "chosen, right");
  }
}

}  // namespace paxoscope::ui
