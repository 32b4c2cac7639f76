#include "ui/topbar.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kPickerWidth = 248;
/// Narrower bars leave out the name and the words on the inspector's button.
constexpr float kPhone = 560;

float picker_at(const Rect& bar, bool narrow) {
  return bar.min.x + px(!narrow ? 304 : bar.width() < px(kPhone) ? 56 : 168);
}

/// Five servers in a ring; three of them, a majority, agree.
void draw_logo(ImVec2 centre) {
  const Theme& t = theme();
  ImDrawList& list = canvas();
  const float s = scale();
  ImVec2 at[5];
  for (int i = 0; i < 5; ++i) {
    const float angle = (static_cast<float>(i) / 5 - 0.25f) * 6.2831853f;
    at[i] = {centre.x + 11 * s * std::cos(angle), centre.y + 11 * s * std::sin(angle)};
  }
  list.AddCircle(centre, 11 * s, t.line2, 0, 1.5f * s);
  list.AddTriangleFilled(at[0], at[1], at[4], mix(t.bg1, t.accent, 0.3f));
  list.AddTriangle(at[0], at[1], at[4], t.accent, 1.5f * s);
  for (int i = 0; i < 5; ++i) {
    const bool agrees = i == 0 || i == 1 || i == 4;
    list.AddCircleFilled(at[i], 3.8f * s, agrees ? t.accent : t.text2);
    if (!agrees) list.AddCircleFilled(at[i], 2.3f * s, t.bg1);
  }
}

void draw_picker(Context& context, const Rect& rect, TopBarView& view) {
  const Theme& t = theme();
  const bool over = hovered(rect);
  rounded_rect(canvas(), rect.min, rect.max, px(6), t.bg0, over || view.menu_open ? t.line2 : t.line, px(1));
  const float middle = (rect.min.y + rect.max.y) / 2;
  text(canvas(), {rect.min.x + px(18), middle}, Align::centre, Font::icon, 13, t.text2, icon::map);
  const std::string& title = context.frame.scenario.title;
  text(canvas(), {rect.min.x + px(34), middle}, Align::left, Font::semibold, 13, t.text,
       title.empty() ? "Choose a scenario" : title, rect.width() - px(66));
  text(canvas(), {rect.max.x - px(16), middle}, Align::centre, Font::icon, 11, t.text2, icon::chevron_down);
  if (hot_area(context, "scenario picker", rect, "Scenario", title, SemanticRole::button,
               view.menu_open ? 1 : 0)) {
    view.menu_open = !view.menu_open;
  }
}

/// Kinds of a protocol stand behind it.
std::string segment_words(const std::string& id) {
  const std::string name = protocol_name(id);
  const size_t plus = name.find("+ ");
  return plus == name.npos ? name : name.substr(plus);
}

/// Segments, the running protocol lit; none if they do not fit.
void draw_protocols(Context& context, float x, float right, float top, const TopBarView& view) {
  const Theme& t = theme();
  std::vector<float> widths;
  float total = px(4);
  for (const std::string& id : view.protocols) {
    widths.push_back(std::ceil(text_width(Font::semibold, 13, segment_words(id))) + px(24));
    total += widths.back();
  }
  if (x + total > right) return;
  const Rect frame{{x, top}, {x + total, top + px(32)}};
  rounded_rect(canvas(), frame.min, frame.max, px(6), t.bg0, t.line, px(1));
  float at = x + px(2);
  for (size_t i = 0; i < view.protocols.size(); ++i) {
    const std::string& id = view.protocols[i];
    const Rect segment{{at, top + px(2)}, {at + widths[i], top + px(30)}};
    const bool current = id == context.frame.observation.protocol;
    if (current) canvas().AddRectFilled(segment.min, segment.max, t.bg3, px(4));
    text(canvas(), {(segment.min.x + segment.max.x) / 2, top + px(16)}, Align::centre,
         current ? Font::semibold : Font::regular, 13, current ? t.text : t.text2, segment_words(id));
    if (hot_area(context, "protocol " + id, segment, protocol_name(id), "", SemanticRole::tab,
                 current ? 1 : 0, 4) &&
        !current) {
      Command command{Command::Kind::set_protocol, {}, {}, 0, 0, 1, {}, id};
      context.commands.push_back(command);
    }
    at += widths[i];
  }
}

}  // namespace

