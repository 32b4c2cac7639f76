// Raft on the screen: its own words, its memberships, and scenarios that were written for another protocol.
#include "base/text.h"
#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

TEST_CASE("a narrow bar offers the protocols as a menu, the scenario's own first") {
  Shown shown("raft-quorum-loss", 1, 1024);
  CHECK(shown.value("Protocol") == "Raft + both");
  shown.press("Protocol");
  CHECK(shown.value("Raft + both").empty());
  CHECK(shown.value("OmniPaxos") == "off script");
  shown.press("OmniPaxos");
  CHECK(shown.app.run()->options().protocol == "omnipaxos");
  CHECK(shown.value("Protocol") == "OmniPaxos");
}

TEST_CASE("off script the lesson says whom it was written for") {
  Shown shown("duplicate-command", 0, 1440);
  CHECK(shown.find("Off script") == nullptr);
  shown.press("Protocol");
  shown.press("OmniPaxos");
  CHECK(shown.value("Off script").find("Written for Raft and Raft + both: with OmniPaxos") != std::string::npos);
  shown.press("Raft");
  CHECK(shown.find("Off script") == nullptr);
}

TEST_CASE("a phone's bar keeps protocol, theme and help behind one button") {
  Shown shown("raft-quorum-loss", 0, 390);
  shown.press("More");
  CHECK(shown.value("Protocol\xe2\x80\xa6") == "Raft + both");
  shown.press("Protocol\xe2\x80\xa6");
  shown.press("OmniPaxos");
  CHECK(shown.app.run()->options().protocol == "omnipaxos");
  shown.press("More");
  shown.press("Light theme");
  CHECK(shown.app.theme_name() == ThemeName::light);
}

TEST_CASE("a learner is called so before it has heard of it") {
  Shown shown("learner", 2, 1440);
  const Observation seen = shown.app.run()->observe({1, 4});
  CHECK(seen.servers[3].log_length == 0);
  CHECK(seen.servers[3].role_text == "Learner");
  CHECK(shown.value("Configuration 2").find("learners D") != std::string::npos);
}

TEST_CASE("Raft's memberships: joint, being replaced, superseded") {
  Shown shown("joint-crash", 2, 1440);
  CHECK(shown.value("Configuration 3").find("joint, not committed, members A B C D E") == 0);
  CHECK(shown.value("Configuration 2").find("being replaced") == 0);
  CHECK(shown.value("Configuration 1").find("superseded") == 0);
  for (int i = 0; i < 6; ++i) shown.press("Next step");
  CHECK(shown.value("Configuration 4").find("running, members C D E") == 0);
  CHECK(shown.value("Configuration 3").find("superseded") == 0);
}

TEST_CASE("Raft's servers join terms and follow leaders") {
  Shown shown("raft-quorum-loss", 1, 1440);
  shown.press("Terms");
  CHECK(shown.value("Terms of A").find("joined 1\xc2\xb7" "C, follows C") != std::string::npos);
  CHECK(shown.beginning("A has joined") == "A has joined 1\xc2\xb7" "C");
}

TEST_CASE("what last started a Raft server's election timer is its cause") {
  Shown shown("raft-quorum-loss", 4, 1440);
  CHECK(shown.app.run()->observe({1, 4}).event.kind == EventKind::timer);
  const std::string cause = shown.value("Cause");
  CHECK(cause.find("last Heartbeat from C") != std::string::npos);
  const Timeline& timeline = shown.app.run()->timeline();
  const uint64_t event = shown.app.run()->observe({1, 4}).event.cause_event;
  uint64_t newest = 0;
  for (const ArrowRecord& arrow : timeline.arrows)
    if (arrow.to == 1 && arrow.from == 3 && arrow.fate == MessageFate::delivered && arrow.family != MessageFamily::reply)
      newest = std::max(newest, arrow.end_event);
  CHECK(event == newest);
}

TEST_CASE("messages on the stage lie on no other") {
  Shown shown("joint-crash", 2, 1440);
  std::vector<const SemanticItem*> messages;
  for (const SemanticItem& item : shown.app.semantics().items())
    if (label_of(shown.app.semantics(), item).find("AppendEntries") == 0) messages.push_back(&item);
  REQUIRE(messages.size() > 4);
  for (const SemanticItem* a : messages)
    for (const SemanticItem* b : messages) {
      const bool apart = a == b || a->x + a->width <= b->x || b->x + b->width <= a->x || a->y + a->height <= b->y ||
                         b->y + b->height <= a->y;
      CHECK(apart);
    }
}

}  // namespace
}  // namespace paxoscope::ui
