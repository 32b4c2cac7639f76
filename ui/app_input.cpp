// Keys to commands, commands to the run.
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "scenarios/diagrams.h"
#include "scenarios/trace.h"
#include "ui/app.h"
#include "ui/menus.h"
#include "ui/stage_svg.h"
#include "ui/timeline_svg.h"
#include "ui/transport.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr double kGlideLeast = 0.24, kGlideMost = 0.6;  // seconds of real time

Command make(Command::Kind kind, StepUnit unit = StepUnit::change) {
  Command command{};
  command.kind = kind;
  command.unit = unit;
  return command;
}

/// Position of the lesson's present step, or -1 before the first.
int current_step(const std::vector<LessonStep>& lesson) {
  for (size_t i = 0; i < lesson.size(); ++i) {
    if (lesson[i].state == LessonState::current) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

void App::handle_keys() {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput) return;
  const StepUnit unit = io.KeyShift ? StepUnit::leader : io.KeyCtrl ? StepUnit::event : StepUnit::change;
  const bool arrows = !std::exchange(selection_.slider, false);
  if (arrows && key_pressed(ImGuiKey_RightArrow, true)) commands_.push_back(make(Command::Kind::step, unit));
  if (arrows && key_pressed(ImGuiKey_LeftArrow, true)) commands_.push_back(make(Command::Kind::step_back, unit));
  if (arrows && key_pressed(ImGuiKey_Home)) commands_.push_back(make(Command::Kind::to_start));
  if (arrows && key_pressed(ImGuiKey_End)) commands_.push_back(make(Command::Kind::to_end));
  if (io.KeyCtrl && key_pressed(ImGuiKey_Z)) commands_.push_back(make(Command::Kind::undo));
  if (key_pressed(ImGuiKey_Escape)) {
    // The topmost thing first: an open menu closes itself.
    if (selection_.gesture || selection_.menu.kind != Item::Kind::none || top_bar_.menu != TopMenu::none ||
        run_menu_.page != RunMenu::Page::closed || selection_.legend != 0)
      return;
    if (top_bar_.help_open || !error_.empty()) {
      top_bar_.help_open = false;
      error_.clear();
    } else if (phone_.up) {
      phone_.up = false;
    } else if (selection_.eyes != 0) {
      selection_.eyes = 0;
    } else if (marked_ && tab_ == Tab::compare) {
      commands_.push_back(make(Command::Kind::unmark));  // this frame is drawn from it
    } else {
      selection_.server = 0;
      selection_.chosen = {};
    }
  }
  if (io.KeyCtrl || io.KeyAlt || io.KeySuper) return;
  for (const ImWchar character : io.InputQueueCharacters)
    if (letter_keys_ || character == ' ') handle_character(character);
}

void App::handle_character(unsigned character) {
  const bool upper = character >= 'A' && character <= 'Z';
  const unsigned letter = upper ? character - 'A' + 'a' : character;
  const TimeUs end = std::max(end_us(), timeline().last_time_us);
  if (letter >= 'a' && letter <= 'i') {
    Command command = make(Command::Kind::select_server);
    command.number = letter - 'a' + 1;
    commands_.push_back(command);
    return;
  }
  switch (letter) {
    case ' ':
      commands_.push_back(make(playing_ ? Command::Kind::pause : Command::Kind::play));
      break;
    case '[':
      change_speed(-1);
      break;
    case ']':
      change_speed(+1);
      break;
    case '+':
    case '=':
      zoom_timeline(timeline_view_, 1.5f, shown_us_, end);
      break;
    case '-':
      zoom_timeline(timeline_view_, 1 / 1.5f, shown_us_, end);
      break;
    case '0':
      fit_timeline(timeline_view_, end);
      break;
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6': {
      static constexpr Tab kOfKey[] = {Tab::logs,    Tab::futures, Tab::key_value,
                                       Tab::ballots, Tab::history, Tab::next};
      Command command = make(Command::Kind::set_tab);
      command.number = static_cast<uint64_t>(kOfKey[letter - '1']);
      commands_.push_back(command);
      break;
    }
    case 'o':
      commands_.push_back(make(Command::Kind::share));
      commands_.back().text = "text";
      break;
    case 't':
      commands_.push_back(make(Command::Kind::toggle_theme));
      break;
    case '?':
      top_bar_.help_open = !top_bar_.help_open;
      break;
    case 'm':
      run_menu_.open(RunMenu::Page::shown, {px(16), static_cast<float>(height_)});
      break;
    case 'r':
      run_menu_.open(RunMenu::Page::until, {px(16), static_cast<float>(height_)});
      break;
    case 'l':
    case 'x':
      commands_.push_back(faults_command({static_cast<float>(width_) / 3, px(112)}, letter == 'l'));
      break;
    case 'n':
    case 'p': {
      Command command = make(Command::Kind::lesson_step);
      const int step = current_step(lesson_) + (letter == 'n' ? 1 : -1);
      if (step < 0 || step >= static_cast<int>(lesson_.size())) break;
      command.number = static_cast<uint64_t>(step);
      commands_.push_back(command);
      break;
    }
    case 'u':
      commands_.push_back(make(Command::Kind::show_chosen));
      break;
    case 'v':
      commands_.push_back(make(marked_ ? Command::Kind::unmark : Command::Kind::mark_moment));
      break;
    case 'y':
      selection_.eyes = selection_.eyes != 0 ? 0 : selection_.server;
      break;
    case 'w': {
      if (observation_.event.cause_event == 0) break;
      Command command = make(Command::Kind::seek_event);
      command.number = observation_.event.cause_event;
      commands_.push_back(command);
      break;
    }
    default:
      break;
  }
}

