// A Logger that writes lines to a file. Native programs only.
#pragma once

#include <memory>
#include <string>

#include "base/logger.h"
#include "base/result.h"

namespace paxoscope::native {

/// Appends to `path`, which need not exist; its folder must. Each line is written at once: "info configuration 1: …".
Result<std::unique_ptr<Logger>> open_file_logger(const std::string& path);

}  // namespace paxoscope::native
