// What disks do to a world: writes that wait, a full disk, a disk that lies, torn tails, and a decided index that is on
// the disk before the log.
#include <algorithm>

#include "chaos.h"
#include "sim/describe.h"

using namespace paxoscope;
using namespace paxoscope::bench;

namespace {

WorldConfig slow_disks(uint32_t servers, TimeUs write_us) {
  WorldConfig config = small_world(servers, 1);
  config.disk.min_us = config.disk.max_us = write_us;
  return config;
}

const SimDisk<PlainProtocol::Durable>& disk(const Watched& run, ServerId id) { return run.world.host(id)->disk; }
LogIndex length_on_disk(const Watched& run, ServerId id) { return disk(run, id).content().log.length(); }

ServerView view_of(const Watched& run, ServerId id) {
  return describe(run.world, {1, 64}).servers[id - 1];
}
const Field& field(const ServerView& view, const std::string& name) {
  const auto found = std::find_if(view.fields.begin(), view.fields.end(), [&](const Field& f) { return f.name == name; });
  REQUIRE(found != view.fields.end());
  return *found;
}
size_t volatile_cells(const ServerView& view) {
  return static_cast<size_t>(
      std::count_if(view.cells.begin(), view.cells.end(), [](const LogCell& cell) { return !cell.durable; }));
}

/// A message that promises something is out although what is behind it is not on the disk.
bool promised_too_much(const Watched& run) {
  for (const auto* flight : run.world.flights()) {
    const auto& content = disk(run, flight->info.from).content();
    const PaxosValues& values = content.state.values();
    if (const auto* promise = std::get_if<omnipaxos::Promise<Command>>(&flight->message.body))
      if (values.promised < promise->ballot || values.incarnation < promise->session.incarnation) return true;
    if (const auto* forward = std::get_if<omnipaxos::Forward<Command>>(&flight->message.body))
      // A relay passes on what another server proposed.
      if (disk(run, forward->proposer).content().state.values().incarnation < forward->incarnation) return true;
    if (const auto* prepare = std::get_if<omnipaxos::Prepare>(&flight->message.body))
      if (values.promised < prepare->ballot) return true;
    if (const auto* accepted = std::get_if<omnipaxos::Accepted>(&flight->message.body))
      if (values.promised == accepted->ballot &&
          (values.accepted < accepted->ballot || content.log.length() < accepted->length))
        return true;
  }
  return false;
}

}  // namespace