void App::change_speed(int direction) {
  int at = 0;
  for (int i = 0; i < kSpeedCount; ++i) {
    if (kSpeeds[i] == speed_) at = i;
  }
  speed_ = kSpeeds[std::clamp(at + direction, 0, kSpeedCount - 1)];
}

void App::start_over(const RunOptions& options) {
  auto run = Run::create(run_->scenario(), options);
  if (run) {
    load(std::move(*run));
  } else {
    show_error(run.error().text);
  }
}

void App::share(const std::string& kind) {
  if (!on_share) return show_error("This window can neither copy nor save anything.");
  const TimelineView& sight = timeline_view_;
  on_share(kind, kind == "mermaid"  ? mermaid_diagram(*run_, sight.from_us, sight.to_us)
                 : kind == "shiviz" ? shiviz_log(*run_)
                 : kind == "trace"  ? latest_trace(*run_)
                 : kind == "report" ? problem_report(*run_)
                 : kind == "stage"  ? stage_svg(make_frame(last_frame_s_))
                 : kind == "svg"    ? timeline_svg(observation_, run_->timeline(), run_->scenario().title, sight)
                                    : std::string());
}

void App::play(bool on) {
  if (on && run_ && shown_us_ >= run_->end_us()) {
    run_->seek(0);
    show_moment(false);
  }
  gliding_ = false;
  playing_ = on && run_ != nullptr;
  violated_before_ = run_ && run_->violated();
  if (playing_) shown_exact_us_ = static_cast<double>(std::max(shown_us_, run_->now_us()));
  wake();
}

void App::show_moment(bool glide) {
  stale_ = true;
  gliding_ = false;
  if (!run_) return;
  const TimeUs now = run_->now_us();
  const double seconds =
      std::fabs(static_cast<double>(now - shown_us_)) / static_cast<double>(kPlayedPerSecondUs);
  if (glide && !reduced_motion_ && seconds > 0.002) {
    before_ = std::move(observation_);
    observation_ = run_->observe(window_);
    gliding_ = true;
    glide_from_us_ = shown_us_;
    glide_start_s_ = -1;
    glide_length_s_ = std::clamp(seconds, kGlideLeast, kGlideMost);
    return;
  }
  shown_us_ = now;
  shown_exact_us_ = static_cast<double>(now);
  follow_playhead(timeline_view_, shown_us_, end_us());
}

void App::go_to_lesson_step(uint64_t step) {
  // Steps that were not reached yet are computed, at most as many as there are.
  for (size_t tries = 0; tries <= lesson_.size(); ++tries) {
    const std::vector<LessonStep> lesson = run_->lesson();
    if (step >= lesson.size()) return;
    if (lesson[step].reached) {
      run_->seek(lesson[step].event);
      return;
    }
    if (!run_->step(StepUnit::narration)) return;
  }
}

void App::answer(size_t step, size_t choice) {
  const auto same = [&](const GivenAnswer& given) { return given.step == step; };
  if (std::any_of(answers_.begin(), answers_.end(), same)) return;
  const std::optional<size_t> right = run_->right_answer(step);
  answers_.push_back({step, choice, right});
  judged_journal_ = run_->journal();
  const LessonStep& asked = lesson_[step];
  const std::vector<Answer>& all = asked.question->answers;
  const std::string words = right ? all[*right].words : std::string();
  semantics_.say(!right              ? "The run does not say what is right."
                 : *right == choice ? "Right. " + all[choice].because
                                    : concat("Not so: the answer is ", words, ". ", all[*right].because));
}

