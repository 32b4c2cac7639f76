// What the desktop window opens and what a person takes along from it: links, files, texts for other tools.
#pragma once

#include <memory>
#include <string>

#include "ui/app.h"

namespace paxoscope::ui {

/// Remembers the text of the shown scenario, which links and files need.
class Sharing {
 public:
  explicit Sharing(App& app) : app_(app) {}

  /// Shows a link at its moment, a built-in scenario by id, or a file. `seed`: of what is no link.
  Result<void> open(const std::string& what, uint64_t seed);
  /// The same for what a person opens while the window is there: an error is a card.
  void show(const std::string& what);

  /// As App::on_share asks for it. What is saved goes to the folder the program was started in.
  void share(const std::string& kind, const std::string& text);
  /// True in the frame whose picture is to be saved: the menu that asked is gone.
  bool picture_due();
  /// A name that no file has: "quorum-loss.png", "quorum-loss-2.png", …; empty: there are too many.
  std::string free_name(const std::string& ending) const;

  /// What was done last, for the window's title; empty: nothing since it was asked.
  std::string take_news();
  void tell(std::string news) { news_ = std::move(news); }
  /// For the clipboard; empty: nothing since it was asked.
  std::string take_copy();

 private:
  Result<void> open_link_text(const std::string& text);
  void load(std::unique_ptr<Run> run, std::string source);
  void save(const std::string& ending, const std::string& text);

  App& app_;
  std::string source_, news_, copy_;
  int picture_frames_ = 0;
};

}  // namespace paxoscope::ui
