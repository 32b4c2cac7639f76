#include "ui/transport.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kSpeedsAt = 276, kNumbers = 548;

void draw_buttons(Context& context, const Rect& area) {
  const Frame& frame = context.frame;
  const float top = area.min.y + px(8);
  const auto place = [&](float left, float width) {
    return Rect{{area.min.x + px(left), top}, {area.min.x + px(left + width), top + px(32)}};
  };
  struct Spec {
    const char* key;
    const char* label;
    const char* shape;
    float left;
    Command::Kind asks;
  };
  const Spec specs[] = {
      {"to start", "To start", icon::fast_back, 16, Command::Kind::to_start},
      {"step back", "Step back", icon::step_back, 56, Command::Kind::step_back},
      {"step", "Step forward", icon::step_forward, 152, Command::Kind::step},
      {"to end", "To end", icon::fast_forward, 192, Command::Kind::to_end},
  };
  for (const Spec& spec : specs) {
    if (button(context, spec.key, place(spec.left, 32), ButtonStyle::outline, spec.label, "", spec.shape)) {
      ask(context, spec.asks);
    }
  }
  if (button(context, "play", place(96, 48), ButtonStyle::primary, frame.playing ? "Pause" : "Play", "",
             frame.playing ? icon::pause : icon::play)) {
    ask(context, frame.playing ? Command::Kind::pause : Command::Kind::play);
  }
}

void draw_speeds(Context& context, const Rect& area, float right, float speed) {
  const Theme& t = theme();
  const float left = area.min.x + px(kSpeedsAt), top = area.min.y + px(8);
  // Where not all fit, those around the current one.
  const int fitting = static_cast<int>((right - px(4) - left) / px(42));
  const int count = std::clamp(fitting, 1, kSpeedCount);
  const auto at = static_cast<int>(std::find(kSpeeds, kSpeeds + kSpeedCount, speed) - kSpeeds);
  const int first = std::clamp(at - count / 2, 0, kSpeedCount - count);
  rounded_rect(canvas(), {left, top}, {left + px(4 + 42 * static_cast<float>(count)), top + px(32)}, px(6), t.bg0,
               t.line, px(1));
  for (int i = first; i < first + count; ++i) {
    const float x = left + px(2) + px(42) * static_cast<float>(i - first);
    const Rect segment{{x, top + px(2)}, {x + px(42), top + px(30)}};
    const bool current = kSpeeds[i] == speed;
    if (current) canvas().AddRectFilled(segment.min, segment.max, t.bg3, px(4));
    const bool over = hovered(segment);
    text(canvas(), {(segment.min.x + segment.max.x) / 2, top + px(16)}, Align::centre, Font::mono, 12,
         current || over ? t.text : t.text2, speed_label(i));
    if (over) tooltip("Slow motion: at 1\xc3\x97, one second shows 40 ms of the run.");
    const std::string label = std::string("Speed ") + speed_label(i);
    if (hot_area(context, label, segment, label, "", SemanticRole::toggle, current ? 1 : 0, 4)) {
      Command command{Command::Kind::set_speed};
      command.speed = kSpeeds[i];
      context.commands.push_back(command);
    }
  }
}

/// Returns where they end.
float draw_numbers(Context& context, const Rect& area, float right) {
  const Theme& t = theme();
  const Frame& frame = context.frame;
  const float middle = area.min.y + px(24);
  text(canvas(), {area.min.x + px(kNumbers), middle}, Align::left, Font::regular, 12, t.text2, "Event");
  const std::string number = std::to_string(frame.observation.event.number);
  const std::string total = concat(" / ", frame.timeline.last_event);
  float x = area.min.x + px(kNumbers + 40);
  x += text(canvas(), {x, middle}, Align::left, Font::mono, 14, t.text, number);
  x += text(canvas(), {x, middle}, Align::left, Font::mono, 14, t.text2, total);
  context.semantics.add("event number", SemanticRole::text, "Event", number + total,
                        {area.min.x + px(kNumbers), area.min.y}, {x, area.max.y});
  const float time_left = std::max(area.min.x + px(kNumbers + 140), x + px(20));
  if (time_left + px(96) > right) return x;  // the playhead says it too
  text(canvas(), {time_left, middle}, Align::left, Font::regular, 12, t.text2, "Time");
  const std::string time = time_label(frame.shown_us);
  const float width = text(canvas(), {time_left + px(36), middle}, Align::left, Font::mono, 14, t.text, time);
  context.semantics.add("time", SemanticRole::text, "Time", time, {time_left, area.min.y},
                        {time_left + px(36) + width, area.max.y});
  return time_left + px(36) + width;
}

/// Draws one coloured piece of the run; what lies after the playhead is faint.
void strip_piece(float from, float to, float split, float top, ImU32 colour) {
  const float bottom = top + px(6);
  if (from < split) {
    canvas().AddRectFilled({from, top}, {std::max(std::min(to, split), from + 1), bottom}, colour, px(2));
  }
  if (to > split) {
    canvas().AddRectFilled({std::max(from, split), top}, {to, bottom}, with_alpha(colour, 0.3f), px(2));
  }
}

}  // namespace