std::string protocol_name(const std::string& id) {
  if (id == "omnipaxos") return "OmniPaxos";
  if (id == "raft") return "Raft";
  if (id == "raft-prevote") return "Raft + PreVote";
  if (id == "raft-checkquorum") return "Raft + CheckQuorum";
  if (id == "raft-both") return "Raft + both";
  if (id == "multipaxos") return "Multi-Paxos";
  if (id == "vr") return "VR";
  if (id == "register") return "Register";
  if (id == "register-local") return "Register + local reads";
  return id;
}

void draw_top_bar(Context& context, const Rect& area, TopBarView& view) {
  const Theme& t = theme();
  canvas().AddRectFilled(area.min, area.max, t.bg1);
  hairline(canvas(), {area.min.x, area.max.y - px(1)}, {area.max.x, area.max.y - px(1)}, t.line);
  draw_logo({area.min.x + px(28), area.min.y + 24.5f * scale()});
  const float middle = area.min.y + px(24), top = area.min.y + px(8);
  const bool phone = area.width() < px(kPhone);
  if (!phone) text(canvas(), {area.min.x + px(52), middle}, Align::left, Font::semibold, 16, t.text, "Paxoscope");

  const auto square = [&](float right) { return Rect{{right - px(32), top}, {right, top + px(32)}}; };
  float right = area.max.x - px(16);
  if (button(context, "help", square(right), ButtonStyle::outline, "Keys and help", "", icon::question, true,
             view.help_open)) {
    view.help_open = !view.help_open;
  }
  right -= px(40);
  const bool dark = t.name == ThemeName::dark;
  if (button(context, "theme", square(right), ButtonStyle::outline, dark ? "Light theme" : "Dark theme", "",
             dark ? icon::sun : icon::moon)) {
    context.commands.push_back(Command{Command::Kind::toggle_theme, {}, {}, 0, 0, 1, {}, {}});
  }
  right -= px(40);
  if (view.narrow) {
    const Rect inspect{{right - px(phone ? 32 : 104), top}, {right, top + px(32)}};
    if (button(context, "inspector drawer", inspect, ButtonStyle::outline,
               view.drawer_open ? "Hide inspector" : "Show inspector", phone ? "" : "Inspector", icon::bars, true,
               view.drawer_open)) {
      view.drawer_open = !view.drawer_open;
    }
    right = inspect.min.x - px(8);
  }
  const float left = picker_at(area, view.narrow);
  const Rect picker{{left, top}, {std::min(left + px(kPickerWidth), right), top + px(32)}};
  draw_picker(context, picker, view);
  if (!view.protocols.empty()) draw_protocols(context, picker.max.x + px(16), right, top, view);
}

void draw_scenario_menu(Context& context, const Rect& whole, const Rect& bar, TopBarView& view) {
  if (!view.menu_open) return;
  std::vector<MenuEntry> entries;
  for (const ScenarioChoice& choice : view.scenarios) {
    MenuEntry entry;
    entry.label = choice.title;
    entry.checked = choice.id == context.frame.scenario.id;
    entries.push_back(entry);
  }
  const float left = picker_at(bar, view.narrow);
  const int chosen =
      popup_menu(context, "scenario", {left, bar.max.y - px(4)}, whole, "", entries, kPickerWidth);
  if (chosen == kMenuOpen) return;
  view.menu_open = false;
  if (chosen < 0) return;
  Command command{
      Command::Kind::load_scenario, {}, {}, 0, 0, 1, {}, view.scenarios[static_cast<size_t>(chosen)].id};
  context.commands.push_back(command);
}

}  // namespace paxoscope::ui
