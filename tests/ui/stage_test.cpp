// The stage: nothing overlaps, links merge, messages group, and all of it is quick.
#include <doctest/doctest.h>

#include <chrono>

#include "tests/ui/fixture.h"
#include "tests/ui/screen.h"
#include "ui/app.h"
#include "ui/geometry.h"
#include "ui/links.h"
#include "ui/messages.h"
#include "ui/stage_layout.h"
#include "ui/values.h"

namespace paxoscope::ui {
namespace {

std::vector<ServerId> first_servers(ServerId count) {
  std::vector<ServerId> ids;
  for (ServerId id = 1; id <= count; ++id) ids.push_back(id);
  return ids;
}

void check_apart(const StageLayout& layout, const Rect& area) {
  for (size_t i = 0; i < layout.nodes.size(); ++i) {
    const NodePlace& node = layout.nodes[i];
    CHECK(inside(around(node.centre, layout.radius, layout.radius), area));
    for (size_t j = 0; j < layout.nodes.size(); ++j) {
      const NodePlace& other = layout.nodes[j];
      // A server's timer ring reaches 1.25 radii.
      if (i != j) CHECK(distance(node.centre, other.centre) >= 2 * 1.25f * layout.radius);
      if (node.facts.width() <= 0) continue;
      CHECK(distance(other.centre, node.facts) >= 1.25f * layout.radius);
      if (i != j) CHECK_FALSE(overlap(node.facts, other.facts));
      CHECK(inside(node.facts, area));
    }
  }
}

TEST_CASE("servers and facts never overlap, for 1 to 16 servers at every size") {
  for (float scale : {1.0f, 1.5f, 2.0f}) {
    for (float width : {500.0f, 640.0f, 816.0f, 1024.0f, 1300.0f, 1700.0f}) {
      for (float height : {240.0f, 260.0f, 320.0f, 384.0f, 500.0f, 900.0f}) {
        for (ServerId count = 1; count <= 16; ++count) {
          CAPTURE(scale);
          CAPTURE(width);
          CAPTURE(height);
          CAPTURE(count);
          const Rect area{{288 * scale, 48 * scale}, {(288 + width) * scale, (48 + height) * scale}};
          const StageLayout layout = lay_out_stage(area, first_servers(count), scale);
          REQUIRE(layout.nodes.size() == count);
          CHECK(layout.links.size() == count * (count - 1) / 2);
          check_apart(layout, area);
        }
      }
    }
  }
}

TEST_CASE("three to nine servers show at least their ballots and quorum marks") {
  for (ServerId count : {3u, 4u, 5u, 7u, 9u}) {
    CAPTURE(count);
    CHECK(lay_out_stage({{0, 0}, {500, 260}}, first_servers(count), 1).level <= FactsLevel::one);
    CHECK(lay_out_stage({{0, 0}, {816, 384}}, first_servers(count), 1).level <= FactsLevel::two);
    CHECK(lay_out_stage({{0, 0}, {1700, 900}}, first_servers(count), 1).level == FactsLevel::full);
  }
}

TEST_CASE("the first server stands at the top, and the place of a server does not depend on the scale") {
  const StageLayout once = lay_out_stage({{0, 0}, {816, 384}}, first_servers(5), 1);
  const StageLayout twice = lay_out_stage({{0, 0}, {1632, 768}}, first_servers(5), 2);
  for (size_t i = 0; i < 5; ++i) {
    CHECK(once.nodes[0].centre.y <= once.nodes[i].centre.y);
    CHECK(twice.nodes[i].centre.x == doctest::Approx(2 * once.nodes[i].centre.x).epsilon(0.01));
    CHECK(twice.nodes[i].centre.y == doctest::Approx(2 * once.nodes[i].centre.y).epsilon(0.01));
  }
}

TEST_CASE("marks of different links stand apart") {
  for (ServerId count : {4u, 5u, 6u}) {
    const StageLayout layout = lay_out_stage({{0, 0}, {816, 384}}, first_servers(count), 1);
    for (const LinkPlace& a : layout.links) {
      for (const LinkPlace& b : layout.links) {
        if (&a == &b) continue;
        CAPTURE(count);
        CHECK(distance(lerp(a.from, a.to, a.mark_share), lerp(b.from, b.to, b.mark_share)) >= 12);
      }
    }
  }
}

LinkView link(ServerId from, ServerId to, bool up = true) {
  LinkView view;
  view.from = from;
  view.to = to;
  view.up = up;
  view.latency_us = 10'000;
  return view;
}

TEST_CASE("two directions merge into one link") {
  std::vector<LinkView> links = {link(1, 2), link(1, 3, false), link(2, 1),
                                 link(2, 3), link(3, 1, false), link(3, 2, false)};
  links[2].loss_permille = 300;
  links[3].latency_us = 180'000;
  links[3].slow = links[3].in_use = true;
  std::vector<LinkPair> pairs;
  merge_links(links, pairs);
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].a == 1);
  CHECK(pairs[0].b == 2);
  CHECK_FALSE(pairs[0].cut());
  CHECK(link_state(pairs[0]) == "up, loses 30 %");
  CHECK(pairs[1].cut());
  CHECK(link_state(pairs[1]) == "cut");
  CHECK(pairs[2].one_way());
  CHECK(pairs[2].up_ab);
  CHECK(pairs[2].in_use);
  CHECK(link_state(pairs[2]) == "only B to C, slow, 180 ms");
  CHECK(link_name(3, 1) ==
        "Link A\xe2\x80\x93"
        "C");
  merge_links({}, pairs);
  CHECK(pairs.empty());
}