void draw_overview(Context& context, const Rect& strip, const Rect& grip, TimelineView& view, bool knob) {
  const Theme& t = theme();
  const Frame& frame = context.frame;
  const TimeUs whole = std::max<TimeUs>({frame.end_us, frame.timeline.last_time_us, 1});
  const auto x_of = [&](TimeUs time) {
    const double share = static_cast<double>(std::clamp<TimeUs>(time, 0, whole)) / static_cast<double>(whole);
    return strip.min.x + px(1) + static_cast<float>(share) * (strip.width() - px(2));
  };
  rounded_rect(canvas(), strip.min, strip.max, px(4), t.bg0, t.line, px(1));
  const float playhead = x_of(frame.shown_us), computed = x_of(frame.timeline.last_time_us);
  for (const CutSpan& cut : frame.timeline.cuts) {
    const float to = cut.to_us < 0 ? computed : x_of(cut.to_us);
    canvas().AddRectFilled({x_of(cut.from_us), strip.min.y + px(1)}, {to, strip.max.y - px(1)},
                           with_alpha(t.danger, 0.16f));
  }
  for (const LeaderSpan& span : frame.timeline.leaders) {
    if (!span.has_followers) continue;
    const float to = span.to_us < 0 ? computed : x_of(span.to_us);
    strip_piece(x_of(span.from_us), to, playhead, strip.min.y + px(5),
                colours_of(span.epoch, frame.timeline).stroke);
  }
  if (!knob)
    rounded_rect(canvas(), {std::floor(x_of(view.from_us)), strip.min.y - px(3)},
                 {std::ceil(x_of(view.to_us)), strip.max.y + px(3)}, px(4), 0, t.text2, 1.5f * scale());
  const float line = std::round(playhead) - px(1);
  canvas().AddRectFilled({line, strip.min.y - px(3)}, {line + px(2), strip.max.y + px(3)}, t.accent);

  if (knob) {
    const ImVec2 middle{std::round(playhead), (strip.min.y + strip.max.y) / 2};
    canvas().AddCircleFilled(middle, 8 * scale(), t.bg1);
    canvas().AddCircleFilled(middle, 6 * scale(), t.accent);
  }

  context.semantics.add("overview", SemanticRole::slider, "Whole run", time_label(frame.shown_us), grip.min,
                        grip.max, slider_state(frame.shown_us, frame.end_us));
  const ImGuiIO& io = ImGui::GetIO();
  if (hovered(grip)) hand_cursor();
  if (pressed(grip)) view.strip_held = true;
  if (!io.MouseDown[0]) view.strip_held = false;
  if (!view.strip_held) return;
  if (io.MouseClicked[0] || io.MouseDelta.x != 0) {
    const float share = std::clamp((io.MousePos.x - strip.min.x) / std::max(strip.width(), 1.0f), 0.0f, 1.0f);
    ask_time(context, static_cast<TimeUs>(static_cast<double>(share) * static_cast<double>(whole)));
  }
}

const char* speed_label(int index) {
  static constexpr const char* kLabels[kSpeedCount] = {"0.25\xc3\x97", "0.5\xc3\x97", "1\xc3\x97",
                                                       "2\xc3\x97",    "4\xc3\x97",   "8\xc3\x97"};
  return kLabels[index];
}

void draw_transport(Context& context, const Rect& area, TimelineView& view, float speed, RunMenu& menu) {
  canvas().AddRectFilled(area.min, area.max, theme().bg1);
  hairline(canvas(), area.min, {area.max.x, area.min.y}, theme().line);
  draw_buttons(context, area);
  const float top = area.min.y + px(8), bottom = area.min.y + px(40);
  draw_until_button(context, {{area.min.x + px(232), top}, {area.min.x + px(264), bottom}}, menu);
  float right = area.max.x - px(16);
  if (context.frame.branches != nullptr) {
    const Rect branches{{right - px(area.width() >= px(1200) ? 208 : 32), top}, {right, bottom}};
    draw_branch_button(context, branches, menu);
    right = branches.min.x - px(8);
  }
  if (context.frame.can_undo && area.width() >= px(600)) {
    const bool wide = area.width() >= px(1200);
    const Rect undo{{right - px(wide ? 88 : 32), top}, {right, bottom}};
    if (button(context, "undo", undo, ButtonStyle::outline, "Undo the last action", wide ? "Undo" : "", icon::undo))
      ask(context, Command::Kind::undo);
    right = undo.min.x - px(8);
  }
  draw_speeds(context, area, right, speed);
  const float strip_left = draw_numbers(context, area, right) + px(20);
  const Rect strip{{std::max(area.min.x + px(kNumbers + 268), strip_left), area.min.y + px(16)}, {right - px(8), area.min.y + px(32)}};
  const Rect grip{{strip.min.x, strip.min.y - px(8)}, {strip.max.x, strip.max.y + px(8)}};
  if (strip.width() > px(80)) draw_overview(context, strip, grip, view, false);
}

}  // namespace paxoscope::ui
