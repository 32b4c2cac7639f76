// Every glyph of the subset faces leaves ink in the atlas, in the box that its outline asks for.
#include <doctest/doctest.h>

#include <string>

#include "screen.h"

using namespace paxoscope::ui;

namespace {

constexpr Font kFaces[] = {Font::regular, Font::semibold, Font::mono};

/// The sum of the atlas under the glyph.
uint64_t ink(const ImFontGlyph& glyph) {
  unsigned char* pixels = nullptr;
  int width = 0, height = 0;
  ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
  const auto x0 = static_cast<int>(glyph.U0 * static_cast<float>(width) + 0.5f);
  const auto x1 = static_cast<int>(glyph.U1 * static_cast<float>(width) + 0.5f);
  const auto y0 = static_cast<int>(glyph.V0 * static_cast<float>(height) + 0.5f);
  const auto y1 = static_cast<int>(glyph.V1 * static_cast<float>(height) + 0.5f);
  uint64_t sum = 0;
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) sum += pixels[y * width + x];
  return sum;
}

}  // namespace

TEST_SUITE("fonts") {
  TEST_CASE("every glyph has ink, blanks and the soft hyphen aside") {
    for (const float scale : {1.0f, 2.0f}) {
      Screen screen(scale);
      for (const Font face : kFaces) {
        const ImFont* font_of_face = font(face, 13);
        CHECK(font_of_face->Glyphs.Size > 230);
        for (const ImFontGlyph& glyph : font_of_face->Glyphs) {
          const unsigned code = glyph.Codepoint;
          if (code == ' ' || code == '\t' || code == 0xa0 || code == 0xad || !glyph.Visible) continue;
          CHECK_MESSAGE(ink(glyph) > 0, static_cast<int>(face), " U+", code);
        }
        for (const ImWchar sign : {0x41, 0x69, 0xb7, 0xd7, 0xe9, 0x2013, 0x2022, 0x2192, 0x2265}) {
          const ImFontGlyph* glyph = font_of_face->FindGlyphNoFallback(sign);
          REQUIRE(glyph != nullptr);
          CHECK(glyph->Visible);
        }
      }
    }
  }

  TEST_CASE("composite glyphs: a small i is as high as its stem and dot, a middle dot is small") {
    Screen screen(2);
    for (const Font face : kFaces) {
      const ImFont* font_of_face = font(face, 13);
      const auto height = [&](ImWchar code) {
        const ImFontGlyph* glyph = font_of_face->FindGlyphNoFallback(code);
        return glyph->Y1 - glyph->Y0;
      };
      CHECK(height('i') < 1.4f * height('H'));
      CHECK(height(0xb7) < 0.5f * height('H'));
      CHECK(height(0xe9) > height('e'));
    }
  }
}
