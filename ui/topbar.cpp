#include "ui/topbar.h"

#include <algorithm>
#include <cmath>

#include "ui/phone.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr float kPickerWidth = 248;

float picker_at(const Rect& bar, bool narrow) {
  return bar.min.x + px(phone() ? 8 : narrow ? 168 : 304);
}

/// A box that opens a menu.
void draw_picker(Context& context, const Rect& rect, TopBarView& view) {
  const Theme& t = theme();
  const bool over = hovered(rect), open = view.menu == TopMenu::scenarios;
  rounded_rect(canvas(), rect.min, rect.max, px(6), t.bg0, over || open ? t.line2 : t.line, px(1));
  const float middle = (rect.min.y + rect.max.y) / 2;
  text(canvas(), {rect.min.x + px(18), middle}, Align::centre, Font::icon, 13, t.text2, icon::map);
  const std::string& title = context.frame.scenario.title;
  text(canvas(), {rect.min.x + px(34), middle}, Align::left, Font::semibold, 13, t.text,
       title.empty() ? "Choose a scenario" : title, rect.width() - px(66));
  text(canvas(), {rect.max.x - px(16), middle}, Align::centre, Font::icon, 11, t.text2, icon::chevron_down);
  if (hot_area(context, "scenario picker", rect, "Scenario", title, SemanticRole::button, open))
    view.toggle(TopMenu::scenarios);
}

/// Kinds of Raft stand behind the first of them.
std::string segment_words(const std::vector<std::string>& shown, const std::string& id) {
  const std::string name = protocol_name(id);
  return id != shown[0] && name.rfind("Raft + ", 0) == 0 && shown[0].rfind("raft", 0) == 0 ? name.substr(5) : name;
}

void ask_protocol(Context& context, const std::string& id) {
  if (id == context.frame.observation.protocol) return;
  Command command{Command::Kind::set_protocol};
  command.text = id;
  context.commands.push_back(command);
}

/// One segment; the last of them opens the menu.
bool draw_segment(Context& context, const Rect& segment, const std::string& key, const std::string& label,
                  const std::string& words, bool lit, bool opens) {
  const Theme& t = theme();
  if (lit) canvas().AddRectFilled(segment.min, segment.max, t.bg3, px(4));
  const float middle = (segment.min.y + segment.max.y) / 2;
  text(canvas(), {segment.min.x + px(12), middle}, Align::left, lit ? Font::semibold : Font::regular, 13,
       lit ? t.text : t.text2, words);
  if (opens)
    text(canvas(), {segment.max.x - px(14), middle}, Align::centre, Font::icon, 11, t.text2, icon::chevron_down);
  return hot_area(context, key, segment, label, opens ? words : "", opens ? SemanticRole::button : SemanticRole::tab,
                  lit, 4);
}

/// The scenario's protocols as segments and the others behind a menu; all of them behind it where there is no room.
/// Returns the left edge of what opens the menu.
float draw_protocols(Context& context, float x, float right, float top, TopBarView& view) {
  const std::string& current = context.frame.observation.protocol;
  std::vector<std::string> shown = view.narrow ? std::vector<std::string>{} : context.frame.scenario.protocols;
  const auto width_of = [](const std::string& words) { return std::ceil(text_width(Font::semibold, 13, words)) + px(24); };
  const auto last_words = [&] {
    return std::find(shown.begin(), shown.end(), current) == shown.end() ? protocol_name(current) : "Others";
  };
  const auto total = [&] {
    float sum = px(4 + 16) + width_of(last_words());
    for (const std::string& id : shown) sum += width_of(segment_words(shown, id));
    return sum;
  };
  if (x + total() > right) shown.clear();
  if (current.empty() || x + total() > right) return 0;
  rounded_rect(canvas(), {x, top}, {x + total(), top + px(32)}, px(6), theme().bg0, theme().line, px(1));
  x += px(2);
  const auto place = [&](float width) {
    const Rect segment{{x, top + px(2)}, {x + width, top + px(30)}};
    x += width;
    return segment;
  };
  for (const std::string& id : shown)
    if (draw_segment(context, place(width_of(segment_words(shown, id))), "protocol " + id, protocol_name(id),
                     segment_words(shown, id), id == current, false))
      ask_protocol(context, id);
  const std::string last = last_words();
  const bool off = last != "Others";
  if (draw_segment(context, place(width_of(last) + px(16)), "protocols", "Protocol", last, off, true))
    view.toggle(TopMenu::protocols);
  return x - width_of(last) - px(18);
}

/// Those that the scenario was written for, then the others.
std::vector<std::string> ordered_protocols(const TopBarView& view, const Scenario& scenario, size_t* own) {
  std::vector<std::string> ids = scenario.protocols;
  *own = ids.size();
  for (const std::string& id : view.protocols)
    if (std::find(scenario.protocols.begin(), scenario.protocols.end(), id) == scenario.protocols.end()) ids.push_back(id);
  return ids;
}

void protocol_menu(Context& context, const Rect& whole, float top, TopBarView& view) {
  size_t own = 0;
  const std::vector<std::string> ids = ordered_protocols(view, context.frame.scenario, &own);
  std::vector<MenuEntry> entries;
  for (const std::string& id : ids) {
    MenuEntry entry;
    entry.label = protocol_name(id);
    entry.checked = id == context.frame.observation.protocol;
    entry.separator_above = entries.size() == own && own > 0;
    if (entries.size() >= own && own > 0) entry.hint = "off script";
    entries.push_back(entry);
  }
  const int chosen = popup_menu(context, "protocol", {view.protocol_left, top}, whole, "", entries, 208);
  if (chosen == kMenuOpen) return;
  view.menu = TopMenu::none;
  if (chosen >= 0) ask_protocol(context, ids[static_cast<size_t>(chosen)]);
}