TEST_SUITE("disk") {
  TEST_CASE("an entry is decided by two followers while the leader's own write is still under way") {
    Watched run(slow_disks(3, 2'000));
    run.run_to(10);
    run.act("disk A full");
    const LogIndex before = length_on_disk(run, 1);
    run.mark();
    run.run_to(20);
    CHECK(run.server(1).is_leader());
    CHECK(run.decided_since() > 10);
    CHECK(run.server(2).decided_index() > before + 10);
    CHECK(length_on_disk(run, 1) == before);
    CHECK_FALSE(disk(run, 1).queue().empty());
    // The leader itself calls nothing decided that it could lose.
    CHECK(run.server(1).decided_index() <= before);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("what waits for a full disk is promised to nobody, and goes on when there is room again") {
    Watched run(slow_disks(3, 2'000));
    run.act("disk B full");
    run.act("disk C full");
    run.run_to(10);
    CHECK(run.checker.chosen_length() == 0);
    CHECK(disk(run, 2).content().state.values().incarnation == 0);
    run.act("disk B ok");
    run.run_to(20);
    CHECK(run.checker.chosen_length() > 10);
    CHECK(disk(run, 3).content().state.values().incarnation == 0);
    run.act("disk C ok");
    run.run_to(30);
    CHECK(run.server(3).decided_index() > 20);
    CHECK(disk(run, 3).queue().size() <= 2);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("writes that wait are bounded: further ones join the last, and all are durable in the end") {
    Watched run(slow_disks(3, 2'000));
    run.run_to(5);
    run.act("disk C full");
    run.run_to(40);
    CHECK(disk(run, 3).queue().size() == SimDisk<PlainProtocol::Durable>::kMaxQueued);
    CHECK(disk(run, 3).queue().back().content.log.length() == run.server(3).log_length());
    for (size_t i = 1; i < disk(run, 3).queue().size(); ++i) {
      CHECK(disk(run, 3).queue()[i - 1].due_us <= disk(run, 3).queue()[i].due_us);
      CHECK(disk(run, 3).queue()[i - 1].number < disk(run, 3).queue()[i].number);
    }
    const LogIndex length = run.server(3).log_length();
    run.act("disk C ok");
    run.run_to(40.5);
    CHECK(length_on_disk(run, 3) >= length);
  }
  TEST_CASE("a disk that lies: the server believes it, the picture and a crash do not") {
    Watched run(slow_disks(3, 2'000));
    run.run_to(10);
    run.act("disk C lies");
    const LogIndex before = length_on_disk(run, 3);
    run.run_to(20);
    CHECK(run.server(3).decided_index() > before + 5);
    CHECK(length_on_disk(run, 3) == before);
    const ServerView lied = view_of(run, 3);
    CHECK(volatile_cells(lied) == lied.cells.size() - before);
    REQUIRE(field(lied, "Log length").on_disk);
    CHECK(field(lied, "Log length").on_disk->number == static_cast<int64_t>(before));
    CHECK_FALSE(field(lied, "Incarnation").on_disk);
    run.act("crash C");
    run.act("restart C");
    CHECK(run.server(3).log_length() == before);
  }
  TEST_CASE("the first honest write makes real what a disk lied about") {
    Watched run(slow_disks(3, 2'000));
    run.run_to(10);
    run.act("disk C lies");
    run.run_to(15);
    CHECK(disk(run, 3).owes());
    run.act("disk C ok");
    CHECK(disk(run, 3).owes());
    run.run_to(16);
    CHECK_FALSE(disk(run, 3).owes());
    run.act("disk A full");  // nothing new arrives to be written
    run.act("disk B full");
    run.run_to(18);
    CHECK(volatile_cells(view_of(run, 3)) == 0);
    const LogIndex length = run.server(3).log_length();
    run.act("crash C");
    run.act("restart C");
    CHECK(run.server(3).log_length() == length);
  }
  TEST_CASE("the checks see that a decided entry is not held durably where disks lie") {
    Watched run(slow_disks(3, 2'000));
    run.run_to(5);
    run.act("disk B lies");
    run.act("disk C lies");
    run.run_to(10);
    CHECK(run.found(CheckId::decided_durable));
  }
  TEST_CASE("a torn tail: some first writes have reached the disk, in order, and the rest is lost") {
    size_t none = 0, some = 0, all = 0;
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      WorldConfig config = slow_disks(3, 60'000);
      config.disk.torn = true;
      for (ClientConfig& client : config.clients) client.think_us = 1'000;
      Watched run(config, {}, seed);
      run.run_to(20);
      std::vector<LogIndex> lengths{length_on_disk(run, 1)};
      for (const auto& write : disk(run, 1).queue()) lengths.push_back(write.content.log.length());
      if (lengths.back() == lengths.front()) continue;
      run.act("crash A");
      const LogIndex kept = length_on_disk(run, 1);
      CHECK(std::count(lengths.begin(), lengths.end(), kept) > 0);
      none += kept == lengths.front();
      all += kept == lengths.back();
      some += kept != lengths.front() && kept != lengths.back();
      run.act("restart A");
      run.run_to(60);
      CHECK_MESSAGE(!run.checker.violated(), run.what());
    }
    CHECK(none > 0);
    CHECK(some > 0);
    CHECK(all > 0);
  }
  TEST_CASE("what a server holds and its disk does not is shown beside it") {
    WorldConfig config = slow_disks(3, 40'000);
    Watched run(config);
    CHECK(field(view_of(run, 1), "Incarnation").on_disk->number == 0);
    bool promised = false;
    while (run.world.now_us() < 10 * kEt && !promised) {
      run.step();
      const ServerView view = view_of(run, 2);
      const Field& shown = field(view, "Promised ballot");
      promised = shown.on_disk.has_value();
      if (promised) CHECK(shown.on_disk->epoch.number < shown.value.epoch.number);
    }
    CHECK(promised);
    run.run_to(20);
    bool unwritten = false;
    while (run.world.now_us() < 30 * kEt && !unwritten) {
      run.step();
      const ServerView view = view_of(run, 2);
      const LogIndex there = length_on_disk(run, 2);
      unwritten = there < view.log_length;
      if (unwritten) {
        CHECK(field(view, "Log length").on_disk->number == static_cast<int64_t>(there));
        for (const LogCell& cell : view.cells) CHECK(cell.durable == (cell.index <= there));
      }
    }
    CHECK(unwritten);
    Watched immediate(small_world(3, 1));
    immediate.run_to(10);
    for (const Field& shown : view_of(immediate, 2).fields) CHECK_FALSE(shown.on_disk);
    CHECK(volatile_cells(view_of(immediate, 2)) == 0);
  }
  TEST_CASE("a disk that writes at once can neither be full nor lie") {
    PlainWorld world(small_world(3, 1), {}, 1);
    NullRecorder nobody;
    const uint64_t before = world.state_hash();
    for (const char* text : {"disk A full", "disk A lies"}) {
      const Result<void> done = world.perform(*parse_action(text), nobody);
      REQUIRE_FALSE(done);
      CHECK(done.error().text == "writes are durable at once here: give [disk] a latency first");
    }
    CHECK_FALSE(world.perform(*parse_action("disk D ok"), nobody));
    CHECK(world.state_hash() == before);
    CHECK(world.perform(*parse_action("disk A ok"), nobody));
  }
  TEST_CASE("what a disk does is part of the state; a wipe brings one that works") {
    Watched run(slow_disks(3, 20'000));
    run.run_to(3);
    PlainWorld honest = run.world, lying = run.world, full = run.world;
    NullRecorder nobody;
    CHECK(honest.perform(*parse_action("disk A ok"), nobody));
    CHECK(lying.perform(*parse_action("disk A lies"), nobody));
    CHECK(full.perform(*parse_action("disk A full"), nobody));
    CHECK(honest.state_hash() != lying.state_hash());
    CHECK(honest.state_hash() != full.state_hash());
    CHECK(lying.state_hash() != full.state_hash());
    run.act("disk A full");
    run.act("crash A");
    run.act("restart A");
    CHECK(disk(run, 1).state() == DiskState::full);
    run.act("wipe A");
    CHECK(disk(run, 1).state() == DiskState::ok);
  }
  TEST_CASE("a paused server's full disk goes on only with the server") {
    Watched run(slow_disks(3, 2'000));
    run.run_to(10);
    run.act("disk C full");
    run.run_to(12);
    run.act("pause C");
    run.act("disk C ok");
    const size_t waiting = disk(run, 3).queue().size();
    REQUIRE(waiting > 0);
    run.run_to(14);
    CHECK(disk(run, 3).queue().size() == waiting);
    run.act("resume C");
    run.run_to(16);
    CHECK(disk(run, 3).queue().size() < 3);
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }

  TEST_CASE("full disks, torn tails and crashes at random: nothing is promised too early, nothing decided is lost") {
    uint64_t looked = 0;
    for (uint64_t seed = 1; seed <= 40; ++seed) {
      WorldConfig config = rough_world(static_cast<uint32_t>(3 + seed % 3), 20'000);
      config.disk.torn = seed % 2 == 0;
      config.disk.values_first = seed % 4 < 2;
      Watched run(config, {}, seed);
      Rng rng(seed);
      double et = 2;
      for (int i = 0; i < 14; ++i, et += 1) {
        while (run.world.next_event_us() <= static_cast<TimeUs>(et * kEt) && run.step()) {
          if (++looked % 16 != 0) continue;
          REQUIRE_FALSE(promised_too_much(run));
        }
        const auto id = static_cast<ServerId>(1 + rng.below(config.servers.size()));
        const bool down = run.world.host(id)->status == ServerStatus::down;
        const std::string name = server_label(id);
        switch (rng.below(4)) {
          case 0: run.act("disk " + name + " full"); break;
          case 1: run.act("disk " + name + " ok"); break;
          default: run.act((down ? "restart " : "crash ") + name); break;
        }
      }
      for (const auto& host : run.world.hosts()) {
        run.act("disk " + server_label(host.id) + " ok");
        if (host.status == ServerStatus::down) run.act("restart " + server_label(host.id));
      }
      run.mark();
      run.run_to(et + 40);
      INFO("seed ", seed, ": ", run.what());
      CHECK_FALSE(run.checker.violated());
      CHECK(run.decided_since() > 0);
    }
    CHECK(looked > 10'000);
  }

  TEST_CASE("a forward waits for its sender's incarnation: after a crash the same name would mean another proposal") {
    Watched run(slow_disks(3, 60'000));
    double et = 5;
    run.run_to(et);
    const auto play = [&](double more) {
      et += more;
      while (run.world.next_event_us() <= static_cast<TimeUs>(et * kEt) && run.step()) REQUIRE_FALSE(promised_too_much(run));
      run.run_to(et);
    };
    for (const char* proposal : {"propose B p=1", "propose B p=2"}) {
      run.act("crash B");
      run.act("restart B");
      run.act(proposal);
      run.act("reconnect A-B");  // A prepares B at once, before B's start is on its disk
      play(0.5);
    }
    CHECK(run.server(2).values().incarnation == 2);
    CHECK(disk(run, 2).content().state.values().incarnation == 1);
    CHECK(run.server(2).proposer().unsettled() == 1);
    play(20);
    run.server(2).proposer().each([](uint64_t, const auto& waiting) { CHECK(waiting.entry.client != 0); });
    CHECK_MESSAGE(!run.checker.violated(), run.what());
  }
  TEST_CASE("P1.durable: without it that look finds promises that left too early") {
    Watched run(rough_world(3, 20'000), switched_off({omnipaxos::Switch::P1_durable}));
    bool found = false;
    while (!found && run.world.now_us() < 20 * kEt && run.step()) found = promised_too_much(run);
    CHECK(found);
  }

  TEST_CASE("P7.clip: a decided index that is on the disk before the log outlives what it speaks of") {
    const auto broken = [](const SwitchSet& switches) {
      WorldConfig config = slow_disks(3, 2'000);
      config.disk.values_first = true;
      Watched run(config, switches);
      run.run_to(10);
      run.act("disk A full");  // its followers go on
      run.run_to(11);
      run.act("crash A");
      run.act("disk A ok");
      run.act("restart A");
      const bool past_the_log = run.server(1).decided_index() > run.server(1).log_length();
      CHECK(run.found(CheckId::facts_hold) == past_the_log);
      CHECK(run.checker.violated() == past_the_log);
      CHECK(run.server(1).instance()->get_decided_entries(1).size() <= run.server(1).log_length());
      run.run_to(30);  // nobody stops because of it
      return past_the_log;
    };
    CHECK_FALSE(broken({}));
    CHECK(broken(switched_off({omnipaxos::Switch::P7_clip})));
  }
}
