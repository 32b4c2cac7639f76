#include "ui/hulls.h"

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

/// "config 2" and its state, with a lock when it takes no more entries, in an upper corner of the hull. `room`: to the
/// outline of another hull.
void draw_name(const HullPlace& hull, float room, std::string state) {
  const Theme& t = theme();
  const std::string name = concat("config ", hull.id);
  const bool locked = hull.sealed && state == "sealed";
  const float lock = locked ? px(18) : 0, word = text_width(Font::semibold, 13, name);
  // On a narrow stage the state is cut short, then goes; the outline still says it.
  const auto needed = [&] { return lock + word + px(9) + text_width(Font::regular, 12, state); };
  if (needed() > room - px(24)) state.resize(std::min(state.find(','), state.size()));
  const float width = needed();
  const float y = hull.rect.min.y + px(20);
  float x = hull.name_right ? hull.rect.max.x - px(20) - width : hull.rect.min.x + px(16);
  const bool short_of_room = width > room - px(24);
  if (locked) text(canvas(), {x + px(6), y}, Align::centre, Font::icon, 13, t.text2, icon::lock);
  x += lock;
  text(canvas(), {x, y}, Align::left, Font::semibold, 13, t.text, name);
  if (!short_of_room)
    text(canvas(), {x + word + px(9), y}, Align::left, Font::regular, 12, t.text2, state);
}

}  // namespace

void draw_hulls(const Observation& observation, const StageLayout& layout) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  for (const HullPlace& hull : layout.hulls) {
    const ImU32 tint = hull.sealed ? with_alpha(t.text2, 0.05f) : with_alpha(t.accent, 0.08f);
    const float radius = std::min(px(24), hull.rect.height() / 4);
    list.AddRectFilled(hull.rect.min, hull.rect.max, tint, radius);
    if (hull.sealed) {
      dashed_rect(list, hull.rect.min, hull.rect.max, radius, with_alpha(t.text2, 0.7f), line_width(1.5f), px(6),
                  px(5));
    } else {
      rounded_rect(list, hull.rect.min, hull.rect.max, radius, 0, t.text2, line_width(1.5f));
    }
  }
  for (const HullPlace& hull : layout.hulls) {
    float room = hull.rect.width();
    for (const HullPlace& other : layout.hulls) {
      if (hull.name_right && other.rect.max.x < hull.rect.max.x)
        room = std::min(room, hull.rect.max.x - std::max(other.rect.max.x, hull.rect.min.x));
      if (!hull.name_right && other.rect.min.x > hull.rect.min.x)
        room = std::min(room, other.rect.min.x - hull.rect.min.x);
    }
    for (const ConfigurationView& configuration : observation.configurations)
      if (configuration.id == hull.id)
        draw_name(hull, room > px(60) ? room : hull.rect.width(), configuration_words(observation, configuration));
  }
}

void speak_configurations(Context& context, const StageLayout& layout, const Rect& area) {
  if (layout.hulls.empty() && context.frame.observation.configurations.size() < 2) return;
  for (const ConfigurationView& configuration : context.frame.observation.configurations) {
    std::string words = configuration_words(context.frame.observation, configuration);
    if (configuration.sealed) words += concat(" at ", configuration.sealed_length);
    words += ", members";
    for (ServerId id : configuration.members) words += " " + server_label(id);
    if (!configuration.learners.empty()) words += ", learners";
    for (ServerId id : configuration.learners) words += " " + server_label(id);
    Rect place = area;
    for (const HullPlace& hull : layout.hulls)
      if (hull.id == configuration.id) place = hull.rect;
    const std::string name = std::to_string(configuration.id);
    context.semantics.add("configuration " + name, SemanticRole::text, "Configuration " + name, words, place.min,
                          place.max);
  }
}

}  // namespace paxoscope::ui