void App::mark_answers() {
  if (answers_.empty() || judged_journal_ == run_->journal()) return;
  judged_journal_ = run_->journal();
  for (GivenAnswer& given : answers_) given.right = run_->right_answer(given.step);
}

void App::apply(const Command& command) {
  switch (command.kind) {
    case Command::Kind::select_server: {
      const auto& servers = fixed_ ? fixed_->observation.servers : observation_.servers;
      const auto id = static_cast<ServerId>(command.number);
      const bool known =
          std::any_of(servers.begin(), servers.end(), [&](const ServerView& s) { return s.id == id; });
      if (!known && id != 0) return;
      selection_.server = id;
      selection_.chosen = {};
      return;
    }
    case Command::Kind::open_menu:
      selection_.menu = command.item;
      return;
    case Command::Kind::toggle_theme:
      chosen_theme_ = next_theme(theme_name_);
      set_theme(*chosen_theme_);
      return;
    case Command::Kind::set_speed:
      speed_ = command.speed;
      return;
    case Command::Kind::play:
      play(true);
      return;
    case Command::Kind::pause:
      play(false);
      return;
    case Command::Kind::show_chosen:
      selection_.nobody_knows = !selection_.nobody_knows;
      return;
    case Command::Kind::scroll_log:
      log_first_ = command.number;
      return;
    case Command::Kind::load_scenario:
      if (!on_load_scenario || !on_load_scenario(command.text)) load_scenario_by_id(command.text);
      return;
    case Command::Kind::set_tab:
      if (command.number >= kTabs) return;
      tab_ = static_cast<Tab>(command.number);
      phone_.page = page_of(tab_);
      (phone_.page == PhonePage::futures ? phone_.futures_tab : phone_.logs_tab) = tab_;
      return;
    default:
      break;
  }
  if (run_) apply_to_run(command);
}

void App::apply_to_run(const Command& command) {
  const bool stepping = command.kind == Command::Kind::step || command.kind == Command::Kind::step_back;
  switch (command.kind) {
    case Command::Kind::step:
      run_->step(Stop(command.unit, command.text));
      break;
    case Command::Kind::step_back:
      run_->step_back(Stop(command.unit, command.text));
      break;
    case Command::Kind::to_start:
      run_->seek(0);
      break;
    case Command::Kind::to_end:
      run_->run_to_end();
      break;
    case Command::Kind::seek_event:
      run_->seek(command.number);
      break;
    case Command::Kind::seek_time:
      run_->seek_time(command.time_us);
      break;
    case Command::Kind::lesson_step:
      go_to_lesson_step(command.number);
      break;
    case Command::Kind::undo:
      run_->undo();
      break;
    case Command::Kind::go_to_branch:
      run_->go_to_branch(command.number);
      break;
    case Command::Kind::delete_branch:
      run_->delete_branch(command.number);
      break;
    case Command::Kind::answer:
      return answer(command.number, command.choice);
    case Command::Kind::name_branch:
      run_->name_branch(run_->branch(), command.text);
      break;
    case Command::Kind::mark_moment:
      return mark(run_->branch());
    case Command::Kind::mark_branch:
      return mark(command.number);
    case Command::Kind::unmark:
      return unmark();
    case Command::Kind::share:
      return share(command.text);
    case Command::Kind::set_pauses:
      run_->pause_at(run_menu_.pauses);
      return;
    case Command::Kind::set_protocol:
    case Command::Kind::set_servers:
    case Command::Kind::start_over: {
      RunOptions options = run_->options();
      if (command.kind == Command::Kind::set_protocol) options.protocol = command.text;
      if (command.kind == Command::Kind::set_servers) options.servers = static_cast<uint32_t>(command.number);
      return start_over(options);
    }
    case Command::Kind::perform: {
      const auto done = run_->perform(command.action);
      if (!done) show_error(done.error().text);
      stale_ = true;
      if (!playing_) show_moment(false);
      return;
    }
    default:
      return;
  }
  playing_ = false;
  show_moment(stepping);
  if (command.kind != Command::Kind::seek_time) return;
  // The playhead stays under the pointer, also between events.
  shown_us_ = std::clamp<TimeUs>(command.time_us, run_->now_us(), std::max(run_->now_us(), run_->end_us()));
  shown_exact_us_ = static_cast<double>(shown_us_);
}

}  // namespace paxoscope::ui
