// Keeps a register through restarts: a small file that is replaced as a whole, so that a crash leaves the old or the new one.
#pragma once

#include <string>

#include "native/http/register_json.h"

namespace paxoscope::native {

class RegisterFile {
 public:
  /// Opens or creates, and keeps other servers out until it is closed.
  static Result<RegisterFile> open(const std::string& path);
  RegisterFile(RegisterFile&& other) noexcept;
  RegisterFile& operator=(RegisterFile&&) = delete;
  ~RegisterFile();

  /// What the file held when it was opened.
  const RegisterContent& content() const { return content_; }
  /// Returns once it is on the disk.
  Result<void> write(const RegisterContent& content);

 private:
  RegisterFile(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  ///< an open file that only one server can lock
  RegisterContent content_;
};

}  // namespace paxoscope::native
