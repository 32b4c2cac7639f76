// A look at a scenario file before it is parsed: what could make the parser work too hard is refused here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace paxoscope {

struct FileError {
  uint32_t line = 1;    ///< 1-based
  uint32_t column = 1;  ///< 1-based, in characters
  std::string text;
};

/// The first reason to refuse the text: too long, a NUL byte, brackets or dotted keys nested too deep.
std::optional<FileError> scan_scenario(std::string_view text);

}  // namespace paxoscope
