// Drawing messages in flight and reacting to the pointer on them.
#include <cstdio>
#include <string>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/in_sight.h"
#include "ui/menus.h"
#include "ui/messages.h"
#include "ui/proposals.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr size_t kMaxRegistered = 200;  ///< messages offered to screen readers at a time

/// The pointer is on it, or on a proposal that it carries.
bool is_lit(const Selection& selection, const MessageView& message) {
  const Item self{Item::Kind::message, 0, 0, message.id};
  return selection.menu == self || selection.lit(self) || carries_lit(selection, message);
}

/// One triangle from a clear point to two coloured ones.
void wedge(ImDrawList& list, ImVec2 tip, ImVec2 base, ImVec2 unit, ImU32 colour) {
  const float half = 4 * scale();
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  list.PrimReserve(3, 3);
  const auto first = static_cast<ImDrawIdx>(list._VtxCurrentIdx);
  list.PrimWriteIdx(first);
  list.PrimWriteIdx(static_cast<ImDrawIdx>(first + 1));
  list.PrimWriteIdx(static_cast<ImDrawIdx>(first + 2));
  list.PrimWriteVtx(tip, white, with_alpha(colour, 0));
  list.PrimWriteVtx({base.x - unit.y * half, base.y + unit.x * half}, white, colour);
  list.PrimWriteVtx({base.x + unit.y * half, base.y - unit.x * half}, white, colour);
}

void draw_trail(ImDrawList& list, const Capsule& capsule, ImU32 colour) {
  const float length = std::min(58 * scale(), std::max(capsule.behind, 0.0f));
  if (length > 4 * scale()) {
    wedge(list, along(capsule.centre, capsule.unit, -length), capsule.centre, capsule.unit, colour);
  }
  const float edge = reach(capsule.half_width, capsule.half_height, capsule.unit);
  const float tip = std::min(edge + 18 * scale(), std::max(capsule.ahead, edge + 8 * scale()));
  arrow_head(list, along(capsule.centre, capsule.unit, tip), capsule.unit, std::min(11 * scale(), tip - edge),
             colour);
}

void draw_words(ImDrawList& list, const MessageView& message, const Capsule& capsule, const Rect& rect) {
  const Theme& t = theme();
  const float middle = (rect.min.y + rect.max.y) / 2, gap = 5 * scale();
  float x = rect.min.x + 10 * scale();
  if (message.family == MessageFamily::refusal) {
    cross(list, {x + 4 * scale(), middle}, 3 * scale(), t.danger, 1.6f * scale());
    x += 14 * scale();
  } else if (message.family == MessageFamily::decision) {
    tick(list, {x + 4 * scale(), middle}, t.text);
    x += 14 * scale();
  }
  x += text(list, {x, middle}, Align::left, Font::semibold, 12, t.text, message.name);
  if (capsule.form == CapsuleForm::full && capsule.same_value && !message.value.empty()) {
    x += gap + text(list, {x + gap, middle}, Align::left, Font::mono, 12, t.text, message.value);
  }
  char count[16];
  if (capsule.same > 1) {
    std::snprintf(count, sizeof count, "\xc3\x97%u", capsule.same);
    x += gap + text(list, {x + gap, middle}, Align::left, Font::mono, 12, t.text, count);
  }
  if (capsule.others > 0) {
    std::snprintf(count, sizeof count, "+%u", capsule.others);
    text(list, {x + gap, middle}, Align::left, Font::mono, 12, t.text2, count);
  }
}

/// A small clock at a capsule's corner.
void draw_held(ImDrawList& list, ImVec2 at) {
  list.AddCircleFilled(at, px(8), theme().bg0, 20);
  text(list, at, Align::centre, Font::icon, 13, theme().text, icon::clock);
}

