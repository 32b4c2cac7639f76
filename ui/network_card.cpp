#include "ui/network_card.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "ui/gestures.h"
#include "ui/links.h"
#include "ui/slider.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kWidth = 304, kHead = 48, kFoot = 60, kToggle = 44;

/// A card that is open: where, and whether something closed it.
struct Card {
  Rect rect;
  bool closes = false;
  Rect row(float& y, float height) const {
    const Rect made{{rect.min.x + px(16), y}, {rect.max.x - px(16), y + px(height)}};
    y += px(height);
    return made;
  }
};

/// `body`: height of what stands on it, CSS pixels.
Card open_card(Context& context, ImVec2 at, float body, std::string_view title, bool fresh) {
  const ImVec2 view = ImGui::GetIO().DisplaySize;
  const float width = std::min(px(kWidth), view.x - px(16)), height = px(kHead + 12) + px(body);
  const ImVec2 min{std::round(std::clamp(at.x, px(8), std::max(px(8), view.x - width - px(8)))),
                   std::round(std::clamp(at.y, px(8), std::max(px(8), view.y - height - px(8))))};
  Card card{{min, {min.x + width, min.y + height}}};
  const Theme& t = theme();
  rounded_rect(overlay(), card.rect.min, card.rect.max, px(8), t.bg2, t.line2, px(1));
  text(overlay(), {min.x + px(16), min.y + px(24)}, Align::left, Font::semibold, 14, t.text, title, width - px(64));
  context.semantics.add("card title", SemanticRole::heading, title, "", {min.x, min.y}, {min.x + width - px(48), min.y + px(kHead)});
  const Rect close{{card.rect.max.x - px(44), min.y}, {card.rect.max.x, min.y + px(44)}};
  card.closes = button(context, "close card", close, ButtonStyle::plain, "Close", "", icon::times);
  const ImGuiIO& io = ImGui::GetIO();
  const bool beside = (io.MouseReleased[0] && !card.rect.contains(io.MouseClickedPos[0]) && !card.rect.contains(io.MousePos)) ||
                      (io.MouseReleased[1] && !card.rect.contains(io.MousePos));
  card.closes |= (beside && !fresh) || key_pressed(ImGuiKey_Escape);
  cover({{0, 0}, view});
  return card;
}

void perform(Context& context, Action action) {
  Command command{Command::Kind::perform};
  command.action = std::move(action);
  context.commands.push_back(std::move(command));
}

/// What one quantity is on the links that the card is about.
struct Spread {
  int64_t least = INT64_MAX, most = INT64_MIN;
  void add(int64_t value) { least = std::min(least, value), most = std::max(most, value); }
};

/// A quantity with its places, and how they read.
struct Scale {
  const char* label;
  ActionKind kind;
  std::vector<int64_t> places;
  std::string (*words)(int64_t);
};

std::string latency_words(int64_t us) { return duration_value(us).text; }
std::string share_words(int64_t permille) {
  return permille % 10 == 0 ? concat(permille / 10, " %") : concat(permille / 10, ".", permille % 10, " %");
}
std::string rate_words(int64_t ppm) {
  if (ppm == 0) return "true";
  return share_words(std::abs(ppm) / 1000) + (ppm > 0 ? " fast" : " slow");
}
std::string offset_words(int64_t us) {
  if (us == 0) return "shows the time";
  return duration_value(std::abs(us)).text + (us > 0 ? " ahead" : " behind");
}

const std::vector<int64_t> kShares = {0, 10, 20, 50, 100, 200, 300, 500, 750, 900, 1000};
const Scale kLatency{"Latency", ActionKind::set_latency,
                     {500, 1'000, 2'000, 5'000, 10'000, 20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000}, latency_words};
const Scale kLoss{"Loss", ActionKind::set_loss, kShares, share_words};
const Scale kDuplication{"Duplication", ActionKind::set_duplication, kShares, share_words};
const Scale kRate{"Clock rate", ActionKind::set_rate,
                  {-500'000, -200'000, -100'000, -50'000, -10'000, 0, 10'000, 50'000, 100'000, 200'000, 500'000}, rate_words};
const Scale kOffset{"Clock", ActionKind::set_clock,
                    {-200'000, -100'000, -50'000, -20'000, 0, 20'000, 50'000, 100'000, 200'000}, offset_words};

/// One slider; letting it go changes what `item` names.
void draw_scale(Context& context, const Rect& row, const Scale& scale, const Spread& now, const Item& item) {
  std::vector<std::string> words;
  int at = 0;
  for (size_t i = 0; i < scale.places.size(); ++i) {
    words.push_back(scale.words(scale.places[i]));
    if (std::abs(scale.places[i] - now.most) < std::abs(scale.places[static_cast<size_t>(at)] - now.most)) at = static_cast<int>(i);
  }
  const std::string present = now.least == now.most ? scale.words(now.most) : concat("up to ", scale.words(now.most));
  const int chosen = slider(context, concat("slider ", scale.label), row, scale.label, present, at, words);
  if (chosen < 0) return;
  Action action;
  action.kind = scale.kind;
  action.a = item.a;
  action.b = item.b;
  action.amount = scale.places[static_cast<size_t>(chosen)];
  perform(context, action);
}

