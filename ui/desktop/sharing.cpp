#include "ui/desktop/sharing.h"

#include <cstdio>
#include <utility>

#include "base/text.h"
#include "scenarios/link/link.h"
#include "scenarios/run_inputs.h"

namespace paxoscope::ui {
namespace {

constexpr int kFramesToPicture = 3;
constexpr int kMaxNames = 1000;

bool exists(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file != nullptr) std::fclose(file);
  return file != nullptr;
}

/// The whole file, at most a little more than a scenario may be long.
bool read_file(const std::string& path, std::string& content) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  content.resize(kMaxScenarioBytes + 1);
  content.resize(std::fread(content.data(), 1, content.size(), file));
  const bool read = std::ferror(file) == 0;
  std::fclose(file);
  return read;
}

const char* ending_of(const std::string& kind) {
  if (kind == "svg") return "svg";
  if (kind == "stage") return "stage.svg";
  if (kind == "mermaid") return "mmd";
  if (kind == "shiviz") return "shiviz.log";
  if (kind == "trace") return "jsonl";
  return "toml";
}

}  // namespace

void Sharing::load(std::unique_ptr<Run> run, std::string source) {
  source_ = std::move(source);
  app_.load(std::move(run));
}

Result<void> Sharing::open_link_text(const std::string& text) {
  const auto link = decode_link(text);
  if (!link) return tl::unexpected<Error>(link.error());
  auto run = open_link(*link);
  if (!run) return tl::unexpected<Error>(run.error());
  // Without a moment it starts at the beginning, as in the page.
  if (link->at) (*run)->seek(*link->at);
  load(std::move(*run), link->source ? *link->source : std::string(builtin_text(link->scenario)));
  app_.run_changed();
  return {};
}

Result<void> Sharing::open(const std::string& what, uint64_t seed) {
  std::string source(builtin_text(what));
  if (source.empty() && !read_file(what, source)) {
    if (what.find('#') != std::string::npos || what.starts_with("v1/")) return open_link_text(what);
    return fail("There is no file and no scenario named " + quote(what) + ".");
  }
  RunInputs inputs;
  inputs.name = what;
  inputs.seed = std::to_string(seed);
  auto run = start_run(source, inputs);
  if (!run) return tl::unexpected<Error>(run.error());
  load(std::move(*run), std::move(source));
  return {};
}

void Sharing::show(const std::string& what) {
  if (const auto opened = open(what, 1); !opened) app_.show_error(opened.error().text);
  app_.wake();
}

std::string Sharing::free_name(const std::string& ending) const {
  const std::string& id = app_.run()->scenario().id;
  for (int number = 1; number <= kMaxNames; ++number) {
    const std::string name = concat(id, number == 1 ? "" : concat("-", number), ".", ending);
    if (!exists(name)) return name;
  }
  return {};
}

void Sharing::save(const std::string& ending, const std::string& text) {
  const std::string name = free_name(ending);
  std::FILE* file = name.empty() ? nullptr : std::fopen(name.c_str(), "wb");
  const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr && std::fclose(file) == 0 && written) return tell("saved as " + name);
  app_.show_error("Nothing could be saved in the folder that Paxoscope was started in.");
}

void Sharing::share(const std::string& kind, const std::string& text) {
  if (app_.run() == nullptr) return;
  if (kind == "open") return app_.show_error("Drop a scenario's file onto this window, or name it when you start Paxoscope.");
  if (kind == "png") {
    picture_frames_ = kFramesToPicture;
    return app_.wake();
  }
  if (kind != "link" && kind != "report") return save(ending_of(kind), kind == "toml" ? source_ : text);
  const std::string link = encode_link(link_to(*app_.run(), source_));
  copy_ = kind == "link" ? link : concat(text, "Link: ", link, "\n");
  tell(concat(kind, " copied"));
}

bool Sharing::picture_due() { return picture_frames_ > 0 && --picture_frames_ == 0; }

std::string Sharing::take_news() { return std::exchange(news_, {}); }
std::string Sharing::take_copy() { return std::exchange(copy_, {}); }

}  // namespace paxoscope::ui
