#include "ui/app.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "scenarios/builtin.h"
#include "ui/ballots.h"
#include "ui/checks.h"
#include "ui/compare.h"
#include "ui/futures.h"
#include "ui/history.h"
#include "ui/inspector.h"
#include "ui/legend.h"
#include "ui/lesson.h"
#include "ui/logs.h"
#include "ui/registers.h"
#include "ui/menus.h"
#include "ui/next.h"
#include "ui/scroll.h"
#include "ui/stage.h"
#include "ui/stores.h"
#include "ui/transport.h"
#include "ui/why.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

const Observation kNoObservation;
const Timeline kNoTimeline;
const Scenario kNoScenario;

/// Ease-out cubic.
float eased(double share) {
  const double left = 1 - std::clamp(share, 0.0, 1.0);
  return static_cast<float>(1 - left * left * left);
}

bool input_arrived(ImVec2& last_pointer) {
  const ImGuiIO& io = ImGui::GetIO();
  bool arrived = io.MouseWheel != 0 || io.MouseWheelH != 0 || !io.InputQueueCharacters.empty();
  arrived |= io.MousePos.x != last_pointer.x || io.MousePos.y != last_pointer.y;
  last_pointer = io.MousePos;
  for (int i = 0; i < 5; ++i) arrived |= io.MouseClicked[i] || io.MouseReleased[i];
  for (float held : io.KeysDownDuration) arrived |= held >= 0;
  return arrived;
}

std::vector<ScenarioChoice> builtin_choices() {
  std::vector<ScenarioChoice> choices;
  size_t count = 0;
  const BuiltinScenario* all = builtin_scenarios(&count);
  for (size_t i = 0; i < count; ++i) choices.push_back({all[i].id, all[i].title});
  return choices;
}

/// The lesson's current step, 1-based; 0: none.
size_t narrated(const std::vector<LessonStep>& lesson) {
  for (size_t i = 0; i < lesson.size(); ++i)
    if (lesson[i].state == LessonState::current) return i + 1;
  return 0;
}

/// What is said of a step that was reached: its words without their marks.
std::string narration(const std::vector<LessonStep>& lesson, size_t step) {
  const LessonStep& reached = lesson[step - 1];
  std::string words = concat(". Step ", step, " of ", lesson.size(), ": ", reached.title, ". ", reached.text);
  if (reached.question != nullptr) words += concat(" Predict: ", reached.question->words);
  std::erase_if(words, [](char c) { return c == '*' || c == '`'; });
  return words;
}

/// The entries that the logs want to show.
LogWindow window_for(const Layout& layout, const Observation& observation, uint64_t asked_first) {
  LogIndex longest = 0;
  for (const ServerView& server : observation.servers) longest = std::max(longest, server.log_length);
  return log_window(layout.logs, longest, asked_first, configuration_ends(observation));
}

}  // namespace

App::App() {
  top_bar_.scenarios = builtin_choices();
  top_bar_.protocols = known_protocols();
}
App::~App() = default;

void App::set_size(int width_px, int height_px, float scale) {
  const int width = std::max(width_px, 1), height = std::max(height_px, 1);
  // The desktop says it before each frame: what stays the same wants no frame.
  if (width != width_ || height != height_ || scale != scale_) wake();
  width_ = width;
  height_ = height;
  scale_ = scale;
  set_scale(drawn_scale());
}

float App::drawn_scale() const {
  if (theme_name_ != ThemeName::projector) return scale_;
  // In eighths, as far as there is room. In a low window every letter is a larger part of the picture anyway.
  const float room = std::min(static_cast<float>(width_) / 896, static_cast<float>(height_) / 720) / scale_;
  return std::min(scale_ * std::clamp(std::floor(room * 8) / 8, 1.0f, kProjectorScale), 4.0f);
}

void App::set_theme(ThemeName name) {
  theme_name_ = name;
  wake();
}

