#include "ui/stage_svg.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/links.h"
#include "ui/messages.h"
#include "ui/nodes.h"
#include "ui/stage_layout.h"
#include "ui/svg.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr int kWidth = 960, kHeight = 560, kLegend = 36;
constexpr size_t kMostGroups = 200;  ///< of messages; of more the drawing says how many

int whole(float value) { return static_cast<int>(std::lround(value)); }
ImVec2 between(ImVec2 a, ImVec2 b, float share) { return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share}; }
/// About as wide as it will be: whoever shows the drawing has fonts of their own.
int room_of(std::string_view words) { return static_cast<int>(words.size()) * 7; }

/// Messages of one name on their way from one server to another; the first is where it is.
struct Group {
  const MessageView* first;
  uint32_t count;
};

class StageDrawing : private Svg {
 public:
  explicit StageDrawing(const Frame& frame) : frame_(frame), seen_(frame.observation), t_(theme()) {
    std::vector<ServerId> servers;
    for (const ServerView& server : seen_.servers) servers.push_back(server.id);
    layout_ = lay_out_stage({{0, 0}, {kWidth, kHeight}}, servers, 1, seen_.configurations);
    merge_links(seen_.links, pairs_);
  }

  std::string draw() {
    const std::string title = seen_.event.title.empty() ? frame_.scenario.title : seen_.event.title;
    begin(kWidth, kHeight + kLegend, t_.bg0, title, description());
    words(16, 26, t_.text, title, "font-size=\"16\" font-weight=\"600\"");
    words(16, 46, t_.text2, concat(frame_.scenario.title, ", ", seen_.protocol, ", ", time_label(frame_.shown_us)));
    for (const HullPlace& hull : layout_.hulls) draw_hull(hull);
    for (const LinkPair& pair : pairs_)
      if (const LinkPlace* place = layout_.link(pair.a, pair.b)) draw_link(pair, *place);
    draw_messages();
    for (const ServerView& server : seen_.servers)
      if (const NodePlace* place = layout_.node(server.id)) draw_server(server, *place);
    draw_legend();
    return end();
  }

 private:
  std::string description() const {
    std::string words = concat(frame_.scenario.title, " at ", time_label(frame_.shown_us), ". ");
    for (const ServerView& server : seen_.servers) words += concat(server_label(server.id), ": ", server_state(server, seen_), ". ");
    for (const LinkPair& pair : pairs_)
      if (pair.cut() || pair.one_way()) words += concat(link_name(pair.a, pair.b), " is ", link_state(pair), ". ");
    return words;
  }

  static std::string stroke(ImU32 colour, std::string_view width, std::string_view more = {}) {
    return concat("stroke=\"", svg_colour(colour), "\" stroke-width=\"", width, "\" ", more);
  }
  static std::string filled(ImU32 colour) { return concat("fill=\"", svg_colour(colour), "\" "); }
  void path(std::string_view d, std::string_view more) { out += concat("<path d=\"", d, "\" ", more, "/>\n"); }

  void draw_hull(const HullPlace& hull) {
    const Rect& r = hull.rect;
    std::string state;
    for (const ConfigurationView& configuration : seen_.configurations)
      if (configuration.id == hull.id) state = configuration_words(seen_, configuration);
    const std::string name = concat("config ", hull.id, ", ", state);
    open(name);
    box(whole(r.min.x), whole(r.min.y), whole(r.width()), whole(r.height()), hull.sealed ? t_.text2 : t_.accent,
        concat("rx=\"24\" fill-opacity=\"0.07\" ", stroke(t_.text2, "1.5", hull.sealed ? "stroke-dasharray=\"6 5\"" : "")));
    if (hull.name_right)
      words(whole(r.max.x) - 20, whole(r.min.y) + 24, t_.text, name, "text-anchor=\"end\" font-weight=\"600\"");
    else
      words(whole(r.min.x) + 16, whole(r.min.y) + 24, t_.text, name, "font-weight=\"600\"");
    close();
  }

