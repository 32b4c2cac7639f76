#include "ui/menus.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ui/menu_choices.h"
#include "ui/network_card.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

/// Where the open menu stands and which of its pages is shown.
struct MenuPlace {
  ImVec2 at;
  Page page = Page::main;
  Draft draft;
  ServerSet away = 0;  ///< on the other side of a partition
  bool fresh = false;  ///< opened in this frame: the click that opened it must not close it
  char words[64] = "x=1";
};

MenuPlace& place() {
  static MenuPlace the_place;
  return the_place;
}

/// The newest configuration's members are chosen at first.
void start_members(const Observation& observation) {
  MenuPlace& kept = place();
  kept.draft.members = 0;
  kept.draft.lead = 0;
  if (observation.configurations.empty()) return;
  kept.draft.members = set_of(observation.configurations.back().members);
}

Command menu_command(const Item& item, ImVec2 at, Page page) {
  MenuPlace& kept = place();
  kept.at = at;
  kept.page = page;
  kept.fresh = true;
  Command command{Command::Kind::open_menu};
  command.item = item;
  return command;
}

void close(Context& context) {
  context.selection.menu = {};
}

void perform(Context& context, const Action& action) {
  Command command{Command::Kind::perform};
  command.action = action;
  context.commands.push_back(std::move(command));
  close(context);
}

/// A field for a command such as "x=1", and what proposes it.
void draw_propose(Context& context, ServerId id) {
  MenuPlace& kept = place();
  const int answer = text_card(context, kept.at, concat("Propose at ", server_label(id)), "Enter proposes it, Esc closes",
                               "Command to propose", kept.words, sizeof kept.words, kept.fresh);
  kept.fresh = false;
  if (answer == kMenuClosed) return close(context);
  if (answer == kMenuOpen) return;
  Action action;
  action.kind = ActionKind::propose;
  action.a = id;
  action.text = kept.words;
  perform(context, action);
}

}  // namespace

int text_card(Context& context, ImVec2 at, std::string_view title, const char* hint, std::string_view label, char* words,
              size_t size, bool fresh) {
  const ImVec2 view = ImGui::GetIO().DisplaySize;
  const float width = px(272), height = px(104);
  const ImVec2 min{std::min(at.x, view.x - width - px(8)), std::min(at.y, view.y - height - px(8))};
  const Rect card{min, {min.x + width, min.y + height}};
  ImGui::SetNextWindowPos(min);
  ImGui::SetNextWindowSize({width, height});
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                      ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoScrollbar |
                                      ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav;
  bool done = false;
  if (ImGui::Begin("##card", nullptr, kFlags)) {
    ImGui::PushFont(font(Font::semibold, 13));
    ImGui::TextUnformatted(title.data(), title.data() + title.size());
    ImGui::PopFont();
    ImGui::PushFont(font(Font::mono, 13));
    if (fresh) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    done = ImGui::InputText("##words", words, size,
                            ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
    ImGui::PopFont();
    ImGui::PushFont(font(Font::regular, 12));
    ImGui::TextDisabled("%s", hint);
    ImGui::PopFont();
    context.semantics.add(label, SemanticRole::text, label, words, card.min, card.max);
  }
  ImGui::End();
  cover({{0, 0}, view});
  if (fresh) context.animating = true;  // the field has the keyboard from the next frame on
  const ImGuiIO& io = ImGui::GetIO();
  const bool beside = (io.MouseReleased[0] || io.MouseReleased[1]) && !card.contains(io.MousePos) &&
                      !card.contains(io.MouseClickedPos[0]);
  if (done && words[0] != 0) return 0;
  const bool closed = (beside && !fresh) || ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false);
  return closed ? kMenuClosed : kMenuOpen;
}

void open_clients(Context& context, ImVec2 at) {
  context.commands.push_back(menu_command({Item::Kind::server, 0, 0, 0}, at, Page::clients));
}

Command faults_command(ImVec2 at, bool network) {
  return menu_command({Item::Kind::server, 0, 0, 0}, at, network ? Page::network : Page::main);
}

void open_menu(Context& context, const Item& item, ImVec2 at) { context.commands.push_back(menu_command(item, at, Page::main)); }

void draw_menus(Context& context) {
  const Item item = context.selection.menu;
  if (item.kind == Item::Kind::none) return;
  MenuPlace& kept = place();
  if (kept.page == Page::propose) return draw_propose(context, item.a);
  if (kept.page == Page::network || kept.page == Page::sides) {
    const bool fresh = std::exchange(kept.fresh, false);
    const bool stays = kept.page == Page::network ? draw_network_card(context, item, kept.at, fresh)
                                                  : draw_sides_card(context, kept.at, fresh, kept.away);
    return stays ? void() : close(context);
  }
  std::string title;
  const Choices choices = choices_of(context.frame.observation, item, kept.page, kept.draft, title);
  if (choices.empty()) return close(context);
  std::vector<MenuEntry> entries;
  for (const Choice& choice : choices) entries.push_back(choice.entry);
  const ImVec2 view = ImGui::GetIO().DisplaySize;
  const int chosen = popup_menu(context, "menu", kept.at, {{0, 0}, view}, title, entries, 200);
  const bool fresh = kept.fresh;
  kept.fresh = false;
  if (chosen == kMenuClosed && !fresh) return close(context);
  if (chosen < 0) return;
  const Choice& choice = choices[static_cast<size_t>(chosen)];
  context.animating = true;
  if (choice.toggles != 0) {
    kept.draft.members ^= server_bit(choice.toggles);
    if (!contains(kept.draft.members, kept.draft.lead)) kept.draft.lead = 0;
    return;
  }
  if (choice.eyes != 0) {
    context.selection.eyes = context.selection.server = choice.eyes;
    return close(context);
  }
  if (choice.moves_lead) {
    kept.draft.lead = next_lead(kept.draft.members, kept.draft.lead);
    return;
  }
  if (choice.next == Page::main) return perform(context, choice.action);
  kept.page = choice.next;
  kept.fresh = true;
  if (choice.next == Page::members) start_members(context.frame.observation);
  if (choice.next == Page::sides) kept.away = 0;
}

}  // namespace paxoscope::ui
