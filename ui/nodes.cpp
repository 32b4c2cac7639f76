#include "ui/nodes.h"

#include <cstdio>

#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/menus.h"
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
  if (server.role != Role::leader && server.role != Role::old_leader) return;
  if (server.status == ServerStatus::down) return;
  const ImU32 colour = colours_of(server.leads ? server.leads : server.epoch, timeline).stroke;
  const float r = layout.radius;
  crown(canvas(), {centre.x, centre.y - r * 1.91f}, r * 0.786f, colour, server.role == Role::leader);
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
  canvas().AddCircle(place.centre, layout.radius * 1.5f, colour, 0, 2 * scale());
}

// --- facts

/// A row of facts that is laid from the inner side outwards: left to right, or mirrored.
class FactRow {
 public:
  FactRow(const NodePlace& place, float middle_y) : place_(place), middle_(middle_y) {
    right_to_left_ = place.side == FactsSide::left;
    at_ = right_to_left_ ? place.facts.max.x : place.facts.min.x;
  }
  /// For rows under or above a server: starts so that the whole row is centred.
  void centre(float width) {
    if (place_.side == FactsSide::left || place_.side == FactsSide::right) return;
    at_ = (place_.facts.min.x + place_.facts.max.x - width) / 2;
  }
  void words(Font face, float size, ImU32 colour, std::string_view what) {
    const float room = right_to_left_ ? at_ - place_.facts.min.x + px(4) : place_.facts.max.x + px(4) - at_;
    if (room < px(12)) return;
    const Align align = right_to_left_ ? Align::right : Align::left;
    advance(text(canvas(), {at_, middle_}, align, face, size, colour, what, room));
  }
  void chip(const Epoch& epoch, const Timeline& timeline) {
    const float width = epoch_chip(nullptr, 0, 0, epoch, timeline);
    epoch_chip(&canvas(), right_to_left_ ? at_ - width : at_, middle_, epoch, timeline);
    advance(width);
  }
  void mark(bool good) {
    const float r = 7 * scale();
    quorum_mark(canvas(), {right_to_left_ ? at_ - r - scale() : at_ + r + scale(), middle_}, 7, good);
    advance(2 * r + 2 * scale());
  }
  void gap(float css) { advance(css * scale()); }
  bool mirrored() const { return right_to_left_; }

 private:
  void advance(float by) { at_ += right_to_left_ ? -by : by; }
  const NodePlace& place_;
  float middle_, at_;
  bool right_to_left_;
};

/// "Leader", "Leader, paused", "down"…
std::string role_words(const ServerView& server) {
  if (server.status == ServerStatus::down) return server.state_lost ? "down, state lost" : "down";
  return server.status == ServerStatus::paused ? server.role_text + ", paused" : server.role_text;
}

void name_row(const Context& context, const NodePlace& place, const ServerView& server, float y,
              bool with_role) {
  const Theme& t = theme();
  FactRow row(place, y);
  const std::string words = role_words(server);
  const float chip =
      server.epoch ? epoch_chip(nullptr, 0, 0, server.epoch, context.frame.timeline) + px(8) : 0;
  row.centre(chip + (with_role ? text_width(Font::semibold, 13, words) : 0));
  if (server.epoch) {
    row.chip(server.epoch, context.frame.timeline);
    row.gap(8);
  }
  if (with_role) row.words(Font::semibold, 13, server.status == ServerStatus::down ? t.text2 : t.text, words);
}

/// The mark stands left of its word, also when the row is mirrored.
void quorum_words(FactRow& row, bool good) {
  const Theme& t = theme();
  if (!row.mirrored()) row.mark(good), row.gap(4);
  row.words(Font::semibold, 12, good ? t.ok : t.danger, good ? "QC" : "no QC");
  if (row.mirrored()) row.gap(4), row.mark(good);
}

void quorum_row(const NodePlace& place, const ServerView& server, float y, bool with_count) {
  const Theme& t = theme();
  FactRow row(place, y);
  char heard[32];
  std::snprintf(heard, sizeof heard, "hears %u of %u", server.heard, server.members);
  const char* word = server.quorum_connected ? "QC" : "no QC";
  row.centre(16 * scale() + 4 * scale() + text_width(Font::semibold, 12, word) + 8 * scale() +
             text_width(Font::regular, 12, heard));
  quorum_words(row, server.quorum_connected);
  row.gap(8);
  if (with_count) row.words(Font::regular, 12, t.text2, heard);
}