  void link_line(ImVec2 a, ImVec2 b, ImU32 colour, std::string_view more) {
    line(whole(a.x), whole(a.y), whole(b.x), whole(b.y), colour, more);
  }
  /// Two short bars across a line.
  void cut_bars(ImVec2 at) {
    for (const int side : {-4, 4}) {
      const int x = whole(at.x) + side, y = whole(at.y);
      line(x - 3, y + 7, x + 3, y - 7, t_.danger, "stroke-width=\"2\"");
    }
  }
  void draw_link(const LinkPair& pair, const LinkPlace& place) {
    open(concat(link_name(pair.a, pair.b), ": ", link_state(pair)));
    const ImVec2 mark = between(place.from, place.to, place.mark_share);
    if (pair.cut()) {
      link_line(place.from, place.to, t_.danger, "stroke-width=\"1.25\" stroke-dasharray=\"3 6\" opacity=\"0.6\"");
      cut_bars(mark);
    } else if (pair.one_way()) {
      const ImVec2 start = pair.up_ab ? place.from : place.to, tip = pair.up_ab ? place.to : place.from, middle = between(start, tip, 0.5f);
      link_line(start, middle, t_.link, "stroke-width=\"1.5\"");
      head(middle, start, t_.link);
      link_line(middle, tip, t_.danger, "stroke-width=\"1.25\" stroke-dasharray=\"3 6\" opacity=\"0.6\"");
      cut_bars(between(start, tip, 0.75f));
    } else {
      link_line(place.from, place.to, t_.link,
                concat("stroke-width=\"", pair.in_use ? "2" : "1.5", pair.loss_permille > 0 ? "\" stroke-dasharray=\"14 5\"" : "\""));
      if (pair.loss_permille > 0) tag(mark, concat((pair.loss_permille + 5) / 10, " %"));
      else if (pair.slow) tag(mark, concat((pair.latency_us + 500) / 1000, " ms"));
    }
    close();
  }
  void tag(ImVec2 at, const std::string& label) {
    const int half = room_of(label) / 2 + 6;
    box(whole(at.x) - half, whole(at.y) - 9, 2 * half, 18, t_.bg0, concat("rx=\"4\" ", stroke(t_.line2, "1")));
    words(whole(at.x), whole(at.y) + 4, t_.text, label, "text-anchor=\"middle\"");
  }
  /// An arrow's head that comes from `start`.
  void head(ImVec2 tip, ImVec2 start, ImU32 colour) {
    const float length = std::max(1.0f, std::hypot(tip.x - start.x, tip.y - start.y));
    const float ux = (tip.x - start.x) / length, uy = (tip.y - start.y) / length;
    path(concat("M", whole(tip.x), " ", whole(tip.y), "L", whole(tip.x - 9 * ux - 4 * uy), " ", whole(tip.y - 9 * uy + 4 * ux), "L",
                whole(tip.x - 9 * ux + 4 * uy), " ", whole(tip.y - 9 * uy - 4 * ux), "Z"),
         filled(colour));
  }

