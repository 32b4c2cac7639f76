// Hands on the stage: who holds what, how it is drawn, what comes of letting go.
#include "ui/gestures.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kSlack = 8;       ///< px: a press that moves less is a click
constexpr size_t kMostPoints = 400;
constexpr int kHeldTimeouts = 4;  ///< a message held at its sender takes so many election timeouts longer

/// What the hand is at. Nothing here is simulation state.
struct Hand {
  enum class At : uint8_t { nothing, message, stage } at = At::nothing;
  bool moves = false;  ///< it went further than a click may
  uint64_t message = 0;
  ImVec2 start;
  bool resume = false;  ///< time stood still for it
  std::vector<ImVec2> line;
  StrokeMeaning meaning;  ///< of the line
};

Hand& hand() {
  static Hand the_hand;
  return the_hand;
}

const MessageView* held_message(const Context& context) {
  for (const MessageView& message : context.frame.observation.messages)
    if (message.id == hand().message) return &message;
  return nullptr;
}

Way way_of(const StageLayout& layout, const LinkPlace& link, const MessageView& message) {
  const bool forth = link.a == message.from;
  return {forth ? link.from : link.to, forth ? link.to : link.from, layout.radius};
}

DragMeaning meaning_here(const Context& context, const Way& way) {
  return read_drag(way, hand().start, ImGui::GetIO().MousePos, kHeldTimeouts * context.frame.scenario.world.election_timeout_us);
}

/// A card with an icon and what letting go does, above the hand, where a finger does not hide it.
void draw_hint(Context& context, const Rect& area, const char* icon_text, ImU32 colour, const std::string& words) {
  const Theme& t = theme();
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  const float width = px(42) + std::ceil(text_width(Font::semibold, 13, words)), height = px(32);
  ImVec2 min{std::round(pointer.x - width / 2), std::round(pointer.y - px(60))};
  min.x = std::clamp(min.x, area.min.x + px(8), std::max(area.min.x + px(8), area.max.x - width - px(8)));
  min.y = min.y < area.min.y + px(4) ? std::round(pointer.y + px(28)) : min.y;
  const Rect card{min, {min.x + width, min.y + height}};
  rounded_rect(overlay(), card.min, card.max, px(8), t.bg2, colour, px(1.5f));
  const float middle = min.y + height / 2;
  text(overlay(), {min.x + px(16), middle}, Align::centre, Font::icon, 13, colour, icon_text);
  text(overlay(), {min.x + px(30), middle}, Align::left, Font::semibold, 13, t.text, words);
  context.semantics.add("gesture", SemanticRole::text, "Letting go", words, card.min, card.max);
}

void perform(Context& context, const Action& action) {
  Command command{Command::Kind::perform};
  command.action = action;
  context.commands.push_back(std::move(command));
}

void drag_message(Context& context, const Rect& area, const StageLayout& layout, const MessageView& message, bool released) {
  const LinkPlace* link = layout.link(message.from, message.to);
  if (link == nullptr) return;
  const Theme& t = theme();
  const Way way = way_of(layout, *link, message);
  const DragMeaning meaning = meaning_here(context, way);
  if (released) {
    Action action;
    action.message_id = message.id;
    action.kind = meaning.kind == DragMeaning::Kind::deliver ? ActionKind::deliver
                  : meaning.kind == DragMeaning::Kind::drop  ? ActionKind::drop
                                                             : ActionKind::delay;
    action.amount = meaning.longer_us;
    if (meaning.kind != DragMeaning::Kind::nothing) perform(context, action);
    if (hand().resume) ask(context, Command::Kind::play);
    return;
  }
  const ImVec2 unit = direction(way.from, way.to);
  switch (meaning.kind) {
    case DragMeaning::Kind::deliver:
      canvas().AddCircle(along(way.to, unit, way.receiver_radius), way.receiver_radius + px(8), t.accent, 0, px(2));
      return draw_hint(context, area, icon::fast_forward, t.accent, words_of(meaning));
    case DragMeaning::Kind::drop:
      cross(canvas(), ImGui::GetIO().MousePos, px(12), t.danger, px(3));
      return draw_hint(context, area, icon::times, t.danger, words_of(meaning));
    case DragMeaning::Kind::hold:
      return draw_hint(context, area, icon::clock, t.text2, words_of(meaning));
    default:
      return draw_hint(context, area, icon::undo, t.line2, words_of(meaning));
  }
}

void draw_line(const std::vector<ImVec2>& line, ImU32 colour, bool closed) {
  canvas().AddPolyline(line.data(), static_cast<int>(line.size()), colour, ImDrawFlags_None, px(2));
  if (closed) dashed_line(canvas(), line.back(), line.front(), colour, px(2), px(4), px(4));
}

bool heals(const StrokeMeaning& meaning) {
  return meaning.kind == StrokeMeaning::Kind::heal || meaning.kind == StrokeMeaning::Kind::rejoin;
}

