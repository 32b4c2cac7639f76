// Marking a moment, to compare others with it.
#include <algorithm>

#include "ui/app.h"
#include "ui/widgets.h"

namespace paxoscope::ui {
namespace {

constexpr LogIndex kBefore = 64, kAfter = 64;  // entries compared, around the end of the longest log

/// What a branch looks like at the present time; the run stands where it stood before.
Observation seen_in(Run& run, size_t branch, const LogWindow& window) {
  const size_t here = run.branch();
  if (branch == here) return run.observe(window);
  const uint64_t event = run.event(), stood = run.branches()[branch].event;
  const TimeUs now_us = run.now_us();
  run.go_to_branch(branch);
  run.seek_time(now_us);
  Observation seen = run.observe(window);
  run.seek(stood);
  run.go_to_branch(here);
  run.seek(event);
  return seen;
}

}  // namespace

void App::mark(size_t branch) {
  if (branch >= run_->branches().size()) return;
  LogIndex longest = 0;
  for (const ServerView& server : run_->observe({1, 0}).servers) longest = std::max(longest, server.log_length);
  marked_window_ = {longest > kBefore ? longest - kBefore : 1, static_cast<uint32_t>(kBefore + kAfter)};
  marked_ = Marked{seen_in(*run_, branch, marked_window_), run_->branches()[branch].name};
  tab_ = Tab::compare;
  stale_ = true;
  wake();
}

void App::unmark() {
  marked_.reset();
  if (tab_ == Tab::compare) tab_ = Tab::logs;
  wake();
}

void App::refresh_compared() {
  if (marked_) compared_ = run_->observe(marked_window_);
}

}  // namespace paxoscope::ui
