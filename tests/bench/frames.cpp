// What a frame of the whole screen costs the processor: laying out, describing and listing what is to be drawn, without
// a window. Prints median and 99th percentile of each case.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "base/text.h"
#include "scenarios/run.h"
#include "scenarios/scenario.h"
#include "tests/ui/screen.h"
#include "ui/app.h"

namespace paxoscope::ui {
namespace {

constexpr int kFrames = 200, kFirstFrames = 10;

struct Case {
  const char* name;
  const char* toml;
  TimeUs until_us;
  double aim_ms;
  bool whole_run = false;  ///< on the timeline
};

std::string crowd() {
  std::string toml =
      "title = \"Crowded\"\nduration = \"20s\"\n[cluster]\nservers = 9\nfirst_leader = \"A\"\nelection_timeout = \"2s\"\n"
      "[network]\nlatency = [\"300ms\", \"400ms\"]\n";
  for (int i = 0; i < 8; ++i)
    toml += "[[client]]\nserver = \"A\"\nloop = \"open\"\nevery = \"2ms\"\noutstanding = 64\ntimeout = \"10s\"\n";
  return toml;
}

std::string long_log() {
  std::string toml =
      "title = \"Long\"\nduration = \"60s\"\n[cluster]\nservers = 3\nfirst_leader = \"A\"\n[network]\nlatency = \"1ms\"\n";
  for (int i = 0; i < 4; ++i) toml += "[[client]]\nserver = \"A\"\nloop = \"open\"\nevery = \"1ms\"\noutstanding = 64\n";
  return toml;
}

bool measure(const Case& one) {
  Screen screen;
  App app;
  app.set_size(1440, 900, 1);
  const auto scenario = load_scenario(one.toml, "bench");
  if (!scenario) return std::printf("%s\n", scenario.error().text.c_str()), false;
  auto run = Run::create(*scenario, {});
  if (!run) return std::printf("%s\n", run.error().text.c_str()), false;
  app.load(std::move(*run));
  app.run()->run_until(one.until_us);
  app.run_changed();
  if (one.whole_run) ImGui::GetIO().AddInputCharacter('0');
  std::vector<double> costs_ms;
  for (int i = 0; i < kFirstFrames + kFrames; ++i) {
    const auto before = std::chrono::steady_clock::now();
    app.frame(i / 60.0);
    const std::chrono::duration<double, std::milli> cost = std::chrono::steady_clock::now() - before;
    if (i >= kFirstFrames) costs_ms.push_back(cost.count());
  }
  std::sort(costs_ms.begin(), costs_ms.end());
  const Observation seen = app.run()->observe({});
  LogIndex longest = 0;
  for (const ServerView& server : seen.servers) longest = std::max(longest, server.log_length);
  std::printf("%-8s %zu servers, %zu messages in flight, %llu entries, event %llu: median %.2f ms, 99 %% %.2f ms (aim %.0f)\n",
              one.name, seen.servers.size(), seen.messages.size(), static_cast<unsigned long long>(longest),
              static_cast<unsigned long long>(app.run()->event()), costs_ms[kFrames / 2], costs_ms[kFrames * 99 / 100], one.aim_ms);
  return true;
}

}  // namespace
}  // namespace paxoscope::ui

int main(int argc, char** argv) {
  using namespace paxoscope::ui;
  const std::string five = "title = \"Five\"\nduration = \"20s\"\n[cluster]\nservers = 5\nfirst_leader = \"A\"\n"
                           "[[client]]\nserver = \"A\"\nloop = \"open\"\nevery = \"20ms\"\n";
  const std::string crowded = crowd(), long_one = long_log();
  const Case cases[] = {{"five", five.c_str(), 2'000'000, 2}, {"crowd", crowded.c_str(), 5'000'000, 4}, {"long", long_one.c_str(), 6'000'000, 4},
                        {"whole", long_one.c_str(), 6'000'000, 4, true}};
  const std::string only = argc > 1 ? argv[1] : "";
  for (const Case& one : cases)
    if ((only.empty() || only == one.name) && !measure(one)) return 1;
  return 0;
}
