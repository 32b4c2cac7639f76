// Rules of Raft that can be switched off: a run that holds with each and breaks, or stalls, without it. Elections, the log,
// snapshots and flow.
#include <doctest/doctest.h>

#include "raft_switch.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

void restart_with(Cluster& c, ServerId id, TestStorage storage) {
  c.crash(id);
  c.host(id).disk = std::move(storage);
  c.start(id);
}

}  // namespace

TEST_SUITE("raft rules") {
  TEST_CASE("R1, R2, R3, R4, R6, R12: walks find what goes wrong without them") {
    for (Switch which : {Switch::R1_once, Switch::R1_durable, Switch::R2_uptodate, Switch::R3_previous,
                         Switch::R3_conflict, Switch::R4_durable, Switch::R4_number, Switch::R6_last_new,
                         Switch::R6_heartbeat, Switch::R12_term}) {
      CAPTURE(switches()[static_cast<size_t>(which)].id);
      Walk w;
      w.must_recover = false;
      w.common.switches.turn_off(static_cast<uint8_t>(which));
      w.common.max_message_entries = 4;
      w.common.empty_probes = which == Switch::R6_last_new;
      std::string broken;
      for (uint64_t seed = 1; seed <= 4000 && broken.empty(); ++seed) {
        w.servers = seed % 2 == 0 ? 5 : 3;
        broken = walk(w, seed);
      }
      CHECK(broken != "");
    }
  }

  TEST_CASE("R1: neither a vote nor a campaign leaves before it is durable") {
    needs(Switch::R1_durable, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1}, 1, 0, false));
      server.handle(message_of(2, 1, 2, VoteRequest{1, 1, false}));
      const auto early = sent_by(server);
      server.storage().state.set_durable(server.storage().state.written());
      server.storage_progress();
      const auto late = sent_by(server);
      const bool voted = find_body<VoteAnswer>(late) != nullptr && find_body<VoteAnswer>(late)->granted;
      return find_body<VoteAnswer>(early) != nullptr || !voted;
    });
  }

  TEST_CASE("R4: an append that was overwritten does not acknowledge what took its place") {
    needs(Switch::R4_number, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1}, 1, 0, false));
      sent_by(server);
      const auto reach = [&](uint64_t write) {
        server.storage().state.set_durable(write);
        server.storage_progress();
        return sent_by(server);
      };
      reach(1);
      server.handle(message_of(2, 1, 1, entries_of(1, 1, 1, {12, 13, 14})));
      sent_by(server);  // write 2
      server.handle(message_of(3, 1, 2, Heartbeat{1, 0, 0, true}));
      sent_by(server);  // write 3: the term
      server.handle(message_of(3, 1, 2, entries_of(1, 1, 2, {22, 23})));
      sent_by(server);  // write 4
      const auto most_acknowledged = [](const std::vector<TestMessage>& sent) {
        LogIndex most = 0;
        for (const TestMessage& m : sent)
          if (const auto* answer = std::get_if<AppendAnswer>(&m.body)) most = std::max(most, answer->match);
        return most;
      };
      const LogIndex early = most_acknowledged(reach(3));
      const LogIndex then = most_acknowledged(reach(4));
      REQUIRE(std::max(early, then) == 3);
      return early > 1;
    });
  }

  TEST_CASE("R4: a leader counts itself only once its own write is durable") {
    needs(Switch::R4_own, [](const Config& config) {
      Cluster c = cluster_of(3, config, true);
      c.settle();
      c.elect(1);
      c.cut(1, 3);
      c.propose(1, 7);
      // Server 2 holds it durably, the leader does not.
      c.deliver(0);
      while (!c.host(2).writes.empty()) c.disk(2);
      deliver_only(c, [](const TestMessage&) { return true; });
      c.crash(2);
      c.crash(1);
      c.start(1);
      c.settle();
      c.heal();
      c.elect(3);
      c.elect(3);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R5: figure 8, an entry of an older term is not committed by counting") {
    needs(Switch::R5_term, [](Config config) {
      config.max_message_entries = 1;
      Cluster c = cluster_of(5, config);
      restart_with(c, 1, storage_of({1, 2}, 3));
      restart_with(c, 2, storage_of({1}, 3));
      restart_with(c, 3, storage_of({1}, 3));
      restart_with(c, 4, storage_of({1}, 3));
      restart_with(c, 5, storage_of({1, 3}, 3));
      c.isolate({4, 5});
      c[1].fire_election();
      c.pump(1);
      deliver_only(c, [&](const TestMessage& m) {
        const auto* append = std::get_if<AppendEntries<Word>>(&m.body);
        return append == nullptr || append->mark.term < 4 || c[m.to].log_length() < 2;
      });
      REQUIRE(c[2].log_length() == 2);
      REQUIRE(c[3].log_length() == 2);
      c.crash(1);
      c.heal();
      c.elect(5);
      c.elect(5);
      REQUIRE(c[5].is_leader());
      return !c.broken().empty();
    });
  }

  TEST_CASE("R5: without a no-op a new leader commits nothing before somebody proposes") {
    needs(Switch::R5_noop, [](const Config& config) {
      Cluster c = cluster_of(3, config);
      for (ServerId id : {1u, 2u, 3u}) restart_with(c, id, storage_of({1, 1}, 1));
      c.elect(1);
      c.run(10);
      return c.committed() < 2;
    });
  }

  TEST_CASE("R6: what stands behind the last new entry may be an older leader's") {
    needs(Switch::R6_last_new, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1, 1, 1}, 1));
      server.handle(message_of(2, 1, 2, entries_of(1, 1, 2, {}, 3)));
      return server.commit_index() > 1;
    });
  }

  TEST_CASE("R6: a probe without entries is taken in front of an older leader's entries, and cuts none of them") {
    needs(Switch::R6_last_new, [](Config config) {
      config.empty_probes = true;
      Cluster c = cluster_of(3, config);
      restart_with(c, 1, storage_of({1, 1, 3, 3, 3}, 3));
      restart_with(c, 2, storage_of({1, 1, 3, 3, 3}, 3));
      restart_with(c, 3, storage_of({1, 1, 2, 2}, 2));
      c.isolate({3});
      c.elect(1);
      REQUIRE(c.committed() == 6);
      c.heal();
      c.run(10);
      return !c.broken().empty();
    });
  }

  TEST_CASE("R13: a snapshot that is older than the commit index changes nothing") {
    needs(Switch::R13_commit, [](Config config) {
      config.id = 1;
      config.initial.voters = {1, 2, 3};
      TestServer server = server_of(config, storage_of({1, 1, 1, 1}, 1));
      server.handle(message_of(2, 1, 1, Heartbeat{1, 4, 4, true}));
      REQUIRE(server.commit_index() == 4);
      REQUIRE(server.perform_snapshot(4));
      InstallSnapshot<Word> late;
      late.index = 2;
      late.last_term = 1;
      late.membership = server.membership();
      late.state = std::make_shared<const StateOf<Word>::Type>();
      server.handle(message_of(2, 1, 1, late));
      return server.commit_index() != 4 || server.storage().snapshot->index != 4;
    });
  }

  TEST_CASE("R15: a window whose messages are all lost is sent again") {
    needs(Switch::R15_window, [](Config config) {
      config.window_entries = 4;
      Cluster c = cluster_of(3, config);
      c.elect(1);
      c.run(3);
      const LogIndex before = c.committed();
      for (uint32_t i = 0; i < 10; ++i) c.propose(1, i);
      c.flying().clear();
      c.run(20);
      return c.committed() < before + 10;
    });
  }

  TEST_CASE("switches are found by their ids") {
    for (const SwitchInfo& info : switches()) {
      CHECK(find_switch(info.id).has_value());
      CHECK(std::string(info.id).find('.') != std::string::npos);
    }
    CHECK_FALSE(find_switch("R1.nothing"));
    CHECK(rules().size() == static_cast<size_t>(Rule::count));
  }
}
