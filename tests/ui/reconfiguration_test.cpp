// Configurations, snapshots, durability and ballots on the screen: where they stand, what is drawn and said.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/ui/fixture.h"
#include "tests/ui/shown.h"
#include "ui/geometry.h"
#include "ui/logs.h"
#include "ui/stage_layout.h"

namespace paxoscope::ui {
namespace {

// --- the layout

const Rect kStage{{288, 48}, {1104, 432}};

std::vector<ServerId> first_servers(ServerId count) {
  std::vector<ServerId> ids;
  for (ServerId id = 1; id <= count; ++id) ids.push_back(id);
  return ids;
}

struct Case {
  const char* name;
  ServerId servers;
  std::vector<ConfigurationView> configurations;
};

const Case kCases[] = {
    {"one is replaced", 4, {{1, {1, 2, 3}, true, 24}, {2, {1, 2, 4}, false, 0}}},
    {"one is added", 4, {{1, {1, 2, 3}, true, 24}, {2, {1, 2, 3, 4}, false, 0}}},
    {"one is removed", 4, {{1, {1, 2, 3, 4}, true, 24}, {2, {1, 2, 3}, false, 0}}},
    {"the same members again", 3, {{1, {1, 2, 3}, true, 24}, {2, {1, 2, 3}, false, 0}}},
    {"all are replaced", 6, {{1, {1, 2, 3}, true, 24}, {2, {4, 5, 6}, false, 0}}},
    {"five to five with three shared", 7, {{1, {1, 2, 3, 4, 5}, true, 9}, {2, {3, 4, 5, 6, 7}, false, 0}}},
    {"a spare server", 4, {{1, {1, 2, 3}, false, 0}}},
    {"two spare servers", 5, {{1, {1, 2, 3}, false, 0}}},
    {"one retired long ago", 5, {{1, {1, 2, 3, 4}, true, 4}, {2, {1, 2, 3}, true, 9}, {3, {1, 2, 5}, false, 0}}},
};

bool is_member(const ConfigurationView& configuration, ServerId id) {
  return std::find(configuration.members.begin(), configuration.members.end(), id) != configuration.members.end();
}

TEST_CASE("hulls hold their members and nobody else, and nothing overlaps, at every size") {
  for (const Case& it : kCases) {
    for (float scale : {1.0f, 2.0f}) {
      for (float width : {360.0f, 600.0f, 816.0f, 1100.0f}) {
        for (float height : {250.0f, 300.0f, 384.0f, 700.0f}) {
          CAPTURE(it.name);
          CAPTURE(width);
          CAPTURE(height);
          const Rect area{{0, 0}, {width * scale, height * scale}};
          const StageLayout layout = lay_out_stage(area, first_servers(it.servers), scale, it.configurations);
          REQUIRE(layout.nodes.size() == it.servers);
          if (width >= 600 && height >= 300) CHECK_FALSE(layout.hulls.empty());
          for (const NodePlace& node : layout.nodes) {
            const Rect disc = around(node.centre, layout.radius, layout.radius);
            for (const HullPlace& hull : layout.hulls) {
              for (const ConfigurationView& configuration : it.configurations) {
                if (configuration.id != hull.id) continue;
                const bool member = is_member(configuration, node.id);
                CHECK(inside(disc, hull.rect) == member);
                CHECK(overlap(disc, hull.rect) == member);
                if (node.facts.width() > 0) CHECK(inside(node.facts, hull.rect) == member);
              }
            }
            for (const NodePlace& other : layout.nodes) {
              if (other.id == node.id) continue;
              CHECK(distance(node.centre, other.centre) >= 2 * 1.25f * layout.radius);
              if (node.facts.width() > 0) CHECK(distance(other.centre, node.facts) >= 1.25f * layout.radius);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("outlines of two hulls never coincide") {
  for (const Case& it : kCases) {
    CAPTURE(it.name);
    const StageLayout layout = lay_out_stage(kStage, first_servers(it.servers), 1, it.configurations);
    REQUIRE(layout.hulls.size() == std::min<size_t>(it.configurations.size(), 2));
    for (const HullPlace& hull : layout.hulls) CHECK(inside(hull.rect, kStage));
    if (layout.hulls.size() < 2) continue;
    const Rect& a = layout.hulls[0].rect;
    const Rect& b = layout.hulls[1].rect;
    for (float at : {a.min.x, a.max.x})
      for (float other : {b.min.x, b.max.x}) CHECK(std::fabs(at - other) >= 8);
    for (float at : {a.min.y, a.max.y})
      for (float other : {b.min.y, b.max.y}) CHECK(std::fabs(at - other) >= 8);
  }
}

TEST_CASE("a plain cluster has no hulls and stands where it stood") {
  const std::vector<ConfigurationView> plain = {{1, {1, 2, 3}, false, 0}};
  const StageLayout with = lay_out_stage(kStage, first_servers(3), 1, plain);
  const StageLayout without = lay_out_stage(kStage, first_servers(3), 1);
  CHECK(with.hulls.empty());
  for (size_t i = 0; i < 3; ++i) CHECK(distance(with.nodes[i].centre, without.nodes[i].centre) == 0);
}

TEST_CASE("who is only in the old configuration stands left, who is only in the new one right") {
  const StageLayout layout = lay_out_stage(kStage, first_servers(4), 1, kCases[0].configurations);
  const float a = layout.node(1)->centre.x, c = layout.node(3)->centre.x, d = layout.node(4)->centre.x;
  CHECK(c < a);
  CHECK(a < d);
  CHECK(layout.node(2)->centre.x == a);
  CHECK(layout.level <= FactsLevel::two);
}

// --- the screen

TEST_CASE("configurations are drawn and said with their members and state") {
  const ImU32 running = with_alpha(dark_theme().accent, 0.08f), sealed = with_alpha(dark_theme().text2, 0.05f);
  {
    Shown shown(reconfiguration_fixture());
    CHECK(shown.value("Configuration 1") == "sealed at 24, members A B C");
    CHECK(shown.value("Configuration 2") == "running, members A B D");
    CHECK(shown.drawn(running) > 0);
    CHECK(shown.drawn(sealed) > 0);
  }
  Shown plain(main_fixture());
  CHECK(plain.find("Configuration 1") == nullptr);
  CHECK(plain.drawn(running) == 0);
  CHECK(plain.drawn(sealed) == 0);
}

TEST_CASE("a joining server says how far it is, a retired one that it is") {
  Shown shown(reconfiguration_fixture());
  CHECK(shown.value("Server D").find("Catching up") == 0);
  CHECK(shown.value("Server D").find("20 of 24 entries fetched for configuration 2") != std::string::npos);
  CHECK(shown.value("Server C").find("Retired") == 0);
}

TEST_CASE("a preparing leader has a word and a crown of its own on the stage") {
  App::Fixed fixed = main_fixture();
  const auto crowns = [](App::Fixed what) {
    Shown shown(std::move(what));
    return std::pair(shown.value("Server A"), shown.drawn(colours_of({1, 5, 0, 1}, main_fixture().timeline).stroke));
  };
  fixed.observation.servers[0].role = Role::follower;
  const auto [follower, without] = crowns(fixed);
  fixed.observation.servers[0].role = Role::preparing;
  const auto [preparing, with] = crowns(fixed);
  CHECK(preparing.find("Preparing") == 0);
  CHECK(follower.find("Preparing") == std::string::npos);
  CHECK(with > without);
}

TEST_CASE("logs say what is not on disk yet and where a configuration begins") {
  int dashed = 0;
  {
    Shown shown(reconfiguration_fixture());
    CHECK(shown.beginning("Log of A").find("26 w=2 in memory only") != std::string::npos);
    CHECK(shown.beginning("Log of C").find("in memory only") == std::string::npos);
    CHECK(shown.find("config 2 begins after entry 24") != nullptr);
    dashed = ImGui::GetDrawData()->TotalVtxCount;
  }
  // The dashed edge is drawn too: with everything on disk the picture has fewer vertices.
  App::Fixed durable = reconfiguration_fixture();
  for (ServerView& server : durable.observation.servers)
    for (LogCell& cell : server.cells) cell.durable = true;
  Shown safe(std::move(durable));
  CHECK(ImGui::GetDrawData()->TotalVtxCount < dashed);
}

TEST_CASE("a snapshot is one wide cell, and trimmed entries without one are said to be trimmed") {
  App::Fixed fixed = main_fixture();
  const auto cut = [&](size_t which, CellState state) {
    ServerView& server = fixed.observation.servers[which];
    server.trimmed_to = 5;
    for (LogCell& cell : server.cells)
      if (cell.index <= 5) cell.state = state, cell.attempt_id = 0;
  };
  cut(0, CellState::snapshot);
  fixed.observation.servers[0].snapshot_to = 5;
  cut(1, CellState::trimmed);
  Shown shown(fixed);
  CHECK(shown.beginning("Log of A").find("Log of A: snapshot up to 5, 6 ") == 0);
  CHECK(shown.beginning("Log of B").find("Log of B: trimmed up to 5, 6 ") == 0);
  CHECK(shown.beginning("Log of C").find("Log of C: 1 x=1") == 0);
}

TEST_CASE("at any width the newest entries have cells of their own") {
  Screen screen;
  for (const float width : {390.0f, 480.0f, 600.0f, 816.0f, 1440.0f})
    for (LogIndex longest = 1; longest < 120; ++longest) {
      const LogWindow window = log_window({{0, 0}, {width, 264}}, longest, 0);
      CAPTURE(width);
      CAPTURE(longest);
      CHECK(window.first + 1 <= std::max<LogIndex>(longest, 2));
      CHECK(window.first + window.count > longest);
    }
}

TEST_CASE("the window of a log makes room for the divider") {
  const Rect logs{{288, 432}, {1104, 696}};
  const LogWindow plain = log_window(logs, 26, 0), divided = log_window(logs, 26, 0, {24});
  CHECK(divided.count < plain.count);
  CHECK(divided.first + divided.count > 26);
  CHECK(log_window(logs, 200, 0, {24}).count + 1 >= log_window(logs, 200, 0).count);
}

TEST_CASE("the inspector says what the disk still holds") {
  Shown shown(reconfiguration_fixture());
  CHECK(shown.value("Decided index") == "25, on disk 24");
  CHECK(shown.value("Log length") == "26, on disk 25");
  CHECK(shown.value("Configuration") == "c2");
}

TEST_CASE("the timeline marks stop-signs, the start of a configuration and who joins") {
  Shown shown(reconfiguration_fixture());
  for (const char* label : {"A: stop-sign decided", "B: stop-sign decided", "C: stop-sign decided",
                            "config 2 starts", "D joins configuration 2"}) {
    CAPTURE(label);
    CHECK(shown.find(label) != nullptr);
  }
}

// --- real runs

constexpr const char* kRemoval = R"(
title = "Remove D"
protocols = ["omnipaxos"]
duration = "3s"
[cluster]
servers = 4
first_leader = "A"
election_timeout = "100ms"
[network]
latency = ["8ms", "12ms"]
[[client]]
server = "B"
start = "100ms"
think = "20ms"
)";

TEST_CASE("a person puts a configuration together, and the world says why it refuses another") {
  Shown shown(kRemoval);
  shown.to(600'000);
  shown.press("Add fault");
  shown.press("Reconfigure\xe2\x80\xa6");
  REQUIRE(shown.find("Propose {A,B,C,D}") != nullptr);
  shown.press("Member D");
  shown.press("Leads first");
  shown.press("Propose {A,B,C}");
  REQUIRE(shown.app.run()->journal().size() == 1);
  CHECK(format_action(shown.app.run()->journal().back().action) == "reconfigure A,B,C lead A");
  CHECK(shown.find("Propose {A,B,C}") == nullptr);
  CHECK(shown.find("Error") == nullptr);

  // Nobody is there to propose it to.
  for (ServerId id = 1; id <= 4; ++id) {
    Action crash;
    crash.kind = ActionKind::crash;
    crash.a = id;
    REQUIRE(shown.app.run()->perform(crash).has_value());
  }
  shown.app.run_changed();
  shown.settle();
  shown.press("Add fault");
  shown.press("Reconfigure\xe2\x80\xa6");
  shown.press("Member C");
  shown.press("Propose {A,B,D}");
  CHECK(shown.app.run()->journal().size() == 5);
  CHECK(shown.value("Error").size() > 10);
}

TEST_CASE("after a reconfiguration lanes, stop-signs and colours belong to the new configuration") {
  Shown shown(kRemoval);
  shown.to(600'000);
  Action action = *parse_action("reconfigure A,B,C");
  REQUIRE(shown.app.run()->perform(action).has_value());
  const uint64_t before = shown.app.run()->event();
  shown.to(1'200'000);
  const Timeline& timeline = shown.app.run()->timeline();
  const auto marks = [&](MarkKind kind) {
    return std::count_if(timeline.marks.begin(), timeline.marks.end(),
                         [&](const MarkRecord& mark) { return mark.kind == kind; });
  };
  CHECK(marks(MarkKind::stop_sign) == 4);
  CHECK(marks(MarkKind::configuration) == 1);
  CHECK(timeline.lanes.back().epoch.configuration == 2);
  CHECK(std::any_of(timeline.changes.begin(), timeline.changes.end(), [](const LaneChange& change) {
    return change.server == 4 && change.membership == Membership::retired;
  }));
  CHECK(shown.value("Server D").find("Retired") == 0);
  CHECK(shown.value("Configuration 2") == "running, members A B C");

  // Acting in the past takes all of it back.
  shown.app.run()->seek(before);
  REQUIRE(shown.app.run()->perform(*parse_action("crash D")).has_value());
  CHECK(marks(MarkKind::stop_sign) == 0);
  CHECK(marks(MarkKind::configuration) == 0);
  CHECK(std::none_of(timeline.changes.begin(), timeline.changes.end(),
                     [](const LaneChange& change) { return change.membership == Membership::retired; }));
}

TEST_CASE("ballots over time: what is promised, raised and elected, and a press goes there") {
  Shown shown(kRemoval);
  shown.to(500'000);
  REQUIRE(shown.app.run()->perform(*parse_action("crash A")).has_value());
  shown.app.run_changed();
  shown.to(1'200'000);
  const Timeline& timeline = shown.app.run()->timeline();
  const LaneChange* raised = nullptr;
  for (const LaneChange& change : timeline.changes)
    if (change.kind == LaneKind::own_ballot && change.from_us > 500'000 && raised == nullptr) raised = &change;
  REQUIRE(raised != nullptr);
  const Epoch epoch = raised->epoch;
  const TimeUs at_us = raised->from_us;
  const std::string owner = server_label(raised->server), ballot = epoch_label(epoch);
  shown.to(at_us + 100'000);
  shown.press("Ballots");
  CHECK(shown.beginning("Log of A") == "nothing");
  CHECK(shown.value("Ballots of " + owner).find("own " + ballot + ", promised ") == 0);
  CHECK(shown.find(owner + " elected " + owner + " with " + ballot) != nullptr);
  shown.press(owner + " raises its own ballot to " + ballot);
  CHECK(shown.app.run()->now_us() == at_us);
  shown.press("Logs");
  CHECK(shown.beginning("Log of A") != "nothing");
}

TEST_CASE("notes of the second configuration speak of its ballots") {
  Shown shown(kRemoval);
  shown.to(600'000);
  REQUIRE(shown.app.run()->perform(*parse_action("reconfigure A,B,C lead B")).has_value());
  shown.to(1'500'000);
  int seen = 0;
  for (int i = 0; i < 40 && shown.app.run()->step_back(StepUnit::change); ++i) {
    const Observation observation = shown.app.run()->observe({1, 1});
    for (const NoteView& note : observation.event.notes)
      for (const Field& value : note.values)
        if (value.value.kind == FieldKind::epoch && value.value.epoch) {
          CHECK(value.value.epoch.configuration == 2);
          ++seen;
        }
  }
  CHECK(seen > 0);
}

}  // namespace
}  // namespace paxoscope::ui
