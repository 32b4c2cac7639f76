// Tokens of the visual language: colours, sizes, fonts. Everything counts device pixels: px(16) is 16 CSS pixels.
#pragma once

#include "imgui.h"
#include "sim/observation.h"
#include "sim/timeline.h"

namespace paxoscope::ui {

/// `projector`: light with more contrast, larger and with thicker lines.
enum class ThemeName { dark, light, projector };
inline constexpr float kProjectorScale = 1.25f, kProjectorWeight = 1.5f;

struct EpochColours {
  ImU32 stroke = 0;
  ImU32 fill = 0;
};

struct Theme {
  ThemeName name = ThemeName::dark;
  ImU32 bg0, bg1, bg2, bg3, line, line2, text, text2, text3, body, accent, on_accent, ok, danger, link;
  EpochColours neutral;
  EpochColours epochs[7];
};

const Theme& dark_theme();
const Theme& light_theme();
const Theme& projector_theme();
/// What the theme's button and key lead to: dark, light, projector, dark.
ThemeName next_theme(ThemeName present);

/// The theme of the frame being drawn; set by the App at its start.
const Theme& theme();
void use_theme(ThemeName name);

/// Device pixels for `css` CSS pixels, rounded to whole pixels.
float px(float css);
/// Device pixels per CSS pixel.
float scale();
/// How thick a line of `css` CSS pixels is drawn: what says something (links, rings, lanes, arrows, cells), and hairlines.
float line_width(float css);
void set_scale(float device_pixels_per_css_pixel);
/// The frame being drawn is a phone's: what is pressed is at least a finger wide. Set by the App.
bool phone();
void use_phone(bool phone);

enum class Font { regular, semibold, mono, icon };
/// The font at one of the sizes of the type scale (11, 12, 13, 14, 16, 18, 22); other sizes fall to the nearest.
ImFont* font(Font face, float css_size);
/// Builds the atlas for the current scale (outside a frame). Called by the backends on start and scale changes.
void build_fonts();
/// The scale that the atlas was built for; 0 before.
float fonts_scale();

/// Stroke and fill of an epoch by its order of appearance in the run; neutral for none.
EpochColours colours_of(const Epoch& epoch, const Timeline& timeline);
ImU32 with_alpha(ImU32 colour, float alpha);
ImU32 mix(ImU32 a, ImU32 b, float share_of_b);

namespace icon {  // Font Awesome 4.7 code points, UTF-8
inline constexpr char map[] = "\xef\x89\xb9", chevron_down[] = "\xef\x81\xb8", share[] = "\xef\x87\xa0",
                      sun[] = "\xef\x86\x85", moon[] = "\xef\x86\x86", question[] = "\xef\x84\xa8",
                      bolt[] = "\xef\x83\xa7", check[] = "\xef\x80\x8c", minus[] = "\xef\x81\xa8",
                      times[] = "\xef\x80\x8d", play[] = "\xef\x81\x8b", pause[] = "\xef\x81\x8c",
                      step_back[] = "\xef\x81\x88", step_forward[] = "\xef\x81\x91", fast_back[] = "\xef\x81\x89",
                      fast_forward[] = "\xef\x81\x90", lightbulb[] = "\xef\x83\xab", reply[] = "\xef\x84\x92",
                      clock[] = "\xef\x80\x97", lock[] = "\xef\x80\xa3", fork[] = "\xef\x84\xa6",
                      undo[] = "\xef\x83\xa2", expand[] = "\xef\x81\xa5", external[] = "\xef\x82\x8e",
                      angle_left[] = "\xef\x84\x84", angle_right[] = "\xef\x84\x85", bars[] = "\xef\x83\x89", ellipsis[] = "\xef\x85\x82",
                      flag[] = "\xef\x80\xa4", question_circle[] = "\xef\x81\x99", sitemap[] = "\xef\x83\xa8",
                      columns[] = "\xef\x83\x9b", hourglass[] = "\xef\x89\x92",
                      desktop[] = "\xef\x84\x88";
}

}  // namespace paxoscope::ui
