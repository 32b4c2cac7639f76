// The whole screen: owns the run, turns input into commands, lays the views out and draws them. One App per
// ImGui context. The platform (browser shim, desktop window, test) feeds ImGuiIO, calls `frame` and draws the
// lists.
//
// Keys: words typed arrive as characters (ImGuiIO::AddInputCharacter, also when no text field is active);
// arrows, Home, End, Escape, Enter, Space and Tab through ImGuiIO::KeysDown and KeyMap. Space counts once: as
// the character.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/run.h"
#include "ui/dividers.h"
#include "ui/fingers.h"
#include "ui/layout.h"
#include "ui/phone.h"
#include "ui/run_menu.h"
#include "ui/semantics.h"
#include "ui/settings.h"
#include "ui/tabs.h"
#include "ui/theme.h"
#include "ui/timeline.h"
#include "ui/topbar.h"
#include "ui/view.h"

namespace paxoscope::ui {

class App {
 public:
  App();
  ~App();

  /// Size of the view in device pixels and device pixels per CSS pixel. When `drawn_scale` is not
  /// `fonts_scale` the caller rebuilds the atlas (`build_fonts`) and its texture before the next frame.
  void set_size(int width_px, int height_px, float scale);
  /// Drawn pixels per pixel of the type scale: a projector shows everything larger where there is room.
  float drawn_scale() const;
  /// Shows this run from where it stands. Null: the empty screen.
  void load(std::unique_ptr<Run> run);
  /// Loads one of the built-in scenarios by id; an error is shown as a card. Returns whether it worked.
  bool load_scenario_by_id(std::string_view id);
  /// Asked first when a person picks a scenario; returns whether it was taken care of. Unset: the built-in
  /// ones.
  std::function<bool(const std::string& id)> on_load_scenario;

  /// A person wants to take something along. `kind`: "link", "png" and "toml" (the platform makes them), "open" (it
  /// asks for a file), "report", "stage", "svg" (drawings of the stage and the timeline), "mermaid", "shiviz" or "trace",
  /// with the text. Unset: nothing of it can be done here.
  std::function<void(const std::string& kind, const std::string& text)> on_share;

  /// One frame of the current ImGui context, NewFrame to Render. `now_s`: real time in seconds. Returns
  /// whether another frame is wanted: while playing or animating, and up to 3 frames after input. Zero frames
  /// when idle.
  bool frame(double now_s);
  /// Call when input arrived or anything outside changed: the next 3 frames are drawn.
  void wake() { frames_wanted_ = 3; }

  Semantics& semantics() { return semantics_; }
  Run* run() { return run_.get(); }
  /// After driving the run from outside (bindings): reads it again and shows where it stands.
  void run_changed();

  void set_theme(ThemeName name);
  /// What the system wishes: a theme that a person chose stays.
  void follow_theme(ThemeName name) {
    if (!chosen_theme_) set_theme(name);
  }
  /// What a person chose, to be found again (settings.cpp). The window's size is the platform's.
  Settings settings() const;
  void use(const Settings& settings);
  ThemeName theme_name() const { return theme_name_; }
  /// True when the wheel does something at the pointer's place (else the page may scroll).
  bool wants_wheel() const;
  /// True when two fingers or the wheel with Ctrl do something at the pointer's place.
  bool wants_zoom() const;
  /// Two fingers, and the wheel that stands for them; ImGuiIO knows of neither. Wake the App after each.
  Fingers& fingers() { return fingers_; }
  void set_reduced_motion(bool reduced) { reduced_motion_ = reduced; }
  /// A card with this sentence over the stage until it is closed.
  void show_error(std::string sentence);

  /// Shows fixed values instead of a run (tests, pictures).
  struct Fixed {
    Observation observation;
    Timeline timeline;
    Scenario scenario;
    std::vector<LessonStep> lesson;
    TimeUs shown_us = 0;
    TimeUs end_us = 0;
    TimeUs view_from_us = -1, view_to_us = -1;  ///< the timeline's window, -1: chosen
    std::vector<GivenAnswer> answers = {};
  };
  void show_fixed(Fixed fixed);

