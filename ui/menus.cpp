#include "ui/menus.h"

#include <algorithm>

#include "ui/menu_choices.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

/// Where the open menu stands and which of its pages is shown.
struct MenuPlace {
  ImVec2 at;
  Page page = Page::main;
  Draft draft;
  bool fresh = false;  ///< opened in this frame: the click that opened it must not close it
  bool focus_text = false;
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
  const ImVec2 view = ImGui::GetIO().DisplaySize;
  const float width = px(272), height = px(104);
  const ImVec2 min{std::min(kept.at.x, view.x - width - px(8)), std::min(kept.at.y, view.y - height - px(8))};
  const Rect card{min, {min.x + width, min.y + height}};
  ImGui::SetNextWindowPos(min);
  ImGui::SetNextWindowSize({width, height});
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                      ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoScrollbar |
                                      ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav;
  bool done = false;
  if (ImGui::Begin("##propose", nullptr, kFlags)) {
    ImGui::PushFont(font(Font::semibold, 13));
    ImGui::TextUnformatted(("Propose at " + server_label(id)).c_str());
    ImGui::PopFont();
    ImGui::PushFont(font(Font::mono, 13));
    if (kept.focus_text) ImGui::SetKeyboardFocusHere();
    kept.focus_text = false;
    ImGui::SetNextItemWidth(-1);
    done = ImGui::InputText("##command", kept.words, sizeof kept.words,
                            ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
    ImGui::PopFont();
    ImGui::PushFont(font(Font::regular, 12));
    ImGui::TextDisabled("Enter proposes it, Esc closes");
    ImGui::PopFont();
    context.semantics.add("propose field", SemanticRole::text, "Command to propose", kept.words, card.min,
                          card.max);
  }
  ImGui::End();
  cover({{0, 0}, view});
  const ImGuiIO& io = ImGui::GetIO();
  const bool beside = (io.MouseReleased[0] || io.MouseReleased[1]) && !card.contains(io.MousePos) &&
                      !card.contains(io.MouseClickedPos[0]);
  if (done && kept.words[0] != 0) {
    Action action;
    action.kind = ActionKind::propose;
    action.a = id;
    action.text = kept.words;
    perform(context, action);
  } else if ((beside && !kept.fresh) || ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false)) {
    close(context);
  }
  kept.fresh = false;
}

}  // namespace

void open_menu(Context& context, const Item& item, ImVec2 at) {
  MenuPlace& kept = place();
  kept.at = at;
  kept.page = Page::main;
  kept.fresh = true;
  Command command{Command::Kind::open_menu};
  command.item = item;
  context.commands.push_back(std::move(command));
}

void draw_menus(Context& context) {
  const Item item = context.selection.menu;
  if (item.kind == Item::Kind::none) return;
  MenuPlace& kept = place();
  if (kept.page == Page::propose) return draw_propose(context, item.a);
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
  if (choice.moves_lead) {
    kept.draft.lead = next_lead(kept.draft.members, kept.draft.lead);
    return;
  }
  if (choice.next == Page::main) return perform(context, choice.action);
  kept.page = choice.next;
  kept.fresh = kept.focus_text = true;
  if (choice.next == Page::members) start_members(context.frame.observation);
}

}  // namespace paxoscope::ui
