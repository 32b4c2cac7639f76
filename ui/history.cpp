#include "ui/history.h"

#include <algorithm>
#include <cmath>

#include "ui/draw.h"
#include "ui/geometry.h"
#include "ui/menus.h"
#include "ui/proposals.h"
#include "ui/scroll.h"
#include "ui/tabs.h"
#include "ui/timeline_parts.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr float kPitch = 24, kBar = 18, kGap = 6, kLegend = 26, kLanesLeast = 90;
constexpr size_t kMostRows = 6;      ///< operations of one client that overlap stand below each other
constexpr size_t kMostItems = 300;   ///< bars offered to the keyboard at a time
constexpr float kFade = 28;

Scroll& scroll() {
  static Scroll the_scroll;
  return the_scroll;
}

/// The rows of one client: until when each is taken.
struct ClientLane {
  uint32_t client = 0;
  std::vector<TimeUs> taken_until;
  float top = 0;  ///< from the top of the content
};

/// Which row each operation stands in: of its client's rows the first that is free when it is invoked.
struct Arrangement {
  std::vector<ClientLane> lanes;
  std::vector<std::pair<uint16_t, uint16_t>> places;  ///< [operation] → lane, row
  float height = 0;
};

void arrange(const Observation& observation, Arrangement& out) {
  const std::vector<OperationView>& operations = observation.operations;
  out.lanes.clear();
  out.places.clear();
  // Who has not asked yet has a lane as well; who left has one while something of it is shown.
  for (const ClientView& client : observation.clients)
    if (!client.gone) out.lanes.push_back({client.number, {0}, 0});
  for (const OperationView& operation : operations) {
    auto lane = std::lower_bound(out.lanes.begin(), out.lanes.end(), operation.client,
                                 [](const ClientLane& l, uint32_t client) { return l.client < client; });
    if (lane == out.lanes.end() || lane->client != operation.client) out.lanes.insert(lane, {operation.client, {}, 0});
  }
  for (const OperationView& operation : operations) {
    const auto lane = std::lower_bound(out.lanes.begin(), out.lanes.end(), operation.client,
                                       [](const ClientLane& l, uint32_t client) { return l.client < client; });
    std::vector<TimeUs>& rows = lane->taken_until;
    size_t row = 0;
    while (row < rows.size() && rows[row] > operation.invoked_us) ++row;
    row = std::min(row, kMostRows - 1);
    if (row == rows.size()) rows.push_back(0);
    rows[row] = std::max(rows[row], operation.returned_us < 0 ? INT64_MAX : operation.returned_us);
    out.places.emplace_back(static_cast<uint16_t>(lane - out.lanes.begin()), static_cast<uint16_t>(row));
  }
  out.height = px(kGap);
  for (ClientLane& lane : out.lanes) {
    lane.top = out.height;
    out.height += px(kPitch) * static_cast<float>(lane.taken_until.size()) + px(kGap);
  }
}

std::string words_of(const OperationView& operation) {
  if (operation.end != OperationEnd::ok || operation.result.empty()) return operation.command;
  return joined({operation.command, " \xe2\x86\x92 ", operation.result});
}

/// "answered after 180 ms, taken to happen at 2.340 s"
std::string spoken(const OperationView& operation) {
  static constexpr const char* kEnds[] = {"no answer yet", "answered", "failed: it has no effect",
                                          "outcome unknown: it may take effect at any later time, or never"};
  std::string words = kEnds[static_cast<size_t>(operation.end)];
  if (operation.returned_us >= 0) words += joined({", ", duration_value(operation.returned_us - operation.invoked_us).text,
                                                   " after ", time_label(operation.invoked_us)});
  if (operation.server != 0) words += joined({", asked server ", server_label(operation.server)});
  if (operation.tries > 1) words += joined({", ", std::to_string(operation.tries), " tries"});
  if (operation.point_us >= 0) words += joined({", taken to happen at ", time_label(operation.point_us)});
  if (operation.cannot_be_ordered) words += ", part of what cannot be ordered";
  return words;
}

/// "asks B: put 1, get 1, one after another, every 50 ms, 2 open"
std::string words_of(const ClientView& client) {
  if (client.gone) return "has left";
  return joined({"asks ", server_label(client.server), ": ", client.mix, client.open_loop ? ", without waiting" : ", one after another",
                 ", every ", duration_value(client.every_us).text, ", ", std::to_string(client.waiting), " open"});
}

