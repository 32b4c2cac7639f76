// The semantic layer: every interactive or informative item registers itself while it is drawn. The page mirrors the
// items into real DOM elements; screen readers, the keyboard and the tests use those.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"

namespace paxoscope::ui {

enum class SemanticRole : uint32_t { button, text, toggle, slider, tab, heading, region, separator };

/// One item; layout is read from JavaScript (12 words of 32 bits). Text offsets point into `Semantics::text()`.
struct SemanticItem {
  uint32_t id;
  uint32_t role;
  uint32_t hash;   ///< of label, value and state: unchanged hash, unchanged words
  uint32_t state;  ///< toggles and tabs: 1 = pressed or selected; sliders: slider_state; separators: separator_state
  int32_t x, y, width, height;  ///< device pixels, clipped to the view
  uint32_t label_at, label_length, value_at, value_length;
};

/// Where a slider stands among its places, 0 to `last`; both below 65,536.
constexpr uint32_t slider_state(int at, int last) {
  return static_cast<uint32_t>(at) << 16 | static_cast<uint32_t>(last);
}
/// The same for a moment of a run, in thousandths.
inline uint32_t slider_state(int64_t at_us, int64_t end_us) {
  const int64_t end = end_us > 0 ? end_us : 1;
  const int64_t at = at_us < 0 ? 0 : at_us > end ? end : at_us;
  return slider_state(static_cast<int>(static_cast<double>(at) * 1000 / static_cast<double>(end)), 1000);
}

/// Where a boundary stands between `least` and `most`, all below 1024; `upright`: it goes from top to bottom.
constexpr uint32_t separator_state(int at, int least, int most, bool upright) {
  return static_cast<uint32_t>(upright) << 30 | static_cast<uint32_t>(at) << 20 | static_cast<uint32_t>(least) << 10 |
         static_cast<uint32_t>(most);
}

class Semantics {
 public:
  void begin_frame();
  void end_frame();
  /// Registers an item. `key` must be stable and unique ("link A-B", "server C"): the id is its hash.
  /// Returns true when a screen reader, keyboard or test activated this item since the last frame.
  bool add(std::string_view key, SemanticRole role, std::string_view label, std::string_view value, ImVec2 min,
           ImVec2 max, uint32_t state = 0);
  /// What is added from now on is seen only in this part of the view; each frame begins with all of it.
  void confine(ImVec2 min, ImVec2 max) { seen_min_ = min, seen_max_ = max; }
  /// True while the mirrored element of this key has DOM focus: draw a focus ring.
  bool focused(std::string_view key) const;
  /// Says a sentence in the polite live region.
  void say(std::string_view sentence);

  // Read by the page.
  const std::vector<SemanticItem>& items() const { return items_; }
  const std::string& text() const { return text_; }
  uint32_t hash() const { return hash_; }
  const std::string& live() const { return live_; }
  uint32_t live_sequence() const { return live_sequence_; }
  // Called by the page.
  void activate(uint32_t id);
  void focus(uint32_t id) { focus_ = id; }
  bool activation_waiting() const { return activated_ != 0; }

 private:
  std::vector<SemanticItem> items_;
  std::string text_, live_;
  ImVec2 seen_min_, seen_max_;
  uint32_t hash_ = 0, live_sequence_ = 0, activated_ = 0, focus_ = 0;
};

}  // namespace paxoscope::ui
