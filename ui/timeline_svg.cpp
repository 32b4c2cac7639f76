#include "ui/timeline_svg.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ui/svg.h"

namespace paxoscope::ui {
namespace {

constexpr int kWidth = 1200, kLeft = 48, kRight = 16, kTop = 64, kPitch = 44;

class Drawing : private Svg {
 public:
  Drawing(const Observation& observation, const Timeline& timeline, const TimelineView& sight)
      : observation_(observation), timeline_(timeline), from_us_(sight.from_us),
        to_us_(std::max(sight.to_us, sight.from_us + 1)) {}

  std::string draw(const std::string& title) {
    const Theme& t = theme();
    const int height = kTop + kPitch * static_cast<int>(observation_.servers.size()) + 8;
    begin(kWidth, height, t.bg1, title, concat("Messages from ", time_label(from_us_), " to ", time_label(to_us_)));
    words(16, 24, t.text, title, "font-size=\"16\" font-weight=\"600\"");
    cuts(height);
    for (const ServerView& server : observation_.servers) lane(server.id);
    for (const ArrowRecord& arrow : timeline_.arrows) message(arrow);
    for (const LeaderSpan& span : timeline_.leaders) leads(span);
    axis();
    return end();
  }

 private:
  int x_of(TimeUs time) const {
    const double share = static_cast<double>(time - from_us_) / static_cast<double>(to_us_ - from_us_);
    return kLeft + static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * (kWidth - kLeft - kRight)));
  }
  int y_of(ServerId id) const {
    int row = 0;
    for (const ServerView& server : observation_.servers) row += server.id < id;
    return kTop + kPitch * row + kPitch / 2;
  }
  bool seen(TimeUs from, TimeUs to) const { return to >= from_us_ && from <= to_us_; }
  TimeUs end_of(TimeUs to_us) const { return to_us < 0 ? timeline_.last_time_us : to_us; }

  void cuts(int height) {
    for (const CutSpan& cut : timeline_.cuts) {
      if (!seen(cut.from_us, end_of(cut.to_us))) continue;
      const int left = x_of(cut.from_us);
      box(left, kTop, x_of(end_of(cut.to_us)) - left, height - kTop - 8, theme().danger, "opacity=\"0.12\"");
      words(left + 4, kTop - 6, theme().danger, cut.label);
    }
  }
  void lane(ServerId id) {
    const Theme& t = theme();
    const int y = y_of(id);
    words(16, y + 4, t.text, server_label(id), "font-weight=\"600\"");
    line(kLeft, y, kWidth - kRight, y, t.line2, "");
    TimeUs from = 0;
    Epoch epoch;
    const auto piece = [&](TimeUs to) {
      if (epoch && seen(from, to)) line(x_of(from), y, x_of(to), y, colours_of(epoch, timeline_).stroke, "stroke-width=\"2\"");
    };
    for (const EpochChange& change : timeline_.lanes) {
      if (change.server != id) continue;
      piece(change.from_us);
      epoch = change.epoch;
      from = change.from_us;
    }
    piece(timeline_.last_time_us);
    for (const DownSpan& down : timeline_.downs)
      if (down.server == id && seen(down.from_us, end_of(down.to_us))) {
        const int left = x_of(down.from_us);
        box(left, y - 8, x_of(end_of(down.to_us)) - left, 16, t.bg0, concat("stroke=\"", svg_colour(t.line2), "\" stroke-dasharray=\"2 3\""));
        words(left + 6, y + 4, t.text2, down.paused ? "paused" : "down");
      }
  }
  void message(const ArrowRecord& arrow) {
    if (!seen(arrow.sent_us, arrow.end_us)) return;
    const bool heartbeat = arrow.family == MessageFamily::heartbeat;
    const bool lost = arrow.fate == MessageFate::lost || arrow.fate == MessageFate::dropped;
    const ImU32 colour = heartbeat ? theme().text3 : colours_of(arrow.epoch, timeline_).stroke;
    const int x1 = x_of(arrow.sent_us), y1 = y_of(arrow.from);
    int x2 = x_of(arrow.end_us), y2 = y_of(arrow.to);
    if (lost) y2 = (y1 + y2) / 2;
    line(x1, y1, x2, y2, colour, heartbeat ? "opacity=\"0.35\"" : "stroke-width=\"1.2\"");
    if (lost) return words(x2 - 4, y2 + 4, theme().danger, "\xc3\x97");
    const double length = std::max(1.0, std::hypot(x2 - x1, y2 - y1)), ux = (x2 - x1) / length, uy = (y2 - y1) / length;
    char head[160];
    std::snprintf(head, sizeof head, "<path d=\"M%d %dL%.1f %.1fL%.1f %.1fZ\" fill=\"%s\"%s/>\n", x2, y2,
                  x2 - 7 * ux - 3 * uy, y2 - 7 * uy + 3 * ux, x2 - 7 * ux + 3 * uy, y2 - 7 * uy - 3 * ux,
                  svg_colour(colour).c_str(), heartbeat ? " opacity=\"0.35\"" : "");
    out += head;
  }
  void leads(const LeaderSpan& span) {
    if (!seen(span.from_us, end_of(span.to_us))) return;
    const EpochColours colours = colours_of(span.epoch, timeline_);
    const int left = x_of(span.from_us), y = y_of(span.server);
    box(left, y - 8, std::max(2, x_of(end_of(span.to_us)) - left), 16, colours.fill,
        concat("rx=\"4\" stroke=\"", svg_colour(colours.stroke), span.has_followers ? "\"" : "\" stroke-dasharray=\"3 3\""));
    words(left + 6, y + 4, theme().text, epoch_label(span.epoch), "font-family=\"monospace\"");
  }
  void axis() {
    const TimeUs step = tick_distance((to_us_ - from_us_) / 10);
    for (TimeUs tick = (from_us_ + step - 1) / step * step; tick <= to_us_; tick += step)
      words(x_of(tick), 44, theme().text2, time_label(tick), "text-anchor=\"middle\" font-size=\"11\"");
  }

  const Observation& observation_;
  const Timeline& timeline_;
  TimeUs from_us_, to_us_;
};

}  // namespace

std::string timeline_svg(const Observation& observation, const Timeline& timeline, const std::string& title,
                         const TimelineView& sight) {
  return Drawing(observation, timeline, sight).draw(title);
}

}  // namespace paxoscope::ui
