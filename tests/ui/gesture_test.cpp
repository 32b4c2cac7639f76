// Being the network by hand: messages dragged, links cut by a line, servers parted by a loop, sliders, clients.
#include "tests/ui/shown.h"
#include "ui/geometry.h"
#include "ui/gestures.h"

namespace paxoscope::ui {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x93", kArrow = "\xe2\x86\x92", kMore = "\xe2\x80\xa6";

/// Five servers, A at the top, and what is cut between them.
struct Field {
  StageLayout layout;
  std::vector<LinkPair> pairs;

  Field() {
    set_scale(1);
    layout = lay_out_stage({{0, 0}, {800, 560}}, {1, 2, 3, 4, 5}, 1);
    for (ServerId a = 1; a <= 5; ++a)
      for (ServerId b = a + 1; b <= 5; ++b) {
        LinkPair pair;
        pair.a = a, pair.b = b;
        pair.up_ab = pair.up_ba = true;
        pairs.push_back(pair);
      }
  }
  LinkPair& pair(ServerId a, ServerId b) {
    for (LinkPair& one : pairs)
      if (one.a == a && one.b == b) return one;
    FAIL("no such pair");
    return pairs[0];
  }
  ImVec2 at(ServerId id) const { return layout.node(id)->centre; }
  /// Around these servers' middle, wide enough for them, closed.
  std::vector<ImVec2> loop(std::vector<ServerId> servers) const {
    ImVec2 middle{0, 0};
    for (ServerId id : servers) middle = {middle.x + at(id).x, middle.y + at(id).y};
    middle = {middle.x / static_cast<float>(servers.size()), middle.y / static_cast<float>(servers.size())};
    float wide = 45;
    for (ServerId id : servers) wide = std::max(wide, distance(middle, at(id)) + 45);
    std::vector<ImVec2> line;
    for (int i = 0; i <= 40; ++i) {
      const float turn = static_cast<float>(i) / 40 * 6.2f;
      line.push_back({middle.x + wide * std::cos(turn), middle.y + wide * std::sin(turn)});
    }
    return line;
  }
  /// Straight across a link, `forth`: so that a to b goes from its left to its right.
  std::vector<ImVec2> across(ServerId a, ServerId b, bool forth = true) const {
    const ImVec2 unit = direction(at(a), at(b)), middle = lerp(at(a), at(b), 0.3f);
    const float s = forth ? 12.0f : -12.0f;
    return {{middle.x - unit.y * s, middle.y + unit.x * s}, {middle.x + unit.y * s, middle.y - unit.x * s}};
  }
};

ServerSet set(std::initializer_list<ServerId> servers) { return set_of(std::vector<ServerId>(servers)); }

using Drag = DragMeaning::Kind;
using Stroke = StrokeMeaning::Kind;

TEST_CASE("a message let go at its receiver is delivered, before that it is held, beside its link it is dropped") {
  set_scale(1);
  const Way way{{100, 100}, {500, 100}, 28};
  const ImVec2 start{300, 100};
  const auto read = [&](float x, float y) { return read_drag(way, start, {x, y}, 400'000); };
  CHECK(read(304, 103).kind == Drag::nothing);
  CHECK(read(495, 104).kind == Drag::deliver);
  CHECK(read(528, 110).kind == Drag::deliver);  // over the server itself
  CHECK(read(445, 100).kind == Drag::deliver);
  CHECK(read(430, 100).kind == Drag::hold);
  CHECK(read(330, 190).kind == Drag::drop);
  CHECK(read(330, 10).kind == Drag::drop);
  TimeUs before = 0;
  for (float x : {430.0f, 330.0f, 250.0f, 150.0f, 100.0f, 60.0f}) {
    const DragMeaning here = read(x, 110);
    CHECK(here.kind == Drag::hold);
    CHECK(here.longer_us % 5'000 == 0);
    CHECK(here.longer_us >= before);
    before = here.longer_us;
  }
  CHECK(read(430, 100).longer_us == 5'000);
  CHECK(read(100, 100).longer_us == 400'000);
  CHECK(words_of(read(100, 100)) == "Hold 400 ms longer");
}

TEST_CASE("a line cuts the links that it crosses, and heals them once all are cut") {
  Field field;
  StrokeMeaning one = read_stroke(field.across(1, 2), field.layout, field.pairs, false);
  CHECK(words_of(one) == "Cut A" + std::string(kDash) + "B");
  CHECK(format_action(action_of(one)) == "cut A-B");
  // Under A, straight from left to right: all four of its links.
  const ImVec2 a = field.at(1);
  const std::vector<ImVec2> under{{a.x - 300, a.y + 60}, {a.x + 300, a.y + 60}};
  const StrokeMeaning four = read_stroke(under, field.layout, field.pairs, false);
  CHECK(format_action(action_of(four)) == "cut A-B,A-C,A-D,A-E");
  CHECK(words_of(four) == "Cut 4 links");
  field.pair(1, 3).up_ab = field.pair(1, 3).up_ba = false;
  field.pair(1, 4).up_ab = false;
  CHECK(format_action(action_of(read_stroke(under, field.layout, field.pairs, false))) == "cut A-B,A-D,A-E");
  for (ServerId b = 2; b <= 5; ++b) field.pair(1, b).up_ab = field.pair(1, b).up_ba = false;
  const StrokeMeaning heals = read_stroke(under, field.layout, field.pairs, false);
  CHECK(format_action(action_of(heals)) == "heal A-B,A-C,A-D,A-E");
  CHECK(words_of(heals) == "Heal 4 links");
  CHECK(read_stroke({{1, 1}, {5, 5}}, field.layout, field.pairs, false).kind == Stroke::nothing);
  CHECK(read_stroke({{1, 1}}, field.layout, field.pairs, false).kind == Stroke::nothing);
}

TEST_CASE("in one direction a line cuts what goes from its left to its right") {
  Field field;
  for (const auto& [a, b] : {std::pair<ServerId, ServerId>{1, 2}, {2, 3}, {3, 4}, {1, 5}}) {
    const StrokeMeaning forth = read_stroke(field.across(a, b), field.layout, {field.pair(a, b)}, true);
    REQUIRE(forth.links.size() == 1);
    CHECK(forth.links[0] == LinkEnds{a, b, true});
    const StrokeMeaning back = read_stroke(field.across(a, b, false), field.layout, {field.pair(a, b)}, true);
    REQUIRE(back.links.size() == 1);
    CHECK(back.links[0] == LinkEnds{b, a, true});
    CHECK(words_of(back) == "Cut " + server_label(b) + std::string(kArrow) + server_label(a));
  }
  // What is cut already in this direction is healed, whatever the other one does.
  field.pair(1, 2).up_ab = false;
  CHECK(format_action(action_of(read_stroke(field.across(1, 2), field.layout, field.pairs, true))) == "heal A>B");
  CHECK(format_action(action_of(read_stroke(field.across(1, 2, false), field.layout, field.pairs, true))) == "cut B>A");
}

TEST_CASE("a loop around some servers parts them from the others, and around parted ones rejoins them") {
  Field field;
  const StrokeMeaning two = read_stroke(field.loop({3, 4}), field.layout, field.pairs, false);
  CHECK(two.kind == Stroke::partition);
  CHECK(two.inside == set({3, 4}));
  CHECK(format_action(action_of(two)) == "partition C,D|A,B,E");
  CHECK(words_of(two) == "Partition C, D from A, B, E");
  for (LinkPair& pair : field.pairs)
    if (contains(two.inside, pair.a) != contains(two.inside, pair.b)) pair.up_ab = pair.up_ba = false;
  const StrokeMeaning back = read_stroke(field.loop({3, 4}), field.layout, field.pairs, false);
  CHECK(back.kind == Stroke::rejoin);
  CHECK(format_action(action_of(back)) == "heal A-C,A-D,B-C,B-D,C-E,D-E");
  // Around all of them, or around nobody, it is no loop.
  CHECK(read_stroke(field.loop({1, 2, 3, 4, 5}), field.layout, field.pairs, false).inside == 0);
  std::vector<ImVec2> open = field.loop({3, 4});
  open.resize(25);
  CHECK(read_stroke(open, field.layout, field.pairs, false).inside == 0);
}

/// A run under a hand.
struct Handed : Shown {
  explicit Handed(int width = 1440) : Shown("quorum-loss", 0, width) { to(400'000); }

  ImVec2 middle(std::string_view label) {
    const std::string wanted(label);
    CAPTURE(wanted);
    const SemanticItem* item = find(label);
    REQUIRE(item != nullptr);
    return {static_cast<float>(item->x) + static_cast<float>(item->width) / 2,
            static_cast<float>(item->y) + static_cast<float>(item->height) / 2};
  }
  void frame() { app.frame(now += 0.02); }
  void down(ImVec2 at) {
    ImGui::GetIO().MousePos = at;
    frame();
    ImGui::GetIO().MouseDown[0] = true;
    frame();
  }
  void move(ImVec2 to) {
    ImGui::GetIO().MousePos = to;
    frame();
    frame();
  }
  void up() {
    ImGui::GetIO().MouseDown[0] = false;
    frame();
    settle();
  }
  void key(int which) {
    ImGui::GetIO().KeysDown[ImGui::GetIO().KeyMap[which]] = true;
    frame();
    ImGui::GetIO().KeysDown[ImGui::GetIO().KeyMap[which]] = false;
    frame();
    settle();
  }
  void draw(const std::vector<ImVec2>& line) {
    down(line.front());
    for (size_t i = 1; i < line.size(); ++i) move(line[i]);
  }
  std::vector<ImVec2> across(std::string_view a, std::string_view b) {
    const ImVec2 from = middle(a), to = middle(b), unit = direction(from, to), at = lerp(from, to, 0.5f);
    return {{at.x - unit.y * 30, at.y + unit.x * 30}, at, {at.x + unit.y * 30, at.y - unit.x * 30}};
  }
  std::string journal() {
    std::string text;
    for (const JournalEntry& entry : app.run()->journal()) text += format_action(entry.action) + ";";
    return text;
  }
  /// Goes on until a message of this kind is in flight, and returns its label.
  std::string flying(std::string_view kind) {
    for (int i = 0; i < 300; ++i) {
      const std::string name = beginning(kind);
      if (name.find(" from ") != name.npos && value(name) == "in flight") return name;
      app.run()->step(StepUnit::event);
      app.run_changed();
      settle();
    }
    FAIL("no such message");
    return {};
  }
  MessageView message(const std::string& label) {
    for (const MessageView& one : app.run()->observe({}).messages) {
      char name[160];
      if (label == std::string_view(name, message_name(one, name, sizeof name))) return one;
    }
    return {};
  }
  ImVec2 server(ServerId id) { return middle("Server " + server_label(id)); }
};

TEST_CASE("a message dragged to its receiver is delivered now; undo takes that back in one step") {
  Handed shown;
  const std::string name = shown.flying("Accept");
  const MessageView message = shown.message(name);
  REQUIRE(message.id != 0);
  const uint64_t before = shown.app.run()->state_hash();
  shown.down(shown.middle(name));
  shown.move(lerp(shown.middle(name), shown.server(message.to), 0.3f));
  shown.move(shown.server(message.to));
  CHECK(shown.value("Letting go") == "Deliver now");
  CHECK(shown.journal().empty());
  shown.up();
  CHECK(shown.journal() == "deliver " + std::to_string(message.id) + ";");
  CHECK(shown.message(name).id != message.id);
  CHECK(shown.value("Letting go") == "nothing");
  REQUIRE(shown.app.run()->undo());
  CHECK(shown.app.run()->state_hash() == before);
}

TEST_CASE("a message dragged back towards its sender is held, which its capsule and its name say") {
  Handed shown;
  const std::string name = shown.flying("Accept");
  const MessageView message = shown.message(name);
  shown.down(shown.middle(name));
  const ImVec2 sender = shown.server(message.from), receiver = shown.server(message.to);
  shown.move(lerp(sender, receiver, 0.38f));
  const std::string half = shown.value("Letting go");
  shown.move(lerp(sender, receiver, 0.25f));
  const std::string quarter = shown.value("Letting go");
  CHECK(half.substr(0, 5) == "Hold ");
  CHECK(quarter.substr(0, 5) == "Hold ");
  CHECK(half != quarter);
  shown.up();
  const MessageView held = shown.message(name);
  CHECK(held.id == message.id);
  CHECK(held.deliver_us > message.deliver_us + 50'000);
  CHECK("Hold " + duration_value(held.deliver_us - message.deliver_us).text + " longer" == quarter);
  CHECK(shown.value(name) == "in flight, held");
}

TEST_CASE("a message dragged off its link is dropped") {
  Handed shown;
  const std::string name = shown.flying("Accept");
  const MessageView message = shown.message(name);
  const ImVec2 from = shown.server(message.from), to = shown.server(message.to), unit = direction(from, to);
  shown.down(shown.middle(name));
  const ImVec2 beside = lerp(from, to, 0.5f);
  shown.move({beside.x - unit.y * 70, beside.y + unit.x * 70});
  CHECK(shown.value("Letting go") == "Drop");
  CHECK(shown.drawn(theme().danger) > 0);
  shown.up();
  CHECK(shown.journal() == "drop " + std::to_string(message.id) + ";");
}

TEST_CASE("a press without a drag selects a message; Escape lets go of one, and so does losing the pointer") {
  Handed shown;
  const std::string name = shown.flying("Accept");
  const MessageView message = shown.message(name);
  shown.down(shown.middle(name));
  shown.up();
  CHECK(shown.find(name)->state == 1);
  CHECK(shown.journal().empty());
  shown.down(shown.middle(name));
  shown.move(shown.server(message.to));
  CHECK(shown.value("Letting go") == "Deliver now");
  shown.key(ImGuiKey_Escape);
  CHECK(shown.value("Letting go") == "nothing");
  CHECK(shown.find(name)->state == 1);  // Escape ended the gesture, and nothing else
  shown.up();
  shown.down(shown.middle(name));
  shown.move(shown.server(message.to));
  shown.move({-1e9f, -1e9f});  // a second finger
  shown.up();
  CHECK(shown.journal().empty());
}

TEST_CASE("while a hand holds a message of a playing run, time stands still; then it goes on") {
  Handed shown;
  const std::string name = shown.flying("Accept");
  const MessageView message = shown.message(name);
  shown.app.play(true);
  shown.down(shown.middle(name));
  shown.move(lerp(shown.server(message.from), shown.server(message.to), 0.1f));
  CHECK_FALSE(shown.app.playing());
  const uint64_t event = shown.app.run()->event();
  for (int i = 0; i < 40; ++i) shown.frame();
  CHECK(shown.app.run()->event() == event);
  ImGui::GetIO().MouseDown[0] = false;
  shown.frame();
  CHECK(shown.app.playing());
  CHECK(shown.journal().substr(0, 6) == "delay ");
}

TEST_CASE("a line across a link cuts it, across several cuts them by one action, and once more heals them") {
  Handed shown;
  shown.draw(shown.across("Server A", "Server B"));
  CHECK(shown.value("Letting go") == "Cut A" + std::string(kDash) + "B");
  shown.up();
  CHECK(shown.value("Link A" + std::string(kDash) + "B") == "cut");
  // Below A, from the left to the right of everything.
  const ImVec2 a = shown.server(1);
  const std::vector<ImVec2> under{{a.x - 250, a.y + 50}, {a.x, a.y + 50}, {a.x + 250, a.y + 50}};
  shown.draw(under);
  CHECK(shown.value("Letting go") == "Cut 3 links");
  shown.up();
  CHECK(shown.journal() == "cut A-B;cut A-C,A-D,A-E;");
  for (const char* other : {"B", "C", "D", "E"}) CHECK(shown.value("Link A" + std::string(kDash) + other) == "cut");
  shown.draw(under);
  CHECK(shown.value("Letting go") == "Heal 4 links");
  shown.up();
  for (const char* other : {"B", "C", "D", "E"}) CHECK(shown.value("Link A" + std::string(kDash) + other) == "up");
  // Each gesture is taken back by one undo.
  REQUIRE(shown.app.run()->undo());
  shown.app.run_changed();
  shown.settle();
  for (const char* other : {"B", "C", "D", "E"}) CHECK(shown.value("Link A" + std::string(kDash) + other) == "cut");
}

TEST_CASE("with Shift, or the card's toggle, a line cuts one direction") {
  Handed shown;
  ImGui::GetIO().KeyShift = true;
  shown.draw(shown.across("Server A", "Server B"));
  const std::string one = shown.value("Letting go");
  shown.up();
  ImGui::GetIO().KeyShift = false;
  CHECK(one == "Cut A" + std::string(kArrow) + "B");
  CHECK(shown.journal() == "cut A>B;");
  CHECK(shown.value("Link A" + std::string(kDash) + "B") == "only B to A");
  shown.press("Add fault");
  shown.press("Network" + std::string(kMore));
  shown.press("Lines drawn on the stage cut one way");
  CHECK(shown.find("Lines drawn on the stage cut one way")->state == 1);
  shown.press("Close");
  std::vector<ImVec2> back = shown.across("Server A", "Server B");
  std::swap(back.front(), back.back());
  shown.draw(back);
  CHECK(shown.value("Letting go") == "Cut B" + std::string(kArrow) + "A");
  shown.up();
  CHECK(shown.value("Link A" + std::string(kDash) + "B") == "cut");
}

TEST_CASE("a loop around two servers parts them from the others; Escape leaves everything as it was") {
  for (const bool escapes : {false, true}) {
    CAPTURE(escapes);
    Handed shown;
    const ImVec2 c = shown.server(3), d = shown.server(4);
    std::vector<ImVec2> loop;
    for (ImVec2 p : {ImVec2{d.x - 50, d.y - 50}, {c.x + 50, c.y - 50}, {c.x + 50, c.y + 42}, {d.x - 50, d.y + 42}, {d.x - 50, d.y - 42}})
      loop.push_back(p);
    shown.draw(loop);
    CHECK(shown.value("Letting go") == "Partition C, D from A, B, E");
    if (escapes) shown.key(ImGuiKey_Escape);
    shown.up();
    CHECK(shown.journal() == (escapes ? "" : "partition C,D|A,B,E;"));
  }
}

TEST_CASE("a line on a phone cuts as well") {
  Handed shown(390);
  std::vector<ImVec2> inwards = shown.across("Server A", "Server B");
  std::swap(inwards.front(), inwards.back());
  shown.draw(inwards);
  CHECK(shown.value("Letting go").substr(0, 4) == "Cut ");
  shown.up();
  CHECK(shown.value("Link A" + std::string(kDash) + "B") == "cut");
}

TEST_CASE("the sides of a partition are toggles, for the keyboard") {
  Handed shown;
  shown.press("Add fault");
  shown.press("Partition" + std::string(kMore));
  const SemanticItem* b = shown.find("B on the other side");
  REQUIRE(b != nullptr);
  CHECK(b->role == static_cast<uint32_t>(SemanticRole::toggle));
  CHECK(b->state == 0);
  CHECK(shown.value("Choose who is on the other side") == "not available");
  shown.press("B on the other side");
  shown.press("D on the other side");
  CHECK(shown.find("B on the other side")->state == 1);
  shown.press("Partition B, D from A, C, E");
  CHECK(shown.journal() == "partition B,D|A,C,E;");
  CHECK(shown.find("B on the other side") == nullptr);
}

TEST_CASE("the network's sliders change every link, one action for each time they are let go") {
  Handed shown;
  ImGui::GetIO().AddInputCharacter('l');
  shown.frame();
  shown.settle();
  const SemanticItem* latency = shown.find("Latency");
  REQUIRE(latency != nullptr);
  CHECK(latency->role == static_cast<uint32_t>(SemanticRole::slider));
  CHECK(shown.value("Latency") == "10 ms");
  CHECK(shown.value("Loss") == "0 %");
  const ImVec2 knob = shown.middle("Latency");
  const auto right = static_cast<float>(latency->x + latency->width) - 10;
  shown.down(knob);
  for (float x = knob.x; x < right; x += 20) shown.move({x, knob.y});
  shown.move({right, knob.y});
  CHECK(shown.value("Latency") == "1.000 s");
  CHECK(shown.journal().empty());
  shown.up();
  CHECK(shown.journal() == "latency all 1s;");
  // Arrows, while it has the keyboard, are its own: the run does not step.
  shown.app.semantics().focus(shown.find("Loss")->id);
  shown.settle();
  shown.key(ImGuiKey_RightArrow);
  CHECK(shown.journal() == "latency all 1s;loss all 1%;");
  CHECK(shown.value("Loss") == "1 %");
  const uint64_t event = shown.app.run()->event();
  shown.key(ImGuiKey_End);
  CHECK(shown.value("Loss") == "100 %");
  CHECK(shown.app.run()->event() == event + 1);
  shown.key(ImGuiKey_RightArrow);
  CHECK(shown.app.run()->event() == event + 1);
  shown.app.semantics().focus(0);
  shown.settle();
  REQUIRE(shown.app.run()->undo());
  shown.app.run_changed();
  shown.settle();
  CHECK(shown.value("Loss") == "1 %");
  shown.key(ImGuiKey_Escape);
  CHECK(shown.find("Loss") == nullptr);
}

TEST_CASE("a link has sliders of its own, and a server's clock has") {
  Handed shown;
  const auto menu_of = [&](std::string_view label) {
    ImGui::GetIO().MousePos = shown.middle(label);
    shown.frame();
    ImGui::GetIO().MouseDown[1] = true;
    shown.frame();
    ImGui::GetIO().MouseDown[1] = false;
    shown.frame();
    shown.settle();
  };
  const auto by_arrow = [&](std::string_view label, int key) {
    shown.app.semantics().focus(shown.find(label)->id);
    shown.settle();
    shown.key(key);
    shown.app.semantics().focus(0);
  };
  menu_of("Link A" + std::string(kDash) + "B");
  shown.press("Sliders" + std::string(kMore));
  by_arrow("Duplication", ImGuiKey_RightArrow);
  CHECK(shown.journal() == "duplication A-B 1%;");
  shown.press("Close");
  CHECK(shown.value("Link A" + std::string(kDash) + "B") == "up, repeats 1 %");
  menu_of("Server C");
  shown.press("Clock" + std::string(kMore));
  shown.press("Sliders" + std::string(kMore));
  CHECK(shown.value("Clock rate") == "true");
  by_arrow("Clock rate", ImGuiKey_LeftArrow);
  CHECK(shown.value("Clock rate") == "1 % slow");
  by_arrow("Clock", ImGuiKey_RightArrow);
  CHECK(shown.journal() == "duplication A-B 1%;rate C -10000ppm;clock C +20ms;");
}

TEST_CASE("clients are added at a server and removed, and have a lane from the start") {
  Handed shown;
  const size_t before = shown.app.run()->observe({}).clients.size();
  const std::string added = "k" + std::to_string(before + 1);
  shown.press("Add fault");
  shown.press("Clients" + std::string(kMore));
  shown.press("Add a client at C");
  CHECK(shown.journal() == "client add C closed 50ms put 1, get 1;");
  shown.press("History");
  CHECK(shown.value("Client " + added) == "asks C: put 1, get 1, one after another, every 50 ms, 0 open");
  shown.app.run()->run_until(shown.app.run()->now_us() + 600'000);
  shown.app.run_changed();
  shown.settle();
  size_t asked = 0;
  for (const OperationView& operation : shown.app.run()->observe({}).operations) asked += operation.client == before + 1;
  CHECK(asked > 3);
  shown.press("Client " + added);
  shown.press("Remove client " + added);
  CHECK(shown.journal() == "client add C closed 50ms put 1, get 1;client remove " + added + ";");
  CHECK(shown.value("Client " + added) == "has left");
}

}  // namespace
}  // namespace paxoscope::ui
