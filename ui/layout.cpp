#include "ui/layout.h"

#include <algorithm>
#include <cmath>

namespace paxoscope::ui {
namespace {

constexpr float kNarrowBelow = 1200;
constexpr float kPhoneBelow = 768, kLowBelow = 480;
constexpr float kTightBelow = 760;
constexpr float kStrip = 64, kStripFrom = 310;

/// Right column or drawer: inspector, why, checks from the top. When it is low the checks give way first
/// (four rows stay), then the inspector; both scroll.
void stack_right(Layout& layout, const Rect& column, int fields, int checks) {
  constexpr float kHead = 40, kRow = 28;
  const auto checks_of = [](int rows) { return px(kHead + kRow * static_cast<float>(std::max(rows, 1))); };
  const float why_least = std::clamp(std::round(column.height() * 176 / 648), px(104), px(176));
  const float inspector_wish = px(60 + kRow * static_cast<float>(std::max(fields, 1)) + 8);
  const float checks_wish = checks_of(checks), checks_least = checks_of(std::min(checks, 4));
  const float free = column.height() - why_least;
  const float checks_height = std::clamp(free - inspector_wish, checks_least, checks_wish);
  const float inspector_height = std::min(inspector_wish, std::max(free - checks_height, px(120)));
  const float first = column.min.y + inspector_height;
  const float last = std::max(first, column.max.y - checks_height);
  layout.inspector = {column.min, {column.max.x, first}};
  layout.why = {{column.min.x, first}, {column.max.x, last}};
  layout.checks = {{column.min.x, last}, column.max};
}

/// The size of a part in device pixels: as asked for where that is sensible, else as designed (all CSS pixels).
float choose(Layout& layout, const Arrangement& arrangement, Part part, float designed, float least, float most) {
  const int asked = arrangement.sizes[static_cast<size_t>(part)];
  Boundary& boundary = layout.boundaries[static_cast<size_t>(part)];
  boundary.least = static_cast<int>(std::ceil(std::min(least, designed)));
  boundary.most = std::min(std::max(static_cast<int>(std::max(most, designed)), boundary.least), kMostPart);
  if (asked <= 0) return boundary.size = static_cast<int>(designed), px(designed);
  boundary.size = std::clamp(asked, boundary.least, boundary.most);
  return px(static_cast<float>(boundary.size));
}

void set_line(Layout& layout, Part part, ImVec2 from, ImVec2 to, float far_edge) {
  Boundary& boundary = layout.boundaries[static_cast<size_t>(part)];
  boundary.from = from;
  boundary.to = to;
  boundary.far_edge = far_edge;
}

constexpr float kSide = 336, kSideLeast = 240, kSideMost = 640;
constexpr float kStageLeast = 160;  ///< what dividers leave of its height
constexpr float kTabsLeast = 120;

constexpr float kPhoneBar = 56, kPhoneTransport = 100, kPages = 68;

/// Why first, then the inspector, then the checks.
void why_first(Layout& layout) {
  const float why = layout.why.height(), inspector = layout.inspector.height();
  const Rect column{layout.inspector.min, layout.checks.max};
  layout.why = {column.min, {column.max.x, column.min.y + why}};
  layout.inspector = {{column.min.x, layout.why.max.y}, {column.max.x, layout.why.max.y + inspector}};
}

/// Where there is width but no height: pages at the left, stage and sheet side by side over one row of transport.
void lay_out_low_phone(Layout& layout, const Arrangement& arrangement) {
  const float width = layout.view.max.x, height = layout.view.max.y, top = px(48);
  layout.top_bar = {{0, 0}, {width, top}};
  layout.pages = {{0, top}, {px(kPages), height}};
  layout.transport = {{layout.pages.max.x, height - px(kPhoneBar)}, {width, height}};
  const Rect content{{layout.pages.max.x, top}, {width, layout.transport.min.y}};
  const float third = std::round(content.width() / 3);
  switch (arrangement.page) {
    case PhonePage::stage: {
      const float split = content.max.x - std::round(content.width() * 0.38f);
      layout.stage = {content.min, {split, content.max.y}};
      layout.sheet = {{split, top}, content.max};
      break;
    }
    case PhonePage::logs:
    case PhonePage::futures:
      layout.logs = {{content.min.x, top + px(4)}, content.max};
      break;
    case PhonePage::why:
      layout.why = {content.min, {content.min.x + third, content.max.y}};
      layout.inspector = {{layout.why.max.x, top}, {content.max.x - third, content.max.y}};
      layout.checks = {{layout.inspector.max.x, top}, content.max};
      break;
  }
}

void lay_out_phone(Layout& layout, int fields, int checks, const Arrangement& arrangement) {
  const float width = layout.view.max.x, height = layout.view.max.y, top = px(kPhoneBar);
  layout.top_bar = {{0, 0}, {width, top}};
  layout.pages = {{0, height - px(kPages)}, {width, height}};
  const float bottom = layout.pages.min.y, transport = px(kPhoneTransport);
  if (arrangement.page == PhonePage::stage) {
    // 330 of 620; a low phone keeps the servers apart rather than the sheet long.
    const float room = bottom - top - transport;
    const float stage = std::round(std::clamp(room * 330 / 620, std::min(px(240), room - px(120)), px(480)));
    layout.transport = {{0, top + stage}, {width, top + stage + transport}};
    if (arrangement.sheet < 1) layout.stage = {{0, top}, {width, top + stage}};
    const float down = layout.transport.max.y, up = top + px(8);
    layout.sheet = {{0, std::round(down + (up - down) * arrangement.sheet)}, {width, bottom}};
    if (arrangement.sheet >= 1) layout.transport = {};
    return;
  }
  layout.transport = {{0, bottom - transport}, {width, bottom}};
  const Rect content{{0, top}, {width, layout.transport.min.y}};
  if (arrangement.page == PhonePage::why) {
    stack_right(layout, content, fields, checks);
    return why_first(layout);
  }
  // What is pressed in the row of views reaches four above it.
  layout.logs = {{0, top + px(4)}, content.max};
}

}  // namespace

Layout lay_out(float width, float height, int servers, int inspector_fields, int checks,
               const Arrangement& arrangement) {
  Layout layout;
  layout.view = {{0, 0}, {width, height}};
  layout.narrow = width < px(kNarrowBelow);
  const bool low = height < px(kLowBelow) && width < px(1024);
  layout.phone = width < px(kPhoneBelow) || low;
  if (layout.phone) {
    low && width >= px(560) ? lay_out_low_phone(layout, arrangement) : lay_out_phone(layout, inspector_fields, checks, arrangement);
    return layout;
  }
  layout.lesson_strip = layout.narrow;
  const float rows = static_cast<float>(std::max(servers, 3));
  // Seven lanes and more move closer together, and all where the height is wanted above; the axis keeps its 24.
  const float roomy = rows <= 4 ? 28 : rows <= 6 ? 24 : std::max(14.0f, 144 / rows);
  const float lane = height < px(kTightBelow) ? std::min(roomy, 20.0f) : roomy;
  const float bar = px(48), transport = px(48);
  const float above = 48 + 48 + (layout.narrow ? 72 : 0) + kStageLeast + kTabsLeast;
  const float timeline_height =
      choose(layout, arrangement, Part::timeline, 24 + lane * rows + 12, 24 + 12 * rows + 12, height / scale() - above);
  layout.top_bar = {{0, 0}, {width, bar}};
  layout.timeline = {{0, height - timeline_height}, {width, height}};
  layout.transport = {{0, layout.timeline.min.y - transport}, {width, layout.timeline.min.y}};
  const float top = bar, bottom = layout.transport.min.y;
  set_line(layout, Part::timeline, layout.transport.min, {width, bottom}, height - transport);

  Rect middle{{0, top}, {width, bottom}};
  if (layout.narrow) {
    layout.lesson = {{0, top}, {width, top + px(72)}};
    middle.min.y = layout.lesson.max.y;
    if (arrangement.drawer_open) {
      const float side = choose(layout, arrangement, Part::side, kSide, kSideLeast, std::min(width / scale() - 400, kSideMost));
      layout.drawer = {{width - side, middle.min.y}, {width, bottom}};
      set_line(layout, Part::side, layout.drawer.min, {layout.drawer.min.x, bottom}, width);
      stack_right(layout, layout.drawer, inspector_fields, checks);
      // Where there is room the views beside it shrink instead of hiding below it.
      if (layout.drawer.min.x >= px(600)) middle.max.x = layout.drawer.min.x;
    }
  } else {
    layout.lesson = {{0, top}, {px(288), bottom}};
    const float side = choose(layout, arrangement, Part::side, kSide, kSideLeast, std::min(width / scale() - 288 - 400, kSideMost));
    const Rect right{{width - side, top}, {width, bottom}};
    set_line(layout, Part::side, right.min, {right.min.x, bottom}, width);
    stack_right(layout, right, inspector_fields, checks);
    middle.min.x = layout.lesson.max.x;
    middle.max.x = right.min.x;
  }

  // Tabs 40, index row 28, a row of 32 per server, legend 36; the stage takes what is left, logs shrink when
  // it is low.
  const float wish = 40 + 28 + 32 * (arrangement.beside_log ? std::max(rows, 5.0f) : rows) + 36;
  const float room = middle.height() / scale();
  const float logs = choose(layout, arrangement, Part::tabs, std::min(wish, std::max(kTabsLeast, room - 240)), kTabsLeast, room - kStageLeast);
  const float split = std::round(middle.max.y - logs);
  set_line(layout, Part::tabs, {middle.min.x, split}, {middle.max.x, split}, middle.max.y);
  layout.stage = {middle.min, {middle.max.x, split}};
  layout.logs = {{middle.min.x, split}, middle.max};
  if (!arrangement.beside_log || layout.stage.height() < px(kStripFrom)) return layout;
  layout.stage.max.y -= px(kStrip);
  layout.log_strip = {{middle.min.x, layout.stage.max.y}, {middle.max.x, split}};
  return layout;
}

}  // namespace paxoscope::ui