/// A row with a tick box; returns whether it was pressed.
bool toggle_row(Context& context, std::string_view key, const Rect& row, std::string_view label, bool on) {
  const Theme& t = theme();
  const float middle = (row.min.y + row.max.y) / 2;
  const Rect box{{row.min.x, middle - px(9)}, {row.min.x + px(18), middle + px(9)}};
  if (hovered(row)) overlay().AddRectFilled({row.min.x - px(8), row.min.y}, {row.max.x + px(8), row.max.y}, t.bg3, px(4));
  rounded_rect(overlay(), box.min, box.max, px(4), on ? t.accent : t.bg0, on ? t.accent : t.line2, px(1.5f));
  if (on) text(overlay(), {box.min.x + px(9), middle}, Align::centre, Font::icon, 12, t.on_accent, icon::check);
  text(overlay(), {row.min.x + px(30), middle}, Align::left, Font::regular, 13, t.text, label, row.width() - px(30));
  return hot_area(context, key, row, label, "", SemanticRole::toggle, on, 4);
}

}  // namespace

bool draw_network_card(Context& context, const Item& item, ImVec2 at, bool fresh) {
  const OnTop on_top;
  const Observation& seen = context.frame.observation;
  if (item.kind == Item::Kind::server && item.a != 0) {
    for (const ServerView& server : seen.servers) {
      if (server.id != item.a) continue;
      const Card card = open_card(context, at, 2 * kSliderRow, concat("Clock of ", server_label(item.a)), fresh);
      float y = card.rect.min.y + px(kHead);
      draw_scale(context, card.row(y, kSliderRow), kRate, {server.clock_rate_ppm, server.clock_rate_ppm}, {item.kind, item.a});
      draw_scale(context, card.row(y, kSliderRow), kOffset, {server.clock_offset_us, server.clock_offset_us}, {item.kind, item.a});
      return !card.closes;
    }
    return false;
  }
  const bool all = item.kind != Item::Kind::link;
  Spread latency, loss, duplication;
  for (const LinkView& link : seen.links) {
    if (!all && !(link.from == item.a && link.to == item.b) && !(link.from == item.b && link.to == item.a)) continue;
    latency.add(link.latency_us);
    loss.add(link.loss_permille);
    duplication.add(link.duplication_permille);
  }
  if (latency.least > latency.most) return false;
  const Card card = open_card(context, at, 3 * kSliderRow + (all ? kToggle : 0), all ? "Network: every link" : link_name(item.a, item.b),
                              fresh);
  const Item named = all ? Item{} : item;
  float y = card.rect.min.y + px(kHead);
  draw_scale(context, card.row(y, kSliderRow), kLatency, latency, named);
  draw_scale(context, card.row(y, kSliderRow), kLoss, loss, named);
  draw_scale(context, card.row(y, kSliderRow), kDuplication, duplication, named);
  bool& one_way = context.selection.one_way_lines;
  if (all && toggle_row(context, "one way lines", card.row(y, kToggle), "Lines drawn on the stage cut one way", one_way))
    one_way = !one_way, context.animating = true;
  return !card.closes;
}

bool draw_sides_card(Context& context, ImVec2 at, bool fresh, ServerSet& away) {
  const OnTop on_top;
  const std::vector<ServerView>& servers = context.frame.observation.servers;
  const float rows = static_cast<float>(servers.size());
  const Card card = open_card(context, at, rows * kToggle + kFoot, "Partition", fresh);
  float y = card.rect.min.y + px(kHead);
  StrokeMeaning meaning;
  meaning.kind = StrokeMeaning::Kind::partition;
  for (const ServerView& server : servers) {
    if (toggle_row(context, concat("side ", server.id), card.row(y, kToggle), concat(server_label(server.id), " on the other side"),
                   contains(away, server.id)))
      away ^= server_bit(server.id), context.animating = true;
    (contains(away, server.id) ? meaning.inside : meaning.outside) |= server_bit(server.id);
  }
  const bool ready = meaning.inside != 0 && meaning.outside != 0;
  const Rect foot = card.row(y, kFoot);
  const std::string words = ready ? words_of(meaning) : "Choose who is on the other side";
  const Rect rect{{foot.min.x, foot.min.y + px(10)}, {foot.max.x, foot.max.y - px(6)}};
  if (button(context, "part sides", rect, ButtonStyle::outline, words, words, nullptr, ready)) {
    perform(context, action_of(meaning));
    return false;
  }
  return !card.closes;
}

}  // namespace paxoscope::ui
