// The History view and the Key-value view: what they say of each operation and each value.
#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

TEST_CASE("an operation says who asked what, how it ended and where it may have happened") {
  Shown shown(history_fixture());
  shown.press("History");
  CHECK(shown.count("Client ") == 3);
  CHECK(shown.value("k1#2 get x \xe2\x86\x92 1").find("answered, 140 ms after 1.200 s, asked server A, taken to happen at 1.270 s") == 0);
  CHECK(shown.value("k1#5 w=1").find("no answer yet") == 0);
  CHECK(shown.value("k3#4 x=8").find("outcome unknown") == 0);
  CHECK(shown.value("k2#4 del w").find("failed: it has no effect") == 0);
}

TEST_CASE("what cannot be ordered is named and drawn in red, and only that") {
  const auto red = [](bool wrong) {
    App::Fixed fixed = history_fixture();
    if (!wrong)
      for (OperationView& operation : fixed.observation.operations) operation.cannot_be_ordered = false;
    Shown shown(std::move(fixed));
    shown.press("History");
    if (wrong) {
      CHECK(shown.value("Not in any order") ==
            "**No order explains what clients saw** of `x`: k2#2 `x=3`, k1#3 `get x \xe2\x86\x92 3`, k1#4 `get x \xe2\x86\x92 1`.");
      CHECK(shown.value("k1#4 get x \xe2\x86\x92 1").find("part of what cannot be ordered") != std::string::npos);
      CHECK(shown.value("k1#2 get x \xe2\x86\x92 1").find("part of what") == std::string::npos);
    } else {
      CHECK(shown.find("Not in any order") == nullptr);
    }
    return shown.drawn(with_alpha(dark_theme().danger, 0.45f));
  };
  CHECK(red(false) == 0);
  CHECK(red(true) > 0);
}

TEST_CASE("operations of one client that overlap stand in rows of their own") {
  App::Fixed fixed = history_fixture();
  OperationView& second = fixed.observation.operations[3];
  second.invoked_us = 1'060'000;  // while the first of the same client still runs
  Shown shown(std::move(fixed));
  shown.press("History");
  const SemanticItem* first = shown.find("k1#1 x=1");
  const SemanticItem* other = shown.find("k1#2 get x \xe2\x86\x92 1");
  REQUIRE(first != nullptr);
  REQUIRE(other != nullptr);
  CHECK(other->y >= first->y + first->height);
}

TEST_CASE("the pointer on an operation lights the log cell of its command") {
  Shown shown(history_fixture());
  shown.press("History");
  shown.point(ImVec2{10, 10});
  const int before = shown.drawn(dark_theme().accent);
  shown.point("k3#1 z=2");
  CHECK(shown.drawn(dark_theme().accent) > before);
}

TEST_CASE("two thousand operations: only those in the timeline's window are drawn") {
  App::Fixed fixed = history_fixture();
  std::vector<OperationView>& operations = fixed.observation.operations;
  const OperationView one = operations[0];
  operations.clear();
  for (int i = 0; i < 2000; ++i) {
    OperationView& operation = operations.emplace_back(one);
    operation.client = static_cast<uint32_t>(1 + i % 40);
    operation.id = "k" + std::to_string(operation.client) + "#" + std::to_string(i);
    operation.invoked_us = i * 3'000;
    operation.returned_us = operation.invoked_us + 100'000;
  }
  Shown shown(std::move(fixed));
  shown.press("History");
  CHECK(shown.find("k1#0 x=1") == nullptr);  // before the window
  CHECK(shown.count("k") > 20);
  CHECK(shown.count("k") <= 300);
  CHECK(ImGui::GetDrawData()->TotalVtxCount < 60'000);
}

TEST_CASE("without operations the view says what it will show") {
  Shown shown(main_fixture());
  shown.press("History");
  CHECK(shown.value("No operations yet").size() > 20);
}

// --- the stores

TEST_CASE("each server's values stand side by side with the index it has applied and the entry that wrote them") {
  Shown shown(history_fixture());
  shown.press("Key-value");
  CHECK(shown.value("State of server A") == "applied 7");
  CHECK(shown.value("State of server E") == "applied 6, 1 behind");
  CHECK(shown.value("x at A") == "3, written by entry 4");
  CHECK(shown.value("z at A") == "5, was 2, written by entry 7");
  CHECK(shown.value("z at E") == "2, written by entry 3, an older value: applied up to 6");
  CHECK(shown.value("z at D") == "5, written by entry 7");
}

TEST_CASE("different values are normal behind, and wrong where as much is applied") {
  App::Fixed fixed = history_fixture();
  fixed.observation.stores[2].rows[0].value = "9";
  Shown shown(std::move(fixed));
  shown.press("Key-value");
  CHECK(shown.value("x at C").find("has applied the same entries and differs") != std::string::npos);
  CHECK(shown.value("x at E").find("differs") == std::string::npos);
  CHECK(shown.value("z at E").find("differs") == std::string::npos);
}

TEST_CASE("a key that a server does not have, and a server that is down, say so") {
  App::Fixed fixed = history_fixture();
  fixed.observation.stores[4].rows.pop_back();
  fixed.observation.stores[4].rows.back().index = 0;
  fixed.observation.stores.erase(fixed.observation.stores.begin() + 1);
  Shown shown(std::move(fixed));
  shown.press("Key-value");
  CHECK(shown.value("z at E") == "not there, an older value: applied up to 6");
  CHECK(shown.value("y at E") == "7, from a snapshot");
  CHECK(shown.value("State of server B") == "down");
  CHECK(shown.value("x at B") == "server is down");
}

TEST_CASE("on a phone every server's column is inside the view") {
  App::Fixed fixed = history_fixture();
  Shown shown(std::move(fixed), 390, 844);
  shown.press("Logs");
  shown.press("Key-value");
  for (const char* name : {"A", "B", "C", "D", "E"}) {
    CAPTURE(name);
    const SemanticItem* item = shown.find(std::string("State of server ") + name);
    REQUIRE(item != nullptr);
    CHECK(item->x + item->width <= 390);
    CHECK(item->width >= 44);
  }
}

TEST_CASE("without keys the view says where they come from") {
  Shown shown(main_fixture());
  shown.press("Key-value");
  CHECK(shown.value("No keys yet").size() > 20);
}

}  // namespace
}  // namespace paxoscope::ui
