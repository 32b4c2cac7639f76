// Acting: what a person does to a run, and the branches that come of it.
#include <algorithm>

#include "base/text.h"
#include "scenarios/typed_run.h"

namespace paxoscope {

namespace {

/// Not longer than kMaxBranchName, and no character is cut in two.
std::string cut_name(std::string_view name) {
  size_t length = std::min(name.size(), kMaxBranchName);
  while (length < name.size() && length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0) == 0x80) --length;
  return std::string(name.substr(0, length));
}

}  // namespace

void TypedRun::truncate_to_now() {
  const uint64_t here = event();
  tip_.reset();
  ended_ = false;
  previous_.reset();
  detail_.reset();
  flags_.resize(here + 1);
  timeline_.truncate(here);
  while (checkpoints_.back().world.event() > here) checkpoints_.pop_back();
}

Result<void> TypedRun::try_action(const State& state, const Action& action) const {
  State trial = state;
  RunRecorder nobody = recorder_for(trial, nullptr, nullptr);
  return act_on_world(trial, action, nobody, EventKind::action);
}

Result<void> TypedRun::perform(const Action& action) {
  if (journal_.size() >= kMaxJournalEntries) return fail("this run has too many actions already");
  if (event() >= kMaxRunEvents) return fail("this run is too long already");
  const bool past = event() < tip_event() || (!journal_.empty() && journal_.back().after_event >= event());
  if (past && branches_.size() >= kMaxBranches)
    return fail(concat(kMaxBranches, " branches are kept already; delete one to start another"));
  if (Result<void> done = try_action(now_, action); !done) return done;
  if (past) {
    leave_branch();
    while (!journal_.empty() && journal_.back().after_event >= event()) journal_.pop_back();
    Branch fork{cut_name(describe_action(action)), static_cast<uint32_t>(branch_), event(), now_us()};
    fork.inherited = journal_.size();
    branches_.push_back(std::move(fork));
    branch_ = branches_.size() - 1;
  }
  journal_.push_back({event(), action});
  truncate_to_now();
  extend();
  return {};
}

bool TypedRun::undo() {
  if (journal_.empty()) return false;
  const uint64_t event = journal_.back().after_event;
  std::vector<JournalEntry> before(journal_.begin(), journal_.end() - 1);
  const Branch own = branches_[branch_];
  const Branch& parent = branches_[own.parent];
  const bool ends = branch_ != 0 && journal_.size() == own.inherited + 1 && parent.journal.size() >= before.size() &&
                    std::equal(before.begin(), before.end(), parent.journal.begin());
  if (!ends) {
    take_journal(std::move(before), event, event);
    return true;
  }
  const std::vector<JournalEntry> journal = parent.journal;
  const uint64_t last = parent.last_event;
  remove_branch(branch_);
  branch_ = own.parent;
  take_journal(journal, last, event);
  return true;
}

// --- branches

void TypedRun::leave_branch() {
  Branch& left = branches_[branch_];
  left.journal = journal_;
  left.event = event();
  left.last_event = tip_event();
}

void TypedRun::take_journal(std::vector<JournalEntry> journal, uint64_t last_event, uint64_t event) {
  const auto [mine, theirs] = std::mismatch(journal_.begin(), journal_.end(), journal.begin(), journal.end());
  uint64_t common = tip_event();
  if (mine != journal_.end()) common = std::min(common, mine->after_event);
  if (theirs != journal.end()) common = std::min(common, theirs->after_event);
  if (common < tip_event() || mine != journal_.end() || theirs != journal.end()) {
    go_to(common);
    truncate_to_now();
  }
  journal_ = std::move(journal);
  ended_ = false;
  while (tip_event() < last_event && extend()) continue;
  go_to(std::min(event, tip_event()));
}

bool TypedRun::go_to_branch(size_t branch) {
  if (branch >= branches_.size() || branch == branch_) return false;
  leave_branch();
  branch_ = branch;
  const Branch taken = branches_[branch];
  take_journal(taken.journal, taken.last_event, taken.event);
  return true;
}

void TypedRun::remove_branch(size_t branch) {
  const uint32_t parent = branches_[branch].parent;
  branches_.erase(branches_.begin() + static_cast<std::ptrdiff_t>(branch));
  for (Branch& other : branches_) {
    if (other.parent == branch) other.parent = parent;
    if (other.parent > branch) --other.parent;
  }
}

bool TypedRun::delete_branch(size_t branch) {
  if (branch == 0 || branch >= branches_.size()) return false;
  if (branch == branch_) go_to_branch(branches_[branch].parent);
  remove_branch(branch);
  if (branch_ > branch) --branch_;
  return true;
}

void TypedRun::name_branch(size_t branch, std::string_view name) {
  if (branch < branches_.size() && !name.empty()) branches_[branch].name = cut_name(name);
}

Result<void> TypedRun::load_journal(std::vector<JournalEntry> journal) {
  if (journal.size() > kMaxJournalEntries) return fail("the journal has too many actions");
  for (size_t i = 0; i < journal.size(); ++i) {
    if (i > 0 && journal[i].after_event <= journal[i - 1].after_event)
      return fail("the journal's events must ascend");
    if (journal[i].after_event >= kMaxRunEvents) return fail("the journal goes beyond the longest run");
  }
  // Actions depend on the state they meet, so each is tried where it stands.
  State state = fresh_state();
  std::swap(journal_, journal);
  std::string error;
  for (size_t i = 0; i < journal_.size() && error.empty(); ++i) {
    const JournalEntry& entry = journal_[i];
    while (state.world.event() < entry.after_event && play(state, nullptr, nullptr, nullptr)) continue;
    if (state.world.event() != entry.after_event)
      error = concat("the run ends before event ", entry.after_event);
    else if (const auto done = try_action(state, entry.action); !done)
      error = done.error().text;
  }
  if (!error.empty()) {
    std::swap(journal_, journal);
    return fail("the journal does not fit this scenario: " + error);
  }
  branches_ = {Branch{"main"}};
  branch_ = 0;
  start();
  return {};
}

}  // namespace paxoscope
