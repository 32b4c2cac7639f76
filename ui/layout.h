// Where each part of the screen stands: pure arithmetic on the size of the view.
#pragma once

#include "ui/view.h"

namespace paxoscope::ui {

/// Rectangles in device pixels. An empty rectangle (width 0) means the part is not shown.
struct Layout {
  Rect view;
  Rect top_bar;
  Rect lesson;  ///< left column when wide; a strip under the top bar when narrow
  Rect stage;
  Rect log_strip;  ///< one log, over views that speak of its entries
  Rect logs;       ///< the tabs
  Rect inspector, why, checks;  ///< right column, or the drawer's parts
  Rect drawer;                  ///< narrow: the column that slides over the stage
  Rect transport;
  Rect timeline;              ///< axis and lanes
  bool narrow = false;        ///< below 1200 CSS pixels
  bool lesson_strip = false;  ///< the lesson is one row
};

/// Lays out a view of this many device pixels. `servers` decides how many log rows and lanes there are.
/// `inspector_fields`: rows of the inspector; `drawer_open` counts only when narrow.
/// `beside_log`: the tabs speak of entries, so one log stands above them and they have room for a list, where the stage
/// can spare it.
Layout lay_out(float width, float height, int servers, int inspector_fields, int checks, bool drawer_open,
               bool beside_log = false);

}  // namespace paxoscope::ui