/// From full colour to nothing.
void fade(ImVec2 min, ImVec2 max, ImU32 colour) {
  const ImU32 clear = with_alpha(colour, 0);
  canvas().AddRectFilledMultiColor(min, max, colour, clear, clear, colour);
}

/// The bar's shape says how the operation ended.
void draw_bar(const Rect& bar, OperationEnd end, bool wrong, bool lit) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  const ImU32 edge = lit ? t.text : wrong ? t.danger : t.neutral.stroke;
  const float thick = px(lit || wrong ? 2 : 1);
  switch (end) {
    case OperationEnd::open:
      list.AddRectFilled({bar.min.x + px(3), bar.min.y}, bar.max, t.neutral.fill);
      list.AddRectFilled(bar.min, {std::min(bar.min.x + px(6), bar.max.x), bar.max.y}, t.neutral.fill, px(3));
      list.AddRectFilled(bar.min, {bar.min.x + px(2), bar.max.y}, edge, px(1));
      fade({bar.max.x, bar.min.y}, {bar.max.x + px(kFade), bar.max.y}, t.neutral.fill);
      break;
    case OperationEnd::unknown:
      rounded_rect(list, bar.min, bar.max, px(4), t.bg0, 0, 0);
      dashed_rect(list, bar.min, bar.max, px(4), edge, std::max(thick, 1.5f * scale()), px(4), px(3));
      break;
    default:
      rounded_rect(list, bar.min, bar.max, px(4), end == OperationEnd::ok ? t.neutral.fill : t.bg0, edge, thick);
  }
  if (wrong) hatch(list, bar.min, bar.max, with_alpha(t.danger, 0.45f), px(6));
}

/// Where it may be taken to have happened: a pin in the bar's upper edge, clear of the words.
void draw_point(ImVec2 top) {
  const float x = std::round(top.x);
  canvas().AddRectFilled({x - px(1), top.y}, {x + px(1), top.y + px(6)}, theme().text);
  canvas().AddCircleFilled({x, top.y - px(1)}, 3 * scale(), theme().text);
}

/// Draws one frame of the view.
class HistoryView {
 public:
  HistoryView(Context& context, const Lanes& times, const Arrangement& rows)
      : context_(context), times_(times), rows_(rows) {}

  void draw_clients() {
    for (const ClientLane& lane : rows_.lanes) {
      const float top = scroll().top() + lane.top;
      const float bottom = top + px(kPitch) * static_cast<float>(lane.taken_until.size());
      if (!scroll().visible(top, bottom)) continue;
      const std::string name = lane.client == 0 ? "op" : joined({"k", std::to_string(lane.client)});
      const ClientView* client = find_client(lane.client);
      const bool gone = client != nullptr && client->gone;
      text(canvas(), {times_.left - px(12), top + px(kPitch) / 2}, Align::right, Font::semibold, 13,
           gone ? theme().text3 : theme().text2, name);
      if (gone) cross(canvas(), {times_.left - px(20) - text_width(Font::semibold, 13, name), top + px(kPitch) / 2}, px(3), theme().text3, 1.5f * scale());
      hairline(canvas(), {times_.area.min.x + px(8), bottom + px(2)}, {times_.right, bottom + px(2)},
               with_alpha(theme().line, 0.6f));
      const Rect seen = scroll().clipped({{times_.area.min.x, top}, {times_.left, bottom}});
      const std::string words = client == nullptr ? "" : words_of(*client);
      if (client == nullptr) {
        context_.semantics.add(joined({"client ", name}), SemanticRole::text, joined({"Client ", name}), "", seen.min, seen.max);
        continue;
      }
      const bool chosen = hot_area(context_, joined({"client ", name}), seen, joined({"Client ", name}), words);
      if (hovered(seen)) tooltip(joined({"Client ", name, ": ", words}));
      if (chosen || menu_clicked(seen)) open_clients(context_, {seen.min.x, seen.max.y});
    }
  }

