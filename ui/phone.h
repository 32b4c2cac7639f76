// What only a phone has: the title over everything, scrubber and large transport, the sheet with the narration, and the
// row of pages at the foot. Everything that is pressed is at least 44 CSS pixels wide and high.
#pragma once

#include "ui/layout.h"
#include "ui/tabs.h"
#include "ui/timeline.h"
#include "ui/topbar.h"

namespace paxoscope::ui {

/// Kept between frames.
struct PhoneView {
  PhonePage page = PhonePage::stage;
  Tab logs_tab = Tab::logs, futures_tab = Tab::futures;  ///< what those pages showed last
  bool up = false;       ///< the sheet shows all steps
  bool held = false;     ///< a finger has it
  float way = 0;         ///< from 0, down, to 1, up
  double last_s = 0;     ///< of the last frame
  float grabbed = 0;     ///< `way` when the finger came
};

/// The page that shows this tab.
inline PhonePage page_of(Tab tab) {
  return tab == Tab::futures || tab == Tab::history ? PhonePage::futures : PhonePage::logs;
}

/// Logo, scenario and protocol, share, menu.
void draw_phone_bar(Context& context, const Rect& area, TopBarView& view);
/// The menu behind the bar's last button; call after the views.
void draw_phone_menu(Context& context, const Rect& whole, float top, TopBarView& view);
/// Two rows, or one where there is width.
void draw_phone_transport(Context& context, const Rect& area, TimelineView& view);
/// A row of four at the foot, or a column at the left.
void draw_phone_pages(Context& context, const Rect& area, PhoneView& view);

/// The sheet's narration: grip, step, title and text; up, all steps.
void draw_sheet(Context& context, const Rect& area, PhoneView& view);
/// Where a card may stand below narration that ends at `text_bottom`: the sheet's padding left out. What is higher
/// scrolls with the narration.
Rect room_below_narration(const Rect& sheet, float text_bottom, float height);
/// Moves the sheet; returns how far up it is, 0 to 1.
float sheet_share(PhoneView& view, double now_s, bool reduced_motion, bool& animating);

}  // namespace paxoscope::ui
