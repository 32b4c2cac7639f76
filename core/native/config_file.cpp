// Configurations in TOML, and in files of either syntax.
#include <fstream>

#include "base/toml_document.h"
#include "native/hocon.h"
#include "native/settings.h"

namespace paxoscope::native {

using omnipaxos::Config;

namespace {

Setting setting_of(const TomlNode& node) {
  Setting setting;
  setting.key = node.key;
  setting.line = node.place.line;
  setting.number = node.number;
  setting.text = node.text;
  switch (node.type) {
    case TomlType::integer: setting.kind = Setting::Kind::number; break;
    case TomlType::boolean: setting.kind = Setting::Kind::boolean; break;
    case TomlType::string: setting.kind = Setting::Kind::text; break;
    case TomlType::array: setting.kind = Setting::Kind::list; break;
    case TomlType::table: setting.kind = Setting::Kind::table; break;
    case TomlType::fraction:
    case TomlType::date: break;
  }
  for (const TomlNode& item : node) setting.items.push_back(setting_of(item));
  return setting;
}

}  // namespace

Result<Config> config_from_toml(const std::string& text, const std::string& name) {
  TomlDocument document;
  if (const auto error = document.parse(text, kMaxConfigBytes)) return setting_error(name, error->place.line, error->text);
  return config_of(setting_of(document.root()), name);
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
