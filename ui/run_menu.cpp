#include "ui/run_menu.h"

#include <algorithm>

#include "base/text.h"
#include "ui/menus.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

using Page = RunMenu::Page;

/// What a row does: a command, another page, or a change of where playing pauses.
struct Row {
  MenuEntry entry;
  Command command = {Command::Kind::none};
  Page next = Page::closed;
  Stop pause = StepUnit::event;  ///< event: none
  std::string hides = {};        ///< this kind of message, or shows it again
};

struct StopName {
  StepUnit unit;
  const char* words;
};

constexpr StopName kStops[] = {
    {StepUnit::leader, "A leader is elected"},    {StepUnit::decided, "An entry is decided"},
    {StepUnit::settled, "A future settles"},      {StepUnit::violation, "A check is violated"},
    {StepUnit::delivery, "A message arrives"},    {StepUnit::narration, "The lesson's next step"},
};
constexpr size_t kMostNames = 24;

Row named(std::string label, std::string hint = {}, const char* icon = nullptr) {
  Row row;
  row.entry.label = std::move(label);
  row.entry.hint = std::move(hint);
  row.entry.icon = icon;
  return row;
}

Row to_page(std::string label, Page next, std::string hint = {}, bool separated = false) {
  Row row = named(std::move(label), std::move(hint));
  row.next = next;
  row.entry.separator_above = separated;
  return row;
}

Row asking(std::string label, Command::Kind kind, uint64_t number = 0, std::string hint = {}) {
  Row row = named(std::move(label), std::move(hint));
  row.command.kind = kind;
  row.command.number = number;
  return row;
}

bool has(const std::vector<Stop>& pauses, const Stop& stop) {
  return std::find(pauses.begin(), pauses.end(), stop) != pauses.end();
}

/// A row about this stop, on whatever page.
Row about(const RunMenu& menu, const Stop& stop, std::string label) {
  Row row = named(std::move(label));
  if (menu.page == Page::pauses || menu.page == Page::pause_message) {
    row.pause = stop;
    row.entry.checked = has(menu.pauses, stop);
  } else {
    row.command.kind = menu.page == Page::back ? Command::Kind::step_back : Command::Kind::step;
    row.command.unit = stop.unit;
    row.command.text = stop.message;
  }
  return row;
}

std::vector<Row> stop_rows(const RunMenu& menu) {
  std::vector<Row> rows;
  for (const StopName& stop : kStops) rows.push_back(about(menu, stop.unit, stop.words));
  const std::string count = menu.pauses.empty() ? "" : std::to_string(menu.pauses.size());
  if (menu.page == Page::until) {
    rows.push_back(to_page("A message is sent\xe2\x80\xa6", Page::until_message));
    rows.push_back(to_page("Back to\xe2\x80\xa6", Page::back, {}, true));
    rows.push_back(to_page("Pause at\xe2\x80\xa6", Page::pauses, count));
  } else if (menu.page == Page::pauses) {
    rows.push_back(to_page("A message is sent\xe2\x80\xa6", Page::pause_message));
  }
  return rows;
}

