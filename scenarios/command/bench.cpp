// paxoscope bench
#include "scenarios/bench.h"

#include <chrono>
#include <cstdio>

#include <filesystem>
#include <memory>
#include <vector>

#include <nlohmann/json.hpp>

#include "native/storage_file.h"

#include "scenarios/command/command.h"

namespace paxoscope::command {

namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Three storage files.
class Files : public BenchDisk {
 public:
  explicit Files(const std::string& folder) {
    for (int i = 0; i < 3; ++i) {
      paths_.push_back((std::filesystem::path(folder) / ("paxoscope-bench-" + std::to_string(i))).string());
      std::filesystem::remove(paths_.back());
      auto file = native::StorageFile<BenchEntry>::open(paths_.back());
      if (!file) {
        error_ = file.error().text;
        return;
      }
      files_.push_back(std::make_unique<native::StorageFile<BenchEntry>>(std::move(*file)));
    }
  }
  ~Files() override {
    std::error_code ignored;
    for (const std::string& path : paths_) std::filesystem::remove(path, ignored);
  }
  void write(size_t replica, const BenchStorage& storage) override {
    if (!error_.empty()) return;
    ++writes_;
    if (auto done = files_[replica]->write(storage); !done) error_ = done.error().text;
  }
  uint64_t writes() const { return writes_; }
  const std::string& error() const { return error_; }

 private:
  std::vector<std::string> paths_;
  std::vector<std::unique_ptr<native::StorageFile<BenchEntry>>> files_;
  std::string error_;
  uint64_t writes_ = 0;
};

/// A sync costs far more than all else, so a second's worth of batches says enough.
struct FileRate {
  uint32_t batch;
  double entries_per_s;
  double writes_per_s;
};
Result<std::vector<FileRate>> bench_files(const std::string& folder) {
  std::vector<FileRate> rates;
  for (size_t i = 0; i < kBenchSetupCount; ++i) {
    if (!kBenchSetups[i].delayed_writes) continue;
    Files files(folder);
    if (!files.error().empty()) return fail(files.error());
    const double start = steady_seconds();
    const uint64_t decided = bench_decide(uint64_t{1000} * kBenchSetups[i].batch, kBenchSetups[i], &files);
    const double passed = steady_seconds() - start;
    if (!files.error().empty()) return fail(files.error());
    rates.push_back({kBenchSetups[i].batch, static_cast<double>(decided) / passed, static_cast<double>(files.writes()) / passed});
  }
  return rates;
}

uint64_t whole(double rate) { return static_cast<uint64_t>(rate); }

}  // namespace

int bench(const BenchArguments& arguments) {
  std::vector<FileRate> in_files;
  if (!arguments.files.empty()) {
    auto measured = bench_files(arguments.files);
    if (!measured) return bad_input(measured.error().text);
    in_files = std::move(*measured);
  }
  const BenchReport report = run_bench(steady_seconds);
  if (arguments.json) {
    nlohmann::ordered_json json;
    for (size_t i = 0; i < kBenchSetupCount; ++i)
      json["decided_per_s"][kBenchSetups[i].id] = whole(report.decided_per_s[i]);
    for (const FileRate& rate : in_files)
      json["decided_per_s"]["batch_" + std::to_string(rate.batch) + "_files"] = whole(rate.entries_per_s);
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
  for (const FileRate& rate : in_files)
    std::printf("  batch %3u  %8.4f million entries/s, each write synced to a file (%.0f writes/s)\n", rate.batch,
                million(rate.entries_per_s), rate.writes_per_s);
  std::printf("simulator, five servers, checks on:\n");
  std::printf("  events     %8.2f million/s\n", million(report.events_per_s));
  std::printf("  copies     %8.3f million worlds/s\n", million(report.world_copies_per_s));
  return kHeld;
}

}  // namespace paxoscope::command
