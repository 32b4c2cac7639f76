// Where each part of the screen stands: pure arithmetic on the size of the view.
#pragma once

#include <array>

#include "ui/view.h"

namespace paxoscope::ui {

/// The parts whose size a person may choose: the right column's width, the height of tabs and of the timeline.
enum class Part : uint8_t { side, tabs, timeline };
inline constexpr size_t kParts = 3;
/// CSS pixels by Part, 0: as designed. Whatever it says, a layout keeps it sensible for its view.
using PartSizes = std::array<int, kParts>;
/// What a size of a part may be at all.
inline constexpr int kLeastPart = 60, kMostPart = 1000;

/// A line that makes a part larger or smaller. `most` 0: there is none.
struct Boundary {
  ImVec2 from, to;     ///< device pixels
  float far_edge = 0;  ///< the line stands `size` before it, device pixels
  int size = 0, least = 0, most = 0;  ///< CSS pixels
};

/// What a phone shows between its title and its row of pages.
enum class PhonePage : uint8_t { stage, logs, futures, why };

/// What a person has arranged.
struct Arrangement {
  bool drawer_open = false;  ///< counts only when narrow
  /// The tabs speak of entries, so one log stands above them and they have room for a list, where the stage can spare it.
  bool beside_log = false;
  PhonePage page = PhonePage::stage;
  float sheet = 0;  ///< how far a phone's sheet is up, 0 to 1
  PartSizes sizes{};
};

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
  Rect sheet;                 ///< phone: the narration, over the stage when it is up
  Rect pages;                 ///< phone: what leads to its pages, a row at the foot or a column at the left
  Boundary boundaries[kParts];  ///< none on a phone
  bool phone = false;         ///< below 768 CSS pixels, or too low for anything else
  bool narrow = false;        ///< below 1200 CSS pixels
  bool lesson_strip = false;  ///< the lesson is one row
};

/// Lays out a view of this many device pixels. `servers` decides how many log rows and lanes there are.
/// `inspector_fields`: rows of the inspector.
Layout lay_out(float width, float height, int servers, int inspector_fields, int checks,
               const Arrangement& arrangement = {});

}  // namespace paxoscope::ui