  void draw_messages() {
    std::vector<Group> groups;
    size_t more = 0;
    for (const MessageView& message : seen_.messages) {
      if (is_hidden(frame_, message.family, message.name)) continue;
      const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
        return group.first->from == message.from && group.first->to == message.to && group.first->name == message.name;
      });
      if (same != groups.end()) {
        ++same->count;
        if (message.deliver_us < same->first->deliver_us) same->first = &message;
      } else if (groups.size() < kMostGroups) {
        groups.push_back({&message, 1});
      } else {
        ++more;
      }
    }
    for (const Group& group : groups) draw_message(group);
    if (more > 0) words(kWidth - 16, 26, t_.text2, concat("and ", more, " more messages"), "text-anchor=\"end\"");
  }
  void draw_message(const Group& group) {
    const MessageView& message = *group.first;
    const LinkPlace* place = layout_.link(message.from, message.to);
    if (place == nullptr) return;
    const bool forward = message.from < message.to;
    const ImVec2 start = forward ? place->from : place->to, tip = forward ? place->to : place->from;
    const float share = std::clamp(flight_progress(message, frame_.shown_us, false), 0.0f, 1.0f);
    // Both ways of a link side by side.
    const float length = std::max(1.0f, std::hypot(tip.x - start.x, tip.y - start.y)), aside = 6;
    ImVec2 at = between(start, tip, 0.2f + 0.6f * share);
    at.x -= (tip.y - start.y) / length * aside;
    at.y += (tip.x - start.x) / length * aside;
    const int x = whole(at.x), y = whole(at.y);
    const bool heartbeat = message.family == MessageFamily::heartbeat, transfer = message.family == MessageFamily::transfer;
    const bool reply = message.family == MessageFamily::reply || message.family == MessageFamily::refusal;
    const EpochColours colours = heartbeat || transfer ? t_.neutral : colours_of(message.epoch, frame_.timeline);
    const std::string count = group.count > 1 ? concat(" \xc3\x97", group.count) : "";
    const std::string name = joined({message.name, message.value.empty() ? "" : " ", message.value});
    open(concat(name, " from ", server_label(message.from), " to ", server_label(message.to), count));
    if (heartbeat) {
      circle(x, y, 3, filled(colours.stroke));
      return close();
    }
    const char* mark = message.family == MessageFamily::refusal ? "\xc3\x97 " : message.family == MessageFamily::decision ? "\xe2\x9c\x93 " : "";
    const std::string label = joined({mark, name, count});
    const int half = room_of(label) / 2 + 9;
    const float ux = (tip.x - start.x) / length, uy = (tip.y - start.y) / length;
    const float edge = 9 + std::min(static_cast<float>(half) / std::max(std::abs(ux), 0.01f), 11 / std::max(std::abs(uy), 0.01f));
    head({at.x + ux * edge, at.y + uy * edge}, at, colours.stroke);
    box(x - half, y - 11, 2 * half, 22, reply ? t_.bg0 : colours.fill, concat("rx=\"11\" ", stroke(colours.stroke, "1.5")));
    words(x, y + 4, t_.text, label, "text-anchor=\"middle\" font-weight=\"600\"");
    close();
  }

  void draw_server(const ServerView& server, const NodePlace& place) {
    const EpochColours colours = colours_of(server.epoch, frame_.timeline);
    const bool down = server.status == ServerStatus::down, leads = server.role == Role::leader, old = server.role == Role::old_leader;
    const bool outside = server.role == Role::learner;
    const int x = whole(place.centre.x), y = whole(place.centre.y), r = whole(layout_.radius);
    open(concat("Server ", server_label(server.id), ": ", server_state(server, seen_)));
    circle(x, y, whole(layout_.radius * 1.3f), filled(t_.bg0));
    const bool dashed = down || server.role == Role::retired;
    circle(x, y, r, concat(filled(down ? t_.bg0 : outside ? t_.bg2 : colours.fill),
                           stroke(down || outside ? t_.line2 : colours.stroke, leads && !down ? "5" : old && !down ? "3" : "2",
                                  dashed ? "stroke-dasharray=\"4 4\"" : "")));
    words(x, y + 8, down ? t_.text3 : t_.text, server_label(server.id), "text-anchor=\"middle\" font-size=\"22\" font-weight=\"600\"");
    if (!down && (leads || old)) draw_crown(x, y - whole(layout_.radius * 1.55f), old ? t_.bg0 : colours.stroke, colours.stroke);
    draw_facts(server, place);
    close();
  }
  void draw_crown(int x, int y, ImU32 fill, ImU32 colour) {
    path(concat("M", x - 11, " ", y, "L", x - 13, " ", y - 15, "L", x - 5, " ", y - 8, "L", x, " ", y - 18, "L", x + 5, " ", y - 8, "L", x + 13, " ",
                y - 15, "L", x + 11, " ", y, "Z"),
         concat(filled(fill), stroke(colour, "1.5")));
  }
  void draw_facts(const ServerView& server, const NodePlace& place) {
    if (layout_.level == FactsLevel::none) return;
    const bool left = place.side == FactsSide::left, centred = place.side == FactsSide::above || place.side == FactsSide::below;
    const Rect& r = place.facts;
    const int x = whole(left ? r.max.x : centred ? (r.min.x + r.max.x) / 2 : r.min.x);
    const char* anchor = left ? "text-anchor=\"end\"" : centred ? "text-anchor=\"middle\"" : "";
    int y = whole(r.min.y) + 14;
    const std::string epoch = server.epoch ? epoch_label(server.epoch) + "  " : "";
    words(x, y, t_.text, epoch + role_words(server), concat(anchor, " font-weight=\"600\" font-size=\"13\""));
    if (server.status == ServerStatus::down || layout_.level == FactsLevel::one) return;
    if (server.has_quorum_mark) {
      const bool good = server.quorum_connected;
      words(x, y += 22, good ? t_.ok : t_.danger, concat(good ? "\xe2\x9c\x93 QC" : "\xc3\x97 no QC", ", hears ", server.heard, " of ", server.members), anchor);
    }
    std::string last = concat("decided ", server.decided_index);
    if (!seen_.has_log) {
      last = server.registers.empty() ? "holds nothing" : "";
      for (const RegisterCell& cell : server.registers)
        if (cell.stamp == server.epoch) last = joined({cell.key, " = ", cell.value});
    }
    words(x, y + 22, t_.text2, last, anchor);
  }

  void draw_legend() {
    int x = 16;
    const int y = kHeight + kLegend / 2;
    const EpochColours& colours = t_.epochs[0];
    const auto entry = [&](int width, std::string_view label) {
      words(x + width + 8, y + 4, t_.text2, label);
      x += width + room_of(label) + 28;
    };
    open("Legend");
    if (seen_.has_log) {
      draw_crown(x + 13, y + 8, colours.stroke, colours.stroke);
      entry(26, "leader");
    }
    box(x, y - 7, 26, 14, colours.fill, concat("rx=\"7\" ", stroke(colours.stroke, "1.5")));
    entry(26, "request");
    box(x, y - 7, 26, 14, t_.bg0, concat("rx=\"7\" ", stroke(colours.stroke, "1.5")));
    entry(26, "reply");
    if (seen_.has_log) {
      circle(x + 4, y, 3, filled(t_.neutral.stroke));
      entry(8, "heartbeat");
    }
    line(x, y, x + 40, y, t_.danger, "stroke-width=\"1.25\" stroke-dasharray=\"3 6\" opacity=\"0.6\"");
    cut_bars({static_cast<float>(x + 20), static_cast<float>(y)});
    entry(40, "cut link");
    words(x, y + 4, t_.text2, joined({"the colour is the ", seen_.epoch_word}));
    close();
  }

  const Frame& frame_;
  const Observation& seen_;
  const Theme& t_;
  StageLayout layout_;
  std::vector<LinkPair> pairs_;
};

}  // namespace

std::string stage_svg(const Frame& frame) { return StageDrawing(frame).draw(); }

}  // namespace paxoscope::ui