MessageView message(uint64_t id, ServerId from, ServerId to, const char* name, TimeUs sent, TimeUs due) {
  MessageView view;
  view.id = id;
  view.from = from;
  view.to = to;
  view.name = name;
  view.value = std::to_string(id);
  view.epoch = {1, 5, 0, 1};
  view.sent_us = sent;
  view.deliver_us = due;
  return view;
}

/// Capsules of these messages on a stage of three servers at a moment.
struct Scene {
  Observation observation;
  Timeline timeline;
  Scenario scenario;
  std::vector<LessonStep> lesson;
  StageLayout layout = lay_out_stage({{0, 0}, {816, 384}}, first_servers(3), 1);
  std::vector<Capsule> capsules;

  void place(TimeUs now, bool reduced = false) {
    Frame frame{observation, timeline, scenario, lesson};
    frame.shown_us = now;
    frame.reduced_motion = reduced;
    place_messages(frame, layout, capsules);
  }
};

TEST_CASE("messages of one batch share a capsule, others keep their own") {
  Screen screen;
  Scene scene;
  scene.observation.messages = {
      message(1, 1, 2, "Accept", 0, 10'000), message(2, 1, 2, "Accept", 500, 10'900),
      message(3, 1, 2, "Accept", 900, 10'950), message(4, 1, 3, "Accept", 0, 10'000),
      message(5, 2, 1, "Accepted", 0, 10'000)};
  scene.place(5'000);
  REQUIRE(scene.capsules.size() == 3);
  CHECK(scene.capsules[0].same == 3);
  CHECK_FALSE(scene.capsules[0].same_value);
  CHECK(scene.capsules[1].same == 1);
  CHECK(scene.capsules[2].same == 1);
  CHECK_FALSE(overlap(capsule_rect(scene.capsules[0]), capsule_rect(scene.capsules[1])));
}

TEST_CASE("capsules on one link that would cover each other are counted together") {
  Screen screen;
  Scene scene;
  scene.observation.messages = {message(1, 1, 2, "AcceptSync", 0, 10'000),
                                message(2, 1, 2, "Decide", 2'000, 12'000)};
  scene.place(6'000, true);
  REQUIRE(scene.capsules.size() == 1);
  CHECK(scene.capsules[0].same == 1);
  CHECK(scene.capsules[0].others == 1);
}

TEST_CASE("a capsule flies from its sender to its receiver; with reduced motion it stands in the middle") {
  Screen screen;
  Scene scene;
  scene.observation.messages = {message(1, 1, 2, "Prepare", 1'000, 11'000)};
  const ImVec2 from = scene.layout.node(1)->centre, to = scene.layout.node(2)->centre;
  float last = -1;
  for (TimeUs now : {0, 1'000, 3'000, 6'000, 9'000, 11'000, 20'000}) {
    scene.place(now);
    REQUIRE(scene.capsules.size() == 1);
    const float way = distance(from, scene.capsules[0].centre);
    CHECK(way >= last);
    last = way;
    CHECK(distance(scene.capsules[0].centre, from, to) < 1);
    // Never hidden by a server.
    CHECK(distance(from, capsule_rect(scene.capsules[0])) >= scene.layout.radius);
    CHECK(distance(to, capsule_rect(scene.capsules[0])) >= scene.layout.radius);
  }
  scene.place(1'000, true);
  const LinkPlace* link = scene.layout.link(1, 2);
  CHECK(distance(scene.capsules[0].centre, lerp(link->from, link->to, 0.5f)) < 1);
}

TEST_CASE("short links shrink capsules: first the value goes, then the name") {
  Screen screen;
  Scene scene;
  scene.observation.messages = {message(1, 2, 3, "Prepare", 0, 10'000)};
  scene.observation.messages[0].value = "1234567890";
  const auto form = [&](float width) {
    scene.layout.links = {{2, 3, {100, 200}, {100 + width, 200}, 0.5f, 20, 20}};
    scene.place(5'000);
    return scene.capsules.at(0).form;
  };
  CHECK(form(400) == CapsuleForm::full);
  CHECK(form(120) == CapsuleForm::name_only);
  CHECK(form(60) == CapsuleForm::dot);
}

TEST_CASE("where two links cross a capsule at rest stands aside; in flight it loses its words") {
  Screen screen;
  Scene scene;
  scene.layout.nodes.clear();
  scene.layout.links = {{1, 2, {100, 200}, {500, 200}, 0.5f, 20, 20}, {1, 3, {300, 40}, {300, 360}, 0.5f, 20, 20}};
  scene.observation.messages = {message(1, 1, 2, "Prepare", 0, 10'000), message(2, 1, 3, "Prepare", 0, 10'000)};
  scene.place(5'000);
  CHECK(scene.capsules.at(0).form == CapsuleForm::full);
  CHECK(scene.capsules.at(1).form == CapsuleForm::dot);
  const ImVec2 place = scene.capsules.at(1).centre;
  scene.observation.time_us = 5'000;
  scene.place(5'000);
  CHECK(scene.capsules.at(1).form == CapsuleForm::full);
  CHECK_FALSE(overlap(capsule_rect(scene.capsules.at(0)), capsule_rect(scene.capsules.at(1))));
  CHECK(scene.capsules.at(1).centre.x == doctest::Approx(place.x));
  CHECK(distance(scene.capsules.at(1).centre, place) < 50);
}

TEST_CASE("what an old and a new value have in common at their end is said once") {
  CHECK(without_shared_end("2 of 3 needed", "3 of 3 needed") == "2");
  CHECK(without_shared_end("none, spare", "c2, joining") == "none, spare");
  CHECK(without_shared_end("same words", "same words") == "same");
  CHECK(without_shared_end("", "3 of 3") == "");
}

TEST_CASE("heartbeats are dots and never join capsules") {
  Screen screen;
  Scene scene;
  scene.observation.messages = {message(1, 1, 2, "Heartbeat", 0, 10'000),
                                message(2, 1, 2, "Heartbeat", 0, 10'000),
                                message(3, 1, 2, "Prepare", 0, 10'000)};
  scene.observation.messages[0].family = scene.observation.messages[1].family = MessageFamily::heartbeat;
  scene.place(5'000);
  REQUIRE(scene.capsules.size() == 3);
  CHECK(scene.capsules[2].same == 1);
  CHECK(scene.capsules[2].others == 0);
}

TEST_CASE("a thousand messages are placed quickly") {
  Screen screen;
  Scene scene;
  scene.layout = lay_out_stage({{0, 0}, {1100, 500}}, first_servers(9), 1);
  for (uint64_t id = 1; id <= 1000; ++id) {
    const auto from = static_cast<ServerId>(id % 9 + 1), to = static_cast<ServerId>((id / 9 + id) % 9 + 1);
    if (from == to) continue;
    const auto sent = static_cast<TimeUs>(id * 37 % 10'000);
    scene.observation.messages.push_back(
        message(id, from, to, id % 3 ? "Accept" : "Decide", sent, sent + 10'000));
  }
  scene.place(10'000);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) scene.place(10'000 + i);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  MESSAGE("placing ", scene.observation.messages.size(), " messages: ", taken.count() / 20, " ms");
  CHECK(taken.count() / 20 < 50);  // generous: sanitizers and shared machines
  CHECK(scene.capsules.size() < 300);
}

TEST_CASE("a frame with a thousand messages is built quickly") {
  Screen screen;
  App app;
  app.set_size(1440, 900, 1);
  App::Fixed fixed = main_fixture();
  for (uint64_t id = 1000; id < 2000; ++id) {
    const auto from = static_cast<ServerId>(id % 5 + 1), to = static_cast<ServerId>((id / 5 + id) % 5 + 1);
    if (from == to) continue;
    const auto sent = static_cast<TimeUs>(fixed.shown_us - static_cast<TimeUs>(id * 37 % 10'000));
    fixed.observation.messages.push_back(
        message(id, from, to, id % 3 ? "Accept" : "Decide", sent, sent + 10'000));
  }
  app.show_fixed(std::move(fixed));
  double now = 1;
  for (int i = 0; i < 5; ++i) app.frame(now += 0.02);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) app.frame(now += 0.02);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  MESSAGE("a frame with 1,000 messages: ", taken.count() / 20, " ms, ", ImGui::GetDrawData()->TotalVtxCount,
          " vertices");
  CHECK(taken.count() / 20 < 100);  // generous: sanitizers and shared machines
}

}  // namespace
}  // namespace paxoscope::ui
