// paxoscope bench
#include "scenarios/bench.h"

#include <chrono>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "scenarios/command/command.h"

namespace paxoscope::command {

namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

uint64_t whole(double rate) { return static_cast<uint64_t>(rate); }

}  // namespace

int bench(const BenchArguments& arguments) {
  const BenchReport report = run_bench(steady_seconds);
  if (arguments.json) {
    nlohmann::ordered_json json;
    for (size_t i = 0; i < kBenchSetupCount; ++i)
      json["decided_per_s"][kBenchSetups[i].id] = whole(report.decided_per_s[i]);
    json["world_copies_per_s"] = whole(report.world_copies_per_s);
    json["events_per_s"] = whole(report.events_per_s);
    std::printf("%s\n", json.dump().c_str());
    return kHeld;
  }
  const auto million = [](double rate) { return rate / 1e6; };
  std::printf("three replicas in one thread, 16-byte entries, decided by all:\n");
  for (size_t i = 0; i < kBenchSetupCount; ++i) {
    const BenchSetup& setup = kBenchSetups[i];
    std::printf("  batch %3u  %8.2f million entries/s%s\n", setup.batch, million(report.decided_per_s[i]),
                setup.delayed_writes ? ", each write durable a turn later" : setup.snapshots ? ", with snapshots" : "");
  }
  std::printf("simulator, five servers, checks on:\n");
  std::printf("  events     %8.2f million/s\n", million(report.events_per_s));
  std::printf("  copies     %8.3f million worlds/s\n", million(report.world_copies_per_s));
  return kHeld;
}

}  // namespace paxoscope::command
