#include "ui/links.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/menus.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kCutAlpha = 0.5f;

LinkPair& pair_of(std::vector<LinkPair>& pairs, ServerId a, ServerId b) {
  const auto place =
      std::lower_bound(pairs.begin(), pairs.end(), std::make_pair(a, b),
                       [](const LinkPair& p, auto key) { return std::make_pair(p.a, p.b) < key; });
  if (place != pairs.end() && place->a == a && place->b == b) return *place;
  LinkPair pair;
  pair.a = a;
  pair.b = b;
  return *pairs.insert(place, pair);
}

/// Two short bars across the line.
void cut_bars(ImDrawList& list, ImVec2 at, ImVec2 unit, ImU32 colour) {
  const float apart = 4 * scale(), half = 6 * scale();
  for (float side : {-apart, apart}) {
    const ImVec2 c = along(at, unit, side);
    list.AddLine({c.x - unit.y * half, c.y + unit.x * half}, {c.x + unit.y * half, c.y - unit.x * half},
                 colour, line_width(2));
  }
}

/// "180 ms" or "30 %"; empty: the link is like the others.
std::string tag_words(const LinkPair& pair) {
  if (pair.cut()) return {};
  if (pair.loss_permille > 0 && !pair.one_way()) return concat((pair.loss_permille + 5) / 10, " %");
  return pair.slow ? concat((pair.latency_us + 500) / 1000, " ms") : std::string();
}

Rect tag_box(ImVec2 at, std::string_view words) {
  return around({std::round(at.x), std::round(at.y)}, std::ceil(text_width(Font::mono, 12, words) / 2) + px(6), px(9));
}

