#include "tests/ui/fixture_parts.h"

namespace paxoscope::ui {
namespace {

enum : ServerId { kA = 1, kB, kC, kD, kE };

const Epoch kEpochs[] = {{1, 2, 0, kB}, {1, 4, 0, kC}, {1, 5, 0, kA}};

/// One arrow: servers, times in ms, position in kEpochs.
struct Row {
  ServerId from, to;
  int sent_ms, end_ms, epoch;
  bool reply, lost;
};

// Read off the picture's timeline.
constexpr Row kRows[] = {
    {2, 1, 1030, 1059, 0, false, false}, {2, 3, 1030, 1065, 0, false, false},
    {2, 4, 1030, 1073, 0, false, false}, {2, 5, 1030, 1065, 0, false, false},
    {1, 2, 1062, 1108, 0, true, false},  {3, 2, 1068, 1099, 0, true, false},
    {5, 2, 1069, 1110, 0, true, false},  {4, 2, 1077, 1114, 0, true, false},
    {3, 1, 1250, 1294, 1, false, false}, {3, 4, 1250, 1293, 1, false, false},
    {3, 5, 1250, 1295, 1, false, false}, {4, 3, 1296, 1336, 1, true, false},
    {1, 3, 1297, 1335, 1, true, false},  {5, 3, 1298, 1330, 1, true, false},
    {3, 1, 1330, 1366, 1, false, false}, {3, 4, 1330, 1373, 1, false, false},
    {3, 5, 1330, 1373, 1, false, false}, {1, 3, 1369, 1410, 1, true, false},
    {4, 3, 1376, 1404, 1, true, false},  {5, 3, 1376, 1412, 1, true, false},
    {3, 2, 1405, 1441, 1, false, false}, {2, 3, 1444, 1476, 1, true, false},
    {3, 1, 1500, 1547, 1, false, false}, {3, 2, 1500, 1532, 1, false, false},
    {3, 4, 1500, 1548, 1, false, false}, {3, 5, 1500, 1542, 1, false, false},
    {2, 3, 1534, 1572, 1, true, false},  {5, 3, 1545, 1583, 1, true, false},
    {1, 3, 1550, 1593, 1, true, false},  {4, 3, 1550, 1591, 1, true, false},
    {3, 1, 1600, 1647, 1, false, false}, {3, 2, 1600, 1637, 1, false, false},
    {3, 4, 1600, 1646, 1, false, false}, {3, 5, 1600, 1632, 1, false, false},
    {5, 3, 1635, 1668, 1, true, false},  {2, 3, 1639, 1673, 1, true, false},
    {4, 3, 1649, 1683, 1, true, false},  {1, 3, 1650, 1695, 1, true, false},
    {3, 1, 1760, 1797, 1, false, false}, {3, 2, 1760, 1802, 1, false, true},
    {3, 4, 1760, 1796, 1, false, true},  {3, 5, 1760, 1799, 1, false, true},
    {1, 3, 1801, 1833, 1, true, false},  {3, 1, 1890, 1936, 1, false, false},
    {3, 2, 1890, 1920, 1, false, true},  {3, 4, 1890, 1926, 1, false, true},
    {3, 5, 1890, 1925, 1, false, true},  {1, 3, 1940, 1967, 1, true, false},
    {3, 1, 2090, 2127, 1, false, false}, {3, 2, 2090, 2132, 1, false, true},
    {3, 4, 2090, 2116, 1, false, true},  {3, 5, 2090, 2122, 1, false, true},
    {1, 3, 2130, 2161, 1, true, false},  {3, 1, 2240, 2286, 1, false, false},
    {1, 4, 2312, 2326, 2, false, false}, {1, 2, 2312, 2367, 2, false, false},
    {1, 5, 2312, 2373, 2, false, false}, {1, 3, 2312, 2359, 2, false, false},
    {4, 1, 2326, 2363, 2, true, false},  {3, 1, 2362, 2403, 2, true, false},
    {2, 1, 2370, 2411, 2, true, false},  {5, 1, 2376, 2420, 2, true, false},
    {1, 2, 2450, 2486, 2, false, false}, {1, 3, 2450, 2497, 2, false, false},
    {1, 4, 2450, 2482, 2, false, false}, {1, 5, 2450, 2484, 2, false, false},
    {4, 1, 2485, 2520, 2, true, false},  {5, 1, 2488, 2521, 2, true, false},
    {2, 1, 2489, 2529, 2, true, false},  {3, 1, 2500, 2538, 2, true, false},
    {1, 2, 2580, 2618, 2, false, false}, {1, 3, 2580, 2619, 2, false, false},
    {1, 4, 2580, 2613, 2, false, false}, {1, 5, 2580, 2618, 2, false, false},
    {4, 1, 2617, 2661, 2, true, false},  {2, 1, 2620, 2654, 2, true, false},
    {5, 1, 2621, 2665, 2, true, false},  {3, 1, 2623, 2662, 2, true, false},
    {1, 2, 2690, 2732, 2, false, false}, {1, 3, 2690, 2729, 2, false, false},
    {1, 4, 2690, 2732, 2, false, false}, {1, 5, 2690, 2726, 2, false, false},
    {5, 1, 2730, 2771, 2, true, false},  {3, 1, 2732, 2769, 2, true, false},
    {2, 1, 2735, 2775, 2, true, false},  {4, 1, 2736, 2781, 2, true, false},
};

const char* const kCommands[] = {"x=1", "y=4", "z=2", "x=3", "del y", "y=7", "z=5", "x=8", "w=1", "y=9"};

std::vector<LogCell> cells(LogIndex length, LogIndex decided) {
  std::vector<LogCell> list;
  for (LogIndex index = 1; index <= length; ++index) {
    LogCell cell;
    cell.index = index;
    cell.label = kCommands[index - 1];
    cell.epoch = kEpochs[index <= 3 ? 0 : 1];
    cell.state = index <= decided ? CellState::decided : CellState::accepted;
    cell.attempt_id = index;
    list.push_back(cell);
  }
  return list;
}

std::vector<Field> plain_fields(const ServerView& server) {
  return {field("Role", text_value(server.role_text)),
          field("Promised ballot", epoch_value(server.epoch)),
          field("Accepted ballot", epoch_value(kEpochs[1])),
          field("Leader", server_value(kC)),
          field("Decided index", index_value(server.decided_index)),
          field("Log length", index_value(server.log_length)),
          field("Quorum-connected", boolean_value(server.quorum_connected))};
}

ServerView server(ServerId id, Role role, const char* role_text, int epoch, uint32_t heard, LogIndex decided,
                  LogIndex length, TimeUs timer_left) {
  ServerView view;
  view.id = id;
  view.role = role;
  view.role_text = view.activity = role_text;
  view.epoch = kEpochs[epoch];
  view.has_quorum_mark = true;
  view.quorum_connected = heard >= 3;
  view.heard = heard;
  view.members = 5;
  view.decided_index = decided;
  view.log_length = length;
  view.timers.push_back({"election", TimerKind::election, timer_left, 100'000});
  view.cells = cells(length, decided);
  view.fields = plain_fields(view);
  return view;
}

std::vector<ServerView> servers() {
  std::vector<ServerView> list = {server(kA, Role::leader, "Leader", 2, 5, 7, 9, 82'000),
                                  server(kB, Role::follower, "Follower", 1, 2, 7, 8, 28'000),
                                  server(kC, Role::old_leader, "Old leader", 1, 2, 7, 10, 45'000),
                                  server(kD, Role::follower, "Follower", 2, 2, 7, 7, 62'000),
                                  server(kE, Role::follower, "Follower", 1, 2, 6, 7, 22'000)};
  ServerView& a = list.front();
  a.activity = "Leader, gathering promises";
  a.leads = kEpochs[2];
  list[2].leads = kEpochs[1];
  FieldValue peers = servers_value({kB, kC, kD, kE});
  peers.text = "4 of 4";
  a.fields = {changed("Role", text_value("follower"), text_value("leader")),
              changed("Promised ballot", epoch_value(kEpochs[1]), epoch_value(kEpochs[2])),
              field("Accepted ballot", epoch_value(kEpochs[1])),
              changed("Leader", server_value(kC), server_value(kA)),
              changed("Promises", text_value("\xe2\x80\x93"), text_value("1 of 3 needed")),
              field("Decided index", index_value(7)),
              field("Log length", index_value(9)),
              field("Quorum-connected", boolean_value(true)),
              field("Peers heard", peers)};
  return list;
}

std::vector<LinkView> links() {
  std::vector<LinkView> list;
  for (ServerId from = kA; from <= kE; ++from) {
    for (ServerId to = kA; to <= kE; ++to) {
      if (from == to) continue;
      LinkView link;
      link.from = from;
      link.to = to;
      link.up = link.in_use = from == kA || to == kA;
      link.latency_us = 50'000;
      list.push_back(link);
    }
  }
  return list;
}

MessageView message(uint64_t id, ServerId from, ServerId to, TimeUs sent_us, TimeUs deliver_us) {
  MessageView view;
  view.id = id;
  view.from = from;
  view.to = to;
  view.family = to == kA ? MessageFamily::reply : MessageFamily::request;
  view.name = to == kA ? "Promise" : "Prepare";
  view.value =
      "5\xc2\xb7"
      "A";
  view.epoch = kEpochs[2];
  view.sent_us = sent_us;
  view.deliver_us = deliver_us;
  view.fields = {field("Ballot", epoch_value(kEpochs[2])), field("Decided index", index_value(7))};
  return view;
}

EventView event() {
  EventView view;
  view.number = 128;
  view.time_us = 2'340'000;
  view.kind = EventKind::timer;
  view.server = kA;
  view.title =
      "A raises its ballot to 5\xc2\xb7"
      "A and sends Prepare";
  view.subtitle = "Only A reaches every server: 4 links up, 6 cut";
  view.cause_event = 121;
  view.cause_text = "heartbeat reply from C: QC no";
  NoteView note;
  note.rule = "BLE-3";
  note.server = kA;
  note.sentence =
      "**A raised its ballot** because leader C reported that it is not quorum-connected, and A is.";
  note.source =
      "OmniPaxos paper, \xc2\xa7"
      "5.2";
  view.notes.push_back(note);
  return view;
}

Observation observation() {
  Observation view;
  view.protocol = "omnipaxos";
  view.event = event();
  view.time_us = 2'340'000;
  view.servers = servers();
  view.links = links();
  view.messages = {message(41, kA, kB, 2'312'000, 2'368'000), message(42, kA, kC, 2'312'000, 2'359'000),
                   message(44, kA, kE, 2'312'000, 2'373'000), message(45, kD, kA, 2'326'000, 2'362'000)};
  view.checks = {{"decided-agree", "Decided logs agree", "5 logs", true, ""},
                 {"one-leader", "One leader per ballot", "3 ballots", true, ""},
                 {"promises", "Promises never go back", "5 servers", true, ""},
                 {"futures", "Futures settle", "3 waiting", true, ""}};
  return view;
}

void add_arrows(Timeline& timeline) {
  uint64_t id = 0;
  for (const Row& row : kRows) {
    ArrowRecord arrow;
    arrow.message_id = ++id;
    arrow.from = row.from;
    arrow.to = row.to;
    arrow.family = row.reply ? MessageFamily::reply : MessageFamily::request;
    arrow.fate = row.lost ? MessageFate::lost : MessageFate::delivered;
    arrow.name = row.reply ? "Accepted" : "Accept";
    arrow.epoch = kEpochs[row.epoch];
    arrow.sent_us = row.sent_ms * 1000;
    arrow.end_us = row.end_ms * 1000;
    arrow.sent_event = row.sent_ms == 2312 ? 128 : 1;
    arrow.end_event = 2;
    timeline.arrows.push_back(arrow);
  }
}

Timeline timeline() {
  Timeline line;
  line.last_event = 342;
  line.last_time_us = 6'250'000;
  line.epochs = {kEpochs[0], kEpochs[1], kEpochs[2]};
  add_arrows(line);
  line.leaders = {{kB, kEpochs[0], 0, 1'100'000, true},
                  {kC, kEpochs[1], 1'241'000, 2'357'000, true},
                  {kA, kEpochs[2], 2'311'000, -1, true}};
  for (ServerId id = kA; id <= kE; ++id) line.lanes.push_back({id, 0, kEpochs[0]});
  constexpr TimeUs kSecond[] = {1'280'000, 1'440'000, 1'240'000, 1'285'000, 1'290'000};
  constexpr TimeUs kThird[] = {2'311'000, 2'366'000, 2'358'000, 2'326'000, 2'372'000};
  for (ServerId id = kA; id <= kE; ++id) line.lanes.push_back({id, kSecond[id - 1], kEpochs[1]});
  for (ServerId id = kA; id <= kE; ++id) line.lanes.push_back({id, kThird[id - 1], kEpochs[2]});
  line.downs = {{kB, 1'100'000, 1'380'000, false, false}};
  line.cuts = {{1'700'000, 4'940'000, "links cut: only A reaches all"}};
  return line;
}

const Question kWhoIsNext{
    "Who will become leader next?",
    0,
    {{"A", {}, "only A hears a majority"}, {"B", {}, ""}, {"C", {}, ""}, {"D", {}, ""}, {"E", {}, ""}}};

std::vector<LessonStep> lesson() {
  const std::string text =
      "A still hears a majority and the leader does not. A picks ballot `5\xc2\xb7"
      "A`, above `4\xc2\xb7"
      "C`, and asks "
      "every server it reaches for a promise.";
  return {{"C leads with ballot 4\xc2\xb7"
           "C",
           "", LessonState::done, 40, true},
          {"Links fail; only A reaches all", "", LessonState::done, 90, true},
          {"C reports: not quorum-connected", "", LessonState::done, 121, true},
          {"A raises its ballot", text, LessonState::current, 128, true, &kWhoIsNext},
          {"A gathers promises from a majority", "", LessonState::to_come, 140, true},
          {"A brings the logs into line", "", LessonState::to_come, 0, false},
          {"Waiting client futures settle", "", LessonState::to_come, 0, false}};
}

}  // namespace

App::Fixed main_fixture() {
  App::Fixed fixed =
      fixed_at({"quorum-loss", "Quorum loss", "The leader loses its majority", 6'250'000, 1'000'000, 2'800'000},
               observation(), timeline(), lesson());
  fixed.answers = {{0, 0, 0}, {1, 1, 1}, {3, 0, 0}};
  return fixed;
}

const Fixture* find_fixture(std::string_view name) {
  static constexpr Fixture kFixtures[] = {{"main", main_fixture},
                                          {"reconfiguration", reconfiguration_fixture},
                                          {"futures", futures_fixture},
                                          {"history", history_fixture}};
  for (const Fixture& fixture : kFixtures)
    if (name == fixture.name) return &fixture;
  return nullptr;
}

}  // namespace paxoscope::ui
