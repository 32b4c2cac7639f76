#include "ui/desktop/settings_file.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace paxoscope::ui {
namespace {

/// Empty: there is no place for it.
std::filesystem::path place() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  // A relative path there counts as none.
  if (config != nullptr && *config == '/') return std::filesystem::path(config) / "paxoscope" / "settings";
  if (home != nullptr && *home == '/') return std::filesystem::path(home) / ".config" / "paxoscope" / "settings";
  return {};
}

bool write_text(const std::filesystem::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && written;
}

}  // namespace

Settings read_settings_file() {
  const std::filesystem::path path = place();
  std::FILE* file = path.empty() ? nullptr : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::string text(kMaxSettingsBytes, 0);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return read_settings(text);
}

void write_settings_file(const Settings& settings) {
  const std::filesystem::path path = place();
  if (path.empty()) return;
  // Beside it first: another window that starts meanwhile never reads half of it.
  std::filesystem::path fresh = path;
  fresh += ".new";
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (!error && write_text(fresh, write_settings(settings))) std::filesystem::rename(fresh, path, error);
  else if (!error) error = std::make_error_code(std::errc::io_error);
  if (error) std::fprintf(stderr, "paxoscope-desktop: cannot write %s: %s\n", path.c_str(), error.message().c_str());
}

}  // namespace paxoscope::ui
