#include "ui/futures.h"

#include <algorithm>
#include <cmath>

#include "ui/draw.h"
#include "ui/proposals.h"
#include "ui/scroll.h"
#include "ui/tabs.h"
#include "ui/timeline.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 26, kRow = 28, kTallRow = 52;
/// Where columns begin, CSS pixels from the left edge; the age is counted from the right edge.
constexpr float kCommandAt = 80, kServerAt = 199, kBallotAt = 232, kStateAt = 306, kAgeAt = 160, kAgeBar = 84;

Scroll& scroll() {
  static Scroll the_scroll;
  return the_scroll;
}

/// "at 24: stop-sign ends config 1": what else there is to say of a state.
std::string outcome(const FutureView& future) {
  const bool placed = future.state == FutureState::accepted || future.state == FutureState::resolved;
  if (!placed || future.index == 0) {
    const bool lost = future.state == FutureState::unknown && future.reason.empty();
    return lost ? "its server lost it in a crash" : future.reason;
  }
  const char* between = future.reason.empty() ? "" : future.state == FutureState::resolved ? ": " : ", ";
  return joined({"at ", std::to_string(future.index), between, future.reason});
}

/// Whole milliseconds are enough from ten on.
std::string age_text(TimeUs age_us) {
  return duration_value(age_us < 10'000 ? age_us : (age_us + 500) / 1000 * 1000).text;
}

/// Grey until it was accepted, then the ballot's colour; danger when it was cancelled.
void draw_age_bar(const Rect& bar, const FutureView& future, TimeUs full_us, ImU32 ballot) {
  const Theme& t = theme();
  const auto x_of = [&](TimeUs age_us) {
    const double share = std::min(static_cast<double>(age_us) / static_cast<double>(full_us), 1.0);
    return bar.min.x + std::max(px(3), static_cast<float>(share) * bar.width());
  };
  const bool cancelled = future.state == FutureState::cancelled;
  const float end = x_of(future.age_us);
  canvas().AddRectFilled(bar.min, bar.max, t.line, px(3));
  canvas().AddRectFilled(bar.min, {end, bar.max.y}, cancelled ? t.danger : t.neutral.stroke, px(3));
  if (cancelled || future.accepted_after_us < 0) return;
  const float from = std::min(x_of(future.accepted_after_us), end - px(3));
  canvas().AddRectFilled({from, bar.min.y}, {end, bar.max.y}, ballot, px(3));
  canvas().AddRectFilled({from, bar.min.y}, {std::min(from + px(3), end), bar.max.y}, ballot);
}

/// Draws one frame of the view.
class FuturesView {
 public:
  FuturesView(Context& context, const Rect& area, bool wide) : context_(context), area_(area), wide_(wide) {}

  float pitch() const { return px(wide_ ? kRow : kTallRow); }

  void draw_head(float middle) {
    const std::string epoch = capital(context_.frame.observation.epoch_word);
    const std::pair<float, const char*> names[] = {{16, "Future"},
                                                   {kCommandAt, "Command"},
                                                   {kServerAt, "At"},
                                                   {kBallotAt, epoch.c_str()},
                                                   {kStateAt, "State"}};
    for (const auto& [at, name] : names) head(area_.min.x + px(at), middle, name);
    head(area_.max.x - px(kAgeAt), middle, "Age");
  }

  /// The longest age in sight, rounded up: what a full bar stands for.
  void measure(size_t first, size_t last) {
    const std::vector<FutureView>& futures = context_.frame.observation.futures;
    TimeUs longest = 50'000;
    for (size_t i = first; i < last; ++i) longest = std::max(longest, futures[i].age_us);
    full_us_ = tick_distance(longest);
  }

  void draw(const FutureView& future, const Rect& row) {
    const Item self = proposal_item(future.attempt_id, future.made_event);
    const std::string why = outcome(future), age = age_text(future.age_us);
    const Rect seen = scroll().clipped(row);
    const std::string key = joined({"future ", future.id, " ", std::to_string(future.made_event)});
    const bool lit = offer_proposal(
        context_, key, seen, joined({"Future ", future.id, " ", future.command}),
        joined({future_word(future.state), why.empty() ? "" : " ", why, ", at server ", server_label(future.server),
                ", ", context_.frame.observation.epoch_word, " ", epoch_label(future.epoch), ", ", age}),
        self, future.made_event, future.settled_event);
    if (context_.semantics.focused(key) && seen.height() < row.height())
      scroll().reveal(context_, row.min.y, row.max.y);
    if (lit) canvas().AddRectFilled(row.min, row.max, mix(theme().bg0, theme().accent, 0.12f), px(6));
    const ImU32 ballot = colours_of(future.epoch, context_.frame.timeline).stroke;
    if (wide_)
      draw_wide(future, row, why, age, ballot);
    else
      draw_tall(future, row, why, age, ballot);
    if (seen.height() > 0 && hovered(seen) && !why.empty()) tooltip(why);
  }

 private:
  static void head(float x, float middle, const char* name) {
    text(canvas(), {x, middle}, Align::left, Font::regular, 12, theme().text2, name);
  }

  void draw_wide(const FutureView& future, const Rect& row, const std::string& why, const std::string& age,
                 ImU32 ballot) {
    const Theme& t = theme();
    const float middle = (row.min.y + row.max.y) / 2, left = area_.min.x, right = area_.max.x;
    hairline(canvas(), row.min, {row.max.x, row.min.y}, with_alpha(t.line, 0.6f));
    const auto mono = [&](float css_x, float css_room, std::string_view words) {
      const bool fits = text_width(Font::mono, 13, words) <= px(css_room);
      text(canvas(), {left + px(css_x), middle}, Align::left, Font::mono, fits ? 13 : 12, t.text, words, px(css_room));
    };
    mono(16, kCommandAt - 20, future.id);
    mono(kCommandAt, kServerAt - kCommandAt - 12, future.command);
    server_badge(&canvas(), left + px(kServerAt - 4), middle, future.server);
    if (future.epoch)
      epoch_chip(&canvas(), left + px(kBallotAt), middle, future.epoch, context_.frame.timeline);
    else
      text(canvas(), {left + px(kBallotAt + 7), middle}, Align::left, Font::mono, 12, t.text2, epoch_label({}));
    draw_state({left + px(kStateAt), middle}, right - px(kAgeAt + 12), future, why, ballot);
    draw_age_bar({{right - px(kAgeAt), middle - px(3)}, {right - px(kAgeAt - kAgeBar), middle + px(3)}}, future, full_us_,
                 ballot);
    text(canvas(), {right - px(16), middle}, Align::right, Font::mono, 12, t.text2, age);
  }

  /// Two lines: what became of it, and what it is. A long reason stands behind what it is.
  void draw_tall(const FutureView& future, const Rect& row, const std::string& why, const std::string& age,
                 ImU32 ballot) {
    const Theme& t = theme();
    const float first = row.min.y + px(15), second = row.min.y + px(37), left = area_.min.x + px(16);
    hairline(canvas(), row.min, {row.max.x, row.min.y}, t.line);
    const float right = area_.max.x - px(16);
    const float at = right - text(canvas(), {right, first}, Align::right, Font::mono, 12, t.text2, age) - px(54);
    draw_age_bar({{at, first - px(3)}, {at + px(46), first + px(3)}}, future, full_us_, ballot);
    const float word = px(24 + 10) + text_width(Font::semibold, 13, future_word(future.state));
    const bool below = left + word + text_width(Font::regular, 12, why) > at - px(8);
    draw_state({left, first}, at - px(8), future, below ? std::string() : why, ballot);
    float x = left + server_badge(&canvas(), left - px(3), second, future.server) + px(2);
    x += text(canvas(), {x, second}, Align::left, Font::mono, 12, t.text2, future.id, px(88)) + px(10);
    const float chip = future.epoch ? epoch_chip(nullptr, 0, 0, future.epoch, context_.frame.timeline) : 0;
    x += text(canvas(), {x, second}, Align::left, Font::mono, 13, t.text, future.command, right - chip - px(8) - x) + px(10);
    const float room = right - chip - px(8) - x;
    if (below && room > px(24)) text(canvas(), {x, second}, Align::left, Font::regular, 12, t.text2, why, room);
    if (future.epoch) epoch_chip(&canvas(), right - chip, second, future.epoch, context_.frame.timeline);
  }

  static void draw_state(ImVec2 at, float right, const FutureView& future, const std::string& why, ImU32 ballot) {
    const Theme& t = theme();
    draw_future_mark({at.x + px(8), at.y}, 8 * scale(), future.state, t.bg0, ballot);
    float x = at.x + px(24);
    x += text(canvas(), {x, at.y}, Align::left, Font::semibold, 13, t.text, future_word(future.state)) + px(10);
    if (right - x > px(24)) text(canvas(), {x, at.y}, Align::left, Font::regular, 12, t.text2, why, right - x);
  }

  Context& context_;
  Rect area_;
  bool wide_;
  TimeUs full_us_ = 1;
};

}  // namespace

