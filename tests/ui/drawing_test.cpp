#include <doctest/doctest.h>

#include <cmath>

#include "tests/ui/screen.h"
#include "ui/draw.h"

namespace paxoscope::ui {
namespace {

ImDrawList& list() {
  ImGui::NewFrame();
  return *ImGui::GetBackgroundDrawList();
}

TEST_CASE("text that is too long is cut with an ellipsis and fits") {
  Screen screen;
  ImDrawList& canvas = list();
  const std::string_view words =
      "A raises its ballot to 5\xc2\xb7"
      "A and sends Prepare";
  const float whole = text_width(Font::regular, 13, words);
  for (float room = 12; room < whole + 20; room += 7) {
    CAPTURE(room);
    const float used = text(canvas, {0, 20}, Align::left, Font::regular, 13, theme().text, words, room);
    CHECK(used <= room);
    if (room >= whole) CHECK(used == whole);
  }
  ImGui::EndFrame();
}

TEST_CASE("capitals are centred on the middle") {
  for (float factor : {1.0f, 1.5f, 2.0f}) {
    CAPTURE(factor);
    Screen screen(factor);
    ImDrawList& canvas = list();
    const int before = canvas.VtxBuffer.Size;
    text(canvas, {100, 200}, Align::left, Font::semibold, 22, theme().text, "H");
    REQUIRE(canvas.VtxBuffer.Size == before + 4);
    const float top = canvas.VtxBuffer[before].pos.y, bottom = canvas.VtxBuffer[before + 2].pos.y;
    // The quad has a pixel of air around the letter.
    CHECK(std::fabs((top + bottom) / 2 - 200) <= 1.5f);
    CHECK(bottom - top == doctest::Approx(22 * factor * 0.726).epsilon(0.15));
    ImGui::EndFrame();
  }
}

TEST_CASE("alignment places the whole word") {
  Screen screen;
  ImDrawList& canvas = list();
  const auto left_edge = [&](Align align) {
    const int before = canvas.VtxBuffer.Size;
    text(canvas, {500, 20}, align, Font::mono, 12, theme().text,
         "5\xc2\xb7"
         "A");
    return canvas.VtxBuffer[before].pos.x;
  };
  const float width = text_width(Font::mono, 12,
                                 "5\xc2\xb7"
                                 "A");
  const float left = left_edge(Align::left);
  CHECK(std::fabs(left - left_edge(Align::right) - width) <= 1);
  CHECK(std::fabs(left - left_edge(Align::centre) - width / 2) <= 1);
  ImGui::EndFrame();
}

TEST_CASE("paragraphs wrap, and measuring equals drawing") {
  Screen screen;
  ImDrawList& canvas = list();
  const std::string_view words =
      "A **still** hears a majority and picks ballot `5\xc2\xb7"
      "A`, above `4\xc2\xb7"
      "C`.";
  const float one_line = paragraph(nullptr, {0, 0}, 2000, 13, 20, theme().body, words);
  CHECK(one_line == 20);
  const float narrow = paragraph(nullptr, {0, 0}, 120, 13, 20, theme().body, words);
  CHECK(narrow >= 60);
  CHECK(paragraph(&canvas, {10, 10}, 120, 13, 20, theme().body, words) == narrow);
  // Nothing is drawn to the right of the column.
  for (const ImDrawVert& vertex : canvas.VtxBuffer) CHECK(vertex.pos.x <= 10 + 120 + 1);
  CHECK(paragraph(nullptr, {0, 0}, 2000, 13, 20, theme().body, "one\ntwo") == 40);
  CHECK(paragraph(nullptr, {0, 0}, 2000, 13, 20, theme().body, "") == 0);
  ImGui::EndFrame();
}

TEST_CASE("marks of **bold** and `code` are not drawn") {
  Screen screen;
  ImDrawList& canvas = list();
  const auto glyphs = [&](std::string_view words) {
    const int before = canvas.VtxBuffer.Size;
    paragraph(&canvas, {0, 0}, 1000, 13, 20, theme().body, words);
    return (canvas.VtxBuffer.Size - before) / 4;
  };
  CHECK(glyphs("**A** is `5`, ok") == 7);
  ImGui::EndFrame();
}

TEST_CASE("sizes outside the type scale fall to the nearest") {
  Screen screen;
  CHECK(font(Font::regular, 13.4f) == font(Font::regular, 13));
  CHECK(font(Font::regular, 40) == font(Font::regular, 14));
  CHECK(font(Font::semibold, 21) == font(Font::semibold, 22));
}

TEST_CASE("epochs get colours in the order of their appearance and repeat after seven") {
  use_theme(ThemeName::dark);
  Timeline timeline;
  for (uint64_t number = 1; number <= 9; ++number) timeline.epochs.push_back({1, number, 0, 1});
  CHECK(colours_of({1, 1, 0, 1}, timeline).stroke == IM_COL32(0x56, 0xB4, 0xE9, 255));
  CHECK(colours_of({1, 2, 0, 1}, timeline).stroke == IM_COL32(0xE6, 0x9F, 0x00, 255));
  CHECK(colours_of({1, 8, 0, 1}, timeline).fill == colours_of({1, 1, 0, 1}, timeline).fill);
  CHECK(colours_of({}, timeline).stroke == theme().neutral.stroke);
  CHECK(colours_of({1, 99, 0, 1}, timeline).stroke == theme().neutral.stroke);
}

double luminance(ImU32 colour) {
  const auto channel = [&](int shift) {
    const double c = (colour >> shift & 255) / 255.0;
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(IM_COL32_R_SHIFT) + 0.7152 * channel(IM_COL32_G_SHIFT) +
         0.0722 * channel(IM_COL32_B_SHIFT);
}

double contrast(ImU32 a, ImU32 b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

TEST_CASE("text can be read on every ground in every theme") {
  for (const Theme* t : {&dark_theme(), &light_theme(), &projector_theme()}) {
    for (ImU32 ground : {t->bg0, t->bg1}) {
      for (ImU32 ink : {t->text, t->text2, t->text3, t->body}) CHECK(contrast(ink, ground) >= 4.5);
    }
    for (const EpochColours& epoch : t->epochs) CHECK(contrast(t->text, epoch.fill) >= 6.0);
    CHECK(contrast(t->on_accent, t->accent) >= 4.5);
  }
}

TEST_CASE("mixing and fading") {
  CHECK(mix(0xff000000, 0xffffffff, 0) == 0xff000000);
  CHECK(mix(0xff000000, 0xffffffff, 1) == 0xffffffff);
  CHECK(with_alpha(IM_COL32(1, 2, 3, 255), 0.5f) == IM_COL32(1, 2, 3, 128));
  CHECK(with_alpha(IM_COL32(1, 2, 3, 100), 2) == IM_COL32(1, 2, 3, 200));
}

}  // namespace
}  // namespace paxoscope::ui
