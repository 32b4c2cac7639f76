// What a drag and a line on the stage mean. Arithmetic only; hands and drawing are in gestures.cpp.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/geometry.h"
#include "ui/gestures.h"

namespace paxoscope::ui {
namespace {

constexpr float kBack = 10;        ///< px around where it was taken: nothing happens
constexpr float kAside = 44;       ///< px beside the link: dropped
constexpr float kArrived = 0.85f;  ///< share of the way: delivered
constexpr float kCloses = 30;      ///< px between the ends of a loop
constexpr float kLeastLoop = 120;  ///< px around it

/// To steps that a person can tell apart.
TimeUs rounded(float longer_us, TimeUs most_us) {
  const TimeUs step = std::max<TimeUs>(1'000, most_us / 80);
  return std::max(step, static_cast<TimeUs>(longer_us / static_cast<float>(step) + 0.5f) * step);
}

float turn(ImVec2 a, ImVec2 b, ImVec2 c) { return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x); }

bool cross_each_other(ImVec2 a, ImVec2 b, ImVec2 c, ImVec2 d) {
  return (turn(a, b, c) > 0) != (turn(a, b, d) > 0) && (turn(c, d, a) > 0) != (turn(c, d, b) > 0);
}

/// Even-odd rule, the ends joined.
bool encloses(const std::vector<ImVec2>& line, ImVec2 p) {
  bool in = false;
  for (size_t i = 0, last = line.size() - 1; i < line.size(); last = i++)
    if ((line[i].y > p.y) != (line[last].y > p.y) &&
        p.x < line[i].x + (line[last].x - line[i].x) * (p.y - line[i].y) / (line[last].y - line[i].y))
      in = !in;
  return in;
}

/// The servers that a closed line surrounds; 0 when it is not closed, or surrounds all of them.
ServerSet surrounded(const std::vector<ImVec2>& line, const StageLayout& layout) {
  float length = 0;
  for (size_t i = 1; i < line.size(); ++i) length += distance(line[i - 1], line[i]);
  if (length < px(kLeastLoop) || distance(line.front(), line.back()) > px(kCloses)) return 0;
  ServerSet inside = 0, all = 0;
  for (const NodePlace& node : layout.nodes) {
    all |= server_bit(node.id);
    if (encloses(line, node.centre)) inside |= server_bit(node.id);
  }
  return inside == all ? 0 : inside;
}

struct Known {
  LinkEnds ends;
  bool cut;
};

/// All that is cut already, or else what is not.
void choose(const std::vector<Known>& crossed, StrokeMeaning& meaning) {
  const bool all_cut = std::all_of(crossed.begin(), crossed.end(), [](const Known& link) { return link.cut; });
  meaning.kind = crossed.empty() ? StrokeMeaning::Kind::nothing
                 : all_cut       ? StrokeMeaning::Kind::heal
                                 : StrokeMeaning::Kind::cut;
  for (const Known& link : crossed)
    if (all_cut || !link.cut) meaning.links.push_back(link.ends);
}

std::string letters(ServerSet set) {
  std::string words;
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (contains(set, id)) words += (words.empty() ? "" : ", ") + server_label(id);
  return words;
}

std::string links_words(const std::vector<LinkEnds>& links) {
  if (links.size() != 1) return concat(links.size(), " links");
  return concat(server_label(links[0].a), links[0].directed ? "\xe2\x86\x92" : "\xe2\x80\x93", server_label(links[0].b));
}

}  // namespace

DragMeaning read_drag(const Way& way, ImVec2 start, ImVec2 hand, TimeUs most_us) {
  if (distance(start, hand) < px(kBack)) return {};
  const ImVec2 unit = direction(way.from, way.to);
  const ImVec2 from_sender{hand.x - way.from.x, hand.y - way.from.y};
  const float length = std::max(distance(way.from, way.to), 1.0f);
  const float share = std::clamp((from_sender.x * unit.x + from_sender.y * unit.y) / length, 0.0f, 1.0f);
  const float disc = distance(hand, along(way.to, unit, way.receiver_radius));
  if (disc < way.receiver_radius * 1.3f) return {DragMeaning::Kind::deliver, 0};
  if (std::fabs(from_sender.y * unit.x - from_sender.x * unit.y) > px(kAside)) return {DragMeaning::Kind::drop, 0};
  if (share >= kArrived) return {DragMeaning::Kind::deliver, 0};
  const float left = (kArrived - share) / kArrived;
  return {DragMeaning::Kind::hold, rounded(left * left * static_cast<float>(most_us), most_us)};
}

StrokeMeaning read_stroke(const std::vector<ImVec2>& line, const StageLayout& layout, const std::vector<LinkPair>& pairs,
                          bool one_way) {
  StrokeMeaning meaning;
  if (line.size() < 2) return meaning;
  std::vector<Known> crossed;
  if ((meaning.inside = surrounded(line, layout)) != 0) {
    for (const NodePlace& node : layout.nodes)
      if (!contains(meaning.inside, node.id)) meaning.outside |= server_bit(node.id);
    for (const LinkPair& pair : pairs)
      if (contains(meaning.inside, pair.a) != contains(meaning.inside, pair.b))
        crossed.push_back({{pair.a, pair.b, false}, pair.cut()});
    choose(crossed, meaning);
    meaning.kind = meaning.kind == StrokeMeaning::Kind::heal ? StrokeMeaning::Kind::rejoin : StrokeMeaning::Kind::partition;
    return meaning;
  }
  for (const LinkPair& pair : pairs) {
    const LinkPlace* place = layout.link(pair.a, pair.b);
    if (place == nullptr) continue;
    for (size_t i = 1; i < line.size(); ++i) {
      if (!cross_each_other(line[i - 1], line[i], place->from, place->to)) continue;
      // With y pointing down a positive turn is to the right.
      const bool forth = turn(line[i - 1], line[i], place->to) > 0;
      if (one_way)
        crossed.push_back({{forth ? pair.a : pair.b, forth ? pair.b : pair.a, true}, forth ? !pair.up_ab : !pair.up_ba});
      else
        crossed.push_back({{pair.a, pair.b, false}, pair.cut()});
      break;
    }
  }
  choose(crossed, meaning);
  return meaning;
}

Action action_of(const StrokeMeaning& meaning) {
  Action action;
  if (meaning.kind == StrokeMeaning::Kind::partition) {
    action.kind = ActionKind::partition;
    action.groups = {meaning.inside, meaning.outside};
    return action;
  }
  action.kind = meaning.kind == StrokeMeaning::Kind::cut ? ActionKind::cut : ActionKind::heal;
  if (meaning.links.empty()) return action;
  action.a = meaning.links[0].a;
  action.b = meaning.links[0].b;
  action.directed = meaning.links[0].directed;
  action.more.assign(meaning.links.begin() + 1, meaning.links.end());
  return action;
}

std::string words_of(const DragMeaning& meaning) {
  switch (meaning.kind) {
    case DragMeaning::Kind::deliver: return "Deliver now";
    case DragMeaning::Kind::hold: return concat("Hold ", duration_value(meaning.longer_us).text, " longer");
    case DragMeaning::Kind::drop: return "Drop";
    default: return "Leave it";
  }
}

std::string words_of(const StrokeMeaning& meaning) {
  switch (meaning.kind) {
    case StrokeMeaning::Kind::cut: return "Cut " + links_words(meaning.links);
    case StrokeMeaning::Kind::heal: return "Heal " + links_words(meaning.links);
    case StrokeMeaning::Kind::partition:
      return concat("Partition ", letters(meaning.inside), " from ", letters(meaning.outside));
    case StrokeMeaning::Kind::rejoin: return concat("Rejoin ", letters(meaning.inside), " and ", letters(meaning.outside));
    default: return "Cross links, or circle servers";
  }
}

}  // namespace paxoscope::ui