/// "decided 7": the value stays on the right of the word, also when the row is mirrored.
void decided_words(FactRow& row, const ServerView& server) {
  const Theme& t = theme();
  char number[24];
  std::snprintf(number, sizeof number, "%llu", static_cast<unsigned long long>(server.decided_index));
  if (row.mirrored()) {
    row.words(Font::mono, 12, t.text, number);
    row.gap(7);
    row.words(Font::regular, 12, t.text2, "decided");
  } else {
    row.words(Font::regular, 12, t.text2, "decided");
    row.gap(7);
    row.words(Font::mono, 12, t.text, number);
  }
}

void decided_row(const NodePlace& place, const ServerView& server, float y, bool with_mark) {
  const Theme& t = theme();
  FactRow row(place, y);
  row.centre(px(64) + (with_mark ? px(24) : 0));
  if (with_mark && server.has_quorum_mark && server.status != ServerStatus::down) {
    quorum_words(row, server.quorum_connected);
    row.gap(8);
  }
  decided_words(row, server);
  if (server.clock_offset_us != 0 && !with_mark) {
    char skew[32];
    std::snprintf(skew, sizeof skew, "%+lld ms", static_cast<long long>(server.clock_offset_us / 1000));
    row.gap(10);
    if (!row.mirrored()) row.words(Font::icon, 12, t.text2, icon::clock), row.gap(4);
    row.words(Font::mono, 12, t.text2, skew);
    if (row.mirrored()) row.gap(4), row.words(Font::icon, 12, t.text2, icon::clock);
  }
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
    list.AddCircle(c, out, with_alpha(paint.stroke, 1 - ring_share), 0, 2 * scale());
  }
  draw_highlight(context, layout, place);
  list.AddCircleFilled(c, r * 1.3f, t.bg0);  // links and capsules end at the ring
  draw_timer(context, server, c, r * 1.25f, 3 * s);
  list.AddCircleFilled(c, r - scale() * 0.5f, paint.fill);
  const float ring = paint.ring * std::max(s, 0.5f * scale());
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
  draw_crown(server, layout, c, context.frame.timeline);
}

void draw_facts(const Context& context, const StageLayout& layout, const NodePlace& place,
                const ServerView& server) {
  const float top = place.facts.min.y + px(11), pitch = px(22);
  const bool quorum = server.has_quorum_mark && server.status != ServerStatus::down;
  switch (layout.level) {
    case FactsLevel::full:
      name_row(context, place, server, top, true);
      if (quorum) quorum_row(place, server, top + pitch, true);
      decided_row(place, server, top + pitch * (quorum ? 2.0f : 1.0f), false);
      break;
    case FactsLevel::two:
      name_row(context, place, server, top, true);
      decided_row(place, server, top + px(21), true);
      break;
    case FactsLevel::one: {
      FactRow row(place, place.facts.min.y + px(10));
      row.centre(px(56));
      if (server.epoch) row.chip(server.epoch, context.frame.timeline), row.gap(6);
      if (quorum) row.mark(server.quorum_connected);
      if (server.status == ServerStatus::down) row.words(Font::semibold, 12, theme().text2, "down");
      break;
    }
    default:
      break;
  }
}

std::string server_state(const ServerView& server) {
  std::string state = role_words(server);
  if (server.epoch) state += ", ballot " + epoch_label(server.epoch);
  state += ", decided " + std::to_string(server.decided_index);
  if (server.has_quorum_mark && server.status == ServerStatus::up) {
    state += server.quorum_connected ? ", quorum-connected" : ", not quorum-connected";
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
                                          server_state(server), area.min, area.max,
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
    Command command{Command::Kind::select_server};
    command.number = server.id;
    context.commands.push_back(std::move(command));
    context.selection.chosen = {};
  }
  return taken;
}

}  // namespace paxoscope::ui