void App::load(std::unique_ptr<Run> run) {
  run_ = std::move(run);
  fixed_.reset();
  observation_ = {};
  lesson_.clear();
  answers_.clear();
  pending_event_ = UINT64_MAX;
  marked_.reset();
  selection_ = {};
  timeline_view_ = {};
  log_first_ = 0;
  forget_scrolling();
  run_menu_.page = RunMenu::Page::closed;
  if (run_) run_->pause_at(run_menu_.pauses);
  playing_ = gliding_ = false;
  error_.clear();
  spoken_event_ = spoken_step_ = 0;
  run_changed();
  if (run_ && !run_->scenario().world.servers.empty())
    selection_.server = run_->scenario().world.servers.front();
}

bool App::load_scenario_by_id(std::string_view id) {
  size_t count = 0;
  const BuiltinScenario* all = builtin_scenarios(&count);
  const auto* found = std::find_if(all, all + count, [&](const BuiltinScenario& s) { return id == s.id; });
  if (found == all + count) {
    show_error(concat("There is no scenario named ", id, "."));
    return false;
  }
  const auto scenario = load_scenario({found->toml, found->size}, found->id);
  if (!scenario) {
    show_error(scenario.error().text);
    return false;
  }
  auto run = Run::create(*scenario, {});
  if (!run) {
    show_error(run.error().text);
    return false;
  }
  load(std::move(*run));
  return true;
}

void App::run_changed() {
  show_moment(false);
  wake();
}

void App::show_error(std::string sentence) {
  error_ = std::move(sentence);
  semantics_.say(error_);
  wake();
}

void App::show_fixed(Fixed fixed) {
  run_.reset();
  forget_scrolling();
  fixed_ = std::make_unique<Fixed>(std::move(fixed));
  shown_us_ = fixed_->shown_us;
  shown_exact_us_ = static_cast<double>(shown_us_);
  timeline_view_ = {};
  if (fixed_->view_from_us >= 0) {
    timeline_view_.from_us = fixed_->view_from_us;
    timeline_view_.to_us = fixed_->view_to_us;
  }
  if (!fixed_->observation.servers.empty()) selection_.server = fixed_->observation.servers.front().id;
  wake();
}

Arrangement App::arrangement() const {
  return {top_bar_.drawer_open, tab_ >= Tab::futures && tab_ != Tab::timeline, phone_.page, eased(phone_.way), sizes_};
}

/// Near enough to tell which part is where.
Layout App::layout_here() const {
  return lay_out(static_cast<float>(width_), static_cast<float>(height_), static_cast<int>(observation_.servers.size()), 9, 4, arrangement());
}

bool App::wants_zoom() const {
  const Layout layout = layout_here();
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  return layout.stage.contains(pointer) || layout.timeline.contains(pointer);
}

bool App::wants_wheel() const {
  const Layout layout = layout_here();
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  return (selection_.zoom.factor > 1 && layout.stage.contains(pointer)) || layout.timeline.contains(pointer) || layout.logs.contains(pointer) ||
         layout.lesson.contains(pointer) || layout.inspector.contains(pointer) ||
         layout.why.contains(pointer) || layout.checks.contains(pointer) || layout.sheet.contains(pointer);
}

const Timeline& App::timeline() const {
  return run_ ? run_->timeline() : fixed_ ? fixed_->timeline : kNoTimeline;
}
TimeUs App::end_us() const {
  return run_ ? run_->end_us() : fixed_ ? fixed_->end_us : 0;
}