  void draw(const OperationView& operation, size_t which) {
    const auto [lane, row] = rows_.places[which];
    const float top = scroll().top() + rows_.lanes[lane].top + px(kPitch) * static_cast<float>(row) + px(3);
    const TimeUs now_us = context_.frame.shown_us;
    const bool open = operation.end == OperationEnd::open || operation.returned_us < 0;
    const TimeUs end_us = open ? std::max(now_us, operation.invoked_us) : operation.returned_us;
    const bool pending_effect = operation.end == OperationEnd::unknown;
    if (!times_.overlaps(operation.invoked_us, pending_effect ? now_us : end_us)) return;
    any_ = true;
    // A row more on each side: the keyboard reaches what is not in sight.
    if (!scroll().visible(top - px(kPitch), top + px(kBar + kPitch))) return;
    Rect bar{{std::round(std::max(times_.x_of(operation.invoked_us), times_.left - px(16))), top}, {0, top + px(kBar)}};
    bar.max.x = std::round(std::min(times_.x_of(end_us), times_.right + px(16)));
    bar.max.x = std::max(bar.max.x, bar.min.x + px(3));
    const Item self = proposal_item(operation.attempt_id, operation.invoked_event);
    if (pending_effect) {
      const float y = std::round((bar.min.y + bar.max.y) / 2);
      dashed_line(canvas(), {bar.max.x, y}, {std::min(times_.x_of(now_us), times_.right), y}, theme().text3, px(1), px(2),
                  px(4));
    }
    draw_bar(bar, operation.end, operation.cannot_be_ordered, context_.selection.lit(self));
    const std::string words = words_of(operation);
    write({bar.min, {bar.max.x + (open ? px(kFade) : 0), bar.max.y}}, words, operation.end == OperationEnd::failed);
    if (operation.point_us >= 0 && times_.overlaps(operation.point_us, operation.point_us))
      draw_point({times_.x_of(operation.point_us), bar.min.y});
    if (++items_ > kMostItems) return;
    const Rect seen = scroll().clipped({{std::max(bar.min.x, times_.left), bar.min.y},
                                        {std::min(std::max(bar.max.x, bar.min.x + px(8)), times_.right), bar.max.y}});
    const std::string value = spoken(operation);
    const std::string key = joined({"operation ", operation.id});
    offer_proposal(context_, key, seen, joined({operation.id, " ", words}), value, self, operation.invoked_event,
                   operation.returned_event);
    if (seen.height() < px(kBar) && context_.semantics.focused(key))
      scroll().reveal(context_, bar.min.y - px(3), bar.max.y + px(kGap));
    if (hovered(seen)) tooltip(joined({operation.id, " ", words, ": ", value}));
  }
  bool any() const { return any_; }

 private:
  const ClientView* find_client(uint32_t number) const {
    const std::vector<ClientView>& clients = context_.frame.observation.clients;
    return number == 0 || number > clients.size() ? nullptr : &clients[number - 1];
  }
  /// The command and its result, or the command alone, where it fits.
  void write(const Rect& bar, std::string_view words, bool failed) {
    const float left = std::max(bar.min.x, times_.left) + px(failed ? 16 : 6);
    const float room = std::min(bar.max.x, times_.right) - left - px(4);
    const float middle = (bar.min.y + bar.max.y) / 2;
    if (failed && room > 0) cross(canvas(), {left - px(8), middle}, px(3), theme().danger, 1.5f * scale());
    const auto too_long = [&] { return text_width(Font::mono, 11, words) > room; };
    const size_t result = words.find(" \xe2\x86\x92");
    // What a read saw says more than that it is a read.
    if (too_long() && result != words.npos && words.substr(0, 4) == "get ") {
      const std::string_view saw = words.substr(4);
      if (text_width(Font::mono, 11, saw) <= room) words = saw;
    }
    if (too_long()) words = words.substr(0, result);
    if (too_long()) return;
    text(canvas(), {left, middle}, Align::left, Font::mono, 11, failed ? theme().text2 : theme().text, words);
  }

  Context& context_;
  const Lanes& times_;
  const Arrangement& rows_;
  size_t items_ = 0;
  bool any_ = false;
};

/// One row for each key: the time in which a value must have been the register's, or may have been so for a moment.
class ZonesView {
 public:
  ZonesView(Context& context, const Lanes& times, float top) : context_(context), times_(times), top_(top) {}

