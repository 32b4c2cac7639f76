#include "ui/values.h"

#include <algorithm>
#include <cmath>

#include "ui/draw.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

float badges(ImDrawList* list, float x, float middle_y, const std::vector<ServerId>& ids, float max_width) {
  const Theme& t = theme();
  const auto count = static_cast<float>(ids.size());
  // Many badges move closer together and overlap a little.
  float pitch = px(26);
  if (max_width > 0 && count > 1) pitch = std::min(pitch, (max_width - px(20)) / (count - 1));
  if (list != nullptr) {
    const float r = px(10);
    float at = x + r;
    for (ServerId id : ids) {
      list->AddCircleFilled({at, middle_y}, r, t.bg3);
      list->AddCircle({at, middle_y}, r - 0.75f * scale(), t.line2, 0, 1.5f * scale());
      text(*list, {at, middle_y}, Align::centre, Font::semibold, 11, t.text, server_label(id));
      at += pitch;
    }
  }
  return pitch * (count - 1) + px(20);
}

/// Badges, and the text behind them when it says more than their letters ("4 of 4").
float badges_and_count(ImDrawList* list, float x, float middle_y, const FieldValue& value, float max_width) {
  const bool counted = value.text.find_first_of("0123456789") != std::string::npos;
  const float words = counted ? px(12) + text_width(Font::mono, 12, value.text) : 0;
  const float width =
      badges(list, x, middle_y, value.servers, max_width > 0 ? std::max(max_width - words, px(20)) : 0);
  if (counted && list != nullptr) {
    text(*list, {x + width + px(12), middle_y}, Align::left, Font::mono, 12, theme().text2, value.text);
  }
  return width + words;
}

float boolean_mark(ImDrawList* list, float x, float middle_y, const FieldValue& value, ImU32 colour,
                   float css_size) {
  const float r = 7 * scale(), indent = px(22);
  if (list != nullptr) {
    quorum_mark(*list, {x + r, middle_y}, 7, value.number != 0);
    text(*list, {x + indent, middle_y}, Align::left, Font::mono, css_size, colour, value.text);
  }
  return indent + text_width(Font::mono, css_size, value.text);
}

}  // namespace

float draw_value(ImDrawList* list, const Context& context, float x, float middle_y, const FieldValue& value,
                 ImU32 colour, float css_size, float max_width) {
  switch (value.kind) {
    case FieldKind::epoch:
      if (value.epoch) return epoch_chip(list, x, middle_y, value.epoch, context.frame.timeline);
      break;
    case FieldKind::servers:
      if (!value.servers.empty()) return badges_and_count(list, x, middle_y, value, max_width);
      break;
    case FieldKind::boolean:
      return boolean_mark(list, x, middle_y, value, colour, css_size);
    default:
      break;
  }
  const std::string_view words =
      value.text.empty() ? std::string_view("\xe2\x80\x93") : std::string_view(value.text);
  if (list == nullptr) return text_width(Font::mono, css_size, words);
  return text(*list, {x, middle_y}, Align::left, Font::mono, css_size, colour, words, max_width);
}

float draw_arrow(ImDrawList& list, float x, float middle_y) {
  const ImU32 colour = theme().accent;
  const float y = std::round(middle_y), s = scale();
  list.AddLine({x, y}, {x + 12 * s, y}, colour, 1.5f * s);
  list.AddTriangleFilled({x + 16 * s, y}, {x + 11 * s, y + 3.5f * s}, {x + 11 * s, y - 3.5f * s}, colour);
  return 16 * s;
}

void draw_change(const Rect& row) {
  const Theme& t = theme();
  canvas().AddRectFilled(row.min, row.max, mix(t.bg1, t.accent, 0.14f), px(4));
  canvas().AddRectFilled({row.min.x, row.min.y + px(4)}, {row.min.x + px(3), row.max.y - px(4)}, t.accent, px(1.5f));
}

std::string without_shared_end(std::string_view old, std::string_view now) {
  for (;;) {
    const size_t old_space = old.rfind(' '), now_space = now.rfind(' ');
    if (old_space == std::string_view::npos || now_space == std::string_view::npos) break;
    if (old.substr(old_space) != now.substr(now_space)) break;
    old = old.substr(0, old_space), now = now.substr(0, now_space);
  }
  return std::string(old);
}

std::string spoken_value(const Field& field) {
  std::string words = field.value.text;
  if (field.old) words += ", was " + field.old->text;
  if (field.on_disk) words += ", on disk " + field.on_disk->text;
  return words;
}

}  // namespace paxoscope::ui
