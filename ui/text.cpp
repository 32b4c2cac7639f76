// Text on a draw list: single lines centred on their capitals, and wrapped paragraphs with **bold** and `code`.
#include <cmath>

#include "ui/draw.h"

namespace paxoscope::ui {
namespace {

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

float width_of(const ImFont& face, std::string_view what) {
  if (what.empty()) return 0;
  return face.CalcTextSizeA(face.FontSize, 1e9f, 0, what.data(), what.data() + what.size()).x;
}

/// The longest beginning that fits together with the ellipsis; never cuts inside a character.
std::string shortened(const ImFont& face, std::string_view what, float max_width) {
  const float room = max_width - width_of(face, kEllipsis);
  size_t length = what.size();
  while (length > 0 && width_of(face, what.substr(0, length)) > room) {
    do --length;
    while (length > 0 && (static_cast<unsigned char>(what[length]) & 0xC0) == 0x80);
  }
  while (length > 0 && what[length - 1] == ' ') --length;
  return std::string(what.substr(0, length)) + std::string(kEllipsis);
}

void draw_line(ImDrawList& list, const ImFont& face, float x, float middle_y, float css_size, ImU32 colour,
               std::string_view what) {
  // Capitals are 0.726 em high: half of that below the middle is the baseline, on a whole pixel.
  const float baseline = std::round(middle_y + 0.363f * css_size * scale());
  list.AddText(&face, face.FontSize, {std::round(x), baseline - std::round(face.Ascent)}, colour, what.data(),
               what.data() + what.size());
}

/// A part of a word in one face.
struct Piece {
  Font face;
  std::string_view what;
  float width;
};

/// Lays words out from left to right; draws unless `list` is null.
class Setter {
 public:
  Setter(ImDrawList* list, ImVec2 top_left, float width, float css_size, float css_line, ImU32 colour)
      : list_(list), top_left_(top_left), width_(width), css_size_(css_size), line_(px(css_line)), colour_(colour),
        space_(text_width(Font::regular, css_size, " ")) {}

  void add(Font face, std::string_view what) {
    if (what.empty()) return;
    const float width = text_width(face, size_of(face), what);
    word_.push_back({face, what, width});
    word_width_ += width;
  }
  void end_word() {
    if (word_.empty()) return;
    if (x_ > 0 && x_ + space_ + word_width_ > width_) new_line();
    if (x_ > 0) x_ += space_;
    for (const Piece& piece : word_) {
      if (list_ != nullptr) {
        const ImU32 colour = piece.face == Font::regular ? colour_ : theme().text;
        draw_line(*list_, *font(piece.face, size_of(piece.face)), top_left_.x + x_, top_left_.y + y_ + line_ / 2,
                  css_size_, colour, piece.what);
      }
      x_ += piece.width;
    }
    word_.clear();
    word_width_ = 0;
  }
  void new_line() {
    x_ = 0;
    y_ += line_;
  }
  float height() const { return y_ + line_; }

 private:
  float size_of(Font face) const { return face == Font::mono ? css_size_ - 0.5f : css_size_; }

  ImDrawList* list_;
  ImVec2 top_left_;
  float width_, css_size_, line_;
  ImU32 colour_;
  float space_, x_ = 0, y_ = 0, word_width_ = 0;
  std::vector<Piece> word_;
};

}  // namespace

float text_width(Font face, float css_size, std::string_view what) { return width_of(*font(face, css_size), what); }

float text(ImDrawList& list, ImVec2 at_x_middle_y, Align align, Font face, float css_size, ImU32 colour,
           std::string_view what, float max_width) {
  if (what.empty()) return 0;
  const ImFont& glyphs = *font(face, css_size);
  float width = width_of(glyphs, what);
  std::string cut;
  if (max_width > 0 && width > max_width) {
    cut = shortened(glyphs, what, max_width);
    what = cut;
    width = width_of(glyphs, what);
  }
  float x = at_x_middle_y.x;
  if (align == Align::centre) x -= width / 2;
  if (align == Align::right) x -= width;
  draw_line(list, glyphs, x, at_x_middle_y.y, css_size, colour, what);
  return width;
}

float paragraph(ImDrawList* list, ImVec2 top_left, float width, float css_size, float css_line, ImU32 colour,
                std::string_view what) {
  if (what.empty()) return 0;
  Setter setter(list, top_left, width, css_size, css_line, colour);
  bool bold = false, code = false;
  size_t from = 0;
  const auto face = [&] { return code ? Font::mono : bold ? Font::semibold : Font::regular; };
  for (size_t i = 0; i <= what.size(); ++i) {
    const bool end = i == what.size();
    const bool star = !end && !code && what.substr(i, 2) == "**";
    const bool tick = !end && what[i] == '`';
    if (!end && !star && !tick && what[i] != ' ' && what[i] != '\n') continue;
    setter.add(face(), what.substr(from, i - from));
    if (star) bold = !bold;
    if (tick) code = !code;
    if (!star && !tick) setter.end_word();
    if (!end && what[i] == '\n') setter.new_line();
    if (star) ++i;
    from = i + 1;
  }
  return setter.height();
}

}  // namespace paxoscope::ui
