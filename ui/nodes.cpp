#include "ui/nodes.h"

#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/menus.h"
#include "ui/registers.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

/// How far a change of colour has come belongs to the disc's paint: fill, stroke, ring.
struct Paint {
  ImU32 fill, stroke, letter;
  float ring = 2;   ///< CSS pixels
  float alpha = 1;  ///< of the ring
  bool dashed = false;
};

Paint paint_of(const ServerView& server, const Timeline& timeline) {
  const Theme& t = theme();
  const EpochColours colours = colours_of(server.epoch, timeline);
  Paint paint{colours.fill, colours.stroke, t.text, 2, 0.85f, false};
  if (server.status == ServerStatus::down) return {t.bg0, t.line2, t.text3, 2, 1, true};
  switch (server.role) {
    case Role::leader:
      paint.ring = 5, paint.alpha = 1;
      break;
    case Role::old_leader:
      paint.ring = 3, paint.alpha = 1;
      break;
    case Role::learner:
      paint.fill = t.bg2, paint.stroke = t.line2;
      break;
    case Role::retired:
      paint.dashed = true;
      break;
    default:
      break;
  }
  return paint;
}

/// The timer that matters for the picture: the election timer, else the heartbeat's.
const TimerView* shown_timer(const ServerView& server) {
  const TimerView* best = nullptr;
  for (const TimerView& timer : server.timers) {
    if (timer.kind == TimerKind::resend || timer.period_us <= 0) continue;
    if (best == nullptr || timer.kind == TimerKind::election) best = &timer;
  }
  return best;
}

void draw_timer(const Context& context, const ServerView& server, ImVec2 centre, float ring, float thick) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  list.AddCircle(centre, ring, t.line, 0, thick);
  if (const RoundView* round = running_round(server)) {
    arc(list, centre, ring, 0, round_share(*round), colours_of(round->stamp, context.frame.timeline).stroke, thick);
    return;
  }
  const TimerView* timer = shown_timer(server);
  if (timer == nullptr || server.status != ServerStatus::up) return;
  const TimeUs passed = std::max<TimeUs>(context.frame.shown_us - context.frame.observation.time_us, 0);
  const double left =
      static_cast<double>(std::clamp<TimeUs>(timer->remaining_us - passed, 0, timer->period_us));
  const auto share = static_cast<float>(left / static_cast<double>(timer->period_us));
  ImU32 colour =
      timer->kind == TimerKind::heartbeat ? colours_of(server.epoch, context.frame.timeline).stroke : t.text2;
  // The last tenth lights up.
  if (share < 0.1f && context.frame.playing && !context.frame.reduced_motion) colour = t.text;
  arc(list, centre, ring, 0, share, colour, thick);
}

void draw_crown(const ServerView& server, const StageLayout& layout, ImVec2 centre,
                const Timeline& timeline) {
  if (server.role != Role::leader && server.role != Role::old_leader && server.role != Role::preparing) return;
  if (server.status == ServerStatus::down) return;
  const ImU32 colour = colours_of(server.leads ? server.leads : server.epoch, timeline).stroke;
  const float r = layout.radius;
  crown(canvas(), {centre.x, centre.y - r * 1.91f}, r * 0.786f, colour, server.role != Role::old_leader);
}

const Field* changed_epoch(const ServerView& server) {
  for (const Field& field : server.fields) {
    if (field.old && field.value.kind == FieldKind::epoch) return &field;
  }
  return nullptr;
}

void draw_highlight(const Context& context, const StageLayout& layout, const NodePlace& place) {
  const Item self{Item::Kind::server, place.id, 0, 0};
  const Selection& selection = context.selection;
  const bool selected = selection.server == place.id;
  const bool lit = selection.hovered == self || selection.menu == self;
  if (!selected && !lit) return;
  const ImU32 colour = selected ? theme().accent : with_alpha(theme().accent, 0.5f);
  canvas().AddCircle(place.centre, layout.radius * 1.5f, colour, 0, line_width(2));
}

}  // namespace