void App::advance_clock(double now_s) {
  const double passed = last_frame_s_ < 0 ? 0 : std::clamp(now_s - last_frame_s_, 0.0, 0.1);
  last_frame_s_ = now_s;
  if (gliding_ && run_) {
    if (glide_start_s_ < 0) glide_start_s_ = now_s;
    const double share = (now_s - glide_start_s_) / glide_length_s_;
    const auto way = static_cast<float>(run_->now_us() - glide_from_us_);
    shown_us_ = glide_from_us_ + static_cast<TimeUs>(way * eased(share));
    if (share >= 1) gliding_ = false, shown_us_ = run_->now_us();
    shown_exact_us_ = static_cast<double>(shown_us_);
  }
  if (!playing_ || !run_) return;
  shown_exact_us_ += passed * static_cast<double>(speed_) * static_cast<double>(kPlayedPerSecondUs);
  shown_exact_us_ = std::min(shown_exact_us_, static_cast<double>(run_->end_us()));
  shown_us_ = static_cast<TimeUs>(shown_exact_us_);
  const uint64_t event_before = run_->event();
  const bool moved = run_->run_until(shown_us_);
  stale_ |= moved;
  const bool violation = run_->violated() && !(violated_before_ && moved);
  const bool pause = !moved && run_->event() != event_before && run_->at_pause();
  if (violation || pause) show_moment(false);
  if (violation || pause || shown_us_ >= run_->end_us()) play(false);
}

void App::refresh(const Layout& layout) {
  if (!run_) return;
  if (stale_) pending_event_ = UINT64_MAX;
  if (tab_ == Tab::next && pending_event_ != run_->event()) {
    pending_ = run_->pending();
    pending_event_ = run_->event();
  }
  const LogWindow wanted = window_for(layout, observation_, log_first_);
  if (!stale_ && wanted.first == window_.first && wanted.count == window_.count) return;
  window_ = wanted;
  observation_ = run_->observe(window_);
  // The logs may have grown past the window with this very event.
  const LogWindow after = window_for(layout, observation_, log_first_);
  if (after.first != window_.first) {
    window_ = after;
    observation_ = run_->observe(window_);
  }
  refresh_compared();
  lesson_ = run_->lesson();
  mark_answers();
  violations_ = run_->violations();
  expectations_ = run_->expectations();
  stale_ = false;
}

void App::speak() {
  const EventView& event = observation_.event;
  if (!run_ || event.number == spoken_event_ || (playing_ && event.heartbeat)) return;
  spoken_event_ = event.number;
  std::string words = event.title;
  if (const size_t step = narrated(lesson_); step != spoken_step_) {
    spoken_step_ = step;
    if (step > 0) words += narration(lesson_, step);
  }
  if (!words.empty()) semantics_.say(words);
}

Frame App::make_frame(double now_s) const {
  const bool fixed = fixed_ != nullptr;
  return Frame{fixed  ? fixed_->observation
               : run_ ? observation_
                      : kNoObservation,
               timeline(),
               fixed  ? fixed_->scenario
               : run_ ? run_->scenario()
                      : kNoScenario,
               fixed ? fixed_->lesson : lesson_,
               shown_us_,
               end_us(),
               playing_,
               run_ && run_->can_undo(),
               reduced_motion_,
               now_s,
               run_ ? &violations_ : nullptr,
               run_ ? &expectations_ : nullptr,
               run_ ? &run_->branches() : nullptr,
               run_ ? run_->branch() : 0,
               run_ ? &pending_ : nullptr,
               &run_menu_.hidden,
               fixed ? &fixed_->answers : run_ ? &answers_ : nullptr,
               marked_ ? &*marked_ : nullptr,
               marked_ ? &compared_ : nullptr};
}

