#include "ui/stage.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/text.h"
#include "sim/difference.h"
#include "sim/knowledge.h"
#include "ui/compare.h"
#include "ui/draw.h"
#include "ui/chosen.h"
#include "ui/eyes.h"
#include "ui/geometry.h"
#include "ui/gestures.h"
#include "ui/hulls.h"
#include "ui/legend.h"
#include "ui/links.h"
#include "ui/menus.h"
#include "ui/messages.h"
#include "ui/nodes.h"
#include "ui/stage_layout.h"
#include "ui/stage_zoom.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr double kRingSeconds = 0.48;
constexpr float kLegend = 26, kLegendFrom = 330;  ///< a low stage needs its height for the servers

/// Kept between frames: scratch memory, the last layout, and when each server's ballot was last seen to rise.
/// Nothing here is simulation state: losing it costs a transition.
struct StageMemory {
  Rect area;
  float scale = 0;
  uint64_t cast = 0;  ///< of the layout
  StageLayout layout;
  StageLayout near;  ///< the same, zoomed
  std::vector<LinkPair> pairs;
  std::vector<Capsule> capsules;
  uint64_t event = 0;
  Epoch epochs[kMaxServers + 1];
  double raised_s[kMaxServers + 1];
  StageMemory() { std::fill(std::begin(raised_s), std::end(raised_s), -10.0); }
};

StageMemory& memory() {
  static StageMemory the_memory;
  return the_memory;
}

bool equal(const Rect& a, const Rect& b) {
  return a.min.x == b.min.x && a.min.y == b.min.y && a.max.x == b.max.x && a.max.y == b.max.y;
}

/// Changes with the servers, the members of configurations and their state.
uint64_t cast_of(const Observation& observation) {
  uint64_t mixed = 0;
  const auto add = [&](uint64_t value) { mixed = (mixed ^ value) * 0x9e3779b97f4a7c15ull + 1; };
  for (const ServerView& server : observation.servers) add(server.id);
  for (const ConfigurationView& configuration : observation.configurations) {
    add((static_cast<uint64_t>(configuration.id) << 32) | set_of(configuration.members));
    add(configuration.sealed);
  }
  return mixed;
}

/// The layout depends on the size and on who is a member, not on what they do: nobody moves when a word changes.
const StageLayout& current_layout(const Observation& observation, const Rect& area) {
  StageMemory& kept = memory();
  const uint64_t cast = cast_of(observation);
  if (equal(kept.area, area) && kept.scale == scale() && kept.cast == cast) return kept.layout;
  kept.area = area;
  kept.scale = scale();
  kept.cast = cast;
  std::vector<ServerId> servers;
  for (const ServerView& server : observation.servers) servers.push_back(server.id);
  kept.layout = lay_out_stage(area, servers, scale(), observation.configurations, phone());
  return kept.layout;
}

/// How far the ring of a raised ballot has come, or below 0.
float ring_share(Context& context, const ServerView& server) {
  if (server.id > kMaxServers || context.frame.reduced_motion) return -1;
  double& raised_s = memory().raised_s[server.id];
  if (raised_s > context.frame.now_s) raised_s = -10;  // of another screen, whose clock was ahead
  const double age = context.frame.now_s - raised_s;
  if (age >= kRingSeconds) return -1;
  context.animating = true;
  const auto left = static_cast<float>(1 - age / kRingSeconds);
  return 1 - left * left * left;
}

/// Sees which ballots rose since the last frame; a jump through time by many events starts no rings.
void watch_epochs(const Frame& frame) {
  StageMemory& kept = memory();
  const uint64_t event = frame.observation.event.number;
  const bool next = event > kept.event && (frame.playing || event - kept.event <= 400);
  for (const ServerView& server : frame.observation.servers) {
    if (server.id > kMaxServers) continue;
    Epoch& last = kept.epochs[server.id];
    if (next && server.epoch && !(server.epoch == last)) kept.raised_s[server.id] = frame.now_s;
    last = server.epoch;
  }
  kept.event = event;
}

void open_faults(Context& context, const Rect& fault, std::string_view word) {
  if (button(context, "add fault", fault, ButtonStyle::outline, "Add fault", word, icon::bolt))
    open_menu(context, {Item::Kind::server, 0, 0, 0}, {fault.min.x, fault.max.y + px(4)});
}

/// Left of the faults, where there is no row for the legend.
Rect open_legend(Context& context, const Rect& fault) {
  const Rect rect{{fault.min.x - px(80), fault.min.y}, {fault.min.x - px(8), fault.max.y}};
  legend_button(context, "show legend", rect, "Legend", ButtonStyle::outline);
  return rect;
}

/// Left of what stands in the title: shows all again.
float open_whole(Context& context, const Rect& area, float right) {
  if (context.selection.zoom.factor <= 1) return right;
  const Rect rect{{right - px(phone() ? 52 : 92), area.min.y + px(phone() ? 4 : 8)}, {right - px(8), area.min.y + px(phone() ? 48 : 40)}};
  const std::string near = concat(std::lround(context.selection.zoom.factor * 100), " %");
  if (button(context, "whole stage", rect, ButtonStyle::outline, concat("Show the whole stage, now ", near), phone() ? "" : near,
             icon::expand))
    context.selection.zoom = {}, context.animating = true;  // the next frame shows it
  return rect.min.x;
}

