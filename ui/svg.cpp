#include "ui/svg.h"

#include <cstdio>

#include "base/text.h"

namespace paxoscope::ui {

std::string svg_colour(ImU32 colour) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", colour >> IM_COL32_R_SHIFT & 255, colour >> IM_COL32_G_SHIFT & 255,
                colour >> IM_COL32_B_SHIFT & 255);
  return text;
}

std::string svg_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '&') out += "&amp;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (static_cast<unsigned char>(c) >= ' ') out += c;
  }
  return out;
}

void Svg::begin(int width, int height, ImU32 ground, std::string_view title, std::string_view description) {
  out = concat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", width, " ", height,
               "\" font-family=\"Inter, sans-serif\" font-size=\"12\" role=\"img\" aria-labelledby=\"title about\">\n<title id=\"title\">",
               svg_escaped(title), "</title>\n<desc id=\"about\">", svg_escaped(description),
               "</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"", svg_colour(ground), "\"/>\n");
}

void Svg::words(int x, int y, ImU32 colour, std::string_view text, std::string_view more) {
  out += concat("<text x=\"", x, "\" y=\"", y, "\" fill=\"", svg_colour(colour), "\" ", more, ">", svg_escaped(text), "</text>\n");
}

void Svg::line(int x1, int y1, int x2, int y2, ImU32 colour, std::string_view more) {
  out += concat("<line x1=\"", x1, "\" y1=\"", y1, "\" x2=\"", x2, "\" y2=\"", y2, "\" stroke=\"", svg_colour(colour), "\" ", more,
                "/>\n");
}

void Svg::box(int x, int y, int width, int height, ImU32 fill, std::string_view more) {
  out += concat("<rect x=\"", x, "\" y=\"", y, "\" width=\"", width, "\" height=\"", height, "\" fill=\"", svg_colour(fill), "\" ",
                more, "/>\n");
}

void Svg::circle(int x, int y, int radius, std::string_view more) {
  out += concat("<circle cx=\"", x, "\" cy=\"", y, "\" r=\"", radius, "\" ", more, "/>\n");
}

void Svg::open(std::string_view name) { out += concat("<g>\n<title>", svg_escaped(name), "</title>\n"); }

}  // namespace paxoscope::ui