void App::draw_views(Context& context, const Layout& layout) {
  const Theme& t = theme();
  const Frame& frame = context.frame;
  if (layout.stage.width() > 0 && gliding_ && before_.event.number < observation_.event.number) {
    // While messages fly to the new moment the stage still shows the state that they leave.
    const Frame old{before_,          frame.timeline,    frame.scenario, frame.lesson,         frame.shown_us,
                    frame.end_us,     frame.playing,     frame.can_undo, frame.reduced_motion, frame.now_s,
                    frame.violations, frame.expectations, frame.branches, frame.branch, frame.pending, frame.hidden,
                    frame.answers,
                    frame.marked,     frame.compared};
    Context past{old, context.selection, context.semantics, context.commands, context.animating};
    draw_stage(past, layout.stage);
  } else if (layout.stage.width() > 0) {
    draw_stage(context, layout.stage);
  }
  const bool has_log = observation_.has_log;
  const Tab tab = has_tab(frame, tab_) ? tab_ : Tab::logs;
  if (layout.phone) return draw_phone(context, layout, tab);
  if (layout.log_strip.height() > 0 && has_log) draw_log_strip(context, layout.log_strip);
  draw_tabs(context, layout.logs, tab);
  draw_tab(context, layout.logs, tab);
  draw_lesson(context, layout.lesson);
  if (layout.narrow && layout.drawer.width() > 0)
    canvas().AddRectFilled(layout.drawer.min, layout.drawer.max, t.bg1);
  if (layout.inspector.width() > 0) {
    draw_inspector(context, layout.inspector);
    draw_why(context, layout.why);
    draw_checks(context, layout.checks);
    hairline(canvas(), layout.inspector.min, {layout.inspector.min.x, layout.checks.max.y}, t.line);
  }
  if (!layout.narrow) {
    const float x = layout.lesson.max.x - px(1);
    hairline(canvas(), {x, layout.lesson.min.y}, {x, layout.lesson.max.y}, t.line);
  }
  draw_transport(context, layout.transport, timeline_view_, speed_, run_menu_);
  draw_timeline(context, layout.timeline, timeline_view_);
}

void App::draw_tab(Context& context, const Rect& area, Tab tab) {
  const bool has_log = observation_.has_log;
  switch (tab) {
    case Tab::logs:
      has_log ? draw_logs(context, area) : draw_registers(context, area);
      break;
    case Tab::ballots:
      draw_ballots(context, area, timeline_view_);
      break;
    case Tab::next:
      draw_next(context, area);
      break;
    case Tab::futures:
      draw_futures(context, area);
      break;
    case Tab::history:
      draw_history(context, area, timeline_view_);
      break;
    case Tab::key_value:
      draw_stores(context, area);
      break;
    case Tab::timeline:
      draw_timeline(context, below_tabs(area), timeline_view_);
      break;
    case Tab::compare:
      draw_compare(context, area);
      break;
  }
}

void App::draw_phone(Context& context, const Layout& layout, Tab tab) {
  if (layout.logs.width() > 0) {
    draw_tabs(context, layout.logs, tab);
    draw_tab(context, layout.logs, tab);
  }
  if (layout.why.width() > 0) {
    draw_why(context, layout.why);
    draw_inspector(context, layout.inspector);
    draw_checks(context, layout.checks);
  }
  if (layout.transport.width() > 0) draw_phone_transport(context, layout.transport, timeline_view_);
  if (layout.sheet.width() > 0) draw_sheet(context, layout.sheet, phone_);
  draw_phone_pages(context, layout.pages, phone_);
}

void App::apply_style() {
  if (styled_scale_ == scale() && styled_theme_ == theme_name_) return;
  styled_scale_ = scale();
  styled_theme_ = theme_name_;
  const Theme& t = theme();
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  style.WindowRounding = style.PopupRounding = 8;
  style.FrameRounding = 6;
  style.FramePadding = {8, 7};
  style.WindowPadding = {12, 12};
  style.ScaleAllSizes(scale());
  style.WindowBorderSize = style.PopupBorderSize = style.FrameBorderSize = px(1);
  const auto set = [&](int which, ImU32 colour) {
    style.Colors[which] = ImGui::ColorConvertU32ToFloat4(colour);
  };
  set(ImGuiCol_Text, t.text);
  set(ImGuiCol_TextDisabled, t.text3);
  set(ImGuiCol_WindowBg, t.bg2);
  set(ImGuiCol_PopupBg, t.bg2);
  set(ImGuiCol_Border, t.line2);
  for (int which : {ImGuiCol_FrameBg, ImGuiCol_FrameBgHovered, ImGuiCol_FrameBgActive}) set(which, t.bg0);
  set(ImGuiCol_Button, t.bg3);
  set(ImGuiCol_ButtonHovered, mix(t.bg3, t.text, 0.08f));
  set(ImGuiCol_ButtonActive, t.line2);
  set(ImGuiCol_TextSelectedBg, with_alpha(t.accent, 0.4f));
  set(ImGuiCol_NavHighlight, t.accent);
  ImGui::GetIO().ConfigInputTextCursorBlink = false;
  ImGui::GetIO().MouseDoubleClickMaxDist = px(12);  // a finger is less exact than a mouse
}

