// Terms and kinds as runs, flushed lengths, and the two queues: against the plain things that they must be equal to.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <vector>

#include "raft_cluster.h"

using namespace paxoscope;
using namespace paxoscope::raft;

namespace {

struct Model {
  std::vector<Mark> marks;
  LogIndex base = 0;
  Term base_term = 0;
};

bool same(const Mark& a, const Mark& b) {
  return a.term == b.term && a.kind == b.kind && a.membership == b.membership;
}

void expect_equal(const MarkLog& log, const Model& model) {
  RC_ASSERT(log.length() == model.marks.size());
  RC_ASSERT(log.base() == model.base);
  RC_ASSERT(log.term_at(model.base) == model.base_term);
  LogIndex membership = 0;
  for (LogIndex i = model.base + 1; i <= log.length(); ++i) {
    const Mark& mark = model.marks[i - 1];
    RC_ASSERT(same(log.at(i), mark));
    RC_ASSERT(log.run_begin(i) <= i);
    RC_ASSERT(log.run_end(i) >= i);
    for (LogIndex j = log.run_begin(i); j <= log.run_end(i); ++j) RC_ASSERT(same(model.marks[j - 1], mark));
    if (mark.kind == EntryKind::membership) membership = i;
    RC_ASSERT(log.membership_before(i) == membership);
  }
  RC_ASSERT(log.last_term() == (log.length() == model.base ? model.base_term : model.marks.back().term));
}

}  // namespace

TEST_SUITE("raft marks") {
  TEST_CASE("marks as runs are the marks one by one, and copies never see each other's") {
    CHECK(rc::check("MarkLog", [] {
      struct Pair {
        MarkLog log;
        Model model;
      };
      std::vector<Pair> all(1);
      Term term = 1;
      const int steps = *rc::gen::inRange(1, 60);
      for (int step = 0; step < steps; ++step) {
        const auto which = static_cast<size_t>(*rc::gen::inRange<int>(0, static_cast<int>(all.size())));
        auto& [log, model] = all[which];
        const auto index = *rc::gen::inRange<LogIndex>(model.base, log.length() + 1);
        switch (*rc::gen::inRange(0, 8)) {
          case 0:
            log.truncate(index);
            model.marks.resize(index);
            break;
          case 1:
            if (index > model.base) model.base_term = model.marks[index - 1].term;
            log.trim(index);
            model.base = index;
            break;
          case 2:
            if (all.size() < 3) all.push_back(Pair(all[which]));
            break;
          case 3: {
            const LogIndex to = log.length() + *rc::gen::inRange<LogIndex>(0, 3);
            log.reset_to(to, term);
            model.marks.assign(to, Mark{});
            model.base = to;
            model.base_term = term;
            break;
          }
          case 4:
            ++term;
            [[fallthrough]];
          case 5: {
            const bool membership = *rc::gen::arbitrary<bool>();
            const Mark mark{term, membership ? EntryKind::membership : EntryKind::no_op,
                            membership ? std::make_shared<const Membership>() : nullptr};
            log.append(mark, 1);
            model.marks.push_back(mark);
            break;
          }
          default: {
            const auto count = *rc::gen::inRange<uint64_t>(0, 5);
            log.append(Mark{term, EntryKind::normal, nullptr}, count);
            for (uint64_t i = 0; i < count; ++i) model.marks.push_back(Mark{term, EntryKind::normal, nullptr});
          }
        }
        for (const Pair& pair : all) expect_equal(pair.log, pair.model);
      }
    }));
  }

  TEST_CASE("a write that is done counts for what it wrote, as far as that was not cut since") {
    CHECK(rc::check("FlushLog", [] {
      // The disk holds, for each index, the number of the append that put it there.
      MemoryValues<RaftValues> state(false);
      FlushLog flush(Write::commit(state), 0);
      std::vector<uint64_t> log;
      std::vector<std::vector<uint64_t>> written = {{}};
      uint64_t durable = 1;
      uint64_t number = 0;
      const int steps = *rc::gen::inRange(1, 50);
      for (int step = 0; step < steps; ++step) {
        switch (*rc::gen::inRange(0, 4)) {
          case 0: {
            const auto length = *rc::gen::inRange<size_t>(0, log.size() + 1);
            log.resize(length);
            flush.cut(length);
            break;
          }
          case 1:
            durable = *rc::gen::inRange<uint64_t>(durable, state.written() + 1);
            flush.reached(durable);
            break;
          default:
            ++number;
            log.resize(log.size() + *rc::gen::inRange<size_t>(0, 4), number);
            flush.record(Write::commit(state), log.size(), durable);
            written.push_back(log);
        }
        // What it says is on the disk is what the log holds now.
        const std::vector<uint64_t>& disk = written[durable - 1];
        RC_ASSERT(flush.length() <= disk.size());
        RC_ASSERT(flush.length() <= log.size());
        for (size_t i = 0; i < flush.length(); ++i) RC_ASSERT(disk[i] == log[i]);
      }
    }));
  }

  TEST_CASE("a promise cannot leave at once, and waits for its own write only") {
    const auto sendable = []<class BodyType>(BodyType*) {
      return requires(Outbox<Word> box) { box.template send<BodyType>(1, 2, 3); };
    };
    static_assert(!sendable(static_cast<VoteRequest*>(nullptr)));
    static_assert(!sendable(static_cast<VoteAnswer*>(nullptr)));
    static_assert(!sendable(static_cast<AppendAnswer*>(nullptr)));
    static_assert(!sendable(static_cast<ReadRequest*>(nullptr)));
    static_assert(sendable(static_cast<Heartbeat*>(nullptr)));
    static_assert(!std::is_default_constructible_v<Write> && !std::is_constructible_v<Write, uint64_t>);

    MemoryValues<RaftValues> state(false);
    Outbox<Word> box;
    const Write first = Write::commit(state);
    const Write second = Write::commit(state);
    box.send_after(second, 1, 2, 1, VoteAnswer{true});
    box.send_after(first, 1, 3, 1, VoteAnswer{false});
    box.send<Heartbeat>(1, 4, 1);
    const auto release = [&](uint64_t durable) {
      std::vector<TestMessage> out;
      box.release(out, [&](const TestMessage&) { return durable; });
      return out;
    };
    const auto early = release(1);
    REQUIRE(early.size() == 2);
    CHECK(early[0].to == 4);
    CHECK(early[1].to == 3);
    CHECK(release(1).empty());
    CHECK(release(2)[0].to == 2);
    CHECK(box.waiting() == 0);
  }
}
