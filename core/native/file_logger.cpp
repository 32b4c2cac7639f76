#include "native/file_logger.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace paxoscope::native {

namespace {

class FileLogger : public Logger {
 public:
  explicit FileLogger(std::FILE* file) : file_(file) {}
  ~FileLogger() override { std::fclose(file_); }
  FileLogger(const FileLogger&) = delete;
  FileLogger& operator=(const FileLogger&) = delete;

  void log(LogLevel level, std::string_view text) override {
    static constexpr const char* kNames[] = {"debug", "info", "warning"};
    std::fprintf(file_, "%s %.*s\n", kNames[static_cast<size_t>(level)], static_cast<int>(text.size()), text.data());
    std::fflush(file_);
  }

 private:
  std::FILE* file_;
};

}  // namespace

Result<std::unique_ptr<Logger>> open_file_logger(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "a");
  if (file == nullptr) return fail("the log file " + path + " cannot be opened: " + std::strerror(errno));
  return std::unique_ptr<Logger>(std::make_unique<FileLogger>(file));
}

}  // namespace paxoscope::native
