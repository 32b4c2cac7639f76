#include "ui/settings.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "ui/app.h"
#include "ui/transport.h"

namespace paxoscope::ui {
namespace {

constexpr std::string_view kThemes[] = {"dark", "light", "projector"};
constexpr std::string_view kPartKeys[kParts] = {"side-width", "tabs-height", "timeline-height"};
constexpr size_t kMaxKind = 48;

/// The number that `text` is, if it lies in these bounds; else `otherwise`.
int number(std::string_view text, int least, int most, int otherwise) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= least && value <= most ? value : otherwise;
}

bool plain(std::string_view kind) {
  return !kind.empty() && kind.size() <= kMaxKind && std::all_of(kind.begin(), kind.end(), [](char c) { return c >= ' ' && c < 127; });
}

void take(std::string_view key, std::string_view value, Settings& settings) {
  if (key == "theme") {
    settings.theme = theme_named(value);
  } else if (key == "letter-keys") {
    settings.letter_keys = value != "off";
  } else if (key == "speed-percent") {
    for (const float speed : kSpeeds)
      if (static_cast<int>(speed * 100) == number(value, 1, 10'000, 100)) settings.speed = speed;
  } else if (key == "hide") {
    const auto& all = settings.hidden;
    if (plain(value) && std::find(all.begin(), all.end(), value) == all.end()) settings.hidden.emplace_back(value);
  } else if (key == "width") {
    settings.width = number(value, 320, 8192, 0);
  } else if (key == "height") {
    settings.height = number(value, 240, 8192, 0);
  }
  for (size_t part = 0; part < kParts; ++part)
    if (key == kPartKeys[part]) settings.sizes[part] = number(value, kLeastPart, kMostPart, 0);
}

}  // namespace

std::optional<ThemeName> theme_named(std::string_view name) {
  const auto* found = std::find(std::begin(kThemes), std::end(kThemes), name);
  if (found == std::end(kThemes)) return {};
  return static_cast<ThemeName>(found - std::begin(kThemes));
}

std::string write_settings(const Settings& settings) {
  std::string text;
  if (settings.theme) text += concat("theme=", kThemes[static_cast<int>(*settings.theme)], "\n");
  if (!settings.letter_keys) text += "letter-keys=off\n";
  text += concat("speed-percent=", static_cast<int>(settings.speed * 100), "\n");
  if (settings.width > 0 && settings.height > 0) text += concat("width=", settings.width, "\nheight=", settings.height, "\n");
  for (size_t part = 0; part < kParts; ++part)
    if (settings.sizes[part] > 0) text += concat(kPartKeys[part], "=", settings.sizes[part], "\n");
  for (const std::string& kind : settings.hidden) {
    const std::string line = concat("hide=", kind, "\n");
    if (plain(kind) && text.size() + line.size() <= kMaxSettingsBytes) text += line;
  }
  return text;
}

Settings read_settings(std::string_view text) {
  Settings settings;
  text = text.substr(0, kMaxSettingsBytes);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t sign = line.find('=');
    if (sign != std::string_view::npos) take(line.substr(0, sign), line.substr(sign + 1), settings);
  }
  if (settings.width == 0 || settings.height == 0) settings.width = settings.height = 0;
  return settings;
}

Settings App::settings() const {
  Settings settings;
  settings.theme = chosen_theme_;
  settings.letter_keys = letter_keys_;
  settings.speed = speed_;
  settings.hidden = run_menu_.hidden;
  settings.sizes = sizes_;
  return settings;
}

void App::use(const Settings& settings) {
  chosen_theme_ = settings.theme;
  if (chosen_theme_) set_theme(*chosen_theme_);
  letter_keys_ = settings.letter_keys;
  speed_ = settings.speed;
  run_menu_.hidden = settings.hidden;
  sizes_ = settings.sizes;
  wake();
}

}  // namespace paxoscope::ui
