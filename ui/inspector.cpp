#include "ui/inspector.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/menus.h"
#include "ui/messages.h"
#include "ui/scroll.h"
#include "ui/values.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kHeader = 57, kRow = 28, kValueAt = 168;
constexpr float kFingers = 52;  ///< the letters of a phone stand in a row of their own

Scroll& scroll() {
  static Scroll the_scroll;
  return the_scroll;
}

const ServerView* shown_server(const Context& context) {
  for (const ServerView& server : context.frame.observation.servers) {
    if (server.id == context.selection.server) return &server;
  }
  return nullptr;
}

/// The hovered message, else the chosen one; heartbeats only when chosen.
const MessageView* shown_message(const Context& context) {
  const MessageView* chosen = nullptr;
  for (const MessageView& message : context.frame.observation.messages) {
    const Item self{Item::Kind::message, 0, 0, message.id};
    if (context.selection.hovered == self && message.family != MessageFamily::heartbeat) return &message;
    if (context.selection.chosen == self) chosen = &message;
  }
  return chosen;
}

/// Letters of all servers at the right of the header; returns where they begin.
float draw_selector(Context& context, const Rect& area) {
  const Theme& t = theme();
  const std::vector<ServerView>& servers = context.frame.observation.servers;
  const bool wide = phone();
  const size_t per_row = servers.size() > 6 && !wide ? (servers.size() + 1) / 2 : std::max<size_t>(servers.size(), 1);
  const float room = area.width() / static_cast<float>(std::max<size_t>(servers.size(), 1));
  const float size = wide ? std::min(px(44), std::floor(room - px(2))) : servers.size() > 6 ? px(22) : px(24);
  const float left = wide ? area.min.x + std::min(px(16), (room - px(2) - size) / 2 + px(2)) :
      area.max.x - px(16) - size * static_cast<float>(per_row) - px(2) * static_cast<float>(per_row - 1);
  for (size_t i = 0; i < servers.size(); ++i) {
    const ServerView& server = servers[i];
    const ImVec2 min{
        left + (size + px(2)) * static_cast<float>(i % per_row),
        area.min.y + (wide ? px(kHeader + 4) : servers.size() > 6 ? px(5) : px(8)) + (size + px(2)) * static_cast<float>(i / per_row)};
    const Rect box{min, {min.x + size, min.y + size}};
    const bool selected =
        server.id == context.selection.server && context.selection.chosen.kind != Item::Kind::message;
    const bool lit = context.selection.hovered == Item{Item::Kind::server, server.id, 0, 0};
    rounded_rect(canvas(), box.min, box.max, px(4),
                 selected ? t.bg3
                 : lit    ? t.bg2
                          : 0,
                 selected ? t.accent
                 : lit    ? t.line2
                          : t.line,
                 px(1));
    text(canvas(), {(box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2}, Align::centre, Font::semibold,
         12, selected || lit ? t.text : t.text2, server_label(server.id));
    char key[32];
    std::snprintf(key, sizeof key, "inspect %u", server.id);
    if (hovered(box)) context.selection.hovering = {Item::Kind::server, server.id, 0, 0};
    if (hot_area(context, key, box, "Inspect " + server_label(server.id), "", SemanticRole::toggle, selected,
                 4)) {
      ask(context, Command::Kind::select_server, server.id);
      context.selection.chosen = {};
    }
  }
  return wide ? area.max.x - px(16) : left;
}

void draw_heading(Context& context, const Rect& area, float right, std::string_view name,
                  std::string_view below) {
  const Theme& t = theme();
  const float x = area.min.x + px(64);
  const bool long_name = text_width(Font::semibold, 16, name) > right - x - px(8);
  text(canvas(), {x, area.min.y + px(20)}, Align::left, Font::semibold, long_name ? 14 : 16, t.text, name,
       right - x - px(8));
  const float room =
      context.frame.observation.servers.size() > 6 && !phone() ? right - x - px(8) : area.max.x - x - px(16);
  text(canvas(), {x, area.min.y + px(41)}, Align::left, Font::regular, 12, t.text2, below, room);
  context.semantics.add("inspector", SemanticRole::heading, name, below, {x, area.min.y},
                        {right, area.min.y + px(kHeader)});
}

/// What a crash would bring back: a disk, "on disk" where there is room, and the old value.
void draw_on_disk(Context& context, float x, float right, float middle, const FieldValue& value) {
  const Theme& t = theme();
  constexpr std::string_view kWords = "on disk";
  const float width = draw_value(nullptr, context, 0, 0, value, 0, 13);
  const float words = text_width(Font::regular, 12, kWords) + px(6);
  float at = std::max(right - width, x + px(30));
  draw_value(&canvas(), context, at, middle, value, t.text2, 13, std::max(right - at, px(16)));
  if (at - words - px(24) > x) {
    at -= words;
    text(canvas(), {at, middle}, Align::left, Font::regular, 12, t.text2, kWords);
  }
  disk(canvas(), {at - px(12), middle}, t.text2);
}

/// The old value and the arrow, from `x`, or from further left where both values need it. Returns where the new one begins.
/// `size`: of the letters of both; made smaller where that is not enough.
float draw_old(Context& context, float x, float leftmost, float right, float middle, const Field& field, float& size) {
  const float kArrow = px(32), kSlack = px(2);  // what just fits is not to be cut by rounding
  FieldValue old = *field.old;
  float new_width = 0, old_width = 0;
  const auto measure = [&] {
    new_width = draw_value(nullptr, context, 0, 0, field.value, 0, size);
    old_width = draw_value(nullptr, context, 0, 0, old, 0, size);
    return old_width + kArrow + new_width + kSlack;
  };
  if (x + measure() > right) old.text = without_shared_end(old.text, field.value.text);
  if (leftmost + measure() > right) size = 12, measure();
  x = std::clamp(right - old_width - kArrow - new_width - kSlack, std::min(leftmost, x), x);
  // The new value keeps its room; the old one is shortened first.
  const float old_room = std::max(right - x - kArrow - new_width, (right - x) / 3);
  x += draw_value(&canvas(), context, x, middle, old, theme().text2, size, old_room) + px(8);
  return x + draw_arrow(canvas(), x, middle) + px(8);
}

void draw_row(Context& context, const Rect& area, float middle, const Field& field) {
  const Theme& t = theme();
  const Rect row{{area.min.x + px(8), middle - px(13)}, {area.max.x - px(8), middle + px(13)}};
  const bool changed = field.old.has_value();
  if (changed) draw_change(row);
  const float right = area.max.x - px(16);
  const float name = text(canvas(), {row.min.x + px(12), middle}, Align::left, Font::regular, 13, changed ? t.text : t.text2,
                          field.name, px(kValueAt - 28));
  float x = area.min.x + px(kValueAt), size = 13;
  if (changed) x = draw_old(context, x, row.min.x + px(12) + name + px(12), right, middle, field, size);
  x += draw_value(&canvas(), context, x, middle, field.value, t.text, size, std::max(right - x, px(24)));
  if (field.on_disk) draw_on_disk(context, x, right, middle, *field.on_disk);
  if (!hovered(scroll().clipped(row)) || !field.durable) return;
  if (field.on_disk)
    tooltip("Not on disk yet: a crash now would bring back " + field.on_disk->text);
  else
    tooltip("On disk: survives a crash");
}

void draw_fields(Context& context, const Rect& area, const std::vector<Field>& fields) {
  Scroll& rows = scroll();
  rows.begin(context, {{area.min.x, area.min.y + px(kHeader) + (phone() ? px(kFingers) : 0)}, area.max});
  float middle = rows.top() + px(17);
  for (size_t i = 0; i < fields.size(); ++i, middle += px(kRow)) {
    if (rows.visible(middle - px(13), middle + px(13))) draw_row(context, area, middle, fields[i]);
    char key[40];
    std::snprintf(key, sizeof key, "field %zu", i);
    const Rect seen = rows.clipped({{area.min.x, middle - px(13)}, {area.max.x, middle + px(13)}});
    context.semantics.add(key, SemanticRole::text, fields[i].name, spoken_value(fields[i]), seen.min,
                          seen.max);
  }
  rows.end(px(kRow) * static_cast<float>(fields.size()) + px(6));
}

void draw_server(Context& context, const Rect& area, const ServerView& server) {
  const Theme& t = theme();
  const bool down = server.status == ServerStatus::down;
  const EpochColours colours = colours_of(server.epoch, context.frame.timeline);
  const ImVec2 c{area.min.x + px(34), area.min.y + px(28)};
  canvas().AddCircleFilled(c, px(18) - scale() / 2, down ? t.bg0 : colours.fill);
  if (down) {
    dashed_circle(canvas(), c, 17.25f * scale(), t.line2, 1.5f * scale(), px(3), px(3));
  } else {
    canvas().AddCircle(c, 17.25f * scale(), colours.stroke, 0, 1.5f * scale());
  }
  text(canvas(), c, Align::centre, Font::semibold, 16, down ? t.text3 : t.text, server_label(server.id));
  const float right = draw_selector(context, area);
  std::string_view below =
      server.activity.empty() ? std::string_view(server.role_text) : std::string_view(server.activity);
  if (down) below = server.state_lost ? "Down, state lost" : "Down";
  draw_heading(context, area, right, "Server " + server_label(server.id), below);
  draw_fields(context, area, server.fields);
}

void draw_message(Context& context, const Rect& area, const MessageView& message) {
  const Theme& t = theme();
  const EpochColours colours = colours_of(message.epoch, context.frame.timeline);
  const ImVec2 c{area.min.x + px(34), area.min.y + px(28)};
  const bool outlined = message.family == MessageFamily::reply || message.family == MessageFamily::refusal;
  const Rect mark = around(c, px(18), px(11));
  rounded_rect(canvas(), mark.min, mark.max, px(11), outlined ? t.bg0 : colours.fill, colours.stroke,
               1.5f * scale());
  arrow_head(canvas(), {c.x + px(6), c.y}, {1, 0}, px(11), t.text);
  const float right = draw_selector(context, area);
  char below[96];
  std::snprintf(below, sizeof below, "From %s to %s, arrives at %s", server_label(message.from).c_str(),
                server_label(message.to).c_str(), time_label(message.deliver_us).c_str());
  draw_heading(context, area, right, message.name, below);
  draw_fields(context, area, message.fields);
}

}  // namespace

void draw_inspector(Context& context, const Rect& area) {
  const Theme& t = theme();
  canvas().AddRectFilled(area.min, area.max, t.bg1);
  hairline(canvas(), {area.min.x, area.min.y + px(56)}, {area.max.x, area.min.y + px(56)}, t.line);
  if (const MessageView* message = shown_message(context)) return draw_message(context, area, *message);
  if (const ServerView* server = shown_server(context)) return draw_server(context, area, *server);
  const float right = draw_selector(context, area);
  text(canvas(), {area.min.x + px(16), area.min.y + px(20)}, Align::left, Font::semibold, 16, t.text,
       "Inspector", right - area.min.x - px(24));
  text(canvas(), {area.min.x + px(16), area.min.y + px(41)}, Align::left, Font::regular, 12, t.text2,
       "Select a server or a message", area.width() - px(32));
  context.semantics.add("inspector", SemanticRole::heading, "Inspector", "Select a server or a message",
                        area.min, {right, area.min.y + px(56)});
}

}  // namespace paxoscope::ui
