// Where the desktop program keeps what a person chose: paxoscope/settings in $XDG_CONFIG_HOME, else in ~/.config.
#pragma once

#include "ui/settings.h"

namespace paxoscope::ui {

/// Without a file: nothing was chosen.
Settings read_settings_file();
/// Says so on stderr if it cannot.
void write_settings_file(const Settings& settings);

}  // namespace paxoscope::ui