  static float height(const std::vector<ZoneView>& zones) {
    float rows = 0;
    for (size_t i = 0; i < zones.size(); ++i) rows += i == 0 || zones[i].key != zones[i - 1].key ? px(kPitch) : 0;
    return rows == 0 ? 0 : rows + px(kGap);
  }
  void draw() {
    const auto& zones = context_.frame.observation.zones;
    for (size_t i = 0; i < zones.size(); ++i) {
      const bool first = i == 0 || zones[i].key != zones[i - 1].key;
      if (first && i != 0) top_ += px(kPitch);
      if (first)
        text(canvas(), {times_.left - px(12), top_ + px(kPitch) / 2}, Align::right, Font::mono, 13, theme().text2, zones[i].key);
      draw(zones[i]);
    }
  }

 private:
  void draw(const ZoneView& zone) {
    if (!times_.overlaps(zone.from_us, zone.to_us)) return;
    const Theme& t = theme();
    const float y = top_ + px(3);
    Rect bar{{std::round(std::max(times_.x_of(zone.from_us), times_.left)), y}, {0, y + px(kBar)}};
    bar.max.x = std::max(std::round(std::min(times_.x_of(zone.to_us), times_.right)), bar.min.x + px(3));
    const ImU32 edge = zone.clashes ? t.danger : t.accent;
    if (zone.held)
      rounded_rect(canvas(), bar.min, bar.max, px(4), mix(t.bg0, edge, 0.25f), edge, px(1));
    else
      dashed_rect(canvas(), bar.min, bar.max, px(4), edge, px(1), px(4), px(3));
    if (zone.clashes) hatch(canvas(), bar.min, bar.max, with_alpha(t.danger, 0.45f), px(6));
    const std::string value = zone.value.empty() ? "nothing" : zone.value;
    if (text_width(Font::mono, 11, value) + px(8) <= bar.width())
      text(canvas(), {bar.min.x + px(5), (bar.min.y + bar.max.y) / 2}, Align::left, Font::mono, 11, t.text, value);
    const std::string words = joined({zone.held ? "held from " : "held at some moment from ", time_label(zone.from_us), " to ",
                                      time_label(zone.to_us), zone.clashes ? ", where another value must be held, too" : ""});
    context_.semantics.add(joined({"zone ", zone.key, " ", value}), SemanticRole::text, joined({zone.key, " = ", value}), words,
                           bar.min, bar.max);
    if (hovered(bar)) tooltip(joined({zone.key, " = ", value, ": ", words}));
  }

  Context& context_;
  const Lanes& times_;
  float top_;
};

/// Says what is wrong, or nothing.
std::string problem_of(const std::vector<OperationView>& operations) {
  constexpr int kNamed = 4;
  std::string names, key;
  int count = 0;
  for (const OperationView& operation : operations) {
    if (!operation.cannot_be_ordered) continue;
    key = operation.key;
    if (++count <= kNamed) names += joined({count > 1 ? ", " : "", operation.id, " `", words_of(operation), "`"});
  }
  if (count == 0) return {};
  if (count > kNamed) names += joined({" and ", std::to_string(count - kNamed), " more"});
  return joined({"**No order explains what clients saw**", key.empty() ? "" : " of `", key, key.empty() ? "" : "`", ": ",
                 names, "."});
}

void draw_legend(Context& context, const Rect& row) {
  static constexpr std::pair<OperationEnd, const char*> kSamples[] = {{OperationEnd::ok, "answered"},
                                                                     {OperationEnd::open, "no answer yet"},
                                                                     {OperationEnd::unknown, "unknown"},
                                                                     {OperationEnd::failed, "failed"}};
  const float y = std::round((row.min.y + row.max.y) / 2);
  float x = row.min.x;
  const auto words = [&](const char* what) {
    x += text(canvas(), {x, y}, Align::left, Font::regular, 12, theme().text2, what) + px(20);
  };
  for (const auto& [end, what] : kSamples) {
    const bool open = end == OperationEnd::open;
    draw_bar({{x, y - px(7)}, {x + px(open ? 8 : 24), y + px(7)}}, end, false, false);
    if (end == OperationEnd::failed) cross(canvas(), {x + px(8), y}, px(3), theme().danger, 1.5f * scale());
    x += px(open ? 38 : 32);
    words(what);
    if (row.width() < px(440) && end == OperationEnd::unknown) break;
  }
  if (row.max.x - x > px(150)) {
    draw_point({x + px(3), y - px(2)});
    x += px(14);
    words("may be taken to happen here");
  }
  if (!context.frame.observation.zones.empty() && row.max.x - x > px(150)) {
    rounded_rect(canvas(), {x, y - px(7)}, {x + px(24), y + px(7)}, px(4), mix(theme().bg0, theme().accent, 0.25f), theme().accent, px(1));
    x += px(32);
    words("held all that time");
  }
  context.semantics.add("history legend", SemanticRole::text, "Legend",
                        "A bar is an operation, from invocation to response. It fades out while there is no answer, is "
                        "dashed where the outcome is unknown, has a cross where it failed. A dot: where it may be taken "
                        "to have happened. Hatched in red: no order explains it.",
                        row.min, row.max);
}