/// Of what kinds messages were sent so far.
std::vector<std::string> message_names(const Timeline& timeline, bool heartbeats) {
  std::vector<std::string> names;
  for (const ArrowRecord& arrow : timeline.arrows) {
    if (!heartbeats && arrow.family == MessageFamily::heartbeat) continue;
    if (std::find(names.begin(), names.end(), arrow.name) != names.end()) continue;
    names.push_back(arrow.name);
    if (names.size() == kMostNames) break;
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Row> message_rows(const RunMenu& menu, const Timeline& timeline) {
  std::vector<Row> rows;
  for (const std::string& name : message_names(timeline, true)) rows.push_back(about(menu, Stop(StepUnit::message, name), name));
  return rows;
}

std::vector<Row> shown_rows(const RunMenu& menu, const Timeline& timeline) {
  std::vector<std::string> names = message_names(timeline, false);
  names.insert(names.begin(), kHeartbeats);
  std::vector<Row> rows;
  for (const std::string& name : names) {
    rows.push_back(named(name));
    rows.back().hides = name;
    rows.back().entry.checked = std::find(menu.hidden.begin(), menu.hidden.end(), name) == menu.hidden.end();
    rows.back().entry.separator_above = rows.size() == 2;
  }
  return rows;
}

std::vector<Row> branch_rows(const RunMenu& menu, const Frame& frame, bool shows_chosen) {
  std::vector<Row> rows;
  for (size_t i = 0; i < frame.branches->size(); ++i) {
    const Branch& branch = (*frame.branches)[i];
    rows.push_back(asking(branch.name, Command::Kind::go_to_branch, i, i == 0 ? "" : "at " + time_label(branch.fork_us)));
    rows.back().entry.checked = i == frame.branch;
  }
  rows.push_back(asking("Undo the last action", Command::Kind::undo));
  rows.back().entry.icon = icon::undo;
  rows.back().entry.enabled = frame.can_undo;
  rows.back().entry.separator_above = true;
  const bool marked = frame.marked != nullptr;
  rows.push_back(asking(marked ? "Stop comparing" : "Mark this moment to compare",
                        marked ? Command::Kind::unmark : Command::Kind::mark_moment, 0, "V"));
  rows.back().entry.separator_above = true;
  for (size_t i = 0; i < frame.branches->size() && !marked; ++i)
    if (i != frame.branch)
      rows.push_back(asking("Compare with " + (*frame.branches)[i].name, Command::Kind::mark_branch, i, "same time"));
  rows.push_back(to_page("Name this branch\xe2\x80\xa6", Page::branch_name));
  rows.push_back(asking("Delete this branch", Command::Kind::delete_branch, frame.branch));
  rows.back().entry.enabled = frame.branch != 0;
  rows.push_back(asking("Nobody knows: what is chosen", Command::Kind::show_chosen, 0, "U"));
  rows.back().entry.checked = shows_chosen;
  rows.back().entry.separator_above = true;
  const std::string off = menu.hidden.empty() ? "all" : concat(menu.hidden.size(), " off");
  rows.push_back(to_page("Messages shown\xe2\x80\xa6", Page::shown, off));
  rows.push_back(to_page("Servers\xe2\x80\xa6", Page::servers, std::to_string(frame.observation.servers.size())));
  rows.push_back(asking("Start over, without any action", Command::Kind::start_over));
  rows.back().entry.danger = true;
  return rows;
}

std::vector<Row> server_rows(const Frame& frame) {
  std::vector<Row> rows;
  for (uint64_t count = 3; count <= 9; ++count) {
    rows.push_back(asking(concat(count, " servers"), Command::Kind::set_servers, count));
    rows.back().entry.checked = count == frame.observation.servers.size();
  }
  return rows;
}

std::vector<Row> rows_of(const RunMenu& menu, const Context& context, const char** title) {
  const Frame& frame = context.frame;
  switch (menu.page) {
    case Page::until:
      *title = "Run until";
      return stop_rows(menu);
    case Page::back:
      *title = "Back to where";
      return stop_rows(menu);
    case Page::pauses:
      *title = "Pause when";
      return stop_rows(menu);
    case Page::until_message:
      *title = "Run until sent";
      return message_rows(menu, frame.timeline);
    case Page::pause_message:
      *title = "Pause when sent";
      return message_rows(menu, frame.timeline);
    case Page::branches:
      *title = "Branches";
      return branch_rows(menu, frame, context.selection.nobody_knows);
    case Page::shown:
      *title = "Messages shown";
      return shown_rows(menu, frame.timeline);
    case Page::servers:
      *title = "Start over with";
      return server_rows(frame);
    default:
      return {};
  }
}

void draw_naming(Context& context, RunMenu& menu) {
  const int answer = text_card(context, menu.at, "Name of this branch", "Enter names it, Esc closes", "Branch name",
                               menu.name, sizeof menu.name, menu.fresh);
  menu.fresh = false;
  if (answer == kMenuOpen) return;
  menu.page = Page::closed;
  if (answer == kMenuClosed) return;
  Command command{Command::Kind::name_branch};
  command.text = menu.name;
  context.commands.push_back(command);
}

template <class Value>
void toggle(std::vector<Value>& values, const Value& value) {
  if (std::erase(values, value) == 0) values.push_back(value);
}

void turn_page(Context& context, RunMenu& menu, Page next) {
  menu.page = next;
  menu.fresh = true;
  context.animating = true;
  if (next != Page::branch_name) return;
  const std::string& name = (*context.frame.branches)[context.frame.branch].name;
  menu.name[name.copy(menu.name, sizeof menu.name - 1)] = 0;
}

}  // namespace

void draw_until_button(Context& context, const Rect& rect, RunMenu& menu) {
  if (button(context, "until", rect, ButtonStyle::outline, "Run until", "", icon::flag, true, !menu.pauses.empty()))
    menu.open(Page::until, {rect.min.x, rect.min.y});
}

void draw_branch_button(Context& context, const Rect& rect, RunMenu& menu) {
  const Frame& frame = context.frame;
  if (frame.branches == nullptr) return;
  const Theme& t = theme();
  const std::string& name = (*frame.branches)[frame.branch].name;
  const size_t count = frame.branches->size();
  const std::string more = count == 1 ? "" : concat(count, " branches");
  rounded_rect(canvas(), rect.min, rect.max, px(6), t.bg0, hovered(rect) ? t.line2 : t.line, px(1));
  const float middle = (rect.min.y + rect.max.y) / 2;
  text(canvas(), {rect.min.x + px(16), middle}, Align::centre, Font::icon, 13, t.text2, icon::fork);
  if (rect.width() > px(64)) {
    const float room = rect.width() - px(56), aside = more.empty() ? 0 : text_width(Font::regular, 12, more) + px(8);
    const float used = text(canvas(), {rect.min.x + px(30), middle}, Align::left, Font::semibold, 13, t.text, name,
                            std::max(room - aside, px(40)));
    if (used + aside <= room + px(8))
      text(canvas(), {rect.min.x + px(38) + used, middle}, Align::left, Font::regular, 12, t.text2, more);
    text(canvas(), {rect.max.x - px(14), middle}, Align::centre, Font::icon, 11, t.text2, icon::chevron_down);
  }
  if (hot_area(context, "branches", rect, "Branches", more.empty() ? name : concat(name, ", ", more)))
    menu.open(Page::branches, {rect.min.x, rect.min.y});
}

void draw_run_menu(Context& context, const Rect& whole, RunMenu& menu) {
  if (menu.page == Page::closed) return;
  if (menu.page == Page::branch_name) return draw_naming(context, menu);
  const char* title = "";
  const std::vector<Row> rows = rows_of(menu, context, &title);
  std::vector<MenuEntry> entries;
  for (const Row& row : rows) entries.push_back(row.entry);
  const int chosen = popup_menu(context, "run", menu.at, whole, title, entries, 208);
  // The menu may lie under the pointer: the click that opened it chooses nothing.
  const bool fresh = menu.fresh;
  menu.fresh = false;
  if (fresh) context.animating = true;
  if (chosen == kMenuOpen || fresh) return;
  if (chosen == kMenuClosed) {
    menu.page = Page::closed;
    return;
  }
  const Row& row = rows[static_cast<size_t>(chosen)];
  if (row.next != Page::closed) return turn_page(context, menu, row.next);
  if (row.pause.unit != StepUnit::event) {
    toggle(menu.pauses, row.pause);
    return ask(context, Command::Kind::set_pauses);
  }
  if (!row.hides.empty()) {
    toggle(menu.hidden, row.hides);
    context.animating = true;
    return;
  }
  context.commands.push_back(row.command);
  menu.page = Page::closed;
}

}  // namespace paxoscope::ui
