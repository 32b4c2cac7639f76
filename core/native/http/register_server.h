// A shared-register server: the core of core/quorum_register behind HTTP, for clients and for the other servers. It trusts
// whoever reaches its port, so it belongs on the loopback or a network of its own.
#pragma once

#include <functional>
#include <memory>

#include "native/http/register_options.h"

namespace paxoscope::native {

class RegisterServer {
 public:
  /// Opens the file and the port; requests are answered from start() on. `failed` is called, on another thread, if the disk
  /// fails later: the server then answers 503 until it is stopped.
  static Result<std::unique_ptr<RegisterServer>> open(const RegisterOptions& options,
                                                      std::function<void(const std::string& reason)> failed);
  ~RegisterServer();
  RegisterServer(const RegisterServer&) = delete;
  RegisterServer& operator=(const RegisterServer&) = delete;

  /// "http://127.0.0.1:7101"
  std::string address() const;
  /// Starts to serve, on threads of its own.
  void start();
  /// Requests under way are answered, then everything ends.
  void stop();

 private:
  class Parts;
  explicit RegisterServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace paxoscope::native
