#include "native/hocon.h"

#include <boost/variant/get.hpp>
#include <hocon/config.hpp>
#include <hocon/config_parse_options.hpp>

#include "native/settings.h"

namespace paxoscope::native {

using omnipaxos::Config;

namespace {

constexpr size_t kMaxDepth = 16;

Setting setting_of(const hocon::config_value& value, std::string key) {
  Setting setting;
  setting.key = std::move(key);
  const int line = value.origin()->line_number();
  setting.line = line > 0 ? static_cast<uint32_t>(line) : 0;
  switch (value.value_type()) {
    case hocon::config_value::type::NUMBER: {
      const hocon::unwrapped_value number = value.unwrapped();
      if (const auto* wide = boost::get<int64_t>(&number)) {
        setting.number = *wide;
      } else if (const auto* narrow = boost::get<int>(&number)) {
        setting.number = *narrow;
      } else {
        return setting;  // a fraction
      }
      setting.kind = Setting::Kind::number;
      return setting;
    }
    case hocon::config_value::type::BOOLEAN: {
      const hocon::unwrapped_value flag = value.unwrapped();
      const bool* set = boost::get<bool>(&flag);
      setting.kind = Setting::Kind::boolean;
      setting.number = set != nullptr && *set ? 1 : 0;
      return setting;
    }
    case hocon::config_value::type::STRING: {
      const hocon::unwrapped_value text = value.unwrapped();
      if (const auto* string = boost::get<std::string>(&text)) setting.text = *string;
      setting.kind = Setting::Kind::text;
      return setting;
    }
    case hocon::config_value::type::LIST:
      setting.kind = Setting::Kind::list;
      for (const hocon::shared_value& item : dynamic_cast<const hocon::config_list&>(value))
        setting.items.push_back(setting_of(*item, {}));
      return setting;
    case hocon::config_value::type::OBJECT:
      setting.kind = Setting::Kind::table;
      for (const auto& [name, item] : dynamic_cast<const hocon::config_object&>(value))
        setting.items.push_back(setting_of(*item, name));
      sort_by_line(setting);
      return setting;
    default:
      return setting;
  }
}

/// The parser recurses per bracket.
bool too_deep(const std::string& text) {
  size_t depth = 0;
  for (char c : text) {
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > kMaxDepth) return true;
  }
  return false;
}

/// cpp-hocon names text that is in no file "string", and knows no line of what it cannot parse.
Result<Config> parse_error(const std::string& name, const std::string& what) {
  constexpr std::string_view kPrefix = "string: ";
  return setting_error(name, 0, what.rfind(kPrefix, 0) == 0 ? what.substr(kPrefix.size()) : what);
}

}  // namespace

Result<Config> config_from_hocon(const std::string& text, const std::string& name) {
  if (text.size() > kMaxConfigBytes) return setting_error(name, 0, "the configuration is longer than 64 KB");
  if (too_deep(text)) return setting_error(name, 0, "brackets are nested deeper than 16 levels");
  try {
    const hocon::shared_config parsed = hocon::config::parse_string(text)->resolve();
    return config_of(setting_of(*parsed->root(), {}), name);
  } catch (const std::exception& error) {
    return parse_error(name, error.what());
  }
}

}  // namespace paxoscope::native