void draw_tag(ImDrawList& list, const Rect& box, std::string_view words) {
  rounded_rect(list, box.min, box.max, px(4), theme().bg0, theme().line2, px(1));
  text(list, {(box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2}, Align::centre, Font::mono, 12, theme().text, words);
}

void draw_cut(ImDrawList& list, const LinkPlace& place, float share, bool lit) {
  const Theme& t = theme();
  const ImVec2 unit = direction(place.from, place.to), mark = lerp(place.from, place.to, share);
  const ImU32 colour = with_alpha(t.danger, lit ? 1.0f : kCutAlpha);
  const float gap = 10 * scale(), thick = line_width(lit ? 2 : 1.25f);
  // Dashes start at the gap, so that both sides look the same.
  dashed_line(list, along(mark, unit, -gap), place.from, colour, thick, 3 * scale(), 6 * scale());
  dashed_line(list, along(mark, unit, gap), place.to, colour, thick, 3 * scale(), 6 * scale());
  cut_bars(list, mark, unit, with_alpha(t.danger, 0.95f));
}

/// The half at the sender is solid and ends in a head; the other half is cut.
void draw_one_way(ImDrawList& list, const LinkPlace& place, const LinkPair& pair, ImU32 colour, float thick) {
  const Theme& t = theme();
  const ImVec2 from = pair.up_ab ? place.from : place.to, to = pair.up_ab ? place.to : place.from;
  const float share = pair.up_ab ? place.mark_share : 1 - place.mark_share;
  const ImVec2 unit = direction(from, to), middle = lerp(from, to, share);
  list.AddLine(from, along(middle, unit, -8 * scale()), colour, thick);
  arrow_head(list, middle, unit, 11 * scale(), colour);
  const ImVec2 bars = lerp(middle, to, 0.45f);
  const float gap = 9 * scale();
  const ImU32 cut = with_alpha(t.danger, kCutAlpha);
  dashed_line(list, along(middle, unit, 4 * scale()), along(bars, unit, -gap), cut, line_width(1.25f),
              3 * scale(), 6 * scale());
  dashed_line(list, along(bars, unit, gap), to, cut, line_width(1.25f), 3 * scale(), 6 * scale());
  cut_bars(list, bars, unit, with_alpha(t.danger, 0.95f));
}

/// Whether a capsule or its head lies on a place.
bool under_capsules(const Rect& spot, const std::vector<Capsule>& capsules) {
  return std::any_of(capsules.begin(), capsules.end(), [&](const Capsule& capsule) {
    const Rect rect = capsule_rect(capsule);
    if (capsule.form == CapsuleForm::heartbeat) return overlap(spot, rect);
    const ImVec2 tip = along(capsule.centre, capsule.unit, reach(capsule.half_width, capsule.half_height, capsule.unit) + px(14));
    return overlap(spot, rect) || overlap(spot, around(tip, px(6), px(6)));
  });
}

/// A place on the link that no capsule covers and no server that it passes, from the mark outwards.
float free_share(const StageLayout& layout, const LinkPlace& place, const LinkPair& pair, const std::vector<Capsule>& capsules,
                 bool still) {
  if (!still || capsules.size() > 64) return place.mark_share;
  const std::string words = tag_words(pair);
  for (float offset : {0.0f, 0.12f, -0.12f, 0.24f, -0.24f, 0.34f, -0.34f}) {
    const float share = place.mark_share + offset;
    if (share < 0.1f || share > 0.9f) continue;
    const ImVec2 middle = lerp(place.from, place.to, share);
    const Rect spot = words.empty() ? around(middle, px(9), px(9)) : tag_box(middle, words);
    bool covered = under_capsules(spot, capsules);
    for (const NodePlace& node : layout.nodes) {
      const float reach = layout.radius + px(9);
      covered = covered || (node.id != place.a && node.id != place.b &&
                            overlap(spot, around(node.centre, reach, reach)));
    }
    if (!covered) return share;
  }
  return place.mark_share;
}

bool is_up(const Observation& observation, ServerId id) {
  for (const ServerView& server : observation.servers) {
    if (server.id == id) return server.status != ServerStatus::down;
  }
  return false;
}

/// How much two servers have to do with each other: 1 when one running configuration holds both, less when
/// only the sealed one before it does, 0 when neither does.
float kinship(const Observation& observation, ServerId a, ServerId b) {
  if (observation.configurations.size() < 2) return 1;
  float best = 0;
  for (size_t i = observation.configurations.size() - 2; i < observation.configurations.size(); ++i) {
    const ConfigurationView& configuration = observation.configurations[i];
    const ServerSet members = set_of(configuration.members);
    if (contains(members, a) && contains(members, b)) best = std::max(best, configuration.sealed ? 0.4f : 1.0f);
  }
  return best;
}

/// `share`: where its mark stands.
void draw_link(const Context& context, const LinkPlace& place, const LinkPair& pair, float share) {
  ImDrawList& list = canvas();
  const Theme& t = theme();
  const Item self{Item::Kind::link, pair.a, pair.b, 0};
  const bool lit = context.selection.hovered == self || context.selection.menu == self;
  if (pair.cut()) return draw_cut(list, place, share, lit);
  const bool dead = !is_up(context.frame.observation, pair.a) || !is_up(context.frame.observation, pair.b);
  const float thick = line_width(lit ? 2.5f : pair.in_use ? 2 : 1.5f);
  const float kin = lit || pair.in_use || pair.slow || pair.loss_permille > 0
                        ? 1
                        : kinship(context.frame.observation, pair.a, pair.b);
  if (kin <= 0) return;  // drawn when the pointer is on it or something is on its way
  const ImU32 colour = lit ? t.text2 : with_alpha(t.link, kin * (dead ? 0.35f : pair.in_use ? 1.0f : 0.55f));
  if (pair.one_way()) {
    draw_one_way(list, place, pair, colour, thick);
  } else if (pair.loss_permille > 0) {
    dashed_line(list, place.from, place.to, colour, thick, 14 * scale(), 5 * scale());
  } else {
    list.AddLine(place.from, place.to, colour, thick);
  }
}

void toggle(Context& context, const LinkPair& pair) {
  Command command{Command::Kind::perform};
  command.action.kind = pair.cut() || pair.one_way() ? ActionKind::heal : ActionKind::cut;
  command.action.a = pair.a;
  command.action.b = pair.b;
  context.commands.push_back(std::move(command));
}

}  // namespace

void merge_links(const std::vector<LinkView>& links, std::vector<LinkPair>& pairs) {
  pairs.clear();
  for (const LinkView& link : links) {
    if (link.from == link.to) continue;
    LinkPair& pair = pair_of(pairs, std::min(link.from, link.to), std::max(link.from, link.to));
    (link.from < link.to ? pair.up_ab : pair.up_ba) = link.up;
    pair.in_use = pair.in_use || link.in_use;
    pair.slow = pair.slow || link.slow;
    pair.latency_us = std::max(pair.latency_us, link.latency_us);
    pair.loss_permille = std::max(pair.loss_permille, link.loss_permille);
    pair.duplication_permille = std::max(pair.duplication_permille, link.duplication_permille);
  }
}

