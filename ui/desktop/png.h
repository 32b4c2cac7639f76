// Writes pictures.
#pragma once

#include <string>
#include <vector>

namespace paxoscope::ui {

/// Writes RGB rows, the lowest first (as OpenGL reads them). Returns whether it worked.
bool write_png(const std::string& path, int width, int height, const std::vector<unsigned char>& rgb);

}  // namespace paxoscope::ui