  void select_server(ServerId id) { selection_.server = id; }
  void play(bool on);
  bool playing() const { return playing_; }
  /// Keys of one letter, digit or sign do something; Space and the named keys always do.
  void set_letter_keys(bool on) { letter_keys_ = on; }
  bool letter_keys() const { return letter_keys_; }
  TimeUs shown_us() const { return shown_us_; }

 private:
  Arrangement arrangement() const;
  Layout layout_here() const;
  void advance_clock(double now_s);
  void refresh(const Layout& layout);
  void apply_style();
  Frame make_frame(double now_s) const;
  void draw_views(Context& context, const Layout& layout);
  void draw_tab(Context& context, const Rect& area, Tab tab);
  void draw_phone(Context& context, const Layout& layout, Tab tab);
  void draw_help(Context& context, const Layout& layout);
  void draw_error(Context& context, const Layout& layout);
  void draw_empty(const Layout& layout);
  void speak();

  // Input to commands, commands to the run (app_input.cpp).
  void handle_keys();
  void handle_character(unsigned character);
  void apply(const Command& command);
  void apply_to_run(const Command& command);
  void go_to_lesson_step(uint64_t step);
  void answer(size_t step, size_t choice);
  /// The run may go another way now, and another answer be right.
  void mark_answers();
  void change_speed(int direction);
  void share(const std::string& kind);
  // Comparing with a marked moment (app_compare.cpp).
  void mark(size_t branch);
  void unmark();
  void refresh_compared();
  /// The same scenario anew, without any action of a person.
  void start_over(const RunOptions& options);
  /// After the run moved: shows its moment, gliding there when `glide` and motion is wanted.
  void show_moment(bool glide);
  const Timeline& timeline() const;
  TimeUs end_us() const;

  std::unique_ptr<Run> run_;
  std::unique_ptr<Fixed> fixed_;
  Observation observation_;  ///< of the run's present event
  Observation before_;       ///< what the stage shows while it glides to the present event
  std::vector<LessonStep> lesson_;
  std::vector<Violation> violations_;
  std::vector<ExpectationResult> expectations_;
  std::vector<GivenAnswer> answers_;
  std::vector<JournalEntry> judged_journal_;  ///< that they were judged with
  std::vector<PendingItem> pending_;      ///< read only while its view is open
  uint64_t pending_event_ = UINT64_MAX;   ///< of this event
  std::optional<Marked> marked_;  ///< what the present moment is compared with
  LogWindow marked_window_;       ///< what of the logs is compared
  Observation compared_;          ///< the present moment, of that part; read while something is marked
  bool stale_ = true;  ///< the run moved since it was read
  LogWindow window_;
  Tab tab_ = Tab::logs;
  uint64_t log_first_ = 0;  ///< first log index asked for, 0: follow the end

  Semantics semantics_;
  Selection selection_;
  TimelineView timeline_view_;
  TopBarView top_bar_;
  PhoneView phone_;
  PartSizes sizes_{};
  DividerHand divider_;
  Fingers fingers_;
  RunMenu run_menu_;
  std::vector<Command> commands_;
  std::string error_;

  int width_ = 1440, height_ = 900;
  float scale_ = 1, styled_scale_ = 0;
  ThemeName theme_name_ = ThemeName::dark, styled_theme_ = ThemeName::dark;
  std::optional<ThemeName> chosen_theme_;
  bool reduced_motion_ = false, letter_keys_ = true, playing_ = false, violated_before_ = false;
  int frames_wanted_ = 3;
  float speed_ = 1;
  double shown_exact_us_ = 0;  ///< the playing clock; may lie between events
  TimeUs shown_us_ = 0, glide_from_us_ = 0;
  double last_frame_s_ = -1, glide_start_s_ = -1, glide_length_s_ = 0;
  bool gliding_ = false;
  ImVec2 last_pointer_{-1, -1};
  uint64_t spoken_event_ = 0;
  size_t spoken_step_ = 0;  ///< of the lesson, 1-based; 0: none
};

}  // namespace paxoscope::ui
