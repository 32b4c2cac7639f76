// Where a protocol says in words what it does. The core writes nowhere: the host decides where a line goes.
#pragma once

#include <cstdint>
#include <string_view>

namespace paxoscope {

enum class LogLevel : uint8_t { debug, info, warning };

/// Called while a server handles something; it must not call that server back, and outlives it.
class Logger {
 public:
  virtual ~Logger() = default;
  /// One line without its end. `text` is gone when the call returns.
  virtual void log(LogLevel level, std::string_view text) = 0;
};

}  // namespace paxoscope
