#include "ui/runs.h"

#include <doctest/doctest.h>

#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

/// One letter per message, a millisecond apart, 500 µs long: h heartbeat, p a resent Prepare, q one of another ballot, a
/// an Accept, s a heartbeat to itself; capitals are lost.
std::vector<ArrowRecord> messages(std::string_view letters) {
  std::vector<ArrowRecord> arrows;
  for (char letter : letters) {
    const bool lost = letter >= 'A' && letter <= 'Z';
    const char kind = lost ? static_cast<char>(letter - 'A' + 'a') : letter;
    ArrowRecord arrow;
    arrow.message_id = arrows.size() + 1;
    arrow.from = 1;
    arrow.to = kind == 's' ? 1 : 2;
    arrow.family = kind == 'h' || kind == 's' ? MessageFamily::heartbeat : MessageFamily::request;
    arrow.fate = lost ? MessageFate::lost : MessageFate::delivered;
    arrow.name = kind == 'a' ? "Accept" : kind == 'h' || kind == 's' ? "Heartbeat" : "Prepare";
    arrow.epoch.number = kind == 'q' ? 2 : 1;
    arrow.sent_us = static_cast<TimeUs>(arrows.size()) * 1000;
    arrow.end_us = arrow.sent_us + 500;
    arrows.push_back(arrow);
  }
  return arrows;
}

/// "first-last×count" of each run, with "!lost".
std::string runs_of(const std::vector<ArrowRecord>& arrows) {
  std::string words;
  for (const MessageRun& run : message_runs(arrows, 0, arrows.size())) {
    words += (words.empty() ? "" : " ") + std::to_string(run.first) + "-" + std::to_string(run.last) + "x" + std::to_string(run.count);
    if (run.lost > 0) words += "!" + std::to_string(run.lost);
  }
  return words;
}

TEST_CASE("runs are six or more messages of one kind with nothing of another kind between them") {
  const struct {
    const char* messages;
    const char* runs;
  } table[] = {
      {"", ""},
      {"hhhhh", ""},
      {"hhhhhh", "0-5x6"},
      {"ahhhhhhha", "1-7x7"},
      {"hhhahhh", ""},
      {"hhhhhhahhhhhhh", "0-5x6 7-13x7"},
      {"hhhHHhh", "0-6x7!2"},
      {"hhhshhh", "0-6x6"},
      {"pppppp", "0-5x6"},
      {"PPPPPPhhhhhh", "0-5x6!6 6-11x6"},
      {"pppqqq", ""},
      {"ppppppqqqqqq", "0-5x6 6-11x6"},
  };
  for (const auto& row : table) {
    CAPTURE(row.messages);
    CHECK(runs_of(messages(row.messages)) == row.runs);
  }
}

TEST_CASE("what is in the air while another message is sent or arrives is in no run") {
  std::vector<ArrowRecord> arrows = messages("ahhhhhhh");
  REQUIRE(runs_of(arrows) == "1-7x7");
  arrows[0].end_us = 1000;  // arrives as the first heartbeat is sent
  CHECK(runs_of(arrows) == "2-7x6");
  arrows[0].end_us = 2600;  // between two of them: too few are left after it
  CHECK(runs_of(arrows) == "");
  arrows = messages("hhhhhhha");
  arrows[6].end_us = 7000;  // its arrival is when the other is sent: it may be the cause
  CHECK(runs_of(arrows) == "0-5x6");
}

TEST_CASE("one message to each of many servers is no repetition") {
  std::vector<ArrowRecord> arrows = messages("pppppppp");
  for (size_t i = 0; i < arrows.size(); ++i) arrows[i].to = static_cast<ServerId>(2 + i);
  CHECK(runs_of(arrows) == "");
  for (size_t i = 0; i < arrows.size(); ++i) arrows[i].to = static_cast<ServerId>(2 + i % 4);
  CHECK(runs_of(arrows) == "0-7x8");
}

TEST_CASE("a run stands on the lane of who sends the most, or first") {
  std::vector<ArrowRecord> arrows = messages("hhhhhh");
  const auto sender = [&] { return message_runs(arrows, 0, arrows.size()).at(0).sender; };
  arrows[1].from = arrows[3].from = arrows[5].from = 3;
  CHECK(sender() == 1);
  arrows[4].from = 3;
  CHECK(sender() == 3);
}

TEST_CASE("heartbeats between two happenings are one bead, which opens and closes, and tells what was lost") {
  Shown shown("quorum-loss", 4, 1440);
  std::string name;
  for (const SemanticItem& item : shown.app.semantics().items()) {
    const std::string label = label_of(shown.app.semantics(), item);
    if (label.find(" heartbeats from ") != std::string::npos) name = label;
  }
  REQUIRE(!name.empty());
  CHECK(shown.value(name).find(" lost") != std::string::npos);
  CHECK(shown.find(name)->state == 0);
  const auto vertices = [] { return ImGui::GetDrawData()->TotalVtxCount; };
  const int closed = vertices();
  const TimeUs at = shown.app.shown_us();
  shown.press(name);
  CHECK(shown.find(name)->state == 1);
  CHECK(vertices() > closed + 28 * 4);
  shown.press(name);
  CHECK(shown.find(name)->state == 0);
  CHECK(shown.app.shown_us() == at);
}

/// On a phone it is in the menu.
void open_legend(Shown& shown) {
  if (shown.find("More") != nullptr) return shown.press("More"), shown.press("Legend");
  shown.press("Whole legend");
}

TEST_CASE("the whole legend is at hand at any size, and has what the protocol has") {
  for (const int width : {1440, 390}) {
    CAPTURE(width);
    Shown shown("quorum-loss", 2, width);
    open_legend(shown);
    for (const char* words : {"leader", "refusal", "decision", "lost message", "message held back", "not on disk yet"})
      CHECK(shown.find(words) != nullptr);
    shown.press("Close the legend");
    CHECK(shown.find("Close the legend") == nullptr);
  }
  Shown phone("register-quorums", 1, 390);
  open_legend(phone);
  CHECK(phone.find("request") != nullptr);
  CHECK(phone.find("leader") == nullptr);
  CHECK(phone.find("hears a majority (QC)") == nullptr);
}

}  // namespace
}  // namespace paxoscope::ui