std::string link_name(ServerId a, ServerId b) {
  return concat("Link ", server_label(std::min(a, b)), "\xe2\x80\x93", server_label(std::max(a, b)));
}

std::string link_state(const LinkPair& pair) {
  if (pair.cut()) return "cut";
  std::string state = "up";
  if (pair.one_way()) {
    state = concat("only ", server_label(pair.up_ab ? pair.a : pair.b), " to ",
                    server_label(pair.up_ab ? pair.b : pair.a));
  }
  if (pair.slow) state += concat(", slow, ", (pair.latency_us + 500) / 1000, " ms");
  if (pair.loss_permille > 0) state += concat(", loses ", (pair.loss_permille + 5) / 10, " %");
  if (pair.duplication_permille > 0) state += concat(", repeats ", (pair.duplication_permille + 5) / 10, " %");
  return state;
}

void draw_links(const Context& context, const StageLayout& layout, const std::vector<LinkPair>& pairs,
                const std::vector<Capsule>& capsules) {
  const bool still = !context.frame.playing;
  // Cut links first: what still works lies on top.
  for (const bool cut : {true, false}) {
    for (const LinkPair& pair : pairs) {
      const LinkPlace* place = layout.link(pair.a, pair.b);
      if (place == nullptr || pair.cut() != cut) continue;
      draw_link(context, *place, pair, free_share(layout, *place, pair, capsules, still));
    }
  }
  // Tags lie on all lines. One that would lie on another or under a capsule at rest is left out: the pointer finds it.
  std::vector<Rect> tags;
  for (const LinkPair& pair : pairs) {
    const LinkPlace* place = layout.link(pair.a, pair.b);
    const std::string words = place == nullptr ? std::string() : tag_words(pair);
    if (words.empty()) continue;
    const Rect box = tag_box(lerp(place->from, place->to, free_share(layout, *place, pair, capsules, still)), words);
    const bool taken = std::any_of(tags.begin(), tags.end(), [&](const Rect& other) { return overlap(box, other); });
    if (taken || (still && under_capsules(box, capsules))) continue;
    draw_tag(canvas(), box, words);
    tags.push_back(box);
  }
}

void react_to_links(Context& context, const StageLayout& layout, const std::vector<LinkPair>& pairs,
                    const std::vector<Capsule>& capsules, bool taken) {
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  const LinkPair* nearest = nullptr;
  float nearest_distance = 8 * scale();
  for (const LinkPair& pair : pairs) {
    const LinkPlace* place = layout.link(pair.a, pair.b);
    if (place == nullptr) continue;
    const ImVec2 spot = lerp(place->from, place->to, free_share(layout, *place, pair, capsules, !context.frame.playing));
    const Rect area = around(spot, px(12), px(12));
    char key[24];
    std::snprintf(key, sizeof key, "link %u-%u", pair.a, pair.b);
    if (context.semantics.add(key, SemanticRole::button, link_name(pair.a, pair.b), link_state(pair),
                              area.min, area.max)) {
      toggle(context, pair);
    }
    if (context.semantics.focused(key)) focus_ring(area, 6);
    // Near its spot a link wins over lines that pass closer.
    const float spot_distance = distance(pointer, spot) < 9 * scale() ? -1.0f : 1e9f;
    const float away = std::min(spot_distance, distance(pointer, place->from, place->to));
    if (away < nearest_distance) nearest = &pair, nearest_distance = away;
  }
  const Rect pointed = around(pointer, px(10), px(10));  // a press may move a little before its release
  if (nearest == nullptr || taken || !hovered(pointed)) return;
  hand_cursor();
  context.selection.hovering = {Item::Kind::link, nearest->a, nearest->b, 0};
  tooltip(concat(link_name(nearest->a, nearest->b), ": ", link_state(*nearest), ". Click to ",
                  nearest->cut() || nearest->one_way() ? "heal" : "cut", "."));
  if (clicked(pointed)) toggle(context, *nearest);
  if (menu_clicked(pointed)) open_menu(context, context.selection.hovering, pointer);
}

}  // namespace paxoscope::ui
