// The stage from nearer: everything moves apart, servers grow a little, words keep their size.
#pragma once

#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

inline constexpr float kMostZoom = 3;

/// Zooms by `factor` around a point of the field and moves what is shown by `by`, both in device pixels; stays between
/// 1 and kMostZoom and never shows more than the field held.
void zoom_stage(StageZoom& zoom, const Rect& field, ImVec2 at, float factor, ImVec2 by);
/// `layout` as it stands in the field from as near.
StageLayout zoomed(const StageLayout& layout, const StageZoom& zoom, const Rect& field);
/// Two fingers, the wheel, a double tap on nothing. A server that the keyboard reaches out of sight shows all again.
void react_to_zoom(Context& context, const Rect& field, const StageLayout& shown);

}  // namespace paxoscope::ui
