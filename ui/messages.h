// Messages on the stage: where they are, which ones share a capsule, how they look.
#pragma once

#include <vector>

#include "ui/stage_layout.h"
#include "ui/view.h"

namespace paxoscope::ui {

/// How much of a message fits on its link.
enum class CapsuleForm : uint8_t {
  full,  ///< name and value
  name_only,
  dot,        ///< a dot with the number of messages
  heartbeat,  ///< a small neutral dot
};

/// One drawn message, or several that share a capsule.
struct Capsule {
  uint32_t message = 0;  ///< position in Observation::messages; the one that arrives first
  uint32_t same = 1;     ///< messages of this name in it
  uint32_t others = 0;   ///< further messages of other names
  CapsuleForm form = CapsuleForm::full;
  bool same_value = true;  ///< all carry the same value
  bool held = false;       ///< it takes longer than its link lets a message take
  float progress = 0;      ///< 0 sent, 1 delivered
  ImVec2 centre;           ///< device pixels
  ImVec2 unit;             ///< direction of flight
  float half_width = 0, half_height = 0;
  float behind = 0, ahead = 0;  ///< free link behind and ahead of the centre, px
};

/// Share of the flight at a moment: 0 when sent, 1 when delivered; always a half with reduced motion.
float flight_progress(const MessageView& message, TimeUs shown_us, bool reduced_motion);

/// Messages that are of one batch: same way, same name, sent and due within a millisecond.
bool same_batch(const MessageView& a, const MessageView& b);

/// Finds capsules for everything in flight, ordered by link. Reuses the vector's memory.
void place_messages(const Frame& frame, const StageLayout& layout, std::vector<Capsule>& capsules);
/// Where and how wide each capsule is drawn.
Rect capsule_rect(const Capsule& capsule);

/// Wedges, capsules and heads; lost messages end in a cross.
void draw_messages(const Context& context, const StageLayout& layout, const std::vector<Capsule>& capsules);
/// Registers the messages and reacts; returns whether the pointer is on one. `taken`: it is on something
/// above.
bool react_to_messages(Context& context, const std::vector<Capsule>& capsules, bool taken);

/// "Prepare 5·A from A to B" into a buffer; returns its length.
size_t message_name(const MessageView& message, char* buffer, size_t size);

}  // namespace paxoscope::ui
