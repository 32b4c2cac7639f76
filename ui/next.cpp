#include "ui/next.h"

#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/menus.h"
#include "ui/scroll.h"
#include "ui/tabs.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kRow = 32, kHead = 28, kDue = 92, kDo = 84;
constexpr size_t kMostUnseen = 60;  ///< rows offered to screen readers also where they are not in sight

Scroll& scroll() {
  static Scroll the_scroll;
  return the_scroll;
}

float row_height() { return px(phone() ? 46 : kRow); }

/// "in 4.2 ms"; "now" for what is due; a dash for what is not.
std::string due_words(TimeUs due_us, TimeUs now_us) {
  if (due_us < 0) return "\xe2\x80\x93";
  if (due_us <= now_us) return "now";
  char words[32];
  std::snprintf(words, sizeof words, "in %.1f ms", static_cast<double>(due_us - now_us) / 1000);
  return words;
}

const char* verb(const PendingItem& item) { return item.action.kind == ActionKind::fire ? "Fire" : "Deliver"; }

Item item_of(const PendingItem& item) {
  if (item.action.kind == ActionKind::deliver) return {Item::Kind::message, 0, 0, item.action.message_id};
  if (item.action.kind == ActionKind::fire) return {Item::Kind::server, item.action.a, 0, 0};
  return {};
}

void perform(Context& context, const Action& action) {
  Command command{Command::Kind::perform};
  command.action = action;
  context.commands.push_back(command);
}

/// For readers also where the list is scrolled away; pressed there it happens as well.
void offer_unseen(Context& context, const Rect& row, const PendingItem& item) {
  const Rect seen = scroll().clipped(row);
  if (!item.possible)
    context.semantics.add("next " + item.id, SemanticRole::text, item.text, item.reason, seen.min, seen.max);
  else if (context.semantics.add("next " + item.id, SemanticRole::button, concat(verb(item), ": ", item.text), item.reason,
                                 seen.min, seen.max))
    perform(context, item.action);
}

void draw_words(const Context& context, const Rect& row, const PendingItem& item) {
  const Theme& t = theme();
  const float middle = (row.min.y + row.max.y) / 2, left = row.min.x + px(16);
  text(canvas(), {left, middle}, Align::left, Font::mono, 12, t.text2,
       due_words(item.due_us, context.frame.observation.time_us));
  const float room = row.max.x - px(item.possible ? kDo + 16 : 16) - left - px(kDue);
  const float reason = item.reason.empty() ? 0 : text_width(Font::regular, 12, item.reason) + px(12);
  const float used = text(canvas(), {left + px(kDue), middle}, Align::left, Font::regular, 13,
                          item.possible ? t.text : t.text2, item.text, std::max(room - reason, std::min(room, px(120))));
  if (reason > 0 && room - used > px(40))
    text(canvas(), {left + px(kDue) + used + px(12), middle}, Align::left, Font::regular, 12, t.text2, item.reason,
         room - used - px(12));
}

void draw_row(Context& context, const Rect& row, const PendingItem& item) {
  const Rect seen = scroll().clipped(row);
  const Item self = item_of(item);
  const bool over = hovered(seen), known = self.kind != Item::Kind::none;
  if (over || (known && context.selection.lit(self)))
    canvas().AddRectFilled({row.min.x + px(8), row.min.y}, {row.max.x - px(8), row.max.y}, theme().bg2, px(6));
  if (over && known) context.selection.hovering = self;
  if (over && !item.reason.empty()) tooltip(item.reason);
  draw_words(context, row, item);
  if (!item.possible || seen.height() < row.height() - 1) return offer_unseen(context, row, item);
  const float in = px(phone() ? 1 : 3);
  const Rect act{{row.max.x - px(kDo + 8), row.min.y + in}, {row.max.x - px(16), row.max.y - in}};
  if (button(context, "next " + item.id, act, ButtonStyle::outline, concat(verb(item), ": ", item.text), verb(item), nullptr))
    perform(context, item.action);
  const Rect words{seen.min, {act.min.x, seen.max.y}};
  if (self.kind == Item::Kind::message && clicked(words))
    context.selection.chosen = context.selection.chosen == self ? Item{} : self;
  if (known && menu_clicked(words)) open_menu(context, self, ImGui::GetIO().MousePos);
}

}  // namespace

void draw_next(Context& context, const Rect& area) {
  const Theme& t = theme();
  const Rect body = below_tabs(area);
  if (context.frame.pending == nullptr) return;
  const std::vector<PendingItem>& items = *context.frame.pending;
  const float middle = body.min.y + px(kHead / 2);
  text(canvas(), {body.min.x + px(16), middle}, Align::left, Font::regular, 11, t.text2, "due");
  text(canvas(), {body.min.x + px(16 + kDue), middle}, Align::left, Font::regular, 11, t.text2,
       items.empty() ? "Nothing can happen any more." : "what can happen next; make any of it happen now",
       body.width() - px(32 + kDue));
  Scroll& rows = scroll();
  rows.begin(context, {{body.min.x, body.min.y + px(kHead)}, body.max});
  float y = rows.top();
  size_t unseen = 0;
  for (const PendingItem& item : items) {
    const Rect row{{body.min.x, y}, {body.max.x, y + row_height()}};
    y += row_height();
    if (rows.visible(row.min.y, row.max.y))
      draw_row(context, row, item);
    else if (++unseen <= kMostUnseen)
      offer_unseen(context, row, item);
  }
  rows.end(y - rows.top());
}

}  // namespace paxoscope::ui
