// A configuration file as a tree, whatever its syntax; and a server's configuration out of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "omnipaxos/config.h"

namespace paxoscope::native {

struct Setting {
  enum class Kind : uint8_t { number, boolean, text, list, table, other };

  Kind kind = Kind::other;
  std::string key;      ///< in its table; empty in a list
  uint32_t line = 0;    ///< 0: unknown
  int64_t number = 0;   ///< kind number; boolean: 0 or 1
  std::string text;     ///< kind text
  std::vector<Setting> items;  ///< kind list, in order; kind table, by line
};

/// `root` is a table; `name` stands before the line in errors.
Result<omnipaxos::Config> config_of(const Setting& root, const std::string& name);

/// One line that names the place.
tl::unexpected<Error> setting_error(const std::string& name, uint32_t line, const std::string& text);
/// Puts a table's items in the order of the file.
void sort_by_line(Setting& table);

}  // namespace paxoscope::native
