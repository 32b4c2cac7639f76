// What a person chose and wants to find again, as lines of "key=value". The platform keeps the text: the page in the browser's
// storage, the desktop in a file. What is not understood is skipped, so text of any origin may be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/layout.h"
#include "ui/theme.h"

namespace paxoscope::ui {

inline constexpr size_t kMaxSettingsBytes = 1800;

struct Settings {
  std::optional<ThemeName> theme;  ///< nothing: the system's
  bool letter_keys = true;
  float speed = 1;                  ///< one of kSpeeds
  std::vector<std::string> hidden;  ///< kinds of messages that are not drawn
  PartSizes sizes{};                ///< of the screen's parts
  int width = 0, height = 0;        ///< the window's in CSS pixels; 0: not known
};

std::optional<ThemeName> theme_named(std::string_view name);
/// At most kMaxSettingsBytes; kinds of messages that do not fit are left out.
std::string write_settings(const Settings& settings);
/// Reads no more than kMaxSettingsBytes.
Settings read_settings(std::string_view text);

}  // namespace paxoscope::ui