void draw_capsule(const Context& context, const MessageView& message, const Capsule& capsule) {
  ImDrawList& list = canvas();
  const Theme& t = theme();
  const EpochColours colours = message.family == MessageFamily::transfer
                                   ? t.neutral
                                   : colours_of(message.epoch, context.frame.timeline);
  const Rect rect = capsule_rect(capsule);
  const bool lit = is_lit(context.selection, message);
  if (capsule.form == CapsuleForm::heartbeat) {
    list.AddCircleFilled(capsule.centre, (lit ? 4.5f : 3) * scale(), lit ? t.text : t.neutral.stroke, 12);
    return;
  }
  const bool outlined = message.family == MessageFamily::reply || message.family == MessageFamily::refusal;
  if (lit) {
    const Rect ring = grown(rect, 4 * scale());
    rounded_rect(list, ring.min, ring.max, rect.height(), 0, t.accent, 2 * scale());
  }
  rounded_rect(list, rect.min, rect.max, rect.height() / 2, outlined ? t.bg0 : colours.fill, colours.stroke,
               1.5f * scale());
  if (capsule.held) draw_held(list, {rect.max.x - px(2), rect.min.y + px(1)});
  if (capsule.form != CapsuleForm::dot) return draw_words(list, message, capsule, rect);
  char count[16];
  std::snprintf(count, sizeof count, "%u", capsule.same + capsule.others);
  text(list, {(rect.min.x + rect.max.x) / 2, (rect.min.y + rect.max.y) / 2}, Align::centre, Font::mono, 11,
       t.text, count);
}

/// While playing a delivered capsule stays at its end for 120 ms and fades.
void draw_delivered(const Context& context, const StageLayout& layout) {
  constexpr TimeUs kFadeUs = 4'800;  // 120 ms at normal speed
  const Frame& frame = context.frame;
  if (!frame.playing || frame.reduced_motion) return;
  const Theme& t = theme();
  const Stretch<ArrowRecord> arrows = arrows_in(frame.timeline, frame.shown_us - kFadeUs, frame.shown_us);
  for (const ArrowRecord* after = arrows.last; after != arrows.first; --after) {
    const ArrowRecord* arrow = after - 1;
    const TimeUs age = frame.shown_us - arrow->end_us;
    if (arrow->fate != MessageFate::delivered || arrow->family == MessageFamily::heartbeat) continue;
    if (is_hidden(frame, arrow->family, arrow->name)) continue;
    const LinkPlace* link = layout.link(arrow->from, arrow->to);
    if (age < 0 || age >= kFadeUs || link == nullptr) continue;
    const bool forth = link->a == arrow->from;
    const ImVec2 from = forth ? link->from : link->to, to = forth ? link->to : link->from;
    const ImVec2 at = along(to, direction(to, from), forth ? link->start_at_b : link->start_at_a);
    const float alpha = 1 - static_cast<float>(age) / static_cast<float>(kFadeUs);
    const EpochColours colours = colours_of(arrow->epoch, frame.timeline);
    const bool outlined = arrow->family == MessageFamily::reply || arrow->family == MessageFamily::refusal;
    const float half = std::ceil(text_width(Font::semibold, 12, arrow->name) / 2) + px(10);
    if (2 * half + px(24) > distance(from, to)) continue;
    const Rect rect = around({std::round(at.x), std::round(at.y)}, half, px(11));
    rounded_rect(canvas(), rect.min, rect.max, px(11), with_alpha(outlined ? t.bg0 : colours.fill, alpha),
                 with_alpha(colours.stroke, alpha), 1.5f * scale());
    text(canvas(), {rect.min.x + px(10), std::round(at.y)}, Align::left, Font::semibold, 12, with_alpha(t.text, alpha),
         arrow->name);
  }
}

