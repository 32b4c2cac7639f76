// The projector's theme, and what is remembered of a person's choices.
#include <cmath>

#include "tests/ui/shown.h"
#include "ui/settings.h"

namespace paxoscope::ui {
namespace {

TEST_CASE("a projector's text is a quarter larger and its lines are thicker") {
  Shown shown(main_fixture());
  const float small = font(Font::semibold, 22)->FontSize, thin = line_width(2);
  shown.press("Light theme");
  CHECK(shown.app.drawn_scale() == 1);
  shown.press("Projector theme");
  CHECK(shown.app.drawn_scale() == 1.25f);
  CHECK(fonts_scale() == 1);  // the platform's turn
  build_fonts();
  CHECK(fonts_scale() == 1.25f);
  CHECK(std::fabs(font(Font::semibold, 22)->FontSize / small - 1.25f) < 0.03f);
  CHECK(line_width(2) == doctest::Approx(thin * 1.25f * 1.5f));
  shown.app.set_size(1280, 720, 1);
  CHECK(shown.app.drawn_scale() == 1);  // its rows are high enough only so
  shown.app.set_size(1600, 820, 1);
  CHECK(shown.app.drawn_scale() == 1.125f);
  shown.app.set_size(390, 844, 1);
  CHECK(shown.app.drawn_scale() == 1);  // a phone keeps its layout
  use_theme(ThemeName::dark);
}

bool overlap_each_other(const SemanticItem& a, const SemanticItem& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

TEST_CASE("a projector's larger type pushes nothing out of the view, and no button of the bar onto another") {
  const std::pair<int, int> sizes[] = {{1440, 900}, {1280, 720}, {1024, 768}, {1366, 768}, {1920, 1080}};
  for (const auto& size : sizes) {
    const auto& width = size.first;
    const auto& height = size.second;
    CAPTURE(width);
    Shown shown(main_fixture(), width, height);
    shown.app.set_theme(ThemeName::projector);
    shown.app.set_size(width, height, 1);
    build_fonts();
    shown.settle();
    const std::vector<SemanticItem> items = shown.app.semantics().items();
    for (const SemanticItem& item : items) {
      CAPTURE(label_of(shown.app.semantics(), item));
      // What reaches out of the view is registered as far as it is seen.
      CHECK(item.width >= 8);
      for (const SemanticItem& other : items)
        if (item.id < other.id && item.y < 40 && other.y < 40) CHECK(!overlap_each_other(item, other));
    }
    for (const char* whole : {"Play", "Add fault", "Server E", "Lane of server E"}) {
      CAPTURE(whole);
      CHECK(shown.find(whole)->height >= static_cast<int>(px(16)));
    }
    CHECK(shown.beginning("Log of E") != "nothing");
    shown.press("Keys and help");
    CHECK(shown.find("play or pause")->height == static_cast<int>(px(24)));
    CHECK(shown.find("Keys of one letter")->height == static_cast<int>(px(32)));
    use_theme(ThemeName::dark);
  }
}

TEST_CASE("a chosen theme stays, whatever the system wishes") {
  Shown shown(main_fixture());
  shown.app.follow_theme(ThemeName::light);
  shown.settle();  // the button's name is of the frame
  CHECK(shown.app.theme_name() == ThemeName::light);
  CHECK(!shown.app.settings().theme);
  shown.press("Projector theme");
  shown.app.follow_theme(ThemeName::dark);
  CHECK(shown.app.theme_name() == ThemeName::projector);
  CHECK(shown.app.settings().theme == ThemeName::projector);
  use_theme(ThemeName::dark);
}

TEST_CASE("settings come back as they were written") {
  Settings settings;
  settings.theme = ThemeName::projector;
  settings.letter_keys = false;
  settings.speed = 0.25f;
  settings.hidden = {"Accept", "Heartbeats"};
  settings.width = 1280;
  settings.height = 720;
  const Settings again = read_settings(write_settings(settings));
  CHECK(again.theme == settings.theme);
  CHECK(!again.letter_keys);
  CHECK(again.speed == 0.25f);
  CHECK(again.hidden == settings.hidden);
  CHECK(again.width == 1280);
  CHECK(again.height == 720);
}

TEST_CASE("bad settings are skipped, and neither side grows without bound") {
  for (const char* bad : {"", "=", "theme=pink\nspeed-percent=3\nwidth=99999\nheight=700", "speed-percent=9999999999\nhide=\nhide=\x01", "\n\n="}) {
    CAPTURE(bad);
    const Settings settings = read_settings(bad);
    CHECK(!settings.theme);
    CHECK(settings.letter_keys);
    CHECK(settings.speed == 1);
    CHECK(settings.hidden.empty());
    CHECK(settings.width == 0);
    CHECK(settings.height == 0);
  }
  CHECK(!read_settings(std::string(kMaxSettingsBytes, '\n') + "theme=light").theme);
  Settings many;
  for (int i = 0; i < 1000; ++i) many.hidden.push_back("kind " + std::to_string(i));
  CHECK(write_settings(many).size() <= kMaxSettingsBytes);
}

}  // namespace
}  // namespace paxoscope::ui
