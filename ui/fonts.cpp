// The atlas: four faces at the sizes the type scale uses, at the current scale.
#include <cmath>
#include <cstdint>

#include "ui/font_data.h"
#include "ui/theme.h"

namespace paxoscope::ui {
namespace {

constexpr int kMaxSizes = 7;

struct Face {
  float css_sizes[kMaxSizes];  ///< ascending; 0 ends the list
  ImFont* fonts[kMaxSizes];
};

// By Font: regular, semibold, mono, icon.
Face faces[4] = {
    {{11, 12, 13, 14, 0, 0}, {}},
    {{11, 12, 13, 14, 16, 18, 22}, {}},
    {{11, 12, 13, 14, 0, 0}, {}},
    {{11, 12, 13, 14, 16, 0}, {}},
};

const FontData& data_of(Font face) {
  switch (face) {
    case Font::regular:
      return inter_regular;
    case Font::semibold:
      return inter_semibold;
    case Font::mono:
      return jetbrains_mono;
    default:
      return font_awesome;
  }
}

// Pairs of first and last code point; glyphs that a face lacks are skipped.
constexpr ImWchar kTextRanges[] = {0x20,   0x7E,   0xA0,   0x17F,  0x2010, 0x203A,
                                   0x2190, 0x2199, 0x2200, 0x2265, 0};
constexpr ImWchar kIconRanges[] = {0xF000, 0xF2E0, 0};

float built_scale = 0;

ImFont* add_font(ImFontAtlas& atlas, Font face, float css_size) {
  const FontData& data = data_of(face);
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  // Spacing stays true when glyphs may start between pixels; from 1.5 on whole pixels are fine enough.
  const bool text = face != Font::icon;
  config.OversampleH = text && scale() < 1.5f ? 2 : 1;
  config.OversampleV = 1;
  config.PixelSnapH = !text || scale() >= 1.5f;
  // ImGui's size reaches from ascender to descender, CSS's is the em.
  const float em = std::round(css_size * scale());
  const float size = em * (std::fabs(data.ascent) + std::fabs(data.descent)) / data.units_per_em;
  return atlas.AddFontFromMemoryTTF(const_cast<unsigned char*>(data.bytes), static_cast<int>(data.size), size,
                                    &config, face == Font::icon ? kIconRanges : kTextRanges);
}

}  // namespace

float fonts_scale() {
  return built_scale;
}

void build_fonts() {
  built_scale = scale();
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
  for (int face = 0; face < 4; ++face) {
    for (int i = 0; i < kMaxSizes && faces[face].css_sizes[i] > 0; ++i) {
      faces[face].fonts[i] = add_font(atlas, static_cast<Font>(face), faces[face].css_sizes[i]);
    }
  }
  atlas.Build();
  ImGui::GetIO().FontDefault = font(Font::regular, 13);
}

ImFont* font(Font face, float css_size) {
  const Face& sizes = faces[static_cast<int>(face)];
  int best = 0;
  for (int i = 1; i < kMaxSizes && sizes.css_sizes[i] > 0; ++i) {
    if (std::fabs(sizes.css_sizes[i] - css_size) < std::fabs(sizes.css_sizes[best] - css_size)) best = i;
  }
  return sizes.fonts[best];
}

}  // namespace paxoscope::ui
