// Cards over the views: help, an error, the empty screen. None of them blocks the picture.
#include <algorithm>
#include <cmath>

#include "ui/app.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

struct KeyLine {
  const char* keys;
  const char* what;
};

constexpr KeyLine kKeys[] = {
    {"Space", "play or pause"},
    {"\xe2\x86\x92  \xe2\x86\x90", "step, step back"},
    {"Ctrl \xe2\x86\x92  \xe2\x86\x90", "a single event"},
    {"Shift \xe2\x86\x92  \xe2\x86\x90", "next or last leader change"},
    {"Home  End", "start or end"},
    {"[  ]", "slower or faster"},
    {"A\xe2\x80\x93I", "select a server"},
    {"W", "open the cause of this event"},
    {"R", "run until, pause at"},
    {"V", "compare with this moment"},
    {"Y", "see as the selected server"},
    {"U", "what is chosen, though nobody knows"},
    {"M", "messages shown"},
    {"X", "add a fault"},
    {"L", "sliders of the network"},
    {"N  P", "next or last step of the lesson"},
    {"1  4  6", "logs, ballots, what can happen next"},
    {"2  5  3", "futures, history, key-value"},
    {"+  -  0", "zoom the timeline, show all of it"},
    {"Ctrl Z", "undo the last action"},
    {"T", "dark, light or projector"},
    {"O", "everything as text"},
    {"Esc", "clear"},
};
constexpr int kKeyCount = sizeof kKeys / sizeof kKeys[0];
constexpr float kHelpColumn = 352;

constexpr std::string_view kPointerHelp =
    "Press a link to cut or heal it. Press a server to select it; its menu (right button or long press) "
    "crashes, "
    "restarts, pauses and isolates it. Drag a message along its link to deliver it or to hold it back, off its link to "
    "drop it. Draw a line across links to cut them (with Shift in one direction), or around servers to part them. "
    "Two fingers, or the wheel with Ctrl, show stage and timeline from nearer; a double click on nothing shows all of the stage.";

}  // namespace

void App::draw_help(Context& context, const Layout& layout) {
  if (!top_bar_.help_open) return;
  const OnTop on_top;
  const Theme& t = theme();
  const float top = layout.top_bar.max.y + px(8), right = layout.view.max.x - px(16);
  float width = px(kHelpColumn);
  int rows = kKeyCount;
  const auto words = [&] { return paragraph(nullptr, {0, 0}, width - px(32), 12, 18, t.body, kPointerHelp); };
  const auto height = [&] { return px(52) + px(24) * static_cast<float>(rows) + px(12) + words() + px(56); };
  // Two columns where one is too high.
  if (top + height() > layout.view.max.y && right >= px(16 + 2 * kHelpColumn)) {
    width *= 2;
    rows = (kKeyCount + 1) / 2;
  }
  const Rect card{{right - width, top}, {right, top + height()}};
  cover(card);
  rounded_rect(overlay(), card.min, card.max, px(8), t.bg2, t.line2, px(1));
  text(overlay(), {card.min.x + px(16), card.min.y + px(26)}, Align::left, Font::semibold, 14, t.text,
       "Keys");
  for (int i = 0; i < kKeyCount; ++i) {
    const KeyLine& line = kKeys[i];
    const float x = card.min.x + px(kHelpColumn) * static_cast<float>(i / rows), y = card.min.y + px(60) + px(24) * static_cast<float>(i % rows);
    text(overlay(), {x + px(16), y}, Align::left, Font::mono, 12, t.text, line.keys);
    text(overlay(), {x + px(128), y}, Align::left, Font::regular, 13, t.body, line.what);
    context.semantics.add(std::string("key ") + line.what, SemanticRole::text, line.what, line.keys,
                          {x, y - px(12)}, {x + px(kHelpColumn), y + px(12)});
  }
  paragraph(&overlay(), {card.min.x + px(16), card.min.y + px(60) + px(24) * static_cast<float>(rows)}, width - px(32), 12, 18, t.text2,
            kPointerHelp);
  const Rect letters{{card.min.x + px(16), card.max.y - px(44)}, {card.min.x + px(208), card.max.y - px(12)}};
  if (button(context, "letter keys", letters, ButtonStyle::outline, "Keys of one letter",
             letter_keys_ ? "Keys of one letter: on" : "Keys of one letter: off", nullptr, true, letter_keys_))
    letter_keys_ = !letter_keys_;
  const Rect close{{card.max.x - px(40), card.min.y + px(10)}, {card.max.x - px(8), card.min.y + px(42)}};
  if (button(context, "close help", close, ButtonStyle::plain, "Close help", "", icon::times)) {
    top_bar_.help_open = false;
  }
}

void App::draw_error(Context& context, const Layout& layout) {
  if (error_.empty()) return;
  const OnTop on_top;
  const Theme& t = theme();
  const Rect& stage = layout.stage;
  const float width = std::min(px(480), stage.width() - px(32)), inner = width - px(16 + 24 + 48);
  const float words = paragraph(nullptr, {0, 0}, inner, 13, 20, t.body, error_);
  const float left = std::round((stage.min.x + stage.max.x - width) / 2), top = stage.min.y + px(16);
  const Rect card{{left, top}, {left + width, top + words + px(24)}};
  cover(card);
  rounded_rect(overlay(), card.min, card.max, px(8), t.bg2, t.danger, px(1));
  quorum_mark(overlay(), {card.min.x + px(24), card.min.y + px(22)}, 7, false);
  paragraph(&overlay(), {card.min.x + px(40), card.min.y + px(12)}, inner, 13, 20, t.text, error_);
  context.semantics.add("error", SemanticRole::text, "Error", error_, card.min, card.max);
  const Rect close{{card.max.x - px(40), card.min.y + px(6)}, {card.max.x - px(8), card.min.y + px(38)}};
  if (button(context, "close error", close, ButtonStyle::plain, "Close the error", "", icon::times))
    error_.clear();
}

void App::draw_empty(const Layout& layout) {
  const Theme& t = theme();
  const ImVec2 middle{(layout.view.min.x + layout.view.max.x) / 2,
                      (layout.view.min.y + layout.view.max.y) / 2};
  text(canvas(), middle, Align::centre, Font::semibold, 16, t.text, "No run is open");
  text(canvas(), {middle.x, middle.y + px(28)}, Align::centre, Font::regular, 13, t.text2,
       "Choose a scenario in the bar at the top.");
}

}  // namespace paxoscope::ui
