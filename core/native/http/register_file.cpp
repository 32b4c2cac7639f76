#include "native/http/register_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace paxoscope::native {

namespace {

std::string why() { return std::strerror(errno); }

/// Closes at the end of its scope.
struct Opened {
  int descriptor;
  ~Opened() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

bool write_all(int descriptor, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t wrote = ::write(descriptor, text.data() + at, text.size() - at);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    at += static_cast<size_t>(wrote);
  }
  return true;
}

}  // namespace

Result<RegisterFile> RegisterFile::open(const std::string& path) {
  const std::string lock_path = path + ".lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) return fail("cannot open " + lock_path + ": " + why());
  RegisterFile file(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) return fail(path + " is in use by another server");
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return file;
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) return fail("cannot read " + path);
  Result<RegisterContent> content = read_content(text);
  if (!content) return fail(path + " was left as it is: " + content.error().text);
  file.content_ = std::move(*content);
  return file;
}

RegisterFile::RegisterFile(RegisterFile&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), content_(std::move(other.content_)) {}

RegisterFile::~RegisterFile() {
  if (lock_ >= 0) ::close(lock_);
}

Result<void> RegisterFile::write(const RegisterContent& content) {
  const std::string fresh = path_ + ".new";
  {
    const Opened file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (file.descriptor < 0 || !write_all(file.descriptor, content_text(content)) || ::fdatasync(file.descriptor) != 0)
      return fail("cannot write " + fresh + ": " + why());
  }
  if (::rename(fresh.c_str(), path_.c_str()) != 0) return fail("cannot replace " + path_ + ": " + why());
  // The new name counts once its folder is on the disk.
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  const Opened parent{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent.descriptor < 0 || ::fsync(parent.descriptor) != 0) return fail("cannot sync the folder of " + path_ + ": " + why());
  return {};
}

}  // namespace paxoscope::native
