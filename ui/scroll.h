// Scrolling of a panel whose content may be higher than its place.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Kept between frames by the view. Begin, draw the content at `top()`, end with the content's height.
class Scroll {
 public:
  /// Takes the wheel and the dragging finger over `area` and clips drawing to it. `content_height` where it is known before: then with
  /// `follow_end` the end stays in sight while the content grows, until somebody scrolls away from it.
  void begin(Context& context, const Rect& area, float content_height = -1, bool follow_end = false);
  float top() const { return area_.min.y - offset_; }
  const Rect& area() const { return area_; }
  /// Whether any part of a row is inside the area.
  bool visible(float from_y, float to_y) const { return to_y > area_.min.y && from_y < area_.max.y; }
  /// The visible part of a rectangle, empty (but in place) when none is: for hit areas and the semantic
  /// layer.
  Rect clipped(const Rect& rect) const;
  /// Draws the bar when there is more than fits.
  void end(float content_height);
  void to_top() { offset_ = 0; }
  /// Moves as little as needed to show the part of the content between these heights (screen coordinates of
  /// this frame) in the next frame.
  void reveal(Context& context, float from_y, float to_y);

 private:
  Rect area_;
  float offset_ = 0, height_ = 0;
  bool at_end_ = true;
  unsigned generation_ = 0;
};

/// Every panel begins anew in the next frame: another run is shown.
void forget_scrolling();

}  // namespace paxoscope::ui