void draw_problem(Context& context, const Rect& row, const std::string& problem) {
  const Theme& t = theme();
  rounded_rect(canvas(), row.min, row.max, px(6), mix(t.bg0, t.danger, 0.1f), with_alpha(t.danger, 0.6f), px(1));
  quorum_mark(canvas(), {row.min.x + px(16), row.min.y + px(14)}, 7, false);
  canvas().PushClipRect(row.min, row.max, true);
  paragraph(&canvas(), {row.min.x + px(32), row.min.y + px(4)}, row.width() - px(40), 12, 18, t.body, problem);
  canvas().PopClipRect();
  if (hovered(row)) tooltip(problem);
  context.semantics.add("history problem", SemanticRole::text, "Not in any order", problem, row.min, row.max);
}

}  // namespace

void draw_history(Context& context, const Rect& area, const TimelineView& view) {
  const std::vector<OperationView>& operations = context.frame.observation.operations;
  const Rect whole = below_tabs(area);
  if (operations.empty()) {
    return draw_nothing_yet(context, whole, "No operations yet",
                            "Here stands what clients asked and what they saw, from invocation to response. It fills in "
                            "scenarios with clients.");
  }
  static Arrangement rows;  // scratch memory, kept between frames
  arrange(context.frame.observation, rows);
  const float zones = ZonesView::height(context.frame.observation.zones);
  for (ClientLane& lane : rows.lanes) lane.top += zones;
  rows.height += zones;
  const std::string problem = problem_of(operations);
  const float said = problem.empty() ? 0 : std::min(paragraph(nullptr, {}, area.width() - px(72), 12, 18, 0, problem), px(54));
  const float sentence = problem.empty() ? 0 : said + px(12);
  // A low view needs its height for the lanes.
  const float legend = px(whole.height() - sentence < px(kLegend + kLanesLeast) ? 6 : kLegend), below = legend + sentence;
  const Lanes times(context.frame, {whole.min, {whole.max.x, whole.max.y - below}}, view);
  const Rect ground{{times.left, times.top}, {times.right, times.bottom}};
  canvas().PushClipRect({times.left - px(1), whole.min.y}, {times.right + px(1), times.area.max.y}, true);
  draw_grid(times);
  canvas().PopClipRect();

  scroll().begin(context, {{times.area.min.x, times.top}, {times.area.max.x, times.bottom}}, rows.height);
  HistoryView drawn(context, times, rows);
  drawn.draw_clients();
  ZonesView(context, times, scroll().top() + px(kGap)).draw();
  canvas().PushClipRect({times.left - px(1), times.top}, {times.right + px(1), times.bottom}, true);
  for (size_t i = 0; i < operations.size(); ++i) drawn.draw(operations[i], i);
  canvas().PopClipRect();
  scroll().end(rows.height);
  if (!drawn.any()) {
    text(canvas(), {(times.left + times.right) / 2, times.bottom - px(18)}, Align::centre, Font::regular, 12,
         theme().text2, "No operation in this stretch of time", times.right - times.left);
  }

  Places places;
  keep_off_playhead(context.frame, times, places);
  draw_ticks(times, places);
  draw_playhead(context, times);
  const float left = area.min.x + px(16), right = area.max.x - px(16), foot = area.max.y - legend;
  if (legend > px(6)) draw_legend(context, {{left, foot}, {right, area.max.y}});
  if (!problem.empty()) draw_problem(context, {{left, area.max.y - below}, {right, foot - px(4)}}, problem);
  if (context.selection.hovering.kind != Item::Kind::none || !hovered(ground)) return;
  hand_cursor();
  if (clicked(ground)) ask_time(context, std::max<TimeUs>(times.time_at(ImGui::GetIO().MousePos.x), 0));
}

}  // namespace paxoscope::ui
