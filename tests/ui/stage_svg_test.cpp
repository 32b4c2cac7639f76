// The drawings that a person takes along: well-formed, whole, in the theme's colours.
#include <vector>

#include "base/text.h"
#include "tests/ui/shown.h"
#include "ui/svg.h"

namespace paxoscope::ui {
namespace {

/// Every tag is closed in its order, and nothing is left of what text may not hold. "" if so, else where it breaks.
std::string broken_at(const std::string& xml) {
  std::vector<std::string> open;
  size_t at = 0;
  while (at < xml.size()) {
    const size_t tag = xml.find('<', at);
    const std::string text = xml.substr(at, tag == std::string::npos ? tag : tag - at);
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '>' || (text[i] == '&' && text.find(';', i) > i + 5)) return text;
      if (static_cast<unsigned char>(text[i]) < ' ' && text[i] != '\n') return text;
    }
    if (tag == std::string::npos) break;
    const size_t end = xml.find('>', tag);
    if (end == std::string::npos) return xml.substr(tag, 40);
    const std::string inside = xml.substr(tag + 1, end - tag - 1);
    const std::string name = inside.substr(0, inside.find(' '));
    size_t quotes = 0;
    for (char c : inside) quotes += c == '"';
    if (quotes % 2 != 0 || inside.find('<') != std::string::npos) return inside;
    if (inside[0] == '/') {
      if (open.empty() || "/" + open.back() != inside) return inside;
      open.pop_back();
    } else if (inside.back() != '/') {
      open.push_back(name);
    }
    at = end + 1;
  }
  return open.empty() ? "" : "not closed: " + open.back();
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// What sharing gives.
std::string shared(Shown& shown, std::string_view label) {
  std::string given;
  shown.app.on_share = [&](const std::string&, const std::string& text) { given = text; };
  shown.press("Share");
  shown.press(label);
  return given;
}

TEST_CASE("the stage's drawing holds every server, link, and message, in the theme's colours") {
  for (const char* id : {"quorum-loss", "figure-8", "register", "replace-one", "half-deaf-leader"}) {
    CAPTURE(id);
    Shown shown(id, 0, 1440);
    size_t messages = 0, cut = 0;
    for (const int share : {1, 3, 5, 8}) {
      shown.to(shown.app.run()->end_us() * share / 10);
      const Observation seen = shown.app.run()->observe({1, 1});
      const std::string svg = shared(shown, "The stage as a drawing");
      CHECK(broken_at(svg) == "");
      CHECK(svg.find("<svg xmlns=\"http://www.w3.org/2000/svg\"") == 0);
      for (const ServerView& server : seen.servers) {
        CHECK(holds(svg, concat("<title>Server ", server_label(server.id), ": ")));
        for (const ServerView& other : seen.servers)
          if (server.id < other.id) CHECK(holds(svg, concat("<title>Link ", server_label(server.id), "\xe2\x80\x93", server_label(other.id), ": ")));
      }
      for (const MessageView& message : seen.messages) {
        const std::string way = concat(" from ", server_label(message.from), " to ", server_label(message.to));
        CHECK(holds(svg, concat("<title>", message.name)));
        CHECK(holds(svg, way));
        ++messages;
      }
      cut += holds(svg, ": cut</title>");
      CHECK(svg.size() < 120'000);
      CHECK(holds(svg, svg_colour(theme().bg0)));
    }
    if (std::string_view(id) == "quorum-loss") CHECK(cut > 0);
    if (std::string_view(id) != "register") CHECK(messages > 0);
  }
}

TEST_CASE("drawings hold text that looks like tags as text, in both themes") {
  Shown shown("title = \"<b>&\\\"x\\\"</b>\"\nprotocols = [\"omnipaxos\"]\nduration = \"1s\"\n[cluster]\nservers = 3\nfirst_leader = \"A\"\n"
              "[[step]]\nat = \"400ms\"\ndo = [\"propose A <i>&\"]\nsay = \"it <begins>\"\ntext = \"x\"\n");
  shown.to(410'000);
  std::string dark;
  for (const ThemeName name : {ThemeName::dark, ThemeName::light}) {
    shown.app.set_theme(name);
    shown.settle();
    const std::string stage = shared(shown, "The stage as a drawing");
    CHECK(broken_at(stage) == "");
    CHECK(holds(stage, "&lt;b&gt;&amp;"));
    CHECK(broken_at(shared(shown, "The timeline as a drawing")) == "");
    CHECK(stage != dark);
    dark = stage;
  }
}

TEST_CASE("the check of drawings finds what is broken") {
  CHECK(broken_at("<a><b/></a>") == "");
  CHECK(broken_at("<a>") != "");
  CHECK(broken_at("<a></b>") != "");
  CHECK(broken_at("<a x=\"></a>") != "");
  CHECK(broken_at("<a>&</a>") != "");
  CHECK(svg_escaped("a<\x01&\">") == "a&lt;&amp;&quot;&gt;");
}

}  // namespace
}  // namespace paxoscope::ui
