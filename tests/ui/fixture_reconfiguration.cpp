#include "tests/ui/fixture_parts.h"

namespace paxoscope::ui {
namespace {

enum : ServerId { kA = 1, kB, kC, kD };

const Epoch kOld{1, 5, 0, kA}, kNew{2, 1, 0, kA};

/// One arrow: servers, times in ms; epoch 0 = old, 1 = new, 2 = none (a segment when it goes to D).
struct Row {
  ServerId from, to;
  int sent_ms, end_ms, epoch;
};

// Read off the picture's timeline.
constexpr Row kRows[] = {
    {1, 2, 3060, 3095, 0}, {1, 3, 3060, 3098, 0}, {2, 1, 3094, 3138, 0}, {3, 1, 3100, 3130, 0},
    {1, 2, 3200, 3257, 0}, {1, 3, 3200, 3242, 0}, {3, 1, 3244, 3283, 0}, {2, 1, 3251, 3294, 0},
    {1, 2, 3420, 3467, 0}, {1, 3, 3420, 3456, 0}, {3, 1, 3458, 3502, 0}, {2, 1, 3463, 3503, 0},
    {1, 2, 3530, 3571, 0}, {1, 3, 3530, 3582, 0}, {1, 4, 3540, 3601, 2}, {1, 2, 3640, 3679, 1},
    {2, 1, 3677, 3719, 1}, {4, 1, 3700, 3761, 2}, {4, 2, 3700, 3747, 2}, {2, 4, 3760, 3817, 2},
    {1, 4, 3775, 3836, 2}, {1, 2, 3800, 3850, 1}, {2, 1, 3846, 3899, 1}, {2, 4, 3860, 3917, 2},
    {1, 4, 3865, 3926, 2}, {1, 4, 3955, 4016, 2}, {2, 4, 3970, 4027, 2}, {1, 4, 4045, 4106, 2},
    {1, 2, 4090, 4135, 1}, {2, 4, 4090, 4152, 2}, {1, 4, 4105, 4166, 2}, {2, 1, 4132, 4166, 1},
    {1, 4, 4200, 4261, 2}, {2, 4, 4210, 4267, 2}, {1, 2, 4420, 4461, 1}, {1, 4, 4420, 4463, 1},
    {2, 1, 4458, 4510, 1}, {4, 1, 4466, 4506, 1}, {1, 2, 4600, 4647, 1}, {1, 4, 4600, 4637, 1},
    {4, 1, 4640, 4685, 1}, {2, 1, 4644, 4682, 1},
};

const char* const kCommands[] = {"y=2", "z=8", "del w", "x=3", "stop", "z=9", "w=2"};

/// Entries from 20 on; the stop-sign is 24. What comes before is folded.
std::vector<LogCell> cells(LogIndex first, LogIndex length, LogIndex decided) {
  std::vector<LogCell> list;
  for (LogIndex index = first; index <= length; ++index) {
    LogCell cell;
    cell.index = index;
    cell.label = index >= 20 ? kCommands[index - 20] : "x=1";
    cell.epoch = index <= 24 ? kOld : kNew;
    cell.state = index == 24 ? CellState::stop_sign : index <= decided ? CellState::decided : CellState::accepted;
    cell.attempt_id = index;
    list.push_back(cell);
  }
  return list;
}

ServerView server(ServerId id, Role role, const char* role_text, LogIndex decided, LogIndex length) {
  ServerView view;
  view.id = id;
  view.role = role;
  view.role_text = view.activity = role_text;
  view.decided_index = decided;
  view.log_length = length;
  view.cells = cells(20, length, decided);
  return view;
}

ServerView member(ServerId id, Role role, const char* role_text, LogIndex length, TimeUs timer_left) {
  ServerView view = server(id, role, role_text, 25, length);
  view.epoch = kNew;
  view.configuration = 2;
  view.has_quorum_mark = view.quorum_connected = true;
  view.heard = 2;
  view.members = 3;
  view.timers.push_back({"election", TimerKind::election, timer_left, 100'000});
  // Its last entry is written, but not on disk yet.
  view.cells.back().durable = false;
  view.fields = {field("Role", text_value(role_text)), field("Promised ballot", epoch_value(kNew), true),
                 field("Accepted ballot", epoch_value(kNew), true), field("Decided index", index_value(25), true),
                 field("Log length", index_value(length), true), field("Configuration", text_value("c2"), true)};
  view.fields[3].on_disk = index_value(24);
  view.fields[4].on_disk = index_value(length - 1);
  return view;
}

ServerView joining() {
  ServerView d = server(kD, Role::learner, "Joining", 0, 20);
  d.activity = "Joining configuration 2";
  d.joining = 2;
  d.configuration = 0;
  d.cells = cells(20, 20, 0);
  for (LogIndex from = 1; from <= 24; from += 4)
    d.catch_up.push_back({from, from + 4, from / 4 % 2 == 0 ? ServerId{kA} : ServerId{kB}, from < 21});
  FieldValue vote = boolean_value(false);
  vote.text = "not yet, 4 to go";
  d.fields = {field("Configuration", text_value("2, joining")),
              field("Needs entries", text_value("1\xe2\x80\x93"
                                                "24")),
              changed("Fetched in all", count_value(18), count_value(20)),
              changed("Fetched from A", count_value(9), count_value(11)),
              field("Fetched from B", count_value(9)),
              field("Promised ballot", text_value("none")),
              field("Decided index", index_value(0)),
              field("Can vote", vote),
              field("Reads from", servers_value({kA, kB}))};
  return d;
}

std::vector<ServerView> servers() {
  ServerView a = member(kA, Role::leader, "Leader", 26, 70'000);
  a.leads = kNew;
  ServerView b = member(kB, Role::follower, "Follower", 25, 45'000);
  ServerView c = server(kC, Role::retired, "Retired", 24, 24);
  c.epoch = kOld;
  c.configuration = 0;
  // Its log begins with a snapshot, which the picture's one row does not show.
  c.trimmed_to = c.snapshot_to = 21;
  for (LogCell& cell : c.cells)
    if (cell.index <= 21) cell.state = CellState::snapshot;
  c.fields = {field("Configuration", text_value("none, retired"))};
  return {a, b, c, joining()};
}

std::vector<LinkView> links() {
  std::vector<LinkView> list;
  for (ServerId from = kA; from <= kD; ++from) {
    for (ServerId to = kA; to <= kD; ++to) {
      if (from == to) continue;
      LinkView link;
      link.from = from;
      link.to = to;
      link.in_use = to == kD && from <= kB;
      link.latency_us = 60'000;
      list.push_back(link);
    }
  }
  return list;
}

MessageView segment(uint64_t id, ServerId from, const char* value, TimeUs sent_us) {
  MessageView view;
  view.id = id;
  view.from = from;
  view.to = kD;
  view.family = MessageFamily::transfer;
  view.name = "Segment";
  view.value = value;
  view.sent_us = sent_us;
  view.deliver_us = sent_us + 62'000;
  return view;
}

EventView event() {
  EventView view;
  view.number = 287;
  view.time_us = 4'120'000;
  view.kind = EventKind::delivery;
  view.server = kD;
  view.title = "D fetches log segments from A and B in parallel";
  view.subtitle = "Configuration 1 is sealed at index 24; configuration 2 already decides entries";
  view.cause_event = 259;
  view.cause_text = "stop-sign decided at 24";
  NoteView note;
  note.rule = "RC-2";
  note.server = kD;
  note.sentence =
      "**D reads from two servers at once.** The stop-sign at 24 is decided, so every copy of 1\xe2\x80\x93"
      "24 is final.";
  note.source =
      "OmniPaxos paper, \xc2\xa7"
      "6";
  view.notes.push_back(note);
  return view;
}

Observation observation() {
  Observation view;
  view.protocol = "omnipaxos";
  view.event = event();
  view.time_us = 4'120'000;
  view.window_first = 20;
  view.servers = servers();
  view.configurations = {{1, {kA, kB, kC}, true, 24}, {2, {kA, kB, kD}, false, 0}};
  view.links = links();
  view.messages = {segment(91, kA, "20", 4'088'000), segment(92, kB,
                                                             "22\xe2\x80\x93"
                                                             "23",
                                                             4'090'000)};
  view.checks = {{"decided-agree", "Decided logs agree", "4 logs", true, ""},
                 {"one-leader", "One leader per ballot", "4 ballots", true, ""},
                 {"stop-sign", "Nothing follows a stop-sign", "config 1", true, ""},
                 {"futures", "Futures settle", "2 waiting", true, ""}};
  return view;
}

LaneChange change(ServerId id, int at_ms, LaneKind kind, const Epoch& epoch,
                  Membership membership = Membership::member) {
  return {id, at_ms * 1000, kind, epoch, membership};
}

void add_changes(Timeline& line) {
  const Epoch none;
  for (ServerId id : {kA, kB, kC}) {
    line.changes.push_back(change(id, 0, LaneKind::own_ballot, {1, id == kA ? 5u : id == kC ? 4u : 1u, 0, id}));
    line.changes.push_back(change(id, 0, LaneKind::leader, kOld));
    line.changes.push_back(change(id, 0, LaneKind::membership, {1, 0, 0, 0}));
  }
  line.changes.push_back(change(kD, 0, LaneKind::membership, {0, 0, 0, 0}, Membership::spare));
  line.changes.push_back(change(kC, 3'600, LaneKind::leader, none));
  line.changes.push_back(change(kC, 3'600, LaneKind::membership, {1, 0, 0, 0}, Membership::retired));
  line.changes.push_back(change(kD, 3'601, LaneKind::membership, {2, 0, 0, 0}, Membership::joining));
  for (ServerId id : {kA, kB}) {
    const int at = id == kA ? 3'620 : 3'680;
    line.changes.push_back(change(id, at, LaneKind::own_ballot, {2, 1, 0, id}));
    line.changes.push_back(change(id, at, LaneKind::leader, kNew));
    line.changes.push_back(change(id, at, LaneKind::membership, {2, 0, 0, 0}));
  }
  line.changes.push_back(change(kD, 4'310, LaneKind::own_ballot, {2, 1, 0, kD}));
  line.changes.push_back(change(kD, 4'310, LaneKind::leader, kNew));
  line.changes.push_back(change(kD, 4'310, LaneKind::membership, {2, 0, 0, 0}));
}

Timeline timeline() {
  Timeline line;
  line.last_event = 402;
  line.last_time_us = 5'600'000;
  line.epochs = {{1, 2, 0, kB}, {1, 4, 0, kC}, kOld, kNew};
  uint64_t id = 0;
  for (const Row& row : kRows) {
    ArrowRecord arrow;
    arrow.message_id = ++id;
    arrow.from = row.from;
    arrow.to = row.to;
    const bool reply = row.to == kA;
    arrow.family = row.epoch == 2 && row.to == kD ? MessageFamily::transfer
                   : reply                        ? MessageFamily::reply
                                                  : MessageFamily::request;
    arrow.fate = MessageFate::delivered;
    arrow.name = row.epoch == 2 ? "Segment" : reply ? "Accepted" : "Accept";
    if (row.epoch != 2) arrow.epoch = row.epoch == 0 ? kOld : kNew;
    arrow.sent_us = row.sent_ms * 1000;
    arrow.end_us = row.end_ms * 1000;
    arrow.sent_event = arrow.end_event = 1;
    line.arrows.push_back(arrow);
  }
  line.leaders = {{kB, line.epochs[0], 0, 700'000, true},
                  {kC, line.epochs[1], 800'000, 1'400'000, true},
                  {kA, kOld, 1'500'000, 3'529'000, true},
                  {kA, kNew, 3'620'000, -1, true}};
  for (ServerId server : {kA, kB, kC}) line.lanes.push_back({server, 1'500'000, kOld});
  line.lanes.push_back({kA, 3'540'000, {}});
  line.lanes.push_back({kB, 3'571'000, {}});
  line.lanes.push_back({kC, 3'582'000, {}});
  line.lanes.push_back({kA, 3'620'000, kNew});
  line.lanes.push_back({kB, 3'680'000, kNew});
  line.lanes.push_back({kD, 4'310'000, kNew});
  line.marks = {{MarkKind::stop_sign, 3'546'000, 259, kA, "stop-sign decided"},
                {MarkKind::configuration, 3'576'000, 262, kA, "config 2 starts"},
                {MarkKind::stop_sign, 3'576'000, 262, kB, "stop-sign decided"},
                {MarkKind::stop_sign, 3'601'000, 263, kC, "stop-sign decided"}};
  add_changes(line);
  return line;
}

const Question kCanDecide{"Can configuration 2 decide now?", 0, {{"Yes", {}, "A and B are 2 of its 3"}, {"No", {}, ""}, {"Later", {}, ""}}};

std::vector<LessonStep> lesson() {
  return {{"A proposes a stop-sign", "", LessonState::done, 250, true},
          {"The stop-sign is decided at 24", "", LessonState::done, 259, true},
          {"A and B start configuration 2", "", LessonState::done, 263, true},
          {"D fetches the old log",
           "Nothing before a decided stop-sign can change. D may read it from any old server, so it asks `A` and "
           "`B` for different segments at the same time.",
           LessonState::current, 287, true, &kCanDecide},
          {"D holds all 24 entries", "", LessonState::to_come, 0, false},
          {"D starts in configuration 2", "", LessonState::to_come, 0, false},
          {"C can be switched off", "", LessonState::to_come, 0, false}};
}

}  // namespace

App::Fixed reconfiguration_fixture() {
  App::Fixed fixed =
      fixed_at({"replace-server", "Replace C by D", "Bringing in a new server", 5'600'000, 3'000'000, 4'800'000},
               observation(), timeline(), lesson());
  fixed.answers = {{3, 0, 0}};
  return fixed;
}

}  // namespace paxoscope::ui
