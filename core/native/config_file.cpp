// Configurations in TOML, and in files of either syntax.
#include <fstream>


// The parser asserts (or, optimised, assumes) before it reports some errors.
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_ASSERT_ASSUME(expr) static_assert(true)
#include <toml++/toml.h>

#include "native/hocon.h"
#include "native/settings.h"

namespace paxoscope::native {

using omnipaxos::Config;

namespace {

Setting setting_of(const toml::node& node, std::string key) {
  Setting setting;
  setting.key = std::move(key);
  setting.line = node.source().begin.line;
  if (const auto* number = node.as_integer()) {
    setting.kind = Setting::Kind::number;
    setting.number = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    setting.kind = Setting::Kind::boolean;
    setting.number = flag->get() ? 1 : 0;
  } else if (const auto* text = node.as_string()) {
    setting.kind = Setting::Kind::text;
    setting.text = text->get();
  } else if (const auto* list = node.as_array()) {
    setting.kind = Setting::Kind::list;
    for (const toml::node& item : *list) setting.items.push_back(setting_of(item, {}));
  } else if (const auto* table = node.as_table()) {
    setting.kind = Setting::Kind::table;
    for (const auto& [name, item] : *table) setting.items.push_back(setting_of(item, std::string(name.str())));
    sort_by_line(setting);
  }
  return setting;
}

}  // namespace

Result<Config> config_from_toml(const std::string& text, const std::string& name) {
  if (text.size() > kMaxConfigBytes) return setting_error(name, 0, "the configuration is longer than 64 KB");
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return setting_error(name, parsed.error().source().begin.line, std::string(parsed.error().description()));
  return config_of(setting_of(parsed.table(), {}), name);
}

Result<Config> with_hocon(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("the configuration file " + path + " cannot be opened");
  std::string text(kMaxConfigBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad()) return fail("the configuration file " + path + " cannot be read");
  const bool toml = path.size() > 5 && path.compare(path.size() - 5, 5, ".toml") == 0;
  return toml ? config_from_toml(text, path) : config_from_hocon(text, path);
}

}  // namespace paxoscope::native