/// A phone has room for the event alone, in up to two lines.
void draw_phone_title(Context& context, const Rect& area, std::string_view title) {
  const Rect fault{{area.max.x - px(52), area.min.y + px(4)}, {area.max.x - px(8), area.min.y + px(48)}};
  const float x = area.min.x + px(16), room = open_whole(context, area, fault.min.x) - x - px(8);
  const std::string bold = joined({"**", title, "**"});
  const float height = paragraph(nullptr, {0, 0}, room, 14, 20, 0, bold);
  if (height > px(44)) {
    text(canvas(), {x, area.min.y + px(25)}, Align::left, Font::semibold, 14, theme().text, title, room);
  } else {
    paragraph(&canvas(), {x, area.min.y + px(25) - std::round(height / 2)}, room, 14, 20, theme().text, bold);
  }
  context.semantics.add("stage title", SemanticRole::heading, title, context.frame.observation.event.subtitle,
                        {x, area.min.y + px(4)}, {x + room, area.min.y + px(48)});
  open_faults(context, fault, "");
}

void draw_title(Context& context, const Rect& area, bool has_legend) {
  const Theme& t = theme();
  const EventView& event = context.frame.observation.event;
  const std::string_view title = event.title.empty() ? std::string_view("The run starts") : event.title;
  if (phone()) return draw_phone_title(context, area, title);
  const float width = px(104), x = area.min.x + px(16);
  const Rect fault{{area.max.x - px(16) - width, area.min.y + px(8)},
                   {area.max.x - px(16), area.min.y + px(40)}};
  const float room = open_whole(context, area, (has_legend ? fault : open_legend(context, fault)).min.x) - x - px(16);
  const bool fits = text_width(Font::semibold, 16, title) <= room;
  text(canvas(), {x, area.min.y + px(20)}, Align::left, Font::semibold, fits ? 16 : 14, t.text, title, room);
  text(canvas(), {x, area.min.y + px(43)}, Align::left, Font::regular, 12, t.text2, event.subtitle, room);
  context.semantics.add("stage title", SemanticRole::heading, title, event.subtitle, {x, area.min.y + px(8)},
                        {x + room, area.min.y + px(52)});
  open_faults(context, fault, "Add fault");
}

/// Hulls, links, messages and servers; `truth`: who is limited speaks of that.
void draw_world(Context& context, const Context& truth, const Rect& area, const StageLayout& layout) {
  StageMemory& kept = memory();
  const Observation& observation = context.frame.observation;
  draw_hulls(observation, layout);
  speak_configurations(context, layout, area);
  draw_links(context, layout, kept.pairs, kept.capsules);
  light_gesture(layout);
  draw_chosen_rings(context, layout);
  draw_crowns(context, layout);
  draw_messages(context, layout, kept.capsules);
  for (const ServerView& server : observation.servers) {
    if (const NodePlace* place = layout.node(server.id)) {
      draw_node(context, layout, *place, server, ring_share(context, server));
    }
  }
  for (const ServerView& server : observation.servers) {
    const bool known = truth.selection.eyes == 0 || truth.selection.eyes == server.id;
    if (const NodePlace* place = known ? layout.node(server.id) : nullptr) draw_facts(context, layout, *place, server);
  }
  if (truth.selection.eyes == 0) draw_difference_marks(context, layout);
}

/// The stage of what the frame says; `truth`: what is written below it speaks of that.
void draw_picture(Context& context, Context& truth, const Rect& area) {
  StageMemory& kept = memory();
  const Observation& observation = context.frame.observation;
  const bool limited = truth.selection.eyes != 0;
  const bool with_legend = (area.height() >= px(kLegendFrom) && !phone()) || limited;
  const Rect legend{{area.min.x + px(16), area.max.y - px(kLegend)}, {area.max.x - px(16), area.max.y - px(4)}};
  const float foot = with_legend ? legend.min.y : area.max.y;
  const Rect field{{area.min.x, area.min.y + px(kStageTitle)}, {area.max.x, foot}};
  const StageLayout& whole = current_layout(observation, {area.min, {area.max.x, foot}});
  const bool near = context.selection.zoom.factor > 1;
  if (near) kept.near = zoomed(whole, context.selection.zoom, field);
  const StageLayout& layout = near ? kept.near : whole;
  const Rect& seen = near ? field : area;
  watch_epochs(context.frame);
  merge_links(observation.links, kept.pairs);
  place_messages(context.frame, layout, kept.capsules);
  hold_message(context, layout, kept.capsules);

  draw_title(context, area, with_legend && !limited);
  canvas().PushClipRect(seen.min, seen.max, true);
  {
    const Within within(context, seen);
    draw_world(context, truth, area, layout);
  }
  canvas().PopClipRect();
  if (limited) {
    draw_eyes(truth, legend);
  } else if (with_legend) {
    draw_stage_legend(context, legend);
  }

  const Within within(context, seen);
  const bool on_node = react_to_nodes(context, layout);
  const bool on_message = react_to_messages(context, kept.capsules, on_node);
  const bool on_stage = seen.contains(ImGui::GetIO().MousePos);
  react_to_links(context, layout, kept.pairs, kept.capsules, on_node || on_message || !on_stage);
  react_to_gestures(context, field, layout, kept.pairs);
  react_to_zoom(context, field, layout);
}

}  // namespace

void draw_stage(Context& context, const Rect& area) {
  const ServerId eyes = context.selection.eyes;
  if (server_of(context.frame.observation, eyes) == nullptr) context.selection.eyes = 0;
  if (context.selection.eyes == 0) return draw_picture(context, context, area);
  const Observation known = as_seen_by(context.frame.observation, context.frame.timeline, eyes);
  const Timeline colours = colours_only(context.frame.timeline);
  const Frame& f = context.frame;
  const Frame limited{known, colours, f.scenario, f.lesson, f.shown_us, f.end_us, f.playing, f.can_undo, f.reduced_motion, f.now_s};
  Context picture{limited, context.selection, context.semantics, context.commands, context.animating};
  draw_picture(picture, context, area);
}

}  // namespace paxoscope::ui