void draw_node(const Context& context, const StageLayout& layout, const NodePlace& place,
               const ServerView& server, float ring_share) {
  ImDrawList& list = canvas();
  const Theme& t = theme();
  const float r = layout.radius, s = r / 28;  // rings grow with the disc
  const ImVec2 c = place.centre;
  const Paint paint = paint_of(server, context.frame.timeline);
  if (ring_share >= 0) {
    const float out = r + (7 + 17 * ring_share) * s;
    list.AddCircle(c, out, with_alpha(paint.stroke, 1 - ring_share), 0, line_width(2));
  }
  draw_highlight(context, layout, place);
  list.AddCircleFilled(c, r * 1.3f, t.bg0);  // links and capsules end at the ring
  draw_timer(context, server, c, r * 1.25f, line_width(3) * s / scale());
  list.AddCircleFilled(c, r - scale() * 0.5f, paint.fill);
  const float ring = line_width(paint.ring) * std::max(s / scale(), 0.5f);
  const float at = r - (paint.ring > 3 ? ring * 0.4f : s);
  if (paint.dashed) {
    dashed_circle(list, c, r - s, paint.stroke, ring, 4 * scale(), 4 * scale());
  } else {
    list.AddCircle(c, at, with_alpha(paint.stroke, paint.alpha), 0, ring);
  }
  const float size = r >= 20 * scale() ? 22 : r >= 14 * scale() ? 16 : 12;
  text(list, c, Align::centre, Font::semibold, size, paint.letter, server_label(server.id));
  if (server.status == ServerStatus::paused) {
    const ImVec2 badge{c.x + r * 0.9f, c.y + r * 0.9f};
    list.AddCircleFilled(badge, std::max(9 * s, 7 * scale()), t.bg2);
    for (float side : {-2.2f, 2.2f}) {
      const float x = badge.x + side * scale();
      list.AddRectFilled({x - scale(), badge.y - 3.5f * scale()}, {x + scale(), badge.y + 3.5f * scale()},
                         t.text);
    }
  }
}

void draw_crowns(const Context& context, const StageLayout& layout) {
  for (const ServerView& server : context.frame.observation.servers)
    if (const NodePlace* place = layout.node(server.id))
      draw_crown(server, layout, place->centre, context.frame.timeline);
}

std::string server_state(const ServerView& server, const Observation& seen) {
  std::string state = role_words(server);
  if (server.epoch) state += ", " + seen.epoch_word + " " + epoch_label(server.epoch);
  state += seen.has_log ? ", decided " + std::to_string(server.decided_index) : ", " + server.activity;
  if (server.has_quorum_mark && server.status == ServerStatus::up) {
    state += server.quorum_connected ? ", quorum-connected" : ", not quorum-connected";
  }
  if (server.joining != 0) {
    uint64_t needed = 0;
    const uint64_t fetched = fetched_entries(server, &needed);
    state += concat(", ", fetched, " of ", needed, " entries fetched for configuration ", server.joining);
  }
  if (const Field* field = changed_epoch(server)) state += ", was " + field->old->text;
  return state;
}

bool react_to_nodes(Context& context, const StageLayout& layout) {
  bool taken = false;
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  for (const ServerView& server : context.frame.observation.servers) {
    const NodePlace* place = layout.node(server.id);
    if (place == nullptr) continue;
    const Rect area = around(place->centre, layout.radius, layout.radius);
    char key[24];
    std::snprintf(key, sizeof key, "server %u", server.id);
    bool selected = context.semantics.add(key, SemanticRole::button, "Server " + server_label(server.id),
                                          server_state(server, context.frame.observation), area.min, area.max,
                                          context.selection.server == server.id);
    if (context.semantics.focused(key)) focus_ring(area, 28);
    const bool over = hovered(grown(area, px(8))) && distance(pointer, place->centre) < layout.radius * 1.35f;
    if (over || (place->facts.width() > 0 && hovered(place->facts))) {
      taken = true;
      context.selection.hovering = {Item::Kind::server, server.id, 0, 0};
      const Rect& hit = over ? area : place->facts;
      hand_cursor();
      selected |= clicked(grown(hit, px(8)));
      if (menu_clicked(grown(hit, px(8)))) open_menu(context, context.selection.hovering, pointer);
    }
    if (!selected) continue;
    ask(context, Command::Kind::select_server, server.id);
    context.selection.chosen = {};
  }
  return taken;
}

}  // namespace paxoscope::ui
