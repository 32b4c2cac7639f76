// The Register view, on real runs of the quorum register: what servers hold, how far each operation's quorum is, zones.
#include "check/live_history.h"
#include "tests/ui/shown.h"

namespace paxoscope::ui {
namespace {

constexpr const char* kWorld = R"(title = "t"
duration = "1s"
protocols = ["register"]
[cluster]
servers = 3
[network]
latency = "10ms"
)";

std::string world(const std::string& more) { return kWorld + more; }

TEST_CASE("values stand with their timestamps, operations with the servers that have answered") {
  Shown shown(world("[[step]]\nat = \"10ms\"\ndo = \"propose A x=1\"\n").c_str());
  shown.to(15'000);
  CHECK(shown.value("x at A") == "nothing");
  CHECK(shown.value("op#1 x=1") == "asks, A answered, 1 of 2");
  shown.to(35'000);
  CHECK(shown.value("x at A") == "1, timestamp 1\xc2\xb7" "A");
  CHECK(shown.value("x at B") == "nothing");
  CHECK(shown.value("op#1 x=1") == "stores 1 1\xc2\xb7" "A, A answered, 1 of 2");
  shown.to(60'000);
  CHECK(shown.find("op#1 x=1") == nullptr);
  CHECK(shown.value("x at C") == "1, timestamp 1\xc2\xb7" "A");
}

TEST_CASE("requests that wait say so, and what does not fit is counted") {
  Shown shown(world("[options]\nbuffer = true\n[[step]]\nat = \"10ms\"\ndo = [\"propose A x=1\", \"propose A get x\", \"propose A x=2\", "
                    "\"propose A x=3\", \"propose A x=4\", \"propose A x=5\"]\n").c_str());
  shown.to(15'000);
  CHECK(shown.value("op#2 get x") == "waits for its turn");
  CHECK(shown.value("More operations at A").substr(0, 1) == "+");
}

TEST_CASE("what is not on the disk yet, and what a server that is down keeps") {
  Shown shown(world("[disk]\nlatency = \"20ms\"\n[[step]]\nat = \"30ms\"\ndo = \"propose A x=1\"\n[[step]]\nat = \"200ms\"\ndo = \"crash A\"\n").c_str());
  shown.to(55'000);
  CHECK(shown.value("x at A").find("not on disk yet") != std::string::npos);
  shown.to(210'000);
  CHECK(shown.value("x at A") == "1, timestamp 1\xc2\xb7" "A");
  CHECK(shown.value("Registers of server A").find("down") == 0);
}

TEST_CASE("there is no tab for leaders or logs, and zones stand over the history") {
  Shown shown(world("[[step]]\nat = \"10ms\"\ndo = \"propose A x=1\"\n[[step]]\nat = \"100ms\"\ndo = \"propose B x=2\"\n"
                    "[[step]]\nat = \"200ms\"\ndo = \"propose C get x\"\n").c_str());
  shown.to(300'000);
  CHECK(shown.find("Logs") == nullptr);
  CHECK(shown.find("Timestamps") == nullptr);
  CHECK(shown.find("Key-value") == nullptr);
  CHECK(shown.find("Registers") != nullptr);
  shown.press("History");
  CHECK(shown.value("x = 1") == "held at some moment from 0.010 s to 0.050 s");
  CHECK(shown.value("x = 2") == "held from 0.140 s to 0.200 s");
}

TEST_CASE("zones that clash are those of a history without an order") {
  Shown shown(world("[[step]]\nat = \"10ms\"\ndo = \"propose A x=1\"\n").c_str());
  std::vector<OperationView> seen;
  const auto add = [&](const char* command, const char* result, uint64_t invoked, uint64_t returned) {
    OperationView& one = seen.emplace_back();
    one.command = command;
    one.key = "x";
    one.result = result;
    one.end = OperationEnd::ok;
    one.invoked_event = invoked;
    one.returned_event = returned;
    one.invoked_us = static_cast<TimeUs>(invoked) * 1000;
    one.returned_us = static_cast<TimeUs>(returned) * 1000;
  };
  add("x=1", "", 1, 2);
  add("x=2", "", 3, 9);
  add("get x", "2", 4, 5);
  CHECK(zones_of(seen).size() == 2);
  for (const ZoneView& zone : zones_of(seen)) CHECK_FALSE(zone.clashes);
  add("get x", "1", 6, 7);
  for (const ZoneView& zone : zones_of(seen)) CHECK(zone.clashes);
}

TEST_CASE("on a phone every register and operation is inside the view") {
  const auto scenario = load_scenario(world("[[step]]\nat = \"10ms\"\ndo = [\"propose A x=1\", \"propose A y=1\"]\n"), "test");
  REQUIRE(scenario.has_value());
  Shown shown(world("").c_str());
  auto run = Run::create(*scenario, {});
  REQUIRE(run.has_value());
  shown.app.set_size(390, 844, 1);
  shown.app.load(std::move(*run));
  shown.to(35'000);
  shown.press("Registers");
  for (const char* label : {"x at A", "y at C", "op#1 x=1"}) {
    const SemanticItem* item = shown.find(label);
    REQUIRE_MESSAGE(item != nullptr, label);
    CHECK(item->x >= 0);
    CHECK(item->x + item->width <= 390);
  }
}

}  // namespace
}  // namespace paxoscope::ui