void draw_stroke(Context& context, const Rect& area, const StageLayout& layout, const std::vector<LinkPair>& pairs,
                 bool released) {
  std::vector<ImVec2>& line = hand().line;
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  if (line.empty()) line.push_back(hand().start);
  if (distance(line.back(), pointer) > px(3)) line.push_back(pointer);
  if (line.size() > kMostPoints) {
    // Half of the points still tell the way.
    size_t kept = 0;
    for (size_t i = 0; i < line.size(); i += 2) line[kept++] = line[i];
    line.resize(kept);
  }
  const StrokeMeaning& meaning = hand().meaning =
      read_stroke(line, layout, pairs, context.selection.one_way_lines != ImGui::GetIO().KeyShift);
  using Kind = StrokeMeaning::Kind;
  if (released) {
    if (meaning.kind != Kind::nothing) perform(context, action_of(meaning));
    return;
  }
  const Theme& t = theme();
  const bool nothing = meaning.kind == Kind::nothing, up = heals(meaning);
  const ImU32 colour = nothing ? t.text2 : up ? t.ok : t.danger;
  canvas().PushClipRect(area.min, area.max, true);
  draw_line(line, nothing ? t.text2 : t.accent, meaning.inside != 0);
  canvas().PopClipRect();
  draw_hint(context, area, nothing ? icon::ellipsis : up ? icon::check : icon::times, colour, words_of(meaning));
}

/// A press on a message, or anywhere else, may become a gesture.
void begin(const Context& context, const Rect& area) {
  const Item& under = context.selection.hovering;
  if (!pressed(area)) return;
  Hand& kept = hand();
  kept = {};
  kept.start = ImGui::GetIO().MousePos;
  kept.at = under.kind == Item::Kind::message ? Hand::At::message : Hand::At::stage;
  kept.message = under.number;
}

}  // namespace

void hold_message(const Context& context, const StageLayout& layout, std::vector<Capsule>& capsules) {
  if (hand().at != Hand::At::message || !hand().moves) return;
  const std::vector<MessageView>& messages = context.frame.observation.messages;
  for (Capsule& capsule : capsules) {
    const MessageView& message = messages[capsule.message];
    const LinkPlace* link = layout.link(message.from, message.to);
    if (message.id != hand().message || link == nullptr) continue;
    const Way way = way_of(layout, *link, message);
    const ImVec2 pointer = ImGui::GetIO().MousePos, unit = direction(way.from, way.to);
    const float length = distance(way.from, way.to);
    const float at = (pointer.x - way.from.x) * unit.x + (pointer.y - way.from.y) * unit.y;
    const bool off = meaning_here(context, way).kind == DragMeaning::Kind::drop;
    capsule.centre = off ? pointer : along(way.from, unit, std::clamp(at, 0.0f, length));
    capsule.behind = off ? 0 : std::clamp(at, 0.0f, length);
    capsule.ahead = off ? length : length - capsule.behind;
  }
}

void light_gesture(const StageLayout& layout) {
  if (hand().at != Hand::At::stage || !hand().moves) return;
  const StrokeMeaning& meaning = hand().meaning;
  const ImU32 colour = heals(meaning) ? theme().ok : theme().danger;
  for (const LinkEnds& ends : meaning.links) {
    const LinkPlace* place = layout.link(ends.a, ends.b);
    if (place == nullptr) continue;
    canvas().AddLine(place->from, place->to, colour, px(3));
    if (!ends.directed) continue;
    const bool forth = place->a == ends.a;
    const ImVec2 from = forth ? place->from : place->to, to = forth ? place->to : place->from;
    arrow_head(canvas(), lerp(from, to, 0.8f), direction(from, to), px(18), colour);
  }
  for (const NodePlace& node : layout.nodes)
    if (contains(meaning.inside, node.id)) canvas().AddCircle(node.centre, layout.radius + px(12), colour, 0, px(2));
}

void react_to_gestures(Context& context, const Rect& area, const StageLayout& layout, const std::vector<LinkPair>& pairs) {
  Hand& kept = hand();
  const ImGuiIO& io = ImGui::GetIO();
  if (io.MouseClicked[0]) kept = {}, begin(context, area);
  if (kept.at == Hand::At::nothing) {
    context.selection.gesture = false;
    return;
  }
  const MessageView* message = kept.at == Hand::At::message ? held_message(context) : nullptr;
  const bool lost = !ImGui::IsMousePosValid() || (!io.MouseDown[0] && !io.MouseReleased[0]) ||
                    (kept.at == Hand::At::message && message == nullptr);
  if (lost || (kept.moves && key_pressed(ImGuiKey_Escape))) {
    if (kept.resume) ask(context, Command::Kind::play);
    kept = {};
    context.animating = true;
    return;
  }
  if (!kept.moves && distance(kept.start, io.MousePos) > px(kSlack)) {
    kept.moves = true;
    context.selection.gesture = true;
    // A hand that holds a message holds time as well.
    kept.resume = message != nullptr && context.frame.playing;
    if (kept.resume) ask(context, Command::Kind::pause);
  }
  if (kept.moves) {
    cover(area);
    if (message != nullptr)
      drag_message(context, area, layout, *message, io.MouseReleased[0]);
    else
      draw_stroke(context, area, layout, pairs, io.MouseReleased[0]);
  }
  if (io.MouseReleased[0]) kept = {};
}

}  // namespace paxoscope::ui