bool App::frame(double now_s) {
  set_scale(drawn_scale());
  use_theme(theme_name_);
  apply_style();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(width_), static_cast<float>(height_)};
  ImGui::NewFrame();
  if (input_arrived(last_pointer_)) frames_wanted_ = 3;

  if (io.KeyCtrl && io.MouseWheel != 0) {
    fingers_.zoom(io.MousePos, std::pow(1.25f, io.MouseWheel));
    io.MouseWheel = 0;
  }
  selection_.pinch = fingers_.take();
  begin_pointer_frame();
  semantics_.begin_frame();
  commands_.clear();
  advance_clock(now_s);
  const bool empty = !run_ && !fixed_;
  const Observation& known = fixed_ ? fixed_->observation : observation_;
  int fields = 9;
  for (const ServerView& server : known.servers) {
    if (server.id == selection_.server) fields = static_cast<int>(server.fields.size());
  }
  bool animating = gliding_;
  sheet_share(phone_, now_s, reduced_motion_, animating);
  const Layout layout =
      lay_out(static_cast<float>(width_), static_cast<float>(height_), static_cast<int>(known.servers.size()),
              fields, static_cast<int>(known.checks.size()), arrangement());
  use_phone(layout.phone);
  refresh(layout);
  speak();
  if (timeline_view_.length_us() <= 0 || playing_ || gliding_)
    follow_playhead(timeline_view_, shown_us_, end_us());

  animating |= gliding_;
  const Frame frame = make_frame(now_s);
  selection_.hovered = selection_.hovering;
  selection_.hovering = {};
  selection_.path.clear();
  Context context{frame, selection_, semantics_, commands_, animating};
  handle_keys();
  canvas().AddRectFilled(layout.view.min, layout.view.max, theme().bg0);
  top_bar_.narrow = layout.narrow;
  if (empty) {
    draw_empty(layout);
  } else {
    move_dividers(context, layout, divider_, sizes_);
    draw_views(context, layout);
    draw_dividers(context, layout, divider_, sizes_);
  }
  top_bar_.speed_index = static_cast<int>(std::find(kSpeeds, kSpeeds + kSpeedCount, speed_) - kSpeeds);
  layout.phone ? draw_phone_bar(context, layout.top_bar, top_bar_) : draw_top_bar(context, layout.top_bar, top_bar_);
  draw_legend_card(context, layout.view);
  draw_error(context, layout);
  draw_help(context, layout);
  if (!empty) draw_menus(context);
  draw_run_menu(context, layout.view, run_menu_);
  draw_top_menu(context, layout.view, layout.top_bar, top_bar_);
  if (top_bar_.run_page != RunMenu::Page::closed) {
    run_menu_.open(top_bar_.run_page, {layout.view.max.x, layout.top_bar.max.y});
    top_bar_.run_page = RunMenu::Page::closed;
  }
  draw_tooltip(layout.view);
  semantics_.end_frame();
  ImGui::Render();

  const bool changed = !commands_.empty() || !(selection_.hovering == selection_.hovered);
  const std::vector<Command> commands = std::move(commands_);
  commands_ = {};
  for (const Command& command : commands) apply(command);
  if (changed) frames_wanted_ = std::max(frames_wanted_, 2);
  if (frames_wanted_ > 0) --frames_wanted_;
  return playing_ || animating || gliding_ || frames_wanted_ > 0 || semantics_.activation_waiting();
}

}  // namespace paxoscope::ui