void scenario_menu(Context& context, const Rect& whole, ImVec2 at, TopBarView& view) {
  std::vector<MenuEntry> entries;
  for (const ScenarioChoice& choice : view.scenarios) {
    MenuEntry entry;
    entry.label = choice.title;
    entry.checked = choice.id == context.frame.scenario.id;
    entries.push_back(entry);
  }
  const int chosen = popup_menu(context, "scenario", at, whole, "", entries, kPickerWidth);
  if (chosen == kMenuOpen) return;
  view.menu = TopMenu::none;
  if (chosen < 0) return;
  Command command{Command::Kind::load_scenario};
  command.text = view.scenarios[static_cast<size_t>(chosen)].id;
  context.commands.push_back(command);
}

struct ShareKind {
  const char* id;
  const char* label;
  const char* hint;
};

constexpr ShareKind kShares[] = {
    {"link", "Copy a link to this moment", ""},  {"report", "Copy a problem report", ""},
    {"png", "The screen as a picture", "png"},   {"stage", "The stage as a drawing", "svg"},
    {"svg", "The timeline as a drawing", "svg"},
    {"mermaid", "The messages in sight", "mermaid"}, {"shiviz", "Everything so far", "shiviz"},
    {"trace", "The latest events, line by line", "jsonl"}, {"toml", "This scenario", "toml"},
    {"open", "Open a scenario\xe2\x80\xa6", "toml"},
};

void share_menu(Context& context, const Rect& whole, float top, TopBarView& view) {
  std::vector<MenuEntry> entries;
  for (const ShareKind& kind : kShares) {
    MenuEntry entry;
    entry.label = kind.label;
    entry.hint = kind.hint;
    entry.separator_above = entries.size() == 2 || entries.size() == 8;
    entries.push_back(entry);
  }
  const int chosen = popup_menu(context, "share", {whole.max.x - px(phone() ? 16 : 320), top}, whole, "", entries, 232);
  if (chosen == kMenuOpen) return;
  view.menu = TopMenu::none;
  if (chosen < 0) return;
  Command command{Command::Kind::share};
  command.text = kShares[chosen].id;
  context.commands.push_back(command);
}

}  // namespace

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

const char* next_theme_label(ThemeName present) {
  static constexpr const char* kNames[] = {"Dark theme", "Light theme", "Projector theme"};
  return kNames[static_cast<int>(next_theme(present))];
}
const char* next_theme_icon(ThemeName present) {
  static constexpr const char* kIcons[] = {icon::moon, icon::sun, icon::desktop};
  return kIcons[static_cast<int>(next_theme(present))];
}

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
  text(canvas(), {area.min.x + px(52), middle}, Align::left, Font::semibold, 16, t.text, "Paxoscope");

  const auto square = [&](float right) { return Rect{{right - px(32), top}, {right, top + px(32)}}; };
  float right = area.max.x - px(16);
  if (button(context, "help", square(right), ButtonStyle::outline, "Keys and help", "", icon::question, true,
             view.help_open))
    view.help_open = !view.help_open;
  right -= px(40);
  if (button(context, "theme", square(right), ButtonStyle::outline, next_theme_label(t.name), "", next_theme_icon(t.name)))
    ask(context, Command::Kind::toggle_theme);
  right -= px(40);
  const Rect share{{right - px(view.narrow ? 32 : 88), top}, {right, top + px(32)}};
  if (button(context, "share", share, ButtonStyle::filled, "Share", view.narrow ? "" : "Share", icon::share, true,
             view.menu == TopMenu::share))
    view.toggle(TopMenu::share);
  right = share.min.x - px(8);
  if (view.narrow) {
    const bool tight = area.width() < px(840);  // the protocols' menu needs the room of the word
    const Rect inspect{{right - px(tight ? 32 : 104), top}, {right, top + px(32)}};
    if (button(context, "inspector drawer", inspect, ButtonStyle::outline,
               view.drawer_open ? "Hide inspector" : "Show inspector", tight ? "" : "Inspector", icon::bars, true, view.drawer_open))
      view.drawer_open = !view.drawer_open;
    right = inspect.min.x - px(8);
  }
  const float left = picker_at(area, view.narrow);
  const Rect picker{{left, top}, {std::min(left + px(kPickerWidth), right), top + px(32)}};
  draw_picker(context, picker, view);
  view.protocol_left = draw_protocols(context, picker.max.x + px(view.narrow ? 8 : 16), right, top, view);
}

void draw_top_menu(Context& context, const Rect& whole, const Rect& bar, TopBarView& view) {
  const float top = bar.max.y - px(4);
  switch (view.menu) {
    case TopMenu::none:
      return;
    case TopMenu::scenarios:
      return scenario_menu(context, whole, {picker_at(bar, view.narrow), top}, view);
    case TopMenu::protocols:
      return protocol_menu(context, whole, top, view);
    case TopMenu::more:
    case TopMenu::speeds:
      return draw_phone_menu(context, whole, top, view);
    case TopMenu::share:
      return share_menu(context, whole, top, view);
  }
}

}  // namespace paxoscope::ui