void draw_futures(Context& context, const Rect& area) {
  const std::vector<FutureView>& futures = context.frame.observation.futures;
  Rect list = below_tabs(area);
  if (futures.empty()) {
    return draw_nothing_yet(context, list, "No futures yet",
                            "A future is what a server gives for a proposal: it tells later where the command was "
                            "decided, or that it never will be. Clients make them; so does Propose\xe2\x80\xa6 in a "
                            "server's menu.");
  }
  const bool wide = area.width() >= px(kNarrowTab);
  FuturesView view(context, area, wide);
  if (wide) {
    view.draw_head(list.min.y + px(13));
    list.min.y += px(kHead);
  }
  const float pitch = view.pitch(), height = pitch * static_cast<float>(futures.size()) + px(2);
  Scroll& rows = scroll();
  rows.begin(context, list, height, true);
  // A row more on each side: the keyboard reaches what is not in sight.
  const auto row_at = [&](float y) { return static_cast<size_t>(std::max(0.0f, std::floor((y - rows.top()) / pitch))); };
  const size_t above = row_at(list.min.y), first = above > 0 ? above - 1 : 0;
  const size_t last = std::min(row_at(list.max.y) + 2, futures.size());
  view.measure(first, last);
  for (size_t i = first; i < last; ++i) {
    const float y = rows.top() + pitch * static_cast<float>(i);
    view.draw(futures[i], {{area.min.x + px(8), y}, {area.max.x - px(8), y + pitch}});
  }
  rows.end(height);
}

}  // namespace paxoscope::ui