/// A message that was lost at this event, or just now while playing: it stops with a cross.
void draw_lost(const Context& context, const StageLayout& layout) {
  constexpr TimeUs kFadeUs = 16'000;
  const Frame& frame = context.frame;
  const Stretch<ArrowRecord> arrows = arrows_in(frame.timeline, frame.shown_us - kFadeUs, frame.shown_us);
  for (const ArrowRecord* after = arrows.last; after != arrows.first; --after) {
    const ArrowRecord* arrow = after - 1;
    const bool lost = arrow->fate == MessageFate::lost || arrow->fate == MessageFate::dropped;
    if (!lost || arrow->family == MessageFamily::heartbeat || arrow->end_us > frame.shown_us) continue;
    if (is_hidden(frame, arrow->family, arrow->name)) continue;
    const bool now = arrow->end_event == frame.observation.event.number;
    const float age = static_cast<float>(frame.shown_us - arrow->end_us) / static_cast<float>(kFadeUs);
    if (!now && (!frame.playing || age >= 1)) continue;
    const LinkPlace* link = layout.link(arrow->from, arrow->to);
    if (link == nullptr) continue;
    const bool forth = link->a == arrow->from;
    const ImVec2 from = forth ? link->from : link->to, to = forth ? link->to : link->from;
    const ImVec2 at =
        lerp(from, to, std::min((forth ? link->mark_share : 1 - link->mark_share), 0.5f) * 0.7f);
    const float alpha = frame.playing ? std::clamp(1 - age, 0.15f, 1.0f) : 1;
    const ImU32 colour = with_alpha(colours_of(arrow->epoch, frame.timeline).stroke, alpha);
    wedge(canvas(), from, at, direction(from, to), colour);
    cross(canvas(), at, 5 * scale(), with_alpha(theme().danger, alpha), 2 * scale());
  }
}

}  // namespace

void draw_messages(const Context& context, const StageLayout& layout, const std::vector<Capsule>& capsules) {
  const std::vector<MessageView>& messages = context.frame.observation.messages;
  draw_lost(context, layout);
  draw_delivered(context, layout);
  for (const Capsule& capsule : capsules) {
    const MessageView& message = messages[capsule.message];
    if (capsule.form == CapsuleForm::heartbeat) continue;
    const EpochColours colours = colours_of(message.epoch, context.frame.timeline);
    draw_trail(canvas(), capsule, colours.stroke);
  }
  // Dots lie lowest; a lit capsule is drawn last.
  for (const bool dots : {true, false}) {
    for (const Capsule& capsule : capsules) {
      if ((capsule.form == CapsuleForm::heartbeat) == dots)
        draw_capsule(context, messages[capsule.message], capsule);
    }
  }
  for (const Capsule& capsule : capsules) {
    if (is_lit(context.selection, messages[capsule.message])) {
      draw_capsule(context, messages[capsule.message], capsule);
    }
  }
}

bool react_to_messages(Context& context, const std::vector<Capsule>& capsules, bool taken) {
  const std::vector<MessageView>& messages = context.frame.observation.messages;
  const Capsule* under = nullptr;
  size_t registered = 0;
  for (const Capsule& capsule : capsules) {
    const MessageView& message = messages[capsule.message];
    const bool heartbeat = capsule.form == CapsuleForm::heartbeat;
    const Rect rect = grown(capsule_rect(capsule), heartbeat ? 3 * scale() : 0);
    if (!taken && hovered(rect) && (under == nullptr || !heartbeat)) under = &capsule;
    if (heartbeat || ++registered > kMaxRegistered) continue;
    char key[32], label[160], value[48];
    std::snprintf(key, sizeof key, "message %llu", static_cast<unsigned long long>(message.id));
    const size_t length = message_name(message, label, sizeof label);
    const uint32_t more = capsule.same + capsule.others - 1;
    if (more > 0) {
      std::snprintf(value, sizeof value, "and %u more", more);
    } else {
      std::snprintf(value, sizeof value, capsule.held ? "in flight, held" : "in flight");
    }
    const Item self{Item::Kind::message, 0, 0, message.id};
    if (context.semantics.add(key, SemanticRole::button, {label, length}, value, rect.min, rect.max,
                              context.selection.chosen == self)) {
      context.selection.chosen = self;
    }
    if (context.semantics.focused(key)) focus_ring(rect, 11);
  }
  if (under == nullptr) return false;
  const Rect rect = grown(capsule_rect(*under), 3 * scale());
  const MessageView& message = messages[under->message];
  const Item self{Item::Kind::message, 0, 0, message.id};
  hand_cursor();
  context.selection.hovering = self;
  char words[160];
  message_name(message, words, sizeof words);
  const uint32_t more = under->same + under->others - 1;
  tooltip(more == 0 ? std::string(words) : concat(words, ", and ", more, " more"));
  if (clicked(rect)) context.selection.chosen = context.selection.chosen == self ? Item{} : self;
  if (menu_clicked(rect)) open_menu(context, self, ImGui::GetIO().MousePos);
  return true;
}

}  // namespace paxoscope::ui
