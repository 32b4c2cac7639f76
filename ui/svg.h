// Words, lines and shapes of an SVG drawing in the present theme. Coordinates are whole user units.
#pragma once

#include <string>
#include <string_view>

#include "ui/theme.h"

namespace paxoscope::ui {

std::string svg_colour(ImU32 colour);
/// Text between tags or in an attribute; what XML does not allow is left out.
std::string svg_escaped(std::string_view text);

/// A drawing that grows; `more` are further attributes, as they stand.
struct Svg {
  std::string out;

  /// Opens it, filled with `ground`; `title` and `description` are what a reader says of it.
  void begin(int width, int height, ImU32 ground, std::string_view title, std::string_view description);
  std::string end() { return std::move(out) + "</svg>\n"; }
  void words(int x, int y, ImU32 colour, std::string_view text, std::string_view more = {});
  void line(int x1, int y1, int x2, int y2, ImU32 colour, std::string_view more);
  void box(int x, int y, int width, int height, ImU32 fill, std::string_view more);
  void circle(int x, int y, int radius, std::string_view more);
  /// A part of it with a name of its own, up to `close`.
  void open(std::string_view name);
  void close() { out += "</g>\n"; }
};

}  // namespace paxoscope::ui
